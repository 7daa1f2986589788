"""The registry of the corpora: what a learner should know of each, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.corpora.downloads import Download

SPLITS = ("train", "valid", "test")
SHARES = (0.8, 0.9)  # up to here train, up to here valid, the rest is test
TEN = ("train",) * 8 + ("valid", "test")
FIVE = ("train",) * 3 + ("valid", "test")
GRAMMAR = {"columns": ("split", "source", "target", "links", "wrong"),
           "splits": (*SPLITS, "unseen", "long", "wrong_word")}
SHAKESPEARE = Download(
    "tiny_shakespeare.txt",
    "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    1_115_394,
)

GRAMMAR_CARD = """\
{name}: English sentences and their {what} translations, with gold word alignments
Origin:  written for this course: a grammar, data/grammars/{name}.py, makes data/{name}.tsv.
Licence: CC BY 4.0, like the course's prose.
Split:   at random into train, valid, test; unseen holds combinations of words that train never
         has, long holds sentences longer than any in train, wrong_word names a wrong word each.
"""
JUPYTER = """\
{name}: what JupyterLab says in English, and the same in {what}
Origin:  the installed package jupyterlab-language-pack-{pack}: menus, settings and messages of
         JupyterLab and its extensions, written and translated by their contributors.
Licence: BSD 3-clause. The text belongs to its authors and is not part of this course.
Form:    words and signs between blanks, in small letters (Chinese: its characters); %1, %2 stand
         where a name is filled in. Plural forms beyond the first, messages without letters,
         untranslated, of more than 40 words or with code in them are left out.
Split:   by message, by a hash, about 80/10/10; near duplicates (but for digits, signs, capitals
         or one word of three or more) stay together, and none stands in two splits.
"""


@dataclass(frozen=True)
class Corpus:
    """One corpus.

    card: origin, licence and split in words. sha256: of the text that the course's numbers were
    made on. file: its name in data/. columns: of a written file, one item a line. group: so many
    neighbours in it belong together (the same left context with two senses, praise and its
    opposite) and are never torn apart; group 0, 1, 2 ... goes to the splits `dealt` in turn,
    unless a column "split" says where an item belongs. splits: the names of its splits.
    download: what to fetch, for a classic that comes over the network. language: of the JupyterLab
    language pack from which pairs are read, such as "fr_FR".
    """

    name: str
    card: str
    sha256: str
    file: str = ""
    columns: tuple[str, ...] = ("text",)
    group: int = 1
    dealt: tuple[str, ...] = ()
    splits: tuple[str, ...] = SPLITS
    download: Download | None = None
    language: str = ""

    @property
    def written(self) -> bool:
        """Whether it is a file of items in data/, written for this course."""
        return bool(self.dealt) or "split" in self.columns

    @property
    def labelled(self) -> bool:
        """Whether its items have more than a text."""
        return self.written and self.columns != ("text",) and "text" in self.columns

    @property
    def paired(self) -> bool:
        """Whether its items are pairs: a source text and a target text."""
        return bool(self.language) or self.written and {"source", "target"} <= {*self.columns}

    @property
    def aligned(self) -> bool:
        """Whether its pairs say which word stands for which."""
        return self.paired and "links" in self.columns


CORPORA = {corpus.name: corpus for corpus in (
    Corpus("python_docs", """\
python_docs: real English about arrays, tensors and figures
Origin:  the docstrings of the installed numpy, torch and matplotlib, read from their .py files
         on this machine; code, tables, formulas and lists are left out, marks are taken off.
Licence: numpy and torch: BSD 3-clause; matplotlib: its own, based on the Python licence.
         The text belongs to their authors and is not part of this course.
Split:   by source file (a hash of its name), about 80/10/10. A sentence stands in one split
         only: in train if it occurs there, else in valid. leak=True is the flawed split.
""",
           sha256="45b9fb63f30cd57f5f721b29fe9867fca8e3951df45b1de54f441f8331015bf5"),
    Corpus("markov", """\
markov: eight words in a random order of which everything is known
Origin:  made for this course: a Markov chain of order 2, table in data/markov.json.
Licence: MIT, like the course.
Split:   three streams with seeds of their own. Each is one stream cut into lines of 25 words,
         so the first word of a line depends on the last two of the line before.
""",
           sha256="4f96507472a1dfbc56e6a438a8571a5de23180014e99ae2e9523ee9ed9ff1105",
           file="markov.json"),
    Corpus("stories", """\
stories: short stories in simple words
Origin:  written for this course, data/stories.txt, one story on a line.
Licence: CC BY 4.0, like the course's prose.
Split:   of every ten stories eight are train, one is valid, one is test.
""",
           sha256="1757c6bf2fd600835bedc63bd96ee1984cfc26279d056849138f12af6f0d28c3",
           file="stories.txt", group=1, dealt=TEN),
    Corpus("reviews", """\
reviews: praise and complaint in a sentence or two, with negation and contrast
Origin:  written for this course, data/reviews.tsv: films, restaurants, gadgets; nothing reviewed
         in it exists.
Licence: CC BY 4.0, like the course's prose.
Split:   by groups of six neighbours, one of each domain and label; of ten groups eight are train.
""",
           sha256="f4a83f6eb8360b60729e53596dc8412e0b87240b8f7062f364f5670b56bd2f34",
           file="reviews.tsv", columns=("domain", "label", "text"), group=6, dealt=TEN),
    Corpus("apple", """\
apple: sentences with a word of two senses: apple, bank, bat, mouse, crane, spring
Origin:  written for this course, data/apple.tsv, as pairs that differ on one side of the word.
Licence: CC BY 4.0, like the course's prose.
Split:   by groups of two pairs, so that a pair stays together; of five groups three are train.
""",
           sha256="ad9cf8470404b6e9e127cf7b6f9a071064a73457bbc30ed89bf6056df6b1d376",
           file="apple.tsv", columns=("word", "sense", "cue", "text"), group=4, dealt=FIVE),
    Corpus("analogies", """\
analogies: pairs of words that stand in one relation, ten kinds of it
Origin:  written for this course, data/analogies.tsv: kind, a, b. Capitals, forms of English words,
         opposites, and what undoes what in the packages of python_docs.
Licence: CC BY 4.0, like the course's prose.
Split:   none. It asks, nothing is trained on it.
""",
           sha256="26e224ca2c90471e8356db6c81c06cc9ee375ed50e4b6c1366f9dc003e5ce5f9",
           file="analogies.tsv", columns=("kind", "a", "b"), dealt=("all",), splits=("all",)),
    Corpus("en_fr", GRAMMAR_CARD.format(name="en_fr", what="French"),
           sha256="bba6cb6a7fa04640ec75454e146444874d3bf896ac70fe86f236eadb975e082a",
           file="en_fr.tsv", **GRAMMAR),
    Corpus("jupyter_fr", JUPYTER.format(name="jupyter_fr", what="French", pack="fr-FR"),
           sha256="f4ee9c305fc83daf997c384362f4ee3b01eaf8fca06bb217785a6a642f21af0f",
           language="fr_FR"),
    Corpus("jupyter_zh", JUPYTER.format(name="jupyter_zh", what="Chinese", pack="zh-CN"),
           sha256="b1beb1280cbdbb1d982c331505deaca00f716b0e7488ff8b96a9711a4082a50c",
           language="zh_CN"),
    Corpus("en_zh", GRAMMAR_CARD.format(name="en_zh", what="Chinese"),
           sha256="b5f422f09cdbfaef4f1769c83057ae35ab92128c3aabe92bd462ec8691a11cf0",
           file="en_zh.tsv", **GRAMMAR),
    Corpus("tiny_shakespeare", """\
tiny_shakespeare: a million characters of Shakespeare's plays
Origin:  an opt-in download, compiled by Andrej Karpathy for char-rnn (2015).
Licence: the plays are in the public domain.
Split:   lines that are not empty, by position: the first 80 % train, then 10 % valid, 10 % test.
""",
           sha256=SHAKESPEARE.sha256, download=SHAKESPEARE),
)}


def find(name: str) -> Corpus:
    """The corpus of this name; ValueError, naming what there is."""
    if name not in CORPORA:
        raise ValueError(f"corpus {name!r}: there are {', '.join(sorted(CORPORA))}")
    return CORPORA[name]


def check_split(split: str, splits: tuple[str, ...] = SPLITS) -> None:
    """Raise ValueError unless split is one of the splits of a corpus."""
    if split not in splits:
        raise ValueError(f"split {split!r}: there are {', '.join(splits)}")


def counts_table(splits: dict[str, list[str]]) -> str:
    """A table with one line per split: sentences, words (between blanks) and characters."""
    room = max(8, *(len(split) + 1 for split in splits))
    lines = [f"{'':{room}}{'sentences':>10}{'words':>10}{'characters':>12}"]
    for split, sentences in splits.items():
        words = sum(len(sentence.split()) for sentence in sentences)
        characters = sum(map(len, sentences))
        lines.append(f"{split:{room}}{len(sentences):>10,}{words:>10,}{characters:>12,}")
    return "\n".join(lines) + "\n"
