"""The texts of the course, as lists of sentences exactly as written.

from helpers import corpora
corpora.names()                        # what there is
corpora.load("python_docs", "train")   # list of sentences
print(corpora.describe("markov"))      # origin, licence, split, counts
corpora.labelled("reviews", "train")   # the same with labels: list of dicts
corpora.analogies()                    # pairs of words in one relation: list of dicts
corpora.pairs("en_fr", "train")        # source and target text: list of (str, str)
corpora.alignments("en_fr", "train")   # which word stands for which: list of frozenset
corpora.wrong_words("en_fr")           # a wrong word for each pair of the split wrong_word
corpora.changed()                      # texts that are not those the course's numbers were made on
corpora.from_file("my_text.txt")       # your own text; by_line=True: each line is one item
"""

from __future__ import annotations

from pathlib import Path

from helpers.corpora import downloads, frozen, language_packs, markov, python_docs, written
from helpers.corpora.downloads import DownloadError
from helpers.corpora.files import from_file
from helpers.corpora.frozen import changed
from helpers.corpora.markov import MarkovSource
from helpers.corpora.registry import (
    CORPORA,
    SHARES,
    SPLITS,
    Corpus,
    check_split,
    counts_table,
    find,
)

__all__ = [
    "SPLITS",
    "Corpus",
    "DownloadError",
    "MarkovSource",
    "alignments",
    "analogies",
    "build",
    "changed",
    "describe",
    "download",
    "from_file",
    "labelled",
    "load",
    "markov_source",
    "names",
    "pairs",
    "wrong_words",
]


def names() -> list[str]:
    """The names of all corpora."""
    return sorted(CORPORA)


def load(name: str, split: str = "train", leak: bool = False) -> list[str]:
    """The sentences of one split ("train", "valid" or "test") of a corpus, as written.

    leak=True gives a flawed split of python_docs on purpose: sentence by sentence, repetitions
    kept, so that the test part shares sentences with the training part.

    Raises:
        ValueError: unknown name or split, or a corpus that has no flawed split.
        FileNotFoundError: a corpus that has to be downloaded first.
    """
    corpus = find(name)
    if name == "analogies":
        raise ValueError("analogies holds pairs of words, kind by kind: use analogies()")
    check_split(split, corpus.splits)
    if leak and name != "python_docs":
        raise ValueError(f"{name} has no leaky split: only python_docs does; leave leak=False")
    frozen.note(corpus)
    if name == "python_docs":
        return python_docs.load(split, leak)
    if name == "markov":
        return markov.load(split)
    if corpus.paired:
        raise ValueError(f"{name} holds pairs of texts: use pairs({name!r}, {split!r})")
    if corpus.written:
        return [row["text"] for row in written.rows(corpus, split)]
    return _part(downloads.lines(corpus.download, name), split)


def labelled(name: str, split: str = "train") -> list[dict[str, str]]:
    """The items of reviews ("domain", "label", "text") or apple ("word", "sense", "cue", "text").

    Raises:
        ValueError: unknown split, or a corpus without labels.
    """
    return _items(name, split, "labelled", "labels")


def analogies() -> list[dict[str, str]]:
    """The pairs of words ("kind", "a", "b"), kind by kind, such as plural, row, rows.

    Two pairs of a kind ask a question: a is to b as the other a is to ...?
    """
    corpus = CORPORA["analogies"]
    frozen.note(corpus)
    return written.rows(corpus, "all")


def pairs(name: str, split: str = "train") -> list[tuple[str, str]]:
    """The (source, target) texts of a corpus of pairs; its words stand between blanks.

    The splits of a corpus that a grammar made are train, valid, test, unseen, long, wrong_word.

    Raises:
        ValueError: unknown split, a corpus that holds no pairs, or one that is read from a package
            which is not installed.
    """
    return [(row["source"], row["target"]) for row in _items(name, split, "paired", "pairs")]


def alignments(name: str, split: str = "train") -> list[frozenset[tuple[int, int]]]:
    """The gold links (target place, source place) of the pairs of a split, in their order.

    Raises:
        ValueError: unknown split, a corpus without links, or links outside a sentence.
    """
    rows = _items(name, split, "aligned", "alignments")
    return [written.links(row, CORPORA[name].file) for row in rows]


def wrong_words(name: str) -> list[tuple[int, str]]:
    """(target place, wrong word) for each of the pairs(name, "wrong_word"), in their order.

    Raises:
        ValueError: a corpus without wrong words, or a place outside its sentence.
    """
    rows = _items(name, "wrong_word", "aligned", "wrong words")
    return [written.wrong_word(row, CORPORA[name].file) for row in rows]


def _items(name: str, split: str, kind: str, what: str) -> list[dict[str, str]]:
    fit = [known for known, corpus in CORPORA.items() if getattr(corpus, kind)]
    if name not in fit:
        raise ValueError(f"{name!r} has no {what}: {', '.join(fit) or 'no corpus'} "
                         f"{'has' if len(fit) < 2 else 'have'}; use load")
    corpus = CORPORA[name]
    check_split(split, corpus.splits)
    frozen.note(corpus)
    if corpus.language:
        return language_packs.rows(corpus.language, split)
    return written.rows(corpus, split)


def describe(name: str) -> str:
    """The data card of a corpus: origin, licence, how it is split, counts for every split.

    Raises:
        ValueError: unknown name.
    """
    corpus = find(name)
    if corpus.download and not downloads.is_sound(corpus.download):
        return f"{corpus.card}\nNot on this machine yet: corpora.download({name!r}) fetches it.\n"
    table = counts_table({split: strings(name, split) for split in corpus.splits})
    return f"{corpus.card}\n{table}"


def strings(name: str, split: str) -> list[str]:
    """The items of a split, each as one string, also where an item is a pair."""
    if name == "analogies":
        return [f"{row['a']} {row['b']}" for row in analogies()]
    if find(name).paired:
        return [" ".join(pair) for pair in pairs(name, split)]
    return load(name, split)


def build(name: str) -> None:
    """Make a corpus that has to be made before it can be loaded; nothing if it is there already.

    Raises:
        ValueError: unknown name.
    """
    find(name)
    if name == "python_docs":
        python_docs.build()


def download(name: str) -> Path:
    """Fetch a classic corpus over the network, once; return where it lies.

    Raises:
        ValueError: not a corpus that is downloaded.
        DownloadError: it did not work; the message says why.
    """
    fetched = {known: corpus.download for known, corpus in CORPORA.items() if corpus.download}
    if name not in fetched:
        raise ValueError(f"{name!r} is no download: there are {', '.join(fetched)}")
    return downloads.fetch(fetched[name])


def markov_source() -> MarkovSource:
    """The source of the corpus markov, with its exact probabilities and entropy rate."""
    return markov.source()


def _part(lines: list[str], split: str) -> list[str]:
    """One split by position: the first 80 % train, the next 10 % valid, the rest test."""
    cuts = [0, *(round(share * len(lines)) for share in SHARES), len(lines)]
    part = SPLITS.index(split)
    return lines[cuts[part] : cuts[part + 1]]
