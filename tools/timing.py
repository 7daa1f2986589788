"""How the tables of `make bench` are measured and printed."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from statistics import median


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
    del kept                          # it had to live until here
    return now / 1e6, peak / 1e6


def row(what: str, values: list[float], unit: str, note: str = "") -> None:
    """Print one line: median, smallest, largest."""
    three = [f"{value:,.{0 if value >= 100 else 2}f}"
             for value in (median(values), min(values), max(values))]
    print(f"{what:44}{three[0]:>10}{three[1]:>11}{three[2]:>11} {unit:9} {note}", flush=True)


def compare(calls: dict[str, Callable], rounds: int, work: float = 0, unit: str = "s") -> None:
    """Time calls that take turns; the later ones are set against the first.

    work: how much one call gets done; then the rows are work per second, else seconds.
    """
    turns = [[seconds(call) for call in calls.values()] for _ in range(rounds)]
    for i, what in enumerate(calls):
        taken = [turn[i] for turn in turns]
        ratio = median(turn[i] / turn[0] for turn in turns)
        note = f"takes {ratio:.2f} times as long as the line above" if i else ""
        row(what, [work / t for t in taken] if work else taken, unit, note)
