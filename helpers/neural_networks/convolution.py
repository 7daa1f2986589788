"""Convolution on one page: a small kernel, the same weights at every place.

x (C, H, W): channels, rows, columns. What networks call convolution does not turn the kernel
over; mathematicians call it cross-correlation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn


def output_size(n: int, kernel: int, *, stride: int = 1, padding: int = 0) -> int:
    """How many places a kernel of this width has on n numbers: (n + 2 padding - kernel) // stride
    + 1. Raises ValueError if it has none.
    """
    if n + 2 * padding < kernel:
        raise ValueError(f"a kernel of {kernel} has no place on {n} numbers with padding {padding}")
    return (n + 2 * padding - kernel) // stride + 1


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | float = 0.0, *,
             stride: int = 1, padding: int = 0) -> np.ndarray:
    """At every place: kernel times what lies under it, all summed, plus the bias.

    x (C_in, H, W), kernel (C_out, C_in, k, k), bias (C_out,) -> (C_out, H', W'), see
    `output_size`. padding: so many rows and columns of 0 around x. Raises ValueError where the
    channels of x and kernel differ.
    """
    if len(x) != kernel.shape[1]:
        raise ValueError(f"x {x.shape} has {len(x)} channels, kernel {kernel.shape} reads "
                         f"{kernel.shape[1]}")
    k = kernel.shape[-1]
    rows, columns = (output_size(n, k, stride=stride, padding=padding) for n in x.shape[1:])
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((len(kernel), rows, columns))
    for i in range(rows):
        for j in range(columns):
            under = x[:, i * stride:i * stride + k, j * stride:j * stride + k]  # (C_in, k, k)
            out[:, i, j] = (kernel * under).sum(axis=(1, 2, 3))
    return out + np.reshape(bias, (-1, 1, 1))


def max_pool(x: np.ndarray, size: int = 2) -> np.ndarray:
    """The largest number of each tile of size x size: (C, H, W) -> (C, H // size, W // size)."""
    C, H, W = x.shape
    tiles = x[:, :H // size * size, :W // size * size]
    return tiles.reshape(C, H // size, size, W // size, size).max(axis=(2, 4))


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """How many inputs in a row one output depends on; layers: (kernel, stride), the lowest first.

    k layers of kernel 3 and stride 1 see 2 k + 1.
    """
    seen, apart = 1, 1                  # inputs seen; inputs between two neighbouring outputs
    for kernel, stride in layers:
        seen += (kernel - 1) * apart
        apart *= stride
    return seen


def seen_by_centre(depth: int, *, kernel: int = 3, size: int = 31) -> np.ndarray:
    """(size, size) bool: the pixels that the middle output of `depth` convolutions depends on.

    Found by its gradient; the weights are ones. Raises ValueError where it would reach the edge.
    """
    if receptive_field([(kernel, 1)] * depth) > size:
        raise ValueError(f"{depth} kernels of {kernel} see {receptive_field([(kernel, 1)] * depth)}"
                         f" pixels in a row, the picture has {size}: give a larger size")
    x = torch.zeros(1, 1, size, size, requires_grad=True)
    out = x
    for _ in range(depth):
        out = nn.functional.conv2d(out, torch.ones(1, 1, kernel, kernel), padding=kernel // 2)
    out[0, 0, size // 2, size // 2].backward()
    return (x.grad[0, 0] != 0).numpy()


def lenet5() -> nn.Sequential:
    """LeNet-5 as it is usually built today: (B, 1, 32, 32) -> logits (B, 10), 61,706 weights.

    The network of LeCun et al. (1998) joined its second convolution to some of the six maps
    only, and ended otherwise.
    """
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),             # (B, 6, 14, 14)
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),            # (B, 16, 5, 5)
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(),               # (B, 120)
        nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))


def parameters_by_layer(model: nn.Module) -> dict[str, int]:
    """Weights and biases of each layer that has any: {"Conv2d 1 -> 6": 156, ...}."""
    found = {}
    for layer in model.modules():
        own = sum(p.numel() for p in layer.parameters(recurse=False))
        if own:
            n_out, n_in = layer.weight.shape[:2]
            found[f"{type(layer).__name__} {n_in} -> {n_out}"] = own
    return found


def multiplications(n_in: int, n_out: int, kernel: int, *, places: int) -> int:
    """Of one convolution layer: kernel ** 2 * n_in for each of n_out channels at each place."""
    return places * kernel ** 2 * n_in * n_out


def bottleneck(n_in: int = 192, between: int = 16, n_out: int = 32, kernel: int = 5, *,
               places: int = 28 * 28) -> tuple[int, int]:
    """Multiplications of a layer directly, and by way of a 1 x 1 layer to `between` channels.

    The defaults are the 5 x 5 branch of GoogLeNet's first inception block (Szegedy et al. 2014).
    """
    return (multiplications(n_in, n_out, kernel, places=places),
            multiplications(n_in, between, 1, places=places)
            + multiplications(between, n_out, kernel, places=places))


def lengths_out(lengths: Sequence[int] = (5, 17, 100)) -> list[int]:
    """One Conv1d of kernel 3, padding 1, on sequences of these lengths: how long its outputs are.

    The weights are the same each time: a convolution has no fixed input size.
    """
    layer = nn.Conv1d(4, 8, 3, padding=1)
    return [layer(torch.zeros(1, 4, length)).shape[-1] for length in lengths]
