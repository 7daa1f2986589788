"""Loss against size: a straight line through the small models, and what it promises of a large."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.lines import Line2D

from helpers import plots
from helpers.explorers import core
from helpers.pretraining.scaling import PowerLaw, fit_power_law

OWN, COMMON = "each its own best", "one rate for all"
RATE = 0.005                # of COMMON: of each size the runs at the rate that is nearest to it
FEWEST, ROUNDS, POINTS = 3, 200, 40
TICKS = (1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8)
LEGEND = ("law, fitted", "law, continued", "measured", "held out", "promised", "each seed")


def scaling_numbers(table: Mapping, fitted: int, rates: str = OWN) -> dict:
    """A power law through the `fitted` smallest models, and what it promises of the largest.

    table: as `scaling` stores it, {size: {rate: {seed: {"nats", "numbers"}}}}. rates: the runs at
    each size's own best rate, or at the rates nearest to 0.005. Returns {"sizes": (N,) numbers of
    a model, ascending, "losses": N lists, nats per character of each seed, "rates": (N,), "law",
    "x": (40,) sizes, "line": (40,) the law, "band": (2, 40) of 95 % of the laws that other draws
    of seeds give, "promised", "low", "high", "measured": of the largest, "less": (N,) measured
    minus law, "fitted", "kind": rates}.
    Raises ValueError for another choice of rates, fewer than 3 fitted, and none left to test on.
    """
    if rates not in (OWN, COMMON) or not FEWEST <= fitted < len(table):
        raise ValueError(f"{fitted} of {len(table)} sizes, rates={rates!r}: a law is fitted on "
                         f"{FEWEST} or more, one at least is held out, and rates are {OWN!r} or "
                         f"{COMMON!r}")
    sizes, losses, used = _runs(table, rates)
    means = [float(np.mean(seeds)) for seeds in losses]
    law = fit_power_law(sizes[:fitted], means[:fitted])
    x = np.geomspace(sizes[0], sizes[-1], POINTS)
    drawn = np.array([other.predict(x) for other in _laws(sizes[:fitted], losses[:fitted])])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return {"sizes": sizes, "losses": losses, "rates": used, "law": law, "x": x,
            "line": law.predict(x), "band": np.array([low, high]), "fitted": fitted,
            "promised": law.predict(sizes[-1]), "low": float(low[-1]), "high": float(high[-1]),
            "measured": means[-1], "kind": rates,
            "less": [mean - law.predict(size) for mean, size in zip(means, sizes, strict=True)]}


def _runs(table: Mapping, rates: str) -> tuple[list[int], list[list[float]], list[float]]:
    """(sizes, losses of the seeds, the rate they were trained at), the smallest model first."""
    found = []
    for by_rate in table.values():
        told = {float(rate): [run["nats"] for run in seeds.values()]
                for rate, seeds in by_rate.items()}
        best = (min(told, key=lambda rate: np.mean(told[rate])) if rates == OWN else
                min(told, key=lambda rate: abs(math.log(rate / RATE))))
        numbers = next(iter(next(iter(by_rate.values())).values()))["numbers"]
        found.append((numbers, told[best], best))
    return tuple(map(list, zip(*sorted(found), strict=True)))


def _laws(sizes: Sequence[int], losses: Sequence[Sequence[float]]) -> list[PowerLaw]:
    """The laws if each point is one of its seeds, drawn at random."""
    rng = np.random.default_rng(0)
    return [fit_power_law(sizes, [rng.choice(seeds) for seeds in losses]) for _ in range(ROUNDS)]


def draw_scaling(figure, numbers: dict) -> str:
    """Draw points, law and promise on log axes, and by how much each model misses the law."""
    left, right = plots.panels(figure, 2, width_ratios=(1.35, 1))
    sizes, fitted = numbers["sizes"], numbers["fitted"]
    words = [_short(size) for size in sizes]
    _draw_law(left, numbers, words)
    less = np.array(numbers["less"])
    plots.draw_bars(right, words, less, title="Off the law", xlabel="numbers",
                    ylabel="nats per character", marked=[n >= fitted for n in range(len(sizes))],
                    marked_as="held out", ylim=numbers.get("reach", _reach(less)), shown="{:+.2f}")
    return _in_words(numbers)


def _reach(less: np.ndarray) -> tuple[float, float]:
    most = max(0.1, 1.35 * np.abs(less).max())
    return -most, most


def _draw_law(axes, numbers: dict, words: Sequence[str]) -> None:
    sizes, fitted, losses = numbers["sizes"], numbers["fitted"], numbers["losses"]
    if not plots.keeps(axes, f"law, {len(sizes)} sizes"):
        _make_law(axes)
    means = [np.mean(seeds) for seeds in losses]
    inside = numbers["x"] <= sizes[fitted - 1]
    seeds = [(size, loss) for size, some in zip(sizes, losses, strict=True) for loss in some]
    places = (
        (numbers["x"][inside], numbers["line"][inside]),
        (numbers["x"][~inside], numbers["line"][~inside]),
        (sizes[:fitted], means[:fitted]), (sizes[fitted:], means[fitted:]),
        (sizes[-1:], [numbers["promised"]]), zip(*seeds, strict=True),
        (sizes[-1:] * 2, (numbers["low"], numbers["high"])))
    for line, data in zip(axes.lines, places, strict=True):
        line.set_data(*data)
    axes.collections[0].set_data(numbers["x"], *numbers["band"])
    low, high = numbers.get("limits", _limits(numbers))
    plots.update(axes, xlim=(sizes[0] / 1.4, sizes[-1] * 1.4), ylim=(low, high))
    plots.mark_ticks(axes.xaxis, sizes, words)
    ticks = [tick for tick in TICKS if low <= tick <= high]
    plots.mark_ticks(axes.yaxis, ticks, [f"{tick:.1f}" for tick in ticks])
    plots.name(axes, title="Loss against size", xlabel="numbers of a model, log scale",
               ylabel="nats per character")


def _limits(numbers: dict) -> tuple[float, float]:
    """A little outside of all that is drawn."""
    values = [*numbers["band"].ravel(), *(loss for some in numbers["losses"] for loss in some)]
    return min(values) / 1.02, max(values) * 1.02


def _make_law(axes) -> None:
    """The band, the law inside and beyond, means, held out, the promise; seeds, its interval."""
    axes.set(xscale="log", yscale="log")
    axes.grid(color=plots.GRID)
    plots.room(axes, left=0.85, right=1.9)
    axes.fill_between([1], [1], [1], color=plots.BLUE, alpha=0.18, linewidth=0, animated=True)
    ink, blue, orange = plots.INK, plots.BLUE, plots.ORANGE
    looks = ({"color": blue}, {"color": blue, "linestyle": "--"},
             {"color": ink, "marker": "o", "linestyle": "none"},
             {"color": ink, "marker": "o", "linestyle": "none", "markerfacecolor": "white"},
             {"color": orange, "marker": "D", "linestyle": "none"},
             {"color": ink, "marker": "_", "linestyle": "none", "markersize": 9},
             {"color": orange})
    for look in looks:
        axes.plot([1], [1], linewidth=2.2, animated=True, **{"markersize": 7.5, **look})
    plots.legend(axes, [Line2D([], [], linewidth=2.2, label=label, **{"markersize": 7.5, **look})
                        for look, label in zip(looks, LEGEND, strict=False)],
                 loc="center left", bbox_to_anchor=(1.02, 0.5), labelspacing=0.9)


def _short(size: int) -> str:
    return f"{size / 1e6:.1f}M" if size >= 1e6 else f"{size / 1e3:.0f}k"


def _in_words(numbers: dict) -> str:
    law, used, off = numbers["law"], numbers["rates"], numbers["measured"] - numbers["promised"]
    how = (f"each at its own best rate ({min(used):g} to {max(used):g})"
           if numbers["kind"] == OWN else
           f"all at nearly one rate ({min(used):g} to {max(used):g})")
    inside = numbers["low"] <= numbers["measured"] <= numbers["high"]
    end = ("inside the interval" if inside else
           "worse than promised" if off > 0 else "better than promised")
    return (f"Fitted on the {numbers['fitted']} smallest, {how}: exponent "
            f"{law.exponent:.3f}, R² {law.r2:.3f}. Promised for {numbers['sizes'][-1]:,} numbers: "
            f"{numbers['promised']:.3f} nats per character (95 % of other seeds' laws: "
            f"{numbers['low']:.3f} to {numbers['high']:.3f}). Measured: "
            f"{numbers['measured']:.3f}, off by {off:+.3f}, {end}.").replace(
                "exponent -", "exponent −").replace("by -", "by −")


def scaling_plot(table: Mapping, fitted: int | None = None, rates: str = OWN):
    """Choose how many small models the law is fitted on, and the rates; see what it promises.

    table: training.load_results("scaling"). fitted: all but the largest if not given.
    Raises ValueError for a table of fewer than four sizes.
    """
    if len(table) <= FEWEST:
        raise ValueError(f"{len(table)} sizes are stored: a law needs {FEWEST}, and one to test it")
    most = len(table) - 1
    known = {(n, kind): scaling_numbers(table, n, kind)
             for n in range(FEWEST, most + 1) for kind in (OWN, COMMON)}
    every = [_limits(numbers) for numbers in known.values()]
    fixed = {"limits": (min(low for low, _ in every), max(high for _, high in every)),
             "reach": _reach(np.array([numbers["less"] for numbers in known.values()]))}
    return core.explore(
        lambda fitted, rates: {**known[fitted, rates], **fixed}, draw_scaling, size=(10, 3.7),
        fitted=core.slider("sizes the law is fitted on", FEWEST, most,
                           value=most if fitted is None else fitted),
        rates=core.choice("learning rates", [OWN, COMMON], value=rates))
