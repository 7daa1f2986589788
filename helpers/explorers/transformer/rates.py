"""During training, from a stored table: what a warm-up does to gradients and to learning."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from helpers import plots
from helpers.explorers import core

LOOKS = {"0": "before", "20": "after 20 updates", "100": "after 100 updates"}
EVERY = 50                  # updates between two values of a curve
LOWEST, HIGHEST = 1e-6, 1e3
LETTERS = 8                 # guessing is right one time in so many


def training_numbers(stored: Mapping, kind: str, rate: str) -> dict:
    """One kind of model at one rate, over all seeds that were trained.

    stored: {kind: {rate: one dict per seed, with "curve": shares of letters right, every 50
    updates; "gradients": {"0", "20", "100": length per block}}}. Returns {"gradients": {updates:
    (blocks,) medians over the seeds}, "curves": {seed: (points,)}, "right": at the end, per seed,
    "kind", "rate"}.
    Raises ValueError for a kind or rate that was not stored.
    """
    if kind not in stored or rate not in stored[kind]:
        raise ValueError(f"kind={kind!r}, rate={rate!r}: stored are {', '.join(stored)}, each at "
                         f"{', '.join(next(iter(stored.values())))}")
    runs = stored[kind][rate]
    return {"gradients": {updates: np.median([run["gradients"][updates] for run in runs], axis=0)
                          for updates in LOOKS},
            "curves": {f"seed {seed}": run["curve"] for seed, run in enumerate(runs)},
            "right": [run["curve"][-1] for run in runs], "kind": kind, "rate": rate}


def draw_training(figure, numbers: dict) -> str:
    """Draw the gradient block by block at three moments, and how much was learned."""
    left, right = plots.panels(figure, 2, width_ratios=(1.25, 1))
    gradients, curves = numbers["gradients"], numbers["curves"]
    blocks = range(1, len(gradients["0"]) + 1)
    plots.draw_curves(left, blocks, {LOOKS[at]: np.clip(values, LOWEST, HIGHEST)
                                     for at, values in gradients.items()},
                      title="Gradient of each block's weights", xlabel="block",
                      ylabel="length, median", yscale="log", ylim=(LOWEST / 2, 2 * HIGHEST))
    updates = EVERY * np.arange(1, 1 + len(next(iter(curves.values()))))
    plots.draw_curves(right, updates, curves, title="Letters copied rightly", xlabel="updates",
                      ylabel="share", ylim=(-0.03, 1.05), level=(1 / LETTERS, "guessing"),
                      yticks={0: "0", 0.5: "0.5", 1: "1"},
                      xticks={int(u): str(int(u)) for u in updates[::2]})
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    right, gradients = numbers["right"], numbers["gradients"]
    shares = ", ".join(f"{share:.0%}" for share in sorted(right))
    learned = sum(share > 0.95 for share in right)
    first = {at: float(values[0]) for at, values in gradients.items()}
    return (f"{numbers['kind'].capitalize()}, rate {numbers['rate']}: {learned} of {len(right)} "
            f"seeds learn to copy ({shares} of the letters right at the end, guessing "
            f"{1 / LETTERS:.0%}). The gradient of the first block is {first['0']:.2g} long before "
            f"training, {first['20']:.2g} after 20 updates and {first['100']:.2g} after 100.")


def gradient_training(stored: Mapping, kind: str = "post-norm", rate: str = "0.005"):
    """Choose norm, warm-up and rate; see what was learned, and with which gradients.

    stored: training.load_results("norms"), see `training_numbers`.
    """
    rates = sorted(next(iter(stored.values())), key=float)
    return core.explore(
        lambda kind, rate: training_numbers(stored, kind, rate), draw_training, size=(10, 3.6),
        kind=core.choice("norm and start", list(stored), value=kind),
        rate=core.steps("rate", rates, value=rate))
