"""Translators with and without attention, measured by the length of what they read.

`make checkpoints ARGS=translation` trains them: two contexts with equally many weights, three
learning rates, three seeds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from helpers import corpora, metrics, tokenizers, training
from helpers.neural import NO_TARGET, reading
from helpers.seq2seq_attention.learning import (
    batch_of,
    batches,
    logits_reading_own,
    translation_loss,
)
from helpers.seq2seq_attention.model import Seq2Seq
from helpers.seq2seq_attention.translate import Translator

KINDS, RATES, SEEDS = ("last", "dot"), (3e-2, 1e-2, 3e-3, 1e-3), (0, 1, 2)
D_EMBED, D_HIDDEN, DROPOUT, BATCH, UPDATES = 64, 128, 0.2, 64, 1200
ARTICLES = ("le", "la", "l'", "les", "un", "une")
BINS = ((4, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 18), (19, 24), (25, 32))
LENGTHS = tuple(f"{first}-{last}" for first, last in BINS)
MIDDLES = tuple((first + last) // 2 for first, last in BINS)


def pairs_up_to(corpus: str, split: str, most: int | None) -> list[tuple[str, str]]:
    """The pairs of a split whose sides have no more than `most` tokens each; None for all."""
    return [pair for pair in corpora.pairs(corpus, split)
            if most is None or max(len(side.split()) for side in pair) <= most]


def vocabularies(pairs: Sequence[tuple[str, str]]) -> tokenizers.Bilingual:
    """All tokens of some pairs, each side for itself."""
    sides = zip(*pairs, strict=True)
    return tokenizers.Bilingual(*(tokenizers.Vocabulary.from_texts(
        texts, cut="blanks", marks=("<pad>", "<s>")) for texts in sides))


def build(kind: str, known: tokenizers.Bilingual) -> tuple[Seq2Seq, dict]:
    """An untrained translator's model, and the config that builds it again."""
    config = {"source_size": len(known.source), "vocab_size": len(known), "d_embed": D_EMBED,
              "d_hidden": D_HIDDEN, "context": kind, "dropout": DROPOUT}
    return Seq2Seq(**config), config


def train(kind: str, corpus: str = "en_fr", *, rate: float, seed: int, updates: int = UPDATES,
          most: int | None = None, **how) -> tuple[Translator, dict, training.History]:
    """Train on a corpus of pairs with Adam: warm-up of 50, cosine to 0, clipped at 1, batch 64.

    most: pairs with a side of more tokens are left out. how: as training.train takes it.
    Returns the translator, the config of its model and what happened.
    """
    pairs = pairs_up_to(corpus, "train", most)
    known = vocabularies(pairs)
    torch.manual_seed(seed)
    model, config = build(kind, known)
    history = training.train(
        model, batches(known, pairs, BATCH), translation_loss,
        steps=updates, learning_rate=rate, schedule=training.warmup_cosine(50), seed=seed,
        what=f"{kind}, rate {rate:g}, seed {seed}", **how)
    return Translator(model, known), config, history


def bleu(translator: Translator, pairs: Sequence[tuple[str, str]]) -> float:
    """Corpus BLEU of greedy translations."""
    written = translator.translate_all([source for source, _ in pairs])
    return metrics.bleu([text.split() for text in written],
                        [target.split() for _, target in pairs]).score


def by_length(translator: Translator, pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """BLEU for each bin of source lengths: {"4-6": ...}; bins without a pair are left out."""
    found = {}
    for name, (first, last) in zip(LENGTHS, BINS, strict=True):
        some = [pair for pair in pairs if first <= len(pair[0].split()) <= last]
        if some:
            found[name] = round(bleu(translator, some), 2)
    return found


def largest_weights(translator: Translator, pairs: Sequence[tuple[str, str]]) -> list[list[int]]:
    """For each target word the source place of its largest weight, the target being read in."""
    return [translator.forced(source, target).weights[:-1].argmax(axis=1).tolist()
            for source, target in pairs]                                # without the end mark


def told_of_looks(translator: Translator, corpus: str, split: str = "test") -> dict[str, float]:
    """Where the largest weights lie, against the gold links.

    "alignment error": its rate. "articles", "others": the share of the articles, and of all
    other words, that look at a place they have no link to.
    """
    pairs, gold = corpora.pairs(corpus, split), corpora.alignments(corpus, split)
    looked = largest_weights(translator, pairs)
    found = [set(enumerate(places)) for places in looked]
    off: dict[bool, list[bool]] = {True: [], False: []}
    for (_, target), places, links in zip(pairs, looked, gold, strict=True):
        for t, (word, place) in enumerate(zip(target.split(), places, strict=True)):
            off[word in ARTICLES].append((t, place) not in links)
    return {"alignment error": round(metrics.alignment_error_rate(found, gold), 4),
            **{name: round(float(np.mean(off[is_article])), 4) for name, is_article in
               (("articles", True), ("others", False)) if off[is_article]}}


def right_words(translator: Translator, pairs: Sequence[tuple[str, str]], share: float) -> float:
    """Share of target words (ends too) that the model puts where they stand.

    share: how often it reads its own word instead of the right one: 0 or 1.
    """
    batch = batch_of(translator.vocabularies, pairs)
    with reading(translator.model):
        said = logits_reading_own(translator.model, batch, share).argmax(dim=2)
    real = batch.wanted != NO_TARGET
    return float((said == batch.wanted)[real].float().mean())


def told(translator: Translator, corpus: str = "en_fr") -> dict:
    """All that the notebook says of one run, rounded; plain JSON."""
    parts = {split: corpora.pairs(corpus, split) for split in ("valid", "test", "unseen", "long")}
    found = {"bleu": {split: round(bleu(translator, pairs), 2) for split, pairs in parts.items()},
             "by_length": by_length(translator, parts["test"] + parts["long"]),
             "forced": round(right_words(translator, parts["test"], 0.0), 4),
             "free": round(right_words(translator, parts["test"], 1.0), 4)}
    if translator.translate(parts["test"][0][0]).weights is not None:
        found |= told_of_looks(translator, corpus)
    return found


def best_rate(table: dict[str, dict[str, list[dict]]], kind: str) -> str:
    """The learning rate whose mean BLEU on validation text is best: table[kind][rate][seed]."""
    return max(table[kind], key=lambda rate: float(np.mean(
        [run["bleu"]["valid"] for run in table[kind][rate]])))
