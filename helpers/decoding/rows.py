"""Rows of log-probabilities: checked, made flatter or steeper, cut short, chosen from.

A row is a float array (V,) of log-probabilities in nats: exp(row) sums to 1, -inf = impossible.
The functions that return a row return such a row again, and leave the one they got as it was.
"""

import operator

import numpy as np

TOLERANCE = 1e-6


def log_sum_exp(values: np.ndarray) -> float:
    """log(sum(exp(values))), without overflow. -inf if every value is -inf."""
    values = np.asarray(values, dtype=float)
    highest = values.max()
    if highest == -np.inf:
        return -np.inf
    return float(highest + np.log(np.exp(values - highest).sum()))


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Return the row (V,) of log-probabilities that belongs to scores (V,): any number, or -inf.

    Raises ValueError if no score is finite, or one is NaN or +inf.
    """
    scores = _one_row(scores)
    return scores - log_sum_exp(scores)


def check_row(log_probs: np.ndarray) -> np.ndarray:
    """Return log_probs as float64 (V,).

    Raises ValueError if it is not one row, is empty, holds NaN or +inf, is -inf everywhere, or
    if its probabilities do not sum to 1 (within one millionth).
    """
    row = _one_row(log_probs)
    total = np.exp(min(log_sum_exp(row), 700.0))
    if abs(total - 1) > TOLERANCE:
        raise ValueError(
            f"the probabilities sum to {total:.8g}, not to 1: "
            "for scores (logits), call log_softmax first"
        )
    return row


def apply_temperature(log_probs: np.ndarray, temperature: float) -> np.ndarray:
    """Return the row proportional to p ** (1 / temperature).

    1 changes nothing; below 1 the likely tokens gain, above 1 the row gets flatter; 0 is the
    limit: the most likely token (the first of equals) gets everything.
    Raises ValueError for a bad row, or a temperature that is negative or not a finite number.
    """
    row = check_row(log_probs)
    if not 0 <= temperature < np.inf:
        raise ValueError(f"temperature={temperature}: it must be a finite number, 0 or more")
    if temperature == 1:
        return row.copy()
    if temperature == 0:
        return np.where(np.arange(len(row)) == row.argmax(), 0.0, -np.inf)
    with np.errstate(over="ignore"):  # a tiny temperature sends the others to -inf: that is right
        return log_softmax((row - row.max()) / temperature)


def keep_top_k(log_probs: np.ndarray, k: int) -> np.ndarray:
    """Keep the k most likely tokens (of equals, the first), and let them share everything.

    k above V keeps all. Raises ValueError for a bad row or a k that is not 1, 2, 3, ...
    """
    row = check_row(log_probs)
    return _keep(row, most_likely_first(row)[:whole_number("k", k)])


def keep_top_p(log_probs: np.ndarray, p: float) -> np.ndarray:
    """Keep the smallest set of likely tokens whose mass reaches p (Holtzman et al. 2020).

    The token that crosses the line is kept. With probabilities .5 .2 .15 .1 .05 and p = .8,
    three are kept: .5 + .2 is not enough, .5 + .2 + .15 is. p = 1 changes nothing.
    Raises ValueError for a bad row, or if not 0 < p <= 1.
    """
    row = check_row(log_probs)
    if not 0 < p <= 1:
        raise ValueError(f"p={p}: it must be above 0 and at most 1")
    if p == 1:
        return row.copy()
    order = most_likely_first(row)
    mass = np.exp(row[order]).cumsum()
    reached = int(np.searchsorted(mass, p - 1e-12))  # rounding: .5 + .3 has to reach .8
    return _keep(row, order[: reached + 1])


def reshape(
    log_probs: np.ndarray,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> np.ndarray:
    """Apply temperature, then top-k, then top-p; None leaves a step out. Returns a row (V,)."""
    row = apply_temperature(log_probs, temperature)
    if top_k is not None:
        row = keep_top_k(row, top_k)
    if top_p is not None:
        row = keep_top_p(row, top_p)
    return row


def greedy(log_probs: np.ndarray) -> int:
    """Return the id of the most likely token, the first of equals."""
    return int(check_row(log_probs).argmax())


def sample(log_probs: np.ndarray, rng: np.random.Generator) -> int:
    """Draw the id of a token with the probabilities of the row; an impossible one never comes."""
    row = check_row(log_probs)
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng={rng!r}: hand over a generator, np.random.default_rng(seed)")
    probabilities = np.exp(row)
    return int(rng.choice(len(row), p=probabilities / probabilities.sum()))


def most_likely_first(row: np.ndarray) -> np.ndarray:
    """The ids of all possible tokens, int (V,) or fewer; of equals, the first in the row first."""
    possible = np.flatnonzero(row > -np.inf)
    return possible[np.argsort(-row[possible], kind="stable")]


def whole_number(name: str, value: int, least: int = 1) -> int:
    """Return `value` as an int. Raises ValueError unless it is a whole number, `least` or more."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise ValueError(f"{name}={value!r}: it must be a whole number, {least} or more")
    return operator.index(value)


def _one_row(values: np.ndarray) -> np.ndarray:
    row = np.asarray(values, dtype=float)
    if row.ndim != 1 or len(row) == 0:
        raise ValueError(f"shape {row.shape}: one row with at least one token is needed")
    if np.isnan(row).any():
        raise ValueError(f"position {int(np.isnan(row).argmax())} is NaN, not a log-probability")
    if np.isposinf(row).any():
        raise ValueError(f"position {int(row.argmax())} is +inf; the largest possible value is 0")
    if np.isneginf(row).all():
        raise ValueError("every token is impossible (-inf): there is nothing to choose from")
    return row


def _keep(row: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Make all but the kept ids impossible; what is left sums to 1 again."""
    if len(kept) == np.count_nonzero(row > -np.inf):
        return row.copy()
    smaller = np.full(len(row), -np.inf)
    smaller[kept] = row[kept]
    return log_softmax(smaller)
