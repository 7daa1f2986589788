"""The controls of a card: a label, a value that can be set and observed, a native input."""

import traitlets

from helpers.tokenizers import composed

ON, OFF = "x", "."              # a cell of a grid


class Control(traitlets.HasTraits):
    """One control. `spec`: what the card draws; `sent`: the value as the browser holds it.

    Setting a value that the input cannot hold is a ValueError.
    """

    value = traitlets.Any()

    def __init__(self, kind: str, label: str, value, **look):
        self.label, self.spec = label, {"kind": kind, "label": label, **look}
        super().__init__(value=value)

    @property
    def sent(self):
        """The value as the browser's input holds it."""
        return self.value

    def receive(self, sent) -> None:
        """Take over what the browser's input holds."""
        self.value = sent


class Slider(Control):
    """A range of numbers, whole ones if its step is whole."""

    @traitlets.validate("value")
    def _inside(self, proposal):
        low, high = self.spec["min"], self.spec["max"]
        if not low <= proposal["value"] <= high:
            raise ValueError(f"{self.label}: {proposal['value']} is not in {low} to {high}")
        return proposal["value"]

    def receive(self, sent) -> None:
        """A browser has one kind of number: 1.0 comes back as 1."""
        self.value = type(self.spec["step"])(sent)


class Choice(Control):
    """One of a few options; the browser holds its place among them."""

    def __init__(self, kind: str, label: str, options: list, **first):
        pairs = [option if isinstance(option, tuple) else (str(option), option)
                 for option in options]
        self.options = [value for _, value in pairs]
        super().__init__(kind, label, first.get("value", self.options[0]),
                         options=[words for words, _ in pairs])

    @traitlets.validate("value")
    def _known(self, proposal):
        if proposal["value"] not in self.options:
            raise ValueError(f"{self.label}: {proposal['value']!r} is none of {self.options}")
        return proposal["value"]

    @property
    def sent(self) -> int:
        """The place of the value among the options."""
        return self.options.index(self.value)

    def receive(self, sent: int) -> None:
        """Take the option at this place."""
        self.value = self.options[sent]


class Grid(Control):
    """Boxes to tick, in rows and columns; the value is a text, such as "x.. xx. xxx"."""

    @traitlets.validate("value")
    def _fits(self, proposal):
        rows, columns = len(self.spec["rows"]), len(self.spec["columns"])
        value = proposal["value"]
        if list(map(len, value.split(" "))) != [columns] * rows or set(value) - set(f"{ON}{OFF} "):
            raise ValueError(f"{self.label}: {value!r} is not {rows} rows of {columns} signs, each "
                             f"{ON} (ticked) or {OFF}, with a blank between rows")
        return value


class Line(Control):
    """A line of text, held in NFC: an é is the same, however it was typed."""

    @traitlets.validate("value")
    def _composed(self, proposal):
        return composed(proposal["value"])


def slider(label: str, low: float, high: float, *, value: float, step: float = 1) -> Slider:
    """A slider for whole numbers, or for decimals when `step` is one; follows while dragged."""
    return Slider("range", label, value, min=low, max=high, step=step)


def choice(label: str, options: list, **first) -> Choice:
    """A drop-down list of values or pairs (words, value); the first unless value=... is given."""
    return Choice("select", label, options, **first)


def steps(label: str, options: list, *, value) -> Choice:
    """A row of buttons, one click per step; options: values, or pairs (words, value)."""
    return Choice("radio", label, options, value=value)


def text(label: str, value: str, *, short: bool = False) -> Line:
    """A line of text; the picture follows when Enter is pressed. short: others stand beside it."""
    return Line("text", label, value, short=short)


def switch(label: str, value: bool = False) -> Control:
    """A box to tick."""
    return Control("checkbox", label, value)


def grid(label: str, rows: list[str], columns: list[str], *, value: str, says: str) -> Grid:
    """Boxes to tick; value: "x." ticks the first of two. says: what a ticked box means, between
    the words of its row and of its column, such as "may look at".
    """
    return Grid("grid", label, value, rows=rows, columns=columns, says=says)
