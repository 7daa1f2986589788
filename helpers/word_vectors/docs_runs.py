"""What vectors of python_docs know, over rates and seeds: which of thirty pairs are found.

Counted vectors have rate 0: nothing is trained. All trained ones are `docs.learn`'s.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from helpers.word_vectors import docs
from helpers.word_vectors.counting import cooccurrence, ppmi, svd_vectors
from helpers.word_vectors.vectors import WordVectors

SEEDS, BEST = (0, 1, 2), 0.025                      # BEST: the rate that finds most in 4 epochs
CASES = {"PPMI": ((0,), (0,)), "PPMI + SVD": ((0,), SEEDS),
         "4 epochs": ((0.0125, BEST, 0.05), SEEDS),
         "10 epochs": ((0.005, 0.01, 0.025), SEEDS)}
EPOCHS_OF = {1: 12, 2: 8, 5: 4, 10: 3}              # about as many pairs for each window
NEGATIVES = (1, 5, 15)
ASKED = ("row", "true", "left", "minimum", "sort", "numpy", "return", "two")


@cache
def counted() -> np.ndarray:
    """(V, V): PPMI of the words of python_docs, window 5; three seconds, nothing is trained."""
    text = docs.corpus()
    return ppmi(cooccurrence(text.sentences, len(text.words), docs.WINDOW))


def told(kind: str, rate: float, seed: int) -> dict:
    """{"pairs": of 30, "queries": of 60, "loss": of the last tenth, nats} of one way to vectors.

    kind: one of CASES; the loss is None for what is counted. Raises ValueError for another kind.
    """
    if kind not in CASES:
        raise ValueError(f"kind {kind!r}: there are {', '.join(CASES)}")
    losses: list[float] = []
    if kind == "PPMI":
        rows = counted()
    elif kind == "PPMI + SVD":
        rows = svd_vectors(counted(), docs.D, seed=seed)
    else:
        rows = docs.learn(rate=rate, seed=seed, epochs=int(kind.split()[0]),
                          watch=lambda loss, _: losses.append(loss)).rows_in.numpy()
    found = docs.found_each_way(WordVectors(docs.corpus().words, rows))
    last = losses[-len(losses) // 10:]
    return {"pairs": int(found.any(axis=1).sum()), "queries": int(found.sum()),
            "loss": round(float(np.mean(last)), 4) if last else None}


def knob(window: int, negatives: int, *, seed: int = 0) -> dict:
    """One setting of window and negatives: pairs found, and five neighbours of eight words.

    About as many pairs are read at each window, so a small one goes through the text more often.
    """
    model = docs.learn(rate=BEST, seed=seed, epochs=EPOCHS_OF[window], window=window,
                       negatives=negatives)
    vectors = WordVectors(docs.corpus().words, model.rows_in.numpy())
    near = {word: [[other, round(cosine, 3)] for other, cosine in vectors.neighbours(word)]
            for word in ASKED}
    return {"window": window, "negatives": negatives, "pairs": docs.pairs_found(vectors),
            "neighbours": near}
