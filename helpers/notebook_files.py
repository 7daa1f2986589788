"""A notebook as a file: read whole, told whether its learner changed it, kept with a date.

Outputs, counts, folded cells and empty cells are no change, nor is the cell that tells of a newer
edition. The copies in my/ carry, in their own metadata under "course", the hash of the cells that
they were delivered with. Standard library only: `make lab` uses this before anything is installed.
"""

import hashlib
import json
import time
from pathlib import Path

from helpers.files import replace_file

NOTE = "newer-edition"  # the tag of the cell that tells of one


def read_notebook(path: Path) -> dict:
    """Return a notebook as JSON. Raises ValueError if the file is not a whole one."""
    return parse_notebook(path.read_bytes(), path.name)


def parse_notebook(data: bytes, name: str) -> dict:
    """Return a file's bytes as a notebook. Raises ValueError, with its name, if it is none."""
    try:
        notebook = json.loads(data.decode("utf-8"))
        cells_sha256(notebook), as_bytes(notebook)  # all that will be asked of it
        notebook["metadata"].get("course", {}).get("edition")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{name} is no whole notebook") from error
    return notebook


def is_note(cell: dict) -> bool:
    """Tell whether a cell is the one that tells of a newer edition."""
    return NOTE in cell.get("metadata", {}).get("tags", [])


def cells_sha256(notebook: dict) -> str:
    """Return a hash of what a learner writes: kind and text of the cells that hold something."""
    written = [(cell.get("cell_type"), "".join(cell["source"]).strip())
               for cell in notebook["cells"] if not is_note(cell)]
    return sha256(json.dumps([(kind, text) for kind, text in written if text]).encode())


def has_outputs(notebook: dict) -> bool:
    """Tell whether a cell of a notebook was run and shows something."""
    return any(cell.get("outputs") for cell in notebook["cells"])


def as_bytes(notebook: dict) -> bytes:
    """Return a notebook as JupyterLab would save it."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def sha256(data: bytes) -> str:
    """Return the sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def keep(mine: Path) -> str:
    """Copy a notebook to backup/, with the date in its name; return where, as the learner says."""
    folder = mine.parent / "backup"
    folder.mkdir(exist_ok=True)
    backup = free_path(folder, mine.stem + time.strftime("-%Y%m%d-%H%M%S"), mine.suffix)
    replace_file(backup, mine.read_bytes())
    return f"{mine.parent.name}/backup/{backup.name}"


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """Return folder/stem with its suffix, or stem-2, stem-3 and so on if that is taken."""
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path
