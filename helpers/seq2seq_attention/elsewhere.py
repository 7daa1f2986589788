"""Attention without a decoder: over the words of a review, over the cells of a picture."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import corpora, tokenizers, training
from helpers.neural import reading
from helpers.seq2seq_attention.contexts import attend

KINDS, RATES = ("reviews", "two labels", "three labels", "colours"), (3e-2, 1e-2, 3e-3)
SEEDS, BATCH, UPDATES, D = (0, 1, 2), 64, 600, 16
COLOURS, SIDE = ("red", "blue", "green", "yellow"), 4
PLANTED = (("splendid", "charming", "superb"), ("dreadful", "shabby", "dismal"))     # praise last
FILLING = ("the", "a", "of", "and", "in", "it", "was", "we", "they", "for", "with", "on", "this")


class AttentionClassifier(nn.Module):
    """A label for a text: ids (B, T) -> logits (B, n_labels), by one look at all of its words.

    The query is a learned row q, the same for every text; scores = h q, context = the weighted
    sum of the word vectors h, logits = context W + b. No word knows its neighbours.
    """

    def __init__(self, vocab_size: int, d: int = D, n_labels: int = 2) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab_size, d)
        self.query = nn.Parameter(torch.randn(d) / d ** 0.5)
        self.out = nn.Linear(d, n_labels)

    def forward(self, ids: Tensor, mask: Tensor, *, record: list | None = None) -> Tensor:
        """mask (B, T), True = a real word. record: gets the weights (B, 1, 1, T)."""
        memory = self.embed(ids)                                        # (B, T, d)
        context, weights = attend(memory @ self.query, memory, mask)
        if record is not None:
            record.append(weights[:, None, None])
        return self.out(context)                                        # (B, n_labels)


class ColourAt(nn.Module):
    """What colour is at row r, column c? A picture of SIDE x SIDE colours, one look at its cells.

    A cell's key says where it is, its value which colour it has; the question is the query:
    (colours (B, 16) ids, question (B, 2) row and column) -> logits (B, 4). Keys and values are
    two things here, for the first time.
    """

    def __init__(self, d: int = D) -> None:
        super().__init__()
        self.keys = nn.Embedding(SIDE * SIDE, d)
        self.rows, self.columns = nn.Embedding(SIDE, d), nn.Embedding(SIDE, d)
        self.values = nn.Embedding(len(COLOURS), d)
        self.out = nn.Linear(d, len(COLOURS))
        for table in (self.keys, self.rows, self.columns):      # small scores: an even first look
            nn.init.normal_(table.weight, std=d ** -0.5)

    def forward(self, colours: Tensor, question: Tensor, *, record: list | None = None) -> Tensor:
        query = self.rows(question[:, 0]) + self.columns(question[:, 1])        # (B, d)
        scores = query @ self.keys.weight.T                                     # (B, 16)
        everywhere = torch.ones_like(colours, dtype=torch.bool)
        context, weights = attend(scores, self.values(colours), everywhere)
        if record is not None:
            record.append(weights[:, None, None])
        return self.out(context)                                                # (B, 4)


def review_texts(split: str) -> tuple[list[str], list[int]]:
    """Texts of the reviews and their labels, 1 for praise."""
    rows = corpora.labelled("reviews", split)
    return [row["text"] for row in rows], [int(row["label"] == "positive") for row in rows]


def planted_texts(number: int, *, seed: int, n_labels: int = 2
                  ) -> tuple[list[str], list[int], list[int]]:
    """Little words around one that decides: (texts, labels, places of that word).

    Label 1 is praise, 0 is blame; of three labels the third, 2, has no such word: place -1.
    """
    rng, texts, labels, places = np.random.default_rng(seed), [], [], []
    for _ in range(number):
        words = rng.choice(FILLING, rng.integers(5, 15)).tolist()
        label = int(rng.integers(n_labels))
        place = int(rng.integers(len(words) + 1)) if label < 2 else -1
        if label < 2:
            words.insert(place, str(rng.choice(PLANTED[1 - label])))
        texts.append(" ".join(words))
        labels.append(label)
        places.append(place)
    return texts, labels, places


def train_classifier(texts: list[str], labels: list[int], *, rate: float, seed: int
                     ) -> tuple[AttentionClassifier, tokenizers.Vocabulary, training.History]:
    """Train with Adam on batches of 64 and a weight decay of 0.1."""
    known = tokenizers.Vocabulary.from_texts(texts, cut="words", min_count=2, marks=("<pad>",))
    ids, mask = map(torch.from_numpy, known.batch(texts))
    wanted = torch.tensor(labels)
    torch.manual_seed(seed)
    model = AttentionClassifier(len(known), n_labels=max(labels) + 1)

    def draw(generator: torch.Generator) -> tuple[Tensor, ...]:
        rows = torch.randint(len(ids), (BATCH,), generator=generator)
        return ids[rows], mask[rows], wanted[rows]

    history = training.train(model, draw, lambda m, b: F.cross_entropy(m(b[0], b[1]), b[2]),
                             steps=UPDATES, learning_rate=rate, seed=seed, weight_decay=0.1,
                             what=f"classifier, rate {rate:g}, seed {seed}")
    return model, known, history


def classify(model: AttentionClassifier, known: tokenizers.Vocabulary, texts: list[str]
             ) -> tuple[np.ndarray, np.ndarray]:
    """(probabilities of the labels (B, n_labels), weights (B, T)) for some texts."""
    ids, mask = map(torch.from_numpy, known.batch(texts))
    record: list[Tensor] = []
    with reading(model):
        labels = model(ids, mask, record=record).softmax(dim=1)
    return labels.numpy(), record[0][:, 0, 0].numpy()


def ask_colours(number: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """(pictures (B, 16), questions (B, 2), answers (B,)), all drawn at random."""
    colours = torch.randint(len(COLOURS), (number, SIDE * SIDE), generator=generator)
    question = torch.randint(SIDE, (number, 2), generator=generator)
    places = question[:, 0] * SIDE + question[:, 1]
    return colours, question, colours.gather(1, places[:, None])[:, 0]


def train_colours(*, rate: float, seed: int) -> ColourAt:
    """Train with Adam on batches of 64 fresh pictures."""
    torch.manual_seed(seed)
    model = ColourAt()
    training.train(model, lambda generator: ask_colours(BATCH, generator),
                   lambda m, b: F.cross_entropy(m(b[0], b[1]), b[2]), steps=UPDATES,
                   learning_rate=rate, seed=seed, what=f"colours, rate {rate:g}, seed {seed}")
    return model


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS and measure it: {"right": share of right answers, ...}.

    "found": share of largest weights that lie on the planted word or on the cell asked for;
    "map": the 16 weights of one question, row 1 and column 2.
    """
    if kind == "colours":
        model, record = train_colours(rate=rate, seed=seed), []
        colours, question, answers = ask_colours(1000, torch.Generator().manual_seed(1))
        with reading(model):
            said = model(colours, question, record=record).argmax(dim=1)
        weights, places = record[0][:, 0, 0], question[:, 0] * SIDE + question[:, 1]
        asked = int((places == 1 * SIDE + 2).nonzero()[0])              # row 1, column 2
        return {"right": _share(said == answers), "found": _share(weights.argmax(1) == places),
                "map": [round(w, 3) for w in weights[asked].tolist()]}
    if kind == "reviews":
        (texts, labels), (asked, wanted) = review_texts("train"), review_texts("test")
    else:
        n = ("two labels", "three labels").index(kind) + 2
        texts, labels, _ = planted_texts(1000, seed=0, n_labels=n)
        asked, wanted, places = planted_texts(500, seed=1, n_labels=n)
    said, weights = classify(*train_classifier(texts, labels, rate=rate, seed=seed)[:2], asked)
    found = {"right": _share(said.argmax(axis=1) == np.array(wanted))}
    if kind != "reviews":
        there = np.array(places) >= 0
        found["found"] = _share((weights.argmax(axis=1) == np.array(places))[there])
    return found


def _share(right: np.ndarray | Tensor) -> float:
    return round(float(np.asarray(right, dtype=float).mean()), 4)
