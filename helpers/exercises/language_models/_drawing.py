"""What the random calls of this notebook are made of: few words, so that they meet often."""

from collections import Counter

import numpy as np

# One of these at a time: words that begin or end as others do, or differ in their case only.
FAMILIES = (("a", "A", "ab", "b", "ba", "abacus"), ("the", "The", "then", "he", "theory"),
            ("cat", "Cat", "cats", "at", "<s>", "</s>"))


def words(rng: np.random.Generator, most: int, least: int = 0, lower: bool = False) -> list[str]:
    """From `least` to `most` words of one family, repetitions too; `lower`: no capitals."""
    family = [word for word in FAMILIES[rng.integers(3)] if not lower or word == word.lower()]
    pool = rng.permutation(family)[: rng.integers(1, len(family) + 1)]
    return [str(word) for word in rng.choice(pool, rng.integers(least, most + 1))]


def pairs(rng: np.random.Generator, least: int = 0) -> Counter:
    """Pairs of words with counts, such as Counter({("the", "cat"): 3}); `least` of them or more."""
    drawn = words(rng, most=14, least=least + 1)
    highest = rng.choice([3, 9, 400])
    return Counter({pair: int(rng.integers(1, highest))
                    for pair in zip(drawn, drawn[1:], strict=False)})


def distribution(rng: np.random.Generator, size: int) -> list[float]:
    """`size` probabilities, some of them 0, all multiples of 1/256: sums of them are exact."""
    cuts = np.sort(rng.integers(0, 257, size - 1))
    return [float(part) / 256 for part in np.diff([0, *cuts, 256])]
