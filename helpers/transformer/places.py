"""Where the places are told, and what becomes of it in a text longer than all that were read.

A small decoder learns characters of the documentation in windows of 32, then reads windows of
128. Real text is the task: what is near tells most, so each way of telling places can use them,
and a longer past can only help. So the loss at place 100 should be no higher than at place 31,
and where it is, the places are to blame.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import corpora, neural, tokenizers, training
from helpers.transformer.config import TransformerConfig
from helpers.transformer.model import Transformer

KINDS = ("sinusoidal", "learned", "rotary", "none")
RATES, SEEDS = (1e-2, 3e-3), (0, 1, 2)
D, HEADS, LAYERS, SHORT, LONG, BATCH, UPDATES = 64, 4, 2, 32, 128, 32, 500
NUMBER, STEP, CHARACTERS = 500, 8, 400_000          # windows to measure with; places in a bin


def config(kind: str, *, window: int | None = None) -> TransformerConfig:
    """The settings of the model of one of KINDS; rows of tokens scaled as in 2017."""
    return TransformerConfig(len(vocabulary()), D, HEADS, LAYERS, max_len=LONG, positions=kind,
                             scale_embeddings=True, window=window)


@cache
def vocabulary() -> tokenizers.Vocabulary:
    """The characters of the documentation."""
    return tokenizers.Vocabulary.from_texts(corpora.load("python_docs", "train"))


@cache
def stream(split: str) -> Tensor:
    """The first CHARACTERS or so of the documentation's texts, as ids (N,)."""
    return torch.as_tensor(vocabulary().stream(corpora.load("python_docs", split))[:CHARACTERS])


def train(kind: str, *, rate: float = 1e-2, seed: int = 0, updates: int = UPDATES) -> Transformer:
    """A model trained with Adam on windows of SHORT characters; some ten seconds."""
    torch.manual_seed(seed)
    model = Transformer(config(kind), fused=True)
    training.train(model, neural.windows(stream("train"), SHORT, BATCH), neural.next_token_loss,
                   steps=updates, learning_rate=rate, seed=seed,
                   schedule=training.warmup_cosine(30),
                   what=f"{kind}, rate {rate:g}, seed {seed}")
    return model


def bits_by_place(model: Transformer, *, number: int = NUMBER, seed: int = 99) -> Tensor:
    """Mean bits for the character after each place, (LONG,): windows of the validation texts."""
    draw = neural.windows(stream("valid"), LONG, number)
    ids, targets = draw(torch.Generator().manual_seed(seed))
    with neural.reading(model):
        losses = torch.cat([F.cross_entropy(model(some).transpose(1, 2), wanted, reduction="none")
                            for some, wanted in zip(ids.split(50), targets.split(50), strict=True)])
    return losses.mean(dim=0) / torch.tensor(2.0).log()                 # (LONG,)


def short_sighted(model: Transformer, window: int = SHORT) -> Transformer:
    """The same weights in a model whose every token sees the last `window` tokens only."""
    other = Transformer(replace(model.config, window=window), fused=True)
    other.load_state_dict(model.state_dict())
    return other.eval()


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS: {"known", "twice", "fourfold", "curve", "short_sighted"}.

    Mean bits per character: known: places 16 to 31; twice: 32 to 63; fourfold: 64 to 127; curve:
    every STEP places; short_sighted: places 64 to 127 if each token sees the last 32 only.
    """
    model = train(kind, rate=rate, seed=seed)
    by_place = bits_by_place(model)

    def mean(places: Tensor) -> float:
        return round(float(places.mean()), 4)
    return {"known": mean(by_place[16:32]), "twice": mean(by_place[32:64]),
            "fourfold": mean(by_place[64:]), "curve": [mean(b) for b in by_place.split(STEP)],
            "short_sighted": mean(bits_by_place(short_sighted(model))[64:])}
