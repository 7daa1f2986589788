"""One call after another: what a function returned, raised or changed, and how that differs."""

import functools
import inspect
import numbers
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from helpers.exercises import _errors
from helpers.exercises._comparing import Feedback, fresh, oddity, one_line, same, show, unchanged

SHORT, LONG = 36, 200  # characters: of an argument inside a call, of one that stands below it
WHOLE = object()       # what differs is the result as a whole, not one of its parts


@dataclass(frozen=True)
class Call:
    """A call as it is shown to the learner; `arguments` as they are handed over, by position."""

    name: str
    names: tuple[str, ...]
    arguments: tuple

    def __str__(self) -> str:
        return self._text

    @functools.cached_property
    def _text(self) -> str:
        shown = zip(self.names, map(_short, self.arguments), strict=True)
        return f"{self.name}({', '.join(text or name for name, text in shown)})"

    def where(self) -> str:
        """What stands behind the names in the call; "" if there are none."""
        pairs = zip(self.names, self.arguments, strict=True)
        long = [f"{name} = {_long(value)}" for name, value in pairs if not _short(value)]
        return f"where {', '.join(long)}" if long else ""


@dataclass(frozen=True)
class Part:
    """One part of what a call returned: clip(gradients, 2.6)["b_h"], or "join(...): its f"."""

    call: Call
    key: object

    of_dict: bool

    def __str__(self) -> str:
        key = _short(self.key) or show(self.key)
        return f"{self.call}[{key}]" if self.of_dict else f"{self.call}: its {self.key}"


@dataclass(frozen=True)
class Outcome:
    """What a call returned, or the exception that it raised, and the argument that it changed."""

    value: object = None
    error: BaseException | None = None
    changed: str = ""


def calls(function: Callable, cases: Iterable[tuple]) -> list[Call]:
    """One call of `function` for each tuple of arguments."""
    names = tuple(inspect.signature(function).parameters)
    return [Call(function.__name__, names[: len(case)], tuple(case)) for case in cases]


def outcome(function: Callable, call: Call) -> Outcome:
    """Call the function with fresh arguments."""
    given, value, error = fresh(call.arguments), None, None
    try:
        value = function(*given)
    except _errors.TimeUp:
        raise
    except BaseException as raised:
        error = raised
    pairs = zip(call.names, given, call.arguments, strict=True)
    return Outcome(value, error, next((n for n, a, b in pairs if not unchanged(a, b)), ""))


@dataclass(frozen=True)
class Comparison:
    """How outcomes are compared: `compare` for values, one by one for the parts of a result.

    parts: names for the parts of a tuple; those of a dict are its values.
    """

    compare: Callable[[object, object, object], None]
    parts: tuple[str, ...] = ()

    def difference(self, got: Outcome, wanted: Outcome, call: Call) -> tuple[object, str] | None:
        """The first aspect in which `got` differs, and how in words; None if it does not."""
        if got.changed != wanted.changed:
            return WHOLE, _changed(got, wanted, call)
        if got.error or wanted.error:
            words = _raised(got, wanted, call)
            return (WHOLE, words) if words else None
        wanted_parts, got_parts = self._split(wanted.value), self._split(got.value)
        if wanted_parts is None:
            return self._unlike(got.value, wanted.value, call, WHOLE)
        words = _other_parts(got, wanted.value, got_parts, wanted_parts, call)
        if words:
            return WHOLE, words
        of_dict = isinstance(wanted.value, dict)
        found = (self._unlike(got_parts[key], wanted_parts[key], Part(call, key, of_dict), key)
                 for key in wanted_parts)
        return next(filter(None, found), None)

    def agree(self, one: Outcome, other: Outcome, call: Call, aspect: object) -> bool:
        """Tell whether two outcomes are alike, in one of their parts or as a whole."""
        if one.error and other.error:
            return one.changed == other.changed and _errors.alike(one.error, other.error)
        if aspect is WHOLE or one.error or other.error or one.changed != other.changed:
            return self.difference(one, other, call) is None
        a, b = self._split(one.value) or {}, self._split(other.value) or {}
        if aspect not in a or aspect not in b:
            return aspect not in a and aspect not in b
        return self._unlike(a[aspect], b[aspect], Part(call, aspect, True), aspect) is None

    def _split(self, value: object) -> dict | None:
        """The parts of a value by name, those named in `parts` first; None if it is one piece."""
        if isinstance(value, dict):
            first = [name for name in self.parts if name in value]
            return {name: value[name] for name in dict.fromkeys([*first, *value])}
        several = isinstance(value, (tuple, list, np.ndarray)) and len(value) == len(self.parts)
        return dict(zip(self.parts, value, strict=True)) if self.parts and several else None

    def _unlike(self, got, wanted, what, aspect) -> tuple[object, str] | None:
        if same(got, wanted):
            return None
        try:
            self.compare(got, wanted, what)
        except Feedback as feedback:
            return aspect, str(feedback)
        except Exception:  # the comparison could not use it
            return aspect, f"{what}: {show(got)}, expected {show(wanted)}"
        return None


def _changed(got: Outcome, wanted: Outcome, call: Call) -> str:
    if wanted.changed:
        return f"{call} did not change `{wanted.changed}`"
    return (f"{call} changed `{got.changed}`. The caller still needs it as it was: only look at "
            "it, make something new.")


def _raised(got: Outcome, wanted: Outcome, call: Call) -> str:
    """How outcomes differ of which one at least is an exception; "" if they do not."""
    if wanted.error is None:
        return f"{call} stopped with {_errors.plain(got.error)}"
    name = type(wanted.error).__name__
    cure = f'raise {name}("{_errors.text(wanted.error)}")'
    if got.error is None:
        return f"{call} returned {show(got.value)}. There is no answer to that: {cure}"
    if not isinstance(got.error, type(wanted.error)):
        return f"{call} stopped with {_errors.plain(got.error)}. Say in words why: {cure}"
    silent = f"{call} raised {name} without a word. The caller should know why: {cure}"
    return "" if _errors.text(got.error) else silent


def _other_parts(got: Outcome, wanted: object, got_parts: dict | None, wanted_parts: dict,
                 call: Call) -> str:
    """In words, why a result has not the parts that it should have; "" if it has."""
    names = ", ".join(map(show, wanted_parts))
    if got_parts is None:
        kind = "a dict with" if isinstance(wanted, dict) else "the parts"
        return f"{call} returned {oddity(got.value)}, expected {kind} {names}"
    lacks = [show(name) for name in wanted_parts if name not in got_parts]
    extra = [show(name) for name in got_parts if name not in wanted_parts]
    words = [f"{verb} {', '.join(some)}"
             for verb, some in (("lacks", lacks), ("has too much:", extra)) if some]
    return f"{call}: your result {', and '.join(words)}. Expected: {names}" if words else ""


def _short(value: object) -> str:
    """A value as it is written within a call; "" if it is too long for that."""
    simple = (numbers.Number, str, list, tuple, dict, set, frozenset, type(None))
    text = _written(value) if isinstance(value, simple) else ""
    return text if len(text) <= SHORT and "array(" not in text else ""


def _long(value: object) -> str:
    """A value below the call, cut where it is very long; of a larger array only the shape."""
    shape = tuple(getattr(value, "shape", ()))
    if np.prod(shape, dtype=int) > 16:
        return f"an array of the shape {shape}"
    text = one_line(_written(value))
    return text if len(text) <= LONG else f"{text[:LONG]} ..."


def _written(value: object) -> str:
    """A value as one would write it: texts in double quotes, sets in alphabetical order."""
    if isinstance(value, str) and '"' not in value:
        return '"' + repr(value)[1:-1].replace("\\'", "'") + '"'
    if isinstance(value, (set, frozenset)) and value:
        return "{" + ", ".join(sorted(map(_written, value))) + "}"
    return repr(value)
