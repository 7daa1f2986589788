"""The widgets of notebook 07: blanks, senses, heads, label curves, layers, sizes, scores."""

from helpers.explorers.pretraining.curves import (
    curve_numbers,
    draw_label_curves,
    label_curves,
    label_curves_figure,
    labels_needed,
    task_points,
)
from helpers.explorers.pretraining.fill import draw_fill, fill_mask, fill_numbers
from helpers.explorers.pretraining.heads import attention_numbers, attention_of
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
from helpers.explorers.pretraining.senses import (
    draw_senses,
    senses_numbers,
    senses_seen,
    two_senses,
)
from helpers.explorers.pretraining.speculative import (
    draw_speculative,
    speculative_explorer,
    speculative_numbers,
)
from helpers.explorers.pretraining.word_here import (
    draw_word,
    read_examples,
    word_in_sentences,
    word_numbers,
    word_seen,
)

__all__ = [
    "attention_numbers",
    "attention_of",
    "curve_numbers",
    "draw_fill",
    "draw_label_curves",
    "draw_layers_known",
    "draw_preference",
    "draw_scaling",
    "draw_scores",
    "draw_senses",
    "draw_speculative",
    "draw_word",
    "fill_mask",
    "fill_numbers",
    "label_curves",
    "label_curves_figure",
    "labels_needed",
    "layers_numbers",
    "layers_plot",
    "markov_rows",
    "preference_explorer",
    "preference_numbers",
    "read_examples",
    "scaling_numbers",
    "scaling_plot",
    "score_explorer",
    "score_figure",
    "score_numbers",
    "senses_numbers",
    "senses_seen",
    "speculative_explorer",
    "speculative_numbers",
    "task_points",
    "two_senses",
    "with_intervals",
    "word_in_sentences",
    "word_numbers",
    "word_seen",
]
