"""Small graphs of the course's engine, and the walks through them, one edge at a time."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from helpers.neural_networks import small_engine
from helpers.neural_networks.small_engine import SmallNode, add, multiply

IN_ORDER, TOO_EARLY, AGAIN = "in order", "too early (a wrong order)", "in order, twice, no zeroing"
WALKS = (IN_ORDER, TOO_EARLY, AGAIN)


@dataclass(frozen=True, eq=False)
class Part:
    """A node of a graph with its name, what it is made of ("a + a"), and its column and row."""

    name: str
    formula: str
    node: SmallNode
    place: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Moment:
    """What one step of a walk did. gradients: of all nodes afterwards.

    node: the number of the part that is at work. edge: the place in its `made_of` of the pair
    (source, slope) whose source was given slope times `handed`, the node's gradient, and had
    `before`; None where the walk begins, or begins again.
    """

    node: int
    gradients: tuple[float, ...]
    edge: int | None = None
    source: int | None = None
    slope: float = 0.0
    handed: float = 0.0
    before: float = 0.0


def used_twice() -> list[Part]:
    """b = a + a, c = b · b at a = 3."""
    a = SmallNode(3.0)
    b = add(a, a)
    c = multiply(b, b)
    return [Part("a", "", a, (0, 0)), Part("b", "a + a", b, (1, 0)), Part("c", "b · b", c, (2, 0))]


def two_ways() -> list[Part]:
    """b = a · a, c = b + 1, d = b · c at a = 2: b is reached from d at once, and by way of c."""
    a, one = SmallNode(2.0), SmallNode(1.0)
    b = multiply(a, a)
    c = add(b, one)
    d = multiply(b, c)
    return [Part("a", "", a, (0, 0)), Part("one", "", one, (1, 1)), Part("b", "a · a", b, (1, 0)),
            Part("c", "b + one", c, (2, 1)), Part("d", "b · c", d, (3, 0))]


def neuron() -> list[Part]:
    """out = tanh(w1 · x1 + w2 · x2 + b)."""
    w1, x1, w2, x2, b = map(SmallNode, (0.5, 1.0, -0.5, 2.0, 1.0))
    p1, p2 = multiply(w1, x1), multiply(w2, x2)
    s = add(p1, p2)
    z = add(s, b)
    t = math.tanh(z.value)
    out = SmallNode(t, ((z, 1 - t * t),))
    return [Part("w1", "", w1, (0, 0)), Part("x1", "", x1, (0, 1)), Part("w2", "", w2, (0, 2)),
            Part("x2", "", x2, (0, 3)), Part("b", "", b, (2, 2.5)),
            Part("p1", "w1 · x1", p1, (1, 0.5)), Part("p2", "w2 · x2", p2, (1, 2.5)),
            Part("s", "p1 + p2", s, (2, 1)), Part("z", "s + b", z, (3, 1.75)),
            Part("out", "tanh z", out, (4, 1.75))]


def network_loss() -> list[Part]:
    """loss = (v · relu(w · x) − 5) ** 2, with m for −5."""
    w, x, v, m = map(SmallNode, (0.5, 2.0, 2.0, -5.0))
    p = multiply(w, x)
    h = SmallNode(max(p.value, 0.0), ((p, float(p.value > 0)),))
    o = multiply(v, h)
    e = add(o, m)
    return [Part("w", "", w, (0, 0)), Part("x", "", x, (0, 1)), Part("v", "", v, (2, 1.5)),
            Part("m", "", m, (3, 2)), Part("p", "w · x", p, (1, 0.5)),
            Part("h", "relu p", h, (2, 0.5)), Part("o", "v · h", o, (3, 1)),
            Part("e", "o + m", e, (4, 1.5)), Part("loss", "e · e", multiply(e, e), (5, 1.5))]


GRAPHS = {"b = a + a, c = b · b": used_twice, "a short way and a long one": two_ways,
          "one neuron with tanh": neuron, "the loss of a small network": network_loss}


def moments(parts: list[Part], walk: str) -> list[Moment]:
    """The steps of a walk backward from the last part: its start, then edge by edge.

    The gradients at its end are those that `small_engine.backward`, `backward_too_early`, or
    `backward` twice without `zero` leave in the nodes.
    """
    number = {part.node: i for i, part in enumerate(parts)}
    gradients, told = [0.0] * len(parts), []
    for _ in range(2 if walk == AGAIN else 1):
        end = len(parts) - 1
        gradients[end] = 1.0
        told.append(Moment(end, tuple(gradients)))
        for node in _early(parts[-1].node) if walk == TOO_EARLY else _late(parts[-1].node):
            for edge, (source, slope) in enumerate(node.made_of):
                handed, to = gradients[number[node]], number[source]
                before = gradients[to]
                gradients[to] += slope * handed
                told.append(Moment(number[node], tuple(gradients), edge, to, slope, handed,
                                   before))
    return told


def _late(end: SmallNode) -> list[SmallNode]:
    return small_engine.in_order(end)[::-1]


def _early(end: SmallNode) -> list[SmallNode]:
    """Nodes as `small_engine.backward_too_early` reaches them."""
    order, waiting = [end], deque([end])
    while waiting:
        for source, _ in waiting.popleft().made_of:
            if source not in order:
                order.append(source)
                waiting.append(source)
    return order
