"""Tasks with few labels, made by rule from text: who needs how many labels, and what helps?

    word class   is return, set, plot, view ... a noun or a verb here? The word before it tells,
                 and is hidden afterwards; of each word there are as many nouns as verbs, so that
                 the word itself says nothing
    library      numpy, torch or matplotlib: from whose documentation is a sentence?
    senses       which of two nouns stood there, where both were merged into one word
    reviews      is a review praise or blame?

Sentences of a test part stand in files that were not read in pretraining; for the reviews, none is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from helpers import corpora, tokenizers
from helpers.corpora.docstrings import docstrings, source_files
from helpers.corpora.python_docs import PACKAGES
from helpers.corpora.sentences import sentences as sentences_of
from helpers.pretraining.texts import MERGED, MOST, PAIRS, merged_words

NAMES = ("word class", "library", "senses", "reviews")
NOUN_CUES = frozenset(("the", "a", "an"))
VERB_CUES = frozenset(tokenizers.words(
    "to will not can must should may cannot could would don't doesn't we you"))
BOTH = frozenset(tokenizers.words(
    "return set sort plot view mask use call display test check copy change print transform cast "
    "map filter update point start end limit scale fit access match run load store draw result "
    "override reference compile trace export work wrap step sum scatter pad group stack"))
BEFORE, AFTER, SHORTEST, LONGEST = 12, 16, 6, 30


@dataclass(frozen=True)
class Example:
    """words: what is read; label: 0, 1, ...; place: of the marked word, None without one.

    hidden: the place of the word that the label was made from, where it is among `words`.
    """

    words: tuple[str, ...]
    label: int
    place: int | None = None
    hidden: int | None = None


@dataclass(frozen=True)
class Task:
    """pool: labels are drawn from it; valid: rates are chosen by it; test: what is told."""

    name: str
    classes: tuple[str, ...]
    pool: tuple[Example, ...]
    valid: tuple[Example, ...]
    test: tuple[Example, ...]


@cache
def task(name: str) -> Task:
    """One of NAMES; the same each time. Raises ValueError for another name."""
    made = {"word class": _word_class_task, "library": _library_task, "senses": _senses_task,
            "reviews": _reviews_task}
    if name not in made:
        raise ValueError(f"task {name!r}: there are {', '.join(NAMES)}")
    return made[name]()


def draw_labels(pool: tuple[Example, ...], number: int, seed: int) -> list[Example]:
    """So many examples of a pool, as many of each class (one more of the first ones if need be).

    Raises ValueError where a class has too few.
    """
    rng = random.Random(1000 * number + seed)
    classes = sorted({example.label for example in pool})
    chosen = []
    for c in classes:
        of_class = [example for example in pool if example.label == c]
        wanted = number // len(classes) + (c < number % len(classes))
        if wanted > len(of_class):
            raise ValueError(f"{number} labels need {wanted} of class {c}, and there are "
                             f"{len(of_class)}: ask for fewer")
        chosen += rng.sample(of_class, wanted)
    rng.shuffle(chosen)
    return chosen


def word_classes(split: str, seed: int) -> list[Example]:
    """Sentences around a word of BOTH, the cue before it hidden; balanced word by word."""
    found: dict[str, tuple[list, list]] = {}
    for text in corpora.load("python_docs", split):
        words = merged_words(text)
        for i in range(1, len(words)):
            cue, word = words[i - 1], words[i]
            if word not in BOTH or len(words) < 5 or not (cue in NOUN_CUES or cue in VERB_CUES):
                continue
            first = max(0, i - BEFORE)
            seen = (*words[first:i - 1], tokenizers.MASK, *words[i:i + AFTER])
            label = int(cue in VERB_CUES)
            found.setdefault(word, ([], []))[label].append(
                Example(seen, label, i - first, i - first - 1))
    return _balanced(found, random.Random(seed))


def which_library(split: str) -> list[list[Example]]:
    """Sentences of one library only, six to thirty words, shuffled; a list for each library."""
    owners = _owners()
    found = [Example(tuple(words), PACKAGES.index(owners[text.casefold()]))
             for text in corpora.load("python_docs", split) if text.casefold() in owners
             and SHORTEST <= len(words := merged_words(text)) <= LONGEST]
    random.Random(3).shuffle(found)
    return [[example for example in found if example.label == c] for c in range(len(PACKAGES))]


def senses(split: str, seed: int, without: frozenset = frozenset()) -> list[Example]:
    """Sentences around one merged noun; the label says which of the two it was, balanced.

    without: texts that are left out: "a class that ..." stands in more than one file.
    """
    found: dict[str, tuple[list, list]] = {}
    for text in corpora.load("python_docs", split):
        plain = tokenizers.words(text)
        for i, word in enumerate(plain):
            if word not in MERGED or len(plain) < 5:
                continue
            first = max(0, i - BEFORE)
            seen = tuple(MERGED.get(w, w) for w in plain[first:i + AFTER])
            if seen in without:
                continue
            label = next(pair.index(word) for pair in PAIRS if word in pair)
            found.setdefault(MERGED[word], ([], []))[label].append(Example(seen, label, i - first))
    return _balanced(found, random.Random(seed))


def _balanced(found: dict[str, tuple[list, list]], rng: random.Random) -> list[Example]:
    """Of each word as many of one label as of the other."""
    kept = []
    for _, (zeros, ones) in sorted(found.items()):
        k = min(len(zeros), len(ones))
        kept += rng.sample(zeros, k) + rng.sample(ones, k)
    rng.shuffle(kept)
    return kept


@cache
def _owners() -> dict[str, str]:
    """Sentence (casefolded) -> the one package it stands in; those of two are left out."""
    where: dict[str, set[str]] = {}
    for package in PACKAGES:
        for _, file in source_files(package):
            for docstring in docstrings(file.read_bytes()):
                for sentence in sentences_of(docstring):
                    where.setdefault(sentence.casefold(), set()).add(package)
    return {sentence: next(iter(owners)) for sentence, owners in where.items()
            if len(owners) == 1}


def _cut(rows: list[Example], valid: int, seed: int = 5) -> tuple[tuple, tuple]:
    """(pool, valid): so many at random for choosing rates."""
    order = list(rows)
    random.Random(seed).shuffle(order)
    return tuple(order[valid:]), tuple(order[:valid])


def _word_class_task() -> Task:
    pool, valid = _cut(word_classes("train", 1), 200)
    test = (*word_classes("valid", 2), *word_classes("test", 3))
    return Task("word class", ("noun", "verb"), pool, valid, test)


def _library_task() -> Task:
    parts = [[example for rows in which_library(split) for example in rows[:most]]
             for split, most in (("train", 800), ("valid", 60), ("test", 150))]
    return Task("library", PACKAGES, *map(tuple, parts))


def _senses_task() -> Task:
    pool, valid = _cut(senses("train", 1), 200)
    read = frozenset(example.words for example in (*pool, *valid))
    test = (*senses("valid", 2, read), *senses("test", 3, read))
    return Task("senses", ("first", "second"), pool, valid, test)


def _reviews_task() -> Task:
    def rows(split: str) -> list[Example]:
        return [Example(tuple(merged_words(item["text"])[:MOST]), int(item["label"] == "positive"))
                for item in corpora.labelled("reviews", split)]
    pool, valid = _cut(rows("train"), 120)
    return Task("reviews", ("negative", "positive"), pool, valid,
                (*rows("valid"), *rows("test")))
