"""Two letters at once: the task that one head cannot do and two heads can, at equal size.

    read:   d a g c a f ...     Every place names the letter 1 before it AND the letter 3 before it.
    wanted: - - - g d a         ... 1 before:  g c a
            (from place 3 on)       3 before:  d a g

Queries and keys see the place only, values the letter only. So one head sends one fixed mixture
a v(near) + b v(far), read by matrices alone: to name "near" in all lines needs a > b, to name
"far" needs b > a.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import training
from helpers.self_attention_masks.attention import MultiHeadAttention, merge_heads, split_heads
from helpers.self_attention_masks.masks import causal_mask
from helpers.self_attention_masks.positions import sinusoidal

BODIES = ("one head", "two heads", "one head, then a feed-forward layer")
ROWS = ", random rows"                      # a kind with this behind it has no waves for positions
KINDS = (*BODIES, *(body + ROWS for body in BODIES))
RATES, SEEDS = (1e-2, 3e-3, 1e-3), (0, 1, 2)
LETTERS, PLACES, NEAR, FAR, D, BATCH, UPDATES = 8, 16, 1, 3, 32, 32, 200


class Relations(nn.Module):
    """ids (B, T) -> logits (B, T, 2, 8): the letter NEAR before each place, and that FAR before.

    One layer of attention whose queries and keys are made of positions and whose values are made
    of letters, then one matrix that reads both answers. Positions are waves of base 100, or rows
    of random numbers, drawn once and fixed, of which no two are alike.
    Raises ValueError for a kind that is not one of KINDS, and for more than PLACES letters.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
        self.embed, self.out = nn.Embedding(LETTERS, D), nn.Linear(D, 2 * LETTERS)
        self.attention = MultiHeadAttention(D, 2 if "two heads" in kind else 1)
        self.feed_forward = nn.Sequential(nn.Linear(D, 4 * D), nn.ReLU(), nn.Linear(4 * D, D)
                                          ) if "feed-forward" in kind else None
        rows = torch.randn(PLACES, D, generator=torch.Generator().manual_seed(7))
        self.register_buffer("positions",
                             rows if kind.endswith(ROWS) else sinusoidal(PLACES, D, base=100.0))

    def forward(self, ids: Tensor, *, record: list | None = None) -> Tensor:
        """record: gets the weights (B, H, T, T)."""
        layer, (B, T) = self.attention, ids.shape
        if T > PLACES:
            raise ValueError(f"a line of {T} letters: the model knows {PLACES} places")
        places = self.positions[:T].expand(B, T, D)
        q = split_heads(places @ layer.W_q, layer.n_heads)              # (B, H, T, d_k)
        k = split_heads(places @ layer.W_k, layer.n_heads)
        v = split_heads(self.embed(ids) @ layer.W_v, layer.n_heads)
        context, _ = layer.look(q, k, v, causal_mask(T), record)
        x = merge_heads(context) @ layer.W_o                            # (B, T, d)
        if self.feed_forward is not None:
            x = x + self.feed_forward(x)
        return self.out(x).view(B, T, 2, LETTERS)


def lines(number: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random letters (number, PLACES), and what places FAR and later must name (number, T', 2)."""
    ids = torch.randint(LETTERS, (number, PLACES), generator=generator)
    near, far = ids[:, FAR - NEAR:-NEAR], ids[:, :-FAR]
    return ids, torch.stack([near, far], dim=2)


def loss_of(model: Relations, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Mean nats per letter to be named."""
    ids, wanted = batch
    return F.cross_entropy(model(ids)[:, FAR:].flatten(0, 2), wanted.flatten())


def train(kind: str, *, rate: float = 3e-3, seed: int = 0, updates: int = UPDATES) -> Relations:
    """A model trained with Adam on batches of 32 fresh lines; well under a second."""
    torch.manual_seed(seed)
    model = Relations(kind)
    training.train(model, lambda generator: lines(BATCH, generator), loss_of, steps=updates,
                   learning_rate=rate, seed=seed, what=f"{kind}, rate {rate:g}, seed {seed}")
    return model


def told(model: Relations) -> dict:
    """Shares of 1,000 fresh lines' places named rightly: {"near", "far", "both", "heads"}.

    heads: [how many places before, mean weight there] for each head, see `jobs`.
    """
    ids, wanted = lines(1000, torch.Generator().manual_seed(99))
    with torch.no_grad():
        right = model(ids)[:, FAR:].argmax(dim=-1) == wanted            # (1000, T', 2)
    found = {"near": right[..., 0], "far": right[..., 1], "both": right.all(dim=-1)}
    return {**{name: round(float(part.float().mean()), 4) for name, part in found.items()},
            "heads": [[away, round(weight, 3)] for away, weight in jobs(model)]}


def jobs(model: Relations) -> list[tuple[int, float]]:
    """What each head does: (how many places before its own it looks most, mean weight there).

    Measured from place FAR on. The weights do not depend on the letters.
    """
    weights, found = weights_of(model), []                              # (H, T, T)
    for head in weights:
        by_distance = [float(head.diagonal(-away)[FAR - away:].mean()) for away in range(FAR + 1)]
        away = max(range(FAR + 1), key=by_distance.__getitem__)
        found.append((away, by_distance[away]))
    return found


def job_names(model: Relations) -> list[str]:
    """A name for each head: "1 before", "3 before", "itself"."""
    return [f"{away} before" if away else "itself" for away, _ in jobs(model)]


def weights_of(model: Relations, ids: Tensor | None = None) -> Tensor:
    """Where each head looks, (H, T, T): with every line of PLACES letters, or with ids (1, T)."""
    record: list[Tensor] = []
    ids = torch.zeros(1, PLACES, dtype=torch.long) if ids is None else ids
    with torch.no_grad():
        model(ids, record=record)
    return record[0][0]
