"""The settings of a training, and the state that it goes through."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.training.files import check_name
from helpers.training.history import History


class Diverged(ValueError):
    """The loss or the gradient is no longer a finite number; `history` holds the steps before."""

    def __init__(self, sentence: str, history: History) -> None:
        super().__init__(sentence)
        self.history = history


@dataclass(frozen=True)
class Plan:
    """What a training is asked to do; `train` explains each of these."""

    steps: int
    learning_rate: float
    weight_decay: float
    clip: float | None
    schedule: Callable[[int, int], float]
    validate: Callable[[nn.Module], float] | None
    every: int
    patience: int | None
    seed: int
    keep: str | None

    def __post_init__(self) -> None:
        for name, least in (("steps", 1), ("every", 1), ("patience", 1), ("seed", 0)):
            value = getattr(self, name)
            if (type(value) is not int or value < least) and (name, value) != ("patience", None):
                raise ValueError(f"{name}={value!r}: it must be a whole number, {least} or more")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate={self.learning_rate}: it must be more than 0")
        if not 0 <= self.weight_decay < math.inf:
            raise ValueError(f"weight_decay={self.weight_decay}: it must be 0 or more")
        if self.clip is not None and not self.clip > 0:
            raise ValueError(f"clip={self.clip}: it must be more than 0, or None for no clipping")
        if self.patience is not None and self.validate is None:
            raise ValueError(f"patience={self.patience} needs validate: there is nothing to watch")
        if self.keep is not None:
            check_name(self.keep)

    def stop_reason(self, history: History) -> str:
        """Why a run with this history is over; "" if it goes on."""
        if history.done >= self.steps:
            return "finished"
        if self.patience is not None and history.since_best() >= self.patience:
            plural = "s" if self.patience > 1 else ""
            return f"no better validation loss for {self.patience} evaluation{plural}"
        return ""


@dataclass
class Run:
    """All that changes during a training; with it, the training can be gone on with."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    generator: torch.Generator
    history: History
    best: dict[str, Tensor] | None = None  # the weights with the lowest validation loss
    kept_step: int | None = None  # up to which step the run is in its file

    def put_best_back(self) -> None:
        """Give the model its best weights, where there are any, and set it to eval mode."""
        if self.best is not None:
            self.model.load_state_dict(self.best)
        self.model.eval()


def begin(model: nn.Module, plan: Plan) -> Run:
    """A run before its first step.

    Raises ValueError if the model has nothing to train.
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("this model has no parameters that can be trained")
    if plan.weight_decay > 0:
        optimizer = torch.optim.AdamW(parameters, weight_decay=plan.weight_decay)
    else:
        optimizer = torch.optim.Adam(parameters)
    return Run(model, optimizer, torch.Generator().manual_seed(plan.seed), History())
