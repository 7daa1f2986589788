"""A run in a file of the learner's own folder, so that a stopped kernel loses little.

models/NAME.pt begins with a line that names the form of what follows, then the sha256 of the
rest, then what torch.save wrote. A file that this code cannot go on with, and an earlier run
that a new one begins to replace, get another name (NAME.1, NAME.2, ...); nothing is deleted.
"""

from __future__ import annotations

import io
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor

from helpers import progress
from helpers.files import replace_file
from helpers.training.files import differences, sha256
from helpers.training.history import History
from helpers.training.run import Plan, Run

FORM = b"kept run, form 2\n"        # another number whenever other things are kept
PARTS = {"model", "best", "optimizer", "state", "groups", "generator", "torch_rng", "history",
         "seed"}


def kept_path(name: str) -> Path:
    """Where the run of this name is kept: models/NAME.pt in the learner's folder."""
    return progress.home() / "models" / f"{name}.pt"


def keep(run: Run, plan: Plan) -> None:
    """Write everything that is needed to go on; the file of before is replaced in one move.

    An earlier run of this name that was not gone on with is set aside, and that is printed.
    """
    buffer = io.BytesIO()
    torch.save(
        {
            "model": dict(run.model.state_dict()),
            "best": run.best,
            "optimizer": type(run.optimizer).__name__,
            "state": run.optimizer.state_dict()["state"],
            "groups": _names(run),
            "generator": run.generator.get_state(),
            "torch_rng": torch.get_rng_state(),
            "history": run.history.to_dict(),
            "seed": plan.seed,
        },
        buffer,
    )
    data, path = buffer.getvalue(), kept_path(plan.keep)
    if run.kept_step is None and path.exists():
        print(f"The earlier run {plan.keep!r} is now {set_aside(plan.keep)!r}.")
    replace_file(path, FORM + sha256(data).encode() + b"\n" + data)
    run.kept_step = run.history.done


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until the block is done: torch.save may break if it is stopped half-way."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = []
    before = signal.signal(signal.SIGINT, lambda *signal_and_frame: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def set_aside(name: str) -> str:
    """Give a kept run the first free of the names NAME.1, NAME.2, ...; return that name."""
    number = 1
    while kept_path(f"{name}.{number}").exists():
        number += 1
    kept_path(name).rename(kept_path(f"{name}.{number}"))
    return f"{name}.{number}"


def restore(run: Run, plan: Plan) -> None:
    """Put `run` where the kept one stopped; torch's global generator as well.

    The settings are those of `plan`: a run may go on with another learning rate or more steps.
    Raises ValueError, with the cure, for a run that does not fit, and for a file that is damaged
    or was written by other code; that one is set aside.
    """
    kept = _read(plan.keep)
    _check_fit(kept, run, plan)
    run.model.load_state_dict(kept["model"])
    parameters = [p for group in run.groups() for p in group]
    for place, entries in kept["state"].items():    # as it is: load_state_dict would round some
        run.optimizer.state[parameters[place]] = {
            name: _beside(parameters[place], entry) for name, entry in entries.items()}
    run.generator.set_state(kept["generator"])
    torch.set_rng_state(kept["torch_rng"])
    run.best = kept["best"] if plan.validate else None  # without validation the last ones count
    run.history = History.from_dict(kept["history"])
    run.history.stopped = plan.stop_reason(run.history)
    run.kept_step = run.history.done


def _read(name: str) -> dict:
    """What is kept under this name; if it cannot be used, ValueError, and the file is set aside."""
    data = kept_path(name).read_bytes()
    head, rest = data[:len(FORM)], data[len(FORM):]
    try:
        if head != FORM:
            raise ValueError("it is no kept run, or other code of the course wrote it")
        if rest[:65] != sha256(rest[65:]).encode() + b"\n":
            raise ValueError("it is damaged: its sha256 is not the one it was written with")
        kept = torch.load(io.BytesIO(rest[65:]), weights_only=True, map_location="cpu")
        if not isinstance(kept, dict) or kept.keys() != PARTS:
            raise ValueError("other code of the course wrote it: it holds other things")
        History.from_dict(kept["history"])
    except Exception as error:          # what torch.load raises may be anything
        why = error if type(error) is ValueError else f"it holds what no run holds: {error}"
        raise ValueError(f"the kept run {name!r} cannot be gone on with: {why}. Its file is now "
                         f"{kept_path(set_aside(name))}; the same call begins again") from error
    return kept


def _check_fit(kept: dict, run: Run, plan: Plan) -> None:
    name, done = plan.keep, len(kept["history"]["steps"])
    again = "or begin again with resume=False, which keeps this run under another name"
    own = run.model.state_dict()
    odd = differences(kept["model"], own) or _other_types(kept["model"], own)
    if odd:
        raise ValueError(f"the kept run {name!r} is of another model: {odd}; "
                         f"build the model as before, {again}")
    if kept["groups"] != _names(run):
        raise ValueError(f"in the kept run {name!r} other parameters were trained, or in other "
                         f"groups: set requires_grad and optimizer as before, {again}")
    made = type(run.optimizer).__name__
    if kept["optimizer"] != made:
        raise ValueError(f"the kept run {name!r} was trained with {kept['optimizer']}, this call "
                         f"has {made}: take the same optimizer, {again}")
    if kept["seed"] != plan.seed:
        raise ValueError(f"the kept run {name!r} has seed={kept['seed']}, this call has "
                         f"seed={plan.seed}: give each seed a name of its own in keep, {again}")
    if done > plan.steps:
        raise ValueError(f"the kept run {name!r} has done {done} steps, this call asks for "
                         f"{plan.steps}: give steps={done} or more, {again}")


def _other_types(stored: dict[str, Tensor], own: dict[str, Tensor]) -> str:
    for name, tensor in own.items():
        if stored[name].dtype != tensor.dtype:
            return f"the file has {name} in {stored[name].dtype}, this code in {tensor.dtype}"
    return ""


def _names(run: Run) -> list[list[str]]:
    """The names of the optimizer's parameters, group by group, and which of them are frozen."""
    names = {id(p): name for name, p in run.model.named_parameters()}
    return [[names[id(p)] + ("" if p.requires_grad else " (frozen)") for p in group]
            for group in run.groups()]


def _beside(parameter: Tensor, entry: object) -> object:
    """An entry of the optimizer's state; one with a number per weight goes where the weights are"""
    same = isinstance(entry, Tensor) and entry.shape == parameter.shape
    return entry.to(parameter.device) if same else entry
