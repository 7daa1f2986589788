"""Does a deeper network learn better? Plain and residual blocks, with BatchNorm and without.

One task for all: 512 points of 8 numbers, y = sin(2 x_0) + x_1 x_2, all points in each update,
Adam. What is compared is the loss on these same points: not whether a network generalises, but
whether it can be trained (He et al. 2015 call its failure *degradation*).
"""

from __future__ import annotations

import statistics

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import gradient_flow, training

POINTS, D_IN, WIDTH, UPDATES, EVERY = 512, 8, 32, 250, 10
DEPTHS, WAYS, NORMS = (4, 16, 40), ("plain", "residual"), ("BatchNorm", "no norm")
KINDS = tuple(f"{depth} {way} blocks, {norm}" for norm in NORMS for way in WAYS
              for depth in DEPTHS)
RATES, SEEDS = (6e-3, 2e-3, 6e-4), (0, 1, 2)


class Block(nn.Module):
    """(B, width) -> (B, width): relu(norm(x W + b)), or x + relu(norm(x W + b)) if residual.

    W starts with the spread sqrt(2 / width) (He et al. 2015, for relu).
    """

    def __init__(self, width: int, *, residual: bool, normalised: bool) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.norm = nn.BatchNorm1d(width) if normalised else nn.Identity()
        self.residual = residual
        nn.init.kaiming_normal_(self.linear.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """What the branch makes of x, added to x where there is a way around it."""
        branch = torch.relu(self.norm(self.linear(x)))
        return x + branch if self.residual else branch


def points() -> tuple[Tensor, Tensor]:
    """The task: x (512, 8) and y (512, 1), always the same. The variance of y is 1.36."""
    x = torch.randn(POINTS, D_IN, generator=torch.Generator().manual_seed(0))
    return x, torch.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3]


def build(kind: str) -> nn.Sequential:
    """An untrained network: a matrix from 8 to 32, the blocks, a matrix from 32 to 1.

    Raises ValueError for a kind that is not one of KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
    depth, residual, normalised = int(kind.split()[0]), "residual" in kind, "BatchNorm" in kind
    blocks = [Block(WIDTH, residual=residual, normalised=normalised) for _ in range(depth)]
    return nn.Sequential(nn.Linear(D_IN, WIDTH), *blocks, nn.Linear(WIDTH, 1))


def loss_of(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Mean squared error."""
    x, y = batch
    return F.mse_loss(model(x), y)


def train(kind: str, *, rate: float, seed: int, updates: int = UPDATES) -> list[float]:
    """The loss before each update, in training mode; a run ends early if it is not finite."""
    torch.manual_seed(seed)
    batch = points()
    try:
        return training.train(build(kind), lambda _: batch, loss_of, steps=updates,
                              learning_rate=rate, clip=None, seed=seed,
                              what=f"{kind}, rate {rate:g}, seed {seed}").losses
    except training.Diverged as error:
        return error.history.losses


def told(kind: str, *, rate: float, seed: int) -> dict:
    """One run: {"loss": median of the last 10 updates, "curve", "first", "last", "done"}.

    curve: the loss before every 10th update; first, last: the length of the gradient for what
    the first block reads and for what the last one writes, before training; done: updates made.
    """
    losses = train(kind, rate=rate, seed=seed)
    first, last = at_start(kind, seed)
    return {"loss": _short(statistics.median(losses[-10:])), "done": len(losses),
            "curve": [_short(loss) for loss in losses[::EVERY]],
            "first": _short(first), "last": _short(last)}


def at_start(kind: str, seed: int) -> tuple[float, float]:
    """Length of d loss / d input of the first block, and of d loss / d output of the last one."""
    torch.manual_seed(seed)
    model, (x, y) = build(kind), points()
    norms = gradient_flow.over_depth(list(model), x, lambda out: ((out - y) ** 2).mean())
    return float(norms[1]), float(norms[-2])


def _short(value: float) -> float:
    return float(f"{value:.4g}")
