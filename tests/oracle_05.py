"""Draws of arguments for the exercises of notebook 05, for `oracle.CALLS`."""

from __future__ import annotations

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


CALLS = {"5.1": _asking, "5.2": _places}
