"""What the recipes share: a table of runs, a character model, a translator."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from helpers import corpora, neural, tokenizers, training
from helpers.seq2seq_attention import quality
from helpers.session import progress_bar
from helpers.training.checkpoints import EARLY


def begun(name: str, made_by: tuple[str, ...]) -> tuple[dict, float]:
    """What a run of the same code has stored so far, and its minutes; nothing otherwise."""
    try:
        info = training.results_info(name)
    except (FileNotFoundError, ValueError):
        return {}, 0.0
    if info.get("made_by") != training.code_sha256(made_by):
        return {}, 0.0
    return info["results"], info["minutes"]


def table(name: str, made_by: tuple[str, ...], study, run: Callable) -> None:
    """Store {kind: {rate: [what run(kind, rate, seed) tells, one per seed]}}, run by run."""
    told, minutes = begun(name, made_by)
    start = time.perf_counter() - 60 * minutes
    torch.set_num_threads(1)
    for kind, rate, seed in progress_bar([(kind, rate, seed) for kind in study.KINDS for rate in
                                          study.RATES for seed in study.SEEDS], name):
        runs_so_far = told.setdefault(kind, {}).setdefault(f"{rate:g}", [])
        if len(runs_so_far) > seed:
            continue
        runs_so_far.append(run(kind, rate, seed))
        training.save_results(name, told, made_by=made_by,
                              minutes=(time.perf_counter() - start) / 60)


def character_model(name: str, corpus: str, config: dict, *, build: Callable, fast: dict,
                    clock: Callable = time.perf_counter, early: int | None = None, **how) -> None:
    """Train a character language model on the train part of a corpus, and store it.

    build: what makes the model of the config; fast: its settings while it is trained; clock: what
    the minutes are told by; early: the state after so many steps is stored too, as NAME_early.
    """
    train, valid = (corpora.load(corpus, split) for split in ("train", "valid"))
    vocabulary = tokenizers.Vocabulary.from_texts(train)
    config = {"vocab_size": len(vocabulary), **config}
    torch.manual_seed(0)
    model = build(**config, **fast)
    length, batch = how.pop("length"), how.pop("batch")
    draw = neural.windows(vocabulary.stream(train), length, batch)
    fixed = torch.Generator().manual_seed(0)
    checks = neural.windows(vocabulary.stream(valid), length, 64)
    batches = [checks(fixed) for _ in range(10)]

    def validate(network) -> float:
        return float(np.mean([neural.next_token_loss(network, b).item() for b in batches]))

    own_steps: list[float] = []

    def loss_fn(network, batch) -> torch.Tensor:
        own_steps.append(clock())
        return neural.next_token_loss(network, batch)

    def store(as_name: str, network, history) -> float:
        # a run that went on where another stopped knows its own time only: the rest by its pace
        pace = (own_steps[-1] - own_steps[0]) / max(len(own_steps) - 1, 1) if own_steps else 0.0
        minutes = pace * history.done / 60
        training.save_checkpoint(as_name, network, tokenizer=vocabulary, config=config,
                                 history=history, minutes=minutes, half=True)
        return minutes

    def watch(network, history) -> None:
        if history.done == early:
            store(f"{name}{EARLY}", network, history)

    history = training.train(model, draw, loss_fn, validate=validate, what=name, watch=watch,
                             keep=f"checkpoint-{name}", resume=True, **how)
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    minutes = store(name, model, history)
    print(f"{name}: validation {history.best_loss / np.log(2):.3f} bits per character at step "
          f"{history.best_step}, {minutes:.1f} minutes")


def translator(name: str, corpus: str, kind: str, updates: int, study=quality,
               clock: Callable = time.perf_counter) -> None:
    """Train one translator at 3e-3 with dropout, and store it with its two vocabularies."""
    torch.set_num_threads(1)
    start = clock()
    found, config, history = study.train(kind, corpus, rate=3e-3, seed=0, updates=updates)
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    minutes = (clock() - start) / 60
    training.save_checkpoint(name, found.model, tokenizer=found.vocabularies, config=config,
                             history=history, minutes=minutes, half=True)
    print(f"{name}: {study.told(found, corpus)}, {minutes:.1f} minutes")
