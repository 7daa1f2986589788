"""Exercise 0.13: the order of a walk back through a graph."""

from helpers.exercises.engine import Exercise, Mistake, expect, show


def backward_order(made_of: dict[str, list[str]], end: str) -> list[str]:
    """An order in which a walk back from `end` may go through the graph, `end` first.

    made_of: for each node the names of those that it was made of, [] for one that was given; a
    name may stand there twice. Each node that `end` was made of, in however many steps, comes
    once, and after every node of the order that was made of it. Nodes that `end` was not made of
    are left out. The dict stands in no order; there are no circles. Any order that fits will do.
    """
    done = []

    def visit(node):
        if node not in done:
            for source in made_of[node]:
                visit(source)
            done.append(node)
    visit(end)
    return done[::-1]


def needed(made_of: dict[str, list[str]], end: str) -> set[str]:
    """The nodes that `end` was made of, and `end`."""
    found, waiting = {end}, [end]
    while waiting:
        waiting += (new := set(made_of[waiting.pop()]) - found)
        found |= new
    return found


def order_fault(order: object, made_of: dict, end: str) -> str:
    """What is wrong with an order, in words; "" if nothing is."""
    if not (isinstance(order, (list, tuple)) and all(isinstance(name, str) for name in order)):
        return f"is {show(order)}, expected a list of names"
    right = needed(made_of, end)
    for name in dict.fromkeys(order):
        if order.count(name) > 1:
            return f"{name!r} comes {order.count(name)} times. A node passes its gradient on once"
        if name not in right:
            return f"{end!r} was not made of {name!r}, so it gets no gradient"
    if set(order) != right:
        return f"{min(right - set(order))!r} is missing"
    for place, name in enumerate(order):
        late = [user for user in order[place:] if name in made_of[user]]
        if late:
            return (f"{name!r} comes before {late[0]!r}, which was made of it: it would pass on a "
                    "gradient that is not complete")
    return ""


def _expect_order(got: object, wanted: object, call: object) -> None:
    """Both are orders that fit; `wanted` may be a known mistake, which is met by itself only."""
    fault = order_fault(got, *call.arguments)
    expect(not fault, f"{call} returned {show(got)}: {fault}.")
    expect(not order_fault(wanted, *call.arguments), f"{call} returned {show(got)}")


def _by_counting_users(made_of, end):
    """A node is ready when all that were made of it have been."""
    within, waiting = needed(made_of, end), [end]
    users = {name: sum(name in made_of[user] for user in within) for name in within}
    order = []
    while waiting:
        order.append(waiting.pop(0))
        for source in set(made_of[order[-1]]):
            users[source] -= 1
            waiting += [source] * (users[source] == 0)
    return order


def _by_levels(made_of, end):
    """The longest way down from a node tells its place."""
    def level(name):
        return 1 + max(map(level, made_of[name]), default=0)
    return tuple(sorted(needed(made_of, end), key=lambda name: (-level(name), name)))


LETTERS = "abcdefghijkl"


def _graph(rng) -> tuple:
    """Short ways and long ones to the same node; some nodes lie beside the way, or behind it."""
    n = int(rng.integers(1, 9))
    names = [str(name) for name in rng.permutation(list(LETTERS))[:n]]
    made_of = {}
    for place, name in enumerate(names):
        few = int(rng.integers(0, 4)) if place else 0
        made_of[name] = [str(s) for s in rng.choice(names[:place], few)] if few else []
    shuffled = [str(name) for name in rng.permutation(names)]
    return {name: made_of[name] for name in shuffled}, names[-1 - int(rng.integers(0, min(n, 3)))]


def _breadth_first(made_of, end):
    order = [end]
    for name in order:
        order += [source for source in dict.fromkeys(made_of[name]) if source not in order]
    return order


def _depth_first(made_of, end):
    order = []

    def visit(name):
        if name not in order:
            order.append(name)
            for source in made_of[name]:
                visit(source)
    visit(end)
    return order


def _every_way(made_of, end):
    return [end, *(name for source in made_of[end] for name in _every_way(made_of, source))]


def _all_nodes(made_of, end):
    seen = backward_order(made_of, end)
    return seen + [name for name in made_of if name not in seen]


GRAPH = {"w": [], "the loss": ["e", "e"], "x": [], "e": ["z", "w"], "z": ["p", "w"],
         "p": ["w", "x"]}
MORE = {"b": ["a"], "d": ["b", "c"], "a": [], "f": ["d"], "c": ["b"], "g": []}
ORDER = Exercise(
    "0.13", "Reverse the order", minutes=10, starred=False,
    hints=("Draw the graph of the first example, arrows from what was made to what it was made "
           "of. w is reached from e, from z and from p. When has it collected all three?",
           "It is easier forwards: list the nodes so that each comes after all that it was made "
           "of. A function that visits a node first visits what it was made of, then writes the "
           "node down, once. Then turn the list round.",
           "def visit(node): if it is not in the list yet, visit each of made_of[node], then "
           "append node. Call visit(end); what end was not made of is never visited."),
    solution=backward_order, right=(_by_counting_users, _by_levels), compare=_expect_order,
    cases=_graph,
    examples=((GRAPH, "the loss"), (MORE, "d"), (MORE, "g"), (MORE, "f"),
              ({"a": [], "b": ["a", "a"]}, "b"),
              ({"a": [], "b": ["a"], "c": ["a", "b"], "d": ["a", "c"]}, "d"),
              ({"k": ["h", "i"], "h": [], "i": ["h"], "j": ["k", "h"]}, "k")),
    mistakes=(
        Mistake(_breadth_first, "You took the nodes as the walk meets them, nearest first. A node "
                "that is reached by a short way and a long one then passes on its gradient before "
                "all of it has arrived."),
        Mistake(_depth_first, "A node is written down as soon as it is met. It may be met again "
                "later, by a longer way: first all that was made of it must have had its turn."),
        Mistake(lambda made_of, end: list(made_of), "The dict stands in no order: you have to find "
                "one."),
        Mistake(lambda made_of, end: list(made_of)[::-1], "You turned the dict round. It stands in "
                "no order: you have to find one."),
        Mistake(lambda made_of, end: backward_order(made_of, end)[::-1], "This is the order of the "
                "way forward. The walk back begins at the end: turn it round."),
        Mistake(_all_nodes, "Nodes that the end was not made of stand in your order. No gradient "
                "ever reaches them."),
        Mistake(_every_way, "A node comes once for every way that leads to it. It comes once "
                "in all, when everything has arrived."),
        Mistake(lambda made_of, end: backward_order(made_of, end)[1:], "The end itself is missing: "
                "the walk begins there."),
        Mistake(lambda made_of, end: [n for n in backward_order(made_of, end) if made_of[n]],
                "The nodes that were given are missing. The weights are among them, and they are "
                "what the gradients are for."),
        Mistake(lambda made_of, end: [end, *dict.fromkeys(made_of[end])], "You went one step back. "
                "What these nodes were made of gets a gradient, too."),
        Mistake(lambda made_of, end: sorted(needed(made_of, end)), "The right nodes, in the order "
                "of the alphabet: their names say nothing of when they were made."),
    ),
    reread="A · The whole engine on a page",
    moral="The engine of this notebook numbers its nodes while they are made, and sorts by that.",
)
