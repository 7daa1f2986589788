"""Vectors without any training: count what stands around a word, and weigh it.

A row of counts says which words were seen near this one. Frequent neighbours say little, so each
count is held against what chance would give (pointwise mutual information, Church and Hanks 1990),
and negative values are cut off (PPMI). SVD keeps the few directions that matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

MOST_WORDS = 20_000


def cooccurrence(sentences: Sequence[np.ndarray], size: int, window: int = 5) -> np.ndarray:
    """(V, V) float32, symmetric: how often two words stood within `window` places.

    sentences: rows of word ids; -1 is a word outside the vocabulary, which keeps its place and is
    not counted. A neighbour at distance k counts (window + 1 - k) / window.
    Raises ValueError for a window below 1 and for a table too large to hold.
    """
    if window < 1 or not 1 <= size <= MOST_WORDS:
        raise ValueError(f"window={window}, {size} words: a window of at least 1, and at most "
                         f"{MOST_WORDS:,} words, since the table has a cell for each pair")
    flat = np.concatenate([np.asarray(row, dtype=np.int64) for row in sentences])
    which = np.repeat(np.arange(len(sentences)), [len(row) for row in sentences])
    counts = np.zeros((size, size), dtype=np.float32)      # whole numbers: their sums are exact
    for k in range(1, window + 1):
        near, far = flat[:-k], flat[k:]
        real = (which[:-k] == which[k:]) & (near >= 0) & (far >= 0)
        for a, b in ((near, far), (far, near)):
            np.add.at(counts, (a[real], b[real]), window + 1 - k)
    counts /= window
    return counts


def ppmi(counts: np.ndarray, smoothing: float = 0.75) -> np.ndarray:
    """Positive pointwise mutual information of each cell, nats: max(0, log p(w, c) / p(w) p(c)).

    counts (V, V), symmetric; a row of zeros stays zero. smoothing: the power to which the
    frequencies of the *neighbours* are raised (Levy et al. 2015), so that rare neighbours do not
    get the largest values; 1 leaves them as they are.
    """
    if counts.ndim != 2 or (counts < 0).any() or not counts.any():
        raise ValueError(f"counts {counts.shape}: give a table (V, V) of counts that are 0 or "
                         "more, and not all 0")
    words = counts.sum(axis=1)
    neighbours = counts.sum(axis=0) ** smoothing
    row, column = np.nonzero(counts)        # most cells are 0, and a table of logarithms is large
    pmi = np.log(counts[row, column] * neighbours.sum() / (words[row] * neighbours[column]))
    table = np.zeros(counts.shape, dtype=np.float32)
    table[row, column] = pmi.clip(min=0)
    return table


def svd_vectors(matrix: np.ndarray, d: int, *, power: float = 0.5, seed: int = 0) -> np.ndarray:
    """(V, d): the d strongest directions of a matrix, U S^power (truncated SVD).

    torch's randomised method finds them (Halko et al. 2011), as a full SVD of thousands of words
    takes minutes. power 0.5 gives rows and columns equal shares of the strength.
    """
    if not 1 <= d <= min(matrix.shape):
        raise ValueError(f"d={d} directions of a matrix {matrix.shape}: 1 to {min(matrix.shape)}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        u, s, _ = torch.svd_lowrank(torch.as_tensor(matrix), min(d + 20, *matrix.shape), niter=3)
    return (u[:, :d] * s[:d] ** power).numpy()
