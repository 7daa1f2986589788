"""One unit of a gated cell, step by step: what is written, kept and shown, with gates by slider."""

from __future__ import annotations

import math

import matplotlib
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

from helpers import plots
from helpers.explorers import core

CANDIDATES = (0.8, 0.0, 0.0, -0.6, 0.0, 0.4)    # g of each step, or the GRU's candidate
CELLS = ("LSTM", "GRU")
ROWS = {"write": 0.0, "state": 1.4, "show": 2.8}        # heights of the boxes' middles
WIDE, HIGH, FAINT, TIP = 0.66, 0.56, 0.35, 0.07


def belt_numbers(step: int, forget: float = 1.0, write: float = 1.0, show: float = 1.0,
                 cell: str = "LSTM") -> dict:
    """A unit reads the six CANDIDATES with gates that stay as they are, up to a step (0 = none).

    LSTM: c = f c + i g, h = o tanh(c). GRU: h = z h + (1 - z) g, with z = forget; write and show
    say nothing there. Returns {"written": (6,), "state": (7,), "shown": (7,), "kept": (6,) share
    of each step's writing that is left at `step`, "left": written * kept; and the settings}.
    Raises ValueError for another cell or a step that is not there.
    """
    if cell not in CELLS or not 0 <= step <= len(CANDIDATES):
        raise ValueError(f"cell={cell!r}, step={step}: there are {', '.join(CELLS)}, 0 to "
                         f"{len(CANDIDATES)}")
    gate = write if cell == "LSTM" else 1 - forget
    written, state = gate * np.array(CANDIDATES), np.zeros(len(CANDIDATES) + 1)
    for t, new in enumerate(written):
        state[t + 1] = forget * state[t] + new
    ages = step - 1.0 - np.arange(len(CANDIDATES))
    kept = np.where(ages >= 0, forget ** np.maximum(ages, 0), np.nan)
    return {"written": written, "state": state, "kept": kept, "left": written * kept,
            "shown": show * np.tanh(state) if cell == "LSTM" else state,
            "step": step, "forget": forget, "write": gate, "show": show, "cell": cell}


def draw_belt(figure, numbers: dict) -> str:
    """Draw the belt with its boxes up to the step, and the table of what is left of each step."""
    left, right = plots.panels(figure, 2, width_ratios=(1.75, 1))
    _draw_boxes(left, numbers)
    steps = [f"step {t}" for t in range(1, 1 + len(CANDIDATES))]
    table = np.stack([np.where(np.isnan(numbers["kept"]), np.nan, numbers["written"]),
                      numbers["kept"], numbers["left"]], axis=1)
    name = "c" if numbers["cell"] == "LSTM" else "h"
    plots.draw_table(right, table, steps, ["written", "× kept", "= left"], limits=(-1, 1),
                     title=f"{name}{numbers['step']} = sum of the last column", xlabel="",
                     ylabel="", blocked_as="still to come")
    if right.get_legend():                  # within the hatched rows: above stands the title
        right.get_legend().set(loc="lower center", bbox_to_anchor=(0.5, 0), frame_on=True)
    return _in_words(numbers, name)


def _draw_boxes(axes, numbers: dict) -> None:
    axes.clear()
    plots.tidy(axes)
    plots.room(axes, left=0.1, right=0.1, below=0.1)
    axes.set_axis_off()
    axes.set(xlim=(-0.75, len(CANDIDATES) + 0.55), ylim=(-0.5, 3.4))
    lstm = numbers["cell"] == "LSTM"
    plots.name(axes, title="The belt: scaled, and added to")
    for t in range(len(CANDIDATES) + 1):
        alpha = 1.0 if t <= numbers["step"] else FAINT
        _box(axes, t, ROWS["state"], numbers["state"][t], f"{'c' if lstm else 'h'}{t}", alpha)
        if not t:
            continue
        _box(axes, t, ROWS["write"], numbers["written"][t - 1], "i·g" if lstm else "(1−z)·g", alpha)
        word = f"×{numbers['forget']:.2f}"
        _arrow(axes, (t - 1 + WIDE / 2, ROWS["state"]), (t - WIDE / 2, ROWS["state"]), word, alpha)
        _arrow(axes, (t, ROWS["write"] + HIGH / 2), (t, ROWS["state"] - HIGH / 2), "+", alpha)
        if lstm:
            _box(axes, t, ROWS["show"], numbers["shown"][t], f"h{t}", alpha)
            _arrow(axes, (t, ROWS["state"] + HIGH / 2), (t, ROWS["show"] - HIGH / 2),
                   f"tanh,\n×{numbers['show']:.2f}", alpha)


def _box(axes, x: float, y: float, value: float, name: str, alpha: float) -> None:
    """One box with its number, coloured on -1 ... 1, its name below on the left."""
    colour = matplotlib.colormaps["PuOr"](np.clip((value + 1) / 2, 0, 1))
    corners = [(x + a * WIDE / 2, y + b * HIGH / 2)
               for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    axes.add_collection(PolyCollection([corners], facecolors=[colour], edgecolors=plots.INK,
                                       alpha=alpha, linewidths=1.3), autolim=False)
    ink = plots.readable_on(np.array(colour)) if alpha == 1 else plots.INK
    axes.text(x, y + 0.08, f"{value:+.2f}".replace("-", "−"), ha="center", va="center",
              color=str(ink), alpha=alpha, fontsize=plots.SMALL)
    axes.text(x, y - 0.18, name, ha="center", va="center", color=str(ink), alpha=alpha,
              fontsize=plots.SMALL - 1)


def _arrow(axes, start: tuple, end: tuple, word: str, alpha: float) -> None:
    across = start[1] == end[1]
    axes.add_collection(LineCollection([(start, end)], colors=plots.INK, alpha=alpha))
    tip = (end[0] - TIP, end[1]) if across else (end[0], end[1] - TIP)     # before the box
    axes.scatter(*tip, s=30, marker=">" if across else "^", color=plots.INK, alpha=alpha)
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    axes.text(middle[0] + (0 if across else 0.06), middle[1] + (-0.4 if across else 0), word,
              ha="center" if across else "left", va="center", color=plots.INK, alpha=alpha,
              fontsize=plots.SMALL)


def _in_words(numbers: dict, name: str) -> str:
    step, forget = numbers["step"], numbers["forget"]
    if not step:
        return f"Nothing is read yet: {name}0 is 0."
    half = f" Half is gone after {math.log(0.5) / math.log(forget):.1f} steps." if (
        0 < forget < 1) else ""
    old, new, now = numbers["state"][step - 1], numbers["written"][step - 1], numbers["state"][step]
    shown = f" Shown: h{step} = {numbers['show']:.2f} · tanh({name}{step}) = " \
            f"{numbers['shown'][step]:.2f}." if name == "c" else ""
    said = f"{name}{step} = {forget:.2f} · {_signed(old)} + {_signed(new)} = {now:.2f}.{shown}"
    return (said.replace("-", "−")
            + f" Of what step 1 wrote, {numbers['kept'][0]:.0%} is left.{half}")


def _signed(value: float) -> str:
    return f"({value:.2f})" if round(value, 2) < 0 else f"{value + 0.0:.2f}"


def belt(step: int = 6, forget: float = 0.5):
    """Click from step to step; open and shut the gates; see what is left of each step's writing."""
    return core.explore(
        lambda **values: belt_numbers(**values), draw_belt, size=(10, 3.9),
        more=("show", "cell"),
        step=core.steps("step", list(range(len(CANDIDATES) + 1)), value=step),
        forget=core.slider("forget gate f", 0.0, 1.0, value=forget, step=0.05),
        write=core.slider("input gate i", 0.0, 1.0, value=1.0, step=0.05),
        show=core.slider("output gate o", 0.0, 1.0, value=1.0, step=0.05),
        cell=core.choice("cell", list(CELLS)),
    )
