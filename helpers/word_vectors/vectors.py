"""Words with vectors: who is near whom, analogies, and which side a word leans to.

Cosine compares directions, the dot product lengths as well; frequent words tend to be longer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MEASURES = ("cosine", "dot")


class WordVectors:
    """words and their rows (V, d). Raises ValueError if they do not fit, or a row is not finite."""

    def __init__(self, words: Sequence[str], rows: np.ndarray) -> None:
        rows = np.asarray(rows, dtype=np.float64)
        if rows.ndim != 2 or len(rows) != len(words) or len(set(words)) != len(words):
            raise ValueError(f"{len(words)} words ({len(set(words))} different ones) for rows "
                             f"{rows.shape}: give one row for each word, and each word once")
        if not np.isfinite(rows).all():
            raise ValueError("a row holds NaN or infinity: the training diverged; take a smaller "
                             "rate")
        self.words, self.rows = tuple(words), rows
        self.place = {word: i for i, word in enumerate(self.words)}
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        self.unit = rows / np.where(length > 0, length, 1)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self.place

    def of(self, word: str) -> np.ndarray:
        """The row (d,) of a word. Raises ValueError for one that has none."""
        return self.rows[self._find(word)]

    def similarity(self, a: str, b: str, measure: str = "cosine") -> float:
        """Cosine (-1 to 1) or dot product of two words."""
        rows = self._of(measure)
        return float(rows[self._find(a)] @ rows[self._find(b)])

    def neighbours(self, word: str, number: int = 5, measure: str = "cosine"
                   ) -> list[tuple[str, float]]:
        """The nearest words, nearest first, without the word itself: (word, similarity)."""
        rows = self._of(measure)
        return self._nearest(rows @ rows[self._find(word)], number, {word})

    def analogy(self, a: str, b: str, c: str, number: int = 5, *, leave_out: bool = True
                ) -> list[tuple[str, float]]:
        """a is to b as c is to ...: the words nearest to b - a + c, by cosine.

        leave_out: without the three words of the question. With them the answer is often b or c
        itself: b - a + c has hardly moved.
        """
        target = self.unit[self._find(b)] - self.unit[self._find(a)] + self.unit[self._find(c)]
        length = np.linalg.norm(target)
        return self._nearest(self.unit @ (target / (length or 1)), number,
                             {a, b, c} if leave_out else set())

    def _nearest(self, scores: np.ndarray, number: int, without: set[str]
                 ) -> list[tuple[str, float]]:
        order = np.argsort(-scores, kind="stable")[:number + len(without)]
        found = [(self.words[i], float(scores[i])) for i in order if self.words[i] not in without]
        return found[:number]

    def _of(self, measure: str) -> np.ndarray:
        if measure not in MEASURES:
            raise ValueError(f"measure {measure!r}: there are {' and '.join(MEASURES)}")
        return self.unit if measure == "cosine" else self.rows

    def _find(self, word: str) -> int:
        if word not in self.place:
            raise ValueError(f"{word!r} has no vector: it was not in the text, or too rarely")
        return self.place[word]


def association(vectors: WordVectors, words: Sequence[str], one: Sequence[str],
                other: Sequence[str]) -> np.ndarray:
    """(len(words),): mean cosine to the words of `one` less that to `other`.

    The building block of WEAT (Caliskan et al. 2017). Above 0: nearer to `one`. It measures the
    text, not the world, and depends on which words are listed.
    """
    sides = [np.mean([[vectors.similarity(w, x) for x in side] for w in words], axis=1)
             for side in (one, other)]
    return sides[0] - sides[1]
