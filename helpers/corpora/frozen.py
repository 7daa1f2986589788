"""Is a text the one that the course's numbers were made on? If not, it is said in words, once."""

from __future__ import annotations

import hashlib

from helpers.corpora import language_packs, python_docs, written
from helpers.corpora.registry import CORPORA, Corpus

_checked: dict[str, bool] = {}     # name -> is it the frozen text? Once in a session


def note(corpus: Corpus) -> None:
    """Find out whether a corpus is the frozen text, and print a sentence if it is not."""
    if corpus.name in _checked or corpus.download:     # a download is checked when it is read
        return
    _checked[corpus.name] = fingerprint(corpus) == corpus.sha256
    if not _checked[corpus.name]:
        print(f"{corpus.name} is not the text that the numbers of this course were made on"
              f"{_why(corpus)}. Counts, scores and samples of {corpus.name} will differ a little "
              "from those in the text; stored models work as before.")


def changed() -> list[str]:
    """The names of the corpora read in this session that are not the frozen text."""
    return [name for name in CORPORA if _checked.get(name) is False]


def fingerprint(corpus: Corpus) -> str:
    """The sha256 of a corpus on this machine; line ends count as one kind."""
    if corpus.name == "python_docs":
        return python_docs.fingerprint()
    if corpus.language:
        return language_packs.fingerprint(corpus.language)
    text = (written.DATA / corpus.file).read_text(encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def _why(corpus: Corpus) -> str:
    if corpus.file:
        return f": data/{corpus.file} was changed (`git checkout data/{corpus.file}` undoes it)"
    packs = [language_packs.package(corpus.language)] if corpus.language else python_docs.PACKAGES
    here = ", ".join(f"{name} {python_docs.version(name)}" for name in packs)
    return f" (it is read from the installed packages, here {here})"
