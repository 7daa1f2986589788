"""The gates of a trained LSTM while it reads a line that somebody types."""

from __future__ import annotations

import unicodedata

import numpy as np
import torch

from helpers import metrics, plots, tokenizers
from helpers.attention_view.labels import isolated
from helpers.explorers import core
from helpers.explorers.picture import named

PARTS = {"forget gate": "f", "input gate": "i", "output gate": "o", "cell state, tanh(c)": "c",
         "hidden state": "h"}
ORDERS = ("most changing", "unit number")
GATES = ("forget gate", "input gate", "output gate")
MOST, MOST_WIDE = 60, 38        # characters that fit in a line: narrow ones, Chinese ones
MARKS = {" ": "␣", "\t": "⇥", "\n": "↵"}


def gate_numbers(model, vocabulary, text: str, part: str = "forget gate", units: int = 24,
                 order: str = "most changing") -> dict:
    """What one part of the first layer does at every character of a text.

    model: rnn_lstm.LanguageModel with LSTM cells. Returns {"letters", "values": (units, T), rows
    in the order shown; "rows": unit numbers; "bits": surprisal of each character, (T,); "part",
    "unknown": characters the model does not know}.
    Raises ValueError for an empty or too long line, an unknown part or order, and a model without
    such gates.
    """
    letters = tokenizers.characters(text)
    if not 1 <= len(letters) <= MOST:
        raise ValueError(f"{len(letters)} characters; the picture has room for 1 to {MOST}")
    if part not in PARTS or order not in ORDERS:
        raise ValueError(f"part={part!r}, order={order!r}: there are {', '.join(PARTS)}; "
                         f"{', '.join(ORDERS)}")
    record: list = []
    ids = torch.tensor([[vocabulary.start, *vocabulary.encode(text)]])
    with torch.no_grad():
        logits = model.eval()(ids, record=record)[0]
    if "f" not in record[0]:
        raise ValueError("this model has no such gates: make it with cell='lstm'")
    steps = record[0][PARTS[part]][0, 1:].T                                         # (d, T)
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
    above, map_, scale = figure.axes
    values, letters, bits = numbers["values"], numbers["letters"], numbers["bits"]
    state, wide = numbers["part"] not in GATES, (-0.5, len(letters) - 0.5)
    edges = np.arange(len(letters))[:, None] + (-0.4, 0.4)              # (T, 2)
    named(above, "surprisals").set_data(np.insert(bits, range(1, len(bits)), 0), edges.ravel())
    plots.update(above, xlim=wide, ylim=(0, max(8.0, 1.05 * bits.max())))
    look = {"cmap": "PuOr" if state else "cividis", "clim": (-1 if state else 0, 1)}
    high = (len(values) - 0.5, -0.5)
    named(map_, "units").set(data=values, extent=(*wide, *high), **look)
    plots.update(map_, xlim=wide, ylim=high)
    plots.name(map_, title=f"{numbers['part']} of each unit", ylabel="unit")
    every = max(1, len(values) // 5)
    plots.mark_ticks(map_.yaxis, range(0, len(values), every),
                     [f"{n}" for n in numbers["rows"][::every]])
    _write_letters(map_, letters)
    colours = named(scale, "scale")
    if colours.get_clim() != look["clim"]:
        colours.set(extent=(0, 1, *look["clim"]), data=np.linspace(*look["clim"], 256)[:, None],
                    **look)
        scale.set(ylim=look["clim"])
    plots.mark_ticks(scale.yaxis, *(([-1, 0, 1], ["−1", "0", "1"]) if state else (
        [0, 0.5, 1], ["0 shut", "0.5", "1 open"])))
    return _in_words(numbers, state)


def visible(letter: str) -> str:
    """A character as one sign that can be seen, also for blanks, tabs and the like."""
    return MARKS.get(letter, letter if letter.isprintable() else "\ufffd")


def _write_letters(axes, letters: list[str]) -> None:
    """One letter under each column; wide ones, of which few fit, on two lines in turn."""
    written = [plots.plain(visible(letter)) or plots.MARK for letter in letters]
    full = any(unicodedata.east_asian_width(sign) in "WF" for sign in "".join(written))
    two_lines = full and len(letters) > MOST_WIDE
    for t in range(MOST):
        text = named(axes, f"letter {t}")
        text.set_visible(t < len(letters))
        if t < len(letters):
            text.set(x=t, y=-0.13 if two_lines and t % 2 else -0.025, text=written[t])


def _build(figure) -> None:
    """Make what is kept: axes, one patch for all bars, two images, a text for each letter.

    Tick labels for the letters and a colour bar of matplotlib's would take half of a redraw.
    """
    width, height = figure.get_size_inches()
    left, right, low, high = 0.85 / width, 1 - 0.95 / width, 0.52 / height, 1 - 0.38 / height
    bars, tall = 0.6 / height, high - 0.98 / height - low
    above = figure.add_axes((left, high - bars, right - left, bars))
    map_ = figure.add_axes((left, low, right - left, tall))
    scale = figure.add_axes((right + 0.12 / width, low, 0.14 / width, tall))
    for axes in (above, map_, scale):
        plots.tidy(axes)
        axes.set_xticks([])
        axes.autoscale(False)               # an image that grows would have all drawn anew
    above.stairs([0], fill=True, color=plots.BLUE, animated=True, label="surprisals")
    plots.name(above, title="Surprisal of each character", ylabel="bits")
    for axes, label in ((map_, "units"), (scale, "scale")):
        axes.imshow(np.zeros((2, 2)), aspect="auto", interpolation="nearest", origin=(
            "lower" if axes is scale else "upper"), animated=axes is map_, label=label)
    scale.spines[:].set_visible(False)
    scale.yaxis.tick_right()
    for t in range(MOST):
        map_.text(0, 0, "", label=f"letter {t}", transform=map_.get_xaxis_transform(),
                  color=plots.INK, animated=True, fontsize=plots.SMALL, ha="center", va="top",
                  fontfamily=["DejaVu Sans Mono", *plots.FONTS])


def _in_words(numbers: dict, state: bool) -> str:
    values, letters, bits = numbers["all"], numbers["letters"], numbers["bits"]
    busiest = int(values.std(axis=1).argmax())
    row = values[busiest]
    words = (f"{numbers['part']}: unit {busiest} changes most over this text, from {row.min():.2f} "
             f"to {row.max():.2f}.") if len(letters) > 1 else f"{numbers['part']} at one character."
    if not state:
        words += f" Mean of all units {values.mean():.2f}; {(values > 0.9).mean():.0%} above 0.9."
    dearest = int(bits.argmax())
    words += (f" Most surprising: “{isolated(visible(letters[dearest]))}”, character "
              f"{dearest + 1}, {bits[dearest]:.1f} bits.")
    strange = ", ".join(isolated(visible(letter)) for letter in numbers["unknown"])
    words += f" Unknown, read as <unk>: {strange}." if strange else ""
    return words + plots.note(*map(visible, letters))


def gate_viewer(model, vocabulary, text: str):
    """Type a line, choose a part of the cell, and watch the units while it is read."""
    return core.explore(
        lambda text, part, order, units: gate_numbers(model, vocabulary, text, part, units, order),
        draw_gates, more=("order", "units"),
        text=core.text("text", text), part=core.choice("show", list(PARTS)),
        order=core.choice("rows", list(ORDERS)), units=core.slider("units shown", 8, 48, value=24),
    )
