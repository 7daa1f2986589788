"""A made-up language of eight classes of words, in which it is known exactly who is like whom.

A sentence walks from class to class by a fixed table; each step names one of the class's ten words
at random. So two words are alike if, and only if, they are of one class. One more word, "both",
stands for two classes: it takes the place of some of their words.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

CLASSES, WORDS_EACH, LENGTH = 8, 10, 12
DOUBLE, SHARE = "both", 0.3


@dataclass(frozen=True)
class Planted:
    """The corpus: sentences of words, the class of each word, and the word of two senses.

    table (8, 8): P(class of the next word | class), rows and columns sum to 1, so that all classes
    are equally frequent. senses: the classes of "both". margin: by how much the exact contexts of
    "both" are more like those of its two classes than like those of any third, in cosine; below
    0, a third class lives in between.
    """

    sentences: list[list[str]]
    table: np.ndarray
    senses: tuple[int, int]
    margin: float

    @property
    def words(self) -> list[str]:
        """The 80 plain words, class by class: "a0" to "h9"."""
        return [f"{chr(97 + c)}{i}" for c in range(CLASSES) for i in range(WORDS_EACH)]

    @staticmethod
    def class_of(word: str) -> int:
        """0 to 7, from the word's letter. Raises ValueError for a word of no class."""
        if word == DOUBLE or len(word) != 2 or not 0 <= ord(word[0]) - 97 < CLASSES:
            raise ValueError(f"{word!r} is of no class: the words are a0 to h9")
        return ord(word[0]) - 97


def planted_corpus(seed: int = 0, *, number: int = 3000, widest: bool = True) -> Planted:
    """A language and a text of it, both drawn by this seed.

    widest: "both" stands for the two classes with the largest margin, else the smallest.
    """
    rng = np.random.default_rng(seed)
    table = _walk_table(rng)
    known = margins(table)
    senses = (max if widest else min)(known, key=known.get)
    classes = rng.integers(CLASSES, size=(number, 1))
    for _ in range(LENGTH - 1):
        steps = rng.random((number, 1)) > table[classes[:, -1]].cumsum(axis=1)
        classes = np.column_stack([classes, steps.sum(axis=1).clip(max=CLASSES - 1)])
    which = rng.integers(WORDS_EACH, size=classes.shape)
    double = np.isin(classes, senses) & (rng.random(classes.shape) < SHARE)
    names = np.array([[f"{chr(97 + c)}{i}" for i in range(WORDS_EACH)] for c in range(CLASSES)])
    words = np.where(double, DOUBLE, names[classes, which])
    return Planted(words.tolist(), table, senses, known[senses])


def margins(table: np.ndarray) -> dict[tuple[int, int], float]:
    """For each pair of classes: how safely a word of both lies nearest to these two.

    Contexts are compared exactly, not counted: two places to each side, logarithms of how much
    more often than by chance each class stands there.
    """
    steps = [np.linalg.matrix_power(table, k) / CLASSES for k in (1, 2)]
    joint = sum(step + step.T for step in steps) / 4                    # (8, 8), sums to 1
    alone = np.log(joint * CLASSES ** 2)
    found = {}
    for a, b in itertools.combinations(range(CLASSES), 2):
        mixed = np.log((joint[a] + joint[b]) / 2 * CLASSES ** 2)
        cosines = alone @ mixed / np.linalg.norm(alone, axis=1) / np.linalg.norm(mixed)
        others = np.delete(cosines, (a, b))
        found[a, b] = float(min(cosines[a], cosines[b]) - others.max())
    return found


def _walk_table(rng: np.random.Generator) -> np.ndarray:
    """(8, 8): random, its rows and columns brought to the sum 1 in turn (Sinkhorn)."""
    table = np.exp(2 * rng.normal(size=(CLASSES, CLASSES)))
    for _ in range(500):
        table /= table.sum(axis=0, keepdims=True)
        table /= table.sum(axis=1, keepdims=True)
    return table
