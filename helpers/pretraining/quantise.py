"""Weights of 8 bits, or fewer: a whole number each, and one scale per row of a matrix."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


def to_whole(W: Tensor, bits: int = 8) -> tuple[Tensor, Tensor]:
    """W (rows, columns) -> (int8 (rows, columns), scale (rows, 1)); W is about whole * scale.

    The largest number of a row becomes 2^(bits - 1) - 1; no number moves by more than half a
    scale. Raises ValueError for bits outside 2 to 8.
    """
    if not 2 <= bits <= 8:
        raise ValueError(f"bits={bits}: from 2 to 8")
    most = 2 ** (bits - 1) - 1
    scale = W.abs().amax(dim=1, keepdim=True) / most
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))       # a row of zeros
    return (W / scale).round().clamp(-most, most).to(torch.int8), scale


def from_whole(whole: Tensor, scale: Tensor) -> Tensor:
    """The matrix that is calculated with: whole * scale."""
    return whole.to(scale.dtype) * scale


def rounded(model: nn.Module, bits: int = 8) -> nn.Module:
    """A copy of a model whose matrices went through `to_whole` and back; the rest is as it was."""
    other = copy.deepcopy(model)
    with torch.no_grad():
        for p in other.parameters():
            if p.dim() == 2:
                p.copy_(from_whole(*to_whole(p, bits)))
    return other.eval()


def stored_bytes(model: nn.Module, bits: int | None = None) -> int:
    """Bytes of a model's numbers: 4 each; with bits, so many in matrices, 4 per row's scale."""
    total = 0
    for p in model.parameters():
        if bits is None or p.dim() != 2:
            total += 4 * p.numel()
        else:
            total += p.numel() * bits // 8 + 4 * p.shape[0]
    return total
