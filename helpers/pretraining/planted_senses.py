"""Which of its two classes did "both" stand for? Notebook 02's planted language, read as a whole.

There the truth is known, and so is the best that any reader can do: the exact posterior of the
class given the whole sentence. `make checkpoints ARGS=planted_senses` trains the readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import neural, training
from helpers.pretraining.encoder import MaskedLM, masked_loss
from helpers.pretraining.masking import hide
from helpers.pretraining.probe import fit_line, majority
from helpers.word_vectors.planted import CLASSES, LENGTH, SHARE, WORDS_EACH, planted_corpus

BOTH, MASK, V = CLASSES * WORDS_EACH, CLASSES * WORDS_EACH + 1, CLASSES * WORDS_EACH + 2
KINDS, RATES, SEEDS, UPDATES, BATCH = ("masked",), (1e-3, 3e-3, 1e-2), (0, 1, 2), 2400, 64
SIZE = {"vocab_size": V, "d_model": 32, "n_heads": 4, "n_layers": 2, "d_ff": 64,
        "max_len": LENGTH, "scale_embeddings": True}


@dataclass(frozen=True)
class Sample:
    """ids (N, LENGTH); classes (N, LENGTH), which no reader sees; two: the senses of BOTH."""

    ids: Tensor
    classes: Tensor
    two: tuple[int, int]

    @property
    def places(self) -> Tensor:
        """bool (N, LENGTH): where BOTH stands."""
        return self.ids == BOTH

    @property
    def labels(self) -> Tensor:
        """(number of BOTH,): 0 for the first of the two senses, 1 for the second."""
        return (self.classes[self.places] == self.two[1]).long()


@cache
def language(seed: int = 0) -> tuple[Tensor, tuple[int, int]]:
    """(the table of steps from class to class (8, 8), the two classes of BOTH)."""
    made = planted_corpus(seed, number=1)
    return torch.as_tensor(made.table), made.senses


def sample(number: int, seed: int, *, corpus: int = 0) -> Sample:
    """Sentences of the planted language with the class of each word, drawn by this seed."""
    table, two = language(corpus)
    generator = torch.Generator().manual_seed(seed)
    classes = [torch.randint(CLASSES, (number,), generator=generator)]
    for _ in range(LENGTH - 1):
        classes.append(torch.multinomial(table[classes[-1]], 1, generator=generator)[:, 0])
    classes = torch.stack(classes, dim=1)
    words = classes * WORDS_EACH + torch.randint(WORDS_EACH, classes.shape, generator=generator)
    double = torch.isin(classes, torch.tensor(two)) & (
        torch.rand(classes.shape, generator=generator) < SHARE)
    return Sample(words.masked_fill(double, BOTH), classes, two)


def posterior(ids: Tensor, *, corpus: int = 0) -> Tensor:
    """P(class of each word | the whole sentence), (N, T, 8): forward-backward, exact."""
    table, two = language(corpus)
    says = torch.zeros(*ids.shape, CLASSES, dtype=torch.float64)        # P(word | class)
    for c in range(CLASSES):
        both = SHARE if c in two else 0.0
        own = (ids // WORDS_EACH == c) & (ids < BOTH)
        says[..., c] = own * (1 - both) / WORDS_EACH + (ids == BOTH) * both
    ahead, back = [says[:, 0] / CLASSES], [torch.ones(len(ids), CLASSES, dtype=torch.float64)]
    for t in range(1, ids.shape[1]):
        ahead.append(scaled((ahead[-1] @ table) * says[:, t]))
        back.insert(0, scaled((says[:, -t] * back[0]) @ table.T))
    return scaled(torch.stack(ahead, dim=1) * torch.stack(back, dim=1))


def scaled(rows: Tensor) -> Tensor:
    """Each row divided by its sum."""
    return rows / rows.sum(dim=-1, keepdim=True)


def ceiling(found: Sample, *, corpus: int = 0) -> float:
    """The share that is named by who takes the likelier sense, knowing the language."""
    chances = posterior(found.ids, corpus=corpus)[found.places][:, list(found.two)]
    return float((chances.argmax(dim=1) == found.labels).double().mean())


def neighbours(found: Sample) -> Tensor:
    """(number of BOTH, 2 V): the words on either side, one-hot; nothing at an end."""
    ones = F.one_hot(found.ids, V).float()
    left, right = F.pad(ones[:, :-1], (0, 0, 1, 0)), F.pad(ones[:, 1:], (0, 0, 0, 1))
    return torch.cat([left, right], dim=-1)[found.places]


def probed(features: Tensor, labels: Tensor) -> float:
    """Fit a line on the first half of the cases, the share right on the second."""
    half = len(labels) // 2
    return fit_line(features[:half], labels[:half]).right(features[half:], labels[half:])


def by_layer(model: MaskedLM, found: Sample) -> list[Tensor]:
    """The vectors of BOTH, (number of BOTH, d), before the first layer and after each one."""
    record: list[dict] = []
    with neural.reading(model):
        last = model.rows(found.ids, record=record)
    rows = [record[0]["x"], *(layer["out"] for layer in record[:-1]), last]
    return [row[found.places] for row in rows]


def references(found: Sample, *, corpus: int = 0) -> dict[str, float]:
    """What the trained reader is held against."""
    labels, half = found.labels, len(found.labels) // 2
    torch.manual_seed(50 + corpus)
    untrained = by_layer(MaskedLM.of(**SIZE), found)[-1]
    return {"majority": majority(labels[half:]), "neighbours": probed(neighbours(found), labels),
            "untrained": probed(untrained, labels), "ceiling": ceiling(found, corpus=corpus)}


def train(*, rate: float, seed: int, corpus: int = 0, updates: int = UPDATES) -> MaskedLM:
    """A small masked model of the language, fresh sentences at every update; half a minute."""
    torch.manual_seed(seed)
    model, plain = MaskedLM.of(**SIZE, fused=True), torch.arange(MASK)

    def draw(generator: torch.Generator):
        fresh = int(torch.randint(2 ** 31, (), generator=generator))
        ids = sample(BATCH, fresh, corpus=corpus).ids
        hidden = hide(ids, torch.ones_like(ids, dtype=torch.bool), mask_id=MASK, words=plain,
                      generator=generator)
        return hidden.inputs, hidden.targets, torch.full((BATCH,), LENGTH)
    training.train(model, draw, masked_loss, steps=updates, learning_rate=rate, seed=seed,
                   what=f"planted, rate {rate:g}, seed {seed}")
    looked_into = MaskedLM.of(**SIZE)           # the same numbers, layer by layer
    looked_into.load_state_dict(model.state_dict())
    return looked_into.eval()


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one: {"layers": share right of a line on the vectors of BOTH, before and after each}"""
    found = sample(2000, 5)
    model = train(rate=rate, seed=seed)
    return {"layers": [round(probed(rows, found.labels), 4) for rows in by_layer(model, found)],
            "static": round(float(np.ptp(by_layer(model, found)[0].numpy(), axis=0).max()), 6)}
