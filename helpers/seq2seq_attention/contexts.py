"""What the decoder is told of the source: one vector for all steps, or a new one for each.

Letters: memory h (B, S, d), the encoder's state at each source token; mask (B, S), True = a real
token that may be attended to; query s (B, d), the decoder's state that asks; context c (B, d).
A *score* is any real number; a *weight* is what softmax makes of one query's scores: 0 or more,
and together 1.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def attend(scores: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Scores to weights to context: scores (B, S) -> (context (B, d), weights (B, S)).

    weights = softmax over the real tokens, exactly 0 on padding; context = sum_j weights_j h_j.
    Raises ValueError if some row of the mask has nothing to attend to.
    """
    check_mask(mask, memory)
    weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=1)      # (B, S)
    return (weights[:, None] @ memory)[:, 0], weights                   # (B, 1, S) @ (B, S, d)


def check_mask(mask: Tensor, memory: Tensor) -> None:
    """Raise ValueError unless the mask is bool (B, S), padding right, with a real token a row."""
    if mask.dtype != torch.bool or mask.shape != memory.shape[:2]:
        raise ValueError(f"mask {tuple(mask.shape)} of {mask.dtype} for memory "
                         f"{tuple(memory.shape)}: it is bool (batch, source), True = real token")
    if not mask[:, 0].all():
        empty = int((~mask[:, 0]).nonzero()[0])
        raise ValueError(f"row {empty} of the mask has no real token in front: there is nothing "
                         "to attend to, or the padding is on the left")


class DotScore(nn.Module):
    """e_j = s · h_j (Luong et al. 2015): no weights of its own; s and h must be equally wide."""

    def __init__(self, d: int) -> None:
        super().__init__()

    def forward(self, query: Tensor, memory: Tensor) -> Tensor:
        return (memory @ query[:, :, None])[:, :, 0]                    # (B, S)


class GeneralScore(nn.Module):
    """e_j = (s W_a) · h_j (Luong et al. 2015): d * d weights."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.W_a = _matrix(d, d)

    def forward(self, query: Tensor, memory: Tensor) -> Tensor:
        return (memory @ (query @ self.W_a)[:, :, None])[:, :, 0]       # (B, S)


class AdditiveScore(nn.Module):
    """e_j = tanh(s W_s + h_j W_h) · v (Bahdanau et al. 2015): a (d + d + 1) weights.

    The additive score is a small network with a layer of a = d / 2 units, so that it has about as
    many weights as the general one. One scorer serves all pairs (s, h_j), however many there are.
    """

    def __init__(self, d: int) -> None:
        super().__init__()
        self.W_s, self.W_h, self.v = _matrix(d, d // 2), _matrix(d, d // 2), _matrix(d // 2, 1)

    def forward(self, query: Tensor, memory: Tensor) -> Tensor:
        hidden = torch.tanh((query @ self.W_s)[:, None] + memory @ self.W_h)    # (B, S, a)
        return (hidden @ self.v)[:, :, 0]                               # (B, S)


class Attention(nn.Module):
    """A new context at each step: what the state that asks needs of the source now."""

    def __init__(self, score: nn.Module) -> None:
        super().__init__()
        self.score = score

    def forward(self, query: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor | None]:
        return attend(self.score(query, memory), memory, mask)


class FixedContext(nn.Module):
    """The same context at each step, whatever the decoder needs (Cho et al. 2014).

    how: "last", the encoder's last state; "last_mapped", tanh(last W_c); "mean_mapped",
    tanh(mean_j h_j W_c). The last state of an encoder that reads both ways is what either
    reader has at its own end: the left half of h_m beside the right half of h_1.
    """

    def __init__(self, how: str, d: int) -> None:
        super().__init__()
        self.how = how
        self.W_c = None if how == "last" else _matrix(d, d)

    def forward(self, query: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor | None]:
        if self.how == "mean_mapped":
            real = mask[:, :, None].float()
            context = (memory * real).sum(dim=1) / real.sum(dim=1)      # (B, d)
        else:
            context = last_state(memory, mask)
        return (context if self.W_c is None else torch.tanh(context @ self.W_c)), None


def last_state(memory: Tensor, mask: Tensor) -> Tensor:
    """What either reader has at its own end: memory (B, S, d) -> (B, d).

    The left half is taken at the last *real* token of each row, the right half at the first.
    """
    half = memory.shape[2] // 2
    last = mask.sum(dim=1) - 1                                          # (B,)
    left = memory[torch.arange(len(memory)), last, :half]
    return torch.cat([left, memory[:, 0, half:]], dim=1)


SCORES = {"dot": DotScore, "general": GeneralScore, "additive": AdditiveScore}
FIXED = ("last", "last_mapped", "mean_mapped")


def make_context(kind: str, d: int) -> nn.Module:
    """The context of this name: a fixed one, or attention with this score."""
    if kind in FIXED:
        return FixedContext(kind, d)
    if kind in SCORES:
        return Attention(SCORES[kind](d))
    raise ValueError(f"context {kind!r}: there are {', '.join((*FIXED, *SCORES))}")


def _matrix(d_in: int, d_out: int) -> nn.Parameter:
    return nn.Parameter(torch.empty(d_in, d_out).uniform_(-1, 1) / d_in ** 0.5)
