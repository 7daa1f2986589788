"""Exercise 5.3: weights that some program gave, and the one thing that is wrong with them."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show


def what_is_wrong(q: np.ndarray, k: np.ndarray, mask: np.ndarray, weights: np.ndarray) -> str:
    """What went wrong with these weights: one of six; each table fits one of them only.

    "nothing": softmax over the keys that a query may attend to, of scores over the root of d.
    "mask inverted": True was read as *hidden*.
    "softmax over queries": it went down the columns of the table.
    "not scaled": the scores were not divided. "scaled by d": they were, but by d.
    "mask after softmax": softmax of all scores, and zeros afterwards.
    q, k: (T, d), d is 2 or more; all scores below 100. mask: bool (T, T), True = may attend; each
    query has a key, but a key may have no query. weights: (T, T). What is hidden is exactly 0,
    and so is a row or column in which nothing is left.
    """
    if weights[~mask].any():
        return "mask inverted"
    if np.allclose(weights.sum(axis=1), 1):
        for name, divisor in (("not scaled", 1), ("scaled by d", q.shape[1])):
            shares = np.where(mask, np.exp(q @ k.T / divisor), 0)
            if np.allclose(weights, shares / shares.sum(axis=1, keepdims=True)):
                return name
        return "nothing"
    columns = weights.sum(axis=0)[mask.any(axis=0)]
    return "softmax over queries" if np.allclose(columns, 1) else "mask after softmax"


NAMES = ("nothing", "mask inverted", "softmax over queries", "not scaled", "scaled by d",
         "mask after softmax")


def _share_out(scores, mask, axis=1):
    """Softmax where the mask is True, 0 elsewhere; 0 also where nothing is left."""
    shares = np.exp(scores) * mask
    total = shares.sum(axis=axis, keepdims=True)
    return shares / np.where(total > 0, total, 1)


def _made(q, k, mask) -> dict:
    """What a program gives that is right, and those with each of the faults."""
    scores, d = q @ k.T, q.shape[1]
    scaled = scores / d ** 0.5
    return {"nothing": _share_out(scaled, mask), "mask inverted": _share_out(scaled, ~mask),
            "softmax over queries": _share_out(scaled, mask, axis=0),
            "not scaled": _share_out(scores, mask), "scaled by d": _share_out(scores / d, mask),
            "mask after softmax": _share_out(scaled, True) * mask}


def _by_making_all(q, k, mask, weights):
    made = _made(q, k, mask)
    return min(made, key=lambda name: abs(made[name] - weights).max())


def _by_logarithms(q, k, mask, weights):
    """What the scores were divided by is read from them and the logarithms of the weights."""
    if any(w > 0 and not may for w, may in zip(weights.flat, mask.flat, strict=True)):
        return "mask inverted"
    if abs(weights.sum(axis=1) - 1).max() > 1e-3:
        off = abs(weights.sum(axis=0) - mask.any(axis=0)).max()
        return "softmax over queries" if off < 1e-3 else "mask after softmax"
    above = below = 0.0
    for scores, row, may in zip(q @ k.T, weights, mask, strict=True):
        logs = np.log(row[may]) - np.log(row[may]).mean()
        above, below = above + logs @ scores[may], below + logs @ logs
    divisors = {"not scaled": 1, "nothing": q.shape[1] ** 0.5, "scaled by d": q.shape[1]}
    return min(divisors, key=lambda name: abs(divisors[name] - above / below))


def _mask(rng, T) -> np.ndarray:
    """Causal, a window, padding on the right, both, or any mask with a key for each query."""
    place = np.arange(T)
    behind = place[:, None] - place
    real = np.zeros((T, 1), dtype=int) + (place < rng.integers(1, T + 1))
    return [behind >= 0, (behind >= 0) & (behind < 2), real > 0, (behind >= 0) & (real > 0),
            (behind == 0) | (rng.random((T, T)) < 0.5)][rng.integers(5)]


def _clear(made: dict) -> bool:
    """No two of the faults look alike, and sums that are not 1 are clearly off."""
    tables = list(made.values())
    apart = min(abs(one - other).max() for i, one in enumerate(tables) for other in tables[:i])
    late = made["mask after softmax"]
    rows = [abs(made[name].sum(axis=1) - 1).max() for name in NAMES[2::3]]
    columns = abs(late.sum(axis=0) - 1)[late.any(axis=0)].max(initial=0)
    return min(apart, *rows, columns) > 0.02


def _weights(rng) -> tuple:
    while True:
        T, d = int(rng.integers(2, 7)), int(rng.integers(2, 5))
        q, k = (rng.normal(0, 1.3, (T, d)).round(2) for _ in range(2))
        mask = _mask(rng, T)
        if _clear(_made(q, k, mask)):
            return q, k, mask, _made(q, k, mask)[str(rng.choice(NAMES))]


def _expect_name(got: object, wanted: str, call: object) -> None:
    """Nobody is told what would be right."""
    expect(got in NAMES, f"{call} must be one of: {', '.join(NAMES)}; yours: {show(got)}")
    expect(got == wanted, f"{call} is not {show(got)}.")


def _checking(hidden=lambda weights, mask: weights[~mask].any(),
              rows=lambda weights: np.allclose(weights.sum(axis=1), 1),
              columns=lambda weights, mask: np.allclose(weights.sum(axis=0), mask.any(axis=0)),
              scales=("not scaled", "scaled by d")):
    """The reference, with another look at one of its questions."""
    def answer(q, k, mask, weights):
        if hidden(weights, mask):
            return "mask inverted"
        if rows(weights):
            made = _made(q, k, mask)
            return next((name for name in scales if np.allclose(made[name], weights)), "nothing")
        return "softmax over queries" if columns(weights, mask) else "mask after softmax"
    return answer


def _renamed(**others):
    """The right names but for some, whose blanks are written as _."""
    def answer(q, k, mask, weights):
        right = what_is_wrong(q, k, mask, weights)
        return others.get(right.replace(" ", "_"), right)
    return answer


def _by_the_largest(q, k, mask, weights):
    right, largest = what_is_wrong(q, k, mask, weights), weights.max()
    if right in ("nothing", "not scaled", "scaled by d"):
        return "not scaled" if largest > 0.9 else "nothing"
    return right


TWO = np.array([[1.0, 2.0], [2.0, -1.0], [0.5, 1.0]]), np.array([[1.0, 0.0], [0.5, 1.0],
                                                                 [-1.0, 0.5]])
FOUR = (np.array([[1.0, -1.0, 0.5, 0.0], [0.0, 2.0, 0.0, 1.0], [1.0, 1.0, -1.0, 0.5]]),
        np.array([[1.0, 0.0, 0.0, 2.0], [0.0, 1.0, 1.5, 0.0], [-1.0, 0.5, 0.0, 1.0]]))
CAUSAL, PADDED, BOTH, WINDOW = (np.array(rows) > 0 for rows in (
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]], [[1, 1, 0], [1, 1, 0], [1, 1, 0]],
    [[1, 0, 0], [1, 1, 0], [1, 1, 0]], [[1, 0, 0], [1, 1, 0], [0, 1, 1]]))
WRONG = Exercise(
    "5.3", "What is wrong with these weights?", minutes=14, starred=True,
    hints=("Three questions before you compute anything: does weight lie where none may lie? What "
           "does each row sum to? And each column?",
           "Weight on a hidden place: the mask. Rows that do not sum to 1: the softmax, or the "
           "mask came too late; the columns tell which. All that in order: only the scale is left.",
           "weights[~mask].any(), weights.sum(axis=1), weights.sum(axis=0)[mask.any(axis=0)]. For "
           "the scale compute softmax of q @ k.T / 1 and of q @ k.T / d under the mask, and "
           "compare by np.allclose."),
    solution=what_is_wrong, right=(_by_making_all, _by_logarithms), compare=_expect_name,
    examples=tuple((q, k, mask, _made(q, k, mask)[name])
                   for (q, k), mask in ((TWO, CAUSAL), (FOUR, PADDED), (FOUR, CAUSAL), (TWO, BOTH),
                                        (FOUR, WINDOW))
                   for name in NAMES),
    cases=_weights,
    mistakes=(
        Mistake(_checking(scales=()), "You went by zeros and sums. A softmax of scores that were "
                "divided by the wrong number has the right ones too: compute it and compare."),
        Mistake(_checking(scales=("not scaled",)), "Scores that were divided by d instead of its "
                "root come through."),
        Mistake(_checking(scales=("scaled by d",)), "Scores that were not divided at all come "
                "through."),
        Mistake(_by_the_largest, "A weight near 1 is no proof: a query with one key to look at "
                "has it, whatever the scale is. Compute the weights and compare."),
        Mistake(_checking(hidden=lambda weights, mask: np.triu(weights, 1).any()), "You looked "
                "above the diagonal. What is hidden is said by the mask, which is not always the "
                "future."),
        Mistake(_checking(hidden=lambda weights, mask: (weights.sum(axis=1) == 0).any()), "You "
                "waited for a row of zeros. An inverted mask need not leave one: see where weight "
                "lies."),
        Mistake(_checking(hidden=lambda weights, mask: False), "Weight lies on hidden places, and "
                "you do not say so."),
        Mistake(lambda q, k, mask, weights: what_is_wrong(q, k, ~mask, weights), "You read the "
                "mask the other way round: True = may attend."),
        Mistake(_checking(rows=lambda weights: np.isclose(weights.sum(), len(weights))), "All "
                "weights together have the right sum, but not each row."),
        Mistake(_checking(rows=lambda weights: True), "You did not look at the sums of the rows."),
        Mistake(_checking(columns=lambda weights, mask: False), "Rows that do not sum to 1 have "
                "two causes, and you know one. Look at the columns: do they?"),
        Mistake(_checking(columns=lambda weights, mask: True), "Rows that do not sum to 1 have "
                "two causes, and you know one. Here not all columns sum to 1, either."),
        Mistake(_checking(columns=lambda weights, mask: np.allclose(weights.sum(axis=0), 1)), "A "
                "key that nobody may look at has a column of zeros, also if softmax went down the "
                "columns. Leave such columns out."),
        Mistake(_renamed(not_scaled="scaled by d", scaled_by_d="not scaled"), "The two scales are "
                "exchanged: weights of scores that were not divided are sharper."),
        Mistake(_renamed(mask_after_softmax="softmax over queries",
                         softmax_over_queries="mask after softmax"),
                "Two are exchanged: where softmax went over the queries, the columns sum to 1."),
    ),
    reread="4 · A mask one can trust",
    moral="Zeros, rows, columns, and only then the numbers: most faults show without computing.",
)
