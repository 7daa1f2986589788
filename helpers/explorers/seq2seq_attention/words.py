"""Rows of words in a picture, right and wrong ones told apart, and words a translator lacks."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import groupby

from matplotlib.collections import LineCollection

from helpers import plots
from helpers.attention_view.labels import told
from helpers.seq2seq_attention import Translator
from helpers.tokenizers import UNKNOWN

RIGHT, WRONG, LACKING = "right", "wrong", "lacking"
GIVEN, PUT_IN = "given", "put in"
GREY = "#5f5f5f"                        # 6:1 on white
INKS = {RIGHT: plots.INK, GIVEN: GREY,
        **dict.fromkeys((WRONG, LACKING, PUT_IN), plots.ORANGE)}
MISSING = "missing"                     # stands for a word that is lacking
MOST = 250                              # words of a picture
LINE, BETWEEN, BLANK = 0.225, 0.08, 0.09     # inches at 12 pt: a line, between rows, a blank

Marked = list[tuple[str, str]]


def compared(written: Sequence[str], right: Sequence[str]) -> Marked:
    """(word, mark) for each word written: RIGHT or WRONG, by alignment with the right words.

    Where words are lacking, MISSING stands once for each, marked LACKING.
    """
    marked: Marked = []
    matcher = difflib.SequenceMatcher(None, list(right), list(written), autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        marked += [(word, RIGHT if kind == "equal" else WRONG) for word in written[j:j_end]]
        marked += [(MISSING, LACKING)] * max(0, (i_end - i) - (j_end - j))
    return marked


def wrong_words(marked: Marked) -> int:
    """How many are wrong, those that are lacking too."""
    return sum(mark in (WRONG, LACKING) for _, mark in marked)


def _gathered(marked: Marked) -> Marked:
    """The same with one sign, such as [3 missing], where several words in a row are lacking."""
    gathered: Marked = []
    for mark, group in groupby(marked, key=lambda one: one[1]):
        words = [word for word, _ in group]
        words = [f"[{len(words)} {MISSING}]"] if mark == LACKING else words
        gathered += [(word, mark) for word in words]
    return gathered


def as_read(translator: Translator, tokens: Sequence[str]) -> list[str]:
    """The tokens as the model reads them: <unk> for what it does not know."""
    return [token if token in translator.vocabularies.source else UNKNOWN for token in tokens]


def unknown_in_words(translator: Translator, tokens: Sequence[str]) -> str:
    """A sentence that names unknown words and known ones like them, "" if all are known."""
    said = [f"“{told(token)}” ({'like it: ' + ', '.join(near) if near else 'none is like it'})"
            for token, near in translator.unknown(tokens).items()]
    return f" Unknown, read as {UNKNOWN}: {'; '.join(said)}." if said else ""


def draw_rows(axes, rows: Sequence[tuple[str, Marked]], *, title: str = "",
              scale: float = 1.0) -> None:
    """Rows of words below each other, each with its name in front; long ones go on below.

    A wrong word is orange and underlined, one put in has a frame, a given one is grey. What does
    not fit ends in "…". scale: how large the letters are, 1 for 12 pt.
    """
    if not plots.keeps(axes, f"rows of words, {scale}"):
        _make_rows(axes, plots.LARGE * scale)
    rows = [(plots.plain(name, 30), _gathered(marked)) for name, marked in rows]
    plots.room(axes, left=0.15, right=0.1, below=0.1, above=0.45 if title else 0.1)
    plots.name(axes, title=title)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches() / scale
    plots.update(axes, xlim=(0.0, wide), ylim=(high, 0.0))
    indent = max(plots.width(name, plots.LARGE) for name, _ in rows) + 0.18
    needed = [_wrapped(marked, indent, wide, MOST)[-1][1] + 1 for _, marked in rows if marked]
    lines, room = max(needed, default=1), (high - BETWEEN * len(rows)) / LINE
    while lines > 1 and sum(min(lines, count) for count in needed) > room:
        lines -= 1
    placed, y = [], LINE / 2
    for name, marked in rows:
        words = _wrapped(marked, indent, wide, lines)
        placed.append((0.0, y, name, GIVEN))
        placed += [(x, y + line * LINE, word, mark) for x, line, word, mark in words]
        y += (1 + max((line for _, line, *_ in words), default=0)) * LINE + BETWEEN
    _put(axes, placed[:MOST])


def _wrapped(marked: Marked, left: float, wide: float, lines: int) -> list[tuple]:
    """The words as (x, number of the line, word, mark), on at most so many lines."""
    placed, x, line = [], left, 0
    for word, mark in marked:
        word = plots.plain(word)
        size = plots.width(word, plots.LARGE)
        if x > left and x + size > wide:
            x, line = left, line + 1
        if line == lines:
            return [*placed[:-1], (*placed[-1][:2], "…", GIVEN)]
        placed.append((x, line, word, mark))
        x += size + BLANK
    return placed


def _put(axes, placed: list[tuple]) -> None:
    """Give the kept texts, underlines and frames their places."""
    under, frames = [], []
    for text, (x, y, word, mark) in zip(axes.texts, placed, strict=False):
        text.set(x=x, y=y, text=word, color=INKS[mark], visible=True)
        end, low, top = x + plots.width(word, plots.LARGE), y + 0.105, y - 0.1
        if mark == WRONG:
            under.append([(x, low), (end, low)])
        elif mark == PUT_IN:
            x, end = x - 0.035, end + 0.035
            frames.append([(x, low), (end, low), (end, top), (x, top), (x, low)])
    for text in axes.texts[len(placed):]:
        text.set_visible(False)
    for lines, segments in zip(axes.collections, (under, frames), strict=True):
        lines.set_segments(segments)


def _make_rows(axes, size: float) -> None:
    axes.set_axis_off()
    for width in (2.2, 1.6):
        axes.add_collection(LineCollection([], colors=plots.ORANGE, linewidths=width,
                                           animated=True), autolim=False)
    for _ in range(MOST):
        axes.text(0, 0, "", va="center", fontsize=size, fontfamily=plots.FONTS,
                  animated=True, visible=False)
