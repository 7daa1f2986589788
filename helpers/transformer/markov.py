"""Blocks against the floor: how near a small Transformer comes to a source that is known.

Lines of 25 words of the course's Markov source, fresh in every batch, as in notebook 05's `leak`,
whose lines, floor and measure these are. Two measures, as neither does alone: on fresh lines a leak
would show, but luck is in it; after all contexts of k words, weighted by how often they come,
there is no luck, but no future either that could leak.
`make checkpoints ARGS=markov_transformer` trains all of it.
"""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor

from helpers import corpora, metrics, training
from helpers.neural import next_token_loss, reading
from helpers.self_attention_masks import leak
from helpers.transformer.config import RECIPES, TransformerConfig
from helpers.transformer.model import Transformer

KINDS = ("one block", "two blocks")
RATES, SEEDS, MARKS = (1e-2, 3e-3, 1e-3), (0, 1, 2), (100, 400, 1600)   # marks: updates
LENGTHS = (1, 2, 3, 4)                                  # words of context, all of them tried


def build(kind: str) -> Transformer:
    """Today's block, width 32, two heads. ValueError for a kind that is not one of KINDS."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
    return Transformer(TransformerConfig(
        len(corpora.markov_source().words), leak.D, leak.HEADS, KINDS.index(kind) + 1,
        max_len=leak.WORDS - 1, **RECIPES["today"]), fused=True)


def train(kind: str, *, rate: float = 1e-2, seed: int = 0, updates: int = MARKS[-1],
          watch=None) -> Transformer:
    """A model trained with Adam on batches of 32 fresh lines: a warm-up of 50, then to 0.

    watch: see training.train.
    """
    torch.manual_seed(seed)
    model = build(kind)
    training.train(model, lambda generator: leak.lines(leak.BATCH, generator), next_token_loss,
                   steps=updates, learning_rate=rate, schedule=training.warmup_cosine(50),
                   seed=seed, watch=watch, what=f"{kind}, rate {rate:g}, seed {seed}")
    return model


def after_all(model: Transformer, length: int) -> float:
    """Perplexity after `length` words, over all contexts there are: exact, no sample."""
    source = corpora.markov_source()
    contexts = torch.tensor(list(itertools.product(range(len(source.words)), repeat=length)))
    with reading(model):
        rows = model(contexts)[:, -1].double().softmax(dim=1)           # (V ** length, V)
    places = {word: i for i, word in enumerate(source.words)}

    def next_probs(context: list[str]) -> Tensor:
        number = 0
        for word in context:
            number = number * len(places) + places[word]
        return rows[number]
    return math.exp(metrics.expected_cross_entropy(source, next_probs, length))


def floor(length: int) -> float:
    """The lowest perplexity there is after `length` words, 1 or more: two tell all."""
    source = corpora.markov_source()
    return math.exp(source.conditional_entropy(1) if length == 1 else source.entropy_rate())


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS: {"fresh": {updates: what leak.measured says}, "exact": {k: number}}.

    exact: perplexity at the end of training after all contexts of k words, k of LENGTHS.
    """
    fresh: dict[str, dict[str, float]] = {}

    def watch(model: Transformer, history: training.History) -> None:
        if history.done in MARKS:
            fresh[str(history.done)] = leak.measured(model)

    model = train(kind, rate=rate, seed=seed, watch=watch)
    return {"fresh": fresh,
            "exact": {str(length): round(after_all(model, length), 5) for length in LENGTHS}}
