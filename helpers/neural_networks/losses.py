"""Softmax, cross-entropy and squared error: numbers, slopes, and what goes wrong with them.

Logits are scores, any numbers; the last axis is the classes. Losses are in nats.
"""

from __future__ import annotations

import numpy as np


def softmax(z: np.ndarray) -> np.ndarray:
    """e^z, each row divided by its sum (..., V): every entry above 0, rows sum to 1.

    The largest logit is subtracted before: that changes nothing, and e^10000 never comes up.
    """
    grown = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


def log_softmax(z: np.ndarray) -> np.ndarray:
    """The logarithm of `softmax` (..., V), without a logarithm of 0 for far-off classes."""
    shifted = z - np.max(z, axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def cross_entropy(p: np.ndarray, y: np.ndarray) -> float:
    """- sum of y log p, in nats: p (V,) predicted, y (V,) wanted, such as (1, 0)."""
    return float(-(np.asarray(y) * np.log(p)).sum())


def half_squared_error(p: np.ndarray, y: np.ndarray) -> float:
    """Half the sum of (p - y) ** 2."""
    return float(0.5 * ((np.asarray(p) - y) ** 2).sum())


def softmax_slopes(p: np.ndarray) -> np.ndarray:
    """J (V, V): entry [i, j] is how much p_i grows per unit of z_j, p_i ([i = j] - p_j).

    Not diagonal: every logit moves every probability.
    """
    return np.diag(p) - np.outer(p, p)


LOSSES = {                              # name -> (the loss, its gradient for the logits)
    "cross-entropy": (cross_entropy, lambda p, y: p - y),
    "squared error": (half_squared_error, lambda p, y: softmax_slopes(p).T @ (p - y)),
}
