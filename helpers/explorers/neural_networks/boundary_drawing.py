"""The plane of two numbers: what a network says there, its boundary, its units' lines, points."""

from __future__ import annotations

import numpy as np
from contourpy import contour_generator
from matplotlib.colors import LinearSegmentedColormap

from helpers import plots
from helpers.explorers.neural_networks.learning import UNDECIDED

ACROSS, UP = (-0.9, 1.9), (-0.5, 1.5)       # what the plane shows
CLASSES = ((plots.ORANGE, "o", 8), (plots.BLUE, "s", 7.5))      # colour, marker, size
TINTS = LinearSegmentedColormap.from_list("two classes", ["#f0ad7e", "white", "#7db4dd"])


def draw_learned(axes, numbers: dict) -> None:
    """Shade, boundary, the hidden units' lines, and the points; wrong ones are crossed out."""
    if not plots.keeps(axes, "plane that is learnt"):
        _make_plane(axes)
    axes.images[0].set_data(numbers["shade"])
    units, edge, boundary, *classes, wrong, chosen = axes.lines
    units.set_data(*_lines(numbers["lines"]).T)
    drawn = _half(numbers["shade"]).T
    for line in (edge, boundary):
        line.set_data(*drawn)
    places = numbers["places"]
    for number, line in enumerate(classes):
        line.set_data(*places[numbers["classes"] == number].T)
    wrong.set_data(*places[~numbers["right"]].T)
    ringed = [] if numbers["chosen"] is None else [numbers["chosen"]]
    chosen.set_data(*places[ringed].T)


def _make_plane(axes) -> None:
    """What is kept, from back to front; the limits stay, since the pointer is read by them."""
    plots.room(axes, left=0.72, right=0.15, below=0.58)
    axes.imshow(np.zeros((2, 2)), extent=(*ACROSS, *UP), origin="lower", aspect="auto", vmin=0,
                vmax=1, cmap=TINTS, interpolation="bilinear", animated=True)
    axes.set(xlim=ACROSS, ylim=UP)
    axes.plot([], [], color="#555555", linewidth=1, linestyle=(0, (4, 3)), animated=True)
    axes.plot([], [], color="white", linewidth=4.5, animated=True)
    axes.plot([], [], color=plots.INK, linewidth=2.5, animated=True)
    for color, marker, size in CLASSES:
        axes.plot([], [], marker, color=color, markersize=size, markeredgecolor="white",
                  markeredgewidth=1.2, animated=True)
    axes.plot([], [], "x", color=plots.INK, markersize=11, markeredgewidth=2.2, animated=True)
    axes.plot([], [], "o", color=plots.INK, markersize=17, fillstyle="none", markeredgewidth=2.2,
              animated=True)
    for axis, places in ((axes.xaxis, (-0.5, 0, 0.5, 1, 1.5)), (axes.yaxis, (0, 0.5, 1))):
        plots.mark_ticks(axis, places, [f"{place:g}".replace("-", "−") for place in places])
    plots.name(axes, title="Circle 0, square 1, cross: wrong", xlabel="x_1",
               ylabel="x_2")


def _lines(lines: np.ndarray) -> np.ndarray:
    """Where w_1 x_1 + w_2 x_2 + b = 0 for each row: ends (3 N, 2), NaN between two lines."""
    ends = []
    for w_1, w_2, b in lines:
        length = np.hypot(w_1, w_2)
        if length == 0:
            continue
        foot = -b / length**2 * np.array([w_1, w_2])        # of the origin
        along = 9 * np.array([-w_2, w_1]) / length          # as far as the plane reaches, and more
        if np.linalg.norm(foot) < 9:
            ends += [foot - along, foot + along, (np.nan, np.nan)]
    return np.reshape(ends, (-1, 2))


def _half(shade: np.ndarray) -> np.ndarray:
    """Where the network says 1/2: (M, 2) places, NaN between two pieces; none if it always does."""
    up, across = shade.shape
    if np.abs(shade - 0.5).max() < UNDECIDED:
        return np.empty((0, 2))
    pieces = contour_generator(np.linspace(*ACROSS, across), np.linspace(*UP, up),
                               shade).lines(0.5)
    return np.vstack([np.empty((0, 2)), *(part for piece in pieces
                                          for part in (piece, [(np.nan, np.nan)]))])
