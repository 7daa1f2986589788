"""Exercise 3.7: padding that does not count."""

import math

import numpy as np

from helpers.exercises.engine import (
    Exercise,
    Feedback,
    Wrong,
    expect_not,
    expect_number,
    fresh,
)
from helpers.exercises.rnn_lstm._arrays import expect_unchanged


def masked_loss(log_probs: np.ndarray, targets: np.ndarray, lengths: np.ndarray) -> float:
    """Mean nats per real token over all rows together.

    log_probs: (B, T, V). targets: int (B, T), anything in the padding. lengths: (B,).
    """
    nats = 0.0
    for row, answers, length in zip(log_probs, targets, lengths, strict=True):
        for t in range(length):
            nats -= row[t, answers[t]]
    return float(nats / sum(lengths))


def _masked_by_places(log_probs, targets, lengths):
    rows, steps = np.nonzero(np.arange(targets.shape[1]) < np.asarray(lengths)[:, None])
    return -log_probs[rows, steps, targets[rows, steps]].mean()


def _masked_by_product(log_probs, targets, lengths):
    real = (np.arange(targets.shape[1])[None] < lengths[:, None]).astype(float)
    safe = np.where(real > 0, targets, 0)
    nats = -np.take_along_axis(log_probs, safe[:, :, None], axis=2)[:, :, 0]
    return (nats * real).sum() / real.sum()


def _batch(filler: int, lengths: tuple[int, ...] = (4, 2, 1)) -> tuple[np.ndarray, ...]:
    """log_probs, targets, lengths of random rows; some real targets are 0."""
    rng = np.random.default_rng(7)
    scores = rng.normal(size=(len(lengths), max(lengths), 5))
    targets = rng.integers(1, 5, size=scores.shape[:2])
    targets[0, 1] = targets[1, 0] = 0
    targets[np.arange(max(lengths)) >= np.array(lengths)[:, None]] = filler
    return scores - np.log(np.exp(scores).sum(2, keepdims=True)), targets, np.array(lengths)


def _real(targets, lengths):
    return np.arange(targets.shape[1]) < lengths[:, None]


def _masked_mistakes() -> list[tuple[float, str]]:
    """(loss, message) of known mistakes with _batch(0): 7 real tokens in 3 rows of 4."""
    log_probs, targets, lengths = _batch(0)
    nats = -np.take_along_axis(log_probs, targets[:, :, None], axis=2)[:, :, 0]
    right, total = masked_loss(log_probs, targets, lengths), nats[_real(targets, lengths)].sum()
    means = [row[:length].mean() for row, length in zip(nats, lengths, strict=True)]
    sums = "The padding is left out of the sum, but you divide by "
    return [
        (-right, "The sign: surprisal is *minus* log p."),
        (nats.mean(), "You took the mean over all 12 places. 5 of them are padding: only 7 tokens "
                      "are real."),
        (total / 12, f"{sums}all 12 places. 7 tokens are real."),
        (np.mean(means), "You averaged the means of the rows: the one token of the last row weighs "
                         "as much as four of the first. Add up over all rows, then divide by 7."),
        (total, "That is the sum. Divide by the number of real tokens, 7."),
        (total / 3, f"{sums}the number of rows, 3. There are 7 real tokens."),
        (nats.sum() / 7, "You divide by the 7 real tokens, but the sum holds the padding too."),
        (nats[~_real(targets, lengths)].mean(), "That is the loss of the padding. Turn the mask "
                                                "round: steps below the length are real."),
        (nats[targets != 0].mean(), "You left out every target that is 0. A real target may be 0 "
                                    "too: go by `lengths`."),
        (math.exp(right), "That is the perplexity. The loss is its logarithm."),
        (right / math.log(2), "Those are bits. `log_probs` are nats already: take them as they "
                              "are."),
    ]


def _border_mistakes() -> list[tuple[float, str]]:
    """(loss, message): mistakes at the first and the last real token of a row of _batch(0)."""
    log_probs, targets, lengths = _batch(0)
    nats = -np.take_along_axis(log_probs, targets[:, :, None], axis=2)[:, :, 0]
    real, fewer = _real(targets, lengths), _real(targets, lengths - 1)
    later = real & (np.arange(4) > 0)
    short = "The last real token of each row is left out: steps 0 to length - 1 are real."
    first = "The first token of each row is left out: steps begin at 0."
    return [
        (nats[fewer].mean(), short), (nats[fewer].sum() / 7, short),
        (nats[later].mean(), first), (nats[later].sum() / 7, first),
        (nats[_real(targets, lengths + 1)].mean(), "One step too many in each row: steps 0 to "
                                                   "length - 1 are real."),
    ]


def check_masked(answer) -> None:
    before = _batch(0)
    given = fresh(before)
    got = answer(*given)
    for name, value, kept in zip(("log_probs", "targets", "lengths"), given, before, strict=True):
        expect_unchanged(value, kept, name)
    for mistaken, message in _masked_mistakes() + _border_mistakes():
        expect_not(got, mistaken, message)
    expect_number(got, masked_loss(*before), "masked_loss of rows with 4, 2 and 1 tokens")
    before = _batch(-100)
    given = fresh(before)
    try:
        got = answer(*given)
    except IndexError as error:
        raise Feedback("With -100 in the padding your function stopped: there is no token -100. "
                       "Look up real steps only, or put a 0 there first (in a copy).") from error
    expect_unchanged(given[1], before[1], "targets")
    expect_number(got, masked_loss(*before), "the same rows with -100 in the padding: the loss")
    for lengths in ((3, 3), (5,), (1, 6, 2, 6)):
        case = _batch(3, lengths) if len(lengths) > 1 else tuple(a[1:2] for a in _batch(3, (2, 5)))
        expect_number(answer(*fresh(case)), masked_loss(*case),
                      f"masked_loss of rows of {', '.join(map(str, lengths))} tokens")


def _nats(log_probs, targets):
    return -np.take_along_axis(log_probs, targets[:, :, None] % 5, axis=2)[:, :, 0]


def _looking_up_all(log_probs, targets, lengths):
    nats = -np.take_along_axis(log_probs, targets[:, :, None], axis=2)[:, :, 0]
    return nats[_real(targets, lengths)].mean()


def _tidying_targets(log_probs, targets, lengths):
    targets[~_real(targets, lengths)] = 4
    return masked_loss(log_probs, targets, lengths)


MASKED = Exercise(
    "3.7", "Padding must not count", minutes=10, starred=False, check=check_masked,
    hints=("Which places are real? Write them down for lengths 4, 2 and 1. How many are there?",
           "Row i is real at steps 0 to lengths[i] - 1. Its surprisal at t is "
           "-log_probs[i, t, targets[i, t]].",
           "Add these up over all rows, and divide once, at the end, by sum(lengths)."),
    solution=masked_loss, right=(_masked_by_places, _masked_by_product),
    wrong=(
        Wrong(lambda lp, targets, lengths: _nats(lp, targets).mean(), "all 12 places"),
        Wrong(lambda lp, targets, lengths: (_nats(lp, targets) * _real(targets, lengths)).mean(),
              "left out of the sum"),
        Wrong(lambda lp, targets, lengths: np.mean([
            masked_loss(lp[i:i + 1], targets[i:i + 1], lengths[i:i + 1])
            for i in range(len(lp))]), "means of the rows"),
        Wrong(lambda lp, targets, lengths: masked_loss(lp, targets, lengths) * sum(lengths),
              "That is the sum"),
        Wrong(lambda lp, targets, lengths: -masked_loss(lp, targets, lengths), "The sign"),
        Wrong(lambda lp, targets, lengths: masked_loss(lp, targets, lengths - 1), "The last real"),
        Wrong(lambda lp, targets, lengths: _nats(lp, targets)[targets != 0].mean(), "may be 0"),
        Wrong(lambda lp, targets, lengths: _nats(lp, targets)[targets != -100].mean(), "12 places"),
        Wrong(_looking_up_all, "no token -100"),
        Wrong(_tidying_targets, "changed `targets`"),
    ),
    reread="D · Rows of different length",
    moral="The loss of a batch must not depend on how wide its rectangle is.",
)
