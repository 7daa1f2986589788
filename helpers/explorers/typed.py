"""An attention view with a field above it: what one types there is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import torch
import traitlets

from helpers.attention_view import AttentionView
from helpers.attention_view.labels import visible
from helpers.neural import reading
from helpers.tokenizers import Tokenizer

TOP = 3                             # likeliest tokens that are named
HERE = Path(__file__).parent
VIEW = str(AttentionView._esm)      # its last line hands `render` to the page


class TypedView(AttentionView):
    """An attention view of a text that somebody types, with a field for it above.

    compute(text) -> the arguments of `AttentionView.show` by name, and "note", what is said
    below the field. label: the name of the field. failed: begins the sentence on a text that
    `compute` refuses with a ValueError, such as "This text cannot be read".
    text: setting it shows it. note: what is said of it. error: what is wrong, or "".
    """

    _esm = VIEW[:VIEW.rindex("export default")] + (HERE / "typed.js").read_text(encoding="utf-8")
    _css = str(AttentionView._css) + (HERE / "typed.css").read_text(encoding="utf-8")
    text = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Int().tag(sync=True)        # how many texts were answered

    def __init__(self, compute: Callable[[str], dict], text: str, *, label: str,
                 failed: str) -> None:
        self.compute, self.failed = compute, failed
        numbers = compute(text)
        note = numbers.pop("note")
        super().__init__(**numbers)
        self.text, self.label, self.note = text, label, note
        self.observe(self._typed, names="text")

    def _typed(self, change) -> None:
        with self.hold_sync():
            try:
                numbers = self.compute(change.new)
                self.note, self.error = numbers.pop("note"), ""
                chosen = self.layer, self.head, self.shape[:2]
                self.show(**numbers)
                if self.shape[:2] == chosen[2]:         # the same heads: stay with this one
                    self.layer, self.head = chosen[:2]
            except ValueError as error:
                self.error = (f"{self.failed}: {str(error).rstrip('.')}. The view still shows the "
                              "last one that could.")
            self.answers += 1

    @property
    def summary(self) -> str:
        """What the view shows, in sentences, with what is said of the text."""
        return f"{super().summary} {self.note}".rstrip()

    def to_html(self, tallest: int | None = None) -> str:
        """One page (HTML) with the view of this text; without a kernel it has no field."""
        view = AttentionView(self.weights, self.query_tokens, self.key_tokens,
                             self.gold or None, self.title, layer=self.layer, head=self.head,
                             pinned=self.pinned)
        page = view.to_html(tallest)
        view.close()
        return page


def reading_numbers(model: torch.nn.Module, weights_of: Callable, vocabulary: Tokenizer, text: str,
                    most: int) -> dict:
    """A text as a causal model reads it: where each head looks, and what it says comes next.

    weights_of: (model, ids (1, T)) -> (1, L, H, T, T). most: tokens that there is room for.
    Returns {"weights": (L, H, T, T), "queries", "keys": the tokens as the model reads them,
    "masked", "title", "next": the three likeliest (token, probability), "note": these in words,
    and unknown tokens}.
    Raises ValueError for a text without a token or with more than `most`.
    """
    letters = getattr(vocabulary, "cut", "") == "characters"
    kind = "letters" if letters else "words" if hasattr(vocabulary, "cut") else "tokens"
    ids = vocabulary.encode(text)
    if not 1 <= len(ids) <= most:
        raise ValueError(f"{len(ids)} {kind}: this view has room for 1 to {most}")
    batch = torch.tensor([ids])
    with reading(model):
        weights = weights_of(model, batch)[0]                           # (L, H, T, T)
        odds, best = model(batch)[0, -1].softmax(dim=-1).topk(TOP)
    likely = [(vocabulary.piece(i), p) for i, p in zip(best.tolist(), odds.tolist(), strict=True)]
    tokens = [vocabulary.piece(i) for i in ids]
    note = f"Likeliest next: {odds_in_words(likely)}.{unknown_in_words(vocabulary, text)}"
    return {"weights": weights.numpy(), "queries": tokens, "keys": tokens, "masked": True,
            "title": f"Where each {kind[:-1]} looks", "next": likely, "note": note}


def odds_in_words(likely: Iterable[tuple[str, float]]) -> str:
    """Pairs (token, probability) as a note names them."""
    return ", ".join(f"“{visible(token)}” {p:.2f}" for token, p in likely)


def unknown_in_words(vocabulary: Tokenizer, text: str) -> str:
    """A sentence that names the tokens of a text that are read as <unk>; "" if there are none."""
    unknown = ", ".join(map(visible, dict.fromkeys(vocabulary.unknown_tokens(text))))
    return f" Unknown, read as <unk>: {unknown}." if unknown else ""
