"""Text in, tokens out: words, characters, and byte-level byte-pair encoding (BPE).

    words("It's 3.14, no?")    ['it's', '3.14', 'no']      easy to read, loses capitals and commas
    characters("no?")          ['n', 'o', '?']             nothing lost, long sequences
    BPE.train(texts, 1000)     frequent pieces             nothing lost, short sequences

`words` throws something away and cannot be undone. The other two can be undone exactly.
"""

from helpers.tokenizers.bpe import BPE, chunks
from helpers.tokenizers.pairs import merge_pair
from helpers.tokenizers.plain import characters, words
from helpers.tokenizers.vocabulary import Vocabulary

__all__ = ["BPE", "Vocabulary", "characters", "chunks", "merge_pair", "words"]
