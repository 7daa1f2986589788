"""Who may look at whom: bool, True = may attend, a row per query and a column per key.

Masks are combined with `&`. torch has two opposite conventions: its function
`scaled_dot_product_attention` means what the course means, its module `nn.MultiheadAttention`
the opposite, and `for_multihead` is the one place that turns ours into that.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def causal_mask(T: int) -> Tensor:
    """(T, T): a token may attend to itself and to what came before it."""
    places = _places(T)
    return places[None, :] <= places[:, None]


def window_mask(T: int, width: int) -> Tensor:
    """(T, T): a token may attend to the last `width` tokens, itself the last of them."""
    if width < 1:
        raise ValueError(f"width={width}: a window holds at least the token itself, 1")
    places = _places(T)
    return causal_mask(T) & (places[None, :] > places[:, None] - width)


def padding_mask(lengths: Sequence[int] | Tensor, S: int) -> Tensor:
    """(B, 1, S): keys up to each text's length may be looked at, by every query.

    It is the *keys* that are hidden. What a query on padding sees does not matter, as long as
    nobody reads its answer and the loss leaves it out.
    Raises ValueError for a length of 0, which would leave nothing to attend to, or above S.
    """
    lengths = torch.as_tensor(lengths)
    if lengths.dim() != 1 or not len(lengths) or lengths.is_floating_point():
        raise ValueError(f"lengths {lengths.tolist()}: give one whole number per text")
    if lengths.min() < 1 or lengths.max() > S:
        raise ValueError(f"lengths {lengths.tolist()} for {S} keys: each is 1 to {S}; a text "
                         "without a token has nothing to attend to")
    return (_places(S)[None, :] < lengths[:, None])[:, None]


def check_mask(mask: Tensor) -> Tensor:
    """The mask itself, if every query may attend to something.

    Raises ValueError that names the first row with nothing, or for a mask that is not bool.
    """
    if mask.dtype != torch.bool:
        raise ValueError(f"a mask of {mask.dtype}: it is bool, True = may attend")
    empty = (~mask.any(dim=-1)).nonzero()
    if len(empty):
        place = ", ".join(map(str, empty[0].tolist()))
        raise ValueError(f"row {place} of the mask {tuple(mask.shape)} has nothing to attend to: "
                         "leave the query its own place, or leave its text out")
    return mask


def for_multihead(mask: Tensor, n_heads: int) -> Tensor:
    """The same mask for torch's nn.MultiheadAttention, where True = may NOT attend.

    (T, S) stays (T, S); (B, T, S) becomes (B * n_heads, T, S), as the module wants it.
    """
    forbidden = ~check_mask(mask)
    return forbidden if mask.dim() == 2 else forbidden.repeat_interleave(n_heads, dim=0)


def _places(count: int) -> Tensor:
    if count < 1:
        raise ValueError(f"{count} tokens: a mask has at least 1")
    return torch.arange(count)
