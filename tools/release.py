"""Measure what is measured once for a release; the figures stay in teaching/release.json.

    python tools/release.py [PART ...]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import build_slides  # noqa: E402
import measure_slides  # noqa: E402

from helpers.files import replace_file  # noqa: E402

FIGURES = ROOT / "teaching" / "release.json"


def decks() -> dict:
    """All decks, built and then measured slide by slide in a browser."""
    build_slides.build([])
    return measure_slides.release()


PARTS = {"slides": decks}           # name -> a function that returns figures for JSON


def main() -> int:
    """Carry out the parts that are named, or all; what the others measured before stays."""
    unknown = set(sys.argv[1:]) - set(PARTS)
    if unknown:
        sys.exit(f"no part {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for name in sys.argv[1:] or PARTS:
        figures[name] = PARTS[name]()
        replace_file(FIGURES, (json.dumps(figures, indent=1) + "\n").encode())
        print(f"{name}: {json.dumps(figures[name])}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
