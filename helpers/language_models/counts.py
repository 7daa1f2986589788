"""Count a text once: every n-gram up to an order, as sorted arrays of integers.

A sentence w1 w2 ... is read as <s> w1 w2 ... </s>. An n-gram is stored as one integer: the row of
its context (the n-gram without its last word) in the table one order below, times the size of
the vocabulary, plus the last word. So a table is sorted by context, then by word, and looking
an n-gram up is a binary search per order.
"""

import operator
from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

UNK, BOS, EOS = "<unk>", "<s>", "</s>"
UNK_ID, BOS_ID, EOS_ID = 0, 1, 2


@dataclass(frozen=True)
class Level:
    """The M distinct n-grams of one order, sorted by (context, last word)."""

    keys: np.ndarray     # int64 (M,): row of the context one order below * V + last word
    counts: np.ndarray   # int64 (M,): how often the n-gram occurs
    suffix: np.ndarray   # int32 (M,): row of the n-gram without its first word, one order below
    begins: np.ndarray   # bool (M,): does the n-gram begin with <s>?


def checked_order(order: int) -> int:
    """Return the order as an int. Raises ValueError unless it is a whole number from 1 on."""
    if isinstance(order, bool) or not hasattr(order, "__index__") or order < 1:
        raise ValueError(f"order={order!r}: an n-gram model needs a whole number from 1 on")
    return operator.index(order)


def checked_sentence(sentence: Iterable[str]) -> list[str]:
    """Return the tokens as a list. Raises ValueError for a string or bytes, for <s> and </s>."""
    if isinstance(sentence, str | bytes):
        raise ValueError(
            f"a sentence is a list of tokens, got the {type(sentence).__name__} "
            f"{sentence[:30]!r}; split a text first: tokenizers.words(...) or "
            "tokenizers.characters(...)"
        )
    tokens = list(sentence)
    for mark in (BOS, EOS):
        if mark in tokens:
            raise ValueError(
                f"the token {mark!r} at position {tokens.index(mark)} is reserved: "
                "sentence boundaries are added here, leave them out of the text"
            )
    return tokens


def check_strings(tokens: Iterable) -> None:
    """Raise ValueError for a token that is no str: an n-gram model would not know a single one."""
    for token in tokens:
        if not isinstance(token, str):
            raise ValueError(f"the tokens of an n-gram model are strings, got {token!r} "
                             f"({type(token).__name__}): hand over the text's tokens, not their "
                             "ids or bytes")


class NgramCounts:
    """Counts of all n-grams of order 1 to `order`, sentence boundaries included.

    words: tuple of str, the vocabulary; ids 0, 1, 2 are <unk>, <s>, </s>, then by appearance.
    vocab_size: V, the number of words, with <unk>, <s> and </s>.
    levels: list of Level, levels[k-1] holds the k-grams. The unigram <s> has count 0: it is
    never predicted. vocabulary: words to be known even if the text does not hold them, so that
    models of different texts can be compared.
    Raises ValueError for an order below 1, a text without a sentence, tokens that are no strings.
    """

    def __init__(self, sentences: Iterable[list[str]], order: int = 5,
                 vocabulary: Iterable[str] = ()):
        self.order = checked_order(order)
        self.index = {UNK: UNK_ID, BOS: BOS_ID, EOS: EOS_ID}
        if isinstance(vocabulary, str):
            raise ValueError(f"vocabulary={vocabulary[:30]!r} is one str: hand over the words")
        for word in vocabulary:
            self.index.setdefault(word, len(self.index))
        ids = self._read(sentences)
        self.words = tuple(self.index)
        self.vocab_size = len(self.words)
        self.levels = [self._unigrams(ids)]
        rows = ids
        for _ in range(self.order - 1):
            level, rows = self._extend(ids, rows)
            self.levels.append(level)

    def _read(self, sentences: Iterable[list[str]]) -> np.ndarray:
        """Return int32 (T,): all sentences in one row of ids; the vocabulary grows on the way."""
        index, flat = self.index, array("i")
        for sentence in sentences:
            flat.append(BOS_ID)
            flat.extend([index.setdefault(w, len(index)) for w in checked_sentence(sentence)])
            flat.append(EOS_ID)
        if not flat:
            raise ValueError("there is no sentence to count: the corpus is empty")
        check_strings(index)
        return np.frombuffer(flat, dtype=np.int32)

    def _unigrams(self, ids: np.ndarray) -> Level:
        counts = np.bincount(ids, minlength=self.vocab_size)
        counts[BOS_ID] = 0                    # <s> is context only, never a prediction
        rows = np.arange(self.vocab_size)
        return Level(rows, counts, np.zeros_like(rows), rows == BOS_ID)

    def _extend(self, ids: np.ndarray, rows: np.ndarray) -> tuple[Level, np.ndarray]:
        """From the (k-1)-gram that ends at each position to the k-gram that ends there."""
        context = shifted(rows)
        inside = (context >= 0) & (ids != BOS_ID)         # no n-gram reaches over a sentence start
        ngrams = context[inside].astype(np.int64) * self.vocab_size + ids[inside]
        keys, inverse, counts = np.unique(ngrams, return_inverse=True, return_counts=True)
        suffix = np.empty(len(keys), dtype=np.int32)
        suffix[inverse] = rows[inside]
        begins = self.levels[-1].begins[keys // self.vocab_size]
        longer = np.full(len(ids), -1, dtype=np.int32)
        longer[inside] = inverse
        return Level(keys, counts, suffix, begins), longer

    def encode(self, sentence: list[str]) -> list[int]:
        """Return the ids of <s>, the words (0 where unknown) and </s>.

        Raises ValueError for what is no list of strings.
        """
        known, tokens = self.index.get, checked_sentence(sentence)
        ids = [known(word, UNK_ID) for word in tokens]
        if UNK_ID in ids:               # all others are in the vocabulary, so they are strings
            check_strings(tokens)
        return [BOS_ID, *ids, EOS_ID]

    def rows(self, ids: np.ndarray, order: int) -> list[np.ndarray]:
        """For k = 1..order: int64 (T,), the row of the k-gram ending at each position, or -1."""
        found = [ids]
        for level in self.levels[1:order]:
            row = np.full(len(ids), -1, dtype=np.int64)
            if len(level.keys) and len(ids) > 1:
                wanted = found[-1][:-1] * self.vocab_size + ids[1:]    # below 0: no such context
                place = level.keys.searchsorted(wanted)
                place[level.keys.take(place, mode="clip") != wanted] = -1
                row[1:] = place
            found.append(row)
        return found

    def contexts(self, order: int) -> np.ndarray:
        """Return int64 (M,): for each n-gram of this order the row of its context one below."""
        keys = self.levels[order - 1].keys
        return np.zeros_like(keys) if order == 1 else keys // self.vocab_size

    def context_totals(self, values: np.ndarray, order: int) -> np.ndarray:
        """Add up `values` (M,), one per n-gram of this order, over all n-grams of one context."""
        n_contexts = 1 if order == 1 else len(self.levels[order - 2].keys)
        return np.bincount(self.contexts(order), weights=values, minlength=n_contexts)

    def count(self, *ngram: str) -> int:
        """How often the words of `ngram` follow each other in the text; <s> and </s> may be used.

        Raises ValueError if `ngram` is empty or longer than the counted order.
        """
        if not 1 <= len(ngram) <= self.order:
            raise ValueError(f"an n-gram of {len(ngram)} words; counted: 1 to {self.order}")
        check_strings(ngram)
        if any(word not in self.index for word in ngram):
            return 0
        ids = np.array([self.index[word] for word in ngram], dtype=np.int64)
        row = self.rows(ids, len(ngram))[-1][-1]
        return int(self.levels[len(ngram) - 1].counts[row]) if row >= 0 else 0


def shifted(rows: np.ndarray) -> np.ndarray:
    """What stood one position earlier; -1 (nothing) at the first position."""
    return np.concatenate((np.array([-1], dtype=rows.dtype), rows[:-1]))
