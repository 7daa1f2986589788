"""Exercise 6.5: where a model has its norms, told from the sizes of its rows."""

import numpy as np

from helpers.exercises._names import one_of, renamed
from helpers.exercises.engine import Exercise, Mistake


def which_norm(sizes: np.ndarray, out: np.ndarray) -> str:
    """"post-norm", "pre-norm" or "pre-norm without the last norm": which model left these sizes.

    sizes: (1 + layers, T), the size of each token's row when the words have been looked up, then
    after each block. out: (T,), the size of what reaches the output matrix. The size of a row is
    the root of the mean of its squared numbers. Gains are 1, biases 0, so a norm makes rows of
    size 1 (to 0.001); of a block without a norm at its end at least one row is off by 0.05.
    One layer or more, one token or more. The rows that were looked up may have any sizes.
    """
    if np.abs(sizes[1:] - 1).max() < 0.01:
        return "post-norm"
    return "pre-norm" if np.abs(out - 1).max() < 0.01 else "pre-norm without the last norm"


NAMES = ("post-norm", "pre-norm", "pre-norm without the last norm")


def _which_by_close(sizes, out):
    blocks = [np.allclose(row, 1, atol=0.02) for row in sizes[1:]]
    if all(blocks):
        return NAMES[0]
    return NAMES[1] if np.allclose(out, 1, atol=0.02) else NAMES[2]


def _which_by_the_last_block(sizes, out):
    """What comes between the last block and the output: a norm, or nothing."""
    if any(abs(float(before) - float(after)) > 0.02
           for before, after in zip(sizes[-1], out, strict=True)):
        return "pre-norm"
    off = max(abs(float(size) - 1) for size in sizes[1:].flat)
    return "pre-norm without the last norm" if off > 0.02 else "post-norm"


def _sizes(rng, layers, T, name) -> tuple:
    """The sizes that a model leaves; blocks of a pre-norm model may add much or almost nothing."""
    looked_up = rng.choice([1.0, rng.uniform(0.1, 0.8), rng.uniform(1.3, 8)])
    spread = rng.choice([0.0, 0.3], size=T) if rng.random() < 0.5 else rng.uniform(0, 0.6, T)
    start = looked_up * (1 + spread - spread.mean())
    if name == "post-norm":
        blocks = 1 + rng.uniform(-4e-4, 4e-4, (layers, T))
        return np.vstack([start, blocks]).round(4), blocks[-1].round(4)
    added = rng.uniform(0, rng.choice([0.02, 1.0]), (layers, T)) * rng.choice([1.0, 1.0, -0.2])
    blocks = np.abs(start * (1 + np.cumsum(added, axis=0)))
    if rng.random() < 0.4:
        blocks *= 1 / blocks[-1].mean()             # a mean of 1 is not a row of size 1
    if rng.random() < 0.5:
        blocks[:, np.arange(T) != rng.integers(T)] = 1      # one row alone is off
    if np.abs(blocks - 1).max(axis=1).min() < 0.06:
        return _sizes(rng, layers, T, name)
    out = 1 + rng.uniform(-4e-4, 4e-4, T) if name == "pre-norm" else blocks[-1]
    return np.vstack([start, blocks]).round(4), out.round(4)


def _any_sizes(rng) -> tuple:
    T, layers = int(rng.integers(1, 6)), int(rng.integers(1, 7))
    return _sizes(rng, layers, T if T > 1 or rng.random() < 0.3 else 3, str(rng.choice(NAMES)))


def _telling(post=lambda sizes, out: np.abs(sizes[1:] - 1).max() < 0.01,
             last=lambda sizes, out: np.abs(out - 1).max() < 0.01):
    """The reference, with another look at one of its two questions."""
    def answer(sizes, out):
        return NAMES[0] if post(sizes, out) else NAMES[1] if last(sizes, out) else NAMES[2]
    return answer


def _record(sizes, out=None) -> tuple:
    sizes = np.array(sizes)
    return sizes, sizes[-1] if out is None else np.array(out)


WHICH = Exercise(
    "6.5", "Pre or post, and what stands last", minutes=8, starred=False,
    hints=("What does a norm do to the size of a row, and to how many of the rows? Look for the "
           "places in the table where that has just happened.",
           "Post-norm: a norm is the last thing in each block, so all rows after a block have size "
           "1, each one, not on average. The looked-up rows have been through no block.",
           "np.abs(sizes[1:] - 1).max() < 0.01 tells post-norm. If it is not: do all rows of `out` "
           "have size 1? Then a last norm stands before the output matrix."),
    solution=which_norm, right=(_which_by_close, _which_by_the_last_block), compare=one_of(NAMES),
    cases=_any_sizes,
    examples=(_record([[2.0, 3.0, 1.5], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]),
              _record([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]),
              _record([[0.2, 0.9], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]),
              _record([[1.0, 1.0], [1.3, 1.2], [1.9, 1.6]], [1.0, 1.0]),
              _record([[1.0, 1.0], [1.3, 1.2], [1.9, 1.6]]),
              _record([[1.0, 1.0, 1.0], [0.8, 1.2, 1.0], [0.7, 1.3, 1.0]]),
              _record([[1.0, 1.0, 1.0], [0.8, 1.2, 1.0], [0.7, 1.3, 1.0]], [1.0, 1.0, 1.0]),
              _record([[0.5, 0.6], [0.4, 0.55], [0.4, 0.5]], [1.0, 1.0]),
              _record([[0.5, 0.6], [0.4, 0.55], [0.4, 0.5]]),
              _record([[3.0, 3.0], [3.0, 3.0]]), _record([[3.0, 3.0], [3.1, 3.1]], [1.0, 1.0]),
              _record([[1.0, 0.4], [1.0, 0.6], [1.0, 0.9]]),
              _record([[0.4, 1.0], [0.6, 1.0], [0.9, 1.0]]),
              _record([[1.1, 1.4], [0.6, 0.9]], [1.0, 1.0]),
              _record([[0.5, 2.0], [1.0004, 0.9997]]),
              _record([[0.5, 2.0], [0.6, 2.4]], [0.9996, 1.0003])),
    mistakes=(
        Mistake(_telling(post=lambda sizes, out: np.abs(sizes[1:].mean(axis=1) - 1).max() < 0.01),
                "Rows of sizes 0.8 and 1.2 have the mean 1, and no norm has seen them. A norm "
                "makes *each* row of size 1."),
        Mistake(_telling(post=lambda sizes, out: np.abs(sizes - 1).max() < 0.01), "You looked at "
                "the looked-up rows as well. They come before the first block, and may have any "
                "size in every model."),
        Mistake(_telling(post=lambda sizes, out: np.abs(sizes[0] - 1).max() < 0.01), "You looked "
                "at the looked-up rows. They come before the first block, and tell nothing of its "
                "norms."),
        Mistake(_telling(post=lambda sizes, out: sizes[-1].mean() < 1.1 * sizes[0].mean()), "That "
                "the rows do not grow is no proof of a norm: what blocks add may be small, or "
                "point the other way."),
        Mistake(_telling(post=lambda sizes, out: np.abs(sizes[1:] - sizes[1:, :1]).max() < 0.01),
                "That the rows of a block have one size is not enough: equal words have equal "
                "rows, without any norm. A norm makes the size 1."),
        Mistake(_telling(post=lambda sizes, out: np.abs(sizes[1:, 0] - 1).max() < 0.01), "You "
                "looked at the first token only. Its row may have the size 1 by chance."),
        Mistake(_telling(post=lambda sizes, out: np.abs(sizes[1:, -1] - 1).max() < 0.01), "You "
                "looked at the last token only. Its row may have the size 1 by chance."),
        Mistake(_telling(post=lambda sizes, out: False), "Rows that reach the output matrix with "
                "size 1 need no *last* norm for it: in post-norm the last block ends in one. Look "
                "at the blocks."),
        Mistake(_telling(post=lambda sizes, out: np.abs(out - 1).max() < 0.01), "Size 1 at the "
                "output matrix may come from a last norm alone. Look at the blocks."),
        Mistake(_telling(post=lambda sizes, out: np.abs(sizes[-1] - out).max() < 0.01), "Nothing "
                "stands between the last block and the output matrix. But that is so in two "
                "models: look at the blocks."),
        Mistake(_telling(last=lambda sizes, out: abs(out.mean() - 1) < 0.01), "Their mean is 1, "
                "but not each row that reaches the output matrix has size 1: no norm stands "
                "there."),
        Mistake(_telling(last=lambda sizes, out: True), "Some of the rows that reach the output "
                "matrix are not of size 1: no norm stands there."),
        Mistake(_telling(last=lambda sizes, out: np.abs(out - out[0]).max() < 0.01), "Rows of one "
                "size at the output matrix may be equal words. A last norm makes the size 1."),
        Mistake(_telling(post=lambda sizes, out: np.abs(sizes[1:] - 1).max() < 1e-6,
                         last=lambda sizes, out: np.abs(out - 1).max() < 1e-6), "You asked for a "
                "1 to many digits. eps under the root of a norm, and rounding, leave sizes that "
                "are 1 to 0.001."),
        Mistake(renamed(which_norm, {NAMES[1]: NAMES[2], NAMES[2]: NAMES[1]}), "The two pre-norm "
                "models are exchanged: with the last norm all of `out` has size 1."),
    ),
    reread="B · Norm before or after",
    moral="Pre-norm lets the rows grow as they like, so somebody must tame them at the end.",
)
