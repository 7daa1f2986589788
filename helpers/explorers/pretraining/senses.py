"""The word of two senses that one vector could not part: its vectors, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from helpers import plots
from helpers.explorers import core
from helpers.explorers.pretraining.plane_drawing import draw_plane
from helpers.explorers.pretraining.planes import layer_places, on_the_way
from helpers.pretraining import MaskedLM
from helpers.pretraining import planted_senses as planted
from helpers.word_vectors.planted import DOUBLE

CASES = (2000, 5)               # sentences, and the seed they are drawn by
RATE, SEED, UPDATES = 1e-2, 0, 800


def senses_seen(model: MaskedLM, found: planted.Sample | None = None) -> dict:
    """The vectors of "both" in fresh sentences of the planted language, and the references.

    found: the sentences, those of the stored table if None; lines are fitted on the first half of
    the cases, the second half is drawn. Returns what `planes.layer_places` does, and
    "references": {"majority", "neighbours", "untrained", "ceiling"}, shares right.
    """
    found = planted.sample(*CASES) if found is None else found
    labels, half = found.labels, len(found.labels) // 2
    layers = planted.by_layer(model, found)
    with torch.random.fork_rng(devices=[]):         # an untrained model is drawn in it
        references = planted.references(found)
    return {**layer_places([rows[half:] for rows in layers], labels[half:],
                           ([rows[:half] for rows in layers], labels[:half])),
            "references": references}


def senses_numbers(seen: Mapping, layer: float) -> dict:
    """At one layer, 0 before the first, or on the way between two.

    seen: from `senses_seen`. Returns {"places": (N, 2), "right": (L,) share right of a line at
    each layer, "layer", "reach": of all layers, "labels", "references"}.
    Raises ValueError for a layer that there is not.
    """
    return {"places": on_the_way(seen["places"], layer), "right": seen["named"].mean(axis=1),
            "layer": layer, "reach": tuple(np.abs(seen["places"]).max(axis=(0, 1))),
            "labels": seen["labels"], "references": seen["references"]}


def draw_senses(figure, numbers: dict) -> str:
    """Draw the cases at this layer, and what a line names there beside the references."""
    left, right = plots.panels(figure, 2, width_ratios=(1.15, 1))
    layer, references = numbers["layer"], numbers["references"]
    draw_plane(left, numbers["places"], numbers["labels"], ("first sense", "second sense"),
               title=f"“{DOUBLE}” in {len(numbers['labels'])} sentences, layer {layer:g}",
               reach=numbers["reach"])
    shares = {**{f"layer {i}": share for i, share in enumerate(numbers["right"])},
              "untrained": references["untrained"], "neighbours": references["neighbours"],
              "ceiling": references["ceiling"]}
    plots.draw_bars(right, list(shares), list(shares.values()), title="Sense named by a line",
                    ylabel="share right", ylim=(0, 1), shown="{:.2f}",
                    yticks={0: "0", 0.5: "0.5", 1: "1"},
                    marked=[i == layer for i in range(len(shares))],
                    level=(references["majority"], "always the commoner"))
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    layer, right, references = numbers["layer"], numbers["right"], numbers["references"]
    if layer != int(layer):
        return (f"On the way from layer {int(layer)} to layer {int(layer) + 1}: each of the "
                f"{len(numbers['labels'])} cases goes straight to its next place.")
    share, cases = right[int(layer)], len(numbers["labels"])
    told = (f"After layer {layer:g}: a line that was fitted on other cases names the sense rightly "
            f"in {share:.0%} of {cases}.")
    if not np.ptp(numbers["places"], axis=0).any():
        told = (f"Layer {layer:g}, the word alone: all {cases} cases lie at one point, so a line "
                f"names one sense for all, right in {share:.0%}.")
    return (f"{told} Who knows the language reaches {references['ceiling']:.0%}; a line on the two "
            f"words beside it {references['neighbours']:.0%}, on an untrained network "
            f"{references['untrained']:.0%}.")


def two_senses(model: MaskedLM | None = None, layer: float = 0):
    """Go from layer to layer: the vectors of a word of two senses leave their one place.

    model: a masked model of the planted language, such as planted_senses.train gives; None trains
    one, in some ten seconds.
    """
    seen = senses_seen(planted.train(rate=RATE, seed=SEED, updates=UPDATES)
                       if model is None else model)
    last = len(seen["places"]) - 1
    return core.explore(
        lambda layer: senses_numbers(seen, layer), draw_senses, size=(10, 3.7),
        layer=core.slider("layer", 0.0, float(last), value=float(layer), step=0.25))
