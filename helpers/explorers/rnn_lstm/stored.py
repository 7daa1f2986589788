"""What was trained beforehand: four runs to judge, and the recall task at three learning rates."""

from __future__ import annotations

import numpy as np

from helpers import plots, training
from helpers.explorers import core
from helpers.rnn_lstm import recall, runs

TOP = 5.0                   # nats; the axes of all four runs


def four_runs_figure():
    """The loss curves of the four runs, on one scale: the text that is learned, and new text."""
    told = training.load_results("runs")["four"]
    figure = plots.blank(height=3.4)
    steps = runs.EVERY * np.arange(len(told["A"]["train"]))
    for axes, (name, curves) in zip(plots.panels(figure, len(told)), told.items(), strict=True):
        shown = {"learned text": curves["train"], "new text": curves["valid"]}
        plots.draw_curves(axes, steps, shown, title=f"Run {name}", xlabel="updates",
                          ylabel="nats" if name == "A" else "", ylim=(-0.1, TOP),
                          xticks={0: "0", steps[-1]: str(steps[-1])})
        plots.room(axes, left=0.62 if name == "A" else 0.45, right=0.15)
        if name == "B":                     # the panel with room for the names
            axes.get_legend().set(loc="upper right", bbox_to_anchor=None)
        else:
            axes.get_legend().remove()
    return figure


def recall_numbers(distance: str = "80", rate: str = "best of the three") -> dict:
    """Share of letters recalled, three seeds (7, 3), at one learning rate or at each cell's best.

    Returns {"shares": (7, 3), "names": cells, "rates": the rate of each row, "distance", "rate"}.
    """
    stored, names = training.load_results("recall")["right"], list(recall.SETTINGS)
    rates = list(stored) if rate.startswith("best") else [rate]
    chosen = [max(rates, key=lambda r: sum(stored[r][distance][name])) for name in names]
    shares = np.array([stored[r][distance][name] for r, name in zip(chosen, names, strict=True)])
    return {"shares": shares, "names": names, "rates": chosen, "distance": distance, "rate": rate}


def draw_recall(figure, numbers: dict) -> str:
    """Draw the table of the three seeds; say who recalls with all of them."""
    rows = numbers["names"] if len(set(numbers["rates"])) == 1 else [
        f"{name.replace(',', '')}, {rate}" for name, rate in zip(
            numbers["names"], numbers["rates"], strict=True)]
    plots.draw_table(plots.panels(figure)[0], numbers["shares"], rows,
                     ["seed 0", "seed 1", "seed 2"], ylabel="cell", xlabel="",
                     title=f"Letters recalled over {numbers['distance']} steps (guessing: 0.25)")
    solved = (numbers["shares"] > 0.95).sum(axis=1)
    words = ", ".join(f"{n} with {name.replace(',', '')}"
                      for name, n in zip(numbers["names"], solved, strict=True))
    rate = "each at its best rate" if numbers["rate"].startswith("best") else numbers["rate"]
    return f"Seeds of three that recall nearly every letter, {rate}: {words}."


def recall_table(distance: str = "80", rate: str = "0.01"):
    """Choose distance and learning rate; see which cells recall the letter, with three seeds."""
    rates = [f"{r:g}" for r in recall.RATES]
    return core.explore(
        lambda **values: recall_numbers(**values), draw_recall, size=(8, 3.8),
        rate=core.steps("learning rate", [*rates, "best of the three"], value=rate),
        distance=core.steps("steps", [str(d) for d in recall.DISTANCES], value=distance))
