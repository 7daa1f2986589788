"""Where a head looks, in words: what the picture shows, for those who read or hear it."""

from collections.abc import Sequence

import numpy as np

from helpers.attention_view.labels import quoted

MOST, OFTEN = 0.5, 0.3      # share of the weight from which one place is named
BROAD = 0.9                 # share of the largest possible entropy from which a head is broad
ALONG, PARTLY = 0.7, 0.4    # share of the rows from which a head runs along the diagonal
TOLD = 3                    # missed links that are named one by one


def entropy_bits(weights: np.ndarray) -> np.ndarray:
    """Entropy over the last axis, in bits: 0 = all on one key, log2(n) = n keys alike."""
    weights = np.asarray(weights, dtype=np.float64)
    logs = np.log2(weights, where=weights > 0, out=np.zeros_like(weights))
    return abs((weights * logs).sum(-1))


def relative_shares(weights: np.ndarray) -> dict[str, float]:
    """Mean weight (T, T) on a token's own place, the one before, the one after, the first.

    Rows in which two of these are the same place do not count, where there are others.
    """
    size = len(weights)
    query = np.flatnonzero(weights.any(1))
    places = {"itself": query, "the previous token": query - 1, "the next token": query + 1,
              "the first token": np.zeros_like(query)}
    since = {"the first token": 2, "itself": 1, "the previous token": 1}
    shares = {}
    for name, key in places.items():
        told = (key >= 0) & (key < size) & (query >= min(since.get(name, 0), query.max(initial=0)))
        if told.any():
            shares[name] = float(weights[query[told], key[told]].mean())
    return shares


def near_diagonal(weights: np.ndarray) -> tuple[int, int]:
    """In how many rows of (T, S) the largest weight is within one place of the diagonal, of all.

    The diagonal runs from the first key of the first query to the last key of the last one.
    """
    rows = np.flatnonzero(weights.any(1))
    diagonal = rows * (weights.shape[1] - 1) / max(len(weights) - 1, 1)
    return int((abs(weights[rows].argmax(1) - diagonal) <= 1).sum()), len(rows)


def open_keys(weights: np.ndarray, same: bool) -> np.ndarray:
    """How many keys each query of (T, S) may look at: those that anyone looks at, none ahead of
    itself where no query looks ahead.
    """
    seen = weights.any(0)
    if same and not np.triu(weights, 1).any():
        return np.maximum(np.cumsum(seen), 1)
    return np.full(len(weights), seen.sum())


def head_in_words(weights: np.ndarray, keys: Sequence[str], same: bool) -> str:
    """One sentence on where a head (T, S) looks; same: queries and keys are the same tokens."""
    told = weights.any(1)
    if not told.any():
        return "Every row is masked."
    if len(keys) == 1:
        return "There is one key, and it gets all the weight."
    bits = entropy_bits(weights[told])
    most = np.log2(open_keys(weights, same)[told])
    if most.any() and bits.sum() >= BROAD * most.sum():
        where = "Broad: nearly the same weight everywhere"
    else:
        where = _among_themselves(weights) if same else _across(weights, keys)
    return (f"{where}; entropy {bits.mean():.1f} bits, as if over {2 ** bits.mean():.1f} of "
            f"{len(keys)} tokens.")


def _among_themselves(weights: np.ndarray) -> str:
    shares = relative_shares(weights)
    place = max(shares, key=shares.get)
    if shares[place] < OFTEN:
        return f"Mixed: no one place gets much ({place}: {shares[place]:.2f} of the weight)"
    often = "Mostly" if shares[place] >= MOST else "Often"
    return f"{often} looks at {place} ({shares[place]:.2f} of the weight)"


def _across(weights: np.ndarray, keys: Sequence[str]) -> str:
    near, rows = near_diagonal(weights)
    means = weights[weights.any(1)].mean(0)
    most = f"most looked at: {quoted(keys)[means.argmax()]} ({means.max():.2f} of all weight)"
    if rows < 4:
        return most[0].upper() + most[1:]
    if means.max() >= MOST:
        return f"Nearly always at the same place; {most}"
    share = near / rows
    along = ("Along the diagonal" if share >= ALONG else "Partly along the diagonal"
             if share >= PARTLY else "Away from the diagonal")
    return f"{along} (largest weight within one place of it in {near} of {rows} rows); {most}"


def missed_links(weights: np.ndarray, gold: Sequence[tuple[int, int]]) -> list[int]:
    """Which of the gold links (places in `gold`) a head (T, S) misses.

    A link is found when no key outside the gold links of its query gets as much weight.
    """
    rival = weights.copy()
    for query, key in gold:
        rival[query, key] = 0
    return [place for place, (query, key) in enumerate(gold)
            if weights[query, key] <= rival[query].max()]


def gold_in_words(missed: Sequence[int], gold: Sequence[tuple[int, int]],
                  queries: Sequence[str], keys: Sequence[str]) -> str:
    """How many gold links are found, and which are missed."""
    found = f"Gold: {len(gold) - len(missed)} of {len(gold)} links found"
    if not missed:
        return f"{found}."
    looking, seen = quoted(queries), quoted(keys)
    links = ", ".join(f"{looking[gold[place][0]]} → {seen[gold[place][1]]}"
                      for place in missed[:TOLD])
    more = f" and {len(missed) - TOLD} more" if len(missed) > TOLD else ""
    return f"{found}; missed: {links}{more}."
