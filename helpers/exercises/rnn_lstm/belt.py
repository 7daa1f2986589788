"""Exercises 3.8 and 3.9: where a forget gate must start, and two steps of a belt in one."""

import math
from functools import reduce

import numpy as np

from helpers.exercises.engine import (
    Exercise,
    Feedback,
    Wrong,
    expect,
    expect_close,
    expect_not,
    expect_number,
    fresh,
    show,
)
from helpers.exercises.rnn_lstm._arrays import alike, expect_unchanged


def forget_bias(steps: int, kept: float) -> float:
    """Bias b with sigmoid(b) ** steps == kept; ValueError unless 0 < kept < 1, steps >= 1."""
    if not 0 < kept < 1 or steps < 1:
        raise ValueError(f"kept={kept}, steps={steps}: give 0 < kept < 1 and at least one step")
    f = kept ** (1 / steps)
    return math.log(f / (1 - f))


def _bias_by_logs(steps, kept):
    if steps < 1 or kept <= 0 or kept >= 1:
        raise ValueError("no bias does that")
    return -math.log(math.expm1(-math.log(kept) / steps))


def _bias_by_halving(steps, kept):
    if steps < 1:
        raise ValueError("at least one step")
    if kept <= 0 or kept >= 1:
        raise ValueError("a sigmoid never gets there")
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if (1 + math.exp(-middle)) ** -steps > kept else (middle, high)
    return low


REFUSED = {
    (40, 1.0): "No gate is open for good: a sigmoid never reaches 1.",
    (40, 0.0): "No gate is shut for good: a sigmoid never reaches 0.",
    (40, 1.5): "A gate cannot make c grow.",
    (40, -0.5): "Less than nothing cannot stay.",
    (0, 0.5): "Without a step nothing is forgotten.",
    (-3, 0.5): "There are no -3 steps.",
}


def _bias_mistakes() -> list[tuple[float, str]]:
    """(bias, message) of known mistakes with 10 steps and 0.2."""
    f = 0.2 ** 0.1
    logit = math.log(f / (1 - f))
    return [
        (f, "That is the gate itself, f = 0.851. The bias is what goes *into* the sigmoid: turn "
            "the sigmoid round."),
        (-logit, "The sign: a gate that is more than half open has a positive bias. It is "
                 "log(f / (1 - f))."),
        (math.log(f), "log f turns exp round. The sigmoid is turned round by log(f / (1 - f))."),
        (math.log(0.2 / 0.8), "That keeps 0.2 at *every* step: after ten, 0.2 ** 10 is left. Each "
                              "step keeps f with f ** 10 = 0.2."),
        (math.log(0.92 / 0.08), "You took the same amount away at every step, 0.08 of the whole. A "
                                "gate takes a share of what is *left*: f ** 10 = 0.2."),
        (math.log(0.02 / 0.98), "You divided 0.2 by the steps. Ten gates are multiplied, not "
                                "added: f ** 10 = 0.2."),
        (-math.log(0.2 ** -10 - 1), "You raised 0.2 to the 10th power. The other way round: f to "
                                    "the 10th power is 0.2."),
        (1 / (1 + math.exp(-f)), "You put f through the sigmoid. f is what comes out of it: turn "
                                 "it round, log(f / (1 - f))."),
        (f / (1 - f), "That is f / (1 - f); its logarithm is the bias."),
        (math.log(f) / (1 - f), "The logarithm goes around the whole fraction: log(f / (1 - f))."),
        (logit / math.log(10), "Right but for the logarithm: the sigmoid is made with e, so take "
                               "math.log, not log10."),
        (logit / math.log(2), "Right but for the logarithm: the sigmoid is made with e, so take "
                              "math.log, not log2."),
    ]


def check_bias(answer) -> None:
    got = answer(10, 0.2)
    for mistaken, message in _bias_mistakes():
        expect_not(got, mistaken, f"forget_bias(10, 0.2) returned {show(got)}. {message}")
    for case in ((10, 0.2), (40, 0.5), (1, 0.9), (3, 0.01), (1000, 0.99)):
        expect_number(answer(*case), forget_bias(*case), "forget_bias({}, {})".format(*case))
    for case, reason in REFUSED.items():
        _expect_refusal(answer, case, reason)


def _expect_refusal(answer, case: tuple[int, float], reason: str) -> None:
    call = "forget_bias({}, {})".format(*case)
    try:
        got = answer(*case)
    except ValueError:
        return
    except (ArithmeticError, TypeError, AssertionError) as error:
        raise Feedback(f"{call} stopped with {type(error).__name__}. {reason} Look at the "
                       "arguments first, and raise ValueError with a sentence.") from error
    raise Feedback(f"{call} returned {show(got)}. {reason} Raise ValueError.")


def _checked(rule):
    """An answer that refuses what must be refused and computes the bias by `rule`."""
    def answer(steps, kept):
        forget_bias(steps, kept)
        return rule(steps, kept)
    return answer


def _logit(p):
    return math.log(p / (1 - p))


BIAS = Exercise(
    "3.8", "How high must the bias be?", minutes=10, starred=False, check=check_bias,
    hints=("If the gate is f at every step, how much of c is left after two steps? After 40?",
           "f ** steps == kept, so f = kept ** (1 / steps). Which number makes a sigmoid give f?",
           "f = 1 / (1 + exp(-b)) turned round is b = log(f / (1 - f)). Before that: raise "
           "ValueError(\"...\") for what cannot be."),
    solution=forget_bias, right=(_bias_by_logs, _bias_by_halving),
    wrong=(
        Wrong(_checked(lambda steps, kept: kept ** (1 / steps)), "the gate itself"),
        Wrong(_checked(lambda steps, kept: -forget_bias(steps, kept)), "The sign"),
        Wrong(_checked(lambda steps, kept: math.log(kept) / steps), "log f turns exp round"),
        Wrong(_checked(lambda steps, kept: _logit(kept)), "at *every* step"),
        Wrong(_checked(lambda steps, kept: _logit(1 - (1 - kept) / steps)), "the same amount"),
        Wrong(_checked(lambda steps, kept: _logit(kept ** steps)), "The other way round"),
        Wrong(_checked(lambda steps, kept: 4.0457), "expected 1.74"),
        Wrong(lambda steps, kept: _logit(kept ** (1 / steps)), "stopped with ZeroDivisionError"),
        Wrong(lambda steps, kept: forget_bias(steps, kept) if 0 < kept < 1 else math.inf,
              "never reaches 1"),
        Wrong(lambda steps, kept: forget_bias(steps, kept) if steps > 0 else 0.0,
              "Without a step"),
    ),
    reread="7 · Why did my LSTM fail?",
    moral="Half of it after 40 steps needs a bias of 4.05; torch starts near 0.",
)


def join(first: tuple, second: tuple) -> tuple:
    """The pair (f, u) that does `first`, then `second`: c -> f * c + u."""
    (f1, u1), (f2, u2) = first, second
    return f2 * f1, f2 * u1 + u2


def _join_by_trying(first, second):
    def both(c):
        return second[0] * (first[0] * c + first[1]) + second[1]

    return both(1) - both(0), both(0)


def _join_by_matrices(first, second):
    f = np.multiply(second[0], first[0])
    return f, np.add(np.multiply(first[1], second[0]), second[1])


def _pair(got: object, call: str) -> tuple:
    """The learner's pair, or feedback."""
    expect(not callable(got), f"{call} returned a function. A pair of numbers does the same: "
                              "multiply out f2 * (f1 * c + u1) + u2.")
    size = len(got) if isinstance(got, (tuple, list, np.ndarray)) else 0
    expect(size == 2, f"{call} returned {show(got)}; it must be a pair (f, u), a step like the "
                      "two that came in.")
    return tuple(got)


def check_join(answer) -> None:
    call = "join((0.5, 3.0), (4.0, 7.0))"
    f, u = _pair(answer((0.5, 3.0), (4.0, 7.0)), call)
    expect(not alike((f, u), (19.0, 2.0)), "Both numbers are right, in the wrong order: (f, u).")
    expect(not alike((f, u), (2.0, 6.5)), "You did the second step first. `first` comes first: its "
                                          "result goes into `second`.")
    for mistaken, message in (
            (4.5, "You added the two f. c is multiplied by the one, then by the other."),
            (4.0, "Your f is that of the second step alone. c goes through both."),
            (0.5, "Your f is that of the first step alone. c goes through both.")):
        expect_not(f, mistaken, message)
    expect_number(f, 2.0, f"{call}: its f")
    for mistaken, message in (
            (10.0, "You added u1 and u2. u1 is part of c when the second step comes: it is "
                   "multiplied too."),
            (12.0, "u2 is missing: the second step adds it at the end."),
            (7.0, "u1 is missing: what the first step added goes through the second."),
            (8.5, "u1 is multiplied by its own f. What the first step added goes through the "
                  "*second* step: f2 * u1."),
            (13.0, "u1 is multiplied by both f. It was added after f1 had done its work: f2 * u1."),
            (40.0, "u2 is multiplied by f2. It is added after f2 has done its work."),
            (21.0, "You multiplied u1 by u2. Multiply out f2 * (f1 * c + u1) + u2.")):
        expect_not(u, mistaken, message)
    expect_number(u, 19.0, f"{call}: its u")
    f, u = _pair(answer((0.0, 2.0), (3.0, 0.0)), "join((0.0, 2.0), (3.0, 0.0))")
    expect_close((f, u), (0.0, 6.0), "join((0.0, 2.0), (3.0, 0.0))")
    _check_fold(answer)


def _check_fold(answer) -> None:
    """Eight steps with arrays, joined in a row and in pairs: the same as the loop."""
    rng = np.random.default_rng(0)
    steps = [(rng.uniform(size=3), rng.normal(size=3)) for _ in range(8)]
    given = fresh(tuple(steps))
    start = rng.normal(size=3)
    looped = reduce(lambda c, step: step[0] * c + step[1], steps, start)
    first = _pair(answer(*given[:2]), "join of two pairs of arrays")
    expect_unchanged(given[0], steps[0], "first")
    expect_unchanged(given[1], steps[1], "second")
    expect_close(first[1], join(*steps[:2])[1], "join of two pairs of arrays: its u")
    f, u = reduce(answer, fresh(steps))
    expect_close(f * start + u, looped, "eight steps joined one by one, then used on c,")
    joined = fresh(steps)
    while len(joined) > 1:
        joined = [answer(*joined[i:i + 2]) for i in range(0, len(joined), 2)]
    expect_close(joined[0][0] * start + joined[0][1], looped,
                 "eight steps joined in pairs, and pairs of pairs, then used on c,")


def _joining_in_place(first, second):
    f, u = first
    f *= second[0]
    u *= second[0]
    u += second[1]
    return f, u


JOIN = Exercise(
    "3.9", "Two steps are one", minutes=10, starred=False, check=check_join,
    hints=("Send c through both: after the first it is f1 * c + u1. What does the second make of "
           "that?",
           "f2 * (f1 * c + u1) + u2. Multiply out, and collect what stands before c.",
           "(f2 * f1) * c + (f2 * u1 + u2): the two brackets are the pair."),
    solution=join, right=(_join_by_trying, _join_by_matrices),
    wrong=(
        Wrong(lambda first, second: join(second, first), "the second step first"),
        Wrong(lambda first, second: (first[0] * second[0], first[1] + second[1]), "added u1"),
        Wrong(lambda first, second: (first[0] + second[0], join(first, second)[1]), "the two f"),
        Wrong(lambda first, second: join(first, second)[1], "must be a pair"),
        Wrong(lambda first, second: join(first, second)[::-1], "in the wrong order"),
        Wrong(lambda first, second: (second[0], join(first, second)[1]), "second step alone"),
        Wrong(lambda first, second: (second[0] * first[0], second[0] * first[1]), "u2 is missing"),
        Wrong(lambda first, second: lambda c: join(first, second)[0] * c + join(first, second)[1],
              "returned a function"),
        Wrong(_joining_in_place, "changed `first`"),
    ),
    reread="G · What came back",
    moral="The grouping does not matter, so 8 steps take 3 rounds, and 1,000 steps take 10.",
)
