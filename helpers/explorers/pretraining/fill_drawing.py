"""A sentence with one word hidden, and the words that may stand there, as bars."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from helpers import plots
from helpers.explorers.picture import SPOT
from helpers.pretraining import texts

LEFT, GAP, INSIDE = 0.2, 0.06, 0.07         # inches: of the page, between words, around one
SIZES = ((14, 18), (11, 18), (11, 12), (11, 8), (11, 6))    # points, letters of a word at most
PLAIN, UNKNOWN = (plots.PALE, "-"), ("#8a8a8a", ":")         # edge and dash of a word's box


def draw_words(axes, words: Sequence[str], hidden: int, unknown: Collection[str]) -> list[tuple]:
    """The words of a sentence in boxes, a thick frame around the hidden one (place from 0).

    Returns the box (x, y, width, height) of each word, in inches from the top left of the axes.
    """
    if not plots.keeps(axes, "sentence"):
        _make_words(axes)
    wide, high = axes.get_xlim()[1], axes.get_ylim()[0]
    points, shown, boxes = _packed(words, wide, high)
    for i, (patch, text) in enumerate(zip(axes.patches[:-1], axes.texts, strict=True)):
        plots.update(patch, visible=i < len(words))
        plots.update(text, visible=i < len(words))
        if i < len(words):
            x, y, width, height = boxes[i]
            edge, dash = UNKNOWN if words[i] in unknown else PLAIN
            plots.update(patch, x=x, y=y, width=width, height=height, linestyle=dash,
                         edgecolor=to_rgba(edge))
            plots.update(text, position=(x + width / 2, y + height / 2), text=shown[i],
                         fontsize=points)
    axes.patches[-1].set_bounds(boxes[hidden])
    return boxes


def _packed(words: Sequence[str], wide: float, high: float) -> tuple[int, list[str], list[tuple]]:
    """(points, words as they are written, boxes): as large as there is room for."""
    for points, letters in SIZES:
        shown, line = [plots.plain(word, letters) for word in words], 1.9 * points / 72
        boxes, x, y = [], LEFT, 0.0
        for word in shown:
            width = plots.width(word, points) + 2 * INSIDE
            if x + width > wide - LEFT and x > LEFT:
                x, y = LEFT, y + line
            boxes.append((x, y, width, 0.88 * line))
            x += width + GAP
        if y + line < high:
            break
    above = (high - y - line) / 2
    return points, shown, [(x, y + above, *size) for x, y, *size in boxes]


def _make_words(axes) -> None:
    plots.tidy(axes)
    axes.set_axis_off()
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    axes.set(xlim=(0, wide), ylim=(high, 0))
    for _ in range(texts.MOST):
        axes.add_patch(Rectangle((0, 0), 1, 1, facecolor=plots.PALE, gid=SPOT))
        axes.text(0, 0, "", ha="center", va="center_baseline", color=plots.INK,
                  fontfamily=plots.FONTS)
    axes.add_patch(Rectangle((0, 0), 1, 1, fill=False, edgecolor=plots.ORANGE, linewidth=3.5,
                             animated=True))


def draw_ranking(axes, ranked: Mapping, true: str, count: int, *, title: str) -> None:
    """The likeliest words with their probabilities from 0 to 1; `true` stood there: hatched.

    ranked: {"words", "odds", "rank", "odd"}. A true word that is not among them has a row of its
    own below, with its rank.
    """
    if not plots.keeps(axes, f"{count} likeliest"):
        _make_ranking(axes, count)
    plots.name(axes, title=title)
    rows = list(zip(ranked["words"], ranked["odds"], strict=True))
    if ranked["rank"] is not None and true not in ranked["words"]:
        rows += [("", 0.0)] * (count - len(rows)) + [(true, ranked["odd"])]
    rows += [("", 0.0)] * (count + 1 - len(rows))
    numbers, names = axes.texts[:count + 1], axes.texts[count + 1:]
    for i, (bar, (word, odds)) in enumerate(zip(axes.containers[0], rows, strict=True)):
        look = plots.HATCHED if word == true else plots.SOLID
        bar.set(width=odds, visible=word != "", **look)
        weight = "bold" if word == true else "normal"
        rank = f", {place_of(ranked['rank'])}" if i == count and word else ""
        numbers[i].set(x=odds + 0.015, text=(_share(odds) + rank) if word else "",
                      fontweight=weight)
        names[i].set(text=plots.plain(word, 14), fontweight=weight)


def place_of(rank: int) -> str:
    """1st, 2nd, 3rd, 4th ..."""
    teens = rank % 100 in (11, 12, 13)
    return f"{rank:,}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th')}"


def _share(p: float) -> str:
    return "< 0.1%" if p < 0.001 else f"{p:.1%}"


def _make_ranking(axes, count: int) -> None:
    plots.room(axes, left=1.2, right=0.62, below=0.05, above=1.35)
    rows = [*range(count), count + 0.35]
    axes.barh(rows, [0] * len(rows), height=0.7, animated=True)
    for place in range(2 * len(rows)):
        left = place < len(rows)
        axes.text(0 if left else -0.03, rows[place % len(rows)], "", va="center_baseline",
                  ha="left" if left else "right", fontsize=plots.SMALL, color=plots.INK,
                  fontfamily=plots.FONTS, animated=True)
    axes.set(xlim=(0, 1), ylim=(count + 0.85, -0.6))
    plots.mark_ticks(axes.xaxis, [], [])
    plots.mark_ticks(axes.yaxis, [], [])
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_animated(True)
