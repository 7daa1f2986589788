"""Exercises 0.9 and 0.10: dropout in two modes, and which norm is in the box."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.exercises._names import one_of, renamed
from helpers.exercises.engine import Exercise, Mistake, expect_close


def drop(x: np.ndarray, draws: np.ndarray, p: float, training: bool) -> np.ndarray:
    """x (N, d) as dropout hands it on: another array of that shape.

    In training a number is dropped, which means 0, where its draw is below p, so with probability
    p; the others grow so that each number is on average what it was, whatever came of these draws.
    In a test (training is False) nothing is dropped, and nothing grows. A number that is dropped
    is 0 even if it was inf or nan. draws: (N, d), random numbers from 0 up to, but not, 1.
    ValueError unless p is at least 0 and below 1, in a test, too.
    """
    if not 0 <= p < 1:
        raise ValueError(f"p is {p}: a share to drop is at least 0 and below 1")
    if not training:
        return x.copy()
    return np.where(draws < p, 0, x / (1 - p))


def _drop_by_mask(x, draws, p, training):
    if p < 0 or p >= 1:
        raise ValueError(f"cannot drop {p} of the numbers")
    out = np.array(x)
    if training:
        out *= 1 / (1 - p)
        out[draws < p] = 0
    return out


def _drop_number_by_number(x, draws, p, training):
    if not (p >= 0 and p < 1):
        raise ValueError("p must lie in [0, 1)")
    keep = 1 - p if training else 1
    return [[0.0 if training and u < p else number / keep
             for number, u in zip(row, luck, strict=True)]
            for row, luck in zip(x, draws, strict=True)]


def _lot(rng) -> tuple:
    N, d = (int(n) for n in rng.integers(1, 6, 2))
    x = rng.normal(0, 2, (N, d)).round(2)
    draws = rng.random((N, d)).round(2).clip(0, 0.99)
    p = float(rng.choice([0.0, 0.1, 0.25, 0.5, 0.5, 0.8]))
    if rng.random() < 0.4:
        draws[0, 0], x[-1, -1] = p, rng.choice([np.inf, np.nan, -np.inf])
        draws[-1, -1] = 0.995 * p
    p = float(rng.choice([p, p, p, p, p, p, 1.0, -0.1, 1.5]))
    return x, draws, p, bool(rng.random() < 0.7)


def _dropping(where=lambda draws, p: draws < p, grow=lambda x, where, p: x / (1 - p),
              test=lambda x, draws, p: x.copy(), known=lambda p: 0 <= p < 1,
              zero=lambda where, x: np.where(where, 0, x)) -> Callable:
    """An answer with other places, another scale, another test, or another bound for p."""
    def answer(x, draws, p, training):
        if not known(p):
            raise ValueError(f"p is {p}")
        if not training:
            return test(x, draws, p)
        places = where(draws, p)
        return zero(places, grow(x, places, p))
    return answer


X = np.array([[1.0, -2.0, 3.0, 0.5], [4.0, 1.0, -1.0, 2.0]])
DRAWS = np.array([[0.1, 0.6, 0.25, 0.9], [0.2, 0.8, 0.5, 0.0]])
FLOWN = np.array([[np.inf, 2.0, np.nan, 1.0]])
DROP = Exercise(
    "0.9", "Dropout, in two modes", minutes=6, starred=False,
    hints=("With p = 0.5 half of the numbers go. What must the others be multiplied by, so that "
           "on average nothing changes? And what with p = 0.8?",
           "What stays is divided by 1 - p, the chance to stay, not by the share that happened to "
           "stay. In a test x goes through as it is.",
           "np.where(draws < p, 0, x / (1 - p)) in training, x.copy() in a test; before both, a "
           "ValueError unless 0 <= p < 1."),
    solution=drop, right=(_drop_by_mask, _drop_number_by_number), compare=expect_close, cases=_lot,
    examples=((X, DRAWS, 0.5, True), (X, DRAWS, 0.25, True), (X, DRAWS, 0.8, True),
              (X, DRAWS, 0.5, False), (X, DRAWS, 0.0, True), (FLOWN, DRAWS[:1], 0.5, True),
              (FLOWN, DRAWS[:1], 0.5, False), (X, DRAWS, 1.0, True), (X, DRAWS, -0.1, True),
              (X, DRAWS, 1.0, False), (X[:, :2], DRAWS[:, 2:], 0.8, False)),
    mistakes=(
        Mistake(_dropping(grow=lambda x, where, p: x), "What stays does not grow: so in training "
                "all is smaller on average than in a test. Divide by 1 - p."),
        Mistake(_dropping(grow=lambda x, where, p: x, test=lambda x, draws, p: x * (1 - p)),
                "You scale in the test, as it was done at first. Here a test leaves x alone, and "
                "in training what stays is divided by 1 - p."),
        Mistake(_dropping(grow=lambda x, where, p: x / p if p else x), "You divided by p, the "
                "chance to go. What stays is divided by the chance to stay, 1 - p."),
        Mistake(_dropping(grow=lambda x, where, p: x * (1 - p)), "You multiplied by 1 - p: what "
                "stays has to grow, so divide."),
        Mistake(_dropping(grow=lambda x, where, p: x / max(1 - where.mean(), 1e-9)), "You divided "
                "by the share that happened to stay this time. On average over all draws it is "
                "1 - p that mends it."),
        Mistake(_dropping(where=lambda draws, p: draws >= p), "Kept and dropped are exchanged: a "
                "number goes where its draw is *below* p."),
        Mistake(_dropping(where=lambda draws, p: draws <= p), "A draw that equals p is not below "
                "it: with p = 0 a draw of 0 would drop a number."),
        Mistake(_dropping(where=lambda draws, p: np.broadcast_to(draws[:, :1] < p, draws.shape)),
                "You drop whole rows by their first draw. Each number has a draw of its own."),
        Mistake(_dropping(where=lambda draws, p: np.broadcast_to(draws[:1] < p, draws.shape)),
                "All rows are treated with the draws of the first. Each number has its own."),
        Mistake(_dropping(test=lambda x, draws, p: np.where(draws < p, 0, x / (1 - p))),
                "You drop in a test as well: the same question would get another answer each "
                "time."),
        Mistake(_dropping(test=lambda x, draws, p: x / (1 - p)), "In a test nothing is dropped, so "
                "nothing has to grow."),
        Mistake(_dropping(zero=lambda where, x: x * (1 - where)), "inf times 0 is nan. What is "
                "dropped is 0, whatever it was: np.where."),
        Mistake(_dropping(known=lambda p: True), "A share of 1 or more, or below 0, makes no "
                "sense: with p = 1 nothing is left that could grow. Refuse it."),
        Mistake(_dropping(known=lambda p: 0 <= p <= 1), "p = 1 drops all, and 1 - p, which the "
                "rest is divided by, is 0. Refuse it."),
    ),
    reread="F · Dropout, and the switch to test",
    moral="A test needs no luck: that is what model.eval() is for.",
)


def which_norm(norm: Callable[[np.ndarray], np.ndarray], d: int) -> str:
    """"layer norm", "batch norm, training" or "batch norm, eval": what is in the box `norm`.

    norm: a function, rows (N, d) -> rows (N, d), for N of 2 or more and any numbers you like; d is
    2 or more. It has a gain (0.2 or more, up or down) and a shift for each column, which you do
    not know; its epsilon is next to nothing. Layer norm takes mean and variance of each row. Batch
    norm takes those of each column: in training of the rows that it is given, in eval those that
    it remembers from long ago.
    """
    row = np.arange(d) * 1.0
    with_small = norm(np.vstack([row, row + 1, row + 2]))
    with_large = norm(np.vstack([row, row - 1, row - 5]))
    if np.abs(with_small[0] - with_large[0]).max() > 1e-4:
        return "batch norm, training"
    longer = norm(np.vstack([3 * row, row]))
    moved = np.abs(longer[0] - longer[1]).max()
    return "batch norm, eval" if moved > 1e-4 * np.abs(longer).max() else "layer norm"


KINDS = ("layer norm", "batch norm, training", "batch norm, eval")


@dataclass(frozen=True)
class Box:
    """A norm of d columns without a label; how it looks does not tell its kind."""

    kind: str
    gain: tuple[float, ...]
    shift: tuple[float, ...]
    mean: tuple[float, ...]
    variance: tuple[float, ...]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        x = np.asarray(x, dtype=float)
        if x.ndim != 2 or len(x) < 2 or x.shape[1] != len(self.gain):
            raise ValueError(f"rows of the shape {x.shape}: this box takes (N, {len(self.gain)}), "
                             "N 2 or more")
        mean, variance = np.array(self.mean), np.array(self.variance)
        if self.kind != KINDS[2]:
            axis = 1 if self.kind == KINDS[0] else 0
            mean, variance = x.mean(axis, keepdims=True), x.var(axis, keepdims=True)
        return np.array(self.gain) * (x - mean) / np.sqrt(variance + 1e-12) + np.array(self.shift)

    def __repr__(self) -> str:
        return f"a box for {len(self.gain)} columns"


def _by_chance(norm, d):
    """Random rows: does a row mind who stands beside it, and does it mind its own scale?"""
    rows = np.random.default_rng(1).normal(size=(4, d))
    if not np.allclose(norm(rows)[:2], norm(rows[:2]), atol=1e-4):
        return KINDS[1]
    return KINDS[0] if np.allclose(norm(rows * 4), norm(rows), atol=1e-3) else KINDS[2]


def _by_straight_lines(norm, d):
    """In eval it is a straight line for each column: the middle of two rows stays the middle."""
    ends = np.array([np.zeros(d), np.arange(d) + 1.0])
    ends[1, 0] = 9
    low, high, middle = norm(np.vstack([ends, ends.mean(axis=0)]))
    straight = np.allclose((low + high) / 2, middle, atol=1e-4)
    same = np.allclose(norm(np.vstack([ends[1], ends[1] - 4]))[0], high, atol=1e-4)
    return KINDS[2] if straight and same else KINDS[0] if same else KINDS[1]


def _any_box(rng) -> tuple:
    """Gains of either sign; what batch norm remembers may be 0 and 1, or far off."""
    d = int(rng.integers(2, 10))
    gain = rng.uniform(0.3, 2, d) * rng.choice([-1, 1, 1], d)
    shift = rng.normal(0, rng.choice([0.0, 2.0]), d)
    far = rng.random() < 0.6
    mean, variance = (rng.normal(0, 5, d), rng.uniform(0.2, 9, d)) if far else ([0.0] * d,
                                                                              [1.0] * d)
    if rng.random() < 0.3:
        gain[:] = 1
    parts = [tuple(float(round(n, 2)) for n in part) for part in (gain, shift, mean, variance)]
    return Box(str(rng.choice(KINDS)), *parts), d


def _probing(neighbours=lambda norm, row: _moves(norm, row),
             scale=lambda norm, row: np.abs(np.subtract(*norm(np.vstack([3 * row, row])))).max()
             > 1e-4) -> Callable:
    """An answer with another trial: does a row mind its neighbours? Does it mind its scale?"""
    def answer(norm, d):
        row = np.arange(d) * 1.0
        return KINDS[1] if neighbours(norm, row) else KINDS[2] if scale(norm, row) else KINDS[0]
    return answer


def _moves(norm, row) -> bool:
    one, two = (norm(np.vstack([row, *rows]))[0]
                for rows in ((row + 1, row + 2), (row - 1, row - 5)))
    return bool(np.abs(one - two).max() > 1e-4)


def _box(kind, gain, shift=None, mean=None, variance=None) -> tuple:
    d = len(gain)
    return Box(kind, gain, shift or (0.0,) * d, mean or (0.0,) * d, variance or (1.0,) * d), d


NORMS = Exercise(
    "0.10", "Norm over which axis?", minutes=8, starred=False,
    hints=("Two of the three boxes treat a row by itself, whoever stands beside it. Which trial "
           "shows that, and which of the two is left after it?",
           "Send the same row in twice, in different company, and look at what becomes of it. Then "
           "a row and three times that row: layer norm makes one and the same of both.",
           "np.vstack([row, other, third]) builds a batch; take the row's own line of the result. "
           "Use three rows or more: of two rows batch norm only keeps which is the larger. The row "
           "itself must not be all one number."),
    solution=which_norm, right=(_by_chance, _by_straight_lines), compare=one_of(KINDS),
    cases=_any_box,
    examples=(_box(KINDS[0], (1.0, 1.0, 1.0)), _box(KINDS[1], (1.0, 1.0, 1.0)),
              _box(KINDS[2], (1.0, 1.0, 1.0)), _box(KINDS[0], (2.0, -1.0, 0.5), (1.0, 0.0, 3.0)),
              _box(KINDS[1], (2.0, -1.0, 0.5), (1.0, 0.0, 3.0)),
              _box(KINDS[2], (2.0, -1.0, 0.5), (1.0, 0.0, 3.0), (4.0, -2.0, 1.0), (0.5, 3.0, 9.0)),
              _box(KINDS[0], (1.0, 0.5)), _box(KINDS[1], (1.0, 0.5)),
              _box(KINDS[2], (1.0, 0.5), (0.0, 1.0), (1.0, 1.0), (4.0, 1.0)),
              _box(KINDS[0], (1.0, -0.5, 1.0), (-9.0, -7.0, -8.0)),
              _box(KINDS[2], (-1.0, -1.0), (0.0, 0.0), (0.5, 0.5), (0.25, 0.25))),
    mistakes=(
        Mistake(_probing(neighbours=lambda norm, row: False), "This box minds who stands beside a "
                "row: in other company the row comes out otherwise. Give it two neighbours or "
                "more: of two rows batch norm in training makes 1 and -1, however far apart."),
        Mistake(_probing(scale=lambda norm, row: False), "Of the two boxes that do not mind the "
                "neighbours you always take layer norm. Send a row and three times that row: layer "
                "norm makes the same of both."),
        Mistake(_probing(scale=lambda norm, row: True), "Of the two boxes that do not mind the "
                "neighbours you always take batch norm in eval. Send a row and three times that "
                "row: layer norm makes the same of both."),
        Mistake(_probing(scale=lambda norm, row: abs(norm(np.vstack([row, row]))[0].mean()) > 1e-4),
                "A row that comes out with the mean 0 is no proof of layer norm, nor another mean "
                "against it: gain and shift, and what is remembered, move it. Compare two rows."),
        Mistake(_probing(neighbours=lambda norm, row: np.abs(norm(np.vstack(
                    [row, row + 1, row + 2])).mean(axis=0)).max() < 1e-4), "You asked whether "
                "columns come out with the mean 0. With a shift they do not. Compare the "
                "row with itself in other company."),
        Mistake(renamed(which_norm, {KINDS[0]: KINDS[1], KINDS[1]: KINDS[0]}), "Layer norm and "
                "batch norm in training are exchanged: the row that minds its neighbours went "
                "through batch norm."),
        Mistake(renamed(which_norm, {KINDS[2]: KINDS[1], KINDS[1]: KINDS[2]}), "The two modes are "
                "exchanged: in eval batch norm goes by what it remembers, and minds nobody."),
    ),
    reread="G · Two norms, side by side",
    moral="In eval a batch norm is a straight line for each column: it has nothing left to learn.",
)
