"""The neural n-gram model against Kneser-Ney of the same order, words and text; and both mixed.

Words of python_docs, the 5,000 most frequent ones; all others are <unk>, for both models alike.
So these perplexities can be held against one another, and against no others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import corpora, training
from helpers.language_models import KneserNeyLM
from helpers.tokenizers import words
from helpers.word_vectors.neural_ngram import NeuralNgram

ORDER, M, HIDDEN, MOST, BATCH, UPDATES = 4, 60, 100, 5000, 256, 3400
KINDS = ("hidden", "direct", "frozen")
RATES, SEEDS = (1e-2, 3e-3, 1e-3), (0, 1, 2)
UNKNOWN, END = "<unk>", "</s>"
SHARES = np.linspace(0.05, 0.95, 19)


@dataclass(frozen=True)
class Text:
    """The three splits: sentences of known words, and all windows with the word that followed.

    names: <unk>, </s>, then the words, most frequent first; the id len(names) stands before a
    sentence. windows[split] (N, ORDER - 1), targets[split] (N,), int.
    """

    names: tuple[str, ...]
    sentences: dict[str, list[list[str]]]
    windows: dict[str, Tensor]
    targets: dict[str, Tensor]

    @property
    def unknown_share(self) -> float:
        """Share of the test tokens that are <unk>."""
        return float((self.targets["test"] == 0).float().mean())


@cache
def text() -> Text:
    """python_docs cut into windows; a second or two."""
    raw = {split: [words(line) for line in corpora.load("python_docs", split)]
           for split in ("train", "valid", "test")}
    counts = Counter(word for sentence in raw["train"] for word in sentence)
    names = (UNKNOWN, END, *(word for word, _ in counts.most_common(MOST)))
    place = {name: i for i, name in enumerate(names)}
    sentences = {split: [[word if word in place else UNKNOWN for word in sentence]
                         for sentence in rows] for split, rows in raw.items()}
    windows, targets = {}, {}
    for split, rows in sentences.items():
        found = []
        for row in rows:
            ids = [len(names)] * (ORDER - 1) + [place[word] for word in row] + [1]
            found += [ids[i:i + ORDER] for i in range(len(ids) - ORDER + 1)]
        table = torch.tensor(found)
        windows[split], targets[split] = table[:, :-1], table[:, -1]
    return Text(names, sentences, windows, targets)


def counting(split: str) -> np.ndarray:
    """(N,) nats: what Kneser-Ney of the same order gave each word that came, ends too."""
    model = _kneser_ney()
    return np.array([p for sentence in text().sentences[split]
                     for p in model.token_log_probs(sentence)])


@cache
def _kneser_ney() -> KneserNeyLM:
    return KneserNeyLM(ORDER).fit(text().sentences["train"])


def build(kind: str) -> NeuralNgram:
    """An untrained model; its bias is the logarithm of each word's frequency."""
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: there are {', '.join(KINDS)}")
    found = text()
    model = NeuralNgram(len(found.names), ORDER, M, HIDDEN, direct=kind == "direct")
    frequency = torch.bincount(found.targets["train"], minlength=len(found.names)) + 0.5
    with torch.no_grad():
        model.b.copy_((frequency / frequency.sum()).log())
    model.C.requires_grad_(kind != "frozen")
    return model


def train(kind: str, *, rate: float, seed: int, updates: int = UPDATES) -> NeuralNgram:
    """Adam on batches of 256 windows, warm-up of 100, cosine to 0, clipped at 1."""
    torch.manual_seed(seed)
    model, found = build(kind), text()

    def draw(generator: torch.Generator) -> tuple[Tensor, Tensor]:
        rows = torch.randint(len(found.targets["train"]), (BATCH,), generator=generator)
        return found.windows["train"][rows], found.targets["train"][rows]

    training.train(model, draw, lambda m, b: F.cross_entropy(m.of_windows(b[0]), b[1]),
                   steps=updates, learning_rate=rate, seed=seed,
                   schedule=training.warmup_cosine(100),
                   what=f"{kind}, rate {rate:g}, seed {seed}")
    return model


def log_probs(model: NeuralNgram, split: str) -> np.ndarray:
    """(N,) nats: what the network gave each word that came."""
    found = text()
    with torch.no_grad():
        return np.concatenate([
            -F.cross_entropy(model.of_windows(windows), targets, reduction="none").double().numpy()
            for windows, targets in zip(found.windows[split].split(2048),
                                        found.targets[split].split(2048), strict=True)])


def mixed(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """(N,) nats of the mixture share * one + (1 - share) * other."""
    return np.logaddexp(np.log(share) + one, np.log(1 - share) + other)


def best_share(one: np.ndarray, other: np.ndarray) -> float:
    """The share of `one` at which the mixture is best (chosen on validation text)."""
    return float(max(SHARES, key=lambda share: mixed(one, other, share).mean()))


def told(model: NeuralNgram) -> dict[str, float]:
    """Perplexities on validation and test text, alone and mixed with counting."""
    own = {split: log_probs(model, split) for split in ("valid", "test")}
    share = best_share(own["valid"], counting("valid"))
    both = mixed(own["test"], counting("test"), share)
    return {"valid": round(float(np.exp(-own["valid"].mean())), 2),
            "test": round(float(np.exp(-own["test"].mean())), 2),
            "mixed": round(float(np.exp(-both.mean())), 2), "share": round(share, 2)}
