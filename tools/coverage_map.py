"""Print which rows of the concept inventory each notebook claims with a cell tag (C039, O04).

    python tools/coverage_map.py

tests/inventory.txt holds one row a line: its id, then the notebooks it belongs to.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import jupytext

from helpers import course

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"[CO]\d{2,3}")
NUMBERED = [notebook.prefix for notebook in course.NOTEBOOKS]


def read_inventory(path: Path) -> dict[str, list[str]]:
    """Return id -> the notebooks that the row belongs to; 'all' becomes every number."""
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, *notebooks = line.split()
        rows[name] = NUMBERED if notebooks == ["all"] else notebooks
    return rows


def claims(source: Path) -> list[str]:
    """Return the ids that tag code cells of one source, each once, in order of appearance."""
    tags = (tag for cell in jupytext.read(source).cells if cell.cell_type == "code"
            for tag in cell.metadata.get("tags", []) if ROW.fullmatch(tag))
    return list(dict.fromkeys(tags))


def number_of(stem: str) -> str:
    """Return the notebook's number as in the inventory: '01_language_models' -> '1'."""
    return stem[:2].lstrip("0") or "0" if stem[:2].isdigit() else stem


def coverage(inventory: dict[str, list[str]], claimed: dict[str, list[str]]) -> list[str]:
    """Return the lines of the map. claimed: stem of a notebook -> the ids it claims."""
    stems = {number_of(stem): stem for stem in claimed}
    lines = [f"{'notebook':28} {'claimed / rows':>16}"]
    for number in dict.fromkeys((*NUMBERED, *stems)):
        own = [row for row, homes in inventory.items() if number in homes]
        have = claimed.get(stems.get(number, ""), [])
        missing = [row for row in own if row not in have]
        extra = [row for row in have if row in inventory and row not in own]
        lines.append(f"{stems.get(number, number):28} {len(own) - len(missing):7} / {len(own):3}")
        lines += [f"    {label}: {' '.join(rows)}" for label, rows in
                  (("missing", missing), ("claimed besides", extra))
                  if rows and number in stems]
    found = {row for rows in claimed.values() for row in rows} & inventory.keys()
    return [*lines, f"{'the whole inventory':28} {len(found):7} / {len(inventory):3}"]


def unknown(inventory: dict[str, list[str]], claimed: dict[str, list[str]]) -> list[str]:
    """Return 'stem: id' for every claimed id that the inventory does not have."""
    return [f"{stem}: {row}" for stem, rows in claimed.items() for row in rows
            if row not in inventory]


def main() -> int:
    """Print the map; return 1 if a notebook claims a row that does not exist."""
    inventory = read_inventory(ROOT / "tests" / "inventory.txt")
    sources = sorted((ROOT / "notebooks" / "source").glob("*.md"))
    claimed = {source.stem: claims(source) for source in sources}
    print("\n".join(coverage(inventory, claimed)))
    strangers = unknown(inventory, claimed)
    if strangers:
        print("not in tests/inventory.txt: " + ", ".join(strangers), file=sys.stderr)
    return int(bool(strangers))


if __name__ == "__main__":
    sys.exit(main())
