"""Exercises 3.8 and 3.9: where a forget gate must start, and two steps of a belt in one."""

import math

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_close, expect_number
from helpers.exercises.rnn_lstm._formulas import formula


def forget_bias(steps: int, kept: float) -> float:
    """Bias b with sigmoid(b) ** steps == kept; ValueError unless 0 < kept < 1, steps >= 1."""
    if not 0 < kept < 1 or steps < 1:
        raise ValueError(f"kept={kept}, steps={steps}: give 0 < kept < 1 and at least one step")
    f = kept ** (1 / steps)
    return math.log(f / (1 - f))


def _bias_by_logs(steps, kept):
    if steps < 1 or kept <= 0 or kept >= 1:
        raise ValueError("no bias does that")
    return -math.log(math.expm1(-math.log(kept) / steps))


def _bias_by_halving(steps, kept):
    if steps < 1:
        raise ValueError("at least one step")
    if kept <= 0 or kept >= 1:
        raise ValueError("a sigmoid never gets there")
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if (1 + math.exp(-middle)) ** -steps > kept else (middle, high)
    return low


def _wishes(rng) -> tuple:
    """(steps, kept), of which some cannot be."""
    kept = rng.choice([rng.uniform(0.001, 0.999), 3e-4, 0.9997, 0.0, 1.0, 1.004, -0.003, 7.0],
                      p=[0.5, 0.1, 0.1, 0.06, 0.06, 0.06, 0.06, 0.06])
    return int(rng.choice([1, 2, 3, 7, 40, 700, 0, -1], p=[0.15] * 6 + [0.05] * 2)), float(kept)


def _bias(text: str):
    """An answer that refuses what must be refused; the bias is another formula of the right gate
    f, the right bias b, steps and kept."""
    def answer(steps, kept):
        b = forget_bias(steps, kept)
        return formula(text)(f=kept ** (1 / steps), b=b, steps=steps, kept=kept)
    return answer


BIASES = {  # a wrong formula for the bias -> what is wrong with it
    "f": "That is the gate itself, f. The bias is what goes *into* the sigmoid: turn the sigmoid "
        "round.",
    "-b": "The sign: a gate that is more than half open has a positive bias. It is "
        "log(f / (1 - f)).",
    "log(f)": "log f turns exp round. The sigmoid is turned round by log(f / (1 - f)).",
    "log(kept / (1 - kept))": "That keeps `kept` at *every* step: 0.2 ** 10 would be left of 0.2 "
        "after ten. Each step keeps f with f ** steps = kept.",
    "log((steps - 1 + kept) / (1 - kept))": "You took the same amount away at every step. A gate "
        "takes a share of what is *left*: f ** steps = kept.",
    "log(kept / (steps - kept))": "You divided `kept` by the steps. Gates are multiplied, not "
        "added: f ** steps = kept.",
    "log(kept ** steps / (1 - kept ** steps))": "The other way round: f to the power of the steps "
        "is `kept`.",
    "f / (1 - f)": "That is f / (1 - f); its logarithm is the bias.",
    "b / log(2)": "The sigmoid is made with e, so take math.log, not log2.",
}

BIAS = Exercise(
    "3.8", "How high must the bias be?", minutes=10, starred=False,
    hints=("If the gate is f at every step, how much of c is left after two steps? After 40?",
           "f ** steps == kept, so f = kept ** (1 / steps). Which number makes a sigmoid give f?",
           "f = 1 / (1 + exp(-b)) turned round is b = log(f / (1 - f)). Before that: raise "
           "ValueError(\"...\") for what cannot be."),
    solution=forget_bias, right=(_bias_by_logs, _bias_by_halving), compare=expect_number,
    examples=((10, 0.2), (40, 0.5), (1, 0.9), (3, 0.01), (1000, 0.99), (40, 1.0), (40, 0.0),
              (40, 1.5), (40, -0.5), (0, 0.5), (-3, 0.5)),
    cases=_wishes,
    mistakes=(
        *(Mistake(_bias(text), sentence) for text, sentence in BIASES.items()),
    ),
    reread="H · Cells that differ in one line",
    moral="Half of it after 40 steps needs a bias of 4.05; torch starts near 0.",
)


def join(first: tuple, second: tuple) -> tuple:
    """The pair (f, u) that does `first`, then `second`: c -> f * c + u."""
    (f1, u1), (f2, u2) = first, second
    return f2 * f1, f2 * u1 + u2


def _join_by_trying(first, second):
    def both(c):
        return second[0] * (first[0] * c + first[1]) + second[1]

    return both(1) - both(0), both(0)


def _join_by_matrices(first, second):
    f = np.multiply(second[0], first[0])
    return f, np.add(np.multiply(first[1], second[0]), second[1])


def _two_steps(rng) -> tuple:
    """Two steps of numbers, or of arrays."""
    size = (None, 1, 3, 6)[rng.integers(4)]
    steps = [(rng.uniform(0, 1, size), rng.normal(0, 3, size)) for _ in range(2)]
    return tuple(step if size else tuple(map(float, step)) for step in steps)


def _joined(f: str = "f2 * f1", u: str = "f2 * u1 + u2"):
    """An answer with another formula for f or for u."""
    def answer(first, second):
        letters = dict(zip(("f1", "u1", "f2", "u2"), (*first, *second), strict=True))
        return formula(f)(**letters), formula(u)(**letters)
    return answer


F_MISTAKES = {
    "f1 + f2": "You added the two f. c is multiplied by the one, then by the other.",
    "f2": "Your f is that of the second step alone. c goes through both.",
    "f1": "Your f is that of the first step alone. c goes through both.",
}
U_MISTAKES = {
    "u1 + u2": "You added u1 and u2. u1 is part of c when the second step comes: it is multiplied "
        "too.",
    "f2 * u1": "u2 is missing: the second step adds it at the end.",
    "u2": "u1 is missing: what the first step added goes through the second.",
    "f1 * u1 + u2": "u1 is multiplied by its own f. What the first step added goes through the "
        "*second* step: f2 * u1.",
    "f2 * (u1 + u2)": "u2 is multiplied by f2. It is added after f2 has done its work.",
}


def _no_function(answer) -> None:
    expect(not callable(answer((0.5, 3.0), (4.0, 7.0))), "You returned a function. A pair of "
           "numbers does the same: multiply out f2 * (f1 * c + u1) + u2.")


JOIN = Exercise(
    "3.9", "Two steps are one", minutes=10, starred=False,
    hints=("Send c through both: after the first it is f1 * c + u1. What does the second make of "
           "that?",
           "f2 * (f1 * c + u1) + u2. Multiply out, and collect what stands before c.",
           "(f2 * f1) * c + (f2 * u1 + u2): the two brackets are the pair."),
    solution=join, right=(_join_by_trying, _join_by_matrices),
    compare=expect_close, parts=("f", "u"), cases=_two_steps, check=_no_function,
    examples=(((0.5, 3.0), (4.0, 7.0)), ((0.0, 2.0), (3.0, 0.0)),
              ((np.array([0.5, 0.9]), np.array([1.0, -2.0])),
               (np.array([0.1, 0.7]), np.array([3.0, 4.0])))),
    mistakes=(
        Mistake(lambda first, second: join(first, second)[::-1], "Right, in the wrong order: "
                "(f, u)."),
        Mistake(lambda first, second: join(second, first), "You did the second step first. "
                "`first` comes first: its result goes into `second`."),
        *(Mistake(_joined(f=text), sentence) for text, sentence in F_MISTAKES.items()),
        *(Mistake(_joined(u=text), sentence) for text, sentence in U_MISTAKES.items()),
    ),
    reread="J · What came back",
    moral="The grouping does not matter, so 8 steps take 3 rounds, and 1,000 steps take 10.",
)
