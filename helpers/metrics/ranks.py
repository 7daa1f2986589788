"""Do two measurements put things into the same order?"""

import math
from collections.abc import Iterable, Sequence

import numpy as np


def rank_correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's: how well two orders agree, -1 to 1; ties share their mean rank."""
    if len(a) != len(b) or len(a) < 2:
        raise ValueError(f"{len(a)} and {len(b)} values: give two or more of each, as many of both")
    x, y = _ranks(a), _ranks(b)
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt((x @ x) * (y @ y))
    if not size:
        raise ValueError("all values are equal on one side: there is no order to compare")
    return float(x @ y / size)


def _ranks(values: Iterable[float]) -> np.ndarray:
    values = np.asarray(list(values), dtype=np.float64)
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    return ((last - counts + last + 1) / 2)[place]
