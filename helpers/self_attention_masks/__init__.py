"""Self-attention, and masks one can trust (notebook 05)."""

from helpers.self_attention_masks.selectors import (
    NOTHING,
    Head,
    Token,
    brackets,
    even_weights,
    select,
    tokens,
)

__all__ = [
    "NOTHING",
    "Head",
    "Token",
    "brackets",
    "even_weights",
    "select",
    "tokens",
]
