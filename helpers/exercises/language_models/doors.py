"""Exercise 1.8: why Kneser-Ney gives by doors."""

from collections import Counter

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_number
from helpers.exercises.language_models import _drawing


def expected_visits(pairs: Counter, shares: dict[str, float], d: float, word: str) -> float:
    """How often `word` is expected if the model is asked at every place where `pairs` was counted.

    The model takes d (0 < d <= 1) from each count and gives what it took by `shares`.
    """
    kept = sum(count - d for (_, second), count in pairs.items() if second == word)
    return kept + d * len(pairs) * shares[word]


def _visits_row_by_row(pairs, shares, d, word):
    total = 0.0
    for v in {first for first, _ in pairs}:
        row = {second: count for (first, second), count in pairs.items() if first == v}
        asked = sum(row.values())
        p = max(row.get(word, 0) - d, 0) / asked + d * len(row) / asked * shares[word]
        total += asked * p
    return total


def _visits_numpy(pairs, shares, d, word):
    counts = np.array(list(pairs.values()), dtype=float)
    here = np.array([second == word for _, second in pairs])
    return (counts - d)[here].sum() + d * len(counts) * shares[word]


FRANCISCO = Counter({("san", "francisco"): 40, ("new", "glasses"): 2, ("my", "glasses"): 1,
                     ("reading", "glasses"): 1, ("the", "glasses"): 3, ("the", "san"): 1,
                     ("his", "glasses"): 1, ("<s>", "my"): 1, ("glasses", "</s>"): 5,
                     ("glasses", "glasses"): 2})


def door_shares(pairs: Counter) -> dict[str, float]:
    """P_doors: for each second word, its share of all doors (a door: a different word before)."""
    doors = Counter(second for _, second in pairs)
    return {word: count / len(pairs) for word, count in doors.items()}


def _visit_shares(pairs):
    visits = Counter()
    for (_, second), count in pairs.items():
        visits[second] += count
    return {word: count / visits.total() for word, count in visits.items()}


def _random_model(rng):
    pairs = _drawing.pairs(rng, least=1)
    seconds = sorted({second for _, second in pairs})
    parts = rng.random(len(seconds)) + 0.05
    shares = dict(zip(seconds, (parts / parts.sum()).round(4).tolist(), strict=True))
    return pairs, shares, round(float(rng.uniform(0.1, 1)), 2), str(rng.choice(seconds))


def _expected(rule):
    """An answer by rule(the pairs that end in `word`, all pairs, shares, d, word)."""
    return lambda pairs, shares, d, word: rule(
        {pair: count for pair, count in pairs.items() if pair[1] == word}, pairs, shares, d, word)


def _row(pairs, first):
    return [count for pair, count in pairs.items() if pair[0] == first]


DOORS = Exercise(
    "1.8", "Why doors?", minutes=10, starred=False,
    hints=("The model is asked c(v) times after v, and each time it gives P(w | v). Multiply, and "
           "see what is left of the formula above.",
           "c(v) P(w | v) is max(c(v w) - d, 0) + d n(v) P(w). Add that up over all v: which rows "
           "give to w? All of them, also those in which w was never seen.",
           "The first terms: count - d for each pair that ends in `word`. The second: d once for "
           "each pair there is, times shares[word]."),
    solution=expected_visits, right=(_visits_row_by_row, _visits_numpy), compare=expect_number,
    examples=((FRANCISCO, _visit_shares(FRANCISCO), 0.5, "francisco"),
              (FRANCISCO, _visit_shares(FRANCISCO), 0.75, "glasses"),
              (FRANCISCO, door_shares(FRANCISCO), 0.5, "francisco"),
              (FRANCISCO, dict.fromkeys(_visit_shares(FRANCISCO), 0.2), 1.0, "my"),
              (FRANCISCO, _visit_shares(FRANCISCO), 0.5, "</s>"),
              (Counter({("a", "b"): 2, ("b", "b"): 1, ("c", "b"): 7, ("c", "a"): 1}),
               {"a": 0.25, "b": 0.75}, 0.5, "b")),
    cases=_random_model,
    mistakes=(
        Mistake(_expected(lambda here, pairs, shares, d, word: sum(here.values())),
                "That is how often the word was counted. The model says it as often only if it "
                "gives by doors; other `shares` may come in."),
        Mistake(_expected(lambda here, pairs, shares, d, word: sum(n - d for n in here.values())),
                "You took the discount, but gave nothing back. d was taken from every pair, and "
                "`word` gets shares[word] of all that."),
        Mistake(_expected(lambda here, pairs, shares, d, word: sum(
                    n - d + d * len(_row(pairs, first)) * shares[word]
                    for (first, _), n in here.items())),
                "You gave only in the rows in which `word` was seen. All rows give what they took, "
                "also those in which it never stood."),
        Mistake(_expected(lambda here, pairs, shares, d, word: sum(
                    ((pairs[v, word] - d if pairs[v, word] else 0)
                     + d * len(_row(pairs, v)) * shares[word]) / sum(_row(pairs, v))
                    for v in {first for first, _ in pairs})),
                "You added up P(word | v) over the words v. But the model is asked after v as "
                "often as v was counted: weight each row by that."),
        Mistake(_expected(lambda here, pairs, shares, d, word: sum(
                    n - d for n in here.values()) + d * sum(pairs.values()) * shares[word]),
                "You gave d for every visit. It was taken once from each different pair: from a "
                "count of 40 too, only one d is taken."),
        Mistake(_expected(lambda here, pairs, shares, d, word: sum(
                    n - d for n in here.values()) + d * len({a for a, _ in pairs}) * shares[word]),
                "You gave one d for each first word. It is taken from each different pair."),
        Mistake(_expected(lambda here, pairs, shares, d, word: sum(here.values())
                          + d * len(pairs) * shares[word]),
                "You gave, but took nothing: each count that ends in `word` loses d. As it is, the "
                "rows sum to more than 1."),
        Mistake(_expected(lambda here, pairs, shares, d, word: sum(here.values()) - d
                          + d * len(pairs) * shares[word]),
                "You took d once. Each pair that ends in `word` loses its own d."),
        Mistake(_expected(lambda here, pairs, shares, d, word: expected_visits(
                    pairs, shares, d, word) / sum(pairs.values())),
                "That is a share of all places. Asked is how often, so do not divide."),
    ),
    reread="H · Kneser-Ney, the whole model",
    moral="Only with the shares of doors is every word expected as often as it was counted, "
          "whatever d is. So Kneser and Ney found them (1995).",
)
