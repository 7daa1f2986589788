"""Vectors put to work: is a review praise or complaint, by the mean of its words' vectors?

Vectors learned without labels promise a start where labels are few. They are learned from what
stands around a word; and in the reviews good and bad stand in the same places.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import corpora
from helpers.tokenizers import words
from helpers.word_vectors.from_text import count_vectors
from helpers.word_vectors.vectors import WordVectors

BAG, NOTHING, RANDOM = "bag of words", "from nothing", "random, frozen"
TEXTS = ("docs", "reviews", "all")
KINDS = (BAG, NOTHING, RANDOM, *(f"{text}, {how}" for text in TEXTS
                                 for how in ("frozen", "tuned")))
RATES, SEEDS, LABELS, DRAWS = (1e-1, 3e-2, 1e-2), (0, 1, 2), (16, 64, 256, 576), 5
D, UPDATES, DECAY = 50, 150, 0.01
PAIRS = (("good", "bad"), ("great", "poor"), ("warm", "cold"), ("best", "worst"), ("fast", "slow"))


class MeanOfVectors(nn.Module):
    """The mean of a text's word vectors, and one line on top that parts praise from complaint.

    Q (V, d) is the table of word vectors; frozen: only the line, w (d,) and b, is learned.
    """

    def __init__(self, rows: Tensor, *, frozen: bool) -> None:
        super().__init__()
        self.Q = nn.Parameter(rows.clone(), requires_grad=not frozen)
        self.w, self.b = nn.Parameter(torch.zeros(rows.shape[1])), nn.Parameter(torch.zeros(()))

    def forward(self, shares: Tensor) -> Tensor:
        """shares (B, V) of the words of each text, sum 1 -> logits (B,), above 0 for praise."""
        return self.line(shares @ self.Q)

    def line(self, means: Tensor) -> Tensor:
        """The mean vectors (B, d) of some texts -> logits (B,)."""
        return means @ self.w + self.b


@cache
def vocabulary() -> tuple[str, ...]:
    """The words of the training reviews, sorted."""
    return tuple(sorted({word for text in corpora.load("reviews") for word in words(text)}))


@cache
def table(split: str) -> tuple[Tensor, Tensor]:
    """(shares (N, V), labels (N,)): each row sums to 1; words unseen in train are left out."""
    place = {word: i for i, word in enumerate(vocabulary())}
    rows = corpora.labelled("reviews", split)
    shares = torch.zeros(len(rows), len(place))
    for row, share in zip(rows, shares, strict=True):
        for word in words(row["text"]):
            if word in place:
                share[place[word]] += 1
    return (shares / shares.sum(dim=1, keepdim=True).clamp(min=1),
            torch.tensor([float(row["label"] == "positive") for row in rows]))


@cache
def vectors(text: str, seed: int) -> WordVectors:
    """Counted vectors of python_docs, of the training reviews, or of both and the stories.

    No label is looked at, and no review of valid or test.
    """
    if text not in TEXTS:
        raise ValueError(f"text {text!r}: there are {', '.join(TEXTS)}")
    read = {"docs": ("python_docs",), "reviews": ("reviews",),
            "all": ("python_docs", "stories", "reviews")}[text]
    lines = [line for name in read for line in corpora.load(name)]
    return count_vectors(lines, D, least=2 if text == "reviews" else 5, seed=seed)


def rows_for(kind: str, seed: int) -> Tensor:
    """(V, d): where Q begins: of vectors, brought to a mean of 0 and mean squares of 1.

    A word without a vector begins at 0. For the bag of words each word has a number of its own.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: there are {', '.join(KINDS)}")
    if kind == BAG:
        return torch.eye(len(vocabulary()))
    if kind in (NOTHING, RANDOM):
        return torch.randn(len(vocabulary()), D, generator=torch.Generator().manual_seed(seed))
    found = vectors(kind.partition(",")[0], seed)
    known = np.array([word in found for word in vocabulary()])
    rows = np.zeros((len(vocabulary()), D))
    rows[known] = [found.of(word) for word in vocabulary() if word in found]
    rows[known] -= rows[known].mean(axis=0)
    return torch.tensor(rows / np.sqrt((rows[known] ** 2).mean()), dtype=torch.float32)


def few(labels: int, draw: int) -> Tensor:
    """Places of so many training reviews, as much praise as complaint; a draw by its number."""
    wanted, rng = table("train")[1].numpy(), np.random.default_rng(draw)
    sides = [rng.permutation(np.flatnonzero(wanted == side))[:labels // 2] for side in (0, 1)]
    return torch.tensor(np.concatenate(sides))


def train(kind: str, *, rate: float, seed: int, labels: int = 576, draw: int = 0) -> MeanOfVectors:
    """AdamW over all the labelled reviews at once, 150 updates."""
    frozen = kind == BAG or kind.endswith("frozen")
    model = MeanOfVectors(rows_for(kind, seed), frozen=frozen)
    shares, wanted = (part[few(labels, draw)] for part in table("train"))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=rate,
                                  weight_decay=DECAY)
    if not frozen:
        nn.init.normal_(model.w, std=D ** -0.5, generator=torch.Generator().manual_seed(seed))
    means = shares @ model.Q.detach()                       # the same all the time, if frozen
    for _ in range(UPDATES):
        optimizer.zero_grad()
        logits = model.line(means) if frozen else model(shares)
        F.binary_cross_entropy_with_logits(logits, wanted).backward()
        optimizer.step()
    return model


def right(model: MeanOfVectors, split: str) -> float:
    """Share of the reviews of a split that are told rightly; chance is one half."""
    shares, wanted = table(split)
    with torch.no_grad():
        return float(((model(shares) > 0) == (wanted > 0)).float().mean())


def told(kind: str, *, rate: float, seed: int) -> dict[str, dict[str, list[float]]]:
    """{labels: {"valid": [share right, one per draw], "test": [...]}}; all labels: one draw."""
    found = {}
    for labels in LABELS:
        models = [train(kind, rate=rate, seed=seed, labels=labels, draw=draw)
                  for draw in range(DRAWS if labels < LABELS[-1] else 1)]
        found[str(labels)] = {split: [round(right(model, split), 4) for model in models]
                              for split in ("valid", "test")}
    return found
