"""Where the heads of the pretrained model look in a sentence that somebody types."""

from __future__ import annotations

import torch

from helpers import neural, tokenizers
from helpers.explorers.typed import TOP, TypedView, odds_in_words, unknown_in_words
from helpers.pretraining import MaskedLM, learning, texts

BLANK = "___"                   # what is typed for a hidden word, or the mark itself
SENTENCE = "This method ___ be called before the first update."


def attention_numbers(model: MaskedLM, known: tokenizers.Vocabulary, sentence: str) -> dict:
    """A typed sentence as the masked model reads it, from both sides: where each head looks.

    "___" or "<mask>" in it is a hidden word. Returns {"weights": (L, H, T, T), "queries", "keys":
    a start mark and the words as they are read, "title", "fill": the three likeliest (word,
    probability) for the hidden word, () if none is hidden, "note": these in words, and unknown
    words}.
    Raises ValueError for a sentence without a word, with more words than the model reads, and for
    more than one hidden word.
    """
    parts = [texts.merged_words(part)
             for part in sentence.replace(tokenizers.MASK, BLANK).split(BLANK)]
    words = [*parts[0], *(word for part in parts[1:] for word in (tokenizers.MASK, *part))]
    if not 1 <= len(words) <= texts.MOST or len(parts) > 2:
        raise ValueError(f"{len(words)} words, {len(parts) - 1} of them hidden: the model reads 1 "
                         f"to {texts.MOST}, and one {BLANK} at most is filled in")
    record: list[dict] = []
    ids, lengths = texts.batch_of(known, [words])
    with neural.reading(model):
        model.rows(ids, lengths, record=record)
    likely: tuple = ()
    if len(parts) == 2:
        odds, best = learning.fill(model, known, words).exp().topk(TOP)
        likely = tuple((known.entries[i], p) for i, p in zip(best.tolist(), odds.tolist(),
                                                            strict=True))
    said = f"Likeliest at {tokenizers.MASK}: {odds_in_words(likely)}." if likely else (
        f"Write {BLANK} for a word that is to be hidden.")
    tokens = [tokenizers.START, *words]
    return {"weights": torch.stack([layer["weights"][0] for layer in record]).numpy(),
            "queries": tokens, "keys": tokens, "title": "Where each word looks, on both sides",
            "fill": likely,
            "note": said + unknown_in_words(known, " ".join(w for part in parts for w in part))}


def attention_of(model: MaskedLM, known: tokenizers.Vocabulary, sentence: str = SENTENCE
                 ) -> TypedView:
    """Type a sentence, press Enter: all heads of the pretrained model, and one of them large.

    model, known: from learning.stored(). "___" is a hidden word, which is filled in.
    """
    def shown(text: str) -> dict:
        numbers = attention_numbers(model, known, text)
        del numbers["fill"]
        return numbers
    view = TypedView(shown, sentence, label="your sentence", failed="This sentence cannot be read")
    view.layer, view.head = 1, 3            # the one that looks to both sides
    return view
