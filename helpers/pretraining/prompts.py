"""The model as it is: asked in words, with 0 to 4 examples in front, and no number trained.

    shows _ plot of = noun; you _ plot it = verb; the _ set of =        which goes on better, "noun"
                                                                        or "verb"?

Notebook 06's character decoder reads 128 characters: the more examples, the shorter each of them.
Beside it stands what it has learned to do: to say which of two whole texts is likelier.
`make checkpoints ARGS=prompts` makes the table {task: {examples: {draw: told}}}.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch

from helpers import neural, training
from helpers.pretraining import tasks
from helpers.pretraining.by_counting import labels_of
from helpers.pretraining.tasks import Example, Task
from helpers.tokenizers import MASK
from helpers.transformer import Transformer

MODEL = "docs_transformer"
EXAMPLES = {"word class": (0, 1, 2, 4), "library": (0, 1, 2)}
TEST = {"word class": 300, "library": 450}              # examples that are told, the first ones
DRAWS = (0, 1, 2)
HIDDEN, IS, AND, EMPTY = "_", " = ", "; ", "..."
FILLED = ("the", "to")                  # before a noun, before a verb


@cache
def model() -> neural.NeuralLM:
    """06's shipped decoder of characters, with the context that it can read."""
    network, known = training.load_checkpoint(MODEL, Transformer.of)
    return neural.NeuralLM(network, known, context=network.config.max_len)


def room(given: Task, examples: int, context: int) -> int:
    """How many characters of each text fit, with so many examples in front.

    Raises ValueError if fewer than ten do.
    """
    longest = max(map(len, given.classes))
    left = (context - 2 - examples * (longest + len(IS) + len(AND)) - longest - len(IS))
    if left // (examples + 1) < 10:
        raise ValueError(f"{examples} examples in {context} characters leave "
                         f"{left // (examples + 1)} for each text: take fewer")
    return left // (examples + 1)


def shown(example: Example, most: int) -> str:
    """The text of an example in at most so many characters, around its word or from its start.

    Words go one by one, from the farther end; a word that is too long by itself is cut.
    """
    words = [HIDDEN if word == MASK else word for word in example.words]
    first, last = 0, len(words)
    while len(" ".join(words[first:last])) > most and last - first > 1:
        if example.place is None or last - 1 - example.place >= example.place - first:
            last -= 1
        else:
            first += 1
    return " ".join(words[first:last])[:most]


def prompt(given: Task, chosen: Sequence[Example], text: str, most: int) -> str:
    """Examples with their labels, one after the other, then a text and the sign that asks."""
    front = [f"{shown(e, most)}{IS}{given.classes[e.label]}{AND}" for e in chosen]
    return "".join(front) + text + IS.rstrip()


def label_scores(judge: neural.NeuralLM, prompts: Sequence[str], classes: Sequence[str]
                 ) -> torch.Tensor:
    """(N, classes) nats: log P of each label, character by character, behind each prompt."""
    whole = [f"{front} {name}" for front in prompts for name in classes]
    starts = [len(front) for front in prompts for _ in classes]
    found = [sum(values[first:-1]) for first, values in
             zip(starts, judge.batch_log_probs(whole), strict=True)]
    return torch.tensor(found).view(len(prompts), len(classes))


def told(name: str, examples: int, *, draw: int = 0, test: int | None = None) -> dict:
    """Shares right: {"raw", "calibrated", "room": characters of a text, "prompt": the first one}.

    calibrated: less what the same prompt gives each label if the text says nothing, "..."
    (Zhao et al. 2021). The examples are drawn by the draw, as many of each class as can be.
    """
    given, judge = tasks.task(name), model()
    most = room(given, examples, judge.context)
    chosen = tasks.draw_labels(given.pool, examples, draw) if examples else []
    some = given.test[:test or TEST[name]]
    prompts = [prompt(given, chosen, shown(e, most), most) for e in some]
    scores = label_scores(judge, prompts, given.classes)
    nothing = label_scores(judge, [prompt(given, chosen, EMPTY, most)], given.classes)
    return {"raw": _share(scores, some), "calibrated": _share(scores - nothing, some),
            "room": most, "prompt": prompts[0]}


def filled_in(*, most: int = 110, test: int = TEST["word class"]) -> dict:
    """Word class without a question: is the text likelier with "the" or with "to" in its gap?

    {"right": share, "texts": the first two}.
    """
    given, judge = tasks.task("word class"), model()
    some = given.test[:test]
    texts = [shown(e, most).replace(HIDDEN, word, 1) for e in some for word in FILLED]
    scores = torch.tensor([sum(values) for values in judge.batch_log_probs(texts)])
    return {"right": _share(scores.view(-1, 2), some), "texts": texts[:2]}


def _share(scores: torch.Tensor, examples: Sequence[Example]) -> float:
    return round(float((scores.argmax(dim=1) == labels_of(examples)).double().mean()), 4)
