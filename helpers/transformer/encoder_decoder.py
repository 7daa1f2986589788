"""The whole model of 2017: one stack reads a source, the other writes and looks at it."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from helpers.transformer.config import TransformerConfig
from helpers.transformer.model import Stack, logits_of, rows_of, start_weights
from helpers.transformer.state import Cache


class Encoder(nn.Module):
    """A source that is read as a whole: ids (B, S) -> memory (B, S, d)."""

    def __init__(self, config: TransformerConfig, *, fused: bool = False) -> None:
        super().__init__()
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.stack = Stack(config, fused=fused)

    def forward(self, source: Tensor, mask: Tensor, *, record: list | None = None) -> Tensor:
        x = rows_of(self.embed, source, self.stack.config)
        return self.stack(x, mask.sum(dim=1), record=record)[0]         # (B, S, d)


class EncoderDecoder(nn.Module):
    """Two stacks: one reads the source, the other writes and looks at it in each block.

    It has the doors of notebook 04's Seq2Seq, so its batches, loss and Translator serve here too.
    config: of the decoder; the encoder is the same without mask and window. shared: one embedding
    for both vocabularies, which must then be one. source ids (B, S) and mask (B, S), True = real,
    padding on the right.
    """

    def __init__(self, config: TransformerConfig, source_size: int, *, shared: bool = False,
                 fused: bool = False) -> None:
        super().__init__()
        if shared and source_size != config.vocab_size:
            raise ValueError(f"shared=True is for one vocabulary, and source_size={source_size}, "
                             f"vocab_size={config.vocab_size}: make one, or leave it out")
        reading = replace(config, vocab_size=source_size, causal=False, window=None)
        self.config, self.encoder = config, Encoder(reading, fused=fused)
        self.own_embed = None if shared else nn.Embedding(config.vocab_size, config.d_model)
        self.decoder = Stack(config, cross=True, fused=fused)
        self.out = None if config.tied else nn.Linear(config.d_model, config.vocab_size, False)
        start_weights(self, config)

    @classmethod
    def of(cls, *, source_size: int, shared: bool = False, **settings) -> EncoderDecoder:
        """The model of TransformerConfig(**settings), as load_checkpoint builds it."""
        return cls(TransformerConfig(**settings), source_size, shared=shared)

    @property
    def embed(self) -> nn.Embedding:
        """The rows of the target's tokens."""
        return self.encoder.embed if self.own_embed is None else self.own_embed

    def encode(self, source: Tensor, mask: Tensor) -> tuple[Tensor, Cache]:
        """Read the source: (memory (B, S, d), the state before the first target token)."""
        check_source(source, mask)
        memory = self.encoder(source, mask)
        kept = tuple(block.cross.keys_values(memory) for block in self.decoder.blocks)
        return memory, Cache(source=kept, source_mask=mask[:, None])

    def read(self, ids: Tensor, state: Cache, *,
             record: list | None = None) -> tuple[Tensor, Cache]:
        """Target ids (B, T), read on from a state -> (logits (B, T, V), the state after them)."""
        x, state = self.decoder(rows_of(self.embed, ids, self.config), None, state, record=record)
        return logits_of(x, self.embed, self.out), state

    def step(self, token: Tensor, state: Cache, memory: Tensor, mask: Tensor
             ) -> tuple[Tensor, Cache, Tensor | None]:
        """One target token (B,) -> (logits (B, V), state, weights (B, S), None if fused).

        Weights: of the last block's look at the source, the mean over its heads. memory and mask
        are in the state already; they stand here because notebook 04's models need them.
        """
        record = None if self.decoder.blocks[-1].cross.fused else []
        logits, state = self.read(token[:, None], state, record=record)
        weights = None if record is None else record[-1]["cross_weights"].mean(dim=1)[:, 0]
        return logits[:, 0], state, weights

    def forward(self, source: Tensor, target: Tensor, mask: Tensor, *,
                record: list | None = None) -> Tensor:
        """Teacher forcing: all target places at once, each sees the ones before it."""
        return self.read(target, self.encode(source, mask)[1], record=record)[0]


def check_source(source: Tensor, mask: Tensor) -> None:
    """Raise ValueError for a mask of the source that does not fit, or is not on its right."""
    if mask.shape != source.shape or mask.dtype != torch.bool:
        raise ValueError(f"mask {tuple(mask.shape)} of {mask.dtype} for a source "
                         f"{tuple(source.shape)}: bool, True = a real token, of the same shape")
    if not mask[:, 0].all() or (mask[:, 1:] & ~mask[:, :-1]).any():
        raise ValueError("the mask of the source: each row has a real token, and its padding "
                         "stands on the right")


