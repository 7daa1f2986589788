"""Exercise 3.5: a start that keeps the size of what passes through."""

import math

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, expect, show
from helpers.exercises.rnn_lstm._arrays import kind


def start_matrix(rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Random (rows, columns) for W @ x, of a spread that keeps the size of x.

    The bug: return rng.normal(size=(rows, columns)) / 1000
    """
    return rng.normal(size=(rows, columns)) / np.sqrt(columns)


def _start_given_spread(rows, columns, rng):
    return np.stack([rng.normal(0, columns ** -0.5, columns) for _ in range(rows)])


def _start_uniform(rows, columns, rng):
    bound = math.sqrt(3 / columns)
    return rng.uniform(-bound, bound, (rows, columns))


def _expect_random(answer) -> None:
    """The shape, and where the randomness comes from."""
    got = answer(6, 4, np.random.default_rng(0))
    expect(isinstance(got, np.ndarray), "start_matrix(6, 4, rng) must be a numpy array; you "
                                        f"returned {kind(got)}.")
    expect(got.shape != (4, 6), "start_matrix(6, 4, rng) has 6 rows and 4 columns. Turn yours "
                                "round: W @ x needs one column for each number of x.")
    expect(got.shape == (6, 4), f"start_matrix(6, 4, rng) must have the shape (6, 4); yours is "
                                f"{kind(got)}.")
    expect(bool(np.isfinite(got).all()), "Some entries are not finite numbers.")
    expect(np.ptp(got) > 0, f"All entries are {show(got[0, 0])}: then all rows learn the same, for "
                            "ever. Draw them with rng.")
    expect(bool((got[0] != got[1]).any() and (got[:, 0] != got[:, 1]).any()),
           "The first two rows, or columns, are the same. Draw every entry: size=(rows, columns).")
    again = answer(6, 4, np.random.default_rng(0))
    expect(np.array_equal(got, again), "Two generators of the same seed gave two matrices. Draw "
           "with the `rng` that is handed over and with nothing else, such as np.random.")
    expect(not np.array_equal(got, answer(6, 4, np.random.default_rng(1))),
           "Two generators of different seeds gave the same matrix. Draw with the `rng` that is "
           "handed over, not with one of your own.")


def _spread_mistakes(rows: int, columns: int) -> list[tuple[float, str]]:
    """(spread, what it is) of known mistakes."""
    return [
        (1 / 1000, "1/1000, as in the bug: in a product this start all but wipes out what comes "
                   "in."),
        (1.0, "1: the entries are not scaled, and a sum of n of them grows with sqrt(n)."),
        (1 / math.sqrt(rows), "1/sqrt(rows). An entry of W @ x sums over a *row*: as many numbers "
                              "as there are columns."),
        (1 / columns, "1/columns. A sum of n random numbers grows with sqrt(n), not with n."),
        (1 / math.sqrt(rows * columns), "1/sqrt(rows * columns). An entry of W @ x sums over one "
                                        "row only: count the columns."),
        (math.sqrt(2 / (rows + columns)), "sqrt(2 / (rows + columns)), a compromise of two "
         "directions (Glorot). Here only the way forward counts: W @ x."),
        (math.sqrt(2 / columns), "sqrt(2 / columns): the start for relu, which halves what passes "
                                 "(He). Nothing is halved here."),
        (1 / math.sqrt(3 * columns), "1/sqrt(3 * columns). Numbers drawn evenly from -a to a have "
         "a spread of a / sqrt(3): make a larger by sqrt(3)."),
        (columns ** -0.25, "columns ** -0.25: one root too many. The square of the spread must be "
                           "1/columns."),
        (math.sqrt(columns), "sqrt(columns): divide by it, do not multiply."),
    ]


def _expect_spread(got: np.ndarray, call: str) -> None:
    (rows, columns), spread, mean = got.shape, float(got.std()), float(got.mean())
    wanted = 1 / math.sqrt(columns)
    expect(abs(mean) < 0.05 * spread, f"The entries of {call} have the mean {show(mean)}. It must "
           "be near 0: as many negative numbers as positive ones.")
    for mistaken, what in _spread_mistakes(rows, columns):
        near = math.isclose(spread, mistaken, rel_tol=0.03)
        expect(not near or math.isclose(mistaken, wanted), f"{call}: the spread is {what}")
    expect(math.isclose(spread, wanted, rel_tol=0.05), f"{call} has the spread {show(spread)}; "
           f"with {show(wanted)} the size of x would be kept.")


def check_start(answer) -> None:
    _expect_random(answer)
    made = {}
    for rows, columns in ((256, 64), (64, 256), (200, 200)):
        call = f"start_matrix({rows}, {columns}, rng)"
        made[call] = got = answer(rows, columns, np.random.default_rng(2))
        expect(np.shape(got) == (rows, columns), f"{call} has the shape {np.shape(got)}.")
    spreads = [float(got.std()) for got in made.values()]
    known = any(math.isclose(spreads[0], value, rel_tol=0.03) for value in (1.0, 0.001))
    expect(known or max(spreads) > 1.05 * min(spreads), f"Your spread is {show(spreads[0])} for "
           "every shape. A wider matrix needs a smaller one: let it depend on `columns`.")
    for call, got in made.items():
        _expect_spread(got, call)
    stretch = _stretch(got)
    expect(0.85 < stretch < 1.15, f"The spread is right, but {call} used 50 times in a row "
           f"stretches by {show(stretch)} at each step, not by about 1. Is every entry drawn on "
           "its own?")


def _stretch(W: np.ndarray, steps: int = 50) -> float:
    """Factor per step for a vector that goes through W again and again: its spectral radius.

    (Its eigenvalues would say the same, and take seconds on a busy machine.)
    """
    x = start = np.random.default_rng(3).normal(size=len(W))
    for _ in range(steps):
        x = W @ x
    return float((np.linalg.norm(x) / np.linalg.norm(start)) ** (1 / steps))


def _symmetric_if_square(rows, columns, rng):
    W = start_matrix(rows, columns, rng)
    return (W + W.T) / 2 ** 0.5 if rows == columns else W


START = Exercise(
    "3.5", "Find the bug: divided by 1,000", minutes=10, starred=False, check=check_start,
    hints=("An entry of W @ x is a sum. Of how many products?",
           "The sum of n random numbers is about sqrt(n) times as large as one of them. n is the "
           "number of columns.",
           "rng.normal(size=(rows, columns)) / np.sqrt(columns)"),
    solution=start_matrix, right=(_start_given_spread, _start_uniform),
    wrong=(
        Wrong(lambda rows, columns, rng: rng.normal(size=(rows, columns)) / 1000, "as in the bug"),
        Wrong(lambda rows, columns, rng: rng.normal(size=(rows, columns)) / rows ** 0.5,
              "1/sqrt(rows)"),
        Wrong(lambda rows, columns, rng: rng.normal(size=(rows, columns)) / columns, "not with n"),
        Wrong(lambda rows, columns, rng: rng.normal(size=(rows, columns)), "are not scaled"),
        Wrong(lambda rows, columns, rng: np.ones((rows, columns)) / columns ** 0.5,
              "All entries are"),
        Wrong(lambda rows, columns, rng: np.random.normal(size=(rows, columns)) / columns ** 0.5,
              "such as np.random"),
        Wrong(lambda rows, columns, rng: start_matrix(rows, columns, np.random.default_rng(0)),
              "one of your own"),
        Wrong(lambda rows, columns, rng: start_matrix(columns, rows, rng), "Turn yours"),
        Wrong(lambda rows, columns, rng: rng.uniform(-1, 1, (rows, columns)) / columns ** 0.5,
              "drawn evenly"),
        Wrong(lambda rows, columns, rng: rng.random((rows, columns)) / columns ** 0.5, "the mean"),
        Wrong(lambda rows, columns, rng: rng.normal(size=(rows, columns)) / 8, "for every shape"),
        Wrong(lambda rows, columns, rng: np.tile(rng.normal(size=columns) / columns ** 0.5,
                                                 (rows, 1)), "Draw every entry"),
        Wrong(_symmetric_if_square, "drawn on its own"),
    ),
    reread="A · A start that circulates",
    moral="The right spread depends on the width; no fixed number is right for all.",
)
