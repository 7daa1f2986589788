"""Skip-gram against gensim, and a one-hot product against a look-up: the end of `make bench`.

    python tools/bench_word_vectors.py [rounds]

All ways learn at the same settings from the same text: python_docs without words that occur fewer
than five times. Speed is words of that text per second, those that are thinned out counted as
well, as gensim does. A run takes ten seconds or more; building gensim's vocabulary and compiling
come before the clock starts. The ways take turns, in another order each round.
"""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from gensim.models import Word2Vec
from timing import compare, row, seconds

from helpers import corpora, tokenizers
from helpers import word_vectors as wv
from helpers.word_vectors import fast

LEAST_SECONDS = 10
RAREST = 5                  # words of the text that occur less often are left out
DOCS = {"d": 100, "window": 5, "sample": 1e-3, "rate": 0.025, "workers": 2}
# All planted words are kept: 0.5 is more than any word's share. (gensim reads 1 as a count.)
PLANTED = {"d": 16, "window": 2, "sample": 0.5, "rate": 0.025, "workers": 1}
NEGATIVES, BATCH = 5, 256
ONE_HOT_WORDS = 8000


class WithGensim:
    """gensim's skip-gram; its vocabulary is built at once.

    batch_words: so many words are read at one rate. In a short text gensim's 10,000 keep the rate
    high for longer than a line that falls with each sentence does.
    """

    def __init__(self, sentences: list[list[str]], *, d: int, window: int, sample: float,
                 rate: float, workers: int, seed: int = 0, batch_words: int = 10_000) -> None:
        self.sentences = sentences
        self.model = Word2Vec(vector_size=d, window=window, sample=sample, alpha=rate, sg=1,
                              negative=NEGATIVES, min_count=1, workers=workers, seed=seed + 1,
                              batch_words=batch_words)
        self.model.build_vocab(sentences)

    def __call__(self, passes: int) -> None:
        """Train, and go through the text so many times."""
        self.model.train(self.sentences, total_examples=len(self.sentences), epochs=passes)


def train_in_torch(sentences: list[np.ndarray], size: int, passes: int, *, d: int, window: int,
                   sample: float, rate: float, workers: int, seed: int = 0) -> wv.SkipGram:
    """Train with `SkipGram.update`: pairs made sentence by sentence, then batch by batch."""
    torch.set_num_threads(workers)
    counts = np.bincount(np.concatenate(sentences))
    keep = wv.keep_probabilities(counts, sample)
    noise = torch.tensor(wv.noise_probabilities(counts))
    rng, model = np.random.default_rng(seed), wv.SkipGram(size, d, seed=seed)
    for number in range(passes):
        kept = [row[rng.random(len(row)) < keep[row]] for row in sentences]
        pairs = rng.permutation(np.concatenate([wv.pairs(row, window, rng) for row in kept]))
        for i, batch in enumerate(batches := torch.tensor(pairs).split(BATCH)):
            negatives = torch.multinomial(noise, len(batch) * NEGATIVES, replacement=True)
            left = 1 - (number + i / len(batches)) / passes
            model.update(*batch.T, negatives.view(-1, NEGATIVES), rate * left)
    return model


def passes_needed(train: Callable[[int], object]) -> int:
    """How often a way has to read the text for a run to take long enough."""
    return math.ceil(1.1 * LEAST_SECONDS / seconds(lambda: train(1)))


def speed(rounds: int) -> None:
    """Words per second of each way, and the ratio to gensim's, round by round."""
    text = [tokenizers.words(line) for line in corpora.load("python_docs", "train")]
    counts = Counter(word for sentence in text for word in sentence)
    place = {word: i for i, (word, n) in enumerate(counts.most_common()) if n >= RAREST}
    names = [known for row in text if (known := [word for word in row if word in place])]
    ids = [np.array([place[word] for word in row]) for row in names]
    total = sum(map(len, ids))
    ways = {"skip-gram: gensim": WithGensim(names, **DOCS),
            "  compiled with numba": lambda n: fast.train(ids, len(place), epochs=n, **DOCS),
            "  SkipGram.update": lambda n: train_in_torch(ids, len(place), n, **DOCS)}
    fast.train([np.arange(3)], 3)                # compiles
    passes = {what: passes_needed(train) for what, train in ways.items()}
    found: dict[str, list[float]] = {what: [] for what in ways}
    for i in range(rounds):
        for what in list(ways)[::-1 if i % 2 else 1]:
            taken = seconds(lambda what=what: ways[what](passes[what]))
            found[what].append(total * passes[what] / taken)
    gensim, *_ = found.values()
    for what, values in found.items():
        ratios = [mine / theirs for mine, theirs in zip(values, gensim, strict=True)]
        row(what, values, "words/s", f"{passes[what]} passes" + (
            f", {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) of gensim's"
            if values is not gensim else ""))


def quality(seeds: int = 3) -> None:
    """Share of the planted words whose neighbour is of their class, by way and passes."""
    planted = wv.planted_corpus(0)
    words = [*planted.words, "both"]
    ids = [np.array([words.index(word) for word in row]) for row in planted.sentences]

    def gensim(passes: int, seed: int, batch_words: int = 10_000) -> np.ndarray:
        model = WithGensim(planted.sentences, seed=seed, batch_words=batch_words, **PLANTED)
        model(passes)
        return model.model.wv[words]

    ways = {"gensim": gensim,
            "gensim, even rate": lambda n, seed: gensim(n, seed, 500),
            "numba": lambda n, seed: fast.train(ids, 81, epochs=n, seed=seed, **PLANTED)[0],
            "SkipGram": lambda n, seed: train_in_torch(ids, 81, n, seed=seed,
                                                       **PLANTED).rows_in.numpy()}
    for passes in (1, 5):
        for what, train in ways.items():
            row(f"planted, {passes} passes: {what}",
                [wv.same_class(wv.WordVectors(words, train(passes, seed)))
                 for seed in range(seeds)], "found", f"same class, {seeds} seeds; chance 0.11")


def one_hot(rounds: int) -> None:
    """The rows of all words, looked up, and as the product of one-hot rows with the table."""
    table, every = torch.randn(ONE_HOT_WORDS, DOCS["d"]), torch.arange(ONE_HOT_WORDS)
    rows = torch.eye(ONE_HOT_WORDS)
    compare({f"look up {ONE_HOT_WORDS:,} rows of 100 numbers": lambda: table[every],
             "  the same as a product with one-hot rows": lambda: rows @ table},
            3 * rounds, ONE_HOT_WORDS, "rows/s")
    row("  memory of the table", [table.nbytes / 1e6], "MB")
    row("  memory of the one-hot rows", [rows.nbytes / 1e6], "MB",
        f"{rows.nbytes / table.nbytes:.0f} times the line above")


def main(rounds: int = 3) -> None:
    """Print the lines."""
    os.environ["COURSE_BUILD"] = "1"            # no bars between the lines
    speed(rounds)
    quality()
    one_hot(rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
