"""Predict-first questions: `ask` in one cell, `settle` in a later one, once the numbers are there.

    questions.ask("1.e")
    questions.settle("1.e", "infinite" if np.isinf(mean) else "larger")

Text, options and feedback stand in `exercises/STEM.questions.json`, out of the learner's sight:
id -> {"text": ..., "options": [{"key": ..., "text": ..., "feedback": ...}, ...]}. The short key is
what `settle` names and what progress keeps.

`ask` shows buttons and, in the same output, the question as text. Nothing says right or wrong
before `settle`. What `settle` prints depends on this session alone, not on earlier ones.
"""

import html
import json
import string
import textwrap
from dataclasses import dataclass
from pathlib import Path

import ipywidgets as widgets
from IPython.display import display

from helpers import course, progress

FOLDER = Path(__file__).parent / "exercises"
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


@dataclass(frozen=True)
class _Option:
    """What can be chosen. key: its short, permanent name; feedback: kept for `settle`."""

    key: str
    text: str
    feedback: str


@dataclass
class _Question:
    """A question of this session. chosen: the prediction; settled: what the numbers said."""

    id: str
    text: str
    options: tuple[_Option, ...]
    chosen: _Option | None = None
    settled: _Option | None = None
    box: widgets.VBox | None = None

    def __repr__(self) -> str:
        """The question as text: all that GitHub, a PDF or a terminal shows."""
        lines = [_wrapped(f"Question {self.id}: {self.text}", "  ")]
        lines += [
            _wrapped(f"  {letter}) {option.text}", "     ")
            for letter, option in zip(string.ascii_lowercase, self.options, strict=False)
        ]
        cure = f'Choose before you run the next cell (or: questions.answer("{self.id}", "a")).'
        return "\n".join([*lines, cure])

    def _repr_mimebundle_(self, **_: object) -> dict:
        return {**self.box._repr_mimebundle_(), "text/plain": repr(self)}

    def named(self, name: str | None) -> _Option | None:
        """The option of this key or, as in progress files of old, of this text."""
        by_name = {option.text: option for option in self.options}
        return (by_name | {option.key: option for option in self.options}).get(name)


_asked: dict[str, _Question] = {}


def ask(id: str, text: str | None = None, options: dict[str, str] | None = None) -> None:
    """Show a question of the course, with its buttons. To run the cell again is fine.

    text, options (what can be chosen -> its feedback): for a question that stands in no file;
    each option's text is then its key. Raises ValueError for an id that is in no file or stands
    for other options already, for fewer than two options, and for one without feedback.
    """
    known = _asked.get(id)
    if text is None:
        question = _from_file(id)
    else:
        own = tuple(_Option(option, option, said) for option, said in (options or {}).items())
        question = _checked(_Question(id, text, own))
    if known is not None:
        if known.options != question.options:
            raise ValueError(
                f"question {id} was asked with other options, {_listed(known.options)}: give "
                "this one an id of its own, or restart the kernel if you changed its options"
            )
        question.chosen, question.settled = known.chosen, known.settled
    question.box = _box(question)
    earlier = question.named(progress.answers().get(id))
    _paint(question, earlier=earlier)
    _asked[id] = question
    display(question)


def answer(id: str, option: str) -> None:
    """Choose without buttons: by the option's letter ("b"), its key or its text.

    Raises ValueError for an unknown question, and for an option it does not have.
    """
    question = _find(id)
    letters = dict(zip(string.ascii_lowercase, question.options, strict=False))
    chosen = question.named(option) or letters.get(option.strip(" )").lower())
    if chosen is None:
        known = ", ".join(map(repr, letters))
        raise ValueError(f"question {id} has no option {option!r}; it has {known}")
    print(_choose(question, chosen))


def settle(id: str, value: str) -> None:
    """Print what the numbers say beside what was predicted in this session, with the feedback.

    value: key or text of the option that the computation found. From now on a choice is no
    prediction. Raises ValueError if it is no option of the question, or for an unknown question.
    """
    question = _find(id)
    found = question.named(value)
    if found is None:
        raise ValueError(
            f"question {id} was settled with {value!r}, but its options are "
            f"{_listed(question.options)}"
        )
    question.settled, chosen = found, question.chosen
    _paint(question)
    if chosen is None:
        said = "You made no prediction this time."
    elif chosen == found:
        said = f"You predicted: {_ended(chosen.text)}"
    else:
        said = f"You predicted: {_ended(chosen.text)} {_sentence(chosen.feedback)}"
    print(_wrapped(f"Question {id}. {said}", "  "))
    verdict = f"  The numbers say: {_ended(found.text)} {_sentence(found.feedback)}"
    print(_wrapped(verdict, "  "))


def _from_file(id: str) -> _Question:
    """The question `id` as its notebook's file has it; ValueError where it is not there whole."""
    notebook = course.of_id(id)
    path = FOLDER / f"{notebook.stem}.questions.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(
            f"the questions of {notebook.name} are missing: helpers/exercises has no {path.name}. "
            "Install the course from its own folder: pip install -e ."
        ) from None
    except ValueError as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from None
    if id not in entries:
        raise ValueError(f"{path.name} has no question {id!r}; it has {', '.join(entries)}")
    try:
        options = tuple(_Option(**option) for option in entries[id]["options"])
        return _checked(_Question(id, entries[id]["text"], options))
    except (KeyError, TypeError) as error:
        raise ValueError(
            f'question {id} in {path.name} needs a "text" and "options", each option exactly '
            f'"key", "text" and "feedback" ({error})'
        ) from None


def _checked(question: _Question) -> _Question:
    options = question.options
    if not 2 <= len(options) <= 26 or not all(option.feedback.strip() for option in options):
        raise ValueError(f"question {question.id}: give two to 26 options, each with a feedback")
    return question


def _box(question: _Question) -> widgets.VBox:
    """Text, one wide button per option, and a line that says what was chosen."""
    head = f"{STYLE}<b>Question {html.escape(question.id)}</b> {html.escape(question.text)}"
    buttons = [widgets.Button() for _ in question.options]
    for button, option in zip(buttons, question.options, strict=True):
        button.on_click(lambda _, option=option: _choose(question, option))
    box = widgets.VBox([widgets.HTML(head), *buttons, widgets.HTML()])
    box.add_class("course-question")
    return box


def _choose(question: _Question, option: _Option) -> str:
    """Take a choice: before the reveal it is the prediction, after it its feedback is shown."""
    if question.settled is None:
        question.chosen = option
        progress.record("answer", question.id, option=option.key)
    return _paint(question, looked_at=option)


def _paint(question: _Question, *, looked_at: _Option | None = None,
           earlier: _Option | None = None) -> str:
    """Mark the chosen button by a filled circle and a border; return the words of the last line."""
    words = _status(question, looked_at, earlier)
    if question.box is None:
        return words
    _, *buttons, status = question.box.children
    for button, letter, option in zip(
        buttons, string.ascii_lowercase, question.options, strict=False
    ):
        chosen = option == question.chosen
        button.description = f"{'●' if chosen else '○'} {letter}) {option.text}"
        (button.add_class if chosen else button.remove_class)("course-chosen")
    status.value = f'<div role="status" aria-live="polite">{html.escape(words)}</div>'
    return words


def _status(question: _Question, looked_at: _Option | None, earlier: _Option | None) -> str:
    if question.settled is not None:
        spoken = f"The numbers have spoken: {_ended(question.settled.text)}"
        if looked_at is None:
            return spoken
        return f"{spoken} To {looked_at.text!r}: {_sentence(looked_at.feedback)}"
    if question.chosen is not None:
        return f"You said: {_ended(question.chosen.text)} Now run the next cell."
    if earlier is not None:
        return f"In an earlier session you said: {_ended(earlier.text)} Choose again."
    return "Choose, then run the next cell."


def _find(id: str) -> _Question:
    """The question asked in this session; else (after a restart, say) the one in its file."""
    if id not in _asked:
        _asked[id] = _from_file(id)
    return _asked[id]


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _sentence(text: str) -> str:
    """A feedback as a sentence; a symbol at its start (n, p(w), <unk>) gets no capital."""
    first = text.split()[0].rstrip(",:;")
    start = text[0].upper() if first.isalpha() and len(first) > 1 else text[0]
    return _ended(start + text[1:])


def _listed(options: tuple[_Option, ...]) -> str:
    return ", ".join(repr(option.key) for option in options)


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, 76, subsequent_indent=indent, break_on_hyphens=False)
