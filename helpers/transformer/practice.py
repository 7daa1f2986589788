"""What the recipe of 2017 adds to the loop: smoothed labels, a warm-up, and who is decayed."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from helpers.neural import NO_TARGET


def smoothed_loss(logits: Tensor, targets: Tensor, share: float = 0.1) -> Tensor:
    """Mean nats per token against softened targets (Szegedy et al. 2016).

    The right id gets 1 - share + share / V, each other id share / V. logits (..., V), targets
    (...); NO_TARGET does not count. From log_softmax, so that no log of 0 is taken. Raises
    ValueError for a share outside 0 up to 1, and if no target counts.
    """
    if not 0 <= share < 1:
        raise ValueError(f"share={share}: what all ids get together, from 0 up to, but not, 1")
    real = targets != NO_TARGET
    if not real.any():
        raise ValueError("every target is NO_TARGET: there is nothing to take a mean of")
    log_probs = logits[real].log_softmax(dim=-1)                        # (N, V)
    right = log_probs.gather(-1, targets[real][:, None])[:, 0]          # (N,)
    return -((1 - share) * right + share * log_probs.mean(dim=-1)).mean()


def smoothed_floor(vocab_size: int, share: float = 0.1) -> float:
    """The lowest `smoothed_loss` there is: the entropy of the softened target, in nats."""
    rest = share / vocab_size
    others = (vocab_size - 1) * rest * math.log(rest) if rest else 0.0
    return -(1 - share + rest) * math.log(1 - share + rest) - others


def warmup_inverse_sqrt(warmup: int, d_model: int | None = None) -> Callable[[int, int], float]:
    """A schedule for training.train: up in a straight line, then down as 1 / sqrt(step).

    The factor is 1 where the two meet, at step `warmup` (steps counted from 1). d_model: the
    rate of Vaswani et al. 2017, section 5.3, itself, d_model^-0.5 min(step^-0.5, step
    warmup^-1.5), for learning_rate=1. Raises ValueError for a warm-up below 1.
    """
    if warmup < 1:
        raise ValueError(f"warmup={warmup}: it must be a number of steps, 1 or more")
    most = 1.0 if d_model is None else (d_model * warmup) ** -0.5

    def schedule(step: int, steps: int) -> float:
        done = step + 1
        return most * min(done / warmup, math.sqrt(warmup / done))
    return schedule


def decayed_groups(model: nn.Module, weight_decay: float) -> list[dict]:
    """Groups for torch.optim.AdamW: matrices are pulled towards 0, gains and biases are not.

    Every parameter that is trained stands in one group, once, also where two parts share it.
    """
    trained = [p for p in model.parameters() if p.requires_grad]
    return [{"params": [p for p in trained if p.dim() >= 2], "weight_decay": weight_decay},
            {"params": [p for p in trained if p.dim() < 2], "weight_decay": 0.0}]


def adamw(rate: float, *, weight_decay: float = 0.1,
          betas: tuple[float, float] = (0.9, 0.98)) -> Callable[[nn.Module], torch.optim.AdamW]:
    """What training.train takes as `optimizer`: AdamW (Loshchilov & Hutter 2019) in two groups."""
    return lambda model: torch.optim.AdamW(decayed_groups(model, weight_decay), lr=rate,
                                           betas=betas, eps=1e-9)
