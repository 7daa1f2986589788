"""A small model proposes, a large one accepts: faster, and not a probability is changed.

Leviathan et al. 2023, Chen et al. 2023. A proposed token x is kept with the probability
min(1, p(x) / q(x)), p the large model's, q the small one's; where it is not, a token is drawn
from what p has more than q. The tokens are then drawn from p exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Next = Callable[[tuple[int, ...]], np.ndarray]      # ids so far -> probabilities (V,)


def accept(p: np.ndarray, q: np.ndarray, proposed: int, rng: np.random.Generator
           ) -> tuple[int, bool]:
    """(the token, whether it is the proposed one). proposed was drawn from q."""
    if q[proposed] <= 0:
        raise ValueError(f"token {proposed} has the probability {q[proposed]} in the model that "
                         "is said to have proposed it")
    if rng.random() < p[proposed] / q[proposed]:
        return proposed, True
    rest = np.maximum(p - q, 0.0)
    return int(rng.choice(len(p), p=rest / rest.sum())), False


def accepted_share(p: np.ndarray, q: np.ndarray) -> float:
    """How often a proposal is kept: the sum of min(p, q), 1 where both models agree."""
    return float(np.minimum(p, q).sum())


def one_round(large: Next, small: Next, ids: Sequence[int], ahead: int,
              rng: np.random.Generator) -> tuple[list[int], int]:
    """(new tokens, how many of them were proposals that were kept).

    The small model writes `ahead` tokens; the large one looks at all of them at once (here one by
    one), keeps those before the first that it refuses, and adds one of its own: 1 to ahead + 1.
    """
    if ahead < 1:
        raise ValueError(f"ahead={ahead}: at least one token is proposed")
    seen, proposals = tuple(ids), []
    for _ in range(ahead):
        q = small(seen)
        proposals.append((seen, q, int(rng.choice(len(q), p=q))))
        seen = (*seen, proposals[-1][2])
    new = []
    for before, q, token in proposals:
        token, kept = accept(large(before), q, token, rng)
        new.append(token)
        if not kept:
            return new, len(new) - 1
    p = large(seen)
    return [*new, int(rng.choice(len(p), p=p))], len(new)


def write(large: Next, small: Next, start: Sequence[int], number: int, *, ahead: int = 4,
          rng: np.random.Generator) -> tuple[list[int], float]:
    """(`number` new ids, tokens per look of the large model)."""
    ids, rounds, made = list(start), 0, 0
    while made < number:
        new, _ = one_round(large, small, ids, ahead, rng)
        ids, rounds, made = [*ids, *new], rounds + 1, made + len(new)
    return ids[len(start):len(start) + number], made / rounds
