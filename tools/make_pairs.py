"""Rebuild the pairs that a grammar makes: `python tools/make_pairs.py [en_fr] [en_zh]`.

The same bytes every time; without a name all of them.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))                     # data is no package that is installed
NAMES = ("en_fr",)


def content(name: str) -> str:
    """The text of data/NAME.tsv."""
    common = importlib.import_module("data.grammars.common")
    return common.text(importlib.import_module(f"data.grammars.{name}").rows())


def main(names: list[str]) -> int:
    """Write the files named on the command line, or all."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"{', '.join(unknown)}: there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in names or NAMES:
        text = content(name)
        (ROOT / "data" / f"{name}.tsv").write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {name}.tsv: {text.count(chr(10)) - 1:,} pairs")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
