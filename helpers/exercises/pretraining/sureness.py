"""Exercise 7.8: how far what a classifier says of itself can be trusted."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_number


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int) -> float:
    """By how much confidence and share right differ, on average over the answers.

    The answers are sorted into bins of equal width from 0 to 1; one whose confidence lies on the
    edge of two belongs to the upper one, and a confidence of 1 to the last. In each bin the mean
    confidence is compared with the share that was right; a bin weighs as much as it has answers,
    an empty one nothing. confidence: (N,), 0 to 1. right: bool (N,). bins: 1 or more.
    """
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[which == k].sum() - right[which == k].sum()) for k in range(bins)]
    return sum(gaps) / len(confidence)


def _error_by_weights(confidence, right, bins):
    """np.bincount adds up what falls into each bin."""
    which = np.floor(confidence * bins).astype(int).clip(max=bins - 1)
    gaps = np.bincount(which, weights=confidence - right, minlength=bins)
    return np.abs(gaps).sum() / confidence.size


def _error_bin_by_bin(confidence, right, bins):
    error = 0.0
    for k in range(bins):
        low, high = k / bins, (k + 1) / bins
        inside = (low <= confidence) & ((confidence < high) | (k == bins - 1))
        if inside.any():
            gap = abs(confidence[inside].mean() - right[inside].mean())
            error += gap * inside.sum() / len(confidence)
    return error


def _answers(rng) -> tuple:
    """Timid or bold answers; some are entirely sure, or lie on an edge if it is exact."""
    N, bins = int(rng.integers(1, 40)), int(rng.choice([1, 2, 4, 5, 8, 10, 15]))
    low = rng.choice([0.0, 0.4, 0.85])
    confidence = rng.uniform(low, 1, N)
    edge = (confidence * bins + 0.01) % 1 < 0.02
    confidence[edge] = 0.5 / bins
    if bins in (2, 4, 8):
        confidence[rng.random(N) < 0.2] = rng.integers(0, bins) / bins
    confidence[rng.random(N) < 0.15] = 1.0
    return confidence, rng.random(N) < confidence ** rng.choice([0.4, 1, 3]), bins


def _calibrating(which=lambda c, bins: np.minimum((c * bins).astype(int), bins - 1),
                 sure=lambda c, k, bins: c.mean(), gap=abs,
                 together=lambda gaps, weights, bins: sum(
                     g * w for g, w in zip(gaps, weights, strict=True)) / sum(weights)):
    """An answer with other bins, another confidence of a bin, gap or mean."""
    def answer(confidence, right, bins):
        places, gaps, weights = which(confidence, bins), [], []
        for k in range(-1, bins + 1):
            inside = places == k
            if inside.any():
                gaps.append(gap(sure(confidence[inside], k, bins) - right[inside].mean()))
                weights.append(inside.sum())
        return together(gaps, weights, bins) if gaps else 0.0
    return answer


def _last_is_lost(confidence, right, bins):
    """A confidence of 1 is in no bin, but counts among the answers."""
    kept = confidence < 1
    if not kept.any():
        return 0.0
    return calibration_error(confidence[kept], right[kept], bins) * kept.mean()


CONFIDENCE = np.array([0.95, 0.93, 0.98, 0.7, 0.62, 0.65, 0.55, 0.31, 1.0, 0.75])
HIT = np.array([True, True, False, True, False, False, True, False, True, True])
SURE = Exercise(
    "7.8", "How sure, how right", minutes=8, starred=False,
    hints=("Sort the ten answers of the first call by hand. In which bin is the one that is "
           "entirely sure? What does an empty bin say?",
           "The bin is the whole part of confidence * bins, at most bins - 1. Within a bin: mean "
           "confidence against share right, without a sign.",
           "A bin's gap times its number of answers is |sum of confidences - number right|. Add "
           "those up, and divide by N once."),
    solution=calibration_error, right=(_error_by_weights, _error_bin_by_bin),
    compare=expect_number, cases=_answers,
    examples=((CONFIDENCE, HIT, 5), (CONFIDENCE, HIT, 4), (CONFIDENCE, ~HIT, 2),
              (CONFIDENCE[:3], HIT[:3], 10), (np.array([1.0, 1.0, 0.9]),
                                              np.array([False, False, True]), 8),
              (np.array([0.5, 0.25, 0.75, 0.6]), np.array([False, True, True, True]), 4),
              (np.array([0.3, 0.0, 0.1, 0.9]), np.array([True, False, False, True]), 1),
              (CONFIDENCE, HIT, 15), (np.array([0.5, 0.4, 0.3]), np.array([True] * 3), 2)),
    mistakes=(
        Mistake(_last_is_lost, "An answer that is entirely sure falls out of your bins: it belongs "
                "to the last one."),
        Mistake(_calibrating(which=lambda c, bins: (c * bins).astype(int)), "Your entirely sure "
                "answers have a bin of their own, behind the last one. They belong to the last "
                "one."),
        Mistake(_calibrating(which=lambda c, bins: np.ceil(c * bins).astype(int) - 1), "A "
                "confidence on an edge fell into the lower bin: it belongs to the upper one."),
        Mistake(_calibrating(which=lambda c, bins: np.minimum(np.round(c * bins).astype(int),
                                                              bins - 1)), "You rounded to the "
                "nearest edge. A bin reaches from one edge to the next: take the whole part."),
        Mistake(_calibrating(together=lambda gaps, weights, bins: np.mean(gaps)), "All bins weigh "
                "the same with you. A bin weighs as much as it has answers."),
        Mistake(_calibrating(together=lambda gaps, weights, bins: sum(gaps) / bins), "You divided "
                "by the number of bins, empty ones too. The mean is over the answers."),
        Mistake(_calibrating(together=lambda gaps, weights, bins: max(gaps)), "That is the largest "
                "gap. Asked for is the mean over the answers."),
        Mistake(_calibrating(gap=lambda gap: gap), "Too sure in one bin and too timid in another "
                "cancel with you. Each gap counts without its sign."),
        Mistake(_calibrating(gap=np.square), "You squared the gaps. They count as they are, "
                "without their signs."),
        Mistake(_calibrating(sure=lambda c, k, bins: (k + 0.5) / bins), "You took the middle of "
                "the bin. Compare the *mean confidence* of its answers with their share right."),
        Mistake(_calibrating(sure=lambda c, k, bins: k / bins), "You took the lower edge of the "
                "bin. Compare the mean confidence of its answers with their share right."),
        Mistake(lambda confidence, right, bins: np.abs(confidence - right).mean(), "You compared "
                "each answer by itself: right is 0 or 1, and nobody can be that sure. Compare "
                "means of bins."),
        Mistake(lambda confidence, right, bins: ((confidence - right) ** 2).mean(), "That is the "
                "Brier score, answer by answer. Compare means of bins, without squares."),
        Mistake(lambda confidence, right, bins: abs(confidence.mean() - right.mean()), "One bin "
                "for all: too sure here and too timid there cancel."),
        Mistake(lambda confidence, right, bins: calibration_error(confidence, right, bins)
                * len(confidence), "That is the sum over the answers. Asked for is the mean."),
    ),
    reread="E · Which layer knows what",
    moral="Calibrated is who is right in 80 of 100 cases where 80 % were promised, no more.",
)
