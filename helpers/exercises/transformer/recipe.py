"""Exercises 6.6 and 6.7: a rate that warms up, and a loss that is not too sure."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_number


def rate(step: int, warmup: int, peak: float) -> float:
    """The learning rate of the update that comes when `step` updates (0 or more) have been made.

    It climbs in a straight line, so that the very first update moves already and the update
    number `warmup` is the first with the whole `peak`; from there it falls as one over the root of
    the number of the update, without a jump. warmup 0: no warm-up, the peak comes at once, and
    the rate falls from there as with a warm-up of 1.
    """
    update, top = step + 1, max(warmup, 1)
    return peak * min(update / top, (top / update) ** 0.5)


def _rate_by_cases(step, warmup, peak):
    if step < warmup:
        return peak / warmup * (step + 1)
    return peak * np.sqrt((warmup or 1) / (step + 1))


def _rate_by_the_paper(step, warmup, peak):
    """The form of 2017, a factor times the smaller of two powers, with its peak moved to `peak`."""
    n, w = step + 1.0, float(warmup) if warmup > 0 else 1.0
    return peak * w ** 0.5 * min(n ** -0.5, n * w ** -1.5)


def _moment(rng) -> tuple:
    """Within the warm-up, around its end, far behind it."""
    warmup = int(rng.choice([0, 1, 2, int(rng.integers(3, 5000))]))
    step = int(rng.choice([0, max(warmup - 2, 0), max(warmup - 1, 0), warmup, warmup + 1,
                           rng.integers(0, warmup + 2), 3 * warmup + rng.integers(0, 90)]))
    return step, warmup, round(float(10 ** rng.uniform(-4, 1.5)), 6)


def _going(climb=lambda update, top: update / top, fall=lambda update, top: (top / update) ** 0.5,
           late=0):
    """An answer with another way up or down, or one that counts the updates from `late`."""
    def answer(step, warmup, peak):
        update, top = step + 1 - late, max(warmup, 1)
        return peak * (climb(update, top) if update < top else fall(update, top))
    return answer


RATE = Exercise(
    "6.6", "Warm up, then cool down", minutes=6, starred=False,
    hints=("Write down the rates of the first six updates with warmup 4 and peak 1. The first has "
           "the step 0: what should it be? And which one is the fourth?",
           "The number of the update is step + 1. Up: that number over warmup. Down: the root of "
           "warmup over that number. Both are 1 at the peak.",
           "peak * min(update / top, (top / update) ** 0.5), with top = warmup, but 1 if warmup "
           "is 0."),
    solution=rate, right=(_rate_by_cases, _rate_by_the_paper), compare=expect_number, cases=_moment,
    examples=((0, 4, 1.0), (1, 4, 1.0), (3, 4, 1.0), (4, 4, 1.0), (15, 4, 1.0), (399, 100, 0.003),
              (0, 1, 0.5), (3, 1, 0.5), (0, 0, 0.5), (8, 0, 0.5), (98, 100, 0.02), (8, 4, 1.0)),
    mistakes=(
        Mistake(_going(late=1), "You took the step for the number of the update. Steps count from "
                "0: so the first update has the rate 0 and does nothing, and the peak comes late."),
        Mistake(lambda step, warmup, peak: peak * step / max(warmup - 1, 1) if step < warmup
                else rate(step, warmup, peak), "You climb from 0 to the peak. The first update "
                "would not move: begin with one of `warmup` equal steps."),
        Mistake(_going(climb=lambda update, top: 1), "The warm-up is missing: before the peak the "
                "rate is lower than it."),
        Mistake(_going(fall=lambda update, top: 1), "After the peak the rate falls."),
        Mistake(_going(fall=lambda update, top: update ** -0.5), "There is a jump at the peak: "
                "what falls must begin where the climb ended. The root of warmup over the number "
                "of the update is 1 there."),
        Mistake(_going(climb=lambda update, top: update * top ** -1.5,
                       fall=lambda update, top: update ** -0.5),
                "That is the form of 2017, which has no peak of its own: the highest rate is "
                "`peak` over the root of warmup with you. Multiply by that root."),
        Mistake(_going(fall=lambda update, top: (update - top + 1) ** -0.5), "You count anew from "
                "the peak, so the rate falls too fast. One over the root of the number of the "
                "update, counted from the beginning."),
        Mistake(_going(fall=lambda update, top: top / update), "It falls as one over the number. "
                "One over its *root* is slower."),
        Mistake(_going(climb=lambda update, top: (update / top) ** 0.5), "The climb is a straight "
                "line, not a root."),
        Mistake(lambda step, warmup, peak: peak * max(
                    (step + 1) / max(warmup, 1), (max(warmup, 1) / (step + 1)) ** 0.5),
                "You took the larger of the two. It is the smaller one: before the peak the line, "
                "behind it the root."),
        Mistake(lambda step, warmup, peak: rate(step, warmup, 1.0), "The peak is 1 with you, "
                "whatever was asked for."),
        Mistake(lambda step, warmup, peak: rate(step, warmup, peak) if warmup else peak, "Without "
                "a warm-up the rate falls as well, from the first update on."),
        Mistake(lambda step, warmup, peak: rate(step, warmup, peak) if warmup else 0.0, "Without "
                "a warm-up the peak comes at once. A rate of 0 learns nothing."),
    ),
    reread="C · Warm-up, AdamW, clipping, smoothing",
    moral="Four times as many updates, half the rate: long runs keep learning.",
)


def smoothed_loss(logits: np.ndarray, targets: np.ndarray, epsilon: float) -> float:
    """Mean nats per real token, if each target is softened by `epsilon` (0 up to, but not, 1).

    Every id, the right one too, gets epsilon / V; the right one gets 1 - epsilon on top of that.
    The loss of a token is its cross-entropy with that: what the wished chances cost under the
    model's. logits: (N, V), 2 ids or more, thousands at times. targets: int (N,), an id, or -100
    for padding, which does not count; one at least is real.
    """
    rows, ids = logits[targets != -100], targets[targets != -100]
    rows = rows - rows.max(axis=1, keepdims=True)
    logs = rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))
    right = logs[np.arange(len(ids)), ids]
    return ((epsilon - 1) * right - epsilon * logs.mean(axis=1)).mean()


def _smoothed_by_a_table(logits, targets, epsilon):
    """The softened targets as a table, zeros for padding."""
    V, real = logits.shape[1], targets >= 0
    wished = np.where(real[:, None], epsilon / V + (1 - epsilon) * np.eye(V)[targets * real], 0)
    total = np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -(wished * (logits - total)).sum() / real.sum()


def _smoothed_token_by_token(logits, targets, epsilon):
    losses = []
    for row, target in zip(logits, targets, strict=True):
        if target == -100:
            continue
        total = np.logaddexp.reduce(row)
        plain, even = total - row[target], sum(total - score for score in row) / len(row)
        losses.append(plain + epsilon * (even - plain))
    return sum(losses) / len(losses)


def _tokens(rng) -> tuple:
    """Scores of ordinary size or of thousands; a third of the targets is padding, now and then."""
    N, V = int(rng.integers(1, 7)), int(rng.integers(2, 12))
    logits = rng.normal(0, 3, (N, V)).round(2)
    if rng.random() < 0.3:
        logits += rng.choice([-3000.0, 3000.0], (N, 1))
    targets = rng.integers(0, V, N)
    if rng.random() < 0.5:
        targets[rng.permutation(N)[:int(rng.integers(0, N))]] = -100
    return logits, targets, float(rng.choice([0.0, 0.1, round(rng.uniform(0.01, 0.95), 3)]))


def _logs(rows):
    return rows - np.logaddexp.reduce(rows, axis=1, keepdims=True)


def _smoothing(cost, together=np.mean):
    """An answer that sums up cost(logs (n, V), right (n,), epsilon, V) of the real tokens."""
    def answer(logits, targets, epsilon):
        logs, ids = _logs(logits[targets != -100]), targets[targets != -100]
        return together(cost(logs, logs[np.arange(len(ids)), ids], epsilon, logits.shape[1]))
    return answer


def _over_all(logits, targets, epsilon):
    return smoothed_loss(logits, targets, epsilon) * (targets != -100).mean()


def _padding_pays(value):
    """An answer in which padding is counted; value(logs (V,), epsilon) is what one costs."""
    def answer(logits, targets, epsilon):
        return np.mean([smoothed_loss(row[None], target[None], epsilon) if target != -100
                        else value(_logs(row[None])[0], epsilon)
                        for row, target in zip(logits, targets, strict=True)])
    return answer


def _naive(logits, targets, epsilon):
    rows, ids = logits[targets != -100], targets[targets != -100]
    logs = np.log(np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True))
    return -((1 - epsilon) * logs[np.arange(len(ids)), ids] + epsilon * logs.mean(axis=1)).mean()


def _mean_of_scores(logits, targets, epsilon):
    real = targets != -100
    plain = smoothed_loss(logits, targets, 0.0)
    return (1 - epsilon) * plain - epsilon * logits[real].mean()


def _above_the_floor(logs, right, epsilon, V):
    wished = np.array([1 - epsilon + epsilon / V] + [epsilon / V] * (V - 1))
    wished = wished[wished > 0]
    return (epsilon - 1) * right - epsilon * logs.mean(axis=1) + (wished * np.log(wished)).sum()


SURE = np.array([[4.0, 0.0, 0.0, 0.0], [1.0, -2.0, 0.5, 3.0], [0.0, 2.0, 1.0, -1.0]])
SMOOTH = Exercise(
    "6.7", "Do not be too sure", minutes=8, starred=False,
    hints=("Which chances does the softened target wish for: for the right id, for another one? "
           "They must sum to 1. And which tokens have a target at all?",
           "logs = logits - log of the sum of exp; the largest score is taken off first. The loss "
           "of a token: (1 - epsilon) times what the right id costs, and epsilon times the mean "
           "of what all V cost.",
           "Keep the rows with targets != -100 only; then right = logs[np.arange(len(ids)), ids] "
           "and -((1 - epsilon) * right + epsilon * logs.mean(axis=1)).mean()."),
    solution=smoothed_loss, right=(_smoothed_by_a_table, _smoothed_token_by_token),
    compare=expect_number, cases=_tokens,
    examples=((SURE[:1], np.array([0]), 0.1), (SURE, np.array([0, 3, -100]), 0.1),
              (SURE, np.array([2, -100, 1]), 0.4), (SURE[:, :2], np.array([-100, 1, 0]), 0.1),
              (SURE + 2000, np.array([0, 1, 2]), 0.1), (SURE - 2000, np.array([0, 1, 2]), 0.3),
              (SURE, np.array([3, 3, 1]), 0.0), (SURE, np.array([-100, -100, 2]), 0.8)),
    mistakes=(
        Mistake(_smoothing(lambda logs, right, e, V: -(1 - e) * right - e / (V - 1) * (
                    logs.sum(axis=1) - right)), "You shared epsilon out among the wrong ids. All "
                "V get a part of it, the right one too."),
        Mistake(_smoothing(lambda logs, right, e, V: -(1 - e) * right - e / V * (
                    logs.sum(axis=1) - right)), "Your chances do not sum to 1: the right id gets "
                "epsilon / V as well, on top of 1 - epsilon."),
        Mistake(_smoothing(lambda logs, right, e, V: -right - e * logs.mean(axis=1)), "Your "
                "chances sum to more than 1: what all get is taken from the right one, which keeps "
                "1 - epsilon."),
        Mistake(_smoothing(lambda logs, right, e, V: -e * right - (1 - e) * logs.mean(axis=1)),
                "epsilon and 1 - epsilon are exchanged: the right id keeps the larger part."),
        Mistake(_smoothing(lambda logs, right, e, V: -right), "Nothing is softened: that is the "
                "plain cross-entropy."),
        Mistake(_smoothing(lambda logs, right, e, V: -np.log((1 - e) * np.exp(right) + e / V)),
                "You softened the model's chances. It is the *target* that is softened; the model "
                "pays for what it says."),
        Mistake(_smoothing(lambda logs, right, e, V: -(1 - e) * right - e * logs.sum(axis=1)),
                "Each id gets epsilon / V, not epsilon: take the mean over the V ids."),
        Mistake(_smoothing(_above_the_floor), "You took off what the softened target costs "
                "at best. That is the distance from the floor; asked for is the loss itself."),
        Mistake(_smoothing(lambda logs, right, e, V: ((e - 1) * right - e * logs.mean(axis=1))
                           / np.log(2)), "These are bits. Nats: np.log."),
        Mistake(_smoothing(lambda logs, right, e, V: (e - 1) * right - e * logs.mean(axis=1),
                           together=np.sum), "That is the sum. Asked for is the mean per real "
                "token."),
        Mistake(_over_all, "You divided by all tokens. Padding counts neither above nor below "
                "the line: divide by the number of real ones."),
        Mistake(_padding_pays(lambda logs, e: -e * logs.mean()), "Padding still pays the even "
                "part. It does not count at all."),
        Mistake(_padding_pays(lambda logs, e: (e - 1) * logs[-1] - e * logs.mean()), "You took "
                "padding for an id, counted from the end. It does not count at all."),
        Mistake(_naive, "exp of a score in the thousands is inf or 0, and its logarithm no number. "
                "Take the largest score of each row off first."),
        Mistake(_mean_of_scores, "You took the mean of the *scores*. What an id costs is its score "
                "less the logarithm of the sum of exp, also in the even part."),
    ),
    reread="C · Warm-up, AdamW, clipping, smoothing",
    moral="Nobody pays nothing: of four ids, with epsilon 0.1, the best there is costs 0.349 nats.",
)
