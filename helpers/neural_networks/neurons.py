"""One neuron: a weighted sum and a threshold, how it learns, and what it cannot do.

McCulloch and Pitts (1943) set the weights by hand; Rosenblatt's perceptron (1957/58) learns them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
TABLES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NOT AND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -z))


ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {       # name -> (function, its slope)
    "step": (lambda z: np.heaviside(z, 1.0), lambda z: np.zeros_like(z)),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    "none": (lambda z: z, lambda z: np.ones_like(z)),
}


def threshold_unit(inputs: tuple, weights: tuple, threshold: float) -> int:
    """McCulloch and Pitts: 1 if the weighted sum of the inputs reaches the threshold, else 0.

    Raises ValueError for another number of weights than of inputs.
    """
    if len(inputs) != len(weights):
        raise ValueError(f"{len(inputs)} inputs, {len(weights)} weights: give one weight each")
    return int(sum(x * w for x, w in zip(inputs, weights, strict=True)) >= threshold)


def perceptron(x: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """1 where x · w + b >= 0, else 0: (N, d) -> (N,) int. The bias is minus a threshold."""
    return (np.asarray(x) @ w + b >= 0).astype(int)


@dataclass(frozen=True)
class Learned:
    """What the learning rule found: w (d,), b; how many updates; whether all are right now.

    steps: (w, b) at the start and after each update.
    """

    w: np.ndarray
    b: float
    updates: int
    converged: bool
    steps: list[tuple[np.ndarray, float]]


def learn(x: np.ndarray, y: np.ndarray, *, rounds: int = 100, seed: int = 0) -> Learned:
    """The perceptron's rule: for each point told wrongly, w += (y - told) x, b += y - told.

    x (N, d), y (N,) of 0 and 1; rounds: how often all points are gone through, at most; seed: of
    the start. It ends after finitely many updates if, and only if, a line separates the classes.
    Raises ValueError for labels other than 0 and 1, or another number of them.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    if len(x) != len(y) or not np.isin(y, (0, 1)).all():
        raise ValueError(f"{len(x)} points and {len(y)} labels: give each point a label, 0 or 1")
    rng = np.random.default_rng(seed)
    w, b = rng.normal(size=x.shape[1]), float(rng.normal())
    steps = [(w, b)]
    for _ in range(rounds):
        for point, wanted in zip(x, y, strict=True):
            error = int(wanted) - int(perceptron(point, w, b))
            if error:
                w, b = w + error * point, b + error
                steps.append((w, b))
        if (perceptron(x, w, b) == y).all():
            break
    return Learned(w, b, len(steps) - 1, bool((perceptron(x, w, b) == y).all()), steps)


def best_line(x: np.ndarray, y: np.ndarray, *, per_axis: int = 21) -> tuple[float, tuple]:
    """By trying: the best share of points told rightly, and the first (w_1, w_2, b) that has it.

    Each number takes `per_axis` values from -2 to 2. For XOR no line at all has more than 3 of 4:
    to fire at (0, 1) and (1, 0) it takes w_1 + b >= 0 and w_2 + b >= 0, in sum w_1 + w_2 + 2 b
    >= 0; not to fire at (0, 0) and (1, 1), b < 0 and w_1 + w_2 + b < 0, in sum < 0.
    """
    tries = np.array(list(product(np.linspace(-2, 2, per_axis), repeat=3)))     # (per_axis^3, 3)
    told = perceptron(np.column_stack([x, np.ones(len(x))]), tries.T, 0.0)      # (N, tries)
    right = (told == np.asarray(y)[:, None]).mean(axis=0)
    return float(right.max()), tuple(tries[right.argmax()].tolist())


def xor_by_hand(x: np.ndarray) -> np.ndarray:
    """XOR by two hidden units: h = relu(x_1 + x_2), relu(x_1 + x_2 - 1); out = h_1 - 2 h_2.

    x (N, 2) of 0 and 1 -> (N,), exactly 0 or 1.
    """
    total = np.asarray(x, dtype=float).sum(axis=1)
    return np.maximum(total, 0) - 2 * np.maximum(total - 1, 0)
