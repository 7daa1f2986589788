"""Where the masked model starts: rows of words that skip-gram has learned from the same text.

From random rows the same training stays for minutes at what word frequencies alone tell.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from helpers.pretraining import texts
from helpers.session import progress_bar
from helpers.word_vectors.docs import Corpus, pairs_of_epoch
from helpers.word_vectors.skipgram import SkipGram, noise_probabilities

EPOCHS, RATE, NEGATIVES, SPREAD = 4, 0.025, 5, 0.08


@cache
def corpus() -> Corpus:
    """The training sentences as ids of plain words: a word's id in the vocabulary less the marks"""
    known = texts.vocabulary()
    index, marks = texts.ids_of(known), len(known.mark_ids)
    kept = [[index[word] - marks for word in words if word in index]
            for words in texts.sentences("train")]
    ids = np.array([i for row in kept for i in row], dtype=np.int64)
    return Corpus(known.entries[marks:], np.bincount(ids, minlength=len(known) - marks), ids,
                  np.repeat(np.arange(len(kept)), [len(row) for row in kept]))


def skipgram_rows(d: int, seed: int, epochs: int = EPOCHS) -> Tensor:
    """(V, d): skip-gram's rows for the words, random ones for the marks; half a minute.

    They are scaled to a deviation of SPREAD.
    """
    text, generator = corpus(), torch.Generator().manual_seed(seed)
    model = SkipGram(len(text.words), d, seed=seed)
    noise = torch.tensor(noise_probabilities(text.counts))
    for epoch in range(epochs):
        batches = pairs_of_epoch(text, seed=1000 * seed + epoch)
        for done, (centres, contexts) in enumerate(progress_bar(batches, f"skip-gram {epoch}")):
            others = torch.multinomial(noise, NEGATIVES * len(centres), replacement=True,
                                       generator=generator).view(len(centres), NEGATIVES)
            model.update(centres, contexts, others,
                         RATE * (1 - (epoch + done / len(batches)) / epochs))
    marks = len(texts.vocabulary()) - len(text.words)
    rows = torch.cat([torch.randn(marks, d, generator=generator),
                      model.rows_in / model.rows_in.std()])
    return SPREAD * rows


def log_shares() -> Tensor:
    """(V,): the logarithm of how often each word stands in the training text; marks: half once."""
    text = corpus()
    marks = len(texts.vocabulary()) - len(text.words)
    often = np.concatenate([np.zeros(marks), text.counts]) + 0.5
    return torch.as_tensor(often / often.sum()).log().float()
