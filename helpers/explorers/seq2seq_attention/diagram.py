"""The two architectures as a drawing: one vector for all steps, or a look back at each."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers import plots

WORDS, WRITTEN = ("the", "cat", "sleeps", "."), ("le", "chat", "dort")
LOOKS = (0.05, 0.85, 0.04, 0.06)        # how wide the four lines to c_2 are, as an example
WIDTH, HEIGHT = 0.62, 0.5


def diagram(source: Sequence[str] = WORDS, written: Sequence[str] = WRITTEN) -> Figure:
    """Left: the last state is the one vector c. Right: s_1 asks, and c_2 is mixed for step 2."""
    figure = plots.blank()
    left, right = plots.panels(figure, 2)
    for axes, title in ((left, "One vector: the same c at each step"),
                        (right, "Attention: step 2 asks the memory")):
        axes.set_axis_off()
        axes.set(xlim=(-0.6, 3.6), ylim=(-0.9, 4.7), aspect="auto")
        axes.text(1.5, 4.55, title, ha="center", va="center", fontsize=plots.LARGE)
        _chain(axes, [f"$h_{j + 1}$" for j in range(4)], source, y=0, words_below=True)
        _chain(axes, [f"$s_{t + 1}$" for t in range(3)], written, y=3.4, words_below=False)
    _one_vector(left)
    _attention(right)
    return figure


def _chain(axes, names: Sequence[str], words: Sequence[str], *, y: float,
           words_below: bool) -> None:
    """Boxes in a row, each with an arrow to the next one, and a word below or above."""
    for place, (name, word) in enumerate(zip(names, words, strict=True)):
        _box(axes, place, y, name)
        axes.text(place, y + (-0.55 if words_below else 0.55), word, ha="center", va="center")
        if place:
            _arrow(axes, (place - 1 + WIDTH / 2, y), (place - WIDTH / 2, y))


def _one_vector(axes) -> None:
    _box(axes, 3, 1.7, "$c$", plots.ORANGE)
    _arrow(axes, (3, HEIGHT / 2), (3, 1.7 - HEIGHT / 2), plots.ORANGE, 3.0)
    for t in range(3):
        _arrow(axes, (3 - 0.1, 1.7 + HEIGHT / 2), (t, 3.4 - HEIGHT / 2), plots.ORANGE, 1.5)


def _attention(axes) -> None:
    _box(axes, 1, 1.7, "$c_2$", plots.ORANGE)
    for j, weight in enumerate(LOOKS):
        _arrow(axes, (j, HEIGHT / 2), (1 + 0.05 * (j - 1), 1.7 - HEIGHT / 2), plots.ORANGE,
               0.6 + 4 * weight)
    _arrow(axes, (1, 1.7 + HEIGHT / 2), (1, 3.4 - HEIGHT / 2), plots.ORANGE, 2.0)
    _arrow(axes, (0, 3.4 - HEIGHT / 2), (1 - WIDTH / 2, 1.8), plots.BLUE, 2.0, "dashed")
    _arrow(axes, (0.22, 3.95), (1 - WIDTH / 2, 3.4 + HEIGHT / 4))              # le is read now
    axes.text(0.1, 2.35, "$s_1$ asks", ha="right", va="center", color=plots.BLUE)


def _box(axes, x: float, y: float, name: str, colour: str = plots.INK) -> None:
    axes.add_patch(Rectangle((x - WIDTH / 2, y - HEIGHT / 2), WIDTH, HEIGHT, fill=False,
                             edgecolor=colour, linewidth=1.8))
    axes.text(x, y, name, ha="center", va="center")


def _arrow(axes, start: tuple, end: tuple, colour: str = plots.INK, width: float = 1.4,
           style: str = "solid") -> None:
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=10, color=colour,
                                   linewidth=width, linestyle=style, shrinkA=0, shrinkB=0))
