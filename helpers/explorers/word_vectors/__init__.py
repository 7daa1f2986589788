"""The widgets of notebook 02: a map of all words, analogies, one step, a window, knobs."""

from helpers.explorers.word_vectors.analogy import (
    analogy_board,
    analogy_numbers,
    draw_analogy,
)
from helpers.explorers.word_vectors.knobs import draw_knobs, knobs, knobs_numbers
from helpers.explorers.word_vectors.map import (
    draw_neighbours,
    neighbour_map,
    neighbour_numbers,
)
from helpers.explorers.word_vectors.training_step import (
    draw_training_step,
    stood_near,
    training_step,
    training_step_numbers,
)
from helpers.explorers.word_vectors.window import draw_window, window_numbers, window_reader

__all__ = [
    "analogy_board",
    "analogy_numbers",
    "draw_analogy",
    "draw_knobs",
    "draw_neighbours",
    "draw_training_step",
    "draw_window",
    "knobs",
    "knobs_numbers",
    "neighbour_map",
    "neighbour_numbers",
    "stood_near",
    "training_step",
    "training_step_numbers",
    "window_numbers",
    "window_reader",
]
