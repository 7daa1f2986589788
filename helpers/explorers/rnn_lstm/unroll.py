"""The unrolled network, one step per click: what goes in, the state, what comes out."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers import plots
from helpers.explorers import core
from helpers.rnn_lstm import by_hand

D_HIDDEN, MOST = 3, 8
X_ROW, H_ROW, Y_ROW = 0.0, 1.55, 3.6           # heights of the three kinds of boxes
WIDE, H_HIGH = 0.62, 1.2


def unroll_numbers(step: int, text: str = "hello", wipe: bool = False, seed: int = 0) -> dict:
    """A vanilla RNN of three state numbers reads a word, up to a step (0 = nothing read yet).

    wipe: the state is set to zero before each step. Returns {"text", "alphabet", "step", "wipe",
    "h": (T + 1, 3), h[0] the empty state; "probabilities": (T, V); "said": likeliest letter after
    each step; "weights": how many numbers the network has; "shapes": words for the caption}.
    Raises ValueError for fewer than 2 or more than 8 letters.
    """
    if not 2 <= len(text) <= MOST:
        raise ValueError(f"{len(text)} letters; the picture has room for 2 to {MOST}")
    alphabet = sorted(set(text))
    weights = by_hand.start_weights(len(alphabet), D_HIDDEN, len(alphabet),
                                    rng=np.random.default_rng(seed))
    x = np.eye(len(alphabet))[[alphabet.index(letter) for letter in text]]
    if wipe:
        parts = [by_hand.forward(weights, row[None]) for row in x]
        logits = np.concatenate([logits for logits, _ in parts])
        h = np.concatenate([parts[0][1][:1], *(state[1:] for _, state in parts)])
    else:
        logits, h = by_hand.forward(weights, x)
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    return {"text": text, "alphabet": alphabet, "step": min(step, len(text)), "wipe": wipe, "h": h,
            "probabilities": probabilities,
            "said": [alphabet[i] for i in probabilities.argmax(axis=1)],
            "weights": sum(values.size for values in weights.values())}


def draw_unrolled(figure, numbers: dict) -> str:
    """Draw the chain up to the step, what is still to come in outline; say the arithmetic."""
    axes = figure.axes[0] if figure.axes else figure.add_subplot()
    axes.clear()
    axes.set_axis_off()
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.99)
    length = len(numbers["text"])
    axes.set(xlim=(-1.05, max(length, 5) - 0.1), ylim=(-0.45, 4.25))
    _state_box(axes, -0.62, numbers["h"][0], "h0", done=True, small=True)
    for t in range(1, length + 1):
        _column(axes, t, numbers, done=t <= numbers["step"])
    return _in_words(numbers)


def _column(axes, t: int, numbers: dict, done: bool) -> None:
    """Everything that belongs to step t: input, state, prediction and the arrows."""
    place = t - 1 + 0.3
    before = -0.62 + 0.15 if t == 1 else place - 1 + WIDE / 2
    cut = numbers["wipe"]
    alpha = 1.0 if done else 0.3
    _box(axes, place, X_ROW, 0.55, numbers["text"][t - 1], f"x{t}", alpha)
    _state_box(axes, place, numbers["h"][t], f"h{t}", done=done)
    said = f"{numbers['said'][t - 1]} {numbers['probabilities'][t - 1].max():.0%}" if done else ""
    _box(axes, place, Y_ROW, 0.5, said, f"y{t}", alpha)
    arrows = [((place, X_ROW + 0.3), (place, H_ROW - 0.62), "W_xh", (0.06, -0.02), "left"),
              ((place, H_ROW + 0.62), (place, Y_ROW - 0.27), "W_hy", (0.06, -0.02), "left")]
    if not cut:
        arrows.append(((before + 0.02, H_ROW), (place - WIDE / 2 - 0.02, H_ROW), "W_hh",
                       (0, 0.75), "center"))
    for start, end, name, shift, side in arrows:
        axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=12,
                                       color=plots.INK, alpha=alpha, linewidth=1.5))
        middle = (start[0] + end[0]) / 2 + shift[0], (start[1] + end[1]) / 2 + shift[1]
        if t == 1 or len(numbers["text"]) <= 5:         # else the names would cover the boxes
            axes.text(*middle, name, color=plots.INK, alpha=alpha, fontsize=11, ha=side,
                      va="center")


def _box(axes, x: float, y: float, high: float, word: str, name: str, alpha: float) -> None:
    axes.add_patch(Rectangle((x - WIDE / 2, y - high / 2), WIDE, high, facecolor="none",
                             edgecolor=plots.INK, alpha=alpha, linewidth=1.5))
    axes.text(x, y, word.replace("$", r"\$"), color=plots.INK, alpha=alpha, fontsize=12,
              ha="center", va="center", fontfamily=plots.FONTS)
    axes.text(x - WIDE / 2 - 0.04, y, name, color=plots.INK, alpha=alpha, fontsize=11, ha="right",
              va="center")


def _state_box(axes, x: float, values: np.ndarray, name: str, *, done: bool,
               small: bool = False) -> None:
    """Three cells, coloured by value on -1 ... 1, the number written in."""
    wide, high = (0.3 if small else WIDE), H_HIGH / D_HIDDEN
    for k, value in enumerate(values):
        low = H_ROW + H_HIGH / 2 - (k + 1) * high
        colour = matplotlib.colormaps["PuOr"]((value + 1) / 2) if done else "none"
        axes.add_patch(Rectangle((x - wide / 2, low), wide, high, facecolor=colour,
                                 edgecolor=plots.INK, alpha=1.0 if done else 0.3))
        if done:
            ink = "white" if abs(value) > 0.6 else "black"
            axes.text(x, low + high / 2, f"{value:.0f}" if small else f"{value:+.2f}", color=ink,
                      fontsize=11, ha="center", va="center")
    axes.text(x - wide / 2 + 0.02, H_ROW - H_HIGH / 2 - 0.15, name, color=plots.INK, fontsize=11,
              alpha=1.0 if done else 0.3, va="center")


def _in_words(numbers: dict) -> str:
    step, size = numbers["step"], len(numbers["alphabet"])
    shared = f"The same {numbers['weights']} numbers (weights and biases) work at every step."
    if not step:
        return f"Nothing is read yet: the state h0 is zero. {shared}"
    old = "0" if numbers["wipe"] else f"W_hh h{step - 1}"
    wiped = (" The state is wiped before each step, so equal letters give equal states: an "
             "ordinary network, applied to each letter alone." if numbers["wipe"] else "")
    return (f"Step {step} reads “{numbers['text'][step - 1]}”: h{step} = tanh(W_xh x{step} + {old} "
            f"+ b_h), shapes (3, {size})·({size},) + (3, 3)·(3,) + (3,) → (3,). Likeliest next: "
            f"“{numbers['said'][step - 1]}” (the weights are random). {shared}{wiped}")


def unroll_stepper(text: str = "hello", step: int = 3):
    """Click from step to step; type another word; wipe the state."""
    return core.explore(
        lambda **values: unroll_numbers(**values), draw_unrolled, size=(7.6, 3.9),
        step=core.steps("step", list(range(MOST + 1)), value=step), text=core.text("word", text),
        wipe=core.switch("wipe the state before each step"),
    )
