"""What vectors of python_docs know, over rates and seeds: pairs found, two seeds, long rows.

Counted vectors have rate 0: nothing is trained. All trained ones are `docs.learn`'s.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from helpers.metrics import rank_correlation
from helpers.word_vectors import docs
from helpers.word_vectors.counting import cooccurrence, ppmi, svd_vectors
from helpers.word_vectors.plane import nearest
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


def agreement(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """How two tables (V, d) of the same words, such as of two seeds, agree; -1 to 1, or shares.

    same_row: mean cosine of a word's row here and there; top5: share of the five nearest words
    that both name; cosines: correlation of all cosines between two words; turned: same_row after
    `other` was turned as a whole to fit `one` (`align`).
    """
    a, b = _unit(one), _unit(other)
    here, there = nearest(a, 5), nearest(b, 5)
    above = np.triu_indices(len(a), 1)
    return {"same_row": _mean_cosine(a, b),
            "top5": float((here[:, :, None] == there[:, None]).any(axis=2).mean()),
            "cosines": float(np.corrcoef((a @ a.T)[above], (b @ b.T)[above])[0, 1]),
            "turned": _mean_cosine(a, align(a, b))}


def align(fixed: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """(V, d): `moved` turned (or mirrored) as a whole so that its rows fit those of `fixed` best.

    The orthogonal Procrustes problem: of all turns Q, the one with the least |moved Q - fixed|².
    No distance and no angle within the table changes.
    """
    u, _, v = np.linalg.svd(moved.T @ fixed)
    return moved @ (u @ v)


def lengths(rows: np.ndarray, counts: np.ndarray, *, most: int = 5) -> dict:
    """What frequency does to rows (V, d): lengths, and who crowds the lists of neighbours.

    order: rank correlation of count and length; by_tenth: mean length of each tenth of the words,
    most frequent first; crowding: for "dot" and "cosine" the `most` words, as [id, share], that
    stand in most lists of five neighbours, with the share of all lists.
    """
    size, unit = np.linalg.norm(rows, axis=1), _unit(rows)
    tenths = np.array_split(size[np.argsort(-counts, kind="stable")], 10)
    crowding = {}
    for measure, points in (("dot", np.asarray(rows, dtype=np.float32)), ("cosine", unit)):
        scores = points @ points.T
        np.fill_diagonal(scores, -np.inf)
        lists = np.argpartition(-scores, 5, axis=1)[:, :5]
        often = np.bincount(lists.ravel(), minlength=len(rows)) / len(rows)
        crowding[measure] = [[int(i), round(float(often[i]), 4)]
                             for i in np.argsort(-often, kind="stable")[:most]]
    return {"order": rank_correlation(counts, size), "crowding": crowding,
            "by_tenth": [round(float(tenth.mean()), 3) for tenth in tenths]}


def _unit(rows: np.ndarray) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def _mean_cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float((a * b).sum(axis=1).mean())
