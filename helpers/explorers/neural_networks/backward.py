"""A backward pass through a small graph, one edge at a time, each number visible."""

from __future__ import annotations

from helpers import plots
from helpers.explorers import core
from helpers.explorers.neural_networks.graph_drawing import draw_graph, sign
from helpers.explorers.neural_networks.graphs import (
    AGAIN,
    GRAPHS,
    IN_ORDER,
    TOO_EARLY,
    WALKS,
    Part,
    moments,
)


def _length(graph: str, walk: str) -> int:
    parts = GRAPHS[graph]()
    return sum(bool(part.formula) for part in parts) + len(moments(parts, walk))


MOST = max(_length(graph, walk) for graph in GRAPHS for walk in WALKS)      # steps


def backward_numbers(expression: str = next(iter(GRAPHS)), step: int = 0,
                     walk: str = IN_ORDER) -> dict:
    """A graph of `small_engine` after so many steps: forward node by node, then back by edges.

    expression: a name in GRAPHS; walk: one of WALKS. Returns {"expression", "walk", "parts":
    [Part], "edges": [(number of the source, of the node, slope)], "computed": bool per part,
    "gradients": per part, 0 before the walk, "final": at its end, "right": after one walk in
    order, "moment": the step of the walk, or None, "node": the part at work or None, "forward":
    how many steps go forward, "step", "steps", "asked"}.
    Raises ValueError for another expression or walk, and for a step below 0.
    """
    if expression not in GRAPHS or walk not in WALKS or step < 0:
        raise ValueError(f"expression={expression!r}, walk={walk!r}, step={step}: expressions are "
                         f"{'; '.join(GRAPHS)}; walks {'; '.join(WALKS)}; steps begin at 0")
    parts = GRAPHS[expression]()
    made = [i for i, part in enumerate(parts) if part.formula]
    told = moments(parts, walk)
    steps = len(made) + len(told)
    now = min(step, steps)
    moment = told[now - len(made) - 1] if now > len(made) else None
    number = {part.node: i for i, part in enumerate(parts)}
    return {"expression": expression, "walk": walk, "parts": parts,
            "edges": [(number[source], i, slope) for i, part in enumerate(parts)
                      for source, slope in part.node.made_of],
            "computed": [i not in made[now:] for i in range(len(parts))],
            "gradients": moment.gradients if moment else (0.0,) * len(parts),
            "final": told[-1].gradients, "right": moments(parts, IN_ORDER)[-1].gradients,
            "moment": moment, "node": moment.node if moment else made[now - 1] if now else None,
            "forward": len(made), "step": now, "steps": steps, "asked": step}


def draw_backward(figure, numbers: dict) -> str:
    """Draw the graph up to this step, and say what the step did."""
    axes = plots.panels(figure)[0]
    draw_graph(axes, numbers)
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    step, steps, asked = numbers["step"], numbers["steps"], numbers["asked"]
    where = f"Step {step} of {steps}"
    ended = f" There is no step {asked}." if asked > steps else ""
    if not step:
        given = [f"{part.name} = {sign(part.node.value)}" for part in numbers["parts"]
                 if not part.formula]
        return f"{where}. Given: {', '.join(given)}. Nothing is computed yet."
    if numbers["moment"] is None:
        return f"{where}, forward: {_computed(numbers)}{ended}"
    last = f" {_outcome(numbers)}" if step == steps else ""
    return f"{where}, backward: {_handed(numbers)}{last}{ended}"


def _computed(numbers: dict) -> str:
    """b = a + a = 3 + 3 = 6, and what its slopes are."""
    parts: list[Part] = numbers["parts"]
    part = parts[numbers["node"]]
    values = {each.name: sign(each.node.value, brackets=True) for each in parts}
    inserted = " ".join(values.get(word, word) for word in part.formula.split())
    into = [(sign(slope), parts[source].name)
            for source, node, slope in numbers["edges"] if node == numbers["node"]]
    slopes = [f"{slope} per unit of {name}" for slope, name in into]
    if len(set(into)) < len(into):
        slopes = [slopes[0], f"{into[0][0]} once more"]
    return (f"{part.name} = {part.formula} = {inserted} = {sign(part.node.value)}. It grows by "
            f"{' and by '.join(slopes)}.")


def _handed(numbers: dict) -> str:
    moment, names = numbers["moment"], [part.name for part in numbers["parts"]]
    node = names[moment.node]
    if moment.source is None:
        again = numbers["step"] > numbers["forward"] + 1
        return (f"{node} starts again with 1. All others still hold what the first pass left."
                if again else f"{node} is the end; its gradient is 1: it grows by 1 per unit of "
                "itself.")
    handed, slope, before = (sign(value, brackets=place == 1) for place, value in enumerate(
        (moment.handed, moment.slope, moment.before)))
    given, now = sign(moment.handed * moment.slope), sign(moment.gradients[moment.source])
    held = f", to the {before} it had: {now}" if moment.before else ""
    return f"{names[moment.source]} gets {handed} × {slope} = {given} from {node}{held}."


def _outcome(numbers: dict) -> str:
    """What the whole walk found, told of the first number of the graph."""
    first, last = numbers["parts"][0].name, numbers["parts"][-1].name
    found, right = numbers["final"][0], numbers["right"][0]
    if numbers["walk"] == AGAIN:
        return (f"Done, and wrong: {first} has {sign(found)}, right is {sign(right)}. (torch adds "
                f"up in {first} only, and empties what lies between: {sign(2 * right)}.)")
    if found != right:
        return (f"Done, and wrong: {first} has {sign(found)}, right is {sign(right)}. A node "
                "passed on what it had before it had all.")
    harmless = (" Here too early does no harm: no node is reached by a short way and a long one."
                if numbers["walk"] == TOO_EARLY else "")
    way = "falls" if right < 0 else "grows"
    return (f"Done: where {first} grows a little, {last} {way} {sign(abs(right))} times as much."
            f"{harmless}")


def backward_pass(expression: str = next(iter(GRAPHS)), step: int = 4,
                  walk: str = IN_ORDER) -> core.Explorer:
    """Go forward node by node and back edge by edge; then in a wrong order, or twice.

    expression: "b = a + a, c = b · b", "a short way and a long one", "one neuron with tanh" or
    "the loss of a small network". walk: one of `graphs.WALKS`.
    """
    return core.explore(
        backward_numbers, draw_backward, size=(10, 3.6),
        expression=core.choice("graph", list(GRAPHS), value=expression),
        walk=core.choice("backward", list(WALKS), value=walk),
        step=core.slider("step", 0, MOST, value=step))
