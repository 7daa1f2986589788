"""A run in a file of the learner's own folder, so that a stopped kernel loses little."""

from __future__ import annotations

import io
from pathlib import Path

import torch

from helpers import progress
from helpers.training.files import differences, replace_file
from helpers.training.history import History
from helpers.training.run import Plan, Run


def kept_path(name: str) -> Path:
    """Where the run of this name is kept: models/NAME.pt in the learner's folder."""
    return progress.home() / "models" / f"{name}.pt"


def keep(run: Run, plan: Plan) -> None:
    """Write everything that is needed to go on; the file of before is replaced in one move."""
    buffer = io.BytesIO()
    torch.save(
        {
            "model": dict(run.model.state_dict()),
            "best": run.best,
            "optimizer": run.optimizer.state_dict()["state"],
            "trained": _trained(run),
            "generator": run.generator.get_state(),
            "torch_rng": torch.get_rng_state(),
            "history": run.history.to_dict(),
            "seed": plan.seed,
        },
        buffer,
    )
    replace_file(kept_path(plan.keep), buffer.getvalue())
    run.kept_step = run.history.done


def restore(run: Run, plan: Plan) -> None:
    """Put `run` where the kept one stopped; torch's global generator as well.

    The settings are those of `plan`: a run may go on with another learning rate or more steps.
    Raises ValueError, with the cure, for a file that is damaged or does not fit.
    """
    kept = _read(kept_path(plan.keep))
    _check_fit(kept, run, plan)
    run.model.load_state_dict(kept["model"])
    groups = run.optimizer.state_dict()["param_groups"]
    run.optimizer.load_state_dict({"state": kept["optimizer"], "param_groups": groups})
    run.generator.set_state(kept["generator"])
    torch.set_rng_state(kept["torch_rng"])
    run.best = kept["best"] if plan.validate else None  # without validation the last ones count
    run.history = History.from_dict(kept["history"])
    run.history.stopped = plan.stop_reason(run.history)
    run.kept_step = run.history.done


def _read(path: Path) -> dict:
    try:
        kept = torch.load(path, weights_only=True)
        History.from_dict(kept["history"])
    except Exception as error:  # a damaged file may raise anything
        raise ValueError(f"{path} is cut off or no kept run ({type(error).__name__}): "
                         "delete it, or begin again with resume=False") from error
    return kept


def _check_fit(kept: dict, run: Run, plan: Plan) -> None:
    name, done = plan.keep, len(kept["history"]["steps"])
    again = "or begin again with resume=False"
    odd = differences(kept["model"], run.model.state_dict())
    if odd:
        raise ValueError(f"the kept run {name!r} is of another model: {odd}; "
                         f"build the model as before, {again}")
    if kept["trained"] != _trained(run):
        raise ValueError(f"in the kept run {name!r} other parameters were trained: "
                         f"set requires_grad as before, {again}")
    if kept["seed"] != plan.seed:
        raise ValueError(f"the kept run {name!r} has seed={kept['seed']}, this call has "
                         f"seed={plan.seed}: give each seed a name of its own in keep, {again}")
    if done > plan.steps:
        raise ValueError(f"the kept run {name!r} has done {done} steps, this call asks for "
                         f"{plan.steps}: give steps={done} or more, {again}")


def _trained(run: Run) -> list[str]:
    return [name for name, p in run.model.named_parameters() if p.requires_grad]
