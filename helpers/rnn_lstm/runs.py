"""Training runs to look at: a network that learns to write, and four runs of which one is healthy.

`make checkpoints ARGS=runs` stores what they give. All use Adam, clipping at 1, and one LSTM layer.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from helpers import corpora, neural, tokenizers, training
from helpers.rnn_lstm.models import LanguageModel

STOPS = (0, 100, 500, 2000)                 # updates after which `growing` writes something
UPDATES, EVERY, CURVE_LENGTH = 400, 20, 32
FOUR = {                                    # name -> what the run does; C alone is healthy
    "A": {"learning_rate": 1.0},
    "B": {"shift": 0},                      # the target is the letter that was just read
    "C": {},
    "D": {"letters": 800},                  # of text to learn from
}


def growing(stops: tuple[int, ...] = STOPS) -> dict[str, dict[str, object]]:
    """An LSTM of 128 on python_docs: what it writes on its way, and its bits per character.

    Batch 32, length 64, rate 3e-3. Returns {"samples": {updates: text}, "bits": {updates: bits
    per character on validation text}}.
    """
    train, valid = (corpora.load("python_docs", split) for split in ("train", "valid"))
    known = tokenizers.Vocabulary.from_texts(train)
    torch.manual_seed(0)
    model = LanguageModel(len(known), 32, 128, fast=True, forget_bias=1.0)
    writer, told = neural.NeuralLM(model, known), {"samples": {}, "bits": {}}

    def look(done: int) -> None:
        said = writer.write("The ", max_tokens=60, temperature=0.7, rng=np.random.default_rng(5))
        told["samples"][str(done)] = "The " + said
        nats = np.concatenate(writer.batch_log_probs(valid[:300]))
        told["bits"][str(done)] = round(float(-nats.mean() / np.log(2)), 3)

    look(0)
    draw = neural.windows(known.stream(train), 64, 32)
    training.train(model, draw, neural.next_token_loss, steps=max(stops), learning_rate=3e-3,
                   what="growing", every=100,
                   watch=lambda _, history: look(history.done) if history.done in stops else None)
    return told


def curves(learning_rate: float = 1e-2, shift: int = 1, letters: int = 100_000,
           updates: int = UPDATES) -> dict[str, list[float]]:
    """Losses in nats, before every EVERY-th update: an LSTM of 64 over the letters of the stories.

    Batch 32, length 32. shift: how far the target lies ahead, 1 in a language model. letters: how
    many are learned from. Returns {"train": ..., "valid": ...}, each a mean over fixed windows.
    """
    train, valid = (corpora.load("stories", split) for split in ("train", "valid"))
    known = tokenizers.Vocabulary.from_texts(train)
    torch.manual_seed(0)
    model = LanguageModel(len(known), 16, 64, fast=True, forget_bias=1.0)
    streams = {"train": known.stream(train)[:letters], "valid": known.stream(valid)}
    draws = {name: neural.windows(ids, CURVE_LENGTH, 32) for name, ids in streams.items()}
    fixed = torch.Generator().manual_seed(1)
    looks = {name: [draw(fixed) for _ in range(4)] for name, draw in draws.items()}

    def loss_of(network: nn.Module, batch: tuple) -> torch.Tensor:
        return neural.next_token_loss(network, batch if shift else (batch[0], batch[0]))

    told: dict[str, list[float]] = {"train": [], "valid": []}
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    generator = torch.Generator().manual_seed(0)
    for update in range(updates + 1):
        if update % EVERY == 0:
            with torch.no_grad():
                for name, batches in looks.items():
                    told[name].append(float(np.mean([loss_of(model, b).item() for b in batches])))
        loss = loss_of(model, draws["train"](generator))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return told
