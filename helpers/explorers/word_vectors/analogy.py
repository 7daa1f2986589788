"""a is to b as c is to ...: a difference between two words, carried over to a third."""

from __future__ import annotations

import numpy as np

from helpers import plots
from helpers.attention_view.labels import told
from helpers.explorers import core
from helpers.explorers.word_vectors.analogy_drawing import ACROSS, FITS, UP, draw_plane
from helpers.explorers.word_vectors.near_bars import draw_near
from helpers.explorers.word_vectors.spelling import known
from helpers.word_vectors import WordVectors

NUMBER, STEP = 6, 0.05          # near words that are listed; of the two sliders


def analogy_numbers(vectors: WordVectors, a: str, b: str, c: str, *, x: float = 0.0,
                    y: float = 0.0, leave_out: bool = True, number: int = NUMBER) -> dict:
    """The plane through three words (rows of length 1), a target in it, and what is near that.

    The target is b - a + c, moved by (x, y) in the plane: x along b - a, y square to it, away
    from a. Lengths on the board are those in space divided by `unit`, so that each question
    fills the board; b - a + c is its origin. leave_out: the answer is none of the three words.
    Returns {"question": (a, b, c), "corners": (3, 2), "target": (2,), "unit", "shares": how many
    times b - a and c - a the target is away from c and from a, "words", "cosines", "asked": bool,
    a word of the question, "answer": (word, cosine), "answer_at": (2,), "leave_out"}.
    Raises ValueError for a word without a vector, and if the three span no plane.
    """
    question = a, b, c = tuple(known(vectors, word) for word in (a, b, c))
    rows = vectors.unit[[vectors.place[word] for word in question]]     # (3, d)
    side, other = rows[1] - rows[0], rows[2] - rows[0]                  # b - a, c - a
    basis = _basis(side, other, question)                               # (2, d)
    origin = rows[1] + other                                            # b - a + c
    corners = (rows - origin) @ basis.T                                 # (3, 2)
    unit = max(*(corners / FITS[0]).ravel(), *(corners / FITS[1]).ravel())
    moved = unit * np.array([x, y])                                     # in space
    target = origin + moved @ basis
    scores = vectors.unit @ (target / (np.linalg.norm(target) or 1))    # (V,)
    order = [vectors.words[i] for i in np.argsort(-scores, kind="stable")[:number + 3]]
    answer = next(word for word in order if not (leave_out and word in question))
    words = order[:number]
    cosine = {word: float(scores[vectors.place[word]]) for word in {*words, answer}}
    away = np.linalg.solve((np.array([side, other]) @ basis.T).T, moved)
    return {"question": question, "corners": corners / unit, "target": np.array([x, y]),
            "unit": float(unit), "shares": 1 + away, "words": words,
            "cosines": np.array([cosine[word] for word in words]),
            "asked": np.array([word in question for word in words]),
            "answer": (answer, cosine[answer]), "leave_out": leave_out,
            "answer_at": (vectors.unit[vectors.place[answer]] - origin) @ basis.T / unit}


def _basis(side: np.ndarray, other: np.ndarray, question: tuple[str, ...]) -> np.ndarray:
    """Two directions (2, d) of length 1, square to each other: along `side`, and the rest."""
    along = side / (np.linalg.norm(side) or 1)
    up = other - (other @ along) * along
    if not side.any() or np.linalg.norm(up) < 1e-6:
        named = ", ".join(f"“{told(word)}”" for word in question)
        raise ValueError(f"{named} lie on one line and span no plane: take three different words")
    return np.array([along, up / np.linalg.norm(up)])


def draw_analogy(figure, numbers: dict) -> str:
    """Draw the plane with both arrows and the words that are nearest to the target."""
    left, right = plots.panels(figure, 2, width_ratios=(6.2, 3.8))
    draw_plane(left, numbers)
    draw_near(right, numbers["words"], numbers["cosines"], numbers["asked"],
              title="Nearest to the target", xlabel="cosine; hatched: in the question")
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    a, b, c = (f"“{told(word)}”" for word in numbers["question"])
    (answer, cosine), first = numbers["answer"], numbers["words"][0]
    found = f"“{told(answer)}” ({_number(cosine)})"
    if numbers["target"].any():
        one, other = map(_number, numbers["shares"])
        said = f"Target moved to {a} + {one} × ({b} − {a}) + {other} × ({c} − {a}): {found}"
    else:
        said = f"{a} is to {b} as {c} is to: {found}"
    if answer in numbers["question"]:
        return f"{said}, a word of the question."
    if first == answer:
        return f"{said}. No word of the question is nearer."
    return (f"{said}. Nearer still is “{told(first)}” ({_number(numbers['cosines'][0])}), a word "
            f"of the question, left out.")


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def analogy_board(vectors: WordVectors, a: str, b: str, c: str) -> core.Explorer:
    """Type three words; drag the target of the difference, or move it by its two sliders.

    Raises ValueError for a word without a vector, and if the three span no plane.
    """
    words = {name: core.text(label, word, short=True) for name, label, word in (
        ("a", "a", a), ("b", "is to b", b), ("c", "as c", c))}
    sliders = {"x": core.slider("target, across", *ACROSS, value=0.0, step=STEP),
               "y": core.slider("target, up", *UP, value=0.0, step=STEP)}

    def put_back(_) -> None:
        for slider in sliders.values():
            slider.value = 0.0

    for word in words.values():         # before the card listens: a new question begins anew
        word.observe(put_back, names="value")
    return core.explore(
        lambda **chosen: analogy_numbers(vectors, **chosen), draw_analogy, size=(10, 3.5),
        more=("x", "y", "leave_out"), drag=("x", "y"), **words, **sliders,
        leave_out=core.switch("leave out the three words of the question", True))
