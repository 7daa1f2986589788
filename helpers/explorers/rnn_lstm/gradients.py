"""Gradient flow over time: one run of a real network, its gradient, its Jacobians."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.lines import Line2D

from helpers import gradient_flow as flow
from helpers import plots
from helpers.explorers import core
from helpers.explorers.picture import named
from helpers.rnn_lstm import Cell, make_cell, mean_gate

CELLS = {"RNN": "rnn", "GRU": "gru", "LSTM": "lstm"}
ACTIVATIONS = {"tanh": "tanh", "none (linear)": "none"}
D_IN, D_HIDDEN = 8, 16
LOWEST, HIGHEST = 1e-6, 1e3         # of the curve, so that settings can be compared
HEIGHTS = {LOWEST / 3: ("less than", "1 in a million"), 1e-3: "1 in 1,000", 1: "all of it",
           10: "10 times", 3 * HIGHEST: ("more than", "1,000 times")}
DARKEST = 3                         # powers of ten at the ends of the heat map's scale
CLIPPED = "the network, clipped"
CURVES = {"the network": {"color": plots.BLUE, "linestyle": "-"},
          "rho to the number of steps": {"color": plots.ORANGE, "linestyle": "--"},
          CLIPPED: {"color": plots.GREEN, "linestyle": "-."}}


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
    """Length of the gradient at every step of one run, Jacobian norms of all pairs of steps.

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


def two_ways(gate_bias: float = 3.0, length: int = 50, rho: float = 0.9) -> dict[str, np.ndarray]:
    """The LSTM of `flow_numbers`: its gradient for c and for h apart, and that of the belt alone.

    Each is (length + 1,), relative to the gradient for the last h. The belt alone: the gradient
    for the c before the last step, times the mean forget gates on the way.
    """
    made = network("LSTM", rho, "tanh", gate_bias, seed=0)
    generator = torch.Generator().manual_seed(0)
    x = 0.3 * torch.randn(1, length, D_IN, generator=generator)
    direction = torch.randn(D_HIDDEN, generator=generator)
    norms = {part: flow.over_time([made], x, lambda h: (h[:, -1] @ direction).mean(), part=part)[0]
             for part in ("c", "h")}
    norms = {part: values / norms["h"][-1] for part, values in norms.items()}
    ages = np.maximum(length - 1.0 - np.arange(length + 1), 0)
    alone = norms["c"][-2] * mean_gate(made, x) ** ages
    alone[-1] = norms["c"][-1] = np.nan                 # the loss asks for the last h only
    return {"for c": norms["c"], "for h": norms["h"], "forget gates alone": alone}


def draw_flow(figure, numbers: dict) -> str:
    """Draw how much of the gradient reaches each step, as a curve, and the heat map."""
    if not figure.axes:
        _build(figure)
    left, right = figure.axes
    length, factor = len(numbers["signal"]) - 1, numbers["factor"]
    steps, clipped = np.arange(length + 1), factor < 1
    heights = numbers["signal"], numbers["line"], numbers["signal"] * factor
    for label, values in zip(CURVES, heights, strict=True):
        named(left, label).set_data(steps, np.clip(values, LOWEST / 5, HIGHEST * 5))
    named(left, CLIPPED).set_visible(clipped)
    _name_curves(left, 2 + clipped, gated=numbers["cell"] != "RNN")
    with np.errstate(divide="ignore"):
        named(right, "pairs").set(data=np.clip(np.log10(numbers["norms"]), -DARKEST, DARKEST),
                                  extent=(-0.5, length + 0.5, length + 0.5, -0.5))
    plots.block(named(right, "blocked"), np.isnan(numbers["norms"]))
    ticks = [0, length // 2, length]
    for axes in (left, right):
        plots.update(axes, xlim=(-0.5, length + 0.5))
    plots.update(right, ylim=(length + 0.5, -0.5))
    for axis in (left.xaxis, right.xaxis, right.yaxis):
        plots.mark_ticks(axis, ticks, [str(t) for t in ticks])
    return _in_words(numbers)


def _build(figure) -> None:
    """Make all artists once; later calls only give them other numbers."""
    left, right = plots.panels(figure, 2, width_ratios=(1.45, 1))
    plots.room(left, left=1.75, right=0.35)
    plots.room(right, left=0.75, right=1.4)
    _build_curves(left)
    right.autoscale(False)                  # an image that grows would have all drawn anew
    right.imshow(np.zeros((2, 2)), cmap=plots.colours((-1, 1)), vmin=-DARKEST, vmax=DARKEST,
                 aspect="auto", interpolation="nearest", animated=True, label="pairs")
    plots.hatching(right).set_label("blocked")
    plots.add_scale(right, (-DARKEST, DARKEST), "", {-3: "1 in 1,000", 0: "all of it",
                                                     3: "1,000 times"})
    plots.name(right, title="From step t back to s", xlabel="reaches step s",
               ylabel="gradient at step t")
    right.text(0.96, 0.93, "s after t: nothing", transform=right.transAxes, ha="right", va="top",
               color=plots.INK, fontsize=plots.SMALL,
               bbox={"facecolor": "white", "linewidth": 0, "pad": 3})


def _build_curves(axes) -> None:
    """Three empty curves on a fixed scale; what is beyond it lies in a grey band."""
    axes.grid(axis="y", color=plots.GRID)
    for label, look in CURVES.items():
        axes.plot([], [], linewidth=2.2, animated=True, label=label, **look)
    axes.set(yscale="log", ylim=(LOWEST / 10, HIGHEST * 10))
    axes.axhspan(LOWEST / 10, LOWEST, color=plots.PALE)
    axes.axhspan(HIGHEST, HIGHEST * 10, color=plots.PALE)
    plots.mark_ticks(axes.yaxis, list(HEIGHTS), list(HEIGHTS.values()))
    plots.name(axes, title="What reaches step s", xlabel="step s",
               ylabel="length of dh_s, last step = 1")


def _name_curves(axes, number: int, gated: bool) -> None:
    """Name the first curves, the third only if something was clipped: above those of gated cells.

    Where the names stand does not follow the radius: while that is dragged only curves move.
    """
    if axes.get_legend() and axes.get_legend().get_gid() == f"{number} {gated}":
        return
    plots.legend(axes, [Line2D([], [], linewidth=2.2, label=label, **look)
                        for label, look in list(CURVES.items())[:number]],
                 loc=f"{'upper' if gated else 'lower'} right",
                 bbox_to_anchor=(1, 0.9 if gated else 0.03), handlelength=2.8)
    axes.get_legend().set_gid(f"{number} {gated}")


def _in_words(numbers: dict) -> str:
    length, reached = len(numbers["signal"]) - 1, numbers["signal"][0]
    words = (f"From step {length} back to the start the gradient is multiplied by {reached:.1e}; "
             f"rho to the {length} would be {numbers['line'][0]:.1e}.")
    if numbers["gate"] is not None:
        kept = numbers["gate"]
        name = "forget" if numbers["cell"] == "LSTM" else "update"
        words += (f" The {name} gate is {kept:.2f} on average; to the {length} that is "
                  f"{kept ** length:.1e}. A gated cell is always tanh.")
    else:
        words += " A plain RNN has no gate: the gate bias changes nothing."
    if numbers["cell"] == "LSTM":
        words += " The state is h and c together, dh_s the gradient for both."
    words += (" On the left one gradient walks back; on the right, the mean over "
              "gradients of all directions.")
    if numbers["clip"]:
        words += (f" The gradient of all weights has length {numbers['weights']:.1e}; clipping at "
                  f"{numbers['clip']:.1f} multiplies everything by {numbers['factor']:.1e}: the "
                  "curve moves, its shape stays.")
    return words


def gradient_flow(cell: str = "RNN", length: int = 50, rho: float = 0.9):
    """Choose a cell, a length and a spectral radius; see how far the gradient reaches."""
    return core.explore(
        lambda **values: flow_numbers(**values), draw_flow,
        more=("activation", "gate_bias", "clip"),
        cell=core.choice("cell", list(CELLS), value=cell),
        length=core.slider("length (steps)", 10, 80, value=length),
        rho=core.slider("spectral radius", 0.5, 1.5, value=rho, step=0.05),
        activation=core.choice("activation", list(ACTIVATIONS)),
        gate_bias=core.slider("gate bias", 0.0, 5.0, value=0.0, step=0.5),
        clip=core.slider("clipping (0 = off)", 0.0, 5.0, value=0.0, step=0.5),
    )
