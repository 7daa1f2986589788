"""The widgets of notebook 00: gradients by depth, a race of optimisers, a kernel that slides."""

from helpers.explorers.neural_networks.depth import (
    depth_flow,
    draw_depth,
    flow_numbers,
    learned_numbers,
)
from helpers.explorers.neural_networks.kernel import draw_kernel, kernel_numbers, kernel_slide
from helpers.explorers.neural_networks.race import draw_race, optimiser_race, race_numbers

__all__ = [
    "depth_flow",
    "draw_depth",
    "draw_kernel",
    "draw_race",
    "flow_numbers",
    "kernel_numbers",
    "kernel_slide",
    "learned_numbers",
    "optimiser_race",
    "race_numbers",
]
