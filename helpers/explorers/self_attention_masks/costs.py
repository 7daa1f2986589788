"""What attention costs beside a recurrent layer: multiplications and bytes, by formula."""

from __future__ import annotations

import numpy as np

from helpers import plots
from helpers.explorers import core
from helpers.explorers.amounts import in_bytes, large
from helpers.self_attention_masks import cost

SHORTEST, LONGEST = 16, 16_384          # tokens
NAMES = ("RNN", "projections", "scores and sum")
SIZE = 4                                # bytes of a number


def cost_numbers(length: int, width: int) -> dict:
    """One layer of width d over T tokens: attention in its two parts beside an RNN.

    Returns {"lengths": (N,), "curves": {name: (N,)} multiplications, "now": {name: int} at this
    length, "map": (N,) bytes of the weights of one head, "rows": (N,) bytes of the T x d numbers
    that go in, "map_now", "crossings": {name: length from which scores and sum cost more},
    "length", "width"}.
    Raises ValueError for a length out of 16 to 16,384 and a width below 1.
    """
    if not SHORTEST <= length <= LONGEST or width < 1:
        raise ValueError(f"length={length}, width={width}: a length of {SHORTEST} to {LONGEST:,}, "
                         "a width of 1 or more")
    lengths = 2 ** np.arange(4, 15)
    each = [_multiplications(int(T), width) for T in lengths]
    return {"lengths": lengths, "curves": {name: [one[name] for one in each] for name in NAMES},
            "now": _multiplications(length, width), "length": length, "width": width,
            "map": [cost.weights_bytes(int(T)) for T in lengths],
            "rows": [int(T) * width * SIZE for T in lengths],
            "map_now": cost.weights_bytes(length),
            "crossings": {"RNN": width, "projections": 2 * width}}


def _multiplications(T: int, d: int) -> dict[str, int]:
    attention = cost.attention_multiplications(T, d)
    return dict(zip(NAMES, (cost.rnn_multiplications(T, d), attention["projections"],
                            attention["scores"] + attention["sum"]), strict=True))


def draw_costs(figure, numbers: dict) -> str:
    """Draw multiplications and bytes over the length, with the crossings and this length."""
    left, right = plots.panels(figure, 2, width_ratios=(1.15, 1))
    lengths = numbers["lengths"]
    ticks = {T: f"{T:,}" for T in (16, 512, 16_384)}
    look = {"xscale": "log", "yscale": "log", "xlabel": "length, tokens", "xticks": ticks}
    plots.draw_curves(left, lengths, numbers["curves"], title="Multiplications of a layer",
                      ylabel="multiplications", ylim=(1e3, 1e13), **look)
    plots.draw_curves(right, lengths, {"weights": numbers["map"], "rows": numbers["rows"]},
                      title="Memory: map of weights, rows", ylabel="bytes", ylim=(1e2, 1e10),
                      yticks={1e3: "1 kB", 1e6: "1 MB", 1e9: "1 GB"}, **look)
    crossings = [(T, _multiplications(T, numbers["width"])[NAMES[2]])
                 for T in numbers["crossings"].values()]
    _mark(left, numbers["length"], crossings)
    _mark(right, numbers["length"], [(numbers["width"], SIZE * numbers["width"] ** 2)])
    return _in_words(numbers)


def _mark(axes, length: int, crossings: list[tuple[float, float]]) -> None:
    """A dotted line at the length, a ring where two curves cross."""
    if not axes.lines[-1].get_gid():
        axes.axvline(length, color=plots.INK, linestyle=":", linewidth=2, animated=True)
        axes.plot([], [], "o", markersize=13, fillstyle="none", color=plots.INK,
                  markeredgewidth=2, animated=True, gid="crossings")
    line, rings = axes.lines[-2:]
    line.set_xdata([length, length])
    low, high = axes.get_xlim()
    rings.set_data(*np.array([(x, y) for x, y in crossings if low <= x <= high]).reshape(-1, 2).T)


def _in_words(numbers: dict) -> str:
    now, T, d = numbers["now"], numbers["length"], numbers["width"]
    rnn, projections, looking = (now[name] for name in NAMES)
    share = looking / (looking + projections)
    return (f"{T:,} tokens of width {d}: an RNN {large(rnn)} multiplications, attention "
            f"{large(projections)} for its projections and {large(looking)} for scores and sum, "
            f"{share:.0%} of its own. Scores and sum pass the RNN at length {d:,} and the "
            f"projections at {2 * d:,}. The map of weights of one head: "
            f"{in_bytes(numbers['map_now'])}.")


def cost_explorer(length: int = 512, width: int = 64):
    """Make the text longer and the rows wider; see what grows with the square, and from where."""
    return core.explore(
        cost_numbers, draw_costs,
        length=core.slider("length, tokens", SHORTEST, LONGEST, value=length, step=16),
        width=core.slider("width d", 16, 1024, value=width, step=16))
