"""The card with which learners take their work home and bring it back."""

from pathlib import Path

import anywidget
import traitlets

from helpers.attention_view.widget import ELEMENTS
from helpers.progress import carry

HERE = Path(__file__).parent
FAILED = "Nothing was changed. {}"


class Carrying(anywidget.AnyWidget):
    """Two buttons: one hands the learner's work to the browser as a file, one takes it back.

    `said` is what happened last, `error` what went wrong, or ""; `answers` counts what was asked.
    A file comes in pieces, as one long message would close the connection.
    """

    _esm = ELEMENTS + (HERE / "carrying.js").read_text(encoding="utf-8")
    _css = (HERE / "carrying.css").read_text(encoding="utf-8")
    said = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Int().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self.on_msg(self._asked)

    def _asked(self, _widget: object, wish: dict, buffers: list) -> None:
        if wish["do"] == "piece":
            self._pieces = self._pieces * (not wish["first"]) + [bytes(buffers[0])]
            if not wish["last"]:
                return
        with self.hold_sync():
            self.said = self.error = ""
            try:
                self.said = self._taken() if wish["do"] == "take" else self._brought()
            except ValueError as error:
                self.error = FAILED.format(error)
            except OSError as error:
                self.error = f"It could not be done: {error}"
            self.answers += 1

    def _taken(self) -> str:
        data, said = carry.pack()
        self.send({"name": f"{carry.file_stem()}.zip"}, [data])
        return f"In the file: {said}"

    def _brought(self) -> str:
        data, self._pieces = b"".join(self._pieces), []
        return carry.unpack(data)

    def __repr__(self) -> str:
        return ("[Take my work home] [Bring it back] In a terminal: python -m helpers.progress "
                "take-home, then bring-back FILE.")

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self)}, metadata
