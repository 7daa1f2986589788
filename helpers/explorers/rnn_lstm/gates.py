"""The gates of a trained LSTM while it reads a line that somebody types."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.colors import Normalize

from helpers import metrics, plots
from helpers.explorers import core

PARTS = {"forget gate": "f", "input gate": "i", "output gate": "o", "cell state, tanh(c)": "c",
         "hidden state": "h"}
ORDERS = ("most changing", "unit number")
MOST = 60                       # characters that can be told apart


def gate_numbers(model, vocabulary, text: str, part: str = "forget gate", units: int = 24,
                 order: str = "most changing") -> dict:
    """What one part of the first layer does at every character of a text.

    model: rnn_lstm.LanguageModel with LSTM cells. Returns {"letters", "values": (units, T), rows
    in the order shown; "rows": unit numbers; "bits": surprisal of each character, (T,); "part",
    "unknown": characters the model does not know}.
    Raises ValueError for an empty or too long line, and for a model without such gates.
    """
    letters = list(text)
    if not 1 <= len(letters) <= MOST:
        raise ValueError(f"{len(letters)} characters; the picture has room for 1 to {MOST}")
    record: list = []
    ids = torch.tensor([[vocabulary.end, *vocabulary.ids(letters)]])
    with torch.no_grad():
        logits = model.eval()(ids, record=record)[0]
    if "f" not in record[0][0]:
        raise ValueError("this model has no such gates: make it with cell='lstm'")
    steps = torch.stack([step[PARTS[part]][0] for step in record[0][1:]], dim=1)    # (d, T)
    values = (torch.tanh(steps) if part.startswith("cell") else steps).numpy()
    spread = values.std(axis=1)
    rows = np.argsort(-spread, kind="stable") if order == ORDERS[0] else np.arange(len(values))
    log_probs = torch.log_softmax(logits[:-1].double(), dim=1).gather(1, ids[0, 1:, None])[:, 0]
    return {"letters": letters, "values": values[rows[:units]], "rows": rows[:units], "part": part,
            "bits": -metrics.bits(log_probs.numpy()), "all": values,
            "unknown": sorted({letter for letter in letters if letter not in vocabulary})}


def draw_gates(figure, numbers: dict) -> str:
    """Draw the surprisals as bars above, the part as a heat map below; say what is to be seen."""
    if not figure.axes:
        _build(figure)
    above, map_, bar = figure.axes
    values, letters = numbers["values"], numbers["letters"]
    state = numbers["part"] not in ("forget gate", "input gate", "output gate")
    for patch in list(above.patches):
        patch.remove()
    above.bar(range(len(letters)), numbers["bits"], color=plots.BLUE, width=0.8)
    above.set(xlim=(-0.5, len(letters) - 0.5), ylim=(0, max(8.0, numbers["bits"].max())))
    image = map_.images[0]
    image.set_data(values)
    image.set(cmap="PuOr" if state else "cividis", norm=Normalize(-1 if state else 0, 1))
    image.set_extent((-0.5, len(letters) - 0.5, len(values) - 0.5, -0.5))
    map_.set(xlim=(-0.5, len(letters) - 0.5), ylim=(len(values) - 0.5, -0.5))
    map_.set_title(numbers["part"], color=plots.INK, fontsize=12)
    shown = ["␣" if letter == " " else letter.replace("$", r"\$") for letter in letters]
    map_.set_xticks(range(len(letters)), shown, fontfamily=plots.FONTS)
    every = max(1, len(values) // 8)
    map_.set_yticks(range(0, len(values), every), [f"{n}" for n in numbers["rows"][::every]])
    bar.set_yticks([-1, 0, 1] if state else [0, 0.5, 1])
    return _in_words(numbers, state)


def _build(figure) -> None:
    above, map_ = figure.subplots(2, 1, height_ratios=(1, 4), sharex=False)
    image = map_.imshow(np.zeros((2, 2)), aspect="auto", interpolation="nearest")
    bar = figure.colorbar(image, ax=[above, map_], fraction=0.03, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=plots.INK, labelsize=11)
    for axes in (above, map_):
        axes.patch.set_alpha(0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(plots.INK)
        axes.tick_params(colors=plots.INK, labelsize=11)
    above.set_xticks([])
    above.set_ylabel("bits", color=plots.INK, fontsize=12)
    above.set_title("surprisal of each character", color=plots.INK, fontsize=12)
    map_.set_xlabel("the text, character by character", color=plots.INK, fontsize=12)
    map_.set_ylabel("unit", color=plots.INK, fontsize=12)
    width, height = figure.get_size_inches()
    right = 1 - 0.75 / width
    low, high = 0.62 / height, 1 - 0.35 / height
    above.set_position((0.75 / width, high - 0.14, right - 0.75 / width, 0.14))
    tall = high - 0.14 - 0.42 / height - low
    map_.set_position((0.75 / width, low, right - 0.75 / width, tall))
    bar.ax.set_position((right + 0.12 / width, low, 0.14 / width, tall))


def _in_words(numbers: dict, state: bool) -> str:
    values, letters, bits = numbers["all"], numbers["letters"], numbers["bits"]
    busiest = int(values.std(axis=1).argmax())
    row = values[busiest]
    words = (f"{numbers['part']}: unit {busiest} changes most over this text, from {row.min():.2f} "
             f"to {row.max():.2f}.")
    if not state:
        words += f" Mean of all units {values.mean():.2f}; {(values > 0.9).mean():.0%} above 0.9."
    dearest = int(bits.argmax())
    words += f" Most surprising: “{letters[dearest]}”, character {dearest + 1}, " \
             f"{bits[dearest]:.1f} bits."
    strange = ", ".join(numbers["unknown"])
    return words + (f" Unknown, read as <unk>: {strange}." if strange else "")


def gate_viewer(model, vocabulary, text: str):
    """Type a line, choose a part of the cell, and watch the units while it is read."""
    return core.explore(
        lambda text, part, order, units: gate_numbers(model, vocabulary, text, part, units, order),
        draw_gates, size=(7.6, 5.2), more=("order", "units"),
        text=core.text("text", text), part=core.choice("show", list(PARTS)),
        order=core.choice("rows", list(ORDERS)), units=core.slider("units shown", 8, 48, value=24),
    )
