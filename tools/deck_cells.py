"""What a slide takes from its notebook, as HTML: a cell's output, its code, a question, exercises.

Nothing is copied into a deck by hand. A cell is named by its first line or by a part of its text
that no other code cell has; what fits none or several stops the build, in words.
"""

from __future__ import annotations

import html
import json
import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

ROOT = Path(__file__).resolve().parents[1]
FOLDED = {"proof", "predict", "recall"}
WIDTH, LARGE, SMALL = 1184, 32, 24      # pixels: a slide's text, and the letters of code
PER_LETTER = 0.603                      # a fixed-width letter's width, of its size
PLAIN_FIGURE = "<Figure"
INDENT = " " * 6
FORMATTER = HtmlFormatter(nowrap=True)
UNWRITTEN = re.compile(r"^Your answer to .+ is not written yet: .*\n", re.MULTILINE)
MOVES = '<p class="moves">in the notebook this moves</p>'
EXERCISE = r"^### Exercise {id}( ★)? · (.+)$"


@dataclass(frozen=True)
class Notebook:
    """A built notebook. name: its file without the ending; cells: as nbformat has them."""

    name: str
    cells: tuple[dict, ...]

    def find(self, key: str) -> int:
        """The place of the code cell that `key` names. Raises ValueError if none or several."""
        return found(self.name, key, {
            place: text(cell) for place, cell in enumerate(self.cells) if is_visible(cell)})

    def source(self, key: str) -> str:
        """The code of the cell that `key` names."""
        return text(self.cells[self.find(key)])


def text(cell: dict) -> str:
    """A cell's text, or a piece of an output, in one string."""
    return "".join(cell["source"] if "source" in cell else cell["text"])


def is_visible(cell: dict) -> bool:
    """Whether it is a code cell that a reader sees: folded ones are no slide's business."""
    return cell["cell_type"] == "code" and not FOLDED & set(cell["metadata"].get("tags", ()))


def found(where: str, key: str, texts: dict[int, str]) -> int:
    """The one place whose text has `key` as first line, else as a part. ValueError if not one."""
    first = [place for place, said in texts.items() if said.split("\n")[0].strip() == key]
    hits = first or [place for place, said in texts.items() if key in said]
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise ValueError(f"no code cell of {where} has {key!r} in it: was it renamed?")
    seen = "; ".join(repr(texts[place].split("\n")[0][:60]) for place in hits)
    raise ValueError(f"{key!r} fits {len(hits)} cells of {where}: take more of one of them. {seen}")


@lru_cache
def notebook(name: str) -> Notebook:
    """The notebook of that name ("05_self_attention_masks"), as it was built."""
    path = ROOT / "notebooks" / f"{name}.ipynb"
    return Notebook(name, tuple(json.loads(path.read_text(encoding="utf-8"))["cells"]))


# --- what a reference becomes -----------------------------------------------------------------


def output(book: Notebook, key: str) -> str:
    """The stored output of a cell: its pictures, else what it printed.

    key: names the cell; "KEY | PART | PART" shows some lines of what it printed (`lines_of`), and
    raises ValueError where there is a picture, which would be shown alone.
    """
    key, parts = split(key)
    place = book.find(key)
    outputs = book.cells[place].get("outputs", ())
    pictures = [each for each in outputs if "image/png" in each.get("data", {})]
    if pictures and parts:
        raise ValueError(f"the cell {key!r} of {book.name} shows a picture, so the lines "
                         f"{', '.join(parts)} would be lost: leave them out")
    if pictures:
        return "".join(picture(book, place, each) for each in pictures)
    printed = UNWRITTEN.sub("", "".join(said(each) for each in outputs)).rstrip("\n")
    if not printed:
        raise ValueError(f"the cell {key!r} of {book.name} shows nothing")
    return block(html.escape(wrapped(lines_of(printed, parts))), "printed")


def wrapped(printed: str) -> str:
    """Printed lines that a slide has no room for, the rest set in.

    They are broken at a comma, else between what stands three spaces apart, else at a space.
    """
    room, lines = letters_at(LARGE), []
    for line in printed.split("\n"):
        while len(line) > (room if line.startswith(INDENT) else letters_at(SMALL)):
            best = [line.rfind(", ", 0, room) + 1, line.rfind("   ", 0, room)]
            at = next((place for place in best if place > room / 2),
                      line.rfind(" ", len(INDENT), room))
            if at < 0:
                break
            lines.append(line[:at])
            line = INDENT + line[at:].lstrip()
        lines.append(line)
    return "\n".join(lines)


def letters_at(size: int) -> int:
    """How many fixed-width letters of that size (pixels) a line of a slide has room for."""
    return int((WIDTH - 40) / (size * PER_LETTER))


def said(output_: dict) -> str:
    """What one output says as text; nothing of an error stream."""
    if output_["output_type"] == "stream":
        return text(output_) if output_["name"] == "stdout" else ""
    return "".join(output_.get("data", {}).get("text/plain", "")) + "\n"


def picture(book: Notebook, place: int, output_: dict) -> str:
    """A stored picture with its text alternative; of a widget it is said that it moves."""
    data, told = output_["data"], "".join(output_["data"].get("text/plain", ""))
    size = output_.get("metadata", {}).get("image/png", {})
    widget = not told.startswith(PLAIN_FIGURE)
    alternative = told if widget else see_that(book, place)
    return (f'<figure><img alt="{html.escape(alternative)}" '
            f'src="data:image/png;base64,{png_of(data)}" '
            f'data-width="{size.get("width", "")}"></figure>{MOVES if widget else ""}')


def png_of(data: dict) -> str:
    """The picture of an output as base64 on one line."""
    return "".join(data["image/png"]).replace("\n", "")


def see_that(book: Notebook, place: int) -> str:
    """The sentence of the notebook that says what the picture above it shows."""
    prose = [text(cell) for cell in book.cells[place + 1:place + 4]
             if cell["cell_type"] == "markdown"]
    for paragraph in prose:
        start = re.search(r"(?:^|[.)] )(See )", paragraph)
        if start:
            return plain(paragraph[start.start(1):].split("\n\n")[0])
    raise ValueError(f"the picture of {text(book.cells[place])[:50]!r} in {book.name} has no "
                     '"See that ..." below it, which would be its text alternative')


def plain(prose: str) -> str:
    """Prose without the signs of Markdown and TeX's dollars."""
    return re.sub(r"[*$`]", "", prose).replace("\n", " ")


def code(book: Notebook, key: str) -> str:
    """The code of a cell, coloured. key: "KEY", or "KEY | PART | PART" for some of its lines."""
    key, parts = split(key)
    shown = textwrap.dedent(lines_of(book.source(key).rstrip(), parts))
    if max(map(len, shown.split("\n"))) > letters_at(SMALL):
        shown = re.sub(r" {3,}#", "  #", shown)         # comments need not stand in one column
    return block(highlight(shown, PythonLexer(stripnl=False), FORMATTER).rstrip("\n"), "code")


def split(key: str) -> tuple[str, list[str]]:
    """What names the cell, and which of its lines are meant (none for all)."""
    name, *parts = key.split(" | ")
    return name.strip(), [part.strip() for part in parts]


def lines_of(whole: str, parts: list[str]) -> str:
    """The lines that the parts name. "FROM ... TO": from the first with FROM to the next with TO.

    A part without dots names every line that has it. Raises ValueError where there is none.
    """
    lines, shown = whole.split("\n"), []
    for part in parts or [" ... "]:
        begin, dots, end = part.partition(" ... ")
        starts = [place for place, line in enumerate(lines) if begin in line]
        ends = [place for place, line in enumerate(lines) if place >= min(starts, default=0)
                and end in line] if parts else [len(lines) - 1]
        if not starts or not ends:
            raise ValueError(f"there are no lines {part!r} in {lines[0][:60]!r} ...")
        shown += lines[starts[0]:ends[0] + 1] if dots else [lines[place] for place in starts]
    return "\n".join(shown)


def block(marked: str, kind: str) -> str:
    """Lines of a fixed-width letter, as large as they fit the slide. marked: HTML of them."""
    lines = re.sub(r"<[^>]+>", "", marked).split("\n")
    widest = max(1, *(len(html.unescape(line)) for line in lines))
    size = min(LARGE, int((WIDTH - 40) / (widest * PER_LETTER)))
    if size < SMALL:
        raise ValueError(f"a line of {widest} letters is too long for a slide, which has room for "
                         f"{letters_at(SMALL)}: show other lines, or draw")
    return f'<pre class="{kind}" style="font-size: {size}px">{marked}</pre>'


def question(book: Notebook, id: str) -> str:
    """A choice question whose options say, when they are pressed, what is to be said of them."""
    stem = book.name.partition("_")[2] or book.name
    path = ROOT / "helpers" / "exercises" / f"{stem}.questions.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    if id not in entries:
        raise ValueError(f"{path.name} has no question {id!r}; it has {', '.join(entries)}")
    options = entries[id]["options"]
    right = settled(book, id, [option["text"] for option in options])
    return choice(entries[id]["text"], options, right)


def choice(text_: str, options: list[dict], right: str) -> str:
    """A question with a button for each option, as questions.js wants it. right: a text."""
    buttons = "".join(
        f'<button type="button" data-right="{str(option["text"] == right).lower()}" '
        f'data-feedback="{html.escape(sentence(option["feedback"]))}">'
        f'<b>{letter}</b> <span>{html.escape(option["text"])}</span></button>'
        for letter, option in zip("abcdefg", options, strict=False))
    return (f'<div class="question"><p>{html.escape(text_)}</p>{buttons}'
            '<p class="answer" role="status"></p></div>')


def settled(book: Notebook, id: str, options: list[str]) -> str:
    """The option that the notebook's numbers chose, as its stored output has it."""
    for cell in book.cells:
        for each in cell.get("outputs", ()):
            words = " ".join(said(each).split())
            _, here, after = words.partition(f"Question {id}. ")
            verdict = after.partition("The numbers say: ")[2]
            fits = [option for option in options if verdict.startswith(" ".join(option.split()))]
            if here and fits:
                return max(fits, key=len)
    raise ValueError(f"question {id} is settled nowhere in {book.name}: run and build it first")


def sentence(words: str) -> str:
    """Words with a full stop."""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def exercises(book: Notebook, ids: str) -> str:
    """A list of exercises with their stars and minutes, as their headings have them."""
    prose = "\n".join(text(cell) for cell in book.cells if cell["cell_type"] == "markdown")
    rows = []
    for id in ids.split():
        hit = re.search(EXERCISE.format(id=re.escape(id)), prose, re.MULTILINE)
        if hit is None:
            raise ValueError(f"{book.name} has no exercise {id!r}")
        rows.append(f"<li><b>{id}{hit.group(1) or ''}</b> {html.escape(plain(hit.group(2)))}</li>")
    return f'<ul class="exercises">{"".join(rows)}</ul>'


KINDS = {"cell": output, "code": code, "question": question, "exercises": exercises}
