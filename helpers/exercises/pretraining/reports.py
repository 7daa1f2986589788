"""Exercise 7.4: reports that reading helped, and the first fault of each."""

import numpy as np

from helpers.exercises._names import one_of
from helpers.exercises.engine import Exercise, Mistake


def fault(report: dict) -> str:
    """The name of the first fault, in this order, of a report that reading helps; "none" if none.

    Claimed is that "fine-tuned", which has read text without labels before, names more of the
    test sentences than "from scratch" and than "bag of words". Sentences are told as numbers.
    "test was read": a test sentence is among those that were read before. report["read"],
    report["test"]: sets. Sentences to be labelled may have been read, without their labels.
    "other labels": the draws of labelled sentences, lists of sets in report["labelled"], are not
    the same for "fine-tuned" and "from scratch", draw by draw.
    "few draws": fewer than three of the draws differ from one another.
    "one rate": one of the two ways tried fewer than two different learning rates,
    report["rates"]: lists. That both ways end at the same one is no fault.
    "no bag of words": it is missing in report["right"], the shares named: a list per way, one per
    draw.
    "not the best": the mean of the fine-tuned shares is not the highest mean.
    """
    ours, theirs = (report["labelled"][way] for way in ("fine-tuned", "from scratch"))
    means = {way: sum(shares) / len(shares) for way, shares in report["right"].items()}
    if report["read"] & report["test"]:
        return "test was read"
    if ours != theirs:
        return "other labels"
    if len({frozenset(draw) for draw in ours}) < 3:
        return "few draws"
    if min(len(set(rates)) for rates in report["rates"].values()) < 2:
        return "one rate"
    if "bag of words" not in means:
        return "no bag of words"
    return "none" if max(means, key=means.get) == "fine-tuned" else "not the best"


NAMES = ("test was read", "other labels", "few draws", "one rate", "no bag of words",
         "not the best", "none")
WAYS = ("fine-tuned", "from scratch", "bag of words")


def _fault_by_a_table(report):
    labelled, right, rates = report["labelled"], report["right"], report["rates"]
    draws = {frozenset(draw) for draw in labelled["fine-tuned"]}
    found = (
        any(sentence in report["read"] for sentence in report["test"]),
        any(a ^ b for a, b in zip(labelled["fine-tuned"], labelled["from scratch"], strict=False))
        or len(labelled["fine-tuned"]) != len(labelled["from scratch"]),
        len(draws) <= 2,
        any(max(tried) == min(tried) for tried in rates.values()),
        WAYS[2] not in right,
        any(np.mean(right[WAYS[0]]) <= np.mean(right.get(way, 0)) for way in WAYS[1:]))
    return NAMES[(*found, True).index(True)]


def _fault_backwards(report):
    """The last fault first; an earlier one writes over it."""
    said, right = "none", report["right"]
    if np.mean(right["fine-tuned"]) < max(np.mean(right[way]) for way in right):
        said = "not the best"
    if set(right) != set(WAYS):
        said = "no bag of words"
    if 1 in [len(set(rates)) for rates in report["rates"].values()]:
        said = "one rate"
    one, two = report["labelled"]["fine-tuned"], report["labelled"]["from scratch"]
    if sum(draw not in one[:i] for i, draw in enumerate(one)) < 3:
        said = "few draws"
    if [sorted(draw) for draw in one] != [sorted(draw) for draw in two]:
        said = "other labels"
    return said if report["read"].isdisjoint(report["test"]) else "test was read"


def _report(read, test, draws, others, rates, right) -> dict:
    """draws, others: of "fine-tuned" and "from scratch". rates: two lists. right: per way."""
    return {"read": set(read), "test": set(test),
            "labelled": dict(zip(WAYS, ([*map(set, draws)], [*map(set, others)]), strict=False)),
            "rates": dict(zip(WAYS, map(list, rates), strict=False)),
            "right": {way: list(right[i]) for i, way in enumerate(WAYS) if i < len(right)}}


def _any_report(rng) -> tuple:
    """Each fault is in one report of a few."""
    def comes(often=0.13):
        return rng.random() < often
    sentences = rng.permutation(60).tolist()
    test, others = sentences[:8], sentences[8:]
    read = others[:15] + [test[rng.integers(8)]] * comes()
    number = int(rng.choice([1, 2, 3, 4, 5], p=[.07, .07, .36, .2, .3]))
    draws = [set(rng.choice(others, 4, replace=False).tolist()) for _ in range(number)]
    if comes(0.15):
        draws = draws[:2] + [set(draws[-1]), set(draws[0])]
    theirs = [set(draw) for draw in draws]
    if comes():
        place = int(rng.integers(len(theirs)))
        theirs[place] = set(sorted(theirs[place])[:-1]) | {others[-1], others[-2]}
    theirs = theirs[::-1] if comes(0.06) else theirs
    rates = [rng.choice([[1e-3, 3e-3], [3e-4, 1e-3, 3e-3], [1e-3, 3e-4]][rng.integers(2)],
                        2, replace=False).tolist() for _ in range(2)]
    if comes(0.2):
        rates[rng.integers(2)] = [1e-3] * int(rng.integers(1, 4))
    base = rng.uniform(0.6, 0.8) + np.array([0, -1, -1.4]) * rng.choice([0.04, 0.1])
    base = base if not comes(0.3) else base[rng.permutation(3)]
    right = np.round(base[:, None] + rng.uniform(-0.015, 0.015, (3, len(draws))), 3).tolist()
    return (_report(read, test, draws, theirs, rates, right[:2] if comes() else right),)


def _finding(read=lambda r: r["read"] & r["test"],
             labels=lambda ours, theirs: ours != theirs,
             draws=lambda draws: len(set(map(frozenset, draws))) < 3,
             rates=lambda rates: min(len(set(tried)) for tried in rates.values()) < 2,
             bag=lambda right: "bag of words" not in right,
             best=lambda right: _mean(right["fine-tuned"]) < max(map(_mean, right.values())),
             order=NAMES[:6]):
    """An answer with another look at one of the six, or in another order."""
    def answer(report):
        ours, theirs = (report["labelled"][way] for way in WAYS[:2])
        found = dict(zip(NAMES, (
            read(report), labels(ours, theirs), draws(ours), rates(report["rates"]),
            bag(report["right"]), best(report["right"])), strict=False))
        return next((name for name in order if found[name]), "none")
    return answer


def _mean(shares):
    return sum(shares) / len(shares)


def _never(*given):
    return False


def _labelled(report):
    return set().union(*report["labelled"]["fine-tuned"])


def _before(name, other):
    """The order with one name moved to just before another one."""
    names = [n for n in NAMES[:6] if n != name]
    names.insert(names.index(other), name)
    return tuple(names)


FINE = {"read": (1, 2, 3, 4, 5, 6), "test": (20, 21, 22), "rates": ([1e-3, 3e-3], [3e-3, 1e-2]),
        "draws": ((1, 7), (8, 9), (10, 11)), "others": None,
        "right": ((0.7, 0.74, 0.78), (0.6, 0.62, 0.58), (0.65, 0.66, 0.61))}
TWICE = ((8, 9), (7, 1), (9, 8), (1, 7))


def _told(**given) -> tuple[dict]:
    figures = FINE | given
    figures["others"] = figures["others"] or figures["draws"]
    return (_report(*(figures[k] for k in ("read", "test", "draws", "others", "rates", "right"))),)


MIXED = ((0.9, 0.5, 0.55), (0.6, 0.7, 0.8), (0.5, 0.5, 0.5))
NARROW = ((0.7, 0.74, 0.78), (0.6, 0.62, 0.58), (0.9, 0.4, 0.44))
REPORTS = Exercise(
    "7.4", "Which report shows that reading helped?", minutes=8, starred=True,
    hints=("Read the docstring's list as six questions. Which of them is about sets, which about "
           "how many *different* things there are, which about means?",
           "Test sentences that were read: an intersection. Labels: compare draw by draw. Draws "
           "and rates: a list may hold the same one twice, so count a set of them.",
           "Six ifs in the order of the docstring, each with a return. Draws are sets: to count "
           "the different ones, make each a frozenset."),
    solution=fault, right=(_fault_by_a_table, _fault_backwards), compare=one_of(NAMES),
    cases=_any_report,
    examples=(
        _told(), _told(read=(1, 2, 20)), _told(read=(1, 7, 8, 11, 9, 10)),
        _told(others=((1, 7), (8, 9), (10, 12))), _told(others=((8, 9), (1, 7), (10, 11))),
        _told(others=((1, 7), (8, 9), (10, 11, 12))),
        _told(others=((2, 7), (8, 9), (10, 11))),
        _told(draws=((1, 7), (8, 9)), right=((0.7, 0.74), (0.6, 0.62), (0.65, 0.66))),
        _told(draws=((1, 7),), right=((0.7,), (0.6,), (0.65,))),
        _told(draws=TWICE, right=[row + row[:1] for row in FINE["right"]]),
        _told(rates=([1e-3], [1e-3])), _told(rates=([3e-3], [3e-3, 1e-2])),
        _told(rates=([1e-3, 3e-3], [3e-3])), _told(rates=([1e-3, 3e-3], [1e-3, 1e-3, 1e-3])),
        _told(rates=([1e-3, 3e-3, 1e-2], [3e-3, 1e-3])),
        _told(rates=([1e-3, 3e-3], [1e-3, 3e-3])),
        _told(rates=([3e-4, 1e-3, 3e-3], [1e-2, 1e-3, 3e-3])),
        _told(right=FINE["right"][:2]), _told(right=MIXED), _told(right=NARROW),
        _told(right=(FINE["right"][0], FINE["right"][2], (0.8, 0.81, 0.79))),
        _told(right=(FINE["right"][0], (0.8, 0.81, 0.79), FINE["right"][2])),
        _told(right=((0.9, 0.6, 0.6), (0.62, 0.61, 0.66), (0.64, 0.65, 0.66))),
        _told(right=((0.6, 0.7, 0.75), (0.5, 0.52, 0.5), (0.62, 0.6, 0.6))),
        _told(read=(21,), others=((1, 7), (8, 9), (10, 12)), rates=([1e-3], [1e-3])),
        _told(draws=((1, 7), (8, 9)), others=((1, 7), (8, 10)), rates=([1e-3], [1e-3]),
              right=((0.7, 0.74), (0.6, 0.62))),
        _told(draws=((1, 7), (8, 9)), rates=([1e-3], [1e-3]), right=((0.7, 0.74), (0.6, 0.62))),
        _told(rates=([1e-3], [1e-3]), right=FINE["right"][:2]),
        _told(rates=([1e-3], [1e-3]), right=MIXED), _told(right=(MIXED[0], MIXED[1])),
        _told(draws=((1, 7), (8, 9)), others=((1, 7), (8, 10)), right=((0.7, 0.74), (0.6, 0.62),
                                                                      (0.65, 0.66))),
        _told(draws=((1, 7), (8, 9), (10, 11), (2, 8)), others=((1, 7), (8, 9), (10, 11)),
              right=[row + row[:1] for row in FINE["right"]])),
    mistakes=(
        Mistake(_finding(read=_never), "Sentences of the test were read before: it is no new text "
                "to that model, even without labels."),
        Mistake(_finding(read=lambda r: r["read"] & (r["test"] | _labelled(r))), "Sentences that "
                "are labelled later may be read before: their labels were not there. Only the "
                "test must be new."),
        Mistake(_finding(labels=_never), "The two ways were trained on other labelled sentences: "
                "so one may have had luck. Compare their draws."),
        Mistake(_finding(labels=lambda a, b: set().union(*a) != set().union(*b)), "All draws "
                "together are the same, but draw by draw they differ: compare the lists."),
        Mistake(_finding(labels=lambda a, b: [len(d) for d in a] != [len(d) for d in b]), "As many "
                "labels are not the same labels: compare the sentences."),
        Mistake(_finding(labels=lambda a, b: any(x != y for x, y in zip(a, b, strict=False))),
                "You compared as many draws as both have. One way has a draw more: that is not the "
                "same."),
        Mistake(_finding(draws=_never), "Few sentences drawn once or twice: other ones may turn "
                "the picture round. Three draws are asked for."),
        Mistake(_finding(draws=lambda draws: len(draws) < 3), "You counted draws that are the same "
                "as others. Three *different* ones are asked for."),
        Mistake(_finding(draws=lambda draws: len(draws) < 2), "Two draws are too few: three "
                "different ones are asked for."),
        Mistake(_finding(draws=lambda draws: len(set(map(frozenset, draws))) < 4), "Three "
                "different draws are enough."),
        Mistake(_finding(rates=_never), "Both ways must be tried at two rates or more: what is "
                "right for one starves the other."),
        Mistake(_finding(rates=lambda rates: min(map(len, rates.values())) < 2), "The same rate "
                "tried again is no second one: count different rates."),
        Mistake(_finding(rates=lambda rates: max(map(len, map(set, rates.values()))) < 2), "One "
                "way was tried at several rates, the other was not. Each needs two."),
        Mistake(_finding(rates=lambda rates: rates["fine-tuned"] == rates["from scratch"]), "That "
                "both ways try the same rates is no fault, nor is it one that they do not: each "
                "must try two different ones."),
        Mistake(_finding(bag=_never), "Words counted, with no network at all, are missing: they "
                "might do as well."),
        Mistake(_finding(best=_never), "The claim itself does not hold: another way has the higher "
                "mean."),
        Mistake(_finding(best=lambda right: _mean(right["fine-tuned"]) < _mean(
                    right["from scratch"])), "Better than from scratch, but bag of words is better "
                "still: the highest mean of all is asked for."),
        Mistake(_finding(best=lambda right: max(right["fine-tuned"]) < max(map(
                    max, right.values()))), "You compared the luckiest draws. Compare means."),
        Mistake(_finding(best=lambda right: min(right["fine-tuned"]) < max(
                    max(right[way]) for way in right if way != "fine-tuned")), "Not every draw "
                "must win: the highest mean is asked for."),
        Mistake(_finding(order=_before("one rate", "other labels")), "Two faults are here. Labels "
                "and draws are asked for before the rates."),
        Mistake(_finding(order=_before("other labels", "test was read")), "Two faults are here. "
                "What was read is asked for first."),
        Mistake(_finding(order=_before("few draws", "other labels")), "Two faults are here. "
                "Whether the labels are the same is asked for before how many draws there are."),
        Mistake(_finding(order=_before("no bag of words", "one rate")), "Two faults are here. The "
                "rates are asked for before the bag of words."),
        Mistake(_finding(order=_before("not the best", "one rate")), "Two faults are here. Whether "
                "it is the best is asked for last."),
        Mistake(_finding(order=_before("not the best", "no bag of words")), "Two faults are here. "
                "The missing bag of words is asked for before who is best."),
    ),
    reread="5 · What is reading worth?",
    moral="Reading has helped if it beats scratch on the same labels, and words that are counted.",
)
