"""Exercises 5.6 and 5.7: three masks in one, and a row with nothing to attend to."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_close, show


def batch_mask(lengths: list[int], T: int, window: int) -> np.ndarray:
    """Bool (B, T, T), True = may attend: which keys (last axis) each query of each text may see.

    The texts are to be written on, so all of them end at the last place: of text b only the last
    lengths[b] places are real, and the padding stands in front. A query may attend to the last
    `window` places up to and including its own, as far as they are real. A query for which
    nothing is left attends to its own place, so that no row is empty.
    lengths: from 1 to T. window: 1 or more, perhaps more than T.
    """
    place = np.arange(T)
    behind = place[:, None] - place                       # (T, T)
    near = (behind >= 0) & (behind < window)
    real = place >= T - np.array(lengths)[:, None]        # (B, T)
    mask = near & real[:, None, :]                        # (B, T, T)
    empty = ~mask.any(axis=2, keepdims=True)              # (B, T, 1)
    return mask | (empty & (behind == 0))


def _batch_mask_cell_by_cell(lengths, T, window):
    masks = []
    for length in lengths:
        rows = []
        for i in range(T):
            row = [i - window < j <= i and j >= T - length for j in range(T)]
            row[i] = row[i] or not any(row)
            rows.append(row)
        masks.append(rows)
    return masks


def _batch_mask_by_slices(lengths, T, window):
    mask = np.zeros((len(lengths), T, T), dtype=bool)
    for text, length in zip(mask, lengths, strict=True):
        for i in range(T):
            first = max(T - length, i - window + 1)
            text[i, min(first, i):i + 1] = True
    return mask


def _lengths(rng) -> tuple:
    B, T = int(rng.integers(1, 7)), int(rng.integers(1, 8))
    lengths = [int(n) for n in rng.integers(1, T + 1, B)]
    return lengths, T, int(rng.choice([1, 2, 3, 5, T + 3]))


def _own_if_empty(mask):
    return mask | (~mask.any(axis=2, keepdims=True) & np.eye(mask.shape[1], dtype=bool))


def _masking(near=lambda behind, window: (behind >= 0) & (behind < window),
             real=lambda place, lengths, T: (place >= T - lengths)[:, None, :],
             together=np.logical_and, afterwards=lambda mask, real: _own_if_empty(mask)):
    """An answer with another window, padding, way to put the two together, or last step."""
    def answer(lengths, T, window):
        place, lengths = np.arange(T), np.array(lengths)[:, None]
        kept = real(place, lengths, T)
        return afterwards(together(near(place[:, None] - place, window), kept), kept)
    return answer


BATCH = Exercise(
    "5.6", "Whom may this batch see?", minutes=8, starred=False,
    hints=("Three conditions, on two numbers: the query's place i and the key's place j. Which of "
           "the three knows which text it is?",
           "i - j is 0 or more, and less than `window`: one table (T, T) for all texts. The key is "
           "real: one row (B, T). They meet in (B, T, T) if the row stands as (B, 1, T).",
           "mask = near & real[:, None, :]. Rows where not mask.any(axis=2) get their own place: "
           "np.eye(T, dtype=bool) has True there."),
    solution=batch_mask, right=(_batch_mask_cell_by_cell, _batch_mask_by_slices),
    compare=expect_close, cases=_lengths,
    examples=(([3, 4], 4, 2), ([4, 2], 4, 9), ([1, 3, 5], 5, 3), ([2], 3, 1), ([1], 1, 1),
              ([5, 5], 5, 2), ([2, 3], 6, 3)),
    mistakes=(
        Mistake(_masking(real=lambda place, lengths, T: (place >= T - lengths)[:, :, None]), "You "
                "masked the queries on padding. Real words then still attend to padding: it is "
                "the *keys*, the last axis, that must be real."),
        Mistake(_masking(together=np.logical_or), "| and + let in what fulfils *one* of the "
                "conditions. All of them must hold: &."),
        Mistake(_masking(near=lambda behind, window: (behind >= 0) & (behind <= window)),
                "One place too many: the own place is one of the `window`."),
        Mistake(_masking(near=lambda behind, window: (behind > 0) & (behind <= window)),
                "The own place is left out. The window goes up to it and includes it."),
        Mistake(_masking(near=lambda behind, window: (behind >= 0) & (behind < window - 1)),
                "One place too few is seen: with a window of 2 a word attends to itself and to the "
                "one before."),
        Mistake(_masking(near=lambda behind, window: abs(behind) < window), "Your window looks "
                "ahead as well as back. The future stays hidden."),
        Mistake(_masking(near=lambda behind, window: behind < window), "The window is right, but "
                "nothing hides the future."),
        Mistake(_masking(near=lambda behind, window: behind >= 0), "The window is missing: of the "
                "past only the last places are seen."),
        Mistake(_masking(real=lambda place, lengths, T: np.ones((len(lengths), 1, T), dtype=bool)),
                "Padding is seen: the lengths are not used."),
        Mistake(_masking(real=lambda place, lengths, T: (place >= T - lengths.max() + 0 * lengths)[
                    :, None, :]), "Every text has the length of the longest one. Compare with its "
                "own."),
        Mistake(_masking(real=lambda place, lengths, T: (place < lengths)[:, None, :]), "You took "
                "the padding to be at the end. Here it stands in front: the *last* lengths[b] "
                "places are real."),
        Mistake(_masking(real=lambda place, lengths, T: (place > T - lengths)[:, None, :]), "The "
                "first real word of each text is hidden: it stands at the place T - length."),
        Mistake(_masking(afterwards=lambda mask, real: mask), "A query on padding has "
                "nothing left: its row is empty. It attends to its own place then."),
        Mistake(_masking(afterwards=lambda mask, real: mask | ~mask.any(axis=2, keepdims=True)),
                "A query for which nothing is left attends to its own place, not to all."),
        Mistake(lambda lengths, T, window: ~batch_mask(lengths, T, window), "Turned round: True "
                "means *may attend*."),
    ),
    reread="D · Padding, and torch's two conventions",
    moral="Padding in front leaves queries with nothing to see; at the end it would leave none.",
)


def safe_weights(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Weights (T, S): softmax of each row over what it may attend to, exactly 0 elsewhere.

    A row that may attend to nothing has the weight 0 everywhere, so it brings nothing together.
    scores: (T, S), any numbers up to 10,000 and down to -10,000, on hidden places too. mask: bool
    (T, S), True = may attend.
    """
    scores = np.where(mask, scores, -np.inf)
    largest = np.where(mask.any(axis=1), scores.max(axis=1), 0)      # (T,)
    shares = np.exp(scores - largest[:, None])
    total = shares.sum(axis=1, keepdims=True)
    return shares / np.where(total > 0, total, 1)


def _safe_row_by_row(scores, mask):
    weights = np.zeros(scores.shape)
    for row, some, may in zip(weights, scores, mask, strict=True):
        if may.any():
            shares = np.exp(some[may] - max(some[may]))
            row[may] = shares / sum(shares)
    return weights


def _safe_by_logarithms(scores, mask):
    with np.errstate(all="ignore"):
        hidden = np.where(mask, scores, -np.inf)
        return np.nan_to_num(np.exp(hidden - np.logaddexp.reduce(hidden, axis=1, keepdims=True)))


def _expect_weights(got: object, wanted: np.ndarray, call: object) -> None:
    """The same weights, and no trace of one where none belongs."""
    expect_close(got, wanted, call)
    left = np.asarray(got)[(np.asarray(wanted) == 0) & ~call.arguments[1]]
    expect(not left.any(), f"{call} has the weight {show(left.max(initial=0))} on a hidden place. "
           "It must be exactly 0.")


def _table(rng) -> tuple:
    """Rows with all, some, one or none to attend to; large scores, now and then on hidden ones."""
    T, S = (int(n) for n in rng.integers(1, 7, 2))
    mask = rng.random((T, S)) < rng.choice([0.0, 0.2, 0.6, 1.0], (T, 1))
    scores = rng.normal(0, 3, (T, S)) + rng.choice([0, 0, -3000, 3000], (T, 1))
    return (scores + ~mask * rng.choice([0, 0, 2000, 6000], (T, 1))).round(2), mask


def _filled(fill=-np.inf, hide=lambda mask: mask, last=lambda weights, mask: weights):
    """Softmax, largest score off, of scores with `fill` on hidden places; then a last step."""
    def answer(scores, mask):
        kept = np.where(hide(mask), scores, fill)
        with np.errstate(all="ignore"):
            shares = np.exp(kept - kept.max(axis=1, keepdims=True))
            return last(shares / shares.sum(axis=1, keepdims=True), mask)
    return answer


def _sharing(shares, axis=1):
    """An answer by shares(scores, mask), divided by their sum where that is above 0."""
    def answer(scores, mask):
        with np.errstate(all="ignore"):
            some = shares(scores, mask)
            total = some.sum(axis=axis, keepdims=True)
            return some / np.where(total == 0, 1, total)
    return answer


def _safe_over_queries(scores, mask):
    return safe_weights(scores.T, mask.T).T


def _nan_hidden(scores, mask):
    with np.errstate(all="ignore"):
        shares = np.exp(np.where(mask, scores, -np.inf))
        return np.nan_to_num(shares / shares.sum(axis=1, keepdims=True))


ROWS = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0], [2.0, 2.5, 1.0]])
SEEN = np.array([[True, True, False], [False, False, False], [True, True, True]])
SAFE = Exercise(
    "5.7", "A row with nothing", minutes=6, starred=False,
    hints=("What does softmax make of a row of minus infinities? And of a row in which every score "
           "is -1e9?",
           "0 / 0 is the trouble, and it comes twice: the largest score of nothing, -inf, is taken "
           "off -inf; and the sum of no shares is 0. Put another number in both places.",
           "Hide by np.where(mask, scores, -np.inf), take off each row's largest *allowed* score "
           "(0 if there is none), exp, and divide by the sum, or by 1 where the sum is 0."),
    solution=safe_weights, right=(_safe_row_by_row, _safe_by_logarithms), compare=_expect_weights,
    examples=((ROWS, SEEN), (ROWS + 3000, SEEN), (ROWS - 3000, SEEN), (ROWS, SEEN[[2, 1, 0]]),
              (np.array([[1.0, 5000.0, 2.0]]), SEEN[:1, [0, 2, 1]]),
              (ROWS[:, :2], SEEN[:, :2]), (ROWS[:1], SEEN[1:2]),
              (ROWS[:2] + [[3000], [-3000]], SEEN[[0, 0]])),
    cases=_table,
    mistakes=(
        Mistake(_filled(fill=-1e9), "The row with nothing is uniform: all its scores are the same "
                "-1e9, and softmax makes equal weights of equal scores. It attends to what is "
                "hidden."),
        Mistake(_filled(), "The row with nothing is nan: -inf minus -inf, 0 divided by 0. One such "
                "row spoils everything that is computed from it."),
        Mistake(_filled(hide=lambda mask: mask | True, last=lambda weights, mask: weights * mask),
                "Softmax first, zeros afterwards: what the hidden places had is lost, and the rows "
                "do not sum to 1."),
        Mistake(_sharing(lambda scores, mask: np.exp(scores) * mask), "With scores in the "
                "thousands exp has no number left: inf, or 0 for a whole row. Take each row's "
                "largest allowed score off first."),
        Mistake(_nan_hidden, "np.nan_to_num also hides the nan of scores in the thousands: rows "
                "that have something to attend to are 0 now."),
        Mistake(_sharing(lambda scores, mask: mask * np.exp(
                    scores - scores.max(axis=1, keepdims=True))),
                "You took off the largest of *all* scores of a row. If that one is hidden, nothing "
                "is left of the others: hide first."),
        Mistake(_sharing(lambda scores, mask: np.where(mask, np.exp(scores - scores.max(
                    where=mask, initial=-np.inf)), 0)),
                "You took off the largest score of the whole table. Rows that lie far below are "
                "0 now: take off each row's own."),
        Mistake(lambda scores, mask: safe_weights(scores, ~mask), "Turned round: your weight lies "
                "on what is hidden. True = may attend."),
        Mistake(_filled(fill=0.0), "A hidden score is 0 now, and exp(0) is 1: it still has weight. "
                "-np.inf has none."),
        Mistake(_safe_over_queries, "Your columns sum to 1. Softmax goes along a row, over the "
                "keys: axis=1."),
        Mistake(_filled(last=lambda weights, mask: weights[mask.any(axis=1)]), "The row with "
                "nothing is gone, and those below have moved up. Keep it, with zeros."),
        Mistake(_filled(last=lambda weights, mask: np.where(
                    mask.any(axis=1, keepdims=True), weights, np.eye(*mask.shape))),
                "The row with nothing attends to its own place, which is hidden too. All zeros, "
                "says the docstring."),
        Mistake(_sharing(lambda scores, mask: mask * 1.0), "All that may be seen has the same "
                "weight. The scores must decide."),
    ),
    reread="E · A row with nothing to look at",
    moral="Neither nan nor a look at everything: nothing in, nothing out, and it is said.",
)
