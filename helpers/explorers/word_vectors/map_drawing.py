"""The map as a still picture: all words as dots, one of them and its neighbours in bold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.patheffects import withStroke

from helpers import plots
from helpers.explorers.word_vectors.near_bars import (
    BESIDE,
    beside,
    draw_near,
    inch,
    inches_of,
    size_of,
)

DOT, GREY = "#9d9d9d", "#5f5f5f"        # the second is 6:1 on white
HALO = (withStroke(linewidth=2.5, foreground="white"),)
NAMED, TRIED = 40, 300                  # names of frequent words: at most, among the first so many
LOOKS = {True: {"color": plots.BLUE, "linestyle": "-"},
         False: {"color": plots.ORANGE, "linestyle": (0, (2.5, 1.5))}}


def draw_map(figure, numbers: dict, names: Sequence[str], order: np.ndarray) -> None:
    """All words, the chosen one joined to its neighbours, and the neighbours' cosines as bars."""
    left, right = plots.panels(figure, 2, width_ratios=(2, 1))
    plane, count = numbers["plane"], len(numbers["words"])
    if not plots.keeps(left, f"map of {len(plane)} words, {count} neighbours"):
        _make_map(left, plane, count, names, order)
    at = np.vstack([plane[numbers["places"]], plane[numbers["place"]]])     # (count + 1, 2)
    shown = [plots.plain(name) for name in (*numbers["words"], numbers["word"])]
    dots, *lines, ends = left.lines
    for line, end, kept in zip(lines, at, numbers["kept"], strict=False):
        line.set(xdata=[at[-1, 0], end[0]], ydata=[at[-1, 1], end[1]], **LOOKS[bool(kept)])
    ends.set_data(*at.T)
    inks = [LOOKS[bool(kept)]["color"] for kept in numbers["kept"]] + [plots.INK]
    taken = _name_neighbours(left, at, shown, inks)
    _hide_covered(left.texts[count + 1:], taken, left)
    plots.name(left, title=f"Map of {len(plane):,} words; dashed, hatched: far apart on it")
    draw_near(right, numbers["words"], numbers["cosines"], ~numbers["kept"],
              title="Nearest in space", xlabel="cosine")


def _make_map(axes, plane: np.ndarray, count: int, names: Sequence[str],
              order: np.ndarray) -> None:
    """What is kept: all dots, lines, rings, names of neighbours, then names of frequent words."""
    axes.set_axis_off()
    plots.room(axes, left=0.15, right=0.15, below=0.12)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    low, top = plane.min(axis=0), plane.max(axis=0)
    half = 0.52 * max((top[0] - low[0]) / wide, (top[1] - low[1]) / high, 1e-9)     # per inch
    middle = (low + top) / 2
    axes.set(xlim=middle[0] + half * wide * np.array((-1, 1)),
             ylim=middle[1] + half * high * np.array((-1, 1)))
    axes.plot(*plane.T, "o", markersize=1.7, color=DOT, markeredgewidth=0)
    for _ in range(count):
        axes.plot([], [], linewidth=2.4)
    axes.plot([], [], "o", markersize=6, color=plots.INK, markeredgecolor="white")
    for _ in range(count + 1):
        axes.text(0, 0, "", ha="center", va="center", fontsize=plots.SMALL, fontweight="bold",
                  fontfamily=plots.FONTS, zorder=4,
                  bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.5})
    _name_frequent(axes, plane, names, order)


def _edges(axes) -> np.ndarray:
    return np.array([[0, 0], inches_of(axes, [[axes.get_xlim()[1], axes.get_ylim()[1]]])[0]])


def _name_frequent(axes, plane: np.ndarray, names: Sequence[str], order: np.ndarray) -> None:
    points, taken, edges = inches_of(axes, plane), [], _edges(axes)
    for place in order[:TRIED]:
        name = plots.plain(names[place])
        size = size_of(name)
        middle = beside(points[place], size, taken, edges, apart=BESIDE[:1])
        if middle is not None and len(taken) < NAMED:
            taken.append((middle - size / 2 - 0.05, middle + size / 2 + 0.05))
            axes.text(*_data(axes, middle), name, ha="center", va="center", color=GREY,
                      fontsize=plots.SMALL, fontfamily=plots.FONTS, path_effects=HALO)


def _data(axes, inches: np.ndarray) -> np.ndarray:
    return inches * inch(axes) + [axes.get_xlim()[0], axes.get_ylim()[0]]


def _name_neighbours(axes, at: np.ndarray, names: list[str], inks: list[str]) -> list:
    """Write the names beside their points, the chosen word's first; return their boxes."""
    points, edges = inches_of(axes, at), _edges(axes)
    taken = [(point - 0.04, point + 0.04) for point in points]
    texts = axes.texts[:len(names)]
    for place in (len(names) - 1, *range(len(names) - 1)):
        size = size_of(names[place], "bold")
        others = taken[:place] + taken[place + 1:]
        middle = beside(points[place], size, others, edges)
        texts[place].set(text=names[place], color=inks[place], visible=middle is not None)
        if middle is not None:              # else it stands beside its bar only
            taken.append((middle - size / 2, middle + size / 2))
            x, y = _data(axes, middle)
            texts[place].set(x=x, y=y)
    return taken


def _hide_covered(texts: Sequence, taken: list, axes) -> None:
    """Names of frequent words stand back where another name or a neighbour's dot is."""
    for text in texts:
        middle, half = inches_of(axes, [text.get_position()])[0], size_of(text.get_text()) / 2
        text.set_visible(not any((middle - half < high).all() and (low < middle + half).all()
                                 for low, high in taken))
