"""The widgets of notebook 00: a boundary that is learnt, a backward pass, a test of oneself."""

from helpers.explorers.neural_networks.backward import (
    backward_numbers,
    backward_pass,
    draw_backward,
)
from helpers.explorers.neural_networks.boundary import (
    boundary_numbers,
    decision_boundary,
    draw_boundary,
    moving_points,
)
from helpers.explorers.neural_networks.self_test import SelfTest, self_test, self_test_numbers

__all__ = [
    "SelfTest",
    "backward_numbers",
    "backward_pass",
    "boundary_numbers",
    "decision_boundary",
    "draw_backward",
    "draw_boundary",
    "moving_points",
    "self_test",
    "self_test_numbers",
]
