"""Curves over the same x, told apart by colour, dash and marker."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.lines import Line2D

from helpers.plots.letters import TICK, folded, short, width
from helpers.plots.style import GRID, INK, LINES, keeps, legend, mark_ticks, name, room, update

MANY = 30           # points of a curve, from which on not each gets a marker
FOLD = 20           # letters of a curve's name in a line


def draw_curves(
    axes, x: Sequence[float], curves: Mapping[str, Sequence[float]], *, title: str,
    xlabel: str, ylabel: str, xscale: str = "linear", yscale: str = "linear",
    ylim: tuple[float, float] | None = None, level: tuple[float, str] | None = None,
    xticks: Mapping[float, str] | None = None, yticks: Mapping[float, str] | None = None,
    named: bool = True,
):
    """At most four lines over the same x, their names at the right. Returns the lines.

    level: value and name of a dotted line. xticks, yticks: places and their words. named: False
    where another panel names the same curves.
    Raises ValueError for more lines, and for a curve that is not as long as x.
    """
    if len(curves) > len(LINES):
        raise ValueError(f"{len(curves)} curves in one picture; at most {len(LINES)} are readable")
    if wrong := [name for name, y in curves.items() if len(y) != len(x)]:
        raise ValueError(f"curve {wrong[0]!r} has {len(curves[wrong[0]])} values for {len(x)} "
                         "places on the x axis")
    names = [*curves, *([level[1]] if level and level[1] else [])]
    if not keeps(axes, f"{len(x)} places, curves {names}, {level and level[1]}"):
        _make_curves(axes, list(curves), level, named)
    if (axes.get_xscale(), axes.get_yscale()) != (xscale, yscale):
        axes.set(xscale=xscale, yscale=yscale)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_gid(None)                      # a new scale has new ticks
    for line, y in zip(axes.lines, curves.values(), strict=False):
        line.set_data(x, np.asarray(y, dtype=float))
        line.set_markevery(max(1, len(x) // MANY))
    if level:
        axes.lines[len(curves)].set_ydata([level[0]] * 2)
    values = np.concatenate([[*y] for y in curves.values()] + [[level[0]] if level else []])
    update(axes, xlim=_around(x, xscale), ylim=ylim or _around(values, yscale))
    _scale_words(axes, x, xscale, yscale, xticks, yticks)
    pieces = [piece for label in names for piece in folded(label, FOLD).split("\n")]
    marks = [short(word, TICK) for word in (yticks or {}).values()]
    room(axes, left=0.75 + max([0.4, *map(width, marks)]),
         right=0.82 + max(map(width, pieces), default=0) if named else 0.25)
    name(axes, title=title, xlabel=xlabel, ylabel=ylabel)
    return axes.lines[:len(curves)]


def draw_bands(axes, x: Sequence[float], bands: Sequence[np.ndarray]) -> None:
    """Behind each curve of `draw_curves` the band it may lie in: (2, len(x)), low and high.

    NaN where there is none. Call it after `draw_curves`.
    """
    for look in LINES[len(axes.collections):len(bands)]:
        axes.fill_between([], [], [], color=look["color"], alpha=0.18, linewidth=0, animated=True)
    for band, (low, high) in zip(axes.collections, bands, strict=True):
        band.set_data(x, low, high, where=np.isfinite(low))


def _make_curves(axes, curves: Sequence[str], level: tuple | None, named: bool) -> None:
    """Empty lines, the level last, and the legend at the right, where it covers nothing."""
    axes.grid(color=GRID)
    lines = [axes.plot([], [], label=label, linewidth=2.2, markersize=7, animated=True, **look)[0]
             for label, look in zip(curves, LINES, strict=False)]
    if level:
        lines.append(axes.axhline(1, label=level[1] or "_level", color=INK, linestyle=":",
                                  linewidth=2, animated=True))
    if not named:
        return
    samples = [Line2D([], [], label=folded(line.get_label(), FOLD), color=line.get_color(),
                      linestyle=line.get_linestyle(), marker=line.get_marker(),
                      linewidth=2.2, markersize=7) for line in lines]
    legend(axes, [sample for sample in samples if not sample.get_label().startswith("_")],
           loc="center left", bbox_to_anchor=(1.02, 0.5), handlelength=2.4, labelspacing=0.9)


def _around(values: Sequence[float], scale: str) -> tuple[float, float]:
    """Limits a little outside of the values."""
    values = np.asarray(values, dtype=float)
    seen = values[np.isfinite(values) & ((values > 0) | (scale != "log"))]
    if not len(seen):
        return (0.1, 10.0) if scale == "log" else (0.0, 1.0)
    low, high = float(seen.min()), float(seen.max())
    if scale == "log":
        share = max(high / low, 2.0) ** 0.05
        return low / share, high * share
    margin = 0.05 * (high - low or abs(high) or 1.0)
    return low - margin, high + margin


def _scale_words(axes, x, xscale: str, yscale: str, xticks, yticks) -> None:
    """Ticks as asked for; whole numbers as such; thousands with a comma on a log axis."""
    if xticks:
        mark_ticks(axes.xaxis, list(xticks), list(xticks.values()))
    elif xscale == "linear" and len(x) <= 12 and all(float(value).is_integer() for value in x):
        mark_ticks(axes.xaxis, list(x), [f"{value:,.0f}" for value in x])
    if yticks:
        mark_ticks(axes.yaxis, list(yticks), list(yticks.values()))
    elif yscale == "log":
        places = _log_places(*axes.get_ylim())
        mark_ticks(axes.yaxis, places, [log_word(place) for place in places])


def _log_places(low: float, high: float) -> list[float]:
    """Powers of ten, at most eight of them; with 2 and 5 between where there are fewer than two."""
    powers = range(int(np.floor(np.log10(low))), 1 + int(np.ceil(np.log10(high))))
    places = [10.0 ** k for k in powers if low <= 10.0 ** k <= high]
    if len(places) < 3:
        return [f * 10.0 ** k for k in powers for f in (1, 2, 5) if low <= f * 10.0 ** k <= high]
    return places[::-(-len(places) // 8)]


def log_word(value: float) -> str:
    """A number of a log axis: 1,000 or 0.01, and a power of ten where that is shorter."""
    if 0.001 <= value < 1e6:
        return f"{value:,.10g}"
    factor, power = f"{value:.0e}".split("e")
    small = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{'' if factor == '1' else factor + '·'}10{small}"
