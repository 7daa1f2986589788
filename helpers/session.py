"""The first line of every notebook, session.start(), and what the start page says about a set-up.

numpy, torch and matplotlib are imported inside functions: check() can say that one is missing.
"""

import importlib.metadata
import io
import ipaddress
import math
import os
import platform
import random
import re
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sized
from pathlib import Path, PurePosixPath

from helpers import kernel

COURSE = "perplexity-to-pretraining"
REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
PACKAGES = ("numpy", "torch", "matplotlib", "jupyterlab", "ipywidgets")  # where no file names them
CGROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
FIGURES = Path(__file__).with_name("figures.mplstyle")  # helpers.plots reads it too


def start(seed: int = 0) -> None:
    """Make a notebook run the same way everywhere; print the seed and the versions.

    Seeds random, numpy and torch, gives torch the CPUs that this process may use, sets the style
    of figures, and with COURSE_OFFLINE=1 in the environment blocks the network.
    Raises ValueError unless 0 <= seed < 2**32, ImportError if a file here hides a package.
    """
    if type(seed) is not int or not 0 <= seed < 2**32:
        raise ValueError(f"seed={seed!r}: it must be a whole number from 0 to 2**32 - 1")
    kernel.refuse_what_hides()
    if os.environ.get("COURSE_OFFLINE") == "1":
        block_network()
    import matplotlib
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(usable_cpus())
    matplotlib.rcParams.update(figure_style())
    show_figures()
    versions = (f"{m.__name__} {public_version(m.__version__)}" for m in (np, torch, matplotlib))
    print(f"Seed {seed}. {', '.join(versions)}.")


def show_figures() -> None:
    """Let a Figure at the end of a cell be shown as a picture, without pyplot; in IPython only."""
    from IPython import get_ipython
    from matplotlib.figure import Figure

    if get_ipython() is not None:
        formatter = get_ipython().display_formatter.formatters["image/png"]
        formatter.for_type(Figure, picture)


def picture(figure) -> tuple[bytes, dict]:
    """Return a figure as PNG with twice the pixels of its place, and its place in pixels.

    While the notebooks are built: 1.5 times, well compressed, since it is committed.
    """
    building = os.environ.get("COURSE_BUILD") == "1"
    buffer, dpi = io.BytesIO(), figure.dpi
    figure.savefig(buffer, format="png", dpi=dpi * (1.5 if building else 2),
                   pil_kwargs={"optimize": building})
    wide, high = figure.get_size_inches() * dpi
    return buffer.getvalue(), {"width": round(wide), "height": round(high)}


def progress_bar(items: Sized, what: str, **options: object) -> Iterable:
    """Go through `items` with a bar that vanishes at the end; none while building."""
    from tqdm import tqdm

    quiet = os.environ.get("COURSE_BUILD") == "1"
    return tqdm(items, desc=what, leave=False, disable=quiet, file=sys.stdout, **options)


def public_version(version: str) -> str:
    """Return a version without its local part: "2.13.0" for "2.13.0+cpu"."""
    return str(version).partition("+")[0]


def figure_style() -> dict:
    """Return matplotlib's settings for the course's figures, as figures.mplstyle has them."""
    from matplotlib import rc_params_from_file

    return rc_params_from_file(FIGURES, use_default_template=False)


def usable_cpus(groups: Path = CGROUPS, own_groups: Path = OWN_GROUPS) -> int:
    """Return how many CPUs this process may use: its affinity and its quota (cgroup v1 or v2).

    A container on a large machine sees all CPUs but may use few; a quota of 1.5 counts as 1.
    groups, own_groups: where the system tells the quotas, and the groups of this process.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # on Linux only
    allowed = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, int(min(allowed, cpu_quota(groups, own_groups))))


def cpu_quota(groups: Path = CGROUPS, own_groups: Path = OWN_GROUPS) -> float:
    """Return the smallest CPU quota of this process' groups, in CPUs; inf if there is none."""
    quota = math.inf
    for folder in _group_folders(groups, own_groups):
        v1 = _numbers(folder / "cpu.cfs_quota_us") + _numbers(folder / "cpu.cfs_period_us")
        for values in (_numbers(folder / "cpu.max"), v1):  # each: time, and the period it is for
            if len(values) == 2 and min(values) > 0:  # v1 says -1 for "no quota"
                quota = min(quota, values[0] / values[1])
    return quota


def memory_bytes(groups: Path = CGROUPS, own_groups: Path = OWN_GROUPS) -> float:
    """Return the memory that this process may use, in bytes; inf if it is not known."""
    limits = [math.inf]
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for folder in _group_folders(groups, own_groups):
        limits += _numbers(folder / "memory.max") + _numbers(folder / "memory.limit_in_bytes")
    return min(limit for limit in limits if limit > 0)


def _group_folders(groups: Path, own_groups: Path) -> Iterator[Path]:
    """Every folder with limits on this process: its groups, and the groups around them."""
    text = own_groups.read_text(encoding="utf-8") if own_groups.is_file() else ""  # Linux only
    entries = (line.split(":", 2) for line in text.splitlines() if line.count(":") > 1)
    for _, controllers, path in entries:
        names = [controllers, *controllers.split(",")] if controllers else ["", "unified"]
        for inside in PurePosixPath("/", path, "process").parents:
            yield from (groups / name / str(inside).lstrip("/") for name in names)


def _numbers(file: Path) -> list[float]:
    try:
        return [float(x.replace("max", "inf")) for x in file.read_text(encoding="utf-8").split()]
    except (OSError, ValueError):
        return []


def block_network() -> None:
    """Refuse every address but this machine's own, for Python's sockets in this process.

    The refusal is an OSError that begins "this run is offline". What does not go through Python's
    sockets, as the kernel's own channels, is not touched. Calling it twice does nothing more.
    """
    if hasattr(socket.getaddrinfo, "before_offline"):
        return
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name), _host_of_address))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, _guarded(getattr(socket, name), lambda host, *args, **kwargs: host))


def _guarded(original: Callable, host_of: Callable) -> Callable:
    def guarded(*args, **kwargs):
        host = host_of(*args, **kwargs)
        if not _is_this_machine(host):
            why = f"{host} was asked for; with COURSE_OFFLINE=1 only this machine can be reached"
            raise OSError(f"this run is offline: {why}")
        return original(*args, **kwargs)

    guarded.before_offline = original
    return guarded


def _host_of_address(connection: socket.socket, *args) -> str | None:
    """The host in connect(address) or sendto(data, address); None for a socket in the file tree."""
    inet = connection.family in (socket.AF_INET, socket.AF_INET6)
    return args[-1][0] if inet and args and args[-1] and isinstance(args[-1], tuple) else None


def _is_this_machine(host: str | bytes | None) -> bool:
    name = host.decode(errors="replace") if isinstance(host, bytes) else host
    if not name or name.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def pins(requirements: Path = REQUIREMENTS) -> dict[str, str]:
    """Return package -> pinned version; without a requirements file, the main ones with ""."""
    text = requirements.read_text(encoding="utf-8") if requirements.is_file() else ""
    found = re.findall(r"^([\w.-]+) *== *([^\s;#]+)", text, re.MULTILINE)
    return dict(found) or dict.fromkeys(PACKAGES, "")


def card() -> str:
    """Return the set-up in lines to paste into a bug report; the user's name is not in it."""
    size = memory_bytes()
    memory = f"{size / 2**30:.1f} GiB" if size < math.inf else "not known"
    return "\n".join([
        f"{COURSE} {_installed(COURSE) or '(not installed)'}",
        f"Python {platform.python_version()} on {platform.platform()}",
        *(_package_line(name, pin) for name, pin in pins().items()),
        f"usable CPUs: {usable_cpus()}, memory: {memory}",
        *(f"{name}: {_without_name(folder)}" for name, folder in _folders().items()),
        f"python_docs: {'built' if _corpus_is_built() else 'not built'}",
    ])


def check(requirements: Path = REQUIREMENTS) -> list[tuple[str, bool, str]]:
    """Try the set-up: (what, is it right, what was found or else the cure) for each point."""
    version = platform.python_version()
    python = (3, 11) <= sys.version_info[:2] <= (3, 13)
    cure = f"{version} here: the course runs on 3.11, 3.12 and 3.13; install one, run `make lab`"
    built = _corpus_is_built()
    to_build = "not built yet: run `python -m helpers.corpora python_docs` in the course's folder"
    return [
        ("Python", python, version if python else cure),
        ("this folder", not kernel.in_the_way(), kernel.in_the_way() or "hides no package"),
        *(_check_package(name, pin) for name, pin in pins(requirements).items()),
        _check_folder(),
        ("python_docs", built, "built" if built else to_build),
    ]


def _check_package(name: str, pin: str) -> tuple[str, bool, str]:
    found = _installed(name)
    if not found:
        return name, False, "not installed: run `make lab` again, it installs what is missing"
    try:
        importlib.import_module(name.replace("-", "_"))
    except Exception as error:  # a broken package may raise anything
        why = _without_name(f"{type(error).__name__}: {error}".splitlines()[0])
        return name, False, f"{found} cannot be imported ({why}): delete .venv, run `make lab`"
    if pin and public_version(found) != public_version(pin):
        return name, False, f"{found} here, {pin} pinned: pip install -r requirements.txt"
    return name, True, found


def _check_folder() -> tuple[str, bool, str]:
    folder = _folders().get("COURSE_HOME")
    if folder is None:
        return "progress", False, "a package is missing, see above"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return "progress", True, f"kept in {_without_name(folder)}"
    except OSError as error:
        found = f"{_without_name(folder)} cannot be written ({error.strerror or error})"
        return "progress", False, f"{found}: name another folder in COURSE_HOME"


def _package_line(name: str, pin: str) -> str:
    found = _installed(name)
    same = public_version(found) == public_version(pin)
    note = f" ({'as' if same else pin} pinned)" if pin else ""
    return f"{name} {found or 'is missing'}{note}"


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _folders() -> dict[str, Path]:
    """The learner's folder and the cache; {} where a package that names them is missing."""
    try:
        from helpers import progress
        from helpers.corpora import cache
    except ImportError:
        return {}
    return {"COURSE_HOME": progress.home(), "COURSE_CACHE": cache.folder()}


def _corpus_is_built() -> bool:
    try:
        from helpers.corpora import python_docs

        return python_docs.path().is_file()
    except (ImportError, ValueError):  # ValueError: a package that it is made from is missing
        return False


def _without_name(text: object) -> str:
    """The text with ~ for the home folder; elsewhere in a path, the user's name is hidden too."""
    home = Path(os.environ.get("HOME") or os.environ.get("USERPROFILE") or "/")
    if not home.name:
        return str(text)
    shown = re.sub(rf"{re.escape(str(home))}(?!\w)", "~", str(text))
    return re.sub(rf"(?<=[/\\]){re.escape(home.name)}(?!\w)", "(user)", shown)
