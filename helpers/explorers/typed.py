"""An attention view with a field above it: what one types there is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import traitlets

from helpers.attention_view import AttentionView

HERE = Path(__file__).parent
VIEW = str(AttentionView._esm)      # its last line hands `render` to the page


class TypedView(AttentionView):
    """An attention view of a text that somebody types, with a field for it above.

    compute(text) -> the arguments of `AttentionView.show` by name, and "note", what is said
    below the field. label: the name of the field. failed: begins the sentence on a text that
    `compute` refuses with a ValueError, such as "This text cannot be read".
    text: setting it shows it. note: what is said of it. error: what is wrong, or "".
    """

    _esm = VIEW[:VIEW.rindex("export default")] + (HERE / "typed.js").read_text(encoding="utf-8")
    _css = str(AttentionView._css) + (HERE / "typed.css").read_text(encoding="utf-8")
    text = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Int().tag(sync=True)        # how many texts were answered

    def __init__(self, compute: Callable[[str], dict], text: str, *, label: str,
                 failed: str) -> None:
        self.compute, self.failed = compute, failed
        numbers = compute(text)
        note = numbers.pop("note")
        super().__init__(**numbers)
        self.text, self.label, self.note = text, label, note
        self.observe(self._typed, names="text")

    def _typed(self, change) -> None:
        with self.hold_sync():
            try:
                numbers = self.compute(change.new)
                self.note, self.error = numbers.pop("note"), ""
                chosen = self.layer, self.head, self.shape[:2]
                self.show(**numbers)
                if self.shape[:2] == chosen[2]:         # the same heads: stay with this one
                    self.layer, self.head = chosen[:2]
            except ValueError as error:
                self.error = (f"{self.failed}: {str(error).rstrip('.')}. The view still shows the "
                              "last one that could.")
            self.answers += 1

    @property
    def summary(self) -> str:
        """What the view shows, in sentences, with what is said of the text."""
        return f"{super().summary} {self.note}".rstrip()

    def to_html(self) -> str:
        """One page (HTML) with the view of this text; without a kernel it has no field."""
        view = AttentionView(self.weights, self.query_tokens, self.key_tokens,
                             self.gold or None, self.title)
        page = view.to_html()
        view.close()
        return page
