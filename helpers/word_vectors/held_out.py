"""Words taken out of the text before counting: do their pieces find the same neighbours?

A hundred words of python_docs, five letters or more, seen at least twenty times. What a way says is
held against the neighbours of the word in vectors of the whole text, and against its inflected
forms; beside pieces stand three answers that cost nothing, or cannot be beaten.
"""

from __future__ import annotations

import os
from collections import Counter

import numpy as np

from helpers import corpora
from helpers.tokenizers import words
from helpers.word_vectors.from_text import count_vectors
from helpers.word_vectors.pieces import Pieces, pieces
from helpers.word_vectors.vectors import WordVectors

WAYS, SEEDS = ("pieces", "spelled alike", "random word", "seen after all"), (0, 1, 2)
HELD, LEAST, SHORTEST_WORD, ENDING, TOP, D = 100, 20, 5, 3, 5, 100


def inflected(one: str, other: str) -> bool:
    """Whether two words begin with the same four letters or more and differ in at most the three
    letters after: column and columns, compute and computing.
    """
    same = len(os.path.commonprefix([one, other]))
    return one != other and same >= 4 and max(len(one), len(other)) - same <= ENDING


def drawn(seed: int) -> list[str]:
    """The hundred words that are held out with this seed."""
    counts = Counter(word for line in corpora.load("python_docs") for word in words(line))
    fit = sorted(word for word, n in counts.items()
                 if n >= LEAST and len(word) >= SHORTEST_WORD and word.isalpha())
    return np.random.default_rng(seed).choice(fit, HELD, replace=False).tolist()


def told(seed: int) -> dict[str, dict[str, float]]:
    """{way: {"true": ..., "inflected": ...}}: shares of the held-out words, half a CPU minute.

    true: one of the five words named is among the five true neighbours (of the words both have);
    inflected: one of them is an inflected form. Ways: pieces; the vector of the word that shares
    most pieces; that of a random word; and the word's own, counted in the whole text with another
    seed of the SVD, as a ceiling. "possible": the share that have an inflected form at all.
    """
    held, texts = drawn(seed), corpora.load("python_docs")
    whole = count_vectors(texts, D, seed=seed)
    kept = count_vectors(texts, D, seed=seed, without=frozenset(held))
    again = count_vectors(texts, D, seed=seed + 1)
    fitted, rng = Pieces(kept), np.random.default_rng(seed)
    true = [_near(whole, whole.of(word), kept) for word in held]
    said = {"pieces": [_near(kept, fitted.of(word), kept) for word in held],
            "spelled alike": [_near(kept, kept.of(alike(word, kept.words)), kept)
                              for word in held],
            "random word": [_near(kept, row, kept) for row in kept.rows[
                rng.integers(len(kept), size=HELD)]],
            "seen after all": [_near(again, again.of(word), kept) for word in held]}
    found = {way: {"true": _share(bool({*said[way][i]} & {*true[i]}) for i in range(HELD)),
                   "inflected": _share(any(inflected(word, near) for near in said[way][i])
                                       for i, word in enumerate(held))} for way in WAYS}
    found["possible"] = {"inflected": _share(any(inflected(word, other) for other in kept.words)
                                             for word in held)}
    return found


def alike(word: str, names: tuple[str, ...]) -> str:
    """The name that shares the largest part of its pieces with the word's (Jaccard)."""
    own = set(pieces(word))
    cut = [set(pieces(name)) for name in names]
    return names[int(np.argmax([len(own & other) / len(own | other) for other in cut]))]


def _near(vectors: WordVectors, row: np.ndarray, among: WordVectors) -> list[str]:
    """The five words nearest to a row, of those that `among` has."""
    order = np.argsort(-(vectors.unit @ row), kind="stable")
    return [vectors.words[i] for i in order[:TOP + HELD] if vectors.words[i] in among][:TOP]


def _share(right) -> float:
    return round(float(np.mean(list(right))), 4)
