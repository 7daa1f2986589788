"""The engine in three functions, as one writes it first: add, multiply, backward.

A walk writes into `gradient` directly, so all gradients of the graph, inner ones too, must be 0
before it. `zero` sees to that. (helpers.neural_networks.engine does without, and knows more.)
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(eq=False)
class SmallNode:
    """A number, and pairs (node that it was made of, slope for that node)."""

    value: float
    made_of: tuple = ()
    gradient: float = 0.0


def add(a: SmallNode, b: SmallNode) -> SmallNode:
    """a + b: it grows by 1 per unit of a, and of b."""
    return SmallNode(a.value + b.value, ((a, 1.0), (b, 1.0)))


def multiply(a: SmallNode, b: SmallNode) -> SmallNode:
    """a times b: it grows by b per unit of a, and by a per unit of b."""
    return SmallNode(a.value * b.value, ((a, b.value), (b, a.value)))


def backward(end: SmallNode) -> None:
    """Give every node that `end` was made of its gradient, d end / d node."""
    order = in_order(end)
    end.gradient = 1.0
    for node in reversed(order):
        for source, slope in node.made_of:
            source.gradient += slope * node.gradient


def in_order(end: SmallNode) -> list[SmallNode]:
    """The nodes that `end` was made of, and `end`; each one after all that it was made of."""
    order = []

    def visit(node: SmallNode) -> None:
        if node not in order:
            for source, _ in node.made_of:
                visit(source)
            order.append(node)
    visit(end)
    return order


def zero(end: SmallNode) -> None:
    """Set all gradients of the graph to 0."""
    for node in in_order(end):
        node.gradient = 0.0


def backward_too_early(end: SmallNode) -> None:
    """The wrong walk: a node passes on what it has when it is reached, and never again.

    Right for a chain; wrong where a node is reached over a short way and a long one.
    """
    end.gradient, reached, waiting = 1.0, {end}, deque([end])
    while waiting:
        node = waiting.popleft()
        for source, slope in node.made_of:
            source.gradient += slope * node.gradient
            if source not in reached:
                reached.add(source)
                waiting.append(source)
