"""What a neural n-gram model gains by its vectors, and what its window keeps from it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers.word_vectors.neural_ngram import NeuralNgram

LETTERS, BATCH = 4, 64


def right_at_distance(distance: int, *, n: int = 4, updates: int = 300, rate: float = 1e-2,
                      seed: int = 0) -> float:
    """Share right of 1,000 lines whose answer is the letter `distance` places back, of four.

    A neural n-gram model of order n is trained for it with Adam on fresh random letters. It sees
    n - 1 places: from distance n on, nothing is better than a guess (.25). Raises ValueError for a
    distance below 1.
    """
    if distance < 1:
        raise ValueError(f"distance={distance}: the answer stands 1 or more places back")
    torch.manual_seed(seed)
    generator, model = torch.Generator().manual_seed(seed), NeuralNgram(LETTERS, n, 8, 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(updates):
        windows, answers = _lines(distance, n, BATCH, generator)
        optimizer.zero_grad()
        F.cross_entropy(model.of_windows(windows), answers).backward()
        optimizer.step()
    windows, answers = _lines(distance, n, 1000, generator)
    with torch.no_grad():
        return float((model.of_windows(windows).argmax(dim=1) == answers).float().mean())


def _lines(distance: int, n: int, number: int, generator: torch.Generator
           ) -> tuple[Tensor, Tensor]:
    """The last n - 1 letters of random lines (N, n - 1), and the letter asked for (N,)."""
    lines = torch.randint(LETTERS, (number, max(distance, n - 1)), generator=generator)
    return lines[:, 1 - n:], lines[:, -distance]


def swap_costs(model: NeuralNgram, windows: Tensor, *, seed: int = 0) -> dict[str, float]:
    """Nats by which a prediction changes if the last word is swapped: KL(before || after), mean.

    "neighbour": for the word whose row of C is nearest by cosine; "random": for any other word.
    windows (N, n - 1) int.
    """
    unit = F.normalize(model.C.detach()[:len(model.b)], dim=1)          # (V, m), without "before"
    last = windows[:, -1]
    if int(last.max()) >= len(unit):
        raise ValueError("a window ends before the text begins: give windows that end in a word")
    scores = unit[last] @ unit.T                                        # (N, V)
    scores.scatter_(1, last[:, None], -2)
    step = torch.randint(1, len(unit), last.shape,
                         generator=torch.Generator().manual_seed(seed))
    others = {"neighbour": scores.argmax(dim=1), "random": (last + step) % len(unit)}
    with torch.no_grad():
        before = model.of_windows(windows).log_softmax(dim=1)
        found = {}
        for name, other in others.items():
            swapped = torch.cat([windows[:, :-1], other[:, None]], dim=1)
            after = model.of_windows(swapped).log_softmax(dim=1)
            found[name] = float(F.kl_div(after, before, log_target=True, reduction="batchmean"))
    return found
