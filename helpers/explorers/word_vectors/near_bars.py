"""Near words as horizontal bars of their cosines, and names beside points without overlap."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from helpers import plots

LINE = 0.2                      # inches of a line of text
BESIDE = (0.07, 0.2, 0.33)      # inches between a point and its name
WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


def draw_near(axes, words: Sequence[str], cosines: Sequence[float], marked: Sequence[bool], *,
              title: str, xlabel: str, left: float = 1.45) -> None:
    """A horizontal bar for each word, the first on top, on a scale 0 to 1; some are hatched.

    left: inches for the words; longer ones are cut.
    """
    if not plots.keeps(axes, f"{len(words)} near words"):
        _make_near(axes, len(words))
    plots.room(axes, left=left, right=0.5)
    bars, = axes.containers
    names, numbers = axes.texts[:len(words)], axes.texts[len(words):]
    for place, (cosine, mark) in enumerate(zip(cosines, marked, strict=True)):
        end = max(0.0, float(cosine))
        bars[place].set(width=end, **(plots.HATCHED if mark else plots.SOLID))
        numbers[place].set(x=end + 0.02, text=f"{cosine:.2f}".replace("-", "−"))
        names[place].set_text(_cut(words[place], left - 0.2))
    plots.name(axes, title=title, xlabel=xlabel)


def _make_near(axes, count: int) -> None:
    """Words and numbers move like the bars: ticks would be drawn anew, with all else."""
    axes.grid(axis="x", color=plots.GRID)
    axes.barh(range(count), [0] * count, height=0.6, animated=True)
    look = {"va": "center", "color": plots.INK, "fontsize": plots.SMALL, "animated": True,
            "fontfamily": plots.FONTS}
    for place in range(count):
        axes.text(-0.04, place, "", ha="right", transform=axes.get_yaxis_transform(), **look)
    for place in range(count):
        axes.text(0, place, "", **look)
    axes.set(xlim=(0, 1), ylim=(count - 0.45, -0.55))
    plots.mark_ticks(axes.xaxis, (0, 0.5, 1), ("0", "0.5", "1"))
    plots.mark_ticks(axes.yaxis, (), ())
    axes.spines["left"].set_animated(True)


def _cut(word: str, room: float) -> str:
    """A word as it is written, cut to so many inches."""
    longest = 18
    while plots.width(plots.plain(word, longest)) > room and longest > 2:
        longest -= 1
    return plots.plain(word, longest)


def beside(point: np.ndarray, size: np.ndarray, taken: Sequence, within: np.ndarray, *,
           apart: Sequence[float] = BESIDE):
    """The middle of a free box of this size beside a point, in inches; None if none is free.

    taken: boxes ((2,) low, (2,) high). within (2, 2): the corners that it must not pass.
    apart: how far from the point it is tried.
    """
    for far, way in itertools.product(apart, np.array(WAYS, dtype=float)):
        middle = point + way * (far + size / 2)
        box = middle - size / 2, middle + size / 2
        if (box[0] >= within[0]).all() and (box[1] <= within[1]).all() and not any(
                (box[0] < high).all() and (low < box[1]).all() for low, high in taken):
            return middle
    return None


def size_of(name: str, weight: str = "normal") -> np.ndarray:
    """Inches (2,) that a name takes."""
    return np.array([plots.width(name, plots.SMALL, weight) + 0.06, LINE])


def inches_of(axes, points: np.ndarray) -> np.ndarray:
    """Points (N, 2) of the axes in inches from their lower left corner."""
    low = np.array([axes.get_xlim()[0], axes.get_ylim()[0]])
    return (np.asarray(points, dtype=float) - low) / inch(axes)


def inch(axes) -> np.ndarray:
    """How much of x and y (2,) one inch of the axes holds."""
    size = axes.get_position(original=True).size * axes.figure.get_size_inches()
    return np.array([np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())]) / size
