"""Gradients by themselves: every number remembers what it was made of (scalar autograd).

    a = Node(2.0)
    out = (a * a + 1).tanh()
    out.backward()              # a.grad is d out / d a
"""

from __future__ import annotations

import math


class Node:
    """A number `value`, and `grad`, how much the end of the graph grows per unit of it.

    made_of: pairs (node that it was made of, slope: how much this value grows per unit of that).
    """

    def __init__(self, value: float, made_of: tuple[tuple[Node, float], ...] = ()) -> None:
        self.value, self.grad, self.made_of = float(value), 0.0, made_of
        self.level = 1 + max((node.level for node, _ in made_of), default=-1)

    def __add__(self, other: Node | float) -> Node:
        other = _node(other)
        return Node(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other: Node | float) -> Node:
        other = _node(other)
        return Node(self.value * other.value, ((self, other.value), (other, self.value)))

    def tanh(self) -> Node:
        """Between -1 and 1; its slope is 1 - tanh ** 2."""
        t = math.tanh(self.value)
        return Node(t, ((self, 1 - t * t),))

    def relu(self) -> Node:
        """The value, 0 if it is below 0; its slope is 1 or 0 (0 at 0)."""
        return Node(max(self.value, 0.0), ((self, float(self.value > 0)),))

    def __neg__(self) -> Node:
        return self * -1.0

    def __sub__(self, other: Node | float) -> Node:
        return self + -_node(other)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: float) -> Node:
        return _node(other) - self

    def graph(self) -> list[Node]:
        """All nodes that this one was made of, itself first, each before what it was made of."""
        found, seen = [self], {self}
        for node in found:                          # it grows while it is gone through
            new = [source for source, _ in node.made_of if source not in seen]
            seen.update(new)
            found += dict.fromkeys(new)             # a + a names a twice
        return sorted(found, key=lambda node: -node.level)

    def backward(self) -> None:
        """Add d self / d node to `grad` of every node in the graph.

        A node passes its gradient on when it has collected all of it. What is there already
        stays: a second walk adds the same again, in inner nodes too, until `zero_grad`.
        """
        order = self.graph()
        collected = dict.fromkeys(order, 0.0) | {self: 1.0}
        for node in order:
            node.grad += collected[node]
            for source, slope in node.made_of:
                collected[source] += slope * collected[node]

    def zero_grad(self) -> None:
        """Set `grad` to 0 in the whole graph."""
        for node in self.graph():
            node.grad = 0.0

    def __repr__(self) -> str:
        return f"Node({self.value:.4g}, grad {self.grad:.4g})"


def _node(value: Node | float) -> Node:
    return value if isinstance(value, Node) else Node(value)
