"""Attention in which every token asks, and the masks that say whom (notebook 05).

    context, weights = scaled_dot_product_attention(q, k, v, causal_mask(T))
    layer = MultiHeadAttention(d_model=64, n_heads=4)
    out, weights = layer(x, mask=causal_mask(T) & padding_mask(lengths, T))
    model = AttentionLM(len(vocabulary), 64, 4, most=128)       # ids (B, T) -> logits (B, T, V)
"""

from helpers.self_attention_masks.attention import (
    MultiHeadAttention,
    merge_heads,
    scaled_dot_product_attention,
    softmax_or_nothing,
    split_heads,
)
from helpers.self_attention_masks.blockwise import blockwise_attention, score_bytes
from helpers.self_attention_masks.masks import (
    causal_mask,
    check_mask,
    for_multihead,
    padding_mask,
    window_mask,
)
from helpers.self_attention_masks.model import AttentionLM, weights_of
from helpers.self_attention_masks.positions import (
    LearnedPositions,
    distance_bias,
    rotate,
    sinusoidal,
)
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
    "AttentionLM",
    "Head",
    "LearnedPositions",
    "MultiHeadAttention",
    "Token",
    "blockwise_attention",
    "brackets",
    "causal_mask",
    "check_mask",
    "distance_bias",
    "even_weights",
    "for_multihead",
    "merge_heads",
    "padding_mask",
    "rotate",
    "scaled_dot_product_attention",
    "score_bytes",
    "select",
    "sinusoidal",
    "softmax_or_nothing",
    "split_heads",
    "tokens",
    "weights_of",
    "window_mask",
]
