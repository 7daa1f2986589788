"""Two maps of who wants whom, the one that was wanted and the one that was got."""

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from helpers.plots.style import (
    GRID,
    HATCHED,
    INK,
    SMALL,
    SOLID,
    blank,
    mark_ticks,
    name,
    panels,
    room,
)

HEIGHT = 2.7                    # inches
SIGN = {"color": INK, "fontsize": SMALL, "fontweight": "bold", "ha": "center",
        "va": "center_baseline", "path_effects": [withStroke(linewidth=3, foreground="white")]}


def draw_selection(axes, got: np.ndarray, wanted: np.ndarray, letters: Sequence[str], *,
                   title: str) -> None:
    """A map of bools (T queries, T keys): a square where the query wants the key.

    A square that `wanted` has not is hatched and has a +; where it has one more, there is an
    empty frame with a −. letters: T names; their places stand beside them. Raises ValueError for
    maps of another shape.
    """
    got, wanted = np.asarray(got, dtype=bool), np.asarray(wanted, dtype=bool)
    if got.shape != (len(letters), len(letters)) or wanted.shape != got.shape:
        raise ValueError(f"maps {got.shape} and {wanted.shape} for {len(letters)} letters: each "
                         "needs a row and a column a letter")
    for cells, look in ((got & wanted, SOLID), (got & ~wanted, HATCHED),
                        (wanted & ~got, {**HATCHED, "hatch": None})):
        squares = [Rectangle((j - 0.42, i - 0.42), 0.84, 0.84) for i, j in np.argwhere(cells)]
        axes.add_collection(PatchCollection(squares, **look, zorder=2))
    for cells, sign in ((got & ~wanted, "+"), (wanted & ~got, "−")):
        for i, j in np.argwhere(cells):
            axes.text(j, i, sign, zorder=3, **SIGN)
    edges = np.arange(len(letters) + 1) - 0.5
    axes.hlines(edges, edges[0], edges[-1], color=GRID, linewidth=1, zorder=1)
    axes.vlines(edges, edges[0], edges[-1], color=GRID, linewidth=1, zorder=1)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set(xlim=edges[[0, -1]], ylim=edges[[-1, 0]], aspect="equal", anchor="W")
    places = range(len(letters))
    mark_ticks(axes.xaxis, places, [(letters[i], str(i)) for i in places])
    mark_ticks(axes.yaxis, places, [f"{letters[i]} {i}" for i in places])
    name(axes, title=title, xlabel="key (looked at)", ylabel="query (looking)")


def selections_figure(wanted: np.ndarray, got: np.ndarray, letters: Sequence[str]) -> Figure:
    """A new figure: the map that was wanted, and beside it the one that was got, with signs.

    wanted, got: bool (T queries, T keys). letters: T names.
    """
    figure = blank(width=8.0, height=HEIGHT)
    left, right = panels(figure, 2, width_ratios=(2, 3))
    for axes in (left, right):
        room(axes, left=0.85, below=0.8)
    draw_selection(left, wanted, wanted, letters, title="Wanted")
    more, less = int((got & ~wanted).sum()), int((wanted & ~got).sum())
    signs = [f"{count} {word}" for count, word in ((more, "too many (+)"), (less, "missing (−)"))
             if count]
    draw_selection(right, got, wanted, letters, title=f"Yours: {', '.join(signs) or 'the same'}")
    return figure
