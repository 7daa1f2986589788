"""Rows with a name, a dot, its interval and a note: measured numbers below one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D

from helpers.plots.letters import FONTS, TICK, escaped, plain, short, width
from helpers.plots.style import (
    GRID,
    INK,
    LINES,
    SMALL,
    keeps,
    legend,
    mark_ticks,
    name,
    room,
    update,
)

PLAIN = {"color": INK, "marker": "o"}


def draw_dots(
    axes, labels: Sequence[str], values: Sequence[float], *, title: str, xlabel: str,
    xlim: tuple[float, float], intervals: np.ndarray | None = None, kinds: Sequence[str] = (),
    order: Sequence[str] = (), hollow: Sequence[bool] = (), notes: Sequence[str] = (),
    level: tuple[float, str] | None = None, xticks: dict[float, str] | None = None,
    foot: float = 0.0,
) -> None:
    """One row per label, the first on top: a dot, a line over its interval, a note at the right.

    A NaN has no dot. intervals: (N, 2), NaN where there is none. kinds: what each row is, told by
    colour and marker in `order` (at most four); "" is in ink. hollow: which dots are not filled.
    level: value and name of a dotted line. foot: inches left free below, as for `dots_key`, which
    tells the kinds.
    Raises ValueError on unequal lengths, a kind that is not in `order` and a fifth one.
    """
    N, values = len(labels), np.asarray(values, dtype=float)
    kinds, hollow, notes = kinds or [""] * N, hollow or [False] * N, notes or [""] * N
    ends = np.full((N, 2), np.nan) if intervals is None else np.asarray(intervals, dtype=float)
    _check(labels, values, ends, kinds, order, hollow, notes)
    if not keeps(axes, f"{N} dots, level {level is not None}"):
        _make_dots(axes, N, level is not None)
    for place, kind in enumerate(kinds):
        look = LINES[list(order).index(kind)] if kind else PLAIN
        bar, dot = axes.lines[2 * place:2 * place + 2]
        bar.set(xdata=ends[place], color=look["color"])
        dot.set(xdata=[values[place]], color=look["color"], marker=look["marker"],
                markerfacecolor="white" if hollow[place] else look["color"])
        axes.texts[place].set_text(escaped(notes[place]))
    update(axes, xlim=tuple(map(float, xlim)))
    if level:
        axes.lines[-1].set_xdata([level[0]] * 2)
        axes.texts[-1].set(x=level[0], text=f" {plain(level[1])}")
    mark_ticks(axes.yaxis, range(N), list(labels))
    if xticks:
        mark_ticks(axes.xaxis, list(xticks), list(xticks.values()))
    room(axes, left=0.2 + max(width(short(label, TICK)) for label in labels),
         right=0.25 + max(map(width, notes)), below=0.62 + foot)
    name(axes, title=title, xlabel=xlabel)


def _check(labels, values, ends, kinds, order, hollow, notes) -> None:
    N = len(labels)
    if not len(values) == len(kinds) == len(hollow) == len(notes) == len(ends) == N:
        raise ValueError(f"{N} labels, {len(values)} values, {len(kinds)} kinds, {len(hollow)} "
                         f"hollow ones, {len(notes)} notes, {len(ends)} intervals: one per row")
    if len(order) > len(LINES) or not {*kinds} <= {"", *order}:
        raise ValueError(f"kinds {sorted({*kinds})} in the order {list(order)}: at most "
                         f"{len(LINES)} kinds, all of them in it")


def _make_dots(axes, number: int, level: bool) -> None:
    """What moves: of each row its interval, dot and note; the level last."""
    axes.grid(axis="x", color=GRID)
    for place in range(number):
        axes.plot([np.nan] * 2, [place] * 2, linewidth=2.4, animated=True, solid_capstyle="butt")
        axes.plot([np.nan], [place], linestyle="none", markersize=7, markeredgewidth=1.8,
                  animated=True)
    for place in range(number):
        axes.text(1.02, place, "", ha="left", va="center_baseline", color=INK, fontsize=SMALL,
                  fontfamily=FONTS, transform=axes.get_yaxis_transform(), animated=True)
    axes.set_ylim(number - 0.5, -1.2 if level else -0.5)        # room for the level's name
    axes.tick_params(axis="y", length=0)
    if level:
        axes.plot([0, 0], [0, 1], color=INK, linestyle=":", linewidth=2, animated=True,
                  transform=axes.get_xaxis_transform())
        axes.text(0, 0.995, "", ha="left", va="top", color=INK, fontsize=SMALL,
                  fontfamily=FONTS, transform=axes.get_xaxis_transform(), animated=True)


def dots_key(axes, kinds: Sequence[str], *, solid: str = "", hollow: str = "",
             at: tuple[float, float] = (0.01, 0.015)) -> None:
    """One line at the foot of the figure that tells the kinds, and what full and hollow mean."""
    handles = [_sample(look["color"], look["marker"], kind)
               for look, kind in zip(LINES, kinds, strict=False)]
    handles += [_sample(INK, "o", word, ground) for word, ground in ((solid, INK),
                                                                     (hollow, "white")) if word]
    legend(axes, handles, loc="lower left", bbox_to_anchor=at, ncols=len(handles),
           bbox_transform=axes.figure.transFigure, handletextpad=0.3, columnspacing=1.4)


def _sample(color: str, marker: str, label: str, ground: str = "") -> Line2D:
    return Line2D([], [], linestyle="none", color=color, marker=marker, markersize=7,
                  markerfacecolor=ground or color, markeredgewidth=1.8, label=escaped(label))
