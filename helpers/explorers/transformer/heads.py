"""Where the heads of a trained Transformer look while it reads a text that somebody types."""

from __future__ import annotations

from helpers import transformer as tf
from helpers.explorers.typed import TypedView, reading_numbers
from helpers.tokenizers import Tokenizer

MOST = 60                       # tokens that are shown


def grid_numbers(model: tf.Transformer, vocabulary: Tokenizer, text: str) -> dict:
    """A typed text, where each head of each layer looks in it, and what is likeliest next.

    Nothing is put before the text. Returns what `typed.reading_numbers` does.
    Raises ValueError for a text without a token, with more than 60 or than max_len.
    """
    most = min(MOST, model.config.max_len or MOST)
    return reading_numbers(model, tf.weights_of, vocabulary, text, most)


def head_grid(model: tf.Transformer, vocabulary: Tokenizer, text: str) -> TypedView:
    """Type a text, press Enter: all heads of all layers, and one of them large.

    vocabulary: the one that the model was trained with.
    """
    def shown(text: str) -> dict:
        numbers = grid_numbers(model, vocabulary, text)
        del numbers["next"]
        return numbers
    return TypedView(shown, text, label="your text", failed="This text cannot be read")
