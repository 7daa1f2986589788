"""Exercises 3.10 to 3.12: one step back by hand, reading curves, a result without its rate."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_close, expect_equal, show


def step_back(w: float, h_before: float, h: float, d_h: float) -> tuple[float, float]:
    """One step back through h = tanh(x + w * h_before): w's share, gradient for h_before.

    d_h: the gradient of the loss for h.
    """
    d_a = (1 - h ** 2) * d_h
    return d_a * h_before, d_a * w


def _back_in_one_line(w, h_before, h, d_h):
    return (1 - h) * (1 + h) * d_h * h_before, w * d_h - w * d_h * h * h


def _back_numpy(w, h_before, h, d_h):
    return np.array([h_before, w]) * d_h / np.cosh(np.arctanh(h)) ** 2


def _unit(rng) -> tuple:
    w, h_before, h, d_h = rng.uniform([-2, -0.9, -0.9, -2], [2, 0.9, 0.9, 2])
    return float(w), float(h_before), float(h), float(d_h)


def _with_slope(slope):
    """An answer with slope(w, h_before, h) in place of tanh's slope."""
    def answer(w, h_before, h, d_h):
        return slope(w, h_before, h) * d_h * h_before, slope(w, h_before, h) * d_h * w
    return answer


def _with_parts(rule):
    """rule(d_a, w, h_before, h, d_h): what is returned."""
    return lambda w, h_before, h, d_h: rule((1 - h ** 2) * d_h, w, h_before, h, d_h)


def _with_d_h(of):
    """An answer with of(h) in place of the d_h that is handed in."""
    return lambda w, h_before, h, d_h: step_back(w, h_before, h, of(h))


BACK = Exercise(
    "3.10", "One step back", minutes=10, starred=True,
    hints=("Rule (b) first: the gradient for what went into tanh. Rules (c) and (d) both use it.",
           "d_a = (1 - h ** 2) * d_h.",
           "return d_a * h_before, d_a * w"),
    solution=step_back, right=(_back_in_one_line, _back_numpy), compare=expect_close,
    parts=("w's share", "gradient for h_before"), cases=_unit,
    examples=((0.5, 0.762, 0.363, -0.397), (-1.5, 0.5, -0.25, 2.0), (2.0, 0.0, 0.8, 0.5)),
    mistakes=(
        Mistake(_with_slope(lambda w, h_before, h: 1.0), "tanh's slope is missing: first "
                "d_a = (1 - h ** 2) * d_h."),
        Mistake(_with_slope(lambda w, h_before, h: 1 - h_before ** 2), "tanh's slope belongs to "
                "what came out of it: 1 - h ** 2, not 1 - h_before ** 2."),
        Mistake(_with_slope(lambda w, h_before, h: 1 - h), "tanh's slope is 1 - h ** 2: the square "
                "is missing."),
        Mistake(_with_slope(lambda w, h_before, h: h ** 2), "tanh's slope is 1 - h ** 2: the 1 - "
                "is missing."),
        Mistake(_with_slope(lambda w, h_before, h: h * (1 - h)), "h * (1 - h) is the slope of a "
                "sigmoid. That of tanh is 1 - h ** 2."),
        Mistake(_with_slope(lambda w, h_before, h: 1 - np.tanh(h) ** 2), "h has been through tanh "
                "already: its slope is 1 - h ** 2."),
        Mistake(_with_parts(lambda d_a, w, h_before, h, d_h: (d_a * w, d_a * h_before)), "Both "
                "are right, in the wrong order: w's share first, then what goes on."),
        Mistake(_with_parts(lambda d_a, w, h_before, h, d_h: (d_a * h, d_a * w)), "w was "
                "multiplied with the state *before* the step: its share is d_a * h_before."),
        Mistake(_with_parts(lambda d_a, w, h_before, h, d_h: (d_a, d_a * w)), "The first of the "
                "two is d_a itself. w was multiplied with h_before: its share is d_a * h_before."),
        Mistake(_with_parts(lambda d_a, w, h_before, h, d_h: (d_h * h_before, d_a * w)), "w's "
                "share has not been through tanh: take d_a, not d_h."),
        Mistake(_with_parts(lambda d_a, w, h_before, h, d_h: (d_a * h_before, d_h * w)), "What "
                "goes on has not been through tanh: take d_a, not d_h."),
        Mistake(_with_parts(lambda d_a, w, h_before, h, d_h: (d_a * h_before, d_a)), "What goes "
                "on is multiplied with w: h_before entered as w * h_before."),
        Mistake(_with_parts(lambda d_a, w, h_before, h, d_h: (d_a * h_before, d_a / w)), "Going "
                "back multiplies with w too: d_a * w."),
        Mistake(lambda *case: np.round(step_back(*case), 2), "Right but rounded. Round with the "
                "pencil only; the function keeps all digits."),
        Mistake(_with_d_h(lambda h: h - 1), "h - 1 was rule (a), for the last step only. Here the "
                "gradient for h is handed in: d_h."),
        Mistake(_with_parts(lambda d_a, w, h_before, h, d_h: (-d_a * h_before, -d_a * w)),
                "Right but for the sign: the gradient says where the loss *grows*."),
    ),
    reread="4 · The error walks back",
    moral="With the pencil's numbers: the share is -0.26, and -0.17 goes on.",
)


def diagnosis(run: str) -> str:
    """What the run "A", "B", "C" or "D" suffers from: one of the six diagnoses."""
    return {"A": "rate too high", "B": "answer in the input",
            "C": "healthy", "D": "too little text"}[run]


def _said(**others):
    """The right diagnoses but for some."""
    return lambda run: others.get(run, diagnosis(run))


NAMES = ("healthy", "rate too high", "rate too low", "network too small", "too little text",
         "answer in the input")


def _expect_diagnosis(got: object, wanted: str, call: object) -> None:
    """Nobody is told what would be right."""
    expect(got in NAMES, f"{call} must be one of: {', '.join(NAMES)}; yours: {show(got)}")
    expect(got == wanted, f"{call} is not {show(got)}.")


CURVES = Exercise(
    "3.11", "Which run is broken?", minutes=5, starred=True,
    hints=("Look at the ends first: which losses can be true? A good network still pays more than "
           "one nat for a letter of a story.",
           "In one run the two curves part: what it learns does not help with new text. In another "
           "both fall to nothing: what must it have seen?",
           "Two runs are left. One jumps about and stays high: its steps are too large. The other "
           "falls, ever more slowly, on both texts: that is how it should be."),
    solution=diagnosis, compare=_expect_diagnosis,
    examples=(("B",), ("D",), ("A",), ("C",)), cases=lambda rng: (str(rng.choice([*"ABCD"])),),
    mistakes=(
        Mistake(_said(B="healthy", C="rate too low"), "B cannot be true: nobody knows the next "
                "letter of a new story for certain. Leave it aside, and look at the others again."),
        Mistake(_said(B="healthy"), "B cannot be true: nobody knows the next letter of a new "
                "story for certain. It must have seen the answer."),
        Mistake(_said(B="too little text"), "Too little text makes the two curves part: B knows "
                "new text as well as old. Nobody can; it must have seen the answer."),
        Mistake(_said(D="healthy"), "D gets worse and worse on new text: it learns its few lines "
                "by heart."),
        Mistake(_said(D="network too small"), "D learns its few lines by heart: it is large "
                "enough for them. On new text it gets worse."),
        Mistake(_said(D="answer in the input"), "D sees no answer: on new text it is worse than "
                "at the start. It learned its few lines by heart."),
        Mistake(_said(D="rate too high"), "D learns its own text smoothly. Only new text becomes "
                "worse: it learns by heart."),
        Mistake(_said(B="too little text", D="answer in the input"), "B and D are swapped: with "
                "the answer in the input *both* curves fall; with too little text they part."),
        Mistake(_said(A="rate too low"), "A falls at once and then jumps about. Too low a rate "
                "gives a slow and smooth curve."),
        Mistake(_said(A="too little text"), "A is as bad on its own text as on new text: it did "
                "not even learn by heart."),
        Mistake(_said(A="network too small"), "Too small a network stays high, but smoothly. A "
                "jumps about: look for what makes it jump."),
        Mistake(_said(A="healthy"), "A stays where one is who knows no more than how frequent "
                "each letter is, and it jumps about."),
        Mistake(_said(A="healthy", C="rate too low"), "A stays at a high loss and jumps about; C "
                "falls further than A, and is still falling."),
        Mistake(_said(C="rate too low"), "C has the lowest loss on new text of all that can be "
                "believed."),
        Mistake(_said(C="network too small"), "Too small a network stays high. C comes far "
                "below counted pairs of letters, 2.3 nats, and is still falling."),
        Mistake(_said(C="too little text"), "In C the two curves stay together: what it learned "
                "holds for new text."),
    ),
    reread="Exercise 3.11 ★ · Which run is broken? (5 minutes)",
    moral="The curve that looks best is the one not to believe.",
)


def fair_ranking(results: dict) -> list[tuple[str, float]]:
    """(model, rate) for every model, each at its own best rate, the best model first.

    results[rate][model]: shares of right answers, one per seed. Best: by the mean over seeds;
    ties: the smaller rate, and models by name.
    """
    best = {}
    for rate in sorted(results):
        for model, shares in results[rate].items():
            mean = sum(shares) / len(shares)
            if model not in best or mean > best[model][0]:
                best[model] = (mean, rate)
    ranked = sorted(best, key=lambda model: (-best[model][0], model))
    return [(model, best[model][1]) for model in ranked]


def _ranking_by_tuples(results):
    rows = [(-float(np.mean(shares)), rate, model) for rate in results
            for model, shares in results[rate].items()]
    firsts = {model: min(row for row in rows if row[2] == model) for _, _, model in rows}
    return [(model, rate) for _, model, rate in sorted(
        (mean, model, rate) for mean, rate, model in firsts.values())]


def _ranking_by_max(results):
    names = sorted({model for models in results.values() for model in models})

    def mean(model, rate):
        return float(np.mean(results[rate].get(model, [-1])))
    rates = {model: max(sorted(results), key=lambda rate: mean(model, rate)) for model in names}
    return sorted(rates.items(), key=lambda pair: -mean(*pair))


def _ranked(score, rates=sorted, worst_first=False):
    """An answer that goes by score(shares), over rates(results)."""
    def answer(results):
        chosen = {rate: {model: [score(shares)] for model, shares in results[rate].items()}
                  for rate in rates(results)}
        ranking = fair_ranking(chosen)
        return ranking[::-1] if worst_first else ranking
    return answer


def _one_rate(results):
    """All models at the rate where some model is best."""
    winner = fair_ranking(results)[0][1]
    return fair_ranking({winner: results[winner]})


def _average_rates(results):
    rates, models = sorted(results), fair_ranking(results)
    means = {model: sum(np.mean(results[r][model]) for r in rates) for model, _ in models}
    return sorted(models, key=lambda pair: (-means[pair[0]], pair[0]))


def _results(rng) -> tuple:
    """One to three rates, models that were tried at each, shares in eighths, all of them apart."""
    models = [str(m) for m in rng.permutation(["RNN", "LSTM", "GRU", "LSTM+"])[:rng.integers(2, 5)]]
    rates = rng.permutation([0.01, 0.003, 0.001])[:rng.integers(1, 4)].tolist()
    seeds = int(rng.integers(1, 4))
    return ({rate: {model: (rng.integers(0, 9, seeds) / 8).tolist() for model in models}
             for rate in rates},)


TABLE = {0.01: {"RNN": [0.75, 1.0, 1.0], "LSTM": [0.5, 0.25, 0.25]},
         0.003: {"RNN": [0.25, 0.25, 0.25], "LSTM": [1.0, 1.0, 1.0]},
         0.001: {"RNN": [0.25, 0.25, 0.25], "LSTM": [1.0, 1.0, 1.0]}}
LUCK = {0.01: {"a": [0.5, 0.5, 0.5], "b": [0.125, 1.0, 0.0], "c": [0.75, 0.0, 0.0]},
        0.001: {"a": [0.625, 0.625, 0.125], "b": [0.25, 0.25, 0.25], "c": [0.25, 0.375, 0.25]}}
STEADY = {0.01: {"a": [0.5, 0.5], "b": [0.75, 0.5]}, 0.003: {"a": [0.5, 0.5], "b": [0.0, 0.125]}}
FAIR = Exercise(
    "3.12", "Find the error: a result without its rate", minutes=10, starred=False,
    hints=("Two questions, one after the other: at which rate is each model best, and which model "
           "is then best?",
           "For each model keep the best mean so far and its rate; go through the rates from the "
           "smallest up, so that a tie keeps the smaller one.",
           "sorted(best, key=lambda model: (-best[model][0], model)) puts the best first, ties by "
           "name."),
    solution=fair_ranking, right=(_ranking_by_tuples, _ranking_by_max), compare=expect_equal,
    examples=((TABLE,), (LUCK,), (STEADY,), ({0.1: {"x": [0.5], "y": [0.5]}},)), cases=_results,
    mistakes=(
        Mistake(_one_rate, "All models at one rate, that of the winner. The others were never "
                           "asked at theirs."),
        Mistake(_ranked(lambda shares: shares[0]), "You went by the first seed alone. One run is "
                                                   "one throw of the dice: take the mean."),
        Mistake(_ranked(max), "You went by the luckiest seed. Take the mean over seeds."),
        Mistake(_ranked(min), "You went by the unluckiest seed. Take the mean over seeds."),
        Mistake(_ranked(np.mean, lambda results: [max(results)]), "Only the largest rate was "
                "looked at. Each model has its own best."),
        Mistake(_ranked(np.mean, lambda results: [min(results)]), "Only the smallest rate was "
                "looked at. Each model has its own best."),
        Mistake(_average_rates, "You ranked by the mean over all rates. A model is used at its "
                                "best rate, not at all of them."),
        Mistake(_ranked(np.mean, worst_first=True), "The worst model stands first. Turn it round."),
        Mistake(lambda results: [m for m, _ in fair_ranking(results)], "The rates are missing: "
                "(model, rate) for each. A result without its rate is no result."),
    ),
    reread="A · Why did my LSTM fail?",
    moral="A result without its learning rate is no result.",
)
