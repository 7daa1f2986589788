"""Attention written by hand: which key does each query want? No vectors, no learning.

A head is two functions: wants(query, key) -> bool chooses keys, value(key) is what is read there.
The idea is that of Weiss, Goldberg and Yahav (2021), Thinking like Transformers.

    head = Head("banana")
    head(lambda query, key: key.place == query.place - 1, lambda key: key.letter)   # "·banan"
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

NOTHING = "·"       # what a place reads that wants no key, where letters are read


class Token(SimpleNamespace):
    """A place of a text, as a query and a key: `letter`, `place` (0, 1, ...), and its notes."""

    def __getattr__(self, name: str):
        raise AttributeError(f"a token has no {name!r}; it knows {', '.join(vars(self))}")


def tokens(text: str, **notes: Sequence) -> list[Token]:
    """The tokens of a text of T letters. notes: more that each of them knows, T values a name.

    Raises ValueError if a note has not one value a letter.
    """
    for name, values in notes.items():
        if len(values) != len(text):
            raise ValueError(f"the note {name} has {len(values)} values for {len(text)} letters: "
                             "give one a letter")
    return [Token(letter=letter, place=i, **{name: values[i] for name, values in notes.items()})
            for i, letter in enumerate(text)]


def brackets(text: str) -> list[Token]:
    """The tokens of a text of ( and ), with the notes `depth` and `number`.

    depth: how many pairs a bracket is in, its own counted too; both of a pair have the same.
    number: how many brackets of its depth stand before it. Raises ValueError where a bracket has
    no partner, or for another letter.
    """
    depths, numbers, open_ones = [], [], 0
    for letter in text:
        if letter not in "()":
            raise ValueError(f"{letter!r} in {text!r}: there may be only ( and )")
        depth = open_ones + (letter == "(")
        numbers.append(depths.count(depth))
        depths.append(depth)
        open_ones += 1 if letter == "(" else -1
        if open_ones < 0:
            raise ValueError(f"{text!r} closes at place {len(depths) - 1} what was never opened")
    if open_ones:
        raise ValueError(f"{text!r} leaves {open_ones} brackets open: close them")
    return tokens(text, depth=depths, number=numbers)


def select(text: str | list[Token], wants: Callable[[Token, Token], bool]) -> np.ndarray:
    """What each query wants: bool (T queries, T keys), [i, j] = wants(token i, token j).

    It is a mask, too: True = may attend. Raises ValueError if `wants` returns no bool.
    """
    row = tokens(text) if isinstance(text, str) else list(text)
    chosen = np.zeros((len(row), len(row)), dtype=bool)
    for i, query in enumerate(row):
        for j, key in enumerate(row):
            answer = wants(query, key)
            if not isinstance(answer, (bool, np.bool_)):
                raise ValueError(f"wants({query}, {key}) returned {answer!r}: it must be True or "
                                 "False")
            chosen[i, j] = answer
    return chosen


def even_weights(chosen: np.ndarray) -> np.ndarray:
    """Attention weights (T, S): each query shares 1 evenly among the keys it wants.

    chosen: bool (T, S). A row that wants nothing is 0, as in the course's attention.
    """
    counts = chosen.sum(axis=-1, keepdims=True)
    return chosen / np.maximum(counts, 1)


@dataclass(frozen=True)
class Head:
    """Attention over a text by two functions; call it as often as needed, a head each time."""

    text: str

    def __call__(self, wants: Callable[[Token, Token], bool], value: Callable[[Token], object]):
        """What each place reads: the mean of value(key) over the keys that it wants.

        An array (T,), 0 where nothing is wanted; or, where values are letters, a text of T
        letters with NOTHING there. Raises ValueError if a place wants different letters, which
        have no mean, and if `wants` returns no bool.
        """
        chosen = select(self.text, wants)
        values = [value(key) for key in tokens(self.text)]
        if any(isinstance(one, str) for one in values):
            return "".join(_one_letter(place, {one for one, yes in zip(values, row, strict=True)
                                               if yes}) for place, row in enumerate(chosen))
        # the sum first: one division is exact where a mean is
        return chosen @ np.array(values, dtype=float) / np.maximum(chosen.sum(axis=1), 1)

    def __repr__(self) -> str:
        return f"a head over {self.text!r}"


def _one_letter(place: int, letters: set) -> str:
    if len(letters) > 1:
        seen = " and ".join(map(repr, sorted(map(str, letters))))
        raise ValueError(f"place {place} wants the letters {seen}, which have no mean: let it want "
                         "one of them, or let `value` be a number")
    return str(next(iter(letters), NOTHING))
