"""Which of four letters came first? A long line of random letters, so that only the place tells.

Notebook 03 asked the same after blanks, and there even a plain average of all places answers.
Here it cannot: the other letters are as good as the first but for where they stand. Everyone reads
the same letter vectors and gives out one row for the whole line, from which the letter is read.
"""

from __future__ import annotations

import time

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.rnn_lstm import make_cell, run_fast
from helpers.rnn_lstm.recall import BATCH, CLIP, LETTERS, SETTINGS
from helpers.self_attention_masks.attention import MultiHeadAttention
from helpers.self_attention_masks.cost import rnn_multiplications
from helpers.self_attention_masks.positions import sinusoidal
from helpers.session import progress_bar

CELLS = {"RNN": 1, "GRU, bias 3": 3, "LSTM, bias 5": 4}                 # and their gates
LOOKS = ("attention", "attention, no positions", "average")
KINDS = (*LOOKS, *CELLS)
RATES, SEEDS, DISTANCES, D = (1e-2, 3e-3, 1e-3), (0, 1, 2), (80, 320), 32
UPDATES, IN_A_ROW = 600, 20


class OneLook(nn.Module):
    """x (B, T, d) letters -> (B, d): the last place asks, all places are looked at, once.

    "average" looks everywhere alike and chooses nothing. Positions are waves added to the letters;
    kind "attention, no positions" has none.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self.attention = kind, MultiHeadAttention(D, 1)

    def forward(self, x: Tensor, *, record: list | None = None) -> Tensor:
        """record: gets the weights (B, 1, 1, T)."""
        if "no positions" not in self.kind:
            x = x + sinusoidal(x.shape[1], D)
        if self.kind == "average":
            return x.mean(dim=1) @ self.attention.W_v @ self.attention.W_o
        return self.attention(x[:, -1:], x, record=record)[0][:, 0]


class OneRun(nn.Module):
    """x (B, T, d) letters -> (B, d): the last hidden state of one of notebook 03's cells."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        options = dict(SETTINGS[kind])
        self.cell = make_cell(options.pop("kind"), D, D, **options)

    def forward(self, x: Tensor) -> Tensor:
        return run_fast(self.cell, x)[0][:, -1]


class Recall(nn.Module):
    """ids (B, T) -> logits (B, 4): which letter was the first? ValueError for an unknown kind."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
        self.embed, self.out = nn.Embedding(LETTERS, D), nn.Linear(D, LETTERS)
        nn.init.normal_(self.embed.weight, std=D ** -0.5)               # shorter than the waves
        self.body = OneRun(kind) if kind in CELLS else OneLook(kind)

    def forward(self, ids: Tensor) -> Tensor:
        return self.out(self.body(self.embed(ids)))


def batch_of(distance: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random letters (B, distance), and the first of each line (B,)."""
    if distance < 2:
        raise ValueError(f"distance={distance}: a line has its letter and one more, 2 or more")
    ids = torch.randint(LETTERS, (BATCH, distance), generator=generator)
    return ids, ids[:, 0]


def train(kind: str, distance: int, *, rate: float, seed: int, updates: int = UPDATES
          ) -> tuple[Recall, list[float]]:
    """A model trained with Adam, clipped at 1, and the share of right answers at every update.

    Every update sees fresh lines. It ends early after IN_A_ROW updates without a mistake.
    """
    torch.manual_seed(seed)
    generator, model, right = torch.Generator().manual_seed(seed), Recall(kind), []
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in progress_bar(range(updates), f"{kind}, {distance} letters"):
        ids, answers = batch_of(distance, generator)
        logits = model(ids)                                             # (B, 4)
        optimizer.zero_grad()
        F.cross_entropy(logits, answers).backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        right.append(float((logits.argmax(dim=1) == answers).float().mean()))
        if _solved(right):
            break
    return model, right


def told(kind: str, *, rate: float, seed: int) -> dict[str, dict]:
    """{distance: {"right": ..., "updates": ..., "first": ...}} of one model per distance.

    right: share in the last IN_A_ROW updates; updates: how many before IN_A_ROW without a
    mistake, None if that never came; first: mean weight on the letter asked for (attention only).
    """
    found: dict[str, dict] = {}
    for distance in DISTANCES:
        model, right = train(kind, distance, rate=rate, seed=seed)
        last = right[-IN_A_ROW:]
        found[str(distance)] = {"right": round(sum(last) / len(last), 4),
                                "updates": len(right) - IN_A_ROW if _solved(right) else None}
        if kind.startswith("attention"):
            found[str(distance)]["first"] = round(weight_on_first(model, distance), 4)
    return found


def weight_on_first(model: Recall, distance: int) -> float:
    """The mean weight that an attention model puts on the letter it is asked for."""
    record: list[Tensor] = []
    ids, _ = batch_of(distance, torch.Generator().manual_seed(99))
    with torch.no_grad():
        model.body(model.embed(ids), record=record)
    return float(record[0][..., 0].mean())


def multiplications(kind: str, distance: int) -> int:
    """Multiplications of matrix products to read one line; a look asks from one place only."""
    if kind in CELLS:
        return rnn_multiplications(distance, D, gates=CELLS[kind])
    if kind == "average":
        return 2 * D * D
    keys_and_values, query_and_out = 2 * distance * D * D, 2 * D * D
    return keys_and_values + query_and_out + 2 * distance * D           # scores and sum


def seconds_per_update(kind: str, distance: int, *, updates: int = 10) -> float:
    """CPU seconds of one update, the median of a few, on this machine: only ratios mean much."""
    model, generator, found = Recall(kind), torch.Generator().manual_seed(0), []
    for _ in range(updates):
        ids, answers = batch_of(distance, generator)
        start = time.process_time()
        F.cross_entropy(model(ids), answers).backward()
        found.append(time.process_time() - start)
    return sorted(found)[len(found) // 2]


def _solved(right: list[float]) -> bool:
    return len(right) >= IN_A_ROW and min(right[-IN_A_ROW:]) == 1.0
