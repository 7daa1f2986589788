"""From the block of 2017 to today's, one switch at a time, on the characters of python_docs.

`make checkpoints ARGS=switches` trains them: three rates, three seeds. The width inside the
feed-forward is chosen so that all have about as many numbers as the block of 2017.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import torch

from helpers import corpora, neural, tokenizers, training
from helpers.transformer.config import RECIPES, TransformerConfig
from helpers.transformer.model import Transformer
from helpers.transformer.sizes import parameters

SWITCHES = {"2017": {}, "norm before": {"pre_norm": True}, "RMSNorm": {"norm": "rms"},
            "rotary": {"positions": "rotary"}, "SwiGLU": {"activation": "swiglu"},
            "no biases": {"bias": False}, "2 of 4 keys": {"n_kept": 2},
            "today": {**RECIPES["today"], "scale_embeddings": True}}
KINDS, RATES, SEEDS = tuple(SWITCHES), (6e-3, 1.2e-2, 3e-3), (0, 1, 2)
D, HEADS, LAYERS, LENGTH, BATCH, UPDATES, WARMUP = 64, 4, 4, 64, 16, 300, 50


@cache
def texts() -> tuple[tokenizers.Vocabulary, torch.Tensor, torch.Tensor]:
    """(the characters, the train part as ids (N,), the validation part as ids)."""
    train = corpora.load("python_docs")
    known = tokenizers.Vocabulary.from_texts(train)
    return known, *(torch.as_tensor(known.stream(part))
                    for part in (train, corpora.load("python_docs", "valid")))


def config(kind: str, vocab_size: int) -> TransformerConfig:
    """The 2017 recipe with one switch of SWITCHES set, as many numbers in all as without."""
    base = TransformerConfig(vocab_size, d_model=D, n_heads=HEADS, n_layers=LAYERS,
                             max_len=LENGTH, **RECIPES["2017"])
    other, wanted = replace(base, **SWITCHES[kind]), total(base)
    return min((replace(other, d_ff=width) for width in range(D, 6 * D)),
               key=lambda found: abs(total(found) - wanted))


def total(config: TransformerConfig) -> int:
    """All numbers of a model."""
    return sum(parameters(config).values())


def train(kind: str, *, rate: float, seed: int, updates: int = UPDATES
          ) -> tuple[Transformer, training.History]:
    """Adam, warm-up of 50, cosine to 0, clipped at 1, 16 windows of 64 characters per update."""
    known, ids, _ = texts()
    torch.manual_seed(seed)
    model = Transformer(config(kind, len(known)), fused=True)
    history = training.train(model, neural.windows(ids, LENGTH, BATCH), neural.next_token_loss,
                             steps=updates, learning_rate=rate, seed=seed,
                             schedule=training.warmup_cosine(WARMUP),
                             what=f"{kind}, rate {rate:g}, seed {seed}")
    return model, history


def bits(model: Transformer) -> float:
    """Bits per character on 1,280 windows of validation text, the same for every model."""
    draw, generator = neural.windows(texts()[2], LENGTH, 128), torch.Generator().manual_seed(0)
    with neural.reading(model):
        losses = [neural.next_token_loss(model, draw(generator)).item() for _ in range(10)]
    return float(np.mean(losses)) / float(np.log(2))


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS and measure it: bits per character, numbers, width of feed-forward."""
    model, _ = train(kind, rate=rate, seed=seed)
    return {"bits": round(bits(model), 4), "numbers": total(model.config),
            "d_ff": model.config.ff_width}


def best_rate(table: dict[str, dict[str, list[dict]]], kind: str) -> str:
    """The learning rate with the fewest bits in the mean: table[kind][rate][seed]."""
    return min(table[kind], key=lambda rate: float(np.mean(
        [run["bits"] for run in table[kind][rate]])))
