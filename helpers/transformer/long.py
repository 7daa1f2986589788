"""Long texts, three ways: a state in place of a map, fewer keys, and segments with a memory."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers.self_attention_masks import causal_mask
from helpers.transformer.model import Stack


def linear_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention with f(q) f(k)^T in place of exp, all places at once (T, d_v).

    q, k (T, d), v (T, d_v); f(x) = elu(x) + 1, above 0 (Katharopoulos et al. 2020). The map of
    weights is still made here: T x T.
    """
    weights = (features(q) @ features(k).T).masked_fill(~causal_mask(len(q)), 0)    # (T, T)
    return weights @ v / weights.sum(dim=-1, keepdim=True)


def linear_attention_step(q: Tensor, k: Tensor, v: Tensor,
                          state: tuple[Tensor, Tensor] | None = None
                          ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The same, one token at a time: q, k (d,), v (d_v,) -> (context (d_v,), the next state).

    state: the sum of all f(k) v^T so far (d, d_v), and of all f(k) (d,); None before the first.
    It does not grow with the text: a recurrent network, linear in its state.
    """
    held, total = (0.0, 0.0) if state is None else state
    held, total = held + torch.outer(features(k), v), total + features(k)
    return features(q) @ held / (features(q) @ total), (held, total)


def features(x: Tensor) -> Tensor:
    """elu(x) + 1: above 0, so that sums of weights are."""
    return F.elu(x) + 1


def low_rank_attention(q: Tensor, k: Tensor, v: Tensor, *, E: Tensor) -> tuple[Tensor, Tensor]:
    """Attention to n mixtures of the S keys, in place of the keys (Wang et al. 2020, Linformer).

    q (..., T, d), k and v (..., S, d), E (n, S) -> (context (..., T, d), weights (..., T, n)).
    T x n scores in place of T x S. A mixture holds later keys too, so there is no causal mask.
    """
    if E.shape[-1] != k.shape[-2]:
        raise ValueError(f"E {tuple(E.shape)} mixes {E.shape[-1]} keys, there are {k.shape[-2]}: "
                         "give (n, S)")
    keys, values = E @ k, E @ v                                         # (..., n, d)
    weights = (q @ keys.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(dim=-1)
    return weights @ values, weights


def in_segments(stack: Stack, x: Tensor, length: int, *, memory: bool = True) -> Tensor:
    """Rows x (B, T, d) through a causal stack, `length` tokens at a time: (B, T, d).

    memory: each segment also sees the keys and values of the one before it, in every layer (Dai
    et al. 2019, Transformer-XL); without, it sees itself alone. With L layers a token reaches L
    segments on, as each layer reaches one. Places go on from segment to segment.
    """
    if length < 1:
        raise ValueError(f"length={length}: a segment has at least 1 token")
    cache, found = None, []
    for segment in x.split(length, dim=1):
        rows, whole = stack(segment, None, cache)
        found.append(rows)
        cache = whole.since(-segment.shape[1]) if memory else None
    return torch.cat(found, dim=1)
