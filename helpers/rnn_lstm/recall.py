"""Copying over a distance (Hochreiter & Schmidhuber 1997): which of four letters was the first?

One letter out of four, then `distance - 1` blanks, then the question. Nothing is to be learned
but keeping: a guess is right one time in four. Which cell succeeds depends on the learning rate,
so whoever compares cells compares them at several rates.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import gradient_flow
from helpers.rnn_lstm.cells import Cell
from helpers.rnn_lstm.layers import mean_gate, run_fast
from helpers.rnn_lstm.models import make_cell
from helpers.session import progress_bar

LETTERS, STEPS, BATCH, D_HIDDEN, CLIP = 4, 300, 64, 32, 1.0
RATES, DISTANCES, SEEDS = (1e-2, 3e-3, 1e-3), (20, 40, 80), (0, 1, 2)
EVERY, FEW = 20, 16         # updates from one look at the signal to the next; rows looked at
SETTINGS = {
    "RNN": {"kind": "rnn"},
    "LSTM, bias 0": {"kind": "lstm"},
    "LSTM, bias 1": {"kind": "lstm", "forget_bias": 1.0},
    "LSTM, bias 3": {"kind": "lstm", "forget_bias": 3.0},
    "LSTM, bias 5": {"kind": "lstm", "forget_bias": 5.0},
    "GRU, bias 0": {"kind": "gru"},
    "GRU, bias 3": {"kind": "gru", "update_bias": 3.0},
}


def batch_of(distance: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """BATCH sequences one-hot (B, distance, 5), the last of the five for blank; answers (B,)."""
    if distance < 1:
        raise ValueError(f"distance={distance}: the letter itself needs one step")
    answers = torch.randint(LETTERS, (BATCH,), generator=generator)
    symbols = torch.full((BATCH, distance), LETTERS)
    symbols[:, 0] = answers
    return F.one_hot(symbols, LETTERS + 1).float(), answers


def train(setting: dict, distance: int, *, rate: float, seed: int,
          steps: int = STEPS) -> dict[str, list[float]]:
    """Train one cell with Adam at this learning rate, clipped, and tell what happened.

    Returns "right": the share of right answers at every update; and, before every EVERY-th,
    "signal": the length of the gradient for the state that has read the letter, over that for
    the last state; "kept": the mean of the gate that keeps the state, or the spectral radius
    of W_hh in a cell without gates.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    options = dict(setting)
    cell = make_cell(options.pop("kind"), LETTERS + 1, D_HIDDEN, **options)
    out, told = nn.Linear(D_HIDDEN, LETTERS), {"right": [], "signal": [], "kept": []}
    weights = [*cell.parameters(), *out.parameters()]
    optimizer = torch.optim.Adam(weights, lr=rate)
    for update in progress_bar(range(steps), f"{setting['kind']}, {distance} steps"):
        x, answers = batch_of(distance, generator)
        if update % EVERY == 0:
            signal, kept = _look(cell, out, x[:FEW], answers[:FEW])
            told["signal"].append(signal)
            told["kept"].append(kept)
        logits = out(run_fast(cell, x)[0][:, -1])               # (B, 4)
        optimizer.zero_grad()
        F.cross_entropy(logits, answers).backward()
        nn.utils.clip_grad_norm_(weights, CLIP)
        optimizer.step()
        told["right"].append(float((logits.argmax(dim=1) == answers).float().mean()))
    return told


def _look(cell: Cell, out: nn.Linear, x: Tensor, answers: Tensor) -> tuple[float, float]:
    norms = gradient_flow.over_time(
        [cell], x, lambda h: F.cross_entropy(out(h[:, -1]), answers))[0]
    gate = mean_gate(cell, x)
    radius = torch.linalg.eigvals(cell.W_hh.detach()).abs().max().item() if gate is None else gate
    return float(norms[1] / norms[-1]), radius
