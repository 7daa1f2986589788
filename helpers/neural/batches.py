"""Batches of a text, as windows or as whole texts, and the loss on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.tokenizers import Tokenizer

NO_TARGET = -100        # F.cross_entropy leaves such targets out


def next_token_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Mean cross-entropy (nats per token) of a model on (ids, targets), both (B, T).

    A target of NO_TARGET is left out, so that padding does not count. Raises ValueError if
    targets have another shape than ids, or if none of them counts.
    """
    ids, targets = batch
    if ids.shape != targets.shape:
        raise ValueError(f"ids {tuple(ids.shape)} and targets {tuple(targets.shape)}: each id "
                         "needs one target, the token that follows it")
    if not (targets != NO_TARGET).any():
        raise ValueError("every target is NO_TARGET: there is nothing to take a mean of")
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


def text_batch(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Whole texts as (ids, targets), both (B, T): read after the start mark, up to the end mark.

    Short texts are filled up on the right; their targets there are NO_TARGET.
    """
    ids, real = map(torch.from_numpy, tokenizer.batch(texts, start=True, end=True))
    return ids[:, :-1], ids[:, 1:].masked_fill(~real[:, 1:], NO_TARGET)
