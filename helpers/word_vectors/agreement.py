"""Two tables of the same words, such as of two seeds; and what frequency does to one of them."""

from __future__ import annotations

import numpy as np

from helpers.metrics import rank_correlation
from helpers.word_vectors.plane import nearest


def agreement(one: np.ndarray, other: np.ndarray, *, centre: bool = False) -> dict[str, float]:
    """How two tables (V, d) of the same words agree: cosines and correlation -1 to 1, shares.

    same_row: mean cosine of a word's row here and there; top5: share of the five nearest words
    that both name; cosines: correlation of all cosines between two words; turned: same_row after
    `other` was turned as a whole to fit `one` (`align`). Rows are compared by direction alone.
    centre: the mean row is taken off first. A table in which all words lean one way agrees with
    another such table for that alone.
    """
    a, b = (_unit(rows - rows.mean(axis=0) * centre) for rows in (one, other))
    here, there = nearest(a, 5), nearest(b, 5)
    above = np.triu(np.ones((len(a), len(a)), dtype=bool), 1)
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


def common(rows: np.ndarray) -> float:
    """Mean cosine of two different words of a table (V, d): 0 if they look all ways alike."""
    unit = _unit(rows)
    whole = float((unit.sum(axis=0, dtype=np.float64) ** 2).sum())
    return (whole - len(unit)) / (len(unit) * (len(unit) - 1))


def lengths(rows: np.ndarray, counts: np.ndarray, *, most: int = 5) -> dict:
    """What frequency does to rows (V, d): lengths, and who crowds the lists of neighbours.

    order: rank correlation of count and length; by_tenth: mean length of each tenth of the words,
    most frequent first; crowding: for "dot" and "cosine" the `most` words, as [id, share], that
    stand in most lists of five neighbours, with the share of all lists.
    """
    size, crowding = np.linalg.norm(rows, axis=1), {}
    tenths = np.array_split(size[np.argsort(-counts, kind="stable")], 10)
    for measure, points in (("dot", np.asarray(rows, dtype=np.float32)), ("cosine", _unit(rows))):
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
