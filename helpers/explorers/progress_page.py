"""The learner's progress as a page that prints: one file, nothing from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

from helpers import progress
from helpers.files import replace_file

MARKS = {"passed": "✔", "failed": "✘", "not attempted": "○"}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>From perplexity to pretraining: my progress</title>
<style>
@page {{ size: A4; margin: 0; }}
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; }}
body {{
  width: 210mm; margin: 0 auto; padding: 11mm 13mm; background: #fff; color: #1c1c1c;
  font: 8.6pt/1.3 "Helvetica Neue", Arial, "DejaVu Sans", sans-serif;
}}
h1 {{ margin: 0; font-size: 16pt; }}
p {{ margin: 1mm 0 4mm; font-size: 10pt; }}
main {{ columns: 3; column-gap: 6mm; }}
section {{ margin-bottom: 3.5mm; }}
h2 {{ margin: 0 0 0.8mm; font-size: 10pt; color: #0b5c9e; break-after: avoid; }}
ul {{ list-style: none; margin: 0; padding: 0; }}
li {{ padding-left: 4.5mm; text-indent: -4.5mm; break-inside: avoid; }}
li span {{ display: inline-block; width: 4.5mm; text-indent: 0; }}
time {{ color: #555; white-space: nowrap; }}
@media (max-width: 800px) {{
  body {{ width: auto; padding: 4mm; font-size: 11pt; }}
  main {{ columns: 1; }}
}}
</style>
</head>
<body>
<h1>From perplexity to pretraining</h1>
<p>{passed} of {all} exercises passed. ✔ passed, with the day; ✘ tried; ○ not yet met; ★ of a core.
{day}</p>
<main>
{sections}
</main>
</body>
</html>
"""


def write_progress(doors: Mapping, path: str | Path = "progress.html") -> Path:
    """Write the learner's progress as a page of A4 beside the notebook; return the file.

    doors: title of a notebook -> its exercises' door, as `exercises.doors()` has them. Open the
    file in a browser and print it.
    """
    file = Path(path)
    replace_file(file, progress_page(doors).encode("utf-8"))
    return file


def progress_page(doors: Mapping) -> str:
    """The page (HTML): a block for each notebook, a line for each exercise."""
    rows = {title: door.board() for title, door in doors.items()}
    days = first_passes()
    marks = [row[-1] for board in rows.values() for row in board]
    last = f"Last passed: {html.escape(max(days.values()))}." if days else ""
    return PAGE.format(passed=marks.count("passed"), all=len(marks), day=last,
                       sections="\n".join(_section(*each, days) for each in rows.items()))


def first_passes() -> dict[str, str]:
    """Exercise id -> the day (year-month-day, UTC) on which it was first passed."""
    days: dict[str, str] = {}
    for event in progress.events():
        if event["kind"] == "attempt" and event.get("passed") is True:
            days.setdefault(event["id"], event["time"][:10])
    return days


def _section(title: str, rows: list, days: Mapping[str, str]) -> str:
    passed = sum(row[-1] == "passed" for row in rows)
    lines = "\n".join(_line(row, days) for row in rows)
    return (f"<section><h2>{html.escape(title)}: {passed} of {len(rows)}</h2>\n"
            f"<ul>\n{lines}\n</ul></section>")


def _line(row: tuple, days: Mapping[str, str]) -> str:
    id, title, starred, _, status = row
    day = f" <time>{html.escape(days[id])}</time>" if id in days else ""
    return (f'<li><span role="img" aria-label="{status}">{MARKS[status]}</span>'
            f"{html.escape(id)}{'★' * starred} {html.escape(title)}{day}</li>")
