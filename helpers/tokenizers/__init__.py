"""Text in, tokens out: words, characters, and byte-level byte-pair encoding (BPE).

    words("It's 3.14, no?")    ['it's', '3.14', 'no']      easy to read, loses capitals and commas
    words_and_signs("Oh, no?") ['oh', ',', 'no', '?']      for translation, loses capitals
    characters("no?")          ['n', 'o', '?']             nothing lost, long sequences
    BPE.train(texts, 1000)     frequent pieces             nothing lost, short sequences

Letters keep their marks, such as the vowel signs of हिन्दी. Words and characters are in NFC, so
that it does not matter how an é was typed; BPE gives a text back as it was, byte by byte.

Counting models read such lists of tokens. Networks read ids, and one protocol makes them for all
(see `Tokenizer`): `Vocabulary.from_texts(texts, cut="words")`, `cut="characters"` or, for a text
whose tokens stand between blanks already, `cut="blanks"`; and `BPE`. `from_json` reads any of
them back.
"""

from helpers.tokenizers.base import END, MASK, PAD, START, UNKNOWN, Tokenizer
from helpers.tokenizers.bilingual import KIND as BOTH
from helpers.tokenizers.bilingual import Bilingual
from helpers.tokenizers.bpe import BPE, KIND, chunks
from helpers.tokenizers.pairs import merge_pair
from helpers.tokenizers.plain import characters, composed, words, words_and_signs
from helpers.tokenizers.vocabulary import CUTS, Vocabulary, saved_fields

__all__ = ["BPE", "END", "MASK", "PAD", "START", "UNKNOWN", "Bilingual", "Tokenizer", "Vocabulary",
           "characters", "chunks", "composed", "from_json", "merge_pair", "words",
           "words_and_signs"]


def from_json(text: str) -> Tokenizer | Bilingual:
    """The tokenizer that `to_json` wrote, of whatever kind; ValueError for anything else."""
    kind = saved_fields(text, (*CUTS, KIND, BOTH))["kind"]
    return {KIND: BPE, BOTH: Bilingual}.get(kind, Vocabulary).from_json(text)
