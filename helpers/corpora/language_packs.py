"""Real pairs of texts: what JupyterLab says in English, and its translation.

Read from the installed language packs, `locale/fr_FR/LC_MESSAGES/*.json` (the same catalogues as
the .mo files beside them): English message -> its translations, one for each plural form.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from helpers.corpora.docstrings import package_folder
from helpers.corpora.near_duplicates import deal, only_letters
from helpers.corpora.registry import SPLITS
from helpers.tokenizers import words_and_signs

MOST_WORDS = 40
CODE = re.compile(r"[{}<>\\]|\*\*|://")         # code, markup, addresses, {} to be filled in
PLACE = re.compile(r"%\d+")                     # "Open %1": a name is filled in
CONTEXT = "\x04"                                # stands between a message's context and the message


def rows(language: str, split: str) -> list[dict[str, str]]:
    """The pairs of one split, "source" (English) and "target": tokens between blanks, sorted.

    language: "fr_FR" or "zh_CN". Raises ValueError, with the cure, if that pack is not installed.
    """
    return [{"source": source, "target": target}
            for where, source, target in all_rows(language) if where == split]


def package(language: str) -> str:
    """The name of the language pack as one imports it."""
    return f"jupyterlab_language_pack_{language}"


def fingerprint(language: str) -> str:
    """The sha256 of all pairs with their splits."""
    text = "".join("\t".join(row) + "\n" for row in all_rows(language))
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def all_rows(language: str) -> tuple[tuple[str, str, str], ...]:
    """(split, English, translated) for each message that is kept, sorted by split and English.

    A message that stands in several places has its most frequent translation. The splits are dealt
    over all messages of the pack, kept or not, so a message has the same split in every language.
    """
    catalogue = list(messages(language))
    splits = deal(cut(message) for message, _ in catalogue)
    found: dict[str, Counter] = defaultdict(Counter)
    for message, translation in catalogue:
        if is_pair(message, translation):
            found[cut(message)][cut(translation)] += 1
    kept = ((splits[source], source, targets.most_common(1)[0][0])
            for source, targets in sorted(found.items()))
    return tuple(sorted(kept, key=lambda row: SPLITS.index(row[0])))


def messages(language: str) -> Iterator[tuple[str, str]]:
    """(English message, first form of its translation) as the pack has them, file by file."""
    folder = package_folder(package(language)) / "locale" / language / "LC_MESSAGES"
    files = sorted(folder.glob("*.json"))
    if not files:
        raise ValueError(f"the package {package(language)} here holds no catalogue: "
                         f"pip install --force-reinstall {package(language)}")
    for file in files:
        for key, forms in json.loads(file.read_text(encoding="utf-8")).items():
            if key:                             # "" is the file's own head
                yield key.rpartition(CONTEXT)[2], forms[0]


def cut(text: str) -> str:
    """The tokens of a text between blanks; the marks around `code` are taken off."""
    return " ".join(words_and_signs(text.replace("`", "")))


def is_pair(message: str, translation: str) -> bool:
    """Whether a message and its translation are fit to learn from; the rule is in the data card."""
    words, translated = (only_letters(cut(text)) for text in (message, translation))
    return (bool(words) and bool(translated) and words != translated
            and len(message.split()) <= MOST_WORDS
            and not CODE.search(message + translation)
            and Counter(PLACE.findall(message)) == Counter(PLACE.findall(translation)))
