"""The picture of a failed puzzle: whom each query should want, and whom it wants."""

import contextlib
from collections.abc import Callable

import numpy as np

from helpers import plots
from helpers.self_attention_masks import Head, Token, select, tokens

Picture = Callable[[Callable], tuple | None]


def of_wants(reference: Callable, *texts: str | list[Token]) -> Picture:
    """The picture(answer) of a puzzle whose answer is wants(query, key).

    It draws the first of the texts (or their tokens) whose map is not the reference's.
    """
    return lambda answer: _first_difference(texts, lambda text: (
        select(text, reference), select(text, answer)))


def of_heads(reference: Callable, *texts: str) -> Picture:
    """The picture(answer) of a puzzle whose answer is given a head: the map of its last one."""
    return lambda answer: _first_difference(texts, lambda text: (
        last_map(reference, text), last_map(answer, text)))


def last_map(answer: Callable, text: str) -> np.ndarray:
    """What the queries wanted when `answer` used its head for the last time: bool (T, T).

    It is also known where the head then could not be read. Raises IndexError if it was not used.
    """
    maps = []

    def head(wants, value):
        maps.append(select(text, wants))
        return Head(text)(wants, value)

    with contextlib.suppress(ValueError):
        answer(head)
    return maps[-1]


def _first_difference(texts: tuple, maps: Callable) -> tuple | None:
    for text in texts:
        wanted, got = maps(text)
        if (wanted != got).any():
            row = tokens(text) if isinstance(text, str) else text
            letters = [token.letter for token in row]
            return plots.selections_figure(wanted, got, letters), in_words(wanted, got, letters)
    return None


def in_words(wanted: np.ndarray, got: np.ndarray, letters: list[str]) -> str:
    """The sentence of the picture: the first query that wants something else.

    wanted, got: bool (T queries, T keys), which differ.
    """
    differing = (wanted != got).any(axis=1)
    first = int(np.argmax(differing))
    count = int(differing.sum())
    rows = f"{count} of {len(letters)} rows differ" + "s" * (count == 1)
    return (f'In "{"".join(letters)}" the {letters[first]} at place {first} should want '
            f"{_chosen(wanted[first], letters)}. Yours wants {_chosen(got[first], letters)}. "
            f"{rows}.")


def _chosen(row: np.ndarray, letters: list[str]) -> str:
    """The keys of a row in words: each with its letter, or, if they are many, their places."""
    places = np.flatnonzero(row)
    if row.all() and len(row) > 1:
        return "every key"
    if len(places) > 3:
        return f"the keys at {_listed(places)}"
    return _listed([f"the {letters[i]} at {i}" for i in places]) or "nothing"


def _listed(things: list) -> str:
    *others, last = map(str, things) if len(things) else [""]
    return f"{', '.join(others)} and {last}" if others else last
