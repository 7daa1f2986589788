"""torch's own layers with a block's weights, for comparison.

torch stores matrices turned over, (out, in), and W_q, W_k, W_v below one another; its masks mean
the opposite of ours (see `self_attention_masks.for_multihead`).
"""

from __future__ import annotations

import torch
from torch import nn

from helpers.transformer.model import EPS, Attention, Block, FeedForward, LayerNorm


def torch_layer(block: Block) -> nn.TransformerEncoderLayer | nn.TransformerDecoderLayer:
    """nn.TransformerEncoderLayer, or nn.TransformerDecoderLayer if the block looks at a source.

    The same weights, dtype and mode; batch first. Raises ValueError for what torch's layers do
    not have: RMSNorm, SwiGLU or squared ReLU, and fewer heads of keys than of queries.
    """
    ff, attention = block.feed_forward, block.attention
    _check(block)
    d, d_ff = ff.W_1.in_features, ff.W_1.out_features
    kind = nn.TransformerEncoderLayer if block.cross is None else nn.TransformerDecoderLayer
    layer = kind(d, attention.n_heads, d_ff, block.dropout.p, ff.activation, EPS,
                 batch_first=True, norm_first=block.pre_norm, bias=attention.b_q is not None,
                 dtype=attention.W_q.dtype).train(block.training)
    with torch.no_grad():
        _copy_attention(attention, layer.self_attn)
        _copy_feed_forward(ff, layer)
        norms = [block.norm_1, block.norm_2]
        if block.cross is not None:
            _copy_attention(block.cross, layer.multihead_attn)
            norms.insert(1, block.norm_cross)
        for i, norm in enumerate(norms, start=1):
            theirs = getattr(layer, f"norm{i}")
            theirs.weight.copy_(norm.gain)
            if norm.bias is not None:
                theirs.bias.copy_(norm.bias)
    return layer


def _check(block: Block) -> None:
    missing = [name for name, there in (
        ("RMSNorm", not isinstance(block.norm_1, LayerNorm)),
        (f"activation={block.feed_forward.activation!r}",
         block.feed_forward.activation not in ("relu", "gelu")),
        ("n_kept below n_heads", block.attention.kept_heads < block.attention.n_heads)) if there]
    if missing:
        raise ValueError(f"torch has no layer with {' and '.join(missing)}: compare a block with "
                         "norm='layer', activation 'relu' or 'gelu', and n_kept=None")


def _copy_attention(ours: Attention, theirs: nn.MultiheadAttention) -> None:
    theirs.in_proj_weight.copy_(torch.cat([ours.W_q.T, ours.W_k.T, ours.W_v.T]))
    theirs.out_proj.weight.copy_(ours.W_o.T)
    if ours.b_q is not None:
        theirs.in_proj_bias.copy_(torch.cat([ours.b_q, ours.b_k, ours.b_v]))
        theirs.out_proj.bias.copy_(ours.b_o)


def _copy_feed_forward(ours: FeedForward, layer: nn.Module) -> None:
    for mine, theirs in ((ours.W_1, layer.linear1), (ours.W_2, layer.linear2)):
        theirs.weight.copy_(mine.weight)
        if mine.bias is not None:
            theirs.bias.copy_(mine.bias)
