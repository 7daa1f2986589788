"""Exercises 1.5 to 1.7: the entropy floor, one step of byte-pair encoding, top-p."""

import math
from collections import Counter

import numpy as np

from helpers.exercises.engine import (
    Exercise,
    Feedback,
    Wrong,
    expect,
    expect_close,
    expect_equal,
    expect_not,
    expect_number,
    fresh,
)

WEATHER = [[0.9, 0.1], [0.5, 0.5]]           # sun -> sun, rain; rain -> sun, rain
LONG_RUN = [5 / 6, 1 / 6]


def entropy_rate(table: list[list[float]], long_run: list[float]) -> float:
    """Mean surprisal in bits of the next state; table[i][j] = P(j | i), long_run[i] = P(i)."""
    return sum(share * -sum(p * math.log2(p) for p in row if p > 0)
               for share, row in zip(long_run, table, strict=True))


def _rate_by_loop(table, long_run):
    total = 0.0
    for i, share in enumerate(long_run):
        for p in table[i]:
            if p > 0:
                total += share * p * math.log2(1 / p)
    return total


def _rate_numpy(table, long_run):
    p = np.asarray(table, dtype=float)
    bits = np.where(p > 0, -p * np.log2(np.where(p > 0, p, 1)), 0).sum(axis=1)
    return float(np.asarray(long_run) @ bits)


def check_rate(answer) -> None:
    rows = [entropy_rate([row], [1.0]) for row in WEATHER]
    got = answer(fresh(WEATHER), list(LONG_RUN))
    expect_not(got, sum(rows) / 2, "You averaged the two rows as if sun and rain were equally "
                                   "common. Weight each row by `long_run`.")
    expect_not(got, entropy_rate([LONG_RUN], [1.0]),
               "That is the entropy of `long_run`: the surprisal of someone who does not know "
               "today's weather. Use the rows of the table.")
    expect_not(got, entropy_rate(WEATHER, LONG_RUN) * math.log(2),
               "Right idea, in nats. Bits are asked for: log2.")
    expect_not(got, 2 ** entropy_rate(WEATHER, LONG_RUN),
               "That is the perplexity of the floor. The entropy rate is its logarithm.")
    expect_not(got, -entropy_rate(WEATHER, LONG_RUN), "The sign: surprisal is *minus* log p.")
    expect_number(got, entropy_rate(WEATHER, LONG_RUN), "entropy_rate(weather, long_run)")
    try:
        sure = answer([[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5])
    except ValueError as error:
        raise Feedback("For a source without any chance your function stopped: log2(0) does not "
                       "exist. 0 times log 0 counts as 0: leave such entries out.") from error
    expect(not (isinstance(sure, float) and math.isnan(sure)),
           "For a source without any chance you returned nan: 0 times log 0 counts as 0.")
    expect_number(sure, 0.0, "entropy_rate of a source without chance")
    three = [[0.5, 0.5, 0.0], [0.25, 0.5, 0.25], [0.0, 0.5, 0.5]]
    expect_number(answer(three, [0.25, 0.5, 0.25]), 1.25, "entropy_rate of three states")


def _nan_at_zero(table, long_run):
    p = np.asarray(table, dtype=float)
    with np.errstate(all="ignore"):
        return float(np.asarray(long_run) @ -(p * np.log2(p)).sum(axis=1))


RATE = Exercise(
    "1.5", "The floor of a weather report", minutes=10, starred=False, check=check_rate,
    hints=("If today is sun, tomorrow's expected surprisal is the entropy of the first row.",
           "How common is sun? long_run[0]. Weight the rows' entropies with it.",
           "sum(long_run[i] * -sum(p * log2(p) for p in table[i] if p > 0) for each i)"),
    solution=entropy_rate, right=(_rate_by_loop, _rate_numpy),
    wrong=(
        Wrong(lambda table, long_run: entropy_rate(table, [1 / len(table)] * len(table)),
              "equally"),
        Wrong(lambda table, long_run: entropy_rate([long_run], [1.0]), "entropy of `long_run`"),
        Wrong(lambda table, long_run: entropy_rate(table, long_run) * math.log(2), "in nats"),
        Wrong(lambda table, long_run: 2 ** entropy_rate(table, long_run), "perplexity of the"),
        Wrong(lambda table, long_run: -entropy_rate(table, long_run), "The sign"),
        Wrong(_nan_at_zero, "0 times log 0"),
        Wrong(lambda table, long_run: sum(w * -p * math.log2(p) for row, w in
                                          zip(table, long_run, strict=True) for p in row),
              "log2(0) does not exist"),
    ),
    reread="B · The floor",
    moral="No forecaster can beat this number on average, not even one who knows the table.",
)


def nucleus(probabilities: list[float], p: float) -> list[float]:
    """Top-p: keep the fewest largest probabilities that reach p, set the rest to 0, rescale.

    The result has one number per word, at the words' old places.
    """
    order = sorted(range(len(probabilities)), key=lambda i: -probabilities[i])
    kept, total = set(), 0.0
    for i in order:
        if total >= p - 1e-12:
            break
        kept.add(i)
        total += probabilities[i]
    return [q / total if i in kept else 0.0 for i, q in enumerate(probabilities)]


def _nucleus_numpy(probabilities, p):
    row = np.asarray(probabilities, dtype=float)
    order = np.argsort(-row, kind="stable")
    before = np.cumsum(row[order]) - row[order]
    keep = np.zeros(len(row), dtype=bool)
    keep[order[before < p - 1e-12]] = True
    return (row * keep / (row * keep).sum()).tolist()


def _nucleus_by_removing(probabilities, p):
    kept = list(probabilities)
    while True:
        rest = [q for q in kept if q > 0]
        if sum(rest) - min(rest) < p - 1e-12:
            return [q / sum(rest) for q in kept]
        kept[len(kept) - 1 - kept[::-1].index(min(rest))] = 0.0


ROW = [0.10, 0.50, 0.05, 0.20, 0.15]


def check_nucleus(answer) -> None:
    given = answer(list(ROW), 0.8)
    expect(isinstance(given, (list, tuple, np.ndarray)),
           f"Return a list with one number per word; you returned {type(given).__name__}.")
    got = np.asarray(given, dtype=float)
    expect(got.shape == (5,), f"The result has shape {got.shape}; it must have one number per "
                              "word, 0 for those cut off.")
    kept = int((got > 0).sum())
    expect(kept != 2, "You kept 2 words, together 0.7 < 0.8. The word that crosses the line is "
                      "kept too: the set must *reach* p.")
    expect(kept == 3, f"You kept {kept} words; the largest three reach 0.85 >= 0.8.")
    expect(abs(got.sum() - 1) < 1e-5, f"Your result sums to {got.sum():.2f}: divide the kept "
                                      "ones by their sum, so that it is a distribution again.")
    expect(got[1] > 0 and got[0] == 0, "The numbers are there, but not at their words' places: "
                                       "sort a copy, keep the order of the input.")
    expect_close(got, [0, 0.5 / 0.85, 0, 0.2 / 0.85, 0.15 / 0.85], "nucleus(row, 0.8)")
    expect_close(answer(list(ROW), 1.0), ROW, "nucleus(row, 1.0)")
    exact = np.asarray(answer(list(ROW), 0.5), dtype=float)
    expect(int((exact > 0).sum()) == 1, "With p = 0.5 the largest word alone reaches it, exactly. "
                                        "*Reach* means at least p: stop there.")
    tied = np.asarray(answer([0.4, 0.2, 0.2, 0.2], 0.6), dtype=float)
    kept = int((tied > 0).sum())
    expect(kept == 2, "Of 0.4, 0.2, 0.2, 0.2 two words reach p = 0.6, whichever of the equal ones; "
                      f"you kept {kept}.")
    expect_close(answer(list(ROW), 0.3), [0, 1, 0, 0, 0], "nucleus(row, 0.3)")


def _without_crossing(probabilities, p):
    order, kept, total = np.argsort(probabilities)[::-1], np.zeros(len(probabilities)), 0.0
    for i in order:
        total += probabilities[i]
        if total > p:
            break
        kept[i] = probabilities[i]
    return kept / kept.sum()


def _with_ties(probabilities, p):
    lowest = min(q for q in nucleus(probabilities, p) if q > 0) * sum(
        q for q, kept in zip(probabilities, nucleus(probabilities, p), strict=True) if kept)
    kept = [q if q >= lowest - 1e-9 else 0.0 for q in probabilities]
    return [q / sum(kept) for q in kept]


NUCLEUS = Exercise(
    "1.7", "Cut off the tail", minutes=10, starred=False, check=check_nucleus,
    hints=("Sort from large to small and add up. When do you stop?",
           "Keep a word as long as the sum *before* it is still below p.",
           "Divide the kept ones by their sum; the others are 0, at their old places."),
    solution=nucleus, right=(_nucleus_numpy, _nucleus_by_removing),
    wrong=(
        Wrong(_without_crossing, "crosses the line"),
        Wrong(lambda row, p: [q if q >= 0.15 else 0.0 for q in row], "divide the kept"),
        Wrong(lambda row, p: sorted(nucleus(row, p), reverse=True), "words' places"),
        Wrong(lambda row, p: [q for q in nucleus(row, p) if q], "one number per"),
        Wrong(lambda row, p: row, "You kept 5 words"),
        Wrong(lambda row, p: nucleus(row, p + 1e-9), "the largest word alone"),
        Wrong(_with_ties, "whichever of the equal ones"),
    ),
    reread="G · Choosing the next word",
    moral="Many small improbable words together are probable; top-p cuts exactly them.",
)


def most_frequent_pair(words: dict[tuple, int]) -> tuple:
    """The pair of neighbours that occurs most often; ties: the alphabetically smallest pair.

    words: pieces of a word -> how often the word occurs, such as {("l", "o", "w"): 5}.
    """
    counts = Counter()
    for pieces, times in words.items():
        for pair in zip(pieces, pieces[1:], strict=False):
            counts[pair] += times
    return min(counts, key=lambda pair: (-counts[pair], pair))


def _pair_by_sorting(words):
    counts = {}
    for pieces, times in words.items():
        for i in range(len(pieces) - 1):
            pair = (pieces[i], pieces[i + 1])
            counts[pair] = counts.get(pair, 0) + times
    return sorted((-count, pair) for pair, count in counts.items())[0][1]


def _pair_repeating(words):
    counts = Counter(pair for pieces, times in words.items() for _ in range(times)
                     for pair in zip(pieces, pieces[1:], strict=False))
    highest = max(counts.values())
    return sorted(pair for pair, count in counts.items() if count == highest)[0]


VOCABULARY = {("a", "s", "t"): 1, ("l", "o", "w"): 5, ("l", "o", "w", "e", "r"): 2,
              ("n", "e", "w", "e", "s", "t"): 6, ("w", "i", "d", "e", "s", "t"): 3,
              ("l", "o", "t"): 1, ("l", "o", "g"): 1, ("e", "s", "a"): 1}
REPEATS = {("b", "a"): 3, ("n", "a", "n", "a"): 2, ("x", "y"): 1, ("x", "z"): 1, ("x", "q"): 1}


def check_pair(answer) -> None:
    expect(answer(fresh(VOCABULARY)) != ("s", "t"),
           "(“s”, “t”) and (“e”, “s”) both occur 10 times. Ties go to the alphabetically smallest.")
    expect(answer(fresh(VOCABULARY)) != ("l", "o"),
           "(“l”, “o”) comes 9 times, another pair more often. Did you look at every place of "
           "every word, and count a word as often as it occurs (“newest” 6 times)?")
    expect(answer(fresh(VOCABULARY)) != "es", "Return the pair as a tuple of two pieces.")
    expect(answer(fresh(VOCABULARY)) != ("e", "s", 9) and answer(fresh(VOCABULARY)) != 9,
           "Only the pair is asked for, without its count.")
    expect_equal(answer(fresh(VOCABULARY)), ("e", "s"), "most_frequent_pair(words)")
    got = answer(fresh(REPEATS))
    expect(got != ("b", "a"), "In “nana” the pair (“n”, “a”) stands twice: 2 times 2 makes 4, more "
                              "than (“b”, “a”) with 3. Count every place.")
    expect_equal(got, ("n", "a"), "most_frequent_pair(a text with “nana”)")
    for words, pair in (({("lo", "w"): 3, ("l", "o"): 2}, ("lo", "w")),
                        ({("a", "a", "a"): 2, ("b", "c"): 3}, ("a", "a")),
                        ({("ab", "b"): 1, ("a", "bc"): 1}, ("a", "bc"))):
        expect_equal(answer(fresh(words)), pair, f"most_frequent_pair({words})")


def _once_per_word(words):
    counts = Counter()
    for pieces, times in words.items():
        for pair in set(zip(pieces, pieces[1:], strict=False)):
            counts[pair] += times
    return min(counts, key=lambda pair: (-counts[pair], pair))


def _first_of_ties(words):
    counts = Counter(p for w, n in words.items() for p in list(zip(w, w[1:], strict=False)) * n)
    return max(counts, key=counts.get)


def _last_of_ties(words):
    counts = Counter(p for w, n in words.items() for p in list(zip(w, w[1:], strict=False)) * n)
    return max(counts, key=lambda pair: (counts[pair], pair))


PAIR = Exercise(
    "1.6", "One merge of byte-pair encoding", minutes=10, starred=False, check=check_pair,
    hints=("Walk over each word and look at every two neighbours.",
           "zip(pieces, pieces[1:]) gives the pairs; each counts as often as its word occurs.",
           "min(counts, key=lambda pair: (-counts[pair], pair)) settles the ties."),
    solution=most_frequent_pair, right=(_pair_by_sorting, _pair_repeating),
    wrong=(
        Wrong(_last_of_ties, "alphabetically smallest"),
        Wrong(_first_of_ties, "alphabetically smallest"),
        Wrong(lambda words: most_frequent_pair(dict.fromkeys(words, 1)), "every place of"),
        Wrong(_once_per_word, "stands twice"),
        Wrong(lambda words: "".join(most_frequent_pair(words)), "tuple of two"),
        Wrong(lambda words: (*most_frequent_pair(words), 9), "without its count"),
    ),
    reread="F · What is a word, to a machine?",
    moral="Repeat this a thousand times and you have a tokenizer.",
)
