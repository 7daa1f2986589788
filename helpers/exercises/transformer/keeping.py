"""Exercise 6.8: attention over a text that comes in pieces."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_close, show


def next_with_cache(q: np.ndarray, k: np.ndarray, v: np.ndarray, cache: tuple | None) -> tuple:
    """(rows, cache): what the n newest tokens take home, (n, e), and what is kept from now on.

    q, k: (n, d), v: (n, e), of the newest tokens, in the order of the text; n is 1 or more. cache:
    (keys (m, d), values (m, e)) of all m tokens before, None before the first; the new one holds
    those of all m + n, in order. The old one stays as it is.
    The rows are those of causal attention over the whole text: a token sees itself and what
    came before it; scores over the root of d, softmax over what is seen.
    """
    if cache is not None:
        k, v = np.concatenate([cache[0], k]), np.concatenate([cache[1], v])
    n, S = len(q), len(k)
    scores = q @ k.T / np.sqrt(q.shape[1])
    place = np.arange(S)
    scores = np.where(place <= place[S - n:, None], scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True) @ v, (k, v)


def _softmax_rows(scores):
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def _one_token_after_the_other(q, k, v, cache):
    """Nothing has to be hidden: when a token asks, the later ones are not there yet."""
    keys, values = ([], []) if cache is None else (list(cache[0]), list(cache[1]))
    rows = []
    for query, key, value in zip(q, k, v, strict=True):
        keys.append(key)
        values.append(value)
        scores = np.array([query @ other for other in keys]) / len(query) ** 0.5
        rows.append(_softmax_rows(scores) @ np.array(values))
    return np.array(rows), (np.array(keys), np.array(values))


def _with_a_triangle(q, k, v, cache):
    keys, values = cache or (k[:0], v[:0])
    keys, values = np.vstack((keys, k)), np.vstack((values, v))
    may = np.tri(len(q), len(keys), len(keys) - len(q), dtype=bool)
    scores = (q / q.shape[1] ** 0.5) @ keys.T
    return _softmax_rows(scores - 1e9 * ~may) @ values, [keys, values]


def _piece(rng) -> tuple:
    """A prompt, one token or a few more, before or behind others."""
    n, d, e = int(rng.integers(1, 8)), int(rng.integers(1, 5)), int(rng.integers(1, 4))
    m = int(rng.integers(1, 6))
    q, k, v, keys, values = (rng.normal(0, 1.8, shape).round(2)
                             for shape in ((n, d), (n, d), (n, e), (m, d), (m, e)))
    return q, k, v, None if rng.random() < 0.3 else (keys, values)


def _expect_rows_or_cache(got: object, wanted: object, what: object) -> None:
    """A cache is a pair, as a tuple or a list; its two parts are compared in turn."""
    if not isinstance(wanted, tuple):
        expect_close(got, wanted, what)
        return
    pair = isinstance(got, (tuple, list)) and len(got) == 2
    expect(pair, f"{what} is {show(got)}, expected (keys, values)")
    for name, mine, theirs in zip(("keys", "values"), got, wanted, strict=True):
        expect_close(mine, theirs, f"{what}, the {name}")


def _reading(join=lambda old, new: np.concatenate([old, new]), see=None, scale=None,
             keep=lambda q, k, v, keys, values, cache: (keys, values)):
    """An answer that joins, sees, scales or keeps otherwise; see(column, row, n, S)."""
    def answer(q, k, v, cache):
        keys, values = (k, v) if cache is None else (join(cache[0], k), join(cache[1], v))
        n, S = len(q), len(keys)
        column, row = np.arange(S), np.arange(n)[:, None]
        may = see(column, row, n, S) if see else column <= row + S - n
        width = q.shape[1] ** 0.5 if scale is None else scale(q, keys, values)
        rows = _softmax_rows(np.where(may, q @ keys.T / width, -1e9)) @ values
        return rows, keep(q, k, v, keys, values, cache)
    return answer


def _new_only(q, k, v, cache):
    rows, _ = next_with_cache(q, k, v, None)
    return rows, next_with_cache(q, k, v, cache)[1]


def _weights_of_the_new_values(q, k, v, cache):
    """The mask is right, but each row goes home with the mean of what it sees."""
    _, (keys, values) = next_with_cache(q, k, v, cache)
    m = len(keys) - len(q)
    return np.array([values[:m + i + 1].mean(axis=0) for i in range(len(q))]), (keys, values)


OLD = np.array([[1.0, 0.5], [-1.0, 2.0], [0.0, 1.5]]), np.array([[3.0, 0.0, 1.0], [0.0, 2.0, -1.0],
                                                                 [-1.0, 1.0, 0.5]])
Q = np.array([[0.5, 1.0], [2.0, -1.0], [-0.5, 1.5]])
K = np.array([[1.0, 1.0], [0.5, -2.0], [-1.0, 0.0]])
V = np.array([[1.0, 1.0, 4.0], [-2.0, 0.5, 0.0], [0.0, 3.0, 1.0]])
CACHE = Exercise(
    "6.8", "Keep what does not change", minutes=10, starred=False,
    hints=("Two questions, one after the other: which keys and values are there in all? And which "
           "of them may the first of the new tokens see, which the last?",
           "np.concatenate([old, new]) puts the new ones behind the old, if there are any. Row i "
           "of n new tokens stands at the place S - n + i of all S: it sees up to there.",
           "may = np.arange(S) <= np.arange(S - n, S)[:, None]; np.where(may, scores, -np.inf) "
           "before the softmax. Return rows, (keys, values), with no queries in it."),
    solution=next_with_cache, right=(_one_token_after_the_other, _with_a_triangle),
    compare=_expect_rows_or_cache, parts=("rows", "cache"), cases=_piece,
    examples=((Q, K, V, None), (Q[:1], K[:1], V[:1], OLD), (Q[:2], K[:2], V[:2], OLD),
              (Q[:1], K[:1], V[:1], None), (Q, K, V, (OLD[0][:1], OLD[1][:1])),
              (Q[:2, :1], K[:2, :1], V[:2], (OLD[0][:, 1:], OLD[1]))),
    mistakes=(
        Mistake(_reading(join=lambda old, new: np.concatenate([new, old])), "The new keys stand "
                "in front of the old ones. They go behind: the cache keeps the order of the "
                "text."),
        Mistake(_reading(see=lambda column, row, n, S: column < S), "Several tokens came at once, "
                "and the earlier of them saw the later ones. A cache hides no future: the mask "
                "does."),
        Mistake(_reading(see=lambda column, row, n, S: column <= row), "Your triangle begins at "
                "the first key, so that the new tokens see the beginning of the text and not "
                "themselves. Row i stands at the place S - n + i."),
        Mistake(_reading(see=lambda column, row, n, S: (column < row + S - n) | (S == 1)), "A "
                "token may see itself, too: its own key and value are there when it asks."),
        Mistake(_reading(see=lambda column, row, n, S: (column < S - n) | (column == row + S - n)),
                "A new token saw the cache and itself, but not the new ones before it."),
        Mistake(_new_only, "What is kept is right, but the rows saw the new tokens only. Keys and "
                "values of all tokens are asked."),
        Mistake(_reading(keep=lambda q, k, v, keys, values, cache: (k, v)), "The rows are right, "
                "but you kept the new tokens only. The next step needs those before as well."),
        Mistake(_reading(keep=lambda q, k, v, keys, values, cache: cache), "The rows are right, "
                "but what came in is given back as it was: the new keys and values are lost."),
        Mistake(_reading(keep=lambda q, k, v, keys, values, cache: (
                    q if cache is None else np.concatenate([cache[0], q]), values)), "You kept "
                "queries. A query is asked once, by its own token; later ones look for its "
                "*key*."),
        Mistake(_reading(keep=lambda q, k, v, keys, values, cache: (
                    (k, v) if cache is None else tuple(
                        np.concatenate([new, old]) for new, old in zip((k, v), cache,
                                                                       strict=True)))),
                "The rows are right, but what is kept has the new tokens in front of the old. "
                "They go behind: the cache keeps the order of the text."),
        Mistake(_reading(keep=lambda q, k, v, keys, values, cache: (values, keys)), "Keys and "
                "values are exchanged in what is kept."),
        Mistake(_reading(keep=lambda q, k, v, keys, values, cache: keys), "Only the keys are kept. "
                "Whoever is found by its key must have something to give: keep the values, too."),
        Mistake(_reading(scale=lambda q, keys, values: len(keys) ** 0.5), "You took the root of "
                "the number of keys. It is the width of one, d: it does not change as the text "
                "grows."),
        Mistake(_reading(scale=lambda q, keys, values: 1), "The root of d is missing."),
        Mistake(_weights_of_the_new_values, "Each row is the plain mean of what it may see: the "
                "weights come from q and k."),
    ),
    reread="F · Keys and values are kept",
    moral="Cut the text as you like: the rows are the same, and nothing is computed twice.",
)
