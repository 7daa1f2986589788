"""Exercises 1.5 to 1.7: the entropy floor, one step of byte-pair encoding, top-p."""

import math
from collections import Counter

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_number
from helpers.exercises.language_models import _drawing

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


def _random_source(rng):
    states = int(rng.integers(1, 5))
    return ([_drawing.distribution(rng, states) for _ in range(states)],
            _drawing.distribution(rng, states))


def _nan_at_zero(table, long_run):
    p = np.asarray(table, dtype=float)
    with np.errstate(all="ignore"):
        return float(np.asarray(long_run) @ -(p * np.log2(p)).sum(axis=1))


RATE = Exercise(
    "1.5", "The floor of a weather report", minutes=10, starred=False,
    hints=("If today is sun, tomorrow's expected surprisal is the entropy of the first row.",
           "How common is sun? long_run[0]. Weight the rows' entropies with it.",
           "sum(long_run[i] * -sum(p * log2(p) for p in table[i] if p > 0) for each i)"),
    solution=entropy_rate, right=(_rate_by_loop, _rate_numpy), compare=expect_number,
    examples=((WEATHER, LONG_RUN), ([[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5]),
              ([[2047 / 2048, 1 / 2048], [1.0, 0.0]], [0.75, 0.25]),
              ([[0.5, 0.5, 0.0], [0.25, 0.5, 0.25], [0.0, 0.5, 0.5]], [0.25, 0.5, 0.25])),
    cases=_random_source,
    mistakes=(
        Mistake(lambda table, long_run: entropy_rate(table, [1 / len(table)] * len(table)),
                "You averaged the rows as if all states were equally common. Weight each row by "
                "`long_run`."),
        Mistake(lambda table, long_run: entropy_rate(table, [1] * len(table)),
                "You added up the rows. Weight each row by how common its state is, `long_run`."),
        Mistake(lambda table, long_run: entropy_rate([long_run], [1.0]),
                "That is the entropy of `long_run`: the surprisal of someone who does not know "
                "today's weather. Use the rows of the table."),
        Mistake(lambda table, long_run: entropy_rate(np.transpose(table), long_run),
                "You went down the columns. A row of the table holds what follows one state: "
                "table[i][j] = P(j | i)."),
        Mistake(lambda table, long_run: entropy_rate(table, long_run) * math.log(2),
                "Right idea, in nats. Bits are asked for: log2."),
        Mistake(lambda table, long_run: 2 ** entropy_rate(table, long_run),
                "That is the perplexity of the floor. The entropy rate is its logarithm."),
        Mistake(lambda table, long_run: -entropy_rate(table, long_run),
                "The sign: surprisal is *minus* log p."),
        Mistake(_nan_at_zero, "0 times log 0 counts as 0 and must not become nan: leave such "
                              "entries out."),
        Mistake(lambda table, long_run: sum(w * -p * math.log2(p) for row, w in
                                            zip(table, long_run, strict=True) for p in row),
                "log2(0) does not exist, and 0 times log 0 counts as 0: leave such entries out."),
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
    keep[order[before < p]] = True
    return (row * keep / (row * keep).sum()).tolist()


def _nucleus_by_removing(probabilities, p):
    kept = list(probabilities)
    while True:
        rest = [q for q in kept if q > 0]
        if sum(rest) - min(rest) < p:
            return [q / sum(rest) for q in kept]
        kept[len(kept) - 1 - kept[::-1].index(min(rest))] = 0.0


def _expect_nucleus(got, wanted, call) -> None:
    """The numbers of the reference; among equally likely words, whichever."""
    row = call.arguments[0]
    if hasattr(got, "__len__") and len(set(row)) < len(row) == len(got):
        got, wanted = (sorted(zip(row, kept, strict=True)) for kept in (got, wanted))
        got, wanted = ([kept for _, kept in pairs] for pairs in (got, wanted))
    expect_close(got, wanted, call)


def _random_row(rng):
    row = _drawing.distribution(rng, int(rng.integers(1, 8)))
    return row, float(rng.choice([rng.integers(1, 257), 256, 128])) / 256


def _keeping(kept):
    """An answer that keeps the i-th largest if kept(sum before it, its own probability, p)."""
    def answer(probabilities, p):
        row, before = list(probabilities), 0.0
        for i in sorted(range(len(row)), key=lambda i: -row[i]):
            before, own = before + row[i], row[i]
            row[i] = own if kept(before - own, own, p) else 0.0
        return [q / sum(row) for q in row] if sum(row) else row
    return answer


def _with_ties(probabilities, p):
    lowest = min(q for q, kept in zip(probabilities, nucleus(probabilities, p), strict=True)
                 if kept)
    kept = [q if q >= lowest else 0.0 for q in probabilities]
    return [q / sum(kept) for q in kept]


ROW = [0.125, 0.5, 0.0625, 0.25, 0.0625]     # sums of eighths and sixteenths are exact
NUCLEUS = Exercise(
    "1.7", "Cut off the tail", minutes=10, starred=False,
    hints=("Sort from large to small and add up. When do you stop?",
           "Keep a word as long as the sum *before* it is still below p.",
           "Divide the kept ones by their sum; the others are 0, at their old places."),
    solution=nucleus, right=(_nucleus_numpy, _nucleus_by_removing), compare=_expect_nucleus,
    examples=((ROW, 0.8), (ROW, 1.0), (ROW, 0.5), (ROW, 0.501), (ROW, 0.3),
              ([0.25, 0.375, 0.25, 0.125], 0.6), ([1 / 128, 127 / 128], 1.0)),
    cases=_random_row,
    mistakes=(
        Mistake(_keeping(lambda before, own, p: before + own <= p),
                "The word that crosses the line is kept too: the set must *reach* p. 0.75 does not "
                "reach 0.8."),
        Mistake(_keeping(lambda before, own, p: before <= p),
                "With p = 0.5 the largest word alone reaches it, exactly. *Reach* means at least "
                "p: stop there."),
        Mistake(lambda row, p: [q * sum(k for k, n in zip(row, nucleus(row, p), strict=True) if n)
                                for q in nucleus(row, p)],
                "Divide the kept ones by their sum, so that it is a distribution again."),
        Mistake(lambda row, p: sorted(nucleus(row, p), reverse=True),
                "The numbers are there, but not at their words' places: sort a copy, keep the "
                "order of the input."),
        Mistake(lambda row, p: [q for q in nucleus(row, p) if q],
                "There must be one number per word, 0 for those cut off."),
        Mistake(lambda row, p: row, "You kept all words. Only the fewest that reach p stay."),
        Mistake(lambda row, p: [q if q >= p else 0.0 for q in row],
                "You compared each probability with p. It is their *sum*, from the largest on, "
                "that must reach p."),
        Mistake(lambda row, p: [float(q == max(row)) for q in row],
                "You kept the largest alone. Go on until the kept ones together reach p."),
        Mistake(_with_ties, "Of equally likely words yours keeps all. Keep the fewest that reach "
                            "p, whichever of the equal ones."),
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


def _random_words(rng):
    pieces = ["a", "b", "ab", "ba", "c", "e"][:rng.integers(2, 7)]

    def word(least: int) -> tuple[str, ...]:
        return tuple(str(piece) for piece in rng.choice(pieces, rng.integers(least, 7)))
    most = int(rng.choice([2, 9]))
    return ({word(least): int(rng.integers(1, most)) for least in (2, *[1] * rng.integers(0, 6))},)


def _counted(pairs_of, key=lambda counts: lambda pair: (-counts[pair], pair)):
    """The first pair by key(counts), where a word with its count gives pairs_of(pieces, times)."""
    def answer(words):
        counts = Counter(pair for pieces, times in words.items()
                         for pair in pairs_of(pieces, times))
        return min(counts, key=key(counts))
    return answer


def _all_pairs(pieces, times):
    return list(zip(pieces, pieces[1:], strict=False)) * times


LOWEST = {("a", "s", "t"): 1, ("l", "o", "w"): 5, ("l", "o", "w", "e", "r"): 2,
          ("n", "e", "w", "e", "s", "t"): 6, ("w", "i", "d", "e", "s", "t"): 3,
          ("l", "o", "t"): 1, ("l", "o", "g"): 1, ("e", "s", "a"): 1}
NANA = {("b", "a"): 3, ("n", "a", "n", "a"): 2, ("x", "y"): 1, ("x", "z"): 1, ("x", "q"): 1}
PAIR = Exercise(
    "1.6", "One merge of byte-pair encoding", minutes=10, starred=False,
    hints=("Walk over each word and look at every two neighbours.",
           "zip(pieces, pieces[1:]) gives the pairs; each counts as often as its word occurs.",
           "min(counts, key=lambda pair: (-counts[pair], pair)) settles the ties."),
    solution=most_frequent_pair, right=(_pair_by_sorting, _pair_repeating),
    examples=((LOWEST,), (NANA,), ({("lo", "w"): 3, ("l", "o"): 2},),
              ({("a", "a", "a"): 2, ("b", "c"): 3},), ({("ab", "b"): 1, ("a", "bc"): 1},),
              ({("b", "c"): 2, ("c", "a"): 2, ("a", "b"): 2},),
              ({("a", "b", "c"): 2, ("a", "b", "d"): 2, ("y", "z"): 4},),
              ({("a", "b", "c"): 1, ("a", "b", "d"): 1, ("a", "b", "e"): 1, ("y", "z"): 4},)),
    cases=_random_words,
    mistakes=(
        Mistake(_counted(_all_pairs, lambda counts: lambda pair: -counts[pair]),
                "Two pairs are equally frequent, and you took the one that came first in the text. "
                "Ties go to the alphabetically smallest."),
        Mistake(lambda words: max(counts := Counter(p for w in words.items() for p in
                                                    _all_pairs(*w)), key=lambda p: (counts[p], p)),
                "Two pairs are equally frequent, and you took the alphabetically last. Ties go to "
                "the alphabetically smallest."),
        Mistake(lambda words: most_frequent_pair(dict.fromkeys(words, 1)),
                "Count a word as often as it occurs: “newest” 6 times."),
        Mistake(_counted(lambda pieces, times: sorted(set(_all_pairs(pieces, 1))) * times),
                "In “nana” the pair (“n”, “a”) stands twice. Count every place of every word."),
        Mistake(_counted(lambda pieces, times: [pieces[:2]] * times),
                "You looked at the beginning of each word only. Look at every two neighbours."),
        Mistake(_counted(lambda pieces, times: _all_pairs(pieces[:-1], times)),
                "The last piece of each word is left out: there are len(pieces) - 1 pairs."),
        Mistake(lambda words: "".join(most_frequent_pair(words)),
                "Return the pair as a tuple of two pieces, not joined."),
        Mistake(lambda words: list(most_frequent_pair(words)),
                "Return the pair as a tuple, (first, second), not as a list."),
    ),
    reread="F · What is a word, to a machine?",
    moral="Repeat this a thousand times and you have a tokenizer.",
)
