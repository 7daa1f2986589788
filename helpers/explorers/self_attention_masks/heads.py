"""Where the heads of a trained model look while it reads a text that somebody types."""

from __future__ import annotations

from helpers import self_attention_masks as sa
from helpers.explorers.typed import TypedView, reading_numbers
from helpers.tokenizers import Vocabulary

MOST = 60                       # tokens that are shown


def head_numbers(model: sa.AttentionLM, vocabulary: Vocabulary, text: str) -> dict:
    """A typed text, where each head looks in it, and what the model says comes next.

    Nothing is put before the text. Returns what `typed.reading_numbers` does.
    Raises ValueError for a text without a token, and for more tokens than 60 or than the model
    has positions for.
    """
    return reading_numbers(model, sa.weights_of, vocabulary, text,
                           min(MOST, len(model.positions.rows)))


def head_viewer(model: sa.AttentionLM, vocabulary: Vocabulary, text: str) -> TypedView:
    """Type a text, press Enter, and go through the heads of a trained model; see what comes next.

    vocabulary: the one that the model was trained with, of letters or of words.
    """
    def shown(text: str) -> dict:
        numbers = head_numbers(model, vocabulary, text)
        del numbers["next"]
        return numbers
    return TypedView(shown, text, label="your text", failed="This text cannot be read")
