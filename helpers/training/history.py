"""What happened in a training: one entry per step, one per validation."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields


@dataclass
class History:
    """The curves of one run. Losses are mean nats per token, steps count from 1.

    `steps`, `losses`, `gradient_norms` (before clipping) and `learning_rates` (of the first group
    of parameters) have one entry per step; `valid_steps` and `valid_losses` one per validation.
    `best_step` and `best_loss` are those of the lowest validation loss (None without validation).
    `stopped` says why the run ended: "finished", "no better validation loss for k evaluations",
    "interrupted", "diverged".
    """

    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    gradient_norms: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    valid_steps: list[int] = field(default_factory=list)
    valid_losses: list[float] = field(default_factory=list)
    best_step: int | None = None
    best_loss: float | None = None
    stopped: str = ""

    @property
    def done(self) -> int:
        """How many steps are done."""
        return len(self.steps)

    def add(self, loss: float, gradient_norm: float, learning_rate: float) -> None:
        """Append one step."""
        self.steps.append(self.done + 1)
        self.losses.append(loss)
        self.gradient_norms.append(gradient_norm)
        self.learning_rates.append(learning_rate)

    def add_validation(self, loss: float) -> bool:
        """Append one validation, made after the last step; tell whether it is the best so far."""
        self.valid_steps.append(self.done)
        self.valid_losses.append(loss)
        is_best = self.best_loss is None or loss < self.best_loss
        if is_best:
            self.best_step, self.best_loss = self.done, loss
        return is_best

    def since_best(self) -> int:
        """How many validations were made after the best one."""
        return sum(step > self.best_step for step in self.valid_steps)

    def to_dict(self) -> dict:
        """The same as lists, numbers and text, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, entries: dict) -> History:
        """The history that `to_dict` made `entries` from.

        Raises ValueError if names are missing or too many.
        """
        expected = {field.name for field in fields(cls)}
        if entries.keys() != expected:
            odd = ", ".join(sorted(entries.keys() ^ expected))
            raise ValueError(f"this is no history: missing or too many are {odd}")
        return cls(**entries)
