"""The learner's working copies of the notebooks: nothing that the learner made is ever lost.

What is delivered has no outputs: the learner makes them. A copy counts as changed when the text
or the kind of one of its cells differs from what was delivered; outputs, counts, folded cells and
empty cells are no change. Each copy carries, in its own metadata under "course", the sha256 of
its edition, of the text of its cells, and of the newest edition that it told of.
"""

import hashlib
import json
import time
from pathlib import Path

from helpers.files import replace_file

NOTE = "newer-edition"  # the tag of the cell that tells of one
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
        if any(cell.get("outputs") for cell in own["cells"]):
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


def is_note(cell: dict) -> bool:
    """Tell whether a cell is the note of `tell`."""
    return NOTE in cell.get("metadata", {}).get("tags", [])


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


def keep(mine: Path) -> str:
    """Copy a notebook to backup/, with the date in its name; return where, as the learner says."""
    folder = mine.parent / "backup"
    folder.mkdir(exist_ok=True)
    backup = free_path(folder, mine.stem + time.strftime("-%Y%m%d-%H%M%S"))
    replace_file(backup, mine.read_bytes())
    return f"{mine.parent.name}/backup/{backup.name}"


def free_path(folder: Path, stem: str) -> Path:
    """Return folder/stem.ipynb, or stem-2, stem-3 and so on if that is taken."""
    path, number = folder / f"{stem}.ipynb", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.ipynb", number + 1
    return path


def read_notebook(path: Path) -> dict:
    """Return a notebook as JSON. Raises ValueError if the file is not a whole one."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells_sha256(notebook), as_bytes(notebook)  # all that will be asked of it
        notebook["metadata"].get("course", {}).get("edition")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path.name} is no whole notebook") from error
    return notebook


def without_outputs(notebook: dict) -> dict:
    """Return a notebook as if none of its cells had been run."""
    cleared = {"outputs": [], "execution_count": None}
    return {**notebook, "cells": [cell | cleared if cell.get("cell_type") == "code" else cell
                                  for cell in notebook["cells"]]}


def cells_sha256(notebook: dict) -> str:
    """Return a hash of what a learner writes: kind and text of the cells that hold something."""
    written = [(cell.get("cell_type"), "".join(cell["source"]).strip())
               for cell in notebook["cells"] if not is_note(cell)]
    return sha256(json.dumps([(kind, text) for kind, text in written if text]).encode())


def as_bytes(notebook: dict) -> bytes:
    """Return a notebook as JupyterLab would save it."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def sha256(data: bytes) -> str:
    """Return the sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
