"""Wrong answers made by machine: a right one that mistreats its arguments.

It forgets them, remembers them too long, changes them, or looks at them with half an eye.
"""

from __future__ import annotations

import copy
import inspect
from collections import Counter
from collections.abc import Callable

import numpy as np
from mutants import Mutant

Change = Callable[[object], bool]  # changes a value where it stands; tells whether it could


def wrapped(function: Callable, calls: list[tuple]) -> list[Mutant]:
    """The mutants of a function; `calls` shows what can be done to which argument."""
    names = list(inspect.signature(function).parameters)
    found = [Mutant("the first result for ever", _keeping(function, tuple(range(len(names)))))]
    for place, name in enumerate(names):
        values = [call[place] for call in calls]
        found.append(Mutant(f"`{name}` of the first call for ever", _keeping(function, (place,))))
        if all(isinstance(value, (list, dict, set)) for value in values):
            found.append(Mutant(f"`{name}` piles up", _piling(function, place)))
        for how, change in CHANGES.items():
            if any(change(copy.deepcopy(value)) for value in values):
                found.append(Mutant(f"`{name}` {how} afterwards", _late(function, place, change)))
                found.append(Mutant(f"`{name}` {how} first", _early(function, place, change)))
        for how, blur in BLURS.items():
            if any(_blurred(blur, value) is not None for value in values):
                found.append(Mutant(f"`{name}` {how}", _blind(function, place, blur)))
    return found


def _keeping(function: Callable, places: tuple[int, ...]) -> Callable[[], Callable]:
    def make() -> Callable:
        first = {}

        def answer(*arguments):
            for i in places:
                first.setdefault(i, copy.deepcopy(arguments[i]))
            kept = {i: copy.deepcopy(value) for i, value in first.items()}
            return function(*(kept.get(i, value) for i, value in enumerate(arguments)))
        return answer
    return make


def _piling(function: Callable, place: int) -> Callable[[], Callable]:
    """What came in earlier calls is there still."""
    def make() -> Callable:
        heap = []

        def answer(*arguments):
            heap.append(copy.deepcopy(arguments[place]))
            whole = copy.deepcopy(heap[0])
            for more in heap[1:]:
                if isinstance(whole, (Counter, set)):
                    whole.update(more)
                else:
                    whole = whole + more if isinstance(whole, list) else whole | more
            return function(*arguments[:place], whole, *arguments[place + 1:])
        return answer
    return make


def _late(function: Callable, place: int, change: Change) -> Callable[[], Callable]:
    def answer(*arguments):
        result = copy.deepcopy(function(*arguments))
        change(arguments[place])
        return result
    return lambda: answer


def _early(function: Callable, place: int, change: Change) -> Callable[[], Callable]:
    def answer(*arguments):
        change(arguments[place])
        return function(*arguments)
    return lambda: answer


def _blind(function: Callable, place: int, blur: Callable) -> Callable[[], Callable]:
    """Looks at something else than it was given, and leaves what it was given alone."""
    def answer(*arguments):
        seen = _blurred(blur, arguments[place])
        seen = arguments[place] if seen is None else seen
        return function(*arguments[:place], seen, *arguments[place + 1:])
    return lambda: answer


# What can be done to an argument where it stands

def _within(change: Change) -> Change:
    """The change, made to the first thing inside a collection that allows it."""
    def deep(value: object) -> bool:
        if isinstance(value, (dict, list, tuple)):
            parts = list(value.values() if isinstance(value, dict) else value)
            return any(change(part) or deep(part) for part in parts)
        return False
    return deep


def _sort(value: object) -> bool:
    before = copy.deepcopy(value)
    if isinstance(value, np.ndarray) and value.ndim:
        value.sort(axis=0)
        return not np.array_equal(before, value)
    if isinstance(value, list):
        value.sort(key=repr)
        return repr(before) != repr(value)
    return False


def _lose(value: object) -> bool:
    if isinstance(value, (list, dict, set)) and value:
        value.pop(next(iter(value))) if isinstance(value, dict) else value.pop()
        return True
    return False


def _gain(value: object) -> bool:
    if isinstance(value, list):
        value.append(copy.deepcopy(value[0]) if value else "new")
    elif isinstance(value, dict):
        value["new"] = 0
    elif isinstance(value, set):
        value.add("new")
    return isinstance(value, (list, dict, set))


def _last(value: object) -> bool:
    """The last entry is another one."""
    if isinstance(value, np.ndarray) and value.size:
        value.flat[-1] += 1
        return True
    if isinstance(value, (list, dict)) and value:
        key = list(value)[-1] if isinstance(value, dict) else -1
        if isinstance(value[key], (int, float, str)):
            value[key] += "x" if isinstance(value[key], str) else 1
            return True
    return False


CHANGES = {"is sorted": _sort, "loses an entry": _lose, "gains an entry": _gain,
           "has another last entry": _last}
CHANGES |= {f"{how}, within," : _within(change) for how, change in CHANGES.items()}


# What may be seen in place of an argument: another value, or None where there is nothing to blur

def _blurred(blur: Callable, value: object) -> object:
    try:
        seen = blur(value)
    except (TypeError, ValueError, AttributeError, IndexError):
        return None
    if seen is None or isinstance(value, np.ndarray) and np.array_equal(seen, value):
        return None
    return seen


def _row(value: object) -> object:
    """The value, if it has an order and can be cut; else a TypeError."""
    if isinstance(value, (list, str)) or isinstance(value, np.ndarray) and value.ndim:
        return value
    raise TypeError


def _each(rule: Callable) -> Callable:
    """A blur of everything inside a list or a dict."""
    def blur(value: object) -> object:
        if isinstance(value, dict):
            return type(value)({key: rule(part) for key, part in value.items()})
        return [rule(part) for part in value] if isinstance(value, list) else None
    return blur


def _keys(rule: Callable) -> Callable:
    """A blur of the keys of a dict, or of the entries of a set."""
    def blur(value: object) -> object:
        if isinstance(value, dict):
            kept = rule(list(value))
            return type(value)({key: value[key] for key in kept})
        return set(rule(sorted(value))) if isinstance(value, set) else None
    return blur


def _number(rule: Callable) -> Callable:
    def blur(value: object) -> object:
        good = isinstance(value, (int, float, np.ndarray)) and not isinstance(value, bool)
        return rule(value) if good else None
    return blur


BLURS = {
    "without its first": lambda v: _row(v)[1:], "without its last": lambda v: _row(v)[:-1],
    "up to its fourth": lambda v: _row(v)[:4], "from its second to last": lambda v: _row(v)[-2:],
    "turned round": lambda v: _row(v)[::-1],
    "without repetitions": lambda v: list(dict.fromkeys(v)) if isinstance(v, list) else None,
    "in small letters": lambda v: v.lower(),
    "up to its third letter": lambda v: v[:3] if isinstance(v, str) else None,
    "one more": _number(lambda v: v + 1), "one less": _number(lambda v: v - 1),
    "a little more": _number(lambda v: v * 1.01), "without its sign": _number(abs),
    "rounded": _number(lambda v: np.round(v, 1)), "at most 5": _number(lambda v: np.minimum(v, 5)),
    "without its first key": _keys(lambda keys: keys[1:]),
    "without its last key": _keys(lambda keys: keys[:-1]),
    "up to its fourth key": _keys(lambda keys: keys[:4]),
}
BLURS |= {f"{how}, each": _each(rule) for how, rule in BLURS.items()}
