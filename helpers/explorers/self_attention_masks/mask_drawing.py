"""Small tables side by side, a row per query, and what is said of each row."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np

from helpers import plots

PALE = "#e3e3e3"                # a blocked cell: no value of either scale has this grey
BELOW, ABOVE = 0.55, 0.42       # inches: the words of the columns, the title


def draw_cells(axes, table: np.ndarray, words: Sequence[str], *, title: str,
               limits: tuple[float, float], shown: str, blocked: np.ndarray | None = None,
               with_rows: bool = False) -> None:
    """A table (T, T) with a number in each cell; blocked ones are pale and say −∞.

    limits: values of the two ends of the colours. with_rows: the words of the rows at the left.
    """
    T = len(words)
    if not plots.keeps(axes, f"cells {T}, {limits}"):
        _make_cells(axes, T, limits, words, with_rows)
    blocked = np.zeros((T, T), dtype=bool) if blocked is None else blocked
    plots.name(axes, title=title)
    image = axes.images[0]
    image.set_data(np.where(blocked, np.nan, table))
    colours = image.cmap(image.norm(table))
    inks = np.where(blocked, plots.INK, plots.readable_on(colours)).ravel()
    for text, value, stop, ink in zip(axes.texts, table.ravel(), blocked.ravel(), inks,
                                      strict=True):
        number = shown.format(value).replace("-", "−") if value else "0"
        text.set(text="−∞" if stop else number, color=ink)


def _make_cells(axes, T: int, limits: tuple, words: Sequence[str], with_rows: bool) -> None:
    plots.room(axes, left=0.7 if with_rows else 0.1, right=0.08, below=BELOW, above=ABOVE)
    axes.spines[:].set_visible(False)
    colours = matplotlib.colormaps[plots.colours(limits)].with_extremes(bad=PALE)
    axes.imshow(np.zeros((T, T)), aspect="auto", vmin=limits[0], vmax=limits[1], animated=True,
                cmap=colours)
    for i, j in np.ndindex(T, T):
        axes.text(j, i, "", ha="center", va="center", fontsize=plots.SMALL, animated=True)
    names = [plots.plain(word, 6) for word in words]
    axes.tick_params(length=0)
    plots.mark_ticks(axes.xaxis, range(T), names, rotation=40, ha="right", rotation_mode="anchor")
    plots.mark_ticks(axes.yaxis, range(T) if with_rows else [], names if with_rows else [])


def draw_verdicts(axes, values: np.ndarray, verdicts: Sequence[tuple[str, bool]], *,
                  title: str) -> None:
    """A line for each row: its number, and what is said of it; a warning (True) is orange, bold."""
    T = len(values)
    if not plots.keeps(axes, f"{T} verdicts"):
        plots.room(axes, left=0.1, right=0.05, below=BELOW, above=ABOVE)
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(T - 0.5, -0.5))
        for place in range(T):
            axes.text(0.2, place, "", ha="right", va="center", fontsize=plots.SMALL,
                      color=plots.INK, animated=True)
            axes.text(0.26, place, "", va="center", fontsize=plots.SMALL, animated=True,
                      fontfamily=plots.FONTS)
    plots.name(axes, title=title)
    for place, (value, (said, warns)) in enumerate(zip(values, verdicts, strict=True)):
        number, words = axes.texts[2 * place:2 * place + 2]
        number.set_text(f"{value:.2f}".replace("-", "−"))
        words.set(text=said, color=plots.ORANGE if warns else plots.INK,
                  fontweight="bold" if warns else "normal")
