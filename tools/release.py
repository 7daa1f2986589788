"""Measure what is measured once for a release; the figures stay in teaching/release.json.

    python tools/release.py [PART ...]

A part is a function that returns figures for JSON; `tool("X")` makes one of `release()` in
tools/X.py, imported when its turn comes. Beside the figures of a part stand day, commit, versions
and how busy the machine was: seconds are worth no more than that.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import date
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from helpers.files import replace_file  # noqa: E402

FIGURES = ROOT / "teaching" / "release.json"
PACKAGES = ("anywidget", "jupyterlab", "matplotlib", "numpy", "torch")


def tool(name: str) -> Callable[[], dict]:
    """Return the part that tools/NAME.py measures in its function release()."""
    return lambda: importlib.import_module(name).release()


def decks() -> dict:
    """All decks, built and then measured slide by slide in a browser."""
    importlib.import_module("build_slides").build([])
    return importlib.import_module("measure_slides").release()


def site() -> dict:
    """The site, built and then looked at page by page in a browser, with axe-core."""
    importlib.import_module("build_site").build([])
    return importlib.import_module("measure_site").release()


PARTS = {                           # name -> a function that returns figures for JSON
    "slides": decks,
    "notebooks": tool("measure_notebooks"),
    "site": site,
    "limited": tool("limited"),
    "hub": tool("hub_load"),
}


def commit() -> str:
    """The project's state that is checked out, in short; "" without git."""
    try:
        return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True,
                              capture_output=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def circumstances() -> dict:
    """Day, commit, versions, CPUs and how many processes wanted them in the last minute."""
    versions = {"python": platform.python_version()} | {
        name: metadata.version(name) for name in PACKAGES}
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {"date": date.today().isoformat(), "commit": commit(), "versions": versions,
            "cpus": os.cpu_count(), "load": load}


def carry_out(name: str) -> str:
    """Measure a part and store its figures; return "" or why there are none."""
    about = circumstances()
    try:
        measured = about | {"figures": PARTS[name]()}
    except Exception:                           # the other parts are measured all the same
        return f"failed:\n{traceback.format_exc()}"
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    figures[name] = measured
    replace_file(FIGURES, (json.dumps(figures, indent=1) + "\n").encode())
    print(f"{name}: {json.dumps(measured)}", flush=True)
    return ""


def main() -> int:
    """Carry out the parts that are named, or all; 1 if one has no figures.

    What the others measured before stays.
    """
    unknown = set(sys.argv[1:]) - set(PARTS)
    if unknown:
        sys.exit(f"no part {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    without = {name: words for name in sys.argv[1:] or PARTS if (words := carry_out(name))}
    for name, words in without.items():
        print(f"{name} {words}", file=sys.stderr)
    print("Speed and memory of the course's parts: make bench")
    return bool(without)


if __name__ == "__main__":
    sys.exit(main())
