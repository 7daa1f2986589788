"""Attention in a plane: three words, one query, and score, softmax, weighted sum on paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import Polygon

from helpers import plots
from helpers.explorers import core

WORDS = ("the", "cat", "sits")
KEYS = ((2.0, 0.0), (1.0, 2.0), (-2.0, 1.0))        # h_j of each word
STAGES = ("1 score", "2 softmax", "3 weighted sum")
MOST, LONGEST = 5, 2.5          # words; length of a query
HIGH = 0.2                      # inches of a line of text


def by_hand_numbers(angle: float, length: float, stage: str = STAGES[2],
                    keys: Sequence | None = None, words: Sequence[str] = WORDS) -> dict:
    """One query, given as an angle in degrees and a length, attends to the vectors of the words.

    keys: (S, 2), the encoder's vectors h_j. Returns {"query": (2,), "scores": (S,) query · h_j,
    "weights": (S,) their softmax, "context": (2,) sum of weight times h_j, "keys", "words",
    "stage"}.
    Raises ValueError for other shapes, for more than 5 words, and for an unknown stage.
    """
    keys = np.array(KEYS if keys is None else keys, dtype=float)
    if keys.shape != (len(words), 2) or not 2 <= len(words) <= MOST:
        raise ValueError(f"keys {keys.shape} for {len(words)} words: a vector (x, y) for each of "
                         f"2 to {MOST} words")
    if stage not in STAGES:
        raise ValueError(f"stage={stage!r}: there are {', '.join(STAGES)}")
    query = length * np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    scores = keys @ query                                               # (S, 2) @ (2,)
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    return {"query": query, "scores": scores, "weights": weights, "context": weights @ keys,
            "keys": keys, "words": list(words), "stage": stage}


def draw_by_hand(figure, numbers: dict) -> str:
    """Draw the arrows, the scores and, from their stage on, the weights and the context."""
    plane, left, right = plots.panels(figure, 3, width_ratios=(1.1, 1, 1))
    stage, words = STAGES.index(numbers["stage"]), numbers["words"]
    most = 1.15 * LONGEST * max(np.linalg.norm(numbers["keys"], axis=1).max(), 0.5)
    _draw_plane(plane, numbers, with_context=stage == 2)
    plots.draw_bars(left, words, numbers["scores"], title="1  Scores", shown="{:.2f}",
                    ylabel="query · h", ylim=(-most, most))
    shown = numbers["weights"] if stage else np.zeros(len(words))
    plots.draw_bars(right, words, shown, title="2  Weights" if stage else "2  Weights: not yet",
                    ylabel="softmax of the scores", shown="{:.2f}" if stage else "", ylim=(0, 1.1))
    return _in_words(numbers, stage)


def _draw_plane(axes, numbers: dict, *, with_context: bool) -> None:
    """The arrows h_j and the query; the context as a chain of weighted arrows in their hull."""
    keys = numbers["keys"]
    if not plots.keeps(axes, f"plane of {keys.tolist()} {numbers['words']}"):
        _make_plane(axes, keys)
    plots.name(axes, title="Vectors and context" if with_context else "Vectors and query")
    fixed, query, chain, context = axes.collections[:4]
    query.set_UVC(*numbers["query"][:, None])
    steps = numbers["weights"][:, None] * keys                          # (S, 2)
    chain.set_offsets(np.cumsum(steps, axis=0) - steps)
    chain.set_UVC(*steps.T)
    context.set_UVC(*numbers["context"][:, None])
    for artist in (chain, context, axes.patches[0]):
        artist.set_visible(with_context)
    names = [*numbers["words"], "query", "context" if with_context else ""]
    tips = [*keys, numbers["query"], numbers["context"]]
    _place_names(axes, names, tips)


def _make_plane(axes, keys: np.ndarray) -> None:
    axes.grid(color=plots.GRID)
    plots.room(axes, left=0.45, right=0.2, below=0.35)
    wide, high = axes.get_position(original=True).size * axes.figure.get_size_inches()
    reach = 1.2 * max(LONGEST, np.abs(keys).max())
    axes.set(xlim=np.array((-1, 1)) * reach * max(1, wide / high),
             ylim=np.array((-1, 1)) * reach * max(1, high / wide))
    axes.add_patch(Polygon(_hull(keys), closed=True, facecolor="#e3e3e3", edgecolor="none",
                           animated=True))
    zeros = np.zeros(len(keys))
    for count, color, width in ((len(keys), plots.INK, 0.011), (1, plots.BLUE, 0.017),
                                (len(keys), "#7a7a7a", 0.007), (1, plots.ORANGE, 0.017)):
        axes.quiver(zeros[:count], zeros[:count], zeros[:count], zeros[:count], angles="xy",
                    scale_units="xy", scale=1, color=color, width=width, animated=True)
    axes.collections[0].set_UVC(*keys.T)
    for place in range(len(keys) + 2):
        color = [*[plots.INK] * len(keys), plots.BLUE, plots.ORANGE][place]
        axes.text(0, 0, "", ha="center", va="center", color=color, fontsize=plots.SMALL,
                  fontweight="bold" if place >= len(keys) else "normal",
                  fontfamily=plots.FONTS, animated=True)


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


def _place_names(axes, names: list[str], tips: list[np.ndarray]) -> None:
    """A name beside each arrow's tip, where it covers neither an arrow nor another name."""
    size = axes.get_position(original=True).size * axes.figure.get_size_inches()
    inch = np.array([np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())]) / size  # data per inch
    edge = np.array([axes.get_xlim(), axes.get_ylim()]).max(axis=1)
    taken = [(share * tip, 0.03 * inch) for name, tip in zip(names, tips, strict=True) if name
             for share in np.linspace(0, 1, 9)]
    for text, name, tip in zip(axes.texts, names, tips, strict=True):
        word = plots.plain(name, 10)
        half = inch * np.array([plots.width(word, weight="bold") + 0.08, HIGH]) / 2
        middle = next((at for at in _around(tip, half, inch) if (np.abs(at) + half < edge).all()
                       and not any((np.abs(at - other) < half + far).all()
                                   for other, far in taken)), tip / 2)
        text.set(x=middle[0], y=middle[1], text=word)
        taken += [(middle, half)] if name else []


def _around(tip: np.ndarray, half: np.ndarray, inch: np.ndarray) -> list[np.ndarray]:
    """Middles of a name's box (half as large) near a tip, the best first: further out, then on."""
    out = np.arctan2(tip[1], tip[0]) if tip.any() else -np.pi / 2
    turns = np.deg2rad((0, 40, -40, 80, -80, 120, -120, 160, 200))
    ways = [np.array([np.cos(out + turn), np.sin(out + turn)]) for turn in turns]
    return [base + far * inch * way + half * way / np.abs(way).max()
            for far in (0.06, 0.2, 0.4) for base in (tip, 0.6 * tip) for way in ways]


def _pair(vector: np.ndarray) -> str:
    return "(" + ", ".join(f"{v + 0:.2f}".replace("-0.00", "0.00").replace("-", "−")
                           for v in vector) + ")"


def _in_words(numbers: dict, stage: int) -> str:
    words, weights, scores = numbers["words"], numbers["weights"], numbers["scores"]
    note = plots.note(*words)
    if not stage:
        said = ", ".join(f"“{word}” {score:.2f}".replace("-0.00", "0.00").replace("-", "−")
                         for word, score in zip(words, scores, strict=True))
        return (f"Query {_pair(numbers['query'])}. Score = query · h: {said}. Any real number can "
                f"be a score.{note}")
    most = [word for word, weight in zip(words, weights, strict=True)
            if weights.max() - weight < 0.005]
    looks = f"mostly at “{most[0]}”" if len(most) == 1 else "equally at " + " and ".join(
        f"“{word}”" for word in most)
    looks = f"The query looks {looks} ({weights.max():.2f})"
    if stage == 1:
        total = np.exp(scores).sum()
        return (f"{looks}: e to the power of its score, {np.exp(scores.max()):.2f}, out of "
                f"{total:.2f} for all. Weights are 0 or more and add up to 1.{note}")
    parts = " + ".join(f"{weight:.2f} · {_pair(key)}"
                       for weight, key in zip(weights, numbers["keys"], strict=True))
    return (f"{looks}. Context = {parts} = {_pair(numbers['context'])}: it always lies between "
            f"the vectors.{note}")


def attention_by_hand(keys: Sequence | None = None, words: Sequence[str] = WORDS):
    """Turn the query, make it longer, and go from scores to weights to the context."""
    return core.explore(
        lambda **values: by_hand_numbers(**values, keys=keys, words=words), draw_by_hand,
        stage=core.steps("stage", list(STAGES), value=STAGES[2]),
        angle=core.slider("angle (degrees)", 0, 345, value=90, step=15),
        length=core.slider("length", 0.0, LONGEST, value=1.0, step=0.5),
    )
