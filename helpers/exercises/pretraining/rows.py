"""Exercise 7.7: the row that speaks for a text in a causal model."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def last_real(rows: np.ndarray, real: np.ndarray) -> np.ndarray:
    """The row of the last real token of each text: (B, d).

    rows: (B, T, d). real: bool (B, T), True where a token of the text stands; the text is in one
    piece, with its padding all on the left or all on the right, or without any.
    """
    back = real[:, ::-1].argmax(axis=1)
    return rows[np.arange(len(rows)), real.shape[1] - 1 - back]


def _last_by_places(rows, real):
    """The largest place that is real."""
    last = np.where(real, np.arange(real.shape[1]), -1).max(axis=1)
    return np.take_along_axis(rows, last[:, None, None], axis=1)[:, 0]


def _last_text_by_text(rows, real):
    return np.array([text[mine][-1] for text, mine in zip(rows, real, strict=True)])


def _batch(rng) -> tuple:
    """Texts of any length, each padded on one of its sides; rows of padding are no zeros."""
    B, T, d = (int(n) for n in rng.integers(1, [6, 8, 5]))
    real = np.zeros((B, T), bool)
    for row, n in zip(real, rng.integers(1, T + 1, B), strict=True):
        row[slice(0, n) if rng.random() < 0.5 else slice(T - n, T)] = True
    return rng.normal(0, 2, (B, T, d)).round(2), real


def _at(places):
    """An answer that takes the row at places(real), int (B,)."""
    return lambda rows, real: rows[np.arange(len(rows)), places(real)]


def _last_place(real):
    return real.shape[1] - 1 - real[:, ::-1].argmax(axis=1)


def _mean_of_real(rows, real):
    return np.array([text[mine].mean(axis=0) for text, mine in zip(rows, real, strict=True)])


ROWS = np.arange(48.0).reshape(3, 8, 2) ** 1.5 % 10
REAL = np.array([[1, 1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1]]) == 1
LAST = Exercise(
    "7.7", "The last real row", minutes=8, starred=False,
    hints=("Write `real` of two texts as 1 and 0, one padded on the left, one on the right. At "
           "which places are their last ones?",
           "The number of real tokens is not the place: left padding pushes the text to the "
           "right. Look for the first True from behind.",
           "real[:, ::-1].argmax(axis=1) is how far the last True is from the end; the place is T "
           "- 1 less that; then rows[np.arange(B), place]."),
    solution=last_real, right=(_last_by_places, _last_text_by_text), compare=expect_close,
    cases=_batch,
    examples=((ROWS[:1], REAL[:1]), (ROWS[1:2], REAL[1:2]), (ROWS[2:], REAL[2:]), (ROWS, REAL),
              (ROWS[:2, 2:5], REAL[:2, 2:5]), (ROWS[:1, :1], REAL[:1, :1])),
    mistakes=(
        Mistake(lambda rows, real: rows[:, -1], "You took the last place of the batch. There "
                "stands padding where a text is padded on the right."),
        Mistake(_at(lambda real: real.sum(axis=1) - 1), "You counted the real tokens. With padding "
                "on the left the text stands further to the right than its length."),
        Mistake(_at(lambda real: real.sum(axis=1).clip(max=real.shape[1] - 1)), "That is the place "
                "behind as many tokens as the text has. Places count from 0, and padding on the "
                "left pushes them on."),
        Mistake(lambda rows, real: rows[:, 0], "The first place speaks with you. In a causal model "
                "it has seen nothing of the rest."),
        Mistake(_at(lambda real: real.argmax(axis=1)), "You took the first real token. In a causal "
                "model it has seen nothing of the rest: take the last one."),
        Mistake(_at(lambda real: (_last_place(real) + 1).clip(max=real.shape[1] - 1)), "One too "
                "far: where padding follows, you took its first row."),
        Mistake(_at(lambda real: (_last_place(real) - 1).clip(0)), "One too early: the last token "
                "of the text is not seen by the row before it."),
        Mistake(lambda rows, real: rows[:, np.flatnonzero(real.any(axis=0))[-1]], "One place for "
                "all texts: where the longest ends. Each text ends at a place of its own."),
        Mistake(_mean_of_real, "That is the mean of all real rows. It may serve, but asked for is "
                "the one that saw all the others."),
        Mistake(lambda rows, real: np.array([text[mine].max(axis=0) for text, mine in zip(
                    rows, real, strict=True)]), "You took the largest number of each column. "
                "Asked for is one row as it is."),
        Mistake(lambda rows, real: rows.mean(axis=1), "Your mean has padding in it. Asked for is "
                "one row, that of the last real token."),
    ),
    reread="D · Which row speaks for the sentence",
    moral="Ask `real` where a text ends: neither its length nor the width of the batch knows.",
)
