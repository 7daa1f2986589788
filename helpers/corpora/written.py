"""The texts written for this course, which lie in data/, one item a line."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from helpers.corpora.registry import Corpus

DATA = Path(__file__).parents[2] / "data"


def rows(corpus: Corpus, split: str) -> list[dict[str, str]]:
    """The items of one split as dicts with the corpus' columns, in the order of the file.

    Raises ValueError for a file that is cut or was changed by hand in a way that cannot be read.
    """
    items = read(DATA / corpus.file, corpus.columns)
    if "split" in corpus.columns:
        return _named(items, corpus, split)
    if not items or len(items) % corpus.group:
        raise ValueError(f"{corpus.file} holds {len(items)} items, not whole groups of "
                         f"{corpus.group}: the file is cut; get it back with "
                         f"`git checkout data/{corpus.file}`")
    dealt, size = corpus.dealt, corpus.group
    return [item for i, item in enumerate(items) if dealt[i // size % len(dealt)] == split]


def _named(items: list[dict[str, str]], corpus: Corpus, split: str) -> list[dict[str, str]]:
    """The items whose column "split" names this split; the file holds the splits in order."""
    order = list(dict.fromkeys(item["split"] for item in items))
    if order != list(corpus.splits):
        raise ValueError(f"{corpus.file} holds the splits {', '.join(order) or 'none'}, not "
                         f"{', '.join(corpus.splits)}: the file is cut; get it back with "
                         f"`git checkout data/{corpus.file}`")
    return [item for item in items if item["split"] == split]


def links(item: dict[str, str], file: str) -> frozenset[tuple[int, int]]:
    """The links of a pair as (target place, source place); written "source-target" in the file.

    Raises ValueError for links that are no numbers or lie outside the sentence, or for none.
    """
    sizes = len(item["source"].split()), len(item["target"].split())
    found = [re.fullmatch(r"(\d+)-(\d+)", link) for link in item["links"].split()]
    if not found or not all(found):
        raise ValueError(f"{file}: the links {item['links']!r} of {item['source']!r} are not of "
                         f"the form 0-0 1-2; get it back with `git checkout data/{file}`")
    places = [(int(link[1]), int(link[2])) for link in found]
    for i, j in places:
        if i >= sizes[0] or j >= sizes[1]:
            raise ValueError(f"{file}: the link {i}-{j} of {item['source']!r} lies outside "
                             f"{sizes[0]} source and {sizes[1]} target words; get it back with "
                             f"`git checkout data/{file}`")
    return frozenset((j, i) for i, j in places)


def wrong_word(item: dict[str, str], file: str) -> tuple[int, str]:
    """The target place and the wrong word to be put there; written "place:word" in the file.

    Raises ValueError if there is none, or it lies outside the sentence.
    """
    found = re.fullmatch(r"(\d+):(\S+)", item["wrong"])
    if not found or int(found[1]) >= len(item["target"].split()):
        raise ValueError(f"{file}: {item['wrong']!r} names no place in {item['target']!r} with a "
                         f"word for it, as 2:mot does; get it back with `git checkout data/{file}`")
    return int(found[1]), found[2]


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
