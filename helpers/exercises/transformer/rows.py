"""Exercises 6.1 and 6.2: the norm of each row, and the order of a block."""

from dataclasses import dataclass

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def layer_norm(x: np.ndarray, gain: np.ndarray, bias: np.ndarray, eps: float) -> np.ndarray:
    """Each token's row (d,) for itself, whatever stands beside it: (B, T, d).

    A row is brought to mean 0 and, but for eps, to variance 1, the mean of its d squared
    distances; then each of its numbers is multiplied by its gain, and its bias is added. eps above
    0 is added to the variance itself: a row of equal numbers becomes the bias.
    x: (B, T, d), d may be 1. gain and bias: (d,).
    """
    away = x - x.mean(axis=-1, keepdims=True)
    variance = (away ** 2).mean(axis=-1, keepdims=True)
    return away / np.sqrt(variance + eps) * gain + bias


def _norm_by_var(x, gain, bias, eps):
    mean, variance = x.mean(-1)[..., None], x.var(-1)[..., None]
    return gain * (x - mean) * (variance + eps) ** -0.5 + bias


def _norm_row_by_row(x, gain, bias, eps):
    texts = []
    for text in x.tolist():
        rows = []
        for row in text:
            mean = sum(row) / len(row)
            scale = (sum((number - mean) ** 2 for number in row) / len(row) + eps) ** 0.5
            rows.append([(number - mean) / scale * g + b
                         for number, g, b in zip(row, gain, bias, strict=True)])
        texts.append(rows)
    return texts


def _batch(rng) -> tuple:
    """Texts of any size; now and then a row of equal numbers, or rows that lie far from 0."""
    B, T, d = (int(n) for n in rng.integers(1, [4, 5, 6]))
    x = rng.normal(0, 2, (B, T, d)) + rng.choice([0.0, 0.0, 30.0])
    if rng.random() < 0.3:
        x[0, 0] = x[0, 0, 0]
    gain, bias = rng.uniform(-1, 3, d), rng.normal(0, 1, d)
    return x.round(2), gain.round(2), bias.round(2), float(rng.choice([1e-5, 0.1, 0.7]))


def _norming(axis=-1, ddof=0, scale=lambda variance, eps: np.sqrt(variance + eps),
             end=lambda z, gain, bias: z * gain + bias):
    """An answer with another axis, variance, scale or end."""
    def answer(x, gain, bias, eps):
        away = x - x.mean(axis=axis, keepdims=True)
        return end(away / scale(x.var(axis=axis, ddof=ddof, keepdims=True), eps), gain, bias)
    return answer


def _about_zero(away):
    """An answer that divides by the root of the mean square; away: the mean is taken off x."""
    def answer(x, gain, bias, eps):
        scale = np.sqrt((x ** 2).mean(axis=-1, keepdims=True) + eps)
        return (x - away * x.mean(axis=-1, keepdims=True)) / scale * gain + bias
    return answer


TEXTS = np.array([[[1.0, 3.0, 8.0], [2.0, 2.0, 2.0], [0.0, -1.0, 4.0]],
                  [[5.0, -3.0, 1.0], [0.5, 0.0, -2.0], [9.0, 7.0, 8.0]]])
GAIN, BIAS = np.array([1.0, 2.0, 0.5]), np.array([0.0, 1.0, -1.0])
NORM = Exercise(
    "6.1", "Each row for itself", minutes=8, starred=True,
    hints=("Take one token, with its d numbers. Which numbers may its mean be made of, and which "
           "may not? What must come out if all d are the same?",
           "The mean and the variance go over the last axis: axis=-1. keepdims=True keeps them as "
           "a column, so that each row loses its own mean.",
           "away = x - mean; variance = (away ** 2).mean(axis=-1, keepdims=True); the root is "
           "taken of variance + eps, and gain and bias come last."),
    solution=layer_norm, right=(_norm_by_var, _norm_row_by_row), compare=expect_close,
    cases=_batch,
    examples=((TEXTS, GAIN, BIAS, 0.1), (TEXTS[:1], GAIN, BIAS, 1e-5),
              (TEXTS + 40, GAIN, BIAS, 0.5), (TEXTS[:, :1], GAIN, BIAS, 0.1),
              (TEXTS[..., :2], GAIN[1:], BIAS[:2], 0.7),
              (TEXTS[..., :1], GAIN[1:2], BIAS[1:2], 0.1)),
    mistakes=(
        Mistake(_norming(axis=1), "Your mean goes over the tokens of a text. So a token's row "
                "changes when the text goes on: each row has its own mean, over its d numbers."),
        Mistake(_norming(axis=0), "Your mean goes over the texts of the batch. So a text changes "
                "with what stands beside it: each row has its own mean, over its d numbers."),
        Mistake(_norming(axis=(1, 2)), "One mean for a whole text. Each token's row has its own."),
        Mistake(_norming(axis=(0, 1, 2)), "One mean for all there is. Each token's row has its "
                "own."),
        Mistake(_norming(ddof=1), "You divided the sum of squares by d - 1. Here nothing is "
                "estimated: it is the plain mean, over d."),
        Mistake(_norming(scale=lambda variance, eps: np.sqrt(variance) + eps), "eps stands outside "
                "the root: it belongs to the variance, and the root is taken of both."),
        Mistake(_norming(scale=lambda variance, eps: np.sqrt(variance)), "eps is missing. A row of "
                "equal numbers is 0 / 0 without it."),
        Mistake(_norming(scale=lambda variance, eps: variance + eps), "You divided by the "
                "variance. It is squared distances: take the root first."),
        Mistake(_norming(scale=lambda variance, eps: 1), "The mean is taken off, but the rows "
                "keep their sizes: divide by the root of variance + eps."),
        Mistake(_about_zero(0), "The mean is still in: this is RMSNorm, with a bias. LayerNorm "
                "takes the mean off first."),
        Mistake(_about_zero(1), "You took the mean off, but measured the size before. The "
                "variance is made of distances from the mean."),
        Mistake(lambda x, gain, bias, eps: layer_norm(x * gain, 1, bias, eps), "The gain went in "
                "before the mean and the variance were taken: so they measure it, too. It comes "
                "after."),
        Mistake(_norming(end=lambda z, gain, bias: (z + bias) * gain), "The bias was multiplied "
                "by the gain: first the gain, then the bias."),
        Mistake(_norming(end=lambda z, gain, bias: z), "gain and bias are missing."),
        Mistake(_norming(end=lambda z, gain, bias: z * gain), "The bias is missing."),
    ),
    reread="2 · A way past, and a scale",
    moral="No row knows of another one, so padding and neighbours in the batch cannot matter.",
)


def block(x: np.ndarray, attend, feed, norm_1, norm_2) -> np.ndarray:
    """What one pre-norm block makes of the rows x (T, d): rows (T, d); x stays as it is.

    attend, feed, norm_1, norm_2: functions, rows (T, d) -> rows (T, d), at times the very rows
    that came in. norm_1 belongs to attend, which comes first, norm_2 to feed. attend, feed or
    both may be None: taken out for a trial. Then nothing is added in its place, and its norm is
    not needed.
    """
    if attend is not None:
        x = x + attend(norm_1(x))
    if feed is not None:
        x = x + feed(norm_2(x))
    return x


def _block_in_a_loop(x, attend, feed, norm_1, norm_2):
    for part, norm in ((attend, norm_1), (feed, norm_2)):
        x = x if part is None else np.add(x, part(norm(x)))
    return x


def _block_of_what_is_added(x, attend, feed, norm_1, norm_2):
    """The sum is made once, at the end."""
    zeros = np.zeros_like(x)
    attended = attend(norm_1(x)) if attend else zeros
    fed = feed(norm_2(x + attended)) if feed else zeros
    return x + attended + fed


@dataclass(frozen=True)
class Part:
    """A part of a block that a check hands over: "norm", "same rows", "look" or "feed"."""

    kind: str
    number: float = 1.0

    def __call__(self, x):
        if self.kind == "norm":
            return self.number * (x - x.mean(-1, keepdims=True)) / np.sqrt(
                x.var(-1, keepdims=True) + 1e-3)
        if self.kind == "look":
            return self.number * np.cumsum(x, axis=0) / np.arange(1, len(x) + 1)[:, None] + 0.25
        return x if self.kind == "same rows" else np.maximum(self.number * x, -0.4) ** 2

    def __repr__(self) -> str:
        return f"Part({self.kind!r}, {self.number})"


def _parts(rng) -> tuple:
    T, d = int(rng.integers(1, 8)), int(rng.integers(2, 6))
    attend, feed = (None if rng.random() < 0.2 else Part(kind, float(rng.uniform(0.4, 1.6)))
                    for kind in ("look", "feed"))
    norms = [Part("norm", float(rng.uniform(0.5, 2))) if rng.random() < 0.8 else Part("same rows")
             for _ in range(2)]
    return rng.normal(0, 2, (T, d)).round(2), attend, feed, *norms


def _added(part, norm, x):
    """What a part adds, 0 if it is taken out."""
    return 0 if part is None else part(norm(x))


def _post_norm(x, attend, feed, norm_1, norm_2):
    for part, norm in ((attend, norm_1), (feed, norm_2)):
        x = x if part is None else norm(x + part(x))
    return x


def _past_from_the_norm(x, attend, feed, norm_1, norm_2):
    for part, norm in ((attend, norm_1), (feed, norm_2)):
        x = x if part is None else norm(x) + part(norm(x))
    return x


def _norm_of_what_is_added(x, attend, feed, norm_1, norm_2):
    for part, norm in ((attend, norm_1), (feed, norm_2)):
        x = x if part is None else x + norm(part(x))
    return x


def _summing(second):
    """An answer that is right up to attention; second(x, x_1, feed, norm_1, norm_2) follows."""
    def answer(x, attend, feed, norm_1, norm_2):
        x_1 = x + _added(attend, norm_1, x)
        return x_1 if feed is None else second(x, x_1, feed, norm_1, norm_2)
    return answer


def _no_first_way(x, attend, feed, norm_1, norm_2):
    x = x if attend is None else attend(norm_1(x))
    return x + _added(feed, norm_2, x)


def _no_way_at_all(x, attend, feed, norm_1, norm_2):
    x = x if attend is None else attend(norm_1(x))
    return x if feed is None else feed(norm_2(x))


def _same(x):
    return x


ROWS = np.array([[1.0, 3.0, -2.0], [0.5, -1.0, 2.0], [4.0, 0.0, 1.0]])
LOOK, FEED, ONE, TWO = Part("look", 0.8), Part("feed", 1.2), Part("norm", 1.0), Part("norm", 0.6)
BLOCK = Exercise(
    "6.2", "Put the block in order", minutes=8, starred=True,
    hints=("Draw it: a straight line from the bottom to the top, and two loops that leave it and "
           "come back. Where does each loop leave the line, and where does its norm stand?",
           "The line is x itself, without a norm. A loop is part(norm(x)), and it is added to x. "
           "The second loop leaves the line where the first has come back.",
           "x = x + attend(norm_1(x)), then the same with feed and norm_2, each only if the part "
           "is not None. x += ... would change the rows of the caller: write x = x + ..."),
    solution=block, right=(_block_in_a_loop, _block_of_what_is_added), compare=expect_close,
    cases=_parts,
    examples=((ROWS, LOOK, FEED, ONE, TWO), (ROWS, LOOK, None, ONE, TWO),
              (ROWS, None, FEED, ONE, TWO), (ROWS, LOOK, FEED, Part("same rows"), ONE),
              (ROWS[:1], LOOK, FEED, TWO, Part("same rows")), (ROWS[:2], None, None, ONE, TWO)),
    mistakes=(
        Mistake(_post_norm, "That is post-norm, as in 2017: the norm of each sum. In a pre-norm "
                "block the norm stands before the part, and the line from x to the end has none."),
        Mistake(_past_from_the_norm, "What goes past is norm(x) with you. Past goes x itself: only "
                "the part reads the norm."),
        Mistake(_norm_of_what_is_added, "Your norm stands behind the part. It stands before it: "
                "the part reads rows of a known scale."),
        Mistake(_summing(lambda x, x_1, feed, norm_1, norm_2: x + feed(norm_2(x_1))), "The second "
                "sum takes the first x: what attention added is lost from the line. Add to the "
                "new x."),
        Mistake(_summing(lambda x, x_1, feed, norm_1, norm_2: x_1 + feed(norm_2(x))), "feed reads "
                "the first x, as if attention had not been. It reads what the first sum gave."),
        Mistake(_summing(lambda x, x_1, feed, norm_1, norm_2: x_1 + feed(norm_1(x_1))), "norm_1 "
                "stands before both parts. Each has a norm of its own: norm_2 belongs to feed."),
        Mistake(lambda x, attend, feed, norm_1, norm_2: block(x, attend, feed, norm_2, norm_1),
                "The two norms are exchanged: norm_1 belongs to attend."),
        Mistake(_summing(lambda x, x_1, feed, norm_1, norm_2: x_1 + feed(x_1)), "feed reads rows "
                "that no norm has scaled: norm_2 is missing."),
        Mistake(lambda x, attend, feed, norm_1, norm_2: block(x, attend, feed, _same, norm_2),
                "attend reads rows that no norm has scaled: norm_1 is missing."),
        Mistake(lambda x, attend, feed, norm_1, norm_2: block(x, attend, feed, _same, _same),
                "Both norms are missing."),
        Mistake(_summing(lambda x, x_1, feed, norm_1, norm_2: feed(norm_2(x_1))), "Nothing goes "
                "past feed. What it gives is added to x, as with attention."),
        Mistake(_no_first_way, "Nothing goes past attend. What it gives is added to x, as with "
                "feed."),
        Mistake(_no_way_at_all, "Nothing goes past the parts. What each gives is added to x."),
        Mistake(lambda x, attend, feed, norm_1, norm_2: block(x, feed, attend, norm_2, norm_1),
                "feed came first. Attention first fetches from the other words, then feed thinks "
                "about each row."),
        Mistake(lambda x, attend, feed, norm_1, norm_2: block(
                    x, attend or _same, feed or _same, norm_1, norm_2),
                "A part that is taken out adds nothing, its norm neither. With you norm(x) is "
                "added in its place."),
        Mistake(lambda x, attend, feed, norm_1, norm_2: block(x, attend, attend and feed, norm_1,
                                                              norm_2),
                "Without attend your block stops. What is left goes on: feed still adds."),
    ),
    reread="3 · The block, the stack, the model",
    moral="Take every part out, and the rows arrive as they left: that is the way past.",
)
