"""Who tells a mutant from a right answer: other calls than the checks make, over the whole domain.

`CALLS[id](rng)` draws the arguments of one call as the docstring of the exercise allows them;
nothing is shared with the checks, so that both can judge each other.
"""

from __future__ import annotations

import copy
import functools
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

import numpy as np
import oracle_00
import oracle_02
import oracle_05
import oracle_06
import oracle_07

from helpers.self_attention_masks import Head, brackets, tokens

NUMBER = 150  # of calls per exercise
WORDS = ("red", "redder", "sea", "Sea", "an", "and", "it", "apple")
END = "</s>"


def calls(id: str, seed: int = 8_2024) -> list[tuple]:
    """The calls of an exercise."""
    rng = np.random.default_rng([seed, int(id.replace(".", ""))])
    return [CALLS[id](rng) for _ in range(NUMBER)]


def _texts(rng, sentences=(1, 6), words=(0, 7), known=WORDS) -> list[list[str]]:
    return [[str(word) for word in rng.choice(known, rng.integers(*words))]
            for _ in range(rng.integers(*sentences))]


def _pairs(rng) -> Counter:
    """Pairs of neighbours in a few sentences of few words, as in notebook 01."""
    known = WORDS[:rng.integers(2, 7)]
    while True:
        texts = [["<s>", *text, END] for text in _texts(rng, (1, 7), (0, 6), known)]
        texts += texts[:1] * int(rng.choice([0, 0, 7, 300]))
        pairs = Counter(pair for text in texts for pair in zip(text, text[1:], strict=False))
        if pairs:
            return pairs


def _bigram(rng) -> tuple:
    pairs = _pairs(rng)
    firsts = ["<s>", *WORDS[:4], *(first for first, _ in pairs), "never"]
    seconds = [END, *WORDS[:4], *(second for _, second in pairs), "never"]
    return pairs, str(rng.choice(firsts)), str(rng.choice(seconds))


def _joined(rng) -> tuple:
    n = int(rng.integers(1, 8))
    perplexities = np.exp(rng.exponential(rng.uniform(0.01, 4), n))
    if rng.random() < 0.3:
        perplexities[rng.integers(n)] = rng.choice([1.0, math.inf, perplexities[0]])
    longest = int(rng.choice([2, 9, 500]))
    return perplexities.tolist(), rng.integers(1, longest, n, endpoint=True).tolist()


def _add_k(rng) -> tuple:
    pairs = _pairs(rng)
    vocabulary = {second for _, second in pairs} | set(WORDS[:rng.integers(0, 8)])
    previous = str(rng.choice(["<s>", "never", *(first for first, _ in pairs), *WORDS]))
    k = rng.choice([0.01, 0.1, 0.5, 1.0, 2.0, 7.5])
    return pairs, previous, str(rng.choice(sorted(vocabulary))), float(k), vocabulary


def _shrink(rng) -> tuple:
    return _texts(rng, (0, 6)), int(rng.integers(0, 9))


def _rate(rng) -> tuple:
    """Rows with many, few, tiny or no chances, and how often each comes in the long run."""
    n = int(rng.integers(1, 5))
    table = np.array([rng.dirichlet([rng.choice([0.1, 1.0])] * n) for _ in range(n)])
    certain = rng.random(n) < 0.3
    table[certain] = np.eye(n)[rng.integers(n, size=certain.sum())]
    if n > 1 and rng.random() < 0.3:
        first = rng.choice([6e-4, 0.5])
        table[0] = [1 - first, first, *[0.0] * (n - 2)]
    values, vectors = np.linalg.eig(table.T)
    long_run = np.abs(np.real(vectors[:, np.argmin(np.abs(values - 1))]))
    return table.tolist(), (long_run / long_run.sum()).tolist()


def _merge(rng) -> tuple:
    pieces = ["a", "b", "c", "ab", "ca", "z"][:rng.integers(2, 7)]
    while True:
        words = {tuple(str(p) for p in rng.choice(pieces, rng.integers(1, 6))):
                 int(rng.choice([1, 2, 3, 4, 9, 50])) for _ in range(rng.integers(1, 7))}
        if any(len(word) > 1 for word in words):
            return (words,)


def _nucleus(rng) -> tuple:
    """Probabilities in 64ths, so that their sums are exact; p is a sum, or near, or between."""
    n = int(rng.integers(1, 8))
    cuts = np.sort(rng.choice(np.arange(1, 64), n - 1, replace=False))
    row = [float(share) / 64 for share in np.diff([0, *cuts, 64])]
    row += [0.0] * int(rng.random() < 0.2)
    reached = np.cumsum(sorted(row, reverse=True))
    p = rng.choice(reached) + rng.choice([0, 0, 5e-4, -5e-4, rng.uniform(-0.2, 0.2)])
    return [float(q) for q in rng.permutation(row)], float(np.clip(p, 0.002, 1))


def _expected(rng) -> tuple:
    pairs = _pairs(rng)
    seconds = sorted({second for _, second in pairs})
    shares = rng.dirichlet([0.7] * len(seconds)).tolist()
    return (pairs, dict(zip(seconds, shares, strict=True)), float(rng.choice([0.3, 0.75, 1.0])),
            str(rng.choice(seconds)))


def _leaked(rng) -> tuple:
    known = ["Read it.", "read it", "Read  it.", "It is red.", "it is  Red.", " it is red. ",
             "Red.", "Is it red.", "Read it. It is red.", "So it is.", "So\tit is.", "No.", "NO.",
             "Readit."]
    return tuple([str(text) for text in rng.choice(known, rng.integers(least, 9))]
                 for least in (0, 1))


def _reports(rng) -> tuple:
    """Two reports of any kind, the second often like the first in most of its keys."""
    def report() -> dict:
        return {"name": str(rng.choice(["A", "B"])), "model": str(rng.choice(["x", "y"])),
                "test": str(rng.choice(["docs", "docs", "letters"])),
                "tokens": str(rng.choice(["words", "characters"])),
                "vocabulary": ["open", "open", 50, 18_000][rng.integers(4)],
                "copies": float(rng.choice([0, 0, 0, 0.001, 0.4])),
                "unit": str(rng.choice(["perplexity", "bits per character"])),
                "score": float(rng.choice([1.5, 80, 200]))}
    one, other, how = report(), report(), rng.random()
    if how < 0.6:                               # they differ in one key, or in what does not count
        one |= {"copies": 0.0}
        key = str(rng.choice(["tokens", "vocabulary", "test", "unit", "model"]))
        other = one | {"name": "B", "score": 7.0, key: other[key]}
    elif how < 0.8:                             # nothing but the tokens and the test can be wrong
        fair = {"vocabulary": "open", "copies": 0.0, "unit": one["unit"]}
        one, other = one | fair, other | fair
    else:
        other |= {key: one[key] for key in one if rng.random() < 0.8}
    return one, other


def _sums(rng) -> tuple:
    n = int(rng.integers(1, 7)) * (60 if rng.random() < 0.1 else 1)
    log_probs = -rng.exponential(rng.uniform(0.01, 8), n).round(int(rng.choice([0, 9])))
    sums = rng.choice([1.0, 1.07, 0.5, 3.0, rng.uniform(0.2, 9)], n)
    return log_probs.tolist(), sums.tolist()


def _cue(rng) -> tuple:
    """Sides are equal, one a part of the other, the same words in another order, or different."""
    word, known = str(rng.choice(["apple", "bank", "It"])), ["a", "A", "sea", "an", "i"]

    def side() -> tuple[list[str], list[str]]:
        one = [str(w) for w in rng.choice(known, rng.integers(0, 5))]
        how = rng.integers(6)
        other = [one, one, one[::-1], one[1:], one + ["red"], ["sea"] + one][how]
        return one, list(other)
    (a, b), (c, d) = side(), side()
    return [*a, word, *c], [*b, word, *d], word


def _read(rng) -> tuple:
    d_in, d_hidden, steps = (int(n) for n in rng.integers(1, [6, 7, 8]))
    shapes = ((d_in, d_hidden), (d_hidden, d_hidden), (d_hidden,), (steps, d_in))
    return tuple(rng.normal(size=shape) for shape in shapes)


def _backward(rng) -> tuple:
    W_xh, W_hh, b_h, x = _read(rng)
    h, n_out = np.zeros((len(x) + 1, len(b_h))), int(rng.integers(1, 5))
    for t in range(len(x)):
        h[t + 1] = np.tanh(x[t] @ W_xh + h[t] @ W_hh + b_h)
    weights = {"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h, "W_hy": rng.normal(size=(len(b_h), n_out)),
               "b_y": rng.normal(size=n_out)}
    return weights, x, h, rng.normal(size=(len(x), n_out))


def _step(rng) -> tuple:
    d_in, d = (int(n) for n in rng.integers(1, 7, 2))
    x, h, c = (rng.normal(size=size) for size in (d_in, d, d))
    W, U, b = ({k: rng.normal(size=shape) for k in "ifgo"} for shape in ((d_in, d), (d, d), (d,)))
    return x, h, c, W, U, b


def _start(rng) -> tuple:
    columns = int(rng.choice([1, 2, 3, 5, 20, 100, 300]))
    rows = columns if columns == 100 else max(int(rng.integers(1, 40)), 4000 // columns)
    return rows, columns, np.random.default_rng(rng.integers(1 << 30))


def _clip(rng) -> tuple:
    shapes = [tuple(rng.integers(1, 7, rng.integers(1, 4))) for _ in range(rng.integers(1, 8))]
    gradients = {f"W_{i}": rng.normal(size=shape) * rng.choice([0, 0.1, 1, 10], p=[.1, .3, .3, .3])
                 for i, shape in enumerate(shapes)}
    return gradients, float(rng.choice([0.01, 0.5, 1, 1.5, 5, 100]))


def _masked(rng) -> tuple:
    B, T, V = (int(n) for n in rng.integers(1, [5, 6, 6]))
    scores, lengths = rng.normal(size=(B, T, V)), rng.integers(1, T + 1, B)
    targets = rng.integers(0, V, (B, T))
    padding = np.arange(T) >= lengths[:, None]
    targets[padding] = rng.choice([0, -1, -100, V, 10_000, targets[0, 0]], padding.sum())
    return scores - np.log(np.exp(scores).sum(2, keepdims=True)), targets, lengths


def _bias(rng) -> tuple:
    steps = int(rng.choice([-2, -1, 0, 1, 1, 2, 3, 10, 40, 500]))
    kept = rng.choice([-1, -0.01, 0, 1, 1.01, 3, 5e-4, 1 - 5e-4]) if rng.random() < 0.4 else (
        rng.uniform(0.01, 0.99))
    return steps, float(kept)


def _join(rng) -> tuple:
    size = rng.choice([0, 1, 3])
    if size == 0:
        return tuple(tuple(float(v) for v in rng.normal(size=2)) for _ in range(2))
    return tuple((rng.uniform(size=size), rng.normal(size=size)) for _ in range(2))


def _step_back(rng) -> tuple:
    """A weight, two states, a gradient; now and then a zero."""
    values = rng.uniform(-1, 1, 4) * (3, 0.99, 0.99, 5) * (rng.random(4) > 0.05)
    return tuple(float(value) for value in values)


def _run(rng) -> tuple:
    return (str(rng.choice([*"ABCD"])),)


def _ranking(rng) -> tuple:
    names = ["m" * (k + 1) for k in rng.permutation(6)[:rng.integers(1, 5)]]
    rates = rng.permutation([1.0, 0.1, 0.03, 0.01, 1e-4])[:rng.integers(1, 5)].tolist()
    seeds = int(rng.integers(1, 5))
    return ({rate: {name: (rng.integers(0, 5, seeds) / 4).tolist() for name in names}
             for rate in rates},)


@functools.cache
def _says(seed: int, ids: int) -> np.ndarray:
    """What a decoder of the oracle says in each of its 997 states: log-probabilities."""
    scores = np.random.default_rng(seed).normal(0, 2, (997, ids))
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class _Decoder:
    """A step whose state holds all that was read."""

    seed: int
    ids: int

    def __call__(self, state, id):
        place = ((0 if state is None else state[0] + 1) * 41 + id * 7 + 3) % 997
        return (place, id), _says(self.seed, self.ids)[place]


def _write(rng) -> tuple:
    ids = int(rng.integers(2, 12))
    start, stop = (int(id) for id in rng.permutation(ids)[:2])
    return _Decoder(int(rng.integers(60)), ids), start, stop, int(rng.choice([1, 2, 3, 6, 12, 30]))


def _look(rng) -> tuple:
    """Scores of every size, up to thousands."""
    S, d = (int(n) for n in rng.integers(1, 8, 2))
    size = rng.choice([0.3, 1.0, 3.0, 40.0])
    query = size * rng.normal(size=d)
    keys = size * rng.normal(size=(S, d)) + rng.choice([0, 0, 10, -10]) * query
    if rng.random() < 0.3:                      # far from 0, and near each other
        keys = rng.normal(size=(S, d)) / size + rng.choice([-3e3, 8e2]) * query / (query @ query)
    return query, keys


def _padded(rng) -> tuple:
    B, S = (int(n) for n in rng.integers(1, 7, 2))
    scores = rng.normal(0, rng.choice([0.5, 2.0, 6.0]), (B, S)) * (rng.random((B, S)) < 0.9)
    lengths = rng.integers(1, S + 1, B)
    scores[np.arange(S) >= lengths[:, None]] = rng.choice([0.0, -3.0, 6.0, 15.0])
    return scores, lengths


def _wrong(rng) -> tuple:
    """A map with sums that are 1 or off by more than a hundredth."""
    while True:
        weights, length = _any_map(rng)
        sums = [*weights.sum(axis=0), *weights.sum(axis=1)]
        if all(abs(total - 1) < 1e-9 or abs(total - 1) > 0.01 for total in sums):
            return weights, length


def _any_map(rng) -> tuple:
    """A softmax over rows, columns, everything or nothing; then, perhaps, a fault."""
    T, S = (int(n) for n in rng.integers(1, [7, 10]))
    length = int(rng.integers(1, S + 1))
    weights = rng.exponential(size=(T, S)) + 0.02
    if rng.random() < 0.6:                      # at most one place of padding is seen
        row, place = rng.choice([0, T - 1, rng.integers(T)]), rng.choice(
            [length, S - 1, S, rng.integers(length, S + 1)])
        weights[:, length:] = 0
        weights[row, max(place, length):place + 1] = rng.choice(
            [1e-11, 1e-11, 4e-4, 4e-4, 0.6])
    how = rng.integers(7)
    if how < 3:
        weights /= weights.sum(axis=1, keepdims=True)
    elif how < 5:
        weights = rng.exponential(size=(T, S)) + 0.02
        weights /= weights.sum(axis=0)
    elif how == 5:
        weights = np.eye(S)[rng.permutation(S)] / 2 + np.eye(S)[rng.permutation(S)] / 2
    if rng.random() < 0.4:                      # the sum of a row, or of all, stays what it was
        row, other = rng.choice([0, -1, *range(len(weights))], 2)
        more = rng.choice([0.05, 0.4, 1.2])
        weights[row, 0] += more
        weights[row if rng.random() < 0.4 else other, -1] -= more
    elif rng.random() < 0.2:
        weights[rng.integers(len(weights))] *= rng.choice([0.7, 2.0])
    return weights, length


def _mean_loss(rng) -> tuple:
    def batch() -> tuple[np.ndarray, np.ndarray]:
        B, T = (int(n) for n in rng.integers(1, 6, 2))
        losses, lengths = rng.exponential(3, (B, T)), rng.integers(1, T + 1, B)
        losses[rng.random((B, T)) < 0.1] = 0
        padding = np.arange(T) >= lengths[:, None]
        losses[padding] = rng.choice([0, 1, -100, 1e4], padding.sum())
        return losses, lengths
    return ([batch() for _ in range(rng.integers(1, 7))],)


def _shift(rng) -> tuple:
    marks = rng.permutation(40)[:3].tolist() if rng.random() < 0.6 else [1, 2, 0]
    words = [int(i) for i in range(40) if i not in marks]
    most = rng.choice([2, 8])
    rows = [[int(i) for i in rng.choice(words, rng.integers(0, most))]
            for _ in range(rng.integers(1, 9))]
    longest = max(map(len, rows))
    return rows, *marks, max(1, longest + int(rng.integers(-2, 6)))


def _clipped(rng) -> tuple:
    """Few words or many, both cases, one text often made of pieces of the other."""
    known = WORDS[:rng.integers(1, 9)]
    one, other = ([str(w) for w in rng.choice(known, rng.integers(0, 13))] for _ in range(2))
    mixed = [one, other[2:] + other[:2], other[1:7] + one[:2], other[:3] * 3]
    return mixed[rng.integers(4)], other, int(rng.integers(1, 6))


def _grow(rng) -> tuple:
    """Numbers that are equal now and then, in quarters, or that never are."""
    k, V = (int(n) for n in rng.integers(1, 8, 2))
    totals, rows = -rng.exponential(4, k), -rng.exponential(3, (k, V))
    if rng.random() < 0.6:
        totals, rows = np.round(totals), np.round(4 * rows) / 4
    return totals.tolist(), rows, int(rng.choice([1, 2, 3, 5, 10, 60]))


def _links(rng) -> tuple:
    places = [(t, s) for t in range(int(rng.integers(1, 6))) for s in range(int(
        rng.integers(1, 6)))]
    chances = rng.choice([0.0, 0.2, 0.5, 1.0], 4, p=[0.15, 0.35, 0.35, 0.15])
    sure = {place for place in places if rng.random() < chances[0]}
    possible = sure | {place for place in places if rng.random() < chances[1]}
    return {place for place in places if rng.random() < chances[
        2 if place in possible else 3]}, sure, possible


def _bleu_reports(rng) -> tuple:
    def report(name: str) -> dict:
        return {"name": name, "model": str(rng.choice(["GRU", "LSTM"])),
                "beam": int(rng.choice([1, 5])), "test": str(rng.choice(["news", "menus"])),
                "tokens": str(rng.choice(["words", "characters"])),
                "case": str(rng.choice(["kept", "lower"])),
                "chosen on": str(rng.choice(["valid", "news", "menus", "held out"])),
                "score": float(rng.choice([0, 12.5, 12.5, 33.3, 100]))}
    names = rng.permutation(["ours", "theirs", "base", "big", "best", "Old", "new"])
    reports = [report(str(name)) for name in names[:rng.integers(1, 8)]]
    for other in reports[1:]:
        other |= {key: reports[0][key] for key in ("test", "tokens", "case")
                  if rng.random() < 0.75}
    return (reports,)


def _trouble(rng) -> tuple:
    """forced, free, and both losses as parts of chance: clear cases of the four."""
    low, high = np.array({
        0: ([0.97, 0.0, 0.004, 0.004], [1.0, 0.1, 0.04, 0.05]),
        1: ([0.04, 0.01, 0.96, 0.96], [0.2, 0.15, 1.05, 1.1]),
        2: ([0.26, 0.04, 0.01, 0.6], [0.44, 0.22, 0.08, 1.6]),
        3: ([0.68, 0.4, 0.14, 1.02], [0.88, 0.66, 0.3, 1.4])}[kind := int(rng.integers(4))])
    forced, free, train, valid = rng.uniform(low, high).tolist()
    chance = float(rng.uniform(3, 8))
    valid *= train if kind == 3 else 1
    return ({"forced": forced, "free": free, "train": train * chance, "valid": valid * chance,
             "chance": chance},)


def _text_of(rng, letters: str, most: int = 99) -> str:
    """One to twelve letters, each at most `most` times."""
    text = ""
    for letter in rng.choice([*letters], rng.integers(1, 13)):
        text += str(letter) * (text.count(letter) < most)
    return text


def _two_of(rng, row: list) -> tuple:
    """A query and a key, near each other more often than far."""
    i = int(rng.integers(len(row)))
    j = i + int(rng.integers(-2, 3)) if rng.random() < 0.6 else int(rng.integers(len(row)))
    return row[i], row[min(max(j, 0), len(row) - 1)]


def _partners(rng) -> tuple:
    """Brackets put into each other and side by side; two of a pair, or any two near each other."""
    text, middles = "", rng.choice([0.2, 0.8])
    for _ in range(rng.integers(1, 7)):
        place = len(text) // 2 if rng.random() < middles else int(rng.integers(len(text) + 1))
        text = text[:place] + "()" + text[place:]
    row, pairs, opened = brackets(text), [], []
    for token in row:
        if token.letter == "(":
            opened.append(token)
        else:
            pairs.append((opened.pop(), token))
    if rng.random() < 0.5:
        return _two_of(rng, row)
    pair = pairs[rng.integers(len(pairs))]
    return pair if rng.random() < 0.5 else pair[::-1]


CALLS = {
    "1.1": _bigram, "1.2": _joined, "1.3": _add_k, "1.4": _shrink, "1.5": _rate, "1.6": _merge,
    "1.7": _nucleus, "1.8": _expected, "1.9": _leaked,
    "1.10": _reports, "1.11": _sums,
    "3.1": _cue, "3.2": _read, "3.3": _backward, "3.4": _step, "3.5": _start, "3.6": _clip,
    "3.7": _masked, "3.8": _bias, "3.9": _join, "3.10": _step_back, "3.11": _run,
    "3.12": _ranking,
    "4.1": _write, "4.2": _look, "4.3": _padded, "4.4": _wrong, "4.5": _mean_loss, "4.6": _shift,
    "4.7": _clipped, "4.8": _grow, "4.9": _links, "4.10": _bleu_reports, "4.11": _trouble,
    "5.4": lambda rng: _two_of(rng, tokens(_text_of(rng, "nao"))),
    "5.11": lambda rng: _two_of(rng, tokens(_text_of(rng, "aAb^"))),
    "5.12": _partners,
    "5.13": lambda rng: (Head(_text_of(rng, "hello")),),
    "5.14": lambda rng: (Head(_text_of(rng, "drawers")),),
    "5.15": lambda rng: (Head(_text_of(rng, "abcdefghi"[:rng.integers(1, 10)], 2)),),
    **oracle_00.CALLS, **oracle_02.CALLS, **oracle_05.CALLS, **oracle_06.CALLS,
    **oracle_07.CALLS,
}


@dataclass(frozen=True)
class Outcome:
    """One call, and what a right answer makes of it: result, arguments afterwards."""

    call: tuple
    result: object
    after: tuple


def reference(id: str, function: Callable) -> list[Outcome]:
    """What a right answer does with the calls of its exercise."""
    return [Outcome(call, *run(function, call)) for call in calls(id)]


def differs(id: str, function: Callable, outcomes: list[Outcome]) -> bool:
    """Tell whether an answer gives another result, or leaves other arguments behind."""
    same = SAME.get(id, alike)
    for outcome in outcomes:
        result, after = run(function, outcome.call)
        if not (same(result, outcome.result, outcome.call) and unchanged(after, outcome.after)):
            return True
    return False


def run(function: Callable, call: tuple) -> tuple[object, tuple]:
    """(result, arguments afterwards); the result of a call that raised is the error.

    Of a generator it is told whether it was used: how often is nobody's business.
    """
    arguments = copy.deepcopy(call)
    try:
        with np.errstate(all="ignore"):
            result = function(*arguments)
    except Exception as error:
        result = error
    return result, tuple(
        after.bit_generator.state != before.bit_generator.state
        if isinstance(before, np.random.Generator) else after
        for before, after in zip(call, arguments, strict=True))


def alike(one: object, other: object, call: tuple = ()) -> bool:
    """Tell whether two results are the same but for rounding."""
    if isinstance(one, Exception) or isinstance(other, Exception):
        return type(one) is type(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    a, b = numbers(one), numbers(other)
    if a is not None and b is not None:
        return (a.shape == b.shape and (a.dtype == bool) == (b.dtype == bool)
                and np.allclose(a, b, rtol=1e-5, atol=1e-6, equal_nan=True))
    return type(one) is type(other) and a is b and equal(one, other)


def as_nucleus(one: object, other: object, call: tuple) -> bool:
    """The same, where it is open which of equally likely words are kept."""
    if np.shape(one) != np.shape(other):
        return False
    return alike(*(sorted(zip(call[0], row, strict=True)) for row in (one, other)))


def as_random(one: object, other: object, call: tuple) -> bool:
    """Tell whether two random matrices have one shape, and mean and spread by chance (6 sigma)."""
    if not (isinstance(one, np.ndarray) and one.shape == other.shape and np.isfinite(one).all()):
        return False
    spread = other.std()
    return (abs(one.mean()) < 6 * spread / math.sqrt(one.size)
            and abs(one.std() / spread - 1) < 6 / math.sqrt(one.size)
            and len(np.unique(one)) == len(np.unique(other))
            and np.linalg.matrix_rank(one) == np.linalg.matrix_rank(other)
            and (one.shape[0] != one.shape[1] or not np.array_equal(one, one.T)))


def as_pair(one: object, other: object, call: tuple) -> bool:
    """Tell whether two pairs, of arrays of different shapes perhaps, are the same."""
    if isinstance(one, Exception) or isinstance(other, Exception):
        return alike(one, other)
    pair = isinstance(one, (tuple, list)) and len(one) == len(other)
    return pair and all(map(alike, one, other))


def as_rows_and_cache(one: object, other: object, call: tuple) -> bool:
    """Tell whether rows, keys and values are the same."""
    if not (isinstance(one, (tuple, list)) and len(one) == 2 == len(other)):
        return alike(one, other)
    return alike(one[0], other[0]) and as_pair(one[1], other[1], call)


SAME = {"1.7": as_nucleus, "2.1": as_pair, "3.5": as_random, "4.2": as_pair, "5.1": as_pair,
        "5.8": as_pair, "6.8": as_rows_and_cache, "0.6": as_pair, "0.11": as_pair,
        "7.1": as_pair, "7.9": as_pair, "7.11": as_pair, "7.13": as_pair, **oracle_00.SAME}


def equal(one: object, other: object) -> bool:
    """one == other, where that can be told."""
    try:
        return bool(one == other)
    except ValueError:
        return False


def numbers(value: object) -> np.ndarray | None:
    """An array of the numbers in a rectangle of them; else None."""
    try:
        array = np.asarray(value)
        if array.dtype == object and all(isinstance(x, Real) for x in array.flat):
            array = array.astype(float)  # fractions
    except Exception:
        return None
    return array if array.dtype.kind in "biuf" else None


def unchanged(one: object, other: object) -> bool:
    """Tell whether two arguments are the same to the bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        nan = one.dtype.kind == "f"
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=nan)
    if isinstance(one, dict):
        return list(one) == list(other) and all(unchanged(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(unchanged, one, other))
    return one == other or (one != one and other != other)  # nan
