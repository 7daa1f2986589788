"""Attention and feed-forward, stacked: the Transformer (notebook 06).

    config = TransformerConfig(len(vocabulary), d_model=64, n_heads=4, n_layers=2, max_len=128)
    model = Transformer(config)                     # ids (B, T) -> logits (B, T, V)
    logits, state = model.read(ids, state)          # reads on; the state holds keys and values
    pair = EncoderDecoder(config, source_size)      # source, target, mask -> logits (B, T, V)
    TransformerConfig(len(vocabulary), **RECIPES["2017"])           # or "2019", "today"
"""

from helpers.transformer.by_torch import torch_layer
from helpers.transformer.collapse import (
    difference,
    over_seeds,
    rows_through_layers,
    through_layers,
)
from helpers.transformer.config import RECIPES, TransformerConfig
from helpers.transformer.encoder_decoder import Encoder, EncoderDecoder
from helpers.transformer.long import (
    in_segments,
    linear_attention,
    linear_attention_step,
    low_rank_attention,
)
from helpers.transformer.model import (
    Attention,
    Block,
    FeedForward,
    LayerNorm,
    RMSNorm,
    Stack,
    Transformer,
    turn,
    turns_at,
    weights_of,
)
from helpers.transformer.pictures import patchify, unpatchify
from helpers.transformer.practice import (
    adamw,
    decayed_groups,
    smoothed_floor,
    smoothed_loss,
    warmup_inverse_sqrt,
)
from helpers.transformer.sizes import (
    block_parameters,
    both_multiply_adds,
    both_parameters,
    cache_bytes,
    multiply_adds,
    parameters,
)
from helpers.transformer.state import Cache, who_sees
from helpers.transformer.writing import write

__all__ = [
    "RECIPES",
    "Attention",
    "Block",
    "Cache",
    "Encoder",
    "EncoderDecoder",
    "FeedForward",
    "LayerNorm",
    "RMSNorm",
    "Stack",
    "Transformer",
    "TransformerConfig",
    "adamw",
    "block_parameters",
    "both_multiply_adds",
    "both_parameters",
    "cache_bytes",
    "decayed_groups",
    "difference",
    "in_segments",
    "linear_attention",
    "linear_attention_step",
    "low_rank_attention",
    "multiply_adds",
    "over_seeds",
    "parameters",
    "patchify",
    "rows_through_layers",
    "smoothed_floor",
    "smoothed_loss",
    "through_layers",
    "torch_layer",
    "turn",
    "turns_at",
    "unpatchify",
    "warmup_inverse_sqrt",
    "weights_of",
    "who_sees",
    "write",
]
