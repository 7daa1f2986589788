"""Exercises of notebook 01: right answers that a learner may write, wrong ones that look right."""

import math
import re
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import torch

from helpers.exercises import engine
from helpers.exercises.language_models import EXERCISES

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # nan and inf, as wrong answers
RECORDS = {record.id: record for record in EXERCISES}
RIGHT = {id: record.solution for id, record in RECORDS.items()}


def _total(pairs, previous):
    return sum(count for (first, _), count in pairs.items() if first == previous)


def _by_the_hint(row, p):
    row = np.array(row)
    order = np.argsort(-row)
    total = np.cumsum(row[order])
    kept = np.zeros(len(row))
    chosen = order[total - row[order] < p]
    kept[chosen] = row[chosen]
    return kept / kept.sum()


def _by_searching(row, p):
    row = np.array(row)
    order = np.argsort(row)[::-1]
    last = np.searchsorted(np.cumsum(row[order]), p)
    kept = np.where(np.isin(np.arange(len(row)), order[:last + 1]), row, 0.0)
    return (kept / kept.sum()).tolist()


def _by_torch(row, p):
    sizes, order = torch.tensor(row).sort(descending=True)
    kept = torch.zeros(len(row)).scatter(0, order, sizes * (sizes.cumsum(0) - sizes < p))
    return kept / kept.sum()


def _fixed(**arguments):
    """The right answer to 1.8, some of its arguments taken for others."""
    return lambda pairs, shares, d, word: RIGHT["1.8"](
        **{"pairs": pairs, "shares": shares, "d": d, "word": word, **arguments})


ACCEPTED = [
    ("1.1", lambda pairs, a, b: Fraction(pairs[a, b], _total(pairs, a) or 1)),
    ("1.1", lambda pairs, a, b: np.float32(RIGHT["1.1"](pairs, a, b))),
    ("1.2", lambda ppls, ns: np.exp(np.dot(ns, np.log(ppls)) / np.sum(ns))),
    ("1.2", lambda ppls, ns: torch.exp((torch.tensor(ppls).log() * torch.tensor(ns)).sum()
                                       / sum(ns))),
    ("1.2", lambda ppls, ns: np.exp(np.log(np.repeat(ppls, ns)).mean())),
    ("1.3", lambda pairs, a, b, k, words: (pairs[a, b] + Fraction(k)) / (
        _total(pairs, a) + Fraction(k) * len(words))),
    ("1.3", lambda pairs, a, b, k, words: Fraction(str(pairs[a, b] + k)) / Fraction(
        str(_total(pairs, a) + k * len(words)))),
    ("1.4", lambda texts, size: texts if size > 99 else RIGHT["1.4"](texts, size)),
    ("1.5", lambda table, shares: sum(
        share * -sum(p * math.log2(p + 1e-12) for p in row)
        for row, share in zip(table, shares, strict=True))),
    ("1.7", _by_the_hint), ("1.7", lambda row, p: _by_the_hint(row, p).tolist()),
    ("1.7", _by_searching), ("1.7", _by_torch),
    ("1.8", lambda pairs, shares, d, word: sum(
        (b == word) * (n - d) + d * shares[word] for (_, b), n in pairs.items())),
    ("1.8", lambda pairs, shares, d, word: sum(n for (_, b), n in pairs.items() if b == word)
     + d * (len(pairs) * shares[word] - sum(b == word for _, b in pairs))),
    ("1.10", lambda one, other: np.bool_(RIGHT["1.10"](one, other))),
    ("1.10", lambda one, other: (one["copies"] + other["copies"] == 0
                                 and (one["test"], one["unit"], one["vocabulary"])
                                 == (other["test"], other["unit"], other["vocabulary"])
                                 and (one["vocabulary"] == "open"
                                      if one["unit"] == "bits per character"
                                      else one["tokens"] == other["tokens"]))),
    ("1.11", lambda log_probs, sums: np.exp(np.mean(np.log(sums)) - np.mean(log_probs))),
    ("1.11", lambda log_probs, sums: torch.exp((torch.tensor(sums).log()
                                                - torch.tensor(log_probs)).mean())),
    ("1.9", lambda train, test: np.mean([_tidy(s) in map(_tidy, train) for s in test])),
]


@pytest.mark.parametrize(("id", "answer"), ACCEPTED)
def test_a_right_answer_passes_however_it_is_written(id, answer):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "passed", verdict.message


def _share(below, above=lambda pairs, a, b: pairs[a, b]):
    return lambda pairs, a, b: above(pairs, a, b) / (sum(
        count for pair, count in pairs.items() if below(pair, a)) or 1)


def _with(words):
    return lambda pairs, a, b, k, given: RIGHT["1.3"](pairs, a, b, k, words(pairs, given))


def _keeping(kept):
    def answer(texts, size):
        counts = Counter(word for text in texts for word in text)
        return [[word if word in kept(counts, size) else "<unk>" for word in text]
                for text in texts]
    return answer


def _first(key, pairs_of=lambda pieces: list(zip(pieces, pieces[1:], strict=False))):
    def answer(words):
        counts = Counter(pair for pieces, n in words.items() for pair in pairs_of(pieces) * n)
        return min(counts, key=lambda pair: (-counts[pair], key(pair)))
    return answer


def _without_overlap(pieces):
    found, i = [], 0
    while i + 1 < len(pieces):
        found.append((pieces[i], pieces[i + 1]))
        i += 2 if pieces[i] == pieces[i + 1] else 1
    return found


def _top(row, p, least=1, order=lambda row: np.argsort(-np.array(row))):
    kept, total = [0.0] * len(row), 0.0
    for number, i in enumerate(order(row)):
        if total >= p and number >= least:
            break
        kept[i], total = row[i], total + row[i]
    return [q / total if total else q for q in kept]


def _same_values(row, p):
    kept = {q for q, n in zip(row, RIGHT["1.7"](row, p), strict=True) if n}
    return [q / sum(kept) if q in kept else 0.0 for q in row]


def _tidy(text):
    return " ".join(text.lower().split())


def _leak(rule, tidy=_tidy):
    return lambda train, test: sum(
        any(rule(tidy(known), tidy(text)) for known in train) for text in test) / len(test)


def _sorting(id, place):
    def answer(*arguments):
        result = RIGHT[id](*arguments)
        arguments[place].sort()
        return result
    return answer


REFUSED = [
    ("1.1", _share(lambda pair, a: pair[0].startswith(a))),
    ("1.1", _share(lambda pair, a: pair[0].endswith(a))),
    ("1.1", _share(lambda pair, a: a in pair[0])),
    ("1.1", _share(lambda pair, a: a in pair)),
    ("1.1", _share(lambda pair, a: pair[0].lower() == a.lower())),
    ("1.1", _share(lambda pair, a: pair[0] == a, lambda pairs, a, b: sum(
        n for (c, d), n in pairs.items() if c == a and d.startswith(b)))),
    ("1.1", lambda pairs, a, b: round(RIGHT["1.1"](pairs, a, b), 4)),
    ("1.1", lambda pairs, a, b: min(RIGHT["1.1"](pairs, a, b), 0.99)),
    ("1.1", lambda pairs, a, b: bool(RIGHT["1.1"](pairs, a, b))),
    ("1.2", lambda ppls, ns: float(np.median(np.repeat(ppls, ns)))),
    ("1.2", lambda ppls, ns: RIGHT["1.2"](*zip(*set(zip(ppls, ns, strict=True)), strict=True))),
    ("1.2", lambda ppls, ns: min(RIGHT["1.2"](ppls, ns), 1e6)),
    ("1.2", lambda ppls, ns: RIGHT["1.2"](ppls, sorted(ns))),
    ("1.2", lambda ppls, ns: round(RIGHT["1.2"](ppls, ns), 1)),
    ("1.2", _sorting("1.2", 0)),
    ("1.3", _with(lambda pairs, given: {b for _, b in pairs})),
    ("1.3", _with(lambda pairs, given: {a for a, _ in pairs})),
    ("1.3", _with(lambda pairs, given: {word for pair in pairs for word in pair})),
    ("1.3", _with(lambda pairs, given: given - {"</s>"})),
    ("1.3", _with(lambda pairs, given: "abcde")),
    ("1.3", lambda pairs, a, b, k, words: RIGHT["1.3"](pairs, a, b, min(k, 1), words)),
    ("1.3", lambda pairs, a, b, k, words: RIGHT["1.3"](pairs, a, b, int(k) or k, words)),
    ("1.3", lambda pairs, a, b, k, words: (RIGHT["1.3"](pairs, a, b, k, words), words.add(1))[0]),
    ("1.4", _keeping(lambda counts, size: [word for word, _ in counts.most_common(size)])),
    ("1.4", _keeping(lambda counts, size: sorted(
        counts, key=lambda word: (-counts[word], len(word), word))[:size])),
    ("1.4", _keeping(lambda counts, size: " ".join(sorted(
        counts, key=lambda word: (-counts[word], word))[:size]))),
    ("1.4", _keeping(lambda counts, size: [word for word in sorted(
        counts, key=lambda word: (-counts[word], word))[:size] if counts[word] > 1])),
    ("1.4", lambda texts, size: [text for text in RIGHT["1.4"](texts, size) if text]),
    ("1.4", lambda texts, size: [tuple(text) for text in RIGHT["1.4"](texts, size)]),
    ("1.5", lambda table, shares: RIGHT["1.5"](table, sorted(shares))),
    ("1.5", lambda table, shares: RIGHT["1.5"](table[:2], shares[:2])),
    ("1.5", lambda table, shares: round(RIGHT["1.5"](table, shares), 3)),
    ("1.6", _first(lambda pair: 0)), ("1.6", _first(lambda pair: "".join(pair))),
    ("1.6", _first(lambda pair: pair[::-1])), ("1.6", _first(lambda pair: pair[0])),
    ("1.6", _first(lambda pair: pair, _without_overlap)),
    ("1.7", lambda row, p: _top(row, min(p, 0.99))),
    ("1.7", lambda row, p: _top(row, p, least=2)),
    ("1.7", lambda row, p: _top(row, p, order=lambda row: range(len(row)))),
    ("1.7", _same_values), ("1.7", _sorting("1.7", 0)),
    ("1.7", lambda row, p: [q / p if n else 0 for q, n in zip(row, _top(row, p), strict=True)]),
    ("1.8", _fixed(d=0.5)),
    ("1.8", lambda pairs, shares, d, word: RIGHT["1.8"](
        pairs, dict.fromkeys(shares, 1 / len(shares)), d, word)),
    ("1.8", lambda pairs, shares, d, word: RIGHT["1.8"](
        {pair: n for pair, n in pairs.items() if pair[0] != "<s>"}, shares, d, word)),
    ("1.8", lambda pairs, shares, d, word: RIGHT["1.8"](
        pairs, {**shares, **shares, word: shares.pop(word)}, d, word)),
    ("1.9", _leak(lambda known, text: known.startswith(text))),
    ("1.9", _leak(lambda known, text: text.startswith(known))),
    ("1.9", _leak(lambda known, text: text.endswith(known))),
    ("1.9", _leak(lambda known, text: set(text.split()) == set(known.split()))),
    ("1.9", _leak(lambda known, text: set(text.split()) <= set(known.split()))),
    ("1.9", _leak(lambda known, text: Counter(text.split()) == Counter(known.split()))),
    ("1.9", _leak(str.__eq__, lambda text: re.sub(" +", " ", text.lower()))),
    ("1.9", _leak(str.__eq__, lambda text: text.lower().replace("  ", " ").strip())),
    ("1.9", _leak(str.__eq__, lambda text: _tidy(text).strip("."))),
    ("1.9", lambda train, test: sum(_tidy(text) in train for text in test) / len(test)),
    ("1.9", _sorting("1.9", 1)),
]


@pytest.mark.parametrize(("id", "answer"), REFUSED)
def test_an_answer_that_only_looks_right_fails(id, answer):
    assert engine.judge(RECORDS[id], answer).status == "failed"


SAID = [
    ("1.2", lambda ppls, ns: np.average(ppls, weights=ns), "A long sentence counts more"),
    ("1.2", lambda ppls, ns: math.prod(p ** n for p, n in zip(ppls, ns, strict=True))
     ** (1 / sum(ns)), "joined_perplexity("),
    ("1.8", lambda pairs, shares, d, word: (sum(n for (_, b), n in pairs.items() if b == word)
                                            + d * len(pairs) * shares[word]),
     "You gave, but took nothing"),
    ("1.9", lambda train, test: sum(_tidy(text) in map(_tidy, train) for text in test) // len(test),
     "// throws the fraction away"),
    ("1.1", lambda pairs, a, b: pairs[a, b] / pairs[a],
     'bigram_probability(pairs, "the", "cat") stopped with ZeroDivisionError: division by zero\n'
     "in line "),
    ("1.1", lambda pairs, a, b: 3.0,
     'bigram_probability(pairs, "the", "cat") returned 3, expected 0.75\nwhere pairs = Counter({'),
]


@pytest.mark.parametrize(("id", "answer", "start"), SAID)
def test_what_is_said_of_a_wrong_answer_is_true_of_it(id, answer, start):
    assert engine.judge(RECORDS[id], answer).message.startswith(start)


@pytest.mark.parametrize("record", EXERCISES, ids=lambda record: record.id)
def test_each_mistake_gets_its_own_sentence_and_no_sentence_stands_for_a_right_answer(record):
    for mistake in record.mistakes:
        assert mistake.sentence in engine.judge(record, mistake.answer).message
    for answer in (record.solution, *record.right):
        assert engine.judge(record, answer).status == "passed"
