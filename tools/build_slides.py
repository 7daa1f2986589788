"""Build slides/NN_topic.html, one file a deck, from teaching/decks/NN_topic.md and the notebook.

    python tools/build_slides.py [05 ...]

A deck's source: slides between lines of `---`; on each a title (`# ...`), at most thirty words, a
formula, or what is named in braces (KINDS); then `Notes:`, with the minute. A deck
is one file that opens from disk, without a network.
"""

from __future__ import annotations

import argparse
import base64
import html
import importlib.util
import io
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import deck_cells
import mistune
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import deck_views  # noqa: E402

from helpers import course  # noqa: E402
from helpers.files import replace_file  # noqa: E402

SOURCES, TARGET = ROOT / "teaching" / "decks", ROOT / "slides"
MOST_WORDS = 30
REFERENCE = re.compile(r"^\{(\w+): ([^\n]+)\}$", re.MULTILINE)
MATH = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
LABEL = re.compile(r"^(Ask|Misconception|Show):", re.MULTILINE)
NOT_READ = re.compile(rf"{REFERENCE.pattern}|{MATH.pattern}|^\d+\. ", re.DOTALL | re.MULTILINE)
LARGE = 58                          # pixels of a formula that has a line of its own
POINTS = 40                         # of a formula while it is drawn; the page scales it
KINDS = deck_cells.KINDS | deck_views.KINDS
MARKDOWN = mistune.create_markdown(escape=False, plugins=["table"])


@dataclass(frozen=True)
class Slide:
    """One slide as its source has it. body: Markdown with references; minute: of the lecture."""

    title: str
    body: str
    notes: str
    minute: int


# --- reading ----------------------------------------------------------------------------------


def read_deck(path: Path) -> list[Slide]:
    """The slides of a deck's source. ValueError, naming the slide, for what breaks a rule."""
    parts = re.split(r"^---$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    slides = [read_slide(part.strip(), f"{path.name}, slide {n}") for n, part in
              enumerate(parts, start=1)]
    for n, (one, two) in enumerate(zip(slides, slides[1:], strict=False), start=2):
        if two.minute < one.minute:
            raise ValueError(f"{path.name}, slide {n}: minute {two.minute} after {one.minute}")
    return slides


def read_slide(part: str, where: str) -> Slide:
    """One slide. where: how a complaint names it."""
    shape = re.fullmatch(r"# (.+?)\n(.*?)\n?^Notes: (Minute (\d+)\..*)", part,
                         re.DOTALL | re.MULTILINE)
    if shape is None:
        raise ValueError(f'{where}: a slide begins with "# its title" and ends with '
                         '"Notes: Minute N. ..."')
    slide = Slide(shape.group(1), shape.group(2).strip(), shape.group(3), int(shape.group(4)))
    count = len(re.findall(r"\w[\w'’.-]*", NOT_READ.sub("", slide.body)))
    if count > MOST_WORDS:
        raise ValueError(f"{where}: {count} words, a slide has {MOST_WORDS} at most")
    return slide


# --- drawing ----------------------------------------------------------------------------------


@cache
def formula(tex: str, large: bool = False) -> str:
    """A formula as a picture on the line of the text; large: on its own line, with tall fractions.

    Raises ValueError for what matplotlib cannot draw.
    """
    drawable = tex.replace(r"\top", r"\mathsf{T}")      # \top would get the space of a relation
    drawable = drawable.replace(r"\frac", r"\dfrac") if large else drawable
    svg, width, height, depth = drawn_formula(f"${drawable}$", tex)
    size = f"font-size: {min(LARGE, int(deck_cells.WIDTH / width))}px; " if large else ""
    return (f'<img class="math" alt="{html.escape(tex)}" style="{size}height: {height:.3f}em; '
            f'vertical-align: {-depth:.3f}em" src="data:image/svg+xml;base64,'
            f'{base64.b64encode(svg).decode()}">')


def drawn_formula(drawable: str, tex: str) -> tuple[bytes, float, float, float]:
    """An SVG that needs no font, its width and height, its depth below the line, in letters."""
    pad = POINTS / 10
    with rc_context({"mathtext.fontset": "cm", "svg.hashsalt": tex, "svg.fonttype": "path"}):
        size = FontProperties(size=POINTS)
        try:
            wide, high, depth, _, _ = MathTextParser("path").parse(drawable, 72, size)
        except ValueError as error:
            raise ValueError(f"the formula {tex!r} cannot be drawn: {error}") from None
        wide, high, depth = wide + 2 * pad, high + 2 * pad, depth + pad
        figure, drawn = Figure(figsize=(wide / 72, high / 72)), io.BytesIO()
        figure.text(pad / wide, depth / high, drawable, fontproperties=size)
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    return drawn.getvalue(), wide / POINTS, high / POINTS, depth / POINTS


def as_html(markdown: str, book: deck_cells.Notebook) -> str:
    """A slide's body: what it names is taken from the notebook, the rest is Markdown."""
    kept: list[str] = []

    def keep(piece: str, around: str = "%s") -> str:
        kept.append(piece)
        return around % f"KEPT{len(kept) - 1}KEPT"

    def reference(hit: re.Match) -> str:
        kind, key = hit.groups()
        if kind not in KINDS:
            raise ValueError(f"{{{kind}: ...}}: there are {', '.join(KINDS)}")
        return keep(KINDS[kind](book, key), "<div>%s</div>")

    def drawn(hit: re.Match) -> str:
        shown = formula((hit.group(1) or hit.group(2)).strip(), bool(hit.group(1)))
        return keep(f'<span class="formula">{shown}</span>' if hit.group(1) else shown)

    page = MARKDOWN(MATH.sub(drawn, REFERENCE.sub(reference, markdown)))
    page = re.sub(r"<div>(KEPT\d+KEPT)</div>", r"\1", page)
    return re.sub(r"KEPT(\d+)KEPT", lambda hit: kept[int(hit.group(1))], page)


def notes_html(notes: str, book: deck_cells.Notebook) -> str:
    """The speaker's notes: a paragraph each for what to ask and what is often believed."""
    return as_html(LABEL.sub(r"\n**\1:**", notes), book)


def section(slide: Slide, book: deck_cells.Notebook, where: str) -> str:
    """One slide as reveal.js wants it. where: how a complaint names it."""
    try:
        body = as_html(slide.body, book)
        title = as_html(slide.title, book).strip().removeprefix("<p>").removesuffix("</p>")
        notes = notes_html(slide.notes, book)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    kind = ' class="opening"' if slide.minute == 0 else ""
    return (f'<section{kind}>\n<h2>{title}</h2>\n<div class="body">\n{body}</div>\n'
            f'<aside class="notes">{notes}</aside>\n</section>')


# --- the files --------------------------------------------------------------------------------


def reveal(name: str) -> str:
    """A file of reveal.js, which comes within the package sphinx-revealjs."""
    spec = importlib.util.find_spec("sphinx_revealjs")
    if spec is None:
        raise ValueError("reveal.js is missing: pip install -r requirements-dev.txt")
    folder = Path(spec.submodule_search_locations[0]) / "_static" / "revealjs"
    return (folder / name).read_text(encoding="utf-8")


def own(name: str) -> str:
    """A file of the decks' own look and behaviour."""
    return (SOURCES / name).read_text(encoding="utf-8")


def script(text: str) -> str:
    """A script within a page: nothing in it ends its element."""
    return "<script>" + text.replace("</script", "<\\/script") + "</script>"


def deck_page(notebook: course.Notebook) -> tuple[str, int]:
    """A deck's page, and how many slides it has."""
    path = SOURCES / f"{notebook.name}.md"
    slides, book = read_deck(path), deck_cells.notebook(notebook.name)
    sections = "\n".join(section(slide, book, f"{path.name}, slide {n} ({slide.title})")
                         for n, slide in enumerate(slides, start=1))
    styles = (reveal("dist/reset.css"), reveal("dist/reveal.css"),
              deck_cells.FORMATTER.get_style_defs("pre.code"), own("deck.css"))
    scripts = (reveal("dist/reveal.js"), reveal("plugin/notes/notes.js"), own("questions.js"),
               own("deck.js"))
    fills = {"TITLE": f"{notebook.number} · {html.escape(notebook.title)}",
             "/* STYLES */": "\n".join(styles), "<!-- SECTIONS -->": sections,
             "<!-- SCRIPTS -->": "\n".join(map(script, scripts))}
    pieces = re.split("(" + "|".join(map(re.escape, fills)) + ")", own("deck.html"))
    return "".join(fills.get(piece, piece) for piece in pieces), len(slides)


def index_page(decks: list[course.Notebook]) -> str:
    """The list of decks, with the keys that one needs."""
    rows = "\n".join(f'<li><a href="{deck.name}.html">{deck.number} · {html.escape(deck.title)}'
                     f"</a><br>{MARKDOWN(deck.question)[3:-5]}</li>" for deck in decks)
    return own("index.html").replace("ROWS", rows)


def decks() -> list[course.Notebook]:
    """The notebooks that are ready and have a deck."""
    return [notebook for notebook in course.NOTEBOOKS
            if notebook.ready and (SOURCES / f"{notebook.name}.md").exists()]


def build(begins: list[str], target: Path = TARGET) -> list[Path]:
    """Write the decks whose names begin so (all, if none is named) and the list of all decks."""
    chosen = [deck for deck in decks() if not begins or deck.name.startswith(tuple(begins))]
    if not chosen:
        raise ValueError(f"no deck begins with {begins}: there are "
                         f"{', '.join(deck.name for deck in decks())}")
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for notebook in chosen:
        page, count = deck_page(notebook)
        files.append(target / f"{notebook.name}.html")
        replace_file(files[-1], page.encode())
        print(f"{files[-1].name}: {count} slides, {len(page.encode()) / 1e6:.1f} MB", flush=True)
    for notebook in course.NOTEBOOKS:
        if notebook.ready and notebook not in decks():
            print(f"{notebook.name} has no deck yet")
    there = [deck for deck in decks() if (target / f"{deck.name}.html").exists()]
    replace_file(target / "index.html", index_page(there).encode())
    return files


def main() -> int:
    """Read the command line and build; what goes wrong becomes a sentence."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("begins", nargs="*", help='which: "05"; all, if none is named')
    try:
        build(parser.parse_args().begins)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"The slides were not built. {error}")
    print(f"Open {TARGET / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
