"""Interpolated Kneser-Ney smoothing, with one discount or three, as KenLM computes it.

Kneser and Ney 1995 (the idea: shorter contexts count in how many *different* places a word was
seen); Chen and Goodman 1999, eq. 26 (the three discounts); Heafield et al. 2013 (KenLM).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from helpers.language_models.counts import NgramCounts, checked_order
from helpers.language_models.ngram import NgramLM, share

FALLBACK = (0.5, 1.0, 1.5)      # KenLM's --discount_fallback, for text too small to estimate from


def adjusted_counts(counts: NgramCounts, order: int) -> list[np.ndarray]:
    """Return, per order, float64 (M,): what Kneser-Ney counts instead of occurrences.

    Highest order: occurrences. Below: the number of different words that stand before the n-gram,
    except for n-grams that begin with <s>, before which nothing can stand: occurrences again.
    """
    adjusted = []
    for level, longer in zip(counts.levels[:order - 1], counts.levels[1:order], strict=True):
        different = np.bincount(longer.suffix, minlength=len(level.keys))
        adjusted.append(np.where(level.begins, level.counts, different).astype(float))
    return [*adjusted, counts.levels[order - 1].counts.astype(float)]


def discounts(adjusted: np.ndarray, modified: bool = True) -> tuple[float, float, float] | None:
    """Return what is taken off an adjusted count of 1, of 2, and of 3 or more.

    With n_i = number of n-grams of adjusted count i and Y = n_1 / (n_1 + 2 n_2), the discount of
    count i is i - (i + 1) Y n_{i+1} / n_i (Chen and Goodman 1999, eq. 26); with one discount it is
    Y throughout. None where they cannot be computed: an n_i is zero, or a discount is not
    between 0 and i.
    """
    n = [int((adjusted == i).sum()) for i in range(5)]
    if not modified:
        return (n[1] / (n[1] + 2 * n[2]),) * 3 if n[1] and n[2] else None
    if not (n[1] and n[2] and n[3]):
        return None
    y = n[1] / (n[1] + 2 * n[2])
    found = tuple(i - (i + 1) * y * n[i + 1] / n[i] for i in (1, 2, 3))
    return found if all(0 <= d <= i for i, d in zip((1, 2, 3), found, strict=True)) else None


def kneser_ney(counts: NgramCounts, order: int, modified: bool = True) -> NgramLM:
    """Interpolated Kneser-Ney smoothing of counts; modified=True uses three discounts per order.

    The model's `discounts` holds one triple per order, `fallback_orders` the orders whose text
    was too small to estimate them, where KenLM's fallback 0.5 / 1 / 1.5 stands instead (one
    discount: 0.5). Raises ValueError for an order below 1 or above that of the counts.
    """
    if counts.order < checked_order(order):
        raise ValueError(f"counts up to order {counts.order} for a model of order {order}")
    own, pass_on, used, fallback_orders = [], [], [], []
    for k, adjusted in enumerate(adjusted_counts(counts, order), start=1):
        found = discounts(adjusted, modified)
        if found is None:
            fallback_orders.append(k)
            found = FALLBACK if modified else (FALLBACK[0],) * 3
        used.append(found)
        taken = np.array((0.0, *found))[np.minimum(adjusted, 3).astype(int)]
        taken = np.minimum(taken, adjusted)
        totals = counts.context_totals(adjusted, k)
        own.append(share(adjusted - taken, totals[counts.contexts(k)], 0.0))
        pass_on.append(share(counts.context_totals(taken, k), totals, 1.0))
    return NgramLM(counts, tuple(own), tuple(pass_on), discounts=used,
                   fallback_orders=fallback_orders)


@dataclass(frozen=True)
class KneserNeyLM:
    """From a text to its Kneser-Ney model in one step: `KneserNeyLM(5).fit(sentences)`."""

    order: int = 5
    modified: bool = True

    def __post_init__(self):
        checked_order(self.order)

    def fit(self, sentences: Iterable[list[str]]) -> NgramLM:
        """Count the sentences (lists of tokens, without <s> and </s>) and smooth: the model.

        `<unk>` in the text is the unknown word. Raises ValueError for an empty corpus or a
        reserved token, or for a sentence that is a string.
        """
        return kneser_ney(NgramCounts(sentences, self.order), self.order, self.modified)
