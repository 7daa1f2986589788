"""Models made of cells: a language model and a tagger."""

from __future__ import annotations

from torch import Tensor, nn

from helpers.rnn_lstm.cells import CELLS
from helpers.rnn_lstm.layers import State, run, run_both_ways, run_fast


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


def _check_ids(ids: Tensor, vocab_size: int) -> None:
    if ids.dim() != 2 or not ids.numel():
        raise ValueError(f"ids have the shape {tuple(ids.shape)}: give (batch, time), not empty")
    if ids.min() < 0 or ids.max() >= vocab_size:
        raise ValueError(f"ids from {ids.min()} to {ids.max()}: the model knows 0 to "
                         f"{vocab_size - 1}; was it made for another vocabulary?")
