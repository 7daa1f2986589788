"""Vectors for words never seen, from the pieces they are made of.

fastText (Bojanowski et al. 2017) gives each piece of three to five letters a row, and a word the
mean of its pieces' rows; it trains them by skip-gram. Here the rows are fitted to vectors that are
there already, by least squares (after Pinter et al. 2017, who fit a network): no second training.
"""

from __future__ import annotations

import numpy as np

from helpers.word_vectors.vectors import WordVectors

SHORTEST, LONGEST, PENALTY = 3, 5, 0.01


def pieces(word: str, shortest: int = SHORTEST, longest: int = LONGEST) -> list[str]:
    """All pieces of <word>, the short ones first, each once: pieces("cat", 3, 4) is
    ["<ca", "cat", "at>", "<cat", "cat>"]. < and > mark its beginning and its end.

    Raises ValueError for an empty word or lengths that leave no piece.
    """
    marked = f"<{word}>"
    if not word or not 1 <= shortest <= min(longest, len(marked)):
        raise ValueError(f"pieces of {word!r} of {shortest} to {longest} letters: a word, and "
                         f"lengths of 1 to {len(marked)}, the smaller one first")
    return list(dict.fromkeys(marked[i:i + n] for n in range(shortest, longest + 1)
                              for i in range(len(marked) - n + 1)))


class Pieces:
    """Rows of pieces, fitted to word vectors: a word is the mean of its pieces' rows.

    The rows (P, d) make |means - unit vectors|^2 + penalty |rows|^2 least (ridge regression): there
    are more pieces than words, so without a penalty every vector would be met exactly. place: the
    row of each piece. ValueError for a penalty that is not above 0.
    """

    def __init__(self, vectors: WordVectors, penalty: float = PENALTY) -> None:
        if penalty <= 0:
            raise ValueError(f"penalty={penalty}: above 0, such as {PENALTY}")
        self.vectors, holders = vectors, {}
        cut = [pieces(word) for word in vectors.words]
        share = np.array([1 / len(c) for c in cut])                     # of each piece in its word
        for i, piece in ((i, piece) for i, c in enumerate(cut) for piece in c):
            holders.setdefault(piece, []).append(i)
        gram = penalty * np.eye(len(cut))                               # (V, V): pieces in common
        for words in holders.values():
            gram[np.ix_(words, words)] += np.outer(share[words], share[words])
        weights = np.linalg.solve(gram, vectors.unit)                   # (V, d)
        self.place = {piece: row for row, piece in enumerate(holders)}
        self.rows = np.stack([share[words] @ weights[words] for words in holders.values()])

    def of(self, word: str) -> np.ndarray:
        """(d,): the sum of the rows of its known pieces over the number of all its pieces.

        Raises ValueError for a word without a known piece.
        """
        known = [self.place[p] for p in pieces(word) if p in self.place]
        if not known:
            raise ValueError(f"no piece of {word!r} was ever seen: it gets no vector")
        return self.rows[known].sum(axis=0) / len(pieces(word))

    def neighbours(self, word: str, number: int = 5) -> list[tuple[str, float]]:
        """The stored words nearest to what the pieces say, without the word itself."""
        row = self.of(word)
        scores = self.vectors.unit @ row / (np.linalg.norm(row) or 1)
        order = np.argsort(-scores, kind="stable")[:number + 1]
        return [(self.vectors.words[i], float(scores[i])) for i in order
                if self.vectors.words[i] != word][:number]
