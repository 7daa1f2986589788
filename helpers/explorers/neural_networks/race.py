"""A race of optimisers in a valley that one can look at: whose way leads down, at which rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from helpers import neural_networks as networks
from helpers import plots
from helpers.explorers import core

STEPS, DECAY, EVERY = 100, 0.1, 10  # decay: of AdamW; steps between two markers
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
BEST = "each at its best"
OUT = 100.0                         # times as high as at the start: gone
LOWEST, HIGHEST = 1e-8, 1e4         # ends of the axis of heights
GREYS = [str(grey) for grey in np.linspace(0.78, 1.0, 9)]      # from the floor upwards


@dataclass(frozen=True)
class Valley:
    """A height over a plane of two weights. `height` and `slope` take w (..., 2)."""

    height: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    floors: tuple[tuple[float, float], ...]     # where the height is 0, the least
    across: tuple[float, float]                 # what the picture shows
    up: tuple[float, float]


def bowl(steep: float) -> Valley:
    """((a - 1) ** 2 + steep (b - 1) ** 2) / 2: along b it is so many times as steep."""
    much = np.array([1.0, steep])
    return Valley(lambda w: (much * (w - 1) ** 2).sum(axis=-1) / 2, lambda w: much * (w - 1),
                  start=(-3.0, 2.0), floors=((1.0, 1.0),), across=(-4.0, 3.0), up=(-0.6, 2.6))


def _bent(w: np.ndarray) -> np.ndarray:
    """(1 - a) ** 2 + 10 (b - a ** 2) ** 2: Rosenbrock's valley, with 10 for his 100."""
    a, b = w[..., 0], w[..., 1]
    return (1 - a) ** 2 + 10 * (b - a ** 2) ** 2


def _bent_slope(w: np.ndarray) -> np.ndarray:
    a, b = w[..., 0], w[..., 1]
    return np.stack([2 * (a - 1) - 40 * a * (b - a ** 2), 20 * (b - a ** 2)], axis=-1)


def _saddle(w: np.ndarray) -> np.ndarray:
    """(a ** 2 + (b ** 2 - 1) ** 2 / 2) / 2: level at (0, 0), down to b = 1 and b = -1."""
    a, b = w[..., 0], w[..., 1]
    return (a ** 2 + (b ** 2 - 1) ** 2 / 2) / 2


def _saddle_slope(w: np.ndarray) -> np.ndarray:
    a, b = w[..., 0], w[..., 1]
    return np.stack([a, b * (b ** 2 - 1)], axis=-1)


VALLEYS = {
    "round": bowl(1.0), "narrow": bowl(30.0),
    "curved": Valley(_bent, _bent_slope, start=(-1.2, 1.8), floors=((1.0, 1.0),),
                     across=(-2.0, 2.0), up=(-0.8, 2.6)),
    "saddle": Valley(_saddle, _saddle_slope, start=(-2.0, 0.01), floors=((0.0, 1.0), (0.0, -1.0)),
                     across=(-2.6, 2.0), up=(-1.8, 1.8))}


def walk(rule: str, slope: Callable, start: tuple, *, rate: float, steps: int = STEPS
         ) -> np.ndarray:
    """The way of one of networks.RULES down a slope: (steps + 1, 2), the start first.

    AdamW with a decay of 0.1. Where numbers become too large the way goes on with NaN or inf.
    """
    how = {"decay": DECAY} if rule == "AdamW" else {}
    way, memory = [np.array(start, dtype=float)], None
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            w, memory = networks.RULES[rule](way[-1], slope(way[-1]), memory, rate=rate, **how)
            way.append(w)
    return np.array(way)


@lru_cache(maxsize=64)
def _ways(valley: str, rate: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Way and height of each rule; from where it is gone, the height is inf."""
    place, found = VALLEYS[valley], {}
    for rule in networks.RULES:
        way = walk(rule, place.slope, place.start, rate=rate)
        with np.errstate(over="ignore", invalid="ignore"):
            heights = place.height(way)
        gone = ~(heights < OUT * place.height(np.array(place.start)))
        found[rule] = way, np.where(np.logical_or.accumulate(gone), np.inf, heights)
    return found


def race_numbers(valley: str = "narrow", rate: float | str = 0.03, step: int = 60) -> dict:
    """Where SGD, momentum, Adam and AdamW are after `step` steps from the same start.

    valley: "round", "narrow" (30 times as steep across), "curved" (Rosenbrock) or "saddle", all
    0 high at the lowest. rate: one of RATES for all, or "each at its best": for each rule that of
    them after which it is lowest at this step. Returns {"ways": {rule: (101, 2)}, "heights":
    {rule: (101,), inf from where it is 100 times as high as the start}, "rates": {rule: rate},
    "lowest": rule or None if all are gone, "gone": {rule: its first step out}, and the settings}.
    Raises ValueError for a valley, rate or step that there is not.
    """
    if valley not in VALLEYS or rate not in (*RATES, BEST) or not 0 <= step <= STEPS:
        raise ValueError(f"valley={valley!r}, rate={rate!r}, step={step}: valleys are "
                         f"{', '.join(VALLEYS)}, rates {', '.join(map(str, RATES))} or {BEST!r}, "
                         f"steps 0 to {STEPS}")
    rates = {rule: rate if rate != BEST else min(
        RATES, key=lambda each: _ways(valley, each)[rule][1][step]) for rule in networks.RULES}
    found = {rule: _ways(valley, each)[rule] for rule, each in rates.items()}
    heights = {rule: height for rule, (_, height) in found.items()}
    gone = {rule: int(np.isinf(height).argmax()) for rule, height in heights.items()
            if np.isinf(height[step])}
    lowest = min(heights, key=lambda rule: heights[rule][step])
    return {"ways": {rule: way for rule, (way, _) in found.items()}, "heights": heights,
            "rates": rates, "lowest": None if lowest in gone else lowest, "gone": gone,
            "valley": valley, "rate": rate, "step": step}


def draw_race(figure, numbers: dict) -> str:
    """Draw the ways over the valley's lines of height, and the heights by step; say who leads."""
    left, right = plots.panels(figure, 2, width_ratios=(1, 1.05))
    place, step = VALLEYS[numbers["valley"]], numbers["step"]
    if not plots.keeps(left, numbers["valley"]):
        _make_valley(left, place)
    for number, (rule, way) in enumerate(numbers["ways"].items()):
        shown = np.isfinite(numbers["heights"][rule][:step + 1])
        way = way[:step + 1][shown]
        path, end = left.lines[2 * number:2 * number + 2]
        path.set_data(*way.T)
        end.set_data(*way[-1:].T)
        end.set_visible(bool(shown[-1]))
    curves = {rule: np.where(np.arange(STEPS + 1) <= step, np.clip(
        height, LOWEST, HIGHEST), np.nan) for rule, height in numbers["heights"].items()}
    marks = {10.0 ** k: plots.log_word(10.0 ** k) for k in range(-6, 4, 2)}
    for line in plots.draw_curves(
            right, range(STEPS + 1), curves, title="Height above the floor", xlabel="steps",
            ylabel="height", yscale="log", yticks=marks | {LOWEST: "less", HIGHEST: "more"},
            ylim=(LOWEST / 3, 3 * HIGHEST), xticks={n: str(n) for n in range(0, STEPS + 1, 25)}):
        line.set_markevery(EVERY)
    return _in_words(numbers)


def _make_valley(axes, place: Valley) -> None:
    """Lines of height, start and floors, which rest; for each rule a way and its end."""
    plots.room(axes, left=0.85, right=0.15)
    plots.update(axes, xlim=place.across, ylim=place.up)
    plane = np.stack(np.meshgrid(np.linspace(*place.across, 81), np.linspace(*place.up, 81)),
                     axis=-1)                                                   # (81, 81, 2)
    heights = place.height(plane)
    levels = np.linspace(0, 1, len(GREYS) + 1) ** 3 * 1.01 * heights.max()
    axes.contourf(*np.moveaxis(plane, -1, 0), heights, levels, colors=GREYS)
    axes.contour(*np.moveaxis(plane, -1, 0), heights, levels[1:-1], colors="#8a8a8a",
                 linewidths=0.6)
    look = {"linewidth": 2.2, "animated": True}
    for style in plots.LINES:
        axes.plot([], [], **look, **{**style, "marker": "", "zorder": 3})
        axes.plot([], [], **look, **style, markersize=9, markeredgecolor="white", zorder=4)
    for (a, b), word in [(place.start, "start"), *((floor, "floor") for floor in place.floors)]:
        axes.plot(a, b, "+", color=plots.INK, markersize=12, markeredgewidth=2)
        axes.annotate(word, (a, b), (0, 8) if word == "start" else (8, -16), color=plots.INK,
                      textcoords="offset points", fontsize=plots.SMALL)
    plots.name(axes, title="The ways from above: dark is low", xlabel="weight a",
               ylabel="weight b")


def _in_words(numbers: dict) -> str:
    step, heights = numbers["step"], numbers["heights"]
    start = VALLEYS[numbers["valley"]].height(np.array(VALLEYS[numbers["valley"]].start))
    at = f"each at its best of {len(RATES)} rates" if numbers["rate"] == BEST else (
        f"rate {numbers['rate']:g}")
    valley = {"narrow": "narrow valley, 1:30", "saddle": "saddle"}.get(
        numbers["valley"], f"{numbers['valley']} valley")
    if not step:
        return f"{valley.capitalize()}, {at}: all four start {start:.3g} above the floor."
    order = sorted((rule for rule in heights if rule not in numbers["gone"]),
                   key=lambda rule: heights[rule][step])
    rate = {rule: f" (rate {each:g})" if numbers["rate"] == BEST else ""
            for rule, each in numbers["rates"].items()}
    words = f"{valley.capitalize()}, {at}, after {step} {'step' if step == 1 else 'steps'}: "
    if order:
        others = ", ".join(f"{rule}{rate[rule]} {_high(heights[rule][step])}"
                           for rule in order[1:])
        words += (f"{order[0]}{rate[order[0]]} is lowest, {_high(heights[order[0]][step])} above "
                  f"the floor{'; ' if others else ''}{others}.")
    flown = [f"{rule} at step {first}" for rule, first in numbers["gone"].items()]
    words += f" Flown out: {', '.join(flown)}." if flown else " Nobody has flown out."
    return (words + f" All began {start:.3g} above it. AdamW is drawn towards (0, 0) as well: "
            f"decay {DECAY:g}.")


def _high(height: float) -> str:
    if height < 1e-12:
        return "less than 10⁻¹²"
    return f"{height:.2g}" if height >= 0.001 else plots.log_word(float(f"{height:.0e}"))


def optimiser_race(valley: str = "narrow", rate: float | str = 0.03, step: int = 60):
    """Choose a valley and a rate, move the steps; see who is nearest the floor and who flew out."""
    return core.explore(
        race_numbers, draw_race, size=(10, 3.6),
        valley=core.choice("valley", [("narrow, 30 times as steep across", "narrow"), "round",
                                      ("curved (Rosenbrock)", "curved"), "saddle"], value=valley),
        step=core.slider("steps", 0, STEPS, value=step),
        rate=core.steps("rate", [*((f"{each:g}", each) for each in RATES), BEST], value=rate))
