"""What a reader makes of what it may see: characters before a place, words around "apple"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import corpora, metrics, tokenizers, training
from helpers.rnn_lstm.models import Tagger


def places(texts: Sequence[str], least: int, number: int, *, seed: int = 0) -> list[tuple]:
    """(text, i) at random: character i of the text has `least` or more before it.

    Raises ValueError if there are fewer such places than `number`.
    """
    found = [(text, i) for text in texts for i in range(least, len(text))]
    if len(found) < number:
        raise ValueError(f"{len(found)} places have {least} characters before them, not {number}")
    chosen = np.random.default_rng(seed).choice(len(found), number, replace=False)
    return [found[k] for k in chosen]


def bits_seeing(network: nn.Module, tokenizer: tokenizers.Tokenizer, asked: Sequence[tuple],
                context: int) -> float:
    """Mean bits for the character at each place (text, i), seeing the `context` ones before it.

    The network reads them from an empty state. ValueError where a place has fewer.
    """
    if any(i < context for _, i in asked):
        raise ValueError(f"context={context}: some places have fewer characters before them")
    rows = torch.tensor([tokenizer.encode(text[i - context:i + 1]) for text, i in asked])
    with torch.no_grad():
        logits = torch.cat([network.eval()(few[:, :-1])[:, -1] for few in rows.split(50)])  # (B, V)
    return float(metrics.bits(F.cross_entropy(logits.double(), rows[:, -1]).item()))


def train_tagger(looks: str, seed: int, *, steps: int = 120) -> tuple[float, float]:
    """Train a tagger for the sense of "apple"; share right on (cue on the left, on the right).

    looks: as `Tagger` takes it. Adam at 0.01, all 144 training sentences at each update, one word
    in ten hidden; the shares are of the 96 sentences of the other parts.
    """
    rows = {split: [row for row in corpora.labelled("apple", split) if row["word"] == "apple"]
            for split in ("train", "valid", "test")}
    known = tokenizers.Vocabulary.from_texts([row["text"] for row in rows["train"]], cut="words")
    heldout = rows["valid"] + rows["test"]
    batch, asked = _tensors(known, rows["train"]), _tensors(known, heldout)
    torch.manual_seed(seed)
    model = Tagger(len(known), 16, 16, 2, looks=looks)

    def hide_some(generator: torch.Generator) -> tuple[Tensor, ...]:
        ids, lengths, place, company = batch
        hidden = torch.rand(ids.shape, generator=generator) < 0.1
        hidden[torch.arange(len(ids)), place] = False
        return ids.masked_fill(hidden, known.unknown), lengths, place, company

    training.train(model, hide_some, lambda m, b: F.cross_entropy(_at_word(m, b), b[3]),
                   steps=steps, learning_rate=1e-2, seed=seed, what=f"{looks}, seed {seed}")
    with torch.no_grad():
        right = (_at_word(model, asked).argmax(dim=1) == asked[3]).numpy()
    on_left = np.array([row["cue"] == "left" for row in heldout])
    return float(right[on_left].mean()), float(right[~on_left].mean())


def _tensors(known: tokenizers.Vocabulary, rows: list[dict]) -> tuple[Tensor, ...]:
    """ids (B, T) padded on the right, real lengths, place of "apple", 1 for the company: (B,)."""
    texts = [row["text"] for row in rows]
    ids, real = map(torch.from_numpy, known.batch(texts))
    place = torch.tensor([known.tokens(text).index("apple") for text in texts])
    company = torch.tensor([int(row["sense"] == "company") for row in rows])
    return ids, real.sum(dim=1), place, company


def _at_word(model: nn.Module, batch: tuple) -> Tensor:
    ids, lengths, place, _ = batch
    return model(ids, lengths)[torch.arange(len(ids)), place]           # (B, 2)
