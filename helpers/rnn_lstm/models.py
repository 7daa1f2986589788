"""Models made of cells: a language model, a tagger, and what feeds and reads them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.rnn_lstm.cells import CELLS
from helpers.rnn_lstm.layers import State, run, run_both_ways, run_fast

NO_TARGET = -100        # F.cross_entropy leaves such targets out


def make_cell(kind: str, d_in: int, d_hidden: int, **options) -> nn.Module:
    """A cell by name: "rnn", "gru" or "lstm"; options as the cell takes them."""
    if kind not in CELLS:
        raise ValueError(f"cell {kind!r}: there are {', '.join(CELLS)}")
    return CELLS[kind](d_in, d_hidden, **options)


class LanguageModel(nn.Module):
    """Recurrent language model (Mikolov et al. 2010): ids (B, T) -> logits (B, T, V).

    The logits at step t speak about the token after the t-th. With `fast`, torch's kernel reads
    instead of the loop over the cell; the numbers agree.
    """

    def __init__(self, vocab_size: int, d_embed: int, d_hidden: int, *, cell: str = "lstm",
                 n_layers: int = 1, dropout: float = 0.0, fast: bool = False, **options) -> None:
        super().__init__()
        if vocab_size < 2 or n_layers < 1:
            raise ValueError(f"vocab_size={vocab_size}, n_layers={n_layers}: at least 2 and 1")
        widths = [d_embed] + [d_hidden] * n_layers
        self.embed = nn.Embedding(vocab_size, d_embed)
        self.cells = nn.ModuleList(make_cell(cell, d_in, d_hidden, **options)
                                   for d_in in widths[:-1])
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(d_hidden, vocab_size)
        self.fast = fast

    def forward(self, ids: Tensor, *, record: list | None = None) -> Tensor:
        return self.read(ids, record=record)[0]

    def read(self, ids: Tensor, states: list[State] | None = None, *,
             record: list | None = None) -> tuple[Tensor, list[State]]:
        """Read on from `states`, one per layer (None: from the start).

        Returns (logits (B, T, V), the states after the last token). record: gets one dict per
        layer, its gates and state at every step (B, T, d_hidden). Raises ValueError for an id
        that is not in the vocabulary or ids that are not (B, T).
        """
        _check_ids(ids, self.embed.num_embeddings)
        x, last = self.dropout(self.embed(ids)), []             # (B, T, d_embed)
        for layer, cell in enumerate(self.cells):
            state = None if states is None else states[layer]
            if self.fast and record is None:
                x, state = run_fast(cell, x, state)             # (B, T, d_hidden)
            else:
                x, state = run(cell, x, state, record=record)
            last.append(state)
            x = self.dropout(x)
        return self.out(x), last


class Tagger(nn.Module):
    """A label for every word: ids (B, T) -> logits (B, T, n_labels).

    looks: "nowhere" (the word alone), "left" (one LSTM from the left), "both" (one from each
    side). `lengths` (B,) tells the real words of each row; the rest is padding on the right.
    """

    def __init__(self, vocab_size: int, d_embed: int, d_hidden: int, n_labels: int, *,
                 looks: str = "both") -> None:
        super().__init__()
        if looks not in ("nowhere", "left", "both"):
            raise ValueError(f"looks={looks!r}: there are 'nowhere', 'left' and 'both'")
        self.looks, self.embed = looks, nn.Embedding(vocab_size, d_embed)
        self.alone = nn.Sequential(nn.Linear(d_embed, d_hidden), nn.Tanh())
        self.from_left = make_cell("lstm", d_embed, d_hidden)
        self.from_right = make_cell("lstm", d_embed, d_hidden)
        self.out = nn.Linear(2 * d_hidden if looks == "both" else d_hidden, n_labels)

    def forward(self, ids: Tensor, lengths: Tensor | None = None) -> Tensor:
        _check_ids(ids, self.embed.num_embeddings)
        x = self.embed(ids)                                     # (B, T, d_embed)
        if self.looks == "nowhere":
            features = self.alone(x)
        elif self.looks == "left":
            features = run_fast(self.from_left, x)[0]
        else:
            features = run_both_ways(self.from_left, self.from_right, x, lengths, read=run_fast)
        return self.out(features)


def next_token_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Mean cross-entropy (nats per token) of a model on (ids, targets), both (B, T).

    A target of NO_TARGET is left out, so that padding does not count.
    """
    ids, targets = batch
    return F.cross_entropy(model(ids).flatten(0, 1), targets.flatten(), ignore_index=NO_TARGET)


def windows(stream: np.ndarray | Tensor, length: int, batch: int) -> Callable:
    """draw(generator) -> (ids, targets), both (batch, length): random places of a stream.

    stream: int (N,); targets are the ids one place on. Raises ValueError if the stream has
    fewer than length + 1 tokens.
    """
    ids = torch.as_tensor(stream)
    if len(ids) <= length:
        raise ValueError(f"{len(ids)} tokens for windows of {length} and their targets: "
                         "take shorter windows or more text")

    def draw(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        first = torch.randint(len(ids) - length, (batch, 1), generator=generator)
        places = first + torch.arange(length)                   # (batch, length)
        return ids[places], ids[places + 1]
    return draw


class Reader:
    """Give a language model a growing text: log-probabilities of what comes next, step by step.

    reader(tokens) -> float (V,), nats, over vocabulary.tokens. It remembers how far it has read,
    so that writing a text of n tokens costs n steps; hand it to decoding.generate.
    """

    def __init__(self, model: LanguageModel, vocabulary) -> None:
        self.model, self.vocabulary = model.eval(), vocabulary
        self._seen: list[int] = []
        self._states, self._log_probs = None, None

    @torch.no_grad()
    def __call__(self, tokens: list[str]) -> np.ndarray:
        ids = [self.vocabulary.end, *self.vocabulary.ids(tokens)]
        if ids[:len(self._seen)] != self._seen:
            self._seen, self._states = [], None                 # another text: from the start
        new = ids[len(self._seen):]
        if new:
            logits, self._states = self.model.read(torch.tensor([new]), self._states)
            self._log_probs = torch.log_softmax(logits[0, -1].double(), dim=0).numpy()
            self._seen = ids
        return self._log_probs.copy()


def _check_ids(ids: Tensor, vocab_size: int) -> None:
    if ids.dim() != 2 or not ids.numel():
        raise ValueError(f"ids have the shape {tuple(ids.shape)}: give (batch, time), not empty")
    if ids.min() < 0 or ids.max() >= vocab_size:
        raise ValueError(f"ids from {ids.min()} to {ids.max()}: the model knows 0 to "
                         f"{vocab_size - 1}; was it made for another vocabulary?")
