"""Points in the plane, and a small network that learns them: all of its training, kept."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers.neural_networks.neurons import CORNERS, TABLES

GATES = ("AND", "OR", "XOR")
KINDS = (*GATES, "moons", "circles", "spiral")
ACTIVATIONS = ("none", "relu", "tanh")
RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
WIDEST, UPDATES, EVERY = 8, 1000, 10        # hidden units; updates; between two that are kept
UNDECIDED = 1e-4                            # so near to 1/2 nothing is said
LOST = 1000                                 # nats of a loss from which nothing comes back
CLOUD, SPREAD, GRAIN = 20, 0.05, 0.05       # points of a class; their noise; the plane's grain


def points_of(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Places (N, 2) and classes (N,), 0 or 1: the corners of a gate, or two classes of 20 points.

    Places are multiples of 0.05; the clouds lie around (0.5, 0.5), as wide as the gates' square
    twice. Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"points {kind!r}: there are {', '.join(KINDS)}")
    if kind in GATES:
        return np.array(CORNERS, dtype=float), np.array(TABLES[kind])
    t = np.linspace(0, 1, CLOUD)
    if kind == "moons":
        one = _around(1.0, np.pi * t) - (0.5, 0.25)
        pair = 0.65 * np.array([one, -one])
    elif kind == "circles":
        pair = np.array([_around(0.3, 2 * np.pi * t), _around(0.85, 2 * np.pi * t)])
    else:
        one = _around(0.12 + 0.75 * t, 0.6 + 1.6 * np.pi * t)
        pair = np.array([one, -one])
    noise = SPREAD * np.random.default_rng(0).normal(size=(2 * CLOUD, 2))
    places = 0.5 + pair.reshape(-1, 2) + noise
    return np.round(places / GRAIN) * GRAIN, np.repeat((0, 1), CLOUD)


def _around(radius: float | np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Places (N, 2) at this distance from (0, 0)."""
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


class Weights(NamedTuple):
    """z = x W + b (N, width); what the network says is sigmoid(activation(z) v + c).

    One neuron alone has width 1, v = 1 and c = 0, which no training changes.
    """

    W: np.ndarray
    b: np.ndarray
    v: np.ndarray
    c: float


class Training(NamedTuple):
    """Kept after every tenth update, the start first, as long as the loss is below LOST."""

    weights: tuple[Weights, ...]
    losses: np.ndarray              # cross-entropy, mean nats per point
    right: np.ndarray               # how many points `is_right`


@lru_cache(maxsize=256)
def trained(points: tuple, classes: tuple, width: int, activation: str, rate: float,
            seed: int) -> Training:
    """1,000 updates of plain gradient descent, all points in each.

    points: pairs (x_1, x_2). width: hidden units; 1 is one neuron without a hidden layer. All
    weights and biases start from a normal distribution, those of the output divided by the root
    of `width`. It ends early where the loss reaches LOST.
    """
    x, y = np.array(points), np.array(classes, dtype=float)
    now, kept, losses, right = _start(width, seed), [], [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for update in range(UPDATES + 1):
            h, out = _forward(now, x, activation)
            if update % EVERY == 0:
                loss = float(np.mean(np.logaddexp(0, out) - y * out))
                if not loss < LOST:             # nor if it is no number
                    break
                kept.append(now)
                losses.append(loss)
                right.append(int(is_right(said(now, x, activation), y).sum()))
            now = _updated(now, x, h, (1 / (1 + np.exp(-out)) - y) / len(y), activation, rate)
    return Training(tuple(kept), np.array(losses), np.array(right))


def _start(width: int, seed: int) -> Weights:
    rng = np.random.default_rng(seed)
    W, b = rng.normal(size=(2, width)), rng.normal(size=width)
    if width == 1:
        return Weights(W, b, np.ones(1), 0.0)
    return Weights(W, b, rng.normal(size=width) / np.sqrt(width), 0.0)


def _forward(now: Weights, x: np.ndarray, activation: str) -> tuple[np.ndarray, np.ndarray]:
    """Hidden units (N, width) and logits (N,)."""
    h = x @ now.W + now.b
    if len(now.b) > 1 and activation != "none":
        h = np.tanh(h) if activation == "tanh" else np.maximum(h, 0)
    return h, h @ now.v + now.c


def _updated(now: Weights, x: np.ndarray, h: np.ndarray, delta: np.ndarray, activation: str,
             rate: float) -> Weights:
    """Each weight minus rate times its gradient. delta (N,): the loss's gradient for the logits."""
    alone = len(now.b) == 1
    back = delta[:, None] * now.v                                       # (N, width)
    if not alone and activation == "tanh":
        back = back * (1 - h * h)
    elif not alone and activation == "relu":
        back = back * (h > 0)
    W, b = now.W - rate * (x.T @ back), now.b - rate * back.sum(axis=0)
    if alone:
        return Weights(W, b, now.v, now.c)
    return Weights(W, b, now.v - rate * (delta @ h), now.c - rate * float(delta.sum()))


def said(weights: Weights, x: np.ndarray, activation: str) -> np.ndarray:
    """What the network says at places (N, 2): (N,), between 0 and 1."""
    logits = _forward(weights, x, activation)[1]
    return np.exp(-np.logaddexp(0, -logits))


def is_right(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether what is said of each point is on its class's side of 1/2: bool (N,)."""
    return (p - 0.5) * (2 * y - 1) > UNDECIDED
