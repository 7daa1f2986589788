"""A learner's work in one file: taken home from one machine, brought back on another.

The file is a zip of a manifest, the events of `progress` and the notebooks that the learner
changed. Bringing it back overwrites nothing of the learner's: a notebook that is in the way is
kept in backup/, with the date in its name, and events are joined. Nothing in it is ever run.
"""

import importlib.metadata
import io
import json
import os
import re
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from helpers import course, notebook_files, progress
from helpers.files import replace_file

FORM = 1                    # of the file: change it when an older course could not read it
MOST = 200 * 2**20          # bytes that all that is in such a file may have
ROOT = Path(__file__).parents[2]
MANIFEST, EVENTS = "manifest.json", "progress.jsonl"
NOTEBOOK = re.compile(r"[^./\\:][^/\\:]*\.ipynb")         # lies in the folder itself
AGAIN = "take your work home once more and bring that file"
OWN = "a file of this course is named my-work-...zip"


def my_folder() -> Path:
    """Where the learner's notebooks lie: here if one does, else in COURSE_MY, else in my/."""
    names = (f"{notebook.name}.ipynb" for notebook in course.all_notebooks())
    here = Path.cwd()
    if any((here / name).is_file() for name in names):
        return here
    return Path(os.environ.get("COURSE_MY") or ROOT / "my").expanduser()


def take_home() -> tuple[Path, str]:
    """Write the learner's work into one file beside the notebooks.

    Return its path, and what is in it and what was left out, in sentences. Raises OSError where
    it cannot be written.
    """
    path = notebook_files.free_path(my_folder(), file_stem(), ".zip")
    data, said = pack()
    replace_file(path, data)
    return path, said


def file_stem() -> str:
    """The name, without its ending, of a file that is made now: "my-work-20261126-124927"."""
    return time.strftime("my-work-%Y%m%d-%H%M%S")


def pack() -> tuple[bytes, str]:
    """The learner's work as the bytes of one file; in sentences, what is in it and what is not."""
    events = progress.events()
    lines = b"".join(json.dumps(event).encode("ascii") + b"\n" for event in events)
    files, broken, folder = {EVENTS: lines}, [], my_folder()
    found = _notebooks(folder)
    for name in filter(NOTEBOOK.fullmatch, found):
        data = (folder / name).read_bytes()
        try:
            mine = notebook_files.parse_notebook(data, name)
        except ValueError:
            broken.append(name)
            continue
        if is_changed(mine, name):
            files[name] = data
    names = [name for name in files if name != EVENTS]
    said = f"{_counted(len(events), 'step')} of progress and {_listed('changed notebook', names)}."
    if broken:
        said += f" Left out, as it is no whole notebook: {', '.join(broken)}."
    if odd := [name for name in found if not NOTEBOOK.fullmatch(name)]:
        said += (f" Left out: {', '.join(odd)}; only notebooks that lie in {folder.name}/ itself, "
                 "with no colon in their name, are taken.")
    return _zipped(files), said


def _notebooks(folder: Path) -> list[str]:
    """The notebooks in a folder and below, but for what is hidden and what is kept in backup/."""
    paths = [path.relative_to(folder) for path in folder.rglob("*.ipynb")]
    return sorted(path.as_posix() for path in paths if path.parts[0] != "backup"
                  and not any(part.startswith(".") for part in path.parts))


def is_changed(notebook: dict, name: str) -> bool:
    """Tell whether a notebook differs from what was delivered, and from the course's of its name.

    A notebook that the course never delivered counts as changed: it is the learner's own.
    """
    known = {notebook["metadata"].get("course", {}).get("cells")}
    original = ROOT / "notebooks" / name
    if original.is_file():
        known.add(notebook_files.cells_sha256(notebook_files.read_notebook(original)))
    return notebook_files.cells_sha256(notebook) not in known


def bring_back(file: str | Path) -> str:
    """Take over what a file of `take_home` holds; return what was done, in sentences.

    Raises ValueError for a file that is cut off or of something else, OSError where it cannot be
    read or something cannot be written. The first leaves all as it is; after the second the same
    file can be brought once more.
    """
    return unpack(Path(file).expanduser().read_bytes())


def unpack(data: bytes) -> str:
    """`bring_back` for the bytes of a file."""
    files = _read(data)
    events = _events(files.pop(EVENTS))
    for name, text in files.items():
        notebook_files.parse_notebook(text, name)
    folder, kept, changed = my_folder(), [], []
    for name, text in files.items():
        mine = folder / name
        if mine.is_file() and mine.read_bytes() == text:
            continue
        if mine.is_file() and _holds_work(mine):
            kept.append(notebook_files.keep(mine))
        replace_file(mine, text)
        changed.append(name)
    new = progress.take_over(events)
    said = f"{_counted(new, 'new step')} of progress and {_listed('notebook', changed)} came back."
    if kept:
        said += f" What was in the way is kept: {', '.join(kept)}."
    if changed:
        said += " A notebook that is open shows it after File > Reload Notebook from Disk."
    return said


def _holds_work(path: Path) -> bool:
    """Tell whether something would be lost with this file."""
    try:
        notebook = notebook_files.read_notebook(path)
    except ValueError:
        return True
    return notebook_files.has_outputs(notebook) or is_changed(notebook, path.name)


def _zipped(files: dict[str, bytes]) -> bytes:
    manifest = {
        "course": progress.COURSE, "form": FORM, "edition": _edition(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {name: notebook_files.sha256(data) for name, data in files.items()}}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _edition() -> str:
    try:
        return importlib.metadata.version(progress.COURSE)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _read(data: bytes) -> dict[str, bytes]:
    """All that a file of this course holds but its manifest. Raises ValueError for any other."""
    files = _unzipped(data)
    try:
        manifest = json.loads(files.pop(MANIFEST, b""))
        named = manifest["course"]
    except (ValueError, TypeError, LookupError, RecursionError):
        named = None
    if named != progress.COURSE:
        what = f"the course {named!r}" if isinstance(named, str) else "something else"
        raise ValueError(f"This file is of {what}: {OWN}")
    if manifest.get("form") != FORM:
        raise ValueError("This file was made by a newer edition of the course: bring this one up "
                         "to date first (git pull)")
    seen = {name: notebook_files.sha256(text) for name, text in files.items()}
    if manifest.get("files") != seen or EVENTS not in seen:
        raise ValueError(f"This file is not whole, or somebody changed it: {AGAIN}")
    return files


def _unzipped(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            foreign = _foreign(archive.infolist())
            files = {} if foreign else {name: archive.read(name) for name in archive.namelist()}
    except Exception as error:       # a damaged zip may raise anything
        why = "was cut off on its way, or is no file of this course"
        raise ValueError(f"This file {why}: {AGAIN}") from error
    if foreign:
        raise ValueError(f"This file {foreign}: it is left alone, and {OWN}")
    return files


def _foreign(members: list[zipfile.ZipInfo]) -> str:
    """Say what no file of this course has: other names, a name twice, too much; "" if nothing."""
    names = [member.filename for member in members]
    odd = [name for name in names
           if name not in (MANIFEST, EVENTS) and not NOTEBOOK.fullmatch(name)]
    if odd:
        return f"holds {odd[0][:60]!r}, which no file of this course does"
    if len(set(names)) < len(names):
        return "holds a name twice"
    size = sum(member.file_size for member in members)
    return f"would take more than {MOST // 2**20} MB" if size > MOST else ""


def _events(lines: bytes) -> list[dict]:
    found = [progress.parse(line) for line in lines.split(b"\n") if line]
    if None in found:
        raise ValueError(f"The progress in this file is damaged: {AGAIN}")
    return found


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _listed(what: str, names: list[str]) -> str:
    listed = f" ({', '.join(name.removesuffix('.ipynb') for name in names)})" if names else ""
    return _counted(len(names), what) + listed
