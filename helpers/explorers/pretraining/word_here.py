"""A real word as noun and verb: its vectors in many sentences, layer by layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from helpers import metrics, neural, plots, tokenizers
from helpers.explorers import core
from helpers.explorers.pretraining.plane_drawing import draw_plane
from helpers.explorers.pretraining.planes import layer_places, on_the_way
from helpers.pretraining import MaskedLM, by_counting, tasks, texts

LEAST = 16              # sentences of a word that can be chosen
BATCH = 128             # sentences that are read at a time
BESIDE = 7              # words on either side of the word that are printed
HIDDEN = "▢"            # the cue, as it is printed


def read_examples(model: MaskedLM, known: tokenizers.Vocabulary,
                  examples: Sequence[tasks.Example]) -> list[Tensor]:
    """The vector of the marked word, (N, d), before the first layer and after each one."""
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].words))
    found: list[list[Tensor]] = []
    with neural.reading(model):
        for first in range(0, len(order), BATCH):
            some = [examples[i] for i in order[first:first + BATCH]]
            record: list[dict] = []
            last = model.rows(*texts.batch_of(known, [e.words for e in some]), record=record)
            layers = [record[0]["x"], *(layer["out"] for layer in record[:-1]), last]
            places = torch.tensor([e.place + 1 for e in some])          # after the start mark
            found.append([rows[torch.arange(len(some)), places] for rows in layers])
    back = torch.tensor(order).argsort()
    return [torch.cat(rows)[back] for rows in zip(*found, strict=True)]


def words_of(examples: Sequence[tasks.Example]) -> list[str]:
    """The words that stand in enough examples, the commonest first."""
    counts = Counter(e.words[e.place] for e in examples)
    return [word for word, n in counts.most_common() if n >= LEAST]


def word_seen(layers: Sequence[Tensor], examples: Sequence[tasks.Example], word: str) -> dict:
    """All sentences of one word, seen from lines that were fitted on all other words.

    layers: what `read_examples` gives for these examples. Returns what `planes.layer_places`
    does, and "examples": those of the word, "word", "others": how many a line was fitted on.
    Raises ValueError for a word that is not in the examples.
    """
    mine = torch.tensor([e.words[e.place] == word for e in examples])
    if not mine.any():
        raise ValueError(f"“{word}” is in no example: there are {', '.join(words_of(examples))}")
    labels = by_counting.labels_of(examples)
    return {**layer_places([rows[mine] for rows in layers], labels[mine],
                           ([rows[~mine] for rows in layers], labels[~mine])),
            "examples": [e for e, own in zip(examples, mine.tolist(), strict=True) if own],
            "word": word, "others": int((~mine).sum())}


def word_numbers(seen: Mapping, layer: float, example: int) -> dict:
    """One word at one layer, or on the way between two, with one of its sentences marked.

    seen: from `word_seen`. example: from 1; beyond the last one it is that. Returns {"places":
    (N, 2), "right": (L,) shares on their own side, "interval": of the layer, 95 %, "layer",
    "marked": from 0, "sentence": its words around the marked one, "named": bool, is it on its own
    side, and of `seen` "labels", "word", "others", "reach": how far the farthest lies}.
    Raises ValueError for a layer that there is not.
    """
    marked, named = min(example, len(seen["labels"])) - 1, seen["named"]
    of = seen["examples"][marked]
    at = round(layer)
    right, n = int(named[at].sum()), named.shape[1]
    return {"places": on_the_way(seen["places"], layer), "right": named.mean(axis=1),
            "interval": metrics.share_with_interval(right, n)[1:], "layer": layer,
            "marked": marked, "named": bool(named[at, marked]), "sentence": _printed(of),
            **{name: seen[name] for name in ("labels", "word", "others")},
            "reach": tuple(np.abs(seen["places"]).max(axis=(0, 1)))}


def _printed(example: tasks.Example) -> str:
    """The words around the marked one; the hidden cue as a box."""
    first, last = max(0, example.place - BESIDE), example.place + 1 + BESIDE
    words = [HIDDEN if word == tokenizers.MASK else word for word in example.words[first:last]]
    return (f"{'… ' if first else ''}{' '.join(words)}"
            f"{' …' if last < len(example.words) else ''}")


def draw_word(figure, numbers: dict) -> str:
    """Draw the word's sentences at this layer, and how many a line of other words names."""
    left, right = plots.panels(figure, 2, width_ratios=(1.35, 1))
    layer, shares = numbers["layer"], numbers["right"]
    draw_plane(left, numbers["places"], numbers["labels"], ("noun", "verb"),
               title=f"“{numbers['word']}” in {len(numbers['labels'])} sentences, layer {layer:g}",
               reach=numbers["reach"], marked=numbers["marked"])
    plots.draw_bars(right, [f"layer {i}" for i in range(len(shares))], shares, ylim=(0, 1),
                    title="Noun or verb", ylabel="share right", shown="{:.2f}",
                    yticks={0: "0", 0.5: "0.5", 1: "1"},
                    marked=[i == layer for i in range(len(shares))], level=(0.5, "guessing"))
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    layer, n = numbers["layer"], len(numbers["labels"])
    kind = ("noun", "verb")[int(numbers["labels"][numbers["marked"]])]
    ring = f"In the ring, a {kind}: “{numbers['sentence']}”"
    if layer != int(layer):
        return (f"On the way from layer {int(layer)} to layer {int(layer) + 1}: each sentence goes "
                f"straight to its next place. {ring}.")
    right, (low, high) = round(numbers["right"][int(layer)] * n), numbers["interval"]
    at = f"After layer {layer:g}" if layer else "Layer 0, the word alone"
    side = "on its side" if numbers["named"] else "on the wrong side"
    return (f"{at}: {right} of {n} on their own side ({low:.0%} to {high:.0%}) of a line fitted on "
            f"{numbers['others']:,} sentences of other words. {ring}, {side}.")


def word_in_sentences(model: MaskedLM, known: tokenizers.Vocabulary, word: str = "plot",
                      layer: float = 0, examples: Sequence[tasks.Example] | None = None):
    """Choose a word and a layer: where do its nouns and its verbs lie? Step through its sentences.

    model, known: from learning.stored(). examples: those of the task "word class" if None, the
    word before each hidden; they are read once, in some seconds.
    Raises ValueError for a word with fewer than 16 examples.
    """
    if examples is None:
        task = tasks.task("word class")
        examples = (*task.pool, *task.valid, *task.test)
    words = words_of(examples)
    if word not in words:
        raise ValueError(f"“{word}” has fewer than {LEAST} examples; there are {', '.join(words)}")
    layers = read_examples(model, known, examples)
    seen: Callable = lru_cache(maxsize=64)(lambda word: word_seen(layers, examples, word))
    most = max(Counter(e.words[e.place] for e in examples).values())
    return core.explore(
        lambda word, layer, example: word_numbers(seen(word), layer, example), draw_word,
        size=(10, 3.5), word=core.choice("word", words, value=word),
        layer=core.slider("layer", 0.0, float(len(layers) - 1), value=float(layer), step=0.25),
        example=core.slider("sentence in the ring", 1, most, value=1))
