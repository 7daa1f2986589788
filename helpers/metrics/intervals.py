"""How sure is a measured number? Intervals for a mean and for a share."""

import math
from collections.abc import Sequence

import numpy as np


def bootstrap_interval(
    values: Sequence[float], sizes: Sequence[float] | None = None, *, level: float = 0.95,
    rounds: int = 2000, seed: int = 0,
) -> tuple[float, float]:
    """Interval for the mean of `values`, by drawing them again with replacement (Efron 1979).

    With `sizes`, one per value: for sum(values) / sum(sizes), such as a mean per word of totals
    per sentence. Raises ValueError for fewer than two values or another number of sizes, values
    that are not finite, sizes that are not above 0, and a level that is not between 0 and 1.
    """
    data = np.asarray(values, dtype=float)
    weights = np.ones(data.shape) if sizes is None else np.asarray(sizes, dtype=float)
    if data.ndim != 1 or len(data) < 2 or weights.shape != data.shape:
        raise ValueError(f"values {data.shape} and sizes {weights.shape}: give two or more in one "
                         "row, and as many sizes")
    if not np.isfinite(data).all() or not ((weights > 0) & (weights < np.inf)).all():
        raise ValueError(f"values from {data.min()} to {data.max()}, sizes from {weights.min()} to "
                         f"{weights.max()}: values are finite numbers, sizes above 0")
    if not 0 < level < 1 or rounds < 1:
        raise ValueError(f"level={level}, rounds={rounds}: a level is between 0 and 1, such as "
                         "0.95, and one round or more is needed")
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, len(data), len(data)) for _ in range(rounds))
    means = [data[again].sum() / weights[again].sum() for again in drawn]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def share_with_interval(hits: int, of: int, z: float = 1.96) -> tuple[float, float, float]:
    """(share, low, high): Wilson's interval, which stays inside 0 and 1 also for small numbers."""
    if not 0 <= hits <= of or of < 1:
        raise ValueError(f"{hits} of {of}: give 0 to {of} hits of 1 or more")
    p, inverse = hits / of, z * z / of
    middle = (p + inverse / 2) / (1 + inverse)
    half = z * math.sqrt(p * (1 - p) / of + inverse / (4 * of)) / (1 + inverse)
    return p, middle - half, middle + half
