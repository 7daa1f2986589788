"""The table of notebooks in README.md, made from helpers/course.py; `make notebooks` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from helpers import course

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- The notebooks: `make notebooks` writes this table from helpers/course.py. -->\n"
END = "<!-- End of the notebooks. -->\n"


def table(notebooks: Sequence[course.Notebook]) -> str:
    """Return the table in Markdown: a notebook that is ready is a link, others are to come."""
    lines = ["| notebook | question | state |", "|---|---|---|"]
    for notebook in notebooks:
        name = f"{notebook.number} {notebook.title}" if notebook.number else notebook.short
        link = f"[{name}](notebooks/{notebook.name}.ipynb)" if notebook.ready else name
        state = "ready" if notebook.ready else "to come"
        lines.append(f"| {link} | {notebook.question} | {state} |")
    return "\n".join(lines) + "\n"


def filled(text: str, notebooks: Sequence[course.Notebook]) -> str:
    """Return `text` with the table between the two marks. Raises ValueError without them."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"README.md has lost a mark: it needs the lines\n{BEGIN}{END}")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table(notebooks)}\n{END}{rest.partition(END)[2]}"


def write(readme: Path = README) -> None:
    """Bring the table in `readme` up to date; a file that is right already is not touched."""
    text = readme.read_text(encoding="utf-8")
    new = filled(text, course.all_notebooks())
    if new != text:
        readme.write_text(new, encoding="utf-8", newline="\n")
        print(f"{readme.name}: its table of notebooks is new")
