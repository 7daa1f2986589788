"""What can be read off frozen vectors with a straight line, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers.metrics import bootstrap_interval

STRENGTHS = (0.1, 1.0, 10.0)        # of the pull towards 0 (L2), of which a probe takes the best


@dataclass(frozen=True)
class Line:
    """A linear classifier: features (N, d) -> logits (N, classes), float64."""

    W: Tensor
    b: Tensor

    def logits(self, features: Tensor) -> Tensor:
        """features (N, d) W + b."""
        return features.double() @ self.W + self.b

    def right(self, features: Tensor, labels: Tensor) -> float:
        """The share of labels that are named."""
        return float((self.logits(features).argmax(dim=1) == labels).double().mean())


def fit_line(features: Tensor, labels: Tensor, *, strength: float = 1.0,
             classes: int | None = None, rounds: int = 60) -> Line:
    """The line with the least sum of nats plus strength * |W|^2 (L-BFGS, from zero).

    features (N, d), labels (N,) int from 0. Raises ValueError for labels that do not fit.
    """
    if features.dim() != 2 or labels.shape != features.shape[:1] or not len(labels):
        raise ValueError(f"features {tuple(features.shape)} and labels {tuple(labels.shape)}: "
                         "(N, d) and (N,), at least one")
    x, k = features.double(), int(labels.max()) + 1 if classes is None else classes
    W = torch.zeros(x.shape[1], k, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(k, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([W, b], max_iter=rounds, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(x @ W + b, labels, reduction="sum") + strength * W.square().sum()
        loss.backward()
        return loss
    with torch.enable_grad():
        optimizer.step(closure)
    return Line(W.detach(), b.detach())


def best_line(features: Tensor, labels: Tensor, valid: tuple[Tensor, Tensor], *,
              strengths: Sequence[float] = STRENGTHS, classes: int | None = None) -> Line:
    """The one of the strengths that names most of the valid labels; valid: (features, labels)."""
    lines = [fit_line(features, labels, strength=s, classes=classes) for s in strengths]
    return max(lines, key=lambda line: line.right(*valid))


def majority(labels: Tensor) -> float:
    """The share of the commonest label: what who knows nothing but labels gets right."""
    return float(torch.bincount(labels).max() / len(labels))


def shuffled(labels: Tensor, seed: int = 0) -> Tensor:
    """The same labels at random places.

    A probe that is trained on them and still does better than `majority` on others has a leak;
    what it gets right on its own examples is what it can learn by heart (Hewitt & Liang 2019).
    """
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    return labels[order]


def calibration(logits: Tensor, labels: Tensor, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, how many) of each bin of confidence that is not empty."""
    confidence, named = logits.double().softmax(dim=1).max(dim=1)
    right = (named == labels).double()
    which = (confidence * bins).long().clamp(max=bins - 1)
    return [(float(confidence[which == k].mean()), float(right[which == k].mean()),
             int((which == k).sum())) for k in range(bins) if (which == k).any()]


def calibration_error(logits: Tensor, labels: Tensor, bins: int = 10) -> float:
    """By how much confidence and share right differ, on average over the examples (ECE).

    Guo et al. 2017. 0: of what is said with 80 %, 80 % are right.
    """
    told = calibration(logits, labels, bins)
    return sum(n * abs(sure - right) for sure, right, n in told) / len(labels)


def gain_interval(ours: Sequence[float], theirs: Sequence[float], *, level: float = 0.95
                  ) -> tuple[float, float, float]:
    """(mean, low, high) of ours - theirs, pair by pair: the same labels, another way.

    The interval is the bootstrap's over the pairs. Raises ValueError for other lengths.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} results: they are compared in pairs")
    gains = [a - b for a, b in zip(ours, theirs, strict=True)]
    return sum(gains) / len(gains), *bootstrap_interval(gains, level=level)
