"""A source of words whose entropy rate is known exactly: the floor no model can beat.

It is a Markov chain of order 2: the next word depends on the two words before it and on nothing
else. The table of P(next | two words before) is in data/markov.json, in parts out of 64.
"""

from __future__ import annotations

import bisect
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import numpy as np

LONGEST_CONTEXT = 5
TABLE_FILE = Path(__file__).parents[2] / "data" / "markov.json"
STREAMS = {"train": (20_000, 1), "valid": (2_000, 2), "test": (2_000, 3)}  # words, seed
WORDS_PER_LINE = 25


@dataclass(frozen=True, eq=False)
class MarkovSource:
    """Words and table (V, V, V): table[a, b, c] = P(c | a, b), a the older word; rows sum to 1.

    Raises:
        ValueError: wrong shape, repeated words, a negative entry, a row that does not sum to 1,
            or a table whose long-run probabilities depend on where it starts.
    """

    words: tuple[str, ...]
    table: np.ndarray
    pairs: np.ndarray = field(init=False, repr=False)  # (V, V), stationary P(older, newer)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(self.words))
        object.__setattr__(self, "table", np.array(self.table, dtype=np.float64))
        self.table.flags.writeable = False
        _check(self.words, self.table)
        object.__setattr__(self, "pairs", _stationary(self.table))
        self.pairs.flags.writeable = False

    def next_probs(self, previous: Sequence[str]) -> np.ndarray:
        """P(next | the two words before), (V,), sums to 1.

        Raises:
            ValueError: not two words, or a word that the source does not know.
        """
        unknown = [word for word in previous if word not in self.words]
        if isinstance(previous, str) or len(previous) != 2 or unknown:
            raise ValueError(f"{previous!r}: give two words out of {', '.join(self.words)}")
        a, b = (self.words.index(word) for word in previous)
        return self.table[a, b]

    def context_probs(self, length: int) -> np.ndarray:
        """The stationary probability of every context of 0 to 5 words, (V,) * length, sums to 1.

        Raises:
            ValueError: another length.
        """
        if length not in range(LONGEST_CONTEXT + 1):
            raise ValueError(f"contexts of 0 to {LONGEST_CONTEXT} words, not of {length}")
        probs = self.pairs.copy()  # (V, V)
        if length < 2:
            return probs.sum(axis=tuple(range(2 - length)))
        for _ in range(length - 2):
            probs = probs[..., None] * self.table  # (V,) * one more
        return probs

    def entropy_rate(self) -> float:
        """The entropy of the next word given all words before it, in nats per word."""
        return self.conditional_entropy(2)

    def conditional_entropy(self, length: int) -> float:
        """H(next | the last `length` words) in nats, length 0 to 4; from 2 on the entropy rate.

        Raises:
            ValueError: another length.
        """
        if length not in range(LONGEST_CONTEXT):
            raise ValueError(f"contexts of 0 to {LONGEST_CONTEXT - 1} words, not of {length}")
        return _entropy(self.context_probs(length + 1)) - _entropy(self.context_probs(length))

    def sample(self, n: int, seed: int) -> list[str]:
        """A stream of n words, its first two drawn from the stationary distribution.

        Raises:
            ValueError: n is negative.
        """
        if n < 0:
            raise ValueError(f"n={n} words: give 0 or more")
        V = len(self.words)
        generator = random.Random(seed)
        steps = [list(accumulate(row)) for row in self.table.reshape(V * V, V).tolist()]
        context = _draw(list(accumulate(self.context_probs(2).ravel().tolist())), generator)
        ids = list(divmod(context, V))
        while len(ids) < n:
            ids.append(_draw(steps[ids[-2] * V + ids[-1]], generator))
        return [self.words[i] for i in ids[:n]]


def source() -> MarkovSource:
    """The course's own source, from data/markov.json."""
    content = json.loads(TABLE_FILE.read_text(encoding="utf-8"))
    return MarkovSource(content["words"], np.array(content["table"]) / content["out_of"])


def load(split: str) -> list[str]:
    """One stream of words, cut into lines of 25: a line goes on where the one before it ends."""
    n, seed = STREAMS[split]
    stream = source().sample(n, seed)
    return [" ".join(stream[i : i + WORDS_PER_LINE]) for i in range(0, n, WORDS_PER_LINE)]


def _draw(cumulative: list[float], generator: random.Random) -> int:
    return bisect.bisect_right(cumulative, generator.random() * cumulative[-1])


def _entropy(probs: np.ndarray) -> float:
    """Entropy in nats of a distribution of any shape."""
    positive = probs[probs > 0]
    return float(-(positive * np.log(positive)).sum())


def _equations(table: np.ndarray) -> np.ndarray:
    """The chain on pairs, (a, b) -> (b, c), as the equations (P^T - 1) pi = 0: (V*V, V*V)."""
    V = len(table)
    moves = np.zeros((V, V, V, V))
    for b in range(V):
        moves[:, b, b, :] = table[:, b, :]
    return moves.reshape(V * V, V * V).T - np.eye(V * V)


def _stationary(table: np.ndarray) -> np.ndarray:
    """The long-run probability of every pair of words, (V, V)."""
    equations = np.vstack([_equations(table), np.ones(table[0].size)])
    wanted = np.append(np.zeros(table[0].size), 1.0)
    pairs = np.linalg.lstsq(equations, wanted, rcond=None)[0]
    return np.clip(pairs, 0, None).reshape(table.shape[:2]) / np.clip(pairs, 0, None).sum()


def _check(words: tuple[str, ...], table: np.ndarray) -> None:
    V = len(words)
    if V == 0 or table.shape != (V, V, V):
        raise ValueError(f"table {table.shape} for {V} words: it must be {(V, V, V)}")
    if len(set(words)) < V:
        twice = sorted({word for word in words if words.count(word) > 1})
        raise ValueError(f"repeated words: {', '.join(twice)}")
    for a, b in np.ndindex(V, V):
        row, context = table[a, b], f"{words[a]!r}, {words[b]!r}"
        if not (row >= 0).all():
            raise ValueError(f"the row after {context} has a negative entry: {row.tolist()}")
        if abs(row.sum() - 1) > 1e-9:
            raise ValueError(f"the row after {context} sums to {row.sum():g}, not to 1")
    if np.linalg.matrix_rank(_equations(table), tol=1e-9) < V * V - 1:
        raise ValueError("the long run depends on the start: some words never lead to some others")
