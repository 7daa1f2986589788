"""Characters or words as ids: a table of all that occurred, and one id for the rest."""

from __future__ import annotations

import json
import operator
from collections import Counter
from collections.abc import Iterable

from helpers.tokenizers.base import END, UNKNOWN, Tokenizer, as_texts, check_marks
from helpers.tokenizers.plain import between_blanks, characters, words

CUTS = {"characters": (characters, ""), "words": (words, " "),
        "blanks": (between_blanks, " ")}                            # how to cut, how to join


class Vocabulary(Tokenizer):
    """The tokens a model knows, each with an id: first the marks (<unk> 0, </s> 1), then these.

    tokens: each once, without the marks; `Vocabulary.from_texts` counts them.
    cut: "characters" (in NFC; nothing is lost but what is unknown), "words" (lower case, no signs)
    or "blanks" (what stands between blanks, for a text that is cut already: nothing is lost).
    entries: all tokens in the order of their ids, the marks among them.
    """

    def __init__(self, tokens: Iterable[str], *, cut: str = "characters",
                 marks: Iterable[str] = ()) -> None:
        if cut not in CUTS:
            raise ValueError(f"cut={cut!r}: there are {', '.join(CUTS)}")
        own = (UNKNOWN, END, *check_marks(marks))
        self.cut, self.entries = cut, (*own, *tokens)
        self.mark_ids = {mark: i for i, mark in enumerate(own)}
        self._ids = {token: i for i, token in enumerate(self.entries) if i >= len(own)}
        if len(self._ids.keys() | own) < len(self.entries):
            raise ValueError("a token stands twice, or is one of the marks " + ", ".join(own))

    @classmethod
    def from_texts(cls, texts: Iterable[str], *, cut: str = "characters", min_count: int = 1,
                   marks: Iterable[str] = ()) -> Vocabulary:
        """All characters or words that occur at least `min_count` times in the texts, sorted."""
        empty = cls((), cut=cut, marks=marks)
        counts = Counter(token for text in as_texts(texts) for token in empty.tokens(text))
        kept = (t for t, n in counts.items() if n >= min_count and t not in empty.mark_ids)
        return cls(sorted(kept), cut=cut, marks=marks)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} {self.cut}, of these marks: {' '.join(self.mark_ids)})"

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, Vocabulary) and other.entries == self.entries
                and (other.cut, other.mark_ids) == (self.cut, self.mark_ids))

    __hash__ = None

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def tokens(self, text: str) -> list[str]:
        """The characters or words of a text, known or not; raises as `characters`, `words` do."""
        return CUTS[self.cut][0](text)

    def unknown_tokens(self, text: str) -> list[str]:
        """Those tokens of a text that are not known, in their order."""
        return [token for token in self.tokens(text) if token not in self._ids]

    def encode(self, text: str) -> list[int]:
        """One id for each token of a text; that of <unk> for what is not known."""
        return [self._ids.get(token, self.unknown) for token in self.tokens(text)]

    def decode(self, ids: Iterable[int], errors: str = "strict") -> str:
        """The text of some ids. Marks and filling around it are left out, an end inside it is
        a line break, <unk> and <mask> are shown. errors: see BPE; here no ids can be cut badly.
        Raises ValueError for an id that does not exist.
        """
        kept = self.without_ends(map(operator.index, ids))
        return CUTS[self.cut][1].join("\n" if i == self.end else self.piece(i) for i in kept)

    def piece(self, token_id: int) -> str:
        """The token of one id. Raises ValueError for an id that does not exist."""
        i = operator.index(token_id)
        if not 0 <= i < len(self):
            raise ValueError(f"id {i} is unknown: this vocabulary has the ids 0 to {len(self) - 1}")
        return self.entries[i]

    def to_json(self) -> str:
        """The vocabulary as JSON text; from_json reads it."""
        marks = list(self.mark_ids)[2:]
        return json.dumps({"kind": self.cut, "marks": marks,
                           "tokens": self.entries[len(self.mark_ids):]})

    @classmethod
    def from_json(cls, text: str) -> Vocabulary:
        """Read what to_json wrote. Raises ValueError, with the reason, for anything else."""
        saved = saved_fields(text, tuple(CUTS))
        tokens, marks = saved.get("tokens"), saved.get("marks", [])
        for name, found in (("tokens", tokens), ("marks", marks)):
            if not isinstance(found, list) or not all(isinstance(x, str) for x in found):
                raise ValueError(f'no list "{name}" of texts in this JSON; hand over what to_json '
                                 "gave")
        return cls(tokens, cut=saved["kind"], marks=marks)


def saved_fields(text: str, kinds: tuple[str, ...]) -> dict:
    """The fields of a tokenizer's JSON; ValueError if it is none, or of another kind."""
    try:
        saved = json.loads(text)
    except (TypeError, ValueError) as error:
        raise ValueError(f"this is not JSON ({error}); hand over what to_json gave") from None
    kind = saved.get("kind") if isinstance(saved, dict) else None
    if kind not in kinds:
        raise ValueError(f"this JSON is of the kind {kind!r}, not {' or '.join(map(repr, kinds))}")
    return saved
