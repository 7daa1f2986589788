"""JupyterLab in a real Chromium: what the browser test and tools/screenshots.py share.

`lab(notebooks)` starts a server on scratch copies, `browser()` a Chromium, and
`open_and_run(page, server, name)` runs a notebook from its first cell to its last.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import prepare
from build_notebooks import WIDGET_VIEW
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "scratch"          # the server listens on loopback and lives as long as the test
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PATIENCE = 240             # seconds: none of the waits below lasts as long, on any machine
# What lets a test see all cells at once; all else is set as in the learner's environment.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
}
COUNT_DONE = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
    .filter(prompt => /\\[\\d+\\]/.test(prompt.textContent)).length"""
# The place of a widget: it says "Loading" until it holds the widget, or an error in its stead.
WIDGETS = ".lm-Panel.jp-OutputArea-output"
ALL_DRAWN = """() => [...document.querySelectorAll('.jp-OutputArea-output')]
    .every(place => !place.textContent.startsWith('Loading widget'))"""
LOST = re.compile("Error displaying widget|model not found")
# JupyterLab marks exceptions like everything on stderr; only their words tell them apart.
STDERR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
EXCEPTION = re.compile(r"Traceback \(most recent call last\)|Error:")


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: its address, its notebooks, how many cells each has to run, its pid."""

    base: str
    folder: Path
    cells: dict[str, int]
    pid: int

    def turn(self, theme: str) -> None:
        """Show the pages that are opened from now on "light" or "dark"."""
        write_settings(self.folder.parent / "settings", theme)

    def address(self, name: str) -> str:
        """Return the address of the notebook `name` with nothing beside it on the page."""
        return f"{self.base}/doc/tree/{name}.ipynb?token={TOKEN}&reset"

    def ask(self, path: str, method: str = "GET") -> bytes:
        """Return what the server's own interface answers. Raises URLError if it does not."""
        request = urllib.request.Request(f"{self.base}/api{path}?token={TOKEN}", method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()


@dataclass
class Watch:
    """What a page asked for and what it complained about."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def foreign(self) -> list[str]:
        """Return the requests that leave this machine."""
        own = {"127.0.0.1", "localhost"}
        return [url for url in self.requests
                if urlsplit(url).scheme in {"http", "https", "ws", "wss"}
                and urlsplit(url).hostname not in own]


def find_chromium() -> str | None:
    """Return the path of the system's Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copy_without_outputs(notebooks: list[Path], folder: Path) -> dict[str, int]:
    """Copy notebooks, their outputs left out: what is seen later comes from this run.

    Returns, by name, the number of code cells that hold something and show their prompt: a cell
    whose source is hidden shows none.
    """
    folder.mkdir()
    counts = {}
    for path in notebooks:
        nb = nbformat.read(path, as_version=4)
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        for cell in code:
            cell.outputs, cell.execution_count = [], None
        nbformat.write(nb, folder / path.name)
        counts[path.stem] = sum(
            bool(cell.source.strip())
            and not cell.metadata.get("jupyter", {}).get("source_hidden", False) for cell in code)
    return counts


def write_settings(folder: Path, theme: str) -> None:
    """Write JupyterLab's user settings into `folder`."""
    themes = {"theme": f"JupyterLab {theme.capitalize()}"}
    for name, values in (SETTINGS | {"apputils-extension/themes": themes}).items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


def server_environment(scratch: Path) -> dict[str, str]:
    """Return an environment in which server and kernels touch nothing but `scratch`."""
    own = {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
           "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
           "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython", "COURSE_HOME": "course"}
    python_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return (os.environ | {name: str(scratch / part) for name, part in own.items()}
            | {"COURSE_OFFLINE": "1", "PYTHONPATH": python_path})


@contextmanager
def lab(notebooks: list[Path], theme: str = "light") -> Iterator[Server]:
    """Run JupyterLab on copies of `notebooks`; theme: "light" or "dark".

    Raises RuntimeError, with the server's last words, if it does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="course-lab-", ignore_cleanup_errors=True) as name:
        scratch, port = Path(name), free_port()
        cells = copy_without_outputs(notebooks, scratch / "my")
        write_settings(scratch / "settings", theme)
        prepare.write_settings(scratch / "environment")
        overrides = scratch / "environment" / prepare.LAB_SETTINGS_FILE
        command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root",
                   "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
                   f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={scratch / 'my'}",
                   f"--LabApp.app_settings_dir={overrides.parent}",
                   "--LabApp.extension_manager=readonly", "--ServerApp.terminals_enabled=False"]
        with (scratch / "log").open("w") as log:
            server = subprocess.Popen(command, env=server_environment(scratch), stdout=log,
                                      stderr=subprocess.STDOUT)
        try:
            running = Server(f"http://127.0.0.1:{port}", scratch / "my", cells, server.pid)
            wait_for_server(running, server, scratch / "log")
            yield running
        finally:
            stop(server)


def wait_for_server(running: Server, server: subprocess.Popen, log: Path) -> None:
    """Return when the server answers. Raises RuntimeError, with the end of its log, if it fails."""
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            running.ask("/status")
            return
        except OSError:                     # not there yet
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab does not answer at {running.base}:\n{log.read_text()[-2000:]}")


def stop(server: subprocess.Popen) -> None:
    """End the server; it takes its kernels along."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=PATIENCE / 10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextmanager
def browser() -> Iterator[Browser]:
    """Run the system's Chromium without a window. Raises RuntimeError where there is none."""
    path = find_chromium()
    if path is None:
        raise RuntimeError(f"no Chromium found: looked for {', '.join(CHROMIUM_NAMES)}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


def watch(page: Page) -> Watch:
    """Note from now on what the page asks for and what it writes to the console as an error."""
    seen = Watch()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("websocket", lambda channel: seen.requests.append(channel.url))
    page.on("pageerror", lambda error: seen.errors.append(f"exception: {error}"))
    page.on("console", lambda message: seen.errors.append(
        f"{message.text} ({message.location.get('url', '')})") if message.type == "error" else None)
    return seen


def new_page(chromium: Browser, width: int = 1280, height: int = 900, scale: int = 1) -> Page:
    """Return an empty page that waits as long as a busy machine needs.

    scale: pixels of the screen for one of the page, each way.
    """
    page = chromium.new_page(viewport={"width": width, "height": height},
                             device_scale_factor=scale)
    page.set_default_timeout(PATIENCE * 1000)
    return page


def open_notebook(page: Page, server: Server, name: str) -> None:
    """Open the notebook `name`; return when it has a kernel and shows its widgets."""
    page.goto(server.address(name))
    # The notebook's own indicator says idle before a kernel is there; the status bar does not.
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
    page.wait_for_function(ALL_DRAWN)


def choose(page: Page, menu: str, command: str) -> None:
    """Choose a command from one of JupyterLab's menus."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


def open_and_run(page: Page, server: Server, name: str, patience: int = PATIENCE) -> None:
    """Open the notebook `name`, run all cells, return when the last widget is drawn.

    patience: seconds until it must be done.
    Raises AssertionError with its text when a cell shows an error.
    """
    open_notebook(page, server, name)
    choose(page, "Run", "runmenu:run-all")
    end = time.monotonic() + patience
    while (done := page.evaluate(COUNT_DONE)) < server.cells[name]:
        complain_about_errors(page, name)
        if time.monotonic() > end:
            raise AssertionError(f"{name}: {done} of {server.cells[name]} cells done "
                                 f"after {patience} s")
        page.wait_for_timeout(200)
    page.wait_for_function(ALL_DRAWN)
    complain_about_errors(page, name)


def save(page: Page, server: Server, name: str) -> dict:
    """Save the notebook `name` as it is shown; return what is in the file then."""
    def is_saved(answer) -> bool:
        return answer.request.method == "PUT" and f"/api/contents/{name}.ipynb" in answer.url

    # Not by looking at the file: what is read while it is written is the old one, put back.
    with page.expect_response(is_saved) as saved:
        choose(page, "File", "docmanager:save")
    assert saved.value.ok, f"{name} was not saved: {saved.value.status_text}"
    return json.loads((server.folder / f"{name}.ipynb").read_text(encoding="utf-8"))


def count_widgets(saved: dict) -> int:
    """Return how many outputs of a notebook are widgets."""
    return sum(WIDGET_VIEW in output.get("data", {}) for cell in saved["cells"]
               for output in cell.get("outputs", []))


def end_kernels(server: Server) -> None:
    """End every kernel of the server, as a night does."""
    for kernel in json.loads(server.ask("/kernels")):
        server.ask(f"/kernels/{kernel['id']}", "DELETE")


def complain_about_errors(page: Page, name: str) -> None:
    """Raise AssertionError with the text of the first error that the notebook shows."""
    errors = page.locator(STDERR).filter(has_text=EXCEPTION)
    assert errors.count() == 0, f"{name}: a cell failed:\n{errors.first.inner_text()}"
