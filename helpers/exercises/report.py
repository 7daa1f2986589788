"""A table of what learners' notebooks pass: `python -m helpers.exercises report FILE...`.

The code of a notebook runs in a process of its own (`_marker`), never in this one.
"""

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from helpers import course, session
from helpers.exercises import _marker
from helpers.exercises._marker import SECONDS, Marked
from helpers.files import replace_file

SIGNS = {"passed": "✓", "failed": "✗", "not attempted": "–", "not checked": "!"}
LEGEND = "✓ passes   ✗ does not   – not attempted   ! could not be checked   ★ of the core"
NAME = 40           # characters of a file's name in the table
NO_WORD = "=+-@\t\r"  # what a spreadsheet takes for the beginning of a formula


def find_files(given: list[str]) -> list[Path]:
    """The notebooks that are meant: files, the *.ipynb of folders, patterns such as `*/01*.ipynb`.

    Jupyter's checkpoints are left out. Raises ValueError, naming it, for what matches nothing.
    """
    found = []
    for name in given:
        path = Path(name)
        some = [path] if path.exists() else sorted(
            Path(path.anchor).glob(str(path.relative_to(path.anchor))))
        files = [file for one in some
                 for file in (sorted(one.glob("*.ipynb")) if one.is_dir() else [one])
                 if ".ipynb_checkpoints" not in file.parts]
        if not files:
            raise ValueError(f"no notebook at {name!r}: give files, a folder or a pattern")
        found += files
    return list(dict.fromkeys(found))


def mark_all(paths: list[Path], seconds: float = SECONDS) -> list[Marked]:
    """Mark each notebook, as many at a time as there are CPUs to use, with a progress bar."""
    workers = ThreadPoolExecutor(session.usable_cpus())
    try:
        jobs = [workers.submit(_marker.mark, path, seconds) for path in paths]
        bar = {"total": len(jobs), "desc": "notebooks", "leave": False, "disable": None}
        for _ in tqdm(as_completed(jobs), **bar):   # on stderr; none where nobody looks at it
            pass
        return [job.result() for job in jobs]
    except KeyboardInterrupt:
        _marker.stop()
        raise
    finally:
        workers.shutdown(cancel_futures=True)
        _marker.stopped.clear()


def names_of(marked: list[Marked]) -> list[str]:
    """A name for each file: without folder and ending, unless two would be called the same."""
    short = [one.path.stem for one in marked]
    unique = len(set(short)) == len(short)
    return [_marker.clean(name if unique else one.path.as_posix())
            for one, name in zip(marked, short, strict=True)]


def tables(marked: list[Marked]) -> Iterator[str]:
    """One table for each notebook of the course, then a line for each file that has none."""
    named = list(zip(names_of(marked), marked, strict=True))
    for notebook in course.NOTEBOOKS:
        rows = [(name, one) for name, one in named if one.notebook == notebook.name]
        if rows:
            yield f"{notebook.number} · {notebook.title}\n{_table(rows)}"
    troubles = [f"! {_cut(name)} {one.trouble}" for name, one in named if not one.notebook]
    if troubles:
        yield "\n".join(troubles)


def reasons(marked: list[Marked]) -> Iterator[str]:
    """A line for each exercise that does not pass, or could not be checked, with the reason."""
    for name, one in zip(names_of(marked), marked, strict=True):
        for id, _ in one.exercises:
            if one.marks[id] in ("failed", "not checked"):
                yield f"{_cut(name)} {id} {SIGNS[one.marks[id]]} {one.why[id]}"


def write_csv(path: Path, marked: list[Marked]) -> None:
    """Write one row for each file, a column for each exercise of all notebooks that occur.

    A cell says "passed", "failed", "not attempted" or "not checked"; `passed` and `starred` count.
    Raises OSError if the file cannot be written.
    """
    ids = list(dict.fromkeys(id for notebook in course.NOTEBOOKS for one in marked
                             if one.notebook == notebook.name for id, _ in one.exercises))
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["learner", "notebook", "passed", "starred", *ids, "trouble"])
    for name, one in zip(names_of(marked), marked, strict=True):
        trouble = one.trouble or next((f"{id}: {one.why[id]}" for id in ids if one.why.get(id)), "")
        rows.writerow([_as_word(name), one.notebook, *_counts(one),
                       *(one.marks.get(id, "") for id in ids), _as_word(trouble)])
    replace_file(path, text.getvalue().encode("utf-8-sig"))


def _table(rows: list[tuple[str, Marked]]) -> str:
    exercises = rows[0][1].exercises
    heads = [f"{id}{'★' * starred}" for id, starred in exercises]
    width = max(len("learner"), *(len(_cut(name)) for name, _ in rows))
    lines = [f"{'learner':{width}}  {'  '.join(heads)}  passed"]
    for name, one in rows:
        signs = (SIGNS[one.marks[id]].center(len(head))
                 for (id, _), head in zip(exercises, heads, strict=True))
        passed, starred = _counts(one)
        lines.append(f"{_cut(name):{width}}  {'  '.join(signs)}  {passed:2} ({starred} ★)")
    return "\n".join(lines)


def _counts(one: Marked) -> tuple[int, int]:
    """How many exercises passed, and how many starred ones."""
    passed = {id for id, mark in one.marks.items() if mark == "passed"}
    return len(passed), sum(starred for id, starred in one.exercises if id in passed)


def _cut(name: str) -> str:
    return name if len(name) <= NAME else f"...{name[3 - NAME:]}"


def _as_word(text: str) -> str:
    return f"'{text}" if text[:1] and text[0] in NO_WORD else text
