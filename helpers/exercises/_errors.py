"""An exception in the learner's code, in words: what stopped, at which line, of which shapes."""

import linecache
import re
import traceback
from types import CodeType, FrameType, FunctionType, MethodType

import numpy as np

from helpers.exercises import _shapes


class TimeUp(BaseException):
    """Raised inside the learner's code when the time is over; `except Exception` lets it pass."""


def text(error: BaseException) -> str:
    """What an exception says; "" if it says nothing, or cannot."""
    try:
        return str(error)[:300]
    except Exception:
        return ""


def alike(one: BaseException, other: BaseException) -> bool:
    """Tell whether two exceptions are the same fault. (How 0/0 is worded differs by version.)"""
    if type(one) is not type(other):
        return False
    return isinstance(one, ArithmeticError) or text(one) == text(other)


def plain(error: BaseException) -> str:
    """An exception by its name and what it says, in plain words if it is about shapes."""
    return f"{type(error).__name__}: {_shapes.in_words(text(error)) or text(error)}".rstrip(": ")


def place(error: BaseException, answer: object) -> str:
    """The line of the learner's code that stopped, such as "in line 3: `h = W @ x`".

    If it is about shapes, with those of the names in it. "" if the learner's code was not reached.
    """
    step = _learners_step(error, answer)
    if step is None:
        return ""
    frame, number = step
    line = linecache.getline(frame.f_code.co_filename, number).strip()
    sizes = _sizes(line, frame) if _shapes.in_words(text(error)) else ""
    where = f"in line {number}: `{line}`" if line else f"in line {number}"
    return f"{where}, where {sizes}" if sizes else where


def functions_of(answer: object) -> list[FunctionType]:
    """The function itself, or those of a class, or of the class of the learner's object."""
    if isinstance(answer, (FunctionType, MethodType)):
        return [getattr(answer, "__func__", answer)]
    kind = answer if isinstance(answer, type) else type(answer)
    known = kind is answer or kind.__module__ == "__main__"
    return [item for item in vars(kind).values() if known and isinstance(item, FunctionType)]


def _learners_step(error: BaseException, answer: object) -> tuple[FrameType, int] | None:
    """The deepest frame and line of the learner's own module; None if it was never entered."""
    codes = {function.__code__ for function in functions_of(answer)}
    steps = list(traceback.walk_tb(error.__traceback__))
    first = next((i for i, step in enumerate(steps) if _is_learners(step[0], codes)), None)
    if first is None:
        return None
    home = steps[first][0].f_globals
    return [step for step in steps[first:] if step[0].f_globals is home][-1]


def _is_learners(frame: FrameType, codes: set[CodeType]) -> bool:
    return frame.f_code in codes or frame.f_globals.get("__name__") == "__main__"


def _sizes(line: str, frame: FrameType) -> str:
    """The shapes of what a line of code names, such as "h is one number"."""
    names = dict.fromkeys(re.findall(r"[^\W\d]\w*", line))
    said = {name: _size(frame.f_locals.get(name)) for name in names}
    return ", ".join(f"{name} {size}" for name, size in said.items() if size)


def _size(value: object) -> str:
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return "is one number"
    if type(value) in (list, tuple):
        return f"is a {type(value).__name__} of {len(value)}"
    shape = getattr(value, "shape", None)
    if type(value).__module__.partition(".")[0] not in ("numpy", "torch") or shape is None:
        return ""
    return f"has the shape {tuple(shape)}" if len(shape) else "is one number"
