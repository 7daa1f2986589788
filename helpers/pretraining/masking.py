"""Hide some words and ask for them: the masked language model's task (Devlin et al. 2019).

Of the places that may be chosen 15 in 100 are. What is read there is the mask in 8 of 10 cases, a
word drawn at random in 1, and the word itself in 1; asked for is always the word that stood there.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers.neural import NO_TARGET

SHARE, AS_MASK, AS_RANDOM = 0.15, 0.8, 0.1      # of the places; of the chosen ones
FATES = ("left alone", "mask", "random word", "the word itself")


@dataclass(frozen=True)
class Hidden:
    """A batch with hidden words, all (B, T).

    inputs: what is read. targets: the word that stood there at chosen places, else NO_TARGET.
    fate: uint8, the place in FATES of what became of each word.
    """

    inputs: Tensor
    targets: Tensor
    fate: Tensor


def hide(ids: Tensor, may: Tensor, *, mask_id: int, words: Tensor,
         generator: torch.Generator, share: float = SHARE) -> Hidden:
    """Choose places and hide what stands there, all of it drawn by the generator.

    ids: (B, T). may: bool (B, T), True where a word may be chosen: no padding, no marks. words:
    (N,) the ids that a random word is drawn from. If chance chooses no place at all, one is.
    Raises ValueError where nothing may be chosen, and for a share that is not above 0, up to 1.
    """
    if may.shape != ids.shape or may.dtype != torch.bool or not may.any():
        raise ValueError(f"may {tuple(may.shape)} of {may.dtype} for ids {tuple(ids.shape)}: bool "
                         "of the same shape, True at one place at least")
    if not 0 < share <= 1:
        raise ValueError(f"share={share}: of the places some are chosen, above 0 and up to 1")
    draws = torch.rand(ids.shape, generator=generator).masked_fill(~may, 2.0)
    chosen = (draws < share) | (draws == draws.min())           # the second is one place
    fate = fates(chosen, torch.rand(ids.shape, generator=generator))
    other = words[torch.randint(len(words), ids.shape, generator=generator)]
    inputs = torch.where(fate == 1, mask_id, torch.where(fate == 2, other, ids))
    return Hidden(inputs, ids.masked_fill(~chosen, NO_TARGET), fate)


def fates(chosen: Tensor, draws: Tensor) -> Tensor:
    """What becomes of each word, uint8 like `chosen`: 0 where it is not chosen, else 1, 2 or 3.

    One draw from 0 to 1 per word decides: the mask below 0.8, a random word below 0.9.
    """
    fate = torch.full(chosen.shape, 3, dtype=torch.uint8)
    fate[draws < AS_MASK + AS_RANDOM] = 2
    fate[draws < AS_MASK] = 1
    return fate.masked_fill(~chosen, 0)


def count_fates(hidden: Hidden, may: Tensor) -> dict[str, int]:
    """How many of the places that may be chosen had which of FATES."""
    counts = torch.bincount(hidden.fate[may].flatten().long(), minlength=len(FATES))
    return dict(zip(FATES, counts.tolist(), strict=True))


def loss_at(logits: Tensor, targets: Tensor, *, ignore: int = NO_TARGET) -> Tensor:
    """Mean nats over the chosen places only: logits (..., V), targets (...).

    ignore: the target that says "not asked". It must not be a word's id, or that word is never
    learned: ValueError for 0 to V - 1, for another target outside of them, and if nothing is
    asked.
    """
    V = logits.shape[-1]
    if 0 <= ignore < V:
        raise ValueError(f"ignore={ignore} is one of the {V} ids, so that nobody would learn it: "
                         f"take a number that is no id, such as {NO_TARGET}")
    asked = targets[targets != ignore]
    if not len(asked):
        raise ValueError(f"every target is {ignore}: no place is asked for")
    if asked.min() < 0 or asked.max() >= V:
        raise ValueError(f"targets from {asked.min()} to {asked.max()} for {V} logits, and "
                         f"{ignore} is what does not count: mark what is not asked with it")
    return F.cross_entropy(logits.flatten(0, -2), targets.flatten(), ignore_index=ignore)
