"""Small networks for curves and for points in the plane: fitted, or built by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import neural, training

CLOUDS = ("two clouds", "XOR", "ring")
ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "none": nn.Identity}


def network(n_in: int, width: int, n_out: int, *, activation: str = "tanh",
            seed: int = 0) -> nn.Sequential:
    """(B, n_in) -> (B, n_out): one hidden layer, started by torch's rule from this seed.

    Raises ValueError for a width below 1 or an unknown activation.
    """
    if width < 1 or activation not in ACTIVATIONS:
        raise ValueError(f"width={width}, activation={activation!r}: at least 1 hidden unit, and "
                         f"one of {', '.join(ACTIVATIONS)}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(n_in, width), ACTIVATIONS[activation](),
                             nn.Linear(width, n_out))


def wave() -> tuple[Tensor, Tensor]:
    """x from -pi to pi and sin x, (200, 1) each."""
    x = torch.linspace(-math.pi, math.pi, 200)[:, None]
    return x, x.sin()


def fit_wave(width: int, *, rate: float = 1e-2, updates: int = 1000,
             seed: int = 0) -> tuple[nn.Sequential, float]:
    """A tanh network of one hidden layer fitted to sin x, and its mean squared error.

    Adam, all 200 points in each update.
    """
    batch, model = wave(), network(1, width, 1, seed=seed)
    training.train(model, lambda _: batch, lambda m, b: F.mse_loss(m(b[0]), b[1]), steps=updates,
                   learning_rate=rate, clip=None, what=f"sin x, width {width}, rate {rate:g}")
    with neural.reading(model):
        return model, float(F.mse_loss(model(batch[0]), batch[1]))


def bump(x: np.ndarray) -> np.ndarray:
    """exp(-50 (x - 1/2) ** 2): near 0 at 0 and 1, 1 in the middle."""
    return np.exp(-50 * (np.asarray(x) - 0.5) ** 2)


def built_to_fit(x: np.ndarray, width: int, target: Callable = bump) -> np.ndarray:
    """Outputs at x (N,) of a network of one hidden layer of `width` relu units, built, not trained.

    It goes through the target at width + 1 evenly spaced places from 0 to 1, straight in between:
    unit j is relu(x - j / width), and its weight is by how much the slope changes there. So one
    hidden layer comes as near to a continuous function as one likes; whether training finds such
    weights is another question. Raises ValueError for a width below 1.
    """
    if width < 1:
        raise ValueError(f"width={width}: at least 1 hidden unit")
    places = np.linspace(0, 1, width + 1)
    slopes = np.diff(target(places)) * width                            # (width,)
    hidden = np.maximum(np.asarray(x)[:, None] - places[:-1], 0)        # (N, width)
    return hidden @ np.diff(slopes, prepend=0.0) + target(places[0])


def clouds(kind: str, number: int = 200, *, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Points in the plane (number, 2), and to which of two classes each belongs (number,), int.

    "two clouds": a line separates them; "XOR": opposite corners of a square are alike; "ring":
    one class lies around the other. Raises ValueError for another kind.
    """
    g = torch.Generator().manual_seed(seed)
    y = torch.arange(number) % 2
    near = 0.3 * torch.randn(number, 2, generator=g)
    sign = 2.0 * torch.randint(2, (number,), generator=g) - 1           # -1 or 1
    if kind == "two clouds":
        return near + (2.0 * y - 1)[:, None], y
    if kind == "XOR":
        return near + torch.stack([sign, sign * (1 - 2.0 * y)], dim=1), y
    if kind == "ring":
        angle = 2 * math.pi * torch.rand(number, generator=g)
        around = 1.8 * torch.stack([angle.cos(), angle.sin()], dim=1)
        return near + around * y[:, None], y
    raise ValueError(f"clouds {kind!r}: there are {', '.join(CLOUDS)}")


def share_right(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Share of points whose largest of two logits is that of their class."""
    with neural.reading(model):
        return float((model(x).argmax(dim=1) == y).float().mean())


def boundary(model: nn.Module, *, reach: float = 2.5, per_axis: int = 60) -> np.ndarray:
    """P(class 1) on a grid from -reach to reach: (per_axis, per_axis), row 0 is the lowest y.

    The boundary is where it is 1/2.
    """
    axis = torch.linspace(-reach, reach, per_axis)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    with neural.reading(model):
        p = model(torch.stack([x, y], dim=-1).flatten(0, 1)).softmax(dim=1)[:, 1]
    return p.view(per_axis, per_axis).numpy()
