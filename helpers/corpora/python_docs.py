"""The corpus python_docs: the prose of the documentation that the installed packages carry.

Built once from the .py files of numpy, torch and matplotlib into one file of the cache folder:
a first line with the counts and a checksum, then one line per sentence,

    train <tab> 1 <tab> Return the indices that sort the array.

where 0 in place of 1 marks a repetition of a sentence that stands elsewhere already.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock
from tqdm import tqdm

from helpers.corpora import cache
from helpers.corpora.docstrings import docstrings, source_files
from helpers.corpora.registry import SHARES, SPLITS
from helpers.corpora.sentences import sentences

PACKAGES = ("numpy", "torch", "matplotlib")
FORMAT = 1  # to be raised whenever another rule would find other sentences
LEAK_SEED = 0


class Row(NamedTuple):
    """One sentence as it stands in one file: its file's split, and whether it is the first."""

    split: str
    first: bool
    sentence: str


def load(split: str, leak: bool = False) -> list[str]:
    """The sentences of one split, built first if need be.

    By default the split is by source file, and no sentence stands in two splits or twice in one.
    With leak=True every repetition stays and the sentences are dealt out one by one, so that the
    test part holds sentences (and neighbours of sentences) of the training part: a flawed split.
    """
    rows = _read(path()) or _built()
    if not leak:
        return [row.sentence for row in rows if row.split == split and row.first]
    everything = [row.sentence for row in rows]
    random.Random(LEAK_SEED).shuffle(everything)
    cuts = [0, *(round(share * len(everything)) for share in SHARES), len(everything)]
    part = SPLITS.index(split)
    return everything[cuts[part] : cuts[part + 1]]


def build() -> Path:
    """Make the cache file unless a sound one is there; return its path. Shows a progress bar."""
    if not _read(path()):
        _built()
    return path()


def path() -> Path:
    """The cache file; its name tells the versions of the packages and of the format."""
    versions = "-".join(f"{package}{version(package)}" for package in PACKAGES)
    return cache.folder() / f"python_docs-{FORMAT}-{versions}.txt"


def fingerprint() -> str:
    """The sha256 of the whole text with its splits, as the cache file states it."""
    load("test")                                   # built, if it was not
    with path().open("rb") as file:
        return _checksum(file.readline())


def version(package: str) -> str:
    """The public version of an installed package: "2.13.0" for 2.13.0+cpu.

    Raises:
        ValueError: the package is not installed.
    """
    try:
        return importlib.metadata.version(package).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        raise ValueError(
            f"python_docs is made from the documentation of {package}, which is not installed "
            f"here: pip install {package}"
        ) from None


def split_of(name: str) -> str:
    """The split of a source file, from its name alone: the same on every machine."""
    digest = hashlib.sha256(name.encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    return SPLITS[sum(place >= share for share in SHARES)]


def mark_repetitions(found: Iterable[tuple[str, str]]) -> list[Row]:
    """Rows for (split, sentence) pairs; of equal sentences one is marked as the first.

    Equal means: the same letters, capitals or not. A sentence of several splits belongs to train
    if it occurs there, else to valid, so nothing in valid or test was seen in training.
    """
    found = list(found)
    seen: set[str] = set()
    first = [False] * len(found)
    for split in SPLITS:
        for i, (place, sentence) in enumerate(found):
            key = sentence.casefold()
            if place == split and key not in seen:
                seen.add(key)
                first[i] = True
    return [Row(*pair[:1], mark, pair[1]) for pair, mark in zip(found, first, strict=True)]


def _built() -> list[Row]:
    target = cache.make_folder() / path().name
    with FileLock(f"{target}.lock"):
        rows = _read(target)  # another process may have built it meanwhile
        if not rows:
            rows = mark_repetitions(_collect())
            cache.write_whole(target.name, _packed(rows))
    return rows


def _collect() -> list[tuple[str, str]]:
    files = [entry for package in PACKAGES for entry in source_files(package)]
    bar = tqdm(files, desc="python_docs", unit=" files", file=sys.stderr, leave=False)
    return [
        (split_of(name), sentence)
        for name, file in bar
        for docstring in docstrings(file.read_bytes())
        for sentence in sentences(docstring)
    ]


def _packed(rows: list[Row]) -> bytes:
    body = "".join(f"{row.split}\t{int(row.first)}\t{row.sentence}\n" for row in rows).encode()
    head = {"corpus": "python_docs", "rows": len(rows), "sha256": _sha256(body)}
    return json.dumps(head).encode() + b"\n" + body


def _read(file: Path) -> list[Row] | None:
    """The rows of a cache file; None, with a line that says so, if it is damaged or missing."""
    if not file.is_file():
        return None
    head, _, body = file.read_bytes().partition(b"\n")
    if _checksum(head) != _sha256(body):
        print(f"{file.name} in the cache folder is damaged, so it is built again.", file=sys.stderr)
        return None
    lines = (line.split("\t", 2) for line in body.decode().split("\n")[:-1])
    return [Row(split, first == "1", sentence) for split, first, sentence in lines]


def _checksum(head: bytes) -> str | None:
    try:
        return json.loads(head)["sha256"]
    except (ValueError, KeyError, TypeError):
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
