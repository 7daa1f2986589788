"""Gradient by depth: what reaches each layer before training, and what was learned in the end."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from helpers import gradient_flow, plots, training
from helpers import neural_networks as networks
from helpers.explorers import core
from helpers.explorers.picture import named

DEEPEST, WIDTH, BATCH = 40, 32, 64
KINDS = ("plain", "residual", "normalised", "residual and normalised")
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}
STARTS = {"0.01": "0.01: too small", "1 / sqrt(n)": "1 / sqrt(n): keeps the size for tanh",
          "sqrt(2 / n)": "sqrt(2 / n): keeps it for relu", "1": "1: too large"}
NORMS = ("BatchNorm", "LayerNorm")
BEFORE, AFTER = "before training", "after training, stored: relu, sqrt(2 / n)"
LEAST, MOST = 1e-12, 1e6            # ends of the axes; what is beyond lies on them
MARKS = {10.0 ** k: plots.log_word(10.0 ** k) for k in range(-12, 10, 3)}
EVERY = 3                   # layers from one marker of a curve to the next


def flow_numbers(depth: int, kind: str = "plain", activation: str = "tanh",
                 start: str = "1 / sqrt(n)", norm: str = "BatchNorm", seed: int = 0) -> dict:
    """One loss's gradient for the output of each layer, and the rows there, four kinds of stack.

    64 random rows of 32 numbers go through `depth` layers as they are before training: x W, a
    norm where the stack is normalised, the activation, x added where it is residual; the loss is
    a fixed direction of the last rows. start: a name in networks.STARTS, the spread of W. Returns
    {"gradients": {kind: (depth,) lengths, the last layer's = 1}, "rows": {kind: (depth,) root mean
    squares; those of the input are about 1} and the settings}.
    Raises ValueError for a depth outside 2 to 40 and for a name that there is not.
    """
    for word, value, known in (("kind", kind, KINDS), ("activation", activation, ACTIVATIONS),
                               ("start", start, STARTS), ("norm", norm, NORMS)):
        if value not in known:
            raise ValueError(f"{word}={value!r}: there are {', '.join(map(repr, known))}")
    if not 2 <= depth <= DEEPEST:
        raise ValueError(f"depth={depth}: there are stacks of 2 to {DEEPEST} layers")
    found = {each: _flow(depth, each, activation, start, norm if "norm" in each else "", seed)
             for each in KINDS}
    return {"gradients": {each: gradients for each, (gradients, _) in found.items()},
            "rows": {each: rows for each, (_, rows) in found.items()}, "depth": depth,
            "kind": kind, "activation": activation, "start": start, "norm": norm}


@lru_cache(maxsize=2048)
def _flow(depth: int, kind: str, activation: str, start: str, norm: str, seed: int
          ) -> tuple[np.ndarray, np.ndarray]:
    x, direction, matrices = _drawn(seed)
    spread, sizes = networks.STARTS[start](WIDTH), []

    def layer_of(W: Tensor):
        def layer(x: Tensor) -> Tensor:
            z = normalised(x @ (spread * W), norm)
            out = ACTIVATIONS[activation](z)
            out = x + out if kind.startswith("residual") else out
            sizes.append(float(out.detach().square().mean().sqrt()))
            return out
        return layer
    gradients = gradient_flow.over_depth([layer_of(W) for W in matrices[:depth]], x,
                                         lambda top: (top @ direction).mean())[1:]
    return gradients / gradients[-1], np.array(sizes)


def normalised(z: Tensor, norm: str) -> Tensor:
    """z (B, d) after "BatchNorm", "LayerNorm" or "" (none), each as it is before training."""
    gain, shift = torch.ones(z.shape[1], dtype=z.dtype), torch.zeros(z.shape[1], dtype=z.dtype)
    if norm == "BatchNorm":
        return networks.batch_norm(z, gain, shift, (shift, gain))[0]
    return networks.layer_norm(z, gain, shift) if norm else z


@lru_cache(maxsize=8)
def _drawn(seed: int) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Rows (B, d), a direction (d,) and 40 matrices (d, d), every number drawn with spread 1."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [(BATCH, WIDTH), (WIDTH,), *[(WIDTH, WIDTH)] * DEEPEST]
    x, direction, *matrices = (torch.randn(*shape, generator=generator, dtype=torch.float64)
                               for shape in shapes)
    return x, direction, matrices


def learned_numbers(depth: int, kind: str = "plain", norm: str = "BatchNorm") -> dict:
    """What 250 updates made of stacks of 4, 16 and 40 blocks, from the stored table `depth`.

    Every stack at the best of three rates, medians of three seeds. Returns {"losses": {kind:
    (3,)}, "rates": {kind: three names}, "ratios": {kind: (3,)} length of the gradient for what the
    first block reads over that for what the last one writes, before training, "depths": (4, 16,
    40), "at": place of the stored depth nearest to `depth`, "depth", "kind"}.
    Raises ValueError for LayerNorm, with which nothing was stored, and for another kind.
    """
    if kind not in KINDS or norm != NORMS[0]:
        raise ValueError(f"kind={kind!r}, norm={norm!r}: stored are {', '.join(KINDS)}, with "
                         f"{NORMS[0]}; choose {NORMS[0]} to see what was learned")
    stored, depths = training.load_results("depth"), networks.depth.DEPTHS
    losses, rates, ratios = {}, {}, {}
    for each in KINDS:
        way = "residual" if each.startswith("residual") else "plain"
        found = [_best(stored[f"{n} {way} blocks, {NORMS[0] if 'norm' in each else 'no norm'}"])
                 for n in depths]
        losses[each], rates[each], ratios[each] = zip(*found, strict=True)
    nearest = int(np.abs(np.log(np.array(depths) / depth)).argmin())
    return {"losses": losses, "rates": rates, "ratios": ratios, "depths": depths, "at": nearest,
            "depth": depth, "kind": kind}


def _best(runs: dict) -> tuple[float, str, float]:
    """Median loss at the best rate, that rate, median ratio of the gradients before training."""
    losses = {rate: float(np.median([run["loss"] for run in seeds]))
              for rate, seeds in runs.items()}
    rate = min(losses, key=losses.get)
    return losses[rate], rate, float(np.median([run["first"] / run["last"] for run in runs[rate]]))


def draw_depth(figure, numbers: dict) -> str:
    """Draw both pictures of four curves, a ring where the sentence speaks; return the sentence."""
    left, right = plots.panels(figure, 2, width_ratios=(1, 1.42))
    stored = "losses" in numbers
    at = (_draw_learned if stored else _draw_flow)(left, right, numbers)
    for axes, (x, y) in zip((left, right), at, strict=True):
        if axes.lines[-1].get_label() != "ring":
            axes.plot([], [], "o", markersize=14, fillstyle="none", color=plots.INK, clip_on=False,
                      markeredgewidth=2, animated=True, label="ring", zorder=3)
        named(axes, "ring").set_data([x], [y])
    return (_learned_in_words if stored else _flow_in_words)(numbers)


def _draw_flow(left, right, numbers: dict) -> list[tuple[float, float]]:
    depth, kind = numbers["depth"], numbers["kind"]
    for axes, part, title, ylabel in (
            (left, "gradients", "Gradient by layer", "length, last layer = 1"),
            (right, "rows", "Size of the rows, forward", "root mean square")):
        curves = {each: _as_far(values) for each, values in numbers[part].items()}
        lines = plots.draw_curves(
            axes, range(1, DEEPEST + 1), curves, title=title, ylabel=ylabel, xlabel="layer",
            yscale="log", ylim=(LEAST / 3, 3 * MOST), named=axes is right,
            yticks={at: word for at, word in MARKS.items() if at < MOST} | {
                LEAST: "less", MOST: "more"}, xticks={n: str(n) for n in (1, 10, 20, 30, 40)})
        for line in lines:
            line.set_markevery(EVERY)
    first, last = numbers["gradients"][kind][0], numbers["rows"][kind][-1]
    return [(1, float(np.clip(first, LEAST, MOST))), (depth, float(np.clip(last, LEAST, MOST)))]


def _as_far(values: np.ndarray) -> np.ndarray:
    """The values of a curve as far as the stack goes; NaN behind it, where nothing is drawn."""
    shown = np.full(DEEPEST, np.nan)
    shown[:len(values)] = np.clip(values, LEAST, MOST)
    return shown


def _draw_learned(left, right, numbers: dict) -> list[tuple[float, float]]:
    depths, kind, at = numbers["depths"], numbers["kind"], numbers["at"]
    for axes, part, title, ylabel in (
            (left, "losses", "Loss after 250 updates", "median of three seeds"),
            (right, "ratios", "Gradient before training", "first block, last = 1")):
        plots.draw_curves(axes, depths, numbers[part], title=title, ylabel=ylabel, xlabel="blocks",
                          yscale="log", ylim=(1e-8, 3e9), named=axes is right,
                          xticks={n: str(n) for n in depths},
                          yticks={at: word for at, word in MARKS.items() if at > 1e-8})
    return [(depths[at], numbers[part][kind][at]) for part in ("losses", "ratios")]


def _flow_in_words(numbers: dict) -> str:
    depth, kind = numbers["depth"], numbers["kind"]
    norm = f" with {numbers['norm']}" if "norm" in kind else ""
    others = ", ".join(f"{each} {_amount(values[0])}"
                       for each, values in numbers["gradients"].items() if each != kind)
    return (f"Before training, {depth} layers, {kind}{norm}, {numbers['activation']}, start "
            f"{numbers['start']}: the first layer gets {_amount(numbers['gradients'][kind][0])} "
            f"of the gradient that the last one gets ({others}); rows of size 1 come out with size "
            f"{_amount(numbers['rows'][kind][-1])}. Whether a stack learns is not said by this "
            "alone: see after training.")


def _amount(value: float) -> str:
    """A number with two digits, a very small or large one as a power of ten."""
    if 0.001 <= value < 1e9:
        return f"{float(f'{value:.2g}'):,.10g}"
    return plots.log_word(float(f"{value:.0e}"))


def _learned_in_words(numbers: dict) -> str:
    kind, at = numbers["kind"], numbers["at"]
    depth, losses = numbers["depths"][at], numbers["losses"]
    near = "" if numbers["depth"] == depth else f" (stored, nearest to {numbers['depth']})"
    deep = {each: _amount(values[-1]) for each, values in losses.items()}
    return (f"{depth} blocks{near}, {kind}, relu, start sqrt(2 / n): loss "
            f"{_amount(losses[kind][at])} after 250 updates of Adam at "
            f"{numbers['rates'][kind][at]}, the best of three rates. At 40 blocks, each at its "
            f"best, with BatchNorm the plain stack is at {deep['normalised']}, the residual "
            f"one at {deep['residual and normalised']}; without a norm it flips: "
            f"{deep['plain']} and {deep['residual']}. Guessing the mean: 1.36.")


def depth_flow(depth: int = 20, kind: str = "plain", activation: str = "tanh",
               start: str = "0.01", moment: str = BEFORE):
    """Choose a depth, a kind of stack and a start; see what reaches each layer, and who learned.

    moment: "before training" or AFTER, the stored table of losses.
    """
    def compute(moment: str, **values) -> dict:
        if moment == BEFORE:
            return flow_numbers(**values)
        return learned_numbers(values["depth"], values["kind"], values["norm"])
    return core.explore(
        compute, draw_depth, size=(10, 3.6), more=("activation", "norm", "moment"),
        depth=core.slider("layers", 2, DEEPEST, value=depth),
        kind=core.choice("kind", list(KINDS), value=kind),
        start=core.choice("spread of W", [(words, each) for each, words in STARTS.items()],
                          value=start),
        activation=core.choice("activation", list(ACTIVATIONS), value=activation),
        norm=core.choice("norm", list(NORMS)),
        moment=core.choice("show", [BEFORE, AFTER], value=moment))
