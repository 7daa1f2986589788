"""The neural n-gram model of Bengio et al. (2003): a window of word vectors, one hidden layer.

x = the n - 1 rows of C for the words before, side by side; y = b + W x + U tanh(d + H x) are the
scores of all words. Row vectors here: y = b + x W + tanh(d + x H) U.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class NeuralNgram(nn.Module):
    """ids (B, T) -> logits (B, T, V): each place is predicted from the last n - 1 ids.

    vocab_size: V; n: the order, n - 1 words are looked at; m: numbers per word; h: hidden units
    (0: none, only the direct connection); direct: with W from x to the scores. `before`: the id
    that stands before a text's beginning (None: a row of C of its own, so C has V + 1 rows).
    Raises ValueError for sizes that make no model.
    """

    def __init__(self, vocab_size: int, n: int, m: int, h: int, *, direct: bool = True,
                 before: int | None = None) -> None:
        super().__init__()
        if vocab_size < 2 or n < 2 or m < 1 or h < 0 or (h == 0 and not direct):
            raise ValueError(f"V={vocab_size}, n={n}, m={m}, h={h}: at least 2 words, order 2, 1 "
                             "number per word, and hidden units or a direct connection")
        self.n, self.before = n, vocab_size if before is None else before
        width = (n - 1) * m
        self.C = nn.Parameter(torch.randn(vocab_size + (before is None), m) * 0.1)
        self.H = nn.Parameter(torch.randn(width, h) / width ** 0.5)
        self.d = nn.Parameter(torch.zeros(h))
        self.U = nn.Parameter(torch.randn(h, vocab_size) / max(h, 1) ** 0.5)
        self.W = nn.Parameter(torch.zeros(width, vocab_size)) if direct else None
        self.b = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, ids: Tensor) -> Tensor:
        """Each place is predicted from the ids up to it, filled up with `before` on the left."""
        start = ids.new_full((len(ids), self.n - 2), self.before)
        windows = torch.cat([start, ids], dim=1).unfold(1, self.n - 1, 1)   # (B, T, n - 1)
        return self.of_windows(windows)

    def of_windows(self, windows: Tensor) -> Tensor:
        """Windows (..., n - 1) of ids, the oldest first -> logits (..., V)."""
        x = self.C[windows].flatten(-2)                                 # (..., (n - 1) m)
        y = self.b + torch.tanh(self.d + x @ self.H) @ self.U
        return y if self.W is None else y + x @ self.W


def parameter_count(V: int, n: int, m: int, h: int, *, direct: bool = True) -> int:
    """How many numbers are learned: V (1 + m + h) + h (1 + (n - 1) m), and V (n - 1) m if direct.

    With direct connection this is Bengio's |V| (1 + n m + h) + h (1 + (n - 1) m).
    """
    return V * (1 + m + h) + h * (1 + (n - 1) * m) + (V * (n - 1) * m if direct else 0)


def penalised_loss(model: NeuralNgram, windows: Tensor, targets: Tensor, penalty: float) -> Tensor:
    """Mean surprise (nats) plus penalty times the sum of squared weights; biases go free.

    Bengio et al. *maximise* the mean log-probability *minus* such a penalty: the same thing.
    """
    surprise = F.cross_entropy(model.of_windows(windows), targets)
    weights = [p for name, p in model.named_parameters() if name not in ("b", "d")]
    return surprise + penalty * sum((p ** 2).sum() for p in weights)
