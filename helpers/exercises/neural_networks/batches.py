"""Exercises 0.5 and 0.6: the walk back for a whole batch, and a loss of very large logits."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def gradients(weights: dict[str, np.ndarray], x: np.ndarray, ids: np.ndarray
              ) -> dict[str, np.ndarray]:
    """The gradients of the mean loss of a batch: "W_1", "b_1", "W_2", "b_2", shaped as weights.

    Forward, row by row: z_1 = x W_1 + b_1, a_1 = relu(z_1), z_2 = a_1 W_2 + b_2, p = softmax(z_2).
    The loss of a row is -log of what p gives to its class; of the batch, the mean over its rows.
    weights: W_1 (d, h), b_1 (h,), W_2 (h, V), b_2 (V,). x: (N, d). ids: int (N,), the class of
    each row. A hidden unit whose z_1 is not above 0 is silent for that row, and passes nothing
    back.
    """
    z_1 = x @ weights["W_1"] + weights["b_1"]
    a_1 = np.maximum(z_1, 0)
    p = np.exp(a_1 @ weights["W_2"] + weights["b_2"])
    p = p / p.sum(axis=1, keepdims=True)
    delta_2 = (p - np.eye(p.shape[1])[ids]) / len(x)
    delta_1 = delta_2 @ weights["W_2"].T * (z_1 > 0)
    return {"W_1": x.T @ delta_1, "b_1": delta_1.sum(axis=0),
            "W_2": a_1.T @ delta_2, "b_2": delta_2.sum(axis=0)}


def _row_by_row(weights, x, ids):
    """The mean of what each point alone asks for."""
    total = {name: np.zeros(w.shape) for name, w in weights.items()}
    for point, target in zip(x, ids, strict=True):
        z_1 = point @ weights["W_1"] + weights["b_1"]
        a_1 = z_1 * (z_1 > 0)
        z_2 = a_1 @ weights["W_2"] + weights["b_2"]
        delta_2 = np.exp(z_2 - np.logaddexp.reduce(z_2))
        delta_2[target] -= 1
        delta_1 = np.where(z_1 > 0, weights["W_2"] @ delta_2, 0)
        for name, part in (("W_1", np.outer(point, delta_1)), ("b_1", delta_1),
                           ("W_2", np.outer(a_1, delta_2)), ("b_2", delta_2)):
            total[name] += part / len(x)
    return total


def _by_sums_of_products(weights, x, ids):
    hidden = np.maximum(x @ weights["W_1"] + weights["b_1"], 0)
    scores = hidden @ weights["W_2"] + weights["b_2"]
    delta_2 = np.exp(scores - scores.max(1)[:, None])
    delta_2 /= delta_2.sum(1)[:, None]
    delta_2[np.arange(len(x)), ids] -= 1
    delta_1 = np.einsum("nv,hv->nh", delta_2, weights["W_2"])
    delta_1[hidden == 0] = 0
    return {"b_2": delta_2.mean(0), "b_1": delta_1.mean(0),
            "W_2": np.einsum("nh,nv->hv", hidden, delta_2) / len(x),
            "W_1": np.einsum("nd,nh->dh", x, delta_1) / len(x)}


def _layers(rng) -> tuple:
    """Layers of any width, whole numbers or not; rows that a unit sleeps for, and others."""
    d, h, N = (int(n) for n in rng.integers(1, 6, 3))
    V = int(rng.integers(2, 5))
    shapes = {"W_1": (d, h), "b_1": (h,), "W_2": (h, V), "b_2": (V,)}
    if rng.random() < 0.4:
        weights = {name: rng.integers(-2, 3, shape).astype(float) for name, shape in shapes.items()}
        return weights, rng.integers(-2, 3, (N, d)).astype(float), rng.integers(0, V, N)
    weights = {name: rng.normal(0, 0.8, shape).round(2) for name, shape in shapes.items()}
    return weights, rng.normal(0, 1, (N, d)).round(2), rng.integers(0, V, N)


def _going_back(divide=len, wish=lambda p, ids: p - np.eye(p.shape[1])[ids],
                through=lambda delta, W_2, z_1: delta @ W_2.T * (z_1 > 0), biases=np.sum,
                read=lambda z_1: np.maximum(z_1, 0), first=None) -> Callable:
    """An answer that divides, wishes or passes back otherwise."""
    def answer(weights, x, ids):
        z_1 = x @ weights["W_1"] + weights["b_1"]
        scores = np.exp(np.maximum(z_1, 0) @ weights["W_2"] + weights["b_2"])
        delta_2 = wish(scores / scores.sum(axis=1, keepdims=True), ids) / divide(x)
        delta_1 = through(delta_2, weights["W_2"], z_1)
        rows = read(z_1)
        return {"W_1": (x if first is None else first(x, z_1)).T @ delta_1,
                "b_1": biases(delta_1, axis=0), "W_2": rows.T @ delta_2,
                "b_2": biases(delta_2, axis=0)}
    return answer


def _through_the_slopes(p, ids):
    """The gradient of half the squared error, by the slopes of softmax."""
    away = p - np.eye(p.shape[1])[ids]
    return p * (away - (p * away).sum(axis=1, keepdims=True))


WEIGHTS = {"W_1": np.array([[1.0, 2, -1, 0], [0, -1, 1, 1], [1, 1, 0, -1]]),
           "b_1": np.array([1.0, -1, 0, -1]),
           "W_2": np.array([[1.0, -1], [2, 1], [0, 1], [-1, 1]]), "b_2": np.array([2.0, -2])}
ROWS = np.array([[1.0, 2, -1], [0.5, -1, 1], [-1, 0, 2], [0.0, 1, 0]])
SMALL = {"W_1": np.array([[0.5, -1.0], [1.5, 0.5]]), "b_1": np.array([0.1, 0.2]),
         "W_2": np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 1.0]]), "b_2": np.array([0.0, 0.1, 0.3])}
BACK = Exercise(
    "0.5", "Backward, for a whole batch", minutes=10, starred=False,
    hints=("Begin with one row, as on paper: delta_2, then delta_1. Which of the four gradients "
           "is which product? Then ask what the loss does with the rows: it takes a mean.",
           "delta_2 is p less the wish, a 1 at the right class, divided by N. delta_1 = delta_2 "
           "W_2^T, and 0 where z_1 is not above 0. Both have one row per point.",
           "W_2 gets a_1.T @ delta_2, W_1 gets x.T @ delta_1: these sum over the rows. The biases "
           "get the sums of the deltas over the rows. np.eye(V)[ids] is the wish."),
    solution=gradients, right=(_row_by_row, _by_sums_of_products), compare=expect_close,
    parts=("b_2", "W_2", "b_1", "W_1"), cases=_layers,
    examples=((WEIGHTS, ROWS[:1], np.array([1])), (WEIGHTS, ROWS, np.array([1, 0, 0, 1])),
              (SMALL, ROWS[:3, :2], np.array([2, 0, 2])), (SMALL, ROWS[1:2, 1:], np.array([1]))),
    mistakes=(
        Mistake(_going_back(divide=lambda x: 1), "These are sums over the rows. The loss is their "
                "mean: divide by N."),
        Mistake(_going_back(divide=lambda x: x.size), "You divided by all numbers of x. The mean "
                "goes over its N rows."),
        Mistake(_going_back(biases=np.mean), "You divided twice for the biases: the deltas hold "
                "the 1 / N already, so they are summed."),
        Mistake(_going_back(through=lambda delta, W_2, z_1: delta @ W_2.T), "The bend is missing: "
                "a unit that is silent for a row passes nothing back for it."),
        Mistake(_going_back(through=lambda delta, W_2, z_1: delta @ W_2.T * np.maximum(z_1, 0)),
                "The slope of relu is 1 or 0. You multiplied by what the unit says."),
        Mistake(_going_back(through=lambda delta, W_2, z_1: delta @ W_2.T * (z_1 > 0).all(0)),
                "A unit is silent for some rows and works for others: each row has its own "
                "places where nothing goes back."),
        Mistake(_going_back(through=lambda delta, W_2, z_1: delta @ W_2.T * (z_1 >= 0)), "Where "
                "z_1 is exactly 0 the unit is silent as well: nothing goes back."),
        Mistake(_going_back(read=lambda z_1: z_1), "W_2 reads what the units say, a_1 = relu(z_1), "
                "not z_1: a silent unit takes no part in its gradient."),
        Mistake(_going_back(wish=lambda p, ids: np.eye(p.shape[1])[ids] - p), "All signs are "
                "turned round. These are directions downhill; a gradient points uphill, p - wish."),
        Mistake(_going_back(wish=lambda p, ids: p), "The wish is missing: take 1 off at the right "
                "class of each row."),
        Mistake(_going_back(wish=_through_the_slopes), "This is the gradient of half the squared "
                "error. With cross-entropy the slopes of softmax cancel out: p - wish is left."),
        Mistake(_going_back(wish=lambda p, ids: (p - np.eye(p.shape[1])[ids]) * p * (1 - p)),
                "You multiplied by p (1 - p) as with a sigmoid. With softmax and cross-entropy "
                "delta_2 is p - wish, and nothing else."),
        Mistake(_going_back(wish=lambda p, ids: p - np.eye(p.shape[1])[ids[0]]), "All rows are "
                "given the class of the first. Each has its own."),
    ),
    reread="B · Forward and backward on paper",
    moral="A batch is a mean of walks back: two products of matrices make them all at once.",
)


def chances_and_loss(logits: np.ndarray, ids: np.ndarray) -> tuple[np.ndarray, float]:
    """(softmax of each row (N, V), mean cross-entropy in nats of the classes in ids (N,)).

    logits: (N, V), at times in the thousands, above or below 0. A class that is ruled out has
    the logit -np.inf, and the chance 0; a class in ids is not ruled out. A chance that is too
    small for the computer is 0. The loss is right even then: 20000, for example.
    """
    away = logits - logits.max(axis=1, keepdims=True)
    grown = np.exp(away)
    total = grown.sum(axis=1)
    losses = np.log(total) - away[np.arange(len(ids)), ids]
    return grown / total[:, None], losses.mean()


def _by_logaddexp(logits, ids):
    logs = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
    return np.exp(logs), -np.mean([row[target] for row, target in zip(logs, ids, strict=True)])


def _by_differences(logits, ids):
    """A chance is 1 over the sum of e to the power of what the others have more."""
    chances, costs = [], []
    for row, target in zip(logits.tolist(), ids, strict=True):
        top = max(row)
        sizes = [float(np.exp(score - top)) for score in row]
        chances.append([size / sum(sizes) for size in sizes])
        costs.append(top - row[target] + float(np.log(sum(sizes))))
    return np.array(chances), sum(costs) / len(costs)


def _logits(rng) -> tuple:
    """Rows of ordinary size or of thousands, alike or not; some classes are ruled out."""
    N, V = int(rng.integers(1, 6)), int(rng.integers(1, 10))
    logits = (rng.normal(0, rng.choice([1.0, 3.0, 9000.0]), (N, V))).round(2)
    logits += rng.choice([0.0, 0.0, 20_000.0, -20_000.0], (N, 1))
    ids = rng.integers(0, V, N)
    ruled_out = rng.random((N, V)) < rng.choice([0.0, 0.4])
    ruled_out[np.arange(N), ids] = False
    return np.where(ruled_out, -np.inf, logits), ids


def _naive(logits, ids):
    grown = np.exp(logits)
    p = grown / grown.sum(axis=1, keepdims=True)
    return p, -np.log(p[np.arange(len(ids)), ids]).mean()


def _costing(cost, together=np.mean) -> Callable:
    """An answer with the right chances; cost(p, logits, ids) gives the losses of the rows."""
    def answer(logits, ids):
        p, _ = chances_and_loss(logits, ids)
        return p, together(cost(p, logits, ids))
    return answer


def _right(p, ids):
    return p[np.arange(len(ids)), ids]


def _losses(logits, ids):
    return np.array([chances_and_loss(logits[i:i + 1], ids[i:i + 1])[1] for i in range(len(ids))])


def _one_largest(logits, ids):
    """One number is taken off all rows; the loss is right."""
    grown = np.exp(logits - logits.max())
    return grown / grown.sum(axis=1, keepdims=True), chances_and_loss(logits, ids)[1]


def _with_chances(chances) -> Callable:
    """An answer with the right loss and other chances."""
    return lambda logits, ids: (chances(logits), chances_and_loss(logits, ids)[1])


def _clipped(logits, ids):
    return chances_and_loss(np.clip(logits, -500, 500), ids)


def _softmax(rows, axis=1):
    grown = np.exp(rows - rows.max(axis=axis, keepdims=True))
    return grown / grown.sum(axis=axis, keepdims=True)


SCORES = np.array([[2.0, 1.0, -1.0], [0.5, 0.0, 3.0], [-2.0, 1.5, 0.0]])
SURE = np.array([[10_000.0, 9_998.0, -np.inf], [-10_000.0, -np.inf, 10_000.0], [3.0, 2.0, 1.0]])
LOGITS = Exercise(
    "0.6", "Logits in the thousands", minutes=6, starred=False,
    hints=("exp(10000) is inf, exp(-10000) is 0. What may be taken off all logits of a row "
           "without any change to its softmax?",
           "Take the largest of each row off. For the loss do not go through the chances: the "
           "logarithm of a chance is its logit, less the logarithm of the sum of exp.",
           "away = logits - logits.max(axis=1, keepdims=True); the loss of a row is "
           "log(exp(away).sum()) - away[id]. No 0 times infinity comes up if you pick the right "
           "class by its place."),
    solution=chances_and_loss, right=(_by_logaddexp, _by_differences), compare=expect_close,
    parts=("chances", "loss"), cases=_logits,
    examples=((SCORES, np.array([0, 2, 1])), (SURE, np.array([0, 2, 1])),
              (SURE[1:2], np.array([0])), (SCORES[:1], np.array([2])),
              (SCORES[:2] - 20_000, np.array([1, 0])),
              (np.array([[1.0, -np.inf], [0.0, 0.5]]), np.array([0, 1]))),
    mistakes=(
        Mistake(_naive, "exp of a logit in the thousands is inf, or 0 for all of a row, and the "
                "rest is nan. Take the largest logit of each row off first."),
        Mistake(_one_largest, "You took one number off all rows. A row far below the largest of "
                "all becomes 0 / 0: each row loses its own largest."),
        Mistake(_costing(lambda p, logits, ids: -np.log(_right(p, ids))), "The chances are right, "
                "but the logarithm of one that is 0 to the computer is -inf. Take the loss from "
                "the logits."),
        Mistake(_costing(lambda p, logits, ids: -np.log(_right(p, ids) + 1e-9)), "What you add "
                "before the logarithm keeps inf away, and puts a ceiling on the loss. Take the "
                "loss from the logits."),
        Mistake(_costing(lambda p, logits, ids: -(np.eye(p.shape[1])[ids] * np.log(p)).sum(axis=1)),
                "0 times the logarithm of 0 is nan. Pick the right class by its place, do not "
                "multiply the others away; and take its logarithm from the logits."),
        Mistake(_costing(lambda p, logits, ids: _losses(logits, ids), np.sum), "That is the sum of "
                "the losses. Asked for is the mean over the rows."),
        Mistake(_costing(lambda p, logits, ids: _losses(logits, ids) / np.log(2)), "These are "
                "bits. Nats: np.log."),
        Mistake(_costing(lambda p, logits, ids: -_losses(logits, ids)), "The sign of the loss is "
                "turned round: who says little of the right class pays much."),
        Mistake(_costing(lambda p, logits, ids: 1 - _right(p, ids)), "1 - p is no cross-entropy: "
                "who is sure and wrong would pay 1 at most."),
        Mistake(_costing(lambda p, logits, ids: logits.max(axis=1) - logits[
                    np.arange(len(ids)), ids]), "The distance from the largest logit is not "
                "all: the logarithm of the sum of exp(away) is missing."),
        Mistake(_clipped, "You cut the logits off. What lies beyond the cut becomes alike, and "
                "chances and loss are others; and what was ruled out comes back."),
        Mistake(_with_chances(lambda logits: _softmax(logits, axis=0)), "Your chances sum to 1 "
                "down the columns. Each row is a point, and its chances sum to 1."),
        Mistake(_with_chances(lambda logits: np.exp(logits - logits.max(axis=1, keepdims=True))),
                "The chances are not divided by their sum."),
        Mistake(_with_chances(lambda logits: _softmax(_softmax(logits))), "The softmax was taken "
                "twice: chances went in as if they were logits."),
    ),
    reread="C · Cross-entropy wants logits",
    moral="That is why a loss takes logits: once they are chances, what it needs may be gone.",
)
