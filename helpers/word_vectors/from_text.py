"""Vectors of any text by counting, in one call: PPMI, then the strongest directions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from helpers.tokenizers import words
from helpers.word_vectors.counting import cooccurrence, ppmi, svd_vectors
from helpers.word_vectors.vectors import WordVectors


def count_vectors(texts: Sequence[str], d: int = 100, *, least: int = 5, window: int = 5,
                  without: frozenset[str] = frozenset(), seed: int = 0) -> WordVectors:
    """Vectors of d numbers for the words seen at least `least` times, most frequent first.

    without: words that are treated as if they had never been seen (their places stay). seed: of
    the randomised SVD. Raises ValueError for fewer words than numbers.
    """
    sentences = [words(text) for text in texts]
    counts = Counter(word for sentence in sentences for word in sentence)
    names = sorted((word for word, n in counts.items() if n >= least and word not in without),
                   key=lambda word: (-counts[word], word))
    if len(names) < d:
        raise ValueError(f"{len(names)} words seen {least} times or more for vectors of {d} "
                         "numbers: give more text, or take a smaller d or least")
    place = {name: i for i, name in enumerate(names)}
    ids = [np.array([place.get(word, -1) for word in sentence]) for sentence in sentences]
    return WordVectors(names, svd_vectors(ppmi(cooccurrence(ids, len(names), window)), d,
                                          seed=seed))
