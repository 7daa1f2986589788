"""What may be shown: weights whose rows sum to 1, tokens and gold links that fit them."""

import operator
from collections.abc import Iterable, Sequence

import numpy as np

WITHIN = 1e-3       # of 1: what the weights of a query sum to, half precision included


def checked_tokens(tokens: Sequence[str], name: str) -> list[str]:
    """The tokens as a list. Raises ValueError for one string, none at all, or what is no str."""
    if isinstance(tokens, str):
        raise ValueError(f"{name} is one string, {tokens[:40]!r}: give a list of tokens")
    tokens = list(tokens)
    if not tokens:
        raise ValueError(f"{name} is empty: at least one token is needed")
    for place, token in enumerate(tokens):
        if not isinstance(token, str):
            raise ValueError(f"{name}[{place}] is {token!r}, of type {type(token).__name__}: "
                             "tokens are str, turn ids into tokens first")
    return tokens


def checked_weights(weights: np.ndarray, queries: Sequence[str], keys: Sequence[str],
                    masked: bool) -> np.ndarray:
    """The weights as float32 (L, H, T, S).

    weights: (T, S), (H, T, S) or (L, H, T, S). masked: rows that are all zero are allowed.
    Raises ValueError for other shapes or numbers of tokens, for what is no weight (negative, NaN,
    infinite) and for a row that does not sum to 1.
    """
    weights = np.asarray(weights, dtype=np.float32)
    if not 2 <= weights.ndim <= 4 or 0 in weights.shape:
        raise ValueError(f"weights {weights.shape}: needed are (queries, keys), (heads, queries, "
                         "keys) or (layers, heads, queries, keys), none of them 0; of a batch "
                         "take one sentence, such as weights[0]")
    _fits(weights.shape, len(queries), len(keys))
    weights = weights.reshape((1,) * (4 - weights.ndim) + weights.shape)    # (L, H, T, S)
    wrong = np.argwhere(~np.isfinite(weights) | (weights < 0))
    if len(wrong):
        place = tuple(map(int, wrong[0]))
        raise ValueError(f"{_where(place, queries)}, key {place[3]} ({keys[place[3]]!r}): the "
                         f"weight is {weights[place]}; weights are finite and not negative, as "
                         "softmax gives them for a row with at least one key that is not blocked")
    _sums_to_one(weights, queries, masked)
    return weights


def _fits(shape: tuple[int, ...], queries: int, keys: int) -> None:
    if shape[-2:] == (queries, keys):
        return
    turned = shape[-2:] == (keys, queries)
    cure = ("they fit the other way round: swap queries and keys, or the last two axes" if turned
            else "the last two axes are queries and keys, with marks such as </s> where the "
            "model saw them; leave out the rows and columns of padding")
    raise ValueError(f"weights {shape} for {queries} queries, {keys} keys: {cure}")


def _where(place: Sequence[int], queries: Sequence[str]) -> str:
    layer, head, query = map(int, place[:3])
    return f"layer {layer}, head {head}, query {query} ({queries[query]!r})"


def _sums_to_one(weights: np.ndarray, queries: Sequence[str], masked: bool) -> None:
    sums = weights.sum(-1, dtype=np.float64)                                # (L, H, T)
    empty = ~weights.any(-1)
    wrong = np.argwhere((abs(sums - 1) > WITHIN) & ~(empty & masked))
    if not len(wrong):
        return
    place = tuple(map(int, wrong[0]))
    if empty[place]:
        cure = "if this query may attend to nothing, say masked=True; else its softmax is missing"
    elif np.allclose(weights[place[:2]].sum(0), 1, atol=WITHIN):
        cure = "its columns do: take softmax over the keys, dim=-1"
    else:
        cure = "give what softmax over the keys (dim=-1) returns, not scores, nothing dropped"
    raise ValueError(f"{_where(place, queries)}: the weights sum to {sums[place]:.4g}, not to 1 "
                     f"(within {WITHIN}): {cure}")


def checked_gold(gold: Iterable[tuple[int, int]] | None, queries: int, keys: int
                 ) -> list[tuple[int, int]]:
    """The gold links, sorted, each once: pairs (place of the query, place of the key), from 0.

    Raises ValueError for what is no pair of whole numbers and for a place that is not there.
    """
    links = set()
    for pair in gold or ():
        try:
            query, key = map(operator.index, pair)
        except (TypeError, ValueError):
            raise ValueError(f"gold holds {pair!r}: a link is a pair of whole numbers, (place of "
                             "the query, place of the key)") from None
        if not (0 <= query < queries and 0 <= key < keys):
            turned = 0 <= key < queries and 0 <= query < keys
            cure = "is it (key, query)? The query comes first" if turned else "places begin at 0"
            raise ValueError(f"gold link ({query}, {key}) for {queries} queries, {keys} keys: "
                             f"{cure}")
        links.add((query, key))
    return sorted(links)
