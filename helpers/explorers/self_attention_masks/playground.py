"""Query, key and value in two planes: drag the query, see weights and context follow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers import plots
from helpers.explorers import core

WORDS = ("the", "cat", "sat")
KEYS = ((0.0, -1.0), (2.0, 0.0), (1.0, 2.0))
VALUES = ((-1.0, -1.0), (2.0, -1.0), (0.0, 2.0))
MOST, FAR = 4, 2.5              # words; the largest number of a query
ALL, EVEN = 0.95, 0.05          # a weight that takes all; weights as close as this are equal


def qkv_numbers(x: float, y: float, temperature: float = 1.0, root: bool = True, width: int = 2,
                keys: Sequence | None = None, values: Sequence | None = None,
                words: Sequence[str] | None = None) -> dict:
    """The query (x, y) looks at the keys and brings back a mixture of the values.

    keys, values: (S, 2), for 2 to 4 words. width: the scores are as large as they typically are
    for rows of so many independent numbers, sqrt(width / 2) times those of two. root: divided by
    sqrt(width). Then they are divided by the temperature. Returns {"query": (2,), "scores": (S,)
    what softmax gets, "weights": (S,), "context": (2,), "keys", "values", "words", "root",
    "width", "temperature"}.
    Raises ValueError for other shapes, a width below 2 and a temperature that is not above 0.
    """
    words = list(WORDS if words is None else words)
    keys = np.array(KEYS if keys is None else keys, dtype=float)
    values = np.array(VALUES if values is None else values, dtype=float)
    if not keys.shape == values.shape == (len(words), 2) or not 2 <= len(words) <= MOST:
        raise ValueError(f"keys {keys.shape} and values {values.shape} for {len(words)} words: a "
                         f"key and a value (x, y) for each of 2 to {MOST} words")
    if width < 2 or temperature <= 0:
        raise ValueError(f"width={width}, temperature={temperature}: a width of 2 or more, a "
                         "temperature above 0")
    query = np.array([x, y], dtype=float)
    scores = keys @ query * np.sqrt(width / 2)                          # (S, 2) @ (2,)
    scores /= (np.sqrt(width) if root else 1) * temperature
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    return {"query": query, "scores": scores, "weights": weights, "context": weights @ values,
            "keys": keys, "values": values, "words": words, "root": root, "width": width,
            "temperature": temperature}


def draw_qkv(figure, numbers: dict) -> str:
    """Draw the plane of the keys, the weights, and the plane of the values."""
    left, middle, right = plots.panels(figure, 3, width_ratios=(1.1, 0.9, 1.1))
    words, values = numbers["words"], numbers["values"]
    plots.draw_arrows(left, numbers["keys"], words, {"query": (numbers["query"], plots.BLUE)},
                      title="Keys: drag the query", reach=FAR)
    plots.draw_bars(middle, words, numbers["weights"], title="Weights", shown="{:.2f}",
                    ylabel="softmax of the scores", ylim=(0, 1.1))
    plots.draw_arrows(right, values, words, {"context": (numbers["context"], plots.ORANGE)},
                      title="Values, and their mixture", reach=np.abs(values).max(),
                      weights=numbers["weights"])
    return _in_words(numbers)


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _pair(vector: np.ndarray) -> str:
    return f"({_number(vector[0])}, {_number(vector[1])})"


def _in_words(numbers: dict) -> str:
    words, weights = numbers["words"], numbers["weights"]
    scores = ", ".join(f"“{word}” {_number(score)}"
                       for word, score in zip(words, numbers["scores"], strict=True))
    top, largest = words[int(weights.argmax())], weights.max()
    if largest >= ALL:
        looks = f"The largest weight is {largest:.2f}: “{top}” takes all"
    elif np.ptp(weights) < EVEN:
        looks = f"All weights are nearly equal, {largest:.2f} at most"
    else:
        looks = f"The query looks mostly at “{top}” ({largest:.2f})"
    return (f"Query {_pair(numbers['query'])}. Scores: {scores}. {looks}. Context = "
            f"{_pair(numbers['context'])}.{_of_width(numbers)}{plots.note(*words)}")


def _of_width(numbers: dict) -> str:
    """What the width does to the scores, with the root and without."""
    width, root = numbers["width"], numbers["root"]
    if width == 2:
        return "" if root else " The root of the width is left out: scores are 1.41 times as large."
    larger = f" At width {width} scores are typically {np.sqrt(width / 2):.1f} times as large"
    return larger + (f"; the root, {np.sqrt(width):.1f}, takes it back: width does not matter."
                     if root else ", and nothing takes it back.")


def qkv_playground(keys: Sequence | None = None, values: Sequence | None = None,
                   words: Sequence[str] | None = None):
    """Drag the query over the keys, or move it by its two sliders; heat up and cool the softmax.

    keys, values: a pair of numbers for each of 2 to 4 words.
    """
    return core.explore(
        lambda **moved: qkv_numbers(**moved, keys=keys, values=values, words=words), draw_qkv,
        more=("root", "width"), drag=("x", "y"),
        x=core.slider("query, across", -FAR, FAR, value=1.0, step=0.1),
        y=core.slider("query, up", -FAR, FAR, value=1.0, step=0.1),
        temperature=core.slider("temperature", 0.1, 4.0, value=1.0, step=0.1),
        root=core.switch("divide by the root of the width", True),
        width=core.slider("width d_k", 2, 512, value=2, step=2),
    )
