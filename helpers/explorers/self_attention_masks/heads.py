"""Where the heads of a trained model look while it reads a text that somebody types."""

from __future__ import annotations

import torch

from helpers import neural
from helpers import self_attention_masks as sa
from helpers.attention_view.labels import visible
from helpers.explorers.typed import TypedView
from helpers.tokenizers import Vocabulary

MOST, TOP = 60, 3               # tokens that are shown; likeliest ones that are named


def head_numbers(model: sa.AttentionLM, vocabulary: Vocabulary, text: str) -> dict:
    """A typed text, where each head looks in it, and what the model says comes next.

    Nothing is put before the text. Returns {"weights": (L, H, T, T), "queries", "keys": the
    tokens as the model reads them, "masked", "title", "next": the three likeliest (token,
    probability), "note": these in words, and unknown tokens}.
    Raises ValueError for a text without a token, and for more tokens than 60 or than the model
    has positions for.
    """
    letters = vocabulary.cut == "characters"
    kind = "letters" if letters else "words"
    ids = vocabulary.encode(text)
    most = min(MOST, len(model.positions.rows))
    if not 1 <= len(ids) <= most:
        raise ValueError(f"{len(ids)} {kind}: this view has room for 1 to {most}")
    batch = torch.tensor([ids])
    with neural.reading(model):
        weights = sa.weights_of(model, batch)[0]                        # (L, H, T, T)
        odds, best = model(batch)[0, -1].softmax(dim=-1).topk(TOP)
    likely = [(vocabulary.piece(i), p) for i, p in zip(best.tolist(), odds.tolist(), strict=True)]
    tokens = [vocabulary.piece(i) for i in ids]
    unknown = ", ".join(map(visible, dict.fromkeys(vocabulary.unknown_tokens(text))))
    said = ", ".join(f"“{visible(token)}” {p:.2f}" for token, p in likely)
    note = f"Likeliest next: {said}." + (f" Unknown, read as <unk>: {unknown}." if unknown else "")
    return {"weights": weights.numpy(), "queries": tokens, "keys": tokens, "masked": True,
            "title": f"Where each {kind[:-1]} looks", "next": likely, "note": note}


def head_viewer(model: sa.AttentionLM, vocabulary: Vocabulary, text: str) -> TypedView:
    """Type a text, press Enter, and go through the heads of a trained model; see what comes next.

    vocabulary: the one that the model was trained with, of letters or of words.
    """
    def shown(text: str) -> dict:
        numbers = head_numbers(model, vocabulary, text)
        del numbers["next"]
        return numbers
    return TypedView(shown, text, label="your text", failed="This text cannot be read")
