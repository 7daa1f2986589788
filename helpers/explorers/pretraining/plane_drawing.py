"""Cases of two kinds in a plane, a line that parts them, and one case that is marked."""

from __future__ import annotations

import numpy as np

from helpers import plots

EDGE = 1.06             # limits of the axes, for the farthest case


def draw_plane(axes, places: np.ndarray, labels: np.ndarray, kinds: tuple[str, str], *,
               title: str, reach: tuple[float, float], marked: int | None = None) -> None:
    """Cases (N, 2), told apart by colour and marker; the line between the kinds is at 0.

    labels: (N,) of 0 and 1. reach: how far the farthest case of any layer is, across and up.
    marked: the case that gets a ring.
    """
    if not plots.keeps(axes, f"plane of {kinds}"):
        _make_plane(axes, kinds)
    for number, dots in enumerate(axes.lines[1:3]):
        dots.set_data(*places[labels == number].T)
        dots.set_markersize(9 if len(labels) < 100 else 5.5)
    ring = axes.lines[3]
    ring.set_visible(marked is not None)
    if marked is not None:
        ring.set_data(*places[[marked]].T)
    across, up = (EDGE * max(r, 1.0) for r in reach)
    plots.update(axes, xlim=(-across, across), ylim=(-up, up))
    plots.name(axes, title=title, ylabel="differ most otherwise")


def _make_plane(axes, kinds: tuple[str, str]) -> None:
    plots.room(axes, left=0.6, right=0.2, below=0.45)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.axvline(0, color=plots.INK, linestyle="--", linewidth=1.5)
    for look in plots.LINES[:2]:
        axes.plot([], [], linestyle="none", marker=look["marker"], color=look["color"],
                  alpha=0.75, markeredgecolor="white", markeredgewidth=0.5, animated=True)
    axes.plot([], [], linestyle="none", marker="o", markersize=17, markerfacecolor="none",
              markeredgecolor=plots.INK, markeredgewidth=2.5, animated=True)
    for x, side, look, kind in zip((0, 1), ("left", "right"), plots.LINES, kinds, strict=False):
        sign = {"o": "●", "s": "■"}[look["marker"]]
        words = f"◂ {kind} {sign}" if x == 0 else f"{sign} {kind} ▸"
        axes.text(x, -0.04, plots.plain(words, 40), transform=axes.transAxes, ha=side, va="top",
                  fontsize=plots.LARGE, color=look["color"], fontweight="bold",
                  fontfamily=plots.FONTS)
