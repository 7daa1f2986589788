"""Learn from text without labels: the masked model of python_docs and stories.

`make checkpoints ARGS=docs_masked` trains and stores it, twice, with two seeds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache

import torch
from torch import Tensor, nn

from helpers import neural, tokenizers, training
from helpers.pretraining import start, texts
from helpers.pretraining.encoder import SIZE, Batch, MaskedLM, masked_loss
from helpers.pretraining.masking import hide

NAMES = {0: "docs_masked", 1: "docs_masked_1"}          # of the checkpoints, by seed
RATE, UPDATES, BATCH, WARMUP, DECAY = 3e-3, 4000, 64, 100, 0.01
LIKE = 1024         # a batch is drawn from so many sentences of like length


def config(known: tokenizers.Vocabulary) -> dict:
    """What MaskedLM.of builds the model from."""
    return {"vocab_size": len(known), **SIZE}


def untrained(seed: int, *, fused: bool = False) -> MaskedLM:
    """The model before its first step; all its numbers are random."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return MaskedLM.of(**config(texts.vocabulary()), fused=fused)


def begun(seed: int) -> MaskedLM:
    """The model before its first update: rows of words from skip-gram, biases from counting."""
    model = untrained(seed, fused=True)
    with torch.no_grad():
        model.embed.weight.copy_(start.skipgram_rows(model.config.d_model, seed))
        model.bias.copy_(start.log_shares())
    return model


def hidden_batches(sentences: Sequence[Sequence[str]], known: tokenizers.Vocabulary,
                   size: int = BATCH) -> Callable[[torch.Generator], Batch]:
    """draw(generator) -> (inputs, targets, lengths): sentences of like length, words hidden."""
    ordered = sorted(sentences, key=len)
    plain, near = texts.plain_ids(known), min(LIKE, len(ordered))
    least = int(plain[0])

    def draw(generator: torch.Generator) -> Batch:
        first = int(torch.randint(len(ordered) - near + 1, (), generator=generator))
        which = first + torch.randperm(near, generator=generator)[:size]
        ids, lengths = texts.batch_of(known, [ordered[i] for i in which.tolist()])
        hidden = hide(ids, ids >= least, mask_id=known.mask, words=plain, generator=generator)
        return hidden.inputs, hidden.targets, lengths
    return draw


@cache
def fixed_batches(split: str = "valid", number: int = 40, seed: int = 99) -> list[Batch]:
    """Batches of a split that are the same each time."""
    draw = hidden_batches(texts.sentences(split), texts.vocabulary())
    generator = torch.Generator().manual_seed(seed)
    return [draw(generator) for _ in range(number)]


def nats(model: nn.Module, split: str = "valid") -> float:
    """Mean nats per hidden word of a split, over the fixed batches."""
    total, asked = 0.0, 0
    with neural.reading(model):
        for batch in fixed_batches(split):
            n = int((batch[1] != neural.NO_TARGET).sum())
            total, asked = total + n * float(masked_loss(model, batch)), asked + n
    return total / asked


def pretrain(seed: int, *, rate: float = RATE, updates: int = UPDATES, keep: str | None = None
             ) -> tuple[MaskedLM, training.History, float]:
    """Train the masked model: (the model, its history, CPU minutes). keep: a name, to go on."""
    began = time.process_time()
    model, known = begun(seed), texts.vocabulary()
    before, times = (time.process_time() - began) / 60, []

    def loss_fn(network: nn.Module, batch: Batch) -> Tensor:
        times.append(time.process_time())
        return masked_loss(network, batch)
    history = training.train(
        model, hidden_batches(texts.sentences("train"), known), loss_fn, steps=updates,
        learning_rate=rate, weight_decay=DECAY, schedule=training.warmup_cosine(WARMUP),
        validate=nats, every=500, seed=seed, keep=keep, resume=keep is not None,
        what=f"masked, rate {rate:g}, seed {seed}")
    # a run that went on where another stopped knows its own time only: the rest by its pace
    pace = (times[-1] - times[0]) / max(len(times) - 1, 1) / 60 if times else 0.0
    return model, history, before + pace * history.done


def stored(seed: int = 0) -> tuple[MaskedLM, tokenizers.Vocabulary]:
    """The trained model of a seed and its words, from data/checkpoints."""
    return training.load_checkpoint(NAMES[seed], MaskedLM.of)


def fill(model: MaskedLM, known: tokenizers.Vocabulary, words: Sequence[str]) -> Tensor:
    """What may stand at the one "<mask>" of a sentence: log-probabilities (V,), marks at -inf.

    Raises ValueError if not exactly one word is "<mask>", or it stands too far back to be read.
    """
    hidden = [i for i, word in enumerate(words) if word == tokenizers.MASK]
    if len(hidden) != 1 or hidden[0] >= texts.MOST:
        raise ValueError(f"{tokenizers.MASK} at the places {hidden} of {len(words)} words: hide "
                         f"one, among the first {texts.MOST}")
    ids, lengths = texts.batch_of(known, [words])
    with neural.reading(model):
        logits = model(ids, lengths)[0, hidden[0] + 1].double()
    logits[:len(known.mark_ids)] = -torch.inf
    return logits.log_softmax(dim=-1)
