"""Exercises 5.1 and 5.2: every word asks, and what it may look at."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def attention_by_loop(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> tuple:
    """Context (T, e) and weights (T, S): one query after the other asks all keys.

    q: (T, d), k: (S, d), v: (S, e); T, S, d and e may all differ. A score is a dot product over
    the root of the number of products that were added up in it. Softmax makes weights of one
    query's scores, also of scores such as 3000 or -3000.
    """
    context, weights = np.zeros((len(q), v.shape[1])), np.zeros((len(q), len(k)))
    for i, query in enumerate(q):
        scores = k @ query / np.sqrt(len(query))
        shares = np.exp(scores - scores.max())
        weights[i] = shares / shares.sum()
        context[i] = weights[i] @ v
    return context, weights


def _attention_by_matrix(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return weights @ v, weights


def _attention_number_by_number(q, k, v):
    context, weights = [], []
    for query in q:
        scores = [sum(a * b for a, b in zip(query, key, strict=True)) / len(query) ** 0.5
                  for key in k]
        row = [np.exp(score - np.logaddexp.reduce(scores)) for score in scores]
        context.append(sum(weight * value for weight, value in zip(row, v, strict=True)))
        weights.append(row)
    return context, weights


def _three(rng) -> tuple:
    """Few words; some scores are thousands, or all of a query are moved up or down by as much."""
    T, S, d, e = (int(n) for n in rng.integers(1, 6, 4))
    q, k, v = (rng.normal(0, 1.5, shape).round(2) for shape in ((T, d), (S, d), (S, e)))
    how = rng.random()
    if how < 0.2:
        q, k = 40 * q, 40 * k
    elif how < 0.5:
        q = np.column_stack([q, (rng.uniform(-3000, 3000, T) * (d + 1) ** 0.5).round()])
        k = np.column_stack([k, np.ones(S)])
    return q, k, v


def _softmax(scores):
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _scaled(scale):
    """An answer that divides the scores by scale(T, S, d, e)."""
    def answer(q, k, v):
        weights = _softmax(q @ k.T / scale(len(q), len(k), q.shape[1], v.shape[1]))
        return weights @ v, weights
    return answer


def _weighing(softmax):
    """An answer whose weights are softmax(scores), another one."""
    def answer(q, k, v):
        weights = softmax(q @ k.T / q.shape[1] ** 0.5)
        return weights @ v, weights
    return answer


def _gathering(gather):
    """An answer with the right weights; the context is gather(weights, k, v)."""
    def answer(q, k, v):
        _, weights = attention_by_loop(q, k, v)
        return gather(weights, k, v), weights
    return answer


def _last_for_all(q, k, v):
    context, weights = attention_by_loop(q, k, v)
    return 0 * context + context[-1], 0 * weights + weights[-1]


Q = np.array([[1.0, 0.5], [-1.0, 2.0], [0.5, 0.0]])
K = np.array([[1.0, 0.0], [0.0, 1.0], [1.5, -1.0], [2.0, 2.0]])
V = np.array([[3.0, 0.0, 1.0], [0.0, 2.0, -1.0], [1.0, 1.0, 4.0], [-2.0, 0.5, 0.0]])
WIDE = np.array([[1.0, 0.0, -1.0, 2.0], [0.0, 1.0, 1.0, 0.5], [2.0, -0.5, 0.0, 1.0]])
HIGH = np.array([[1.0, 40.0], [0.0, 40.0], [2.0, 40.0]])
LOOP = Exercise(
    "5.1", "Every word asks, in a loop", minutes=10, starred=True,
    hints=("Write it for one query first: its scores, its weights, what it takes home. Then ask "
           "who else asks, and where each answer is kept.",
           "k @ query gives the scores of one query, (S,). Each of them is a sum of products: of "
           "how many? Divide by the root of that number.",
           "Take the query's largest score off its scores before exp. Then weights[i] = shares / "
           "shares.sum() and context[i] = weights[i] @ v."),
    solution=attention_by_loop, right=(_attention_by_matrix, _attention_number_by_number),
    compare=expect_close, parts=("context", "weights"), cases=_three,
    examples=((Q, K, V), (Q[:2], K[:3], V[:3, :1]), (WIDE[:2], WIDE, V[:3]), (Q, K[:2], V[:2, :2]),
              (Q[:1] * [1, 80], HIGH, V[:3]), (Q[:2] * [1, 40], HIGH, V[:3]),
              (Q[:2] * [1, -40], HIGH, V[:3]), (Q[:1], K[:1], V[:1]),
              (Q * [1, 0], K[:3], V[:3, 1:])),
    mistakes=(
        Mistake(_scaled(lambda T, S, d, e: 1), "The root is missing: each score is divided by the "
                "root of the number of products in it."),
        Mistake(_scaled(lambda T, S, d, e: d), "You divided by the width itself. It is the root of "
                "it."),
        Mistake(_scaled(lambda T, S, d, e: d ** -0.5), "You multiplied by the root. The scores are "
                "divided by it."),
        Mistake(_scaled(lambda T, S, d, e: e ** 0.5), "You took the root of the width of a value. "
                "Values have no part in a score: it is made of a query and a key."),
        Mistake(_scaled(lambda T, S, d, e: T ** 0.5), "You took the root of the number of queries, "
                "len(q). What counts is how long one query is."),
        Mistake(_scaled(lambda T, S, d, e: S ** 0.5), "You took the root of the number of keys, "
                "len(k). What counts is how long one key is."),
        Mistake(_weighing(lambda scores: _softmax(scores.T).T), "Your columns sum to 1: softmax "
                "went over the queries. It is each query that has a budget of 1."),
        Mistake(_weighing(lambda scores: np.exp(scores - scores.max())
                          / np.exp(scores - scores.max()).sum()),
                "All your weights together sum to 1. Each query has a budget of 1 of its own."),
        Mistake(_weighing(lambda scores: np.exp(scores - scores.max(axis=1, keepdims=True))),
                "The weights of a query do not sum to 1. Divide them by their sum."),
        Mistake(_weighing(lambda scores: np.exp(scores)
                          / np.exp(scores).sum(axis=1, keepdims=True)),
                "With scores in the thousands exp has no number left: inf or 0, and nan after the "
                "division. Take the query's largest score off its scores first."),
        Mistake(_weighing(lambda scores: np.exp(scores - scores.max())
                          / np.exp(scores - scores.max()).sum(axis=1, keepdims=True)),
                "You took the largest score of *all* queries off. Of one whose scores lie far "
                "below, nothing but 0 / 0 is left: take off each query's own largest."),
        Mistake(_gathering(lambda weights, k, v: weights @ k), "The weights are right, but the "
                "context is made of keys. By its key a word is found; what is taken home is its "
                "value."),
        Mistake(_gathering(lambda weights, k, v: np.cumsum(weights @ v, axis=0)), "What the "
                "queries before took home is still in the context. Each one begins with nothing."),
        Mistake(_gathering(lambda weights, k, v: 0 * weights[:, :1] + v.mean(axis=0)), "The "
                "weights are right, but the context is the plain mean of the values: let each "
                "count by its weight."),
        Mistake(_gathering(lambda weights, k, v: v[weights.argmax(axis=1)]), "The weights are "
                "right, but each query takes home one value alone. All come in, each by its "
                "weight."),
        Mistake(_last_for_all, "All rows are the last query's. Keep each query's own answer before "
                "the next one asks."),
        Mistake(lambda q, k, v: [part[0] for part in attention_by_loop(q, k, v)], "Only the first "
                "query was answered: `return` belongs after the loop."),
        Mistake(lambda q, k, v: attention_by_loop(q, k, v)[::-1], "Both are right, in the wrong "
                "order: first the context, then the weights."),
    ),
    reread="2 · Three roles, one formula",
    moral="Notebook 04 asked once, from the decoder. Here every word of the text asks.",
)


def may_look(places_q: np.ndarray, places_k: np.ndarray) -> np.ndarray:
    """Bool (T, S): True where a query may attend to a key, which is never one of its future.

    places_q: int (T,), where in the text each query stands. places_k: int (S,), the same of the
    keys. In any order and perhaps with gaps; a query's own place is one of the keys', and it may
    attend to it.
    """
    return places_k[None, :] <= places_q[:, None]


def _may_look_one_by_one(places_q, places_k):
    return [[bool(place_k <= place_q) for place_k in places_k] for place_q in places_q]


def _may_look_by_distance(places_q, places_k):
    return ~(np.subtract.outer(places_q, places_k) < 0)


def _places(rng) -> tuple:
    """All words ask, or the last ones; of the beginning of a text, or of places far into it."""
    S, room, start = (int(rng.choice(some)) for some in (range(1, 9), (0, 4, 400), (0, 200)))
    keys = start + np.sort(rng.choice(S + room, S, replace=False))
    queries = keys[-rng.integers(1, S + 1):]
    if rng.random() < 0.5:
        keys, queries = rng.permutation(keys), rng.permutation(queries)
    return queries, keys


def _comparing(rule):
    """An answer by rule(places of the queries (T, 1), places of the keys (1, S))."""
    return lambda places_q, places_k: rule(places_q[:, None], places_k[None, :])


def _counting(rule):
    """An answer by the numbers of rows and columns: rule(row (T, 1), column (1, S), T, S)."""
    def answer(places_q, places_k):
        T, S = len(places_q), len(places_k)
        return rule(np.arange(T)[:, None], np.arange(S)[None], T, S)
    return answer


MAY_LOOK = Exercise(
    "5.2", "May look", minutes=5, starred=True,
    hints=("Take one query and one key. Which of the two places must be the smaller one? And if "
           "they are the same?",
           "The table has a row for each query and a column for each key. It is a comparison of "
           "two numbers in each cell, and no triangle if the places stand in another order.",
           "places_q[:, None] is (T, 1), places_k[None, :] is (1, S): compared, they give (T, S). "
           "The key's place is at most the query's."),
    solution=may_look, right=(_may_look_one_by_one, _may_look_by_distance),
    compare=expect_close, cases=_places,
    examples=tuple((np.array(queries), np.array(keys)) for queries, keys in (
        ([0, 1, 2, 3], [0, 1, 2, 3]), ([3, 4], [0, 1, 2, 3, 4]), ([0], [0]),
        ([2, 0, 1], [1, 2, 0]), ([10, 12], [12, 3, 10, 11]), ([5], [5, 6, 4, 7]),
        ([0, 2], [0, 1, 2]))),
    mistakes=(
        Mistake(_comparing(lambda q, k: k < q), "A word may look at itself too. With the own place "
                "left out the first word has nothing to look at."),
        Mistake(_comparing(lambda q, k: k >= q), "Turned round: with you a word looks at what "
                "comes after it."),
        Mistake(_comparing(lambda q, k: k > q), "True stands where the future is. In this course "
                "True means *may attend*."),
        Mistake(lambda places_q, places_k: may_look(places_q, places_k).T, "Rows and columns are "
                "exchanged: a row for each query, a column for each key."),
        Mistake(_comparing(lambda q, k: (k <= q).astype(int)), "1 and 0 are numbers. A mask is "
                "True or False: of numbers, ~mask and scores[mask] are something else."),
        Mistake(_comparing(lambda q, k: np.where(k <= q, 0.0, -np.inf)), "These are numbers to be "
                "added to the scores. A mask says True or False."),
        Mistake(_comparing(lambda q, k: k == q), "Only the own place is left. What came before may "
                "be looked at as well."),
        Mistake(_comparing(lambda q, k: k == k + 0 * q), "Everything is True: nothing is hidden."),
        Mistake(_counting(lambda row, column, T, S: column <= row), "You compared the numbers of "
                "the rows and columns. Where the words stand is said by places_q and places_k."),
        Mistake(_counting(lambda row, column, T, S: column <= row + S - T), "You counted rows and "
                "columns from the end. It is right only as long as the queries are the last words, "
                "in order: compare the places."),
        Mistake(lambda places_q, places_k: may_look(np.sort(places_q), np.sort(places_k)), "You "
                "put the places into order, so a row is no longer the row of its query."),
    ),
    reread="3 · Hide the future",
    moral="Places, not rows: so the mask still holds when the first words have asked already.",
)
