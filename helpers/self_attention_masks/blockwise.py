"""Softmax in one pass over blocks of keys: the whole map of weights is never in memory.

After each block three things are kept per query: the largest score so far, the sum of
exp(score - largest), and the values summed with these weights. A later block with a larger score
only rescales them (Milakov & Gimelshein 2018; Dao et al. 2022 built FlashAttention on it).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def blockwise_attention(q: Tensor, k: Tensor, v: Tensor, *, block: int,
                        causal: bool = False) -> Tensor:
    """The context of scaled dot-product attention, keys read `block` at a time: (..., T, d_v).

    q (..., T, d), k (..., S, d), v (..., S, d_v). causal: T = S, and no query sees a later key.
    Raises ValueError for a block below 1, or causal with T other than S.
    """
    T, S = q.shape[-2], k.shape[-2]
    if block < 1 or (causal and T != S):
        raise ValueError(f"block={block}, {T} queries, {S} keys: a block holds at least 1 key, and "
                         "causal attention has as many keys as queries")
    largest = q.new_full((*q.shape[:-1], 1), -torch.inf)                # (..., T, 1)
    total, context = torch.zeros_like(largest), q.new_zeros(*q.shape[:-1], v.shape[-1])
    for first in range(0, S, block):
        keys, values = k[..., first:first + block, :], v[..., first:first + block, :]
        scores = q @ keys.transpose(-2, -1) / math.sqrt(q.shape[-1])    # (..., T, block)
        if causal:
            places = torch.arange(first, first + keys.shape[-2])
            scores = scores.masked_fill(places > torch.arange(T)[:, None], -torch.inf)
        above = torch.maximum(largest, scores.amax(dim=-1, keepdim=True))
        old, new = (largest - above).exp(), (scores - above).exp()
        total = total * old + new.sum(dim=-1, keepdim=True)
        context, largest = context * old + new @ values, above
    return context / total


def score_bytes(T: int, S: int, *, block: int | None = None, size: int = 4) -> int:
    """Bytes of scores that must be in memory at once: T * S numbers, or T * block."""
    return T * (S if block is None else min(block, S)) * size
