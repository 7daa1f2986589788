"""The widgets of notebook 07: hidden words, a word of two senses, real words, heads."""

from helpers.explorers.pretraining.two_senses import (
    draw_senses,
    senses_numbers,
    senses_seen,
    two_senses,
)

__all__ = [
    "draw_senses",
    "senses_numbers",
    "senses_seen",
    "two_senses",
]
