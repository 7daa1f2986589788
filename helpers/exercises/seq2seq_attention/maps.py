"""Exercise 4.4: what is wrong with a map of attention weights?"""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show


def what_is_wrong(weights: np.ndarray, length: int) -> str:
    """What went wrong with this map; the first of the four that is true.

    "no weights": a number is negative, or neither do all rows sum to 1 nor all columns.
    "wrong axis": softmax was taken over the target words. (A map whose rows all sum to 1 is
    right in this, whatever its columns do.)
    "padding": more than 1e-6 of a target word's weight lies on a single place of padding.
    "nothing": all is well.
    weights: (T, S), a row for each target word; the first `length` source places are real. A sum
    within 0.001 of 1 counts as 1; the others are clearly off.
    """
    rows = np.allclose(weights.sum(axis=1), 1, atol=1e-3)
    columns = np.allclose(weights.sum(axis=0), 1, atol=1e-3)
    if weights.min() < 0 or not (rows or columns):
        return "no weights"
    if not rows:
        return "wrong axis"
    return "padding" if (weights[:, length:] > 1e-6).any() else "nothing"


def _wrong_by_loops(weights, length):
    def is_one(total):
        return abs(total - 1) < 1e-3

    by_row = all(is_one(sum(row)) for row in weights)
    by_column = all(is_one(sum(column)) for column in zip(*weights, strict=True))
    if any(weight < 0 for row in weights for weight in row):
        return "no weights"
    if by_row:
        return "padding" if any(w > 1e-6 for row in weights for w in row[length:]) else "nothing"
    return "wrong axis" if by_column else "no weights"


def _wrong_by_distance(weights, length):
    off_rows, off_columns = (abs(weights.sum(axis) - 1).max() for axis in (1, 0))
    faults = {"no weights": (weights < 0).any() or min(off_rows, off_columns) > 1e-3,
              "wrong axis": off_rows > 1e-3,
              "padding": weights[:, length:].max(initial=0) > 1e-6, "nothing": True}
    return next(name for name, found in faults.items() if found)


def _expect_verdict(got: object, wanted: str, call: object) -> None:
    expect(got == wanted, f"{call} returned {show(got)}, expected {show(wanted)}")


def _doubly(rng, n):
    """Rows and columns that sum to 1: a mixture of two orders of the words."""
    share = rng.uniform(0.2, 0.8)
    return share * np.eye(n)[rng.permutation(n)] + (1 - share) * np.eye(n)[rng.permutation(n)]


def _map(rng) -> tuple:
    """A map of any kind, whose sums are 1 or clearly off."""
    while True:
        weights, length = _any_map(rng)
        off = abs(np.concatenate([weights.sum(axis=0), weights.sum(axis=1)]) - 1)
        if not ((off > 1e-9) & (off < 0.01)).any():
            return weights, length


def _any_map(rng) -> tuple:
    """A map of each kind, and of two at once."""
    T, S = (int(n) for n in rng.integers(1, [6, 9]))
    length = int(rng.integers(1, S + 1))
    scores = np.exp(rng.normal(size=(T, S)))
    scores[:, length:] *= rng.choice([0, 0, 1e-12, 0.01, 0.3, 1.0])
    weights = scores / scores.sum(axis=1, keepdims=True)
    how = rng.random()
    if how < 0.2:
        weights = np.exp(rng.normal(size=(T, S)))
        weights /= weights.sum(axis=0)
    elif how < 0.35:
        weights = _doubly(rng, S)
    elif how < 0.45:                               # the sum over all is right
        weights[0] *= 0.7
        weights[-1] += 0.3 * weights[0] / 0.7
    elif how < 0.55:
        weights *= rng.choice([0.9, 1.1, 2.0])
    elif how < 0.7 and S > 1:
        weights[rng.integers(T)] += rng.permutation([-1.0, 1.0, *[0.0] * (S - 2)])
    elif how < 0.75:
        weights = rng.normal(size=(T, S))
    return weights, length


def _checking(rows=lambda weights: np.allclose(weights.sum(axis=1), 1, atol=1e-3),
              columns=lambda weights: np.allclose(weights.sum(axis=0), 1, atol=1e-3),
              negative=lambda weights: weights.min() < 0,
              padding=lambda weights, length: (weights[:, length:] > 1e-6).any()):
    """The reference, with another look at one of the four."""
    def answer(weights, length):
        if negative(weights) or not (rows(weights) or columns(weights)):
            return "no weights"
        if not rows(weights):
            return "wrong axis"
        return "padding" if padding(weights, length) else "nothing"
    return answer


def _columns_first(weights, length):
    right = what_is_wrong(weights, length)
    both = np.allclose(weights.sum(axis=0), 1, atol=1e-3)
    return "wrong axis" if both and right != "no weights" else right


def _padding_first(weights, length):
    right = what_is_wrong(weights, length)
    return "padding" if right != "no weights" and (weights[:, length:] > 1e-6).any() else right


def _renamed(**others):
    """The right verdicts but for some, whose blanks are written as _."""
    def answer(weights, length):
        right = what_is_wrong(weights, length)
        return others.get(right.replace(" ", "_"), right)
    return answer


GOOD = np.array([[0.7, 0.3, 0.0], [0.2, 0.8, 0.0]])
SHARED = np.array([[0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]])
EXAMPLES = (
    (GOOD, 2), (GOOD, 3), (GOOD, 1), (GOOD.T, 2), (GOOD.T, 1), (SHARED, 3), (SHARED, 2),
    (np.array([[0.6, 0.4 - 1e-12, 1e-12], [0.2, 0.8 - 1e-12, 1e-12]]), 2),
    (np.array([[1.2, -0.2, 0.0], [0.2, 0.8, 0.0]]), 2),
    (np.array([[1.2, 0.0], [-0.2, 1.0], [0.0, 0.0]]), 2),
    (np.array([[0.3, 0.2, 0.0], [0.5, 1.0, 0.0]]), 2),
    (np.array([[0.7, 0.3, 0.0], [0.7, 0.8, 0.0]]), 3),
    (np.array([[2.0, 1.0, 0.5], [0.5, 3.0, 1.0]]), 2),
    (np.array([[0.5, 0.2, 0.2, 0.1], [0.1, 0.4, 0.5, 0.0], [0.2, 0.2, 0.6, 0.0]]), 3),
    (np.array([[0.5, 0.3, 0.0, 0.2], [0.4, 0.6, 0.0, 0.0]]), 2),
    (np.array([[0.9, 0.1], [0.3, 0.7], [0.4, 0.6]]), 2),
    (np.array([[0.9, 0.1], [0.4, 0.6]]), 1), (np.array([[0.2, 0.2], [0.8, 0.8]]), 1),
    (np.array([[0.1, 0.2, 0.1, 0.2, 0.1, 0.3, 0.0]]), 6), (np.array([[0.6, 0.3995, 0.0005]]), 2),
    (np.array([[0.4, 0.3, 0.3]]), 3), (np.array([[1.0, 1.0]]), 2),
)
WRONG = Exercise(
    "4.4", "What is wrong with this map?", minutes=8, starred=True,
    hints=("What does one target word have to give away, and in which direction of the map is "
           "that to be seen?",
           "A row is one target word: weights.sum(axis=1) should be all ones. If softmax went "
           "over the target words, weights.sum(axis=0) is.",
           "np.allclose(sums, 1, atol=1e-3) for both; the padding is weights[:, length:]. Then the "
           "questions in the order of the docstring."),
    solution=what_is_wrong, right=(_wrong_by_loops, _wrong_by_distance),
    compare=_expect_verdict, examples=EXAMPLES, cases=_map,
    mistakes=(
        Mistake(_columns_first, "In this map rows *and* columns sum to 1, and you say \"wrong "
                "axis\". The rows are what counts."),
        Mistake(_padding_first, "You looked for padding before you knew the axis. The docstring "
                "says which comes first."),
        Mistake(_checking(negative=lambda weights: False), "A weight below 0 came through. A sum "
                "of 1 is not enough."),
        Mistake(_checking(padding=lambda weights, length: False), "You did not look at the "
                "padding: the columns from `length` on."),
        Mistake(_checking(padding=lambda weights, length: weights[:, length:].any()), "So little "
                "weight on padding is rounding. Only what is above 1e-6 counts."),
        Mistake(_checking(padding=lambda weights, length: (weights[:, length + 1:] > 1e-6).any()),
                "You missed the first place of padding: it is the column `length`."),
        Mistake(_checking(padding=lambda weights, length: (weights[:, length - 1:] > 1e-6).any()),
                "You took the last real word for padding, which begins at the column `length`."),
        Mistake(_checking(padding=lambda weights, length: (weights[length:] > 1e-6).any()),
                "You looked for padding among the rows. `length` counts source places, which are "
                "the columns."),
        Mistake(_checking(rows=lambda weights: abs(weights.sum() - len(weights)) < 1e-3),
                "All rows together have the right sum, but not each of them. One gives away too "
                "much, another too little."),
        Mistake(_checking(rows=lambda weights: abs(weights[0].sum() - 1) < 1e-3),
                "You looked at the first row only. All of them must sum to 1."),
        Mistake(_checking(columns=lambda weights: True), "Rows that do not sum to 1 are no proof "
                "of the wrong axis: in this map the columns do not, either."),
        Mistake(_checking(columns=lambda weights: False), "You never say \"wrong axis\". Here all "
                "columns sum to 1: softmax went over the target words."),
        Mistake(lambda weights, length: what_is_wrong(weights.T, length), "Rows and columns are "
                "exchanged: axis=1 adds up along a row, over the source places."),
        Mistake(_checking(rows=lambda weights: True, columns=lambda weights: True), "You did not "
                "add up anything: do the rows sum to 1? The columns?"),
        Mistake(_renamed(nothing="padding", padding="nothing"), "The last two are exchanged: clean "
                "maps you call \"padding\", the others \"nothing\"."),
        Mistake(_renamed(wrong_axis="no weights", no_weights="wrong axis"), "The first two are "
                "exchanged: columns that sum to 1 mean \"wrong axis\"."),
    ),
    reread="5 · The map",
    moral="Look at the sums first: a beautiful picture may be drawn of anything.",
)
