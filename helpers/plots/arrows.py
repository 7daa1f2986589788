"""Arrows from the origin of a plane, with their names, and a weighted sum of some of them."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import Polygon

from helpers.plots.letters import FONTS, plain, width
from helpers.plots.style import GRID, INK, SMALL, keeps, name, room

MOVING = 2                      # arrows that move, at most
HIGH = 0.2                      # inches of a line of text
HULL, CHAIN = "#e3e3e3", "#7a7a7a"


def draw_arrows(axes, fixed: np.ndarray, names: Sequence[str],
                moving: Mapping[str, tuple[np.ndarray, str]], *, title: str, reach: float,
                weights: np.ndarray | None = None) -> None:
    """Arrows (N, 2) in ink, and at most two in colours of their own that move.

    moving: {name: (tip (2,), colour)}. reach: how far the plane shows at least, each way.
    weights (N,): the arrows times these one after the other, and the hull in which every such
    sum lies. Raises ValueError on unequal lengths and for a third arrow that moves.
    """
    fixed = np.asarray(fixed, dtype=float)
    if fixed.shape != (len(names), 2) or len(moving) > MOVING:
        raise ValueError(f"arrows {fixed.shape} for {len(names)} names, {len(moving)} that move: "
                         f"one arrow (x, y) for each name, and at most {MOVING} that move")
    if not keeps(axes, f"plane of {fixed.tolist()}, {reach}"):
        _make_plane(axes, fixed, reach)
    name(axes, title=title)
    chain, *movers = axes.collections[1:]
    tips = [*fixed, *(tip for tip, _ in moving.values())]
    for arrow, (tip, colour) in zip(movers, moving.values(), strict=False):
        arrow.set_UVC(*np.asarray(tip, dtype=float)[:, None])
        arrow.set_color(colour)
    for place, arrow in enumerate(movers):
        arrow.set_visible(place < len(moving))
    for artist in (chain, axes.patches[0]):
        artist.set_visible(weights is not None)
    if weights is not None:
        steps = np.asarray(weights)[:, None] * fixed                    # (N, 2)
        chain.set_offsets(np.cumsum(steps, axis=0) - steps)
        chain.set_UVC(*steps.T)
    inks = [INK] * len(fixed) + [colour for _, colour in moving.values()]
    _place_names(axes, [*names, *moving], tips, inks)


def _make_plane(axes, fixed: np.ndarray, reach: float) -> None:
    """What is kept, from back to front: the hull, the arrows in ink, the chain, those that move."""
    axes.grid(color=GRID)
    room(axes, left=0.45, right=0.2, below=0.35)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    reach = 1.2 * max(reach, np.abs(fixed).max())
    axes.set(xlim=np.array((-1, 1)) * reach * max(1, wide / high),
             ylim=np.array((-1, 1)) * reach * max(1, high / wide))
    axes.add_patch(Polygon(_hull(fixed), closed=True, facecolor=HULL, edgecolor="none",
                           animated=True))
    for count, color, thick in ((len(fixed), INK, 0.011), (len(fixed), CHAIN, 0.007),
                                *[(1, INK, 0.017)] * MOVING):
        zeros = np.zeros(count)
        axes.quiver(zeros, zeros, zeros, zeros, angles="xy", scale_units="xy", scale=1,
                    color=color, width=thick, animated=True)
    axes.collections[0].set_UVC(*fixed.T)
    for place in range(len(fixed) + MOVING):
        axes.text(0, 0, "", ha="center", va="center", fontsize=SMALL, fontfamily=FONTS,
                  fontweight="bold" if place >= len(fixed) else "normal", animated=True)


def _hull(points: np.ndarray) -> np.ndarray:
    """The corners of the smallest convex shape around the points, in their order around it."""
    corners: list = []
    for part in (sorted(points.tolist()), sorted(points.tolist(), reverse=True)):
        side: list = []
        for point in part:
            while len(side) > 1 and np.linalg.det(np.diff([*side[-2:], point], axis=0)) <= 0:
                side.pop()
            side.append(point)
        corners += side[:-1]
    return np.array(corners or points[:1])


def _place_names(axes, names: list[str], tips: list[np.ndarray], inks: list[str]) -> None:
    """A name beside each arrow's tip, where it covers neither an arrow nor another name."""
    size = axes.get_position(original=True).size * axes.figure.get_size_inches()
    inch = np.array([np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())]) / size  # data per inch
    edge = np.array([axes.get_xlim(), axes.get_ylim()]).max(axis=1)
    taken = [(share * tip, 0.03 * inch) for tip in tips for share in np.linspace(0, 1, 9)]
    for text, word, tip, ink in zip(axes.texts, names, tips, inks, strict=False):
        word = plain(word, 10)
        half = inch * np.array([width(word, weight="bold") + 0.08, HIGH]) / 2
        middle = next((at for at in _around(tip, half, inch) if (np.abs(at) + half < edge).all()
                       and not any((np.abs(at - other) < half + far).all()
                                   for other, far in taken)), tip / 2)
        text.set(x=middle[0], y=middle[1], text=word, color=ink)
        taken.append((middle, half))
    for text in axes.texts[len(names):]:
        text.set_text("")


def _around(tip: np.ndarray, half: np.ndarray, inch: np.ndarray) -> list[np.ndarray]:
    """Middles of a name's box (half as large) near a tip, the best first: further out, then on."""
    out = np.arctan2(tip[1], tip[0]) if tip.any() else -np.pi / 2
    turns = np.deg2rad((0, 40, -40, 80, -80, 120, -120, 160, 200))
    ways = [np.array([np.cos(out + turn), np.sin(out + turn)]) for turn in turns]
    return [base + far * inch * way + half * way / np.abs(way).max()
            for far in (0.06, 0.2, 0.4) for base in (tip, 0.6 * tip) for way in ways]
