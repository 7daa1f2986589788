"""What a model costs, by formula: parameters, multiplications, and bytes of its cache.

Counted are multiply-adds of matrix products, two FLOPs each; softmax, norms and sums are small
beside them.
"""

from __future__ import annotations

from helpers.transformer.config import TransformerConfig


def block_parameters(config: TransformerConfig, *, cross: bool = False) -> dict[str, int]:
    """Numbers in one block: attention, cross (0 without a source), feed_forward, norms.

    Attention: W_q and W_o d x d, W_k and W_v d x (kept heads times d_head). Feed-forward: two
    matrices d x d_ff, for swiglu three.
    """
    d, kept, d_ff, bias = (config.d_model, config.kept_heads * config.d_head, config.ff_width,
                           config.bias)
    attention = 2 * d * d + 2 * d * kept + bias * (2 * d + 2 * kept)
    wide = 2 if config.activation == "swiglu" else 1
    feed_forward = (wide + 1) * d * d_ff + bias * (wide * d_ff + d)
    return {"attention": attention, "cross": attention if cross else 0,
            "feed_forward": feed_forward, "norms": (3 if cross else 2) * norm_parameters(config)}


def norm_parameters(config: TransformerConfig) -> int:
    """A gain per number; LayerNorm has a bias, too."""
    return config.d_model * (2 if config.norm == "layer" and config.bias else 1)


def parameters(config: TransformerConfig) -> dict[str, int]:
    """Numbers in a `Transformer`, by part: embedding, positions, the parts of all blocks, out."""
    d, n = config.d_model, config.n_layers
    parts = {name: n * count for name, count in block_parameters(config).items()}
    parts["norms"] += norm_parameters(config) if config.pre_norm else 0
    return {"embedding": config.vocab_size * d,
            "positions": config.max_len * d if config.positions == "learned" else 0, **parts,
            "out": 0 if config.tied else config.vocab_size * d}


def both_parameters(config: TransformerConfig, source_size: int, *,
                    shared: bool = False) -> dict[str, int]:
    """Numbers in an `EncoderDecoder`, by part."""
    encoder = parameters(config)
    blocks = block_parameters(config, cross=True)
    parts = {name: encoder[name] + config.n_layers * blocks[name] for name in blocks}
    parts["norms"] += norm_parameters(config) if config.pre_norm else 0
    rows = source_size + (0 if shared else config.vocab_size)
    return {"embedding": rows * config.d_model, "positions": 2 * encoder["positions"], **parts,
            "out": encoder["out"]}


def multiply_adds(config: TransformerConfig, T: int, *, before: int = 0,
                  batch: int = 1) -> dict[str, int]:
    """A `Transformer` reads T tokens, with `before` others in its cache: multiply-adds by part.

    Every query is multiplied with every key, also where the mask hides it afterwards.
    """
    d, kept, d_ff = config.d_model, config.kept_heads * config.d_head, config.ff_width
    S, n = before + T, config.n_layers * batch
    matrices = 3 if config.activation == "swiglu" else 2
    return {"projections": n * T * (2 * d * d + 2 * d * kept), "scores": n * T * S * d,
            "sum": n * T * S * d, "feed_forward": n * T * matrices * d * d_ff,
            "out": batch * T * d * config.vocab_size}


def both_multiply_adds(config: TransformerConfig, S: int, T: int, *,
                       batch: int = 1) -> dict[str, int]:
    """An `EncoderDecoder` reads a source of S tokens and T target tokens: multiply-adds by part."""
    d, kept, n = config.d_model, config.kept_heads * config.d_head, config.n_layers * batch
    parts = multiply_adds(config, T, batch=batch)
    for name, count in multiply_adds(config, S, batch=batch).items():
        parts[name] += count if name != "out" else 0
    parts["projections"] += n * (T * 2 * d * d + S * 2 * d * kept)      # the look at the source
    parts["scores"] += n * T * S * d
    parts["sum"] += n * T * S * d
    return parts


def cache_bytes(config: TransformerConfig, T: int, *, batch: int = 1, size: int = 4) -> int:
    """Keys and values of T tokens in all layers: 2 * layers * kept heads * d_head * T numbers.

    size: bytes per number. With a window no more than window - 1 tokens (and one at least) stay.
    """
    if config.window is not None:
        T = min(T, max(config.window - 1, 1))
    return 2 * config.n_layers * config.kept_heads * config.d_head * T * batch * size
