"""Translate one's own sentence, and see where each word of the translation looked."""

from __future__ import annotations

from helpers import corpora
from helpers.explorers.seq2seq_attention.words import as_read, unknown_in_words
from helpers.explorers.typed import TypedView
from helpers.seq2seq_attention import Translator
from helpers.tokenizers import END

ENDS, MOST = "(end)", 40            # MOST: words and signs of a sentence

Known = dict[str, tuple[str, frozenset[tuple[int, int]]]]


def known_pairs(corpus: str) -> Known:
    """{source: (target, gold links)} of all the pairs of a corpus, tokens between blanks."""
    return {source: (target, links) for split in corpora.find(corpus).splits
            for (source, target), links in zip(
                corpora.pairs(corpus, split), corpora.alignments(corpus, split), strict=True)}


def translation_numbers(translator: Translator, text: str, known: Known | None = None) -> dict:
    """A typed sentence, its translation, and what the attention view is to show of it.

    known: gold links by source; they are shown if the sentence is there and was translated as it
    is there. Returns {"weights": (T, S), "queries": target tokens, "keys": source tokens as the
    model reads them, "gold": links or None, "title", "note": a sentence on unknown words and on
    what the corpus says}.
    Raises ValueError for a text without a word or of more than 40 tokens, and for a model
    without attention.
    """
    tokens = translator.prepare(text)
    if len(tokens) > MOST:
        raise ValueError(f"{len(tokens)} words and signs; at most {MOST} can be shown")
    found = translator.translate(text)
    if found.weights is None:
        raise ValueError("this model has one vector for all steps and looks at nothing: hand over "
                         "one with attention")
    target, links = (known or {}).get(" ".join(tokens), (None, None))
    said = "" if target is None else "The translation is that of the corpus." if (
        found.text == target) else f"The corpus translates: “{target}”."
    unknown = unknown_in_words(translator, tokens).strip()
    return {"weights": found.weights, "keys": as_read(translator, tokens),
            "queries": [ENDS if token == END else token for token in found.target],
            "gold": links if found.text == target else None,
            "title": f"Translation: {found.text}",
            "note": " ".join(filter(None, [unknown, said]))}


def translate(translator: Translator, text: str, corpus: str = "") -> TypedView:
    """Type a sentence, press Enter, and walk through the attention of its translation.

    corpus: the name of one with gold links, which are laid over the map of its own sentences.
    """
    known = known_pairs(corpus) if corpus else None
    return TypedView(lambda text: translation_numbers(translator, text, known), text,
                     label="sentence", failed="This sentence cannot be translated")
