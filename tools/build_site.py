"""Build site/, which opens from disk without a network: notebooks, teaching guide, glossary, API.

    python tools/build_site.py [--pictures] [05 ...]

The notebooks are shown as they were built. With names only these: other pages then link nowhere.
--pictures: attention views as pictures, which is faster.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import deck_cells
from sphinx.cmd.build import build_main

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import site_api  # noqa: E402
import site_links  # noqa: E402
import site_pages  # noqa: E402
import take_home  # noqa: E402

from helpers import course, live_model  # noqa: E402
from helpers.explorers import index as explorers  # noqa: E402

OWN, DECKS = ROOT / "tools" / "site", ROOT / "teaching" / "decks"
SOURCE, TARGET = ROOT / "build" / "site", ROOT / "site"
DOCUMENTS = ("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE-CONTENT.md", "data/README.md")
DIAGRAM = re.compile(r"```mermaid\n.*?```", re.DOTALL)
LIVE_MODEL = "docs_transformer"


def notebooks(begins: list[str]) -> list[course.Notebook]:
    """The notebooks that are ready and built, those whose names begin so (all, if none is named).

    Raises ValueError if no name begins so.
    """
    shown = [each for each in course.all_notebooks()
             if each.ready and (ROOT / "notebooks" / f"{each.name}.ipynb").exists()
             and (not begins or each.name.startswith(tuple(begins)))]
    if not shown:
        raise ValueError(f"no notebook begins with {begins}")
    return shown


# --- the sources of the pages -----------------------------------------------------------------


def write(name: str, text: str) -> None:
    """Write one source."""
    path = SOURCE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def home(shown: list[course.Notebook], others: dict[str, list[str]]) -> str:
    """The first page: README with the map that can be clicked, and what the site has.

    others: caption -> names of pages.
    """
    there = [replace(each, ready=each in shown) for each in course.NOTEBOOKS]
    boxes = explorers.Map(there)._repr_html_().replace('href="', 'href="notebooks/')
    boxes = site_pages.LINKED.sub(r"\1\2.html", boxes)
    page = DIAGRAM.sub(lambda _: f'<div class="map">{boxes}</div>', read("README.md"))
    page = page.replace("](notebooks)", "](notebooks/index.ipynb)")
    trees = {"Notebooks": [f"{each.number} {each.short} <notebooks/{each.name}>".strip()
                           for each in shown]} | others
    return page + "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(names) + "\n```\n"
        for caption, names in trees.items() if names)


def read(name: str) -> str:
    """A document of the project, with links to pages of the site."""
    page = (ROOT / name).read_text(encoding="utf-8").replace("](LICENSE)", "](LICENSE.md)")
    return page.replace("](../README.md)", "](../index.md)")


def glossary(book: deck_cells.Notebook) -> str:
    """The glossary of the start page, by itself."""
    return "#" + next(deck_cells.text(cell) for cell in book.cells if cell["cell_type"] ==
                      "markdown" and deck_cells.text(cell).startswith("## Glossary"))[2:]


def model_page() -> str:
    """The page of the model that runs in the browser."""
    parts = live_model.parts(LIVE_MODEL)
    write(f"_static/{parts.model_file}", parts.model)
    write("_static/live_model.js", parts.script)
    write("_static/live_model.css", parts.style)
    return (f"# A model in this page\n\n{parts.summary}\n\n"
            '<link rel="stylesheet" href="_static/live_model.css">\n'
            f'<div class="live">{parts.place}</div>\n'
            f'<script src="_static/{parts.model_file}"></script>\n'
            '<script src="_static/live_model.js"></script>\n')


def start_source() -> None:
    """An empty folder of sources, with what the pages look like and how they behave."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    shutil.copy(OWN / "conf.py", SOURCE)
    shutil.copytree(ROOT / "notebooks" / "pictures", SOURCE / "notebooks" / "pictures")
    for path in (*OWN.glob("*.js"), *OWN.glob("*.css"), DECKS / "questions.js"):
        write(f"_static/{path.name}", path.read_text(encoding="utf-8"))


def write_documents() -> list[str]:
    """The teaching guide, the project's documents and the package; the guide's names."""
    guides = sorted((ROOT / "teaching").glob("*.md"), key=lambda path: (
        path.name != "README.md", path.name))
    names = [f"teaching/{path.name}" for path in guides]
    for name in (*DOCUMENTS, *names, "teaching/release.json"):
        write(name, read(name))
    write("LICENSE.md", f"# Licence\n\n<pre>{html.escape(read('LICENSE'))}</pre>\n")
    packages = site_api.packages()
    for name in packages:
        write(f"api/{name}.md", site_api.page(name))
    write("api/index.md", site_api.index(packages))
    return names


def gather(begins: list[str], *, pictures: bool) -> None:
    """Write all sources. pictures: attention views as pictures."""
    shown = notebooks(begins)
    start_source()
    for each in shown:
        print(f"{each.name} ...", flush=True)
        page = site_pages.page(deck_cells.notebook(each.name), alive=not pictures)
        write(f"notebooks/{each.name}.ipynb", json.dumps(page))
    guides = write_documents()
    taken = [each for each in shown if each.number]
    pdf = take_home.printed(take_home.write(taken, SOURCE / "extra" / "take_home"))
    write("take_home.md", take_home.listed(taken, pdf=pdf))
    write("glossary.md", glossary(deck_cells.notebook("index")))
    write("live_model.md", model_page())
    write("index.md", home(shown, {
        "Look up": ["glossary", "take_home", "live_model", "api/index"], "Teach": guides,
        "The project": [*DOCUMENTS, "LICENSE.md"]}))


# --- the site ---------------------------------------------------------------------------------


def build(begins: list[str], target: Path = TARGET, *, pictures: bool = False) -> int:
    """Write the site; return how many pages. Raises ValueError for a link that leads nowhere."""
    gather(begins, pictures=pictures)
    made = SOURCE.parent / "html"               # myst-nb leaves a folder of its own beside it
    shutil.rmtree(made, ignore_errors=True)
    strict = [] if begins else ["-W", "--keep-going"]
    if build_main(["-q", "-b", "html", "-d", str(SOURCE.parent / "doctrees"), *strict,
                   str(SOURCE), str(made)]):
        raise ValueError("Sphinx says above what is wrong.")
    pages, faults = site_links.check(made)
    if faults and not begins:
        raise ValueError("\n  ".join(["Links lead nowhere, or pictures say nothing:", *faults]))
    if target.exists():
        shutil.rmtree(target)
    shutil.move(made, target)
    return pages


def main() -> int:
    """Read the command line and build; what goes wrong becomes a sentence."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("begins", nargs="*", help='which notebooks: "05"; all, if none is named')
    parser.add_argument("--pictures", action="store_true", help="attention views as pictures")
    given = parser.parse_args()
    try:
        pages = build(given.begins, pictures=given.pictures)
    except (ValueError, OSError) as error:
        sys.exit(f"The site was not built. {error}")
    print(f"{pages} pages. Open {TARGET / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
