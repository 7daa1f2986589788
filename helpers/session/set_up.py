"""What the start page says about a set-up: a card for bug reports, and checks with their cures."""

import importlib.metadata
import math
import os
import platform
import re
import sys
import tempfile
from pathlib import Path

from helpers import kernel
from helpers.session.machine import memory_bytes, usable_cpus

COURSE = "perplexity-to-pretraining"
REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"
PACKAGES = ("numpy", "torch", "matplotlib", "jupyterlab", "ipywidgets")  # where no file names them


def public_version(version: str) -> str:
    """Return a version without its local part: "2.13.0" for "2.13.0+cpu"."""
    return str(version).partition("+")[0]


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
