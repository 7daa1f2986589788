"""What the checks of this notebook say about arrays: equal to a known mistake, changed."""

import numpy as np

from helpers.exercises.engine import Feedback, expect, expect_close


def alike(got: object, wanted: object) -> bool:
    """Tell whether `got` has the shape and the numbers of `wanted`."""
    try:
        expect_close(got, wanted, "it")
    except Feedback:
        return False
    return True


def kind(value: object) -> str:
    """What was returned, without its contents: "None", "a list of 4", "an array of shape (3,)"."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if value is None:
        return "None (is a `return` missing?)"
    return f"a {type(value).__name__}" + (f" of {len(value)}" if hasattr(value, "__len__") else "")


def expect_none_of(got: object, mistakes: list[tuple[object, str]]) -> None:
    """`got` is none of the (array, message) pairs; the message names the mistake."""
    for mistaken, message in mistakes:
        expect(not alike(got, mistaken), message)


def expect_unchanged(given: object, before: object, name: str) -> None:
    """An array, or a dict or tuple of arrays, holds what it held before the learner's call."""
    if isinstance(before, dict):
        expect(given.keys() == before.keys(), f"Your function changed the keys of `{name}`.")
        for key in before:
            expect_unchanged(given[key], before[key], f'{name}["{key}"]')
    elif isinstance(before, tuple):
        for part, kept in zip(given, before, strict=True):
            expect_unchanged(part, kept, name)
    else:
        expect(np.array_equal(given, before), f"Your function changed `{name}`, which it was "
               "given; the caller still needs it. Make new arrays.")
