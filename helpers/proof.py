"""Proofs below the cells: one helper prints a claim and asserts it, so that the bound shown holds.

    proof.holds("one impossible word makes the mean infinite", mean, at_least=math.inf)
    proof.holds("each longer context is better", perplexities, falling=True)
    proof.holds("no sentence stands in both texts", not train & test)
    proof.equal("equals torch's layer", mine, theirs, within=1e-6)

Each prints one line: tick, claim, number seen, bound. The number has so few digits that the line
is the same on every machine; what is nothing but rounding goes to `equal`, which shows the bound
alone. torch is not needed: its tensors are read as arrays.
"""

import math
import operator
import re
import textwrap

import numpy as np

CLAIM, SEEN = 52, 10  # columns of the claim and of the number seen
FEW = 6  # so many numbers are shown one by one; more as "first to last" or "least to most"
ROUNDING = 1e-6  # a difference so small may be another one on the next machine
CURE = """\
  In the course's own run this held. If you changed a cell above, your change did this;
  if you did not, restart the kernel and run the cells above in their order."""
ORDER = {"at least": operator.ge, "at most": operator.le, "above": operator.gt,
         "below": operator.lt}


def holds(
    claim: str, seen: object, *, at_least: float | None = None, at_most: float | None = None,
    above: float | None = None, below: float | None = None, between: tuple | None = None,
    equals: object = None, within: float = 0.0, rising: bool = False, falling: bool = False,
    digits: int = 3,
) -> None:
    """Print the claim, what was seen and its bounds; AssertionError if one does not hold.

    seen: True or False, without a bound; a number; or a list, array or tensor of numbers, and
    then every element must keep the bounds. `at_least`, `at_most` and both ends of `between` are
    themselves allowed, `above` and `below` are not. equals: a number, give or take `within`; or
    a text or list that `seen` must be exactly. rising, falling: each element against the one
    before it. digits: how many are shown (more, where the bound is so near that it takes them);
    0 hides a number that differs from machine to machine. NaN keeps no bound, and an empty list
    proves nothing.

    ValueError for a number without a bound. Where this machine's corpora are not the course's, a
    claim that fails is printed and not raised.
    """
    __tracebackhide__ = True
    if between is not None:
        at_least, at_most = between
    bounds = {"at least": at_least, "at most": at_most, "above": above, "below": below,
              "equals": equals, "rising": rising or None, "falling": falling or None}
    bounds = {word: bound for word, bound in bounds.items() if bound is not None}
    values, wanted = _values(seen), _values(equals)
    if values is not None and values.dtype == bool and not bounds:
        _say(bool(values.size and values.all()), claim)
    elif bounds.keys() == {"equals"} and (values is None or wanted is None or wanted.ndim):
        _say(_same(seen, equals), claim, _short(seen), f"exactly {_short(equals)}")
    elif values is None or not bounds:
        raise ValueError(f"{claim!r}: {_short(seen)} proves nothing by itself; give a number and "
                         "a bound, such as at_least=0.9, or what is True or False")
    else:
        held = _keep(values, bounds, within)
        shown = _shown(values, bounds, within, digits or 3, held)
        _say(held, claim, shown if digits or not held else "", _words(bounds, within))


def equal(claim: str, mine: object, theirs: object, within: float = ROUNDING) -> None:
    """Print that no element of `mine` is further than `within` from its own in `theirs`.

    mine, theirs: numbers, lists, arrays or tensors of one shape; theirs may be a single number.
    What is printed is the bound, since the difference itself is rounding. AssertionError with
    the largest difference, or with the two shapes.
    """
    __tracebackhide__ = True
    mine, theirs = _values(mine), _values(theirs)
    if mine is None or theirs is None:
        raise ValueError(f"{claim!r}: equal compares numbers; texts go to holds(..., equals=...)")
    if theirs.ndim and mine.shape != theirs.shape:
        _say(False, claim, f"shape {mine.shape}", f"shape {theirs.shape}")
        return
    gaps = _gaps(mine, theirs)
    held = bool(gaps.size and (gaps <= within).all())
    largest = _text(_rounded(gaps.max(), 3)) if gaps.size else "nothing"
    _say(held, claim, "" if held else largest, f"difference at most {_text(within)}")


def _values(seen: object) -> np.ndarray | None:
    """Numbers or truth values as an array, floats in double precision; None for other things."""
    if hasattr(seen, "detach"):  # a tensor
        seen = seen.detach().cpu().numpy()
    try:
        values = np.asarray(seen)
    except ValueError:  # rows of different length
        return None
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    return values if values.dtype.kind in "biu" or not values.size else None


def _gaps(mine: np.ndarray, theirs: np.ndarray | float) -> np.ndarray:
    """Differences without sign; 0 where both are the same, infinite or not."""
    with np.errstate(invalid="ignore"):
        return np.where(mine == theirs, 0.0, np.abs(np.subtract(mine, theirs, dtype=float)))


def _same(seen: object, wanted: object) -> bool:
    values, others = _values(seen), _values(wanted)
    if values is None or others is None:
        return bool(seen == wanted)
    return values.size > 0 and np.array_equal(values, others)


def _keep(values: np.ndarray, bounds: dict, within: float) -> bool:
    """Whether there are values, and all of them keep all bounds."""
    found = [values.size > 0]
    for word, bound in bounds.items():
        if word in ORDER:
            found.append(ORDER[word](values, bound).all())
        elif word == "equals":
            found.append((_gaps(values, bound) <= within).all())
        else:
            after, row = ORDER["above" if word == "rising" else "below"], values.ravel()
            found.append(row.size > 1 and after(row[1:], row[:-1]).all())
    return all(map(bool, found))


def _shown(values: np.ndarray, bounds: dict, within: float, digits: int, held: bool) -> str:
    """The values as words, with so many digits that what is shown holds, or fails, as they do."""
    if not values.size:
        return "nothing"
    in_order = "rising" in bounds or "falling" in bounds
    row, between = values.ravel(), ", "
    if row.size > FEW:
        row = row[[0, -1]] if in_order else np.array([row.min(), row.max()])
        between = " to "
    if "equals" in bounds:
        row = np.where(_gaps(row, bounds["equals"]) <= min(within, ROUNDING), bounds["equals"], row)
    for enough in (*range(digits, 18), digits):
        few = [_rounded(value, enough) for value in row.tolist()]
        if _keep(np.array(few), bounds, within) == held:
            break
    return between.join(map(_text, few))


def _words(bounds: dict, within: float) -> str:
    """The bounds as they are read: "at least 0.9", "1.63 ± 0.05", "falling"."""
    said = []
    for word, bound in bounds.items():
        number = _text(_rounded(bound, 6))
        if word == "equals":
            said.append(f"{number} ± {_text(within)}" if within else f"exactly {number}")
        else:
            said.append(word if word in ("rising", "falling") else f"{word} {number}")
    return ", ".join(said)


def _rounded(number: float, digits: int) -> float:
    """So many significant digits; whole numbers below a million stay whole."""
    number = number.item() if hasattr(number, "item") else number
    if isinstance(number, int) or not math.isfinite(number):
        return number
    whole = len(str(int(abs(number)))) if 1 <= abs(number) < 1e6 else 0
    return float(f"{number:.{max(digits, whole)}g}") + 0.0


def _text(number: float) -> str:
    """A number as it is read: 1,234 and 0.05 and 1e-6 and inf; no -0 and no trailing .0."""
    huge = isinstance(number, float) and abs(number) >= 1e9
    said = f"{number:.6g}" if huge else f"{number + 0:,}".removesuffix(".0")
    return re.sub(r"e([+-])0*", lambda sign: "e" + sign[1].strip("+"), said)


def _short(seen: object) -> str:
    values = _values(seen)
    if values is not None and values.size and values.dtype != bool:
        return ", ".join(_text(_rounded(value, 6)) for value in values.ravel()[:2 * FEW])
    return textwrap.shorten(str(seen), 40, placeholder=" ...")


def _say(held: bool, claim: str, shown: str = "", bound: str = "") -> None:
    """Print the line of a claim that holds; raise that of one that does not."""
    __tracebackhide__ = True
    *lines, last = textwrap.wrap(claim, CLAIM) or [""]
    lines.append(f"{last:<{CLAIM}}  {shown:>{SEEN}}  {bound}".rstrip())
    line = f"{'✔' if held else '✘'} " + "\n  ".join(lines)
    if held:
        print(line)
    elif texts := _other_texts():
        print(f"{line}\n  No fault of yours: {texts} on this machine is another text than the one "
              "the\n  course's numbers were made on.")
    else:
        raise AssertionError(f"{line}\n{CURE}")


def _other_texts() -> str:
    """The corpora that this machine built otherwise than the course did, by name; or nothing."""
    from helpers import corpora  # only here: a proof that holds needs no text

    return " and ".join(corpora.changed())
