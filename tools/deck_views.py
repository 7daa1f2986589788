"""What of a notebook lives on a slide without a kernel: attention views, the live model."""

from __future__ import annotations

import ast
import contextlib
import html
import io

from deck_cells import Notebook, is_visible, output, text

TALLEST = 452                           # pixels of a view, which deck.css enlarges
# A page in a frame has no margin of its own; a field has one line, a note no place while empty.
IN_FRAME = ("body { margin: 0; padding: 0; max-width: none; } textarea { height: 34px; }"
            ".note:empty { min-height: 0 !important; }")


def attention(book: Notebook, key: str) -> str:
    """The attention view that a cell shows, alive. key: "KEY", or "KEY + KEY", run in this order.

    The notebook's imports are run before. Raises ValueError if that is not enough.
    """
    places = [book.find(each.strip()) for each in key.split(" + ")]
    view = value_of(book, places)
    if not hasattr(view, "to_html"):
        raise ValueError(f"the last line of {key!r} in {book.name} is no attention view")
    return frame(view.to_html(tallest=TALLEST), view.summary)


def value_of(book: Notebook, places: list[int]) -> object:
    """The value of the last line of the last of these cells, after the notebook's imports."""
    imports = next(place for place, cell in enumerate(book.cells) if is_visible(cell))
    names: dict = {}
    *before, last = [ast.parse(text(book.cells[place])) for place in (imports, *places)]
    shown = last.body.pop()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            for tree in (*before, last):
                exec(compile(tree, book.name, "exec"), names)
            return eval(compile(ast.Expression(shown.value), book.name, "eval"), names)
    except NameError as error:
        raise ValueError(f"{text(book.cells[places[-1]])[:50]!r} in {book.name} needs another cell "
                         f"first, write {{attention: THAT + THIS}}: {error}") from None


def live(book: Notebook, key: str) -> str:
    """The model that runs in the page, "NAME | KEY"; where there is none, the output of a cell."""
    name, _, cell = key.partition(" | ")
    try:
        from helpers import live_model
    except ImportError:
        return output(book, cell)
    return frame(live_model.page(name), f"The model {name}, running in this page", "whole")


def frame(page: str, title: str, size: str = "enlarged") -> str:
    """A page within the slide. size: "enlarged", or "whole" for one that needs the slide."""
    page = page.replace("</style>", f"{IN_FRAME}</style>", 1)
    return (f'<div class="frame {size}"><iframe title="{html.escape(title)}" '
            f'srcdoc="{html.escape(page)}"></iframe></div>')


KINDS = {"attention": attention, "live": live}
