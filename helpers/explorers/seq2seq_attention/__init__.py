"""The widgets of notebook 04: attention by hand, one decoder step, beams, lengths, wrong words."""

from helpers.explorers.seq2seq_attention.by_hand import (
    attention_by_hand,
    by_hand_numbers,
    draw_by_hand,
)
from helpers.explorers.seq2seq_attention.stepper import (
    decoder_stepper,
    draw_step,
    step_numbers,
    trace,
)
from helpers.explorers.seq2seq_attention.tree import beam_tree, gold_path, tree_numbers
from helpers.explorers.seq2seq_attention.tree_drawing import draw_tree

__all__ = [
    "attention_by_hand",
    "beam_tree",
    "by_hand_numbers",
    "decoder_stepper",
    "draw_by_hand",
    "draw_step",
    "draw_tree",
    "gold_path",
    "step_numbers",
    "trace",
    "tree_numbers",
]
