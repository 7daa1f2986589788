"""Of two answers one is preferred: a model learns from that alone (Rafailov et al. 2023, DPO).

There is no reward model: how much more likely the model makes an answer than it was before, the
log-ratio to a frozen reference, serves as its reward.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.neural import NO_TARGET

BETA = 0.1


def answer_log_probs(model: nn.Module, ids: Tensor, targets: Tensor) -> Tensor:
    """Nats of each answer, (B,): the sum over its tokens. Prompts have the target NO_TARGET."""
    rows = model(ids).log_softmax(dim=-1)                               # (B, T, V)
    asked = targets != NO_TARGET
    told = rows.gather(2, targets.clamp(min=0)[:, :, None])[:, :, 0]
    return (told * asked).sum(dim=1)


def margin(better: Tensor, worse: Tensor, better_before: Tensor, worse_before: Tensor) -> Tensor:
    """By how much the log-ratio of the better answer is above that of the worse one, (B,)."""
    return (better - better_before) - (worse - worse_before)


def preference_loss(better: Tensor, worse: Tensor, better_before: Tensor, worse_before: Tensor,
                    *, beta: float = BETA) -> Tensor:
    """Mean of -log sigmoid(beta * margin), all four (B,), in nats. At the start it is log 2.

    beta: the larger, the nearer the model stays to the reference. Raises ValueError unless it is
    above 0.
    """
    if not beta > 0:
        raise ValueError(f"beta={beta}: it must be above 0")
    return -F.logsigmoid(beta * margin(better, worse, better_before, worse_before)).mean()


def preference_gradient(margins: Tensor, *, beta: float = BETA) -> Tensor:
    """d loss / d better, (B,), by hand: -beta sigmoid(-beta margin) / B; for worse its negative.

    Pairs that are told apart already weigh little.
    """
    return -beta * torch.sigmoid(-beta * margins) / len(margins)


def best_policy(before: Tensor, rewards: Tensor, *, beta: float = BETA) -> Tensor:
    """Where DPO ends if answers are preferred by reward: before * exp(reward / beta), scaled.

    before: log-probabilities (..., answers). Returns log-probabilities. Exact if a is preferred
    over b with the probability sigmoid(reward a - reward b) (Bradley & Terry 1952).
    """
    return (before + rewards / beta).log_softmax(dim=-1)


def expected_loss(policy: Tensor, before: Tensor, rewards: Tensor, *, beta: float = BETA
                  ) -> Tensor:
    """The loss over all pairs of answers, each preferred as often as its rewards say.

    policy and before: log-probabilities (..., answers).
    """
    ratio = beta * (policy - before)
    wins = torch.sigmoid(rewards[..., :, None] - rewards[..., None, :])
    told = F.logsigmoid(ratio[..., :, None] - ratio[..., None, :])
    others = ~torch.eye(rewards.shape[-1], dtype=torch.bool)
    return -(wins * told)[..., others].mean()
