"""A forward pass, step by step: what each step does, its shape, and its numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from helpers import plots
from helpers import transformer as tf
from helpers.attention_view.labels import isolated
from helpers.explorers import core
from helpers.explorers.transformer.sheet import chance, draw_chances, draw_sheet
from helpers.explorers.transformer.spine import draw_spine
from helpers.explorers.transformer.trace import trace_numbers
from helpers.tokenizers import Tokenizer

NAMES = {"ids": "ids", "rows": "rows of the embedding", "places": "places", "norm 1": "norm",
         "norm 2": "norm", "weights": "attention weights", "attention": "attention adds",
         "sum 1": "sum", "sum 2": "sum", "feed-forward": "feed-forward adds",
         "last norm": "last norm", "logits": "logits", "probabilities": "probabilities"}
STREAM = ("rows", "places", "attention", "sum 1", "feed-forward", "sum 2")      # one scale
INSIDE = 0.99       # of all numbers on a scale lie inside of it; a few large ones would pale all
WIDE = 8            # numbers of a row that are written with two decimals


def step_numbers(traced: dict, step: int, head: int = 1) -> dict:
    """One step (from 1) of what `trace_numbers` gave, and the scale that it shares with others.

    Returns {"now": the step's dict, its table (T, columns) that of `head` for weights, "step",
    "head", "limit": the end of its scale, which 99 of 100 numbers are within, "x": (T, d) what
    ran through the stack before it, or None, and all of `traced`}.
    Raises ValueError for a step or head that there is not.
    """
    steps = traced["steps"]
    if not 1 <= step <= len(steps):
        raise ValueError(f"step {step}: there are 1 to {len(steps)}")
    now = dict(steps[step - 1])
    if now["stop"] == "weights":
        if not 1 <= head <= len(now["table"]):
            raise ValueError(f"head {head}: there are 1 to {len(now['table'])}")
        now["table"] = now["table"][head - 1]
    before = [one for one in steps[:step - 1] if _runs_on(one, traced["post"])]
    return {**traced, "now": now, "step": step, "head": head, "limit": _limit(steps, now["stop"]),
            "x": before[-1]["table"] if before else None}


def _runs_on(step: dict, post: bool) -> bool:
    """Is this what runs through the stack, not something beside it?"""
    return step["stop"] in ("rows", "places", "sum 1", "sum 2", *(("norm 1", "norm 2") if post
                                                                 else ()))


def _limit(steps: list[dict], stop: str) -> float:
    alike = STREAM if stop in STREAM else ("norm 1", "norm 2", "last norm")
    if stop == "logits":
        alike = (stop,)
    sizes = [np.abs(one["table"]).ravel() for one in steps if one["stop"] in alike]
    most = float(np.quantile(np.concatenate(sizes), INSIDE)) if sizes else 1.0
    power = 10.0 ** np.floor(np.log10(max(most, 1e-9)))
    return float(next(f * power for f in (1, 2, 3, 5, 7, 10) if f * power >= most * 0.999))


def draw_step(figure, numbers: dict) -> str:
    """Draw the way through the model with this step marked, and the step's table or bars."""
    way, sheet = plots.panels(figure, 2, width_ratios=(1, 3.9))
    now, tokens, limit = numbers["now"], numbers["tokens"], numbers["limit"]
    draw_spine(way, now["stop"], now["block"], numbers["blocks"], post=numbers["post"])
    if now["stop"] == "probabilities":
        draw_chances(sheet, *now["next"], title=f"Next after “{plots.plain(tokens[-1])}”: (T, V) = "
                     f"{now['shape']}, its last row")
        return _in_words(numbers)
    table = now["table"]
    look = {"xlabel": "number", "shown": "{:.2f}" if table.shape[1] <= WIDE else "{:.1f}"}
    columns = now.get("columns") or [str(i + 1) for i in range(table.shape[1])]
    if now["stop"] == "weights":
        columns, limit = tokens, 1.0
        look = {"xlabel": "key (looked at)", "ylabel": "query (looking)", "shown": "{:.2f}",
                "signed": False, "blocked": np.triu(np.ones(table.shape, bool), 1)}
    elif now["stop"] in ("ids", "logits"):
        look["xlabel"] = "token of the vocabulary"
    if now["stop"] == "ids":
        limit, look = 1.0, {**look, "signed": False, "shown": "{:.0f}"}
    draw_sheet(sheet, table, tokens, columns, title=_title(numbers), limit=limit, **look)
    return _in_words(numbers)


def _title(numbers: dict) -> str:
    now = numbers["now"]
    where = f"Block {now['block']}: " if now["block"] else ""
    if now["stop"] == "weights" and now["shape"][0] > 1:
        where = f"Block {now['block']}, head {numbers['head']} of {now['shape'][0]}: "
    name = NAMES[now["stop"]]
    letters = {"ids": "T,", "weights": "T, S", "logits": "T, V"}.get(now["stop"], "T, d")
    return f"{where}{name if where else name.capitalize()}, ({letters}) = {now['shape'][-2:]}"


def _in_words(numbers: dict) -> str:
    now, tokens = numbers["now"], numbers["tokens"]
    where = f", block {now['block']} of {numbers['blocks']}" if now["block"] else ""
    words = (f"Step {numbers['step']} of {len(numbers['steps'])}{where}, {NAMES[now['stop']]}: "
             f"{now['said']}. {_seen(numbers)}")
    return words + numbers["unknown"] + plots.note(*tokens)


def _seen(numbers: dict) -> str:
    """What the numbers of the last token say."""
    now, last = numbers["now"], f"“{isolated(numbers['tokens'][-1])}”"
    stop, row = now["stop"], now["table"][-1]
    if stop == "probabilities":
        said = ", ".join(f"“{isolated(word)}” {chance(p)}" for word, p in now["best"][:3])
        return f"Likeliest after {last}: {said}."
    if stop == "ids":
        return f"{last} is number {int(row.argmax())}."
    if stop == "weights":
        most = int(row.argmax())
        return (f"In head {numbers['head']} {last} looks most at "
                f"“{isolated(numbers['tokens'][most])}”, "
                f"place {most + 1}, weight {row[most]:.2f}.")
    if stop == "logits":
        best = now["columns"][int(row.argmax())]
        return f"The highest of {last}: “{isolated(best)}”, {_number(row.max())}."
    numbers_of = " ".join(map(_number, row[:3]))
    length = f"The row of {last} begins {numbers_of} and has the length {np.linalg.norm(row):.2f}"
    if stop in ("attention", "feed-forward"):
        return f"{length}, beside {np.linalg.norm(numbers['x'][-1]):.2f} of x."
    return f"{length}."


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def forward_stepper(model: tf.Transformer, vocabulary: Tokenizer, text: str, step: int = 1):
    """Type a text; go through the model step by step and see what each does to the numbers.

    vocabulary: the one that the model was trained with. Of a model 8 to 16 wide every number is
    written.
    """
    traced = lru_cache(maxsize=8)(lambda text: trace_numbers(model, vocabulary, text))
    heads = model.config.n_heads
    which = {"head": core.slider("head", 1, heads, value=1)} if heads > 1 else {}
    return core.explore(
        lambda text, step, head=1: step_numbers(traced(text), step, head), draw_step,
        size=(10, 3.7), text=core.text("text", text, short=True),
        step=core.slider("step", 1, len(traced(text)["steps"]), value=step), **which)
