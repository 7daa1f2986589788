"""The texts written for this course, which lie in data/, one item a line."""

from __future__ import annotations

import csv
from pathlib import Path

from helpers.corpora.registry import Corpus

DATA = Path(__file__).parents[2] / "data"


def rows(corpus: Corpus, split: str) -> list[dict[str, str]]:
    """The items of one split as dicts with the corpus' columns, in the order of the file.

    Raises ValueError for a file that is cut or was changed by hand in a way that cannot be read.
    """
    items = read(DATA / corpus.file, corpus.columns)
    if not items or len(items) % corpus.group:
        raise ValueError(f"{corpus.file} holds {len(items)} items, not whole groups of "
                         f"{corpus.group}: the file is cut; get it back with "
                         f"`git checkout data/{corpus.file}`")
    dealt, size = corpus.dealt, corpus.group
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
