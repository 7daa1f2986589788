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

__all__ = [
    "AttentionLM",
    "LearnedPositions",
    "MultiHeadAttention",
    "blockwise_attention",
    "causal_mask",
    "check_mask",
    "distance_bias",
    "for_multihead",
    "merge_heads",
    "padding_mask",
    "rotate",
    "scaled_dot_product_attention",
    "score_bytes",
    "sinusoidal",
    "softmax_or_nothing",
    "split_heads",
    "weights_of",
    "window_mask",
]
