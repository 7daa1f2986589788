"""Where a token stands, told to an attention that cannot see it: four ways.

Two are added to the rows of x (sinusoidal, learned); one turns queries and keys (rotary); one is
added to the scores (a distance bias).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

BASE = 10_000.0


def sinusoidal(T: int, d: int, *, base: float = BASE) -> Tensor:
    """(T, d): pairs of sin and cos of t / base^(2i/d) (Vaswani et al. 2017).

    Columns 2i and 2i + 1 are a clock hand that turns once in 2 pi base^(2i/d) places. An odd d
    leaves the last hand without its cos.
    """
    if T < 1 or d < 1:
        raise ValueError(f"T={T}, d={d}: at least 1 place and 1 number")
    angles = _angles(torch.arange(T), d + d % 2, base)                  # (T, d / 2), rounded up
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :d].float()


class LearnedPositions(nn.Module):
    """A row per place, learned like any weight: knows the places 0 to most - 1 and no other."""

    def __init__(self, most: int, d: int) -> None:
        super().__init__()
        self.rows = nn.Parameter(torch.randn(most, d) / d ** 0.5)

    def forward(self, T: int) -> Tensor:
        """(T, d). Raises ValueError for more places than have a row."""
        most = len(self.rows)
        if most < T:
            raise ValueError(f"a text of {T} tokens, and learned positions for {most}: "
                             "cut the text, or train with longer ones")
        return self.rows[:T]


def rotate(x: Tensor, places: Tensor, *, base: float = BASE) -> Tensor:
    """Turn each pair of numbers by an angle that grows with the place (Su et al. 2021).

    x (..., T, d): queries or keys, d even; places (T,). A score of two turned rows depends on
    how far apart their places are, and not on where they are. Raises ValueError for an odd d.
    """
    if x.shape[-1] % 2:
        raise ValueError(f"rows of {x.shape[-1]} numbers: a rotation turns pairs, so the width "
                         "must be even")
    angles = _angles(places, x.shape[-1], base).to(x.dtype)             # (T, d / 2)
    first, second = x[..., 0::2], x[..., 1::2]
    turned = (first * angles.cos() - second * angles.sin(),
              first * angles.sin() + second * angles.cos())
    return torch.stack(turned, dim=-1).flatten(-2)


def distance_bias(T: int, n_heads: int) -> Tensor:
    """(H, T, T) to be added to the scores: minus a slope times the distance (Press et al. 2022).

    Head h of H has the slope 2^(-8 h / H), h from 1: some heads look near, some far.
    """
    slopes = 2.0 ** (-8 * torch.arange(1, n_heads + 1) / n_heads)       # (H,)
    places = torch.arange(T)
    return -slopes[:, None, None] * (places[:, None] - places[None, :]).abs()


def _angles(places: Tensor, d: int, base: float) -> Tensor:
    """(T, d / 2), in double precision: place t times the speed base^(-2i/d) of hand i."""
    speeds = base ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    return places.double()[:, None] * speeds
