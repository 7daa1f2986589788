"""The check: written examples, then random calls, compared with the reference and the mistakes."""

import contextlib
import inspect
from dataclasses import dataclass

import numpy as np

from helpers.exercises import _errors
from helpers.exercises._calling import WHOLE, Call, Comparison, Outcome, calls, outcome
from helpers.exercises._comparing import Feedback, expect

RANDOM_CALLS = 30  # after the written examples; all of them together take some milliseconds


def examine(exercise, answer: object, made: list) -> None:
    """Raise Feedback with the first fault of the answer; each call is noted in `made` before.

    A known mistake is named first, then `exercise.check` may speak, then what was seen.
    """
    if not callable(exercise.solution):
        _examine_value(exercise, answer)
        return
    expect(callable(answer), "hand over the function itself, by its name and without ().")
    rng = np.random.default_rng(0)
    for cases, check in ((exercise.examples, exercise.check),
                         ([exercise.cases(rng) for _ in range(RANDOM_CALLS)], None)):
        run = _Run(exercise, calls(exercise.solution, cases))
        seen = run.outcomes(answer, made)
        first = run.first_difference(seen)
        sentence = run.mistake(seen, first) if first else ""
        if check and not sentence:
            made.clear()  # what it calls it names itself
            check(answer)
        if first:
            raise Feedback(_in_words(exercise, answer, first, seen[first.index], sentence))


def _examine_value(exercise, answer: object) -> None:
    """An answer that is no function: what it should be is not told."""
    for mistake in exercise.mistakes:
        expect(not _same_value(exercise, answer, mistake.answer), mistake.sentence)
    if exercise.check:
        exercise.check(answer)
    expect(_same_value(exercise, answer, exercise.solution), "that is not it yet.")


def _same_value(exercise, answer: object, value: object) -> bool:
    compared = Comparison(exercise.compare, exercise.parts)
    return compared.difference(Outcome(answer), Outcome(value), Call("answer", (), ())) is None


@dataclass(frozen=True)
class _Difference:
    """The first call whose outcome is not the reference's: which, in which part, in words."""

    index: int
    call: Call
    aspect: object
    words: str


class _Run:
    """One series of calls, and what the reference makes of them."""

    def __init__(self, exercise, series: list[Call]) -> None:
        self.calls, self.mistakes = series, exercise.mistakes
        self.comparison = Comparison(exercise.compare, exercise.parts)
        self.wanted = self.outcomes(exercise.solution, [])

    def outcomes(self, answer: object, made: list) -> list[Outcome]:
        """What an answer makes of all calls; each is noted in `made` before."""
        seen = []
        for call in self.calls:
            made.append(call)
            seen.append(outcome(answer, call))
        return seen

    def first_difference(self, seen: list[Outcome]) -> _Difference | None:
        """The first call that went otherwise than the reference's."""
        for index, call in enumerate(self.calls):
            found = self.comparison.difference(seen[index], self.wanted[index], call)
            if found:
                return _Difference(index, call, *found)
        return None

    def mistake(self, seen: list[Outcome], first: _Difference) -> str:
        """The sentence of the known mistake that explains most of what was seen; "" if none."""
        scores = [self._explained(seen, mistake.answer, first) for mistake in self.mistakes]
        best = max(scores, default=0)
        return self.mistakes[scores.index(best)].sentence if best else ""

    def _explained(self, seen: list[Outcome], mistaken: object, first: _Difference) -> int:
        """How many calls went just as with the mistake; 0 if one speaks against it.

        It must explain the first difference, and where it goes wrong no call may have returned
        something else. (Where it is right, and where one must raise, there may be a second fault.)
        """
        # what a mistake prints or warns of is not the learner's
        with contextlib.redirect_stdout(None), np.errstate(all="ignore"):
            theirs, count = self.outcomes(mistaken, []), 0
        for index, call in enumerate(self.calls):
            got, other, wanted = seen[index], theirs[index], self.wanted[index]
            if self.comparison.agree(got, other, call, first.aspect):
                count += self.comparison.agree(got, other, call, WHOLE)
            elif index == first.index or not (got.error or wanted.error or self.comparison.agree(
                    other, wanted, call, first.aspect)):
                return 0
        return count + 1


def _in_words(exercise, answer: object, first: _Difference, got: Outcome, sentence: str) -> str:
    """The sentence of a mistake, what was seen, in which line, with which arguments."""
    place = _errors.place(got.error, answer) if got.error else ""
    if isinstance(got.error, TypeError) and not place:
        names = ", ".join(inspect.signature(exercise.solution).parameters)
        place = f"Does your function still take what it was given? ({names})"
    return "\n".join(filter(None, [sentence, first.words, place, first.call.where()]))
