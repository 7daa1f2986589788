"""Exercises 4.2 and 4.3: one look at the source, and none at its padding."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_close, show


def look(query: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (S,) of the keys, and the context (d,), their weighted sum.

    query: (d,). keys: (S, d). A key's score is its dot product with the query, and softmax makes
    weights of the scores, also of scores such as 1000 or -1000.
    """
    scores = keys @ query
    weights = np.exp(scores - scores.max())
    weights = weights / weights.sum()
    return weights, weights @ keys


def _look_word_by_word(query, keys):
    scores = [sum(q * k for q, k in zip(query, key, strict=True)) for key in keys]
    shares = [np.exp(score - max(scores)) for score in scores]
    weights = [share / sum(shares) for share in shares]
    context = np.zeros(len(query))
    for weight, key in zip(weights, keys, strict=True):
        context += weight * key
    return weights, context


def _look_by_logarithms(query, keys):
    scores = np.sum(keys * query, axis=1)
    weights = np.exp(scores - np.logaddexp.reduce(scores))
    return [weights, (weights[:, None] * keys).sum(axis=0)]


def _source(rng) -> tuple:
    """One to seven keys; now and then so long that the scores are hundreds, of either sign."""
    S, d = int(rng.integers(1, 8)), int(rng.integers(1, 6))
    query, keys = rng.normal(size=d), rng.normal(size=(S, d))
    if rng.random() < 0.3:
        query = query / (query @ query)
        keys = keys + np.outer(rng.choice([-1.0, 1.0]) * rng.uniform(750, 2000, S), query * (
            query @ query) ** -1)
    return query.round(3), keys.round(3)


def _softmax(scores):
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def _weighing(weigh):
    """An answer whose weights are weigh(scores, query, keys); the context is made with them."""
    def answer(query, keys):
        weights = weigh(keys @ query, query, keys)
        return weights, weights @ keys
    return answer


def _gathering(gather):
    """An answer with the right weights; the context is gather(weights, query, keys)."""
    def answer(query, keys):
        weights, _ = look(query, keys)
        return weights, gather(weights, query, keys)
    return answer


def _lengths(keys):
    return np.linalg.norm(keys, axis=1)


SOURCE = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
LOOK = Exercise(
    "4.2", "One look at the source", minutes=8, starred=True,
    hints=("Three steps, one line each: what fits how well? What share does each get? What do the "
           "shares bring together?",
           "keys @ query gives all scores at once, (S,). Softmax is exp, divided by the sum of "
           "all exp; the context is a sum of keys, each times its weight.",
           "exp(1000) is too large for the computer. Take the largest score off all of them "
           "before exp: the weights stay the same. The context is weights @ keys."),
    solution=look, right=(_look_word_by_word, _look_by_logarithms), compare=expect_close,
    parts=("row of weights", "context"), cases=_source,
    examples=((np.array([2.0, 0.5]), SOURCE), (np.array([-1.0, 2.0]), SOURCE),
              (np.array([0.5, -1.0, 2.0]), np.array([[2.0, 1.0, 0.5], [-1.0, 0.0, 1.0]])),
              (np.array([1.5]), np.array([[1.0], [-2.0], [0.5], [1.0]])),
              (np.array([10.0, 30.0]), np.array([[70.0, 10.0], [1.0, 33.35]])),
              (np.array([10.0, 10.0]), np.array([[-80.0, -20.0], [-90.0, -9.9]]))),
    mistakes=(
        Mistake(_weighing(lambda scores, *_: scores), "Those are the scores. Softmax makes weights "
                "of them: never negative, and together 1."),
        Mistake(_weighing(lambda scores, *_: scores / scores.sum()), "You divided the scores by "
                "their sum. A score may be negative; exp comes first."),
        Mistake(_weighing(lambda scores, *_: np.exp(scores - scores.max())), "Your weights do not "
                "sum to 1. Divide them by their sum."),
        Mistake(_weighing(lambda scores, *_: np.ones(len(scores)) / len(scores)), "Every key has "
                "the same weight, whatever the query is. The scores must decide."),
        Mistake(_weighing(lambda scores, *_: (np.arange(len(scores)) == scores.argmax()) * 1.0),
                "Only the best key has a weight. Softmax gives each key its share."),
        Mistake(_weighing(lambda scores, *_: _softmax(-scores)), "The sign: the key with the "
                "highest score must have the largest weight."),
        Mistake(_weighing(lambda scores, query, _: _softmax(scores / len(query) ** 0.5)),
                "You divided the scores by sqrt(d). That has its reason in a later notebook; here "
                "the score is the dot product itself."),
        Mistake(_weighing(lambda scores, query, keys: _softmax(
                    scores / _lengths(keys) / np.linalg.norm(query))),
                "You took the cosine. The dot product is not divided by the lengths of the two."),
        Mistake(_weighing(lambda scores, query, keys: _softmax(keys.sum(axis=1))), "Your scores do "
                "not depend on the query. The same source must look different to another query."),
        Mistake(_weighing(lambda scores, *_: np.exp(scores) / np.exp(scores).sum()), "With scores "
                "in the hundreds exp has no number left: inf or 0, and inf / inf is nan. Take the "
                "largest score off all of them first."),
        Mistake(_gathering(lambda weights, query, keys: keys.sum(axis=0)), "The weights are right, "
                "but the context does not use them: each key counts by its weight."),
        Mistake(_gathering(lambda weights, query, keys: keys.mean(axis=0)), "The weights are "
                "right, but the context is the plain mean of the keys: let each count by its "
                "weight."),
        Mistake(_gathering(lambda weights, query, keys: keys[weights.argmax()]), "The weights are "
                "right, but the context is the best key alone. All keys come in, each by its "
                "weight."),
        Mistake(_gathering(lambda weights, query, keys: weights @ keys / len(keys)), "The weights "
                "sum to 1 already: do not divide the context by the number of keys."),
        Mistake(_gathering(lambda weights, query, keys: weights[:, None] * keys), "The weighted "
                "keys are not added up yet: the context is one vector (d,)."),
        Mistake(_gathering(lambda weights, query, keys: query), "The context is the query. It is "
                "made of the keys: what was found, not what was asked."),
        Mistake(lambda query, keys: look(query, keys)[::-1], "Both are right, in the wrong order: "
                "weights first, then the context."),
    ),
    reread="4 · Which word do I need now?",
    moral="Score, softmax, weighted sum: this is attention, the whole of it.",
)


def padded_weights(scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Weights (B, S): softmax of each row over its real places, exactly 0 on the padding.

    scores: (B, S), numbers of ordinary size, on the padding too: no exp overflows. lengths:
    int (B,), from 1 to S: the first lengths[b] places of row b are real.
    """
    real = np.arange(scores.shape[1]) < lengths[:, None]
    scores = np.where(real, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _padded_row_by_row(scores, lengths):
    weights = np.zeros(scores.shape)
    for row, some, n in zip(weights, scores, lengths, strict=True):
        row[:n] = _softmax(some[:n])
    return weights


def _padded_afterwards(scores, lengths):
    """Softmax over all, then zeros, then divided anew: the same."""
    shares = np.array([_softmax(row) for row in scores])
    shares *= np.arange(len(scores[0])) < np.reshape(lengths, (-1, 1))
    return (shares.T / shares.sum(axis=1)).T


def _expect_weights(got: object, wanted: np.ndarray, call: object) -> None:
    """The same weights, and no trace of one where none belongs."""
    expect_close(got, wanted, call)
    left = np.asarray(got)[wanted == 0]
    expect(not left.any(), f"{call} has the weight {show(left.max(initial=0))} on padding. A very "
           "low score is not enough: it must be exactly 0.")


def _rectangle(rng) -> tuple:
    """Scores of which some are 0, real ones too; on padding they may be higher than all others."""
    B, S = int(rng.integers(1, 6)), int(rng.integers(1, 8))
    scores, lengths = rng.normal(0, 3, (B, S)).round(2), rng.integers(1, S + 1, B)
    scores[rng.random((B, S)) < 0.2] = 0.0
    return scores + 9 * (rng.random() < 0.3) * (np.arange(S) >= lengths[:, None]), lengths


def _masked(real, fill=-np.inf):
    """An answer that fills other places, real(place, lengths (B, 1)), or fills in another score."""
    def answer(scores, lengths):
        kept = real(np.arange(scores.shape[1])[None], lengths[:, None])
        filled = np.where(np.broadcast_to(kept, scores.shape), scores, fill)
        weights = np.exp(filled - filled.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)
    return answer


def _right(place, length):
    return place < length


def _changed(change):
    """change(right weights, real, scores), all (B, S)."""
    def answer(scores, lengths):
        real = np.arange(scores.shape[1]) < lengths[:, None]
        return change(padded_weights(scores, lengths), real, scores)
    return answer


TWO = np.array([[2.0, 1.0, 0.5, 3.0], [1.0, -1.0, 4.0, 0.5]])
PADDED = Exercise(
    "4.3", "No look at the padding", minutes=6, starred=True,
    hints=("Which score makes softmax give nothing at all? Not 0: exp(0) is 1.",
           "exp of minus infinity is exactly 0: put -np.inf in the place of every score on "
           "padding, *before* softmax. Padding is where the place is `lengths` or more.",
           "real = np.arange(S) < lengths[:, None] is (B, S); np.where(real, scores, -np.inf). "
           "Softmax goes along a row: axis=1, keepdims=True."),
    solution=padded_weights, right=(_padded_row_by_row, _padded_afterwards),
    compare=_expect_weights, cases=_rectangle,
    examples=((TWO, np.array([2, 3])), (TWO, np.array([4, 1])), (TWO[:, :3], np.array([1, 2])),
              (np.array([[0.5, 1.0, -2.0], [1.0, 0.0, 2.0], [3.0, 3.0, 3.0]]),
               np.array([3, 2, 2])), (np.array([[1.0, 3.0]]), np.array([1]))),
    mistakes=(
        Mistake(_masked(lambda place, length: place >= 0), "Padding has weight: the mask is "
                "missing. Set its scores to -np.inf before softmax."),
        Mistake(_changed(lambda weights, real, scores: np.array(
                    [_softmax(row) for row in scores]) * real),
                "Softmax first, zeros afterwards: what padding had is lost, and the rows no longer "
                "sum to 1. Mask the scores, not the weights."),
        Mistake(_masked(_right, fill=0.0), "On padding the score is 0 now, and exp(0) is 1: it "
                "still has weight. -np.inf has none."),
        Mistake(_masked(lambda place, length: place >= length), "The mask is turned round: your "
                "weight lies on the padding."),
        Mistake(_masked(lambda place, length: place <= length), "One place of padding too many is "
                "seen: the real places are 0 to length - 1."),
        Mistake(_masked(lambda place, length: place < length - 1), "The last real place is "
                "hidden: the real places are 0 to length - 1."),
        Mistake(_masked(lambda place, length: place < length[:1]), "Every row has the length of "
                "the first one. Compare each row with its own: lengths[:, None]."),
        Mistake(_masked(lambda place, length: place < length.max()), "Every row has the length of "
                "the longest one. Compare each row with its own: lengths[:, None]."),
        Mistake(_changed(lambda weights, real, scores: _softmax(
                    np.where(real, scores, -np.inf))),
                "All rows together sum to 1. Every row has a budget of its own: axis=1."),
        Mistake(_changed(lambda weights, real, scores: np.exp(
                    np.where(real, scores, -np.inf)) / np.exp(
                    np.where(real, scores, -np.inf)).sum(axis=0)),
                "Your columns sum to 1. Softmax goes along a row, over the places of one source: "
                "axis=1."),
        Mistake(_changed(lambda weights, real, scores: real / real.sum(axis=1, keepdims=True)),
                "All real places have the same weight. The scores must decide."),
        Mistake(_changed(lambda weights, real, scores: real * np.exp(scores)), "Your rows do not "
                "sum to 1. Divide each by its sum."),
        Mistake(_masked(_right, fill=-20.0), "A very low score on padding leaves it a little "
                "weight. Of -np.inf nothing is left."),
    ),
    reread="4 · Which word do I need now?",
    moral="A rectangle's padding must not change anything. Mask before softmax, never after.",
)
