"""What each part of the recipe is worth: everything together, then one thing taken away.

A small decoder learns the characters of the stories in 300 updates. The whole recipe: blocks with
a way past, norms and a feed-forward, weights that start smaller the deeper the stack, one matrix
for reading and saying, AdamW in two groups, warm-up and cosine, clipping at 1. Each of the other
KINDS leaves out one part or, last, softens the labels.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

from helpers import corpora, metrics, neural, tokenizers, training
from helpers.transformer.config import TransformerConfig
from helpers.transformer.model import Block, Transformer
from helpers.transformer.practice import adamw, smoothed_loss

WHOLE = "the whole recipe"
KINDS = (WHOLE, "no warm-up", "no decay", "no clipping", "start the same at any depth",
         "two matrices for words", "no way past", "no norm", "no feed-forward", "labels softened")
RATES, SEEDS = (3e-3, 1e-2, 1e-3), (0, 1)
D, HEADS, LAYERS, LENGTH, BATCH, UPDATES, WARMUP, DECAY = 64, 4, 4, 32, 16, 300, 30, 0.1


class OnlyNew(Block):
    """A block without a way past: what a part makes takes the place of what it was made of."""

    def _after(self, norm: nn.Module, x: Tensor, new: Tensor) -> Tensor:
        return new if self.pre_norm else norm(new)


class Nothing(nn.Module):
    """In place of a feed-forward: zeros, so that the sum stays what it was."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)


def config(kind: str) -> TransformerConfig:
    """The settings of the model of one of KINDS; ValueError for another."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
    return TransformerConfig(len(vocabulary()), D, HEADS, LAYERS, max_len=LENGTH,
                             positions="learned", activation="gelu",
                             tied=kind != "two matrices for words")


def build(kind: str, *, seed: int = 0, fused: bool = True) -> Transformer:
    """A model of one of KINDS before its first update."""
    torch.manual_seed(seed)
    model = Transformer(config(kind), fused=fused)
    stack = model.stack
    if kind == "start the same at any depth":
        with torch.no_grad():
            for W in (W for block in stack.blocks for W in block.adding()):
                W.mul_((2 * LAYERS) ** 0.5)
    if kind == "no way past":
        for block in stack.blocks:
            block.__class__ = OnlyNew
    if kind == "no norm":
        stack.last = nn.Identity()
        for block in stack.blocks:
            block.norm_1, block.norm_2 = nn.Identity(), nn.Identity()
    if kind == "no feed-forward":
        for block in stack.blocks:
            block.feed_forward = Nothing()
    return model


@cache
def vocabulary() -> tokenizers.Vocabulary:
    """The characters of the stories that models are trained on."""
    return tokenizers.Vocabulary.from_texts(corpora.load("stories", "train"))


@cache
def stream(split: str) -> Tensor:
    """All stories of a split, one after the other, as ids (N,)."""
    return torch.as_tensor(vocabulary().stream(corpora.load("stories", split)))


def bits(model: nn.Module) -> float:
    """Bits per character of the validation stories, in windows of LENGTH that do not overlap."""
    ids = stream("valid")
    whole = (len(ids) - 1) // LENGTH * LENGTH
    batch = ids[:whole].view(-1, LENGTH), ids[1:whole + 1].view(-1, LENGTH)
    with neural.reading(model):
        return metrics.bits(float(neural.next_token_loss(model, batch)))


def train(kind: str, *, rate: float = 1e-2, seed: int = 0, updates: int = UPDATES
          ) -> tuple[Transformer, training.History]:
    """A model trained by one of the recipes; some eight seconds."""
    model = build(kind, seed=seed)
    decay = 0.0 if kind == "no decay" else DECAY

    def softened(network: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        return smoothed_loss(network(batch[0]), batch[1])

    history = training.train(
        model, neural.windows(stream("train"), LENGTH, BATCH),
        softened if kind == "labels softened" else neural.next_token_loss,
        steps=updates, optimizer=adamw(rate, weight_decay=decay), seed=seed,
        clip=None if kind == "no clipping" else 1.0, what=f"{kind}, rate {rate:g}, seed {seed}",
        schedule=training.warmup_cosine(0 if kind == "no warm-up" else WARMUP))
    return model, history


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS: {"bits", "losses": mean nats of every 50 updates, "longest"}.

    bits: per character of the validation stories, None if the run diverged; longest: the longest
    gradient after the first 30 updates, before clipping.
    """
    try:
        model, history = train(kind, rate=rate, seed=seed)
    except training.Diverged as error:
        return {"bits": None, "losses": [], "longest": None, "diverged": error.history.done}
    losses = np.array(history.losses).reshape(-1, 50).mean(axis=1)
    return {"bits": round(bits(model), 4), "losses": [round(float(loss), 3) for loss in losses],
            "longest": float(f"{max(history.gradient_norms[WARMUP:]):.3g}")}
