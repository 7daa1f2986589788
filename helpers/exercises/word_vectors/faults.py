"""Exercise 2.9: runs of a skip-gram program, of which most have a bug."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show


def which_bug(run: dict) -> str:
    """What is wrong with a run of skip-gram: "nothing", or one of four; never two at once.

    "rate too large": its last loss is not below its first, or is no number at all.
    "target among negatives": some pair has its own context among its negatives.
    "common words only": no negative at all has an id of V / 2 or more (0 is the most frequent).
    "across sentences": some pair never stands within the window in one sentence.
    run: "sentences", lists of ids; "window", how many places to each side; "V", the number of
    words; "pairs", some of those learned, (centre, context); "negatives", a list of ids for each
    of the pairs; "losses", mean loss per pair, one after another.
    """
    if not run["losses"][-1] < run["losses"][0]:
        return "rate too large"
    for (_, context), drawn in zip(run["pairs"], run["negatives"], strict=True):
        if context in drawn:
            return "target among negatives"
    if max(id for drawn in run["negatives"] for id in drawn) < run["V"] / 2:
        return "common words only"
    near = set()
    for sentence in run["sentences"]:
        for i, centre in enumerate(sentence):
            for j in range(max(0, i - run["window"]), i):
                near |= {(centre, sentence[j]), (sentence[j], centre)}
    return "nothing" if set(run["pairs"]) <= near else "across sentences"


NAMES = ("nothing", "rate too large", "target among negatives", "common words only",
         "across sentences")


def _near(sentences, window):
    return [(a, b) for s in sentences for i, a in enumerate(s) for j, b in enumerate(s)
            if 0 < abs(i - j) <= window]


def _by_counts(run):
    V, pairs, negatives = run["V"], run["pairs"], run["negatives"]
    if np.isnan(run["losses"][-1]) or run["losses"][-1] >= run["losses"][0]:
        return "rate too large"
    if sum(drawn.count(pair[1]) for pair, drawn in zip(pairs, negatives, strict=True)):
        return "target among negatives"
    if not (np.concatenate(negatives) * 2 >= V).any():
        return "common words only"
    allowed = np.zeros((V, V), dtype=bool)
    for pair in _near(run["sentences"], run["window"]):
        allowed[pair] = True
    return "nothing" if all(allowed[pair] for pair in pairs) else "across sentences"


def _by_doubts(run):
    """All four questions, then the name of the one that is answered with yes."""
    def together(a, b, s):
        return any(a == s[i] and b in s[max(0, i - run["window"]):i] + s[i + 1:i + 1 + run[
            "window"]] for i in range(len(s)))
    doubts = [True, not run["losses"][-1] - run["losses"][0] < 0,
              any(c in drawn for (_, c), drawn in zip(run["pairs"], run["negatives"],
                                                      strict=True)),
              all(2 * id < run["V"] for drawn in run["negatives"] for id in drawn),
              not all(any(together(*pair, s) for s in run["sentences"]) for pair in run["pairs"])]
    return [name for name, doubt in zip(NAMES, doubts, strict=True) if doubt][-1]


def _losses(rng, fault) -> list[float]:
    """They fall, often with a bump, to well below the first; or they do not fall."""
    first = float(rng.uniform(1.5, 4.2))
    if fault == "rate too large":
        last = [np.nan, np.inf, first, first + 0.2, 40.0][rng.integers(5)]
        return [round(first, 2), round(first * 0.8, 2), float(np.round(last, 2))]
    bump = float(rng.choice([0.9, 0.5, 1.2]))
    return [round(first * part, 2) for part in (1, bump, 0.7, float(rng.choice([0.65, 0.75])))]


def _negatives(rng, V, context, fault) -> list[int]:
    known = [id for id in range(V) if id != context and (
        fault != "common words only" or id < V / 2)]
    return [int(id) for id in rng.choice(known, rng.integers(1, 5))]


def _made(rng, fault) -> dict:
    """A run with this fault, and no other one."""
    while True:
        V, window = int(rng.integers(5, 17)), int(rng.integers(1, 4))
        sentences = [[int(id) for id in rng.integers(0, V, rng.integers(2, 7))]
                     for _ in range(rng.integers(2, 5))]
        near = _near(sentences, window)
        text = [id for sentence in sentences for id in sentence]
        across = [pair for pair in _near([text], window) if pair not in near]
        pairs = [near[i] for i in rng.permutation(len(near))[:rng.integers(4, 9)]]
        if fault == "across sentences" and across:
            pairs[rng.integers(len(pairs))] = across[rng.integers(len(across))]
        negatives = [_negatives(rng, V, context, fault) for _, context in pairs]
        if fault == "target among negatives":
            hit = rng.integers(len(pairs))
            negatives[hit][rng.integers(len(negatives[hit]))] = pairs[hit][1]
        run = {"sentences": sentences, "window": window, "V": V, "pairs": pairs,
               "negatives": negatives, "losses": _losses(rng, fault)}
        rare = max(map(max, negatives)) >= V / 2
        if which_bug(run) == fault and rare == (fault != "common words only"):
            return run


def _run(rng) -> tuple:
    return (_made(rng, str(rng.choice(NAMES))),)


def _expect_name(got: object, wanted: str, call: object) -> None:
    """Nobody is told what would be right."""
    expect(got in NAMES, f"{call} must be one of: {', '.join(NAMES)}; yours: {show(got)}")
    expect(got == wanted, f"{call} is not {show(got)}.")


def _asking(rate=lambda losses: not losses[-1] < losses[0],
            target=lambda run: any(pair[1] in drawn for pair, drawn in zip(
                run["pairs"], run["negatives"], strict=True)),
            common=lambda run: max(map(max, run["negatives"])) < run["V"] / 2,
            near=lambda run: _near(run["sentences"], run["window"])):
    """The reference, with another look at one of its four questions."""
    def answer(run):
        if rate(run["losses"]):
            return "rate too large"
        if target(run):
            return "target among negatives"
        if common(run):
            return "common words only"
        return "nothing" if set(run["pairs"]) <= set(near(run)) else "across sentences"
    return answer


def _in_one_sentence(run):
    return [(a, b) for s in run["sentences"] for a in s for b in s]


def _of_whole_text(run):
    return _near([[id for s in run["sentences"] for id in s]], run["window"])


def _any_target(run):
    return {c for _, c in run["pairs"]} & {id for drawn in run["negatives"] for id in drawn}


def _written(losses, pairs, negatives, window=2, V=8) -> dict:
    return {"sentences": [[0, 3, 1, 5, 0], [2, 0, 6, 1], [4, 1, 7]], "window": window, "V": V,
            "pairs": pairs, "negatives": negatives, "losses": losses}


FALLS, BUMP = [2.1, 1.7, 1.5], [1.4, 1.6, 1.2]
GOOD, DRAWN = [(0, 3), (1, 5), (6, 2)], [[1, 6], [2, 7], [0, 5]]
BUG = Exercise(
    "2.9", "A negative that is right", minutes=10, starred=False,
    hints=("For each bug: what could a right program never have written into its record? Begin "
           "with the loss, which takes one look.",
           "Loss: last against first; nan is not below anything. Target: pair and negatives of the "
           "*same* step. Common: the largest negative of all. Sentences: make all pairs that a "
           "right program could have made, one sentence after the other.",
           "All right pairs: for each sentence the (s[i], s[j]) with 0 < abs(i - j) <= window, in "
           "a set. Then ask: set(run[\"pairs\"]) <= that set?"),
    solution=which_bug, right=(_by_counts, _by_doubts), compare=_expect_name, cases=_run,
    examples=tuple((run,) for run in (
        _written(FALLS, GOOD, DRAWN), _written(BUMP, GOOD, DRAWN),
        _written(FALLS, GOOD, [[1, 6], [2, 5], [0, 7]]),
        _written(FALLS, [(1, 5), (0, 3), (7, 4)], [[7, 2], [1, 3], [3, 0, 2]]),
        _written(FALLS, GOOD, [[3, 7], [2, 4], [0, 5]]),
        _written(FALLS, [(2, 5), (5, 2)], [[4, 0], [6]]) | {"sentences": [[2, 5]]},
        _written([2.1, 1.9, np.nan], GOOD, DRAWN), _written([1.4, 1.2, 1.9], GOOD, DRAWN),
        _written([3.1, 2.6, np.inf], GOOD, DRAWN), _written([2.5, 2.2, 2.5], GOOD, DRAWN),
        _written([2.5, 1.2, 1.6], GOOD, DRAWN),
        _written(FALLS, GOOD, [[1, 2], [2, 0], [0, 1]]),
        _written(FALLS, GOOD, [[1, 2], [2, 3, 3], [0, 1]]),
        _written(BUMP, GOOD, [[1, 4], [2, 3], [0, 1]]),
        _written(FALLS, [*GOOD, (5, 2)], [*DRAWN, [3, 4]]),
        _written(FALLS, [(4, 6), *GOOD], [[0, 3], *DRAWN]),
        _written(FALLS, [(0, 3), (3, 0), (2, 1), (5, 0)], [*DRAWN, [6, 4]], 3),
        _written(FALLS, [(0, 3), (4, 1)], [[0, 5], [4, 6]], 1),
        _written(FALLS, [(0, 3), (2, 1)], [[2, 5], [7, 6]]),
        _written(FALLS, [(1, 0), (3, 5)], [[5, 2], [1, 7]], 2, 10),
        _written(FALLS, GOOD, [[1, 4], [2, 4], [0, 3]], 2, 9),
        _written(FALLS, GOOD, [[1, 4], [2, 4], [0, 5]], 2, 9))),
    mistakes=(
        Mistake(_asking(rate=lambda losses: losses[-1] > losses[0]), "A loss of nan came through: "
                "nan is neither above nor below anything. Ask whether the last is *below* the "
                "first."),
        Mistake(_asking(rate=lambda losses: not np.isfinite(losses[-1])), "A loss may also grow "
                "and stay a number. Compare the last with the first."),
        Mistake(_asking(rate=lambda losses: not all(
                    b < a for a, b in zip(losses, losses[1:], strict=False))), "A loss may rise "
                "for a while: negatives are drawn by chance. Compare the last with the first."),
        Mistake(_asking(rate=lambda losses: False), "A run whose loss ended no lower than it began "
                "is not all right."),
        Mistake(_asking(target=lambda run: any(pair[0] in drawn for pair, drawn in zip(
                    run["pairs"], run["negatives"], strict=True))), "You looked for the *centre* "
                "among the negatives. That may be drawn: the context is the one that stood "
                "there."),
        Mistake(_asking(target=_any_target), "A word may be the context of one pair and a negative "
                "of another. Only its own negatives count."),
        Mistake(_asking(target=lambda run: any(pair[1] == drawn[0] for pair, drawn in zip(
                    run["pairs"], run["negatives"], strict=True))), "You looked at the first "
                "negative of each pair only."),
        Mistake(_asking(target=lambda run: False), "A pair that has its own context among its "
                "negatives came through: it is pulled and pushed at once."),
        Mistake(_asking(common=lambda run: False), "Nobody with a rare id was ever drawn, and you "
                "do not say so: the rare words are never pushed away."),
        Mistake(_asking(common=lambda run: max(run["negatives"][0]) < run["V"] / 2), "You looked "
                "at the negatives of the first pair only."),
        Mistake(_asking(common=lambda run: min(map(max, run["negatives"])) < run["V"] / 2),
                "That one pair has only common words is chance. Look at the negatives of all "
                "pairs."),
        Mistake(_asking(common=lambda run: max(map(max, run["negatives"])) <= run["V"] / 2), "The "
                "id V / 2 belongs to the rarer half already, as ids are counted from 0."),
        Mistake(_asking(near=_of_whole_text), "You took the whole text for one sentence, as the "
                "buggy program does. Begin anew with each sentence."),
        Mistake(_asking(near=_in_one_sentence), "In one sentence is not enough: they must stand "
                "within the window there."),
        Mistake(_asking(near=lambda run: _near(run["sentences"], 1)), "You looked at the next "
                "word only. The window reaches further."),
        Mistake(_asking(near=lambda run: _near(run["sentences"], run["window"] - 1)), "A window "
                "of 2 includes the word two places away: up to and including `window`."),
        Mistake(_asking(near=lambda run: _near(run["sentences"][:1], run["window"])), "A pair may "
                "come from any of the sentences."),
        Mistake(_asking(near=lambda run: [
                    (s[i], s[j]) for s in run["sentences"] for i in range(len(s))
                    for j in range(i + 1, min(len(s), i + 1 + run["window"]))]), "A context may "
                "stand before its centre as well as after it."),
    ),
    reread="C · Where the negatives come from",
    moral="None of these runs crashed. What a right program cannot have written gives it away.",
)
