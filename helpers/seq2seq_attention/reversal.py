"""Write it backwards: the toy on which one vector for a whole text shows its limit.

    source:  b d a f          The task is exact, needs no dictionary, and may be as long as one
    target:  f a d b          likes. Training lengths are 3 to 12; 16 lies beyond them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from helpers import tokenizers, training
from helpers.seq2seq_attention.learning import batches, translation_loss
from helpers.seq2seq_attention.model import Seq2Seq
from helpers.seq2seq_attention.translate import Translator

LETTERS = "abcdefghij"
SHORTEST, LONGEST, NUMBER = 3, 12, 4000
D_EMBED, D_HIDDEN, BATCH, UPDATES = 16, 64, 64, 400
KINDS = ("last", "last_mapped", "mean_mapped", "dot", "general", "additive")
RATES, SEEDS, LENGTHS = (1e-2, 3e-3, 1e-3), (0, 1, 2), (4, 8, 12, 16)


def pairs(number: int = NUMBER, *, seed: int, length: int | None = None) -> list[tuple[str, str]]:
    """Letters and the same letters backwards, between blanks; length: None for 3 to 12."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        size = rng.integers(SHORTEST, LONGEST + 1) if length is None else length
        letters = rng.choice(list(LETTERS), size).tolist()
        found.append((" ".join(letters), " ".join(reversed(letters))))
    return found


def vocabularies() -> tokenizers.Bilingual:
    """The ten letters, for both sides."""
    known = tokenizers.Vocabulary(LETTERS, cut="blanks", marks=("<pad>", "<s>"))
    return tokenizers.Bilingual(known, known)


def right_letters(translator: Translator, asked: Sequence[tuple[str, str]]) -> float:
    """Share of target letters that stand where they should, the model reading its own."""
    written = translator.translate_all([source for source, _ in asked])
    places = [(said, wanted) for text, (_, target) in zip(written, asked, strict=True)
              for said, wanted in zip([*text.split(), *[""] * 99], target.split(), strict=False)]
    return float(np.mean([said == wanted for said, wanted in places]))


def near_diagonal(translator: Translator, asked: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Share of letters written whose largest weight lies on the letter itself, and at most one off.

    Each target is read in (teacher forcing), so that only looking is measured.
    """
    away = []
    for source, target in asked:
        weights = translator.forced(source, target).weights[:-1]        # without the end mark
        places = np.arange(len(weights))[::-1]
        away += np.abs(weights.argmax(axis=1) - places).tolist()
    return float(np.mean(np.array(away) == 0)), float(np.mean(np.array(away) <= 1))


def train(kind: str, *, rate: float, seed: int, updates: int = UPDATES) -> Translator:
    """A translator of this context trained on the toy with Adam, clipped at 1, batch 64."""
    known = vocabularies()
    torch.manual_seed(seed)
    model = Seq2Seq(len(known.source), len(known), D_EMBED, D_HIDDEN, context=kind)
    training.train(model, batches(known, pairs(seed=seed), BATCH), translation_loss,
                   steps=updates, learning_rate=rate, seed=seed,
                   what=f"{kind}, rate {rate:g}, seed {seed}")
    return Translator(model, known)


def told(translator: Translator) -> dict:
    """What a trained model can do: {"right": {length: share}, "on": ..., "near": ...}."""
    asked = {length: pairs(200, seed=1000 + length, length=length) for length in LENGTHS}
    found = {"right": {str(n): round(right_letters(translator, texts), 4)
                       for n, texts in asked.items()}}
    if translator.translate("a b c").weights is not None:
        on, near = near_diagonal(translator, asked[8])
        found |= {"on": round(on, 4), "near": round(near, 4)}
    return found
