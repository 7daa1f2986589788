"""Exercise 5.8: two blocks of keys, and the softmax over both."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def merge(block_a: tuple, block_b: tuple) -> tuple:
    """(largest score, sum, weighted sum) of two blocks of keys together, from the same of each.

    Of a block are kept: its largest score m; the sum of exp(score - m); and the sum (e,) of its
    values, each times its exp(score - m). The scores themselves are gone. They may have been in
    the thousands, of either sign, and far higher in one block than in the other. One of the two
    may be empty: (-inf, 0.0, zeros).
    """
    largest = max(block_a[0], block_b[0])
    shrink_a, shrink_b = np.exp(block_a[0] - largest), np.exp(block_b[0] - largest)
    return (largest, shrink_a * block_a[1] + shrink_b * block_b[1],
            shrink_a * block_a[2] + shrink_b * block_b[2])


def _merge_into_the_higher(block_a, block_b):
    low, high = sorted((block_a, block_b), key=lambda block: block[0])
    shrink = np.exp(low[0] - high[0])
    return [high[0], high[1] + shrink * low[1], high[2] + shrink * low[2]]


def _merge_by_logarithms(block_a, block_b):
    """The shares of the two in the whole are found from the logarithms of their sums."""
    full = [block for block in (block_a, block_b) if block[1] > 0]
    logs = [m + np.log(total) for m, total, _ in full]
    largest = max(m for m, *_ in full)
    context = sum(np.exp(log - np.logaddexp.reduce(logs)) * weighted / total
                  for log, (_, total, weighted) in zip(logs, full, strict=True))
    total = np.exp(np.logaddexp.reduce(logs) - largest)
    return largest, total, total * context


def _kept(scores, values) -> tuple:
    """What is kept of a block."""
    m = float(max(scores, default=-np.inf))
    shares = np.exp(np.asarray(scores) - m)
    return m, float(shares.sum()), shares @ values


def _blocks(rng) -> tuple:
    """Scores of ordinary size or in the thousands; now and then far apart, or one block empty."""
    e, far = int(rng.integers(1, 4)), rng.choice([0, 0, -3000, 3000])
    apart = rng.choice([0, 0, 0, 900, -900])
    sizes = [int(n) for n in rng.integers(1, 5, 2)]
    sizes[rng.integers(2)] *= int(rng.random() > 0.15)
    scores = [(rng.normal(0, 1.5, n) + far + apart * i).round(2) for i, n in enumerate(sizes)]
    return tuple(_kept(some, rng.normal(size=(len(some), e)).round(1)) for some in scores)


def _factors(of_sums, of_values, largest=max):
    """An answer by factors of (m of a block, largest): for the sums, and for the weighted sums."""
    def answer(block_a, block_b):
        m = largest(block_a[0], block_b[0])
        with np.errstate(all="ignore"):
            return (m, *(sum(factor(block[0], m) * block[part] for block in (block_a, block_b))
                         for part, factor in ((1, of_sums), (2, of_values))))
    return answer


def _shrink(m, largest):
    return np.exp(m - largest)


def _one(m, largest):
    return 1.0


def _shrinking(a=_shrink, b=_shrink):
    """An answer that shrinks each block by a factor of its own."""
    def answer(block_a, block_b):
        m = max(block_a[0], block_b[0])
        factors = a(block_a[0], m), b(block_b[0], m)
        return (m, *(factors[0] * block_a[i] + factors[1] * block_b[i] for i in (1, 2)))
    return answer


def _exchanged(block_a, block_b):
    m = max(block_a[0], block_b[0])
    a, b = np.exp(block_b[0] - m), np.exp(block_a[0] - m)
    return m, a * block_a[1] + b * block_b[1], a * block_a[2] + b * block_b[2]


def _divided(block_a, block_b):
    m, total, weighted = merge(block_a, block_b)
    return m, total, weighted / total


def _mean(block_a, block_b):
    m, total, _ = merge(block_a, block_b)
    return m, total, (block_a[2] + block_b[2]) / 2


def _by_exp(block_a, block_b):
    """All the way back to the sums of exp(score)."""
    m = max(block_a[0], block_b[0])
    with np.errstate(all="ignore"):
        return (m, *(sum(np.exp(block[0]) * block[i] for block in (block_a, block_b)) / np.exp(m)
                     for i in (1, 2)))


def _first_kept(block_a, block_b):
    with np.errstate(all="ignore"):
        factor = np.exp(block_b[0] - block_a[0])
        return (block_a[0], block_a[1] + factor * block_b[1], block_a[2] + factor * block_b[2])


NOTHING = (-np.inf, 0.0, np.zeros(2))
ONE = _kept([1.0, 0.5], np.array([[1.0, 0.0], [2.0, -1.0]]))
TWO = _kept([3.0, -1.0, 2.0], np.array([[0.0, 4.0], [1.0, 1.0], [-2.0, 0.5]]))
UP = _kept([2001.0, 2000.0], np.array([[1.0, 2.0], [3.0, 1.0]]))
UPPER = _kept([2000.0, 2002.5], np.array([[0.5, 1.0], [-1.0, 2.0]]))
DOWN = _kept([-1500.0, -1501.0], np.array([[1.0, 2.0], [3.0, 1.0]]))
DEEPER = _kept([-1502.0], np.array([[2.0, -1.0]]))
MERGE = Exercise(
    "5.8", "Two blocks, one softmax", minutes=10, starred=False,
    hints=("In each block every share was measured against that block's largest score. Against "
           "which one must all be measured in the end?",
           "exp(score - largest) is exp(score - m) * exp(m - largest): one factor for a whole "
           "block, and the scores are not needed.",
           "shrink = np.exp(m - largest) for each block, 1 for the one that has the largest. It "
           "goes with the sum *and* with the weighted sum; an empty block needs no line of its "
           "own: np.exp(-np.inf) is 0."),
    solution=merge, right=(_merge_into_the_higher, _merge_by_logarithms), compare=expect_close,
    parts=("largest score", "sum", "weighted sum"), cases=_blocks,
    examples=((ONE, TWO), (TWO, ONE), (UP, UPPER), (DOWN, DEEPER), (NOTHING, ONE), (TWO, NOTHING),
              (UP, ONE), (DOWN, TWO), (DEEPER, DOWN)),
    mistakes=(
        Mistake(_factors(_one, _one), "The two sums were measured against different scores, each "
                "against the largest of its block. Bring them to one measure before you add."),
        Mistake(_shrinking(a=_one), "Only the second block is shrunk. Which one needs it depends "
                "on where the largest score is."),
        Mistake(_shrinking(b=_one), "Only the first block is shrunk. Which one needs it depends on "
                "where the largest score is."),
        Mistake(_factors(lambda m, largest: np.exp(largest - m),
                         lambda m, largest: np.exp(largest - m)),
                "The factor is turned round. Measured against a larger score a share gets smaller: "
                "exp(m - largest)."),
        Mistake(_exchanged, "The factors are exchanged: the block with the *lower* largest score "
                "is the one to shrink."),
        Mistake(_factors(_shrink, _one), "The sums are right. The weighted sums are made of the "
                "same shares and need the same factors."),
        Mistake(_factors(_one, _shrink), "The weighted sums are shrunk, the sums are not. Both are "
                "made of the same shares."),
        Mistake(_mean, "The mean of two weighted sums knows nothing of which block had the higher "
                "scores. Shrink each by its factor, then add."),
        Mistake(_divided, "You divided already. The third one stays a plain weighted sum, or the "
                "next block cannot be added; one divides once, at the end."),
        Mistake(_by_exp, "exp of a score in the thousands is inf or 0, and nan after the division. "
                "Only differences of scores go into exp."),
        Mistake(_factors(_shrink, _shrink, largest=min), "You measured against the lower of the "
                "two. Every exp must be 1 or less: take the larger one."),
        Mistake(_first_kept, "You kept the first block's largest score. If the second has a "
                "larger one, that is the largest of both."),
    ),
    reread="I · One block at a time",
    moral="That is all a blockwise softmax needs: the table of weights never exists as a whole.",
)
