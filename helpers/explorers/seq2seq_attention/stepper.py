"""The decoder, one step at a time: which state asks, where it looks, what it says next."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch

from helpers import plots
from helpers.explorers import core
from helpers.explorers.seq2seq_attention.words import as_read, unknown_in_words
from helpers.neural import reading
from helpers.seq2seq_attention import Attention, Translator
from helpers.tokenizers import END

STAGES = ("1 score", "2 softmax", "3 context", "4 next word")
MOST, LIKELIEST, UNITS = 13, 5, 16      # source tokens, next words, numbers of a vector that show
ENDS = "(end)"


def trace_numbers(translator: Translator, text: str, most: int = 20) -> dict:
    """All that happens while a typed sentence is translated greedily, at most `most` steps.

    Returns {"source": tokens as the model reads them, "unknown": a sentence or "", "memory":
    (S, d), "steps": one dict per step with "read": the word it reads, "scores", "weights": (S,),
    "context": (d,), "next": the five likeliest (word, probability), "said": the one written}.
    Raises ValueError for a text without a word or of more than 13 tokens, and for a model that
    has one vector for all steps.
    """
    tokens, model = translator.prepare(text), translator.model
    if len(tokens) > MOST:
        raise ValueError(f"{len(tokens)} words and signs; the picture has room for {MOST}")
    if not isinstance(model.context, Attention):
        raise ValueError("this model has one vector for all steps, so nothing asks: hand over "
                         "one with attention")
    target = translator.vocabularies.target
    source = torch.tensor([translator.vocabularies.source.encode(" ".join(tokens))])
    mask, token, steps = torch.ones_like(source, dtype=torch.bool), target.start, []
    with reading(model):
        memory, state = model.encode(source, mask)
        while len(steps) < most and (not steps or token != target.end):
            scores = model.context.score(state, memory)[0].numpy()
            logits, state, weights = model.step(torch.tensor([token]), state, memory, mask)
            odds = torch.softmax(logits[0].double(), dim=0).numpy()
            best = np.argsort(-odds, kind="stable")[:LIKELIEST]
            steps.append({"read": target.piece(token), "scores": scores,
                          "weights": weights[0].numpy(),
                          "context": (weights @ memory[0])[0].numpy(),
                          "next": [(_shown(target.piece(i)), float(odds[i])) for i in best]})
            token = int(best[0])
            steps[-1]["said"] = _shown(target.piece(token))
    return {"source": as_read(translator, tokens), "steps": steps, "memory": memory[0].numpy(),
            "unknown": unknown_in_words(translator, tokens)}


def _shown(word: str) -> str:
    return ENDS if word == END else word


def step_numbers(traced: dict, step: int, stage: str) -> dict:
    """One step (from 1) of what `trace_numbers` gave, up to a stage; the last if there is none.

    Returns {"step", "asked": the step asked for, "stage": 0 to 3, "now": its dict there,
    "written": the words before it, and all of `traced`}. Raises ValueError for another stage.
    """
    if stage not in STAGES or step < 1:
        raise ValueError(f"step={step}, stage={stage!r}: steps begin with 1, the stages are "
                         f"{', '.join(STAGES)}")
    place = min(step, len(traced["steps"]))
    return {**traced, "step": place, "asked": step, "stage": STAGES.index(stage),
            "now": traced["steps"][place - 1],
            "written": [one["said"] for one in traced["steps"][:place - 1]]}


def draw_step(figure, numbers: dict) -> str:
    """Draw scores or weights, the context as their mixture, the next words; say the step."""
    look, mix, said = plots.panels(figure, 3, width_ratios=(1.15, 0.95, 1))
    now, stage, source = numbers["now"], numbers["stage"], numbers["source"]
    steps, rows = numbers["steps"], len(source) + 1.6
    highest = 1.35 * max(float(np.abs(one["scores"]).max()) for one in steps)
    if stage:
        _draw_bars(look, source, now["weights"], title="2  Weights", limits=(0, 1.25),
                   xlabel="softmax of the scores", digits=2, rows=rows, names=source)
    else:
        _draw_bars(look, source, now["scores"], title="1  Scores", limits=(-highest, highest),
                   xlabel="any real number", digits=1, rows=rows, names=source)
    _draw_mixture(mix, numbers, rows)
    words, odds = zip(*now["next"], strict=True)
    _draw_bars(said, words if stage == 3 else (), odds, title="4  Next word", limits=(0, 1.25),
               xlabel="probability", digits=2, rows=LIKELIEST,
               names=[word for one in steps for word, _ in one["next"]])
    _write_header(look, numbers["written"])
    return _in_words(numbers)


def _draw_bars(axes, words, values, *, title: str, limits: tuple[float, float], xlabel: str,
               digits: int, rows: float, names: list[str]) -> None:
    """A bar and a number for each word, below each other; the first word on top.

    names: all words that may come, so that the room does not change from step to step.
    """
    if not plots.keeps(axes, f"bars from {limits[0] < 0}"):
        _make_bars(axes)
    plots.room(axes, left=0.3 + max(plots.width(plots.plain(name)) for name in names), right=0.1,
               below=0.55, above=0.66)
    plots.update(axes, xlim=limits, ylim=(rows - 0.5, -0.5))
    plots.name(axes, title=title, xlabel=xlabel)
    if limits[0] == 0:
        plots.mark_ticks(axes.xaxis, (0, 0.5, 1), ("0", "0.5", "1"))
    texts = axes.texts[:2 * MOST]
    for place, (bar, word, number) in enumerate(zip(axes.patches, texts[::2], texts[1::2],
                                                    strict=True)):
        there = place < len(words)
        for artist in (bar, word, number):
            artist.set_visible(there)
        if there:
            value = float(values[place])
            bar.set(width=value, y=place - 0.36)
            word.set(y=place, text=plots.plain(words[place]))
            number.set(x=max(value, 0) + 0.02 * (limits[1] - limits[0]), y=place,
                       text=f"{value:.{digits}f}".replace("-", "−"))


def _make_bars(axes) -> None:
    axes.set_yticks([])
    axes.grid(axis="x", color=plots.GRID)
    axes.axvline(0, color=plots.INK, linewidth=1)
    for bar in axes.barh(range(MOST), [0] * MOST, height=0.72, color=plots.BLUE):
        bar.set_animated(True)
    for _ in range(MOST):
        axes.text(-0.04, 0, "", ha="right", transform=axes.get_yaxis_transform(), **_LOOK)
        axes.text(0, 0, "", ha="left", **_LOOK)


_LOOK = {"va": "center", "color": plots.INK, "fontsize": plots.SMALL, "animated": True,
         "fontfamily": plots.FONTS}


def _draw_mixture(axes, numbers: dict, rows: float) -> None:
    """Each h_j times its weight, in the row of its word, and below them their sum, the context."""
    size, stage = len(numbers["source"]), numbers["stage"]
    if not plots.keeps(axes, "mixture"):
        axes.set(xticks=[], yticks=[])
        axes.autoscale(False)
        for _ in range(2):
            axes.imshow(np.zeros((1, UNITS)), aspect="auto", cmap="PuOr", interpolation="nearest",
                        vmin=-1, vmax=1, animated=True)
        axes.text(-0.04, 0, "c", ha="right", transform=axes.get_yaxis_transform(), **_LOOK)
        axes.spines[:].set_visible(False)
    plots.room(axes, left=0.25, right=0.2, below=0.55, above=0.66)
    units = min(UNITS, len(numbers["now"]["context"]))
    plots.update(axes, xlim=(-0.5, units - 0.5), ylim=(rows - 0.5, -0.5))
    plots.name(axes, title="3  Context", xlabel="weight · h, and their sum c")
    parts = numbers["now"]["weights"][:, None] * numbers["memory"]
    for image, values, (top, low) in zip(
            axes.images, (parts, numbers["now"]["context"][None]),
            ((-0.5, size - 0.5), (size - 0.1, size + 0.9)), strict=True):
        image.set(data=values[:, :units], extent=(-0.5, units - 0.5, low, top),
                  visible=stage >= 2)
    axes.texts[0].set(y=size + 0.4, visible=stage >= 2)


def _write_header(axes, written: list[str]) -> None:
    """The words written so far, above all panels; of many the last ones."""
    if len(axes.texts) == 2 * MOST:
        axes.text(0, 0, "", transform=axes.figure.transFigure, **_LOOK)
    wide, high = axes.figure.get_size_inches()
    words = [plots.plain(word) for word in written] or ["(nothing yet)"]
    line = "Written so far:  " + " ".join(words)
    while plots.width(line) > wide - 0.4:
        words = words[1:]
        line = "Written so far:  … " + " ".join(words)
    axes.texts[-1].set(x=0.15 / wide, y=1 - 0.18 / high, text=line)


def _in_words(numbers: dict) -> str:
    now, step, stage = numbers["now"], numbers["step"], numbers["stage"]
    source, d = numbers["source"], len(now["context"])
    most = int(now["weights"].argmax())
    share = f"{now['weights'][most]:.2f}"
    best = int(now["scores"].argmax())
    word, odds = now["next"][0]
    said = (f"state s{step - 1}, as it is before this step, asks every source word. The highest "
            f"score is that of “{source[best]}”, {now['scores'][best]:.2f}.",
            f"softmax turns the scores into weights. s{step - 1} looks mostly at "
            f"“{source[most]}” ({share}).",
            f"the context c{step} is the sum of weight times h, {share} of it from "
            f"“{source[most]}” ({min(UNITS, d)} of its {d} numbers are drawn).",
            f"the decoder reads “{now['read']}” and c{step}, so that s{step - 1} becomes s{step}. "
            f"Likeliest next: “{word}” ({odds:.2f}).")[stage]
    words = f"Step {step} of {len(numbers['steps'])}: {said}"
    if numbers["asked"] > step:
        words += f" There is no step {numbers['asked']}."
    shown = [*source, *(word for word, _ in now["next"])]
    return words + numbers["unknown"] + plots.note(*shown)


def decoder_stepper(translator: Translator, text: str, most: int = 20, step: int = 1):
    """Type a sentence; go from step to step, and in each from score to softmax to next word."""
    traced = lru_cache(maxsize=8)(lambda text: trace_numbers(translator, text, most))
    return core.explore(
        lambda text, step, stage: step_numbers(traced(text), step, stage), draw_step,
        size=(10, 3.55),
        text=core.text("sentence", text), step=core.slider("step", 1, most, value=step),
        stage=core.steps("stage", list(STAGES), value=STAGES[3]),
    )
