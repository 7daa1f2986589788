"""Rows of words in a picture, right and wrong ones told apart, and words a translator lacks."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from matplotlib.collections import LineCollection

from helpers import plots
from helpers.seq2seq_attention import Translator
from helpers.tokenizers import UNKNOWN

RIGHT, WRONG, GIVEN, PUT_IN = "right", "wrong", "given", "put in"
GREY = "#5f5f5f"                        # 6:1 on white
INKS = {RIGHT: plots.INK, WRONG: plots.ORANGE, GIVEN: GREY, PUT_IN: plots.ORANGE}
MISSING = "‸"                           # stands where a word is lacking
MOST = 160                              # words of a picture
LINE, BETWEEN, BLANK = 0.215, 0.1, 0.09     # inches: a line, what parts two rows, a blank

Marked = list[tuple[str, str]]


def compared(written: Sequence[str], right: Sequence[str]) -> Marked:
    """(word, mark) for each word written: RIGHT or WRONG, by alignment with the right words.

    Where words are lacking, MISSING stands once for each, marked WRONG.
    """
    marked: Marked = []
    matcher = difflib.SequenceMatcher(None, list(right), list(written), autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        marked += [(word, RIGHT if kind == "equal" else WRONG) for word in written[j:j_end]]
        marked += [(MISSING, WRONG)] * max(0, (i_end - i) - (j_end - j))
    return marked


def wrong_words(marked: Marked) -> int:
    """How many are marked WRONG, those that are lacking too."""
    return sum(mark == WRONG for _, mark in marked)


def as_read(translator: Translator, tokens: Sequence[str]) -> list[str]:
    """The tokens as the model reads them: <unk> for what it does not know."""
    return [token if token in translator.vocabularies.source else UNKNOWN for token in tokens]


def unknown_in_words(translator: Translator, tokens: Sequence[str]) -> str:
    """A sentence that names unknown words and known ones like them, "" if all are known."""
    said = [f"“{token}” ({'like it: ' + ', '.join(near) if near else 'none is like it'})"
            for token, near in translator.unknown(tokens).items()]
    return f" Unknown, read as {UNKNOWN}: {'; '.join(said)}." if said else ""


def draw_rows(axes, rows: Sequence[tuple[str, Marked]], *, title: str = "") -> None:
    """Rows of words below each other, each with its name in front; long ones go on below.

    A wrong word is orange and underlined, one put in has a frame, a given one is grey. What does
    not fit ends in "…".
    """
    if not plots.keeps(axes, "rows of words"):
        _make_rows(axes)
    plots.room(axes, left=0.15, right=0.1, below=0.1, above=0.45 if title else 0.1)
    plots.name(axes, title=title)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    plots.update(axes, xlim=(0.0, wide), ylim=(high, 0.0))
    indent = max(plots.width(name) for name, _ in rows) + 0.18
    lines = int((high - BETWEEN * len(rows)) / LINE) // len(rows)
    placed, y = [], LINE / 2
    for name, marked in rows:
        placed.append((0.0, y, name, GIVEN))
        words, y = _wrapped(marked, y, indent, wide, lines)
        placed += words
        y += LINE + BETWEEN
    _put(axes, placed[:MOST])


def _wrapped(marked: Marked, y: float, left: float, wide: float, lines: int) -> tuple[list, float]:
    """The words as (x, y, word, mark) on at most so many lines, and the y of the last one."""
    placed, x, first = [], left, y
    for word, mark in marked:
        word = plots.plain(word)
        size = plots.width(word)
        if x > left and x + size > wide:
            x, y = left, y + LINE
        if y > first + (lines - 0.5) * LINE:
            last = placed.pop()
            return [*placed, (last[0], last[1], "…", GIVEN)], y - LINE
        placed.append((x, y, word, mark))
        x += size + BLANK
    return placed, y


def _put(axes, placed: list[tuple]) -> None:
    """Give the kept texts, underlines and frames their places."""
    under, frames = [], []
    for text, (x, y, word, mark) in zip(axes.texts, placed, strict=False):
        text.set(x=x, y=y, text=word, color=INKS[mark], visible=True)
        end, low, top = x + plots.width(word), y + 0.1, y - 0.095
        if mark == WRONG:
            under.append([(x, low), (end, low)])
        elif mark == PUT_IN:
            x, end = x - 0.035, end + 0.035
            frames.append([(x, low), (end, low), (end, top), (x, top), (x, low)])
    for text in axes.texts[len(placed):]:
        text.set_visible(False)
    for lines, segments in zip(axes.collections, (under, frames), strict=True):
        lines.set_segments(segments)


def _make_rows(axes) -> None:
    axes.set_axis_off()
    for width in (2.2, 1.6):
        axes.add_collection(LineCollection([], colors=plots.ORANGE, linewidths=width,
                                           animated=True), autolim=False)
    for _ in range(MOST):
        axes.text(0, 0, "", va="center", fontsize=plots.SMALL, fontfamily=plots.FONTS,
                  animated=True, visible=False)
