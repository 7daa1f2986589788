"""The unrolled network, one step per click: what goes in, the state, what comes out."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

from helpers import plots
from helpers.attention_view.labels import isolated
from helpers.explorers import core
from helpers.explorers.rnn_lstm.gates import visible
from helpers.rnn_lstm import by_hand

D_HIDDEN, MOST = 3, 8
X_ROW, H_ROW, Y_ROW = 0.0, 1.55, 3.6           # heights of the three kinds of boxes
WIDE, H_HIGH = 0.62, 1.2
START = -0.62                                   # the place of h0
FAINT = 0.5                                     # steps that are still to come


def unroll_numbers(step: int, text: str = "hello", wipe: bool = False, seed: int = 0) -> dict:
    """A vanilla RNN of three state numbers reads a word, up to a step (0 = nothing read yet).

    wipe: the state is set to zero before each step. Returns {"text", "alphabet", "wipe", "step":
    at most the word's length, "asked": the step asked for; "h": (T + 1, 3), h[0] the empty state;
    "probabilities": (T, V); "said": likeliest letter after each step; "weights": how many numbers
    the network has}.
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
    return {"text": text, "alphabet": alphabet, "step": min(step, len(text)), "asked": step,
            "wipe": wipe, "h": h, "probabilities": probabilities,
            "said": [alphabet[i] for i in probabilities.argmax(axis=1)],
            "weights": sum(values.size for values in weights.values())}


def draw_unrolled(figure, numbers: dict) -> str:
    """Draw the chain up to the step, what is still to come in outline; say the arithmetic."""
    axes = plots.fresh_axes(figure, title="One network, used again at every step")
    plots.room(axes, left=0.15, right=0.15, below=0.05)
    axes.set_axis_off()
    length, step = len(numbers["text"]), numbers["step"]
    axes.set(xlim=(-1.15, max(length, 5) - 0.05), ylim=(-0.45, 4.25), xticks=[], yticks=[])
    _state_box(axes, START, numbers["h"][0], "h0", wide=0.3)
    for t in range(1, length + 1):
        _column(axes, t, numbers)
    _arrows(axes, range(1, step + 1), numbers["wipe"], 1.0)
    _arrows(axes, range(step + 1, length + 1), numbers["wipe"], FAINT)
    return _in_words(numbers)


def _column(axes, t: int, numbers: dict) -> None:
    """The three boxes of step t: input, state, prediction; empty and faint if it is to come."""
    x, step = t - 0.7, numbers["step"]
    done, now = t <= step, 2.5 if t == step else 1.3
    alpha = 1.0 if done else FAINT
    read, said = (_sign(letter) for letter in (numbers["text"][t - 1], numbers["said"][t - 1]))
    said = f"{said}\n{numbers['probabilities'][t - 1].max():.0%}"
    for y, high, word, name in ((X_ROW, 0.5, read, f"x{t}"),
                                (Y_ROW, 0.7, said if done else "", f"p{t}")):
        _boxes(axes, [(x - WIDE / 2, y - high / 2, WIDE, high)], ["none"], alpha, now)
        _write(axes, x, y, word, alpha, fontsize=12, linespacing=1.0, fontfamily=plots.FONTS)
        _write(axes, x - WIDE / 2 - 0.04, y, name, alpha, ha="right")
    _state_box(axes, x, numbers["h"][t], f"h{t}", wide=WIDE, done=done, line=now)


def _sign(letter: str) -> str:
    """A letter as it can be written in the picture."""
    return plots.plain(visible(letter)) or plots.MARK


def _state_box(axes, x: float, values: np.ndarray, name: str, *, wide: float, done: bool = True,
               line: float = 1.3) -> None:
    """Three cells, coloured by value on -1 ... 1, the number written in."""
    alpha, high = 1.0 if done else FAINT, H_HIGH / D_HIDDEN
    lows = [H_ROW + H_HIGH / 2 - (k + 1) * high for k in range(D_HIDDEN)]
    colours = matplotlib.colormaps["PuOr"]((values + 1) / 2) if done else ["none"] * D_HIDDEN
    _boxes(axes, [(x - wide / 2, low, wide, high) for low in lows], colours, alpha, line)
    inks = plots.readable_on(colours) if done else [plots.INK] * D_HIDDEN
    for value, low, ink in zip(values, lows, inks, strict=True):
        if done:
            word = f"{value:+.2f}".replace("-", "−") if wide == WIDE else f"{value:.0f}"
            _write(axes, x, low + high / 2, word, 1.0, color=ink)
    _write(axes, x - wide / 2 - 0.04, lows[-1] + 0.08, name, alpha, ha="right")


def _arrows(axes, steps: range, wiped: bool, alpha: float) -> None:
    """The arrows of some steps with the weights' names: the same three at every step."""
    if not steps:
        return
    lines, tops, sides = [], [], []
    for x in (t - 0.7 for t in steps):
        before = START + 0.19 if x < 1 else x - 1 + WIDE / 2 + 0.04
        for low, high, name in ((X_ROW + 0.29, H_ROW - H_HIGH / 2 - 0.04, "W_xh"),
                                (H_ROW + H_HIGH / 2 + 0.04, Y_ROW - 0.39, "W_hy")):
            lines.append(((x, low), (x, high - 0.06)))
            tops.append((x, high - 0.06))
            _write(axes, x + 0.06, (low + high) / 2 + 0.04, name, alpha, ha="left")
        if not wiped:
            end = x - WIDE / 2 - 0.09
            lines.append(((before, H_ROW), (end, H_ROW)))
            sides.append((end, H_ROW))
            _write(axes, (before + end) / 2, H_ROW + H_HIGH / 2 + 0.15, "W_hh", alpha)
    axes.add_collection(LineCollection(lines, colors=plots.INK, alpha=alpha, linewidths=1.5))
    for places, marker in ((tops, "^"), (sides, ">")):
        axes.scatter(*np.reshape(places, (-1, 2)).T, s=45, marker=marker, color=plots.INK,
                     alpha=alpha, linewidths=0)


def _boxes(axes, boxes: list[tuple], colours, alpha: float, line: float) -> None:
    """Rectangles (left, low, wide, high) in one artist."""
    corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes]
    axes.add_collection(PolyCollection(corners, facecolors=colours, edgecolors=plots.INK,
                                       alpha=alpha, linewidths=line), autolim=False)


def _write(axes, x: float, y: float, word: str, alpha: float, **how) -> None:
    axes.text(x, y, word, alpha=alpha, va="center",
              **{"color": plots.INK, "fontsize": 11, "ha": "center", **how})


def _in_words(numbers: dict) -> str:
    step, size = numbers["step"], len(numbers["alphabet"])
    note = plots.note(*map(visible, numbers["text"]))
    shared = (f"The same {numbers['weights']} numbers work at every step: W_xh {size}·3, W_hh 3·3, "
              f"b_h 3; for the top row W_hy 3·{size}, b_y {size}.")
    wiped = (" The state is wiped before each step, so equal letters give equal states: an "
             "ordinary network, applied to each letter alone." if numbers["wipe"] else "")
    if not step:
        return f"Nothing is read yet: the state h0 is zero. {shared}{wiped}{note}"
    ended = (f" There is no step {numbers['asked']}: the word has {step} letters."
             if numbers["asked"] > step else "")
    old = "0" if numbers["wipe"] else f"h{step - 1}"
    read, said = (isolated(visible(numbers[kind][step - 1])) for kind in ("text", "said"))
    return (f"Step {step} reads “{read}”: h{step} = tanh(x{step} W_xh + {old} W_hh + b_h), shapes "
            f"({size},)·({size}, 3) + (3,)·(3, 3) + (3,) → (3,); the alphabet here is the {size} "
            f"different letters of the word. Likeliest next: “{said}” (the "
            f"weights are random). {shared}{wiped}{ended}{note}")


def unroll_stepper(text: str = "hello", step: int = 3):
    """Click from step to step; type another word; wipe the state."""
    return core.explore(
        lambda **values: unroll_numbers(**values), draw_unrolled, size=(10, 3.5),
        step=core.steps("step", list(range(MOST + 1)), value=step), text=core.text("word", text),
        wipe=core.switch("wipe the state before each step"),
    )
