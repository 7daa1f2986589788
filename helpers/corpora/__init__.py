"""The texts of the course, as lists of sentences exactly as written.

from helpers import corpora
corpora.names()                        # what there is
corpora.load("python_docs", "train")   # list of sentences
print(corpora.describe("markov"))      # origin, licence, split, counts
corpora.labelled("reviews", "train")   # the same with labels: list of dicts
corpora.from_file("my_text.txt")       # your own text
"""

from __future__ import annotations

from pathlib import Path

from helpers.corpora import downloads, markov, python_docs, written
from helpers.corpora.cards import CARDS, counts_table
from helpers.corpora.downloads import DownloadError
from helpers.corpora.files import from_file
from helpers.corpora.markov import MarkovSource

__all__ = [
    "DownloadError",
    "MarkovSource",
    "build",
    "describe",
    "download",
    "from_file",
    "labelled",
    "load",
    "markov_source",
    "names",
]

SPLITS = python_docs.SPLITS


def names() -> list[str]:
    """The names of all corpora."""
    return sorted(CARDS)


def load(name: str, split: str = "train", leak: bool = False) -> list[str]:
    """The sentences of one split ("train", "valid" or "test") of a corpus, as written.

    leak=True gives a flawed split of python_docs on purpose: sentence by sentence, repetitions
    kept, so that the test part shares sentences with the training part.

    Raises:
        ValueError: unknown name or split, or a corpus that has no flawed split.
        FileNotFoundError: a corpus that has to be downloaded first.
    """
    _check_name(name)
    if split not in SPLITS:
        raise ValueError(f"split {split!r}: there are {', '.join(SPLITS)}")
    if leak and name != "python_docs":
        raise ValueError(f"{name} has no leaky split: only python_docs does; leave leak=False")
    if name == "python_docs":
        return python_docs.load(split, leak)
    if name == "markov":
        return markov.load(split)
    if name in written.FILES:
        return [row["text"] for row in written.rows(name, split)]
    return _part(downloads.lines(downloads.DOWNLOADS[name], name), split)


def labelled(name: str, split: str = "train") -> list[dict[str, str]]:
    """The items of reviews ("domain", "label", "text") or apple ("word", "sense", "cue", "text").

    Raises:
        ValueError: unknown split, or a corpus without labels.
    """
    with_labels = [known for known, columns in written.COLUMNS.items() if len(columns) > 1]
    if name not in with_labels:
        raise ValueError(f"{name!r} has no labels: {', '.join(with_labels)} have; use load")
    if split not in SPLITS:
        raise ValueError(f"split {split!r}: there are {', '.join(SPLITS)}")
    return written.rows(name, split)


def describe(name: str) -> str:
    """The data card of a corpus: origin, licence, how it is split, counts for every split.

    Raises:
        ValueError: unknown name.
    """
    _check_name(name)
    if name in downloads.DOWNLOADS and not downloads.is_sound(downloads.DOWNLOADS[name]):
        return f"{CARDS[name]}\nNot on this machine yet: corpora.download({name!r}) fetches it.\n"
    return f"{CARDS[name]}\n{counts_table({split: load(name, split) for split in SPLITS})}"


def build(name: str) -> None:
    """Make a corpus that has to be made before it can be loaded; nothing if it is there already.

    Raises:
        ValueError: unknown name.
    """
    _check_name(name)
    if name == "python_docs":
        python_docs.build()


def download(name: str) -> Path:
    """Fetch a classic corpus over the network, once; return where it lies.

    Raises:
        ValueError: not a corpus that is downloaded.
        DownloadError: it did not work; the message says why.
    """
    if name not in downloads.DOWNLOADS:
        raise ValueError(f"{name!r} is no download: there are {', '.join(downloads.DOWNLOADS)}")
    return downloads.fetch(downloads.DOWNLOADS[name])


def markov_source() -> MarkovSource:
    """The source of the corpus markov, with its exact probabilities and entropy rate."""
    return markov.source()


def _check_name(name: str) -> None:
    if name not in CARDS:
        raise ValueError(f"corpus {name!r}: there are {', '.join(names())}")


def _part(lines: list[str], split: str) -> list[str]:
    """One split by position: the first 80 % train, the next 10 % valid, the rest test."""
    cuts = [0, *(round(share * len(lines)) for share in python_docs.SHARES), len(lines)]
    part = SPLITS.index(split)
    return lines[cuts[part] : cuts[part + 1]]
