"""Exercises 1.1 to 1.3: count and divide, perplexity of several sentences, add-k."""

import functools
import math
from collections import Counter

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_number
from helpers.exercises.language_models import _drawing

PAIRS = Counter({("the", "cat"): 3, ("the", "dog"): 1, ("a", "cat"): 2, ("a", "dog"): 1,
                 ("cat", "sat"): 2, ("cat", "</s>"): 1, ("saw", "the"): 2})
THEN = Counter({("he", "sat"): 1, ("the", "cat"): 2, ("the", "cats"): 1, ("then", "ran"): 7,
                ("The", "theory"): 4, ("The", "Cat"): 1, ("theory", "is"): 3})


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


def _random_bigram(rng):
    pairs = _drawing.pairs(rng)
    if pairs and rng.random() < 0.6:
        return pairs, *sorted(pairs)[rng.integers(len(pairs))]
    known = {word for pair in pairs for word in pair} | {*_drawing.words(rng, 3, least=1)}
    return pairs, *map(str, rng.choice(sorted(known), 2))


def _over(total):
    """The count divided by total(pairs, previous, word), or 0.0 where that is 0."""
    def answer(pairs, previous, word):
        below = total(pairs, previous, word)
        return pairs[previous, word] / below if below else 0.0
    return answer


def _sum_where(condition):
    return _over(lambda pairs, previous, word: sum(
        count for pair, count in pairs.items() if condition(pair, previous, word)))


BIGRAM = Exercise(
    "1.1", "Count and divide", minutes=5, starred=True,
    hints=("Which pairs matter if the previous word is “the”? Only those that begin with it.",
           "Add up pairs[first, second] over all pairs whose first word is `previous`.",
           "Then return pairs[previous, word] / total, and 0.0 where the total is 0."),
    solution=bigram_probability, right=(_bigram_by_table, _bigram_numpy), compare=expect_number,
    examples=((PAIRS, "the", "cat"), (PAIRS, "a", "cat"), (PAIRS, "cat", "sat"),
              (PAIRS, "the", "sat"), (PAIRS, "fish", "sat"),
              (THEN, "the", "cat"), (THEN, "he", "sat"), (THEN, "The", "theory"),
              (THEN, "The", "Cat"), (THEN, "theory", "is")),
    cases=_random_bigram,
    mistakes=(
        Mistake(lambda pairs, previous, word: pairs[previous, word],
                "You returned the count. Divide it by how often `previous` was followed by "
                "anything at all."),
        Mistake(lambda pairs, previous, word: 2 / 3,
                "0.67 is the answer for the five sentences above. Use the argument `pairs` of your "
                "function: other counts may come in."),
        Mistake(_sum_where(lambda pair, previous, word: True),
                "You divided by all pairs. The question is only about what came after `previous`."),
        Mistake(_sum_where(lambda pair, previous, word: pair[1] == word),
                "You divided by what stands before `word`. The condition is the previous word: "
                "divide by what came after it."),
        Mistake(_over(lambda pairs, previous, word: sum(first == previous for first, _ in pairs)),
                "You divided by the number of *different* words after `previous`. Each occurrence "
                "counts."),
        Mistake(_sum_where(lambda pair, previous, word: pair[0].startswith(previous)),
                "“then” begins with “the”, but it is another word. Compare whole words, with ==."),
        Mistake(_sum_where(lambda pair, previous, word: pair[1] == previous),
                "You divided by the pairs whose *second* word is `previous`. What came after it "
                "stands in the pairs that begin with it."),
        Mistake(_sum_where(lambda pair, previous, word: previous in pair),
                "You divided by all pairs that hold `previous`, also as their second word. Only "
                "what came *after* it counts."),
        Mistake(lambda pairs, previous, word: pairs[previous, word] / sum(
                    count for (first, _), count in pairs.items() if first == previous),
                "“fish” was never followed by anything: 0/0. Return 0.0 there, as the docstring "
                "says."),
    ),
    reread="2 · Count and divide",
    moral="Count and divide: that is all of maximum likelihood.",
)


def joined_perplexity(perplexities: list[float], lengths: list[int]) -> float:
    """Perplexity of a text from the perplexities and lengths (1 or more) of its sentences."""
    nats = sum(n * math.log(ppl) for ppl, n in zip(perplexities, lengths, strict=True))
    return math.exp(nats / sum(lengths))


def _joined_by_roots(perplexities, lengths):
    total = sum(lengths)
    return math.prod(ppl ** (n / total) for ppl, n in zip(perplexities, lengths, strict=True))


def _joined_numpy(perplexities, lengths):
    return float(2 ** np.average(np.log2(perplexities), weights=lengths))


def _random_sentences(rng):
    n = int(rng.integers(1, 6))
    perplexities = (1 + rng.exponential(rng.choice([0.5, 30, 4000]), n)).round(3)
    perplexities[rng.random(n) < 0.1] = 1.0
    perplexities[rng.random(n) < 0.04] = math.inf
    return perplexities.tolist(), rng.integers(1, rng.choice([3, 40]), n).tolist()


def _joined(rule):
    """An answer by rule(perplexities, lengths), both arrays, of whatever number comes out."""
    def answer(perplexities, lengths):
        with np.errstate(all="ignore"):
            return float(rule(np.array(perplexities, dtype=float), np.array(lengths)))
    return answer


JOINED = Exercise(
    "1.2", "Two sentences, one perplexity", minutes=5, starred=True,
    hints=("Perplexities cannot be added; surprisals can. How many nats does a sentence of 6 "
           "words with perplexity 10 cost, all its words together?",
           "6 * log(10). Add up these nats over all sentences.",
           "Divide by the number of all words, and take exp: math.exp(nats / sum(lengths))."),
    solution=joined_perplexity, right=(_joined_by_roots, _joined_numpy),
    compare=functools.partial(expect_number, tolerance=1e-5),  # float32 is good enough
    examples=(([10.0, 1000.0], [6, 2]), ([50.0, 50.0], [4, 9]), ([7.5], [12]),
              ([1.0, 20.0, 300.0], [2, 30, 5]), ([12.0, math.inf], [3, 2]),
              ([8.0, 8.0, 200.0], [5, 5, 1]), ([1000.0, 800.0], [400, 300])),
    cases=_random_sentences,
    mistakes=(
        Mistake(_joined(lambda ppl, n: ppl.mean()),
                "You averaged the perplexities. What adds up from word to word is surprisal, the "
                "logarithm: one bad sentence must not outweigh all the others."),
        Mistake(_joined(lambda ppl, n: (ppl * n).sum() / n.sum()),
                "A long sentence counts more, that is right. But you averaged perplexities. "
                "Average surprisals, log(perplexity), and take exp at the end."),
        Mistake(_joined(lambda ppl, n: np.exp(np.log(ppl).mean())),
                "Each sentence counted once. Perplexity is a mean over *words*: a sentence of 6 "
                "words has six of them."),
        Mistake(_joined(lambda ppl, n: np.exp((n * np.log(ppl)).sum() / len(n))),
                "You divided by the number of sentences. Divide by the number of all words."),
        Mistake(_joined(lambda ppl, n: (n * np.log(ppl)).sum() / n.sum()),
                "That is the mean surprisal in nats. Take it back out of the logarithm: exp."),
        Mistake(_joined(lambda ppl, n: np.exp((n * np.log(ppl)).sum())),
                "That is one over the probability of the whole text. Before exp, divide by the "
                "number of words."),
        Mistake(_joined(lambda ppl, n: np.exp((n * np.log2(ppl)).sum() / n.sum())),
                "log2 gives bits, and bits go with 2 ** ...; exp goes with the natural logarithm."),
        Mistake(_joined(lambda ppl, n: n.sum() / (n / ppl).sum()),
                "You averaged the probabilities, 1 / perplexity. Average their logarithms: one "
                "terrible word must hurt."),
        Mistake(_joined(lambda ppl, n: np.exp(-(n * np.log(ppl)).sum() / n.sum())),
                "A number below 1: log(perplexity) is a surprisal already, and needs no minus "
                "sign."),
        Mistake(_joined(lambda ppl, n: np.prod(ppl ** n) ** (1 / n.sum())),
                "A product of that many numbers is more than the computer can hold. Add "
                "logarithms, do not multiply."),
        Mistake(_joined(lambda ppl, n: np.exp(
                    (n * np.log(ppl))[ppl < math.inf].sum() / max(n[ppl < math.inf].sum(), 1))),
                "You left the impossible sentence out. It must make the whole text impossible."),
    ),
    reread="3 · How surprised is the model?",
    moral="A mean of perplexities is no perplexity, whatever a report may say.",
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


def _random_add_k(rng):
    pairs, previous, _ = _random_bigram(rng)
    vocabulary = {word for pair in pairs for word in pair} | set(_drawing.words(rng, 4, least=1))
    k = (1, 2, 1.0, 0.5, float(np.exp(rng.uniform(-6, 2)).round(3)))[rng.integers(5)]
    return pairs, previous, str(rng.choice(sorted(vocabulary))), k, vocabulary


def _add_k_over(total, above=lambda k: k):
    """(count + above(k)) / total(the counts after `previous`, k, pairs, vocabulary)."""
    def answer(pairs, previous, word, k, vocabulary):
        row = [count for (first, _), count in pairs.items() if first == previous]
        return (pairs[previous, word] + above(k)) / total(row, k, pairs, vocabulary)
    return answer


SEVEN = {"the", "a", "cat", "dog", "sat", "saw", "</s>"}
ADD_K = Exercise(
    "1.3", "Leave room for the unseen", minutes=10, starred=True,
    hints=("Imagine a table row with one cell per word of the vocabulary. Add k to each cell.",
           "The row had a total of count(previous). By how much did it grow?",
           "(pairs[previous, word] + k) / (total after previous + k * len(vocabulary))"),
    solution=add_k_probability, right=(_add_k_padded, _add_k_numpy), compare=expect_number,
    examples=((PAIRS, "the", "cat", 1.0, SEVEN), (PAIRS, "the", "cat", 0.25, SEVEN),
              (PAIRS, "the", "a", 0.5, SEVEN), (PAIRS, "sat", "cat", 0.1, SEVEN),
              (PAIRS, "the", "cat", 1, SEVEN | {"zebra"}),
              *((THEN, previous, word, 7.5, {word for pair in THEN for word in pair} | {"a"})
                for previous in ("the", "The", "theory") for word in ("cat", "Cat", "theory"))),
    cases=_random_add_k,
    mistakes=(
        Mistake(_add_k_over(lambda row, k, pairs, vocabulary: sum(row)),
                "The k is added in the numerator only. Then the row sums to more than 1: in the "
                "denominator k must be added once for every word of the vocabulary."),
        Mistake(_add_k_over(lambda row, k, pairs, vocabulary: sum(row) + k),
                "In the denominator you added k once. It was added to every word of the "
                "vocabulary, so the total grows by k * len(vocabulary)."),
        Mistake(_add_k_over(lambda row, k, pairs, vocabulary: sum(row) + k * len(row)),
                "You added k only for the words already seen after `previous`. The unseen ones are "
                "the point: every word of the vocabulary gets k."),
        Mistake(_add_k_over(lambda row, k, pairs, vocabulary: sum(row) + k * len(vocabulary),
                            above=lambda k: 0),
                "The k is added in the denominator only: what was never seen still gets 0."),
        Mistake(_add_k_over(lambda row, k, pairs, vocabulary: sum(row) + len(vocabulary)),
                "The denominator grows by 1 for each word, as if k were 1. Then the row does not "
                "sum to 1: it must grow by k for each word."),
        Mistake(lambda pairs, previous, word, k, vocabulary: add_k_probability(
                    pairs, previous, word, 1, vocabulary),
                "That is the result for k = 1: `k` is not used."),
        Mistake(lambda pairs, previous, word, k, vocabulary:
                add_k_probability(pairs, previous, word, k, vocabulary)
                if any(first == previous for first, _ in pairs) else 0.0,
                "After a word that nothing ever followed you give 0. There too every word gets k: "
                "its row is nothing but gifts, 1 / len(vocabulary) each."),
        Mistake(_add_k_over(lambda row, k, pairs, vocabulary: sum(pairs.values())
                            + k * len(vocabulary)),
                "You divided by all pairs. Only what came after `previous` counts, and k for each "
                "word."),
        Mistake(_add_k_over(lambda row, k, pairs, vocabulary: sum(row) + k * len(
                    {word for pair in pairs for word in pair})),
                "You took the vocabulary from the pairs. Use the argument: it has words that were "
                "never seen, and they too get k."),
        Mistake(_add_k_over(lambda row, k, pairs, vocabulary: sum(row) + k * len(
                    {second for _, second in pairs})),
                "You counted the second words of the pairs. Use the argument `vocabulary`: it has "
                "words that were never seen, and they too get k."),
    ),
    reread="4 · Words that never followed",
    moral="No zero is left, and the row still sums to 1. Now it meets real text.",
)
