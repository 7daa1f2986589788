"""What was in the text that a model learned from: overlaps with a test, and what it knows by heart.

Exposure (Carlini et al. 2019): a made-up sentence, the canary, is put into the training text. Of
all sentences of its form, how many does the model find likelier?
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def ngrams(words: Sequence[str], n: int) -> set[tuple[str, ...]]:
    """All runs of n words; of a shorter text none."""
    if n < 1:
        raise ValueError(f"n={n}: a run has at least one word")
    return {tuple(words[i:i + n]) for i in range(len(words) - n + 1)}


def overlap(read: Sequence[Sequence[str]], test: Sequence[Sequence[str]], n: int
            ) -> tuple[float, list[int]]:
    """(share of the test texts that share a run of n words with what was read, their places).

    Texts of fewer than n words cannot be told and are left out of the share. Raises ValueError
    if none is long enough.
    """
    seen = set().union(*(ngrams(words, n) for words in read)) if read else set()
    long = [i for i, words in enumerate(test) if len(words) >= n]
    if not long:
        raise ValueError(f"no test text has {n} words: take a smaller n")
    found = [i for i in long if ngrams(test[i], n) & seen]
    return len(found) / len(long), found


def exposure(canary: float, others: Sequence[float]) -> float:
    """log2(how many sentences there are) - log2(the canary's rank among them), in bits.

    canary, others: log-probabilities of the canary and of other sentences of its form, which were
    not read. log2(others + 1): it is known by heart; 1.44 on average where it was not read.
    """
    if not others:
        raise ValueError("no other sentence to compare the canary with: make some of its form")
    rank = 1 + sum(other >= canary for other in others)
    return math.log2(len(others) + 1) - math.log2(rank)


def kilowatt_hours(seconds: float, watts: float = 15.0) -> float:
    """What a training took, if the machine draws so many watts all the time: an estimate."""
    if seconds < 0 or watts <= 0:
        raise ValueError(f"{seconds} seconds at {watts} watts: 0 or more, above 0")
    return seconds * watts / 3_600_000
