"""An encoder of notebook 06's parts that fills in hidden words, and a head that names a class.

    model = MaskedLM.of(vocab_size=..., **SIZE)       # ids (B, T) -> logits (B, T, V)
    rows = model.rows(ids, lengths)                   # (B, T, d): a vector of each word *here*
    classifier = Classifier(model, 2, pool="mean")    # ids -> logits (B, classes)
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.neural import NO_TARGET
from helpers.transformer import Stack, TransformerConfig
from helpers.transformer.model import rows_of, start_weights

SIZE = {"d_model": 128, "n_heads": 4, "n_layers": 2, "d_ff": 256, "max_len": 32,
        "positions": "rotary", "dropout": 0.1}
Batch = tuple[Tensor, Tensor, Tensor]           # inputs, targets, lengths


class MaskedLM(nn.Module):
    """Both sides are seen, a hidden word is told (Devlin et al. 2019, without the second task).

    Logits: gelu(rows W) with the rows of the embedding, and a bias per word.
    """

    def __init__(self, config: TransformerConfig, *, fused: bool = False) -> None:
        super().__init__()
        if config.causal:
            raise ValueError("causal=True sees the left side only: a masked model sees both, "
                             "causal=False")
        self.config = config
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.stack = Stack(config, fused=fused)
        self.W = nn.Linear(config.d_model, config.d_model)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))
        start_weights(self, config)

    @classmethod
    def of(cls, *, fused: bool = False, **settings) -> MaskedLM:
        """The model of TransformerConfig(causal=False, **settings), as load_checkpoint builds."""
        return cls(TransformerConfig(causal=False, **settings), fused=fused)

    def rows(self, ids: Tensor, lengths: Tensor | None = None, *,
             record: list | None = None) -> Tensor:
        """A vector for each word in its place, (B, T, d). record: gets a dict per layer."""
        x = rows_of(self.embed, ids, self.config)
        return self.stack(x, lengths, record=record)[0]

    def words(self, rows: Tensor) -> Tensor:
        """Rows (..., d) -> logits (..., V): which word stands there."""
        return F.linear(F.gelu(self.W(rows)), self.embed.weight, self.bias)

    def forward(self, ids: Tensor, lengths: Tensor | None = None, *,
                record: list | None = None) -> Tensor:
        """lengths (B,): the real tokens of each row, the padding stands on the right."""
        return self.words(self.rows(ids, lengths, record=record))


def masked_loss(model: MaskedLM, batch: Batch) -> Tensor:
    """Mean nats per hidden word. Logits are made for the chosen places only; the rest is free."""
    inputs, targets, lengths = batch
    asked = targets != NO_TARGET
    if not asked.any():
        raise ValueError("every target is NO_TARGET: no place is asked for")
    rows = model.rows(inputs, lengths)[asked]                           # (N, d)
    return F.cross_entropy(model.words(rows), targets[asked])


# From the rows of a text to one row: pooling. real: bool (B, T), True = no padding, on either side.

def last_real(rows: Tensor, real: Tensor) -> Tensor:
    """The row of the last real token, (B, d): in a causal model the only one that saw them all."""
    _check_real(rows, real)
    places = torch.arange(real.shape[1]).expand_as(real)
    last = places.masked_fill(~real, -1).amax(dim=1)                    # (B,)
    return rows[torch.arange(len(rows)), last]


def mean_real(rows: Tensor, real: Tensor) -> Tensor:
    """The mean of the rows of the real tokens, (B, d)."""
    _check_real(rows, real)
    weights = real[:, :, None].to(rows)
    return (rows * weights).sum(dim=1) / weights.sum(dim=1)


def to_the_right(ids: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """(ids, lengths): the same texts with all padding on the right, as the course's models read.

    Left padding is moved, right padding stays. Raises ValueError for padding inside of a text.
    """
    inside = real.int().diff(dim=1).ne(0).sum(dim=1) > 1
    if inside.any() or not real.any(dim=1).all():
        raise ValueError(f"row {int((inside | ~real.any(dim=1)).nonzero()[0])}: padding stands "
                         "before a text or after it, and each text has a token")
    first = real.int().argmax(dim=1, keepdim=True)
    places = (torch.arange(ids.shape[1]) + first) % ids.shape[1]
    return ids.gather(1, places), real.sum(dim=1)


POOLS = {"mean": mean_real, "last": last_real}


class Classifier(nn.Module):
    """An encoder and a new head: (ids, lengths, places) -> logits (B, classes).

    encoder: has rows(ids, lengths) and config.d_model. pool: "mean" or "last" of the rows, or
    "place", the row of the word that the task marks. The head starts at 0: no class is preferred.
    """

    def __init__(self, encoder: nn.Module, classes: int, *, pool: str = "mean") -> None:
        super().__init__()
        if pool not in (*POOLS, "place"):
            raise ValueError(f"pool={pool!r}: there are 'mean', 'last', 'place'")
        self.encoder, self.pool = encoder, pool
        self.head = nn.Linear(encoder.config.d_model, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def pooled(self, ids: Tensor, lengths: Tensor, places: Tensor | None = None) -> Tensor:
        """One row per text, (B, d)."""
        rows = self.encoder.rows(ids, lengths)
        if self.pool == "place":
            return rows[torch.arange(len(rows)), places]
        return POOLS[self.pool](rows, torch.arange(ids.shape[1]) < lengths[:, None])

    def forward(self, ids: Tensor, lengths: Tensor, places: Tensor | None = None) -> Tensor:
        """places (B,): where the marked word stands, for pool="place"."""
        return self.head(self.pooled(ids, lengths, places))


def _check_real(rows: Tensor, real: Tensor) -> None:
    if real.shape != rows.shape[:2] or real.dtype != torch.bool or not real.any(dim=1).all():
        raise ValueError(f"real {tuple(real.shape)} of {real.dtype} for rows "
                         f"{tuple(rows.shape)}: bool (B, T), a real token in each row")
