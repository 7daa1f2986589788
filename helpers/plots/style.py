"""The look of all figures: the card, its ink and colours, the room around the axes.

The style itself stands in helpers/figures.mplstyle, which session.start reads too.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import rc_params_from_file
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from helpers.plots.letters import FONTS, TICK, escaped, plain, short, widest, width

STYLE = rc_params_from_file(Path(__file__).parents[1] / "figures.mplstyle",
                            use_default_template=False)
SIZE = tuple(STYLE["figure.figsize"])           # inches
INK, GRID = STYLE["text.color"], STYLE["grid.color"]
SMALL, LARGE, TITLE = STYLE["font.size"], STYLE["axes.labelsize"], STYLE["axes.titlesize"]
ABOVE = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.4}    # of a legend
LINES = tuple(       # at most four series in one picture
    {**look, "marker": marker} for look, marker in zip(STYLE["axes.prop_cycle"], "os^D",
                                                       strict=False))
BLUE, ORANGE, GREEN, PURPLE = (look["color"] for look in LINES)
PALE = "#f2f2f2"                                # the ground of what is blocked or not defined
HATCHED = {"facecolor": "white", "edgecolor": ORANGE, "hatch": "///", "linewidth": 1.5}
SOLID = {"facecolor": BLUE, "edgecolor": BLUE, "hatch": None, "linewidth": 0}


def blank(width: float = SIZE[0], height: float = SIZE[1]) -> Figure:
    """Return an empty card (inches): white, opaque."""
    return Figure(figsize=(width, height), dpi=STYLE["figure.dpi"],
                  facecolor=STYLE["figure.facecolor"])


def panels(figure: Figure, columns: int = 1, **ratios) -> list:
    """The Axes of a figure, side by side: made in the house style at first, then the same ones.

    ratios: such as width_ratios=(2, 1). Each of them has its share of the whole card, in which
    `room` gives it its place.
    """
    if not figure.axes:
        whole = {"left": 0, "right": 1, "bottom": 0, "top": 1, "wspace": 0}
        figure.subplots(1, columns, gridspec_kw={**whole, **ratios})
        for axes in figure.axes:
            tidy(axes)
            room(axes)
    return figure.axes


def fresh_axes(figure: Figure, **names):
    """Return the figure's one Axes, emptied, in the house style; names as `name` takes them."""
    axes = panels(figure)[0]
    empty(axes)
    room(axes)
    name(axes, **names)
    return axes


def empty(axes) -> None:
    """Take everything off the axes; they stay in the house style."""
    axes.clear()
    for kept in (axes, axes.xaxis, axes.yaxis):
        kept.set_gid(None)
    tidy(axes)


def keeps(axes, picture: str) -> bool:
    """Tell whether the axes hold this kind of picture already; else they are emptied for it.

    What is drawn then is kept: later calls give the same artists other values. What moves is
    marked animated (matplotlib's word): an explorer draws the rest again only when it changes.
    """
    if axes.get_gid() == picture:
        return True
    empty(axes)
    axes.set_gid(picture)
    return False


def tidy(axes) -> None:
    """Give the axes the house style, whatever matplotlib's settings are."""
    axes.set_facecolor(STYLE["axes.facecolor"])
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(color=INK, linewidth=STYLE["axes.linewidth"])
    axes.tick_params(colors=INK, labelsize=SMALL, labelfontfamily=FONTS)
    axes.xaxis.label.set(color=INK, fontsize=LARGE, fontfamily=FONTS)
    axes.yaxis.label.set(color=INK, fontsize=LARGE, fontfamily=FONTS)
    axes.title.set(color=INK, fontsize=TITLE, fontweight=STYLE["axes.titleweight"], x=0,
                   ha="left", fontfamily=FONTS)


def room(axes, *, left: float = 0.95, below: float = 0.62, right: float = 0.25,
         above: float = 0.42) -> None:
    """Leave so many inches around the axes, within their share of the card.

    Reckoned from the words: a layout engine that measures them takes half of a redraw. Axes that
    `panels` has not made stay where they are.
    """
    share = _share(axes)
    if share is None:
        return
    wide, high = axes.figure.get_size_inches()
    place = (share.x0 + left / wide, share.y0 + below / high,
             share.width - (left + right) / wide, share.height - (below + above) / high)
    if not np.allclose(axes.get_position(original=True).bounds, place):
        axes.set_position(place)


def _share(axes):
    """The box of the card that axes made by `panels` may use, else None."""
    spec = axes.get_subplotspec()
    made_here = spec is not None and spec.get_gridspec().left == 0
    return spec.get_position(axes.figure) if made_here else None


def update(artist, **values) -> None:
    """Set what differs and nothing else: what is set is drawn anew."""
    for key, value in values.items():
        if getattr(artist, f"get_{key}")() != value:
            artist.set(**{key: value})


def name(axes, *, title: str = "", xlabel: str = "", ylabel: str = "") -> None:
    """Write title and labels, in words that the fonts here can write and that fit on the card."""
    share = _share(axes) or axes.figure.bbox.transformed(axes.figure.transFigure.inverted())
    space = (share.x1 - axes.get_position(original=True).x0) * axes.figure.get_figwidth() - 0.1
    title, weight = short(title, 160), STYLE["axes.titleweight"]
    size = TITLE if width(title, TITLE, weight) < space else SMALL
    while title and width(title, size, weight) > space:
        title = title[:-2].rstrip("…") + "…"
    update(axes.title, text=escaped(title), fontsize=size)
    for text, words in ((axes.xaxis.label, xlabel), (axes.yaxis.label, ylabel)):
        update(text, text=plain(words, 80))


def mark_ticks(axis, places: Sequence[float], words: Sequence[str | tuple[str, ...]],
               **look) -> None:
    """Ticks with these words, any text, at these places, and no small ones between them.

    A tuple of words stands one below the other.
    """
    wanted = repr((*places, *words, look))
    if axis.get_gid() != wanted:
        lines = [(word,) if isinstance(word, str) else word for word in words]
        axis.set_ticks(places, ["\n".join(plain(line, TICK) for line in each) for each in lines],
                       fontfamily=FONTS, **look)
        axis.set_minor_locator(NullLocator())      # those of a log scale are slow and small
        axis.set_gid(wanted)


def words_below(axes, labels: Sequence[str], *, left: float, right: float = 0.25,
                below: float = 0.35) -> None:
    """Write a label for each place 0, 1, ... and give the axes their room (inches).

    At 40 degrees where the labels do not fit side by side; of very many only each second, third.
    """
    share, longest = _share(axes) or axes.get_position(original=True), widest(labels)
    space = axes.figure.get_figwidth() * share.width - (left + right if _share(axes) else 0)
    slanted = longest * len(labels) > 0.95 * space
    if slanted:
        left, below = max(left, 0.77 * longest), below + 0.64 * longest - 0.15
    room(axes, left=left, right=right, below=below)
    every = -(-0.2 * len(labels) // space) if slanted else 1
    mark_ticks(axes.xaxis, range(0, len(labels), int(every)),
               [short(label) for label in labels[::int(every)]],
               rotation=40 if slanted else 0, ha="right" if slanted else "center")


def legend(axes, handles: list, **where) -> None:
    """Put a frameless legend in the house's ink on the axes."""
    axes.legend(handles=handles, frameon=False, labelcolor=INK, prop={
        "family": FONTS, "size": SMALL}, **{"borderaxespad": 0, **where})
