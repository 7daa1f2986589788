"""Word vectors of real text: python_docs as ids, batches of pairs, thirty pairs of words to find.

    text = docs.corpus()
    for centres, contexts in docs.pairs_of_epoch(text, seed=0):
        model.update(centres, contexts, negatives, rate)
    docs.pairs_found(WordVectors(text.words, model.rows_in.numpy()))
    docs.stored().vectors.neighbours("row")             # trained before
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from helpers import corpora, tokenizers
from helpers.session import progress_bar
from helpers.word_vectors.skipgram import SkipGram, keep_probabilities, noise_probabilities
from helpers.word_vectors.stored_docs import StoredDocs, stored
from helpers.word_vectors.vectors import WordVectors

__all__ = ["PAIRS", "Corpus", "StoredDocs", "corpus", "found_each_way", "learn", "pairs_found",
           "pairs_of_epoch", "stored"]

FEWEST, D, WINDOW, NEGATIVES, SAMPLE, BATCH, EPOCHS = 5, 100, 5, 5, 1e-3, 1024, 4
PAIRS = tuple(tuple(pair.split()) for pair in (     # written down before anything was measured
    "row column", "true false", "minimum maximum", "left right", "top bottom", "width height",
    "input output", "start stop", "first last", "two three", "horizontal vertical", "upper lower",
    "mean median", "float integer", "load save", "keys values", "forward backward", "read write",
    "before after", "larger smaller", "positive negative", "real imaginary", "cpu cuda",
    "weight bias", "sum product", "local global", "above below", "inner outer", "list tuple",
    "rows columns"))


@dataclass(frozen=True)
class Corpus:
    """A text as ids of its words that come five times or more; the others are left out.

    words: most frequent first, equals by the alphabet; counts (V,) int; ids (N,) int: the whole
    text; sentence (N,) int: which sentence each word stands in.
    """

    words: tuple[str, ...]
    counts: np.ndarray
    ids: np.ndarray
    sentence: np.ndarray

    @property
    def sentences(self) -> list[np.ndarray]:
        """The ids once more, an array for each sentence, as `cooccurrence` wants them."""
        return np.split(self.ids, np.flatnonzero(np.diff(self.sentence)) + 1)


@cache
def corpus() -> Corpus:
    """The training part of python_docs: some 459,000 words, 5,313 of them different."""
    rows = [tokenizers.words(line) for line in corpora.load("python_docs", "train")]
    counts = Counter(word for row in rows for word in row)
    names = sorted((word for word, n in counts.items() if n >= FEWEST),
                   key=lambda word: (-counts[word], word))
    place = {word: i for i, word in enumerate(names)}
    kept = [[place[word] for word in row if word in place] for row in rows]
    return Corpus(tuple(names), np.array([counts[word] for word in names]),
                  np.array([i for row in kept for i in row], dtype=np.int64),
                  np.repeat(np.arange(len(kept)), [len(row) for row in kept]))


def pairs_of_epoch(text: Corpus, *, seed: int, window: int = WINDOW, batch: int = BATCH,
                   sample: float = SAMPLE) -> list[tuple[Tensor, Tensor]]:
    """Once through the text: batches of (centres (B,), contexts (B,)) int, all pairs shuffled.

    As `pairs` does it for one sentence, but for all at once: frequent words are thinned out
    (sample 1: none is), each word's window is drawn from 1 to `window`, and no pair joins two
    sentences. Raises ValueError for a window or a batch below 1.
    """
    if window < 1 or batch < 1:
        raise ValueError(f"window={window}, batch={batch}: at least 1 each")
    rng = np.random.default_rng(seed)
    stays = rng.random(len(text.ids)) < keep_probabilities(text.counts, sample)[text.ids]
    ids, sentence = text.ids[stays], text.sentence[stays]
    reach = rng.integers(1, window + 1, len(ids))
    found = []
    for k in range(1, min(window, len(ids) - 1) + 1):
        first, second, together = ids[:-k], ids[k:], sentence[:-k] == sentence[k:]
        right, left = together & (reach[:-k] >= k), together & (reach[k:] >= k)
        found += [(first[right], second[right]), (second[left], first[left])]
    if not sum(len(centres) for centres, _ in found):
        return []
    centres, contexts = (np.concatenate(side) for side in zip(*found, strict=True))
    order = rng.permutation(len(centres))
    return list(zip(torch.from_numpy(centres[order]).split(batch),
                    torch.from_numpy(contexts[order]).split(batch), strict=True))


def learn(*, rate: float, seed: int, epochs: int = EPOCHS, window: int = WINDOW,
          negatives: int = NEGATIVES, watch: Callable[[float, float], None] | None = None
          ) -> SkipGram:
    """Skip-gram of 100 numbers per word on python_docs, by the notebook's own loop.

    Batches of 1,024 pairs, plain gradient descent, the rate falling evenly to 0. Three to four
    CPU seconds an epoch with 5 negatives and window 5. watch(loss, rate) is called at every
    update, loss in nats per pair.
    """
    text, generator = corpus(), torch.Generator().manual_seed(seed)
    model = SkipGram(len(text.words), D, seed=seed)
    noise = torch.tensor(noise_probabilities(text.counts))
    for epoch in range(epochs):
        batches = pairs_of_epoch(text, seed=1000 * seed + epoch, window=window)
        what = f"epoch {epoch + 1} of {epochs}, rate {rate:g}, seed {seed}"
        for done, (centres, contexts) in enumerate(progress_bar(batches, what)):
            others = torch.multinomial(noise, negatives * len(centres), replacement=True,
                                       generator=generator).view(len(centres), negatives)
            now = rate * (1 - (epoch + done / len(batches)) / epochs)
            loss = model.update(centres, contexts, others, now)
            if watch:
                watch(loss, now)
    return model


def found_each_way(vectors: WordVectors, *, number: int = 5) -> np.ndarray:
    """(30, 2) bool, for each of PAIRS: is b among the nearest words of a, and a among those of b?

    number: how many of the nearest are looked at, by cosine. Raises ValueError for a word of PAIRS
    that has no vector.
    """
    return np.array([[other in {near for near, _ in vectors.neighbours(word, number)}
                      for word, other in ((a, b), (b, a))] for a, b in PAIRS])


def pairs_found(vectors: WordVectors, *, number: int = 5) -> int:
    """How many of the 30 PAIRS are found: one of the two words leads to the other."""
    return int(found_each_way(vectors, number=number).any(axis=1).sum())
