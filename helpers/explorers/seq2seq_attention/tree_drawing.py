"""How the tree of a beam search is drawn: words in columns, branches between, texts below."""

from __future__ import annotations

import math

from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from helpers import plots

COLUMNS, ROWS = 7, 12           # words drawn side by side, and below each other
LISTED = 3                      # finished texts
GOLD, GREY = "#e69f00", "#6b6b6b"
GAP, START, LINE = 0.2, 0.55, 0.19     # inches: between columns, left of them, a line of text
LOOKS = {"dropped": {"color": "#a8a8a8", "linewidth": 1.0},         # drawn in this order
         "kept": {"color": plots.INK, "linewidth": 1.6},
         "right translation": {"color": GOLD, "linewidth": 6.0},
         "best": {"color": plots.BLUE, "linewidth": 2.6}}


def draw_tree(figure, numbers: dict) -> str:
    """Draw the branches and their words, list the finished texts; say where the right one is."""
    axes = plots.panels(figure)[0]
    if not plots.keeps(axes, "tree"):
        _make_tree(axes)
    wide = axes.get_xlim()[1]
    column = (wide - START) / COLUMNS
    texts, ends = [], {}
    for place in numbers["nodes"]:
        texts.append(_word_of(numbers, place, column))
        ends[place] = texts[-1][0] + texts[-1][-1]
    branches = {look: [] for look in LOOKS}
    for place in numbers["nodes"]:
        for look in _looks_of(numbers, place):
            branches[look].append(_branch(numbers, place, column, ends))
    for lines, look in zip(axes.collections, LOOKS, strict=True):
        lines.set_segments(branches[look])
    texts = [text[:-1] for text in texts] + _begun(numbers) + _listed(numbers, wide)
    for artist, (x, y, word, color, weight) in zip(axes.texts, texts, strict=False):
        artist.set(x=x, y=y, text=word, color=color, fontweight=weight, visible=True)
    for artist in axes.texts[len(texts):]:
        artist.set_visible(False)
    return _in_words(numbers)


def _make_tree(axes) -> None:
    """One inch is one unit, from the top left."""
    axes.set_axis_off()
    plots.room(axes, left=0.1, right=0.1, below=0.05, above=0.38)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    axes.set(xlim=(0, wide), ylim=(high, 0))
    plots.name(axes, title="Followed and dropped")
    for look in LOOKS.values():
        axes.add_collection(LineCollection([], **look, capstyle="round", animated=True),
                            autolim=False)
    plots.legend(axes, [Line2D([], [], label=label, **look) for label, look in LOOKS.items()],
                 loc="lower right", bbox_to_anchor=(1, 1), ncols=4, borderaxespad=0.2)
    for _ in range(COLUMNS * (ROWS + 2) + LISTED + 4):
        axes.text(0, 0, "", va="center", fontsize=plots.SMALL, fontfamily=plots.FONTS,
                  animated=True)


def _y(numbers: dict, place: int) -> float:
    return (numbers["rows"][place] + 0.5) * LINE


def _word_of(numbers: dict, place: int, column: float) -> tuple:
    """(x, y, word and probability, colour, weight, inches) of a node; cut to its column."""
    node = numbers["beam"].nodes[place]
    odds = f" {math.exp(node.log_prob):.2f}"
    word = whole = plots.plain(numbers["words"][place])
    while plots.width(word + odds) > column - GAP - 0.06 and len(whole) > 1:
        whole = whole[:-1]
        word = whole + "…"
    x = START + (node.depth - numbers["window"][0]) * column
    color = plots.BLUE if place in numbers["best"] else plots.INK if node.kept else GREY
    return x, _y(numbers, place), word + odds, color, "normal", plots.width(word + odds)


def _looks_of(numbers: dict, place: int) -> list[str]:
    paths = [look for look, path in (("right translation", "gold"), ("best", "best"))
             if place in numbers[path]]
    return paths or ["kept" if numbers["beam"].nodes[place].kept else "dropped"]


def _branch(numbers: dict, place: int, column: float, ends: dict) -> list[tuple]:
    """From the end of the parent's word to the end of its column, and over to this word."""
    node = numbers["beam"].nodes[place]
    x = START + (node.depth - numbers["window"][0]) * column - 0.04
    high, low = _y(numbers, node.parent), _y(numbers, place)
    before = ends.get(node.parent, 0.15 if numbers["window"][0] > 1 else 0.32) + 0.04
    edge = max(before, x - GAP + 0.08)
    return [(min(before, edge), high), (edge, high), (x, low)]


def _begun(numbers: dict) -> list[tuple]:
    """What stands left of the first column: the start mark, or that words stand before."""
    if numbers["window"][0] > 1:
        return []
    return [(0.0, _y(numbers, 0), "<s>", plots.BLUE, "normal")]


def _listed(numbers: dict, wide: float) -> list[tuple]:
    """The finished texts below the tree, the best first, each with its score; always the right."""
    y, ranked = (ROWS + 0.9) * LINE, list(enumerate(numbers["found"], start=1))
    more = f", {LISTED} of {len(ranked)}" if len(ranked) > LISTED else ""
    placed = [(0.0, y, f"Score and text, the best first{more}:", GREY, "normal")]
    right = [one for one in ranked[LISTED:] if one[1][4]]
    for rank, (score, _, text, ended, right_) in ranked[:LISTED - len(right)] + right:
        weight, y = ("normal" if rank > 1 else "bold"), y + 1.05 * LINE
        line = f"{rank}.   {score:.2f}   {text}".replace("-", "−", 1)
        line = plots.readable(line).replace("$", r"\$")
        sign = "  ← right" if right_ else "" if ended else "  (cut off)"
        while plots.width(line + sign, weight=weight) > wide - 0.1:
            line = line[:-2].rstrip("…") + "…"
        placed.append((0.0, y, line + sign, plots.INK if rank > 1 else plots.BLUE, weight))
    return placed


def _in_words(numbers: dict) -> str:
    found, lost, (first, last, depth) = numbers["found"], numbers["lost"], numbers["window"]
    score, _, text, _, right = numbers["found"][0]
    place = next((rank for rank, one in enumerate(found, start=1) if one[4]), None)
    said = f"Width {numbers['width']}: best is “{text}”, score {score:.2f}".replace("-", "−")
    if right:
        said += ", the right translation."
    elif place:
        said += f". The right one is only number {place}, {found[place - 1][0]:.2f}.".replace(
            "-", "−")
    elif lost:
        said += f". The right one left the beam at word {lost[0]}, “{lost[1]}”."
    else:
        said += ". The right one was finished too, but not among the best."
    drawn = sum(not numbers["beam"].nodes[p].kept for p in numbers["nodes"])
    said += f" {drawn} of {numbers['dropped']:,} dropped branches are drawn"
    said += "." if (first, last) == (1, depth) else (
        f", words {first} to {last} of {depth} (to see others: “more”).")
    return said + numbers["unknown"] + plots.note(*numbers["words"].values(), text)
