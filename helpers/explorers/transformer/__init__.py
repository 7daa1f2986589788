"""The widgets of notebook 06: a pass step by step, writing, collapse, gradients, sizes, heads."""

from helpers.explorers.transformer.collapse import (
    collapse_explorer,
    collapse_numbers,
    draw_collapse,
)
from helpers.explorers.transformer.gradients import (
    draw_layers,
    gradient_layers,
    layers_numbers,
)
from helpers.explorers.transformer.heads import grid_numbers, head_grid
from helpers.explorers.transformer.rates import (
    draw_training,
    gradient_training,
    training_numbers,
)
from helpers.explorers.transformer.sizes import draw_sizes, sizes_explorer, sizes_numbers
from helpers.explorers.transformer.stepper import draw_step, forward_stepper, step_numbers
from helpers.explorers.transformer.trace import trace_numbers
from helpers.explorers.transformer.writer import (
    begun_numbers,
    draw_writing,
    writer,
    writer_numbers,
    written_numbers,
)

__all__ = [
    "begun_numbers",
    "collapse_explorer",
    "collapse_numbers",
    "draw_collapse",
    "draw_layers",
    "draw_sizes",
    "draw_step",
    "draw_training",
    "draw_writing",
    "forward_stepper",
    "gradient_layers",
    "gradient_training",
    "grid_numbers",
    "head_grid",
    "layers_numbers",
    "sizes_explorer",
    "sizes_numbers",
    "step_numbers",
    "trace_numbers",
    "training_numbers",
    "writer",
    "writer_numbers",
    "written_numbers",
]
