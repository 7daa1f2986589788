"""A language model of attention alone: no recurrence, no layer in between, one mask."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from helpers.self_attention_masks.attention import MultiHeadAttention
from helpers.self_attention_masks.masks import causal_mask
from helpers.self_attention_masks.positions import LearnedPositions


class AttentionLM(nn.Module):
    """ids (B, T) -> logits (B, T, V): rows + positions, then x + attention(x) per layer, then out.

    The logits at place t speak about the token after it. causal=False is the mistake of this
    notebook: nothing hides the future. most: how long a text may be (learned positions).
    Raises ValueError for ids that it does not know and for longer texts.
    """

    def __init__(self, vocab_size: int, d_model: int, n_heads: int, *, most: int,
                 n_layers: int = 1, causal: bool = True, dropout: float = 0.0,
                 fused: bool = False) -> None:
        super().__init__()
        if vocab_size < 2 or n_layers < 1:
            raise ValueError(f"vocab_size={vocab_size}, n_layers={n_layers}: at least 2 and 1")
        self.embed = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embed.weight, std=d_model ** -0.5)
        self.positions = LearnedPositions(most, d_model)
        self.layers = nn.ModuleList(MultiHeadAttention(d_model, n_heads, fused=fused)
                                    for _ in range(n_layers))
        self.dropout, self.out = nn.Dropout(dropout), nn.Linear(d_model, vocab_size)
        self.causal = causal

    def forward(self, ids: Tensor, *, record: list | None = None) -> Tensor:
        """record: gets the weights (B, H, T, T), one per layer."""
        self._check(ids)
        T = ids.shape[1]
        x = self.dropout(self.embed(ids) + self.positions(T))           # (B, T, d)
        mask = causal_mask(T) if self.causal else None
        for layer in self.layers:
            x = x + self.dropout(layer(x, mask=mask, record=record)[0])
        return self.out(x)                                              # (B, T, V)

    def _check(self, ids: Tensor) -> None:
        if ids.dim() != 2 or not ids.numel():
            raise ValueError(f"ids have the shape {tuple(ids.shape)}: give (batch, time), not "
                             "empty")
        known = self.embed.num_embeddings
        if ids.min() < 0 or ids.max() >= known:
            raise ValueError(f"ids from {ids.min()} to {ids.max()}: the model knows 0 to "
                             f"{known - 1}; was it made for another vocabulary?")


def weights_of(model: AttentionLM, ids: Tensor) -> Tensor:
    """Where each head of each layer looks: ids (B, T) -> weights (B, L, H, T, T)."""
    record: list[Tensor] = []
    with torch.no_grad():
        model(ids, record=record)
    return torch.stack(record, dim=1)
