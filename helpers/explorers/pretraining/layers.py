"""Which layer knows what: a line over each layer's frozen rows, and what it is held against."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from helpers import plots
from helpers.explorers import core
from helpers.pretraining import tasks

TRAINED, UNTRAINED, SHUFFLED, HEART = CURVES = (
    "trained", "untrained", "shuffled labels", "shuffled, by heart")
FROM = {TRAINED: (TRAINED, "layers"), UNTRAINED: (UNTRAINED, "layers"),
        SHUFFLED: (TRAINED, "shuffled"), HEART: (TRAINED, "by heart")}      # kind, field
LIMITS = (0.25, 1.03)
SHARES = {share: f"{share:.0%}" for share in (0.4, 0.6, 0.8, 1.0)}


def layers_numbers(table: Mapping, task: str, cells: str = TRAINED) -> dict:
    """What a line reads off each layer of the masked model, and off what it is held against.

    table: as `layers` stores it, {task: {"trained", "untrained": {seed: {"layers", "shuffled",
    "by heart": a share per layer, "majority", "labels"}}}}. Returns {"curves": {name: (L,) means
    over the seeds, NaN where none is stored}, "bands": {name: (2, L) lowest and highest seed},
    "majority", "labels", "task", "cells", "all": (tasks, L) the means of `cells` for "tasks"}.
    Raises ValueError for a task or a curve that is not there.
    """
    known = tasks_in(table)
    if task not in known or cells not in CURVES:
        raise ValueError(f"task={task!r}, cells={cells!r}: stored are {', '.join(known)}; cells "
                         f"can be {', '.join(CURVES)}")
    seeds = {name: _seeds(table, task, name) for name in CURVES}
    first = next(iter(table[task][TRAINED].values()))
    return {"curves": {name: some.mean(axis=0) for name, some in seeds.items()},
            "bands": {name: np.array([some.min(axis=0), some.max(axis=0)])
                      for name, some in seeds.items()},
            "majority": first["majority"], "labels": first["labels"], "task": task,
            "cells": cells, "tasks": known,
            "all": np.array([_seeds(table, name, cells).mean(axis=0) for name in known])}


def tasks_in(table: Mapping) -> list[str]:
    """The tasks that a stored table has figures of, those of `tasks` first."""
    names = dict.fromkeys([*(name for name in tasks.NAMES if name in table), *table])
    return [name for name in names if table[name].get(TRAINED)]


def _seeds(table: Mapping, task: str, name: str) -> np.ndarray:
    """(seeds, L); one row of NaN while nothing is stored."""
    kind, field = FROM[name]
    found = [told[field] for told in table[task].get(kind, {}).values()]
    depth = len(next(iter(table[task][TRAINED].values()))["layers"])
    return np.array(found or [[math.nan] * depth])


def draw_layers_known(figure, numbers: dict) -> str:
    """Draw the task layer by layer with its controls, and all tasks as a table; say the best."""
    left, right = plots.panels(figure, 2, width_ratios=(1.35, 1))
    curves, depth = numbers["curves"], len(numbers["curves"][TRAINED])
    plots.draw_curves(
        left, range(depth), curves, title="What a line reads, layer by layer",
        xlabel="layers passed", ylabel="share right", ylim=LIMITS, yticks=SHARES,
        xticks={n: str(n) for n in range(depth)}, level=(numbers["majority"], "majority"))
    plots.draw_bands(left, np.arange(depth), list(numbers["bands"].values()))
    plots.draw_table(right, numbers["all"], numbers["tasks"], list(map(str, range(depth))),
                     title=f"All tasks: {numbers['cells']}", xlabel="layers passed", ylabel="",
                     limits=(0.3, 1.0))
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    trained, untrained, lost, _ = numbers["curves"].values()
    best, table = int(np.argmax(trained)), numbers["all"]
    steps = ", ".join(f"{share:.1%} {'before any layer' if n == 0 else f'after {n}'}"
                      for n, share in enumerate(trained))
    words = (f"“{numbers['task']}”, {numbers['labels']} labels: a line over the trained rows is "
             f"right on {steps}. Majority {numbers['majority']:.1%}, labels shuffled "
             f"{lost.max():.1%} at best")
    if np.isfinite(untrained).all():
        words += f", untrained {untrained.max():.1%}"
    where = "before any layer" if best == 0 else f"after layer {best}"
    words += (f". Best read {where}." if trained[best] - numbers["majority"] >= 0.02 else
              ". No layer tells more than the majority.")
    if np.isfinite(table).any():
        words += (f" In the table: {numbers['cells']}, {np.nanmin(table):.0%} to "
                  f"{np.nanmax(table):.0%}.")
    return words


def layers_plot(table: Mapping, task: str = "word class", cells: str = TRAINED):
    """Choose a task and what the table shows; see which layer a line reads it from.

    table: training.load_results("layers").
    """
    return core.explore(
        lambda **how: layers_numbers(table, **how), draw_layers_known, size=(10, 3.5),
        task=core.choice("task", tasks_in(table), value=task),
        cells=core.choice("the table shows", list(CURVES), value=cells))
