"""A table of word vectors as colours, a row for each word: signs, frames, lengths beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import Rectangle

from helpers import plots

INKS = {"→": plots.INK, "+": plots.BLUE, "−": plots.ORANGE}        # of a sign and its word
WORD, NUMBER = 0.95, 0.55       # inches: the longest word with its sign, a length


def draw_rows(axes, table: np.ndarray, words: Sequence[str], *, title: str, limit: float,
              frames: np.ndarray, signs: Mapping[int, str] | None = None,
              lengths: np.ndarray | None = None, right: float = 0.1) -> None:
    """A table (V, d) as colours from -limit to limit, orange to purple, white at 0.

    words: V of them at the left, or none. frames: bool (V,), the rows that get a frame. signs:
    {row: "→", "+" or "−"}, said before the word, which is bold then. lengths (V,): written at the
    right of the rows with a frame. right: inches that are left free beside the axes.
    """
    if not plots.keeps(axes, f"rows {table.shape}, {limit}, {len(words)}, {lengths is None}"):
        _make_rows(axes, table.shape, limit, words=len(words) > 0, numbers=lengths is not None,
                   right=right)
    plots.name(axes, title=title)
    axes.images[0].set_data(table)
    for frame, shown in zip(axes.patches, frames, strict=True):
        frame.set_visible(bool(shown))
    for i, (text, word) in enumerate(zip(axes.texts, words, strict=False)):
        sign = (signs or {}).get(i, "")
        text.set(text=f"{sign} {plots.plain(word, 10)}".strip(), color=INKS.get(sign, plots.INK),
                 fontweight="bold" if sign else "normal")
    if lengths is not None:
        for text, length, shown in zip(axes.texts, lengths, frames, strict=True):
            text.set(text=f"{length:.2f}" if length >= 0.005 else "< .01", visible=bool(shown))


def _make_rows(axes, shape: tuple[int, int], limit: float, *, words: bool, numbers: bool,
               right: float) -> None:
    V, d = shape
    plots.room(axes, left=WORD if words else 0.1, right=right, below=0.12)
    axes.spines[:].set_visible(False)
    axes.imshow(np.zeros(shape), aspect="auto", interpolation="nearest", vmin=-limit, vmax=limit,
                cmap=plots.colours((-limit, limit)), animated=True)
    if numbers:                     # a part of the axes: a scale stands to the right of them
        wide = axes.get_position(original=True).width * axes.figure.get_figwidth()
        axes.set_xlim(-0.5, d * wide / (wide - NUMBER) - 0.5)
    plots.mark_ticks(axes.xaxis, [], [])
    plots.mark_ticks(axes.yaxis, [], [])
    for i in range(V):
        axes.add_patch(Rectangle((-0.5, i - 0.5), d, 1, fill=False, edgecolor=plots.INK,
                                 linewidth=1.8, clip_on=False, animated=True, visible=False))
        if words or numbers:
            axes.text(-0.65 if words else d - 0.35, i, "", ha="right" if words else "left",
                      va="center_baseline", fontsize=plots.SMALL, color=plots.INK,
                      fontfamily=plots.FONTS, animated=True)
