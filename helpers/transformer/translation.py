"""The model of 2017 as a translator: notebook 04's pairs, batches, updates and measures.

`make checkpoints ARGS=translation_transformer` trains it at three learning rates with two seeds.
Today's block can be trained too; both have about as many numbers as 04's model with attention.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from helpers import corpora, metrics, tokenizers, training
from helpers.seq2seq_attention import Translator, quality
from helpers.seq2seq_attention.learning import batches, translation_loss
from helpers.transformer.config import RECIPES, TransformerConfig
from helpers.transformer.encoder_decoder import EncoderDecoder

WIDTHS = {"2017": 272, "today": 186}        # d_ff, so that both have about 336,800 numbers
KINDS, RATES, SEEDS = ("2017",), (1e-2, 3e-3, 1e-3), (0, 1)
D, HEADS, LAYERS, DROPOUT = 72, 4, 2, 0.1
SPLITS = ("valid", "test", "unseen", "long")


def build(kind: str, known: tokenizers.Bilingual) -> tuple[EncoderDecoder, dict]:
    """An untrained model of a kind of WIDTHS, fused, and the config `EncoderDecoder.of` takes."""
    block = {"vocab_size": len(known), "d_model": D, "n_heads": HEADS, "n_layers": LAYERS,
             "d_ff": WIDTHS[kind], "max_len": None, "dropout": DROPOUT, **RECIPES[kind]}
    size = len(known.source)
    return EncoderDecoder(TransformerConfig(**block), size, fused=True), {"source_size": size,
                                                                         **block}


def train(kind: str, corpus: str = "en_fr", *, rate: float, seed: int,
          updates: int = quality.UPDATES, **how
          ) -> tuple[Translator, dict, training.History]:
    """Train as `quality.train` does: Adam, warm-up of 50, cosine to 0, clipped at 1, batch 64.

    how: as training.train takes it. Returns the translator, the config of its model and what
    happened.
    """
    pairs = corpora.pairs(corpus, "train")
    known = quality.vocabularies(pairs)
    torch.manual_seed(seed)
    model, config = build(kind, known)
    history = training.train(
        model, batches(known, pairs, quality.BATCH), translation_loss, steps=updates,
        learning_rate=rate, schedule=training.warmup_cosine(50), seed=seed,
        what=f"{kind}, rate {rate:g}, seed {seed}", **how)
    return Translator(model, known), config, history


def told(translator: Translator, corpus: str = "en_fr") -> dict:
    """What the notebook says of one run, rounded; plain JSON.

    "bleu" and "exact" (the share of translations that are the reference to the word) by split;
    "by_length": BLEU of test and long by source length, as `quality.by_length` has it; "forced",
    "free": the share of right words with the right ones read, and with its own.
    """
    pairs = {split: corpora.pairs(corpus, split) for split in SPLITS}
    said = {split: translator.translate_all([source for source, _ in some])
            for split, some in pairs.items()}
    both = list(zip(pairs["test"] + pairs["long"], said["test"] + said["long"], strict=True))
    by_length = {}
    for name, (first, last) in zip(quality.LENGTHS, quality.BINS, strict=True):
        some = [(text, pair[1]) for pair, text in both if first <= len(pair[0].split()) <= last]
        if some:
            by_length[name] = round(bleu(*zip(*some, strict=True)), 2)
    wanted = {split: [target for _, target in some] for split, some in pairs.items()}
    return {"bleu": {split: round(bleu(said[split], wanted[split]), 2) for split in SPLITS},
            "exact": {split: exact(said[split], wanted[split]) for split in SPLITS},
            "by_length": by_length,
            "forced": round(quality.right_words(translator, pairs["test"], 0.0), 4),
            "free": round(quality.right_words(translator, pairs["test"], 1.0), 4)}


def bleu(said: Sequence[str], wanted: Sequence[str]) -> float:
    """Corpus BLEU of tokenised texts."""
    return metrics.bleu([text.split() for text in said], [text.split() for text in wanted]).score


def exact(said: Sequence[str], wanted: Sequence[str]) -> float:
    """The share of texts that are the wanted ones to the word."""
    return round(float(np.mean([a == b for a, b in zip(said, wanted, strict=True)])), 4)
