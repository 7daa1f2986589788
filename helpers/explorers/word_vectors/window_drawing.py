"""Two rows side by side above hidden units, and two bars a word for what comes next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Patch

from helpers import plots

LEGEND = {"loc": "lower right", "bbox_to_anchor": (1.37, 1), "ncols": 2, "columnspacing": 1.2,
          "handlelength": 1.4, "borderaxespad": 0.4}


def draw_beside(axes, x: np.ndarray, hidden: np.ndarray, words: tuple[str, str], *,
                limit: float) -> None:
    """x (2 m,) in colours and numbers, the words above their halves; below it hidden (h,)."""
    if not plots.keeps(axes, f"beside {len(x)}, {len(hidden)}, {limit}"):
        _make_beside(axes, len(x), len(hidden), limit)
    plots.name(axes, title="x: both rows, side by side")
    image, units = axes.images
    image.set_data(x[None])
    units.set_data(hidden[None])
    *numbers, left, right = axes.texts[:len(x) + 2]
    inks = plots.readable_on(image.cmap(image.norm(x)))
    for text, value, ink in zip(numbers, x, inks, strict=True):
        text.set(text=f"{value:.1f}".replace("-", "−"), color=ink)
    for text, word in zip((left, right), words, strict=True):
        text.set_text(plots.plain(word, 10))


def _make_beside(axes, width: int, units: int, limit: float) -> None:
    """The numbers of x, then its two words, are the first texts; what rests comes after them."""
    plots.room(axes, left=0.15, right=0.4, below=0.12)
    axes.set_axis_off()
    for (low, high), end, count in (((0.62, 0.8), limit, width), ((0.2, 0.38), 1, units)):
        axes.imshow(np.zeros((1, count)), aspect="auto", vmin=-end, vmax=end,
                    cmap=plots.colours((-end, end)), extent=(0, 1, low, high), animated=True,
                    interpolation="nearest")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    look = {"ha": "center", "fontsize": plots.SMALL, "color": plots.INK,
            "fontfamily": plots.FONTS}
    for i in range(width):
        axes.text((i + 0.5) / width, 0.71, "", va="center_baseline", animated=True, **look)
    for place in (0.25, 0.75):
        axes.text(place, 0.83, "", fontweight="bold", va="bottom", animated=True, **look)
    axes.text(0.5, 0.41, f"{units} hidden units, −1 to 1", va="bottom", **look)
    axes.plot([0.5, 0.5], [0.62, 0.8], color=plots.INK, linewidth=1.8, animated=True)
    arrow = {"arrowstyle": "-|>", "color": plots.INK, "linewidth": 1.5}
    for start, end in (((0.5, 0.6), (0.5, 0.5)), ((1.01, 0.29), (1.13, 0.29))):
        axes.annotate("", end, start, arrowprops=arrow, annotation_clip=False)


def draw_next(axes, words: Sequence[str], network: np.ndarray, counting: np.ndarray,
              counts: np.ndarray) -> None:
    """Two horizontal bars a word, 0 to 1: the network's probability, and the share counted (V,).

    counts (V,): written at the right where they are not 0.
    """
    if not plots.keeps(axes, f"next of {words}"):
        _make_next(axes, words)
    plots.name(axes, title="Next word", xlabel="probability")
    for bars, values in zip(axes.containers, (network, counting), strict=True):
        for bar, value in zip(bars, values, strict=True):
            bar.set(width=value, visible=bool(value))
    V, total = len(words), counts.sum()
    for text, p in zip(axes.texts[:V], network, strict=True):
        text.set(x=p + 0.01, text=f"{p:.2f}", visible=bool(p >= 0.01))
    for text, count in zip(axes.texts[V:], counts, strict=True):
        text.set(text=f"{count} of {total}", visible=bool(count))


def _make_next(axes, words: Sequence[str]) -> None:
    plots.room(axes, left=0.85, right=1.0, below=0.62)
    axes.grid(axis="x", color=plots.GRID)
    V = len(words)
    for shift, look in ((-0.2, plots.SOLID), (0.22, plots.HATCHED)):
        axes.barh(np.arange(V) + shift, [0] * V, height=0.36, animated=True, **look)
    for x in (0, 1.18):                 # behind the bars; beyond the longest one
        for place in range(V):
            axes.text(x, place, "", va="center_baseline", fontsize=plots.SMALL, color=plots.INK,
                      animated=True)
    axes.set(xlim=(0, 1), ylim=(V - 0.4, -0.6))
    plots.mark_ticks(axes.xaxis, [0, 0.5, 1], ["0", "0.5", "1"])
    plots.mark_ticks(axes.yaxis, range(V), [plots.plain(word, 10) for word in words])
    axes.tick_params(axis="y", length=0)
    plots.legend(axes, [Patch(**plots.SOLID, label="network"),
                        Patch(**plots.HATCHED, label="counting")], **LEGEND)
    axes.spines["left"].set_animated(True)
