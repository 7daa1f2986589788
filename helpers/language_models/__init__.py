"""Counting language models: n-grams, their smoothing, and what they cost (notebook 01)."""

from helpers.language_models.counts import BOS, EOS, UNK, NgramCounts
from helpers.language_models.kneser_ney import KneserNeyLM, adjusted_counts, discounts, kneser_ney
from helpers.language_models.ngram import NgramLM
from helpers.language_models.smoothing import add_k, fit_weights, interpolated, mle

__all__ = [
    "BOS", "EOS", "UNK", "KneserNeyLM", "NgramCounts", "NgramLM", "add_k", "adjusted_counts",
    "discounts", "fit_weights", "interpolated", "kneser_ney", "mle",
]
