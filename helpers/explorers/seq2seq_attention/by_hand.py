"""Attention in a plane: three words, one query, and score, softmax, weighted sum on paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers import plots
from helpers.explorers import core

WORDS = ("the", "cat", "sits")
KEYS = ((2.0, 0.0), (1.0, 2.0), (-2.0, 1.0))        # h_j of each word
STAGES = ("1 score", "2 softmax", "3 weighted sum")
MOST, LONGEST = 5, 2.5          # words; length of a query


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
    moving = {"query": (numbers["query"], plots.BLUE)}
    if with_context:
        moving["context"] = (numbers["context"], plots.ORANGE)
    plots.draw_arrows(axes, numbers["keys"], numbers["words"], moving, reach=LONGEST,
                      title="Vectors and context" if with_context else "Vectors and query",
                      weights=numbers["weights"] if with_context else None)


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
