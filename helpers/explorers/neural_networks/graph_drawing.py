"""A graph from left to right: nodes with value and gradient, edges with slopes."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers import plots
from helpers.explorers.neural_networks.graphs import WALKS, moments

HIGH, LINE, BESIDE = 0.62, 0.19, 0.11       # inches of a box; between its lines; of a slope
BOW, APART = 0.3, 0.4           # of two edges between the same nodes; inches between them
EMPTY, QUIET = "#ffffff", "#8a8a8a"
FORWARD = "Forward: values, from left to right"
BACKWARD = "Backward: gradients, from right to left (violet: above 0; orange: below)"


def sign(value: float, *, brackets: bool = False) -> str:
    """A number in three digits; brackets: around one below 0, as it stands in a product."""
    word = f"{value + 0.0:.3g}".replace("-", "−")
    return f"({word})" if brackets and value < 0 else word


def draw_graph(axes, numbers: dict) -> None:
    """Fill the boxes that are computed; colour by gradient; what is at work is drawn thick."""
    if not plots.keeps(axes, f"graph {numbers['expression']}"):
        _make_graph(axes, numbers)
    plots.name(axes, title=BACKWARD if numbers["moment"] else FORWARD)
    most = max(map(abs, (*numbers["final"], *numbers["right"])))
    boxes, arrows = axes.patches[:len(numbers["parts"])], axes.patches[len(numbers["parts"]):]
    for i, box in enumerate(boxes):
        _fill(box, axes.texts[3 * i:3 * i + 3], numbers, i, most)
    slopes = axes.texts[3 * len(boxes):]
    active = _active(numbers)
    for edge, (arrow, text) in enumerate(zip(arrows, slopes, strict=True)):
        source, node, slope = numbers["edges"][edge]
        at_work, known = edge in active, numbers["computed"][node]
        back = at_work and numbers["moment"] is not None
        arrow.set(color=plots.ORANGE if at_work else plots.INK if known else QUIET,
                  linewidth=3 if at_work else 1.3)
        arrow.set_arrowstyle("<|-" if back else "-|>")
        text.set(text=sign(slope) if known else "", fontweight="bold" if at_work else "normal")


def _active(numbers: dict) -> set[int]:
    """The edges that are at work: all into the node forward, the one of this step backward."""
    into = [edge for edge, (_, node, _) in enumerate(numbers["edges"]) if node == numbers["node"]]
    moment = numbers["moment"]
    if moment is None:
        return set(into)
    return set() if moment.edge is None else {into[moment.edge]}


def _fill(box, texts: list, numbers: dict, i: int, most: float) -> None:
    """Colour and words of one node."""
    part, known, gradient = numbers["parts"][i], numbers["computed"][i], numbers["gradients"][i]
    colour = matplotlib.colormaps["PuOr"](0.5 + 0.5 * gradient / most) if gradient else EMPTY
    moment = numbers["moment"]
    at_work = i == (moment.source if moment and moment.source is not None else numbers["node"])
    box.set(facecolor=colour, edgecolor=plots.INK if known else QUIET,
            linewidth=3 if at_work else 1.2)
    ink = str(plots.readable_on(np.array([matplotlib.colors.to_rgba(colour)]))[0])
    name = f"{part.name} = {part.formula}" if part.formula else part.name
    words = (name, f"value {sign(part.node.value)}" if known else "value ?",
             f"gradient {sign(gradient)}")
    for text, word in zip(texts, words, strict=True):
        text.set(text=word, color=ink)


def _make_graph(axes, numbers: dict) -> None:
    """What is kept: boxes, arrows, then the words in both."""
    plots.room(axes, left=0.1, right=0.1, below=0.05, above=0.42)
    axes.set_axis_off()
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    axes.set(xlim=(0, wide), ylim=(high, 0))
    places = np.array([part.place for part in numbers["parts"]], dtype=float)
    across, down = places.max(axis=0)
    box = _box_width(numbers["parts"])
    middle = np.column_stack([
        wide / 2 + (places[:, 0] - across / 2) * min(2.6, (wide - box - 0.2) / max(across, 1)),
        high / 2 + (places[:, 1] - down / 2) * min(1.1, (high - HIGH - 0.1) / max(down, 1))])
    for x, y in middle:
        axes.add_patch(FancyBboxPatch((x - box / 2, y - HIGH / 2), box, HIGH, animated=True,
                                      boxstyle="round,pad=0,rounding_size=0.08", zorder=3))
        for row, weight in enumerate(("bold", "normal", "normal")):
            axes.text(x, y + (row - 1) * LINE, "", ha="center", va="center", zorder=4,
                      fontsize=plots.SMALL, fontweight=weight, fontfamily=plots.FONTS,
                      animated=True)
    pairs = [edge[:2] for edge in numbers["edges"]]
    for i, (source, node, slope) in enumerate(numbers["edges"]):
        start, end = middle[source] + (box / 2, 0), middle[node] - (box / 2, 0)
        bow = max(BOW, APART / np.linalg.norm(end - start)) * (pairs.count((source, node)) > 1)
        _make_edge(axes, start, end, bow if pairs.index((source, node)) == i else -bow,
                   plots.width(sign(slope), weight="bold"))


def _box_width(parts: list) -> float:
    """Inches that the longest line in a box takes, whatever the walk, and a margin."""
    gradients = [value for walk in WALKS for moment in moments(parts, walk)
                 for value in moment.gradients]
    words = {f"gradient {sign(value)}" for value in gradients}
    names = (f"{part.name} = {part.formula}" for part in parts)
    return 0.14 + max(*map(plots.width, words), *(plots.width(name, weight="bold")
                                                  for name in names))


def _make_edge(axes, start: np.ndarray, end: np.ndarray, bow: float, wide: float) -> None:
    """An arrow, and the place of its slope, so many inches wide, beside it."""
    axes.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bow}", shrinkA=1,
                                   shrinkB=1, mutation_scale=14, animated=True, zorder=2))
    along = end - start
    across = np.array([along[1], -along[0]])                # to its left: up
    way = across / np.linalg.norm(across) * (-1 if bow > 0 else 1)
    aside = (BESIDE + abs(way[0]) * wide / 2) * way
    share = 0.5 - 0.1 * np.sign(along[1])                   # where the boxes leave more room
    x, y = start + share * along - bow / 2 * across + aside
    axes.text(x, y, "", ha="center", va="center", fontsize=plots.SMALL, color=plots.INK,
              fontfamily=plots.FONTS, zorder=5, animated=True)
