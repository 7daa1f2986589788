"""The learner's working copies of the notebooks: nothing that the learner made is ever lost.

What is delivered has no outputs: the learner makes them. A copy counts as changed when the text
or the kind of one of its cells differs from what was delivered; outputs, counts, folded cells and
empty cells are no change. Each copy carries, in its own metadata under "course", the sha256 of
its edition, of the text of its cells, and of the newest edition that it told of.
"""

from pathlib import Path

from helpers.files import replace_file
from helpers.notebook_files import (
    NOTE,
    as_bytes,
    cells_sha256,
    has_outputs,
    is_note,
    keep,
    read_notebook,
    sha256,
)

WORDS = """**There is a newer edition of this notebook.** This one has your changes, so it stays
as it is. For the new one type, in the folder of the course, `make reset NB={number}` (without
make: `py -3.12 tools\\prepare.py reset {number}`). Your work is kept in `my/backup/`, and your
progress stays."""


def deliver(source: str | Path, target: str | Path) -> None:
    """Bring the copies of source/*.ipynb in `target` up to date.

    A copy that is missing, or that the learner did not change, becomes the course's notebook; one
    with outputs goes to backup/ first. A changed one stays; its first cell then names the way to
    the newer edition, once.
    """
    target = Path(target)
    target.mkdir(exist_ok=True)
    for path in sorted(Path(source).glob("*.ipynb")):
        bring(read_notebook(path), target / path.name)


def bring(course: dict, mine: Path) -> None:
    """Bring one copy up to date with the course's notebook; see `deliver`."""
    fresh = without_outputs(course)
    stamp = {"edition": sha256(as_bytes(fresh)), "cells": cells_sha256(fresh)}
    fresh["metadata"] = course["metadata"] | {"course": stamp}
    own = None
    if mine.exists():
        try:
            own = read_notebook(mine)
        except ValueError:
            print(f"{mine.parent.name}/{mine.name} is no whole notebook and stays as it is; "
                  f"for a fresh one: make reset NB={number_of(mine)}")
            return
        known = own["metadata"].get("course", {})
        if stamp["edition"] in (known.get("edition"), known.get("offered")):
            return
        if cells_sha256(own) not in (known.get("cells"), stamp["cells"]):
            tell(mine, own, stamp["edition"])
            return
        if has_outputs(own):
            print(f"{mine.name} is a new edition; yours, with its outputs, is kept: {keep(mine)}")
    replace_file(mine, as_bytes(fresh))


def tell(mine: Path, own: dict, edition: str) -> None:
    """Say in the first cell of a changed copy, and here, that there is a newer edition."""
    cell = {"cell_type": "markdown", "metadata": {"tags": [NOTE]},
            "source": WORDS.format(number=number_of(mine))}
    if (own.get("nbformat", 0), own.get("nbformat_minor", 0)) >= (4, 5):
        cell["id"] = NOTE
    own["cells"] = [cell, *(cell for cell in own["cells"] if not is_note(cell))]
    own["metadata"]["course"] = own["metadata"].get("course", {}) | {"offered": edition}
    replace_file(mine, as_bytes(own))
    print(f"The course has a newer {mine.name}. Yours has your changes and stays as it is; "
          f"for the new one: make reset NB={number_of(mine)}")


def number_of(mine: Path) -> str:
    """Return what `reset` calls a notebook: "01" for 01_topic.ipynb, "index" for index.ipynb."""
    return mine.stem.split("_")[0]


def reset(number: str, source: str | Path, target: str | Path) -> None:
    """Give the learner a fresh copy of one notebook; keep the old one in backup/, with its date.

    Raises:
        ValueError: no notebook has this number; the message lists the ones that there are.
    """
    source, target = Path(source), Path(target)
    names = sorted(path.stem for path in source.glob("*.ipynb"))
    chosen = [name for name in names if number.zfill(2) in (name, name.split("_")[0])]
    if not chosen:
        seen = f"There is no notebook {number!r}. " if number else ""
        known = ", ".join(name.split("_")[0] for name in names)
        raise ValueError(f"{seen}Name one of these: {known}; for instance: make reset NB=01")
    mine = target / f"{chosen[0]}.ipynb"
    if mine.exists():
        print(f"Your notebook is kept as {keep(mine)}")
        mine.unlink()
    deliver(source, target)
    print(
        f"{target.name}/{mine.name} is fresh. "
        "If it is open in JupyterLab: File > Reload Notebook from Disk."
    )


def without_outputs(notebook: dict) -> dict:
    """Return a notebook as if none of its cells had been run."""
    cleared = {"outputs": [], "execution_count": None}
    return {**notebook, "cells": [cell | cleared if cell.get("cell_type") == "code" else cell
                                  for cell in notebook["cells"]]}
