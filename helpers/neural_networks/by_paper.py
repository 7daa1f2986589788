"""A network of 3 inputs, 4 hidden units and 2 classes, with numbers that fit on paper.

Row vectors: z_1 = x W_1 + b_1, a_1 = relu(z_1), z_2 = a_1 W_2 + b_2, p = softmax(z_2). The
*delta* of a layer is the gradient of the loss for its z.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.neural_networks.losses import LOSSES, softmax
from helpers.neural_networks.neurons import ACTIVATIONS

NAMES = ("W_1", "b_1", "W_2", "b_2")


@dataclass(frozen=True)
class Example:
    """weights: W_1 (3, 4), b_1 (4,), W_2 (4, 2), b_2 (2,), float64; x (3,); y (2,), wanted."""

    weights: dict[str, np.ndarray]
    x: np.ndarray
    y: np.ndarray


def _example(W_1: list, b_1: list, W_2: list, b_2: list, x: list, y: list) -> Example:
    numbers = [np.array(part, dtype=float) for part in (W_1, b_1, W_2, b_2)]
    return Example(dict(zip(NAMES, numbers, strict=True)), np.array(x, float), np.array(y, float))


def first_example() -> Example:
    """All units fire, and all four deltas of the hidden layer are equal.

    They must be: in every row of W_2 the first number is 0.1 more than the second.
    """
    return _example([[.2, .5, .8, .3], [.4, .1, .7, .5], [.6, .3, .9, .7]], [.1, .2, .3, .4],
                    [[.3, .2], [.5, .4], [.7, .6], [.9, .8]], [.1, .2], [1, .5, .3], [1, 0])


def second_example() -> Example:
    """Whole numbers, logits 1 and 0; one hidden unit is silent, and the four deltas differ."""
    return _example([[1, 2, -1, 0], [0, -1, 1, 1], [1, 1, 0, -1]], [1, -1, 0, -1],
                    [[1, -1], [2, 1], [0, 1], [-1, 1]], [2, -2], [1, 2, -1], [0, 1])


def forward(weights: dict, x: np.ndarray, *, activation: str = "relu") -> dict[str, np.ndarray]:
    """{"z_1": (4,), "a_1": (4,), "z_2": (2,), "p": (2,)}; x (3,), or rows of such (N, 3).

    activation: a name in neurons.ACTIVATIONS; with "none" both layers together are one matrix.
    Raises ValueError for another width of x.
    """
    if np.shape(x)[-1] != len(weights["W_1"]):
        raise ValueError(f"x has the shape {np.shape(x)}, W_1 {weights['W_1'].shape}: x needs "
                         f"{len(weights['W_1'])} numbers")
    z_1 = x @ weights["W_1"] + weights["b_1"]
    a_1 = ACTIVATIONS[activation][0](z_1)
    z_2 = a_1 @ weights["W_2"] + weights["b_2"]
    return {"z_1": z_1, "a_1": a_1, "z_2": z_2, "p": softmax(z_2)}


def loss_of(weights: dict, x: np.ndarray, y: np.ndarray, *, loss: str = "cross-entropy") -> float:
    """The loss at x (3,) where y (2,) is wanted: "cross-entropy" (nats) or "squared error"."""
    return LOSSES[loss][0](forward(weights, x)["p"], y)


def backward(weights: dict, x: np.ndarray, y: np.ndarray, *, loss: str = "cross-entropy"
             ) -> dict[str, np.ndarray]:
    """The gradients: of W_1, b_1, W_2, b_2 in their shapes, and delta_1 (4,), delta_2 (2,).

    delta_2 is p - y for cross-entropy, and J^T (p - y) for the squared error.
    """
    found = forward(weights, x)
    delta_2 = LOSSES[loss][1](found["p"], y)
    delta_1 = (weights["W_2"] @ delta_2) * (found["z_1"] > 0)           # back through relu
    return {"delta_2": delta_2, "W_2": np.outer(found["a_1"], delta_2), "b_2": delta_2,
            "delta_1": delta_1, "W_1": np.outer(x, delta_1), "b_1": delta_1}


def step(weights: dict, gradient: dict, rate: float) -> dict[str, np.ndarray]:
    """New weights: each number minus `rate` times its gradient."""
    return {name: weights[name] - rate * gradient[name] for name in NAMES}


def finite_differences(function: Callable[[np.ndarray], float], w: np.ndarray, *,
                       nudge: float = 1e-6) -> np.ndarray:
    """The gradient of function(w) by trying: each number of w a little up, a little down.

    (function(up) - function(down)) / (2 nudge), in w's shape, float64. w is left as it is.
    """
    gradient = np.zeros(np.shape(w))
    for place in np.ndindex(*gradient.shape):
        up, down = np.array(w, dtype=float), np.array(w, dtype=float)
        up[place] += nudge
        down[place] -= nudge
        gradient[place] = (function(up) - function(down)) / (2 * nudge)
    return gradient


def check(example: Example, *, loss: str = "cross-entropy") -> float:
    """The largest difference between `backward` and `finite_differences`, over all weights."""
    weights = example.weights
    gradient = backward(weights, example.x, example.y, loss=loss)
    return max(float(np.abs(gradient[name] - finite_differences(
        lambda w, name=name: loss_of({**weights, name: w}, example.x, example.y, loss=loss),
        weights[name])).max()) for name in NAMES)
