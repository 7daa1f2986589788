"""Counting language models: n-grams, their smoothing, and what they cost (notebook 01)."""

from helpers.language_models.copying import as_read, copied_words, longest_copy, mark_copy
from helpers.language_models.counts import BOS, EOS, UNK, NgramCounts
from helpers.language_models.guessing import TRIES, Guesses, guess_bits, read_guesses
from helpers.language_models.kneser_ney import KneserNeyLM, adjusted_counts, discounts, kneser_ney
from helpers.language_models.ngram import NgramLM
from helpers.language_models.smoothing import add_k, fit_weights, interpolated, mle

__all__ = [
    "BOS", "EOS", "TRIES", "UNK", "Guesses", "KneserNeyLM", "NgramCounts", "NgramLM", "add_k",
    "adjusted_counts", "as_read", "copied_words", "discounts", "fit_weights", "guess_bits",
    "interpolated", "kneser_ney", "longest_copy", "mark_copy", "mle", "read_guesses",
]
