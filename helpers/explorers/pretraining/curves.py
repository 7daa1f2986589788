"""What text without labels is worth: shares right against the number of labels, way by way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from helpers import plots
from helpers.explorers import core
from helpers.pretraining import label_curves as stored
from helpers.pretraining import tasks

OURS, FROZEN, SCRATCH = WAYS = ("fine-tuned", "frozen", "from scratch")
REFERENCES = tuple(way for way in stored.WAYS if way not in WAYS)
CLASSES = {"word class": 2, "library": 3, "senses": 2, "reviews": 2}
SHOWN = {"untrained, frozen": "untrained, frozen", "static": "static vectors"}
LABELS, LIMITS = stored.LABELS, (0.28, 1.0)
SHARES = {share: f"{share:.0%}" for share in (0.4, 0.6, 0.8, 1.0)}


def task_points(table: Mapping, task: str) -> dict:
    """All that is measured of a task, with intervals, which take a moment.

    table: as `label_curves` stores it. Returns {"points": {way: (4, 3) mean, low, high at 16 to
    1,024 labels, NaN for a cell that is not there}, "gains": (4, 3) the same of fine-tuned over
    from scratch}. Raises ValueError for a task that is not in the table.
    """
    if task not in table:
        raise ValueError(f"task={task!r}: stored are {', '.join(table)}")
    missing, points = (math.nan,) * 3, {}
    for way in {**dict.fromkeys(WAYS), **table[task]}:
        told = stored.curve(table, task, way) if way in table[task] else []
        found = {labels: values for labels, *values in told}
        points[way] = np.array([found.get(labels, missing) for labels in LABELS])
    both = np.isfinite(points[OURS] + points[SCRATCH]).all(axis=1)
    return {"points": points, "gains": np.array([
        stored.gain(table, task, labels, OURS, SCRATCH) if there else missing
        for labels, there in zip(LABELS, both, strict=True)])}


def curve_numbers(measured: Mapping, task: str, labels: int, reference: str) -> dict:
    """Shares right of one task at 16 to 1,024 labels, and what pretraining gains at `labels`.

    measured: its `task_points`. Returns {"curves": {way: (4,) means} of fine-tuned, frozen, from
    scratch and the reference, "bands": {way: (2, 4)}, "ways": {way: (mean, low, high)} of all ways
    at `labels`, "gain": (mean, low, high) of fine-tuned over scratch, NaN while one is missing,
    "needed": labels from scratch for as much as fine-tuned (inf: more than were tried; NaN: not
    measured), "task", "labels", "reference", "guessing": the share of who guesses the class}.
    Raises ValueError for another number of labels and a reference that was not tried.
    """
    points = measured["points"]
    if labels not in LABELS:
        raise ValueError(f"{labels} labels: tried were {', '.join(map(str, LABELS))}")
    if reference not in points:
        raise ValueError(f"{reference!r} was not tried on “{task}”: choose "
                         f"{' or '.join(way for way in REFERENCES if way in points)}")
    at, drawn = LABELS.index(labels), (*WAYS, reference)
    return {"curves": {way: points[way][:, 0] for way in drawn},
            "bands": {way: points[way][:, 1:].T for way in drawn},
            "ways": {way: tuple(points[way][at]) for way in stored.WAYS if way in points},
            "gain": tuple(measured["gains"][at]), "task": task, "labels": labels,
            "needed": labels_needed(points[SCRATCH][:, 0], float(points[OURS][at, 0])),
            "reference": reference, "guessing": 1 / CLASSES[task]}


def labels_needed(curve: Sequence[float], share: float) -> float:
    """How many labels a curve over 16, 64, 256, 1,024 labels needs for a share right.

    Between two points the share grows evenly with the logarithm. Returns 16 where fewer may do,
    inf where more than 1,024 are needed, NaN while a point that decides is missing.
    """
    if math.isnan(share):
        return math.nan
    for before, (labels, value) in enumerate(zip(LABELS, curve, strict=True), start=-1):
        if math.isnan(value):
            return math.nan
        if value >= share:
            if before < 0:
                return float(labels)
            part = (share - curve[before]) / (value - curve[before])
            return LABELS[before] * (labels / LABELS[before]) ** part
    return math.inf


def draw_label_curves(figure, numbers: dict) -> str:
    """Draw the four curves with their bands, and all ways at one number of labels; say the gain."""
    left, right = plots.panels(figure, 2, width_ratios=(1.25, 1))
    curves, task = numbers["curves"], numbers["task"]
    plots.draw_curves(
        left, LABELS, {_short(way): values for way, values in curves.items()},
        title=f"Right of “{task}”", xlabel="labels", ylabel="share right", xscale="log",
        ylim=LIMITS, xticks={n: f"{n:,}" for n in LABELS}, yticks=SHARES,
        level=(numbers["guessing"], "guessing"))
    plots.draw_bands(left, LABELS, list(numbers["bands"].values()))
    if left.lines[-1].get_gid() != "labels":
        left.axvline(16, color=plots.INK, linewidth=1.4, animated=True, gid="labels")
    left.lines[-1].set_xdata([numbers["labels"]] * 2)
    _draw_ways(right, numbers)
    return _in_words(numbers)


def _draw_ways(axes, numbers: dict) -> None:
    ways, order = numbers["ways"], list(numbers["curves"])
    names = [way for way in (*WAYS, *REFERENCES) if way in ways]
    told = np.array([ways[way] for way in names])
    plots.draw_dots(
        axes, [_short(way) for way in names], told[:, 0], intervals=told[:, 1:], xlim=LIMITS,
        title="All ways, at this line", xlabel="share right", xticks=SHARES,
        kinds=[way if way in order else "" for way in names], order=order,
        hollow=[way not in order for way in names],
        notes=["–" if math.isnan(share) else f"{share:.0%}" for share in told[:, 0]])


def _short(way: str) -> str:
    return SHOWN.get(way, way)


def _in_words(numbers: dict) -> str:
    ways, labels, reference = numbers["ways"], numbers["labels"], numbers["reference"]
    ours, scratch, other = (ways.get(way, (math.nan,))[0] for way in (OURS, SCRATCH, reference))
    start = f"“{numbers['task']}”, {labels:,} labels: "
    name = _short(reference)
    beside = "" if math.isnan(other) else f" {name[0].upper()}{name[1:]}: {other:.1%}."
    if math.isnan(numbers["gain"][0]):
        missing = " and ".join(way for way, share in ((OURS, ours), (SCRATCH, scratch))
                               if math.isnan(share))
        return f"{start}{missing} not measured.{beside}"
    gain, low, high = (f"{100 * value:.1f}".replace("-", "−") for value in numbers["gain"])
    return (f"{start}fine-tuned {ours:.1%} right, from scratch {scratch:.1%}, a gain of {gain} "
            f"points (95 % interval {low} to {high}). {_needed(numbers['needed'])}{beside}")


def _needed(needed: float) -> str:
    if math.isnan(needed):
        return "How many labels it is worth is not measured."
    if math.isinf(needed):
        return "From scratch as much would need more than 1,024 labels."
    if needed <= LABELS[0]:
        return "From scratch 16 labels do as much."
    about = float(f"{needed:.2g}")
    return f"From scratch as much would need about {about:,.0f} labels."


def label_curves(table: Mapping, task: str = "word class", labels: int = 64,
                 reference: str = "bag of words"):
    """Set the number of labels, choose task and reference; see what reading first was worth.

    table: training.load_results("label_curves"); what it does not hold yet is not drawn.
    """
    known = [name for name in tasks.NAMES if name in table]
    others = [way for way in REFERENCES if any(way in table[name] for name in known)]
    measured = lru_cache(lambda task: task_points(table, task))
    return core.explore(
        lambda task, **how: curve_numbers(measured(task), task, **how), draw_label_curves,
        labels=core.steps("labels", [(f"{n:,}", n) for n in LABELS], value=labels),
        task=core.choice("task", known, value=task),
        reference=core.choice("beside them", [(_short(way), way) for way in others],
                              value=reference))


def label_curves_figure(table: Mapping, task: str = "word class", labels: int = 64,
                        reference: str = "bag of words"):
    """The same as a picture that stays: (figure, sentence)."""
    figure = plots.blank()
    numbers = curve_numbers(task_points(table, task), task, labels, reference)
    return figure, draw_label_curves(figure, numbers)
