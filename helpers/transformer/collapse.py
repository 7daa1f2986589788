"""What attention does to rows when nothing goes past it: they become equal (Dong et al. 2021)."""

from __future__ import annotations

import statistics

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers.self_attention_masks import causal_mask, scaled_dot_product_attention
from helpers.transformer.model import Block


def difference(x: Tensor) -> float:
    """How much of the rows x (T, d) is difference: |x - mean row| / |x|, Frobenius; 0 to 1.

    0: all rows are equal. 1: their mean is 0.
    """
    return float((x - x.mean(dim=-2, keepdim=True)).norm() / x.norm())


def through_layers(n_layers: int, *, residual: bool, T: int = 16, d: int = 64, scale: float = 1.0,
                   causal: bool = False, seed: int = 0) -> list[float]:
    """`difference` of T random rows after each of n_layers layers of attention, one head, alone.

    W_q, W_k, W_v are drawn anew in each layer, normal with deviation 1 / sqrt(d), W_q and W_k
    times `scale`; residual: x + attention(x) in place of attention(x). The length of all rows
    together is put back to sqrt(T d) after each layer. float64.
    """
    rows = rows_through_layers(n_layers, residual=residual, T=T, d=d, scale=scale, causal=causal,
                               seed=seed)
    return [difference(x) for x in rows[1:]]


def rows_through_layers(n_layers: int, *, residual: bool, norm: bool = False,
                        feed_forward: bool = False, T: int = 16, d: int = 64, scale: float = 1.0,
                        causal: bool = False, seed: int = 0) -> list[Tensor]:
    """The rows (T, d) of `through_layers` before the first layer and after each: n_layers + 1.

    norm: what goes into each part is x minus its mean, divided by its deviation, row by row.
    feed_forward: after attention comes relu(x W_1) W_2, 4 d wide, deviations 1 / sqrt(inputs), of
    draws of its own, so that attention's stay the same; residual: x plus it.
    """
    generator, other = (torch.Generator().manual_seed(seed + k) for k in (0, 1_000_000))

    def drawn(*shape: int, by: torch.Generator = generator) -> Tensor:
        return torch.randn(*shape, generator=by, dtype=torch.float64)

    x, found, mask = drawn(T, d), [], causal_mask(T) if causal else None
    found.append(x)
    for _ in range(n_layers):
        W_q, W_k, W_v = (drawn(d, d) / d ** 0.5 for _ in range(3))
        h = F.layer_norm(x, (d,)) if norm else x
        seen, _ = scaled_dot_product_attention(scale * h @ W_q, scale * h @ W_k, h @ W_v, mask)
        x = x + seen if residual else seen
        if feed_forward:
            W_1, W_2 = (drawn(*shape, by=other) / shape[0] ** 0.5
                        for shape in ((d, 4 * d), (4 * d, d)))
            h = F.layer_norm(x, (d,)) if norm else x
            fed = F.relu(h @ W_1) @ W_2
            x = x + fed if residual else fed
        x = x / x.norm() * (T * d) ** 0.5
        found.append(x)
    return found


SEEDS, LAYERS = range(9), 12
SETTINGS = {                                # name -> what `through_layers` is told
    "attention alone": {"residual": False},
    "with a way past": {"residual": True},
    "alone, W_q and W_k doubled": {"residual": False, "scale": 2.0},
    "alone, causal": {"residual": False, "causal": True},
}


def over_seeds(name: str, n_layers: int = LAYERS) -> list[tuple[float, float, float]]:
    """(smallest, median, largest) `difference` over SEEDS after each layer, for one of SETTINGS.

    Raises ValueError for a name that is not one of them.
    """
    if name not in SETTINGS:
        raise ValueError(f"name={name!r}: there are {', '.join(map(repr, SETTINGS))}")
    runs = [through_layers(n_layers, seed=seed, **SETTINGS[name]) for seed in SEEDS]
    return [(min(layer), statistics.median(layer), max(layer)) for layer in zip(*runs, strict=True)]


@torch.no_grad()
def silence(block: Block) -> Block:
    """The same block, every part of it adding zeros: a pre-norm block that leaves x as it is."""
    for W in block.adding():
        W.zero_()
    for b in (block.attention.b_o, block.feed_forward.W_2.bias,
              None if block.cross is None else block.cross.b_o):
        if b is not None:
            b.zero_()
    return block
