"""The widgets of notebook 00: a boundary, a backward pass, depth, optimisers, a kernel, a test."""

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
from helpers.explorers.neural_networks.depth import (
    depth_flow,
    draw_depth,
    flow_numbers,
    learned_numbers,
)
from helpers.explorers.neural_networks.kernel import draw_kernel, kernel_numbers, kernel_slide
from helpers.explorers.neural_networks.race import draw_race, optimiser_race, race_numbers
from helpers.explorers.neural_networks.self_test import SelfTest, self_test, self_test_numbers

__all__ = [
    "SelfTest",
    "backward_numbers",
    "backward_pass",
    "boundary_numbers",
    "decision_boundary",
    "depth_flow",
    "draw_backward",
    "draw_boundary",
    "draw_depth",
    "draw_kernel",
    "draw_race",
    "flow_numbers",
    "kernel_numbers",
    "kernel_slide",
    "learned_numbers",
    "moving_points",
    "optimiser_race",
    "race_numbers",
    "self_test",
    "self_test_numbers",
]
