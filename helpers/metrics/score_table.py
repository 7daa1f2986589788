"""The course's score table: data/scores.json, written while the notebooks are built."""

import json
import math
import os
from pathlib import Path

from helpers.files import replace_file

SCORES = Path(__file__).parents[2] / "data" / "scores.json"


def scores() -> list[dict]:
    """The rows of the course's score table as last built, best first: a list of dicts.

    A row may have "low" and "high" beside "bits_per_character": its 95 % interval.
    """
    rows = json.loads(SCORES.read_text(encoding="utf-8")) if SCORES.exists() else []
    return sorted(rows, key=lambda row: row["bits_per_character"])


def record_score(notebook: str, model: str, bits_per_character: float, stored_numbers: int,
                 budget: str, interval: tuple[float, float] | None = None) -> None:
    """Put one measured row into data/scores.json; does nothing outside `make notebooks`.

    A row is known by its model's name: measuring again replaces it. interval: low and high.
    Raises ValueError for a score that is no finite number above 0 or not inside its interval.
    """
    if not 0 < bits_per_character < math.inf:
        raise ValueError(f"{model}: {bits_per_character} bits per character is no score")
    if interval is not None and not 0 < interval[0] <= bits_per_character <= interval[1] < math.inf:
        raise ValueError(f"{model}: {bits_per_character} bits per character with the interval "
                         f"{interval}: give its low and its high end, the score between them")
    if os.environ.get("COURSE_BUILD") != "1":
        return
    row = {"notebook": notebook, "model": model, "bits_per_character": round(bits_per_character, 4),
           "stored_numbers": int(stored_numbers), "budget": budget}
    if interval is not None:
        row |= {"low": round(interval[0], 4), "high": round(interval[1], 4)}
    rows = [other for other in scores() if other["model"] != model] + [row]
    rows.sort(key=lambda r: (r["bits_per_character"], r["model"]))
    replace_file(SCORES, (json.dumps(rows, indent=1) + "\n").encode())
