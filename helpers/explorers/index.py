"""What the start page shows: the map of the course and the learner's progress."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure

from helpers import plots

ARC = (   # number, title, the failure that the next notebook opens with, can it be opened yet?
    ("00", "Neural networks", "it knows numbers,\nnot sentences", False),
    ("01", "Language models", "counts share nothing\nbetween cat and kitten", True),
    ("02", "Word vectors", "the window is\nnever long enough", False),
    ("03", "RNN and LSTM", "one vector for\na whole sentence", True),
    ("04", "Attention", "why wait for the\nrecurrence at all?", False),
    ("05", "Self-attention", "one layer is\nnot enough", False),
    ("06", "Transformer", "labelled text\nis scarce", False),
    ("07", "Pretraining", "the story goes on", False),
)
MARKS = {"passed": "✔", "failed": "✘", "not attempted": "○"}


def arc_figure() -> Figure:
    """Return the map: one box per notebook, in reading order, with what it leaves unsolved."""
    figure = plots.blank(7.6, 4.4)
    axes = plots.fresh_axes(figure, title="One question, eight notebooks: what comes next?")
    axes.set(xlim=(-0.55, 3.55), ylim=(-0.5, 1.45))
    axes.set_axis_off()
    plots.leave_room(figure, left=-0.3, below=-0.3)
    for place, (number, title, gap, ready) in enumerate(ARC):
        x, y = place % 4, 1 - place // 4
        edge = {"edgecolor": plots.BLUE if ready else plots.INK, "linewidth": 2.5 if ready else 1}
        axes.text(x, y + 0.16, f"{number}\n{title}", ha="center", va="center", fontsize=11,
                  color=plots.BLUE if ready else plots.INK, weight="bold" if ready else "normal",
                  bbox={"boxstyle": "round,pad=0.5", "facecolor": "none", **edge})
        axes.text(x, y - 0.26, gap, ha="center", va="center", color=plots.INK, fontsize=11,
                  style="italic")
        if place % 4 < 3:
            axes.annotate("", (x + 0.545, y + 0.16), (x + 0.475, y + 0.16),
                          arrowprops={"arrowstyle": "->", "color": plots.INK})
    return figure


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
