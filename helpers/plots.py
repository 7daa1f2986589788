"""Drawing: numbers in, artists out. numpy and matplotlib only, never pyplot, nothing computed.

`draw_...(figure, ...)` clears and fills a Figure that somebody keeps; `..._figure(...)` returns a
new one. The ink is readable on a white and on a dark page; series differ by marker, not by
colour alone (colours: Okabe and Ito 2008).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import text_to_path
from matplotlib.ticker import NullLocator

INK = "#757575"
LONGEST = 18        # letters of a token that are shown
CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei",
           "Hiragino Sans GB", "WenQuanYi Zen Hei", "Arial Unicode MS")
FONTS = ["DejaVu Sans", *[name for name in CHINESE if name in fontManager.get_font_names()][:1]]
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
LINES = (            # at most four series in one picture
    {"color": BLUE, "marker": "o", "linestyle": "-"},
    {"color": ORANGE, "marker": "s", "linestyle": "--"},
    {"color": GREEN, "marker": "^", "linestyle": "-."},
    {"color": PURPLE, "marker": "D", "linestyle": ":"},
)


def blank(width: float = 7.6, height: float = 3.6) -> Figure:
    """Return an empty figure (inches) with a transparent ground."""
    figure = Figure(figsize=(width, height), dpi=110)
    figure.patch.set_alpha(0)
    return figure


def leave_room(figure: Figure, left: float = 0.6, below: float = 0.25) -> None:
    """Set the margins: inches for the tick labels; room for title and axis labels is added.

    Reckoned from the words: a layout engine that measures them takes half of a redraw.
    """
    width, height = figure.get_size_inches()
    figure.subplots_adjust(left=(0.4 + left) / width, right=1 - 0.25 / width,
                           bottom=(0.35 + below) / height, top=1 - 0.4 / height)


def fresh_axes(figure: Figure, **labels):
    """Return the figure's one Axes, emptied, in the house style; labels go to Axes.set."""
    axes = figure.axes[0] if figure.axes else figure.add_subplot()
    axes.clear()
    axes.patch.set_alpha(0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(INK)
    axes.tick_params(colors=INK, labelsize=11)
    axes.set(**labels)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())      # those of a log scale are slow and small
    leave_room(figure)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set(color=INK, fontsize=12)
    return axes


def legend(axes, **where) -> None:
    """Put a frameless legend in readable ink on the axes."""
    axes.legend(frameon=False, labelcolor=INK, fontsize=11, **where)


def mark_level(axes, value: float, label: str, side: str = "right") -> None:
    """Draw a horizontal dotted line at `value` with its name at its right or left end."""
    axes.axhline(value, color=INK, linestyle=":", linewidth=1.5)
    axes.annotate(
        label, (0.01 if side == "left" else 1, value), xycoords=("axes fraction", "data"),
        ha=side, va="bottom", color=INK, fontsize=11,
    )


def draw_bars(
    figure: Figure, labels: Sequence[str], values: Sequence[float], *, title: str, ylabel: str,
    marked: Sequence[bool] = (), level: tuple | None = None,
    ylim: tuple[float, float] | None = None, xlabel: str = "", shown: str = "",
):
    """One bar per label; bars in `marked` are hatched; `shown`: format of the numbers on top.

    level: (value, name) or (value, name, side) of a dotted line, as `mark_level` takes them.
    Raises ValueError on unequal lengths.
    """
    if len(labels) != len(values) or len(marked) not in (0, len(values)):
        raise ValueError(f"{len(labels)} labels, {len(marked)} marks for {len(values)} bars")
    axes = fresh_axes(figure, title=title, ylabel=ylabel, xlabel=xlabel)
    bars = axes.bar(range(len(values)), values, color=BLUE, width=0.7)
    for bar, is_marked in zip(bars, marked, strict=False):
        if is_marked:
            bar.set(hatch="///", facecolor="none", edgecolor=ORANGE)
    if shown:
        axes.bar_label(bars, [shown.format(value) for value in values], color=INK, fontsize=11)
    longest = _room(labels)
    slanted = longest * len(labels) > 0.9 * (figure.get_figwidth() - 0.85)     # side by side?
    if slanted:                                    # at 40 degrees
        leave_room(figure, left=max(0.6, 0.77 * longest - 0.4),
                   below=0.64 * longest + (0.25 if xlabel else -0.05))
    axes.set_xticks(
        range(len(labels)), [_plain(label) for label in labels],
        rotation=40 if slanted else 0, ha="right" if slanted else "center", fontfamily=FONTS,
    )
    if level:
        mark_level(axes, *level)
    if ylim:
        axes.set_ylim(*ylim)
    return bars


def draw_curves(
    figure: Figure, x: Sequence[float], curves: Mapping[str, Sequence[float]], *, title: str,
    xlabel: str, ylabel: str, xscale: str = "linear", yscale: str = "linear",
    ylim: tuple[float, float] | None = None, level: tuple | None = None,
):
    """At most four lines over the same x, told apart by colour, marker and dash; level as above."""
    if len(curves) > len(LINES):
        raise ValueError(f"{len(curves)} curves in one picture; at most {len(LINES)} are readable")
    axes = fresh_axes(
        figure, title=title, xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale
    )
    for style, (label, y) in zip(LINES, curves.items(), strict=False):
        axes.plot(x, y, label=label, linewidth=2, markersize=6, **style)
    if level:
        mark_level(axes, *level)
    if ylim:
        axes.set_ylim(*ylim)
    low, high = axes.get_ylim()
    if yscale == "log" and high / low < 1e6:
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    if xscale == "linear" and len(x) <= 12 and all(float(value).is_integer() for value in x):
        axes.set_xticks(list(x))
    legend(axes)
    return axes


def draw_next_words(
    figure: Figure, words: Sequence[str], before: Sequence[float], after: Sequence[float], *,
    title: str, names: tuple[str, str] = ("the model says", "we draw from"),
):
    """Two horizontal bars per word on a fixed 0..1 scale: probability before and after."""
    if not len(words) == len(before) == len(after):
        raise ValueError(f"{len(words)} words, {len(before)} and {len(after)} probabilities")
    axes = fresh_axes(figure, title=title, xlabel="probability", xlim=(0, 1))
    place = np.arange(len(words))
    axes.barh(place - 0.2, before, height=0.36, color=BLUE, label=names[0])
    drawn = axes.barh(place + 0.2, after, height=0.36, facecolor="none", edgecolor=ORANGE,
                      hatch="///", label=names[1])
    axes.bar_label(drawn, [f"{p:.1%}" for p in after], padding=3, color=INK, fontsize=11)
    axes.set_yticks(place, [_plain(word) for word in words], fontfamily=FONTS)
    axes.invert_yaxis()
    leave_room(figure, left=_room(words))
    figure.subplots_adjust(right=1 - 0.8 / figure.get_figwidth())       # for a label at 1.0
    legend(axes, loc="lower right")
    return axes


def draw_table(
    figure: Figure, table: np.ndarray, rows: Sequence[str], columns: Sequence[str], *,
    title: str, xlabel: str, ylabel: str, shown: str = "{:.2f}",
):
    """A table of numbers in 0..1 (rows, columns) as a heat map with the numbers written in."""
    if table.shape != (len(rows), len(columns)):
        raise ValueError(f"table {table.shape} for {len(rows)} rows, {len(columns)} columns")
    axes = fresh_axes(figure, title=title, xlabel=xlabel, ylabel=ylabel)
    image = axes.imshow(table, vmin=0, vmax=1, cmap="cividis", aspect="auto")
    for i, j in np.ndindex(*table.shape):
        ink = "black" if table[i, j] > 0.47 else "white"      # equal contrast on cividis
        number = shown.format(table[i, j]) if table[i, j] else "·"
        axes.text(j, i, number, ha="center", va="center", color=ink, size=11)
    axes.set_xticks(range(len(columns)), [_plain(c) for c in columns], fontfamily=FONTS)
    axes.set_yticks(range(len(rows)), [_plain(r) for r in rows], fontfamily=FONTS)
    leave_room(figure, left=_room(rows))
    return image


def bars_figure(labels: Sequence[str], values: Sequence[float], **how) -> Figure:
    """A new figure of `draw_bars`."""
    figure = blank()
    draw_bars(figure, labels, values, **how)
    return figure


def curves_figure(x: Sequence[float], curves: Mapping[str, Sequence[float]], **how) -> Figure:
    """A new figure of `draw_curves`."""
    figure = blank()
    draw_curves(figure, x, curves, **how)
    return figure


def table_figure(table: np.ndarray, rows: Sequence[str], columns: Sequence[str], **how) -> Figure:
    """A new figure of `draw_table`, as high as it has rows."""
    figure = blank(height=1.5 + 0.42 * len(rows))
    draw_table(figure, np.asarray(table, dtype=float), rows, columns, **how)
    return figure


def _plain(token: str) -> str:
    """A token as text, cut if long: matplotlib reads a dollar sign as mathematics otherwise."""
    shown = token if len(token) <= LONGEST else token[:LONGEST - 1] + "…"
    return shown.replace("$", r"\$")


def _room(tokens: Sequence[str]) -> float:
    """Inches that the longest of the tokens takes when it is written."""
    font = FontProperties(family=FONTS, size=11)
    widths = [text_to_path.get_text_width_height_descent(_plain(token), font, ismath=False)[0]
              for token in tokens]
    return max(widths, default=0) / 72 + 0.1
