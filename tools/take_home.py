"""One A4 page to take home for each notebook: what it asked, found and showed, from its own cells.

A page is one file, which opens and prints without a network: take_home/05_....html, and beside it
the .pdf where a Chromium can print one.
"""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path

import deck_cells
import site_pages
from deck_cells import PLAIN_FIGURE, Notebook, png_of, text
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from site_math import mathml

from helpers import course

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "tools" / "site" / "take_home.html"
SECOND = "# Second sitting"
DISPLAYED = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
SENTENCE = re.compile(r".+?[.](?= |$)", re.DOTALL)
EXERCISES = re.compile(r" \([\d.,; to]+\)")      # the ids behind a line of "You can now"
POINTS = re.compile(r"^1\. .*", re.DOTALL | re.MULTILINE)
MOST_FORMULAS, MOST_PICTURES = 4, 2
# Which cells' pictures go home: as wide as the page, so that their letters can be read on paper.
PICTURES = {
    "neural_networks": ('title="Go down: against the slope"', "loss that the run sees"),
    "language_models": ("explorers.giving_figure", 'xlabel="order n (sees n - 1 words)"'),
    "word_vectors": ("explorers.neighbour_map(stored.vectors", "explorers.training_step()"),
    "rnn_lstm": ("explorers.four_runs_figure()", "explorers.belt()"),
    "seq2seq_attention": ("explorers.diagram()", 'title="With attention the line is flat'),
    "self_attention_masks": ("explorers.qkv_playground()", "explorers.mask_builder()"),
    "transformer": ("explorers.collapse_explorer()", "explorers.forward_stepper("),
    "pretraining": ("explorers.two_senses(", "explorers.label_curves("),
}


def markdown() -> MarkdownIt:
    """Prose of a notebook as HTML, with formulas as MathML."""
    return MarkdownIt("commonmark").enable("table").use(
        dollarmath_plugin, renderer=lambda tex, how: mathml(tex, block=how["display_mode"]))


def core(book: Notebook) -> list[dict]:
    """The cells of the core: those before the second sitting."""
    places = [place for place, cell in enumerate(book.cells) if text(cell).startswith(SECOND)]
    return list(book.cells[:places[0]]) if places else list(book.cells)


def section(book: Notebook, heading: str) -> str:
    """The text below a heading, to the next one. Raises ValueError if there is none."""
    prose = "\n\n".join(text(cell) for cell in book.cells if cell["cell_type"] == "markdown")
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^#|\Z)", prose, re.DOTALL | re.MULTILINE)
    if found is None:
        raise ValueError(f'{book.name} has no "## {heading}", which its page to take home needs')
    return found.group(1).strip()


def formulas(book: Notebook) -> list[str]:
    """The formulas of the core that stand on lines of their own, the first ones."""
    prose = "\n".join(text(cell) for cell in core(book) if cell["cell_type"] == "markdown")
    return list(dict.fromkeys(tex.strip() for tex in DISPLAYED.findall(prose)))[:MOST_FORMULAS]


def pictures(book: Notebook) -> list[int]:
    """The places of the cells whose pictures go home."""
    named = PICTURES.get(course.find(book.name).stem)
    if named:
        return [book.find(key) for key in named]
    drawn = [place for place, cell in enumerate(core(book)) if picture(cell)]
    return drawn[:MOST_PICTURES]


def picture(cell: dict) -> dict:
    """The output of a cell that is a picture; {} if there is none."""
    return next((each for each in cell.get("outputs", ())
                 if "image/png" in each.get("data", {})), {})


def figure(book: Notebook, place: int) -> str:
    """A picture with its words and, below it, the sentence that says what to see.

    Raises ValueError for a cell without a picture.
    """
    shown = picture(book.cells[place]).get("data")
    if shown is None:
        raise ValueError(f"cell {place} of {book.name} shows no picture: change PICTURES")
    told = "".join(shown["text/plain"])
    words = site_pages.alternative(book, place, "" if told.startswith(PLAIN_FIGURE) else told)
    try:
        sentence = SENTENCE.match(deck_cells.see_that(book, place))
        caption = f"<figcaption>{html.escape(sentence.group())}</figcaption>" if sentence else ""
    except ValueError:
        caption = ""
    return (f'<figure><img alt="{html.escape(words)}" src="data:image/png;base64,{png_of(shown)}">'
            f"{caption}</figure>")


def page(book: Notebook) -> str:
    """The page of a notebook. Raises ValueError where the notebook lacks a part of it."""
    notebook, md = course.find(book.name), markdown()
    stand = POINTS.search(section(book, "Where we stand"))
    if stand is None:
        raise ValueError(f'"Where we stand" in {book.name} has no list, which goes home')
    drawn = "".join(f"<div>{mathml(tex, block=True)}</div>" for tex in formulas(book))
    fills = {
        "TITLE": f"{notebook.number} · {html.escape(notebook.title)}",
        "QUESTION": md.renderInline(notebook.question),
        "STAND": md.render(stand.group()),
        "FORMULAS": drawn,
        "FIGURES": "".join(figure(book, place) for place in pictures(book)),
        "CAN": md.render(EXERCISES.sub("", section(book, "You can now").split("\n\n")[0])),
    }
    parts = re.split(r"\{\{ (\w+) \}\}", TEMPLATE.read_text(encoding="utf-8"))
    return "".join(fills[part] if place % 2 else part for place, part in enumerate(parts))


def write(notebooks: list[course.Notebook], folder: Path) -> list[Path]:
    """Write the pages of these notebooks into a folder; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for notebook in notebooks:
        files.append(folder / f"{notebook.name}.html")
        files[-1].write_text(page(deck_cells.notebook(notebook.name)), encoding="utf-8")
    return files


def printed(files: list[Path]) -> bool:
    """Print each page as a .pdf beside it; False, and nothing, where no Chromium is installed."""
    sys.path.insert(0, str(ROOT / "tests"))      # where the helpers of the browser test are
    import browser_lab

    if browser_lab.find_chromium() is None:
        return False
    with browser_lab.browser() as chromium:
        for file in files:
            shown = chromium.new_page()
            shown.set_default_timeout(browser_lab.PATIENCE * 1000)
            shown.goto(file.resolve().as_uri())
            shown.pdf(path=file.with_suffix(".pdf"), prefer_css_page_size=True,
                      print_background=True)
            shown.close()
    return True


def listed(notebooks: list[course.Notebook], *, pdf: bool) -> str:
    """The page of the site that lists them, in Markdown."""
    rows = []
    for each in notebooks:
        also = f' (<a href="take_home/{each.name}.pdf">PDF</a>)' if pdf else ""
        rows.append(f'<li><a href="take_home/{each.name}.html">{each.number} · '
                    f"{html.escape(each.title)}</a>{also}</li>")
    return ("# To take home\n\nOne page of A4 for each notebook: what it asked, what it found, two "
            f"of its pictures. Print it from the browser.\n\n<ul>{''.join(rows)}</ul>\n")
