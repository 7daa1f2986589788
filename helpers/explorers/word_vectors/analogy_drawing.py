"""The plane of an analogy: three words, two arrows, a target that moves, the answer below it."""

from __future__ import annotations

import numpy as np

from helpers import plots
from helpers.explorers.word_vectors.near_bars import beside, inch, inches_of, size_of

ACROSS, UP = (-1.6, 0.9), (-0.9, 0.4)       # what the board shows
FITS = np.array([[-1.3, -0.7], [0.6, 0.2]])     # where the words of a question lie: low, high
GROUND, GREY = "#f6f6f6", "#5f5f5f"
ANSWER = "#007a59"                          # a green that reads as ink too, 5:1 on white


def draw_plane(axes, numbers: dict) -> None:
    """Words a, b, c, the arrow a to b and the one from c to the target, and the answer."""
    if not plots.keeps(axes, "plane of an analogy"):
        _make_plane(axes)
    (a, b, c), target = numbers["corners"], numbers["target"]
    for arrow, start, end in zip(axes.collections, (a, c), (b, target), strict=True):
        arrow.set_offsets(start)
        arrow.set_UVC(*(end - start)[:, None])
    sides, corner, dots, answer, aim = axes.lines
    sides.set_data(*np.array([c, a, [np.nan] * 2, b, (0, 0)]).T)
    corner.set_visible(bool(target.any()))
    dots.set_data(*numbers["corners"].T)
    answer.set_data(*numbers["answer_at"][:, None])
    aim.set_data(*target[:, None])
    _write_names(axes, numbers)
    plots.name(axes, title="Drag the target (diamond: the answer, seen from above)")


def _make_plane(axes) -> None:
    """What is kept, from back to front; the limits stay, since the pointer is read by them."""
    plots.room(axes, left=0.15, right=0.15, below=0.15)
    axes.set_facecolor(GROUND)
    axes.spines[:].set_visible(False)
    for axis in (axes.xaxis, axes.yaxis):
        plots.mark_ticks(axis, [], [])
    middle, size = np.mean([ACROSS, UP], axis=1), np.ptp([ACROSS, UP], axis=1)
    inches = axes.get_position(original=True).size * axes.figure.get_size_inches()
    half = inches * (size / inches).max() / 2                           # one scale for both
    axes.set(xlim=middle[0] + half[0] * np.array((-1, 1)),
             ylim=middle[1] + half[1] * np.array((-1, 1)))
    for color in (plots.INK, plots.BLUE):
        axes.quiver([0], [0], [0], [0], angles="xy", scale_units="xy", scale=1, color=color,
                    width=0.009, zorder=2, animated=True)
    axes.plot([], [], color="#8a8a8a", linewidth=1.2, linestyle=(0, (3, 3)), animated=True)
    axes.plot([0], [0], "s", markersize=9, fillstyle="none", color=GREY, animated=True)
    axes.plot([], [], "o", markersize=7, color=plots.INK, animated=True)
    axes.plot([], [], "D", markersize=8, fillstyle="none", color=ANSWER, markeredgewidth=2.2,
              animated=True)
    axes.plot([], [], "o", markersize=13, color=plots.BLUE, markeredgecolor="white",
              markeredgewidth=2, animated=True)
    for color in (plots.INK,) * 3 + (plots.BLUE, ANSWER):
        axes.text(0, 0, "", ha="center", va="center", color=color, fontsize=plots.SMALL,
                  fontfamily=plots.FONTS, fontweight="bold", zorder=4, animated=True)


def _write_names(axes, numbers: dict) -> None:
    """Names beside the points; the answer's only where it is none of the question's."""
    points = inches_of(axes, np.vstack([numbers["corners"], numbers["target"],
                                        numbers["answer_at"]]))
    answer = numbers["answer"][0]
    names = [plots.plain(word, 16) for word in (*numbers["question"], "target", answer)]
    if answer in numbers["question"]:
        names[-1] = ""
    edges = np.array([(0, 0), inches_of(axes, [(axes.get_xlim()[1], axes.get_ylim()[1])])[0]])
    taken = [(point - 0.07, point + 0.07) for point in points]
    for start, end in ((0, 1), (2, 3)):         # nor on the arrows
        taken += [(at - 0.03, at + 0.03) for at in np.linspace(points[start], points[end], 25)]
    for place, (text, name) in enumerate(zip(axes.texts, names, strict=True)):
        size = size_of(name, "bold")
        others = taken[:place] + taken[place + 1:]
        middle = beside(points[place], size, others, edges) if name else None
        text.set_visible(middle is not None)
        if middle is not None:
            x, y = middle * inch(axes) + (axes.get_xlim()[0], axes.get_ylim()[0])
            text.set(x=x, y=y, text=name)
            taken.append((middle - size / 2, middle + size / 2))
