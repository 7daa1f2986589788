"""A typed word as the vectors hold it, or words that are written like it."""

from __future__ import annotations

import difflib

from helpers.attention_view.labels import quoted, told, visible
from helpers.tokenizers import composed
from helpers.word_vectors import WordVectors

ALIKE, LONGEST = 3, 30


def known(vectors: WordVectors, typed: str) -> str:
    """The word that was meant; blanks around it and capitals do not matter.

    A word of unseen letters may be given as it is shown. Raises ValueError for a word without a
    vector, and names up to three that are written like it.
    """
    wanted = typed.strip()
    for word in (typed, wanted, wanted.lower()):
        if word in vectors:
            return word
    if not wanted:
        raise ValueError("no word is given: type one")
    shown = (word for word in vectors.words if composed(visible(word)) == composed(typed))
    if (word := next(shown, None)) is not None:
        return word
    alike = difflib.get_close_matches(wanted.lower()[:LONGEST], vectors.words, n=ALIKE)
    said = f"Written like it: {', '.join(quoted(list(map(visible, alike))))}" if alike else (
        "No word is written like it")
    raise ValueError(f"“{told(wanted, LONGEST)}” has no vector: it was not in the text, or too "
                     f"rarely. {said}")
