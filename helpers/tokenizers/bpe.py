"""Byte-level byte-pair encoding: learn which neighbours to join, join them, take them apart."""

import json
import operator
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from tqdm import tqdm

from helpers.tokenizers.base import END, Tokenizer, check_marks
from helpers.tokenizers.pairs import N_BYTES, PairTable, merge_pair
from helpers.tokenizers.plain import MARK, check_is_unicode
from helpers.tokenizers.vocabulary import saved_fields

# As in GPT-2, with the standard `re`: a blank belongs to the word, number or sign that follows it.
# Other than there, a letter keeps its marks: GPT-2 cuts हिन्दी at each of its vowel signs.
CHUNK = re.compile(
    rf"""'(?:s|t|re|ve|m|ll|d)(?!{MARK})        # the ends of it's, don't, we're, ...
    | [ ]?[^\W\d_]+(?:{MARK}[^\W\d_]*)*        # letters and the marks on them
    | [ ]?\d+                     # digits
    | [ ]?(?:[^\s\w]|_)+          # signs
    | \s+(?!\S)                   # white space, except a last blank that the next word takes
    | \s+""",
    re.VERBOSE,
)

CACHE_SIZE = 50_000
KIND = "byte-level BPE"


def chunks(text: str) -> list[str]:
    """Cut a text into chunks that no merge may cross; every character is in exactly one of them.

    chunks("Two cats, 2 dogs") is ['Two', ' cats', ',', ' 2', ' dogs'].
    """
    return CHUNK.findall(text)


class BPE(Tokenizer):
    """Byte-pair encoding (Sennrich et al. 2016) over bytes, as in GPT-2 (Radford et al. 2019).

    Ids 0 to 255 are the bytes, id 256 + i is the pair merges[i], the marks come last. Every text
    can be written with the bytes alone, so no text has an unknown token. Do not change an object:
    make a new one.

    merges: list of (id, id), each made of ids that exist before it.
    pieces: list of bytes, the bytes that each id stands for; the marks are none of them.
    Raises ValueError if a merge uses an id that does not exist yet, or comes twice.
    """

    def __init__(self, merges: Iterable[tuple[int, int]], *, marks: Iterable[str] = ()) -> None:
        self.merges = [(left, right) for left, right in merges]
        self.pieces = [bytes([i]) for i in range(N_BYTES)]
        for i, (left, right) in enumerate(self.merges):
            if not (0 <= left < N_BYTES + i and 0 <= right < N_BYTES + i):
                raise ValueError(
                    f"merge {i} is ({left}, {right}), but only ids below {N_BYTES + i} exist then"
                )
            self.pieces.append(self.pieces[left] + self.pieces[right])
        self._ranks = {pair: i for i, pair in enumerate(self.merges)}
        if len(self._ranks) < len(self.merges):
            raise ValueError("a pair comes twice in merges; every pair can be merged once")
        own = (END, *check_marks(marks))
        self.mark_ids = {mark: len(self.pieces) + i for i, mark in enumerate(own)}
        self._cache: dict[str, list[int]] = {}

    def __repr__(self) -> str:
        return f"BPE({len(self.merges)} merges, {len(self)} tokens)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BPE) and (other.merges, other.mark_ids) == (
            self.merges, self.mark_ids)

    __hash__ = None

    def __len__(self) -> int:
        """The number of ids: 256 bytes, one for each merge and one for each mark."""
        return len(self.pieces) + len(self.mark_ids)

    @classmethod
    def train(cls, texts: Iterable[str], n_merges: int, *, progress: bool = False,
              marks: Iterable[str] = ()) -> "BPE":
        """Merge the most frequent pair of neighbours, n_merges times.

        Ties: the smallest pair of byte strings in dictionary order, so the same texts always give
        the same merges. Stops early, and prints that it did, when no pair occurs twice.

        texts: strings; a list of texts, not one text. progress: show a bar.
        Raises ValueError for a negative n_merges or a lone surrogate, TypeError for one bare str.
        """
        if n_merges < 0:
            raise ValueError(f"n_merges={n_merges}: it must be 0 or more")
        counts = _count_chunks(texts)
        table = PairTable([list(chunk.encode()) for chunk in counts], list(counts.values()))
        for i in tqdm(range(n_merges), desc="merges", disable=not progress):
            pair = table.most_frequent()
            if pair is None:
                print(f"BPE.train stopped after {i} of {n_merges} merges: no pair occurs twice.")
                break
            table.merge(pair)
        return cls(table.merges, marks=marks)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text; decode undoes it exactly.

        Raises TypeError if text is not a str, ValueError if it holds a lone surrogate.
        """
        check_is_unicode(text)
        ids: list[int] = []
        for chunk in chunks(text):
            if chunk not in self._cache:
                if len(self._cache) >= CACHE_SIZE:
                    self._cache.clear()
                self._cache[chunk] = self._encode_chunk(chunk)
            ids += self._cache[chunk]
        return ids

    def _encode_chunk(self, chunk: str) -> list[int]:
        """Replay the merges in the order in which they were learned, wherever they apply."""
        ids = list(chunk.encode())
        while True:
            known = [self._ranks[pair] for pair in pairwise(ids) if pair in self._ranks]
            if not known:
                return ids
            earliest = min(known)
            ids = merge_pair(ids, self.merges[earliest], N_BYTES + earliest)

    def decode(self, ids: Iterable[int], errors: str = "strict") -> str:
        """Return the text that the ids stand for. Marks and filling around it are left out, an
        end inside it is a line break, <mask> is shown.

        errors: "strict" refuses bytes that are not UTF-8 (ids cut in the middle of a character),
        "replace" shows U+FFFD for them.
        Raises ValueError for an unknown id, for bytes that are not UTF-8, for another `errors`.
        """
        if errors not in ("strict", "replace"):
            raise ValueError(f'errors={errors!r}: it must be "strict" or "replace"')
        kept = self.without_ends(map(operator.index, ids))
        data = b"".join(b"\n" if i == self.end else self._piece_bytes(i) for i in kept)
        try:
            return data.decode(errors=errors)
        except UnicodeDecodeError as error:
            bad = data[error.start : error.end].hex(" ")
            raise ValueError(
                f"byte {error.start} ({bad}) is not UTF-8: the ids do not hold whole characters; "
                'decode(ids, errors="replace") shows the rest'
            ) from None

    def tokens(self, text: str) -> list[str]:
        """Return the pieces of a text as they can be shown, one string for each id: see piece."""
        return [self.piece(i) for i in self.encode(text)]

    def piece(self, token_id: int) -> str:
        r"""Return one id as text to look at: " low", "\n" for a line end, "<e4 bd>" for a part
        of a character, "</s>" for a mark.

        Raises ValueError for an unknown id.
        """
        data = self._piece_bytes(token_id)
        if operator.index(token_id) in self.mark_ids.values():
            return data.decode()
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return f"<{data.hex(' ')}>"
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)

    def _piece_bytes(self, token_id: int) -> bytes:
        i = operator.index(token_id)
        if not 0 <= i < len(self):
            raise ValueError(f"id {i} is unknown: this BPE has the ids 0 to {len(self) - 1}")
        marks = list(self.mark_ids)
        return self.pieces[i] if i < len(self.pieces) else marks[i - len(self.pieces)].encode()

    def unknown_tokens(self, text: str) -> list[str]:
        """Nothing: every text can be written with bytes."""
        check_is_unicode(text)
        return []

    def to_json(self) -> str:
        """Return the merges as JSON text; from_json reads it."""
        return json.dumps({"kind": KIND, "marks": list(self.mark_ids)[1:], "merges": self.merges})

    @classmethod
    def from_json(cls, text: str) -> "BPE":
        """Read what to_json wrote. Raises ValueError, with the reason, for anything else."""
        saved = saved_fields(text, (KIND,))
        merges = saved.get("merges")
        if not isinstance(merges, list):
            raise ValueError('no list "merges" in this JSON; hand over what to_json gave')
        for i, pair in enumerate(merges):
            if not (isinstance(pair, list) and [type(x) for x in pair] == [int, int]):
                raise ValueError(f"merge {i} is {pair!r}, not two whole numbers")
        return cls(merges, marks=saved.get("marks", []))


def _count_chunks(texts: Iterable[str]) -> Counter[str]:
    if isinstance(texts, str):
        raise TypeError("texts is one str; hand over a list of texts, for example [text]")
    counts: Counter[str] = Counter()
    for text in texts:
        check_is_unicode(text)
        counts.update(chunks(text))
    return counts
