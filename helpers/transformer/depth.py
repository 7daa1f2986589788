"""Depth: is it easy to learn, and is it easy to do nothing?

    plain       x -> relu(norm(W x + b))            To leave x as it is, W must be found.
    residual    x -> x + relu(norm(W x + b))        To leave x as it is, the part that adds is 0.

Layers of both kinds learn a curve that four of them learn with ease (He et al. 2016 saw deep
plain networks that could not be trained). `silence` is the second line for a Transformer's block.
The norm is BatchNorm, as in 2016; without a norm plain layers learn and residual ones explode.
"""

from __future__ import annotations

import statistics

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import training
from helpers.transformer.model import Block

KINDS = ("plain, 4", "residual, 4", "plain, 40", "residual, 40")
RATES, SEEDS = (2e-3, 6e-3, 6e-4), (0, 1, 2)
INPUTS, WIDTH, POINTS, UPDATES, EVERY = 8, 32, 512, 250, 50


class Layer(nn.Module):
    """One layer of width 32, Kaiming's start; residual: it adds to x."""

    def __init__(self, *, residual: bool) -> None:
        super().__init__()
        self.linear, self.norm = nn.Linear(WIDTH, WIDTH), nn.BatchNorm1d(WIDTH)
        nn.init.kaiming_normal_(self.linear.weight, nonlinearity="relu")
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        new = F.relu(self.norm(self.linear(x)))                         # (B, 32)
        return x + new if self.residual else new


def build(kind: str, *, seed: int = 0) -> nn.Sequential:
    """A network of one of KINDS: one map in, layers, one map out; ValueError for another kind."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
    name, number = kind.split(", ")
    torch.manual_seed(seed)
    layers = [Layer(residual=name == "residual") for _ in range(int(number))]
    return nn.Sequential(nn.Linear(INPUTS, WIDTH), *layers, nn.Linear(WIDTH, 1))


def points() -> tuple[Tensor, Tensor]:
    """512 inputs (512, 8) and what is to be said of them (512, 1): sin(2 x_0) + x_1 x_2."""
    x = torch.randn(POINTS, INPUTS, generator=torch.Generator().manual_seed(0))
    return x, torch.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3]


def train(kind: str, *, rate: float = 2e-3, seed: int = 0, updates: int = UPDATES
          ) -> training.History:
    """What happened with Adam on all points at once; losses are mean squares on these points.

    Forty layers take three seconds. Who always says the mean gets 1.36.
    """
    x, y = points()
    return training.train(build(kind, seed=seed), lambda generator: (x, y),
                          lambda model, batch: F.mse_loss(model(batch[0]), batch[1]),
                          steps=updates, learning_rate=rate, seed=seed, clip=None,
                          what=f"{kind} layers, rate {rate:g}, seed {seed}")


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS: {"error": at the end, "curve": after every EVERY updates}.

    Both are mean squares on the points of training, medians of ten updates.
    """
    losses = train(kind, rate=rate, seed=seed).losses
    curve = [float(f"{statistics.median(losses[end - 10:end]):.3g}")
             for end in range(EVERY, len(losses) + 1, EVERY)]
    return {"error": curve[-1], "curve": curve}


@torch.no_grad()
def silence(block: Block) -> Block:
    """The same block, every part of it adding zeros: a pre-norm block that leaves x as it is."""
    for W in block.adding():
        W.zero_()
    for b in (block.attention.b_o, block.feed_forward.W_2.bias,
              None if block.cross is None else block.cross.b_o):
        if b is not None:
            b.zero_()
    return block
