"""Small models, one for every switch, for the tests of the Transformer."""

from __future__ import annotations

import torch

from helpers import transformer as tf

V = 13
WITHIN = {torch.float32: 1e-5, torch.float64: 1e-12}
SMALL = {"vocab_size": V, "d_model": 12, "n_heads": 2, "n_layers": 2, "max_len": 20}
POSITIONS = ("sinusoidal", "learned", "rotary", "none")
# every switch is there once, and the three recipes
KINDS = {
    **tf.RECIPES,
    **{f"{positions}, {'pre' if pre else 'post'}-norm": {"positions": positions, "pre_norm": pre}
       for positions in POSITIONS for pre in (True, False)},
    "shared keys": {"n_heads": 6, "n_kept": 2}, "one key for all": {"n_kept": 1},
    "untied": {"tied": False}, "squared relu": {"activation": "squared relu"},
    "rms with bias": {"norm": "rms"}, "own width": {"d_ff": 5},
    "odd width": {"d_model": 9, "n_heads": 3, "positions": "sinusoidal"},
    "window": {"window": 3}, "window of one": {"window": 1},
    "window of sinusoidal places": {"window": 4, "positions": "sinusoidal"},
}


def config_of(kind="today", **changed):
    return tf.TransformerConfig(**{**SMALL, **KINDS[kind], **changed})


def model_of(kind="today", dtype=torch.float32, seed=0, *, fused=False, **changed):
    """A model whose gains and biases are random too, so that none of them can be forgotten."""
    torch.manual_seed(seed)
    model = tf.Transformer(config_of(kind, **changed), fused=fused)
    return shaken(model).to(dtype)


def shaken(model):
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.3 * torch.randn(parameter.shape))
    return model


def some_ids(B=3, T=9, seed=0):
    return torch.randint(V, (B, T), generator=torch.Generator().manual_seed(seed))


def close(a, b, dtype, scale=1.0):
    return torch.allclose(a, b, atol=scale * WITHIN[dtype], rtol=0)
