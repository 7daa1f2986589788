"""Draws of arguments for the exercises of notebook 05, for `oracle.CALLS`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def _asking(rng) -> tuple:
    """Scores of ordinary size, or of thousands, or all of one query's moved far up or down."""
    T, S, d, e = (int(n) for n in rng.integers(1, 7, 4))
    q, k, v = (rng.normal(size=shape) for shape in ((T, d), (S, d), (S, e)))
    how = rng.random()
    if how < 0.2:
        q, k = 60 * q, 60 * k
    elif how < 0.5:
        q[:, 0], k[:, 0] = rng.choice([-2000.0, 900.0, 2500.0], T), d ** 0.5
    return q, k, v


def _places(rng) -> tuple:
    """Some of the keys' places ask, in any order; the text is short, or it is far into a book."""
    longest = int(rng.choice([4, 10, 500]))
    keys = rng.permutation(longest)[:rng.integers(1, 10)]
    keys = np.sort(keys) if rng.random() < 0.5 else keys
    chosen = rng.permutation(len(keys))[:rng.integers(1, 10)]
    return keys[np.sort(chosen) if rng.random() < 0.5 else chosen], keys


def _softmax(scores, may, axis=1):
    scores = np.where(may, scores, -1e300)
    shares = np.exp(scores - scores.max(axis=axis, keepdims=True)) * may
    return shares / np.maximum(shares.sum(axis=axis, keepdims=True), 1e-300)


def _faulty(rng) -> tuple:
    """Weights of a program with one fault, or none, clear enough to tell which."""
    T, d = (int(n) for n in rng.integers(2, 7, 2))
    while True:
        q, k = rng.normal(0, rng.choice([1.0, 1.6]), (2, T, d))
        may = rng.random((T, T)) < rng.choice([0.3, 0.7])
        may = np.tril(may) if rng.random() < 0.4 else may
        may = np.tri(T, dtype=bool) if rng.random() < 0.3 else may
        may[np.diag_indices(T) if rng.random() < 0.5 else (range(T), 0)] = True
        scores = q @ k.T
        right, late = _softmax(scores / np.sqrt(d), may), _softmax(scores / np.sqrt(d), may | True)
        over_queries = _softmax(scores / np.sqrt(d), may, axis=0)
        made = [right, _softmax(scores / np.sqrt(d), ~may), over_queries, _softmax(scores, may),
                _softmax(scores / d, may), late * may]
        apart = min(np.abs(a - b).max() for i, a in enumerate(made) for b in made[i + 1:])
        sums = [made[5].sum(axis=1) - 1, made[2].sum(axis=1) - 1,
                (made[5].sum(axis=0) - 1)[may.any(axis=0)]]
        if min(apart, *(np.abs(off).max() for off in sums)) > 0.03:
            return q, k, may, made[rng.integers(6)]


def _heads(rng) -> tuple:
    B, T, H, width = (int(n) for n in rng.integers([1, 1, 1, 1], [5, 8, 7, 5]))
    d = H * width + int(rng.choice([0, 0, 0, 1, 2]))
    return rng.normal(size=(B, T, d)), H


def _lengths(rng) -> tuple:
    T = int(rng.integers(1, 10))
    lengths = rng.integers(1, T, rng.integers(1, 7), endpoint=True).tolist()
    return lengths, T, int(rng.integers(1, T + 4))


def _hidden(rng) -> tuple:
    """Each cell may be anything; hidden scores may be the largest, rows may have none left."""
    T, S = (int(n) for n in rng.integers(1, 8, 2))
    mask = rng.random((T, S)) < rng.choice([0.15, 0.5, 0.9, 1.0])
    mask[rng.random(T) < 0.2] = False
    scores = rng.normal(0, 3, (T, S)) + rng.choice([-4000.0, 0.0, 0.0, 4000.0], (T, 1))
    scores[~mask] += rng.choice([0.0, 0.0, -5000.0, 5000.0])
    return scores, mask


def _blocks(rng) -> tuple:
    width, moved = int(rng.integers(1, 5)), rng.choice([0.0, 0.0, 5000.0, -5000.0], 2)
    moved = moved[:1].repeat(2) if rng.random() < 0.7 else moved
    blocks = []
    for up in moved:
        scores, values = rng.normal(up, 2, rng.integers(1, 6)), rng.normal(size=(5, width))
        shares = np.exp(scores - scores.max())
        blocks.append((float(scores.max()), float(shares.sum()), shares @ values[:len(shares)]))
    if rng.random() < 0.15:
        blocks[rng.integers(2)] = (-np.inf, 0.0, np.zeros(width))
    return tuple(blocks)


@dataclass(frozen=True)
class Suspect:
    """A model: running sums, and weights (place, source, size) of what comes later.

    A leak is open unless the id at its place leaves the rest `shut`, divided by 3.
    Texts of more than 16 ids are refused.
    """

    leaks: tuple[tuple[int, int, float], ...]
    rounding: float
    shut: int

    def __call__(self, ids):
        if len(ids) > 16:
            raise ValueError("too long")
        numbers = [sum(ids[:i + 1]) / 7 - ids[i] ** 2 + self.rounding * sum(ids)
                   for i in range(len(ids))]
        for place, source, size in self.leaks:
            if source < len(ids) and ids[place] % 3 != self.shut:
                numbers[place] += size * (ids[source] + 2)
        return numbers


def _suspect(rng) -> tuple:
    n, chance = int(rng.integers(1, 9)), rng.choice([0.0, 0.05, 0.2, 1.0])
    known = int(rng.choice([3, 8, 12]))
    ids = rng.integers(0, known, n).tolist()
    leaks = [(p, s, float(rng.choice([-0.5, 0.02, 3.0]))) for p in range(n)
             for s in range(p + 1, n) if rng.random() < chance]
    other = int(rng.choice([i for i in range(known + 2) if i not in ids]))
    model = Suspect(tuple(leaks), float(rng.choice([0.0, 1e-12])), int(rng.integers(4)))
    return model, ids, other


def _report(rng) -> tuple:
    """From nine standard errors over the floor to nine under it, but near neither bound."""
    letters, spread = int(np.exp(rng.uniform(4.5, 15))), float(rng.uniform(0.25, 1.4))
    errors = float(rng.choice([rng.uniform(-9, -0.1), rng.uniform(0.1, 3.9), rng.uniform(4.1, 6),
                               rng.uniform(6, 9)]))
    floor = float(rng.uniform(2, 20))
    below = min(errors * spread / letters ** 0.5, 0.95 * np.log(floor))
    if abs(below * letters ** 0.5 / spread - 4) < 0.05:
        return _report(rng)
    return ({"perplexity": float(floor * np.exp(-below)), "floor": floor, "letters": letters,
             "spread": spread},)


def _layer(rng) -> tuple:
    """Any text and any layer, near the crossings more often than far away."""
    H, ratio = int(rng.integers(1, 9)), rng.choice([rng.uniform(0, 8), np.exp(rng.uniform(-3, 5))])
    d = H * int(rng.integers(1, 60))
    T = max(1, int(ratio * d) if rng.random() < 0.7 else d * int(rng.choice([2, 4])) + int(
        rng.choice([-1, 1])))
    return (T, d, H) if T not in (2 * d, 4 * d) else _layer(rng)


CALLS = {
    "5.1": _asking, "5.2": _places, "5.3": _faulty, "5.5": _heads, "5.6": _lengths,
    "5.7": _hidden, "5.8": _blocks, "5.9": _suspect, "5.10": _report, "5.16": _layer,
}
