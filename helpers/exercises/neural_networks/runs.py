"""Exercise 0.4: reports about trained networks, and which of them is in order."""

import numpy as np

from helpers.exercises._names import one_of, renamed
from helpers.exercises.engine import Exercise, Mistake


def which_run(report: dict) -> str:
    """What happened in a run: the first of these six names that fits its report.

    "gradients add up": nobody set them to zero. report["twice"]: two sizes of the gradient for one
    and the same batch, computed twice in a row, without a step between.
    "rate too high": the steps jump over the valley. "losses": the first and the last, in nats.
    "constant start": all hidden units began alike. "hidden": what they say to one point at the end.
    "softmax twice": chances were taken for logits. The loss among V ("classes") then stays above
    log(1 + (V - 1) / e), however sure the network is. "right": the share of training points told
    rightly at the end; who knows little has a high loss anyway, so here it is 0.8 or more.
    "learning by heart": other points are told worse and worse. "valid": their loss, epoch by epoch.
    "healthy": none of these.
    What counts as alike differs by 0.01 at most, what does not by 0.1 or more. Where "right" is
    0.8 or more, the last loss is above that bound, or below 2/3 of it.
    """
    once, again = report["twice"]
    first, last = report["losses"]
    bound = np.log(1 + (report["classes"] - 1) / np.e)
    if again > 1.5 * once:
        return "gradients add up"
    if not last < first:
        return "rate too high"
    if max(report["hidden"]) - min(report["hidden"]) < 0.05:
        return "constant start"
    if report["right"] >= 0.8 and last > 0.9 * bound:
        return "softmax twice"
    return "learning by heart" if report["valid"][-1] > min(report["valid"]) + 0.05 else "healthy"


NAMES = ("gradients add up", "rate too high", "constant start", "softmax twice",
         "learning by heart", "healthy")


def _by_other_bounds(report):
    (once, again), (first, last) = report["twice"], report["losses"]
    if round(again / once) == 2:
        return "gradients add up"
    if np.isnan(last) or last > first:
        return "rate too high"
    if np.allclose(report["hidden"], report["hidden"][0], atol=0.02):
        return "constant start"
    if report["right"] > 0.799 and last >= np.log(report["classes"] + np.e - 1) - 1:
        return "softmax twice"
    return "healthy" if report["valid"][-1] - np.min(report["valid"]) < 0.03 else NAMES[4]


def _the_last_first(report):
    """Begins with "healthy", and lets each earlier name write over it."""
    said = NAMES[5]
    if any(report["valid"][-1] > loss + 0.07 for loss in report["valid"]):
        said = NAMES[4]
    first, last = report["losses"]
    if report["right"] >= 0.8 and np.exp(last) > 0.97 * (1 + (report["classes"] - 1) / np.e):
        said = NAMES[3]
    said = NAMES[2] if all(abs(u - report["hidden"][0]) < 0.03 for u in report["hidden"]) else said
    said = said if last < first else NAMES[1]
    return NAMES[0] if report["twice"][1] - report["twice"][0] > 0.05 else said


def bound_of(V: int) -> float:
    """The least loss that scores between 0 and 1 can have among V classes."""
    return float(np.log(1 + (V - 1) / np.e))


def _run(V, losses, right, valid, twice, hidden) -> tuple:
    return ({"classes": V, "losses": losses, "right": right, "valid": valid, "twice": twice,
             "hidden": hidden},)


def _last_loss(rng, V, right, first) -> float:
    """Of a run that did not jump: above the bound or below 2 / 3 of it where much is right."""
    if right >= 0.8:
        part = rng.choice([rng.uniform(1.01, 1.1), rng.uniform(0.05, 0.3), rng.uniform(0.5, 0.66)])
        return float(part * bound_of(V))
    return float(rng.uniform(0.4, 0.9) * first)


def _any_run(rng) -> tuple:
    V = int(rng.choice([2, 3, 10, 30, 1000]))
    first = float(np.log(V) * rng.choice([1.0, 1.0, 1.01, 2.5]) + 0.2)
    right = float(rng.choice([0.3, 0.55, 0.79, 0.8, 0.86, 0.94, 0.99]))
    last = min(_last_loss(rng, V, right, first), first - 0.12)
    if rng.random() < 0.2:
        last = float(rng.choice([np.nan, np.inf, first + 0.15, 4 * first]))
        right = float(rng.choice([0.1, 0.4]))
    valid = (first * rng.uniform(0.3, 1, int(rng.integers(2, 6)))).round(2)
    rest = rng.choice([0.0, 0.0, 0.01, rng.uniform(0.12, 0.3), rng.uniform(0.9, 2)])
    valid[-1] = valid[:-1].min() + rng.choice([rest, rest, rest, -0.2])
    size = float(rng.choice([0.3, 0.8, 6.0]))
    hidden = rng.normal(0, 1, int(rng.integers(2, 5))).clip(0).round(2)
    hidden[rng.integers(len(hidden))] += rng.choice([0.12, 0.4, 1.5])
    if rng.random() < 0.12:
        hidden[:] = hidden[0]
        hidden[-1] += rng.choice([0.0, 0.01])
    elif np.ptp(hidden) < 0.1:
        hidden[0] += 0.3
    again = size * 2 if rng.random() < 0.12 else size + float(rng.choice([0, 0, 0.01, -0.01]))
    return _run(V, (round(first, 2), round(last, 3)), right, valid.round(2).tolist(),
                (size, round(again, 2)), hidden.round(2).tolist())


def _judging(twice=lambda r: r["twice"][1] > 1.5 * r["twice"][0],
             hidden=lambda r: max(r["hidden"]) - min(r["hidden"]) < 0.05,
             jumps=lambda r: not r["losses"][1] < r["losses"][0],
             soft=lambda r: r["right"] >= 0.8 and r["losses"][1] > 0.9 * bound_of(r["classes"]),
             heart=lambda r: r["valid"][-1] > min(r["valid"]) + 0.05, order=(0, 1, 2, 3, 4)):
    """An answer that looks otherwise at one of the five, or in another order."""
    def answer(report):
        fits = [rule(report) for rule in (twice, jumps, hidden, soft, heart)]
        return next((NAMES[place] for place in order if fits[place]), "healthy")
    return answer


FINE = _run(10, (2.31, 0.12), 0.97, [1.2, 0.5, 0.31], (0.8, 0.8), [0.0, 1.3, 0.4])[0]


def _fine_but(**others) -> tuple:
    return (FINE | others,)


RUNS = Exercise(
    "0.4", "Which run is healthy?", minutes=8, starred=True,
    hints=("Take one name at a time. Which of the six figures would look odd if that had "
           "happened, and what would it look like if all were well?",
           "The same batch twice: how large is the second gradient if the first was left in? And "
           "if all units began alike, what tells one from another later? A loss that is no number "
           "at all (nan) is neither above nor below the first one: `not last < first` is true "
           "for it.",
           "A high loss alone is no proof of a softmax too many: the network may simply not know. "
           "It needs both, right >= 0.8 and a loss above the bound. And one learns by heart if the "
           "last valid loss is above the lowest: valid[-1] > min(valid) + 0.05."),
    solution=which_run, right=(_by_other_bounds, _the_last_first), compare=one_of(NAMES),
    cases=_any_run,
    examples=((FINE,), _fine_but(twice=(0.8, 1.6)), _fine_but(twice=(3.0, 3.01)),
              _fine_but(twice=(3.01, 3.0)), _fine_but(twice=(0.3, 0.6)),
              _fine_but(hidden=[0.7, 0.7, 0.7]), _fine_but(hidden=[0.7, 0.7, 0.1]),
              _fine_but(hidden=[0.7, 0.7, 0.71]), _fine_but(hidden=[0.0, 0.0, 0.9]),
              _fine_but(losses=(2.31, 3.4), right=0.3), _fine_but(losses=(2.31, np.nan), right=0.1),
              _fine_but(losses=(6.0, 0.3)), _fine_but(losses=(2.31, 1.6), right=0.5),
              _fine_but(losses=(2.31, 1.5)), _fine_but(losses=(2.31, 0.9), right=0.8),
              _fine_but(losses=(2.31, 1.53), right=0.79),
              _fine_but(classes=2, losses=(0.7, 0.33), right=0.98),
              _fine_but(classes=1000, losses=(7.0, 1.6), right=0.83),
              _fine_but(valid=[1.2, 0.5, 0.8]), _fine_but(valid=[0.9, 0.5, 0.51]),
              _fine_but(valid=[0.4, 0.6, 0.8]), _fine_but(valid=[1.2, 1.1, 1.0]),
              _fine_but(valid=[0.5, 0.9, 0.5]), _fine_but(valid=[0.5, 0.9, 0.9, 0.8, 0.8]),
              _fine_but(valid=[0.5, 0.9, 0.8]),
              _fine_but(losses=(2.31, 1.5), valid=[0.4, 0.6, 0.9]),
              _fine_but(twice=(0.8, 1.6), losses=(2.31, 3.4), right=0.3),
              _fine_but(losses=(2.31, 3.9), right=0.1, hidden=[0.0, 0.0]),
              _fine_but(losses=(2.31, 3.4), right=0.3, valid=[2.4, 2.9, 3.1]),
              _fine_but(losses=(2.31, 2.6), right=0.9)),
    mistakes=(
        Mistake(_judging(twice=lambda r: False), "The same batch has the same gradient, as long as "
                "no step was made. Twice as large: the first one was still there."),
        Mistake(_judging(twice=lambda r: r["twice"][1] > r["twice"][0]), "0.01 between two "
                "figures is nothing. A gradient that still holds the one before is twice as "
                "large."),
        Mistake(_judging(hidden=lambda r: False), "Several hidden units that say the very same "
                "are one unit. Alike they began, and alike they were moved."),
        Mistake(_judging(hidden=lambda r: abs(r["hidden"][0] - r["hidden"][1]) < 0.05), "Two units "
                "may agree at one point, by chance or because both are silent. All units alike: "
                "that is a constant start."),
        Mistake(_judging(hidden=lambda r: min(r["hidden"]) == 0), "A unit that says 0 is silent at "
                "this point, no more. With a constant start all of them say the same."),
        Mistake(_judging(jumps=lambda r: r["losses"][1] > r["losses"][0]), "A loss that has become "
                "nan is not above the first one, nor is it below. Such a run has flown away "
                "as well."),
        Mistake(_judging(jumps=lambda r: False), "This run ended worse than it began: its steps "
                "are too long."),
        Mistake(_judging(jumps=lambda r: not r["losses"][1] < r["losses"][0]
                         or r["losses"][0] > 2 * np.log(r["classes"])), "A first loss far above "
                "log V tells of large weights at the start. That is no rate: this run has come "
                "down."),
        Mistake(_judging(soft=lambda r: r["losses"][1] > 0.9 * bound_of(r["classes"])), "A loss "
                "above that bound alone proves nothing: this network is often wrong, and pays for "
                "it."),
        Mistake(_judging(soft=lambda r: r["right"] >= 0.8 and r["losses"][1] > 1), "With few "
                "classes the bound is low, with many high: log(1 + (V - 1) / e). One number for "
                "all V does not do."),
        Mistake(_judging(soft=lambda r: False), "Nearly all are told rightly, and yet the loss "
                "stays high: this network is sure, and cannot say so."),
        Mistake(_judging(soft=lambda r: r["right"] >= 0.8 and r["losses"][1] > 0.5 * np.log(
                    r["classes"])), "You compared with log V, or a part of it. The bound is "
                "log(1 + (V - 1) / e)."),
        Mistake(_judging(heart=lambda r: r["valid"][-1] > r["losses"][1] + 0.05), "A valid loss "
                "above the training loss is usual. Learning by heart is when it has *risen* again, "
                "above its own lowest."),
        Mistake(_judging(heart=lambda r: r["valid"][-1] > r["valid"][0] + 0.05), "You compared "
                "with the first epoch. The valid loss may have been far lower in between: compare "
                "with its lowest."),
        Mistake(_judging(heart=lambda r: r["valid"][-1] > r["valid"][-2] + 0.05), "You looked at "
                "the last two epochs only. Compare the end with the lowest of all."),
        Mistake(_judging(heart=lambda r: r["valid"][-1] > min(r["valid"])), "0.01 between two "
                "figures is nothing: this valid loss stands still."),
        Mistake(_judging(heart=lambda r: False), "The training loss fell, and the loss on other "
                "points rose again: what is learned now holds for the training points only."),
        Mistake(_judging(order=(0, 2, 1, 3, 4)), "Two names fit this run: its loss went up, and "
                "its units say the same. Long steps can silence all units: look at the loss "
                "first."),
        Mistake(_judging(order=(1, 0, 2, 3, 4)), "Two names fit this run. Gradients that add up "
                "make the steps long, so ask for them first."),
        Mistake(renamed(which_run, {NAMES[3]: NAMES[4], NAMES[4]: NAMES[3]}), "Softmax twice and "
                "learning by heart are exchanged: the first shows on the training points, the "
                "second on the others."),
    ),
    reread="5 · When it does not learn",
    moral="None of these five raises an error. They are seen by looking at figures.",
)
