"""Maximum likelihood, add-k and interpolation: what to do with an n-gram that was never seen.

Count once (NgramCounts), smooth many ways: each function turns the same counts into an NgramLM.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from helpers.language_models.counts import BOS_ID, NgramCounts, shifted
from helpers.language_models.ngram import NgramLM, share


def _check_order(counts: NgramCounts, order: int) -> None:
    if not 1 <= order <= counts.order:
        raise ValueError(f"order={order}, but the text was counted up to order {counts.order}")


def relative_frequencies(counts: NgramCounts, order: int, added: float = 0.0) -> np.ndarray:
    """Return float64 (M + 1,): count / (count of the context + added); 0 for "not seen"."""
    raw = counts.levels[order - 1].counts
    return share(raw, (raw_totals(counts, order) + added)[counts.contexts(order)], 0.0)


def raw_totals(counts: NgramCounts, order: int) -> np.ndarray:
    """Return float64 (contexts,): how often each context of this order is followed by a word."""
    return counts.context_totals(counts.levels[order - 1].counts, order)


def mle(counts: NgramCounts, order: int) -> NgramLM:
    """Maximum likelihood: p(w | context) = count(context w) / count(context), nothing else.

    An unseen continuation (0/x) and an unseen context (0/0) both get probability 0, log -inf.
    """
    _check_order(counts, order)
    orders = range(1, order + 1)
    own = tuple(relative_frequencies(counts, k) for k in orders)
    pass_on = tuple(np.zeros(len(raw_totals(counts, k)) + 1) for k in orders)
    return NgramLM(counts, own, pass_on, interpolates=False)


def add_k(counts: NgramCounts, order: int, k: float = 1.0) -> NgramLM:
    """Pretend that every word was seen k times more after every context (Laplace: k = 1).

    p(w | context) = (count(context w) + k) / (count(context) + k V), V without <s>.
    Raises ValueError unless 0 < k < inf (k = 0 is `mle`).
    """
    _check_order(counts, order)
    if not 0 < k < math.inf:
        raise ValueError(f"k={k}: add-k needs a finite k > 0; without it use mle")
    added, own, pass_on = k * (counts.vocab_size - 1), [], []
    for n in range(1, order + 1):
        own.append(relative_frequencies(counts, n, added))
        pass_on.append(np.append(added / (raw_totals(counts, n) + added), 1.0))
    return NgramLM(counts, tuple(own), tuple(pass_on), interpolates=False)


def interpolated(counts: NgramCounts, order: int, weights: float | Sequence[float]) -> NgramLM:
    """Mix every order with the shorter ones (Jelinek and Mercer 1980).

    p_k = weight_k * count(context w) / count(context) + (1 - weight_k) * p_{k-1}, for k >= 2;
    p_1 is the unigram with add-one. `weights`: one number for all orders, or one per order 2..n.
    A context never seen hands everything to the shorter one. Raises ValueError for a weight
    outside [0, 1) or a wrong number of weights.
    """
    _check_order(counts, order)
    chosen = [weights] * (order - 1) if np.isscalar(weights) else list(weights)
    if len(chosen) != order - 1 or not all(0 <= weight < 1 for weight in chosen):
        raise ValueError(f"weights {weights}: {order - 1} numbers from 0 to below 1 are needed")
    unigram = add_k(counts, 1)
    own, pass_on = [unigram.own[0]], [unigram.pass_on[0]]
    for k, weight in enumerate(chosen, start=2):
        own.append(weight * relative_frequencies(counts, k))
        totals = raw_totals(counts, k)
        pass_on.append(share((1 - weight) * totals, totals, 1.0))
    return NgramLM(counts, tuple(own), tuple(pass_on))


def fit_weights(
    counts: NgramCounts, order: int, sentences: Iterable[list[str]], *, rounds: int = 30
) -> list[float]:
    """Find the weights of `interpolated` that make `sentences` most likely, by EM.

    Each round asks of every token which order explains it (E), then sets weight_k to the share of
    the tokens that order k explains among those that reach it (M). Use validation text: on the
    training text the longest order explains everything. Returns one weight per order 2..n.
    rounds=0 leaves them at 1/2. Raises ValueError without a sentence, or for rounds below 0.
    """
    _check_order(counts, order)
    if rounds < 0:
        raise ValueError(f"rounds={rounds}: a number of rounds is 0 or more")
    ids = np.array([i for s in sentences for i in counts.encode(s)], dtype=np.int64)
    if not len(ids):
        raise ValueError("fit_weights needs validation sentences; none were given")
    rows = counts.rows(ids, order)
    scored = ids != BOS_ID
    unigram = add_k(counts, 1)
    base = (unigram.own[0][ids] + unigram.pass_on[0][0] * unigram.uniform)[scored]
    frequency = [relative_frequencies(counts, k)[rows[k - 1]][scored] for k in range(2, order + 1)]
    reached = [
        np.append(raw_totals(counts, k) > 0, False)[shifted(rows[k - 2])][scored]
        for k in range(2, order + 1)
    ]
    weights = [0.5] * (order - 1)
    for _ in range(rounds):
        weights = _em_round(weights, base, frequency, reached)
    return weights


def _em_round(
    weights: list[float], base: np.ndarray, frequency: list[np.ndarray], reached: list[np.ndarray]
) -> list[float]:
    probability = [base]
    for weight, f, seen in zip(weights, frequency, reached, strict=True):
        mixed = weight * f + (1 - weight) * probability[-1]
        probability.append(np.where(seen, mixed, probability[-1]))
    new, arriving = [], np.ones_like(base)           # arriving: share of the token that gets here
    for k in range(len(weights) - 1, -1, -1):
        explained = arriving * reached[k] * weights[k] * frequency[k] / probability[k + 1]
        new.append(float(explained.sum() / max((arriving * reached[k]).sum(), 1e-12)))
        arriving = arriving - explained
    return [min(weight, 1 - 1e-9) for weight in reversed(new)]
