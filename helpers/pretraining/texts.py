"""What the masked model reads: sentences of python_docs and stories, some nouns merged in pairs.

Two nouns that are merged before training are one word of two senses (Gale, Church and Yarowsky
1992, pseudo-words). Which of them stood there is known for free, and exactly: a label.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from helpers import corpora, tokenizers

PAIRS = (("class", "size"), ("file", "memory"), ("node", "device"), ("parameter", "index"))
MERGED = {word: "/".join(pair) for pair in PAIRS for word in pair}
MOST, LEAST = 31, 4             # words of a sentence that are read; times a known word was seen
MARKS = (tokenizers.PAD, tokenizers.START, tokenizers.MASK)
AFTER_A_SENTENCE = re.compile(r'(?<=[.!?"])\s+')


def merged_words(text: str) -> list[str]:
    """The words of a text in lower case; "class" and "size" are both "class/size", and so on."""
    return [MERGED.get(word, word) for word in tokenizers.words(text)]


@cache
def sentences(split: str) -> tuple[tuple[str, ...], ...]:
    """The documentation of a split, sentence by sentence; for "train" the stories' too."""
    found = [merged_words(text) for text in corpora.load("python_docs", split)]
    if split == "train":
        found += [merged_words(sentence) for story in corpora.load("stories", "train")
                  for sentence in AFTER_A_SENTENCE.split(story)]
    return tuple(tuple(words) for words in found if words)


@cache
def vocabulary() -> tokenizers.Vocabulary:
    """The words seen LEAST times or more in the training sentences, and the marks."""
    return tokenizers.Vocabulary.from_texts(map(" ".join, sentences("train")), cut="blanks",
                                            min_count=LEAST, marks=MARKS)


def batch_of(known: tokenizers.Vocabulary, texts: Sequence[Sequence[str]]
             ) -> tuple[Tensor, Tensor]:
    """Lists of words -> (ids (B, T), lengths (B,)), a start mark before each, at most MOST words.

    A word that is no known one is <unk>; "<mask>" and "<unk>" in the list are the marks.
    """
    index = ids_of(known)
    rows = [[known.start, *(index.get(word, known.unknown) for word in words[:MOST])]
            for words in texts]
    lengths = torch.tensor([len(row) for row in rows])
    ids = torch.full((len(rows), int(lengths.max())), known.pad)
    for row, place in zip(rows, ids, strict=True):
        place[:len(row)] = torch.tensor(row)
    return ids, lengths


def ids_of(known: tokenizers.Vocabulary) -> dict[str, int]:
    """The id of each entry, marks too."""
    return {word: i for i, word in enumerate(known.entries)}


def plain_ids(known: tokenizers.Vocabulary) -> Tensor:
    """The ids that are words: no marks."""
    return torch.arange(len(known.mark_ids), len(known))
