"""The engine of the exercises: compare, judge within two seconds, and the door learners use.

A check is a function of the learner's answer: a sequence of `expect...` calls. The first one
that does not hold ends the check, and its message, with the numbers seen, is the feedback.
"""

import contextlib
import contextvars
import copy
import ctypes
import dis
import inspect
import io
import linecache
import math
import numbers
import reprlib
import sys
import textwrap
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from types import FrameType, FunctionType, MethodType

import numpy as np

from helpers import progress

SECONDS = 2.0  # a check that runs longer is stopped
PRINTED = 600  # characters of the learner's own prints that are shown
SOURCE = 100_000  # characters of an attempt that are kept
BOOLS = (bool, np.bool_)
STUB_CODE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
_short = reprlib.Repr()
_short.maxstring = _short.maxother = 160
_short.maxlist = _short.maxtuple = _short.maxdict = _short.maxset = 8


class Feedback(Exception):
    """What a check says to the learner: the first property that does not hold."""


class _TimeUp(BaseException):
    """Raised inside the learner's code when the time is over; `except Exception` lets it pass."""


@dataclass(frozen=True)
class Wrong:
    """A plausible mistake, and a piece of the feedback that it must get."""

    answer: object
    feedback: str

    def __post_init__(self) -> None:
        if not self.feedback:
            raise ValueError("a wrong answer needs a piece of the feedback that it must get")


@dataclass(frozen=True)
class Exercise:
    """One exercise. Raises ValueError, naming the field, if it is not complete.

    check: called with the learner's answer. solution: the reference, a function or a value.
    right: other right answers, none or at least two. wrong: four or more. hints: from vague to
    concrete. reread: heading of the paragraph to read again. moral: what a right answer means.
    """

    id: str
    title: str
    _: KW_ONLY
    minutes: int
    starred: bool
    hints: tuple[str, ...]
    check: Callable[[object], None]
    solution: object
    wrong: tuple[Wrong, ...]
    reread: str
    right: tuple = ()
    moral: str = ""

    def __post_init__(self) -> None:
        faults = {
            "id, title and reread": all([self.id, self.title, self.reread]) or "must not be empty",
            "minutes": self.minutes > 0 or f"is {self.minutes}, must be positive",
            "hints": _many(self.hints, str, 2) or "must be a tuple of two or more texts",
            "check": callable(self.check) or "must be a function of the answer",
            "right": len(self.right) != 1 or "holds one other answer, give two or none",
            "wrong": _many(self.wrong, Wrong, 4) or "must be a tuple of four or more Wrong",
        }
        for name, fault in faults.items():
            if fault is not True:
                raise ValueError(f"exercise {self.id!r}: {name} {fault}")


def _many(values: object, kind: type, least: int) -> bool:
    whole = isinstance(values, tuple) and len(values) >= least
    return whole and all(isinstance(value, kind) and value for value in values)


@dataclass(frozen=True)
class Verdict:
    """status: "passed", "failed" or "not attempted"; printed: what the learner's code printed."""

    status: str
    message: str = ""
    printed: str = ""


# --- what a check is made of ---------------------------------------------------------------------


def expect(condition: bool, message: str) -> None:
    """Raise Feedback(message) unless the condition holds."""
    if not condition:
        raise Feedback(message)


def fresh(value: object) -> object:
    """A deep copy: hand it to the learner's function, so that a change of it harms nothing."""
    return copy.deepcopy(value)


def expect_number(got: object, wanted: float, what: str, tolerance: float = 1e-9) -> None:
    """`got` is a number within `tolerance` (relative or absolute) of `wanted`.

    what: a call such as 'f(3)' ("f(3) returned ...") or a noun ("the sum is ...").
    """
    seen, target = _number(got), _number(wanted)
    if seen is None:
        raise Feedback(f"{_said(what)} {_oddity(got)}, expected the number {show(wanted)}")
    if seen != target and not (math.isnan(seen) and math.isnan(target)):
        close = math.isclose(seen, target, rel_tol=tolerance, abs_tol=tolerance)
        pair = (show(seen), show(target))
        pair = pair if pair[0] != pair[1] else (repr(seen), repr(target))
        note = " (not a number)" if math.isnan(seen) else ""
        expect(close, f"{_said(what)} {pair[0]}{note}, expected {pair[1]}")


def expect_not(got: object, mistaken: float, message: str) -> None:
    """`got` is not the number that a well-known mistake gives; the message names the mistake."""
    seen = _number(got)
    same = seen is not None and math.isclose(seen, mistaken, rel_tol=1e-9, abs_tol=1e-12)
    expect(not same, message)


def expect_equal(got: object, wanted: object, what: str) -> None:
    """`got` equals `wanted` and is of its kind: a tuple is no list, True is no 1."""
    if not _same(got, wanted):
        seen = show(got) if type(got) is type(wanted) else _oddity(got)
        difference = _difference(got, wanted)
        raise Feedback(f"{_said(what)} {seen}, expected {show(wanted)}{difference}")


def expect_close(got: object, wanted: object, what: str, tolerance: float = 1e-6) -> None:
    """`got`, a sequence, array or tensor, has the shape and the numbers of `wanted`."""
    seen, target = _array(got), _array(wanted)
    if seen is None or (seen.dtype == bool) != (target.dtype == bool):
        kind = "True or False" if target.dtype == bool else "numbers"
        raise Feedback(f"{_said(what)} {_oddity(got)}, expected {kind} of shape {target.shape}")
    shapes = f"{seen.shape}, expected {target.shape}"
    expect(seen.shape == target.shape, f"{_said(what)} an array of shape {shapes}")
    close = np.isclose(seen, target, rtol=tolerance, atol=tolerance, equal_nan=True)
    if not close.all():
        place = tuple(int(i) for i in np.argwhere(~close)[0])
        numbers_seen = f"{show(seen[place])} at {list(place)}, expected {show(target[place])}"
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
        return " ".join(_short.repr(plain).split())
    except Exception:
        return f"something of type {type(value).__name__}"


def _said(what: str) -> str:
    return f"{what} returned" if what.endswith(")") else f"{what} is"


def _oddity(value: object) -> str:
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


def _same(got: object, wanted: object) -> bool:
    if isinstance(got, BOOLS) != isinstance(wanted, BOOLS):
        return False
    try:
        if isinstance(got, np.ndarray) or isinstance(wanted, np.ndarray):
            return type(got) is type(wanted) and np.array_equal(got, wanted)
        return bool(got == wanted)
    except Exception:
        return False


def _difference(got: object, wanted: object) -> str:
    """Where two collections of one kind differ first; "" for everything else."""
    if type(got) is not type(wanted):
        return ""
    if isinstance(got, dict):
        if got.keys() == wanted.keys():
            place = next(key for key in wanted if not _same(got[key], wanted[key]))
            return f": at {show(place)} it holds {show(got[place])}, not {show(wanted[place])}"
        got, wanted = set(got), set(wanted)
    if isinstance(got, (set, frozenset)):
        gaps = {"missing": wanted - got, "too much": got - wanted}
        return ": " + ", ".join(f"{name} {show(gap)}" for name, gap in gaps.items() if gap)
    if not isinstance(got, (list, tuple, str)):
        return ""
    if len(got) != len(wanted):
        return f": its length is {len(got)}, not {len(wanted)}"
    place = next(i for i in range(len(got)) if not _same(got[i], wanted[i]))
    return f": at [{place}] it holds {show(got[place])}, not {show(wanted[place])}"


# --- judging an answer ---------------------------------------------------------------------------


def untouched(answer: object) -> bool:
    """True for `...`, a function or class of nothing but `...`, a collection that holds one."""
    if isinstance(answer, (list, tuple, set, frozenset)):
        return any(map(untouched, answer))
    if isinstance(answer, dict):
        return any(map(untouched, answer.values()))
    if isinstance(answer, (type, FunctionType, MethodType)):
        functions = _functions(answer)
        return bool(functions) and all(map(_is_stub, functions))
    return answer is ...


def judge(exercise: Exercise, answer: object) -> Verdict:
    """Check an answer. Never raises, never shows a traceback, ends after two seconds."""
    sink = _Sink()
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(_Sink()):
        verdict = _within_limit(lambda: _examine(exercise, answer))
    return replace(verdict, printed=sink.text)


class _Sink(io.TextIOBase):
    """Keeps the first characters that are printed, so that no loop of prints can flood."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: PRINTED - len(self.text)]
        return len(text)


def _examine(exercise: Exercise, answer: object) -> Verdict:
    try:
        if untouched(answer):
            return Verdict("not attempted", "not attempted yet.")
        exercise.check(answer)
        return Verdict("passed", "right.")
    except _TimeUp:
        raise
    except Feedback as feedback:
        return Verdict("failed", str(feedback))
    except BaseException as error:
        return Verdict("failed", _stopped(error, answer))


def _within_limit(work: Callable[[], Verdict]) -> Verdict:
    """Run `work` in a thread of its own, so that this one goes on whatever happens there.

    The thread is struck by _TimeUp only while `unfinished` says so, under the lock.
    """
    verdicts, lock, finished = [], threading.Lock(), threading.Event()

    def run() -> None:
        try:
            verdicts.append(work())
            with lock:
                finished.set()
        except _TimeUp:
            finished.set()

    context = contextvars.copy_context()  # numpy keeps its error settings there
    worker = threading.Thread(target=context.run, args=(run,), daemon=True)
    worker.start()
    try:
        if finished.wait(SECONDS):
            return verdicts[0]
        message = f"it was stopped after {SECONDS:g} seconds. Is there a loop that never ends?"
    except KeyboardInterrupt:
        message = "the check was interrupted."
    if not _strike(worker, lock, finished):
        message += " It still runs: restart the kernel."
    return Verdict("failed", message)


def _strike(worker: threading.Thread, lock: threading.Lock, finished: threading.Event) -> bool:
    """Raise _TimeUp in the worker, again where it was swallowed; tell whether it has ended."""
    for _ in range(5):
        with lock:
            if not finished.is_set():
                thread = ctypes.c_ulong(worker.ident)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(_TimeUp))
        if finished.wait(0.1) or not worker.is_alive():
            return True
    return False


def _stopped(error: BaseException, answer: object) -> str:
    """An exception in one sentence, with the line of the learner's code if it came from there."""
    try:
        text = f"{type(error).__name__}: {error}"[:300].removesuffix(": ")
    except Exception:
        text = type(error).__name__
    codes = {function.__code__ for function in _functions(answer)}
    steps = [step for step in traceback.walk_tb(error.__traceback__) if not _ours(step[0])]
    starts = [
        i for i, (frame, _) in enumerate(steps)
        if frame.f_code in codes or frame.f_globals.get("__name__") == "__main__"
    ]
    if not starts:
        return f"the check could not use your answer: {text}"
    home = steps[starts[0]][0].f_globals
    frame, number = [step for step in steps[starts[0] :] if step[0].f_globals is home][-1]
    line = linecache.getline(frame.f_code.co_filename, number).strip()
    place = f"line {number}: `{line}`" if line else f"line {number}"
    return f"your function stopped with {text} ({place})"


def _ours(frame: FrameType) -> bool:
    return frame.f_globals is globals()


def _functions(answer: object) -> list[FunctionType]:
    """The function itself, or those of a class, or of the class of the learner's object."""
    if isinstance(answer, (FunctionType, MethodType)):
        return [getattr(answer, "__func__", answer)]
    kind = answer if isinstance(answer, type) else type(answer)
    known = kind is answer or kind.__module__ == "__main__"
    return [item for item in vars(kind).values() if known and isinstance(item, FunctionType)]


def _is_stub(function: FunctionType) -> bool:
    """Only a docstring, `...` or `pass`: the bytecode does nothing but return None."""
    return all(
        step.opname in STUB_CODE
        and ("CONST" not in step.opname or step.argval is None or step.argval is ...)
        for step in dis.get_instructions(function)
    )


# --- the door ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """The exercises of one notebook, as the learner meets them: everything is printed."""

    exercises: tuple[Exercise, ...]
    _hints: Counter = field(default_factory=Counter, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exercises", tuple(self.exercises))
        twice = [id for id, n in Counter(e.id for e in self.exercises).items() if n > 1]
        if twice:
            raise ValueError(f"exercise ids must differ, but {twice} stand more than once")

    def check(self, id: str, answer: object) -> None:
        """Print a tick, or the first property that does not hold; keep the attempt."""
        exercise = self._find(id)
        if exercise is not None:
            verdict = judge(exercise, answer)
            if verdict.status != "not attempted":
                passed = verdict.status == "passed"
                progress.record("attempt", exercise.id, passed=passed, source=_source(answer))
            _say(*_report(exercise, verdict))

    def hint(self, id: str) -> None:
        """Print the next hint; after the last one all of them, and the way to the solution."""
        exercise = self._find(id)
        if exercise is not None:
            self._hints[exercise.id] += 1
            number = self._hints[exercise.id]
            progress.record("hint", exercise.id, number=min(number, len(exercise.hints)))
            _say(*_hint(exercise, number))

    def solution(self, id: str) -> None:
        """Print the reference solution, ready to paste; progress notes that it was read."""
        exercise = self._find(id)
        if exercise is not None:
            progress.record("solution", exercise.id)
            _say(_source(exercise.solution))

    def board(self) -> list[tuple[str, str, bool, int, str]]:
        """Rows (id, title, starred, minutes, status); status as in Verdict, best attempt ever."""
        tried = {event["id"] for event in progress.events() if event["kind"] == "attempt"}
        status = dict.fromkeys(tried, "failed") | dict.fromkeys(progress.passed(), "passed")
        return [
            (e.id, e.title, e.starred, e.minutes, status.get(e.id, "not attempted"))
            for e in self.exercises
        ]

    def _find(self, id: str) -> Exercise | None:
        found = next((e for e in self.exercises if e.id == str(id)), None)
        if found is None:
            known = ", ".join(f'"{e.id}"' for e in self.exercises)
            _say(f"There is no exercise {show(id)} in this notebook; there are {known}.")
        return found


def _report(exercise: Exercise, verdict: Verdict) -> list[str]:
    """What a check prints; of the stored progress only failed attempts, for a failed one."""
    mark = {"passed": "✔", "failed": "✘", "not attempted": "…"}[verdict.status]
    lines = [f"{mark} {exercise.id} {exercise.title}: {verdict.message}"]
    if verdict.status == "passed":
        return [*lines, exercise.moral]
    if verdict.status == "failed":
        if verdict.printed.strip():
            lines.append(f"Your code printed: {verdict.printed.strip()}")
        if sum(not attempt.get("passed") for attempt in progress.attempts(exercise.id)) >= 2:
            lines.append(f"Read again: {exercise.reread}")
            lines.append(f'A hint: exercises.hint("{exercise.id}")')
    return lines


def _hint(exercise: Exercise, number: int) -> list[str]:
    total, solution = len(exercise.hints), f'One answer: exercises.solution("{exercise.id}")'
    if number > total:
        return [*(f"Hint {n}: {text}" for n, text in enumerate(exercise.hints, 1)), solution]
    line = f"Hint {number} of {total}: {exercise.hints[number - 1]}"
    return [line, f"Still to come: {total - number}." if number < total else solution]


def _source(answer: object) -> str:
    """The source of a function or class, else the value; at most SOURCE characters."""
    for things in ([answer], _functions(answer)):
        with contextlib.suppress(Exception):
            source = "\n".join(textwrap.dedent(inspect.getsource(thing)) for thing in things)
            return (source or repr(answer)).rstrip()[:SOURCE]
    return show(answer)


def _say(*lines: str) -> None:
    """Print the lines that are not empty; what the screen cannot show is written as an escape."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    for line in filter(None, lines):
        print(line.encode(encoding, "backslashreplace").decode(encoding))
