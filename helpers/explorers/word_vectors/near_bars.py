"""Near words as horizontal bars of their cosines, and names beside points without overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers import plots

LINE = 0.2                      # inches of a line of text
BESIDE = 0.07                   # inches between a point and its name
WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


def draw_near(axes, words: Sequence[str], cosines: Sequence[float], marked: Sequence[bool], *,
              title: str, xlabel: str) -> None:
    """A horizontal bar for each word, the first on top, on a scale 0 to 1; some are hatched."""
    if not plots.keeps(axes, f"{len(words)} near words"):
        axes.grid(axis="x", color=plots.GRID)
        axes.barh(range(len(words)), [0] * len(words), height=0.6, animated=True)
        for place in range(len(words)):
            axes.text(0, place, "", va="center", color=plots.INK, fontsize=plots.SMALL,
                      animated=True)
        axes.set(xlim=(0, 1), ylim=(len(words) - 0.45, -0.55))
        plots.mark_ticks(axes.xaxis, (0, 0.5, 1), ("0", "0.5", "1"))
    bars, = axes.containers
    for bar, number, cosine, mark in zip(bars, axes.texts, cosines, marked, strict=True):
        bar.set(width=max(0.0, float(cosine)), **(plots.HATCHED if mark else plots.SOLID))
        number.set(x=max(0.0, float(cosine)) + 0.02, text=f"{cosine:.2f}".replace("-", "−"))
    names = [plots.readable(word) for word in words]
    names = [name if len(name) <= 14 else name[:13] + "…" for name in names]
    plots.room(axes, left=0.15 + max(map(plots.width, names)), right=0.5)
    plots.mark_ticks(axes.yaxis, range(len(words)), names)
    plots.name(axes, title=title, xlabel=xlabel)


def beside(point: np.ndarray, size: np.ndarray, taken: Sequence, within: np.ndarray):
    """The middle of a free box of this size beside a point, in inches; None if none is free.

    taken: boxes ((2,) low, (2,) high). within (2, 2): the corners that it must not pass.
    """
    for way in np.array(WAYS, dtype=float):
        middle = point + way * (BESIDE + size / 2)
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
