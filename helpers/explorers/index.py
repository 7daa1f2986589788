"""What the start page shows: the map with its links, progress, its page, the way home."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers import course
from helpers.explorers.carrying import Carrying
from helpers.explorers.progress_page import MARKS, write_progress

__all__ = ["Board", "Map", "board", "carrying", "course_map", "write_progress"]
ROW = "display: flex; flex-wrap: wrap; row-gap: 14px; align-items: stretch; margin: 6px 0"
STEP = "display: flex; align-items: center"
BOX = ("display: block; width: 174px; min-height: 108px; box-sizing: border-box; "
       "padding: 8px 10px; border-radius: 8px; line-height: 1.35; text-decoration: none; "
       "color: var(--jp-content-font-color1, #222); border: ")
READY, TO_COME = "3px solid #0072B2", "1px dashed var(--jp-content-font-color1, #222)"


@dataclass(frozen=True)
class Map:
    """The notebooks in the order of the course, each with what it cannot do; links where ready."""

    notebooks: Sequence[course.Notebook]

    def __repr__(self) -> str:
        return "\n".join(f"{n.number} {n.title}{'' if n.ready else ' (to come)'}: {n.question} "
                         f"What it leaves open: {n.gap}." for n in self.notebooks)

    def _repr_html_(self) -> str:
        boxes = [_box(notebook) for notebook in self.notebooks]
        arrow = '<span style="padding: 0 7px" aria-hidden="true">→</span>'
        steps = [f'<div style="{STEP}">{box}{arrow if place < len(boxes) else ""}</div>'
                 for place, box in enumerate(boxes, 1)]
        return f'<div style="{ROW}">{"".join(steps)}</div>'


def _box(notebook: course.Notebook) -> str:
    words = (f"<b>{html.escape(notebook.number)} {html.escape(notebook.short)}</b><br>"
             f"<i>{html.escape(notebook.gap)}</i>")
    if not notebook.ready:
        return f'<span style="{BOX}{TO_COME}">{words}<br>to come</span>'
    return (f'<a href="{notebook.name}.ipynb" title="{html.escape(notebook.question)}" '
            f'style="{BOX}{READY}">{words}</a>')


def course_map() -> Map:
    """The map of the course."""
    return Map(course.NOTEBOOKS)


@dataclass(frozen=True)
class Board:
    """The exercises of each notebook and how far the learner is: text, or one HTML table."""

    notebooks: Mapping[str, list]      # title -> rows (id, title, starred, minutes, status)

    def __repr__(self) -> str:
        lines = []
        for notebook, rows in self.notebooks.items():
            lines.append(f"{notebook}: {_passed(rows)} exercises passed")
            lines += [f"  {MARKS[status]} {id} {'★' if starred else ' '} {title} ({minutes} min)"
                      for id, title, starred, minutes, status in rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        body = "".join(
            f"<tr><td style='text-align: left'>{html.escape(notebook)}</td><td>{_passed(rows)}</td>"
            f"<td style='text-align: left'>{' '.join(map(_chip, rows))}</td></tr>"
            for notebook, rows in self.notebooks.items())
        return f"<table><tr><th>notebook</th><th>passed</th><th>exercises</th></tr>{body}</table>"


def _passed(rows: list) -> str:
    return f"{sum(row[-1] == 'passed' for row in rows)} of {len(rows)}"


def _chip(row: tuple) -> str:
    id, title, starred, minutes, status = row
    words = html.escape(f"{title}, {minutes} minutes: {status}")
    return (f'<span title="{words}" style="white-space: nowrap; padding-right: 8px">'
            f"{MARKS[status]} {html.escape(id)}{'★' * starred}</span>")


def board(doors: Mapping) -> Board:
    """The progress board. doors: title of a notebook -> its exercises' door."""
    return Board({title: door.board() for title, door in doors.items()})


def carrying() -> Carrying:
    """The card with which learners take their work home and bring it back."""
    return Carrying()
