"""Bars: one per label, and two per word for a distribution before and after."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from helpers.plots.letters import TICK, escaped, folded, plain, short, widest, width
from helpers.plots.style import (
    ABOVE,
    GRID,
    HATCHED,
    INK,
    SMALL,
    SOLID,
    keeps,
    legend,
    mark_ticks,
    name,
    room,
    update,
    words_below,
)

OUT = "out"                 # written at a bar of probability 0


def draw_bars(
    axes, labels: Sequence[str], values: Sequence[float], *, title: str, ylabel: str,
    xlabel: str = "", marked: Sequence[bool] = (), marked_as: str = "",
    level: tuple[float, str] | None = None, ylim: tuple[float, float] | None = None,
    yticks: Mapping[float, str] | None = None, shown: str = "", zoom: bool = False,
):
    """One bar per label; an infinite one nearly fills the axes and says ∞. Returns the bars.

    marked: which bars are hatched, marked_as: why. level: value and name of a dotted line.
    shown: format of the numbers on top. yticks: heights and their words. zoom: the axis begins
    near the smallest value; if it begins above 0, the bars are broken and the title says so.
    Raises ValueError on unequal lengths.
    """
    if len(labels) != len(values) or len(marked) not in (0, len(values)):
        raise ValueError(f"{len(labels)} labels, {len(marked)} marks for {len(values)} bars")
    values = np.asarray(values, dtype=float)
    low, high = ylim or _limits(values, level, zoom)
    meaning = marked_as if any(marked) else ""
    if not keeps(axes, f"{len(values)} bars, level {level is not None}, {meaning}"):
        _make_bars(axes, len(values), level, meaning)
    bars, = axes.containers
    looks = [HATCHED if mark else SOLID for mark in marked] or [SOLID] * len(values)
    tops = np.where(np.isfinite(values), values, low + 0.92 * (high - low))
    for bar, top, look in zip(bars, tops, looks, strict=True):
        bar.set(height=top, **look)
    axes.lines[0].set_visible(low > 0)
    if level:
        axes.lines[1].set_ydata([level[0]] * 2)
        axes.texts[-1].set(y=level[0], text=folded(level[1], 14))
    update(axes, ylim=(low, high))
    if yticks:
        mark_ticks(axes.yaxis, list(yticks), list(yticks.values()))
    named = folded(level[1], 14).split("\n") if level else [""]
    marks = [short(word, TICK) for word in (yticks or {}).values()]
    words_below(axes, labels, left=0.75 + max(map(width, ["0.00", *marks])),
                right=0.25 + max(map(width, named)), below=0.65 if xlabel else 0.35)
    name(axes, title=title + (f" (the axis begins at {low:g})" if low > 0 else ""),
         ylabel=ylabel, xlabel=xlabel)
    words = [shown.format(v) if np.isfinite(v) else "∞" for v in values]
    _write_numbers(axes, np.maximum(tops, 0) + 0.02 * (high - low), words)
    return bars


def _write_numbers(axes, tops: np.ndarray, words: list[str]) -> None:
    """A number above each bar, or above 0, if all of them fit side by side."""
    space = axes.get_position(original=True).width * axes.figure.get_figwidth() / (len(words) + 0.2)
    fit = max(map(width, words), default=0) < space
    for number, top, word in zip(axes.texts, tops, words, strict=False):
        number.set(y=top, text=escaped(word), visible=fit and word != "")


def _limits(values: np.ndarray, level: tuple | None, zoom: bool) -> tuple[float, float]:
    """From 0, or near the smallest value, to a little above the largest."""
    reached = [*values[np.isfinite(values)], *([level[0]] if level else [])] or [1.0]
    low, high = min(reached), max(reached)
    if not zoom:
        return min(0.0, 1.12 * low), 1.12 * max(high, 0) or 1.0
    span = high - low or abs(high) or 1.0
    return max(0.0, float(f"{low - 0.5 * span:.2g}")), high + 0.25 * span


def _make_bars(axes, number: int, level: tuple | None, meaning: str) -> None:
    """What moves, from back to front: bars, the break, the level, the numbers, the ground line."""
    axes.grid(axis="y", color=GRID)
    axes.bar(range(number), [0] * number, width=0.7, animated=True)
    axes.set_xlim(-0.6, number - 0.4)
    zigzag = np.tile((0.03, 0.06), 60)
    axes.plot(np.linspace(0, 1, 120), zigzag, color="white", linewidth=4, animated=True,
              transform=axes.transAxes)
    if level:
        axes.axhline(0, color=INK, linestyle=":", linewidth=2, animated=True)
    for place in range(number):
        axes.text(place, 0, "", ha="center", va="bottom", color=INK, fontsize=SMALL, animated=True,
                  bbox={"facecolor": "white", "linewidth": 0, "pad": 0.5})
    if level:
        axes.text(1.01, 0, "", ha="left", va="center", color=INK,
                  fontsize=SMALL, transform=axes.get_yaxis_transform(), animated=True)
    if meaning:
        legend(axes, [Patch(**HATCHED, label=plain(meaning, 30))], **ABOVE)
    axes.spines["bottom"].set_animated(True)


def draw_next_words(
    axes, words: Sequence[str], before: Sequence[float], after: Sequence[float], *,
    title: str, names: tuple[str, str] = ("the model says", "we draw from"),
):
    """Two horizontal bars per word on a fixed 0..1 scale: probability before and after.

    The number stands beside the bar after; a word whose probability became 0 is said to be out.
    Returns both rows of bars. Raises ValueError on unequal lengths.
    """
    if not len(words) == len(before) == len(after):
        raise ValueError(f"{len(words)} words, {len(before)} and {len(after)} probabilities")
    if not keeps(axes, f"{len(words)} next words, {names}"):
        _make_next_words(axes, len(words), names)
    for bars, values in zip(axes.containers, (before, after), strict=True):
        for bar, value in zip(bars, values, strict=True):
            bar.set_width(value)
    for number, q in zip(axes.texts, after, strict=True):
        number.set(x=q + 0.008, text=_share(q))
    mark_ticks(axes.yaxis, range(len(words)), [short(word) for word in words])
    room(axes, left=0.2 + widest(words), right=0.75)
    name(axes, title=title, xlabel="probability")
    return axes.containers


def _make_next_words(axes, number: int, names: tuple[str, str]) -> None:
    axes.grid(axis="x", color=GRID)
    for shift, look in ((-0.25, SOLID), (0.15, HATCHED)):
        axes.barh(np.arange(number) + shift, [0] * number, height=0.32, animated=True, **look)
    for place in range(number):
        axes.text(0, place + 0.22, "", va="center", color=INK, fontsize=SMALL, animated=True)
    axes.set(xlim=(0, 1), ylim=(number - 0.4, -0.6))
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    legend(axes, [Patch(**SOLID, label=plain(names[0], 30)),
                  Patch(**HATCHED, label=plain(names[1], 30))],
           loc="lower right", bbox_to_anchor=(1, 0.03))
    axes.spines["left"].set_animated(True)


def _share(p: float) -> str:
    """A probability in words: none of it, less than a thousandth, or percent."""
    if p == 0:
        return OUT
    return "< 0.1%" if p < 0.001 else f"{p:.1%}"
