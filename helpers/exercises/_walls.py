"""What a learner's code may not do while it is marked: walls around one process, from within.

They stop what goes wrong by mistake and what is tried in jest. They are no prison: code that looks
for a way round them finds one.
"""

import contextlib
import os
import sys
from pathlib import Path

MEMORY = 2**30          # bytes that learners' code may take on top of what the course itself needs
FILE = 50 * 2**20       # bytes of one file
PROCESSES = ("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system",
             "os.startfile", "os.kill", "os.killpg", "subprocess.Popen", "webbrowser.open")
NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname",
           "socket.sendto", "socket.sendmsg")
CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate",
           "os.chmod", "os.chown", "os.utime", "shutil.rmtree", "shutil.move", "sqlite3.connect")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit_memory() -> None:
    """Let this process take MEMORY more than it has now, where the system can say so (Linux)."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _lower(resource, resource.RLIMIT_AS, taken + MEMORY)


def limit_time(seconds: float) -> None:
    """End this process after so many seconds of computing, and let it write no huge file.

    That is for the case that nobody waits for it any more. On Windows nothing is done.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _lower(resource, resource.RLIMIT_CORE, 0)
        _lower(resource, resource.RLIMIT_FSIZE, FILE)
        _lower(resource, resource.RLIMIT_CPU, int(seconds) + 1)


def _lower(resource, which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))


def build(folder: Path) -> None:
    """From here on: no process, no network, nothing written or deleted outside `folder`.

    Nothing outside `folder`, as far as Python itself opens it (torch.save does not). What is
    refused is a PermissionError that says so. There is no way back in this process.
    """
    inside = os.path.realpath(folder)

    def is_outside(path: object) -> bool:
        if isinstance(path, int) or path is None or path == os.devnull:
            return isinstance(path, int)
        real = os.path.realpath(os.fsdecode(path))
        return real != inside and not real.startswith(inside + os.sep)

    def watch(event: str, arguments: tuple) -> None:
        if event in PROCESSES:
            raise PermissionError("no other processes while this is marked")
        if event in NETWORK:
            raise PermissionError("no network while this is marked")
        if event in CHANGES and any(map(is_outside, _paths(event, arguments))):
            raise PermissionError("nothing outside its folder is changed while this is marked")
        if event == "open" and _writes(*arguments[1:3]) and is_outside(arguments[0]):
            raise PermissionError("nothing outside its folder is written while this is marked")

    sys.addaudithook(watch)


def _paths(event: str, arguments: tuple) -> tuple:
    """The paths among the arguments of an event: two where something is moved, else the first."""
    two = event in ("os.rename", "os.link", "os.symlink", "shutil.move")
    return arguments[:2 if two else 1]


def _writes(mode: str | None, flags: int | None) -> bool:
    return bool((flags or 0) & WRITING or set(mode or "") & set("wax+"))
