"""Tables of numbers as heat maps: with a scale, blocked cells, numbers where they fit."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from helpers.plots.letters import escaped, plain, short, widest, width
from helpers.plots.style import (
    ABOVE,
    PALE,
    SMALL,
    keeps,
    legend,
    mark_ticks,
    name,
    tidy,
    words_below,
)

BLOCKED = {"facecolor": PALE, "edgecolor": "#8a8a8a", "hatch": "////", "linewidth": 0}
SCALE = 0.14                # inches that the scale is wide, and away


def draw_table(
    axes, table: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, title: str,
    xlabel: str, ylabel: str, shown: str = "{:.2f}", limits: tuple[float, float] = (0, 1),
    blocked: np.ndarray | None = None, blocked_as: str = "blocked", scale: str = "",
):
    """A table (rows, columns) as a heat map; the numbers are written in if all of them fit.

    limits: values of the scale's two ends; below 0 the colours diverge from white. blocked: bool
    (rows, columns), True where there is no value: hatched, and named `blocked_as`. NaN counts as
    blocked. scale: what the colours mean, written beside their scale. Returns the image.
    Raises ValueError for a table or mask of another shape.
    """
    table = np.asarray(table, dtype=float)
    blocked = np.isnan(table) | (False if blocked is None else np.asarray(blocked, dtype=bool))
    if table.shape != (len(rows), len(columns)) or blocked.shape != table.shape:
        raise ValueError(f"table {table.shape}, blocked cells {blocked.shape} for {len(rows)} "
                         f"rows, {len(columns)} columns")
    label = short(scale, 30)
    if not keeps(axes, f"table {table.shape}, {limits}, {label}, {blocked.any() and blocked_as}"):
        _make_table(axes, table.shape, limits, label, blocked_as if blocked.any() else "")
    image = axes.images[0]
    image.set_data(np.where(blocked, np.nan, table))
    words_below(axes, columns, left=0.4 + widest(rows), right=0.95 if label else 0.75, below=0.65)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    every = -(-len(rows) // int(5 * high))
    mark_ticks(axes.yaxis, range(0, len(rows), every), [short(word) for word in rows[::every]])
    block(axes.patches[0], blocked)
    _write_numbers(axes, table, blocked, shown, (high / len(rows), wide / len(columns)))
    name(axes, title=title, xlabel=xlabel, ylabel=ylabel)
    return image


def _make_table(axes, shape: tuple, limits: tuple, label: str, blocked_as: str) -> None:
    axes.imshow(np.zeros(shape), aspect="auto", interpolation="nearest", vmin=limits[0],
                vmax=limits[1], cmap=colours(limits), animated=True)
    hatching(axes)
    add_scale(axes, limits, label)
    if blocked_as:
        legend(axes, [Patch(**BLOCKED, label=plain(blocked_as, 30))], **ABOVE)


def colours(limits: tuple[float, float]) -> str:
    """The colour map for these limits: two colours around white if they lie around 0."""
    return "PuOr" if limits[0] < 0 else "cividis"


def hatching(axes) -> PathPatch:
    """What `block` spreads over the cells that have no value: one patch, as hatching is slow."""
    patch = PathPatch(Path(np.empty((0, 2))), **BLOCKED)
    axes.add_artist(patch)
    return patch


def block(patch: PathPatch, blocked: np.ndarray) -> None:
    """Spread the hatching over the True cells of a mask (rows, columns).

    It rests: the image that lies over it is clear where it has no value.
    """
    if patch.get_gid() == (mask := f"{blocked.shape} {blocked.tobytes().hex()}"):
        return
    edges = np.diff(np.pad(blocked.astype(int), ((0, 0), (1, 1))), axis=1)
    runs = [(i, left, right) for i, row in enumerate(edges) for left, right in zip(
        np.flatnonzero(row > 0), np.flatnonzero(row < 0), strict=True)]
    pieces = [Path(np.array([(left, i), (right, i), (right, i + 1), (left, i + 1), (left, i)])
                   - 0.5, closed=True) for i, left, right in runs]
    patch.set_path(Path.make_compound_path(*pieces) if pieces else Path(np.empty((0, 2))))
    patch.set_gid(mask)


def add_scale(axes, limits: tuple[float, float], label: str, ticks: dict | None = None):
    """A scale of the colours at the right of the axes, with its ends (or `ticks`) and a label."""
    scale = axes.inset_axes((1, 0, 0.02, 1))
    inch = 1 / axes.figure.get_figwidth()

    def beside(*_) -> Bbox:
        place = axes.get_position(original=True)
        return Bbox.from_bounds(place.x1 + SCALE * inch, place.y0, SCALE * inch, place.height)
    scale.set_axes_locator(beside)
    tidy(scale)
    scale.imshow(np.linspace(*limits, 256)[:, None], aspect="auto", cmap=colours(limits),
                 extent=(0, 1, *limits), origin="lower")
    scale.spines[:].set_visible(False)
    scale.set_xticks([])
    scale.yaxis.tick_right()
    scale.yaxis.set_label_position("right")
    ticks = ticks or {end: f"{end:g}".replace("-", "−") for end in (
        limits[0], sum(limits) / 2, limits[1])}
    mark_ticks(scale.yaxis, list(ticks), list(ticks.values()))
    name(scale, ylabel=label)
    return scale


def _write_numbers(axes, table, blocked, shown: str, cell: tuple[float, float]) -> None:
    """The numbers in the cells (inches high, wide), all or none: none if one does not fit."""
    words = ["" if stop else shown.format(value) if value else "·"
             for value, stop in zip(table.ravel(), blocked.ravel(), strict=True)]
    fit = cell[0] > 0.18 and max(map(width, words), default=0) + 0.08 < cell[1]
    if fit and not axes.texts:
        for i, j in np.ndindex(*table.shape):
            axes.text(j, i, "", ha="center", va="center", fontsize=SMALL, animated=True)
    image = axes.images[0]
    inks = readable_on(image.cmap(image.norm(np.nan_to_num(table))))
    for text, word, ink in zip(axes.texts, words, inks.ravel(), strict=False):
        text.set(text=escaped(word), color=ink, visible=fit)


def readable_on(colours: np.ndarray) -> np.ndarray:
    """Black or white, whichever has the higher contrast on RGB colours (..., 3 or 4) (WCAG)."""
    linear = np.asarray(colours)[..., :3]
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    return np.where(linear @ (0.2126, 0.7152, 0.0722) > 0.179, "black", "white")
