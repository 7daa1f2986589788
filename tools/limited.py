"""Run every notebook as on Binder: its files, its steps, 2 GB of memory, one CPU.

    python tools/limited.py

Takes the committed state, installs what binder/requirements.txt pins into an environment of its
own, carries out binder/postBuild, and starts JupyterLab on one CPU; each notebook that is ready
then runs in it, alone, from its first cell to its last. What takes more than 2 GB, server and
kernel together, is killed, as a container would do. Linux only.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from release import commit  # noqa: E402
from served import (  # noqa: E402
    Kernel,
    Memory,
    Server,
    folder_mb,
    run_notebook,
    stop,
    tree_cpu,
)

from helpers import course  # noqa: E402

PLACE = ROOT / "build" / "limited"
LIMIT_MB, PORT, TOKEN = 2048, 8937, "scratch"


def python(place: Path = PLACE) -> Path:
    """The Python of the environment that `make` makes."""
    return place / "env" / "bin" / "python"


def environment(place: Path = PLACE) -> dict[str, str]:
    """The environment variables of a container: nothing of this user's, no other packages."""
    own = {name: str(place / "home" / name.lower()) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
        "COURSE_HOME", "COURSE_CACHE")}
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("COURSE_", "JUPYTER", "OMP_", "MPL", "PYTHON", "VIRTUAL"))}
    path = f"{place / 'env' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**kept, **own, "PATH": path, "HOME": str(place / "home"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def make(place: Path = PLACE) -> dict:
    """Carry out the steps of Binder anew; return seconds, and MB of what they left.

    The file `commit` says of which state, once all is done.
    """
    shutil.rmtree(place, ignore_errors=True)
    (place / "home").mkdir(parents=True)
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(place / "course", filter="data")
    start, log = time.monotonic(), (place / "log").open("w")
    steps = ([sys.executable, "-m", "venv", place / "env"],
             [python(place), "-m", "pip", "install", "--no-cache-dir", "-r",
              "binder/requirements.txt"],
             ["bash", "binder/postBuild"])
    for step in steps:
        done = subprocess.run(step, cwd=place / "course", env=environment(place), check=False,
                              stdout=log, stderr=subprocess.STDOUT)
        if done.returncode:
            raise RuntimeError(f"{step[1:4]} failed: see {place / 'log'}")
    (place / "commit").write_text(commit())
    sizes = {"packages_mb": folder_mb(place / "env"), "course_mb": folder_mb(place / "course"),
             "python_docs_mb": folder_mb(place / "home" / "course_cache")}
    return {"seconds": round(time.monotonic() - start), **sizes}


@contextmanager
def lab(place: Path = PLACE):
    """JupyterLab on one CPU; gives its process and its `Server`."""
    command = [python(place), "-m", "jupyterlab", "--no-browser", "--allow-root",
               "--ip=127.0.0.1", f"--port={PORT}", "--ServerApp.port_retries=0",
               f"--IdentityProvider.token={TOKEN}"]
    cpus = sorted(os.sched_getaffinity(0))[:1]
    with (place / "lab.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=place / "course", env=environment(place), stdout=log,
            stderr=subprocess.STDOUT, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    server = Server(f"http://127.0.0.1:{PORT}", TOKEN)
    try:
        wait(lambda: server.ask("/api/status"), process, place / "lab.log")
        yield process, server
    finally:
        stop(process)


def wait(ask, process: subprocess.Popen, log: Path, seconds: float = 300):
    """Return what `ask` gives once it raises no OSError any more.

    Raises RuntimeError, with the end of the log of `process`, if it ends or the time is over.
    """
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            return ask()
        except OSError:
            time.sleep(0.5)
    how = f"does not answer after {seconds} s" if process.poll() is None else "ended"
    raise RuntimeError(f"{process.args[:4]} {how}:\n{log.read_text()[-2000:]}")


def run_one(server: Server, memory: Memory, path: Path) -> dict:
    """Run one notebook in a kernel of its own: seconds, error, MB at most and at rest."""
    memory.peaks.clear()
    before = tree_cpu(memory.trees["lab"])
    kernel = Kernel(server, "my")
    result = run_notebook(kernel, path)
    result["cpu_seconds"] = round(tree_cpu(memory.trees["lab"]) - before)
    time.sleep(0.5)                     # the watcher looks once more
    result |= {"peak_mb": round(memory.peaks["lab"]), "rests_mb": round(memory.now["lab"])}
    kernel.end()
    time.sleep(3)
    return result


def release() -> dict:
    """All of it; see the top of this file."""
    figures = {"limit_mb": LIMIT_MB, "cpus": 1, "load_before": round(os.getloadavg()[0], 1),
               "installed": make(), "notebooks": {}}
    with lab() as (process, server):
        memory = Memory({"lab": process.pid}, LIMIT_MB)
        memory.start()
        time.sleep(5)
        figures["lab_mb"] = round(memory.now["lab"])
        for notebook in course.all_notebooks():
            if notebook.ready:
                path = PLACE / "course" / "my" / f"{notebook.name}.ipynb"
                result = run_one(server, memory, path)
                figures["notebooks"][notebook.name] = result
                print(f"  {notebook.name}: {json.dumps(result)}", flush=True)
        figures["killed"] = memory.kills
        memory.ended.set()
    return figures | {"load_after": round(os.getloadavg()[0], 1)}


if __name__ == "__main__":
    print(json.dumps(release(), indent=1))
