"""The picture that stands beside a view in a saved notebook, on paper, where nothing runs."""

import io

import numpy as np
from matplotlib.patches import Rectangle

from helpers import plots

DPI = 165           # pixels of the picture for an inch, 1.5 for each of the page
WIDE = 10           # inches
INCH = 110          # pixels of the page for an inch


def picture(weights: np.ndarray, chosen: tuple[int, int], queries: list[str], keys: list[str], *,
            title: str, gold: list, missed: list) -> tuple[bytes, dict]:
    """PNG of the chosen head, beside it all heads where there are several, and its place.

    weights: (L, H, T, S). chosen: layer and head, from 0. missed: which of the gold links.
    Returns the bytes and {"width": pixels of the page, "height": ...}.
    """
    several = weights.shape[0] * weights.shape[1] > 1
    figure = plots.blank(WIDE, min(7.0, max(3.0, 1.6 + 0.33 * len(queries))))
    axes = plots.panels(figure, 2, width_ratios=(5, 3)) if several else plots.panels(figure)
    shown = weights[chosen]
    marks = ", framed: gold link, dashed: missed" if gold else ""
    plots.draw_table(axes[0], shown, queries, keys, title=title, scale="weight", ylabel="query",
                     xlabel=f"looks at → (key{marks})", blocked_as="masked",
                     blocked=np.broadcast_to(~shown.any(1, keepdims=True), shown.shape))
    for place, (query, key) in enumerate(gold):
        _mark(axes[0], query, key, place in missed)
    if several:
        _draw_heads(axes[1], weights, chosen)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, pil_kwargs={"compress_level": 9,
                                                              "optimize": True})
    high = round(figure.get_figheight() * INCH)
    return buffer.getvalue(), {"width": WIDE * INCH, "height": high}


def _mark(axes, query: int, key: int, missed: bool) -> None:
    for colour, width in (("white", 4.5), (plots.ORANGE if missed else plots.INK, 2.2)):
        axes.add_patch(Rectangle((key - 0.44, query - 0.44), 0.88, 0.88, fill=False,
                                 edgecolor=colour, linewidth=width,
                                 linestyle="--" if missed and width < 4 else "-"))


def _draw_heads(axes, weights: np.ndarray, chosen: tuple[int, int]) -> None:
    """All heads in one image, layers below each other, with a gap between them."""
    layers, heads, queries, keys = weights.shape
    gap = [max(1, round(size / 8)) for size in (queries, keys)]
    high, wide = queries + gap[0], keys + gap[1]
    whole = np.full((layers * high, heads * wide), np.nan)
    for layer, head in np.ndindex(layers, heads):
        whole[layer * high:layer * high + queries, head * wide:head * wide + keys] = (
            weights[layer, head])
    axes.imshow(whole, vmin=0, vmax=1, cmap="cividis", interpolation="nearest")
    axes.set_anchor("N")
    axes.add_patch(Rectangle((chosen[1] * wide - 0.5, chosen[0] * high - 0.5), keys, queries,
                             fill=False, edgecolor=plots.ORANGE, linewidth=3))
    plots.room(axes, left=0.7, right=0.2)
    axes.spines[:].set_visible(False)
    for axis, count, step, size in ((axes.xaxis, heads, wide, keys),
                                    (axes.yaxis, layers, high, queries)):
        plots.mark_ticks(axis, [place * step + size / 2 - 0.5 for place in range(count)],
                         [str(place + 1) for place in range(count)])
    plots.name(axes, title="all heads", xlabel="head", ylabel="layer")
