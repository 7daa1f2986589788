"""What README.md shows of the notebooks, made from them and from helpers/course.py.

`make notebooks` writes the table of notebooks, the map above it and the picture of a widget.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import nbformat

from helpers import course

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PICTURE = ROOT / "notebooks" / "pictures" / "gradient_flow.png"
SHOWN = ("03_rnn_lstm", "explorers.gradient_flow(")     # the cell whose picture README.md shows
BEGIN = "<!-- The notebooks: `make notebooks` writes this part from helpers/course.py. -->\n"
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


def chart(notebooks: Sequence[course.Notebook]) -> str:
    """Return the map as a Mermaid chart, which GitHub draws: boxes in the order of the course."""
    boxes = [f'n{n.number}["{n.number} {n.short}"]' for n in notebooks]
    ready = ",".join(f"n{n.number}" for n in notebooks if n.ready)
    return ("```mermaid\nflowchart LR\n    " + " --> ".join(boxes)
            + (f"\n    classDef ready stroke-width:4px\n    class {ready} ready" if ready else "")
            + "\n```\n")


def filled(text: str, notebooks: Sequence[course.Notebook]) -> str:
    """Return `text` with the table between the two marks. Raises ValueError without them."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"README.md has lost a mark: it needs the lines\n{BEGIN}{END}")
    before, _, rest = text.partition(BEGIN)
    drawn = chart([notebook for notebook in notebooks if notebook.number])
    return f"{before}{BEGIN}\n{drawn}\n{table(notebooks)}\n{END}{rest.partition(END)[2]}"


def save_picture(folder: Path = ROOT / "notebooks", picture: Path = PICTURE) -> None:
    """Save the widget that README.md shows, out of the built notebook. ValueError if it is gone."""
    name, call = SHOWN
    for cell in nbformat.read(folder / f"{name}.ipynb", as_version=4).cells:
        found = [output["data"]["image/png"] for output in cell.get("outputs", ())
                 if "image/png" in output.get("data", {})] if call in cell.source else []
        if found:
            picture.parent.mkdir(exist_ok=True)
            picture.write_bytes(base64.b64decode(found[0]))
            return
    raise ValueError(f"{name}.ipynb has no cell with {call} and a picture: README.md shows it")


def write(readme: Path = README) -> None:
    """Bring the table in `readme` up to date; a file that is right already is not touched."""
    text = readme.read_text(encoding="utf-8")
    new = filled(text, course.all_notebooks())
    if new != text:
        readme.write_text(new, encoding="utf-8", newline="\n")
        print(f"{readme.name}: its table of notebooks is new")
