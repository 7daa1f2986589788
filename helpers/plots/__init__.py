"""Drawing: numbers in, artists out. numpy and matplotlib only, never pyplot, nothing computed.

`draw_...(axes, ...)` fills axes that somebody keeps, and gives what it made the last time other
values; `..._figure(...)` returns a new figure. A figure is a white card with dark ink; series
differ by dash, marker or hatching, not by colour alone (colours: Okabe and Ito 2008).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from helpers.plots.arrows import draw_arrows
from helpers.plots.bars import draw_bars, draw_next_words
from helpers.plots.curves import draw_bands, draw_curves, log_word
from helpers.plots.dots import dots_key, draw_dots
from helpers.plots.letters import FONTS, MARK, note, plain, readable, width
from helpers.plots.points import draw_points
from helpers.plots.selections import draw_selection, selections_figure
from helpers.plots.style import (
    BLUE,
    GREEN,
    GRID,
    HATCHED,
    INK,
    LARGE,
    LINES,
    ORANGE,
    PALE,
    PURPLE,
    SIZE,
    SMALL,
    SOLID,
    blank,
    fresh_axes,
    keeps,
    legend,
    mark_ticks,
    name,
    panels,
    room,
    tidy,
    update,
)
from helpers.plots.tables import add_scale, block, colours, draw_table, hatching, readable_on

__all__ = [
    "BLUE", "FONTS", "GREEN", "GRID", "HATCHED", "INK", "LARGE", "LINES", "MARK", "ORANGE",
    "PALE", "PURPLE", "SIZE", "SMALL", "SOLID", "add_scale", "bars_figure", "blank", "block",
    "colours", "curves_figure", "dots_key", "draw_arrows", "draw_bands", "draw_bars",
    "draw_curves", "draw_dots", "draw_next_words", "draw_points", "draw_selection",
    "draw_table", "fresh_axes", "hatching", "keeps", "legend", "log_word", "mark_ticks", "name",
    "note", "panels", "plain", "points_figure", "readable", "readable_on", "room",
    "selections_figure", "table_figure", "tidy", "update", "width",
]


def bars_figure(labels: Sequence[str], values: Sequence[float], **how) -> Figure:
    """A new figure of `draw_bars`."""
    figure = blank()
    draw_bars(panels(figure)[0], labels, values, **how)
    return figure


def curves_figure(x: Sequence[float], curves: Mapping[str, Sequence[float]], **how) -> Figure:
    """A new figure of `draw_curves`."""
    figure = blank()
    draw_curves(panels(figure)[0], x, curves, **how)
    return figure


def table_figure(table: np.ndarray, rows: Sequence[str], columns: Sequence[str], **how) -> Figure:
    """A new figure of `draw_table`, as high as it has rows."""
    figure = blank(height=min(8.0, 1.2 + 0.36 * len(rows)))
    draw_table(panels(figure)[0], table, rows, columns, **how)
    return figure


def points_figure(places: np.ndarray, names: Sequence[str], **how) -> Figure:
    """A new figure of `draw_points`."""
    figure = blank(height=5.6)
    draw_points(panels(figure)[0], places, names, **how)
    return figure
