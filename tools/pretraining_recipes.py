"""What of notebook 07 is trained beforehand; tools/make_checkpoints.py takes RECIPES from here."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from helpers import training
from helpers.pretraining import learning


def docs_masked() -> None:
    """The masked model of python_docs and stories, two seeds; five to six CPU minutes each.

    Two layers, width 128, AdamW 3e-3, 64 sentences per update, warm-up of 100, cosine to 0.
    """
    torch.set_num_threads(1)
    for seed in learning.NAMES:
        masked_model(seed)


def masked_model(seed: int) -> None:
    """One of them; its minutes are those of one CPU."""
    torch.set_num_threads(1)
    name, start = learning.NAMES[seed], time.process_time()
    model, history = learning.pretrain(seed, keep=f"checkpoint-{name}")
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    known = learning.texts.vocabulary()
    training.save_checkpoint(name, model, tokenizer=known, config=learning.config(known),
                             history=history, minutes=(time.process_time() - start) / 60,
                             half=True)
    print(f"{name}: {learning.nats(model, 'test'):.3f} nats per hidden word")


RECIPES: dict[str, Callable[[], None]] = {
    "docs_masked": docs_masked,
}
