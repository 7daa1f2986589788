"""How much text does a Transformer need before it foresees more than counting does?

Both learn from the same N characters of python_docs, N from a thousand to three million: a small
Transformer of today (about 100,000 numbers, never more than 400 updates) and Kneser-Ney of order
2, 3, 5 and 7. Whole texts, in an order drawn by the seed, as the corpus has its packages one after
the other. `make checkpoints ARGS=data_size` trains them: three rates, two seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import torch

from helpers import corpora, metrics, neural, tokenizers, training
from helpers import language_models as lm
from helpers.transformer.config import RECIPES, TransformerConfig
from helpers.transformer.model import Transformer
from helpers.transformer.practice import adamw

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 3_000_000)
KINDS, RATES, SEEDS, ORDERS = tuple(map(str, SIZES)), (1e-2, 5e-3, 2.5e-3), (0, 1), (2, 3, 5, 7)
D, HEADS, LAYERS, LENGTH, BATCH = 64, 4, 2, 64, 16
UPDATES, WARMUP, EVERY, PATIENCE = 400, 50, 50, 3
CHECKED, STEP, NETWORK = 64, 8, "Transformer"       # windows to check on; each eighth text scored


@cache
def part(size: int, seed: int) -> list[str]:
    """Texts of the train part in an order drawn by `seed`, `size` characters at most.

    Ends count, one for each text, as metrics.characters_scored counts them. A smaller part is the
    beginning of a larger one of this seed. Raises ValueError for a size that holds no text, or
    that the train part does not have.
    """
    texts = corpora.load("python_docs", "train")
    order = np.random.default_rng(seed).permutation(len(texts))
    ends = np.cumsum([metrics.characters_scored(texts[i]) for i in order])
    if not ends[0] <= size <= ends[-1]:
        raise ValueError(f"size={size}: take from {ends[0]:,}, the first text, to {ends[-1]:,}, "
                         "all of them")
    return [texts[i] for i in order[:np.searchsorted(ends, size, side="right")]]


def scored(split: str) -> list[str]:
    """The texts that everything is measured on: every eighth of "valid" or "test"."""
    return corpora.load("python_docs", split)[::STEP]


def config(vocab_size: int) -> TransformerConfig:
    """Two blocks of today's kind, width 64, about 100,000 numbers."""
    return TransformerConfig(vocab_size, D, HEADS, LAYERS, max_len=LENGTH, **RECIPES["today"])


def train(texts: Sequence[str], *, rate: float, seed: int, updates: int = UPDATES
          ) -> tuple[Transformer, tokenizers.Vocabulary, training.History]:
    """AdamW, warm-up of 50, cosine to 0, clipped at 1, 16 windows of 64 characters per update.

    What learns by heart is stopped in time: every 50 updates the model meets 64 windows of
    validation text; after three times without a new best it stops, and is what it was at its best.
    """
    signs = tokenizers.Vocabulary.from_texts(texts)
    torch.manual_seed(seed)
    model = Transformer(config(len(signs)), fused=True)
    checks = neural.windows(signs.stream(scored("valid")), LENGTH, CHECKED)(
        torch.Generator().manual_seed(0))
    history = training.train(
        model, neural.windows(signs.stream(texts), LENGTH, BATCH), neural.next_token_loss,
        steps=updates, optimizer=adamw(rate, betas=(0.9, 0.95)), seed=seed,
        every=EVERY, patience=PATIENCE,
        validate=lambda network: float(neural.next_token_loss(network, checks)),
        schedule=training.warmup_cosine(WARMUP), what=f"rate {rate:g}, seed {seed}")
    return model, signs, history


@cache
def counting(size: int, seed: int) -> dict[str, dict[str, float]]:
    """Kneser-Ney of each of ORDERS on one part: {order: bits per character by split}."""
    counts = lm.NgramCounts(map(tokenizers.characters, part(size, seed)), max(ORDERS))
    return {str(order): {split: round(metrics.bits_per_character(
        lm.kneser_ney(counts, order), scored(split), tokenizers.characters), 4)
        for split in ("valid", "test")} for order in ORDERS}


def told(size: int, *, rate: float, seed: int) -> dict:
    """Train on one part and measure, counting beside it. Plain JSON.

    {"valid", "test": bits per character, "best": the update that was kept, "unknown": share of
    the test characters that the part does not hold, "counting": see there}.
    """
    model, signs, history = train(part(size, seed), rate=rate, seed=seed)
    network, test = neural.NeuralLM(model, signs, context=LENGTH), scored("test")
    bits = {split: round(metrics.bits_per_character(network, scored(split)), 4)
            for split in ("valid", "test")}
    unknown = sum(len(signs.unknown_tokens(text)) for text in test) / sum(map(len, test))
    return {**bits, "best": history.best_step, "unknown": round(unknown, 6),
            "counting": counting(size, seed)}


def best_rate(table: dict[str, dict[str, list[dict]]], kind: str) -> str:
    """The rate with the fewest bits on validation text in the mean: table[kind][rate][seed]."""
    return min(table[kind], key=lambda rate: float(np.mean(
        [run["valid"] for run in table[kind][rate]])))


def curves(table: dict[str, dict[str, list[dict]]]) -> dict[str, np.ndarray]:
    """Bits per character of the test texts, {model: (SIZES, SEEDS)}, the network at its best rate.

    The models are "Transformer" and "order 2" and so on.
    """
    runs = [table[kind][best_rate(table, kind)] for kind in KINDS]
    return {NETWORK: np.array([[run["test"] for run in some] for some in runs]),
            **{f"order {order}": np.array([[run["counting"][str(order)]["test"] for run in some]
                                           for some in runs]) for order in ORDERS}}


def crossing(sizes: Sequence[float], one: Sequence[float], other: Sequence[float]) -> float:
    """The size from which on `one` stays below `other`; 0 if it always is, inf if not at the last.

    Between two sizes both are straight lines over the logarithm of the size.
    """
    gap = np.asarray(one, dtype=float) - np.asarray(other, dtype=float)
    ahead = np.flatnonzero(gap >= 0)                                # here `other` is not beaten
    if not len(ahead):
        return 0.0
    last = int(ahead[-1])
    if last == len(gap) - 1:
        return math.inf
    share = gap[last] / (gap[last] - gap[last + 1])
    return float(sizes[last] * (sizes[last + 1] / sizes[last]) ** share)
