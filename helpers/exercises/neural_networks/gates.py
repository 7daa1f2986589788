"""Exercise 0.1: what one neuron can be set to do, and what it cannot."""

import itertools
from collections.abc import Callable
from numbers import Real

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show


def neuron_for(gate: str) -> tuple[float, float, float] | None:
    """(w_1, w_2, b) of a neuron that keeps the rule `gate`, or None if there is no such neuron.

    The neuron rings (1) where w_1 x_1 + w_2 x_2 + b is 0 or more, else it is silent (0). x_1 and
    x_2 are the two keys: 1 turned, 0 not turned. The rules: "NOT AND" rings unless both are
    turned, "NOT OR" if none is, "ONLY THE FIRST" if the first is and the second is not,
    "ALIKE" if both are or none is, "UNLIKE" if exactly one is.
    """
    neurons = {"NOT AND": (-1, -1, 1.5), "NOT OR": (-1, -1, 0.5), "ONLY THE FIRST": (1, -1, -0.5)}
    return neurons.get(gate)


CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
TABLES = {"NOT AND": (1, 1, 1, 0), "NOT OR": (1, 0, 0, 0), "ONLY THE FIRST": (0, 0, 1, 0),
          "ALIKE": (1, 0, 0, 1), "UNLIKE": (0, 1, 1, 0)}


def table_of(neuron: object) -> tuple[int, ...] | None:
    """What a neuron says at the four corners; None where the three numbers are none.

    A sum that is 0 but for rounding is 0.
    """
    known = isinstance(neuron, (tuple, list, np.ndarray)) and len(neuron) == 3 and all(
        isinstance(n, Real) and not isinstance(n, (bool, np.bool_)) and np.isfinite(n)
        for n in neuron)
    if not known:
        return None
    w_1, w_2, b = (float(n) for n in neuron)
    return tuple(int(w_1 * x_1 + w_2 * x_2 + b >= -1e-9) for x_1, x_2 in CORNERS)


def _expect_neuron(got: object, wanted: object, call: object) -> None:
    """None, or three numbers that ring where `wanted` rings; no neuron is compared by its sums."""
    if got is None:
        expect(wanted is None, f"{call} returned None, but there is a neuron for this rule.")
        return
    said = table_of(got)
    expect(said is not None, f"{call} returned {show(got)}, expected three numbers "
           "(w_1, w_2, b), or None")
    right = TABLES[call.arguments[0]] if wanted is None else table_of(wanted)
    wrong = [x for x, one, other in zip(CORNERS, said, right, strict=True) if one != other]
    if wrong:
        rings = "rings" if said[CORNERS.index(wrong[0])] else "is silent"
        expect(False, f"{call}: the neuron {show(got)} {rings} at x_1, x_2 = {wrong[0]}, against "
               f"its rule. It keeps the rule at {4 - len(wrong)} of the 4 places.")
    expect(wanted is not None, f"{call} returned {show(got)}, expected None")


def _by_cases(gate):
    if gate.startswith("NOT"):
        return [-2.0, -2.0, 3.0 if gate == "NOT AND" else 0.0]
    if gate == "ONLY THE FIRST":
        return [5, -5, -5]
    return None


def _by_search(gate):
    """Tries weights until one keeps the rule."""
    for w_1, w_2, b in itertools.product((-1, 0, 1), (-1, 0, 1), (-1.5, -0.5, 0.5, 1.5)):
        if all((w_1 * x_1 + w_2 * x_2 + b >= 0) == TABLES[gate][place]
               for place, (x_1, x_2) in enumerate(CORNERS)):
            return w_1, w_2, b
    return None


def _any_gate(rng) -> tuple:
    return (str(rng.choice(list(TABLES))),)


def _but(**others) -> Callable[[str], object]:
    """An answer with other neurons for some rules, named with _ for a blank."""
    known = {name.replace("_", " "): neuron for name, neuron in others.items()}
    return lambda gate: known.get(gate, neuron_for(gate))


THREE = ("Three of the four places are right. Write down what each of the four asks of w_1, w_2 "
         "and b, this last one too: can all four be had at once?")
GATE = Exercise(
    "0.1", "A neuron for NOT AND", minutes=8, starred=True,
    hints=("Draw the four corners (0, 0), (0, 1), (1, 0), (1, 1), and mark where the bell rings. "
           "A neuron draws one straight line: the bell rings on one side of it.",
           "At (0, 0) the sum is b alone. At (1, 0) it is w_1 + b, at (0, 1) w_2 + b, at (1, 1) "
           "all three. Each must be 0 or more, or below 0. Write these four lines down for a rule.",
           "NOT AND is AND with all three signs turned round: -1, -1 and 1.5. For two of the five "
           "rules the four lines contradict each other: add up the two that want 0 or more, and "
           "the two that want less."),
    solution=neuron_for, right=(_by_cases, _by_search), compare=_expect_neuron, cases=_any_gate,
    examples=tuple((gate,) for gate in TABLES),
    mistakes=(
        Mistake(_but(NOT_AND=(1, 1, -1.5)), "That is AND: it rings if both are turned, and only "
                "then. NOT AND rings in the three other cases."),
        Mistake(_but(NOT_AND=(-1, -1, -1.5)), "This neuron never rings. With no key turned the "
                "sum is b alone, and NOT AND has to ring: b must be 0 or more."),
        Mistake(_but(NOT_AND=(-1, -1, 0.5)), "That is NOT OR: it rings if no key is turned. NOT "
                "AND rings with one of them turned, too."),
        Mistake(_but(NOT_AND=(-1, -1, 2)), "This neuron always rings. With both keys turned "
                "w_1 + w_2 + b must be below 0; exactly 0 rings."),
        Mistake(_but(NOT_AND=(1, 1, -0.5)), "That is OR. NOT AND has to ring with no key turned, "
                "and be silent with both."),
        Mistake(_but(NOT_OR=(-1, -1, 1.5)), "That is NOT AND. NOT OR is silent as soon as one key "
                "is turned: w_1 + b and w_2 + b must be below 0."),
        Mistake(_but(NOT_OR=(-1, -1, -0.5)), "This neuron never rings. With no key turned the sum "
                "is b alone, and NOT OR has to ring: b must be 0 or more."),
        Mistake(_but(NOT_OR=(1, 1, -0.5)), "That is OR itself. NOT OR rings just where OR is "
                "silent."),
        Mistake(_but(ONLY_THE_FIRST=(1, 0, -0.5)), "This neuron does not look at the second key. "
                "Turned, that key has to keep the bell silent: w_2 below 0."),
        Mistake(_but(ONLY_THE_FIRST=(-1, 1, -0.5)), "The keys are exchanged: this neuron rings if "
                "the second alone is turned."),
        Mistake(_but(ONLY_THE_FIRST=(1, -1, 0)), "This neuron is silent only if the second key "
                "alone is turned. With none turned the sum is b: it must be below 0."),
        Mistake(_but(ONLY_THE_FIRST=(1, 1, -0.5)), "That is OR. The second key has to keep the "
                "bell silent: w_2 below 0."),
        Mistake(_but(ONLY_THE_FIRST=None, NOT_OR=None), "A rule that looks odd need not be "
                "impossible. Draw its corners: can one straight line part 1 from 0?"),
        Mistake(_but(UNLIKE=(1, 1, -0.5)), "That is OR. " + THREE),
        Mistake(_but(UNLIKE=(-1, -1, 1.5)), "That is NOT AND. " + THREE),
        Mistake(_but(ALIKE=(1, 1, -1.5)), "That is AND. " + THREE),
        Mistake(_but(ALIKE=(-1, -1, 0.5)), "That is NOT OR. " + THREE),
    ),
    reread="1 · One neuron draws one line",
    moral="Of all 16 rules for two keys a neuron keeps 14: ALIKE and UNLIKE need a second line.",
)
