"""Predict-first questions: `ask` in one cell, `settle` in the next, once the numbers are there.

    questions.ask("1.2", "What is the average surprisal then?", {"a bit larger": "that would ...",
                                                                 "infinite": "one word ..."})
    questions.settle("1.2", "infinite" if average == np.inf else "a bit larger")

`ask` shows buttons and, in the same output, the question as text. Nothing says right or wrong
before `settle`. What `settle` prints depends on this session alone, not on earlier ones.
"""

import html
import string
import textwrap
from dataclasses import dataclass

import ipywidgets as widgets
from IPython.display import display

from helpers import progress

STYLE = """<style>
.course-question {max-width: 60em; padding: 2px 4px 6px; overflow: visible}
.course-question .widget-html-content {line-height: 1.45; white-space: normal}
.course-question .jupyter-button {width: 100%; height: auto; min-height: 34px; margin: 3px 0;
  padding: 6px 12px; text-align: left; white-space: normal; line-height: 1.4; overflow: visible;
  font-size: inherit; color: var(--jp-ui-font-color1, #222);
  background: var(--jp-layout-color1, #fff); border: 1px solid var(--jp-border-color1, #888)}
.course-question .jupyter-button:hover {background: var(--jp-layout-color2, #eee)}
.course-question .jupyter-button:focus-visible {
  outline: 3px solid var(--jp-brand-color1, #1976d2); outline-offset: 1px}
.course-question .course-chosen {font-weight: 600;
  border: 2px solid var(--jp-brand-color1, #1976d2)}
</style>"""


@dataclass
class _Question:
    """A question of this session, with what was chosen and the widget that shows it."""

    id: str
    text: str
    options: dict[str, str]
    chosen: str | None = None
    box: widgets.VBox | None = None

    def __repr__(self) -> str:
        """The question as text: all that GitHub, a PDF or a terminal shows."""
        lines = [_wrapped(f"Question {self.id}: {self.text}", "  ")]
        lines += [
            _wrapped(f"  {letter}) {option}", "     ")
            for letter, option in zip(string.ascii_lowercase, self.options, strict=False)
        ]
        cure = f'Choose before you run the next cell (or: questions.answer("{self.id}", "a")).'
        return "\n".join([*lines, cure])

    def _repr_mimebundle_(self, **_: object) -> dict:
        return {**self.box._repr_mimebundle_(), "text/plain": repr(self)}


_asked: dict[str, _Question] = {}


def ask(id: str, text: str, options: dict[str, str]) -> None:
    """Show a question; options: what can be chosen -> its feedback, kept for `settle`.

    To run the cell again is fine. Raises ValueError for fewer than two options, an option
    without feedback, or an id that stands for other options already.
    """
    known = _asked.get(id)
    if not 2 <= len(options) <= 26 or not all(map(str.strip, options.values())):
        raise ValueError(f"question {id}: give two to 26 options, each with a feedback")
    if known is not None and known.options != options:
        raise ValueError(
            f"question {id} was asked with other options, {_listed(known.options)}: "
            "give this one an id of its own, or restart the kernel if you changed its options"
        )
    question = _Question(id, text, dict(options), known.chosen if known else None)
    question.box = _box(question, earlier=progress.answers().get(id))
    _asked[id] = question
    display(question)


def answer(id: str, option: str) -> None:
    """Choose without buttons: by the option's text or by its letter ("b").

    Raises ValueError for a question not asked yet, and for an option it does not have.
    """
    question = _find(id)
    letters = dict(zip(string.ascii_lowercase, question.options, strict=False))
    chosen = option if option in question.options else letters.get(option.strip(" )").lower())
    if chosen is None:
        raise ValueError(f"question {id} has no option {option!r}; it has {_listed(letters)}")
    _choose(question, chosen)
    print(_said(chosen))


def settle(id: str, value: str) -> None:
    """Print what the numbers say beside what was predicted in this session, with the feedback.

    value: the option that the computation found. Raises ValueError if it is not an option of
    the question, or if the question was not asked yet.
    """
    question = _find(id)
    if value not in question.options:
        raise ValueError(
            f"question {id} was settled with {value!r}, but its options are "
            f"{_listed(question.options)}"
        )
    chosen, feedback = question.chosen, question.options
    if chosen is None:
        said = "You made no prediction this time."
    elif chosen == value:
        said = f"You predicted: {_ended(chosen)}"
    else:
        said = f"You predicted: {_ended(chosen)} {_sentence(feedback[chosen])}"
    print(_wrapped(f"Question {id}. {said}", "  "))
    print(_wrapped(f"  The numbers say: {_ended(value)} {_sentence(feedback[value])}", "  "))


def _box(question: _Question, *, earlier: str | None) -> widgets.VBox:
    """Text, one wide button per option, and a line that says what was chosen."""
    head = f"{STYLE}<b>Question {html.escape(question.id)}</b> {html.escape(question.text)}"
    buttons = [widgets.Button() for _ in question.options]
    for button, option in zip(buttons, question.options, strict=True):
        button.on_click(lambda _, option=option: _choose(question, option))
    status = widgets.HTML()
    box = widgets.VBox([widgets.HTML(head), *buttons, status])
    box.add_class("course-question")
    _paint(question, box)
    if question.chosen is None and earlier in question.options:
        past = f"In an earlier session you said: {_ended(earlier)} Choose again."
        status.value = html.escape(past)
    return box


def _choose(question: _Question, option: str) -> None:
    question.chosen = option
    progress.record("answer", question.id, option=option)
    _paint(question, question.box)


def _paint(question: _Question, box: widgets.VBox) -> None:
    """Mark the chosen button, by a filled circle and a border, and say it in words."""
    _, *buttons, status = box.children
    for button, letter, option in zip(
        buttons, string.ascii_lowercase, question.options, strict=False
    ):
        chosen = option == question.chosen
        button.description = f"{'●' if chosen else '○'} {letter}) {option}"
        (button.add_class if chosen else button.remove_class)("course-chosen")
    words = "Choose, then run the next cell."
    status.value = html.escape(_said(question.chosen) if question.chosen else words)


def _find(id: str) -> _Question:
    if id not in _asked:
        known = f"asked so far: {_listed(_asked)}" if _asked else "none was asked yet"
        raise ValueError(f"there is no question {id!r} ({known}); run the cell that asks it first")
    return _asked[id]


def _said(option: str) -> str:
    return f"You said: {_ended(option)} Now run the next cell."


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _sentence(text: str) -> str:
    """A feedback as a sentence; a symbol at its start (n, p(w), <unk>) gets no capital."""
    first = text.split()[0].rstrip(",:;")
    start = text[0].upper() if first.isalpha() and len(first) > 1 else text[0]
    return _ended(start + text[1:])


def _listed(names: dict) -> str:
    return ", ".join(repr(name) for name in names)


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, 76, subsequent_indent=indent, break_on_hyphens=False)
