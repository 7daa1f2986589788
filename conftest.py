"""Settings of every test run: no network, nothing written outside, a budget for each notebook.

`pytest --nbval-lax --nbval-current-env tests notebooks` also runs the notebooks and prints what
each of them cost. Only three times the budget is a failure: machines differ, mistakes more so.
With `-n 2 --dist loadfile` two workers share the files, and the CPUs: each counts its part of them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import hypothesis
import psutil
import pytest

from helpers import session

ROOT = Path(__file__).resolve().parent
CPU_SECONDS = 60
MEGABYTES = 900
PATIENCE = 3           # a notebook fails at this many times its budget
hypothesis.settings.register_profile(       # how long an example takes says nothing of the code
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")
SCRATCH = pytest.StashKey[Path]()
COSTS = pytest.StashKey[dict]()


@dataclass
class Cost:
    """What a notebook's kernel has used so far: CPU in seconds, largest memory in MB."""

    cpu: float = 0.0
    memory: float = 0.0
    judged: bool = False


def pytest_configure(config: pytest.Config) -> None:
    """Point kernels and tests at scratch folders, off the network, before any of them starts."""
    scratch = Path(tempfile.mkdtemp(prefix="course-tests-"))
    config.stash[SCRATCH], config.stash[COSTS] = scratch, {}
    os.environ["COURSE_HOME"] = str(scratch / "course")
    os.environ["IPYTHONDIR"] = str(scratch / "ipython")
    startup = scratch / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "watch.py").write_text(
        f"import sys; sys.path.append({str(ROOT / 'tests')!r})\n"
        "import whole_pictures; whole_pictures.watch(); sys.path.pop()\n")
    os.environ.setdefault("COURSE_OFFLINE", "1")
    if workers := os.environ.get("PYTEST_XDIST_WORKER_COUNT"):      # before torch is imported
        os.environ["OMP_NUM_THREADS"] = str(max(1, session.usable_cpus() // int(workers)))
    python_path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, python_path))
    session.block_network()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the scratch folders."""
    shutil.rmtree(config.stash[SCRATCH], ignore_errors=True)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Of all .ipynb files only notebooks/*.ipynb are tests: no copies, no checkpoints."""
    is_notebook = collection_path.suffix == ".ipynb"
    return True if is_notebook and collection_path.parent != ROOT / "notebooks" else None


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Compare no stderr: warnings name files of the machine they were raised on."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes: else one worker does it last, and the other waits."""
    items.sort(key=lambda item: "browser" not in item.path.name)


@pytest.fixture(scope="module")
def chromium():
    """A running Chromium; skipped where there is none, but never on CI."""
    import browser_lab  # only where a browser is wanted: it loads playwright

    if browser_lab.find_chromium() is None and os.environ.get("CI") != "true":
        pytest.skip(f"no Chromium: looked for {', '.join(browser_lab.CHROMIUM_NAMES)}")
    with browser_lab.browser() as running:
        yield running


def is_cell(item: pytest.Item) -> bool:
    """Tell whether `item` is a cell of a notebook run by nbval."""
    return hasattr(item, "cell_num") and hasattr(item.parent, "kernel")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give each notebook a learner's folder of its own, just before its kernel starts."""
    if is_cell(item) and item.parent.kernel is None:
        os.environ["COURSE_HOME"] = str(item.config.stash[SCRATCH] / item.path.stem)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    """Measure the kernel after each cell; fail the cell in which three times the budget is over."""
    result = yield
    if is_cell(item) and item.parent.kernel.is_alive():
        cost = item.config.stash[COSTS].setdefault(item.path.stem, Cost())
        measure(item.parent.kernel.km.provisioner.pid, cost)
        limits = (PATIENCE * CPU_SECONDS, PATIENCE * MEGABYTES)
        if not cost.judged and (cost.cpu > limits[0] or cost.memory > limits[1]):
            cost.judged = True
            pytest.fail(f"{cost.cpu:.0f} s of CPU and {cost.memory:.0f} MB so far; "
                        f"the limits are {limits[0]} s and {limits[1]} MB", pytrace=False)
    return result


def measure(pid: int, cost: Cost) -> None:
    """Write into `cost` what the process `pid` has used up to now."""
    process = psutil.Process(pid)
    cost.cpu = sum(process.cpu_times()[:4])        # its own and its children's, user and system
    cost.memory = max(cost.memory, peak_bytes(process) / 1e6)


def peak_bytes(process: psutil.Process) -> float:
    """Return the largest resident memory of a process, in bytes, as the system remembers it."""
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    memory = process.memory_info()
    return getattr(memory, "peak_wset", memory.rss)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker hand its costs over to the process that prints them."""
    if hasattr(session.config, "workeroutput"):
        costs = session.config.stash[COSTS].items()
        session.config.workeroutput["costs"] = {name: asdict(cost) for name, cost in costs}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    """Take the costs of a worker that is done."""
    for name, cost in getattr(node, "workeroutput", {}).get("costs", {}).items():
        node.config.stash[COSTS][name] = Cost(**cost)


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """Print one line per notebook that ran: CPU seconds and peak memory beside the goals."""
    costs = config.stash[COSTS]
    if not costs:
        return
    terminalreporter.section(f"cost per notebook (goal: {CPU_SECONDS} s CPU, {MEGABYTES} MB)")
    for name, cost in sorted(costs.items()):
        over = cost.cpu > CPU_SECONDS or cost.memory > MEGABYTES
        note = "  over the goal" if over else ""
        terminalreporter.line(f"{name:28} {cost.cpu:7.1f} s {cost.memory:7.0f} MB{note}")
