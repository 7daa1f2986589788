"""Exercise 3.7: padding that does not count."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_number
from helpers.exercises.rnn_lstm._formulas import formula


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


def _batch(rng, lengths, filler: int, wider: int = 0) -> tuple[np.ndarray, ...]:
    """log_probs, targets, lengths of random rows over five tokens, some of them 0."""
    lengths = np.array(lengths)
    scores = rng.normal(size=(len(lengths), max(lengths) + wider, 5))
    targets = rng.integers(0, 5, size=scores.shape[:2])
    targets[0, 0] = 0
    targets[np.arange(scores.shape[1]) >= lengths[:, None]] = filler
    return scores - np.log(np.exp(scores).sum(2, keepdims=True)), targets, lengths


def _rows(rng) -> tuple:
    lengths = rng.integers(1, 8, rng.integers(1, 7))
    return _batch(rng, lengths, int(rng.choice([0, 3, -1, -100, 99])), int(rng.integers(3)))


def _mean(text: str):
    """An answer by another formula of nats and real, (B, T) both; nats is 0 for an id too high."""
    def answer(log_probs, targets, lengths):
        known = np.where((targets < -5) | (targets > 4), 0, targets)
        nats = -np.take_along_axis(log_probs, known[:, :, None], axis=2)[:, :, 0]
        real = np.arange(targets.shape[1]) < lengths[:, None]
        return formula(text)(nats=nats, real=real, targets=targets)
    return answer


def _moved(first: int, last: int):
    """An answer that takes too few or too many steps of each row, and divides by their number."""
    def answer(log_probs, targets, lengths):
        places = [(i, t) for i, n in enumerate(lengths)
                  for t in range(first, min(n + last, len(targets[i])))]
        return -np.mean([log_probs[i, t, targets[i, t]] for i, t in places])
    return answer


def _looking_up_all(log_probs, targets, lengths):
    nats = -np.take_along_axis(log_probs, targets[:, :, None], axis=2)[:, :, 0]
    return nats[np.arange(targets.shape[1]) < lengths[:, None]].mean()


MEANS = {  # a wrong formula for the loss -> what is wrong with it
    "-nats[real].mean()": "The sign: surprisal is *minus* log p.",
    "nats.mean()": "You took the mean over all places, padding too. Only as many tokens are real "
        "as sum(lengths).",
    "nats[real].sum() / real.size": "The padding is left out of the sum, but you divide by all "
        "places. Only as many tokens are real as sum(lengths).",
    "((nats * real).sum(1) / real.sum(1)).mean()": "You averaged the means of the rows: the one "
        "token of a short row weighs as much as four of a long one. Add up over all rows, then "
        "divide once.",
    "nats[real].sum()": "That is the sum. Divide by the number of real tokens.",
    "nats[real].sum() / len(real)": "The padding is left out of the sum, but you divide by the "
        "number of rows. Divide by the number of real tokens.",
    "nats.sum() / real.sum()": "You divide by the number of real tokens, but the sum holds the "
        "padding too.",
    "nats[~real].sum() / max(1, (~real).sum())": "That is the loss of the padding. Turn the mask "
        "round: steps below the length are real.",
    "nats[targets != 0].mean()": "You left out every target that is 0. A real target may be 0 "
        "too: go by `lengths`.",
    "exp(nats[real].mean())": "That is the perplexity. The loss is its logarithm.",
    "nats[real].mean() / log(2)": "Those are bits. `log_probs` are nats already: take them as "
        "they are.",
}
EXAMPLES = tuple(_batch(np.random.default_rng(7), *case) for case in (
    ((4, 2, 1), 0), ((4, 2, 1), -100), ((3, 3), 0), ((5,), 3), ((1, 6, 2, 6), 2, 1)))

MASKED = Exercise(
    "3.7", "Padding must not count", minutes=10, starred=False,
    hints=("Which places are real? Write them down for lengths 4, 2 and 1. How many are there?",
           "Row i is real at steps 0 to lengths[i] - 1. Its surprisal at t is "
           "-log_probs[i, t, targets[i, t]].",
           "Add these up over all rows, and divide once, at the end, by sum(lengths)."),
    solution=masked_loss, right=(_masked_by_places, _masked_by_product),
    compare=expect_number, examples=EXAMPLES, cases=_rows,
    mistakes=(
        *(Mistake(_mean(text), sentence) for text, sentence in MEANS.items()),
        Mistake(_moved(0, -1), "The last real token of each row is left out: steps 0 to "
                               "length - 1 are real."),
        Mistake(_moved(1, 0), "The first token of each row is left out: steps begin at 0."),
        Mistake(_moved(0, 1), "One step too many in each row: steps 0 to length - 1 are real."),
        Mistake(_looking_up_all, "With -100 in the padding your function stopped: there is no "
                "token -100. Look up real steps only, or put a 0 there first (in a copy)."),
    ),
    reread="G · Rows of different length",
    moral="The loss of a batch must not depend on how wide its rectangle is.",
)
