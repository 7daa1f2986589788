"""A network of single numbers that learns XOR, built on the course's own engine."""

from __future__ import annotations

import random

from helpers.neural_networks.engine import Node
from helpers.neural_networks.neurons import CORNERS, TABLES

ACTIVATIONS = ("tanh", "relu")


class TinyNetwork:
    """Two inputs, `width` hidden units, one output: w_2 · activation(x W_1 + b_1) + b_2.

    Weights start between -1 and 1, biases at 0. Raises ValueError for a width below 1 and an
    activation that is neither "tanh" nor "relu".
    """

    def __init__(self, width: int = 3, *, activation: str = "tanh", seed: int = 0) -> None:
        if width < 1 or activation not in ACTIVATIONS:
            raise ValueError(f"width={width}, activation={activation!r}: at least 1 hidden unit, "
                             f"and one of {', '.join(ACTIVATIONS)}")
        draw, self.activation = random.Random(seed), activation
        self.W_1 = [[Node(draw.uniform(-1, 1)) for _ in range(width)] for _ in range(2)]
        self.w_2 = [Node(draw.uniform(-1, 1)) for _ in range(width)]
        self.b_1, self.b_2 = [Node(0.0) for _ in range(width)], Node(0.0)

    @property
    def weights(self) -> list[Node]:
        """All nodes that training changes."""
        return [*self.W_1[0], *self.W_1[1], *self.b_1, *self.w_2, self.b_2]

    def __call__(self, x: tuple[float, float]) -> Node:
        """The output for one point."""
        out = self.b_2
        for j, weight in enumerate(self.w_2):
            z = self.W_1[0][j] * x[0] + self.W_1[1][j] * x[1] + self.b_1[j]
            out = out + weight * getattr(z, self.activation)()
        return out

    def loss(self, targets: tuple[int, ...] = TABLES["XOR"]) -> Node:
        """Mean squared error over the four corners."""
        errors = [self(x) - y for x, y in zip(CORNERS, targets, strict=True)]
        return sum(error * error for error in errors) * (1 / len(errors))

    def train(self, updates: int = 500, *, rate: float = 0.3) -> list[float]:
        """Gradient descent on XOR, all four corners in each update; the loss before each."""
        losses = []
        for _ in range(updates):
            loss = self.loss()
            loss.zero_grad()
            loss.backward()
            for weight in self.weights:
                weight.value -= rate * weight.grad
            losses.append(loss.value)
        return losses
