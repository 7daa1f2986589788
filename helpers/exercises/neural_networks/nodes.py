"""Exercise 0.2: a number that knows what it was made of."""

from dataclasses import dataclass

from helpers.exercises.engine import Exercise, Mistake, expect, expect_number, show
from helpers.neural_networks.small_engine import SmallNode


def multiply(a: SmallNode, b: SmallNode) -> SmallNode:
    """The node a times b: its value, and what it was made of.

    made_of: pairs (node that it was made of, how much the product grows per unit of that node).
    The walk back adds up whatever it is told of a node: if a and b are one and the same node, it
    must arrive at 2 a. What the new node was made of in earlier steps is their business, and a
    and b stay as they are.
    """
    return SmallNode(a.value * b.value, ((a, b.value), (b, a.value)))


@dataclass(repr=False)
class Given(SmallNode):
    """A node that a check hands over; two are equal if all that they hold is equal."""

    name: str = "a"

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"node {self.name} of value {self.value:g}"


def slopes_of(node: object) -> dict[str, float] | None:
    """How much a node grows per unit of each that it was made of, by name; None if it is none."""
    try:
        found = {}
        for source, slope in node.made_of:
            name = getattr(source, "name", "a node of your own")
            found[name] = found.get(name, 0.0) + float(slope)
        return found
    except (AttributeError, TypeError, ValueError):
        return None


def _expect_node(got: object, wanted: object, call: object) -> None:
    """Its value, then the sum of the slopes for each source; in what order they stand is free."""
    expect(hasattr(got, "value") and hasattr(got, "made_of"),
           f"{call} returned {show(got)}, expected a node: SmallNode(value, made_of)")
    expect_number(got.value, wanted.value, f"{call}: the value")
    seen, right = slopes_of(got), slopes_of(wanted)
    expect(seen is not None, f"{call}: made_of is {show(got.made_of)}, expected pairs "
           "(node, slope)")
    for name in {**right, **seen}:
        expect(name in seen, f"{call}: {name} is missing in made_of")
        expect(name in right, f"{call} was not made of {name}, which stands in its made_of")
        expect_number(seen[name], right[name], f"{call}: the sum of the slopes for {name}")
    expect_number(getattr(got, "gradient", 0.0), wanted.gradient,
                  f"{call}: the gradient before any walk")


def _by_a_loop(a, b):
    node = SmallNode(b.value * a.value)
    for source, other in ((b, a), (a, b)):
        node.made_of += ((source, other.value),)
    return node


def _with_a_square(a, b):
    """A square of its own; a list does as well."""
    if a is b:
        return SmallNode(a.value ** 2, [(a, 2 * a.value)])
    return SmallNode(a.value * b.value, [(a, b.value), (b, a.value)])


def _two_nodes(rng) -> tuple:
    """Nodes that were made of others, or of none; now and then one node twice."""
    leaves = [Given(float(rng.integers(-9, 10)), (), float(rng.choice([0, 0, 3])), name)
              for name in ("p", "q")]
    made = [Given(leaves[0].value + leaves[1].value, ((leaves[0], 1.0), (leaves[1], 1.0)), 0.0,
                  "s"), Given(round(float(rng.normal(0, 3)), 2), (), 0.0, "t")]
    known = leaves + made
    a, b = (known[i] for i in rng.integers(0, 4, 2))
    return (a, a) if rng.random() < 0.2 else (a, b)


def _told(pairs, value=lambda a, b: a.value * b.value, gradient=0.0):
    """An answer with other pairs."""
    return lambda a, b: SmallNode(value(a, b), tuple(pairs(a, b)), gradient)


def _once(a, b):
    return {a: b.value, b: a.value}.items()


def _made_earlier(a, b):
    for node, other in ((a, b), (b, a)):
        deeper = [(source, slope * other.value) for source, slope in node.made_of]
        yield from deeper or [(node, other.value)]


P, Q = Given(3.0, (), 0.0, "p"), Given(-2.0, (), 0.0, "q")
S, U = Given(1.0, ((P, 1.0), (Q, 1.0)), 0.0, "s"), Given(5.0, (), 7.0, "u")
MULTIPLY = Exercise(
    "0.2", "Multiply", minutes=8, starred=True,
    hints=("Take a = 3 and b = -2. Let a grow from 3 to 4: by how much does the product grow? "
           "Now b from -2 to -1.",
           "Per unit of a the product grows by the value of b, per unit of b by the value of a. "
           "One pair for each of the two.",
           "SmallNode(a.value * b.value, ((a, ...), (b, ...))), with two values for the dots. "
           "Pairs, not a dict: in a dict a node that comes twice is kept once."),
    solution=multiply, right=(_by_a_loop, _with_a_square), compare=_expect_node, cases=_two_nodes,
    examples=((P, Q), (P, P), (S, U), (Q, S), (S, S), (U, U)),
    mistakes=(
        Mistake(_told(lambda a, b: ((a, a.value), (b, b.value))), "Each has its own value for its "
                "slope. Per unit of a the product grows by b's value: the other's."),
        Mistake(_told(lambda a, b: ((a, 1.0), (b, 1.0))), "These are the slopes of a sum. A "
                "product of 3 and 5 grows by 5 when the 3 becomes a 4."),
        Mistake(_told(_once), "A node that is multiplied by itself stands in your made_of only "
                "once. It has to get both slopes, one from each side: pairs in a tuple, not a "
                "dict."),
        Mistake(_told(lambda a, b: ((a, b.value),)), "Only one pair: the product was made of b as "
                "well."),
        Mistake(_told(lambda a, b: ((b, a.value),)), "Only one pair: the product was made of a as "
                "well."),
        Mistake(_told(lambda a, b: ((a, a.value * b.value), (b, a.value * b.value))), "The slope "
                "is not the product itself, but what it grows by per unit."),
        Mistake(_told(lambda a, b: ((a, b.value), (b, a.value)), lambda a, b: a.value + b.value),
                "The pairs are those of a product, the value is a sum."),
        Mistake(_told(lambda a, b: ((b, b.value), (b, a.value))), "b stands in both pairs, and a "
                "in none."),
        Mistake(_told(_made_earlier), "You went further back than this step. A node names "
                "what it was made of itself, a and b; the walk does the rest."),
        Mistake(_told(lambda a, b: ((a, b.value * a.gradient), (b, a.value * b.gradient))),
                "The gradients come with the walk back. Here only slopes are noted: b's value for "
                "a, a's for b."),
        Mistake(_told(lambda a, b: ((a, b.value), (b, a.value)), gradient=1.0), "The new node has "
                "a gradient before any walk: it begins at 0."),
        Mistake(_told(lambda a, b: ()), "The product does not know what it was made of: the walk "
                "back ends here."),
        Mistake(_told(lambda a, b: ((a, 2 * a.value), (b, 2 * b.value))), "2 a is right where a "
                "node meets itself, and each of the two sides brings one a. Note the slopes of an "
                "ordinary product, the rest follows."),
    ),
    reread="3 · Which way is down?",
    moral="A node only knows its own step. Walking back, slopes are multiplied, and ways added.",
)
