"""In the kernels of the tests: words that leave their picture are an error of its cell."""

from __future__ import annotations

from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

PIXEL = 1           # that letters may lean out


def named(axis: Axis) -> list[Text]:
    """The words of an axis that are drawn: its label, and its ticks between the ends."""
    low, high = sorted(axis.get_view_interval())
    edge = 1e-9 * (high - low)
    ticks = (*zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False),
             *zip(axis.get_minorticklocs(), axis.get_minorticklabels(), strict=False))
    return [axis.label, *(text for place, text in ticks if low - edge <= place <= high + edge)]


def written(figure: Figure) -> list[Text]:
    """All words that are drawn."""
    every = {id(text): text for text in figure.findobj(Text)}
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        seen = {id(text) for text in named(axis)} if axis.axes.axison else set()
        for text in axis.findobj(Text):
            if id(text) not in seen:
                every.pop(id(text), None)
    return [text for text in every.values() if text.get_visible() and text.get_text().strip()]


def cut_off(figure: Figure, renderer) -> list[str]:
    """The words that leave the picture, on one side or another."""
    boxes = ((text, Text.get_window_extent(text, renderer)) for text in written(figure))
    return [text.get_text() for text, box in boxes
            if box.x0 < -PIXEL or box.x1 > figure.bbox.width + PIXEL
            or box.y0 < -PIXEL or box.y1 > figure.bbox.height + PIXEL]


def watch() -> None:
    """From now on a drawing raises AssertionError if words leave it."""
    plain = FigureCanvasAgg.draw

    def draw(canvas) -> None:
        plain(canvas)
        found = cut_off(canvas.figure, canvas.get_renderer())
        assert not found, f"words leave the picture: {found}"
    FigureCanvasAgg.draw = draw
