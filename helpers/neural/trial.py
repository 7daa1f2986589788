"""A model, what it read and what it answered, to be compared with what it answers elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from helpers.neural.modes import reading

KINDS = {
    "memory": "something is kept from call to call, or drawn by chance outside of torch",
    "chance": "the answers are random; is dropout on? (A function of a model: call model.eval())",
    "future": "the model sees the future",
    "rows": "the rows of a batch see one another",
    "padding": "the model sees padding",
    "parts": "`read` does not go on where it stopped, or it changes the state that it was handed",
}


@dataclass(frozen=True)
class LeakReport:
    """What `leak_test` found first. Printed, it is a sentence.

    kind: None where nothing leaks, else a key of KINDS. change: how much a logit changed that had
    to stay; without a leak, the most that any did. row, place: of the first logits that changed.
    source: the place that they noticed, None where it is no place. cause: what had been done.
    """

    kind: str | None
    change: float
    row: int | None = None
    place: int | None = None
    source: int | None = None
    cause: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing leaks."""
        return self.kind is None

    def __str__(self) -> str:
        if self.clean:
            return f"no leak found: what had to stay changed by {self.change:.2g} at most"
        return (f"the logits at place {self.place} of row {self.row} changed by {self.change:.2g} "
                f"when {self.cause}: {KINDS[self.kind]}")


class Trial:
    """A model, what it read, and what it answered; `look` compares with other answers."""

    def __init__(self, model: Callable, ids: Tensor, lengths: Tensor | None, *, real: Tensor,
                 within: float, seed: int) -> None:
        self.model, self.ids, self.lengths, self.real = model, ids, lengths, real
        self.generator, self.choices = torch.Generator().manual_seed(seed), ids[real].unique()
        self.places, self.largest = torch.arange(ids.shape[1]), 0.0
        self.cuts = [cut for cut in self.places.tolist() if real[:, :cut].any(dim=1).all()]
        other = self.ask(self.changed(real))        # first, so that what it leaves behind shows
        self.answer = self.ask(ids)
        if (empty := (self.answer + other).isnan().any(dim=-1) & real).any():
            row, place = empty.nonzero()[0].tolist()
            raise ValueError(f"NaN in the logits at place {place} of row {row}: look for a mask "
                             "that leaves this place nothing to attend to")
        self.effect = gaps(other, self.answer, real).max().item()
        self.limit = within * max(self.effect, self.answer[real].abs().median().item())

    def ask(self, ids: Tensor, lengths: Tensor | None = None, seed: int = 0) -> Tensor:
        """The model's logits, float64 (B, T, V), drawn with these random numbers."""
        lengths = self.lengths if lengths is None else lengths
        torch.manual_seed(seed)
        try:
            logits = self.model(ids.clone(), *(() if lengths is None else (lengths.clone(),)))
        except Exception as error:
            error.add_note(f"leak_test was reading ids of the shape {tuple(ids.shape)}")
            raise
        shape = tuple(getattr(logits, "shape", ()))
        if len(shape) != 3 or shape[:2] != ids.shape:
            seen = f"{type(logits).__name__} {shape or ''}".strip()
            raise ValueError(f"for ids {tuple(ids.shape)} the model gives a {seen}: hand over what "
                             "gives the logits (B, T, V) alone, lambda ids: model(ids)[0]")
        return logits.detach().double().clone()

    def until(self, cut: int | None) -> tuple[Tensor, Tensor | None]:
        """The places before a cut, and the lengths that are left."""
        lengths = self.lengths
        return self.ids[:, :cut], lengths if lengths is None else lengths.clamp(max=cut)

    def changed(self, where: Tensor) -> Tensor:
        """The ids, with another one at each of these places (bool, spread to (B, T))."""
        shift = torch.randint(1, len(self.choices), self.ids.shape, generator=self.generator)
        now = torch.searchsorted(self.choices, self.ids)
        return torch.where(where, self.choices[(now + shift) % len(self.choices)], self.ids)

    def look(self, kind: str, cause: str, after: Tensor, stay: Tensor | None = None, *,
             source: int | None = None) -> LeakReport | None:
        """A report if the answer (B, T, V) is another one now at a place that had to stay."""
        stay = (self.real if stay is None else stay)[:, :after.shape[1]]
        bad = ~((moved := gaps(self.answer[:, :after.shape[1]], after, stay)) <= self.limit)
        if not bad.any():
            self.largest = max(self.largest, moved.max().item())
            return None
        place = int(bad.any(0).nonzero()[0])
        row = int(bad[:, place].nonzero()[0])
        return LeakReport(kind, moved[row, place].item(), row, place, source, cause)


def gaps(before: Tensor, after: Tensor, where: Tensor) -> Tensor:
    """How far logits moved: the most over V, (B, T), 0 outside of `where`."""
    moved = torch.where(before == after, 0.0, (before - after).abs())       # inf - inf is NaN
    return moved.amax(dim=-1).masked_fill(~where, 0.0)


@contextmanager
def borrowed(model: Callable) -> Iterator[None]:
    """Modes, buffers and torch's random numbers are put back, whatever happens inside."""
    is_network = isinstance(model, nn.Module)
    kept = [(buffer, buffer.clone()) for buffer in model.buffers()] if is_network else []
    with torch.random.fork_rng(devices=[]), reading(model) if is_network else torch.no_grad():
        try:
            yield
        finally:
            for buffer, values in kept:
                buffer.copy_(values)


def real_places(ids: Tensor, lengths: Tensor | None, padding: int | None) -> Tensor:
    """Bool (B, T), True = no padding."""
    if ids.dim() != 2 or ids.shape[1] < 2 or not len(ids) or ids.is_floating_point():
        raise ValueError(f"ids are {ids.dtype} {tuple(ids.shape)}: give whole numbers (B, T), "
                         "T at least 2, so that there is a future")
    if lengths is not None and padding is not None:
        raise ValueError("padding is told by its id or by lengths: give one of the two")
    real = torch.ones_like(ids, dtype=torch.bool) if padding is None else ids != padding
    if lengths is not None:
        if lengths.shape != ids.shape[:1] or lengths.max() > ids.shape[1]:
            raise ValueError(f"lengths {lengths.tolist()} for ids {tuple(ids.shape)}: one for "
                             "each row, T at most")
        real = torch.arange(ids.shape[1]) < lengths[:, None]
    if not real.any(dim=1).all():
        raise ValueError("a row of nothing but padding: leave it out")
    if real.all() and not (lengths is None and padding is None):
        raise ValueError("no row has padding: give one that is shorter than the others")
    if len(ids[real].unique()) < 2:
        raise ValueError(f"every id is {ids[0, 0]}: give at least two different ones, to be "
                         "exchanged for one another")
    return real
