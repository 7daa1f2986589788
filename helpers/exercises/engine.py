"""The engine of the exercises: the record of one, its judge, and the door learners use.

An answer is compared with the reference, on the inputs that are written down and on some random
ones. Where it differs, it is compared with each known mistake: the one that explains what was
seen speaks, else the numbers do.
"""

import functools
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field

import numpy as np

from helpers import progress
from helpers.exercises import _judging, _showing, _using
from helpers.exercises._comparing import (
    Feedback,
    expect,
    expect_close,
    expect_equal,
    expect_number,
    fresh,
    show,
)
from helpers.exercises._examining import examine
from helpers.exercises._judging import Verdict, source_of, untouched

__all__ = [
    "Door", "Exercise", "Feedback", "Mistake", "Verdict", "expect", "expect_close",
    "expect_equal", "expect_number", "fresh", "judge", "show", "untouched",
]  # fmt: skip


@dataclass(frozen=True)
class Mistake:
    """A plausible wrong answer, and the sentence for a learner whose results are the same."""

    answer: object
    sentence: str

    def __post_init__(self) -> None:
        if not self.sentence:
            raise ValueError("a mistake needs the sentence that tells a learner of it")


@dataclass(frozen=True)
class Exercise:
    """One exercise. Raises ValueError, naming the field, if it is not complete.

    solution: the reference, a function or a value. right: other right answers, none or at least
    two. mistakes: four or more. hints: from vague to concrete. reread: heading of the paragraph
    to read again. moral: what a right answer means.

    For a function: examples: tuples of arguments, on which each mistake shows and no two look
    alike. cases(rng): one more such tuple, drawn from all that the task allows, away from ties
    of rounding. compare(got, wanted, call): an `expect_...`; `call` has `.arguments`. A dict is
    compared value by value, a tuple too if `parts` names its parts; the first in `parts` is
    looked at first. check(answer): what cannot be said so; it raises Feedback.
    picture(answer): a failed answer as (Figure, the sentence that says what it shows) or None.
    """

    id: str
    title: str
    _: KW_ONLY
    minutes: int
    starred: bool
    hints: tuple[str, ...]
    solution: object
    mistakes: tuple[Mistake, ...]
    reread: str
    examples: tuple[tuple, ...] = ()
    cases: Callable[[np.random.Generator], tuple] | None = None
    compare: Callable[[object, object, object], None] = expect_equal
    parts: tuple[str, ...] = ()
    check: Callable[[object], None] | None = None
    picture: Callable[[object], tuple | None] | None = None
    right: tuple = ()
    moral: str = ""

    def __post_init__(self) -> None:
        called = callable(self.solution)
        faults = {
            "id, title and reread": all([self.id, self.title, self.reread]) or "must not be empty",
            "minutes": self.minutes > 0 or f"is {self.minutes}, must be positive",
            "hints": _many(self.hints, str, 2) or "must be a tuple of two or more texts",
            "right": len(self.right) != 1 or "holds one other answer, give two or none",
            "mistakes": _many(self.mistakes, Mistake, 4) or "must be a tuple of four or more",
            "examples": not called or _many(self.examples, tuple, 1) or "must be a tuple of tuples",
            "cases": not called or callable(self.cases) or "must be a function of a generator",
        }
        for name, fault in faults.items():
            if fault is not True:
                raise ValueError(f"exercise {self.id!r}: {name} {fault}")


def _many(values: object, kind: type, least: int) -> bool:
    whole = isinstance(values, tuple) and len(values) >= least
    return whole and all(isinstance(value, kind) and value for value in values)


def judge(exercise: Exercise, answer: object) -> Verdict:
    """Check an answer. Never raises, never shows a traceback, ends after two seconds."""
    return _judging.judge(functools.partial(examine, exercise), answer)


def picture_of(exercise: Exercise, answer: object, verdict: Verdict) -> tuple | None:
    """(Figure, sentence) of a failed answer, or None. Never raises, ends after two seconds.

    An answer that had to be stopped is not run again.
    """
    if (exercise.picture is None or verdict.status != "failed"
            or _judging.STOPPED in verdict.message):
        return None
    drawn = []
    _judging.judge(lambda answer, made: drawn.append(exercise.picture(answer)), answer)
    return next(iter(drawn), None)


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
        """Print a tick, or the first property that does not hold; keep the attempt.

        Of an exercise that has a picture of a failed answer, it is shown below.
        """
        try:
            exercise = self._find(id)
            if exercise is not None:
                answer = _using.own(answer)
                verdict = judge(exercise, answer)
                if verdict.status != "not attempted":
                    passed = verdict.status == "passed"
                    progress.record("attempt", exercise.id, passed=passed, source=verdict.source)
                _say(*_report(exercise, verdict))
                _show(picture_of(exercise, answer, verdict))
        except KeyboardInterrupt:
            _say("The check was interrupted.")

    def mine(self, id: str, answer: object) -> object:
        """The answer if it passes now, else the reference, and a printed line that says so.

        A function that passes is also replaced, with a line, when a call of it raises or takes
        more than two seconds later on.
        """
        exercise = self._find(id)
        if exercise is None:
            return answer
        answer, reserve = _using.own(answer), exercise.solution
        verdict, name = judge(exercise, answer), getattr(reserve, "__name__", "answer")
        if verdict.message.startswith(_judging.INTERRUPTED):
            raise KeyboardInterrupt
        status = verdict.status
        if status != "passed":
            reason = "does not pass its check" if status == "failed" else "is not written"
            _say(f"Your answer to {exercise.id} {reason} yet: the course's {name} is used.")
        if isinstance(answer, type) or not callable(reserve):
            return answer if status == "passed" else reserve
        return _using.with_reserve(answer, reserve, lambda reason: _say(
            f"Your answer to {exercise.id} {reason}: from here on the course's {name} is used."),
            failed=status != "passed")

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
            _say(source_of(exercise.solution))

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
    message = verdict.message.replace("\n", "\n  ")
    lines = [f"{mark} {exercise.id} {exercise.title}: {message}"]
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


def _show(drawn: tuple | None) -> None:
    """Print the sentence of a picture, and show it."""
    if drawn:
        _say(drawn[1])
        _showing.show_picture(*drawn)


def _say(*lines: str) -> None:
    """Print the lines that are not empty; what the screen cannot show is written as an escape."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    for line in filter(None, lines):
        print(line.encode(encoding, "backslashreplace").decode(encoding))
