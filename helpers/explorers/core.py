"""The one way a widget is wired: controls -> compute -> draw -> a picture and a sentence.

A figure is kept and redrawn, its PNG goes into one Image widget. What a cell outputs is one
bundle: the live widget, the same picture as PNG, and the sentence as plain text, so that it
reads well where nothing runs.

Most of a redraw is words: ticks, titles, legends. An explorer may mark what moves as animated
(matplotlib's word); then all else is drawn once, and again only when it changes.
"""

import base64
import html
import io
import traceback
from collections.abc import Callable

import ipywidgets as widgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from helpers import plots

LABEL = {"description_width": "9.5em"}
WIDE = {"width": "min(46em, 98%)"}


def slider(label: str, low: float, high: float, *, value: float, step: float = 1):
    """A slider for whole numbers, or for decimals when `step` is one; updates on release."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    return kind(value=value, min=low, max=high, step=step, description=label, style=LABEL,
                continuous_update=False, layout=WIDE)


def choice(label: str, options: list, **first):
    """One of a few options, as a drop-down list; the first unless value=... says otherwise."""
    return widgets.Dropdown(options=options, description=label, style=LABEL, layout=WIDE, **first)


def steps(label: str, options: list, *, value):
    """A row of buttons, one click per step; options: values, or pairs (label, value)."""
    return widgets.ToggleButtons(options=options, value=value, description=label, style={
        **LABEL, "button_width": "auto"}, layout=WIDE)


def text(label: str, value: str):
    """A line of text; the picture follows when Enter is pressed."""
    return widgets.Text(value=value, description=label, style=LABEL, layout=WIDE,
                        continuous_update=False)


def switch(label: str, value: bool = False):
    """A box to tick."""
    return widgets.Checkbox(value=value, description=label, indent=True, style=LABEL, layout=WIDE)


class Explorer(widgets.VBox):
    """What `explore` returns: the controls, the picture, the sentence below it."""

    def __init__(self, compute: Callable, draw: Callable, controls: dict, *,
                 size: tuple[float, float], more: tuple[str, ...]):
        self.compute, self.draw, self.controls = compute, draw, controls
        self.figure: Figure = plots.blank(*size)
        self.canvas = FigureCanvasAgg(self.figure)      # kept too: it remembers how words are set
        self.resting = None                             # the drawing of all that is not animated
        pixels = f"{size[0] * self.figure.dpi:.0f}px"
        self.picture = widgets.Image(format="png", layout={"width": pixels, "max_width": "100%"})
        self.caption_box = widgets.HTML(layout={"min_height": "4.5em"})       # nothing jumps
        self.message = widgets.HTML()
        self.caption = ""
        self._show()                       # a first setting that fails is an error of the cell
        for control in controls.values():
            control.observe(self._changed, names="value")
        first = [control for name, control in controls.items() if name not in more]
        hidden = [controls[name] for name in more]
        box = [widgets.VBox(hidden)]
        folded = [widgets.Accordion(box, titles=("more",), layout=WIDE)] if hidden else []
        super().__init__([*first, *folded, self.picture, self.message, self.caption_box])
        self.add_class("course-explorer")

    @property
    def values(self) -> dict:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _show(self) -> None:
        caption = self.draw(self.figure, self.compute(**self.values))
        self.caption, self.picture.value = caption, self._png()
        self.shown = {c.description: c.value for c in self.controls.values()}
        self.caption_box.value = f"<p>{html.escape(self.caption)}</p>"
        self.message.value = ""

    def _png(self) -> bytes:
        """The figure as PNG; what is not animated is drawn anew only when it is stale."""
        if self.figure.stale or self.resting is None:
            self.canvas.draw()
            self.resting = self.canvas.copy_from_bbox(self.figure.bbox)
        else:
            self.canvas.restore_region(self.resting)
        for axes in self.figure.axes:
            for artist in axes.get_children():
                if artist.get_animated():
                    axes.draw_artist(artist)
        buffer = io.BytesIO()
        imsave(buffer, self.canvas.buffer_rgba(), format="png", dpi=self.figure.dpi,
               pil_kwargs={"compress_level": 1})                            # fast, not small
        return buffer.getvalue()

    def _changed(self, _change) -> None:
        try:
            self._show()
        except ValueError as error:
            self._tell(f"This setting cannot be shown: {error}")
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            self._tell(f"Something went wrong in {last.name}, line {last.lineno}: "
                       f"{type(error).__name__}: {error}. Please report it.")

    def _tell(self, words: str) -> None:
        self.message.value = (
            '<p role="alert" style="border-left: 4px solid #D55E00; padding: .3em .8em">'
            f"{html.escape(words.rstrip('.'))}. "
            "The picture still shows the last setting that worked.</p>"
        )

    def __repr__(self) -> str:
        settings = ", ".join(f"{label}: {value}" for label, value in self.shown.items())
        return f"[{settings}] {self.caption}"

    def _repr_mimebundle_(self, **kwargs) -> dict:
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        png = base64.b64encode(self.picture.value).decode("ascii")
        return {**bundle, "image/png": png, "text/plain": repr(self)}


def explore(compute: Callable, draw: Callable, *, size: tuple[float, float] = (7.6, 3.6),
            more: tuple[str, ...] = (), **controls) -> Explorer:
    """Wire controls to a picture.

    compute(**values) -> numbers, pure. draw(figure, numbers) -> str: fills the kept figure and
    returns the sentence that says in words what it shows. controls: widgets of this module by
    name; those named in `more` are folded away. A ValueError of compute or draw is shown in
    words above the picture; any other error names the place.
    Raises ValueError for more than six controls, or more than three that are not folded, or for
    a name in `more` that is none of them.
    """
    if not set(more) <= set(controls):
        raise ValueError(f"more={more}: the controls are {', '.join(controls)}")
    if len(controls) > 6 or len(controls) - len(more) > 3:
        raise ValueError(f"{len(controls)} controls, {len(controls) - len(more)} visible: "
                         "at most 6 and 3, so that a newcomer sees what to move")
    return Explorer(compute, draw, controls, size=size, more=more)
