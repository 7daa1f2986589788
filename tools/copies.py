"""The learner's working copies of the notebooks: a file that the learner changed is never lost.

`.delivered.json` in the learner's folder holds, for each notebook, the sha256 of what was put
there. A copy that still has this sum is untouched and may be replaced by a newer one.
"""

import hashlib
import json
import time
from pathlib import Path


def deliver(source: str | Path, target: str | Path) -> None:
    """Bring the copies of source/*.ipynb in `target` up to date.

    A copy that is missing or untouched becomes the course's notebook. Where both have changed,
    the learner's stays and the course's is put beside it, once, as NN_topic.new.ipynb.
    """
    source, target = Path(source), Path(target)
    target.mkdir(exist_ok=True)
    record = read_record(target / ".delivered.json")
    for path in sorted(source.glob("*.ipynb")):
        course, mine = path.read_bytes(), target / path.name
        if may_write(mine, course, record):
            write(mine, course)
            record[path.name] = sha256(course)
        elif sha256(course) not in (record.get(path.name), record.get(f"{path.name} offered")):
            offer(mine, course)
            record[f"{path.name} offered"] = sha256(course)
    write(target / ".delivered.json", json.dumps(record, indent=1).encode())


def may_write(mine: Path, course: bytes, record: dict[str, str]) -> bool:
    """Tell whether a copy is missing, the same as the course's, or as it was delivered."""
    return not mine.exists() or sha256(mine.read_bytes()) in (
        sha256(course),
        record.get(mine.name),
    )


def offer(mine: Path, course: bytes) -> None:
    """Put the course's new version beside the learner's changed copy, under a free name."""
    new = free_path(mine.parent, f"{mine.stem}.new")
    write(new, course)
    print(
        f"The course has a new {mine.name}. Yours has your changes and stays as it is; "
        f"the new one stands beside it: {new.name}"
    )


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
        (target / "backup").mkdir(exist_ok=True)
        dated = mine.stem + time.strftime("-%Y%m%d-%H%M%S")
        backup = mine.rename(free_path(target / "backup", dated))
        print(f"Your notebook is kept as {target.name}/backup/{backup.name}")
    deliver(source, target)
    print(
        f"{target.name}/{mine.name} is fresh. "
        "If it is open in JupyterLab: File > Reload Notebook from Disk."
    )


def free_path(folder: Path, stem: str) -> Path:
    """Return folder/stem.ipynb, or stem-2, stem-3 and so on if that is taken."""
    path, number = folder / f"{stem}.ipynb", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.ipynb", number + 1
    return path


def read_record(path: Path) -> dict[str, str]:
    """Return what was delivered; nothing if the record is missing or damaged.

    Nothing is the safe answer: copies that differ from the course then count as changed.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def sha256(data: bytes) -> str:
    """Return the sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
