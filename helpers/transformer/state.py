"""What a model that reads on remembers, and who sees whom when a text comes in pieces.

A place is a token's number in its text, from 0. As a key, padding has the place -1: nobody sees
it. From places a mask can be told for any piece, whatever was read before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

KeysValues = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Cache:
    """What has been read: the state of a model. It is never changed, only followed by another.

    kept: keys and values per layer, each (B, G, S, d_head); () before the first token. places:
    (B or 1, S), the place of each token, -1 for padding; None before the first. source: keys and
    values of the source per layer, () without one; source_mask: bool (B, 1, its length).
    """

    kept: tuple[KeysValues, ...] = ()
    places: Tensor | None = None
    source: tuple[KeysValues, ...] = ()
    source_mask: Tensor | None = None

    def since(self, column: int) -> Cache:
        """The same without the tokens before this column; places go on from where they were."""
        kept = tuple((k[:, :, column:], v[:, :, column:]) for k, v in self.kept)
        return replace(self, kept=kept, places=self.places[:, column:])

    def within(self, window: int | None) -> Cache:
        """The same without what the next token cannot see; at least one token stays."""
        if window is None:
            return self
        last = self.places.amax(dim=1, keepdim=True)
        needed = (self.places > last - max(window - 1, 1)).any(dim=0)
        return self.since(int(needed.nonzero()[0]))

    @property
    def bytes(self) -> int:
        """The size of all keys and values that are kept, the source's too."""
        return sum(t.numel() * t.element_size() for pair in (*self.kept, *self.source)
                   for t in pair)


def who_sees(asking: Tensor, seen: Tensor, *, causal: bool = True,
             window: int | None = None) -> Tensor:
    """bool (B or 1, T, S), True = may attend: queries at the places `asking`, keys at `seen`.

    For a text in one piece these are notebook 05's causal_mask, window_mask and padding_mask.
    """
    keys, queries = seen[:, None, :], asking[:, :, None]
    mask = keys >= 0                                                    # -1 is padding
    if causal:
        mask = mask & (keys <= queries)
    return mask if window is None else mask & (keys > queries - window)


def places_of(T: int, lengths: Tensor | None, before: Tensor | None,
              device: torch.device) -> tuple[Tensor, Tensor]:
    """(places of T queries, places of the same T as keys), both (B or 1, T).

    lengths: (B,), how many are real, the rest is padding on the right; None: all. before: the
    places that were read, from which they go on. Padding asks from the last real place.
    """
    first = torch.zeros(1, 1, dtype=torch.long, device=device)
    if before is not None:
        first = before.amax(dim=1, keepdim=True) + 1                    # (B or 1, 1)
    places = first + torch.arange(T, device=device)                     # (B or 1, T)
    if lengths is None:
        return places, places
    last = first + lengths[:, None] - 1                                 # (B, 1)
    return places.minimum(last), places.masked_fill(places > last, -1)


def side_by_side(before: Tensor | None, after: Tensor) -> Tensor:
    """(B or 1, S) and (B or 1, T) -> (B or 1, S + T)."""
    if before is None:
        return after
    B = max(len(before), len(after))
    return torch.cat([before.expand(B, -1), after.expand(B, -1)], dim=1)
