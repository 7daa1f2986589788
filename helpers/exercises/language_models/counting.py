"""Exercises 1.1 to 1.3: count and divide, perplexity, add-k."""

import math
from collections import Counter

import numpy as np

from helpers.exercises.engine import (
    Exercise,
    Feedback,
    Wrong,
    expect,
    expect_not,
    expect_number,
    fresh,
)

PAIRS = Counter({("the", "cat"): 3, ("the", "dog"): 1, ("a", "cat"): 2, ("a", "dog"): 1,
                 ("cat", "sat"): 2, ("cat", "</s>"): 1, ("saw", "the"): 2})


def bigram_probability(pairs: Counter, previous: str, word: str) -> float:
    """Share of `word` among everything that followed `previous`; 0.0 if nothing ever did."""
    followed = sum(count for (first, _), count in pairs.items() if first == previous)
    return pairs[previous, word] / followed if followed else 0.0


def _bigram_by_table(pairs, previous, word):
    after = Counter()
    for (first, second), count in pairs.items():
        if first == previous:
            after[second] += count
    total = sum(after.values())
    return 0.0 if total == 0 else after[word] / total


def _bigram_numpy(pairs, previous, word):
    firsts = np.array([pair[0] for pair in pairs])
    counts = np.array(list(pairs.values()))
    total = counts[firsts == previous].sum()
    return float(pairs[previous, word] / total) if total else 0.0


def check_bigram(answer) -> None:
    given = fresh(PAIRS)
    got = answer(given, "the", "cat")
    expect(given == PAIRS, "Your function changed `pairs`; the next question to it would get "
                           "another answer. Only look.")
    expect_not(got, 3, "You returned the count, 3. Divide it by how often “the” was followed "
                       "by anything at all.")
    expect_not(got, 2 / 3, "0.67 is the answer for the five sentences above. Use the argument "
                           "`pairs` of your function: other counts may come in.")
    expect_not(got, 3 / 12, "You divided by all 12 pairs. The question is only about what came "
                            "after “the”: 4 pairs.")
    expect_not(got, 3 / 5, "You divided by what stands before “cat”. The condition is the "
                           "previous word: divide by what came after “the”.")
    expect_not(got, 3 / 2, "You divided by the number of *different* words after “the”. "
                           "Each occurrence counts.")
    expect_number(got, 0.75, 'bigram_probability(pairs, "the", "cat")')
    expect_number(answer(fresh(PAIRS), "a", "cat"), 2 / 3, 'bigram_probability(pairs, "a", "cat")')
    expect_number(answer(fresh(PAIRS), "cat", "sat"), 2 / 3,
                  'bigram_probability(pairs, "cat", "sat"), where "</s>" followed too,')
    expect_number(answer(fresh(PAIRS), "the", "sat"), 0.0,
                  'bigram_probability(pairs, "the", "sat")')
    try:
        unseen = answer(fresh(PAIRS), "fish", "sat")
    except ZeroDivisionError as error:
        raise Feedback("“fish” was never followed by anything: 0/0. Return 0.0 there, as the "
                       "docstring says.") from error
    expect_number(unseen, 0.0, 'bigram_probability(pairs, "fish", "sat")')


BIGRAM = Exercise(
    "1.1", "Count and divide", minutes=5, starred=True, check=check_bigram,
    hints=("Which pairs matter if the previous word is “the”? Only those that begin with it.",
           "Add up pairs[first, second] over all pairs whose first word is `previous`.",
           "Then return pairs[previous, word] / total, and 0.0 where the total is 0."),
    solution=bigram_probability, right=(_bigram_by_table, _bigram_numpy),
    wrong=(
        Wrong(lambda pairs, previous, word: pairs[previous, word], "You returned the count"),
        Wrong(lambda pairs, previous, word: pairs[previous, word] / sum(pairs.values()),
              "all 12 pairs"),
        Wrong(lambda pairs, previous, word: pairs[previous, word] / sum(
            c for (_, second), c in pairs.items() if second == word), "before “cat”"),
        Wrong(lambda pairs, previous, word: pairs[previous, word] / len(
            [1 for first, _ in pairs if first == previous]), "*different* words"),
        Wrong(lambda pairs, previous, word: pairs[previous, word] / sum(
            c for (first, _), c in pairs.items() if first == previous), "0/0"),
        Wrong(lambda pairs, previous, word: 2 / 3, "for the five sentences above"),
    ),
    reread="2 · Count and divide",
    moral="Relative frequency is the whole of maximum likelihood for n-grams.",
)


def perplexity(log_probs: list[float]) -> float:
    """Perplexity of a text from the log-probabilities (nats) of its tokens."""
    if not log_probs:
        raise ValueError("no tokens")
    return math.exp(-sum(log_probs) / len(log_probs))


def _perplexity_by_root(log_probs):
    if len(log_probs) == 0:
        raise ValueError("an empty text has no perplexity")
    return math.prod(math.exp(-value / len(log_probs)) for value in log_probs)


def _perplexity_numpy(log_probs):
    if not len(log_probs):
        raise ValueError("nothing to average")
    return float(np.exp(-np.mean(log_probs)))


def check_perplexity(answer) -> None:
    four = [math.log(p) for p in (0.5, 0.25, 0.125, 0.125)]
    mean = -sum(four) / 4
    got = answer(list(four))
    expect_not(got, math.exp(-mean), "You returned a number below 1: the minus sign is missing.")
    expect_not(got, math.exp(4 * mean), "You used the sum. Perplexity uses the mean surprisal, "
                                        "otherwise every long text would look bad.")
    expect_not(got, 2 ** mean, "You raised 2 to a number of nats. Nats go with exp, bits with 2.")
    expect_not(got, 4, "You averaged the probabilities. Average the logarithms: one terrible "
                       "word must hurt.")
    expect_not(got, mean, "That is the mean surprisal. Take it back out of the logarithm: exp.")
    expect_number(got, math.exp(mean), "perplexity of a text with p = 1/2, 1/4, 1/8, 1/8")
    expect_number(answer([-math.log(50)] * 7), 50, "perplexity of seven words at p = 1/50")
    expect_number(answer([0.0, 0.0]), 1, "perplexity of two words at p = 1")
    expect_not(answer([-1.0, -math.inf]), math.e, "You left the impossible word out. It must make "
                                                  "the result infinite.")
    expect_number(answer([-1.0, -math.inf]), math.inf, "perplexity of a text with an impossible "
                                                       "word")
    try:
        long = answer([-math.log(1000)] * 400)
    except (ZeroDivisionError, OverflowError) as error:
        raise Feedback("On 400 words at p = 1/1000 your product underflowed to 0. Add logarithms, "
                       "do not multiply probabilities.") from error
    expect_number(long, 1000, "perplexity of 400 words at p = 1/1000")
    try:
        empty = answer([])
    except ValueError as error:
        expect(bool(str(error)), "For an empty list you raise ValueError, but without a word. "
                                 'Say why: raise ValueError("no tokens").')
        return
    except ZeroDivisionError as error:
        raise Feedback("For an empty list your function stops with ZeroDivisionError. Raise "
                       "ValueError with a sentence in it: the caller should know why.") from error
    expect(False, f"For an empty list you returned {empty}. There is no mean over nothing: raise "
                  "ValueError.")


PERPLEXITY = Exercise(
    "1.2", "From log-probabilities to perplexity", minutes=5, starred=True,
    check=check_perplexity,
    hints=("Perplexity is the exponential of an average. Of what?",
           "Mean surprisal = -(sum of the log-probabilities) / (how many there are).",
           "math.exp of that mean. For an empty list: raise ValueError(\"...\")."),
    solution=perplexity, right=(_perplexity_by_root, _perplexity_numpy),
    wrong=(
        Wrong(lambda log_probs: math.exp(sum(log_probs) / len(log_probs)), "minus sign"),
        Wrong(lambda log_probs: math.exp(-sum(log_probs)), "You used the sum"),
        Wrong(lambda log_probs: 2 ** (-sum(log_probs) / len(log_probs)), "raised 2"),
        Wrong(lambda log_probs: 1 / np.mean(np.exp(log_probs)), "averaged the probabilities"),
        Wrong(lambda log_probs: -np.mean(log_probs), "mean surprisal"),
        Wrong(lambda log_probs: math.exp(-sum(log_probs) / len(log_probs)), "ZeroDivisionError"),
        Wrong(lambda log_probs: math.exp(-sum(log_probs) / max(len(log_probs), 1)),
              "no mean over nothing"),
        Wrong(lambda log_probs: (1 / math.prod(map(math.exp, log_probs))) ** (1 / len(log_probs))
              if -math.inf not in log_probs else math.inf, "underflowed"),
    ),
    reread="3 · How surprised is the model?",
    moral="400 words at probability 1/1000 gave 1000: the product would have been 0.0.",
)


def add_k_probability(pairs: Counter, previous: str, word: str, k: float, vocabulary: set) -> float:
    """P(word | previous) with k added to the count of every word of the vocabulary."""
    followed = sum(count for (first, _), count in pairs.items() if first == previous)
    return (pairs[previous, word] + k) / (followed + k * len(vocabulary))


def _add_k_padded(pairs, previous, word, k, vocabulary):
    row = dict.fromkeys(vocabulary, k)
    for (first, second), count in pairs.items():
        if first == previous:
            row[second] += count
    return row[word] / sum(row.values())


def _add_k_numpy(pairs, previous, word, k, vocabulary):
    words = sorted(vocabulary)
    row = np.array([pairs[previous, w] for w in words], dtype=float) + k
    return float(row[words.index(word)] / row.sum())


def _add_k_writing(pairs, previous, word, k, vocabulary):
    for second in vocabulary:
        pairs[previous, second] += k
    return bigram_probability(pairs, previous, word)


def check_add_k(answer) -> None:
    words, given = {"the", "a", "cat", "dog", "sat"}, fresh(PAIRS)
    got = answer(given, "the", "cat", 1.0, set(words))
    expect(given == PAIRS, "Your function changed `pairs`. The next question to it would get "
                           "another answer: count k in without writing it down.")
    expect_not(got, 4 / 4, "The k is added in the numerator only. Then the row sums to more than "
                           "1: in the denominator k must be added once for every word.")
    expect_not(got, 4 / 5, "In the denominator you added k once. It was added to every one of the "
                           "5 words, so the total grows by 5 k.")
    expect_not(got, 4 / 6, "You added k only for the words already seen after “the”. The unseen "
                           "ones are the point: all 5 words get k.")
    expect_number(got, 4 / 9, 'add_k_probability(pairs, "the", "cat", 1.0, five words)')
    row = [answer(fresh(PAIRS), "the", w, 0.5, set(words)) for w in sorted(words)]
    total = sum(row)
    expect_not(row[1], 4 / 9, "With k = 0.5 you gave the same as with k = 1: `k` is not used.")
    expect(math.isclose(total, 1, rel_tol=1e-6),
           f"With k = 0.5 the row after “the” sums to {total:.4f}, not to "
           "1. Does the denominator grow by k times 5?")
    expect_number(row[1], 3.5 / 6.5, 'add_k_probability(pairs, "the", "cat", 0.5, five words)')
    unseen = answer(fresh(PAIRS), "sat", "cat", 0.1, set(words))
    expect_not(unseen, 0, "Nothing ever followed “sat”, and you gave “cat” 0 there. With k = 0.1 "
                          "each of the five words must get 1/5.")
    expect_number(unseen, 0.2, 'add_k_probability(pairs, "sat", "cat", 0.1, five words)')


ADD_K = Exercise(
    "1.3", "Leave room for the unseen", minutes=10, starred=True, check=check_add_k,
    hints=("Imagine a table row with one cell per word of the vocabulary. Add k to each cell.",
           "The row had a total of count(previous). By how much did it grow?",
           "(pairs[previous, word] + k) / (total after previous + k * len(vocabulary))"),
    solution=add_k_probability, right=(_add_k_padded, _add_k_numpy),
    wrong=(
        Wrong(lambda pairs, previous, word, k, vocabulary: (pairs[previous, word] + k) / sum(
            c for (f, _), c in pairs.items() if f == previous), "numerator only"),
        Wrong(lambda pairs, previous, word, k, vocabulary: (pairs[previous, word] + k) / (sum(
            c for (f, _), c in pairs.items() if f == previous) + k), "added k once"),
        Wrong(lambda pairs, previous, word, k, vocabulary: (pairs[previous, word] + k) / sum(
            c + k for (f, _), c in pairs.items() if f == previous), "already seen"),
        Wrong(lambda pairs, previous, word, k, vocabulary: (pairs[previous, word] + k) / (sum(
            c for (f, _), c in pairs.items() if f == previous) + len(vocabulary)), "k = 0.5"),
        Wrong(_add_k_writing, "changed `pairs`"),
        Wrong(lambda pairs, previous, word, k, vocabulary: add_k_probability(
            pairs, previous, word, 1, vocabulary), "`k` is not used"),
    ),
    reread="4 · Words that never followed",
    moral="No zero is left, and the row still sums to 1. Whether it is a *good* row comes next.",
)
