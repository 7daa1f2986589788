"""The widgets of notebook 07: label curves, scaling, layers, scores, preferences, proposals."""

from helpers.explorers.pretraining.curves import (
    curve_numbers,
    draw_label_curves,
    label_curves,
    label_curves_figure,
    labels_needed,
    task_points,
)
from helpers.explorers.pretraining.layers import (
    draw_layers_known,
    layers_numbers,
    layers_plot,
)
from helpers.explorers.pretraining.preference import (
    draw_preference,
    preference_explorer,
    preference_numbers,
)
from helpers.explorers.pretraining.scaling import (
    draw_scaling,
    scaling_numbers,
    scaling_plot,
)
from helpers.explorers.pretraining.scores import (
    draw_scores,
    markov_rows,
    score_explorer,
    score_figure,
    score_numbers,
    with_intervals,
)
from helpers.explorers.pretraining.speculative import (
    draw_speculative,
    speculative_explorer,
    speculative_numbers,
)

__all__ = [
    "curve_numbers",
    "draw_label_curves",
    "draw_layers_known",
    "draw_preference",
    "draw_scaling",
    "draw_scores",
    "draw_speculative",
    "label_curves",
    "label_curves_figure",
    "labels_needed",
    "layers_numbers",
    "layers_plot",
    "markov_rows",
    "preference_explorer",
    "preference_numbers",
    "scaling_numbers",
    "scaling_plot",
    "score_explorer",
    "score_figure",
    "score_numbers",
    "speculative_explorer",
    "speculative_numbers",
    "task_points",
    "with_intervals",
]
