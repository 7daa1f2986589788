"""Skip-gram and CBOW on the planted language, where the right answers are known exactly.

Each seed draws a language of its own, a text of it and the first rows. All is learned by plain
gradient descent, 16 numbers per word, window 2, 5 negatives, in batches of 256 pairs or of the 64
windows that hold as many: both read as much text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from helpers.metrics import rank_correlation
from helpers.word_vectors.planted import CLASSES, DOUBLE, WORDS_EACH, Planted, planted_corpus
from helpers.word_vectors.skipgram import SkipGram, noise_probabilities
from helpers.word_vectors.vectors import WordVectors

KINDS, RATES, SEEDS = ("skip-gram", "CBOW"), (0.2, 0.1, 0.05, 0.025), (0, 1, 2)
D, WINDOW, NEGATIVES, BATCH, UPDATES = 16, 2, 5, 256, 3000
RARE, STAYS = (8, 9), 0.025             # of each class these words stay where they are this often


@dataclass(frozen=True)
class Text:
    """A planted text as ids: 0 to 79 the plain words, 80 "both".

    centres (N,) int: every word; around (N, 4) int: the two words to each side, -1 for none.
    """

    language: Planted
    words: tuple[str, ...]
    counts: np.ndarray
    centres: Tensor
    around: Tensor


def text_of(seed: int, *, widest: bool = True, rare: bool = False) -> Text:
    """A language and its text. widest: as in `planted_corpus`.

    rare: two words of each class nearly always give way to another of their class, so that they
    come fewer than 20 times: these are known too, but there is little to learn them from.
    """
    language = planted_corpus(seed, widest=widest)
    words = (*language.words, DOUBLE)
    place = {word: i for i, word in enumerate(words)}
    ids = np.array([[place[word] for word in sentence] for sentence in language.sentences])
    if rare:
        rng = np.random.default_rng(seed)
        gives_way = (np.isin(ids % WORDS_EACH, RARE) & (ids < CLASSES * WORDS_EACH)
                     & (rng.random(ids.shape) >= STAYS))
        other = ids - ids % WORDS_EACH + rng.integers(min(RARE), size=ids.shape)
        ids = np.where(gives_way, other, ids)
    padded = np.pad(ids, ((0, 0), (WINDOW, WINDOW)), constant_values=-1)
    shifts = [k for k in range(2 * WINDOW + 1) if k != WINDOW]
    around = np.stack([padded[:, k:k + ids.shape[1]] for k in shifts], axis=2)
    return Text(language, words, np.bincount(ids.ravel(), minlength=len(words)),
                torch.from_numpy(ids.ravel()), torch.from_numpy(around.reshape(-1, 2 * WINDOW)))


def train(kind: str, text: Text, *, rate: float, seed: int, updates: int = UPDATES) -> SkipGram:
    """Rows learned from batches of pairs (skip-gram) or windows (CBOW), the rate falling to 0.

    3,000 batches go through the text five to six times; a CPU second or so. Raises ValueError for
    a kind that is not one of KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: there are {' and '.join(KINDS)}")
    generator = torch.Generator().manual_seed(seed)
    model, noise = SkipGram(len(text.words), D, seed=seed), torch.tensor(
        noise_probabilities(text.counts))
    where = (text.around >= 0).nonzero()                                # (pairs, 2)
    batch = BATCH if kind == "skip-gram" else BATCH // (2 * WINDOW)
    for done in range(updates):
        now = rate * (1 - done / updates)
        negatives = torch.multinomial(noise, batch * NEGATIVES, replacement=True,
                                      generator=generator).view(batch, NEGATIVES)
        if kind == "skip-gram":
            place, side = where[torch.randint(len(where), (batch,), generator=generator)].T
            model.update(text.centres[place], text.around[place, side], negatives, now)
        else:
            place = torch.randint(len(text.centres), (batch,), generator=generator)
            cbow_update(model, text.around[place], text.centres[place], negatives, now)
    return model


def cbow_update(model: SkipGram, around: Tensor, centres: Tensor, negatives: Tensor, rate: float
                ) -> None:
    """One step of gradient descent for many windows, each as `cbow_step` has it.

    around (N, C) int, -1 for no word, at least one in each row; centres (N,), negatives (N, K)
    int. A negative that is the centre itself is left out.
    """
    real = (around >= 0).float()                                        # (N, C)
    share = (real / real.sum(dim=1, keepdim=True))[:, :, None]          # (N, C, 1)
    mean = (model.rows_in[around.clamp(min=0)] * share).sum(dim=1)      # (N, d)
    others = torch.cat([centres[:, None], negatives], dim=1)            # (N, 1 + K)
    o = model.rows_out[others]                                          # (N, 1 + K, d)
    error = -(o @ mean[:, :, None])[:, :, 0].sigmoid()                  # minus the slope
    error[:, 0] += 1
    error[:, 1:] *= negatives != centres[:, None]
    for_mean = error[:, None] @ o                                       # (N, 1, d)
    model.rows_in.index_add_(0, around.clamp(min=0).flatten(),
                             (rate * share * for_mean).flatten(0, 1))
    model.rows_out.index_add_(0, others.flatten(),
                              (rate * error[:, :, None] * mean[:, None]).flatten(0, 1))


def told(kind: str, *, rate: float, seed: int) -> dict[str, float | bool]:
    """What one way to learn knows of three texts: wide and narrow margin of "both", rare words.

    nearest, rare: `same_class` of all words, of the rare ones; wide, narrow: are the two classes
    nearest to "both" its own; similarity: `similarity`; shifted, shift: `shifted_pmi`
    (skip-gram only). {"diverged": True} if the steps of a batch added up to too much.
    """
    wide, narrow, rare = text_of(seed), text_of(seed, widest=False), text_of(seed, rare=True)
    model, *more = (train(kind, text, rate=rate, seed=seed) for text in (wide, narrow, rare))
    if not all(trained.rows_in.isfinite().all() for trained in (model, *more)):
        return {"diverged": True}
    vectors, others, few = (WordVectors(wide.words, trained.rows_in.numpy())
                            for trained in (model, *more))
    found = {"nearest": same_class(vectors), "rare": same_class(few, RARE),
             "wide": nearest_classes(vectors) == wide.language.senses,
             "narrow": nearest_classes(others) == narrow.language.senses,
             "similarity": similarity(vectors, wide.language)}
    if kind == "skip-gram":
        found["shifted"], found["shift"] = shifted_pmi(model, wide)
    return {what: seen if isinstance(seen, bool) else round(seen, 4)
            for what, seen in found.items()}


def same_class(vectors: WordVectors, which: tuple[int, ...] = tuple(range(WORDS_EACH))) -> float:
    """Share of words whose nearest plain word is of their class; by chance 9 of 79, .114.

    which: the numbers of the words asked in each class.
    """
    asked = np.array([c * WORDS_EACH + i for c in range(CLASSES) for i in which])
    close = vectors.unit[:-1] @ vectors.unit[:-1].T
    np.fill_diagonal(close, -np.inf)
    return float((close[asked].argmax(axis=1) // WORDS_EACH == asked // WORDS_EACH).mean())


def nearest_classes(vectors: WordVectors) -> tuple[int, int]:
    """The two classes whose middles are nearest to "both" by cosine, smaller number first."""
    middles = vectors.unit[:-1].reshape(CLASSES, WORDS_EACH, -1).mean(axis=1)
    close = middles @ vectors.of(DOUBLE) / np.linalg.norm(middles, axis=1)
    one, other = sorted(np.argsort(-close)[:2].tolist())
    return one, other


def similarity(vectors: WordVectors, language: Planted) -> float:
    """Rank correlation of cosine and exact similarity, over all pairs of the 80 plain words.

    Exact: cosine of the logarithms of how much more often than by chance each class stands around.
    """
    steps = [np.linalg.matrix_power(language.table, k) / CLASSES for k in (1, 2)]
    alone = np.log(sum(step + step.T for step in steps) / 4 * CLASSES ** 2)
    alone /= np.linalg.norm(alone, axis=1, keepdims=True)
    exact = np.kron(alone @ alone.T, np.ones((WORDS_EACH, WORDS_EACH)))
    above = np.triu_indices(len(exact), 1)
    return rank_correlation(exact.round(9)[above], (vectors.unit[:-1] @ vectors.unit[:-1].T)[above])


def shifted_pmi(model: SkipGram, text: Text) -> tuple[float, float]:
    """Does rows_in · rows_out come to PMI - log k (Levy and Goldberg 2014)? (correlation, shift).

    Over all pairs of words that stood together; PMI in nats, its chance that of the negatives.
    shift: mean of product less PMI, to be held against -log 5 = -1.61.
    """
    size, real = len(text.words), text.around >= 0
    cells = (text.centres[:, None] * size + text.around)[real]
    counts = torch.bincount(cells, minlength=size * size).view(size, size).double().numpy()
    seen = counts > 0
    chance = counts.sum(axis=1, keepdims=True) * noise_probabilities(text.counts)
    pmi = np.log(counts[seen] / chance[seen])
    scores = (model.rows_in @ model.rows_out.T).numpy()[seen]
    return float(np.corrcoef(scores, pmi)[0, 1]), float((scores - pmi).mean())
