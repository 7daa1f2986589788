"""Build a corpus from the command line: `python -m helpers.corpora python_docs`."""

from __future__ import annotations

import sys

from helpers import corpora
from helpers.corpora.registry import find


def main(arguments: list[str]) -> int:
    """Build the named corpora and print one line of counts for each; return the exit status."""
    if not arguments:
        print(f"usage: python -m helpers.corpora NAME   with {', '.join(corpora.names())}")
        return 2
    try:
        for name in arguments:
            corpora.build(name)
            print(counts(name))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def counts(name: str) -> str:
    """One line: the sentences, words and characters of a corpus, all splits together."""
    corpus = find(name)
    sentences = [item for split in corpus.splits for item in corpora.strings(name, split)]
    words = sum(len(sentence.split()) for sentence in sentences)
    characters = sum(map(len, sentences))
    return f"{name}: {len(sentences):,} sentences, {words:,} words, {characters:,} characters"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
