"""Exercise 0.12: a validation loss below the training loss, and what carries it."""

from helpers.exercises._names import one_of, renamed
from helpers.exercises.engine import Exercise, Mistake


def why_lower(report: dict) -> str:
    """Why the loss on the validation data lies below the training loss of the same epoch: a name.

    "shown": the training loss that the progress bar showed, the mean over the epoch, in training
    mode. "valid": the validation loss after the epoch, in eval mode. Two losses on the training
    data were measured later, with the weights from the end of the epoch: "after", in training
    mode, and "after, eval", in eval mode. "in both": how many validation examples stand in the
    training data, too.
    "nothing to explain": valid is not below shown at all. Else "leak", if any example stands in
    both. Else the gap falls into three steps, one after the other from shown down to valid, and
    the one that takes most off has the say: "epoch" (early in it the network was worse),
    "dropout" (it was on), "easier data". A step may also go up. No two are equal.
    """
    if report["valid"] >= report["shown"]:
        return "nothing to explain"
    if report["in both"] > 0:
        return "leak"
    steps = {"epoch": report["shown"] - report["after"],
             "dropout": report["after"] - report["after, eval"],
             "easier data": report["after, eval"] - report["valid"]}
    return max(steps, key=steps.get)


NAMES = ("nothing to explain", "leak", "epoch", "dropout", "easier data")


def _by_a_staircase(report):
    """The longest way down between neighbours."""
    if not report["valid"] < report["shown"]:
        return NAMES[0]
    stairs = [report[name] for name in ("shown", "after", "after, eval", "valid")]
    down = [high - low for high, low in zip(stairs, stairs[1:], strict=False)]
    return NAMES[1] if report["in both"] else NAMES[2 + down.index(max(down))]


def _by_cases(report):
    said = "epoch"
    epoch = report["shown"] - report["after"]
    dropout = report["after"] - report["after, eval"]
    rest = report["shown"] - report["valid"] - epoch - dropout
    if dropout > epoch:
        said = "dropout"
    if rest > max(epoch, dropout):
        said = "easier data"
    if report["in both"] >= 1:
        said = "leak"
    return said if report["shown"] > report["valid"] else "nothing to explain"


def _steps(shown, steps, in_both=0) -> tuple:
    """shown, then three steps down."""
    losses = [shown]
    for step in steps:
        losses.append(round(losses[-1] - step, 3))
    return ({"shown": losses[0], "after": losses[1], "after, eval": losses[2], "valid": losses[3],
             "in both": in_both},)


def _any_steps(rng) -> tuple:
    """Steps down and up; a clear one among them, and never two alike."""
    while True:
        shown = round(float(rng.uniform(0.8, 4)), 3)
        steps = rng.choice([-0.15, 0.01, 0.06, 0.1, 0.2, 0.32], 3, replace=False)
        steps = (steps + rng.uniform(-0.003, 0.003, 3)).round(3)
        if rng.random() < 0.1:
            steps[2] = -steps[0] - steps[1]         # valid is just what was shown
        if abs(steps.sum()) > 0.01 or abs(steps.sum()) < 1e-9:
            break
    in_both = int(rng.choice([0, 0, 0, 0, 1, 40]))
    report = _steps(shown, steps.tolist(), in_both)[0]
    if abs(report["valid"] - shown) < 1e-6:
        report["valid"] = shown
    return (report,)


def _judging(steps=None, lower=lambda r: r["valid"] < r["shown"],
             leak=lambda r: r["in both"] > 0, first="lower"):
    """An answer that measures the three steps otherwise, or asks another first question."""
    def answer(report):
        if first == "leak" and leak(report):
            return NAMES[1]
        if not lower(report):
            return NAMES[0]
        if leak(report):
            return NAMES[1]
        found = (steps or _plain)(report)
        return NAMES[2 + found.index(max(found))]
    return answer


def _plain(r):
    return [r["shown"] - r["after"], r["after"] - r["after, eval"], r["after, eval"] - r["valid"]]


LOWER = Exercise(
    "0.12", "Is that a bug?", minutes=8, starred=False,
    hints=("Put the four losses in a row: shown, after, after in eval mode, valid. Between two "
           "neighbours only one thing is different. Which?",
           "shown and after: the weights (a mean over the epoch, or its end). after and after in "
           "eval: dropout. after in eval and valid: the data. The three differences add up to the "
           "whole gap.",
           "Ask first whether there is a gap, then whether examples stand in both. Then the "
           "largest of the three differences, with their signs: a step up takes nothing off."),
    solution=why_lower, right=(_by_a_staircase, _by_cases), compare=one_of(NAMES),
    cases=_any_steps,
    examples=(_steps(2.0, (0.3, 0.05, 0.02)), _steps(2.0, (0.05, 0.3, 0.02)),
              _steps(2.0, (0.02, 0.05, 0.3)), _steps(2.0, (0.05, 0.2, -0.3)),
              _steps(2.0, (0.25, 0.15, -0.3)), _steps(2.0, (0.3, 0.05, 0.02), 3),
              _steps(2.0, (0.05, 0.2, -0.3), 3), _steps(2.0, (-0.3, 0.1, 0.25)),
              _steps(2.0, (0.2, -0.3, 0.25)), _steps(2.0, (0.2, 0.15, -0.35)),
              _steps(2.0, (0.02, 0.3, 0.05), 1), _steps(2.0, (0.3, 0.2, 0.1)),
              _steps(1.0, (0.1, 0.15, 0.2)), _steps(2.0, (0.02, 0.01, -0.005)),
              _steps(3.0, (0.15, 0.2, -0.05))),
    mistakes=(
        Mistake(_judging(leak=lambda r: False), "Examples that stand in both parts are known by "
                "heart: nothing else needs an explanation before they are taken out."),
        Mistake(_judging(leak=lambda r: r["in both"] > 1), "One example in both parts is a leak "
                "already: the split is not what it should be."),
        Mistake(_judging(first="leak"), "Here the validation loss is not below at all. The "
                "question was why it is: there is nothing to explain."),
        Mistake(_judging(lower=lambda r: True), "Here the validation loss is not below what was "
                "shown: there is nothing to explain."),
        Mistake(_judging(lower=lambda r: r["valid"] <= r["shown"]), "Equal is not below: there is "
                "nothing to explain."),
        Mistake(_judging(lower=lambda r: r["valid"] < r["after, eval"]), "You compared with the "
                "loss in eval mode. The question is about the one that was shown."),
        Mistake(_judging(lower=lambda r: r["valid"] < r["after"]), "You compared with the loss "
                "after the epoch. The question is about the one that was shown."),
        Mistake(_judging(steps=lambda r: [abs(step) for step in _plain(r)]), "The largest step "
                "goes up here: it takes nothing off, it hides part of the gap. Mind the signs."),
        Mistake(_judging(steps=lambda r: [r["shown"] - r["after"], r["shown"] - r["after, eval"],
                                          r["shown"] - r["valid"]]), "You measured each from what "
                "was shown, so the later ones hold the earlier ones, too. One step after the "
                "other."),
        Mistake(_judging(steps=lambda r: [r["shown"] - r["valid"], r["after"] - r["valid"],
                                          r["after, eval"] - r["valid"]]), "You measured each down "
                "to valid, so the earlier ones hold the later ones, too. One step after the "
                "other."),
        Mistake(_judging(steps=lambda r: [-step for step in _plain(r)]), "Turned round: you looked "
                "for the step that goes up most."),
        Mistake(_judging(steps=lambda r: [0, 1, 0]), "Dropout is the usual explanation. But "
                "measure: another step takes more off here."),
        Mistake(_judging(steps=lambda r: [1, 0, 0]), "The mean over the epoch is one explanation. "
                "But measure: another step takes more off here."),
        Mistake(_judging(steps=lambda r: [0, 0, 1]), "Easier data is what is left when the other "
                "two have been measured: one of them takes more off here."),
        Mistake(renamed(why_lower, {NAMES[2]: NAMES[3], NAMES[3]: NAMES[2]}), "Epoch and dropout "
                "are exchanged: dropout is what differs between the two modes, at the same "
                "weights."),
    ),
    reread="F · Dropout, and the switch to test",
    moral="Three honest reasons and one bug look the same on the bar. Two more losses tell them "
          "apart.",
)
