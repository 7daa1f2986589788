"""Skip-gram and CBOW with negative sampling (Mikolov et al. 2013): the equation, and the update.

Two tables: `rows_in` (V, d), the vectors one keeps, and `rows_out` (V, d), what they are compared
with. A pair (centre, context) that stood in the text should score high, the centre with a word
drawn at random low. The score is a dot product; sigmoid makes a probability of it.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def log_sigmoid(x: np.ndarray) -> np.ndarray:
    """log of 1 / (1 + e^-x), elementwise, without overflow at x = -1000 (where it is -1000)."""
    return -np.logaddexp(0, -np.asarray(x, dtype=np.float64))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x), elementwise, without overflow."""
    return np.exp(log_sigmoid(x))


def skipgram_step(centre: np.ndarray, context: np.ndarray, negatives: np.ndarray
                  ) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Loss and gradients of one pair: -log s(c·o) - sum over n of log s(-c·n), in nats.

    centre (d,): a row of rows_in; context (d,), negatives (K, d): rows of rows_out. Returns (loss,
    gradient for centre (d,), for context (d,), for negatives (K, d)).
    """
    good, bad = context @ centre, negatives @ centre                    # (), (K,)
    loss = -log_sigmoid(good) - log_sigmoid(-bad).sum()
    error, errors = sigmoid(good) - 1, sigmoid(bad)                     # (), (K,)
    return (float(loss), error * context + errors @ negatives, error * centre,
            errors[:, None] * centre)


def cbow_step(around: np.ndarray, centre: np.ndarray, negatives: np.ndarray
              ) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """The same with the roles changed: the *mean* of the words around predicts the centre.

    around (C, d): rows of rows_in; centre (d,), negatives (K, d): rows of rows_out. Returns
    (loss, gradient for around (C, d), for centre, for negatives).
    """
    loss, for_mean, for_centre, for_negatives = skipgram_step(around.mean(axis=0), centre,
                                                              negatives)
    return loss, np.tile(for_mean / len(around), (len(around), 1)), for_centre, for_negatives


def keep_probabilities(counts: np.ndarray, sample: float = 1e-3) -> np.ndarray:
    """(V,): how likely a word is kept when frequent words are thinned out (subsampling).

    sqrt(sample / f) + sample / f, at most 1, with f the word's share of the text: the formula of
    the original program (the paper's has no second term).
    """
    share = _positive(counts) / counts.sum()
    return np.minimum(1, np.sqrt(sample / share) + sample / share)


def noise_probabilities(counts: np.ndarray, power: float = 0.75) -> np.ndarray:
    """(V,), sums to 1: how likely each word is drawn as a negative, count^0.75 by default."""
    weights = _positive(counts) ** power
    return weights / weights.sum()


def _positive(counts: np.ndarray) -> np.ndarray:
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 1 or not len(counts) or (counts <= 0).any():
        raise ValueError("each word of the vocabulary needs a count above 0")
    return counts


def pairs(sentence: np.ndarray, window: int, rng: np.random.Generator) -> np.ndarray:
    """(N, 2) int: each (centre, context) of a sentence of ids, the window shrunk at random.

    A word's window is drawn from 1 to `window`, so that near words are read more often.
    """
    found = []
    for place, (centre, reach) in enumerate(zip(sentence, rng.integers(
            1, window + 1, len(sentence)), strict=True)):
        near = [*range(max(0, place - reach), place), *range(place + 1, place + reach + 1)]
        found += [(centre, sentence[other]) for other in near if other < len(sentence)]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


class SkipGram:
    """Both tables, and one update for many pairs at once: what the equation says, no more.

    rows_in starts small and random, rows_out at 0. dtype float32.
    """

    def __init__(self, size: int, d: int, *, seed: int = 0) -> None:
        if size < 2 or d < 1:
            raise ValueError(f"{size} words, {d} numbers each: at least 2 and 1")
        generator = torch.Generator().manual_seed(seed)
        self.rows_in = (torch.rand(size, d, generator=generator) - 0.5) / d
        self.rows_out = torch.zeros(size, d)

    def update(self, centres: Tensor, contexts: Tensor, negatives: Tensor, rate: float) -> float:
        """One step of gradient descent; returns the mean loss per pair before it, in nats.

        centres, contexts (N,), negatives (N, K), int. A negative that is the context itself is
        left out. Steps of the same row add up, so a rate that suits one pair at a time may be
        too large for a batch full of one word.
        """
        others = torch.cat([contexts[:, None], negatives], dim=1)       # (N, 1 + K)
        c, o = self.rows_in[centres], self.rows_out[others]             # (N, d), (N, 1 + K, d)
        scores = (o @ c[:, :, None])[:, :, 0]                           # (N, 1 + K)
        wanted = torch.zeros_like(scores)
        wanted[:, 0] = 1
        error = wanted - scores.sigmoid()                               # minus the slope
        counted = torch.ones_like(error)
        counted[:, 1:] = (negatives != contexts[:, None]).float()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            scores, wanted, weight=counted, reduction="sum") / len(centres)
        step = rate * error * counted
        self.rows_in.index_add_(0, centres, (step[:, None] @ o)[:, 0])
        self.rows_out.index_add_(0, others.flatten(),
                                 (step[:, :, None] * c[:, None]).flatten(0, 1))
        return float(loss)
