"""Is there a head that finds what came next the last time? Looked for, head by head.

    ... the m a t r i x ... the m ?      an induction head looks from the second m at the a behind
                                         the first, whatever the letters are (Olsson et al. 2022)

Notebook 05's two layers have found it for a task that cannot be done otherwise. Here any model is
asked: where its heads look in letters that mean nothing and come twice, and in real text; and
whether the second copy costs it less than the first. Weights are (B, L, H, T, T).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import tokenizers
from helpers.neural import reading

LETTERS, LENGTH, NUMBER, DRAWS = "abcdefghijklmnopqrstuvwxyz", 20, 200, (0, 1, 2)


def strings(signs: tokenizers.Tokenizer, *, twice: bool = True, number: int = NUMBER,
            seed: int = 0) -> Tensor:
    """ids (number, 1 + 40): the start mark, 20 different letters in any order, and these again.

    twice=False: the second 20 are drawn anew, so that there is nothing to copy.
    """
    generator = torch.Generator().manual_seed(seed)
    known = torch.tensor(signs.encode(LETTERS))

    def drawn() -> Tensor:
        return known[torch.rand(number, len(known), generator=generator).argsort(dim=1)[:, :LENGTH]]
    first, second = drawn(), drawn()
    start = torch.full((number, 1), signs.start)
    return torch.cat([start, first, first if twice else second], dim=1)


def passages(signs: tokenizers.Tokenizer, texts: Sequence[str], *, length: int = 128,
             number: int = 50, seed: int = 0) -> Tensor:
    """ids (number, length): random places of some texts, one after the other as in training.

    Raises ValueError if the texts have no more than `length` tokens.
    """
    stream = torch.as_tensor(signs.stream(texts))
    if len(stream) <= length:
        raise ValueError(f"{len(stream)} tokens for passages of {length}: give more texts")
    first = torch.randint(len(stream) - length, (number, 1),
                          generator=torch.Generator().manual_seed(seed))
    return stream[first + torch.arange(length)]


def behind(ids: Tensor, *, match: int = 1) -> Tensor:
    """For each place the one behind the last time that its last `match` tokens stood there.

    ids (B, T) -> (B, T), -1 where they did not. In "mat ma" the second m is sent to the first a.
    A place that would be sent to itself, as in "mm", is sent on to the time before.
    """
    if match < 1:
        raise ValueError(f"match={match}: at least the token itself must be the same")
    T = ids.shape[1]
    same = torch.ones(len(ids), T, T, dtype=torch.bool).tril(-2)        # j < t - 1
    for back in range(match):
        moved = ids.roll(back, dims=1)
        same &= moved[:, :, None] == moved[:, None, :]
    same[:, :, :match - 1] = False                                      # nothing stands before
    last = torch.where(same, torch.arange(T), -1).amax(dim=2)           # (B, T)
    return torch.where(last >= 0, last + 1, last)


def looks(weights: Tensor, ids: Tensor, *, match: int = 1,
          asking: Tensor | None = None) -> dict[str, Tensor]:
    """What each head does, (L, H) each, averaged over all places that have a place `behind`.

    "induction": the weight on that place. "distance": the weight that the head puts as far back
    whatever stands there, the first token of a line left out, at which many heads look when they
    seek nothing. "previous": the weight on the token right before. "chance": 1 / (t + 1), a head
    that looks everywhere alike. asking: bool (B, T), the places that count; None: all.
    """
    aims = behind(ids, match=match)
    rows, here = ((aims >= 0) & (True if asking is None else asking)).nonzero(as_tuple=True)
    at, aims = weights[rows, :, :, here], aims[rows, here]              # (N, L, H, T)

    def on(places: Tensor) -> Tensor:
        return at.gather(3, places.view(-1, 1, 1, 1).expand(*at.shape[:3], 1)).mean(dim=(0, 3))
    far = torch.stack([weights.diagonal(-d, dim1=3, dim2=4)[..., 1:].mean(dim=(0, 3))
                       for d in range(ids.shape[1] - 1)])               # (T - 1, L, H)
    return {"induction": on(aims), "distance": far[here - aims].mean(dim=0),
            "previous": on(here - 1), "chance": (1 / (here + 1.0)).mean().expand(at.shape[1:3])}


def costs(model: nn.Module, ids: Tensor) -> Tensor:
    """Mean nats per letter of the first 20 and of the second 20 of `strings`: (2,).

    A sure reader pays 0 for the second; who knows only that there are 26 letters, log 26 = 3.26.
    """
    with reading(model):
        nats = F.cross_entropy(model(ids[:, :-1]).transpose(1, 2), ids[:, 1:], reduction="none")
    return nats.unflatten(1, (2, LENGTH)).mean(dim=(0, 2))
