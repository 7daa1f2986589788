"""Skip-gram with negative sampling in compiled loops, for texts of millions of words.

    from helpers.word_vectors import fast
    rows_in, rows_out = fast.train(sentences_of_ids, len(words))

`SkipGram.update` says the same as one equation and is what the notebook trains with. This module
needs numba, which the course itself does not: nothing else imports it. As in the original program,
each pair is learned by itself, and two threads write into the same two tables without waiting for
each other (Hogwild, Recht et al. 2011): now and then one overwrites a step of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from helpers.session import progress_bar
from helpers.word_vectors.skipgram import keep_probabilities, noise_probabilities

try:
    from numba import njit
except ModuleNotFoundError as error:
    raise ImportError("helpers.word_vectors.fast needs numba, which the course itself does not. "
                      "Type: python -m pip install numba==0.68.1") from error

WORDS_AT_ONCE = 20_000      # of one thread, between two moves of the progress bar
MULTIPLY, ADD = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth's MMIX
# Sums may be taken in another order, eight numbers at a time; NaN and infinity stay what they are.
compiled = njit(fastmath={"reassoc", "nsz", "contract", "arcp"}, nogil=True, error_model="numpy")


def train(sentences: Sequence[np.ndarray], size: int, *, d: int = 100, window: int = 5,
          negatives: int = 5, sample: float = 1e-3, rate: float = 0.025, epochs: int = 5,
          workers: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Learn both tables, (rows_in, rows_out), each (size, d) float32.

    sentences: rows of ids from 0 to size - 1, in which each id occurs; leave out words that are
    too rare. Frequent words are thinned out (`keep_probabilities`), then each word's window is
    drawn from 1 to `window`. The rate falls linearly to 0 at the end of the last epoch. With one
    worker the seed decides everything; two overwrite each other by chance.
    The first call takes some seconds more: it compiles. Raises ValueError for ids and settings
    that cannot be.
    """
    words, starts, counts = _text(sentences, size)
    if min(d, window, negatives, epochs, workers) < 1 or not sample > 0 or not rate > 0:
        raise ValueError(f"d={d}, window={window}, negatives={negatives}, epochs={epochs}, "
                         f"workers={workers}: at least 1; sample={sample}, rate={rate}: above 0")
    rng = np.random.default_rng(seed)
    rows_in = ((rng.random((size, d)) - 0.5) / d).astype(np.float32)
    rows_out = np.zeros((size, d), dtype=np.float32)
    chances = keep_probabilities(counts, sample), *alias(noise_probabilities(counts))
    jobs = _jobs(starts, epochs)
    states = rng.integers(2 ** 63, size=(len(jobs), 1), dtype=np.uint64)

    def learn(job: tuple[int, int, int], state: np.ndarray) -> None:
        epoch, first, end = job
        read = (epoch + starts[first:end] / len(words)) / epochs       # share of the whole work
        rates = (rate * (1 - read)).astype(np.float32)
        learn_sentences(words, starts[first:end + 1], rows_in, rows_out, *chances, rates, window,
                        negatives, state)

    with ThreadPoolExecutor(workers) as pool:
        done = pool.map(learn, jobs, states)
        list(progress_bar(done, "skip-gram", total=len(jobs), delay=2))
    return rows_in, rows_out


def _jobs(starts: np.ndarray, epochs: int) -> list[tuple[int, int, int]]:
    """(epoch, first sentence, end) of each piece that one thread does in one go."""
    places = np.arange(0, starts[-1], WORDS_AT_ONCE)
    cuts = np.unique([*starts.searchsorted(places), len(starts) - 1])
    return [(epoch, *piece) for epoch in range(epochs) for piece in pairwise(cuts)]


def _text(sentences: Sequence[np.ndarray], size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All words in a row, where each sentence starts (and the end), how often each id occurs."""
    words = np.concatenate([np.zeros(0, np.int64), *sentences])
    if not len(words) or words.min() < 0 or words.max() >= size:
        seen = f"{words.min()} to {words.max()}" if len(words) else "none"
        raise ValueError(f"ids {seen} for {size} words: give sentences of ids from 0 to "
                         f"{size - 1}, and leave out words that have none")
    starts = np.cumsum([0, *map(len, sentences)])
    return words.astype(np.int32), starts, np.bincount(words, minlength=size)


def alias(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(V,) share, (V,) other: a draw by these probabilities in one step (Walker 1977).

    Draw a word w evenly; keep it with probability share[w], else take other[w].
    """
    share = probabilities * len(probabilities)
    other = np.arange(len(share))
    poor, rich = list(np.flatnonzero(share < 1)), list(np.flatnonzero(share >= 1))
    while poor and rich:
        w, giver = poor.pop(), rich[-1]
        other[w] = giver
        share[giver] -= 1 - share[w]
        if share[giver] < 1:
            poor.append(rich.pop())
    share[poor + rich] = 1            # what is left over differs from 1 by rounding alone
    return share, other


@compiled
def learn_sentences(words, starts, rows_in, rows_out, keep, share, other, rates, window,
                    negatives, state):
    """Thin out each sentence, make its pairs, draw their negatives, take their steps.

    starts (N + 1,): where in `words` each sentence starts; rates (N,); keep, share, other (V,);
    state (1,) uint64, of the random numbers. The tables change in place.
    """
    slopes, moved = np.empty(negatives + 1, np.float32), np.empty(rows_in.shape[1], np.float32)
    others = np.empty(negatives + 1, np.int64)
    kept = np.empty(np.diff(starts).max(), np.int64)
    for sentence in range(len(rates)):
        length = 0
        for i in range(starts[sentence], starts[sentence + 1]):
            if uniform(state) < keep[words[i]]:
                kept[length] = words[i]
                length += 1
        for i in range(length):
            reach = 1 + int(uniform(state) * window)
            for j in range(max(0, i - reach), min(length, i + reach + 1)):
                if j == i:
                    continue
                others[0], count = kept[j], 1
                for _ in range(negatives):
                    place = uniform(state) * len(share)
                    word = int(place)
                    if place - word >= share[word]:
                        word = other[word]
                    if word != kept[j]:               # the context itself is no negative
                        others[count] = word
                        count += 1
                step(kept[i], others[:count], rows_in, rows_out, rates[sentence], slopes, moved)


@compiled
def step(centre, others, rows_in, rows_out, rate, slopes, moved):
    """One step of gradient descent for a pair: `skipgram_step`, in place.

    others: the context, then the negatives. slopes (K + 1,) and moved (d,), float32, are paper to
    calculate on.
    """
    d = rows_in.shape[1]
    for k in range(len(others)):
        word, score = others[k], np.float32(0)
        for i in range(d):
            score += rows_in[centre, i] * rows_out[word, i]
        wanted = np.float32(1) if k == 0 else np.float32(0)
        slopes[k] = rate * (wanted - np.float32(1) / (np.float32(1) + np.exp(-score)))
    for i in range(d):
        moved[i] = 0
    for k in range(len(others)):
        word, slope = others[k], slopes[k]
        for i in range(d):
            moved[i] += slope * rows_out[word, i]
            rows_out[word, i] += slope * rows_in[centre, i]
    for i in range(d):
        rows_in[centre, i] += moved[i]


@compiled
def uniform(state):
    """A random number from 0 to 1, below 1; state (1,) uint64 moves on."""
    state[0] = state[0] * MULTIPLY + ADD
    return (state[0] >> np.uint64(11)) * 2.0 ** -53
