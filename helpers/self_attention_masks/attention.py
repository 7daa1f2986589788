"""Attention in which every token asks (Vaswani et al. 2017): one head in four lines, then many.

Letters: x (B, T, d) rows of tokens; query, key and value are three things made of the same row;
T queries look at S keys; scores and weights (..., T, S), a row per query. A mask is bool,
True = may attend. Row vectors everywhere: q = x W_q.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def scaled_dot_product_attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, *,
                                 dropout: float = 0.0) -> tuple[Tensor, Tensor]:
    """q (..., T, d_k), k (..., S, d_k), v (..., S, d_v) -> (context (..., T, d_v), weights).

    weights (..., T, S) = softmax(q k^T / sqrt(d_k)) over the keys that the mask (broadcast to
    (..., T, S), True = may attend) leaves. They sum to 1; a query that may attend to nothing has
    weights 0 and context 0. dropout: the share of weights set to 0, the others times
    1 / (1 - dropout), so that rows sum to 1 on average only.
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])           # (..., T, S)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = F.dropout(softmax_or_nothing(scores), dropout)            # (..., T, S)
    return weights @ v, weights                                         # (..., T, d_v)


def softmax_or_nothing(scores: Tensor) -> Tensor:
    """softmax over the last axis; a row that is -inf throughout becomes 0, never NaN.

    The gradient of such a row is 0, too. (softmax itself divides 0 by 0 there.)
    """
    empty = scores.isneginf().all(dim=-1, keepdim=True)                 # (..., T, 1)
    return scores.masked_fill(empty, 0.0).softmax(dim=-1).masked_fill(empty, 0.0)


class MultiHeadAttention(nn.Module):
    """n_heads looks at once, each d_k = d_model / n_heads wide, each with weights of its own.

    Every head sees all of x: its columns of W_q, W_k and W_v are as long as x is wide. What the
    heads bring back stands side by side and is mixed by W_o. No bias.
    dropout: on the weights, while training. fused: torch's kernel, which makes no weights.
    Raises ValueError unless d_model is a multiple of n_heads.
    """

    def __init__(self, d_model: int, n_heads: int, *, dropout: float = 0.0,
                 fused: bool = False) -> None:
        super().__init__()
        if n_heads < 1 or d_model < 1 or d_model % n_heads:
            raise ValueError(f"d_model={d_model} cannot be cut into n_heads={n_heads} equal parts: "
                             "take a width that is a multiple of the number of heads")
        self.n_heads, self.dropout, self.fused = n_heads, dropout, fused
        self.W_q, self.W_k, self.W_v, self.W_o = (_matrix(d_model, d_model) for _ in range(4))

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None, *,
                record: list | None = None) -> tuple[Tensor, Tensor | None]:
        """x (B, T, d) asks, memory (B, S, d) is looked at (None: x itself) -> (out, weights).

        out (B, T, d); weights (B, H, T, S), None if fused. mask: bool (T, S), (B, 1, S) or
        (B, T, S), True = may attend. record: gets the weights.
        Raises ValueError for a mask or a memory that does not fit, and for record with fused.
        """
        memory = x if memory is None else memory
        q = split_heads(x @ self.W_q, self.n_heads)                     # (B, H, T, d_k)
        k = split_heads(memory @ self.W_k, self.n_heads)                # (B, H, S, d_k)
        v = split_heads(memory @ self.W_v, self.n_heads)
        context, weights = self.look(q, k, v, mask, record)
        return merge_heads(context) @ self.W_o, weights

    def look(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None,
             record: list | None = None) -> tuple[Tensor, Tensor | None]:
        """All heads at once: q (B, H, T, d_k), k and v (B, H, S, d_k) -> (context, weights)."""
        if mask is not None:
            mask = _for_heads(mask, (len(q), q.shape[-2], k.shape[-2]))
        dropout = self.dropout if self.training else 0.0
        if self.fused:
            if record is not None:
                raise ValueError("fused=True makes no weights to record: build the layer without")
            return F.scaled_dot_product_attention(q, k, v, mask, dropout), None
        context, weights = scaled_dot_product_attention(q, k, v, mask, dropout=dropout)
        if record is not None:
            record.append(weights)
        return context, weights


def split_heads(x: Tensor, n_heads: int) -> Tensor:
    """(B, T, d) -> (B, H, T, d / H): head h has columns h d/H to (h + 1) d/H of every token."""
    B, T, d = x.shape
    return x.view(B, T, n_heads, d // n_heads).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """(B, H, T, d / H) -> (B, T, d): what the heads brought back, side by side."""
    return x.transpose(1, 2).flatten(2)


def _for_heads(mask: Tensor, wanted: tuple[int, int, int]) -> Tensor:
    """A mask (T, S), (B, 1, S) or (B, T, S) with a place for the heads: (B or 1, 1, T or 1, S)."""
    found = (1, *mask.shape) if mask.dim() == 2 else tuple(mask.shape)
    fits = len(found) == 3 and all(n in (1, w) for n, w in zip(found, wanted, strict=True))
    if mask.dtype != torch.bool or not fits:
        raise ValueError(f"mask {tuple(mask.shape)} of {mask.dtype}: for {wanted[0]} rows, "
                         f"{wanted[1]} queries and {wanted[2]} keys it is bool, True = may attend, "
                         "(T, S), (B, 1, S) or (B, T, S)")
    return mask.reshape(found)[:, None]


def _matrix(d_in: int, d_out: int) -> nn.Parameter:
    return nn.Parameter(torch.empty(d_in, d_out).uniform_(-1, 1) * math.sqrt(3 / d_in))
