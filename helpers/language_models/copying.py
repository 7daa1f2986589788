"""How much of a text was copied? Its longest run of words that stands in the text read, too."""

from collections.abc import Iterable, Sequence


def as_read(sentences: Iterable[list[str]]) -> str:
    """The sentences in one str, a blank around every word and each sentence on its own line."""
    return "\n".join(f" {' '.join(sentence)} " for sentence in sentences)


def longest_copy(words: Sequence[str], read: str) -> slice:
    """Where in `words` the longest run stands that is also in one sentence of `read`.

    read: what `as_read` gives. Of runs of one length the first; an empty slice if no word is
    known.
    """
    best = slice(0, 0)
    for start in range(len(words)):
        stop = start + best.stop - best.start + 1
        while stop <= len(words) and f" {' '.join(words[start:stop])} " in read:
            best, stop = slice(start, stop), stop + 1
    return best


def copied_words(words: Sequence[str], read: str) -> int:
    """How many words the longest copied run has."""
    run = longest_copy(words, read)
    return run.stop - run.start


def mark_copy(words: Sequence[str], read: str) -> str:
    """The words in one line, the longest copied run in square brackets."""
    run = longest_copy(words, read)
    parts = [*words[:run.start], f"[{' '.join(words[run])}]", *words[run.stop:]]
    return " ".join(parts if run.stop else words)
