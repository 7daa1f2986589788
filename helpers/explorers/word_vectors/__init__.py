"""The widgets of notebook 02: a map of all words, analogies with a target to drag."""

from helpers.explorers.word_vectors.analogy import (
    analogy_board,
    analogy_numbers,
    draw_analogy,
)
from helpers.explorers.word_vectors.map import (
    draw_neighbours,
    neighbour_map,
    neighbour_numbers,
)

__all__ = [
    "analogy_board",
    "analogy_numbers",
    "draw_analogy",
    "draw_neighbours",
    "neighbour_map",
    "neighbour_numbers",
]
