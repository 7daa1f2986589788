"""A built notebook as a page of the site: what lived in a kernel answers without one.

Questions get their buttons, attention views live, exercises have hints and solution folded below,
and each picture has a text alternative. All else is the notebook as it was built.
"""

from __future__ import annotations

import ast
import contextlib
import html
import io
import json
import re

import deck_cells
from deck_cells import Notebook, said, text
from pygments import highlight
from pygments.lexers import PythonLexer

from helpers import course
from helpers.attention_view import AttentionView
from helpers.exercises import _judging, _reading, doors

ASKED = re.compile(r'questions\.ask\("([^"]+)"\)')
EXERCISE_TAG = re.compile(r"ex-(\d+\.\d+)")
SECOND_TITLE = re.compile(r"^# ", re.MULTILINE)
NO_PREDICTION = re.compile(r"You made no prediction this time\.\s*")
VIEW = re.compile(r"\d+ queries look at \d+ keys\.")
LINKED = re.compile(r'(href=["\'])([\w/]+)\.ipynb')
FOLD = {"code_prompt_show": "The proof: show its cell", "code_prompt_hide": "Hide the cell"}
WIDE = 1600                             # letters of an alternative, at most


class NoViewError(Exception):
    """Why a view of a notebook could not be drawn anew, in words."""


def page(book: Notebook, *, alive: bool = True) -> dict:
    """The notebook (nbformat 4) that becomes a page. alive: attention views live in it.

    Raises ValueError for a question that the notebook's numbers never answer.
    """
    cells, titles = [], 0
    for place, cell in enumerate(book.cells):
        if cell["cell_type"] == "code":
            cells.append(code_cell(book, place, alive=alive))
        elif cell["cell_type"] == "markdown":
            said_ = text(cell)
            if SECOND_TITLE.match(said_):
                titles += 1
                said_ = SECOND_TITLE.sub("# " if titles == 1 else "## ", said_, count=1)
            cells.append({"cell_type": "markdown", "metadata": {}, "source": said_})
    return {"nbformat": 4, "nbformat_minor": 4, "cells": cells,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"},
                         "language_info": {"name": "python"}}}


def code_cell(book: Notebook, place: int, *, alive: bool) -> dict:
    """One code cell with what a reader without a kernel needs of it."""
    cell = book.cells[place]
    source, tags = text(cell), set(cell["metadata"].get("tags", ()))
    asked = ASKED.findall(source)
    exercise = next(filter(None, map(EXERCISE_TAG.fullmatch, tags)), None)
    meta: dict = {"tags": []}
    if asked:
        meta["tags"] = ["remove-input"]
        outputs = [as_output(question(book, id)) for id in asked]
    elif "self_test()" in source:
        outputs = [as_output(self_test(course.find(book.name).stem))]
    elif exercise:
        outputs = [as_output(help_with(exercise.group(1)))]
    else:
        outputs = [shown for each in cell.get("outputs", ()) for shown in
                   output(book, place, each, meta, alive=alive)]
    if "proof" in tags:
        meta |= {"tags": ["hide-input"], "mystnb": FOLD | meta.get("mystnb", {})}
    return {"cell_type": "code", "execution_count": None, "metadata": meta, "source": source,
            "outputs": outputs}


def as_output(page_: str) -> dict:
    """HTML as an output of a cell."""
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": page_}}


def output(book: Notebook, place: int, each: dict, meta: dict, *, alive: bool) -> list[dict]:
    """One stored output. meta: the cell's, which gets the alternative of a picture."""
    data = each.get("data", {})
    if each["output_type"] == "stream":
        spoken = deck_cells.UNWRITTEN.sub("", NO_PREDICTION.sub("", said(each)))
        return [dict(each, text=spoken)] if spoken else []
    if "text/html" in data:
        return [as_output(LINKED.sub(r"\1\2.html", "".join(data["text/html"])))]
    if "image/png" not in data:
        return [{"output_type": "display_data", "metadata": {},
                 "data": {"text/plain": said(each)}}]
    told = "".join(data.get("text/plain", ""))
    if alive and VIEW.search(told):
        try:
            view = living(book, place)
            return [as_output(frame(view.to_html(), view.summary))]
        except NoViewError as error:
            print(f"A picture stands for a view. {error}", flush=True)
    moves = not told.startswith(deck_cells.PLAIN_FIGURE)
    meta["mystnb"] = {"image": {"alt": alternative(book, place, told if moves else "")}}
    picture = {"output_type": "display_data", "metadata": {},
               "data": {"image/png": "".join(data["image/png"])}}
    return [picture, *([as_output(deck_cells.MOVES)] if moves else [])]


def alternative(book: Notebook, place: int, told: str) -> str:
    """What a picture shows, in words: the widget's own, the "See that ...", or what leads there."""
    if not told:
        try:
            told = deck_cells.see_that(book, place)
        except ValueError:
            before = [text(cell) for cell in book.cells[:place] if cell["cell_type"] == "markdown"]
            told = f"Figure: {deck_cells.plain(before[-1].strip().splitlines()[-1])}"
    told = " ".join(told.split())
    return told if len(told) <= WIDE else told[:WIDE].rsplit(" ", 1)[0] + " ..."


def question(book: Notebook, id: str) -> str:
    """A choice question whose buttons answer; its words are also there without a script."""
    return deck_cells.question(book, id).replace(
        '<div class="question">', f'<div class="question" id="question-{id}">', 1)


def self_test(stem: str) -> str:
    """The questions that say what a reader may leave out, with buttons that answer."""
    path = deck_cells.ROOT / "helpers" / "exercises" / f"{stem}.self_test.json"
    shown = []
    for asked in json.loads(path.read_text(encoding="utf-8")):
        right = next(each["text"] for each in asked["options"] if each["key"] == asked["right"])
        options = [dict(each, feedback=f"{deck_cells.sentence(each['feedback'])} Section "
                        f"{asked['section']} says why.") for each in asked["options"]]
        shown.append(deck_cells.choice(asked["text"], options, right))
    return "".join(shown)


# --- exercises --------------------------------------------------------------------------------


def help_with(id: str) -> str:
    """Hints, each folded, and the solution of the course, folded too."""
    of_title = {title.partition(" ")[0]: door for title, door in doors().items()}
    door = of_title[course.of_id(id).number]
    exercise = next(each for each in door.exercises if each.id == id)
    hints = [folded(f"Hint {n} of {len(exercise.hints)}", f"<p>{html.escape(hint)}</p>")
             for n, hint in enumerate(exercise.hints, 1)]
    solution = f'<div class="highlight">{coloured(_judging.source_of(exercise.solution))}</div>'
    moral = f"<p>{html.escape(exercise.moral)}</p>" if exercise.moral else ""
    return (f'<div class="help" id="exercise-{id}">{"".join(hints)}'
            f'{folded("One right answer", solution + moral)}</div>')


def folded(title: str, inside: str) -> str:
    """Something that opens when its title is pressed."""
    return f"<details><summary>{html.escape(title)}</summary>{inside}</details>"


def coloured(source: str) -> str:
    """Python in the colours of the page."""
    marked = highlight(source, PythonLexer(stripnl=False), deck_cells.FORMATTER).rstrip("\n")
    return f'<pre tabindex="0">{marked}</pre>'


# --- attention views --------------------------------------------------------------------------


def living(book: Notebook, place: int) -> AttentionView:
    """The attention view that a cell shows.

    The cell runs with what it needs of those above. Raises NoViewError where that fails, or the
    view says something else than the notebook's; ValueError for a cell without a view.
    """
    said_ = ["".join(each["data"]["text/plain"]) for each in book.cells[place]["outputs"]
             if "image/png" in each.get("data", {})]
    told = next(filter(VIEW.search, said_), None)
    if told is None:
        raise ValueError(f"{text(book.cells[place])[:50]!r} in {book.name} shows no attention view")
    number = sum(cell["cell_type"] == "code" for cell in book.cells[:place])
    cells = _reading.read(deck_cells.ROOT / "notebooks" / f"{book.name}.ipynb")
    for used in (False, True):
        try:
            view = value_of(cells, number, used=used)
        except Exception as error:      # a notebook's code: it may raise anything
            raise NoViewError(f"{book.name}, cell {place}: {error!r}") from error
        if repr(view) == told:
            return view
    raise NoViewError(f"{book.name}, cell {place}: {view!r} instead of {told!r}")


def value_of(cells: list[_reading.Cell], number: int, *, used: bool) -> object:
    """The value of a code cell's last line, after those pieces above that it needs.

    used: also those that only use what it needs, and may change it, as training does.
    """
    names: dict = {}
    *before, last = cells[number].rest.body
    steps = [step for _, piece in _reading.needed(cells, number, used=used) for step in piece.body]
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(ast.Module([*steps, *before], []), cells[number].name, "exec"), names)
        return eval(compile(ast.Expression(last.value), cells[number].name, "eval"), names)


def frame(page_: str, words: str) -> str:
    """A page within the page; site.js gives it the height that it needs."""
    return (f'<div class="frame"><iframe loading="lazy" title="{html.escape(words)}" '
            f'srcdoc="{html.escape(page_)}"></iframe></div>')
