"""Translate one's own sentence, and see where each word of the translation looked."""

from __future__ import annotations

from pathlib import Path

import traitlets

from helpers import corpora
from helpers.attention_view import AttentionView
from helpers.explorers.seq2seq_attention.words import as_read, unknown_in_words
from helpers.seq2seq_attention import Translator
from helpers.tokenizers import END

HERE = Path(__file__).parent
ENDS, MOST = "(end)", 40            # MOST: words and signs of a sentence
VIEW = str(AttentionView._esm)      # its last line hands `render` to the page
OWN = VIEW[:VIEW.rindex("export default")] + (HERE / "own.js").read_text(encoding="utf-8")

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


class OwnSentence(AttentionView):
    """What `translate` returns: an attention view with a field for the sentence above it.

    text: setting it translates. note: what is said of it. error: what is wrong, or "".
    """

    _esm = OWN
    _css = str(AttentionView._css) + (HERE / "own.css").read_text(encoding="utf-8")
    text = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Int().tag(sync=True)        # how many sentences were answered

    def __init__(self, translator: Translator, text: str, known: Known | None) -> None:
        self.translator, self.known = translator, known
        numbers = translation_numbers(translator, text, known)
        note = numbers.pop("note")
        super().__init__(**numbers)
        self.text, self.note = text, note
        self.observe(self._typed, names="text")

    def _typed(self, change) -> None:
        with self.hold_sync():
            try:
                numbers = translation_numbers(self.translator, change.new, self.known)
                self.note, self.error = numbers.pop("note"), ""
                self.show(**numbers)
            except ValueError as error:
                self.error = (f"This sentence cannot be translated: {str(error).rstrip('.')}. The "
                              "view still shows the last one that could.")
            self.answers += 1

    @property
    def summary(self) -> str:
        """What the view shows, in sentences, with what is said of the sentence."""
        return f"{super().summary} {self.note}".rstrip()

    def to_html(self) -> str:
        """One page (HTML) with the view of this sentence; without a kernel it has no field."""
        view = AttentionView(self.weights, self.query_tokens, self.key_tokens,
                             self.gold or None, self.title)
        page = view.to_html()
        view.close()
        return page


def translate(translator: Translator, text: str, corpus: str = "") -> OwnSentence:
    """Type a sentence, press Enter, and walk through the attention of its translation.

    corpus: the name of one with gold links, which are laid over the map of its own sentences.
    """
    return OwnSentence(translator, text, known_pairs(corpus) if corpus else None)
