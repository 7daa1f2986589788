"""Vectors of one word, layer by layer, as places in a plane, and how a straight line parts them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from helpers.pretraining.probe import fit_line

STILL = 1e-6            # a spread below it is none


def layer_places(layers: Sequence[Tensor], labels: Tensor,
                 fitted_on: tuple[Sequence[Tensor], Tensor]) -> dict:
    """Where the cases lie before and after each layer, seen from a line fitted on other cases.

    layers: (N, d) of the drawn cases, a table for each layer; labels (N,) of 0 and 1. fitted_on:
    the same of the cases that the lines are fitted on, a line for each layer. Returns {"places":
    (L, N, 2): across, how far a case lies on which side of the line, right of 0 is label 1; up,
    the direction in which the cases differ most otherwise; each in standard deviations, 0 where
    nothing differs; "named": (L, N) bool, is it on its own side; "labels": (N,)}.
    Raises ValueError for cases of one label only, and for different numbers of layers.
    """
    if len(layers) != len(fitted_on[0]) or len(set(fitted_on[1].tolist())) != 2:
        raise ValueError(f"{len(layers)} layers to draw, {len(fitted_on[0])} to fit, labels "
                         f"{sorted(set(fitted_on[1].tolist()))}: a line for each layer needs "
                         "cases of the labels 0 and 1")
    places, named = [], []
    for rows, others in zip(layers, fitted_on[0], strict=True):
        line = fit_line(others, fitted_on[1])
        scores, of_others = (_score(line.logits(some)) for some in (rows, others))
        named.append((scores > 0) == labels.bool().numpy())
        up = _most(rows.double().numpy(), (line.W[:, 1] - line.W[:, 0]).numpy())
        if places and up @ places[-1][:, 1] < 0:
            up = -up
        still = np.ptp(of_others) < STILL
        across = np.zeros(len(scores)) if still else scores / of_others.std()
        places.append(np.column_stack([across, up]))
    return {"places": np.stack(places), "named": np.stack(named), "labels": labels.numpy()}


def _score(logits: Tensor) -> np.ndarray:
    return (logits[:, 1] - logits[:, 0]).numpy()


def _most(rows: np.ndarray, across: np.ndarray) -> np.ndarray:
    """(N,): the first principal direction of what `across` does not tell, in deviations."""
    unit = across / max(np.linalg.norm(across), STILL)
    rest = rows - rows.mean(axis=0)
    rest = rest - np.outer(rest @ unit, unit)
    if np.abs(rest).max() < STILL:
        return np.zeros(len(rows))
    up = rest @ np.linalg.svd(rest, full_matrices=False)[2][0]
    return up / up.std()


def on_the_way(places: np.ndarray, layer: float) -> np.ndarray:
    """(N, 2) at a layer; between two of them each case is on the straight way to its next place.

    Raises ValueError for a layer that there is not.
    """
    last = len(places) - 1
    if not 0 <= layer <= last:
        raise ValueError(f"layer {layer:g}: there are 0, before the first, to {last}")
    before = min(int(layer), last - 1)
    share = layer - before
    return (1 - share) * places[before] + share * places[before + 1]
