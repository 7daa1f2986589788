"""What every tokenizer can do: marks, batches, one long stream. The three kinds add the cutting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

UNKNOWN, END, PAD, START, MASK = "<unk>", "</s>", "<pad>", "<s>", "<mask>"
MORE_MARKS = (PAD, START, MASK)


class Tokenizer:
    """Text to ids and back.

    `encode(text) -> ids`, `decode(ids) -> text`, `tokens(text)` the pieces as they are shown, one
    for each id, `piece(id)` one of them, `unknown_tokens(text)` what is not known, `len()` how
    many ids there are, and JSON both ways. A mark has an id of its own and never comes out of a
    text: encode("</s>") is four characters, not the end.

    mark_ids: mark -> id. Every tokenizer has </s>, which stands after a text, and before it too
    unless there is a <s>; further ones are asked for: marks=("<pad>", "<s>", "<mask>").
    """

    mark_ids: dict[str, int]

    def encode(self, text: str) -> list[int]:
        """The ids of a text, without marks."""
        raise NotImplementedError

    @property
    def unknown(self) -> int | None:
        """The id of <unk>; None for a tokenizer that knows everything."""
        return self.mark_ids.get(UNKNOWN)

    @property
    def end(self) -> int:
        """The id of </s>, the end of a text."""
        return self.mark_ids[END]

    @property
    def start(self) -> int:
        """The id that stands before a text: <s>, or </s> where there is no <s>."""
        return self.mark_ids.get(START, self.end)

    @property
    def pad(self) -> int:
        """The id that fills short rows up: <pad>, or </s> where there is no <pad>."""
        return self.mark_ids.get(PAD, self.end)

    @property
    def mask(self) -> int:
        """The id of <mask>; ValueError if the tokenizer was made without it."""
        if MASK not in self.mark_ids:
            raise ValueError(f'no {MASK} among the marks {", ".join(self.mark_ids)}: make the '
                             f'tokenizer with marks=("{MASK}",)')
        return self.mark_ids[MASK]

    def without_ends(self, ids: Iterable[int]) -> list[int]:
        """The ids without the marks and the filling before and after a text."""
        kept, silent = [int(i) for i in ids], {self.start, self.end, self.pad}
        real = [place for place, i in enumerate(kept) if i not in silent]
        return kept[real[0]:real[-1] + 1] if real else []

    def batch(self, texts: Sequence[str], *, start: bool = False,
              end: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Texts as a rectangle: (ids int64 (B, T), real bool (B, T)), filled up on the right.

        start, end: put the mark before and after each text. real is False on the filling.
        Raises ValueError for no text, or a text that leaves an empty row.
        """
        before, after = [self.start] * start, [self.end] * end
        rows = [[*before, *self.encode(text), *after] for text in as_texts(texts)]
        empty = [place for place, row in enumerate(rows) if not row]
        if empty:
            raise ValueError(f"text {empty[0]} is empty: leave it out, or ask for its marks")
        ids = np.full((len(rows), max(map(len, rows))), self.pad, dtype=np.int64)
        real = np.arange(ids.shape[1]) < np.array([[len(row)] for row in rows])
        ids[real] = np.concatenate(rows)
        return ids, real

    def stream(self, texts: Sequence[str]) -> np.ndarray:
        """All texts in one row, int64 (N,): a start mark, and after each text the end mark.

        Raises ValueError if there is no text.
        """
        row = [self.start]
        for text in as_texts(texts):
            row += [*self.encode(text), self.end]
        return np.array(row, dtype=np.int64)


def as_texts(texts: Iterable[str]) -> list[str]:
    """A list of texts; ValueError for one bare str (a list of its letters), or for none."""
    if isinstance(texts, str):
        raise ValueError(f"one str ({texts[:20]!r}) where a list of texts is wanted: [text]")
    kept = list(texts)
    if not kept:
        raise ValueError("no text: at least one is needed")
    return kept


def check_marks(marks: Iterable[str]) -> tuple[str, ...]:
    """The further marks as a tuple; ValueError for another one, or one that comes twice."""
    kept = (marks,) if isinstance(marks, str) else tuple(marks)
    if len({*kept} & {*MORE_MARKS}) < len(kept):
        raise ValueError(f"marks={kept}: each once, out of {', '.join(MORE_MARKS)}")
    return kept
