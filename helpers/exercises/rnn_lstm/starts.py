"""Exercise 3.5: a start that keeps the size of what passes through."""

import math

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show


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


def _expect_spread(got: object, wanted: np.ndarray, call: object) -> None:
    """Shape, mean and spread, but for chance: six times what one matrix differs from the next."""
    shape, chance = np.shape(got), 6 / math.sqrt(wanted.size)
    expect(isinstance(got, np.ndarray) and shape == wanted.shape and got.dtype.kind == "f",
           f"{call} must be a numpy array of the shape {wanted.shape}; yours: {type(got).__name__} "
           f"of the shape {shape}")
    expect(bool(np.isfinite(got).all()), f"{call}: some entries are not finite numbers")
    spread, aim = float(got.std()), float(wanted.std())
    expect(abs(spread - aim) <= chance * aim, f"{call} has the spread {show(spread)}; with "
           f"{show(aim)} the size of x would be kept")
    mean = float(got.mean() - wanted.mean())
    expect(abs(mean) <= 1.5 * chance * aim, f"{call}: the mean is off by {show(mean)}")


def _check_chance(answer) -> None:
    """Where the randomness comes from, and that every entry has its own."""
    got = answer(6, 4, np.random.default_rng(0))
    expect(np.ptp(got) > 0, f"All entries are {show(got[0, 0])}: then all rows learn the same, for "
                            "ever. Draw them with rng.")
    expect(bool((got[0] != got[1]).any() and (got[:, 0] != got[:, 1]).any()),
           "The first two rows, or columns, are the same. Draw every entry: size=(rows, columns).")
    expect(np.array_equal(got, answer(6, 4, np.random.default_rng(0))), "Two generators of the "
           "same seed gave two matrices. Draw with the `rng` that is handed over and with nothing "
           "else, such as np.random.")
    expect(not np.array_equal(got, answer(6, 4, np.random.default_rng(1))),
           "Two generators of different seeds gave the same matrix. Draw with the `rng` that is "
           "handed over, not with one of your own.")
    W = answer(300, 300, np.random.default_rng(2))
    twins = float((W * W.T).mean() / (W ** 2).mean())
    x = np.random.default_rng(3).normal(size=(300, 8))
    stretch = np.linalg.norm(W @ x, axis=0) / np.linalg.norm(x, axis=0)
    expect(abs(twins) < 0.2 and bool((abs(stretch - 1) < 0.3).all()), "The spread is right, but "
           "used again and again start_matrix(300, 300, rng) does not keep the size of x. Is every "
           "entry drawn on its own?")


def _shapes(rng) -> tuple:
    """Shapes of 4,000 entries or more, narrow and wide."""
    columns = int(rng.choice([1, 2, 4, 17, 90, 400]))
    return 5000 // columns + int(rng.integers(9)), columns, np.random.default_rng(rng.integers(99))


def _normal_times(factor):
    """An answer with the spread factor(rows, columns)."""
    return lambda rows, columns, rng: rng.normal(size=(rows, columns)) * factor(rows, columns)


def _symmetric_if_square(rows, columns, rng):
    W = start_matrix(rows, columns, rng)
    return (W + W.T) / 2 ** 0.5 if rows == columns else W


START = Exercise(
    "3.5", "Find the bug: divided by 1,000", minutes=10, starred=False,
    hints=("An entry of W @ x is a sum. Of how many products?",
           "The sum of n random numbers is about sqrt(n) times as large as one of them. n is the "
           "number of columns.",
           "rng.normal(size=(rows, columns)) / np.sqrt(columns)"),
    solution=start_matrix, right=(_start_given_spread, _start_uniform),
    compare=_expect_spread, check=_check_chance, cases=_shapes,
    examples=tuple((rows, columns, np.random.default_rng(2)) for rows, columns in (
        (256, 64), (64, 256), (200, 200), (4000, 1))),
    mistakes=(
        Mistake(_normal_times(lambda rows, columns: 1 / 1000), "The spread is 1/1000, as in the "
                "bug: in a product this start all but wipes out what comes in."),
        Mistake(_normal_times(lambda rows, columns: 1), "The entries are not scaled, and a sum of "
                "n of them grows with sqrt(n)."),
        Mistake(_normal_times(lambda rows, columns: rows ** -0.5), "The spread is 1/sqrt(rows). An "
                "entry of W @ x sums over a *row*: as many numbers as there are columns."),
        Mistake(_normal_times(lambda rows, columns: 1 / columns), "The spread is 1/columns. A sum "
                "of n random numbers grows with sqrt(n), not with n."),
        Mistake(_normal_times(lambda rows, columns: (rows * columns) ** -0.5), "The spread is "
                "1/sqrt(rows * columns). An entry of W @ x sums over one row only: count the "
                "columns."),
        Mistake(_normal_times(lambda rows, columns: (2 / (rows + columns)) ** 0.5), "The spread "
                "is sqrt(2 / (rows + columns)), a compromise of two directions (Glorot). Here only "
                "the way forward counts: W @ x."),
        Mistake(_normal_times(lambda rows, columns: (2 / columns) ** 0.5), "The spread is "
                "sqrt(2 / columns): the start for relu, which halves what passes (He). Nothing is "
                "halved here."),
        Mistake(_normal_times(lambda rows, columns: (3 * columns) ** -0.5), "The spread is "
                "1/sqrt(3 * columns). Numbers drawn evenly from -a to a have a spread of "
                "a / sqrt(3): make a larger by sqrt(3)."),
        Mistake(_normal_times(lambda rows, columns: columns ** -0.25), "The spread is "
                "columns ** -0.25: one root too many. Its square must be 1/columns."),
        Mistake(_normal_times(lambda rows, columns: columns ** 0.5), "The spread is sqrt(columns): "
                "divide by it, do not multiply."),
        Mistake(_normal_times(lambda rows, columns: 1 / 8), "The spread is the same for every "
                "shape. A wider matrix needs a smaller one: let it depend on `columns`."),
        Mistake(lambda rows, columns, rng: np.full((rows, columns), columns ** -0.5), "All entries "
                "are the same: then all rows learn the same, for ever. Draw them with rng."),
        Mistake(lambda rows, columns, rng: start_matrix(columns, rows, rng), "Turn yours round: "
                "W @ x needs one column for each number of x."),
        Mistake(lambda rows, columns, rng: rng.random((rows, columns)) / columns ** 0.5, "The mean "
                "must be near 0, with as many negative numbers as positive ones; rng.random has "
                "only positive ones."),
    ),
    reread="A · A start that circulates",
    moral="The right spread depends on the width; no fixed number is right for all.",
)
