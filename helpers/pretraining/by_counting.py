"""What counting gets right on the same tasks: bags of words, naive Bayes, Kneser-Ney."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import torch
from torch import Tensor

from helpers.language_models import KneserNeyLM
from helpers.language_models.counts import UNK
from helpers.language_models.ngram import NgramLM
from helpers.pretraining import texts
from helpers.pretraining.probe import best_line
from helpers.pretraining.tasks import Example, Task

STRENGTHS = (0.03, 0.3, 3.0)
AROUND, ORDER, COMMONEST = 3, 3, 50


def labels_of(examples: Sequence[Example]) -> Tensor:
    """(N,) int."""
    return torch.tensor([example.label for example in examples])


def bags(examples: Sequence[Example], index: dict[str, int]) -> Tensor:
    """(N, V) of 0 and 1: does this word stand in the text?"""
    found = torch.zeros(len(examples), len(index))
    for row, example in zip(found, examples, strict=True):
        for word in set(example.words) & index.keys():
            row[index[word]] = 1.0
    return found


def words_in(examples: Iterable[Example]) -> dict[str, int]:
    """The words of some examples, each with a column."""
    return {word: i for i, word in enumerate(sorted({word for e in examples for word in e.words}))}


def bag_of_words(task: Task, chosen: Sequence[Example]) -> float:
    """Test share right of the best of three lines over the words that stand in a text."""
    index = words_in(chosen)
    line = best_line(bags(chosen, index), labels_of(chosen),
                     (bags(task.valid, index), labels_of(task.valid)), strengths=STRENGTHS,
                     classes=len(task.classes))
    return line.right(bags(task.test, index), labels_of(task.test))


def naive_bayes(task: Task, chosen: Sequence[Example]) -> float:
    """Test share right by counts alone: P(class) times P(word | class) of each word, plus one."""
    index, labels = words_in(chosen), labels_of(chosen)
    seen = bags(chosen, index)
    counts = torch.stack([seen[labels == c].sum(dim=0) for c in range(len(task.classes))]) + 1
    weights = (counts / counts.sum(dim=1, keepdim=True)).log()          # (classes, V)
    often = torch.bincount(labels, minlength=len(task.classes)).clamp(min=1).log()
    named = (bags(task.test, index) @ weights.T + often).argmax(dim=1)
    return float((named == labels_of(task.test)).double().mean())


@cache
def counted() -> NgramLM:
    """Kneser-Ney of order 3 over the sentences that the masked model learned from."""
    known = set(texts.vocabulary().entries)
    return KneserNeyLM(ORDER).fit([[word if word in known else UNK for word in words]
                                   for words in texts.sentences("train")])


@cache
def commonest() -> tuple[str, ...]:
    """The commonest words of the training sentences, COMMONEST of them."""
    counts = Counter(word for words in texts.sentences("train") for word in words)
    return tuple(word for word, _ in counts.most_common(COMMONEST))


def fits(example: Example, words: Sequence[str]) -> list[float]:
    """Nats for each word in the example's hidden place, with the three words on either side.

    Raises ValueError for an example that hides no word.
    """
    if example.hidden is None:
        raise ValueError(f"{' '.join(example.words[:6])} ...: no word is hidden here")
    place, model = example.hidden, counted()
    before = known_words(example.words[max(0, place - AROUND):place])
    after = known_words(example.words[place + 1:place + 1 + AROUND])
    return [sum(model.token_log_probs([*before, word, *after])[:-1]) for word in words]


def known_words(words: Iterable[str]) -> list[str]:
    """The same words, UNK for those that the counting model has never seen, and for marks."""
    known = counted().counts.index
    return [word if word in known and not word.startswith("<") else UNK for word in words]


@cache
def kneser_ney_table(task: Task) -> dict[str, Tensor]:
    """For pool, valid, test: (N, COMMONEST), how well the commonest words fit the hidden place."""
    def table(examples: Sequence[Example]) -> Tensor:
        return torch.tensor([fits(e, commonest()) for e in examples]).log_softmax(dim=1)
    return {part: table(getattr(task, part)) for part in ("pool", "valid", "test")}


def kneser_ney(task: Task, chosen: Sequence[Example]) -> float:
    """Test share right of the best of three lines over Kneser-Ney's table of the hidden place."""
    tables = kneser_ney_table(task)
    place = {id(example): i for i, example in enumerate(task.pool)}
    rows, mean = tables["pool"][[place[id(e)] for e in chosen]], tables["pool"].mean(dim=0)
    spread = tables["pool"].std(dim=0)
    line = best_line((rows - mean) / spread, labels_of(chosen),
                     ((tables["valid"] - mean) / spread, labels_of(task.valid)),
                     classes=len(task.classes))
    return line.right((tables["test"] - mean) / spread, labels_of(task.test))


def fill_by_counting(task: Task, cues: Sequence[Iterable[str]]) -> float:
    """Test share right without any label: of two sets of cues, which fits the hidden place?"""
    zeros, ones = (sorted(set(some) & counted().counts.index.keys()) for some in cues)
    right = 0
    for example in task.test:
        found = fits(example, [*zeros, *ones])
        gap = log_sum(found[len(zeros):]) - log_sum(found[:len(zeros)])
        right += int(gap > 0) == example.label
    return right / len(task.test)


def log_sum(values: Sequence[float]) -> float:
    """log of the sum of exp."""
    most = max(values)
    return most + math.log(sum(math.exp(value - most) for value in values))
