"""Exercise 3.6: clipping."""

import math

import numpy as np

from helpers.exercises.engine import (
    Exercise,
    Feedback,
    Wrong,
    expect,
    expect_close,
    fresh,
)
from helpers.exercises.rnn_lstm._arrays import alike, expect_unchanged, kind


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
LIMIT = 2.6                                                                          # a fifth of 13
ROOT = "The length is the root of the sum of all squares: 13."


def _scaled(factor: float) -> dict[str, np.ndarray]:
    return {name: factor * gradient for name, gradient in SLOPES.items()}


def _clip_mistakes() -> list[tuple[dict, str]]:
    """(gradients, message) of known mistakes with SLOPES and LIMIT."""
    one_by_one = {name: np.clip(g, -LIMIT, LIMIT) for name, g in SLOPES.items()}
    from_above = {name: np.minimum(g, LIMIT) for name, g in SLOPES.items()}
    single = ("You cut each number by itself, which turns the direction of the step. One factor "
              "for all keeps it: limit / length.")
    each = {name: g * LIMIT / np.linalg.norm(g) for name, g in SLOPES.items()}
    return [
        (one_by_one, single),
        (from_above, single),
        (each, "Each array has a factor of its own, which turns the direction of the step. Take "
               "the length of all arrays together, 13, and one factor."),
        (_scaled(LIMIT / 9.6), f"You went by the largest entry, 9.6. {ROOT}"),
        (_scaled(LIMIT / 23.8), f"You added up the sizes of the entries, 23.8. {ROOT}"),
        (_scaled(LIMIT / 17), f"You added the lengths of the arrays, 5 + 12. {ROOT}"),
        (_scaled(LIMIT / 169), "The root is missing: 169 is the square of the length, 13."),
        (_scaled(LIMIT / 12), "12 is the length of `b_h` alone. All arrays count together: 13."),
        (_scaled(LIMIT / 5), "5 is the length of `W_hh` alone. All arrays count together: 13."),
        (_scaled(1 / 13), "The length is 1 now. Multiply by limit / length, so that it is limit."),
        (_scaled(13 / LIMIT), "You multiplied by length / limit. limit / length makes long ones "
                              "shorter."),
        (_scaled(LIMIT), "You multiplied by `limit`. The factor is limit / length."),
        (_scaled(1 / LIMIT), "You divided by `limit`. The factor is limit / length."),
        (_scaled(1.0), "Nothing was changed. All entries together have a length of 13, which is "
                       "more than the limit of 2.6."),
        (_scaled(0.0), "Everything is 0 now: no step is left. Shrink it to a length of `limit`."),
    ]


def _clipped(answer, gradients: dict, limit: float) -> dict:
    """The learner's dict; feedback if it is none, or if the one handed over was changed."""
    given = fresh(gradients)
    got = answer(given, limit)
    expect_unchanged(given, gradients, "gradients")
    expect(isinstance(got, dict), f"Return a dict like `gradients`; you returned {kind(got)}.")
    expect(got.keys() == gradients.keys(), f"The keys of your dict: {', '.join(map(str, got))}; "
           f"expected: {', '.join(gradients)}.")
    return got


def check_clip(answer) -> None:
    got = _clipped(answer, SLOPES, LIMIT)
    for mistaken, message in _clip_mistakes():
        expect(not all(alike(got[name], mistaken[name]) for name in SLOPES), message)
    for name, gradient in _scaled(0.2).items():
        expect_close(got[name], gradient, f'with a length of 13 and limit 2.6, "{name}"')
    for limit in (26.0, 13.5):
        got = _clipped(answer, SLOPES, limit)
        expect(not alike(got["b_h"], SLOPES["b_h"] * limit / 13), f"With limit {limit:g} you made "
               "the gradients longer: their length is 13. What is short enough stays as it is.")
        for name, gradient in SLOPES.items():
            expect_close(got[name], gradient, f'with a length of 13 and limit {limit:g}, "{name}"')
    try:
        got = _clipped(answer, {"W": np.zeros((2, 2)), "b": np.zeros(3)}, 1.0)
    except ArithmeticError as error:
        raise Feedback("When all slopes are 0 the length is 0, and your function divides by it. "
                       "Divide only if the length is above `limit`.") from error
    expect(all(np.isfinite(gradient).all() for gradient in got.values()), "When all slopes are 0 "
           "you return nan: 0 / 0. Divide only if the length is above `limit`.")
    expect_close(got["b"], np.zeros(3), "when all slopes are 0, the result")
    many = {f"W_{k}": np.arange(k + 2.0) - 1 for k in range(4)} | {"T": -np.ones((2, 3, 2))}
    got = _clipped(answer, many, 1.5)
    for name, gradient in clip(many, 1.5).items():
        expect_close(got[name], gradient, f'with five arrays, "{name}"')


def _clip_in_place(gradients, limit):
    for name, gradient in clip(gradients, limit).items():
        gradients[name][...] = gradient
    return gradients


def _clip_always(gradients, limit):
    length = math.sqrt(sum(float((g ** 2).sum()) for g in gradients.values()))
    return {name: g * (limit / length) for name, g in gradients.items()}


def _clip_dividing(gradients, limit):
    length = math.sqrt(sum(float((g ** 2).sum()) for g in gradients.values()))
    return {name: g * min(1.0, limit / length) for name, g in gradients.items()}


def _clip_nan(gradients, limit):
    length = np.sqrt(sum((g ** 2).sum() for g in gradients.values()))
    with np.errstate(all="ignore"):
        return {name: g / length * np.minimum(length, limit) for name, g in gradients.items()}


def _clip_each(gradients, limit):
    return {name: clip({name: g}, limit)[name] for name, g in gradients.items()}


CLIP = Exercise(
    "3.6", "Clip", minutes=5, starred=False, check=check_clip,
    hints=("How long is a vector? And one that is spread over several arrays?",
           "length = square root of the sum of (gradient ** 2).sum() over all arrays.",
           "factor = limit / length if length > limit else 1.0; then a new dict with factor * "
           "gradient for each."),
    solution=clip, right=(_clip_flat, _clip_as_torch),
    wrong=(
        Wrong(lambda gradients, limit: {n: np.clip(g, -limit, limit) for n, g in
                                        gradients.items()}, "each number by itself"),
        Wrong(_clip_each, "a factor of its own"),
        Wrong(_clip_always, "made the gradients longer"),
        Wrong(_clip_in_place, "changed `gradients"),
        Wrong(_clip_dividing, "your function divides by it"),
        Wrong(_clip_nan, "you return nan"),
        Wrong(lambda gradients, limit: {n: g / 13 for n, g in gradients.items()}, "length is 1"),
        Wrong(lambda gradients, limit: math.sqrt(sum((g ** 2).sum() for g in gradients.values())),
              "Return a dict"),
    ),
    reread="5 · Gradient flow over time",
    moral="One factor for all: the step gets shorter, its direction stays.",
)
