"""The data cards: what a learner should know about a text before training on it."""

from __future__ import annotations

CARDS = {
    "python_docs": """\
python_docs: real English about arrays, tensors and figures
Origin:  the docstrings of the installed numpy, torch and matplotlib, read from their .py files
         on this machine; code, tables, formulas and lists are left out, marks are taken off.
Licence: numpy and torch: BSD 3-clause; matplotlib: its own, based on the Python licence.
         The text belongs to their authors and is not part of this course.
Split:   by source file (a hash of its name), about 80/10/10. A sentence stands in one split
         only: in train if it occurs there, else in valid. leak=True is the flawed split.
""",
    "markov": """\
markov: eight words in a random order of which everything is known
Origin:  made for this course: a Markov chain of order 2, table in data/markov.json.
Licence: MIT, like the course.
Split:   three streams with seeds of their own. Each is one stream cut into lines of 25 words,
         so the first word of a line depends on the last two of the line before.
""",
    "stories": """\
stories: short stories in simple words
Origin:  written for this course, data/stories.txt, one story on a line.
Licence: CC BY 4.0, like the course's prose.
Split:   of every ten stories eight are train, one is valid, one is test.
""",
    "reviews": """\
reviews: praise and complaint in a sentence or two, with negation and contrast
Origin:  written for this course, data/reviews.tsv: films, restaurants, gadgets; nothing reviewed
         in it exists.
Licence: CC BY 4.0, like the course's prose.
Split:   by groups of six neighbours, one of each domain and label; of ten groups eight are train.
""",
    "apple": """\
apple: sentences with a word of two senses: apple, bank, bat, mouse, crane, spring
Origin:  written for this course, data/apple.tsv, as pairs that differ on one side of the word.
Licence: CC BY 4.0, like the course's prose.
Split:   by groups of two pairs, so that a pair stays together; of five groups three are train.
""",
    "tiny_shakespeare": """\
tiny_shakespeare: a million characters of Shakespeare's plays
Origin:  an opt-in download, compiled by Andrej Karpathy for char-rnn (2015).
Licence: the plays are in the public domain.
Split:   lines that are not empty, by position: the first 80 % train, then 10 % valid, 10 % test.
""",
}


def counts_table(splits: dict[str, list[str]]) -> str:
    """A table with one line per split: sentences, words (between blanks) and characters."""
    lines = [f"{'':8}{'sentences':>10}{'words':>10}{'characters':>12}"]
    for split, sentences in splits.items():
        words = sum(len(sentence.split()) for sentence in sentences)
        characters = sum(map(len, sentences))
        lines.append(f"{split:8}{len(sentences):>10,}{words:>10,}{characters:>12,}")
    return "\n".join(lines) + "\n"
