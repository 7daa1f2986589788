"""Batches of pairs, the loss over real target tokens, and what the decoder reads in training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers.neural import NO_TARGET, text_batch
from helpers.seq2seq_attention.model import Seq2Seq
from helpers.tokenizers import Bilingual


class Batch(NamedTuple):
    """Pairs as rectangles, padded on the right.

    source (B, S) ids; mask (B, S) bool, True = real; read (B, T) what the decoder reads, the start
    mark first; wanted (B, T) what it should say, the end mark last, NO_TARGET on padding.
    """

    source: Tensor
    mask: Tensor
    read: Tensor
    wanted: Tensor


def batch_of(vocabularies: Bilingual, pairs: Sequence[tuple[str, str]]) -> Batch:
    """Tokenised (source, target) texts as a Batch. ValueError for no pair or an empty source."""
    sources, targets = [source for source, _ in pairs], [target for _, target in pairs]
    source, mask = map(torch.from_numpy, vocabularies.source.batch(sources))
    return Batch(source, mask, *text_batch(vocabularies.target, targets))


def batches(vocabularies: Bilingual, pairs: Sequence[tuple[str, str]], size: int) -> Callable:
    """draw(generator) -> a Batch of `size` pairs drawn at random, for training.train."""
    whole = batch_of(vocabularies, pairs)

    def draw(generator: torch.Generator) -> Batch:
        return rows_of(whole, torch.randint(len(pairs), (size,), generator=generator))
    return draw


def rows_of(batch: Batch, rows: Tensor) -> Batch:
    """Some rows of a batch, cut to the longest of them."""
    source, mask, read, wanted = (part[rows] for part in batch)
    longest, most = int(mask.sum(dim=1).max()), int((wanted != NO_TARGET).sum(dim=1).max())
    return Batch(source[:, :longest], mask[:, :longest], read[:, :most], wanted[:, :most])


def translation_loss(model: Seq2Seq, batch: Batch) -> Tensor:
    """Mean nats per real target token (sum over sum), the decoder reading the right words."""
    return loss_of(model(batch.source, batch.read, batch.mask), batch.wanted)


def loss_of(logits: Tensor, wanted: Tensor) -> Tensor:
    """Mean cross-entropy in nats: logits (B, T, V), wanted (B, T); NO_TARGET does not count."""
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=NO_TARGET)


def logits_reading_own(model: Seq2Seq, batch: Batch, share: float,
                       generator: torch.Generator | None = None) -> Tensor:
    """Logits (B, T, V) where the decoder reads its own likeliest word `share` of the time.

    share=0 is teacher forcing, share=1 free running; between them each word is drawn anew
    (scheduled sampling, Bengio et al. 2015). The start mark is always read.
    Raises ValueError for a share outside 0..1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share={share}: how often the model reads its own word, from 0 to 1")
    memory, state = model.encode(batch.source, batch.mask)
    token, logits = batch.read[:, 0], []
    for t in range(batch.read.shape[1]):
        step_logits, state, _ = model.step(token, state, memory, batch.mask)
        logits.append(step_logits)
        if t + 1 < batch.read.shape[1]:
            own = torch.rand(len(token), generator=generator) < share
            token = torch.where(own, step_logits.argmax(dim=1), batch.read[:, t + 1])
    return torch.stack(logits, dim=1)
