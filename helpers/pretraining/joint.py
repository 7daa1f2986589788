"""What a leak looks like: a loss lower than is possible, and vectors that are worth less.

Two stacks of LSTMs read notebook 02's planted language, where the best possible loss is known. The
honest pair reads each direction by itself; the joint one mixes them after the first layer, so that
"from the left" has read the word that it tells. `make checkpoints ARGS=two_directions` makes the
table {"pair", "joint": {rate: {seed: told}}}.
"""

from __future__ import annotations

import torch
from torch import Tensor

from helpers import training
from helpers.neural import reading
from helpers.pretraining import planted_senses
from helpers.pretraining.planted_senses import BOTH, CLASSES, SHARE, WORDS_EACH, language, sample
from helpers.pretraining.two_directions import TwoDirections, sees_itself, two_sided_loss

KINDS, RATES, SEEDS = ("pair", "joint"), (1e-3, 3e-3, 1e-2), (0, 1, 2)
WIDTH, BATCH, UPDATES, EVERY = 32, 32, 300, 50


def best_possible(ids: Tensor, *, corpus: int = 0) -> float:
    """Mean nats per word of who knows the language: -log P(sentence) / words, ids (N, T).

    From the left or from the right: word by word, both add up to the same P(sentence).
    """
    table, two = language(corpus)
    says = torch.zeros(*ids.shape, CLASSES, dtype=torch.float64)        # P(word | class)
    for c in range(CLASSES):
        both = SHARE if c in two else 0.0
        own = (ids // WORDS_EACH == c) & (ids < BOTH)
        says[..., c] = own * (1 - both) / WORDS_EACH + (ids == BOTH) * both
    before, nats = torch.full((len(ids), CLASSES), 1 / CLASSES, dtype=torch.float64), 0.0
    for t in range(ids.shape[1]):
        seen = before * says[:, t]                                      # P(class, word | before)
        nats -= float(seen.sum(dim=1).log().sum())
        before = planted_senses.scaled(seen) @ table
    return nats / ids.numel()


def train(kind: str, *, rate: float, seed: int, updates: int = UPDATES
          ) -> tuple[TwoDirections, list[float]]:
    """(the model, losses on fresh sentences after every EVERY updates); Adam, 32 at a time.

    Raises ValueError for a kind that is none of KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(KINDS)}")
    torch.manual_seed(seed)
    model = TwoDirections(BOTH + 1, WIDTH, WIDTH, joint=kind == "joint")
    fresh, curve = sample(200, 77).ids, []

    def draw(generator: torch.Generator) -> Tensor:
        return sample(BATCH, int(torch.randint(2 ** 31, (), generator=generator))).ids

    def watch(network: TwoDirections, history: training.History) -> None:
        if history.done % EVERY == 0:
            curve.append(round(float(two_sided_loss(network, fresh)), 4))
    training.train(model, draw, two_sided_loss, steps=updates, learning_rate=rate, seed=seed,
                   watch=watch, what=f"{kind}, rate {rate:g}, seed {seed}")
    return model, curve


def told(kind: str, *, rate: float, seed: int, updates: int = UPDATES) -> dict:
    """Train one: {"curve": nats of fresh sentences, "possible", "layers", "sees_itself"}.

    layers: share right of a line on the vectors of the word of two senses, per layer.
    """
    model, curve = train(kind, rate=rate, seed=seed, updates=updates)
    found = sample(1000, 5)
    with reading(model):
        rows = model.vectors(found.ids)
    leak = float(sees_itself(model, found.ids[:20]).max())
    return {"curve": curve, "possible": round(best_possible(sample(200, 77).ids), 4),
            "layers": [round(planted_senses.probed(of_layer[found.places], found.labels), 4)
                       for of_layer in rows], "sees_itself": round(leak, 4)}
