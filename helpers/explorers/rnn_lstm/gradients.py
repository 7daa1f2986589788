"""Gradient flow over time: one run of a real network, its learning signal, its Jacobians."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.colors import Normalize

from helpers import gradient_flow as flow
from helpers import plots
from helpers.explorers import core
from helpers.rnn_lstm import Cell, make_cell, mean_gate

CELLS = {"RNN": "rnn", "GRU": "gru", "LSTM": "lstm"}
ACTIVATIONS = {"tanh": "tanh", "none (linear)": "none"}
D_IN, D_HIDDEN = 8, 16
LOWEST, HIGHEST = 1e-12, 1e6        # of the curve, so that settings can be compared
DARKEST = 6                         # powers of ten at the ends of the heat map's scale
TICKS, MAP_TICKS = (0, 0.5, 1), (0, 1)      # steps with a label, as shares of all


def network(cell: str, rho: float, activation: str, gate_bias: float, seed: int) -> Cell:
    """A cell whose recurrent matrix, for each gate, is rho times a rotation."""
    if cell not in CELLS or activation not in ACTIVATIONS:
        raise ValueError(f"cell {cell!r}, activation {activation!r}: there are "
                         f"{', '.join(CELLS)} and {', '.join(ACTIVATIONS)}")
    options = {"RNN": {"activation": ACTIVATIONS[activation]}, "GRU": {"update_bias": gate_bias},
               "LSTM": {"forget_bias": gate_bias}}[cell]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        made = make_cell(CELLS[cell], D_IN, D_HIDDEN, **options)
    blocks = len(made.W_hh) // D_HIDDEN
    with torch.no_grad():
        made.W_hh.copy_(torch.cat([flow.orthogonal(D_HIDDEN, rho, seed=seed + k)
                                  for k in range(blocks)]))
    return made


def flow_numbers(cell: str, length: int, rho: float, activation: str = "tanh",
                 gate_bias: float = 0.0, clip: float = 0.0, seed: int = 0) -> dict:
    """The learning signal at every step of one run, and the Jacobian norms of all pairs of steps.

    The loss is a fixed direction of the last h. clip: limit on the length of the gradient of all
    weights, 0 = off. Returns {"signal": (length + 1,), relative to the last step; "line":
    rho ** (steps before the end); "factor": what clipping multiplies everything with; "weights":
    length of the gradient of all weights, None without clipping; "norms":
    (length + 1, length + 1), row t, column s; "gate": mean of the forget or update gate or None}
    and the settings.
    """
    made = network(cell, rho, activation, gate_bias, seed)
    generator = torch.Generator().manual_seed(seed)
    x = 0.3 * torch.randn(1, length, D_IN, generator=generator)
    direction = torch.randn(D_HIDDEN, generator=generator)
    weight_norms = []

    def loss_of(h: torch.Tensor) -> torch.Tensor:
        loss = (h[:, -1] @ direction).mean()
        if not clip:                        # a second walk back, needed for clipping only
            return loss
        slopes = torch.autograd.grad(loss, list(made.parameters()), retain_graph=True,
                                     allow_unused=True)
        weight_norms.append(float(sum(g.square().sum() for g in slopes if g is not None)) ** 0.5)
        return loss
    norms = flow.over_time([made], x, loss_of)[0]
    length_of_all = weight_norms[0] if clip else None
    factor = min(1.0, clip / length_of_all) if length_of_all else 1.0
    jacobians = flow.product_norms(flow.jacobians(made, x))
    return {"signal": norms / norms[-1], "line": rho ** np.arange(length, -1.0, -1.0),
            "factor": factor, "norms": jacobians, "weights": length_of_all, "cell": cell,
            "rho": rho, "clip": clip, "linear": cell == "RNN" and activation != "tanh",
            "gate": mean_gate(made, x)}


def draw_flow(figure, numbers: dict) -> str:
    """Draw the signal over the steps with rho ** k, and the heat map; say what they show.

    Steps are drawn from 0 to 1 whatever their number, so that only what is animated changes.
    """
    if not figure.axes:
        _build(figure)
    left, right = figure.axes[:2]
    length, factor = len(numbers["signal"]) - 1, numbers["factor"]
    shown = factor < 1
    heights = numbers["line"], numbers["signal"], numbers["signal"] * (factor if shown else np.nan)
    for line, values in zip(left.lines, heights, strict=True):
        line.set_data(np.linspace(0, 1, length + 1), np.clip(values, LOWEST / 10, HIGHEST * 10))
    left.texts[2].set_visible(shown)
    with np.errstate(divide="ignore", invalid="ignore"):
        right.images[0].set_data(np.log10(numbers["norms"]))
    shares = *TICKS, *MAP_TICKS, *MAP_TICKS
    for label, share in zip((*left.texts[3:], *right.texts), shares, strict=True):
        label.set_text(f"{share * length:g}")
    return _in_words(numbers)


def _build(figure) -> None:
    """Make all artists once; later calls only give them other numbers."""
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
    for axes in (left, right):
        axes.patch.set_alpha(0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(plots.INK)
        axes.tick_params(colors=plots.INK, labelsize=11)
    _build_curves(left)
    _build_map(figure, right)
    for axes, gap in ((left, -0.2), (right, -0.17)):
        axes.xaxis.set_label_coords(0.5, -0.12)
        axes.yaxis.set_label_coords(gap, 0.5)
        for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
            text.set(color=plots.INK, fontsize=12)
    width, height = figure.get_size_inches()
    figure.subplots_adjust(left=0.95 / width, right=1 - 0.6 / width, bottom=0.6 / height,
                           top=1 - 0.4 / height, wspace=0.42)


def _build_curves(axes) -> None:
    """Three empty curves with their names in words, on a fixed scale."""
    styles = ((plots.ORANGE, "--", "- - rho to the number of steps"),
              (plots.BLUE, "-", "\u2014 the network"),
              (plots.GREEN, "-.", "- \u00b7 - after clipping"))
    for color, linestyle, name in styles:
        axes.plot([], [], linewidth=2, color=color, linestyle=linestyle, animated=True)
        axes.text(0.98, 0.21 - 0.08 * len(axes.texts), name, color=color, fontsize=11, ha="right",
                  transform=axes.transAxes)
    axes.texts[2].set_animated(True)
    axes.set(yscale="log", xlim=(-0.02, 1.02), ylim=(LOWEST, HIGHEST), xlabel="step t",
             ylabel="|| d loss / d state ||", title="Learning signal (last step = 1)")
    axes.set_yticks([1e-12, 1e-6, 1, 1e6], ["1e-12", "1e-6", "1", "1e6"])
    axes.minorticks_off()
    axes.set_xticks(TICKS, [""] * len(TICKS))
    _step_labels(axes, TICKS)


def _build_map(figure, axes) -> None:
    """An empty heat map with its scale; the y axis runs downwards."""
    image = axes.imshow(np.zeros((2, 2)), cmap="PuOr_r", norm=Normalize(-DARKEST, DARKEST),
                        extent=(0, 1, 1, 0), aspect="auto", interpolation="nearest", animated=True)
    axes.set(xlabel="from step s", ylabel="to step t", title="|| d state t / d state s ||")
    axes.set_xticks(MAP_TICKS, ["", ""])
    axes.set_yticks(MAP_TICKS, ["", ""])
    _step_labels(axes, MAP_TICKS)
    for share in MAP_TICKS:
        axes.text(-0.03, share, "", color=plots.INK, fontsize=11, ha="right", va="center",
                  animated=True, transform=axes.get_yaxis_transform())
    bar = figure.colorbar(image, ax=axes, ticks=[-6, 0, 6], fraction=0.08, pad=0.04)
    bar.ax.set_yticklabels(["1e-6", "1", "1e6"])
    bar.ax.tick_params(colors=plots.INK, labelsize=11)
    bar.outline.set_visible(False)


def _step_labels(axes, shares: tuple[float, ...]) -> None:
    """Tick labels of the x axis that can follow the length without a new drawing of the axis."""
    for share in shares:
        axes.text(share, -0.03, "", color=plots.INK, fontsize=11, ha="center", va="top",
                  animated=True, transform=axes.get_xaxis_transform())


def _in_words(numbers: dict) -> str:
    length, reached = len(numbers["signal"]) - 1, numbers["signal"][0]
    words = (f"From step {length} back to the start the signal is multiplied by {reached:.1e}; "
             f"rho to the {length} would be {numbers['line'][0]:.1e}.")
    if numbers["gate"] is not None:
        kept = numbers["gate"]
        name = "forget" if numbers["cell"] == "LSTM" else "update"
        words += (f" The {name} gate is {kept:.2f} on average; to the {length} that is "
                  f"{kept ** length:.1e}. A gated cell is always tanh.")
    else:
        words += " A plain RNN has no gate: the gate bias changes nothing."
    if numbers["cell"] == "LSTM":
        words += " The state is h and c together."
    if numbers["clip"]:
        words += (f" The gradient of all weights has length {numbers['weights']:.1e}; clipping at "
                  f"{numbers['clip']:.1f} multiplies everything by {numbers['factor']:.1e}: the "
                  "curve moves, its shape stays.")
    return words


def gradient_flow(cell: str = "RNN", length: int = 50, rho: float = 0.9):
    """Choose a cell, a length and a spectral radius; see how far the learning signal reaches."""
    return core.explore(
        lambda **values: flow_numbers(**values), draw_flow, size=(7.6, 3.8),
        more=("activation", "gate_bias", "clip"),
        cell=core.choice("cell", list(CELLS), value=cell),
        length=core.slider("length (steps)", 10, 80, value=length),
        rho=core.slider("spectral radius", 0.5, 1.5, value=rho, step=0.05),
        activation=core.choice("activation", list(ACTIVATIONS)),
        gate_bias=core.slider("gate bias", 0.0, 5.0, value=0.0, step=0.5),
        clip=core.slider("clipping (0 = off)", 0.0, 5.0, value=0.0, step=0.5),
    )
