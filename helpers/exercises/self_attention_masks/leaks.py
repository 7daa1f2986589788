"""Exercises 5.9 and 5.10: a model that sees the future, caught by its answers and by its score."""

from dataclasses import dataclass

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show


def first_leak(model, ids: list[int], other: int) -> tuple[int, int] | None:
    """(place, source) of the first leak, None if there is none.

    model(ids) -> one number for each place, which is to depend on the ids up to that place only.
    A leak: the number at `place` is another one if the id at one later place, `source`, is `other`
    instead. The first: of the leaks with the smallest place the one with the smallest source.
    A number that moves by less than 1e-9 is the same one, rounded; every leak moves it by more
    than 0.01. `other` is not among the ids, and `ids` stays as it is.
    """
    before = model(ids)
    for place in range(len(ids)):
        for source in range(place + 1, len(ids)):
            after = model([*ids[:source], other, *ids[source + 1:]])
            if abs(after[place] - before[place]) > 1e-9:
                return place, source
    return None


def _first_leak_from_a_table(model, ids, other):
    """All answers first, then a table: which place moves with which source?"""
    n = len(ids)
    texts = [[other if j == source else id for j, id in enumerate(ids)] for source in range(n)]
    moved = np.array([np.abs(np.subtract(model(text), model(ids))) > 1e-3 for text in texts])
    leaks = np.argwhere(np.triu(moved.T, 1)) if n else []
    return tuple(int(i) for i in leaks[0]) if len(leaks) else None


def _first_leak_by_min(model, ids, other):
    before, found = np.array(model(ids)), []
    for source in range(1, len(ids)):
        text = list(ids)
        text[source] = other
        moved = ~np.isclose(model(text), before, rtol=0, atol=1e-6)[:source]
        found += [(place, source) for place in range(source) if moved[place]]
    return min(found, default=None)


@dataclass(frozen=True)
class Model:
    """Each answer is made of the ids up to its place, of those in `leaks`, and of some dust.

    A place that holds the id `tight` does not leak. ValueError for more than 16 ids.
    """

    leaks: tuple[tuple[int, int], ...]
    dust: float = 0.0
    tight: int = -1
    size: float = 0.3

    def __call__(self, ids):
        if len(ids) > 16:
            raise ValueError(f"{len(ids)} ids, and this model reads at most 16")
        answers = [sum((id + 1) * 0.6 ** (place - s) for s, id in enumerate(ids[:place + 1]))
                   for place in range(len(ids))]
        for place, source in self.leaks:
            if source < len(ids) and ids[place] != self.tight:
                answers[place] += self.size * (ids[source] + 1)
        return np.array(answers) + self.dust * sum(ids)

    def __repr__(self) -> str:
        return "a model"


def _leaks(rng, n: int) -> tuple:
    """None; no mask at all; a mask one place off; the last word seen by some; any few."""
    pairs = [(place, source) for place in range(n) for source in range(place + 1, n)]
    kind = rng.integers(5)
    some = [pairs[i] for i in rng.permutation(len(pairs))[:rng.integers(1, 4)]]
    seen = [[], pairs, [(p, s) for p, s in pairs if s == p + 1],
            [(p, s) for p, s in pairs if s == n - 1 and rng.random() < 0.5], some]
    return tuple(seen[kind])


def _suspect(rng) -> tuple:
    n = int(rng.integers(1, 7))
    ids = [int(id) for id in rng.integers(0, rng.choice([4, 12]), n)]
    model = Model(_leaks(rng, n), float(rng.choice([0, 1e-13])), int(rng.integers(12)),
                  float(rng.choice([0.3, -0.3])))
    return model, ids, int(rng.choice([id for id in range(14) if id not in ids]))


def _expect_leak(got: object, wanted: tuple | None, call: object) -> None:
    seen = tuple(got) if isinstance(got, (list, np.ndarray)) else got
    expect(seen == wanted, f"{call} returned {show(got)}, expected {show(wanted)}")


def _searching(pairs=lambda n: [(p, s) for p in range(n) for s in range(p + 1, n)],
               text=lambda ids, other, place, source: [*ids[:source], other, *ids[source + 1:]],
               bound=1e-9, said=lambda place, source: (place, source)):
    """An answer that tries other pairs, writes another text, or takes other changes for a leak."""
    def answer(model, ids, other):
        before = model(ids)
        for place, source in pairs(len(ids)):
            if abs(model(text(ids, other, place, source))[place] - before[place]) > bound:
                return said(place, source)
        return None
    return answer


LEAK = Exercise(
    "5.9", "Catch the leak", minutes=10, starred=False,
    hints=("Change one thing, and look at what must not notice. Which places must not notice that "
           "the last id has changed? And the id before?",
           "Two loops: the place that is watched, from the left, and inside it the place that is "
           "changed, from the next one on. The text for each pair is a new list.",
           "text = [*ids[:source], other, *ids[source + 1:]]; compare model(text)[place] with "
           "model(ids)[place]: abs(difference) > 1e-9 is a leak. After both loops: return None."),
    solution=first_leak, right=(_first_leak_from_a_table, _first_leak_by_min),
    compare=_expect_leak, cases=_suspect,
    examples=tuple((Model(tuple(leaks), dust), ids, other) for leaks, dust, ids, other in (
        ([], 0.0, [3, 1, 4, 1, 5], 9), ([], 1e-13, [2, 7, 1, 8], 11), ([(1, 2)], 0.0, [5, 0, 6], 9),
        ([(2, 4)], 1e-13, [3, 1, 4, 1, 5], 9), ([(1, 4), (2, 3)], 0.0, [1, 6, 1, 8, 0], 12),
        ([(0, 3), (0, 2), (1, 2)], 0.0, [2, 2, 3, 6], 10), ([], 0.0, [4], 9),
        ([(0, 1), (1, 2), (2, 3)], 1e-13, [0, 0, 0, 0], 9), ([(0, 1)], 0.0, [3, 5], 4),
        ([(0, 1)], 0.0, [5, 3], 4))),
    mistakes=(
        Mistake(_searching(pairs=lambda n: [(p, s) for p in range(n) for s in range(n) if s != p]),
                "You changed the past as well. A place is to depend on what came before it: that "
                "is no leak."),
        Mistake(_searching(pairs=lambda n: [(p, s) for p in range(n) for s in range(p, n)]),
                "You changed the very place that you watched. Its own id may move its number; only "
                "later ones must not."),
        Mistake(_searching(text=lambda ids, other, place, source: [
                    *ids[:place + 1], *[other] * (len(ids) - place - 1)]),
                "You changed all later ids at once. So it shows that something leaks, but not from "
                "where: change one at a time."),
        Mistake(_searching(pairs=lambda n: [(p, s) for s in range(1, n) for p in range(s)]),
                "You went by the source first. Asked for is the smallest *place* that leaks, and "
                "of its sources the smallest."),
        Mistake(_searching(pairs=lambda n: [(p, s) for p in range(n) for s in range(n - 1, p, -1)]),
                "The place is right, but from there you came from the end: the smallest source is "
                "asked for."),
        Mistake(_searching(pairs=lambda n: [(p, s) for p in reversed(range(n))
                                            for s in range(p + 1, n)]),
                "You began with the last place. The smallest place that leaks is asked for."),
        Mistake(_searching(pairs=lambda n: [(p, p + 1) for p in range(n - 1)]), "You changed the "
                "next id only. A leak may come from further away."),
        Mistake(_searching(pairs=lambda n: [(p, n - 1) for p in range(n - 1)]), "You changed the "
                "last id only. A leak may come from any later place."),
        Mistake(_searching(bound=0.0), "You took rounding for a leak: a number that moves by "
                "1e-12 is the same one. Compare with 1e-9."),
        Mistake(_searching(said=lambda place, source: (source, place)), "Both are right, in the "
                "wrong order: first the place that notices, then where it comes from."),
        Mistake(_searching(said=lambda place, source: True), "That there is a leak is one half: "
                "return where, as (place, source)."),
        Mistake(_searching(said=lambda place, source: place), "Return the source as well, as "
                "(place, source): it tells which line of the model is wrong."),
    ),
    reread="4 · A mask one can trust",
    moral="A mask is not believed: the future is changed, and the past must not notice.",
)


def verdict(report: dict) -> str:
    """What to think of a measured perplexity, if the text comes from a source that one knows.

    "leak": it lies under the floor by more than four standard errors, counted in nats.
    "luck": it lies under the floor, but by less. "possible": it does not lie under it.
    report: "perplexity", of the model on a text; "letters", of that text; "spread", the standard
    deviation of what one letter costs the model, in nats; "floor", the perplexity that the best
    model of all would have on an endless text.
    """
    below = np.log(report["floor"]) - np.log(report["perplexity"])
    error = report["spread"] / np.sqrt(report["letters"])
    if below > 4 * error:
        return "leak"
    return "luck" if below > 0 else "possible"


def _verdict_by_bounds(report):
    error = (report["spread"] ** 2 / report["letters"]) ** 0.5
    if report["perplexity"] >= report["floor"]:
        return "possible"
    return "luck" if report["perplexity"] > report["floor"] * np.exp(-4 * error) else "leak"


def _verdict_by_the_whole_text(report):
    """The nats of the whole text: what it should cost at least, and how far it may stray."""
    saved = report["letters"] * np.log(report["floor"] / report["perplexity"])
    if saved <= 0:
        return "possible"
    return "leak" if saved / (report["spread"] * report["letters"] ** 0.5) > 4 else "luck"


def _measured(floor, letters, spread, errors) -> dict:
    """A report of a perplexity that lies so many standard errors under the floor."""
    nats = errors * spread / letters ** 0.5
    return {"perplexity": round(float(floor * np.exp(-nats)), 5), "floor": round(float(floor), 5),
            "letters": int(letters), "spread": round(float(spread), 3)}


def _report(rng) -> tuple:
    """Not near a bound: 0 and 4 standard errors."""
    low, high = [(-9, -0.2), (0.2, 1.8), (1.8, 3.8), (4.2, 5), (5, 8)][rng.integers(5)]
    letters = int(rng.choice([150, 900, 5000, 40_000, 10 ** 6]))
    spread = rng.uniform(0.3, 1.2) * (0.9 if letters == 150 else 1)
    return (_measured(rng.uniform(2.5, 9), letters, round(spread, 3), rng.uniform(low, high)),)


def _judging(below=lambda floor, perplexity: np.log(floor / perplexity),
             error=lambda spread, letters: spread / letters ** 0.5, times=4):
    """An answer that measures one of the two otherwise, or has another bound."""
    def answer(report):
        under = below(report["floor"], report["perplexity"])
        if under > times * error(report["spread"], report["letters"]):
            return "leak"
        return "luck" if under > 0 else "possible"
    return answer


def _renamed(**others):
    def answer(report):
        return others.get(verdict(report), verdict(report))
    return answer


NAMES = ("leak", "luck", "possible")


def _expect_verdict(got: object, wanted: str, call: object) -> None:
    """Nobody is told what would be right."""
    expect(got in NAMES, f"{call} must be one of: {', '.join(NAMES)}; yours: {show(got)}")
    expect(got == wanted, f"{call} is not {show(got)}.")


TRUE = Exercise(
    "5.10", "Can this be true?", minutes=8, starred=False,
    hints=("Nobody can predict a source better than it is. On a short text one can have luck: how "
           "much luck does a text of this length allow?",
           "The perplexity is exp of a mean, nats per letter: take logarithms of both to compare. "
           "The mean of n letters strays less than one letter does.",
           "below = np.log(floor) - np.log(perplexity); error = spread / np.sqrt(letters). More "
           "than 4 * error is a leak, above 0 is luck."),
    solution=verdict, right=(_verdict_by_bounds, _verdict_by_the_whole_text),
    compare=_expect_verdict, cases=_report,
    examples=tuple((_measured(*numbers),) for numbers in (
        (3.2, 900, 0.8, 5.0), (3.2, 900, 0.8, 2.6), (3.2, 900, 0.8, -3.0), (6.0, 40_000, 1.1, 3.5),
        (6.0, 40_000, 1.1, 4.6), (2.5, 10 ** 6, 0.6, 0.3), (2.5, 10 ** 6, 0.6, -9.0),
        (8.0, 150, 1.0, 4.3), (4.0, 5000, 0.4, 4.4), (4.0, 5000, 0.4, 1.2), (4.0, 150, 0.3, 7.0),
        (5.0, 5000, 0.9, -0.5), (6.0, 40_000, 1.1, 0.8), (2.5, 900, 0.7, 1.4),
        (8.0, 150, 1.0, 0.2))),
    mistakes=(
        Mistake(_judging(below=lambda floor, perplexity: floor - perplexity), "You compared a "
                "difference of perplexities with nats. A perplexity is exp of nats: take the "
                "logarithm of both first."),
        Mistake(_judging(below=lambda floor, perplexity: np.log2(floor / perplexity)), "You "
                "measured the difference in bits and the error in nats. Take np.log."),
        Mistake(_judging(below=lambda floor, perplexity: 1 - perplexity / floor), "A share of the "
                "perplexity is not the difference in nats: the two agree only where it is small. "
                "Take logarithms."),
        Mistake(_judging(error=lambda spread, letters: spread), "That is how far one letter "
                "strays. The mean of many strays less, by the root of their number."),
        Mistake(_judging(error=lambda spread, letters: spread / letters), "You divided by the "
                "number of letters. A mean of n strays by the *root* of n less than one."),
        Mistake(_judging(error=lambda spread, letters: (spread / letters) ** 0.5), "Under the root "
                "stands a variance: the spread squared, over the letters. Or the spread over the "
                "root of the letters."),
        Mistake(_judging(times=1), "You call a leak what lies one standard error under the floor. "
                "That happens by chance all the time: four are asked for."),
        Mistake(_judging(times=2), "You call a leak what lies two standard errors under the "
                "floor. That happens by chance: four are asked for."),
        Mistake(_judging(times=0), "Under the floor is not yet a leak: on a text of finite length "
                "one can have luck."),
        Mistake(_judging(below=lambda floor, perplexity: abs(np.log(floor / perplexity))),
                "A perplexity far *above* the floor is only a poor model. Too good is what is "
                "suspicious."),
        Mistake(_judging(below=lambda floor, perplexity: np.log(perplexity / floor)), "The sign is "
                "turned round: a lower perplexity is the better one, and too good is what lies "
                "*under* the floor."),
        Mistake(_renamed(luck="possible"), "A little under the floor is called \"luck\": nobody "
                "can keep that up on a longer text."),
    ),
    reread="3 · Hide the future",
    moral="Better than the source itself? Look for the leak before you look for the prize.",
)
