"""a is to b as c is to ...? Asked by the hundred, kind by kind, and all at once.

The famous examples come from a hundred billion words. On a text of half a million each kind has to
be counted: some are solved, most are not, and a share without its interval says little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.metrics import bootstrap_interval, share_with_interval
from helpers.word_vectors.vectors import WordVectors


@dataclass(frozen=True)
class Solved:
    """What came of the questions of one kind.

    asked, solved: numbers of questions. share, low, high: of the solved ones, with Wilson's 95 %
    interval, as if the questions were independent. by_pair: the interval (low, high) if the pairs
    (c, d) are drawn anew instead, as the questions of a pair stand and fall together: the wider and
    truer one. query: share of the questions whose answer is one of the three words of the question,
    which can only be where these are not left out. shortcut: share solved by the words nearest to
    c alone, without any difference b - a; what does not beat it needs no analogy.
    """

    asked: int
    solved: int
    share: float
    low: float
    high: float
    by_pair: tuple[float, float]
    query: float
    shortcut: float


def questions(vectors: WordVectors, rows: Sequence[dict[str, str]]
              ) -> dict[str, list[tuple[str, str, str, str]]]:
    """{kind: [(a, b, c, d), ...]}: a is to b as c is to d, for all ordered pairs of pairs.

    rows: dicts with "kind", "a", "b", as `corpora.analogies()` gives them. A pair with a word that
    has no vector is left out; a kind with fewer than two pairs left has an empty list.
    """
    found: dict[str, list[tuple[str, str, str, str]]] = {row["kind"]: [] for row in rows}
    for kind, asked in found.items():
        pairs = [(row["a"], row["b"]) for row in rows if row["kind"] == kind
                 and row["a"] in vectors and row["b"] in vectors]
        asked += [(*one, *other) for one in pairs for other in pairs if one != other]
    return found


def answers(vectors: WordVectors, asked: Sequence[tuple[str, str, str, str]], *,
            leave_out: bool = True) -> list[str]:
    """The word nearest to b - a + c by cosine, one for each question; as `vectors.analogy`.

    Raises ValueError for a word without a vector.
    """
    a, b, c, _ = _places(vectors, asked)
    unit = vectors.unit
    return [vectors.words[i] for i in
            _nearest(vectors, unit[b] - unit[a] + unit[c], (a, b, c) if leave_out else ())]


def solved(vectors: WordVectors, asked: dict[str, Sequence[tuple[str, str, str, str]]], *,
           leave_out: bool = True) -> dict[str, Solved]:
    """Ask all questions of each kind; kinds without a question are left out.

    leave_out: the three words of a question cannot be its answer, as is the custom.
    """
    found = {}
    for kind, rows in asked.items():
        if not rows:
            continue
        said = answers(vectors, rows, leave_out=leave_out)
        places = _places(vectors, rows)
        near = _nearest(vectors, vectors.unit[places[2]], places[:3])
        right = np.array([word == row[3] for word, row in zip(said, rows, strict=True)])
        query = np.mean([word in row[:3] for word, row in zip(said, rows, strict=True)])
        found[kind] = Solved(len(rows), int(right.sum()),
                             *share_with_interval(int(right.sum()), len(rows)),
                             _by_pair(right, places[2]), float(query),
                             float(np.mean(near == places[3])))
    return found


def _by_pair(right: np.ndarray, pair: np.ndarray) -> tuple[float, float]:
    shares = [right[pair == which].mean() for which in np.unique(pair)]
    return bootstrap_interval(shares)


def _places(vectors: WordVectors, asked: Sequence[tuple[str, str, str, str]]) -> np.ndarray:
    """(4, N) int: the rows of the four words of each question."""
    missing = sorted({word for row in asked for word in row if word not in vectors})
    if missing:
        raise ValueError(f"no vector for {', '.join(missing[:5])}: ask questions(vectors, rows)")
    return np.array([[vectors.place[word] for word in row] for row in asked]).reshape(-1, 4).T


def _nearest(vectors: WordVectors, targets: np.ndarray, without: Sequence[np.ndarray]
             ) -> np.ndarray:
    """(N,): the row with the largest cosine to each target (N, d), but for those in `without`."""
    scores = targets @ vectors.unit.T                                   # (N, V)
    for places in without:
        scores[np.arange(len(scores)), places] = -np.inf
    return scores.argmax(axis=1)
