"""Fine-tune a few numbers only: to each matrix a product of two thin ones (Hu et al. 2022, LoRA).

    add_low_rank(model, 4)              # W becomes W + A B alpha / 4; only A and B are trained
    merge_low_rank(model)               # one matrix again, the same answers, nothing to be added

torch's parametrizations put the sum where W is asked for, so it does not matter who asks.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

QUERIES_VALUES = ("W_q", "W_v")
FEED_FORWARD = ("W_1", "W_2")


class LowRank(nn.Module):
    """W (rows, columns) -> W + A B alpha / rank. B begins at 0, so that nothing changes at first.

    alpha: how strongly the sum counts; divided by the rank, so that a rate serves all ranks.
    """

    def __init__(self, rows: int, columns: int, rank: int, alpha: float) -> None:
        super().__init__()
        self.A = nn.Parameter(torch.randn(rows, rank) / rank ** 0.5)
        self.B = nn.Parameter(torch.zeros(rank, columns))
        self.scale = alpha / rank

    def forward(self, W: Tensor) -> Tensor:
        return W + self.A @ self.B * self.scale


def add_low_rank(model: nn.Module, rank: int, *, alpha: float | None = None,
                 names: Sequence[str] = QUERIES_VALUES, train: Sequence[str] = ("head",)
                 ) -> list[str]:
    """Freeze the model and add a LowRank to each matrix of these names, in place; which they are.

    A name is that of a matrix or of a linear map. alpha: the rank if None, a scale of 1. train:
    parts of the model that go on being trained as a whole, such as a new head.
    Raises ValueError for a rank that saves nothing, and if no matrix has such a name.
    """
    for name, p in model.named_parameters():
        p.requires_grad_(name.split(".")[0] in train)
    found = []
    for place, part, name in list(_matrices(model, names)):
        W = getattr(part, name)
        if not 1 <= rank < W.numel() / sum(W.shape):
            raise ValueError(f"rank={rank} for {place} {tuple(W.shape)}: from 1, and fewer numbers "
                             "than the matrix itself")
        extra = LowRank(*W.shape, rank, rank if alpha is None else alpha)
        parametrize.register_parametrization(part, name, extra)
        found.append(place)
    if not found:
        raise ValueError(f"no matrix {', '.join(names)} in this {type(model).__name__}")
    return found


def merge_low_rank(model: nn.Module) -> None:
    """Add what was learned to the matrices, in place: the model is of its old form again."""
    for part in list(model.modules()):
        if parametrize.is_parametrized(part):
            for name in list(part.parametrizations):
                parametrize.remove_parametrizations(part, name, leave_parametrized=True)


def trained_share(model: nn.Module) -> tuple[int, int]:
    """(numbers that are trained, all numbers)."""
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(n for n, trained in sizes if trained), sum(n for n, _ in sizes)


def frozen_numbers(model: nn.Module) -> dict[str, Tensor]:
    """A copy of each tensor that is not trained, to be compared bit by bit afterwards."""
    return {name: p.detach().clone() for name, p in model.named_parameters()
            if not p.requires_grad}


def _matrices(model: nn.Module, names: Sequence[str]):
    """(where, the module, the parameter's name) of each matrix that is called so."""
    for place, part in model.named_modules():
        for name in names:
            found = getattr(part, name, None)
            if isinstance(found, nn.Linear):
                yield f"{place}.{name}.weight", found, "weight"
            elif isinstance(found, nn.Parameter):
                yield f"{place}.{name}", part, name
