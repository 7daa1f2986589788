"""What a stack of attention does to rows: with a way past, a norm, a feed-forward, or without."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from helpers import plots
from helpers import transformer as tf
from helpers.explorers import core
from helpers.explorers.controls import OFF, ON
from helpers.explorers.picture import named

DEEPEST, PARTS = 12, ("a way past", "a norm", "a feed-forward")
LEAST = 1e-14           # of the rows' length: less is rounding
SPREAD, FLOOR = 2.5, 1e-8           # ends of the colours; where the curve's axis ends
ALONE = "attention alone"


def collapse_numbers(layer: int, parts: str = "...", seed: int = 0) -> dict:
    """16 random rows of 64 numbers after `layer` layers of attention with random weights.

    parts: what each layer has beside attention, "x" or "." for a way past, a norm, a feed-forward.
    Returns {"rows": (16, 64) there, "left": (13,) `transformer.difference` after 0 to 12 layers,
    "alone": the same of attention alone, "with": the names of the parts, "layer"}.
    Raises ValueError for a layer outside 0 to 12 and for other signs.
    """
    if not 0 <= layer <= DEEPEST or len(parts) != len(PARTS) or set(parts) - {ON, OFF}:
        raise ValueError(f"layer={layer}, parts={parts!r}: a layer from 0 to {DEEPEST}, and x or . "
                         f"for each of {', '.join(PARTS)}")
    rows = _through(parts, seed)
    return {"rows": rows[layer].numpy(), "layer": layer,
            "left": np.array([tf.difference(x) for x in rows]),
            "alone": np.array([tf.difference(x) for x in _through("...", seed)]),
            "with": [name for name, sign in zip(PARTS, parts, strict=True) if sign == ON]}


@lru_cache(maxsize=32)
def _through(parts: str, seed: int) -> list:
    past, norm, feed_forward = (sign == ON for sign in parts)
    return tf.rows_through_layers(DEEPEST, residual=past, norm=norm, feed_forward=feed_forward,
                                  seed=seed)


def draw_collapse(figure, numbers: dict) -> str:
    """Draw the rows as colours, and how much of them is difference, layer by layer."""
    left, right = plots.panels(figure, 2, width_ratios=(1, 1.35))
    rows, layer = numbers["rows"], numbers["layer"]
    if not plots.keeps(left, "rows"):
        _make_rows(left, rows.shape)
    named(left, "rows").set_data(rows)
    named(left, "title").set_text(f"The rows after {_layers(layer)}")
    curves = {"this stack": np.maximum(numbers["left"], FLOOR),
              ALONE: np.maximum(numbers["alone"], FLOOR)}
    plots.draw_curves(right, range(DEEPEST + 1), curves, title="What is left of their difference",
                      xlabel="layers", ylabel="share of the rows", yscale="log",
                      ylim=(FLOOR / 2, 2), xticks={n: str(n) for n in range(0, DEEPEST + 1, 2)},
                      yticks={1: "all", 1e-3: "1 in 1,000", 1e-6: "1 in a million", FLOOR: "less"})
    if not right.lines[-1].get_gid():
        right.plot([], [], "o", markersize=14, fillstyle="none", color=plots.INK,
                   markeredgewidth=2, animated=True, gid="ring", clip_on=False)
    right.lines[-1].set_data([layer], [max(numbers["left"][layer], FLOOR)])
    return _in_words(numbers)


def _make_rows(axes, shape: tuple[int, int]) -> None:
    plots.room(axes, left=0.72, right=0.9)
    axes.imshow(np.zeros(shape), aspect="auto", interpolation="nearest", vmin=-SPREAD, vmax=SPREAD,
                cmap=plots.colours((-SPREAD, SPREAD)), animated=True, label="rows")
    plots.mark_ticks(axes.xaxis, [0, shape[1] - 1], ["1", str(shape[1])])
    plots.mark_ticks(axes.yaxis, [0, shape[0] - 1], ["1", str(shape[0])])
    plots.name(axes, xlabel="number", ylabel="token")
    plots.add_scale(axes, (-SPREAD, SPREAD), "")
    axes.text(0, 1.03, "", transform=axes.transAxes, va="bottom", fontsize=plots.LARGE,
              fontweight="bold", color=plots.INK, animated=True, label="title")


def _layers(count: int) -> str:
    return "1 layer" if count == 1 else f"{count} layers"


def _in_words(numbers: dict) -> str:
    layer, left = numbers["layer"], numbers["left"]
    parts = numbers["with"]
    made = f"attention with {_and(parts)}" if parts else ALONE
    if not layer:
        return (f"Before the first layer {_share(left[0])} of the 16 rows is difference between "
                "them: they were drawn at random.")
    words = (f"After {_layers(layer)} of {made} {_share(left[layer])} of the 16 rows is difference "
             f"between them; before the first it was {_share(left[0])}.")
    if left[layer] < 1e-3:
        words += " Every token has the same row: no later layer can tell them apart."
    if parts:
        words += f" Of attention alone it would be {_share(numbers['alone'][layer])}."
    return words


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _share(value: float) -> str:
    """A share in words: 34 %, 1 in 64, or nothing that could be told from rounding."""
    if value >= 0.02:
        return f"{value:.0%}"
    return f"1 in {float(f'{1 / value:.2g}'):,.0f}" if value > LEAST else "nothing but rounding"


def collapse_explorer(layer: int = 4, parts: str = "..."):
    """Go down the stack, give each layer a way past, a norm, a feed-forward; see what is left.

    parts: three signs, "x" for what each layer has.
    """
    return core.explore(
        collapse_numbers, draw_collapse, size=(10, 3.5),
        layer=core.slider("layers", 0, DEEPEST, value=layer),
        parts=core.grid("beside attention", ["each layer"], list(PARTS), value=parts, says="has"),
        seed=core.slider("draw number", 0, 20, value=0))
