"""The widgets of notebook 07: hidden words, a word of two senses, real words, heads."""

from helpers.explorers.pretraining.fill import draw_fill, fill_mask, fill_numbers
from helpers.explorers.pretraining.heads import attention_numbers, attention_of
from helpers.explorers.pretraining.senses import (
    draw_senses,
    senses_numbers,
    senses_seen,
    two_senses,
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
    "draw_fill",
    "draw_senses",
    "draw_word",
    "fill_mask",
    "fill_numbers",
    "read_examples",
    "senses_numbers",
    "senses_seen",
    "two_senses",
    "word_in_sentences",
    "word_numbers",
    "word_seen",
]
