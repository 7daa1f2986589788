"""A small network learns points in the plane: how its boundary moves, and the loss falls."""

from __future__ import annotations

import numpy as np

from helpers import plots
from helpers.explorers import core
from helpers.explorers.neural_networks import learning
from helpers.explorers.neural_networks.boundary_drawing import ACROSS, UP, draw_learned
from helpers.explorers.neural_networks.learning import ACTIVATIONS, EVERY, KINDS, RATES, UPDATES

GRID = (70, 50)                     # places across and up at which the shade is computed
COIN = (float(np.log(2)), "always 1/2")


def boundary_numbers(points: str = "XOR", width: int = 2, activation: str = "tanh",
                     rate: float = 0.3, step: int = 300, seed: int = 0, *,
                     places: np.ndarray | None = None, chosen: int | None = None) -> dict:
    """A network after `step` updates on points of two classes, and its whole training.

    points: a name in KINDS; places (N, 2): where its points are instead. width: hidden units, 1
    to 8; 1 is one neuron, without a hidden layer. step: 0 to 1,000, rounded down to tens.
    chosen: number of a point that is ringed. Returns {"places", "classes": (N,), "shade": what it
    says on a grid over the plane (50, 70), row 0 the lowest, "lines": (width, 3), hidden unit j
    is 0 where lines[j] · (x_1, x_2, 1) is, none for one neuron, "right": bool (N,), "losses":
    after every tenth update, nats per point, "all_right": the update from which on all are right,
    or None, "step", "stopped": the update at which the loss was lost (`learning.LOST`), or None,
    and the settings}.
    Raises ValueError for a setting outside of these.
    """
    if not (1 <= width <= learning.WIDEST and 0 <= step <= UPDATES and rate > 0) or \
            activation not in ACTIVATIONS:
        raise ValueError(f"width={width}, step={step}, rate={rate}, activation={activation!r}: "
                         f"1 to {learning.WIDEST} units, 0 to {UPDATES:,} updates, a rate above "
                         f"0, and one of {', '.join(ACTIVATIONS)}")
    home, classes = learning.points_of(points)
    x = home if places is None else np.asarray(places, dtype=float)
    if x.shape != home.shape:
        raise ValueError(f"places {x.shape} for the {len(home)} points of {points}: give each "
                         "point its x and y")
    run = learning.trained(tuple(map(tuple, x.tolist())), tuple(classes.tolist()), width,
                           activation, rate, seed)
    at = min(step // EVERY, len(run.losses) - 1)
    now = run.weights[at]
    return {"places": x, "classes": classes, "shade": _shade(now, activation),
            "lines": np.column_stack([now.W.T, now.b]) if width > 1 else np.empty((0, 3)),
            "right": learning.is_right(learning.said(now, x, activation), classes),
            "losses": run.losses, "all_right": _all_right(run.right, len(x)),
            "step": at * EVERY, "asked": step, "points": points, "width": width,
            "stopped": len(run.losses) * EVERY if len(run.losses) * EVERY <= UPDATES else None,
            "activation": activation, "rate": rate, "chosen": chosen,
            "moved": not np.array_equal(x, home)}


def _shade(now: learning.Weights, activation: str) -> np.ndarray:
    across, up = (np.linspace(*ends, n) for ends, n in zip((ACROSS, UP), GRID, strict=True))
    x, y = np.meshgrid(across, up)
    grid = np.column_stack([x.ravel(), y.ravel()])
    return learning.said(now, grid, activation).reshape(y.shape)


def _all_right(right: np.ndarray, number: int) -> int | None:
    wrong = np.flatnonzero(right < number)
    first = wrong[-1] + 1 if len(wrong) else 0
    return int(first) * EVERY if first < len(right) else None


def draw_boundary(figure, numbers: dict) -> str:
    """Draw the plane with what the network says, and the loss up to now; say both in words."""
    plane, right = plots.panels(figure, 2, width_ratios=(1, 1.12))
    draw_learned(plane, numbers)
    losses = np.full(UPDATES // EVERY + 1, np.nan)
    losses[:len(numbers["losses"])] = numbers["losses"]
    highest = max(1.2, float(np.ceil(np.nanmax(losses))))
    plots.draw_curves(right, range(0, UPDATES + 1, EVERY), {"loss": losses}, level=COIN,
                      title="The loss; ring: where we are", xlabel="updates",
                      ylabel="nats per point", ylim=(0, highest))
    if not right.lines[-1].get_gid():
        right.plot([], [], "o", markersize=14, fillstyle="none", color=plots.INK,
                   markeredgewidth=2, animated=True, gid="ring", clip_on=False)
        for line in (right.lines[0], right.get_legend().get_lines()[0]):
            line.set_marker("")
    right.lines[-1].set_data([numbers["step"]], [losses[numbers["step"] // EVERY]])
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    step, number, right = numbers["step"], len(numbers["right"]), int(numbers["right"].sum())
    when = f"After {step:,} updates" if step else "Before the first update"
    words = (f"{when} the loss is {numbers['losses'][step // EVERY]:.2f} nats, and {right} of "
             f"{number} points are right. {_of_what(numbers)}")
    if numbers["chosen"] is not None:
        x, y = (f"{value:.2f}".replace("-", "−") for value in numbers["places"][numbers["chosen"]])
        wanted = numbers["classes"][numbers["chosen"]]
        words = f"Point {numbers['chosen'] + 1} ({wanted} wanted) is at ({x}, {y}). {words}"
    if np.abs(numbers["shade"] - 0.5).max() < learning.UNDECIDED:
        words += " It says 1/2 everywhere, and so decides nothing."
    if numbers["stopped"] is not None:
        return (f"{words} By update {numbers['stopped']:,} the loss is beyond "
                f"{learning.LOST:,}: the rate is too high.")
    if numbers["all_right"]:
        words += f" From update {numbers['all_right']:,} on all are right."
    return words


def _of_what(numbers: dict) -> str:
    width, activation = numbers["width"], numbers["activation"]
    if width == 1:
        limit = (" For XOR none has more than 3 of 4."
                 if numbers["points"] == "XOR" and not numbers["moved"] else "")
        return f"One neuron draws one straight line.{limit}"
    if activation == "none":
        return f"Without a bend {width} hidden units draw one straight line, as one neuron does."
    return f"{width} hidden units with {activation}; each thin line is where one of them is 0."


def decision_boundary(points: str = "XOR", width: int = 2, activation: str = "tanh",
                      rate: float = 0.3, step: int = 300, seed: int = 0) -> core.Explorer:
    """Choose points, a width, an activation, a rate; go through the updates with a slider.

    points: "AND", "OR", "XOR", "moons", "circles" or "spiral". width: hidden units; 1 is one
    neuron without a hidden layer. rate: one of RATES. step: 0 to 1,000.
    """
    return core.explore(
        boundary_numbers, draw_boundary, size=(10, 3.6), more=("activation", "rate", "seed"),
        points=core.choice("points", list(KINDS), value=points),
        width=core.slider("hidden units (1: one neuron)", 1, learning.WIDEST, value=width),
        step=core.slider("updates", 0, UPDATES, value=step, step=EVERY),
        activation=core.choice("activation", list(ACTIVATIONS), value=activation),
        rate=core.choice("rate", [(f"{each:g}", each) for each in RATES], value=rate),
        seed=core.slider("start number", 0, 20, value=seed))


def moving_points(points: str = "XOR", width: int = 4, activation: str = "tanh",
                  rate: float = 0.3, step: int = 1000, seed: int = 0) -> core.Explorer:
    """Choose a point and drag it, or move it by two sliders: the network learns anew each time.

    Arguments as `decision_boundary`. Points that were moved stay where they are put.
    """
    places, classes = learning.points_of(points)
    controls = {
        "point": core.slider("point (ringed)", 1, len(classes), value=1),
        "x": core.slider("its x_1", *ACROSS, value=float(places[0, 0]), step=learning.GRAIN),
        "y": core.slider("its x_2", *UP, value=float(places[0, 1]), step=learning.GRAIN)}

    def put(change) -> None:            # before the card listens: it shows what was put
        places[controls["point"].value - 1, int(change.owner is controls["y"])] = change.new

    def take(change) -> None:
        controls["x"].value, controls["y"].value = map(float, places[change.new - 1].tolist())

    for name, heard in (("point", take), ("x", put), ("y", put)):
        controls[name].observe(heard, names="value")

    def compute(point: int, width: int, activation: str, step: int, **_) -> dict:
        return boundary_numbers(points, width, activation, rate, step, seed,
                                places=places.copy(), chosen=point - 1)
    return core.explore(
        compute, draw_boundary, size=(10, 3.6), more=("width", "activation", "step"),
        drag=("x", "y"), **controls,
        width=core.slider("hidden units (1: one neuron)", 1, learning.WIDEST, value=width),
        activation=core.choice("activation", list(ACTIVATIONS), value=activation),
        step=core.slider("updates", 0, UPDATES, value=step, step=EVERY))
