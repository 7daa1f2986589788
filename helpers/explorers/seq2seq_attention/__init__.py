"""The widgets of notebook 04: attention by hand, one decoder step, beams, lengths, wrong words."""

from helpers.explorers.seq2seq_attention.by_hand import (
    attention_by_hand,
    by_hand_numbers,
    draw_by_hand,
)
from helpers.explorers.seq2seq_attention.diagram import diagram
from helpers.explorers.seq2seq_attention.injected import (
    draw_injected,
    injected_numbers,
    written_after,
    wrong_word,
)
from helpers.explorers.seq2seq_attention.lengths import (
    draw_lengths,
    length_numbers,
    length_slider,
)
from helpers.explorers.seq2seq_attention.own import known_pairs, translate, translation_numbers
from helpers.explorers.seq2seq_attention.stepper import (
    decoder_stepper,
    draw_step,
    step_numbers,
    trace_numbers,
)
from helpers.explorers.seq2seq_attention.tree import beam_tree, gold_path, tree_numbers
from helpers.explorers.seq2seq_attention.tree_drawing import draw_tree
from helpers.explorers.seq2seq_attention.words import compared, draw_rows

__all__ = [
    "attention_by_hand",
    "beam_tree",
    "by_hand_numbers",
    "compared",
    "decoder_stepper",
    "diagram",
    "draw_by_hand",
    "draw_injected",
    "draw_lengths",
    "draw_rows",
    "draw_step",
    "draw_tree",
    "gold_path",
    "injected_numbers",
    "known_pairs",
    "length_numbers",
    "length_slider",
    "step_numbers",
    "trace_numbers",
    "translate",
    "translation_numbers",
    "tree_numbers",
    "written_after",
    "wrong_word",
]
