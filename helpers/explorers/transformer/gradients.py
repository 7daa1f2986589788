"""Before training: how large the gradient is at each block, and how different the tokens' rows."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import gradient_flow, plots
from helpers import transformer as tf
from helpers.explorers import core
from helpers.self_attention_masks import causal_mask

DEEPEST, TOKENS, WIDTH, LETTERS = 24, 16, 32, 26
KINDS = ("pre-norm", "post-norm", "no way past", "no norm either")
STARTS = ("shrinks with depth", "as large at any depth")
LEAST, MOST = 1e-8, 100.0           # ends of both axes; what is below lies on the lower one
TICKS = {LEAST: "less", 1e-6: "1 in a million", 1e-3: "1 in 1,000", 1.0: "1", MOST: "100"}


def layers_numbers(depth: int, start: str = STARTS[0], seed: int = 0) -> dict:
    """One loss's gradient at the input of each block, and the rows there, four kinds of stack.

    16 random rows of 32 numbers go through `depth` causal blocks as they are before training; the
    loss is the cross-entropy with 26 letters drawn at random. Kinds: "pre-norm", "post-norm", "no
    way past" (pre-norm without x +), "no norm
    either" (without both). start: what attention and
    feed-forward add is divided by the root of 2 depth, as this package does, or not; without a way
    past nothing is added, and nothing divided. Returns {"gradients": {kind: (depth + 1,)} lengths
    at the input of each block and at the last output, "left": {kind: (depth + 1,)}
    `transformer.difference` of the rows, "depth", "start"}.
    Raises ValueError for a depth outside 1 to 24 and another start.
    """
    if not 1 <= depth <= DEEPEST or start not in STARTS:
        raise ValueError(f"depth={depth}, start={start!r}: 1 to {DEEPEST} blocks, starts are "
                         f"{', '.join(map(repr, STARTS))}")
    share = (2 * depth) ** -0.5 if start == STARTS[0] else 1.0
    found = {kind: _flow(kind, depth, share, seed) for kind in KINDS}
    return {"gradients": {kind: gradients for kind, (gradients, _) in found.items()},
            "left": {kind: left for kind, (_, left) in found.items()},
            "depth": depth, "start": start}


@lru_cache(maxsize=512)
def _flow(kind: str, depth: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    model, x, targets = _model(seed)
    mask, rows = causal_mask(TOKENS), [x]

    def layer_of(block: tf.Block):
        def layer(x: Tensor) -> Tensor:
            out = one_block(block, x, mask, kind, share)
            rows.append(out.detach())
            return out
        return layer

    def loss_of(top: Tensor) -> Tensor:
        scaled = top if kind == KINDS[3] else model.stack.last(top)
        return F.cross_entropy(model.out(scaled)[0], targets)
    gradients = gradient_flow.over_depth([layer_of(b) for b in model.stack.blocks[:depth]], x,
                                         loss_of)
    return gradients, np.array([tf.difference(each[0]) for each in rows])


def one_block(block: tf.Block, x: Tensor, mask: Tensor, kind: str, share: float) -> Tensor:
    """x (1, T, d) after a block of one of KINDS, what each part adds times `share`."""
    for part, norm in ((lambda h: block.attention(h, mask=mask)[0], block.norm_1),
                       (block.feed_forward, block.norm_2)):
        if kind == "pre-norm":
            x = x + share * part(norm(x))
        elif kind == "post-norm":
            x = norm(x + share * part(x))
        else:
            x = part(norm(x) if kind == "no way past" else x)
    return x


@lru_cache(maxsize=8)
def _model(seed: int) -> tuple[tf.Transformer, Tensor, Tensor]:
    """24 blocks whose every matrix is 1 / sqrt(its inputs), rows (1, T, d), targets (T,)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = tf.Transformer.of(vocab_size=LETTERS, d_model=WIDTH, n_heads=2, n_layers=DEEPEST,
                                  max_len=TOKENS, positions="none", activation="relu",
                                  tied=False).double()
        x = torch.randn(1, TOKENS, WIDTH, dtype=torch.float64)
        targets = torch.randint(LETTERS, (TOKENS,))
    with torch.no_grad():
        for block in model.stack.blocks:
            for W in block.adding():
                W.mul_((2 * DEEPEST) ** 0.5)
    return model, x, targets


def draw_layers(figure, numbers: dict) -> str:
    """Draw both, block by block, as four curves on one scale; say what is measured."""
    left, right = plots.panels(figure, 2, width_ratios=(1, 1.3))
    look = {"xlabel": "blocks passed", "yscale": "log", "ylim": (LEAST / 2, 2 * MOST),
            "yticks": TICKS, "xticks": {n: str(n) for n in range(0, DEEPEST + 1, 8)}}
    for axes, name, title, ylabel in (
            (left, "gradients", "Length of the gradient", "gradient"),
            (right, "left", "Difference between tokens", "share of the rows")):
        curves = {kind: _as_far(values) for kind, values in numbers[name].items()}
        plots.draw_curves(axes, range(DEEPEST + 1), curves, title=title, ylabel=ylabel,
                          named=axes is right, **look)
    return _in_words(numbers)


def _as_far(values: np.ndarray) -> np.ndarray:
    """The values of a curve as far as the stack goes; NaN behind it, where nothing is drawn."""
    shown = np.full(DEEPEST + 1, np.nan)
    shown[:len(values)] = np.maximum(values, LEAST)
    return shown


def _in_words(numbers: dict) -> str:
    gradients, left, depth = numbers["gradients"], numbers["left"], numbers["depth"]
    pre, post, stays, bare = (values[0] / values[-1] for values in gradients.values())
    calm = all(0.1 < ratio < 10 for ratio in (pre, post))
    return (f"{depth} blocks before training. From top to bottom the gradient becomes "
            f"{_times(pre)} with pre-norm, {_times(post)} with post-norm"
            f"{': it neither vanishes nor explodes' if calm else ''}. Without the way past it "
            f"becomes {_times(stays)}, yet {_share(left['no way past'][-1])} of the rows is "
            f"difference between tokens (pre-norm: {_share(left['pre-norm'][-1])}). Without norms, "
            f"too: {_times(bare)}.")


def _times(ratio: float) -> str:
    if ratio >= 0.01:
        return f"{ratio:.2f} times as long"
    return f"1 in {_rounded(1 / ratio)}"


def _share(value: float) -> str:
    return f"{value:.0%}" if value >= 0.02 else f"1 in {_rounded(1 / value)}"


def _rounded(value: float) -> str:
    return f"{float(f'{value:.1g}'):,.0f}"


def gradient_layers(depth: int = 12, start: str = STARTS[0]):
    """Choose a depth and a start; see what reaches each block, with and without its parts."""
    depths = range(2, DEEPEST + 1, 2)
    for each in depths:                     # now, so that the slider need not wait for it
        layers_numbers(each, start)
    return core.explore(
        layers_numbers, draw_layers, size=(10, 3.6),
        depth=core.slider("blocks", depths[0], DEEPEST, value=depth, step=2),
        start=core.choice("what is added", list(STARTS), value=start),
        seed=core.slider("draw number", 0, 7, value=0))
