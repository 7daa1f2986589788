"""The way through a Transformer as a drawing: a line from ids to probabilities, parts beside it."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from helpers import plots
from helpers.explorers.picture import named
from helpers.explorers.transformer.trace import POST, PRE

NAMES = {"ids": "ids", "rows": "rows", "places": "+ places", "norm 1": "norm", "norm 2": "norm",
         "weights": "weights", "attention": "attention", "sum 1": "sum",
         "sum 2": "sum", "feed-forward": "feed-forward", "last norm": "last norm",
         "logits": "logits", "probabilities": "probabilities"}
ASIDE = ("weights", "attention", "feed-forward")        # with pre-norm the norms of a block, too
LINE, BRANCH, WORDS, EDGE = 0.2, 0.42, 0.58, 1.98       # inches from the left


def draw_spine(axes, stop: str, block: int, blocks: int, *, post: bool) -> None:
    """Mark a stop on the way; the parts of all blocks are drawn once, `block` is the one shown."""
    stops = _stops(post)
    if not plots.keeps(axes, f"way {post}"):
        _make_way(axes, stops, post)
    place = stops.index(stop)
    named(axes, "here").set_y(place - 0.46)
    named(axes, "which block").set_text(f"block {block or (1 if place < 3 else blocks)} "
                                        f"of {blocks}")


def _stops(post: bool) -> tuple[str, ...]:
    inside, end = (POST, ()) if post else (PRE, ("last norm",))
    return ("ids", "rows", "places", *inside, *end, "logits", "probabilities")


def _make_way(axes, stops: tuple[str, ...], post: bool) -> None:
    plots.room(axes, left=0.05, right=0, below=0.12, above=0.12)
    axes.set_axis_off()
    wide = axes.get_position(original=True).width * axes.figure.get_figwidth()
    axes.set(xlim=(0, wide), ylim=(len(stops) - 0.5, -0.5))
    aside = ASIDE if post else (*ASIDE, "norm 1", "norm 2")
    line = {"color": plots.INK, "linewidth": 2, "solid_capstyle": "round"}
    axes.plot([LINE, LINE], [0, len(stops) - 1], **line)
    for place, stop in enumerate(stops):
        beside = stop in aside
        axes.text(WORDS, place, NAMES[stop], va="center", fontsize=plots.SMALL, color=plots.INK)
        joins = stop.startswith("sum")
        axes.plot([BRANCH if beside else LINE], [place], "o", markersize=11 if joins else 6,
                  color="white" if joins else plots.INK, markeredgecolor=plots.INK,
                  markeredgewidth=1.6)
        if joins:
            first = place
            while stops[first - 1] in aside:
                first -= 1
            axes.plot([LINE, BRANCH, BRANCH, LINE], [first - 0.6, first, place - 1, place],
                      zorder=1, **{**line, "linewidth": 1.4})
            axes.plot([LINE], [place], "+", markersize=8, color=plots.INK, markeredgewidth=1.6)
    axes.add_patch(Rectangle((0.04, 2.5), EDGE - 0.04, 7, fill=False, edgecolor="#8a8a8a",
                             linewidth=1.2, linestyle="--"))
    axes.text(EDGE - 0.06, 6, "", rotation=90, ha="right", va="center", fontsize=plots.SMALL,
              color=plots.INK, animated=True, label="which block")
    axes.add_patch(Rectangle((0.08, 0), EDGE - 0.36, 0.92, fill=False, edgecolor=plots.ORANGE,
                             linewidth=2.6, animated=True, label="here"))
