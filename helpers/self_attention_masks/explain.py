"""Three ways to say what an answer hangs on: the weights, the gradient, and leaving a token out.

The last is the only one that changes the input and looks what happens; the others are guesses at
it (Jain & Wallace 2019: attention is not explanation). All speak about the last place of a text.
The model is an AttentionLM: it has `embed` and `layers`, and one text is read at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from helpers import gradient_flow
from helpers.metrics import rank_correlation as rank_correlation
from helpers.neural import reading
from helpers.self_attention_masks.model import AttentionLM, weights_of


def effect_of_replacing(model: AttentionLM, ids: Tensor, answer: int,
                        others: Sequence[Sequence[int]]) -> np.ndarray:
    """How much log-probability (nats) the answer loses if a token is another one: (T,).

    ids (T,); others: for each place the ids to put there instead, one after the other; the mean
    over them is told. Below 0: the answer becomes likelier.
    Raises ValueError unless there is something else to put at every place.
    """
    if len(others) != len(ids) or not all(len(some) for some in others):
        raise ValueError(f"{len(others)} lists of other ids for {len(ids)} tokens: give one list "
                         "for each place, none empty")
    changed = []
    for place, some in enumerate(others):
        rows = ids.repeat(len(some), 1)
        rows[:, place] = torch.as_tensor(some)
        changed.append(rows)
    with reading(model):
        log_probs = model(torch.cat([ids[None], *changed]))[:, -1].log_softmax(dim=-1)[:, answer]
    parts = log_probs[1:].split([len(some) for some in others])
    return np.array([float(log_probs[0] - part.mean()) for part in parts])


def last_row(model: AttentionLM, ids: Tensor) -> np.ndarray:
    """The weights with which the last place looks around in the last layer, mean of heads: (T,)."""
    return weights_of(model, ids[None])[0, -1].mean(dim=0)[-1].numpy()


def rollout(weights: Tensor) -> Tensor:
    """Weights of all layers as one map: weights (..., L, H, T, T) -> (..., T, T).

    Heads are averaged; half of every row goes to the token itself, for x + attention(x); then the
    maps are multiplied, the last layer first (Abnar & Zuidema 2020). Rows sum to 1.
    """
    T = weights.shape[-1]
    steps = 0.5 * weights.mean(dim=-3) + 0.5 * torch.eye(T, dtype=weights.dtype)    # (..., L, T, T)
    whole = steps[..., 0, :, :]
    for layer in range(1, steps.shape[-3]):
        whole = steps[..., layer, :, :] @ whole
    return whole


def slopes(model: AttentionLM, ids: Tensor, answer: int) -> np.ndarray:
    """The size of the gradient of the answer's log-probability for each token's row: (T,)."""
    return gradient_flow.influence(lambda rows: _from_rows(model, ids, rows)[:, answer],
                                   model.embed(ids), at=len(ids) - 1)


def gradient_times_input(model: AttentionLM, ids: Tensor, answer: int) -> np.ndarray:
    """Gradient times row, summed over the row's numbers, with its sign: (T,).

    To first order this is what the answer's log-probability loses if a row becomes 0.
    """
    rows = model.embed(ids).detach().requires_grad_()                   # (T, d)
    with torch.enable_grad():
        log_prob = _from_rows(model, ids, rows)[-1, answer]
        gradient, = torch.autograd.grad(log_prob, rows)
    return (gradient * rows).sum(dim=1).detach().numpy()


def _from_rows(model: AttentionLM, ids: Tensor, rows: Tensor) -> Tensor:
    """Log-probabilities (T, V) of a text whose token vectors are these rows (T, d)."""
    hook = model.embed.register_forward_hook(lambda *_: rows[None])
    try:
        return model(ids[None])[0].log_softmax(dim=-1)
    finally:
        hook.remove()
