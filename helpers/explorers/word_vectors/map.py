"""All words in a plane: which of the nearest in space are near there too, which are torn apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers.attention_view.labels import quoted, told, visible
from helpers.explorers.word_vectors.map_drawing import draw_map
from helpers.explorers.word_vectors.map_widget import NeighbourMap
from helpers.explorers.word_vectors.spelling import known
from helpers.word_vectors import WordVectors

NUMBER, NEAR = 5, 20            # neighbours in space that are shown; how many are near on the map


def neighbour_numbers(vectors: WordVectors, word: str, plane: np.ndarray, *,
                      number: int = NUMBER, near: int = NEAR) -> dict:
    """The nearest words in space, by cosine, and how near they are in the plane.

    plane (V, 2): where each word lies. near: the nearest so many of the plane count as near.
    Returns {"word", "place": its place among the words, "words": (number,), "cosines": (number,),
    "places": (number,) int, "ranks": (number,) int, 1 for the nearest word in the plane,
    "kept": (number,) bool, near in the plane too, "near", "plane"}.
    Raises ValueError for a plane that does not fit, for a word without a vector or whose vector
    is zero, and where there are so few words that all would be near.
    """
    plane = np.asarray(plane, dtype=np.float64)
    if plane.shape != (len(vectors), 2) or not np.isfinite(plane).all():
        raise ValueError(f"plane {plane.shape} for {len(vectors)} words: give two finite numbers, "
                         "x and y, for each word")
    if len(vectors) < max(near + 2, number + 1):
        raise ValueError(f"{len(vectors)} words: the {near} nearest on the map would be all of "
                         f"them; give at least {max(near + 2, number + 1)}")
    word = known(vectors, word)
    place = vectors.place[word]
    if not vectors.unit[place].any():
        raise ValueError(f"“{told(word)}” has a vector of zeros: it points nowhere, so nothing is "
                         "near it")
    words, cosines = zip(*vectors.neighbours(word, number), strict=True)
    places = np.array([vectors.place[neighbour] for neighbour in words])
    far = np.linalg.norm(plane - plane[place], axis=1)                  # (V,)
    far[place] = np.inf
    ranks = 1 + (far < far[places, None]).sum(axis=1)
    return {"word": word, "place": place, "words": words, "cosines": np.array(cosines),
            "places": places, "ranks": ranks, "kept": ranks <= near, "near": near, "plane": plane}


def neighbours_in_words(numbers: dict) -> str:
    """The sentence of the map: the nearest in space, and how many of them the plane keeps."""
    names = quoted(list(map(visible, numbers["words"])))
    listed = ", ".join(f"{name} ({cosine:.2f})".replace("-", "−") for name, cosine in zip(
        names, numbers["cosines"], strict=True))
    kept, count = int(numbers["kept"].sum()), len(names)
    how_many = {0: f"None of these {count} is", 1: f"1 of these {count} is",
                count: f"All {count} are"}.get(kept, f"{kept} of these {count} are")
    torn = ""
    if kept < count:
        last = int(numbers["ranks"].argmax())
        torn = f"; {names[last]} is only its {ordinal(numbers['ranks'][last])}"
    return (f"Nearest to “{told(numbers['word'])}”: {listed}. {how_many} among its "
            f"{numbers['near']} nearest on the map{torn}.")


def ordinal(number: int) -> str:
    """A place in a row: 1st, 2nd, 1,203rd."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{'th' if number % 100 in (11, 12, 13) else ending}"


def draw_neighbours(figure, numbers: dict, names: Sequence[str], order: np.ndarray) -> str:
    """Draw the map as a still picture: all words, the chosen one, its neighbours, their cosines.

    names: the words as they are written. order: their places, in the order in which they get a
    name on the map while there is room.
    """
    draw_map(figure, numbers, names, order)
    return neighbours_in_words(numbers)


def neighbour_map(vectors: WordVectors, word: str, *, plane: np.ndarray,
                  counts: Sequence[int] | None = None) -> NeighbourMap:
    """Search a word on the map of all words; zoom, move, point at others; choose them by a click.

    plane (V, 2): where each word lies. counts (V,): how often each word occurs; the most frequent
    ones get their names on the map, without counts the first ones.
    Raises ValueError for a plane or counts that do not fit, and for an unknown word.
    """
    if counts is not None and len(counts) != len(vectors):
        raise ValueError(f"{len(counts)} counts for {len(vectors)} words: give one for each word")
    order = np.arange(len(vectors)) if counts is None else np.argsort(
        -np.asarray(counts, dtype=np.float64), kind="stable")
    names = list(map(visible, vectors.words))
    return NeighbourMap(
        lambda word: neighbour_numbers(vectors, word, plane),
        lambda figure, numbers: draw_neighbours(figure, numbers, names, order),
        neighbours_in_words, word, names=names, order=order)
