"""The texts written for this course, which lie in data/: stories, reviews, apple.

One item per line. Neighbours in a file belong together (the same left context with two senses,
praise and its opposite), so splits are made of whole groups of neighbours, never inside one.
"""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"
FILES = {"stories": "stories.txt", "reviews": "reviews.tsv", "apple": "apple.tsv"}
GROUPS = {"stories": 1, "reviews": 6, "apple": 4}     # lines that must not be torn apart
DEALT = {            # group 0, 1, 2 ... goes to these splits in turn
    "stories": ("train",) * 8 + ("valid", "test"),
    "reviews": ("train",) * 8 + ("valid", "test"),
    "apple": ("train",) * 3 + ("valid", "test"),
}
COLUMNS = {"stories": ("text",), "reviews": ("domain", "label", "text"),
           "apple": ("word", "sense", "cue", "text")}


def rows(name: str, split: str) -> list[dict[str, str]]:
    """The items of one split as dicts, in the order of the file; every item has a "text".

    Raises ValueError for a file that is cut or was changed by hand in a way that cannot be read.
    """
    dealt, size = DEALT[name], GROUPS[name]
    items = read(DATA / FILES[name], COLUMNS[name])
    if not items or len(items) % size:
        raise ValueError(f"{FILES[name]} holds {len(items)} items, not whole groups of {size}: the "
                         f"file is cut; get it back with `git checkout data/{FILES[name]}`")
    return [item for i, item in enumerate(items) if dealt[i // size % len(dealt)] == split]


def read(file: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """One dict per line; a file of several columns begins with their names."""
    text = file.read_text(encoding="utf-8")
    cure = f"get it back with `git checkout data/{file.name}`"
    if not text.endswith("\n"):
        raise ValueError(f"{file.name} does not end with a line break: the file is cut; {cure}")
    if len(columns) == 1:
        return [{columns[0]: line} for line in text.splitlines() if line]
    table = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    if next(table, None) != list(columns):
        raise ValueError(f"{file.name} does not begin with {', '.join(columns)}: {cure}")
    found = []
    for number, cells in enumerate(table, 2):
        if len(cells) != len(columns):
            raise ValueError(f"{file.name}, line {number}: {len(cells)} columns, not "
                             f"{len(columns)}; {cure}")
        found.append(dict(zip(columns, cells, strict=True)))
    return found
