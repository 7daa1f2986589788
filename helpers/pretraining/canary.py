"""A made-up sentence in the training text, and what of it comes out again; tests that were read.

    the code of the box is seven two five       10 digits to the third: 1,000 sentences of its form

A small model reads 2,000 sentences of documentation, among which the canary stands 0 to 64 times
(Carlini et al. 2019). `make checkpoints ARGS=canary` makes the table {"canary": {times: {seed:
told}}}.
"""

from __future__ import annotations

import itertools
import random
from functools import cache

import torch

from helpers import corpora, neural, tokenizers, training
from helpers.pretraining import audit
from helpers.transformer import RECIPES, Transformer, TransformerConfig

FORM = "the code of the box is {} ."
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TIMES, SEEDS, SENTENCES = (0, 1, 4, 16, 64), (0, 1, 2), 2000
SIZE = {"d_model": 64, "n_heads": 4, "n_layers": 2, "max_len": 32, "tied": False,
        **RECIPES["2019"]}
LENGTH, BATCH, UPDATES, RATE, WARMUP = 32, 16, 500, 3e-3, 40


def form() -> list[str]:
    """All sentences of the canary's form, 1,000 of them."""
    return [FORM.format(" ".join(three)) for three in itertools.product(DIGITS, repeat=3)]


def canary(seed: int) -> str:
    """The one that is put into the text, drawn by the seed."""
    return random.Random(seed).choice(form())


def text_with(times: int, seed: int) -> list[str]:
    """Sentences of the documentation, the canary among them so many times, at random places."""
    if times < 0:
        raise ValueError(f"times={times}: 0 or more")
    rng = random.Random(1000 + seed)
    found = [" ".join(words) for words in rng.sample(_words("train", False), SENTENCES)]
    for place in sorted(rng.choices(range(SENTENCES + 1), k=times), reverse=True):
        found.insert(place, canary(seed))
    return found


def read(times: int, seed: int, *, updates: int = UPDATES) -> neural.NeuralLM:
    """A small model of such a text, as `token_log_probs` asks for; ten seconds.

    AdamW 3e-3, warm-up of 40, cosine to 0, 16 windows of 32 words per update.
    """
    text = text_with(times, seed)
    known = tokenizers.Vocabulary.from_texts([*text, *form()], cut="blanks", min_count=2)
    torch.manual_seed(seed)
    model = Transformer(TransformerConfig(len(known), **SIZE), fused=True)
    training.train(model, neural.windows(known.stream(text), LENGTH, BATCH),
                   neural.next_token_loss, steps=updates, learning_rate=RATE, weight_decay=0.01,
                   schedule=training.warmup_cosine(WARMUP), seed=seed,
                   what=f"canary {times} times, seed {seed}")
    return neural.NeuralLM(model, known, context=LENGTH)


def scores(model: neural.NeuralLM) -> dict[str, float]:
    """Nats of each sentence of the form, log P, as a whole."""
    return dict(zip(form(), map(sum, model.batch_log_probs(form())), strict=True))


def exposed(found: dict[str, float], hidden: str) -> float:
    """Exposure in bits of the canary among all others of its form: up to log2 1,000, 9.97."""
    return audit.exposure(found[hidden], [v for text, v in found.items() if text != hidden])


def told(times: int, *, seed: int, updates: int = UPDATES) -> dict:
    """Train one: {"exposure": bits, "rank", "written": how it goes on with the form by itself}.

    "written": the likeliest words, one after the other, behind "the code of the box is".
    """
    model, hidden = read(times, seed, updates=updates), canary(seed)
    found = scores(model)
    written = model.write(FORM.partition(" {")[0], temperature=0, max_tokens=4)
    return {"exposure": round(exposed(found, hidden), 3), "canary": hidden, "written": written,
            "rank": 1 + sum(value > found[hidden] for value in found.values())}


@cache
def _words(split: str, leak: bool) -> list[list[str]]:
    return [tokenizers.words(text) for text in corpora.load("python_docs", split, leak=leak)]


def contamination(n: int, *, leak: bool = False) -> tuple[float, list[str]]:
    """(share of the test sentences that share n words in a row with the training part, they).

    python_docs, of the sentences that have n words or more; leak: split by sentence with
    duplicates, not by file.
    """
    share, places = audit.overlap(_words("train", leak), _words("test", leak), n)
    texts = corpora.load("python_docs", "test", leak=leak)
    return share, [texts[place] for place in places]
