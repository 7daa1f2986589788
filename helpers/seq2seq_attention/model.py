"""The encoder-decoder with GRU cells: one network reads, another one writes.

Letters: source ids (B, S), padded on the right; mask (B, S), True = a real token; target ids
(B, T), what the decoder reads, so the start mark first; logits (B, T, V) speak about the token
after each. h_j is the encoder's state at source token j, s_t the decoder's after step t.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from helpers.rnn_lstm import GRUCell, run_both_ways, run_fast
from helpers.seq2seq_attention.contexts import check_mask, last_state, make_context


class Encoder(nn.Module):
    """A GRU from the left and one from the right: ids (B, S) -> memory h (B, S, d_hidden).

    Each is half as wide. The one from the right starts at the last real token of its row, and
    padding reaches neither. both_ways=False: one GRU of the whole width, from the left.
    """

    def __init__(self, source_size: int, d_embed: int, d_hidden: int, *,
                 both_ways: bool = True, dropout: float = 0.0) -> None:
        super().__init__()
        if d_hidden % 2:
            raise ValueError(f"d_hidden={d_hidden}: an even number, half for each direction")
        self.embed = nn.Embedding(source_size, d_embed)
        self.dropout = nn.Dropout(dropout)
        width = d_hidden // 2 if both_ways else d_hidden
        self.from_left = GRUCell(d_embed, width)
        self.from_right = GRUCell(d_embed, width) if both_ways else None

    def forward(self, source: Tensor, mask: Tensor) -> Tensor:
        x = self.dropout(self.embed(source))                    # (B, S, d_embed)
        if self.from_right is None:
            return run_fast(self.from_left, x)[0]               # (B, S, d_hidden)
        return run_both_ways(self.from_left, self.from_right, x, mask.sum(dim=1), read=run_fast)


class Seq2Seq(nn.Module):
    """Encoder and decoder (Cho et al. 2014; Sutskever et al. 2014), with or without attention.

    context: what the decoder is told of the source at each step, a name of contexts.FIXED or
    contexts.SCORES. "last" and "dot" have exactly as many weights as each other, and so have
    "last_mapped", "mean_mapped" and "general"; "additive" has 64 more than these at width 128.

        c_t      = context of s_{t-1}            the state *before* the step asks
        s_t      = GRU([y_{t-1}, c_t], s_{t-1})
        logits_t = [s_t, c_t] W_o + b_o
    """

    def __init__(self, source_size: int, vocab_size: int, d_embed: int = 64, d_hidden: int = 128,
                 *, context: str = "dot", both_ways: bool = True, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = Encoder(source_size, d_embed, d_hidden, both_ways=both_ways,
                               dropout=dropout)
        self.bridge = nn.Linear(d_hidden, d_hidden)
        self.embed = nn.Embedding(vocab_size, d_embed)
        self.dropout = nn.Dropout(dropout)
        self.context = make_context(context, d_hidden)
        self.cell = GRUCell(d_embed + d_hidden, d_hidden)
        self.out = nn.Linear(2 * d_hidden, vocab_size)

    def encode(self, source: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read the source: (memory h (B, S, d_hidden), the first state s_0 (B, d_hidden)).

        Raises ValueError for ids that are not (B, S), are not in the vocabulary, or do not fit
        the mask.
        """
        _check_ids("source", source, self.encoder.embed.num_embeddings)
        check_mask(mask, source)
        memory = self.encoder(source, mask)
        if self.encoder.from_right is None:
            end = memory[torch.arange(len(memory)), mask.sum(dim=1) - 1]
        else:
            end = last_state(memory, mask)
        return memory, torch.tanh(self.bridge(end))

    def step(self, token: Tensor, state: Tensor, memory: Tensor, mask: Tensor
             ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Read one target token (B,): (logits (B, V), s_t (B, d_hidden), weights (B, S) or None).

        The weights are those of c_t; there are none for a fixed context.
        """
        context, weights = self.context(state, memory, mask)                # c_t from s_{t-1}
        x = torch.cat([self.dropout(self.embed(token)), context], dim=1)    # [y_{t-1}, c_t]
        (state,) = self.cell.step(self.cell.inputs(x), (state,))            # s_t
        logits = self.out(self.dropout(torch.cat([state, context], dim=1))) # [s_t, c_t] W_o + b_o
        return logits, state, weights

    def forward(self, source: Tensor, target: Tensor, mask: Tensor, *,
                record: list | None = None) -> Tensor:
        """Teacher forcing: at each step the decoder reads the target that is handed to it.

        record: gets the attention weights (B, 1, T, S), if there is attention.
        """
        _check_ids("target", target, self.embed.num_embeddings)
        memory, state = self.encode(source, mask)
        logits, rows = [], []
        for token in target.unbind(dim=1):
            step_logits, state, weights = self.step(token, state, memory, mask)
            logits.append(step_logits)
            rows.append(weights)
        if record is not None and rows[0] is not None:
            record.append(torch.stack(rows, dim=1)[:, None])            # (B, 1, T, S)
        return torch.stack(logits, dim=1)                               # (B, T, V)


def _check_ids(name: str, ids: Tensor, size: int) -> None:
    if ids.dim() != 2 or not ids.numel():
        raise ValueError(f"{name} ids have the shape {tuple(ids.shape)}: give (batch, time), "
                         "not empty")
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError(f"{name} ids from {ids.min()} to {ids.max()}: the model knows 0 to "
                         f"{size - 1}; was it made for another vocabulary?")
