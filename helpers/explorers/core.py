"""The one way a widget is wired: controls -> compute -> draw -> a picture and a sentence.

An explorer is one card in the browser (card.js, card.css): native inputs, the sentence of the
result, the picture. What a cell outputs is one bundle: the live card, the same picture as PNG,
and the sentence as plain text, so that it reads well where nothing runs.
"""

import base64
import traceback
from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets

from helpers import plots
from helpers.attention_view.labels import isolated, seen
from helpers.attention_view.widget import ELEMENTS
from helpers.explorers.controls import Control, choice, grid, slider, steps, switch, text
from helpers.explorers.picture import Picture

__all__ = ["Explorer", "choice", "explore", "grid", "slider", "steps", "switch", "text"]
HERE = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """What `explore` returns: one card with the controls, the sentence and the picture.

    `controls`: by name; setting one's `value` redraws. `picture.value`: PNG of what is shown.
    The traits are what kernel and browser tell each other.
    """

    _esm = ELEMENTS + (HERE / "card.js").read_text(encoding="utf-8")
    _css = (HERE / "card.css").read_text(encoding="utf-8")
    spec = traitlets.List().tag(sync=True)          # one dict per control: kind, label, ...
    place = traitlets.List().tag(sync=True)         # width and height of the picture, pixels
    inputs = traitlets.Dict().tag(sync=True)        # what the browser's inputs hold, by name
    caption = traitlets.Unicode().tag(sync=True)
    image = traitlets.Bytes().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)      # "" when the picture shows the setting
    culprit = traitlets.Unicode().tag(sync=True)    # name of the control below which it is said
    answers = traitlets.Int().tag(sync=True)        # how many changes were answered
    grip = traitlets.Dict().tag(sync=True)          # where the pointer moves which two sliders
    spots = traitlets.List().tag(sync=True)         # where a click sets the slider `clicked`
    clicked = traitlets.Unicode().tag(sync=True)    # its name, or ""

    def __init__(self, compute: Callable, draw: Callable, controls: dict[str, Control], *,
                 size: tuple[float, float], more: tuple[str, ...], drag: tuple[str, ...],
                 click: str = ""):
        self.compute, self.draw, self.controls = compute, draw, controls
        self.picture = Picture(*size)
        self.figure = self.picture.figure
        caption = self._drawn()            # a first setting that fails is an error of the cell
        super().__init__(
            spec=[{"name": name, "more": name in more, **control.spec}
                  for name, control in controls.items()],
            place=self.picture.place, inputs=self._sent(), caption=caption,
            image=self.picture.value, grip=self.picture.plane(drag) if drag else {},
            spots=self.picture.spots() if click else [], clicked=click)
        for name, control in controls.items():
            control.observe(lambda _, name=name: self._changed(name), names="value")
        self.observe(self._received, names="inputs")

    @property
    def values(self) -> dict:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _sent(self) -> dict:
        return {name: control.sent for name, control in self.controls.items()}

    def _drawn(self) -> str:
        caption = self.draw(self.figure, self.compute(**self.values))
        self.picture.update()
        self.shown = {control.label: control.value for control in self.controls.values()}
        return caption

    def set_state(self, sync_data: dict) -> None:
        """Take over what the browser says; all of it is answered, in one message."""
        with self.hold_sync():
            super().set_state(sync_data)
            self.answers += 1

    def _received(self, change) -> None:
        """Take over what was moved, and no more: one control may have set another meanwhile."""
        for name, control in self.controls.items():
            if change.new[name] != change.old.get(name):
                control.receive(change.new[name])

    def _changed(self, name: str) -> None:
        with self.hold_sync():
            self.inputs, self.culprit, self.error = self._sent(), name, ""
            try:
                self.caption = self._drawn()
                self.image = self.picture.value
                self.spots = self.picture.spots() if self.clicked else []
            except ValueError as error:
                self._tell(f"This setting cannot be shown: {error}")
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                self._tell(f"Something went wrong in {last.name}, line {last.lineno}: "
                           f"{type(error).__name__}: {error}. Please report it.")
            self.answers += 1

    def _tell(self, words: str) -> None:
        self.error = f"{words.rstrip('.')}. The picture still shows the last setting that worked."

    def __repr__(self) -> str:
        settings = ", ".join(f"{label}: {isolated(seen(str(value)))}"
                             for label, value in self.shown.items())
        return f"[{settings}] {self.caption}"

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        png = base64.b64encode(self.picture.printed()).decode("ascii")
        width, height = self.place
        return ({**bundle, "image/png": png, "text/plain": repr(self)},
                {**metadata, "image/png": {"width": width, "height": height}})


def explore(compute: Callable, draw: Callable, *, size: tuple[float, float] = plots.SIZE,
            more: tuple[str, ...] = (), drag: tuple[str, ...] = (), click: str = "",
            **controls: Control) -> Explorer:
    """Wire controls to a picture.

    compute(**values) -> numbers, pure. draw(figure, numbers) -> str: fills the kept figure and
    returns the sentence that says in words what it shows. size: inches. controls: those of this
    module by name; those named in `more` are folded away. drag: the names of two sliders, across
    and up, that the pointer sets when it is dragged over the first axes, whose limits stay. click:
    the name of a slider from 1; a click on the n-th patch with the gid picture.SPOT sets it to n,
    and it ends at the last of them. A ValueError of compute or draw is shown in words below the
    control that was moved; any other error names the place.
    Raises ValueError for more than six controls, or more than three that are not folded, or for
    a name in `more`, `drag` or `click` that is none of them.
    """
    if not {*more, *drag, *[click] * bool(click)} <= set(controls) or len(drag) not in (0, 2):
        raise ValueError(f"more={more}, drag={drag}, click={click!r}: the controls are "
                         f"{', '.join(controls)}, and a drag sets two of them")
    if len(controls) > 6 or len(controls) - len(more) > 3:
        raise ValueError(f"{len(controls)} controls, {len(controls) - len(more)} visible: "
                         "at most 6 and 3, so that a newcomer sees what to move")
    return Explorer(compute, draw, controls, size=size, more=more, drag=drag, click=click)
