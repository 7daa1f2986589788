"""What a text associates: WEAT, a planted leaning, and a removal that only hides it.

The measure speaks of the text and of the words one has listed, not of the world. Few words make it
shaky: look at p, try other lists and another seed before you believe an effect.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.word_vectors.vectors import WordVectors, association

MOST, DRAWS = 20_000, 10_000
SIDES = {"he": ("he", "him", "man", "boy"), "she": ("she", "her", "woman", "girl")}
PERSONS = tuple(SIDES.values())
EACH, LEAN, FILLING = 10, 0.85, ("the", "and", "then", "soon", "often", "here")

# X, Y, A, B in python_docs (whole numbers count, others are rounded) and in the stories. Of sixteen
# choices of words tried on python_docs only this one had p below .05 with every seed of the SVD.
NUMBERS = (("int", "integer", "integers", "int64", "long"),
           ("float", "floats", "double", "float32", "complex"),
           ("index", "count", "number", "size"), ("precision", "accuracy", "rounding", "nan"))
KITCHEN = (("soup", "bread", "kitchen", "cake", "flour", "sugar", "onions", "spoon"),
           ("ship", "road", "harbour", "train", "station", "office", "bus", "boat"),
           ("she", "her"), ("he", "his", "him"))


@dataclass(frozen=True)
class Weat:
    """effect: between -2 and 2, above 0 if X leans to A and Y to B. p: share of the ways to deal
    X and Y anew whose difference is at least as large (one-sided). exact: all ways were tried.
    """

    effect: float
    p: float
    exact: bool


def weat(vectors: WordVectors, X: Sequence[str], Y: Sequence[str], A: Sequence[str],
         B: Sequence[str], *, seed: int = 0) -> Weat:
    """The Word-Embedding Association Test (Caliskan et al. 2017): does X lean to A, Y to B?

    Effect: mean association of X less that of Y, over the standard deviation in X and Y together.
    p by permutation: all ways to deal X and Y anew if these are at most 20,000, else 10,000
    random ones. Raises ValueError for X and Y that share a word or hold fewer than two each, and
    for words without a vector.
    """
    if set(X) & set(Y) or min(len(X), len(Y)) < 2:
        raise ValueError(f"X has {len(X)} words, Y {len(Y)}, {len(set(X) & set(Y))} are the same: "
                         "give two or more for each, all different")
    leaning = association(vectors, [*X, *Y], A, B)
    spread = leaning.std()
    if spread == 0:
        return Weat(0.0, 1.0, True)
    n, total = len(X), len(leaning)
    observed, exact = leaning[:n].mean() - leaning[n:].mean(), math.comb(total, n) <= MOST
    rng = np.random.default_rng(seed)
    dealt = (np.array(list(itertools.combinations(range(total), n))) if exact else
             np.argsort(rng.random((DRAWS, total)), axis=1)[:, :n])     # (ways, n)
    sums = leaning[dealt].sum(axis=1)
    differences = sums / n - (leaning.sum() - sums) / (total - n)
    as_large = int((differences >= observed - 1e-12).sum())
    p = as_large / len(dealt) if exact else (as_large + 1) / (DRAWS + 1)
    return Weat(float(observed / spread), float(p), exact)


def planted_leaning(seed: int = 0, *, number: int = 4000, lean: float = LEAN) -> list[list[str]]:
    """Sentences such as "then j3 often s4 and w17": somebody, and two things they do.

    Somebody is a he-word, a she-word or a job; no sentence holds a job and one of these words. j0
    to j9 do mostly what he does, j10 to j19 what she does: a habit is of its person's side with
    the probability `lean` (.5: a language that does not lean). Both do the habits s0 to s19, only
    persons p0 to p19, only jobs w0 to w19; the first ten of each are his, the others hers.
    """
    rng, sentences = np.random.default_rng(seed), []
    for _ in range(number):
        side, works = int(rng.integers(2)), rng.random() < 0.5
        who = f"j{rng.integers(EACH) + EACH * side}" if works else str(rng.choice(PERSONS[side]))
        habits = [f"{rng.choice(['s', 'w' if works else 'p'])}{rng.integers(EACH) + EACH * own}"
                  for own in np.where(rng.random(2) < lean, side, 1 - side)]
        rest = rng.choice(FILLING, 3).tolist()
        sentences.append([rest[0], who, rest[1], habits[0], rest[2], habits[1]])
    return sentences


def jobs(side: str) -> list[str]:
    """The ten jobs of "he" or of "she". ValueError for another side."""
    if side not in SIDES:
        raise ValueError(f"side {side!r}: there are {' and '.join(SIDES)}")
    first = EACH * list(SIDES).index(side)
    return [f"j{i}" for i in range(first, first + EACH)]


def without_direction(vectors: WordVectors, one: Sequence[str], other: Sequence[str]
                      ) -> WordVectors:
    """The same vectors without their part along mean(one) - mean(other) (Bolukbasi et al. 2016).

    Rows of length 1 afterwards have no association left with that direction; but see what their
    neighbours are (Gonen and Goldberg 2019).
    """
    direction = sum(vectors.unit[vectors.place[w]] for w in one) / len(one) - sum(
        vectors.unit[vectors.place[w]] for w in other) / len(other)
    direction /= np.linalg.norm(direction)
    return WordVectors(vectors.words, vectors.unit - np.outer(vectors.unit @ direction, direction))


def of_the_same_side(vectors: WordVectors, one: Sequence[str], other: Sequence[str], *,
                     number: int = 5) -> float:
    """Share of same-side words among the `number` nearest of each, looking at both lists only.

    By chance a little below one half: a word is not its own neighbour.
    """
    both, side = [*one, *other], np.arange(len(one) + len(other)) < len(one)
    unit = np.stack([vectors.unit[vectors.place[word]] for word in both])
    scores = unit @ unit.T
    np.fill_diagonal(scores, -np.inf)
    nearest = np.argsort(-scores, axis=1, kind="stable")[:, :number]
    return float((side[nearest] == side[:, None]).mean())
