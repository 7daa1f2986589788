"""What each place gets as a map, and one pair of its numbers as a hand that turns."""

from __future__ import annotations

import numpy as np

from helpers import plots

REACH = 1.3                     # of the plane of the hand
BIAS_ENDS, ENDS = (-40.0, 40.0), (-1.0, 1.0)        # of the colours


def draw_rows(axes, rows: np.ndarray, place: int, *, bias: bool) -> None:
    """A map (places, numbers of a row), or (places, places) of a bias; a line marks one place."""
    if not plots.keeps(axes, f"rows {rows.shape}"):
        plots.room(axes, left=0.7, right=0.85)
        ends = BIAS_ENDS if bias else ENDS
        axes.imshow(np.zeros(rows.shape), aspect="auto", interpolation="nearest", vmin=ends[0],
                    vmax=ends[1], cmap=plots.colours(ends), animated=True)
        plots.add_scale(axes, ends, "")
        for width, color in ((4.5, "white"), (2.0, plots.INK)):
            axes.axhline(0, color=color, linewidth=width, animated=True)
    plots.name(axes, title="The bias" if bias else "Each place’s row", ylabel="place",
               xlabel="place of the key" if bias else "number")
    axes.images[0].set_data(rows)
    for line in axes.lines:
        line.set_ydata([place, place])


def draw_hand(axes, hand: np.ndarray | None, place: int, *, turns: bool) -> None:
    """The pair (places, 2) at one place as an arrow, where it was before as points; or nothing."""
    if not plots.keeps(axes, "hand"):
        _make_hand(axes)
    there = hand is not None
    plots.name(axes, title="A pair that turns" if turns else "A pair" if there else
               "Nothing turns")
    circle, before = axes.lines
    circle.set_visible(turns)
    before.set_visible(there)
    axes.collections[0].set_visible(there)
    if there:
        before.set_data(*hand[:place].T)
        axes.collections[0].set_UVC(*hand[place][:, None])


def _make_hand(axes) -> None:
    plots.room(axes, left=0.45, right=0.15, below=0.62)
    axes.grid(color=plots.GRID)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    axes.set(xlim=np.array((-1, 1)) * REACH * max(1, wide / high),
             ylim=np.array((-1, 1)) * REACH * max(1, high / wide))
    for axis in (axes.xaxis, axes.yaxis):
        plots.mark_ticks(axis, [-1, 0, 1], ["−1", "0", "1"])
    angles = np.linspace(0, 2 * np.pi, 200)
    axes.plot(np.cos(angles), np.sin(angles), color="#8a8a8a", linewidth=1.2, animated=True)
    axes.plot([], [], "o", color=plots.ORANGE, markersize=5, alpha=0.6, animated=True)
    axes.quiver([0], [0], [0], [0], angles="xy", scale_units="xy", scale=1, color=plots.BLUE,
                width=0.02, animated=True)
