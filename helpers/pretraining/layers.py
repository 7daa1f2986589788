"""Which layer knows what: a line over the frozen rows before any layer, after one, after two.

    word class, senses     the row of the marked word; library: the mean of all rows
    plural                 is the marked noun one or many? Its endings are never seen, words are
                           whole: the nouns of the test stand in no labelled example

`make checkpoints ARGS=layers` makes the table {task: {"trained", "untrained": {seed: told}}}.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from helpers import neural
from helpers.pretraining import label_curves, learning, tasks, texts
from helpers.pretraining.by_counting import labels_of
from helpers.pretraining.encoder import Classifier, MaskedLM, mean_real
from helpers.pretraining.probe import best_line, calibration_error, majority, shuffled
from helpers.pretraining.tasks import AFTER, BEFORE, Example, Task

NAMES = ("word class", "senses", "library", "plural")
KINDS, SEEDS = ("trained", "untrained"), (0, 1)
LABELS, DRAWS, OFTEN, EACH, VALID = 256, (0, 1, 2, 3, 4), 3, 8, 100
TUNED_RATE = 1e-3                       # of the fine-tuned classifier whose calibration is told


@cache
def task(name: str) -> Task:
    """One of NAMES: those of `tasks`, and "plural"."""
    return _plural_task() if name == "plural" else tasks.task(name)


def nouns(split: str, pairs: Sequence[tuple[str, str]], seed: int) -> list[Example]:
    """Sentences around "the noun" or "the nouns" of some pairs; balanced pair by pair."""
    pair_of = {word: pair for pair in pairs for word in pair}
    found: dict[tuple[str, str], tuple[list, list]] = {}
    for words in texts.sentences(split):
        for i in range(1, len(words)):
            if words[i - 1] != "the" or words[i] not in pair_of or len(words) < 5:
                continue
            pair, first = pair_of[words[i]], max(0, i - BEFORE)
            label = pair.index(words[i])
            found.setdefault(pair, ([], []))[label].append(
                Example(words[first:i + AFTER], label, i - first))
    rng, kept = random.Random(seed), []
    for _, (one, many) in sorted(found.items()):
        k = min(len(one), len(many), EACH)
        kept += rng.sample(one, k) + rng.sample(many, k)
    rng.shuffle(kept)
    return kept


def noun_pairs() -> list[tuple[str, str]]:
    """Known words that are known with an s, too; "the" stands before both OFTEN times or more."""
    known, seen = texts.ids_of(texts.vocabulary()), {}
    for words in texts.sentences("train"):
        for the, word in zip(words, words[1:], strict=False):
            if the == "the":
                seen[word] = seen.get(word, 0) + 1
    return [(word, f"{word}s") for word in sorted(known)
            if f"{word}s" in known and word.isalpha() and len(word) > 2 and word[-1] != "s"
            and min(seen.get(word, 0), seen.get(f"{word}s", 0)) >= OFTEN]


def layer_rows(model: MaskedLM, known, examples: Sequence[Example], size: int = 64
               ) -> list[Tensor]:
    """One row per example, (N, d): before any layer, and after each. The marked word's or the mean.

    The last ones stand behind the last norm, as the model's own words are made from them.
    """
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].words))
    found = torch.zeros(model.config.n_layers + 1, len(examples), model.config.d_model)
    for first in range(0, len(order), size):
        some = order[first:first + size]
        ids, lengths, places, _ = label_curves.batch(known, [examples[i] for i in some])
        record: list[dict] = []
        with neural.reading(model):
            last = model.rows(ids, lengths, record=record)
        real = torch.arange(ids.shape[1]) < lengths[:, None]
        rows = [record[0]["x"], *(layer["out"] for layer in record[:-1]), last]
        for k, of_layer in enumerate(rows):
            found[k, some] = (mean_real(of_layer, real) if examples[0].place is None else
                              of_layer[torch.arange(len(some)), places])
    return list(found)


def told(name: str, kind: str, *, seed: int, draws: Sequence[int] = DRAWS) -> dict:
    """Per layer the test share right of a line on 256 labels: the mean over the draws of labels.

    {"layers": [...], "shuffled": the same from labels at random places, on fresh examples,
    "by heart": these lines on their own examples, "majority", "labels"}.
    """
    given, (model, known) = task(name), _read(kind, seed)
    rows = {part: layer_rows(model, known, getattr(given, part))
            for part in ("pool", "valid", "test")}
    chosen = [tasks.draw_labels(given.pool, LABELS, draw) for draw in draws]
    layers = zip(*rows.values(), strict=True)
    shares = [torch.tensor([_lines(given, some, of_layer, draw)
                            for draw, some in zip(draws, chosen, strict=True)]).mean(dim=0)
              for of_layer in layers]                                   # per layer (3,)
    right, fresh, own = ([round(v, 4) for v in of_all.tolist()]
                         for of_all in torch.stack(shares, dim=1))
    return {"layers": right, "shuffled": fresh, "by heart": own, "labels": LABELS,
            "majority": round(majority(labels_of(given.test)), 4)}


def _lines(given: Task, chosen: Sequence[Example], of_layer: tuple[Tensor, Tensor, Tensor],
           draw: int) -> tuple[float, float, float]:
    """Shares right on the test; from shuffled labels; from these on the line's own examples."""
    pool, valid, test = of_layer
    place, mean, spread = {id(e): i for i, e in enumerate(given.pool)}, pool.mean(0), pool.std(0)
    x, x_valid, x_test = ((part - mean) / (spread + 1e-6) for part in
                          (pool[[place[id(e)] for e in chosen]], valid, test))
    y, y_valid, y_test = map(labels_of, (chosen, given.valid, given.test))
    line, lost = (best_line(x, a, (x_valid, b), classes=len(given.classes)) for a, b in
                  ((y, y_valid), (shuffled(y, draw), shuffled(y_valid, draw))))
    return line.right(x_test, y_test), lost.right(x_test, y_test), lost.right(x, shuffled(y, draw))


def calibration_told(way: str, *, labels: int, draw: int, name: str = "word class") -> dict:
    """How sure and how right: {"ece", "right", "sure"} of "frozen" or "fine-tuned" on the test.

    "frozen": the best of three lines over frozen rows; "fine-tuned": at TUNED_RATE.
    """
    given = tasks.task(name)
    chosen = tasks.draw_labels(given.pool, labels, draw)
    if way == "frozen":
        rows = label_curves.features(given, "trained", 0)
        place = {id(e): i for i, e in enumerate(given.pool)}
        line = best_line(rows["pool"][[place[id(e)] for e in chosen]], labels_of(chosen),
                         (rows["valid"], labels_of(given.valid)), classes=len(given.classes))
        logits = line.logits(rows["test"])
    else:
        model: Classifier = label_curves.adapt(given, chosen, "trained", rate=TUNED_RATE, seed=0,
                                               draw=draw)[0]
        logits = label_curves.logits(model, label_curves.small_words(given), given.test)
    right = (logits.argmax(dim=1) == labels_of(given.test)).double().mean()
    sure = logits.double().softmax(dim=1).amax(dim=1).mean()
    return {"ece": round(calibration_error(logits, labels_of(given.test)), 4),
            "right": round(float(right), 4), "sure": round(float(sure), 4)}


@cache
def _read(kind: str, seed: int) -> tuple[MaskedLM, object]:
    """The masked model of a seed and its words, trained or as it began at random."""
    model, known = learning.stored(seed)
    return (model if kind == "trained" else learning.untrained(seed).eval()), known


def _plural_task() -> Task:
    pairs = noun_pairs()
    read = nouns("train", pairs[::2], 1)
    test = (*nouns("valid", pairs[1::2], 2), *nouns("test", pairs[1::2], 3))
    return Task("plural", ("one", "many"), tuple(read[VALID:]), tuple(read[:VALID]), test)
