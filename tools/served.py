"""A notebook that runs in a Jupyter server, as in a browser, and the memory that it takes.

What tools/limited.py and tools/hub_load.py share. Linux only: memory is the proportional set
size, which counts what processes share once, as the limit of a container does.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import websocket

GONE = ("restarting", "autorestarting", "dead")     # what a server says of a kernel that was lost
CELL_SECONDS = 1800                                 # patience with one cell on a busy machine
MB = 2**20


class Lost(Exception):
    """The kernel of a notebook died."""


@dataclass(frozen=True)
class Server:
    """A Jupyter server. base: its address, without a slash at the end; token: opens it."""

    base: str
    token: str

    def ask(self, path: str, method: str = "GET", body: dict | None = None) -> dict | list:
        """Return what its interface answers, as JSON. Raises OSError if it does not."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{path}", data, method=method, headers={
            "Authorization": f"token {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=CELL_SECONDS) as answer:
            return json.loads(answer.read() or b"{}")


class Kernel:
    """A kernel of a server, started in `folder`, a path below the server's own folder."""

    def __init__(self, server: Server, folder: str = ""):
        self.server, self.session = server, uuid.uuid4().hex
        self.id = server.ask("/api/kernels", "POST", {"name": "python3", "path": folder})["id"]
        address = server.base.replace("http", "ws", 1)
        self.channels = websocket.create_connection(
            f"{address}/api/kernels/{self.id}/channels?session_id={self.session}",
            header=[f"Authorization: token {server.token}"], timeout=CELL_SECONDS)

    def run(self, code: str) -> str:
        """Run a cell to its end; return its error in words, or "". Raises Lost."""
        asked = uuid.uuid4().hex
        header = {"msg_id": asked, "username": "", "session": self.session, "version": "5.3",
                  "msg_type": "execute_request"}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": True}
        self.channels.send(json.dumps({"header": header, "parent_header": {}, "metadata": {},
                                       "content": content, "channel": "shell", "buffers": []}))
        reply = idle = None
        while not (reply and idle):
            said = self._next()
            state = said["content"].get("execution_state")
            if state in GONE:
                raise Lost(f"the kernel is {state}")
            if said["parent_header"].get("msg_id") != asked:
                continue
            reply = said["content"] if said["msg_type"] == "execute_reply" else reply
            idle = idle or state == "idle"
        return f"{reply['ename']}: {reply['evalue']}" if reply["status"] == "error" else ""

    def _next(self) -> dict:
        """The next message as JSON; what comes as bytes are pictures of widgets."""
        try:
            while isinstance(message := self.channels.recv(), bytes):
                pass
            return json.loads(message)
        except (websocket.WebSocketException, ValueError, OSError) as error:
            raise Lost(f"the connection ended: {error}") from error

    def end(self) -> None:
        """End the kernel."""
        self.channels.close()
        self.server.ask(f"/api/kernels/{self.id}", "DELETE")


def run_notebook(kernel: Kernel, path: Path) -> dict:
    """Run all cells as they stand: {"seconds": wall clock, "error": the first, or ""}."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    start, error = time.monotonic(), ""
    for number, cell in enumerate(cells):
        code = "".join(cell["source"])
        if cell["cell_type"] != "code" or not code.strip():
            continue
        try:
            error = kernel.run(code)
        except Lost as lost:
            error = str(lost)
        if error:
            error = f"cell {number}: {error}"
            break
    return {"seconds": round(time.monotonic() - start), "error": error[:300]}


@dataclass
class Memory(threading.Thread):
    """Watches trees of processes. trees: name -> id of the process at its root.

    peaks: name -> most MB so far; most: the same for all together. Where all of them take more
    than `limit` MB the largest process is killed, as a container's would be, and `kills` counts.
    """

    trees: dict[str, int]
    limit: float = float("inf")
    now: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    most: float = 0
    kills: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()

    __hash__ = object.__hash__

    def run(self) -> None:
        """Look a few times a second until `ended` is set."""
        while not self.ended.wait(0.25):
            self.look()

    def look(self) -> None:
        """Measure all trees once."""
        parts = {name: tree_mb(root) for name, root in list(self.trees.items())}
        self.now = {name: sum(part.values()) for name, part in parts.items()}
        for name, size in self.now.items():
            self.peaks[name] = max(self.peaks.get(name, 0), size)
        total = sum(self.now.values())
        self.most = max(self.most, total)
        if total > self.limit:
            sizes = {process: size for part in parts.values() for process, size in part.items()}
            self.kills += 1
            with contextlib.suppress(psutil.NoSuchProcess):
                max(sizes, key=sizes.get).kill()


def family(root: int) -> list[psutil.Process]:
    """A process and all that it started and that still runs; [] once it has ended."""
    try:
        first = psutil.Process(root)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def tree_mb(root: int) -> dict[psutil.Process, float]:
    """MB of a process and of all that it started, shared parts by their share."""
    sizes = {}
    for process in family(root):
        with contextlib.suppress(psutil.Error):         # ended meanwhile
            sizes[process] = process.memory_full_info().pss / MB
    return sizes


def tree_cpu(root: int) -> float:
    """CPU seconds of a process and of all that it started and that still runs."""
    seconds = 0.0
    for process in family(root):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            seconds += times.user + times.system
    return seconds


def stop(process: subprocess.Popen, seconds: float = 60) -> None:
    """Ask a process and all that it started to end; it is killed if it has not in that time."""
    for each in family(process.pid)[1:]:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.terminate()
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def folder_mb(folder: Path) -> int:
    """MB of the files below a folder, links not followed."""
    return round(sum(path.lstat().st_size for path in folder.rglob("*")
                     if path.is_file() and not path.is_symlink()) / MB)
