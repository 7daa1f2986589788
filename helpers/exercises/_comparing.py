"""What a check is made of: comparisons that fail with the numbers seen, in words."""

import copy
import math
import numbers
import re
import reprlib

import numpy as np

BOOLS = (bool, np.bool_)
_short = reprlib.Repr()
_short.maxstring = _short.maxother = 160
_short.maxlist = _short.maxtuple = _short.maxdict = _short.maxset = 8


class Feedback(Exception):
    """What a check says to the learner: the first property that does not hold."""


def expect(condition: bool, message: str) -> None:
    """Raise Feedback(message) unless the condition holds."""
    if not condition:
        raise Feedback(message)


def fresh(value: object) -> object:
    """A deep copy: hand it to the learner's function, so that a change of it harms nothing."""
    return copy.deepcopy(value)


def expect_number(got: object, wanted: float, what: object, tolerance: float = 1e-6) -> None:
    """`got` is a number within `tolerance` (relative or absolute) of `wanted`.

    what: a call such as f(3) ("f(3) returned ...") or a noun ("the sum is ...").
    """
    seen, target = _number(got), _number(wanted)
    if seen is None:
        raise Feedback(f"{_said(what)} {oddity(got)}, expected the number {show(wanted)}")
    if seen != target and not (math.isnan(seen) and math.isnan(target)):
        close = math.isclose(seen, target, rel_tol=tolerance, abs_tol=tolerance)
        pair = (show(seen), show(target))
        pair = pair if pair[0] != pair[1] else (repr(seen), repr(target))
        note = " (not a number)" if math.isnan(seen) else ""
        expect(close, f"{_said(what)} {pair[0]}{note}, expected {pair[1]}")


def expect_equal(got: object, wanted: object, what: object) -> None:
    """`got` equals `wanted` and is of its kind: a tuple is no list, True is no 1."""
    if not same(got, wanted):
        seen = show(got) if type(got) is type(wanted) else oddity(got)
        difference = _difference(got, wanted)
        raise Feedback(f"{_said(what)} {seen}, expected {show(wanted)}{difference}")


def expect_close(got: object, wanted: object, what: object, tolerance: float = 1e-6) -> None:
    """`got`, a sequence, array or tensor, has the shape and the numbers of `wanted`."""
    seen, target = _array(got), _array(wanted)
    if seen is None or (seen.dtype == bool) != (target.dtype == bool):
        kind = "True or False" if target.dtype == bool else "numbers"
        raise Feedback(f"{_said(what)} {oddity(got)}, expected {kind} of shape {target.shape}")
    if seen.shape != target.shape:
        raise Feedback(f"{_said(what)} an array of shape {seen.shape}, expected {target.shape}")
    close = np.isclose(seen, target, rtol=tolerance, atol=tolerance, equal_nan=True)
    if not close.all():
        place = tuple(int(i) for i in np.argwhere(~close)[0])
        where = f" at {list(place)}" if place else ""
        numbers_seen = f"{show(seen[place])}{where}, expected {show(target[place])}"
        wrong = int((~close).sum())
        count = f" ({wrong} of {close.size} places differ)" if close.size > 1 else ""
        raise Feedback(f"{_said(what)} {numbers_seen}{count}")


def show(value: object) -> str:
    """A value on one short line: numbers with six digits, long things cut."""
    number = None if isinstance(value, numbers.Integral) else _number(value)
    if number is not None:
        return f"{number:.6g}"
    plain = value.item() if isinstance(value, np.generic) else value
    try:
        return one_line(_short.repr(plain))
    except Exception:
        return f"something of type {type(value).__name__}"


def one_line(text: str) -> str:
    """The rows of a printed array in one line; blanks within texts stay."""
    return re.sub(r"\s*\n\s*", " ", text)


def unchanged(given: object, before: object) -> bool:
    """Tell whether an argument is what it was before the call; a generator may have moved on."""
    if type(given) is not type(before):
        return False
    if isinstance(given, np.random.Generator):
        return True
    if isinstance(given, dict):
        return list(given) == list(before) and all(unchanged(given[k], before[k]) for k in before)
    if isinstance(given, (list, tuple)):
        pairs = zip(given, before, strict=False)
        return len(given) == len(before) and all(unchanged(a, b) for a, b in pairs)
    if hasattr(given, "detach"):
        return unchanged(given.detach().numpy(), before.detach().numpy())
    if isinstance(given, np.ndarray):
        same_kind = (given.dtype, given.shape) == (before.dtype, before.shape)
        return same_kind and given.tobytes() == before.tobytes()
    if isinstance(given, float) and math.isnan(given):
        return math.isnan(before)
    return same(given, before)


def _said(what: object) -> str:
    return f"{what} returned" if str(what).endswith(")") else f"{what} is"


def oddity(value: object) -> str:
    """An unwanted value with its kind in words."""
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, str):
        return f"the text {show(value)}"
    shape = f", shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return f"{show(value)} (of type {type(value).__name__}{shape})"


def _number(value: object) -> float | None:
    """The number in a Python, numpy or torch scalar; None for everything else, bools too."""
    array = None if isinstance(value, (str, bytes, *BOOLS)) else _array(value)
    return None if array is None or array.ndim or array.dtype == bool else float(array)


def _array(value: object) -> np.ndarray | None:
    """An array of numbers or of bools; None where `value` is not a rectangle of them."""
    try:
        array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
        if array.dtype == object and all(isinstance(x, numbers.Real) for x in array.flat):
            array = array.astype(float)  # fractions, very large whole numbers
    except Exception:
        return None
    return array if array.dtype.kind in "biuf" else None


def same(got: object, wanted: object) -> bool:
    """Tell whether two values are equal and of one kind, whatever they are."""
    if isinstance(got, BOOLS) != isinstance(wanted, BOOLS):
        return False
    try:
        if isinstance(got, np.ndarray) or isinstance(wanted, np.ndarray):
            return (type(got) is type(wanted) and np.array_equal(got, wanted)
                    and (got.dtype == bool) == (wanted.dtype == bool))
        return bool(got == wanted)
    except Exception:
        return False


def _difference(got: object, wanted: object) -> str:
    """Where two collections of one kind differ first; "" for everything else."""
    if type(got) is not type(wanted):
        return ""
    if isinstance(got, dict):
        if got.keys() == wanted.keys():
            place = next(key for key in wanted if not same(got[key], wanted[key]))
            return f": at {show(place)} it holds {show(got[place])}, not {show(wanted[place])}"
        got, wanted = set(got), set(wanted)
    if isinstance(got, (set, frozenset)):
        gaps = {"missing": wanted - got, "too much": got - wanted}
        return ": " + ", ".join(f"{name} {show(gap)}" for name, gap in gaps.items() if gap)
    if not isinstance(got, (list, tuple, str)):
        return ""
    if len(got) != len(wanted):
        return f": its length is {len(got)}, not {len(wanted)}"
    place = next(i for i in range(len(got)) if not same(got[i], wanted[i]))
    return f": at [{place}] it holds {show(got[place])}, not {show(wanted[place])}"
