"""Loss against size: six small decoders on the same half million characters, and a straight line.

`make checkpoints ARGS=scaling` trains them, each size at three rates of its own. A power law is
fitted on the small ones and tested on the largest, which it has not seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from helpers import corpora, neural, tokenizers, training
from helpers.transformer import RECIPES, Transformer, TransformerConfig, parameters

# width x layers: (width, layers, heads), its rates, its seeds
SIZES = {"12 x 1": ((12, 1, 2), (1e-2, 3e-2, 1e-1), (0, 1, 2)),
         "24 x 1": ((24, 1, 2), (5e-3, 1.5e-2, 4e-2), (0, 1, 2)),
         "32 x 2": ((32, 2, 4), (3e-3, 1e-2, 2e-2), (0, 1, 2)),
         "64 x 2": ((64, 2, 4), (1e-3, 3e-3, 6e-3), (0, 1, 2)),
         "96 x 3": ((96, 3, 4), (7e-4, 2e-3, 5e-3), (0, 1)),
         "128 x 4": ((128, 4, 4), (5e-4, 1.5e-3, 3.5e-3), (0, 1))}
LENGTH, BATCH, UPDATES, WARMUP, DECAY, WINDOWS = 64, 16, 500, 40, 0.01, 256


@dataclass(frozen=True)
class PowerLaw:
    """loss = floor + factor * size^exponent; r2 of the straight line in logarithms."""

    exponent: float
    factor: float
    r2: float
    floor: float = 0.0

    def predict(self, size: float) -> float:
        """The loss that the law promises for a size."""
        return self.floor + self.factor * size ** self.exponent


def fit_power_law(sizes: Sequence[float], losses: Sequence[float], *,
                  floor: float = 0.0) -> PowerLaw:
    """The straight line through log(loss - floor) against log(size), by least squares.

    Raises ValueError for fewer than three points and for losses not above the floor.
    """
    if len(sizes) != len(losses) or len(sizes) < 3 or min(losses) <= floor or min(sizes) <= 0:
        raise ValueError(f"{len(sizes)} sizes and {len(losses)} losses over the floor {floor}: "
                         "three or more, sizes above 0, each loss above the floor")
    x, y = np.log(sizes), np.log(np.asarray(losses) - floor)
    exponent, start = np.polyfit(x, y, 1)
    left = ((y - exponent * x - start) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    return PowerLaw(float(exponent), float(np.exp(start)), float(1 - left), floor)


def fit_with_floor(sizes: Sequence[float], losses: Sequence[float]) -> PowerLaw:
    """The law whose floor, out of 200, leaves the least squared error in the losses.

    With six points the floor is hardly told by them: look at what other seeds give.
    """
    laws = [fit_power_law(sizes, losses, floor=float(floor))
            for floor in np.linspace(0, min(losses) - 0.02, 200)]

    def error(law: PowerLaw) -> float:
        return sum((law.predict(n) - loss) ** 2 for n, loss in zip(sizes, losses, strict=True))
    return min(laws, key=error)


def predictions(sizes: Sequence[float], losses: Sequence[Sequence[float]], size: float, *,
                rounds: int = 500, seed: int = 0, floor: bool = False) -> np.ndarray:
    """What laws predict for a size if each point is one of its seeds, drawn at random: (rounds,).

    losses: per size those of all its seeds.
    """
    rng = np.random.default_rng(seed)
    fit = fit_with_floor if floor else fit_power_law
    return np.array([fit(sizes, [rng.choice(of_size) for of_size in losses]).predict(size)
                     for _ in range(rounds)])


def training_flops(numbers: int, tokens: int) -> float:
    """6 N D (Kaplan et al. 2020): a multiply and an add per weight and token, and twice that back.

    numbers: the weights that take part in products: no rows of an embedding that are looked up.
    """
    return 6.0 * numbers * tokens


def counted_flops(config: TransformerConfig, batch: int, length: int) -> int:
    """What torch counts in one forward and backward pass, products of matrices only."""
    model = Transformer(config)
    ids = torch.zeros(batch, length, dtype=torch.long)
    with FlopCounterMode(display=False) as counter:
        model(ids).sum().backward()
    return counter.get_total_flops()


def multiplied_numbers(config: TransformerConfig) -> int:
    """The weights that tokens are multiplied with: all matrices, the embedding only if tied."""
    parts = parameters(config)
    out = config.vocab_size * config.d_model
    return parts["attention"] + parts["feed_forward"] + out


@cache
def texts() -> tuple[tokenizers.Vocabulary, Tensor, Tensor]:
    """(the characters, the train part as ids (N,), the validation part)."""
    train = corpora.load("python_docs", "train")
    known = tokenizers.Vocabulary.from_texts(train)
    return known, *(torch.as_tensor(known.stream(part))
                    for part in (train, corpora.load("python_docs", "valid")))


def config(kind: str) -> TransformerConfig:
    """The model of one of SIZES."""
    width, layers, heads = SIZES[kind][0]
    return TransformerConfig(len(texts()[0]), width, heads, layers, max_len=LENGTH, tied=False,
                             **RECIPES["2019"])


def size_of(kind: str) -> int:
    """All numbers of a model."""
    return sum(parameters(config(kind)).values())


def told(kind: str, *, rate: float, seed: int, updates: int = UPDATES) -> dict:
    """Train one size at one rate: {"nats": per character of 256 fixed windows, "numbers"}.

    AdamW, warm-up of 40, cosine to 0, clip 1, 16 windows of 64 characters per update.
    """
    torch.manual_seed(seed)
    model = Transformer(config(kind), fused=True)
    training.train(model, neural.windows(texts()[1], LENGTH, BATCH), neural.next_token_loss,
                   steps=updates, learning_rate=rate, weight_decay=DECAY, seed=seed,
                   schedule=training.warmup_cosine(WARMUP), what=f"{kind}, rate {rate:g}")
    ids, targets = neural.windows(texts()[2], LENGTH, WINDOWS)(torch.Generator().manual_seed(7))
    with neural.reading(model):
        nats = np.mean([float(neural.next_token_loss(model, pair))
                        for pair in zip(ids.split(64), targets.split(64), strict=True)])
    return {"nats": round(float(nats), 4), "numbers": size_of(kind)}


def best_of(table: dict) -> tuple[list[int], list[list[float]]]:
    """(sizes, per size the losses of its seeds at its own best rate) of the stored table."""
    sizes, losses = [], []
    for kind in sorted(table, key=size_of):
        rates = table[kind]
        runs = min((list(seeds.values()) for seeds in rates.values()),
                   key=lambda runs: np.mean([run["nats"] for run in runs]))
        sizes.append(runs[0]["numbers"])
        losses.append([run["nats"] for run in runs])
    return sizes, losses


def held_out(table: dict) -> dict[str, float]:
    """The law of all sizes but the largest, and what it says of that one."""
    sizes, losses = best_of(table)
    means = [float(np.mean(of_size)) for of_size in losses]
    law = fit_power_law(sizes[:-1], means[:-1])
    drawn = predictions(sizes[:-1], losses[:-1], sizes[-1])
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"exponent": law.exponent, "r2": law.r2, "predicted": law.predict(sizes[-1]),
            "low": float(low), "high": float(high), "measured": means[-1],
            "floor": math.nan if len(sizes) < 5 else fit_with_floor(sizes[:-1], means[:-1]).floor}
