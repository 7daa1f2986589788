"""What all that is stored took: the minutes beside each model and table, an estimate in kWh."""

from __future__ import annotations

import json
from pathlib import Path

from helpers.pretraining.audit import kilowatt_hours
from helpers.training.checkpoints import FOLDER


def all_minutes(folder: Path | str = FOLDER) -> dict[str, float]:
    """Minutes of each stored model and table by name, the longest first.

    A state on the way ("..._early") is left out: it is part of its whole run. Raises
    FileNotFoundError if there is no stored file.
    """
    found = {path.name.removesuffix(".json"): json.loads(path.read_text("utf-8"))["minutes"]
             for path in Path(folder).glob("*.json") if not path.stem.endswith("_early")}
    if not found:
        raise FileNotFoundError(f"no stored models in {folder}: `make checkpoints` makes them")
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def all_kilowatt_hours(folder: Path | str = FOLDER, *, watts: float = 15.0) -> float:
    """What they took together if the machine drew so many watts; trials beforehand not counted."""
    return kilowatt_hours(60 * sum(all_minutes(folder).values()), watts)
