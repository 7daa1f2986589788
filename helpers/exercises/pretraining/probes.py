"""Exercise 7.3: what a probe has found, beside who guesses, shuffles, or has never read."""

import numpy as np

from helpers.exercises._names import one_of
from helpers.exercises.engine import Exercise, Mistake


def verdict(report: dict) -> str:
    """What a report about a straight line on frozen vectors shows: one of four names.

    Shares (0 to 1) of the same test examples, report["examples"] in number, none of them trained
    on: "right" are named by the line; "majority" by who always says the commonest label;
    "shuffled" by a line trained on labels in shuffled order; "untrained" by a line on the vectors
    of an encoder that has read nothing. "own" is told, too: the share of its own training
    examples that the line on shuffled labels names.
    A share p counts as above another one q only if p - q is more than two standard errors of the
    difference, 2 times the root of (p (1 - p) + q (1 - q)) / examples. In this order:
    "broken control": shuffled is above majority. "nothing shown": right is not above majority.
    "any encoder does it": right is not above untrained. Else "learned in reading".
    """
    def above(one, other):
        p, q = report[one], report[other]
        return p - q > 2 * ((p * (1 - p) + q * (1 - q)) / report["examples"]) ** 0.5
    if above("shuffled", "majority"):
        return "broken control"
    if not above("right", "majority"):
        return "nothing shown"
    return "learned in reading" if above("right", "untrained") else "any encoder does it"


NAMES = ("broken control", "nothing shown", "any encoder does it", "learned in reading")


def _verdict_by_errors(report):
    """All standard errors first; then how many of them lie between."""
    squares = {name: report[name] * (1 - report[name]) / report["examples"]
               for name in ("right", "majority", "shuffled", "untrained")}
    apart = {}
    for name, rival in (("shuffled", "majority"), ("right", "majority"), ("right", "untrained")):
        root = np.sqrt(squares[name] + squares[rival])
        apart[name, rival] = report[name] - report[rival] - 2 * root
    if apart["shuffled", "majority"] > 0:
        return "broken control"
    if apart["right", "majority"] <= 0:
        return "nothing shown"
    return NAMES[2 + (apart["right", "untrained"] > 0)]


def _verdict_backwards(report):
    """By squares, the last answer first; an earlier one writes over it."""
    n, said = report["examples"], "learned in reading"
    for one, other, wanted, name in (("right", "untrained", True, NAMES[2]),
                                     ("right", "majority", True, NAMES[1]),
                                     ("shuffled", "majority", False, NAMES[0])):
        p, q = report[one], report[other]
        above = p > q and n * (p - q) ** 2 > 4 * (p - p * p + q - q * q)
        said = name if above != wanted else said
    return said


def _probed(right, majority, shuffled, untrained, own, examples) -> dict:
    return {"right": right, "majority": majority, "shuffled": shuffled, "untrained": untrained,
            "own": own, "examples": examples}


def _apart(report, one, other) -> float:
    """By how many standard errors one share is above the other."""
    p, q = report[one], report[other]
    return (p - q) / ((p * (1 - p) + q * (1 - q)) / report["examples"]) ** 0.5


def _any_probe(rng) -> tuple:
    """Differences of few and of many errors; none lies near two."""
    while True:
        n = int(rng.choice([60, 200, 800, 3000]))
        majority = rng.uniform(0.15, 0.8)
        reach = (majority * (1 - majority) * 2 / n) ** 0.5
        right = majority + reach * rng.choice([-1.2, 1.2, 1.7, 2.4, 5.0, 9.0])
        untrained = right + reach * rng.choice([-9, -5, -2.4, -1.7, -1.2, 0.7, 3.0])
        shuffled = majority + reach * rng.choice([-3, -1.3, 0.2, 1.3, 1.7, 2.4, 6], p=[
            .2, .2, .1, .2, .1, .1, .1])
        shares = np.round([right, majority, shuffled, untrained], 4)
        if shares.min() < 0.05 or shares.max() > 0.97:
            continue
        report = _probed(*shares.tolist(), round(float(rng.uniform(0.4, 1)), 2), n)
        if all(abs(_apart(report, *pair) - 2) > 0.15 for pair in (
                ("shuffled", "majority"), ("right", "majority"), ("right", "untrained"))):
            return (report,)


def _judging(above=lambda p, q, n: p - q > 2 * ((p * (1 - p) + q * (1 - q)) / n) ** 0.5,
             shuffled=("shuffled", "majority"), right=("right", "majority"),
             trained=("right", "untrained"), order=(0, 1, 2)):
    """An answer with another bound, other pairs (None: never asked), or in another order."""
    def answer(report):
        def beats(pair):
            return above(report[pair[0]], report[pair[1]], report["examples"])
        doubts = (shuffled and beats(shuffled), right and not beats(right),
                  trained and not beats(trained))
        return next((NAMES[i] for i in order if doubts[i]), NAMES[3])
    return answer


def _with_root(width, inside):
    return lambda p, q, n: p - q > width * inside(p, q, n) ** 0.5


def _broken_only_if_own(report):
    """Learned by heart is taken for a broken control."""
    return "broken control" if report["own"] > report["majority"] + 0.2 else _judging()(report)


PROBE = Exercise(
    "7.3", "Does the probe find anything?", minutes=8, starred=True,
    hints=("Before any comparison: with so many examples, how large may a difference be that is "
           "luck? Write that as a little function of two shares.",
           "What the line names of its *own* shuffled examples is learned by heart. "
           "A broken control shows in fresh examples only.",
           "Three questions in order, each with a return: shuffled above majority; right above "
           "majority; right above untrained. The second and third are asked with `not`."),
    solution=verdict, right=(_verdict_by_errors, _verdict_backwards), compare=one_of(NAMES),
    cases=_any_probe,
    examples=tuple((_probed(*figures),) for figures in (
        (0.84, 0.52, 0.51, 0.58, 0.63, 800), (0.84, 0.52, 0.51, 0.58, 0.99, 800),
        (0.84, 0.52, 0.61, 0.58, 0.70, 800), (0.84, 0.52, 0.55, 0.58, 0.66, 800),
        (0.56, 0.52, 0.50, 0.49, 0.95, 200), (0.56, 0.52, 0.50, 0.44, 0.60, 800),
        (0.66, 0.52, 0.53, 0.65, 0.64, 800), (0.66, 0.52, 0.50, 0.64, 0.97, 3000),
        (0.60, 0.52, 0.51, 0.50, 0.64, 100), (0.60, 0.52, 0.51, 0.55, 0.64, 3000),
        (0.81, 0.74, 0.73, 0.80, 0.75, 3000), (0.68, 0.74, 0.73, 0.60, 0.75, 800),
        (0.80, 0.52, 0.40, 0.60, 0.71, 800), (0.55, 0.52, 0.60, 0.57, 0.75, 800),
        (0.50, 0.40, 0.41, 0.70, 0.61, 800), (0.84, 0.52, 0.57, 0.58, 0.7, 60),
        (0.59, 0.52, 0.51, 0.52, 0.68, 250), (0.565, 0.52, 0.51, 0.48, 0.68, 800),
        (0.56, 0.52, 0.40, 0.50, 0.68, 3000), (0.54, 0.52, 0.51, 0.45, 0.6, 9000),
        (0.56, 0.55, 0.64, 0.50, 0.98, 800), (0.84, 0.3, 0.5, 0.85, 0.9, 800),
        (0.84, 0.84, 0.52, 0.58, 0.63, 800), (0.7, 0.52, 0.51, 0.66, 0.63, 1000),
        (0.53, 0.52, 0.5, 0.45, 0.6, 60), (0.96, 0.9, 0.89, 0.8, 0.95, 300),
        (0.2, 0.1, 0.1, 0.02, 0.4, 120), (0.2, 0.1, 0.1, 0.02, 0.4, 90),
        (0.195, 0.1, 0.1, 0.02, 0.4, 115), (0.2, 0.1, 0.1, 0.02, 0.4, 98))),
    mistakes=(
        Mistake(_judging(above=lambda p, q, n: p > q), "You took every difference for real. With "
                "few examples a share moves by itself: up to two standard errors are luck."),
        Mistake(_judging(above=lambda p, q, n: p - q > 0.05), "How large a difference luck makes "
                "depends on how many examples there are: a fixed bound does not know."),
        Mistake(_judging(above=_with_root(1, lambda p, q, n: (p * (1 - p) + q * (1 - q)) / n)),
                "You allow one standard error. Luck leaves that in one case of three: it is two."),
        Mistake(_judging(above=_with_root(2, lambda p, q, n: p * (1 - p) / n)), "Both shares "
                "scatter: under the root stand q (1 - q) as well."),
        Mistake(_judging(above=lambda p, q, n: p - q > 2 * (p * (1 - p) + q * (1 - q)) / n),
                "You forgot the root: that is a variance, and far too small a bound."),
        Mistake(_judging(above=_with_root(2, lambda p, q, n: p * (1 - p) + q * (1 - q))), "The "
                "number of examples is missing: many examples make a share more certain."),
        Mistake(_judging(above=lambda p, q, n: abs(p - q) > 2 * (
                    (p * (1 - p) + q * (1 - q)) / n) ** 0.5), "You took the distance without its "
                "sign: a share that lies *under* another one is not above it."),
        Mistake(_judging(shuffled=None), "A line that names fresh examples after shuffled labels "
                "comes through: so the control itself is broken. Ask for that first."),
        Mistake(_judging(shuffled=("own", "majority")), "You looked at its own training examples. "
                "To learn those by heart is no fault: look at fresh ones, \"shuffled\"."),
        Mistake(_broken_only_if_own, "Much of its own shuffled labels named: that is learned by "
                "heart, and no fault."),
        Mistake(_judging(shuffled=("shuffled", "untrained")), "Shuffled labels are compared with "
                "the majority: that is all a line can reach that has nothing to go by."),
        Mistake(_judging(right=None), "Better than an untrained encoder is not enough: whoever "
                "always says the commonest label may do as well."),
        Mistake(_judging(trained=None), "You did not ask for the untrained encoder. It has words "
                "and places in its vectors before it has read anything."),
        Mistake(_judging(trained=("untrained", "majority")), "You compared the untrained encoder "
                "with the majority. The question is whether reading adds to it: right against "
                "untrained."),
        Mistake(_judging(right=("right", "shuffled")), "You compared with shuffled labels in place "
                "of the majority: a line on shuffled labels may be worse than the commonest one."),
        Mistake(_judging(order=(1, 0, 2)), "Two names fit here. The control is asked for first: if "
                "it is broken no other figure means anything."),
        Mistake(_judging(order=(0, 2, 1)), "Two names fit here. The majority is asked for before "
                "the untrained encoder."),
    ),
    reread="4 · Sixteen labels",
    moral="A share alone says nothing: beside it stand who guesses, who shuffles, who never read.",
)
