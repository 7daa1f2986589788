"""Print how fast the course's parts are and how much memory counting takes: `make bench`.

    python tools/bench.py [rounds]

Each row is the median of some rounds (3 unless told) with the smallest and the largest. Two
things that are compared take turns, and their ratio is the median of the rounds' ratios: seconds
differ from machine to machine, ratios less. Nothing is judged here.
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from statistics import median, quantiles

from helpers import corpora, tokenizers
from helpers import language_models as lm
from helpers.explorers import core
from helpers.explorers import language_models as explorers

MOVES = 15                  # control changes per explorer
SENTENCE = "the function returns a tensor of the same shape"


def seconds(call: Callable) -> float:
    """Return how long one call takes, rubbish collected before."""
    gc.collect()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def megabytes(make: Callable) -> tuple[float, float]:
    """Return what the result of `make` keeps and what its making took at most, in MB."""
    gc.collect()
    tracemalloc.start()
    kept = make()
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return now / 1e6, peak / 1e6


def row(what: str, values: Iterable[float], unit: str, note: str = "") -> None:
    """Print one line: median, smallest, largest."""
    values = list(values)
    numbers = [f"{value:,.{0 if value >= 100 else 2}f}"
               for value in (median(values), min(values), max(values))]
    print(f"{what:44}{numbers[0]:>10}{numbers[1]:>11}{numbers[2]:>11} {unit:11} {note}", flush=True)


def compare(calls: dict[str, Callable], rounds: int, work: float = 0, unit: str = "s") -> None:
    """Time calls that take turns; the later ones are set against the first.

    work: how much one call gets done; then the rows are work per second, else seconds.
    """
    times: dict[str, list[float]] = {what: [] for what in calls}
    for _ in range(rounds):
        for what, call in calls.items():
            times[what].append(seconds(call))
    first = next(iter(times.values()))
    for what, taken in times.items():
        ratio = median(mine / other for mine, other in zip(taken, first, strict=True))
        note = f"{ratio:.2f} times the time of the line above" if taken is not first else ""
        row(what, [work / t for t in taken] if work else taken, unit, note)


def plain_counter(sentences: list[list[str]], order: int = 5) -> Counter:
    """Count the n-grams of all orders as tuples of words: the obvious way."""
    counts: Counter = Counter()
    for sentence in sentences:
        marked = ["<s>", *sentence, "</s>"]
        for n in range(1, order + 1):
            counts.update(zip(*(marked[i:] for i in range(n)), strict=False))
    return counts


def counting(train: list[list[str]], rounds: int) -> None:
    """Time and memory of counting words to order 5, and of smoothing the counts."""
    compare({"count words, order 5": lambda: lm.NgramCounts(train, 5),
             "  the same in a Counter of tuples": lambda: plain_counter(train)}, rounds)
    ours, theirs = megabytes(lambda: lm.NgramCounts(train, 5)), megabytes(
        lambda: plain_counter(train))
    for what, place in (("kept", 0), ("peak", 1)):
        row(f"  memory of the counts, {what}", [ours[place]], "MB")
        row(f"  of the Counter, {what}", [theirs[place]], "MB",
            f"{theirs[place] / ours[place]:.1f} times the line above")
    counts = lm.NgramCounts(train, 5)
    compare({"Kneser-Ney on these counts": lambda: lm.kneser_ney(counts, 5)}, rounds)


def scoring(model: lm.KneserNeyLM, test: list[list[str]], rounds: int) -> None:
    """Tokens per second, sentence ends counted, of all sentences at once and one by one."""
    compare({"score sentences in one batch": lambda: model.perplexity(test),
             "  one sentence after the other": lambda: [model.token_log_probs(s) for s in test]},
            rounds, sum(len(s) + 1 for s in test), "tokens/s")


def characters_and_bpe(texts: list[str], rounds: int) -> None:
    """Character Kneser-Ney of order 7 on all of the text; BPE on its first million characters."""
    characters = [tokenizers.characters(text) for text in texts]
    compare({"character Kneser-Ney, order 7, count and fit":
             lambda: lm.KneserNeyLM(7).fit(characters)}, rounds)
    del characters
    sizes, some = 0, []
    for text in texts:
        some.append(text)
        sizes += len(text.encode())
        if sizes >= 1e6:
            break
    compare({"BPE: learn 1,000 merges on 1 MB": lambda: tokenizers.BPE.train(some, 1000)}, rounds)
    bpe = tokenizers.BPE.train(some, 1000)
    fresh = iter([tokenizers.BPE(bpe.merges) for _ in range(rounds)])

    def encode(coder: tokenizers.BPE) -> None:
        for text in some:
            coder.encode(text)
    encode(bpe)
    compare({"BPE: encode, nothing remembered": lambda: encode(next(fresh)),
             "  the same text again": lambda: encode(bpe)}, rounds, sizes / 1e6, "MB/s")


def redraw(what: str, explorer: core.Explorer, control: str, values: Iterable) -> None:
    """Move one control MOVES times, each time to another value; milliseconds until it is shown."""
    def move(value: object) -> None:
        explorer.controls[control].value = value
    taken = [1000 * seconds(lambda v=v: move(v)) for v in islice(cycle(values), MOVES)]
    p95 = quantiles(taken, n=20, method="inclusive")[-1]
    row(f"{what}: move {control}", taken, "ms", f"95 of 100 below {p95:.0f} ms")


def redraws(model: lm.KneserNeyLM, train: list[list[str]]) -> None:
    """Each explorer of notebook 01 at its first setting, one control moved."""
    models = {"order 5": model, "order 4": lm.kneser_ney(lm.NgramCounts(train[:2000], 4), 4)}
    some = (train[:300], train[300:400], train[400:500])
    grid = explorers.order_grid({"one split": some}, amounts=(100, 300))
    redraw("surprisal meter", explorers.surprisal_meter(models, SENTENCE), "model", reversed(models))
    redraw("order explorer", explorers.order_explorer(grid), "smoothing", explorers.SMOOTHINGS)
    redraw("sampler", explorers.sampler(model, SENTENCE[:20]), "temperature", (0.5, 1.5, 2.0))
    redraw("entropy floor", explorers.entropy_floor(corpora.markov_source()), "seed", range(1, 20))


def main(rounds: int = 3) -> None:
    """Print the table."""
    texts = corpora.load("python_docs", "train")
    train, test = ([tokenizers.words(text) for text in part]
                   for part in (texts, corpora.load("python_docs", "test")))
    print(f"python_docs, training part: {len(train):,} sentences, {sum(map(len, train)):,} words, "
          f"{sum(map(len, texts)):,} characters; {rounds} rounds\n")
    print(f"{'':44}{'median':>10}{'smallest':>11}{'largest':>11}")
    counting(train, rounds)
    model = lm.KneserNeyLM(5).fit(train)
    scoring(model, test, rounds)
    redraws(model, train)
    characters_and_bpe(texts, rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
