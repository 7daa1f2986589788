"""A table of numbers, or bars, on one sheet whose artists are all kept: a step draws no axes anew.

The axes are a sheet of paper: one unit is one inch, from the top left.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.patches import Rectangle

from helpers import plots

CELLS, LABELS, BARS = 260, 72, 12       # numbers, names of rows and columns, bars
TOP, BELOW, RIGHT, SCALE = 0.36, 0.62, 0.84, 0.11       # inches
LOOK = {"color": plots.INK, "fontsize": plots.SMALL, "fontfamily": plots.FONTS, "animated": True,
        "visible": False}
LARGE = {"fontsize": plots.LARGE}


def draw_sheet(axes, table: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, title: str,
               limit: float, shown: str, xlabel: str, ylabel: str = "", signed: bool = True,
               blocked: np.ndarray | None = None) -> None:
    """A table (rows, columns) as colours, with a name for each row and column where it fits.

    limit: the end of the scale, which begins at -limit or, not signed, at 0. shown: how a number
    below 10 is written; they stand there if all of them fit. blocked: bool, cells left pale.
    """
    kept, wide, high = _sheet(axes)
    left = (0.42 if ylabel else 0.12) + max(map(plots.width, map(plots.plain, rows)))
    box = (left, TOP, wide - RIGHT, high - BELOW)
    low = -limit if signed else 0.0
    colours = matplotlib.colormaps[plots.colours((low, limit))].with_extremes(bad=plots.PALE)
    blocked = np.zeros(table.shape, bool) if blocked is None else blocked
    _set_image(kept["table"], np.where(blocked, np.nan, table), box, low, limit, colours)
    _set_image(kept["scale"], np.linspace(limit, low, 64)[:, None],
               (box[2] + SCALE, TOP, box[2] + 2 * SCALE, box[3]), low, limit, colours)
    _write(kept, "title", left, TOP / 2, title)
    _write(kept, "xlabel", (left + box[2]) / 2, high - 0.14, xlabel)
    _write(kept, "ylabel", 0.14, (TOP + box[3]) / 2, ylabel)
    beyond = "≥" * bool(table.max() > limit), "", "≤" * bool(table.min() < low)
    for place, value in enumerate((limit, (low + limit) / 2, low)):
        _write(kept, f"tick {place}", box[2] + 2 * SCALE + 0.05,
               TOP + 0.07 + place / 2 * (box[3] - TOP - 0.14),
               f"{beyond[place]}{value:g}".replace("-", "−"))
    _name_both(kept, rows, columns, box)
    _write_numbers(kept, table, blocked, shown, box, colours, (low, limit))


def draw_chances(axes, words: Sequence[str], odds: Sequence[float], *, title: str) -> None:
    """A bar from 0 to 1 and a number for each of at most 12 words, below each other."""
    kept, wide, high = _sheet(axes)
    left = 0.2 + max(map(plots.width, map(plots.plain, words)))
    step = (high - TOP - 0.1) / max(len(words), 8)
    full = wide - RIGHT - left
    _write(kept, "title", left, TOP / 2, title)
    for place, (word, p) in enumerate(zip(words, odds, strict=True)):
        y = TOP + (place + 0.5) * step
        kept[f"bar {place}"].set(bounds=(left, y - 0.38 * step, full * p, 0.76 * step),
                                        visible=True)
        _write(kept, f"label {place}", left - 0.08, y, plots.plain(word), ha="right")
        _write(kept, f"cell {place}", left + full * p + 0.06, y, chance(p), ha="left",
               color=plots.INK)


def chance(p: float) -> str:
    """A probability with two digits; none that is not 0 is written as 0."""
    return "< 0.01" if 0 < p < 0.005 else f"{p:.2f}"


def _sheet(axes) -> tuple[dict, float, float]:
    """The sheet with nothing on it: its artists by label, its width and height in inches."""
    if not plots.keeps(axes, "sheet"):
        _make_sheet(axes)
    kept = {artist.get_label(): artist for artist in axes.get_children() if artist.get_animated()}
    for artist in kept.values():
        artist.set_visible(False)
    return kept, axes.get_xlim()[1], axes.get_ylim()[0]


def _make_sheet(axes) -> None:
    axes.set_axis_off()
    plots.room(axes, left=0, right=0, below=0.02, above=0.02)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    axes.set(xlim=(0, wide), ylim=(high, 0))
    axes.autoscale(False)
    for label in ("table", "scale"):
        axes.imshow(np.zeros((1, 1)), aspect="auto", interpolation="nearest", animated=True,
                    label=label)
    for place in range(BARS):
        axes.add_patch(Rectangle((0, 0), 1, 1, color=plots.BLUE, animated=True,
                                 label=f"bar {place}"))
    axes.text(0, 0, "", label="title", ha="left", va="center",
              **{**LOOK, **LARGE, "fontweight": "bold"})
    axes.text(0, 0, "", label="xlabel", ha="center", va="center", **{**LOOK, **LARGE})
    axes.text(0, 0, "", label="ylabel", ha="center", va="center", rotation=90, **{**LOOK, **LARGE})
    for kind, count in (("tick", 3), ("label", LABELS), ("cell", CELLS)):
        for place in range(count):
            axes.text(0, 0, "", label=f"{kind} {place}", ha="left", va="center", **LOOK)


def _set_image(image, data: np.ndarray, box: tuple, low: float, high: float, colours) -> None:
    left, top, right, below = box
    image.set(data=data, extent=(left, right, below, top), cmap=colours, visible=True)
    image.set_clim(low, high)


def _write(kept: dict, label: str, x: float, y: float, words: str, **look) -> None:
    kept[label].set(x=x, y=y, text=words, visible=True, **look)


def _name_both(kept: dict, rows: Sequence[str], columns: Sequence[str], box: tuple) -> None:
    """Names left of the rows, of very many only each second; below the columns those that fit."""
    left, top, right, below = box
    height, step = (below - top) / len(rows), (right - left) / len(columns)
    every = -(-0.17 // height) if height < 0.17 else 1
    free = iter(range(LABELS))
    for place in range(0, len(rows), int(max(every, 1))):
        _write(kept, f"label {next(free)}", left - 0.07, top + (place + 0.5) * height,
               plots.plain(rows[place]), ha="right")
    taken = 0.0
    for place, word in enumerate(columns):
        middle, half = left + (place + 0.5) * step, plots.width(plots.plain(word)) / 2
        if middle - half > taken and (number := next(free, None)) is not None:
            _write(kept, f"label {number}", middle, below + 0.15, plots.plain(word), ha="center")
            taken = middle + half + 0.05


def _write_numbers(kept: dict, table: np.ndarray, blocked: np.ndarray, shown: str, box: tuple,
                   colours, limits: tuple[float, float]) -> None:
    """The numbers in the cells, all or none: none if one does not fit."""
    left, top, right, below = box
    height, step = (below - top) / len(table), (right - left) / table.shape[1]
    if table.size > CELLS or height < 0.18:
        return
    words = [_number(value, shown) for value in table.ravel()]
    if max(map(plots.width, words)) + 0.04 > step:
        return
    inks = plots.readable_on(colours((table - limits[0]) / (limits[1] - limits[0]))).ravel()
    for place, (word, stop, ink) in enumerate(zip(words, blocked.ravel(), inks, strict=True)):
        if not stop:
            i, j = divmod(place, table.shape[1])
            _write(kept, f"cell {place}", left + (j + 0.5) * step, top + (i + 0.5) * height, word,
                   ha="center", color=ink)


def _number(value: float, shown: str) -> str:
    word = shown.format(value) if abs(value) < 10 else f"{value:.0f}"
    return word.lstrip("-") if float(word) == 0 else word.replace("-", "−")
