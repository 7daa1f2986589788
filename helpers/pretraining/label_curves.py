"""How much is text without labels worth in labels? Ways to use a masked model, and ways without.

Each way is trained on the same few labels, drawn five times, with each seed of pretraining, at its
own best of three learning rates, chosen on other examples than those that are told.
`make checkpoints ARGS=label_curves` makes the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import neural, tokenizers, training
from helpers.metrics import bootstrap_interval
from helpers.pretraining import by_counting, learning, tasks, texts
from helpers.pretraining.by_counting import labels_of
from helpers.pretraining.encoder import SIZE, Classifier, MaskedLM
from helpers.pretraining.probe import best_line, gain_interval
from helpers.pretraining.tasks import Example, Task

LABELS, DRAWS, SEEDS, RATES = (16, 64, 256, 1024), (0, 1, 2, 3, 4), (0, 1), (3e-4, 1e-3, 3e-3)
LINES = {"bag of words": by_counting.bag_of_words, "naive Bayes": by_counting.naive_bayes,
         "Kneser-Ney features": by_counting.kneser_ney}
FROZEN = {"static": "embedding", "untrained, frozen": "untrained", "frozen": "trained"}
TRAINED = {"from scratch": "untrained", "fine-tuned": "trained"}
WAYS = (*LINES, *FROZEN, *TRAINED)
WARMUP, DECAY = 10, 0.01


def ways_for(task: Task) -> tuple[str, ...]:
    """The ways that make sense: Kneser-Ney needs a word that is hidden."""
    return tuple(way for way in WAYS if way != "Kneser-Ney features" or task.test[0].hidden)


def pool_of(task: Task) -> str:
    """Which row the head reads: the marked word's, or the mean of all."""
    return "mean" if task.test[0].place is None else "place"


def told(name: str, way: str, labels: int, *, draws: Sequence[int] = DRAWS) -> dict:
    """One cell of the table: {"right": test shares, one per seed and draw, ...}.

    "rate" and "valid" beside it for the ways with a learning rate.
    """
    task = tasks.task(name)
    chosen = {draw: tasks.draw_labels(task.pool, labels, draw) for draw in draws}
    if way in LINES:
        return {"right": [round(LINES[way](task, chosen[draw]), 4) for draw in draws]}
    if way in FROZEN:
        return {"right": [round(on_frozen(task, chosen[draw], FROZEN[way], seed), 4)
                          for seed in SEEDS for draw in draws]}
    return at_best_rate(task, chosen, TRAINED[way])


def at_best_rate(task: Task, chosen: dict[int, list[Example]], kind: str) -> dict:
    """Three rates on two draws with the first seed; the best of them on all others, too."""
    first, found = list(chosen)[:2], {}

    def run(rate: float, seed: int, draw: int) -> tuple[float, float]:
        return adapt(task, chosen[draw], kind, rate=rate, seed=seed, draw=draw)[1:]
    for rate in RATES:
        found[rate] = {(SEEDS[0], draw): run(rate, SEEDS[0], draw) for draw in first}
    tried = {rate: [sum(told) / len(runs) for told in zip(*runs.values(), strict=True)]
             for rate, runs in found.items()}                           # [valid, test]
    best = max(tried, key=lambda rate: tried[rate][0])
    runs = {(seed, draw): found[best].get((seed, draw)) or run(best, seed, draw)
            for seed in SEEDS for draw in chosen}
    return {"right": [round(test, 4) for _, test in runs.values()], "rate": best,
            "rates": {f"{rate:g}": round(test, 4) for rate, (_, test) in tried.items()}}


def curve(table: dict, name: str, way: str) -> list[tuple[int, float, float, float]]:
    """(labels, mean share right, low, high) of a way; the interval is over draws and seeds."""
    found = []
    for labels, cell in table[name][way].items():
        low, high = bootstrap_interval(cell["right"])
        found.append((int(labels), sum(cell["right"]) / len(cell["right"]), low, high))
    return sorted(found)


def gain(table: dict, name: str, labels: int, ours: str, theirs: str
         ) -> tuple[float, float, float]:
    """(mean, low, high) of ours - theirs on the same draws; a way without seeds counts for each."""
    rows = [table[name][way][str(labels)]["right"] for way in (ours, theirs)]
    longest = max(map(len, rows))
    return gain_interval(*(row * (longest // len(row)) for row in rows))


def updates_for(labels: int) -> int:
    """How long a network is trained on so many labels."""
    return 80 if labels <= 128 else 150 if labels <= 256 else 240


def adapt(task: Task, chosen: Sequence[Example], kind: str, *, rate: float, seed: int,
          draw: int = 0, updates: int | None = None) -> tuple[Classifier, float, float]:
    """Train encoder and head together: (classifier, valid share right, test share right).

    kind: "trained" starts from the masked model of this seed, "untrained" from random numbers.
    AdamW, warm-up of 10, cosine to 0; of two stopping times the better one on valid examples.
    """
    encoder, known = small_model(task, kind, seed)
    model = Classifier(encoder, len(task.classes), pool=pool_of(task))
    updates = updates_for(len(chosen)) if updates is None else updates
    training.train(model, examples_of(known, chosen, 16 if len(chosen) <= 256 else 32), loss_of,
                   steps=updates, learning_rate=rate, weight_decay=DECAY, seed=100 * seed + draw,
                   schedule=training.warmup_cosine(WARMUP), every=max(updates // 2, 1),
                   validate=lambda network: 1 - right(network, known, task.valid),
                   what=f"{task.name}, {kind}, {len(chosen)} labels, rate {rate:g}")
    return model, right(model, known, task.valid), right(model, known, task.test)


@cache
def source_model(kind: str, seed: int) -> MaskedLM:
    """The masked model, trained or not."""
    return learning.stored(seed)[0] if kind == "trained" else learning.untrained(seed).eval()


@cache
def small_words(task: Task) -> tokenizers.Vocabulary:
    """The words of a task's pool: those that the masked model knows first, then the others."""
    known, found = texts.ids_of(texts.vocabulary()), by_counting.words_in(task.pool)
    found = [word for word in found if word not in texts.vocabulary().mark_ids]
    return tokenizers.Vocabulary(sorted(found, key=lambda word: (word not in known, word)),
                                 cut="blanks", marks=texts.MARKS)


def small_model(task: Task, kind: str, seed: int) -> tuple[MaskedLM, tokenizers.Vocabulary]:
    """The masked model cut down to a task's words, and these words.

    Words that it never read get rows drawn at random, as long as those of the others.
    """
    whole, known = source_model(kind, seed), small_words(task)
    places = texts.ids_of(texts.vocabulary())
    old = torch.tensor([places.get(word, -1) for word in known.entries])
    small = MaskedLM.of(**{**SIZE, "vocab_size": len(known)}, fused=True)
    state = {name: value.clone() for name, value in whole.state_dict().items()}
    rows = state["embed.weight"]
    fresh = torch.randn(len(known), rows.shape[1],
                        generator=torch.Generator().manual_seed(seed)) * rows.std()
    state["embed.weight"] = torch.where((old >= 0)[:, None], rows[old], fresh)
    state["bias"] = torch.where(old >= 0, state["bias"][old], 0.0)
    small.load_state_dict(state)
    return small, known


def batch(known: tokenizers.Vocabulary, examples: Sequence[Example]
          ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(ids (B, T), lengths (B,), places (B,), labels (B,)); a place counts the start mark."""
    ids, lengths = texts.batch_of(known, [example.words for example in examples])
    places = torch.tensor([0 if e.place is None else e.place + 1 for e in examples])
    return ids, lengths, places, labels_of(examples)


def examples_of(known: tokenizers.Vocabulary, chosen: Sequence[Example], size: int) -> Callable:
    """draw(generator) -> a batch of `size` different ones of the chosen examples."""
    def draw(generator: torch.Generator) -> tuple[Tensor, ...]:
        which = torch.randperm(len(chosen), generator=generator)[:size]
        return batch(known, [chosen[i] for i in which.tolist()])
    return draw


def loss_of(model: Classifier, made: tuple[Tensor, ...]) -> Tensor:
    """Mean nats per label."""
    return F.cross_entropy(model(*made[:3]), made[3])


def logits(model: Classifier, known: tokenizers.Vocabulary, examples: Sequence[Example],
           size: int = 64) -> Tensor:
    """(N, classes) for examples in their order; texts of like length are read together."""
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].words))
    found = torch.zeros(len(examples), model.head.out_features)
    with neural.reading(model):
        for first in range(0, len(order), size):
            some = order[first:first + size]
            found[some] = model(*batch(known, [examples[i] for i in some])[:3])
    return found


def right(model: Classifier, known: tokenizers.Vocabulary, examples: Sequence[Example]) -> float:
    """The share of the examples' labels that a classifier names."""
    named = logits(model, known, examples).argmax(dim=1)
    return float((named == labels_of(examples)).double().mean())


@cache
def features(task: Task, kind: str, seed: int) -> dict[str, Tensor]:
    """For pool, valid, test: (N, d), what a frozen model gives, scaled by the pool.

    kind: "trained", "untrained", or "embedding", the trained rows before any layer.
    """
    encoder, known = small_model(task, "untrained" if kind == "untrained" else "trained", seed)
    if kind == "embedding":
        encoder.rows = lambda ids, lengths=None: encoder.embed(ids)
    model = Classifier(encoder, len(task.classes), pool=pool_of(task))
    model.head = torch.nn.Identity()
    model.head.out_features = encoder.config.d_model
    found = {part: logits(model, known, getattr(task, part)) for part in ("pool", "valid", "test")}
    mean, spread = found["pool"].mean(dim=0), found["pool"].std(dim=0) + 1e-6
    return {part: (rows - mean) / spread for part, rows in found.items()}


def on_frozen(task: Task, chosen: Sequence[Example], kind: str, seed: int) -> float:
    """Test share right of the best of three lines over frozen vectors."""
    rows = features(task, kind, seed)
    place = {id(example): i for i, example in enumerate(task.pool)}
    line = best_line(rows["pool"][[place[id(e)] for e in chosen]], labels_of(chosen),
                     (rows["valid"], labels_of(task.valid)), classes=len(task.classes))
    return line.right(rows["test"], labels_of(task.test))


def fill_by_masked(task: Task, cues: Sequence[frozenset[str]], seed: int = 0) -> float:
    """Test share right without any label: which of two sets of cues does the model fill in?"""
    model, known = learning.stored(seed)
    index = texts.ids_of(known)
    zeros, ones = ([index[word] for word in some if word in index] for some in cues)
    named = []
    for example in task.test:
        row = learning.fill(model, known, example.words)
        named.append(int(row[ones].logsumexp(0) > row[zeros].logsumexp(0)))
    return sum(a == e.label for a, e in zip(named, task.test, strict=True)) / len(named)
