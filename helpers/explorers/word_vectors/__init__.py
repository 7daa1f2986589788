"""The widgets of notebook 02: one training step, a network that reads a window, knobs."""

from helpers.explorers.word_vectors.knobs import draw_knobs, knobs, knobs_numbers
from helpers.explorers.word_vectors.training_step import (
    draw_training_step,
    stood_near,
    training_step,
    training_step_numbers,
)
from helpers.explorers.word_vectors.window import draw_window, window_numbers, window_reader

__all__ = [
    "draw_knobs",
    "draw_training_step",
    "draw_window",
    "knobs",
    "knobs_numbers",
    "stood_near",
    "training_step",
    "training_step_numbers",
    "window_numbers",
    "window_reader",
]
