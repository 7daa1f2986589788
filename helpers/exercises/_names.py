"""Judgements: an answer is one of a few names, and nobody is told which would be right."""

from collections.abc import Callable

from helpers.exercises.engine import expect, show


def one_of(names: tuple[str, ...]) -> Callable[[object, str, object], None]:
    """The `compare` of an exercise whose answers are these names."""
    def compare(got: object, wanted: str, call: object) -> None:
        known = isinstance(got, str) and got in names
        expect(known, f"{call} must be one of: {', '.join(names)}; yours: {show(got)}")
        expect(got == wanted, f"{call} is not {show(got)}.")
    return compare


def renamed(function: Callable[..., str], others: dict[str, str]) -> Callable[..., str]:
    """An answer that says other names than the function does."""
    return lambda *given: others.get(function(*given), function(*given))
