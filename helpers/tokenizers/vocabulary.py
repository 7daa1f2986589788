"""From tokens to numbers and back, for models that look rows up in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

UNKNOWN, END = "<unk>", "</s>"


class Vocabulary:
    """The tokens a model knows. Id 0 is <unk>; id 1 is </s>, which stands before and after a text.

    tokens: without the two marks, each once. `Vocabulary.from_texts` counts them.
    """

    unknown, end = 0, 1

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = (UNKNOWN, END, *tokens)
        self._ids = {token: i for i, token in enumerate(self.tokens)}
        if len(self._ids) < len(self.tokens):
            raise ValueError("a token stands twice, or is one of the marks <unk> and </s>")

    @classmethod
    def from_texts(cls, texts: Iterable[list[str]], min_count: int = 1) -> Vocabulary:
        """All tokens that occur at least `min_count` times in tokenized texts, sorted."""
        counts = Counter(token for text in texts for token in text)
        return cls(sorted(t for t, n in counts.items() if n >= min_count and t not in (UNKNOWN,)))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """One id per token; 0 for what is not known. </s> inside a text is a ValueError."""
        found = [self._ids.get(token, self.unknown) for token in tokens]
        if self.end in found:
            raise ValueError("</s> stands inside a text: it is the mark of the end, take it out")
        return found

    def stream(self, texts: Iterable[list[str]]) -> np.ndarray:
        """All texts in one row, int64 (N,), with </s> before the first and after each.

        Raises ValueError if there is no text.
        """
        row = [self.end]
        for text in texts:
            row += [*self.ids(text), self.end]
        if len(row) == 1:
            raise ValueError("no text: a stream needs at least one")
        return np.array(row)
