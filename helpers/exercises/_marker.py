"""One learner's notebook, marked by a process of its own that can be lost without harm."""

import contextlib
import json
import os
import queue
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import helpers
from helpers.corpora import cache

SECONDS = 60            # for one notebook, all its processes together
SILENCE = 20            # seconds without news of an exercise after which it is stopped
LARGEST = 50 * 10**6    # bytes of a notebook
SAID = 10**6            # bytes that a process may say in all
WHY = 300               # characters of a reason that are kept
START = ("import sys; sys.path.insert(0, sys.argv[1]); "
         "from helpers.exercises import _child; _child.main()")
KEPT = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "LOCALAPPDATA", "APPDATA", "LANG", "LC_ALL",
        "XDG_CACHE_HOME", "MPLCONFIGDIR", "LD_LIBRARY_PATH")

stopped = threading.Event()     # while it is set, no process marks
_running: set[subprocess.Popen] = set()


@dataclass
class Marked:
    """What is known of one file.

    notebook: the course's notebook that it is a copy of; exercises: (id, starred) of all of that;
    marks: id -> "passed", "failed", "not attempted" or "not checked"; why: id -> a sentence.
    trouble: why the file as a whole cannot be marked; "" if it can.
    """

    path: Path
    notebook: str = ""
    exercises: list[tuple[str, bool]] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    def note(self, id: str, mark: str, why: str) -> None:
        """Keep the mark of an exercise; what the learner's code may have written is cleaned."""
        self.marks[id], self.why[id] = mark, clean(why)


def clean(text: str) -> str:
    """One line of what can be printed, at most WHY characters long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= WHY else f"{line[:WHY - 4]} ..."


def mark(path: Path, seconds: float = SECONDS) -> Marked:
    """Mark one file. Never raises for what stands in it, and ends after about `seconds`.

    A process that an exercise has hurt is ended, and a new one goes on with the next exercise.
    """
    marked, until = Marked(path), time.monotonic() + seconds
    try:
        if path.stat().st_size > LARGEST:
            marked.trouble = f"is larger than {LARGEST // 10**6} MB: ask for it without outputs"
            return marked
        while _one_process(marked, until):
            pass
    except OSError as error:        # there is no such file, or no room for one more process
        marked.trouble = f"cannot be marked: {error.strerror or error}"
    over = f"The {seconds:g} seconds of this notebook were over."
    reason = over if time.monotonic() >= until else "Its process ended."
    for id, _ in marked.exercises:
        if id not in marked.marks:
            marked.note(id, "not checked", reason)
    return marked


def stop() -> None:
    """End what marks now: every `mark` returns soon, until `stopped` is cleared."""
    stopped.set()
    for process in list(_running):
        _end(process)


def _one_process(marked: Marked, until: float) -> bool:
    """Run one process; tell whether another one has to go on with what is left."""
    known, current = len(marked.marks), ""
    for said in _lines(marked.path, set(marked.marks), until):
        if "begin" in said:
            current = said["begin"]
        elif "id" in said:
            marked.note(said["id"], said["mark"], said["why"])
        elif "notebook" in said:
            marked.notebook, marked.exercises = said["notebook"], said["exercises"]
        elif "trouble" in said or "end" in said:
            marked.trouble = clean(said.get("trouble", ""))
            return False
        elif "lost" in said and current and current not in marked.marks:
            marked.note(current, "not checked", said["lost"])
    if not marked.exercises:
        marked.trouble = "cannot be read: its process ended, or its time was over"
    over = stopped.is_set() or time.monotonic() >= until
    return bool(marked.exercises) and len(marked.marks) > known and not over


def _lines(path: Path, done: set[str], until: float) -> Iterator[dict]:
    """What the process says, one dict a line; {"lost": why} last if it did not end by itself."""
    sign = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="marking-", ignore_cleanup_errors=True) as folder:
        process = _start(folder)
        _running.add(process)
        try:
            if stopped.is_set():
                return
            _hand_over(process, {"path": str(path.resolve()), "sign": sign, "done": sorted(done),
                                 "seconds": max(1, until - time.monotonic())})
            yield from _listen(process, sign.encode("ascii"), until)
        finally:
            _running.discard(process)
            _end(process)
            process.wait()
            process.stdout.close()


def _start(folder: str) -> subprocess.Popen:
    """Start a process that knows nothing of this one's settings, with `folder` for its own."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "COURSE_HOME": folder, "COURSE_OFFLINE": "1", "COURSE_CACHE": str(cache.folder()),
        "TMPDIR": folder, "TEMP": folder, "TMP": folder, "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "Agg"}
    root = str(Path(helpers.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-I", "-c", START, root], cwd=folder, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True)


def _hand_over(process: subprocess.Popen, job: dict) -> None:
    with contextlib.suppress(OSError):      # it has ended already: there will be no line, either
        process.stdin.write(json.dumps(job).encode("ascii"))
        process.stdin.close()


def _listen(process: subprocess.Popen, sign: bytes, until: float) -> Iterator[dict]:
    lines, begun = queue.Queue(), False
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    while True:
        left = until - time.monotonic()
        try:
            line = lines.get(timeout=max(0.0, min(left, SILENCE) if begun else left))
        except queue.Empty:
            yield {"lost": "It did not end: it was stopped."}
            return
        if not line:
            yield {"lost": "It ended the process that ran it (os._exit, or a crash)."}
            return
        if not line.startswith(sign):
            yield {"lost": "It wrote where only the marker writes."}
            return
        try:
            said = json.loads(line[len(sign):])
        except ValueError:
            yield {"lost": "It made the marker say more than is read."}
            return
        begun = begun or "begin" in said
        yield said


def _read(stream, lines: queue.Queue) -> None:
    """Put each line into the queue, b"" at the end, or once too much was said."""
    left = SAID
    with contextlib.suppress(OSError, ValueError):     # closed meanwhile
        while left > 0 and (line := stream.readline(left)):
            left -= len(line)
            lines.put(line)
    lines.put(b"")


def _end(process: subprocess.Popen) -> None:
    """Kill the process and all that it has started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
