"""Word vectors: counted, learned by a window, learned by pairs (notebook 02).

    vectors = WordVectors(words, rows)
    vectors.neighbours("row")                           # [("column", 0.8), ...]
    model = NeuralNgram(len(words), n=5, m=60, h=100)   # Bengio et al. 2003
    model = SkipGram(len(words), d=100)                 # Mikolov et al. 2013
    rows = svd_vectors(ppmi(cooccurrence(sentences, len(words))), d=100)
    vectors = count_vectors(texts, d=100)               # the same, from texts as written

`fast` trains skip-gram on long texts; it needs numba, so it is not imported here.
"""

from helpers.word_vectors.bias import weat
from helpers.word_vectors.counting import cooccurrence, ppmi, svd_vectors
from helpers.word_vectors.from_text import count_vectors
from helpers.word_vectors.neural_ngram import NeuralNgram, parameter_count, penalised_loss
from helpers.word_vectors.planted import Planted, margins, planted_corpus
from helpers.word_vectors.planted_runs import same_class
from helpers.word_vectors.skipgram import (
    SkipGram,
    cbow_step,
    keep_probabilities,
    log_sigmoid,
    noise_probabilities,
    pairs,
    sigmoid,
    skipgram_step,
)
from helpers.word_vectors.toy import toy_sentences, toy_words
from helpers.word_vectors.vectors import WordVectors, association

__all__ = [
    "NeuralNgram",
    "Planted",
    "SkipGram",
    "WordVectors",
    "association",
    "cbow_step",
    "cooccurrence",
    "count_vectors",
    "keep_probabilities",
    "log_sigmoid",
    "margins",
    "noise_probabilities",
    "pairs",
    "parameter_count",
    "penalised_loss",
    "planted_corpus",
    "ppmi",
    "same_class",
    "sigmoid",
    "skipgram_step",
    "svd_vectors",
    "toy_sentences",
    "toy_words",
    "weat",
]
