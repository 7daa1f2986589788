"""The settings of a training, and the state that it goes through."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.training.files import check_name
from helpers.training.history import History

RATE = 1e-3


class Diverged(ValueError):
    """The loss or the gradient is no longer a finite number; `history` holds the steps before."""

    def __init__(self, sentence: str, history: History) -> None:
        super().__init__(sentence)
        self.history = history


@dataclass(frozen=True)
class Plan:
    """What a training is asked to do; `train` explains each of these."""

    steps: int
    learning_rate: float | None
    weight_decay: float
    optimizer: Callable[[nn.Module], torch.optim.Optimizer] | None
    clip: float | None
    accumulate: int
    schedule: Callable[[int, int], float]
    validate: Callable[[nn.Module], float] | None
    every: int
    patience: int | None
    watch: Callable[[nn.Module, History], object] | None
    seed: int
    device: torch.device | str
    keep: str | None

    def __post_init__(self) -> None:
        for name, least in (("steps", 1), ("every", 1), ("patience", 1), ("seed", 0),
                            ("accumulate", 1)):
            value = getattr(self, name)
            if (type(value) is not int or value < least) and (name, value) != ("patience", None):
                raise ValueError(f"{name}={value!r}: it must be a whole number, {least} or more")
        if self.learning_rate is not None and not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate={self.learning_rate}: it must be more than 0")
        if not 0 <= self.weight_decay < math.inf:
            raise ValueError(f"weight_decay={self.weight_decay}: it must be 0 or more")
        if self.optimizer is not None and (self.learning_rate is not None or self.weight_decay):
            raise ValueError(f"learning_rate={self.learning_rate}, weight_decay="
                             f"{self.weight_decay} beside an optimizer of your own: "
                             "give them in there")
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
    base_rates: list[float]  # of each group of parameters, before the schedule
    generator: torch.Generator
    history: History
    best: dict[str, Tensor] | None = None  # the weights with the lowest validation loss
    kept_step: int | None = None  # up to which step the run is in its file

    def put_best_back(self) -> None:
        """Give the model its best weights, where there are any, and set it to eval mode."""
        if self.best is not None:
            self.model.load_state_dict(self.best)
        self.model.eval()

    def groups(self) -> list[list[Tensor]]:
        """The parameters that the optimizer changes, group by group."""
        return [group["params"] for group in self.optimizer.param_groups]


def begin(model: nn.Module, plan: Plan) -> Run:
    """A run before its first step, its model on the device.

    Raises ValueError if the model has nothing to train, for a device that this machine does not
    have, and for an optimizer that is none or that changes something else than the model.
    """
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("this model has no parameters that can be trained")
    try:
        model.to(torch.device(plan.device))
    except (RuntimeError, AssertionError) as error:     # torch's ways to say that there is none
        raise ValueError(f"device={plan.device!r} cannot be used here "
                         f"({str(error).splitlines()[0]}): take device='cpu'") from error
    optimizer = _optimizer(model, plan)
    rates = [float(group["lr"]) for group in optimizer.param_groups]
    return Run(model, optimizer, rates, torch.Generator().manual_seed(plan.seed), History())


def _optimizer(model: nn.Module, plan: Plan) -> torch.optim.Optimizer:
    if plan.optimizer is None:                  # without decay AdamW is Adam, to the bit
        return torch.optim.AdamW([p for p in model.parameters() if p.requires_grad],
                                 lr=plan.learning_rate or RATE, weight_decay=plan.weight_decay)
    made = plan.optimizer(model) if callable(plan.optimizer) else plan.optimizer
    if not callable(plan.optimizer) or not isinstance(made, torch.optim.Optimizer):
        raise ValueError(f"optimizer is or makes a {type(made).__name__}: hand over a function "
                         "that makes one from the model, such as "
                         "lambda model: torch.optim.SGD(model.parameters(), lr=0.1)")
    own = {id(p) for p in model.parameters()}
    strange = [p for group in made.param_groups for p in group["params"] if id(p) not in own]
    if strange:
        raise ValueError(f"the optimizer changes a tensor {tuple(strange[0].shape)} that is no "
                         "parameter of the model: put all that is trained into one module")
    return made
