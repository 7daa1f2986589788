"""Exercises 4.5 and 4.6: a loss over many batches, and what the decoder reads in training."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_number


def mean_loss(batches: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """Mean nats per real token of a whole set of texts, which is cut into batches.

    batches: one or more pairs (losses (B, T), lengths (B,)), B and T not always the same. The
    first lengths[b] losses of row b are real, 1 or more; behind them stand any numbers.
    """
    nats, tokens = 0.0, 0
    for losses, lengths in batches:
        for row, length in zip(losses, lengths, strict=True):
            nats += row[:length].sum()
            tokens += length
    return float(nats / tokens)


def _mean_of_all_in_one(batches):
    real = [row[:n] for losses, lengths in batches for row, n in zip(losses, lengths, strict=True)]
    return np.concatenate(real).mean()


def _mean_by_masks(batches):
    masks = [np.arange(losses.shape[1]) < lengths[:, None] for losses, lengths in batches]
    nats = sum((losses * real).sum() for (losses, _), real in zip(batches, masks, strict=True))
    return nats / sum(real.sum() for real in masks)


def _batch(rng, lengths, wider=0) -> tuple[np.ndarray, np.ndarray]:
    """Losses of a row for each length, some of them 0, with anything in the padding."""
    lengths = np.array(lengths)
    losses = rng.exponential(rng.choice([0.5, 4.0]), (len(lengths), max(lengths) + wider))
    losses[rng.random(losses.shape) < 0.15] = 0.0
    padding = np.arange(losses.shape[1]) >= lengths[:, None]
    losses[padding] = rng.choice([0.0, 0.0, 7.0, -3.0, 100.0])
    return losses.round(2), lengths


def _batches(rng) -> tuple:
    sizes = rng.integers(1, 6, rng.integers(1, 8))
    return ([_batch(rng, rng.integers(1, 7, B), int(rng.integers(3))) for B in sizes],)


def _real(losses, lengths):
    return np.arange(losses.shape[1]) < lengths[:, None]


def _each(value, weight):
    """The mean over batches of value(losses, real), each batch counted by weight(losses, real)."""
    def answer(batches):
        pairs = [(losses, _real(losses, lengths)) for losses, lengths in batches]
        return sum(value(*pair) * weight(*pair) for pair in pairs) / sum(
            weight(*pair) for pair in pairs)
    return answer


def _total(above, below):
    """Sum of above(losses, real) over the batches, divided by that of below(losses, real)."""
    return _each(lambda losses, real: above(losses, real) / below(losses, real),
                 lambda losses, real: below(losses, real))


def _row_mean(losses, real):
    return ((losses * real).sum(axis=1) / real.sum(axis=1)).mean()


def _nats(losses, real):
    return losses[real].sum()


def _tokens(losses, real):
    return real.sum()


def _moved(more):
    return lambda batches: mean_loss([(losses, np.clip(lengths + more, 0, losses.shape[1]))
                                      for losses, lengths in batches])


def _one(place):
    return lambda batches: mean_loss([batches[place]])


def _without_the_first(batches):
    return mean_loss([(losses[:, 1:], lengths - 1) for losses, lengths in batches])


MEAN = Exercise(
    "4.5", "The mean of what?", minutes=6, starred=False,
    hints=("A text of one token and a text of nine: should both count the same?",
           "Every real token counts once, in whatever row and batch it stands. Two numbers have to "
           "be kept over all batches.",
           "Add up the nats of the real tokens, row[:length].sum(), and their number, `length`. "
           "Divide once, at the very end."),
    solution=mean_loss, right=(_mean_of_all_in_one, _mean_by_masks), compare=expect_number,
    examples=(([_batch(np.random.default_rng(1), [4, 1])],),
              ([_batch(np.random.default_rng(3), [3, 3, 1], 1),
                _batch(np.random.default_rng(4), [5])],),
              ([_batch(np.random.default_rng(5), [2, 6]), _batch(np.random.default_rng(6), [1, 1]),
                _batch(np.random.default_rng(8), [3, 2, 4, 1])],)),
    cases=_batches,
    mistakes=(
        Mistake(_each(lambda losses, real: losses[real].mean(), lambda losses, real: 1),
                "You averaged the means of the batches. A small batch with few tokens then counts "
                "as much as a large one. Divide once, at the end."),
        Mistake(_each(_row_mean, lambda losses, real: len(real)), "You averaged the means of the "
                "rows: the one token of a short text counts as much as all tokens of a long one."),
        Mistake(_each(_row_mean, lambda losses, real: 1), "You averaged twice, over rows and then "
                "over batches. Every token must count the same: sum first, divide once."),
        Mistake(_each(lambda losses, real: losses[real].mean(), lambda losses, real: len(real)),
                "Each batch counts by its number of rows. It is the number of real tokens that "
                "should count."),
        Mistake(_total(lambda losses, real: losses.sum(), lambda losses, real: losses.size),
                "You took the mean over all places, padding too."),
        Mistake(_each(lambda losses, real: losses.mean(), lambda losses, real: 1), "You averaged "
                "all places of each batch, padding too, and then the batches."),
        Mistake(_total(lambda losses, real: losses.sum(), _tokens), "The number of tokens is "
                "right, but the sum holds the padding too."),
        Mistake(_total(_nats, lambda losses, real: losses.size), "The sum is right, but you "
                "divide by all places, padding too. Only sum(lengths) of them are real."),
        Mistake(_total(_nats, lambda losses, real: len(real)), "You divided by the number of "
                "rows. That is nats per text; wanted are nats per token."),
        Mistake(_each(_nats, lambda losses, real: 1), "You divided by the number of batches, "
                "which says nothing about the texts."),
        Mistake(lambda batches: mean_loss(batches) * sum(n.sum() for _, n in batches), "That is "
                "the sum. Divide by the number of real tokens."),
        Mistake(_total(_nats, lambda losses, real: max(1, np.count_nonzero(losses[real]))),
                "A real token may cost 0 nats. Count by `lengths`, not by what is not 0."),
        Mistake(_total(lambda losses, real: losses.sum(),
                       lambda losses, real: max(1, np.count_nonzero(losses))),
                "You took 0 for padding and everything else for a token. Go by `lengths`: padding "
                "may hold any number, and a real token may cost 0."),
        Mistake(_one(0), "Only the first batch came in. Add up over all of them."),
        Mistake(_one(-1), "Only the last batch came in. Sums begin at 0 before the loop over the "
                "batches, not within it."),
        Mistake(_moved(1), "One place too many in each row: the real ones are 0 to length - 1."),
        Mistake(_without_the_first, "The first token of each row is left out."),
        Mistake(lambda batches: np.exp(mean_loss(batches)), "That is the perplexity. The loss is "
                "its logarithm."),
    ),
    reread="A · Padding, three times",
    moral="Sum over sum: the loss must not depend on how the texts were cut into batches.",
)


def read_and_wanted(ids: list[list[int]], start: int, stop: int, pad: int,
                    width: int) -> tuple[np.ndarray, np.ndarray]:
    """What the decoder reads and what it should say, place by place: two int arrays (B, width).

    ids: a row of word ids for each target text, perhaps empty. start, stop, pad: the ids of the
    marks. ValueError if a row does not fit into `width` together with its mark.
    The bug: read = wanted = [[*row, stop] + [pad] * (width - len(row) - 1) for row in ids]
    """
    read, wanted = np.full((2, len(ids), width), pad)
    for i, row in enumerate(ids):
        n = len(row) + 1
        if n > width:
            raise ValueError(f"row {i} and its mark are {n} ids, too many for width={width}")
        read[i, :n] = [start, *row]
        wanted[i, :n] = [*row, stop]
    return read, wanted


def _shifted(ids, start, stop, pad, width):
    """One array, one longer: without its last place it is read, without its first wanted."""
    if max(len(row) for row in ids) >= width:
        raise ValueError("too narrow")
    whole = np.array([[start, *row, stop, *[pad] * (width - len(row) - 1)] for row in ids])
    read = whole[:, :-1].copy()
    read[read == stop] = pad
    return read, whole[:, 1:]


def _by_lists(ids, start, stop, pad, width):
    def filled(row):
        if len(row) > width:
            raise ValueError(f"{len(row)} ids for width={width}")
        return row + [pad] * (width - len(row))
    return [filled([start] + row) for row in ids], [filled(row + [stop]) for row in ids]


def _texts(rng) -> tuple:
    """Rows of different lengths, some empty, in a rectangle that is wide, just enough, or not."""
    start, stop, pad, *words = (int(id) for id in rng.permutation(9))
    if rng.random() < 0.5:
        pad, start, stop, *words = range(9)
    rows = [[int(id) for id in rng.choice(words, rng.integers(0, 6))]
            for _ in range(rng.integers(1, 8))]
    longest = max(map(len, rows))
    return rows, start, stop, pad, max(1, longest + int(rng.choice([1, 1, 2, 4, 0, -1])))


def _rows(read, wanted, fill="pad", cut=False):
    """An answer whose rows are read(row, start, stop) and wanted(row, start, stop).

    They are cut where they are too long. fill: the mark behind them. cut: what does not fit is
    cut off in silence.
    """
    def answer(ids, start, stop, pad, width):
        if not cut:
            read_and_wanted(ids, start, stop, pad, width)
        mark = {"pad": pad, "stop": stop, "zero": 0}[fill]
        return tuple(np.array([(rule(row, start, stop) + [mark] * width)[:width] for row in ids])
                     for rule in (read, wanted))
    return answer


def _read(row, start, stop):
    return [start, *row]


def _wanted(row, start, stop):
    return [*row, stop]


def _arranged(arrange):
    """arrange(read, wanted, lengths with the mark, pad)."""
    def answer(ids, start, stop, pad, width):
        read, wanted = read_and_wanted(ids, start, stop, pad, width)
        return arrange(read, wanted, [len(row) + 1 for row in ids], pad)
    return answer


def _to_the_right(rows, lengths):
    return np.array([np.roll(row, len(row) - n) for row, n in zip(rows, lengths, strict=True)])


EXAMPLES = (([[5, 3, 4], [6]], 1, 2, 0, 4), ([[5, 3], [], [3]], 1, 2, 0, 5),
            ([[3, 7, 7], [4, 3]], 8, 5, 9, 6), ([[4]], 2, 3, 1, 2),
            ([[5, 3, 4], [6]], 1, 2, 0, 3), ([[6], [5, 3, 4]], 1, 2, 0, 2))
SHIFT = Exercise(
    "4.6", "A decoder that sees its target", minutes=8, starred=False,
    hints=("At its first place the decoder should say y_1. Which id may it have read by then? "
           "Certainly not y_1.",
           "Read is one place behind: start, y_1, y_2, ... Wanted is y_1, y_2, ..., and the last "
           "thing wanted is that it stops.",
           "[start, *row] and [*row, stop] are equally long, len(row) + 1. If that is more than "
           "`width`: raise ValueError(\"...\"); else fill up with `pad` behind."),
    solution=read_and_wanted, right=(_shifted, _by_lists), compare=expect_close,
    parts=("read", "wanted"), examples=EXAMPLES, cases=_texts,
    mistakes=(
        Mistake(_rows(_wanted, _wanted), "That is the bug: at each place the decoder reads the "
                "very id that it should say. It will learn to copy, and nothing else."),
        Mistake(_rows(_read, _read), "Read and wanted are the same, so the decoder copies what it "
                "reads. What is wanted comes one place earlier, and ends with `stop`."),
        Mistake(_rows(lambda row, start, stop: row, _wanted), "`start` is missing, so the decoder "
                "reads y_1 where it should say y_1: it sees its target."),
        Mistake(_rows(_read, lambda row, start, stop: row), "`stop` is never wanted, so the "
                "decoder will never learn to end a text."),
        Mistake(_rows(_wanted, _read), "The two are exchanged. Read comes first, and begins "
                "with `start`; wanted ends with `stop`."),
        Mistake(_rows(lambda row, start, stop: [start, *row, stop], _wanted), "The decoder reads "
                "`stop`. There is nothing to say after it: read ends with the last word."),
        Mistake(_rows(_read, lambda row, start, stop: [start, *row, stop]), "`start` is wanted, "
                "but nobody has to say it: it is given."),
        Mistake(_rows(lambda row, start, stop: [start, start, *row][:len(row) + 1], _wanted),
                "Shifted by two: the decoder should know the word just before. One `start` is "
                "enough."),
        Mistake(_rows(_read, _wanted, fill="zero"), "The padding is 0. Fill up with the id that "
                "is handed in as `pad`."),
        Mistake(_rows(_read, _wanted, fill="stop"), "You fill up with `stop`. Behind its end a "
                "text has nothing but `pad`."),
        Mistake(_rows(_read, _wanted, cut=True), "A row that does not fit was cut off in silence, "
                "and with it words, or the mark at its end. Raise a ValueError."),
        Mistake(_arranged(lambda read, wanted, lengths, pad: (
                    _to_the_right(read, lengths), _to_the_right(wanted, lengths))),
                "The padding stands in front. It belongs behind the text."),
        Mistake(_arranged(lambda read, wanted, lengths, pad: (
                    read, np.array([[*row[:n - 1], *row[n:], row[n - 1]] for row, n in zip(
                        wanted, lengths, strict=True)]))),
                "`stop` stands at the far end, behind the padding. It belongs right behind the "
                "last word."),
        Mistake(_arranged(lambda read, wanted, lengths, pad: (
                    read[:, :max(lengths)], wanted[:, :max(lengths)])),
                "Your arrays are as wide as the longest row. The width is handed in: `width`."),
    ),
    reread="B · What the decoder reads",
    moral="One place apart: what is read at a place was wanted at the place before.",
)
