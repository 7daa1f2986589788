"""A text as it was written, a ground behind each token: the darker, the more surprising it was."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
from matplotlib.patches import Rectangle

from helpers import plots

HIGHEST, LINE, MOST = 8.0, 0.36, 164        # bits of the darkest ground; inches; tokens
FONT = 14                                   # points of the text
LEFT, TOP, RIGHT = 0.15, 0.5, 0.25          # inches
TINTS = matplotlib.colors.LinearSegmentedColormap.from_list("tints", ["white", "#e8853d"])
TYPED = "#d9e6f2"                           # the ground of what was typed
KEY = (0.0, 2.0, 4.0, 8.0)                  # bits that the key shows


def draw_page(axes, prompt: Sequence[str], tokens: Sequence[str], bits: Sequence[float], *,
              title: str) -> None:
    """The typed tokens on blue, then the written ones on white to orange, 0 to 8 bits or more.

    A token that is longer than a line is cut; a newline ends the line.
    """
    if not plots.keeps(axes, "page"):
        _make_page(axes)
    plots.name(axes, title=title)
    wide, high = axes.get_xlim()[1], axes.get_ylim()[0]
    grounds = [TYPED] * len(prompt) + [TINTS(min(b / HIGHEST, 1.0)) for b in bits]
    shown = [("↵" if token == "\n" else plots.plain(token)) for token in (*prompt, *tokens)]
    places = _places([*prompt, *tokens], shown, wide)
    lines = int((high - TOP) / LINE)
    first = max(0, places[-1][1] + 1 - lines) if places else 0
    there = 0
    for (x, line, width), word, ground in zip(places, shown, grounds, strict=True):
        if line < first or there == MOST:
            continue
        y = TOP + (line - first + 0.5) * LINE
        axes.patches[there].set(bounds=(x, y - 0.45 * LINE, width, 0.9 * LINE), facecolor=ground,
                                visible=True)
        axes.texts[there].set(x=x + width / 2, y=y, text=word, visible=True)
        there += 1
    for artist in (*axes.patches[there:MOST], *axes.texts[there:MOST]):
        artist.set_visible(False)


def _places(tokens: Sequence[str], shown: Sequence[str], wide: float) -> list[tuple]:
    """(x, line, width) of each token, inches; a line breaks after a blank, or where it is full."""
    widths = [max(plots.width(word, FONT) if word.strip() else 0.0, 0.09) for word in shown]
    x, line, places, most = LEFT, 0, [], wide - RIGHT - LEFT
    for i, (token, width) in enumerate(zip(tokens, widths, strict=True)):
        begins = i == 0 or tokens[i - 1].isspace() or (token[0].isspace() and token.strip())
        ahead = _word(tokens, widths, i) if begins else width
        needed = ahead if ahead <= most else width
        if not token.isspace() and x + needed > LEFT + most and x > LEFT:
            x, line = LEFT, line + 1
        places.append((x, line, width))
        x += width
        if token == "\n":
            x, line = LEFT, line + 1
    return places


def _word(tokens: Sequence[str], widths: Sequence[float], first: int) -> float:
    """Inches from this token up to, but not with, the next one that has a blank in it."""
    last = first + 1
    while last < len(tokens) and not any(map(str.isspace, tokens[last])):
        last += 1
    return sum(widths[first:last])


def _make_page(axes) -> None:
    plots.room(axes, left=0.1, right=0, below=0.05)
    axes.set_axis_off()
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    axes.set(xlim=(0, wide), ylim=(high, 0))
    for _ in range(MOST):
        axes.add_patch(Rectangle((0, 0), 1, 1, linewidth=0, animated=True))
    for _ in range(MOST):
        axes.text(0, 0, "", ha="center", va="center_baseline", fontsize=FONT,
                  color=plots.INK, fontfamily=plots.FONTS, animated=True)
    _make_key(axes)


def _make_key(axes) -> None:
    """What the grounds mean, above the text: typed, and four surprisals."""
    x = LEFT
    for words, colour in (("typed", TYPED), *((f"{b:g} bits" if b else "0", TINTS(b / HIGHEST))
                                              for b in KEY)):
        axes.add_patch(Rectangle((x, 0.1), 0.22, 0.2, facecolor=colour, edgecolor="#8a8a8a",
                                 linewidth=0.8))
        axes.text(x + 0.28, 0.2, words if words != "8 bits" else "8 bits or more",
                  va="center_baseline", fontsize=plots.SMALL, color=plots.INK)
        x += 0.45 + plots.width(words)
