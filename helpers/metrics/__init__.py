"""How good is a model? Surprise of language models, and how near a translation comes.

    metrics.perplexity(surprisals)                      1 = certain, V = as unsure as a V-sided die
    metrics.bits_per_character(model, texts)            over an open vocabulary
    metrics.bleu(hypotheses, references).score          n-grams of words in common, 0 to 100
    metrics.chrf(hypotheses, references)                n-grams of letters in common, 0 to 100
    metrics.alignment_error_rate(found, sure, possible) wrong and missed links, 0 to 1

`surprisal`, `translation`, `alignment`, `intervals`, `ranks` and `score_table` hold one topic each.
"""

from helpers.metrics.alignment import alignment_error_rate
from helpers.metrics.intervals import bootstrap_interval, share_with_interval
from helpers.metrics.ranks import rank_correlation
from helpers.metrics.score_table import record_score, scores
from helpers.metrics.surprisal import (
    TOO_MANY,
    UNICODE_CHARACTERS,
    all_log_probs,
    bits,
    bits_per_character,
    characters_scored,
    check_distribution,
    cross_entropy,
    entropy,
    expected_cross_entropy,
    kl_divergence,
    mixed_log_probs,
    perplexity,
    unknown_in_words,
)
from helpers.metrics.translation import Bleu, bleu, chrf, sentence_bleu

__all__ = [
    "TOO_MANY",
    "UNICODE_CHARACTERS",
    "Bleu",
    "alignment_error_rate",
    "all_log_probs",
    "bits",
    "bits_per_character",
    "bleu",
    "bootstrap_interval",
    "characters_scored",
    "check_distribution",
    "chrf",
    "cross_entropy",
    "entropy",
    "expected_cross_entropy",
    "kl_divergence",
    "mixed_log_probs",
    "perplexity",
    "rank_correlation",
    "record_score",
    "scores",
    "sentence_bleu",
    "share_with_interval",
    "unknown_in_words",
]
