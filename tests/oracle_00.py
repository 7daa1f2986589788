"""Draws of arguments for the exercises of notebook 00, for `oracle.CALLS`, and what is the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real

import numpy as np

from helpers.neural_networks.small_engine import SmallNode

GATES = {"NOT AND": "1110", "NOT OR": "1000", "ONLY THE FIRST": "0010", "ALIKE": "1001",
         "UNLIKE": "0110"}


def _gate(rng) -> tuple:
    return (str(rng.choice(list(GATES))),)


def as_gate(one: object, other: object, call: tuple) -> bool:
    """Tell whether an answer is None where it must be, else three numbers that keep the rule."""
    if other is None or one is None:
        return one is other
    if not (isinstance(one, (tuple, list, np.ndarray)) and len(one) == 3
            and all(isinstance(n, Real) and not isinstance(n, bool) for n in one)):
        return False
    said = [one[0] * (place > 1) + one[1] * (place % 2) + one[2] > -1e-9 for place in range(4)]
    return said == [letter == "1" for letter in GATES[call[0]]]


@dataclass(eq=False)
class Named(SmallNode):
    """A node that is equal to another of the same name and the same contents."""

    name: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and self.held() == other.held()

    def held(self) -> tuple:
        """All that the node holds."""
        return self.name, self.value, self.gradient, self.made_of

    def __hash__(self) -> int:
        return hash(self.name)


def _factors(rng) -> tuple:
    nodes = [Named(float(rng.normal(0, 3)), (), float(rng.choice([0.0, 1.0, rng.normal()])),
                   letter) for letter in "xyz"]
    for name in ("u", "v"):
        parts = tuple((nodes[i], float(rng.normal())) for i in rng.integers(0, len(nodes), 2))
        nodes.append(Named(float(rng.choice([0.0, rng.normal(0, 3)])), parts, 0.0, name))
    a = nodes[rng.integers(5)]
    return a, (a if rng.random() < 0.25 else nodes[rng.integers(5)])


def as_node(one: object, other: object, call: tuple) -> bool:
    """Tell whether value, gradient, and the sum of slopes for each node are the same."""
    def held(node):
        slopes = {}
        for source, slope in node.made_of:
            slopes[source.name] = slopes.get(source.name, 0.0) + slope
        return {"value": node.value, "gradient": node.gradient, **slopes}
    try:
        mine, theirs = held(one), held(other)
    except (AttributeError, TypeError, ValueError):
        return False
    return mine.keys() == theirs.keys() and all(
        math.isclose(mine[name], theirs[name], rel_tol=1e-6, abs_tol=1e-6) for name in mine)


def _small_network(rng) -> tuple:
    w, b, v, x, wanted = (float(n) for n in rng.normal(0, 3.5, 5))
    if rng.random() < 0.2:
        w, x = float(rng.integers(-3, 4)), float(rng.integers(-3, 4))
        b = -w * x
    return w, b, v, x, wanted, float(10 ** rng.uniform(-3, 0.3))


def _figures(rng) -> tuple:
    """Any V; figures that are alike to 0.01, or 0.1 and more apart."""
    V = int(rng.choice([2, 3, np.exp(rng.uniform(0.7, 3)), np.exp(rng.uniform(0.7, 8))]))
    bound = math.log(1 + (V - 1) / math.e)
    right = float(rng.choice([rng.uniform(0, 1), 0.8, rng.uniform(0.8, 1)]))
    last = bound * float(rng.choice([rng.uniform(1.005, 1.6), rng.uniform(0.01, 0.66)]))
    first = last + float(rng.choice([-1, 1, 1, 1, 1, 1]) * 10 ** rng.uniform(-0.98, 0.7))
    if rng.random() < 0.08:
        last = float(rng.choice([math.nan, math.inf]))
    low = float(rng.uniform(0.2, 3))
    ups = rng.uniform(0, 2, int(rng.integers(1, 7)))
    ups[rng.integers(len(ups))] = 0
    end = float(rng.choice([0.0, rng.uniform(0, 0.009), 10 ** rng.uniform(-0.97, 0.5), -0.3]))
    once = float(10 ** rng.uniform(-0.9, 1))
    again = 2 * once if rng.random() < 0.2 else once + float(rng.uniform(-0.009, 0.009))
    hidden = rng.normal(0, 1, int(rng.integers(2, 7))).clip(0 if rng.random() < 0.6 else -9)
    if rng.random() < 0.2:
        hidden = hidden[0] + rng.uniform(0, 0.009, len(hidden))
    elif np.ptp(hidden) < 0.11:
        hidden[rng.integers(len(hidden))] += float(rng.choice([0.3, 0.6, 2.0]))
    return ({"classes": V, "losses": (first, last), "right": right,
             "valid": [*(low + ups).tolist(), low + end], "twice": (once, again),
             "hidden": hidden.tolist()},)


def _batch(rng) -> tuple:
    d, h, N = (int(n) for n in rng.integers(1, 8, 3))
    V = int(rng.integers(1, 7))
    sizes = {"W_1": (d, h), "b_1": (h,), "W_2": (h, V), "b_2": (V,)}
    weights = {name: rng.normal(0, 0.7, size) for name, size in sizes.items()}
    x = rng.normal(0, 1.5, (N, d))
    if rng.random() < 0.3:
        weights["W_1"], weights["b_1"], x = np.round(weights["W_1"]), np.zeros(h), np.round(x)
    return weights, x, rng.integers(0, V, N)


def _large_logits(rng) -> tuple:
    N, V = (int(n) for n in rng.integers(1, 9, 2))
    logits = rng.normal(0, 10 ** rng.uniform(-1, 4.5), (N, V))
    logits += rng.choice([0.0, 1e5, -1e5], (N, 1))
    ids = rng.integers(0, V, N)
    out = rng.random((N, V)) < rng.choice([0.0, 0.5])
    out[np.arange(N), ids] = False
    logits[out] = -np.inf
    return logits, ids


def _updates(rng) -> tuple:
    d, n = int(rng.integers(1, 9)), int(rng.integers(0, 9))
    size = 10 ** rng.uniform(-5, 3, d)
    size[rng.random(d) < 0.2] = 0
    return (rng.normal(0, 3, d), [size * rng.normal(size=d) for _ in range(n)],
            float(10 ** rng.uniform(-3, 0)), float(rng.choice([0.0, 10 ** rng.uniform(-3, 0)])))


def _sizes(rng) -> tuple:
    """The average factor decides; single layers go where they like."""
    layers = int(rng.choice([4, 5, rng.integers(4, 30)]))
    activation = str(rng.choice(["relu", "tanh", "none"]))
    first = float(np.exp(rng.normal(0, 1.5)))
    factor = float(rng.choice([
        np.exp(rng.uniform(-5, -0.37)), rng.uniform(0.66, 0.699), rng.uniform(0.81, 1.29),
        rng.uniform(1.51, 1.6), np.exp(rng.uniform(0.42, 5))]))
    if activation == "tanh":
        kept = 0.8 < factor < 1.3
        sizes = rng.uniform(0.91, 1, layers) if factor > 1.3 else rng.uniform(0.3, 0.79, layers)
        first = float(np.clip(first, 0.4, 0.9)) if kept else max(first, 0.3)
        sizes = np.array([first, *sizes])
        average = (sizes[-1] / first) ** (1 / layers)
        if factor < 0.8:
            sizes = min(first, 0.9) * factor ** np.arange(layers + 1)
        elif not 0.81 < average < 1.29 and sizes[-1] < 0.9 or sizes[-1] > 0.9 and average < 0.81:
            return _sizes(rng)
    else:
        wander = rng.normal(0, 0.4, layers)
        sizes = first * np.exp(np.cumsum([0, *(math.log(factor) + wander - wander.mean())]))
    spreads = np.sqrt(sizes) * 10 ** rng.uniform(-1.9, 1, layers + 1)
    if rng.random() < 0.2:
        spreads[1:] *= 10 ** rng.uniform(-9, -7.1, layers) * rng.integers(2)
    return sizes, spreads, activation


def _dropped(rng) -> tuple:
    N, d = (int(n) for n in rng.integers(1, 9, 2))
    x, draws = rng.normal(0, 3, (N, d)), rng.random((N, d))
    p = float(rng.choice([0.0, rng.uniform(0, 0.99), rng.uniform(0, 0.99), rng.uniform(0, 0.99),
                          1.0, rng.uniform(1, 3), -rng.uniform(0, 2)]))
    if 0 <= p < 1 and rng.random() < 0.5:
        draws[rng.random((N, d)) < 0.3] = p
    if rng.random() < 0.5:
        x[rng.random((N, d)) < 0.3] = rng.choice([np.inf, np.nan])
    return x, draws, p, bool(rng.random() < 0.7)


@dataclass(frozen=True)
class Norm:
    """A box: kind 0 by rows, 1 by columns, 2 by what it remembers."""

    kind: int
    numbers: tuple

    def __call__(self, x):
        gain, shift, mean, variance = np.array(self.numbers)
        if np.ndim(x) != 2 or len(x) < 2 or np.shape(x)[1] != len(gain):
            raise ValueError(f"shape {np.shape(x)}")
        if self.kind < 2:
            mean = np.mean(x, axis=1 - self.kind, keepdims=True)
            variance = np.var(x, axis=1 - self.kind, keepdims=True)
        return (x - mean) / np.sqrt(variance + 1e-12) * gain + shift


def _norm(rng) -> tuple:
    d = int(rng.integers(2, 9))
    gain = rng.uniform(0.25, 3, d) * rng.choice([-1, 1], d)
    numbers = [gain, rng.normal(0, 3, d), rng.normal(0, 3, d), rng.uniform(0.1, 9, d)]
    if rng.random() < 0.3:
        numbers = [np.ones(d), np.zeros(d), np.zeros(d), np.ones(d)]
    return Norm(int(rng.integers(3)), tuple(tuple(row.tolist()) for row in numbers)), d


def _layers(rng) -> tuple:
    shape = tuple(int(n) for n in (rng.integers(1, 9), *rng.integers(1, 50, 2)))
    plan = [("pool", int(rng.integers(1, 5))) if rng.random() < 0.4 else
            ("conv", *(int(n) for n in rng.integers([1, 1, 1, 0], [20, 8, 5, 4])))
            for _ in range(int(rng.integers(0, 7)))]
    return shape, plan


def _four_losses(rng) -> tuple:
    while True:
        losses = np.sort(rng.uniform(0.1, 4, 4))[::-1]
        if rng.random() < 0.6:
            losses = rng.permutation(losses)
        if rng.random() < 0.2:
            losses[3] = losses[0] - rng.choice([0.0, rng.uniform(0.001, 0.05)])
        steps = -np.diff(losses)
        if np.abs(np.subtract.outer(steps, steps) + np.eye(3)).min() > 0.01:
            break
    names = ("shown", "after", "after, eval", "valid")
    both = int(rng.choice([0, 0, 0, rng.integers(1, 3), rng.integers(1, 500)]))
    return ({**dict(zip(names, losses.tolist(), strict=True)), "in both": both},)


def _net_of_nodes(rng) -> tuple:
    names = [f"n{i}" if rng.random() < 0.8 else f"weight {i}" for i in rng.permutation(
        int(rng.integers(1, 13)))]
    made = {name: [names[i] for i in rng.integers(0, place, int(rng.integers(0, 5)))]
            if place and rng.random() < 0.8 else [] for place, name in enumerate(names)}
    return ({str(name): made[name] for name in rng.permutation(names)},
            names[-1] if rng.random() < 0.6 else str(rng.choice(names)))


def as_order(one: object, other: object, call: tuple) -> bool:
    """Tell whether the nodes are the right ones, and each comes after its users."""
    if not isinstance(one, (list, tuple)) or not isinstance(other, (list, tuple)):
        return False
    made_of, _ = call
    if not all(isinstance(name, str) for name in one) or sorted(one) != sorted(other):
        return False
    place = {name: i for i, name in enumerate(one)}
    return all(place[user] < place[source] for user in one for source in made_of[user])


CALLS = {
    "0.1": _gate, "0.2": _factors, "0.3": _small_network, "0.4": _figures, "0.5": _batch,
    "0.6": _large_logits, "0.7": _updates, "0.8": _sizes, "0.9": _dropped, "0.10": _norm,
    "0.11": _layers, "0.12": _four_losses, "0.13": _net_of_nodes,
}
SAME = {"0.1": as_gate, "0.2": as_node, "0.13": as_order}
