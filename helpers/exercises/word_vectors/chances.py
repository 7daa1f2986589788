"""Exercises 2.5 and 2.10: what a count is worth, and how often a word is kept and drawn."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_number


def ppmi_of(counts: np.ndarray, word: int, neighbour: int) -> float:
    """How much more often than by chance the two stood together: positive PMI, in nats.

    counts: (V, V), whole numbers: a row for each word, a column for each neighbour; rows and
    columns need not have the same totals. By chance a cell would have the share of its row times
    the share of its column. 0 where that is not reached, and for a cell of 0, also if the whole
    row or column is 0: never nan. Some cell is above 0.
    """
    if counts[word, neighbour] == 0:
        return 0.0
    total = counts.sum()
    by_chance = counts[word].sum() / total * counts[:, neighbour].sum() / total
    return max(0.0, float(np.log(counts[word, neighbour] / total / by_chance)))


def _ppmi_by_logarithms(counts, word, neighbour):
    here, row, column = counts[word, neighbour], counts[word].sum(), counts[:, neighbour].sum()
    if here * counts.sum() <= row * column:
        return 0
    return np.log(here) + np.log(counts.sum()) - np.log(row) - np.log(column)


def _ppmi_of_all(counts, word, neighbour):
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    expected = np.maximum(rows @ columns / counts.sum(), 1e-12)
    return np.log(np.maximum(counts / expected, 1))[word, neighbour]


def _table(rng) -> tuple:
    """A cell of any kind: often 0, much, little; a row or a column may be empty."""
    V = int(rng.integers(2, 10))
    counts = rng.poisson(rng.exponential(rng.choice([1.0, 4.0, 80.0]), (V, V)))
    word, neighbour = (int(i) for i in rng.integers(0, V, 2))
    if rng.random() < 0.2:
        counts[word] = 0
    if rng.random() < 0.2:
        counts[:, neighbour] = 0
    elif rng.random() < 0.5:
        counts[word, neighbour] += 1 + counts.max()
    return (counts, word, neighbour) if counts.any() else _table(rng)


def _weighing(chance=lambda counts, w, n: counts[w].sum() * counts[:, n].sum() / counts.sum() ** 2,
              share=lambda counts, w, n: counts[w, n] / counts.sum(), log=np.log,
              cut=lambda x: max(0.0, x), empty=lambda counts, w, n: counts[w, n] == 0):
    """An answer with another chance, share, logarithm or cut, or with other cells taken for 0."""
    def answer(counts, word, neighbour):
        if empty(counts, word, neighbour):
            return 0.0
        with np.errstate(all="ignore"):
            more = np.divide(share(counts, word, neighbour), chance(counts, word, neighbour))
            return float(cut(log(more)))
    return answer


def _as_if_one_more(counts, word, neighbour):
    return ppmi_of(counts + 1, word, neighbour)


CELLS = np.array([[0, 12, 3, 0], [9, 1, 4, 0], [2, 6, 2, 0], [0, 0, 0, 0]])
CELL = Exercise(
    "2.5", "PPMI of a cell", minutes=8, starred=False,
    hints=("Twelve times is much for two rare words and little for two frequent ones. How often "
           "would they stand together if each went its own way?",
           "By chance: the share of the row in all counts, times the share of the column. Compare "
           "it with the share of the cell, as a quotient, and take the logarithm. A cell of 0 is "
           "asked about first.",
           "np.log(cell / total / (row.sum() / total * column.sum() / total)), at least 0; with "
           "row = counts[word] and column = counts[:, neighbour]."),
    solution=ppmi_of, right=(_ppmi_by_logarithms, _ppmi_of_all), compare=expect_number,
    cases=_table,
    examples=((CELLS, 0, 1), (CELLS, 1, 0), (CELLS, 1, 1), (CELLS, 2, 2), (CELLS, 0, 0),
              (CELLS, 3, 3), (CELLS, 3, 1), (CELLS.T, 0, 1), (CELLS * 50, 1, 2), (CELLS, 2, 1),
              (np.array([[9, 0], [0, 5]]), 0, 0)),
    mistakes=(
        Mistake(_weighing(log=np.log2), "These are bits. np.log gives nats."),
        Mistake(_weighing(cut=lambda x: x), "A cell below chance is negative here. Positive PMI "
                "cuts it off: at least 0."),
        Mistake(_weighing(cut=abs), "A cell below chance came out as if it were above. Cut it off "
                "at 0 instead of taking off the sign."),
        Mistake(_weighing(log=lambda x: x), "That is how many times more often than by chance. "
                "Its logarithm is asked for."),
        Mistake(_weighing(lambda counts, w, n: counts[w].sum() * counts[n].sum()
                          / counts.sum() ** 2), "You took two rows. The neighbour's total stands "
                "in its *column*."),
        Mistake(_weighing(lambda counts, w, n: counts[:, w].sum() * counts[n].sum()
                          / counts.sum() ** 2), "Rows and columns are exchanged: a row for each "
                "word, a column for each neighbour."),
        Mistake(lambda counts, word, neighbour: ppmi_of(counts, neighbour, word), "That is the "
                "other cell, counts[neighbour, word]. The word is the row."),
        Mistake(_weighing(share=lambda counts, w, n: counts[w, n] / max(counts[w].sum(), 1)),
                "You divided the cell by the total of its *row*, and compared that with a share "
                "of all counts. Both must be shares of the same whole."),
        Mistake(_weighing(lambda counts, w, n: counts[w].sum() * counts[:, n].sum(),
                          share=lambda counts, w, n: counts[w, n]), "A count over a product of "
                "counts: the total is missing. Make shares of all three."),
        Mistake(_weighing(lambda counts, w, n: 1 / counts.size), "By chance is not *each cell as "
                "often as the other*: frequent words meet more often. Row and column decide."),
        Mistake(_weighing(empty=lambda counts, w, n: False, cut=lambda x: np.maximum(0, x)),
                "An empty row or column gives 0 / 0, which is nan, and np.maximum lets nan "
                "through. Ask first whether the cell is 0."),
        Mistake(_weighing(empty=lambda counts, w, n: not counts[w].any() or not
                          counts[:, n].any(), cut=lambda x: x), "Empty rows and columns are seen "
                "to, but what is below chance is not cut off, and a single cell of 0 gives -inf."),
        Mistake(_as_if_one_more, "You added 1 to each count. That is another method: here a cell "
                "of 0 simply gives 0."),
    ),
    reread="B · Counts as vectors",
    moral="Not how often, but how much more often than by chance.",
)


def thin_and_draw(counts: np.ndarray, sample: float, power: float
                  ) -> tuple[np.ndarray, np.ndarray]:
    """(keep, noise): how likely each word is kept when it comes, and drawn as a negative.

    keep: sqrt(sample / f) + sample / f, where f is the word's share of the text, but never above
    1. noise: in proportion to count ** power, of the whole text, before words were thinned out;
    it sums to 1. A word that never came has keep 1 and noise 0.
    counts: (V,), whole numbers, one of them above 0. sample: above 0. power: 0 or more.
    """
    seen = counts > 0
    keep, noise = np.ones(len(counts)), np.zeros(len(counts))
    ratio = sample / (counts[seen] / counts.sum())
    keep[seen] = np.minimum(1, np.sqrt(ratio) + ratio)
    noise[seen] = counts[seen] ** power
    return keep, noise / noise.sum()


def _word_by_word(counts, sample, power):
    total = sum(int(n) for n in counts)
    weights = [float(n) ** power if n else 0.0 for n in counts]
    keep = [min(1.0, (sample * total / n) ** 0.5 + sample * total / n) if n else 1.0
            for n in counts]
    return keep, [weight / sum(weights) for weight in weights]


def _by_logs(counts, sample, power):
    with np.errstate(all="ignore"):
        logs = np.log(counts / counts.sum())
        weights = np.where(counts > 0, np.exp(power * logs), 0)
        root = np.exp((np.log(sample) - logs) / 2)
    return np.where(root + root ** 2 < 1, root + root ** 2, 1), weights / weights.sum()


def _counts(rng) -> tuple:
    """A few words of all frequencies, some never seen; a short text or a long one."""
    counts = np.floor(np.exp(rng.uniform(0, rng.choice([3, 9]), rng.integers(1, 8)))).astype(int)
    counts[rng.random(len(counts)) < 0.2] = 0
    counts[rng.integers(len(counts))] += 1 + int(rng.choice([0, 50]))
    return counts, float(rng.choice([1e-3, 1e-2, 0.05])), float(rng.choice([0, 0.5, 0.75, 1, 2]))


def _weights(counts, sample, power):
    return np.where(counts > 0, np.maximum(counts, 1) ** power, 0.0)


def _both(keep=lambda counts, sample: thin_and_draw(counts, sample, 1)[0],
          noise=_weights, sums=lambda weights: weights / weights.sum()):
    """An answer with other chances to be kept, other weights, or another way to make them sum."""
    def answer(counts, sample, power):
        with np.errstate(all="ignore"):
            return keep(counts, sample), sums(noise(counts, sample, power))
    return answer


def _kept(formula, most=1.0, never=1.0):
    """Chances by formula(f, sample), f the share."""
    def keep(counts, sample):
        found = np.minimum(most, formula(counts / counts.sum(), sample))
        return found if never is None else np.where(counts > 0, found, never)
    return _both(keep)


def _root(f, sample):
    return np.sqrt(sample / f) + sample / f


def _thinned(counts, sample, power):
    kept = counts * thin_and_draw(counts, sample, 1)[0]
    return np.where(counts > 0, np.maximum(kept, 1e-300) ** power, 0)


def _of_counts(counts, sample):
    return np.where(counts > 0, np.minimum(1, _root(np.maximum(counts, 1), sample)), 1)


TEXT = np.array([900, 60, 25, 12, 0, 3])
CHANCES = Exercise(
    "2.10", "Thinned out", minutes=8, starred=False,
    hints=("The formula wants a share, and you have counts. What does it give for a very rare "
           "word? And what are 0 / 0 and 0 ** 0?",
           "Treat the words that came apart from those that never did: start with keep = ones and "
           "noise = zeros, and fill in where counts > 0. The power is taken before the sum.",
           "ratio = sample / f; keep[seen] = np.minimum(1, np.sqrt(ratio) + ratio); noise[seen] = "
           "counts[seen] ** power, then noise / noise.sum()."),
    solution=thin_and_draw, right=(_word_by_word, _by_logs), compare=expect_close,
    parts=("keep", "noise"), cases=_counts,
    examples=((TEXT, 0.01, 0.75), (TEXT, 0.001, 0.0), (TEXT, 0.05, 1.0),
              (np.array([40, 7, 2]), 0.05, 0.75), (np.array([5, 0]), 0.01, 2.0),
              (np.array([3000, 800, 90, 0, 0, 11, 4]), 0.001, 0.5)),
    mistakes=(
        Mistake(_kept(_root, most=np.inf), "A chance above 1 is none: a rare word is kept for "
                "certain. Cut at 1."),
        Mistake(_kept(lambda f, sample: np.sqrt(sample / f)), "The second term is missing: "
                "sqrt(sample / f) + sample / f."),
        Mistake(_kept(lambda f, sample: 1 - np.minimum(1, _root(f, sample)), never=0.0), "That is "
                "how likely a word is thrown *away*. Asked for is how likely it is kept."),
        Mistake(_kept(lambda f, sample: np.sqrt(f / sample) + f / sample), "sample / f is turned "
                "round: so the frequent words stay and the rare ones go."),
        Mistake(_kept(_root, never=0.0), "A word that never came is kept with chance 1, says the "
                "task: there is nothing to thin out."),
        Mistake(_both(_of_counts), "The formula wants the word's *share* of the text. "
                "You gave it the count."),
        Mistake(_kept(lambda f, sample: _root(f / f.max(), sample)), "You measured against the "
                "most frequent word. f is a share of the whole text."),
        Mistake(_both(noise=lambda counts, sample, power: (counts / 1) ** power), "0 ** 0 is 1, so "
                "with the power 0 a word that never came is drawn as well. Its noise is 0, "
                "whatever the power is."),
        Mistake(_both(noise=lambda counts, sample, power: np.maximum(counts, 1.0) ** power), "A "
                "word that never came is drawn as if it had come once. Its noise is 0."),
        Mistake(_both(noise=_thinned), "You drew from what is left after thinning out. The "
                "negatives come from the counts of the whole text."),
        Mistake(_both(noise=lambda counts, sample, power: np.where(counts > 0, counts, 0.0)),
                "The power is missing: that is each word's share of the text."),
        Mistake(_both(noise=lambda counts, sample, power: _weights(counts, sample, power)
                      / counts.sum() ** power, sums=lambda weights: weights), "Shares first and "
                "the power afterwards: these do not sum to 1. Take the power, then divide by the "
                "sum."),
        Mistake(_both(sums=lambda weights: weights), "These are weights. Divide "
                "them by their sum: noise is a row of probabilities."),
        Mistake(_both(noise=lambda counts, sample, power: np.where(
                    counts > 0, np.maximum(counts, 1) ** -float(power), 0)), "The power is turned "
                "round: the rare words are drawn most."),
        Mistake(lambda *given: thin_and_draw(*given)[::-1], "Both are right, in the wrong order: "
                "first keep, then noise."),
    ),
    reread="C · Where the negatives come from",
    moral="Frequent words are thinned out, and drawn less than their share: twice the same wish, "
          "that rare words get a say.",
)
