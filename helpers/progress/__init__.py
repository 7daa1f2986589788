"""What the learner did: one event a line in `progress.jsonl`, kept between sessions.

    {"time": "2026-03-01T09:30:00+00:00", "kind": "attempt", "id": "1.4", "passed": true, ...}

A new event is written under a lock to a second file, which then takes the place of the first:
a crash at any moment leaves either the old file or the new one, whole. Where the folder cannot
be written, the events of this session are kept in memory, so that the exercises still work.
"""

import contextlib
import heapq
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import filelock
import platformdirs

from helpers.files import replace_file

COURSE = "perplexity-to-pretraining"
LOCK_SECONDS = 10  # nobody holds the lock longer than one small file takes to write

_unsaved: dict[Path, list[dict]] = {}  # folder -> events that could not be written there (yet)
_told: set[str] = set()  # sentences that stand once in a session, not under every cell


def home() -> Path:
    """The folder of the learner's own things: COURSE_HOME, else the user's data folder."""
    chosen = os.environ.get("COURSE_HOME")
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir(COURSE))


def record(kind: str, id: str, **details: object) -> None:
    """Keep one event. It never raises: what cannot be written is kept for this session.

    kind: "attempt", "hint", "solution" or "answer"; id: the exercise's or the question's.
    details: anything JSON can hold, any Unicode; other objects are kept as their repr.
    """
    time = datetime.now(UTC).isoformat(timespec="seconds")
    kept = {name: _plain(value) for name, value in details.items()}
    event = {"time": time, "kind": kind, "id": id, **kept}
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder):
            waiting = list(_unsaved.get(folder, ()))
            _append(folder / "progress.jsonl", [*waiting, event])
            del _unsaved.get(folder, [])[: len(waiting)]
    except (OSError, NotImplementedError):  # the latter: a file system that has no locks
        _unsaved.setdefault(folder, []).append(event)
        _tell(
            f"Your progress cannot be saved in {folder}: it is kept until this notebook is closed."
        )


def events() -> list[dict]:
    """Every event, oldest first; damaged lines are skipped and counted in one printed line."""
    folder = home()
    path = folder / "progress.jsonl"
    lines = [line for line in _read(path).split(b"\n") if line.strip()]
    parsed = [parse(line) for line in lines]
    found = [event for event in parsed if event is not None]
    if len(found) < len(lines):
        _tell(f"{len(lines) - len(found)} damaged line(s) skipped in {path}; the rest is used.")
    return found + _unsaved.get(folder, [])


def take_over(found: list[dict]) -> int:
    """Put events of another machine between those of this one, by time; return how many are new.

    What is there already stands there once; every line that stood there stays, in its order.
    Raises OSError where the folder cannot be written.
    """
    folder = home()
    path = folder / "progress.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _lock(folder):
            lines = path.read_bytes().split(b"\n") if path.exists() else []
            old = [line for line in lines if line.strip()]
            known = {_key(event) for event in [*map(parse, old), *_unsaved.get(folder, [])]}
            new = [_line(event) for event in found if _key(event) not in known]
            if new:
                merged = heapq.merge(_timed(old), _timed(new), key=lambda pair: pair[0])
                replace_file(path, b"".join(line + b"\n" for _, line in merged))
    except NotImplementedError as error:
        raise OSError(f"{folder} knows no locks: name another folder in COURSE_HOME") from error
    return len(new)


def attempts(id: str) -> list[dict]:
    """The checks of one exercise, oldest first, each with `passed` and `source`."""
    return [event for event in events() if event["kind"] == "attempt" and event["id"] == id]


def passed() -> set[str]:
    """The ids of the exercises that were passed at least once."""
    return {e["id"] for e in events() if e["kind"] == "attempt" and e.get("passed") is True}


def answers() -> dict[str, str]:
    """Question id -> the option chosen last."""
    return {e["id"]: e["option"] for e in events() if e["kind"] == "answer" and "option" in e}


def _key(event: dict | None) -> str:
    return json.dumps(event, sort_keys=True)


def _line(event: dict) -> bytes:
    return json.dumps(event).encode("ascii")


def _timed(lines: list[bytes]) -> list[tuple[str, bytes]]:
    """Each line with its time; a damaged one has none, so it stays behind the one above it."""
    return [((parse(line) or {"time": ""})["time"], line) for line in lines]


def _lock(folder: Path) -> filelock.BaseFileLock:
    return filelock.FileLock(folder / "progress.lock", timeout=LOCK_SECONDS)


def _plain(value: object) -> object:
    """What JSON gives back for a value; its repr where JSON cannot hold it, as with tuple keys."""
    for form in (lambda: json.loads(json.dumps(value, default=repr)), lambda: repr(value)):
        with contextlib.suppress(Exception):  # a repr is a learner's code: it may raise anything
            return form()
    return f"<{type(value).__name__} that has no repr>"


def _append(path: Path, new: list[dict]) -> None:
    """Replace the file by itself plus `new`; every byte that stood there stays.

    The second file has one name, so that the next writer takes over what a crash left behind.
    """
    old = path.read_bytes() if path.exists() else b""
    if old and not old.endswith(b"\n"):
        old += b"\n"  # the last writer was cut off: its half line must not swallow the next
    lines = [_line(event) + b"\n" for event in new]
    replace_file(path, old + b"".join(lines))


def _read(path: Path) -> bytes:
    if not path.parent.is_dir():
        return b""
    try:
        with _lock(path.parent):  # on Windows an open file could not be replaced meanwhile
            return path.read_bytes()
    except (OSError, NotImplementedError):
        pass
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError:
        _tell(f"Your progress in {path} cannot be read: this session starts without it.")
        return b""


def parse(line: bytes) -> dict | None:
    """The event on one line, or None if the line is damaged."""
    try:
        event = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    whole = isinstance(event, dict) and all(
        isinstance(event.get(key), str) for key in ("time", "kind", "id")
    )
    return event if whole else None


def _tell(sentence: str) -> None:
    if sentence not in _told:
        _told.add(sentence)
        print(sentence)
