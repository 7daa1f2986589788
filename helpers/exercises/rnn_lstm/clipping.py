"""Exercise 3.6: clipping."""

import math
from functools import partial

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


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
ROOT = "The length is the root of the sum of all squares, over all arrays: 13 for 5 and 12."


def _gradients(rng) -> tuple:
    """Up to six arrays, short or long or all zeros, some of them zeros."""
    shapes = [tuple(rng.integers(1, 6, rng.integers(1, 4))) for _ in range(rng.integers(1, 7))]
    size = rng.choice([0.0, 0.3, 1.0, 30.0], p=[0.1, 0.3, 0.3, 0.3])
    gradients = {f"W_{k}": size * rng.normal(size=shape) for k, shape in enumerate(shapes)}
    gradients["b"] = 0 * gradients["W_0"]
    return gradients, float(rng.choice([0.04, 0.75, 1.0, 2.5, 20.0, 300.0]))


def _cutting(rule):
    """Each array by itself: rule(gradient, limit)."""
    return lambda gradients, limit: {name: rule(g, limit) for name, g in gradients.items()}


def _by_length(length, factor=lambda length, limit: limit / length if length > limit else 1.0):
    """One factor for all, by another length(list of arrays), or another rule for the factor."""
    def answer(gradients, limit):
        by = factor(length(list(gradients.values())), limit)
        return {name: by * g for name, g in gradients.items()}
    return answer


def _length(arrays):
    return math.sqrt(sum(float((g ** 2).sum()) for g in arrays))


def _by_factor(factor):
    return _by_length(_length, factor)


def _clip_nan(gradients, limit):
    length = np.sqrt(sum((g ** 2).sum() for g in gradients.values()))
    with np.errstate(all="ignore"):
        return {name: g / length * np.minimum(length, limit) for name, g in gradients.items()}


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
        Mistake(_cutting(lambda g, limit: np.clip(g, -limit, limit)), "You cut each number by "
                "itself, which turns the direction of the step. One factor for all keeps it: "
                "limit / length."),
        Mistake(_cutting(np.minimum), "You cut numbers from above, each by itself, which turns "
                "the direction of the step. One factor for all keeps it: limit / length."),
        Mistake(_cutting(lambda g, limit: clip({"g": g}, limit)["g"]), "Each array has a factor "
                "of its own, which turns the direction of the step. Take the length of all arrays "
                "together, and one factor."),
        Mistake(_by_length(lambda arrays: max(abs(g).max() for g in arrays)),
                f"You went by the largest entry. {ROOT}"),
        Mistake(_by_length(lambda arrays: sum(abs(g).sum() for g in arrays)),
                f"You added up the sizes of the entries. {ROOT}"),
        Mistake(_by_length(lambda arrays: sum(map(np.linalg.norm, arrays))),
                f"You added the lengths of the arrays. {ROOT}"),
        Mistake(_by_length(lambda arrays: _length(arrays) ** 2), f"The root is missing. {ROOT}"),
        Mistake(_by_length(lambda arrays: np.linalg.norm(arrays[-1])),
                f"That is the length of the last array alone. {ROOT}"),
        Mistake(_by_length(lambda arrays: np.linalg.norm(arrays[0])),
                f"That is the length of the first array alone. {ROOT}"),
        Mistake(_by_length(_length, lambda length, limit: 1 / length if length > limit else 1.0),
                "The length is 1 now. Multiply by limit / length, so that it is limit."),
        Mistake(_by_factor(lambda length, limit: length / limit if length > limit else 1.0),
                "You multiplied by length / limit. limit / length makes long ones shorter."),
        Mistake(_by_factor(lambda length, limit: limit if length > limit else 1.0),
                "You multiplied by `limit`. The factor is limit / length."),
        Mistake(_by_factor(lambda length, limit: 1 / limit if length > limit else 1.0),
                "You divided by `limit`. The factor is limit / length."),
        Mistake(_by_factor(lambda length, limit: 1.0), "Nothing was changed. What is longer than "
                "`limit` must be scaled."),
        Mistake(_by_factor(lambda length, limit: 0.0 if length > limit else 1.0), "Everything is "
                "0 now: no step is left. Shrink it to a length of `limit`."),
        Mistake(_by_factor(lambda length, limit: limit / length), "What is short enough stays as "
                "it is: you made the gradients longer."),
        Mistake(_by_factor(lambda length, limit: min(1.0, limit / length)), "When all are "
                "0 the length is 0, and your function divides by it. Divide only if the length is "
                "above `limit`."),
        Mistake(_clip_nan, "When all gradients are 0 you return nan: 0 / 0. Divide only if the "
                           "length is above `limit`."),
        Mistake(lambda gradients, limit: _length(gradients.values()), "That is the length. Use it "
                "to scale the gradients, and return a dict of them."),
    ),
    reread="E · Clipped and truncated",
    moral="One factor for all: the step gets shorter, its direction stays.",
)
