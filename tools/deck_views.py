"""What of a notebook lives on a slide without a kernel: attention views, the live model."""

from __future__ import annotations

import html

from deck_cells import Notebook, output
from site_pages import NoViewError, living

from helpers import live_model

TALLEST = 452                           # pixels of a view, which deck.css enlarges
# A page in a frame has no margin of its own; a field has one line, a note no place while empty.
IN_FRAME = ("body { margin: 0; padding: 0; max-width: none; } textarea { height: 34px; }"
            ".note:empty { min-height: 0 !important; }")


def attention(book: Notebook, key: str) -> str:
    """The attention view that a cell shows, alive; its picture where another one comes of it."""
    try:
        view = living(book, book.find(key))
    except NoViewError as error:
        print(f"A picture stands for a view. {error}", flush=True)
        return output(book, key)
    return frame(view.to_html(tallest=TALLEST), view.summary)


def live(book: Notebook, name: str) -> str:
    """The model of that name, which runs in the page."""
    return frame(live_model.page(name), f"The model {name}, running in this page", "whole")


def frame(page: str, title: str, size: str = "enlarged") -> str:
    """A page within the slide. size: "enlarged", or "whole" for one that needs the slide."""
    page = page.replace("</style>", f"{IN_FRAME}</style>", 1)
    return (f'<div class="frame {size}"><iframe title="{html.escape(title)}" '
            f'srcdoc="{html.escape(page)}"></iframe></div>')


KINDS = {"attention": attention, "live": live}
