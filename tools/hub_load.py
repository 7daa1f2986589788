"""A hub under load: JupyterHub itself, eight learners, notebooks 03 and 05 at once, then both.

    python tools/hub_load.py

Uses the environment that tools/limited.py made (and makes it, if it is of another commit), adds
JupyterHub to it and its proxy from npm, and sets both up with the files of teaching/hub/. All
learners begin at the same moment, one half with 03 and the other with 05; who is done with one runs
the other, and the first stays open. Linux, npm.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import limited
import psutil
from release import commit
from served import Kernel, Memory, Server, run_notebook, stop, tree_cpu

PLACE, ROOT = limited.PLACE, limited.ROOT
HUB, PROXY = "jupyterhub==6.1.1", "configurable-http-proxy@5.3.0"
PORT, TOKEN = 8941, "scratch-of-the-load-test"
LEARNERS, STEMS = 8, ("03_rnn_lstm", "05_self_attention_masks")
CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port, c.ConfigurableHTTPProxy.api_url = {port} + 1, "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
c.Spawner.cmd, c.Spawner.start_timeout, c.Spawner.http_timeout = "{single}", 600, 600
c.Spawner.args = ["--allow-root"]
c.JupyterHub.services = [{{"name": "load", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [{{"name": "load", "services": ["load"],
    "scopes": ["admin:users", "admin:servers", "admin:server_state", "access:servers"]}}]
"""


def make() -> None:
    """The environment of the course with JupyterHub in it, the proxy, the files of the hub."""
    made = PLACE / "commit"
    if not made.exists() or made.read_text() != commit():
        limited.make()
    environment = limited.environment()
    commands = ([limited.python(), "-m", "pip", "install", "-q", HUB],
                ["npm", "install", "--silent", "--prefix", PLACE / "proxy", PROXY])
    for command in commands:
        subprocess.run(command, env=environment, check=True)
    shutil.rmtree(PLACE / "hub", ignore_errors=True)
    (PLACE / "hub" / "homes").mkdir(parents=True)
    (PLACE / "env" / "etc" / "jupyter").mkdir(parents=True, exist_ok=True)
    at_start = PLACE / "env" / "etc" / "jupyter" / "jupyter_server_config.py"
    at_start.write_text(shipped("jupyter_server_config.py"))
    own = CONFIG.format(port=PORT, api=PORT + 2, token=TOKEN, homes=PLACE / "hub" / "homes",
                        proxy=PLACE / "proxy/node_modules/.bin/configurable-http-proxy",
                        single=PLACE / "env/bin/jupyterhub-singleuser")
    (PLACE / "hub" / "config.py").write_text(shipped("jupyterhub_config.py") + own)


def shipped(name: str) -> str:
    """A file of teaching/hub, for a course that lies in PLACE."""
    text = (ROOT / "teaching" / "hub" / name).read_text(encoding="utf-8")
    cache = limited.environment()["COURSE_CACHE"]
    return text.replace("/srv/course-cache", cache).replace("/srv/course", str(PLACE / "course"))


@contextmanager
def hub():
    """The hub on loopback; gives its process and its `Server`."""
    environment = {name: value for name, value in limited.environment().items()
                   if not name.startswith(("COURSE_", "JUPYTER", "IPYTHON"))}
    with (PLACE / "hub" / "log").open("w") as log:
        process = subprocess.Popen(
            [limited.python(), "-m", "jupyterhub", "-f", "config.py"], cwd=PLACE / "hub",
            env=environment, stdout=log, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{PORT}/hub", TOKEN)
    try:
        limited.wait(lambda: server.ask("/api/users"), process, PLACE / "hub" / "log")
        yield process, server
    finally:
        stop(process)


def enter(hub: Server, name: str, process: subprocess.Popen) -> tuple[Server, int]:
    """Add a learner and start the server; return it and the id of its process.

    process: the hub's. Raises RuntimeError if it ends, or the server is not ready in 15 minutes.
    """
    def ready() -> dict:
        seen = hub.ask(f"/api/users/{name}")["servers"].get("")
        if not (seen and seen["ready"]):
            raise OSError("not ready")
        return seen

    hub.ask(f"/api/users/{name}", "POST")
    hub.ask(f"/api/users/{name}/server", "POST")
    seen = limited.wait(ready, process, PLACE / "hub" / "log", 900)
    return Server(f"http://127.0.0.1:{PORT}/user/{name}", TOKEN), seen["state"]["pid"]


def work(server: Server, root: int, name: str, memory: Memory, results: dict) -> None:
    """Run both notebooks in the copies that the server made at its start; none is closed.

    What is told of the second holds for both: seconds apart, CPU seconds and memory so far.
    """
    seen = results[name] = {"error": "it did not begin"}
    home, first = PLACE / "hub" / "homes" / name / "course", int(name[-1]) % len(STEMS)
    try:
        for stem in (*STEMS[first:], *STEMS[:first]):
            told = run_notebook(Kernel(server, "course"), home / f"{stem}.ipynb")
            seen["error"] = told["error"]
            seen[stem] = {"seconds": told["seconds"], "cpu_seconds": round(tree_cpu(root)),
                          "peak_mb": round(memory.peaks[name])}
            if told["error"]:
                break
    except Exception as error:                  # whatever it was, this learner is lost
        seen["error"] = f"{type(error).__name__}: {error}"


def release() -> dict:
    """All of it; see the top of this file."""
    make()
    figures: dict = {"learners": LEARNERS, "cpus": len(os.sched_getaffinity(0)),
                     "load_before": round(os.getloadavg()[0], 1)}
    results: dict[str, dict] = {}
    with hub() as (process, server):
        memory = Memory({"hub and proxy": process.pid})
        entered = {}
        for number in range(LEARNERS):
            name = f"learner{number}"
            entered[name] = enter(server, name, process)
            print(f"  {name} is in", flush=True)
        # A learner's server is a child of the hub: look at each, and at the hub without them.
        memory.trees = {name: pid for name, (_, pid) in entered.items()}
        memory.look()
        figures["idle_server_mb"] = round(max(memory.now.values()))
        memory.start()
        start = time.monotonic()
        threads = [threading.Thread(target=work, args=(*entered[name], name, memory, results))
                   for name in entered]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        memory.ended.set()
        figures |= {"seconds": round(time.monotonic() - start), "most_mb": round(memory.most),
                    "hub_mb": round(hub_mb(process.pid, {pid for _, pid in entered.values()}))}
    for name, result in results.items():
        figures[name] = result | {"peak_mb": round(memory.peaks[name])}
    figures["died"] = sum(bool(result["error"]) for result in results.values())
    return figures | {"load_after": round(os.getloadavg()[0], 1)}


def hub_mb(root: int, servers: set[int]) -> float:
    """MB of the hub and its proxy, without the learners' servers and their kernels."""
    others = [child for child in psutil.Process(root).children() if child.pid not in servers]
    processes = [psutil.Process(root), *others]
    return sum(process.memory_full_info().pss for process in processes) / 2**20


if __name__ == "__main__":
    print(json.dumps(release(), indent=1))
    sys.exit(0)
