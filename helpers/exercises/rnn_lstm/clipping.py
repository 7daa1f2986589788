"""Exercise 3.6: clipping."""

import math
from functools import partial

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close
from helpers.exercises.rnn_lstm._formulas import formula


def clip(gradients: dict[str, np.ndarray], limit: float) -> dict[str, np.ndarray]:
    """The same gradients, scaled by one factor so that their common length is <= limit."""
    length = math.sqrt(sum((gradient ** 2).sum() for gradient in gradients.values()))
    factor = limit / length if length > limit else 1.0
    return {name: factor * gradient for name, gradient in gradients.items()}


def _clip_flat(gradients, limit):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in gradients.values()]))
    return {name: g / max(1.0, length / limit) for name, g in gradients.items()}


def _clip_as_torch(gradients, limit):
    length = np.linalg.norm([np.linalg.norm(g) for g in gradients.values()])
    factor = min(1.0, limit / (length + 1e-6))
    return {name: g * factor for name, g in gradients.items()}


SLOPES = {"W_hh": np.array([[3.0, 0.0], [0.0, -4.0]]), "b_h": np.array([7.2, 9.6])}  # 5 and 12: 13
ZEROS = {"W": np.zeros((2, 2)), "b": np.zeros(3)}
MANY = {f"W_{k}": np.arange(k + 2.0) - 1 for k in range(4)} | {"T": -np.ones((2, 3, 2))}

def _gradients(rng) -> tuple:
    """Up to six arrays, short or long or all zeros, some of them zeros."""
    shapes = [tuple(rng.integers(1, 6, rng.integers(1, 4))) for _ in range(rng.integers(1, 7))]
    size = rng.choice([0.0, 0.3, 1.0, 30.0], p=[0.1, 0.3, 0.3, 0.3])
    gradients = {f"W_{k}": size * rng.normal(size=shape) for k, shape in enumerate(shapes)}
    gradients["b"] = 0 * gradients["W_0"]
    return gradients, float(rng.choice([0.04, 0.75, 1.0, 2.5, 20.0, 300.0]))


def _each(rule):
    """Each array by itself: rule(gradient, limit)."""
    return lambda gradients, limit: {name: rule(g, limit) for name, g in gradients.items()}


def _by(text: str, length: str = "sqrt(sum(norm(g) ** 2 for g in arrays))"):
    """One factor for all: a formula of length and limit; or another length of a list of arrays."""
    def answer(gradients, limit):
        long = formula(length)(arrays=list(gradients.values()))
        factor = formula(text)(length=long, limit=limit)
        return {name: factor * g for name, g in gradients.items()}
    return answer


SCALED = "limit / length if length > limit else 1.0"
LENGTHS = {  # a wrong length -> what it is
    "max(abs(g).max() for g in arrays)": "You went by the largest entry.",
    "sum(norm(g) for g in arrays)": "You added the lengths of the arrays.",
    "sum(norm(g) ** 2 for g in arrays)": "The root is missing.",
    "norm(arrays[-1])": "That is the length of the last array alone.",
}
FACTORS = {  # a wrong factor -> what is wrong with it
    "1 / length if length > limit else 1.0": "The length is 1 now. Multiply by limit / length, so "
        "that it is limit.",
    "length / limit if length > limit else 1.0": "You multiplied by length / limit. "
        "limit / length makes long ones shorter.",
    "1.0": "Nothing was changed. What is longer than `limit` must be scaled.",
    "0.0 if length > limit else 1.0": "Everything is 0 now: no step is left. Shrink it to a "
        "length of `limit`.",
    "limit / length": "What is short enough stays as it is: you made the gradients longer.",
    "min(1.0, limit / length)": "When all slopes are 0 the length is 0, and your function divides "
        "by it. Divide only if the length is above `limit`.",
}

CLIP = Exercise(
    "3.6", "Clip", minutes=5, starred=False,
    hints=("How long is a vector? And one that is spread over several arrays?",
           "length = square root of the sum of (gradient ** 2).sum() over all arrays.",
           "factor = limit / length if length > limit else 1.0; then a new dict with factor * "
           "gradient for each."),
    solution=clip, right=(_clip_flat, _clip_as_torch),
    compare=partial(expect_close, tolerance=1e-5),  # torch adds a little to the length
    examples=((SLOPES, 2.6), (SLOPES, 26.0), (SLOPES, 13.5), (ZEROS, 1.0), (MANY, 1.5)),
    cases=_gradients,
    mistakes=(
        Mistake(_each(lambda g, limit: np.clip(g, -limit, limit)), "You cut each number by "
                "itself, which turns the direction of the step. One factor for all keeps it: "
                "limit / length."),
        Mistake(_each(lambda g, limit: clip({"g": g}, limit)["g"]), "Each array has a factor of "
                "its own, which turns the direction of the step. Take the length of all arrays "
                "together, and one factor."),
        *(Mistake(_by(SCALED, length), f"{what} The length is the root of the sum of all squares, "
                  "over all arrays: 13 for 5 and 12.") for length, what in LENGTHS.items()),
        *(Mistake(_by(factor), sentence) for factor, sentence in FACTORS.items()),
    ),
    reread="E · Clipped and truncated",
    moral="One factor for all: the step gets shorter, its direction stays.",
)
