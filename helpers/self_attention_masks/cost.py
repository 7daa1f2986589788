"""What a layer costs: multiplications by formula, bytes, and how both grow with the length.

Counted are multiplications of matrix products, per text; softmax, norms and additions are small
beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def attention_multiplications(T: int, d: int) -> dict[str, int]:
    """One layer of self-attention of width d over T tokens, whatever the number of heads.

    projections: x times W_q, W_k, W_v, W_o; scores: every query with every key; sum: weights
    times values.
    """
    return {"projections": 4 * T * d * d, "scores": T * T * d, "sum": T * T * d}


def feed_forward_multiplications(T: int, d: int) -> int:
    """Two matrices, d to 4 d and back, for each token: the other half of a Transformer's layer."""
    return 8 * T * d * d


def rnn_multiplications(T: int, d: int, *, gates: int = 1) -> int:
    """A recurrent layer of width d on rows of width d: x W_xh and h W_hh, per gate (LSTM: 4)."""
    return 2 * gates * T * d * d


def weights_bytes(T: int, *, n_heads: int = 1, batch: int = 1, size: int = 4) -> int:
    """Bytes of the map of weights: T * T numbers per head and text."""
    return batch * n_heads * T * T * size


def growth(lengths: Sequence[int], costs: Sequence[float]) -> float:
    """The exponent p of cost ~ length^p: the slope of a line through the logarithms."""
    if len(lengths) < 2 or len(lengths) != len(costs) or min(*lengths, *costs) <= 0:
        raise ValueError(f"{len(lengths)} lengths and {len(costs)} costs: give two or more of "
                         "each, all above 0")
    return float(np.polyfit(np.log(lengths), np.log(costs), 1)[0])
