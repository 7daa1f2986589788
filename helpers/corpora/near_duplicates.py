"""Splits without near duplicates: short texts that are almost alike go to one split together.

Of "open the file", "Open the file 2." and "open the folder" one in train would tell the answer
for another one in test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from helpers.corpora.python_docs import split_of

SEVERAL = 3     # from so many words on, a text that differs in one of them is a near duplicate
NO_LETTER = re.compile(r"[\W\d_]+")


def deal(texts: Iterable[str]) -> dict[str, str]:
    """The split of each text; near duplicates have the same, and the order does not matter.

    Dealt by a hash of a group's first text in alphabetical order, about 80/10/10.
    """
    return {text: split_of(group[0]) for group in groups(texts) for text in group}


def groups(texts: Iterable[str]) -> list[list[str]]:
    """Texts that hang together by near duplicates, sorted; each text stands in one group.

    Near duplicates are the same but for digits, signs and capitals; or, from three words on, one
    word is another one, stands elsewhere or is missing. Words are what stands between blanks.
    """
    leader: dict[str, str] = {}       # a text -> one of its group, up to the group's leader
    first: dict[tuple, str] = {}      # a key -> the first text that has it

    def leader_of(text: str) -> str:
        while leader[text] != text:
            leader[text] = text = leader[leader[text]]
        return text

    for text in sorted(set(texts)):
        leader[text] = text
        for key in keys(only_letters(text)):
            leader[leader_of(text)] = leader_of(first.setdefault(key, text))
    found: dict[str, list[str]] = {}
    for text in leader:
        found.setdefault(leader_of(text), []).append(text)
    return list(found.values())


def only_letters(text: str) -> tuple[str, ...]:
    """The words of a text in small letters; of each its letters, and none without a letter."""
    return tuple(filter(None, (NO_LETTER.sub("", word) for word in text.casefold().split())))


def keys(words: Sequence[str]) -> Iterator[tuple]:
    """Keys of a text: two texts are near duplicates if they share one."""
    yield tuple(words)
    if len(words) >= SEVERAL:
        for i in range(len(words)):
            yield (*words[:i], *words[i + 1:])
