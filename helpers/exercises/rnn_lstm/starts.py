"""Exercise 3.5: a start that keeps the size of what passes through."""

import math

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, show
from helpers.exercises.rnn_lstm._formulas import formula


def start_matrix(n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
    """Random (n_in, n_out) for x @ W, of a spread that keeps the size of x.

    The bug: return rng.normal(size=(n_in, n_out)) / 1000
    """
    return rng.normal(size=(n_in, n_out)) / np.sqrt(n_in)


def _start_given_spread(n_in, n_out, rng):
    return np.stack([rng.normal(0, n_in ** -0.5, n_in) for _ in range(n_out)]).T


def _start_uniform(n_in, n_out, rng):
    bound = math.sqrt(3 / n_in)
    return rng.uniform(-bound, bound, (n_in, n_out))


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
    if not isinstance(got, np.ndarray) or got.shape != (6, 4):
        return  # the comparison says it better
    expect(np.ptp(got) > 0, f"All entries are {show(got[0, 0])}: then all units learn the same, "
                            "for ever. Draw them with rng.")
    expect(bool((got[0] != got[1]).any() and (got[:, 0] != got[:, 1]).any()),
           "The first two rows, or columns, are the same. Draw every entry: size=(n_in, n_out).")
    expect(np.array_equal(got, answer(6, 4, np.random.default_rng(0))), "Two generators of the "
           "same seed gave two matrices. Draw with the `rng` that is handed over and with nothing "
           "else, such as np.random.")
    expect(not np.array_equal(got, answer(6, 4, np.random.default_rng(1))),
           "Two generators of different seeds gave the same matrix. Draw with the `rng` that is "
           "handed over, not with one of your own.")
    W = answer(300, 300, np.random.default_rng(2))
    twins = float((W * W.T).mean() / (W ** 2).mean())
    x = np.random.default_rng(3).normal(size=(8, 300))
    stretch = np.linalg.norm(x @ W, axis=1) / np.linalg.norm(x, axis=1)
    expect(abs(twins) < 0.2 and bool((abs(stretch - 1) < 0.3).all()), "The spread is right, but "
           "used again and again start_matrix(300, 300, rng) does not keep the size of x. Is every "
           "entry drawn on its own?")


def _shapes(rng) -> tuple:
    """Shapes of 4,000 entries or more, narrow and wide."""
    n_in = int(rng.choice([1, 2, 4, 17, 90, 400]))
    return n_in, 5000 // n_in + int(rng.integers(9)), np.random.default_rng(rng.integers(99))


def _spread(text: str):
    """An answer with another spread, a formula of n_in and n_out."""
    return lambda n_in, n_out, rng: rng.normal(size=(n_in, n_out)) * formula(text)(
        n_in=n_in, n_out=n_out)


SPREADS = {  # a wrong spread -> what it is
    "1 / 1000": "1/1000, as in the bug: in a product this start all but wipes out what comes in.",
    "1": "1: the entries are not scaled, and a sum of n of them grows with sqrt(n).",
    "n_out ** -0.5": "1/sqrt(n_out). An entry of x @ W sums over what comes *in*: n_in "
        "numbers.",
    "1 / n_in": "1/n_in. A sum of n random numbers grows with sqrt(n), not with n.",
    "sqrt(2 / (n_out + n_in))": "sqrt(2 / (n_out + n_in)), a compromise of two directions "
        "(Glorot). Here only the way forward counts: x @ W.",
    "sqrt(2 / n_in)": "sqrt(2 / n_in): the start for relu, which halves what passes (He). "
        "Nothing is halved here.",
    "(3 * n_in) ** -0.5": "1/sqrt(3 * n_in). Numbers drawn evenly from -a to a have a "
        "spread of a / sqrt(3): make a larger by sqrt(3).",
    "1 / 8": "the same for every shape. A wider matrix needs a smaller one: let it depend on "
        "`n_in`.",
}

START = Exercise(
    "3.5", "Find the bug: divided by 1,000", minutes=10, starred=False,
    hints=("An entry of x @ W is a sum. Of how many products?",
           "The sum of n random numbers is about sqrt(n) times as large as one of them. n is "
           "how many come in: n_in.",
           "rng.normal(size=(n_in, n_out)) / np.sqrt(n_in)"),
    solution=start_matrix, right=(_start_given_spread, _start_uniform),
    compare=_expect_spread, check=_check_chance, cases=_shapes,
    examples=tuple((n_in, n_out, np.random.default_rng(2)) for n_in, n_out in (
        (64, 256), (256, 64), (200, 200), (1, 4000))),
    mistakes=(
        *(Mistake(_spread(text), f"The spread is {what}") for text, what in SPREADS.items()),
        Mistake(lambda n_in, n_out, rng: np.full((n_in, n_out), n_in ** -0.5), "All entries "
                "are the same: then all units learn the same, for ever. Draw them with rng."),
        Mistake(lambda n_in, n_out, rng: start_matrix(n_out, n_in, rng), "Turn yours round: "
                "x @ W needs one row for each number of x."),
        Mistake(lambda n_in, n_out, rng: rng.random((n_in, n_out)) / n_in ** 0.5, "The mean "
                "must be near 0, with as many negative numbers as positive ones; rng.random has "
                "only positive ones."),
    ),
    reread="D · A start that circulates",
    moral="The right spread depends on the width; no fixed number is right for all.",
)
