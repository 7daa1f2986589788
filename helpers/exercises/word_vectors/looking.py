"""Exercises 2.1 and 2.2: a row by its id, and the words whose rows are nearest."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_equal


def look_up_by_product(ids: list[int], C: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(one_hot, rows): the rows of C that belong to the ids, fetched by a product.

    one_hot: (N, V), numbers, a single 1 in each row. rows: (N, m), one_hot times C.
    ids: N ids, in any order and perhaps more than once. C: (V, m).
    Raises ValueError if an id belongs to no row: if it is below 0, or V or more.
    """
    V = len(C)
    for id in ids:
        if not 0 <= id < V:
            raise ValueError(f"id {id}: C has {V} rows, ids go from 0 to {V - 1}")
    one_hot = np.zeros((len(ids), V))
    one_hot[np.arange(len(ids)), ids] = 1
    return one_hot, one_hot @ C


def _by_comparing(ids, C):
    one_hot = (np.array(ids)[:, None] == np.arange(len(C))) * 1
    if (one_hot.sum(axis=1) == 0).any():
        raise ValueError("one of the ids stands for no word")
    return one_hot, one_hot @ C


def _row_by_row(ids, C):
    known = list(range(len(C)))
    rows = [[1.0 if place == known.index(id) else 0.0 for place in known] for id in ids]
    return np.array(rows), [sum(x * row for x, row in zip(hot, C, strict=True)) for hot in rows]


def _ids(rng) -> tuple:
    """Good ids mostly; now and then one is just outside, or far."""
    N, V, m = (int(n) for n in rng.integers(1, 8, 3))
    ids = [int(id) for id in rng.integers(0, V, N)]
    if rng.random() < 0.3:
        ids[rng.integers(N)] = int(rng.choice([-1, -V, -V - 1, V, V + 3]))
    return ids, rng.normal(0, 4, (V, m)).round(2)


def _with_table(one_hot=lambda ids, V: np.eye(V)[ids], good=lambda id, V: 0 <= id < V,
                last=lambda one_hot, C: (one_hot, one_hot @ C)):
    """An answer with another table of ones, other ids that are let through, or another end."""
    def answer(ids, C):
        if not all(good(id, len(C)) for id in ids):
            raise ValueError("an id without a row")
        return last(one_hot(ids, len(C)), C)
    return answer


def _zeros_for_none(ids, V):
    return (np.array(ids)[:, None] == np.arange(V)) * 1.0


def _filled_at(ids, V):
    """All the ones in all the rows."""
    one_hot = np.zeros((len(ids), V))
    one_hot[:, ids] = 1
    return one_hot


FOUR = np.array([[0.5, -1.0, 2.0], [1.5, 0.0, -0.5], [-2.0, 1.0, 0.5], [3.0, 2.5, -1.0]])
LOOK_UP = Exercise(
    "2.1", "A row by multiplying", minutes=5, starred=True,
    hints=("A row of zeros with a single 1, times a table: which row of the table is left? And "
           "which row does an id of -1 fetch in numpy?",
           "Look at the ids first, each of them, and raise ValueError if one lies outside 0 to "
           "V - 1. Then the ones: row n has its 1 in the column ids[n].",
           "one_hot = np.zeros((len(ids), V)); one_hot[np.arange(len(ids)), ids] = 1. The rows are "
           "one_hot @ C."),
    solution=look_up_by_product, right=(_by_comparing, _row_by_row), compare=expect_close,
    parts=("one_hot", "rows"), cases=_ids,
    examples=(([3, 1, 1], FOUR), ([2, 0], FOUR), ([0, -1, 2], FOUR), ([1, 4], FOUR), ([-5], FOUR),
              ([0, 3, 1, 2, 3], FOUR[:, :2]), ([7, 0], FOUR), ([0], FOUR[:1])),
    mistakes=(
        Mistake(_with_table(good=lambda id, V: id < V), "An id below 0 came through. numpy counts "
                "it from the end, so the row of another word comes back, without a murmur."),
        Mistake(lambda ids, C: (np.eye(len(C))[ids], np.eye(len(C))[ids] @ C), "You leave it to "
                "numpy to find an id that is none. It takes one below 0 for a place counted from "
                "the end: look at the ids yourself."),
        Mistake(_with_table(_zeros_for_none, good=lambda id, V: True), "An id without a row became "
                "a row of zeros. That looks like a word: raise ValueError instead."),
        Mistake(_with_table(_zeros_for_none, good=lambda id, V: id >= 0), "An id of V or more came "
                "through, and became a row of zeros."),
        Mistake(_with_table(_zeros_for_none, good=lambda id, V: 0 <= id <= V), "The id V came "
                "through. V rows have ids from 0 to V - 1."),
        Mistake(_with_table(good=lambda id, V: 0 < id < V), "The id 0 is a word too: the first "
                "row belongs to it."),
        Mistake(_with_table(_filled_at), "one_hot[:, ids] = 1 sets these columns in *every* row. "
                "Row n has one 1 only, in the column ids[n]."),
        Mistake(_with_table(lambda ids, V: np.eye(V)[sorted(ids)]), "The rows come back in the "
                "order of the table. They must stand in the order of the ids."),
        Mistake(_with_table(lambda ids, V: np.eye(V)[list(dict.fromkeys(ids))]), "An id that is "
                "asked for twice needs two rows."),
        Mistake(_with_table(lambda ids, V: np.eye(V)[ids].sum(axis=0)), "You put all the ones into "
                "one row, so the product is the *sum* of the rows. Each id has its own."),
        Mistake(_with_table(lambda ids, V: np.eye(V)[ids] > 0), "That is a table of True and "
                "False. Asked for are the numbers 1 and 0."),
        Mistake(_with_table(last=lambda one_hot, C: (one_hot.T, one_hot @ C)), "Your one_hot is "
                "turned over: a *row* for each id, a column for each word."),
        Mistake(_with_table(last=lambda one_hot, C: (one_hot @ C, one_hot)), "Both are right, in "
                "the wrong order: first one_hot, then the rows."),
    ),
    reread="1 · All words equally far",
    moral="A look-up is a layer like any other: a product with a table, of which one row is left.",
)


def nearest(words: list[str], rows: np.ndarray, word: str, k: int) -> list[str]:
    """The k words nearest to `word` by cosine, the nearest first, without the word itself.

    rows: (V, d), one for each of the words, of any length. One of them may be all zeros (a word
    that was never met); its cosine with every other is 0. The row of `word` is never zeros.
    k: 1 or more; where there are fewer other words, all of them. No two are equally near.
    """
    own = words.index(word)
    lengths = np.linalg.norm(rows, axis=1)
    lengths[lengths == 0] = 1
    cosines = rows @ rows[own] / (lengths * lengths[own])
    return [words[i] for i in np.argsort(-cosines) if i != own][:k]


def _nearest_one_by_one(words, rows, word, k):
    rest = {w: row for w, row in zip(words, rows, strict=True) if w != word}
    mine = rows[words.index(word)]

    def cosine(w):
        together = sum(a * b for a, b in zip(mine, rest[w], strict=True))
        return together / (sum(a * a for a in mine) * sum(b * b for b in rest[w]) or 1) ** 0.5
    return sorted(rest, key=cosine, reverse=True)[:k]


def _nearest_by_angle(words, rows, word, k):
    own = words.index(word)
    with np.errstate(all="ignore"):
        unit = np.nan_to_num(rows / np.sqrt((rows * rows).sum(axis=1))[:, None])
    angles = np.arccos(np.clip(unit @ unit[own], -1, 1))
    angles[own] = np.inf
    found = [words[i] for i in angles.argsort(kind="stable")]
    return found[:-1][:k]


def _space(rng) -> tuple:
    """Short rows and long ones, one of zeros at times; no two cosines are close."""
    known = ["row", "rows", "column", "columns", "the", "line", "True", "true"]
    while True:
        V, d = int(rng.integers(2, 9)), int(rng.integers(2, 5))
        rows = rng.normal(size=(V, d)) * np.exp(rng.normal(rng.choice([0, 2]), 1.5, (V, 1)))
        own, other = rng.permutation(V)[:2]
        if rng.random() < 0.5:
            rows[other] = 0 if rng.random() < 0.7 else 2.5 * rows[own]
        rows = rows.round(2)
        length = np.linalg.norm(rows, axis=1)
        cosines = np.sort(np.delete(rows @ rows[own] / np.maximum(length, 0.01), own))
        if length[own] > 0 and (np.diff(cosines) > 0.01 * length[own]).all() and (
                (length == 0).sum() < 2):
            words = [str(w) for w in rng.permutation(known)[:V]]
            return words, rows, words[own], int(rng.integers(1, V + 2))


def _cosines(rows, own):
    lengths = np.linalg.norm(rows, axis=1)
    return rows @ rows[own] / (np.where(lengths > 0, lengths, 1) * (lengths[own] or 1))


def _by(score=_cosines, chosen=lambda order, own, k: [i for i in order if i != own][:k],
        said=lambda words, i, score: words[i]):
    """An answer by another score, another choice from the order, or another thing returned."""
    def answer(words, rows, word, k):
        own = words.index(word)
        with np.errstate(all="ignore"):
            scores = score(rows, own)
        order = [int(i) for i in np.argsort(-scores, kind="stable")]
        return [said(words, i, scores[i]) for i in chosen(order, own, k)]
    return answer


def _over_lengths(rows, own):
    """nan where the row is zeros."""
    lengths = np.linalg.norm(rows, axis=1)
    return rows @ rows[own] / (lengths * lengths[own])


WORDS = ["row", "column", "the", "line", "never", "sky"]
ROWS = np.array([[2.0, 1.0, 0.0], [2.5, 1.0, 0.5], [24.0, 16.0, 30.0], [0.5, 0.25, 0.1],
                 [0.0, 0.0, 0.0], [-1.0, 0.5, 1.0]])
TWICE = np.array([[2.0, 4.0], [1.0, 2.0], [-3.0, 1.0], [2.0, 1.0], [-2.0, -4.1]])
NEAREST = Exercise(
    "2.2", "Nearest, but not itself", minutes=10, starred=True,
    hints=("A dot product is large for two reasons: the same direction, and long rows. Which of "
           "the two is asked for? And who is always nearest to a word?",
           "Divide each dot product by both lengths. Where a length is 0 put 1 in its place: the "
           "dot product is 0 anyway. Leave the word out by its place, not by its rank.",
           "lengths = np.linalg.norm(rows, axis=1), with lengths[lengths == 0] = 1. Sort by "
           "np.argsort(-cosines), skip i == own, then cut [:k]."),
    solution=nearest, right=(_nearest_one_by_one, _nearest_by_angle), compare=expect_equal,
    cases=_space,
    examples=((WORDS, ROWS, "row", 3), (WORDS, ROWS, "column", 5), (WORDS, ROWS, "sky", 4),
              (WORDS[:5], TWICE, "column", 3), (WORDS[:5], TWICE, "row", 4),
              (["up", "down"], ROWS[[0, 5]], "up", 1), (WORDS, ROWS, "the", 9)),
    mistakes=(
        Mistake(_by(lambda rows, own: rows @ rows[own]), "You went by the dot product, and a long "
                "row wins by its length. Divide by the lengths: cosine compares directions."),
        Mistake(_by(lambda rows, own: -np.linalg.norm(rows - rows[own], axis=1)), "You went by the "
                "distance of the end points. Two rows of one direction may lie far apart, if one "
                "is longer."),
        Mistake(_by(lambda rows, own: -np.where(np.arange(len(rows)) == own, np.inf,
                                                _cosines(rows, own))), "You begin with the word "
                "that is *least* like it. np.argsort puts the smallest first: sort -cosines."),
        Mistake(_by(chosen=lambda order, own, k: order[:k]), "The word itself is among its "
                "neighbours. Nobody asks for that one: leave it out."),
        Mistake(_by(chosen=lambda order, own, k: order[1:k + 1]), "You left out whoever came "
                "first. A word with exactly the same direction may come before the word itself: "
                "leave out by its place."),
        Mistake(_by(chosen=lambda order, own, k: [i for i in order[:k] if i != own]),
                "You cut to k first, and left the word out afterwards: one is missing."),
        Mistake(_by(chosen=lambda order, own, k: [i for i in order if i != own][:k + 1]),
                "One word too many: [:k] are k words already, as the word itself is gone."),
        Mistake(_by(_over_lengths), "0 / 0 is nan, and np.argsort puts nan at the very end. The "
                "row of zeros has cosine 0: it is nearer than words that point the other way."),
        Mistake(_by(chosen=lambda order, own, k: [i for i in order if i != own][:k],
                    score=lambda rows, own: np.where(rows.any(axis=1), _cosines(rows, own), 1)),
                "The row of zeros came out as the nearest of all. Its cosine is 0."),
        Mistake(_by(lambda rows, own: abs(_cosines(rows, own))), "You took off the sign. A word "
                "that points the other way is not near: it is as far as can be."),
        Mistake(_by(lambda rows, own: _cosines(rows, own) / np.maximum(
                    np.linalg.norm(rows, axis=1), 1e-9)), "You divided twice by a word's length, "
                "so the short rows win. Under the root stands the sum of squares."),
        Mistake(_by(said=lambda words, i, score: i), "These are places in the list. Return the "
                "words that stand there."),
        Mistake(_by(said=lambda words, i, score: (words[i], score)), "The words alone are asked "
                "for, without their cosines."),
    ),
    reread="2 · A network that reads a window",
    moral="By direction, not by length: a word is not near because it is frequent.",
)
