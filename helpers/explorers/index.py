"""What the start page shows: the map of the course, the learner's progress, where to begin."""

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from helpers import course, plots

ACROSS = 4          # boxes in a row of the map
MARKS = {"passed": "✔", "failed": "✘", "not attempted": "○"}


def arc_figure(notebooks: Sequence[course.Notebook] = course.NOTEBOOKS) -> Figure:
    """Return the map: one box per notebook, in reading order, with what it leaves unsolved."""
    rows = -(-len(notebooks) // ACROSS)
    figure = plots.blank(height=2.2 * rows)
    axes = plots.fresh_axes(figure, title="One question in every notebook: what comes next?")
    axes.set(xlim=(-0.55, ACROSS - 0.45), ylim=(0.5 - rows, 0.45))
    axes.set_axis_off()
    plots.room(axes, left=0.1, right=0.1, below=0.1)
    for place, notebook in enumerate(notebooks):
        x, y = place % ACROSS, -(place // ACROSS)
        colour = plots.BLUE if notebook.ready else plots.INK
        axes.text(x, y + 0.16, f"{notebook.number}\n{notebook.short}", ha="center", va="center",
                  fontsize=11, color=colour,
                  bbox={"boxstyle": "round,pad=0.5", "facecolor": "none", "edgecolor": colour,
                        "linewidth": 2.5 if notebook.ready else 1})
        axes.text(x, y - 0.26, textwrap.fill(notebook.gap, 20), ha="center", va="center",
                  color=plots.INK, fontsize=11, style="italic")
        if place + 1 < len(notebooks):
            axes.add_patch(FancyArrowPatch(path=_way(x, y), arrowstyle="->", mutation_scale=10,
                                           color=plots.INK))
    return figure


def _way(x: int, y: int) -> Path:
    """From the box at (x, y) to the next one: to the right, or below the words to a new row."""
    if x + 1 < ACROSS:
        return Path([(x + 0.455, y + 0.16), (x + 0.535, y + 0.16)])
    between = y - 0.54
    return Path([(x, y - 0.46), (x, between), (0, between), (0, y - 0.68)])


@dataclass(frozen=True)
class Board:
    """The exercises of each notebook and how far the learner is: text, or an HTML table."""

    notebooks: Mapping[str, list]      # title -> rows (id, title, starred, minutes, status)

    def __repr__(self) -> str:
        lines = []
        for notebook, rows in self.notebooks.items():
            passed = sum(row[-1] == "passed" for row in rows)
            lines.append(f"{notebook}: {passed} of {len(rows)} exercises passed")
            lines += [f"  {MARKS[status]} {id} {'★' if starred else ' '} {title} ({minutes} min)"
                      for id, title, starred, minutes, status in rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "<tr><th></th><th>exercise</th><th>title</th><th>minutes</th></tr>"
        parts = []
        for notebook, rows in self.notebooks.items():
            passed = sum(row[-1] == "passed" for row in rows)
            body = "".join(
                f"<tr><td>{MARKS[status]} {status}</td><td>{html.escape(id)}{' ★' * starred}</td>"
                f"<td style='text-align: left'>{html.escape(title)}</td><td>{minutes}</td></tr>"
                for id, title, starred, minutes, status in rows)
            parts.append(f"<p><b>{html.escape(notebook)}</b>: {passed} of {len(rows)} exercises "
                         f"passed</p><table>{head}{body}</table>")
        return "".join(parts)


def board(doors: Mapping) -> Board:
    """The progress board. doors: title of a notebook -> its exercises' door."""
    return Board({title: door.board() for title, door in doors.items()})


@dataclass(frozen=True)
class Contents:
    """The notebooks that can be opened, as a list with links; the others are only counted."""

    notebooks: Sequence[course.Notebook]

    def __repr__(self) -> str:
        lines = [f"{n.number} {n.title}: {n.name}.ipynb" for n in self.notebooks if n.ready]
        return "\n".join([*lines, *self._to_come()])

    def _repr_markdown_(self) -> str:
        lines = [f"- [{n.number} · {n.title}]({n.name}.ipynb): {n.question}"
                 for n in self.notebooks if n.ready]
        return "\n".join([*lines, *(f"- {line}" for line in self._to_come())])

    def _to_come(self) -> list[str]:
        numbers = [n.number for n in self.notebooks if not n.ready]
        return [f"still to come: {', '.join(numbers)}"] if numbers else []


def contents() -> Contents:
    """What can be opened today, in the order of the course."""
    return Contents(course.NOTEBOOKS)
