"""Print how fast the course's parts are and how much memory counting takes: `make bench`.

    python tools/bench.py [rounds]

Each row is the median of some rounds (3 unless told) with the smallest and the largest. Two
things that are compared take turns, and their ratio is the median of the rounds' ratios: seconds
differ from machine to machine, ratios less. Nothing is judged here.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate, cycle, islice
from statistics import quantiles

import bench_transformer
import bench_word_vectors
import torch
from timing import compare, megabytes, row, seconds
from torch import nn

from helpers import corpora, rnn_lstm, tokenizers, transformer
from helpers import language_models as lm
from helpers.explorers import core
from helpers.explorers import language_models as explorers
from helpers.explorers import rnn_lstm as recurrent

MOVES = 60                  # control changes per explorer
SENTENCE = "the function returns a tensor of the same shape"


def plain_counter(sentences: list[list[str]], order: int = 5) -> Counter:
    """Count the n-grams of all orders as tuples of words: the obvious way."""
    counts: Counter = Counter()
    for marked in (["<s>", *sentence, "</s>"] for sentence in sentences):
        for n in range(1, order + 1):
            counts.update(zip(*(marked[i:] for i in range(n)), strict=False))
    return counts


def counting(train: list[list[str]], rounds: int) -> None:
    """Time and memory of counting words to order 5, and of smoothing the counts."""
    compare({"count words, order 5": lambda: lm.NgramCounts(train, 5),
             "  the same in a Counter of tuples": lambda: plain_counter(train)}, rounds)
    ours, theirs = (megabytes(lambda m=m: m(train)) for m in (lm.NgramCounts, plain_counter))
    for what, mine, other in zip(("kept", "peak"), ours, theirs, strict=True):
        row(f"  memory of the counts, {what}", [mine], "MB")
        row(f"  of the Counter, {what}", [other], "MB", f"{other / mine:.1f} times the line above")
    compare({"Kneser-Ney, order 5, counts included": lambda: lm.KneserNeyLM(5).fit(train)}, rounds)


def scoring(model: lm.NgramLM, test: list[list[str]], rounds: int) -> None:
    """Tokens per second, sentence ends counted, of all sentences at once and one by one."""
    compare({"score sentences in one batch": lambda: model.perplexity(test),
             "  one sentence after the other": lambda: [model.token_log_probs(s) for s in test]},
            rounds, sum(len(s) + 1 for s in test), "tokens/s")


def characters_and_bpe(texts: list[str], rounds: int) -> None:
    """Character Kneser-Ney of order 7 on all of the text; BPE on its first megabyte."""
    compare({"characters, order 7: split, count, Kneser-Ney":
             lambda: lm.KneserNeyLM(7).fit(map(tokenizers.characters, texts))}, rounds)
    ends = accumulate(len(text.encode()) for text in texts)
    some = [text for text, end in zip(texts, ends, strict=True) if end <= 1e6]
    compare({"BPE: learn 1,000 merges on 1 MB": lambda: tokenizers.BPE.train(some, 1000)}, rounds)
    bpe = tokenizers.BPE.train(some, 1000)

    def encode(coder: tokenizers.BPE) -> None:
        for text in some:
            coder.encode(text)
    encode(bpe)                               # from now on it remembers every chunk
    compare({"BPE: encode, nothing remembered": lambda: encode(tokenizers.BPE(bpe.merges)),
             "  the same text again": lambda: encode(bpe)}, rounds, 1, "MB/s")


def redraw(what: str, explorer: core.Explorer, control: str, values: Iterable) -> None:
    """Move one control MOVES times, each time to another value; milliseconds until it is shown."""
    slider = explorer.controls[control]
    taken = [1000 * seconds(lambda v=value: slider.set_trait("value", v))
             for value in islice(cycle(values), MOVES)]
    p95 = quantiles(taken, n=20, method="inclusive")[-1]
    row(f"{what}: move {control}", taken, "ms", f"95th percentile {p95:.0f}")


def redraws(model: lm.NgramLM, train: list[list[str]]) -> None:
    """Each explorer of notebook 01 at its first setting, one control moved."""
    models = {"order 4": lm.KneserNeyLM(4).fit(train[:2000]), "order 5": model}
    some = (train[:300], train[300:400], train[400:500])
    grid = explorers.order_grid({"one split": some}, amounts=(100, 300))
    redraw("meter", explorers.surprisal_meter(models, SENTENCE), "model", reversed(models))
    redraw("order explorer", explorers.order_explorer(grid), "smoothing", explorers.SMOOTHINGS)
    redraw("sampler", explorers.sampler(model, SENTENCE[:20]), "temperature", (0.5, 1.5, 2.0))
    redraw("entropy floor", explorers.entropy_floor(corpora.markov_source()), "seed", range(1, 20))


def recurrence(rounds: int) -> None:
    """LSTM over 64 steps, forward and backward: torch's layer, our loop over the cell."""
    x = torch.randn(32, 64, 128)
    cell, layer = rnn_lstm.LSTMCell(128, 128), nn.LSTM(128, 128, batch_first=True)
    for threads in (1, torch.get_num_threads()):
        torch.set_num_threads(threads)
        compare({f"torch's LSTM, 128 units, {threads} thread(s)":
                 lambda: layer(x)[0].sum().backward(),
                 "  our loop over time": lambda: rnn_lstm.run(cell, x)[0].sum().backward(),
                 "  our cell with torch's kernel":
                 lambda: rnn_lstm.run_fast(cell, x)[0].sum().backward()}, 10 * rounds)


def writing(rounds: int) -> None:
    """A Transformer writes: 4 layers, width 128, each token read once, or all of them each time."""
    torch.manual_seed(0)
    model = transformer.Transformer(transformer.TransformerConfig(
        100, d_model=128, n_layers=4, max_len=129, **transformer.RECIPES["today"]))
    for length in (32, 128):
        compare({f"Transformer: write {length} tokens with the cache":
                 lambda n=length: transformer.write(model, [0], n),
                 "  without": lambda n=length: transformer.write(model, [0], n, cached=False)},
                rounds, length, "tokens/s")


def recurrent_redraws() -> None:
    """The explorers of notebook 03 at their first settings, one control moved."""
    torch.manual_seed(0)
    vocabulary = tokenizers.Vocabulary(sorted(set(SENTENCE)))
    model = rnn_lstm.LanguageModel(len(vocabulary), 32, 256)
    redraw("gradient flow", recurrent.gradient_flow(), "rho", (0.8, 1.0, 1.2))
    redraw("gradient flow, LSTM", recurrent.gradient_flow(cell="LSTM"), "length", (40, 50, 60))
    redraw("gate viewer", recurrent.gate_viewer(model, vocabulary, SENTENCE), "units", (16, 24))
    redraw("unroll stepper", recurrent.unroll_stepper(), "step", (1, 2, 3, 4, 5))
    redraw("machine", recurrent.loss_per_step(), "step", (1, 2, 3, 4, 5))


def main(rounds: int = 3) -> None:
    """Print the table."""
    texts = corpora.load("python_docs", "train")
    train = [tokenizers.words(text) for text in texts]
    test = [tokenizers.words(text) for text in corpora.load("python_docs", "test")]
    print(f"python_docs, training part: {len(train):,} sentences, {sum(map(len, train)):,} words, "
          f"{sum(map(len, texts)):,} characters; {rounds} rounds\n")
    print(f"{'':44}{'median':>10}{'smallest':>11}{'largest':>11}")
    counting(train, rounds)
    model = lm.KneserNeyLM(5).fit(train)
    scoring(model, test, rounds)
    redraws(model, train)
    characters_and_bpe(texts, rounds)
    recurrence(rounds)
    recurrent_redraws()
    writing(rounds)
    bench_word_vectors.main(rounds)
    bench_transformer.main(rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
