"""Window and negatives of skip-gram, on runs made beforehand: neighbours, and pairs found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Rectangle

from helpers import metrics, plots
from helpers.explorers import core

KEYS = {"window", "negatives", "pairs", "neighbours"}       # of a record
PAIRS = 30                      # pairs of words that every run is asked for


def knobs_numbers(rows: Sequence[dict], word: str, window: int, negatives: int,
                  of: int = PAIRS) -> dict:
    """One run's neighbours of a word, and the pairs that each run of the grid found.

    rows: a record a run, {"window", "negatives": int, "pairs": how many of the `of` pairs were
    found, "neighbours": {word: [[neighbour, cosine], ...], nearest first}}. Returns {"names",
    "cosines": (k,), "grid": (windows, negatives) pairs found, NaN where there is no run,
    "windows", "negatives_of": the settings of its rows and columns, "found": of this run,
    "interval": (low, high) 95 % of the share found, and the settings}.
    Raises ValueError for records that lack something or come twice, and for a setting or a word
    that was not stored.
    """
    runs = _runs(rows, of)
    windows, negatives_of = (sorted(set(side)) for side in zip(*runs, strict=True))
    if (window, negatives) not in runs:
        raise ValueError(f"no run with window {window} and {_negatives(negatives)} is stored; "
                         f"there are {', '.join(f'{w} and {n}' for w, n in sorted(runs))}")
    run = runs[window, negatives]
    if word not in run["neighbours"]:
        raise ValueError(f"no neighbours of “{word}” are stored for window {window} and "
                         f"{_negatives(negatives)}; there are {', '.join(run['neighbours'])}")
    near = run["neighbours"][word]
    grid = np.array([[runs[w, n]["pairs"] if (w, n) in runs else np.nan for n in negatives_of]
                     for w in windows])
    _, *interval = metrics.share_with_interval(run["pairs"], of)
    return {"names": [name for name, _ in near], "cosines": np.array([c for _, c in near]),
            "grid": grid, "windows": windows, "negatives_of": negatives_of, "found": run["pairs"],
            "interval": tuple(interval), "of": of, "word": word, "window": window,
            "negatives": negatives}


def _runs(rows: Sequence[dict], of: int) -> dict[tuple[int, int], dict]:
    """The records by (window, negatives)."""
    for number, row in enumerate(rows):
        if lacking := KEYS - set(row):
            raise ValueError(f"record {number} has no {', '.join(sorted(lacking))}: each needs "
                             f"{', '.join(sorted(KEYS))}")
        if not 0 <= row["pairs"] <= of:
            raise ValueError(f"record {number} found {row['pairs']} of {of} pairs: 0 to {of}")
    runs = {(row["window"], row["negatives"]): row for row in rows}
    if not runs or len(runs) < len(rows):
        raise ValueError(f"{len(rows)} records with {len(runs)} different settings: give one for "
                         "each window and number of negatives")
    return runs


def _negatives(number: int) -> str:
    return f"{number} negative{'s' * (number != 1)}"


def draw_knobs(figure, numbers: dict) -> str:
    """Draw the neighbours as bars, and the grid of pairs found with this setting framed."""
    left, right = plots.panels(figure, 2, width_ratios=(1.2, 1))
    _draw_neighbours(left, numbers)
    windows, negatives_of = numbers["windows"], numbers["negatives_of"]
    plots.draw_table(right, numbers["grid"], list(map(str, windows)), list(map(str, negatives_of)),
                     title=f"Pairs found, of {numbers['of']}", xlabel="negatives",
                     ylabel="window", shown="{:.0f}", limits=(0, numbers["of"]),
                     blocked_as="no run")
    if right.patches[-1].get_gid() != "chosen":
        for color, wide in (("white", 6.5), (plots.ORANGE, 3.5)):
            right.add_patch(Rectangle((0, 0), 1, 1, fill=False, edgecolor=color, linewidth=wide,
                                      animated=True, clip_on=False, gid="chosen"))
    for frame in right.patches[-2:]:
        frame.set_xy((negatives_of.index(numbers["negatives"]) - 0.5,
                      windows.index(numbers["window"]) - 0.5))
    return _in_words(numbers)


def _draw_neighbours(axes, numbers: dict) -> None:
    names, cosines = numbers["names"], numbers["cosines"]
    count = len(names)
    if not plots.keeps(axes, f"{count} neighbours"):
        plots.room(axes, left=1.4, right=0.5)
        axes.grid(axis="x", color=plots.GRID)
        axes.barh(range(count), [0] * count, height=0.6, animated=True, **plots.SOLID)
        for place in range(2 * count):
            axes.text(0, place % count, "", va="center_baseline", fontsize=plots.SMALL,
                      ha="left" if place < count else "right", color=plots.INK,
                      fontfamily=plots.FONTS, animated=True)
        axes.set(xlim=(0, 1), ylim=(count - 0.4, -0.6))
        plots.mark_ticks(axes.xaxis, [0, 0.5, 1], ["0", "0.5", "1"])
        plots.mark_ticks(axes.yaxis, [], [])
        axes.spines["left"].set_animated(True)
    plots.name(axes, title=f"Nearest to “{numbers['word']}”", xlabel="cosine")
    for bar, value in zip(axes.containers[0], cosines, strict=True):
        bar.set_width(value)
    for text, value in zip(axes.texts[:count], cosines, strict=True):
        text.set(x=max(value, 0) + 0.01, text=f"{value:.2f}".replace("-", "−"))
    for text, name in zip(axes.texts[count:], names, strict=True):
        text.set(x=-0.015, text=plots.plain(name, 15))


def _in_words(numbers: dict) -> str:
    near = ", ".join(f"“{name}” {value:.2f}".replace("-", "−") for name, value in zip(
        numbers["names"], numbers["cosines"], strict=True))
    grid, (low, high) = numbers["grid"], numbers["interval"]
    least, most = (int(end(grid)) for end in (np.nanmin, np.nanmax))
    return (f"Window {numbers['window']}, {_negatives(numbers['negatives'])}. Nearest to "
            f"“{numbers['word']}”: {near}. {numbers['found']} of {numbers['of']} pairs found "
            f"(95% interval {low:.0%} to {high:.0%}); over the grid {least} to {most}."
            f"{plots.note(*numbers['names'])}")


def knobs(rows: Sequence[dict], word: str | None = None, *, window: int = 5, negatives: int = 5,
          of: int = PAIRS):
    """Choose a word, a window and a number of negatives; see neighbours, and how much is found.

    rows: a record a run, as `knobs_numbers` takes them. word: the first that is stored if None.
    """
    first = knobs_numbers(rows, word or next(iter(rows[0]["neighbours"])), window, negatives, of)
    return core.explore(
        lambda **moved: knobs_numbers(rows, **moved, of=of), draw_knobs, size=(10, 3.4),
        word=core.choice("word", list(rows[0]["neighbours"]), value=first["word"]),
        window=core.steps("window", first["windows"], value=window),
        negatives=core.steps("negatives", first["negatives_of"], value=negatives))
