"""The widgets of notebook 07: label curves, scaling, layers, scores, preferences, proposals."""

from helpers.explorers.pretraining.curves import (
    curve_numbers,
    draw_label_curves,
    label_curves,
    label_curves_figure,
    labels_needed,
)
from helpers.explorers.pretraining.scores import (
    draw_scores,
    markov_rows,
    score_explorer,
    score_figure,
    score_numbers,
    with_intervals,
)

__all__ = [
    "curve_numbers",
    "draw_label_curves",
    "draw_scores",
    "label_curves",
    "label_curves_figure",
    "labels_needed",
    "markov_rows",
    "score_explorer",
    "score_figure",
    "score_numbers",
    "with_intervals",
]
