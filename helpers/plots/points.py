"""Named points in a plane, such as words: no name covers another name or a point."""

from collections.abc import Sequence

import numpy as np

from helpers.plots.letters import FONTS, plain, widest, width
from helpers.plots.style import INK, LINES, SMALL, empty, legend, name, room

HIGH = 0.19                 # inches of a line of text
POINT = 0.07                # inches from the middle of a point to its edge
RINGS = (0.1, 0.25, 0.45, 0.7)      # inches from a point that its name is tried at
AROUND = np.deg2rad((0, 180, 90, 270, 45, 135, 315, 225))


def draw_points(axes, places: np.ndarray, names: Sequence[str], *, title: str, xlabel: str = "",
                ylabel: str = "", kinds: Sequence[str] = ()) -> list[str]:
    """Points (N, 2) with their names; at most four kinds, told apart by colour and marker.

    A name that is moved away from its point gets a line to it. Returns the names for which there
    was no room: say them, or draw fewer points.
    Raises ValueError on unequal lengths and for a fifth kind.
    """
    places = np.asarray(places, dtype=float)
    different = list(dict.fromkeys(kinds))
    if places.shape != (len(names), 2) or len(kinds) not in (0, len(names)) or \
            len(different) > len(LINES):
        raise ValueError(f"places {places.shape}, {len(kinds)} kinds for {len(names)} names: one "
                         f"place (x, y) for each, and {len(different)} kinds of at most "
                         f"{len(LINES)}")
    empty(axes)
    name(axes, title=title, xlabel=xlabel, ylabel=ylabel)
    look_of = dict(zip(different or [""], LINES, strict=False))
    kind_of = np.array([*kinds] or [""] * len(names))
    for kind, look in look_of.items():
        axes.scatter(*places[kind_of == kind].T, s=45, color=look["color"], marker=look["marker"],
                     label=plain(kind))
    if different:
        legend(axes, axes.collections[:], loc="center left", bbox_to_anchor=(1.02, 0.5))
    room(axes, left=0.95 if ylabel else 0.6, right=0.75 + widest(different) if different else 0.25)
    axes.margins(0.08)
    axes.autoscale_view()                           # now: the names are placed by it
    return _place_names(axes, places, names)


def _place_names(axes, places: np.ndarray, names: Sequence[str]) -> list[str]:
    """Write each name at the first free place around its point; return those without one."""
    figure = axes.figure
    at = axes.transData.transform(places) / figure.dpi                          # (N, 2) inches
    whole = np.array([[0, 0], axes.transAxes.transform((1, 1)) / figure.dpi + (0.3, 0)])
    taken = [np.array([point - POINT, point + POINT]) for point in at]          # (2, 2) each
    left_out = []
    for number, (point, place, word) in enumerate(zip(at, places, map(plain, names), strict=True)):
        size = np.array([width(word) + 0.06, HIGH])
        for ring, middle in _candidates(point, size):
            box = np.array([middle - size / 2, middle + size / 2])
            way = _way(point, middle) if ring > RINGS[0] else []
            others = taken[:number] + taken[number + 1:]
            if (box[0] >= whole[0]).all() and (box[1] <= whole[1]).all() and not any(
                    _meets(piece, others) for piece in (box, *way)):
                taken += [box, *way]
                line = {"arrowstyle": "-", "color": "#8a8a8a", "shrinkA": 0, "shrinkB": 4}
                axes.annotate(word, place, 72 * (middle - point), textcoords="offset points",
                              ha="center", va="center", color=INK, fontsize=SMALL,
                              fontfamily=FONTS, arrowprops=line if len(way) else None)
                break
        else:
            left_out.append(word)
    return left_out


def _way(point: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Small boxes (5, 2, 2) along the line from a point to its name: they must stay free too."""
    along = point + np.linspace(0.2, 0.8, 5)[:, None] * (middle - point)
    return np.stack([along - 0.02, along + 0.02], axis=1)


def _candidates(point: np.ndarray, size: np.ndarray):
    """Middles of the name's box around the point, the nearest first, with their distance."""
    for ring in RINGS:
        for angle in AROUND:
            way = np.array([np.cos(angle), np.sin(angle)])
            yield ring, point + ring * way + np.round(way, 9) * size / 2


def _meets(box: np.ndarray, others: list[np.ndarray]) -> bool:
    low, high = np.array(others).reshape(-1, 2, 2).transpose(1, 0, 2)
    return bool(((box[0] < high) & (low < box[1])).all(axis=1).any())
