"""What lets a deep network learn: its start, dropout, batch and layer norm, a way around.

All by hand, x (B, d) with one row per example; torch's own layers give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

STARTS: dict[str, Callable[[int], float]] = {       # name -> spread of a weight, of numbers in
    "0.01": lambda n: 0.01,
    "1 / sqrt(n)": lambda n: n ** -0.5,             # keeps the size through linear layers
    "sqrt(2 / n)": lambda n: (2 / n) ** 0.5,        # relu halves the squares (He et al. 2015)
    "1": lambda n: 1.0,
}
ACTIVATIONS = {"none": lambda z: z, "tanh": torch.tanh, "relu": torch.relu}


def sizes_through_depth(start: str, *, activation: str = "relu", depth: int = 20,
                        width: int = 256, batch: int = 256, seed: int = 0) -> list[float]:
    """Mean square of the activations: of the input (about 1), then after each layer, depth + 1.

    start: a name in STARTS; activation: "relu", "tanh" or "none". Biases are 0, float64.
    Raises ValueError for a name that there is not.
    """
    if start not in STARTS or activation not in ACTIVATIONS:
        raise ValueError(f"start={start!r}, activation={activation!r}: there are "
                         f"{', '.join(STARTS)} and {', '.join(ACTIVATIONS)}")
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(batch, width, generator=generator, dtype=torch.float64)
    sizes = [float((x ** 2).mean())]
    for _ in range(depth):
        W = torch.randn(width, width, generator=generator, dtype=x.dtype) * STARTS[start](width)
        x = ACTIVATIONS[activation](x @ W)
        sizes.append(float((x ** 2).mean()))
    return sizes


def dropout(x: Tensor, p: float, *, training: bool = True,
            generator: torch.Generator | None = None) -> Tensor:
    """In training each number is 0 with probability p, else divided by 1 - p; in eval: x.

    So the expected value is the same in both modes. Raises ValueError unless 0 <= p < 1.
    """
    if not 0 <= p < 1:
        raise ValueError(f"p={p}: a share to drop is at least 0 and below 1")
    if not training:
        return x
    kept = torch.empty_like(x).bernoulli_(1 - p, generator=generator)
    return x * kept / (1 - p)


def layer_norm(x: Tensor, gain: Tensor, shift: Tensor, *, epsilon: float = 1e-5) -> Tensor:
    """Each row (example) to mean 0 and variance 1, then gain * x + shift; gain, shift (d,).

    A row is judged by itself: batch and mode do not matter (Ba et al. 2016).
    """
    mean = x.mean(dim=-1, keepdim=True)                             # (B, 1)
    variance = x.var(dim=-1, keepdim=True, correction=0)
    return gain * (x - mean) / (variance + epsilon).sqrt() + shift


def batch_norm(x: Tensor, gain: Tensor, shift: Tensor, running: tuple[Tensor, Tensor], *,
               training: bool = True, share: float = 0.1, epsilon: float = 1e-5
               ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Each column (feature) to mean 0 and variance 1, then gain * x + shift; gain, shift (d,).

    In training by the batch's own mean and variance, in eval by `running`, which follows them:
    (1 - share) of the old and share of the new (Ioffe and Szegedy 2015). Returns (B, d) and the
    new `running` (mean (d,), variance (d,)). Raises ValueError for training with one row.
    """
    if not training:
        mean, variance = running
        return gain * (x - mean) / (variance + epsilon).sqrt() + shift, running
    if len(x) < 2:
        raise ValueError("one row has no variance: train with 2 or more, or use eval mode")
    mean, variance = x.mean(dim=0), x.var(dim=0, correction=0)      # (d,)
    unbiased = variance * len(x) / (len(x) - 1)                     # what is remembered
    running = tuple((1 - share) * old + share * new.detach() for old, new in
                    zip(running, (mean, unbiased), strict=True))
    return gain * (x - mean) / (variance + epsilon).sqrt() + shift, running


def residual(x: Tensor, branch: Callable[[Tensor], Tensor]) -> Tensor:
    """x + branch(x): with a branch of zeros, the identity (He et al. 2015).

    Raises ValueError if the branch changes the shape.
    """
    out = branch(x)
    if out.shape != x.shape:
        raise ValueError(f"the branch made {tuple(out.shape)} of x {tuple(x.shape)}: to be added "
                         "they need one shape")
    return x + out
