"""Does a prompt work because of its examples? The same prompts, with one thing changed.

    swapped     the labels of the examples are exchanged: who learns from them is now wrong as often
                as it was right
    short       no examples, but the text is as short as it is behind four of them
"""

from __future__ import annotations

from dataclasses import replace

from helpers.pretraining import tasks
from helpers.pretraining.prompts import (
    EMPTY,
    TEST,
    _share,
    label_scores,
    model,
    prompt,
    room,
    shown,
)

CHANGES = ("swapped", "short")


def told(change: str, *, examples: int = 4, draw: int = 0, test: int = TEST["word class"]
         ) -> dict:
    """Word class: {"raw", "calibrated", "prompt"} as `prompts.told`, with one of CHANGES.

    Raises ValueError for another change.
    """
    if change not in CHANGES:
        raise ValueError(f"change={change!r}: there are {', '.join(CHANGES)}")
    given, judge = tasks.task("word class"), model()
    most = room(given, examples, judge.context)
    chosen = [replace(e, label=1 - e.label) for e in tasks.draw_labels(given.pool, examples, draw)]
    if change == "short":
        chosen = []
    some = given.test[:test]
    prompts = [prompt(given, chosen, shown(e, most), most) for e in some]
    scores = label_scores(judge, prompts, given.classes)
    nothing = label_scores(judge, [prompt(given, chosen, EMPTY, most)], given.classes)
    return {"raw": _share(scores, some), "calibrated": _share(scores - nothing, some),
            "prompt": prompts[0]}
