"""Ten questions that say which sections of notebook 00 to read."""

from __future__ import annotations

import json
import string
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import anywidget
import traitlets

from helpers import progress, questions
from helpers.attention_view.widget import ELEMENTS

HERE = Path(__file__).parent
FILE = questions.FOLDER / "neural_networks.self_test.json"
UNKNOWN = "unknown"                 # what is kept of "I do not know"
START = "Ten questions, about ten minutes. Where you do not know, say so: there are no marks."


def self_test_numbers(answers: Mapping[str, str]) -> dict:
    """What answers say of a reader. answers: id of a question -> key of the option, or "unknown".

    Returns {"questions": as the file has them, "right": how many, "answered": how many, "read":
    the sections of all that were not right, in their order, "sentence": what to read}.
    Raises ValueError for an id or a key that the file does not have.
    """
    asked = json.loads(FILE.read_text(encoding="utf-8"))
    keys = {one["id"]: [option["key"] for option in one["options"]] + [UNKNOWN] for one in asked}
    for id, key in answers.items():
        if key not in keys.get(id, ()):
            raise ValueError(f"question {id!r}, answer {key!r}: questions are {', '.join(keys)}; "
                             f"answers {', '.join(keys.get(id, ())) or 'none'}")
    right = [one["id"] for one in asked if answers.get(one["id"]) == one["right"]]
    read = sorted({one["section"] for one in asked
                   if one["id"] in answers and one["id"] not in right})
    return {"questions": asked, "right": len(right), "answered": len(answers), "read": read,
            "sentence": _advice(read, len(right), len(answers), len(asked))}


def _advice(read: Sequence[str], right: int, answered: int, asked: int) -> str:
    if answered < asked:
        return f"{answered} of {asked} answered." if answered else START
    said = f"{right} of {asked} right."
    if not read:
        return f"{said} You know what the course leans on: go on with notebook 01."
    if not right:
        return f"{said} Read this notebook from section 1 on; D and F stand in its second sitting."
    named = f"sections {', '.join(read[:-1])} and {read[-1]}" if read[1:] else f"section {read[0]}"
    return f"{said} Read {named}; the rest you know."


class SelfTest(anywidget.AnyWidget):
    """One question after another, each with its feedback; at the end, what to read.

    `answers`: id -> key of what was chosen, or "unknown"; setting it is answering. `verdict`:
    what they say so far. Each answer is kept in the learner's progress.
    """

    _esm = ELEMENTS + (HERE / "self_test.js").read_text(encoding="utf-8")
    _css = (HERE.parent / "card.css").read_text(encoding="utf-8") + (
        HERE / "self_test.css").read_text(encoding="utf-8")
    questions = traitlets.List().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)
    earlier = traitlets.Unicode().tag(sync=True)    # what an earlier session's answers said

    def __init__(self) -> None:
        numbers = self_test_numbers({})
        super().__init__(questions=numbers["questions"], verdict=numbers["sentence"],
                         earlier=_earlier(numbers["questions"]))
        self.observe(self._answered, names="answers")

    @traitlets.validate("answers")
    def _known(self, proposal):
        self_test_numbers(proposal["value"])
        return proposal["value"]

    def _answered(self, change) -> None:
        for id, key in change.new.items():
            if change.old.get(id) != key:
                progress.record("answer", id, option=key)
        self.verdict = self_test_numbers(change.new)["sentence"]

    def __repr__(self) -> str:
        """All questions as text, and at the end what is right and where it stands."""
        lines = ["Ten questions; what is right, and the section that says why, stands below."]
        for number, one in enumerate(self.questions, start=1):
            lines.append(_wrapped(f"{number}. {one['text']}", "   "))
            lines += [_wrapped(f"   {letter}) {option['text']}", "      ") for letter, option in
                      zip(string.ascii_lowercase, one["options"], strict=False)]
        right = [f"{number} {_letter(one)} (section {one['section']})"
                 for number, one in enumerate(self.questions, start=1)]
        return "\n".join([*lines, _wrapped(f"Right: {', '.join(right)}.", "  ")])

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self)}, metadata


def _letter(question: dict) -> str:
    keys = [option["key"] for option in question["options"]]
    return string.ascii_lowercase[keys.index(question["right"])]


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, 76, subsequent_indent=indent, break_on_hyphens=False)


def _earlier(asked: list[dict]) -> str:
    """What the answers of earlier sessions said, if all were given; else ""."""
    kept = progress.answers()
    told = {one["id"]: kept[one["id"]] for one in asked if one["id"] in kept}
    if len(told) < len(asked):
        return ""
    try:
        return f"Last time: {self_test_numbers(told)['sentence']}"
    except ValueError:                  # an option has another key by now
        return ""


def self_test() -> SelfTest:
    """Ten questions, ten minutes: at the end it says which sections to read."""
    return SelfTest()
