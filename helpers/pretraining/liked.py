"""What is liked: a judge compares two answers of the tuned model, and DPO moves it that way.

The judge looks at one thing only: is there a "!" before the end? That the letters are right is not
asked, and what it costs is counted. Where two answers have the same letters, these cancel in DPO's
loss: nothing holds them in place. keep > 0 adds the plain loss of the better answer, which does.
`make checkpoints ARGS=instructions` makes the table.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence

import torch
from torch import Tensor

from helpers import training
from helpers.neural import next_token_loss, reading
from helpers.pretraining import dpo
from helpers.pretraining import instructions as ins
from helpers.pretraining.instructions import Asked, answered, draw, is_right, write
from helpers.transformer import Transformer

BETAS, RATES, UPDATES, BATCH, ASKED = (0.1, 1.0), (1e-4, 3e-4, 1e-3), 120, 32, 400
Pair = tuple[Asked, list[int], list[int]]               # a prompt, the better answer, the worse


def preferred(answer: Sequence[int]) -> bool:
    """What the judge likes: a "!" in the answer."""
    return ins.KNOWN.encode(ins.LIKED)[0] in answer


def judged(model: Transformer, *, number: int = ASKED, seed: int = 0) -> list[Pair]:
    """Two answers of the model's own to each prompt, the liked one first; equal ones are left out.

    Raises ValueError if no two answers differ in what is liked.
    """
    rng = random.Random(9000 + seed)
    asked = [draw(rng) for _ in range(number)]
    two = [write(model, asked, temperature=1.0, seed=2 * seed + k) for k in (0, 1)]
    found = [(one, *sorted((a, b), key=preferred, reverse=True))
             for one, a, b in zip(asked, *two, strict=True) if preferred(a) != preferred(b)]
    if not found:
        raise ValueError(f"of {number} pairs of answers none differs in {ins.LIKED!r}: tune the "
                         "model on both kinds first")
    return found


def follow(model: Transformer, pairs: Sequence[Pair], *, beta: float, rate: float = RATES[0],
           seed: int = 0, keep: float = 0.0, updates: int = UPDATES
           ) -> tuple[Transformer, training.History]:
    """A copy of the model after DPO on the pairs; the model itself is the frozen reference.

    keep: so many times the better answer's mean nats per token are added to DPO's loss.
    """
    own = copy.deepcopy(model)
    sides = [answered([(asked, answer) for asked, answer in zip(
        [p[0] for p in pairs], [p[k] for p in pairs], strict=True)]) for k in (1, 2)]
    with reading(model):
        before = [dpo.answer_log_probs(model, *side) for side in sides]

    def some(generator: torch.Generator) -> Tensor:
        return torch.randint(len(pairs), (BATCH,), generator=generator)

    def loss(network: Transformer, which: Tensor) -> Tensor:
        now = [dpo.answer_log_probs(network, ids[which], wanted[which]) for ids, wanted in sides]
        told = dpo.preference_loss(*now, *(known[which] for known in before), beta=beta)
        if keep:
            told = told + keep * next_token_loss(network, [part[which] for part in sides[0]])
        return told
    history = training.train(own, some, loss, steps=updates, learning_rate=rate, seed=seed,
                             schedule=training.warmup_cosine(10),
                             what=f"preferences, beta {beta:g}")
    return own, history


def measured(model: Transformer, *, number: int = 400, seed: int = 8) -> dict[str, float]:
    """{"liked": share of drawn answers with a "!", "right": share of them with the right letters,
    "certain": the same of the likeliest answers}, on fresh prompts."""
    rng = random.Random(seed)
    asked = [draw(rng) for _ in range(number)]
    drawn = write(model, asked, temperature=1.0, seed=seed)
    likeliest = write(model, asked)

    def share(answers: list[list[int]]) -> float:
        return sum(map(is_right, asked, answers)) / number
    return {"liked": round(sum(map(preferred, drawn)) / number, 4),
            "right": round(share(drawn), 4), "certain": round(share(likeliest), 4)}


def told(model: Transformer, *, rate: float, beta: float, seed: int,
         keep: float = 0.0) -> dict:
    """Before and after DPO: {"before", "after": as `measured`, "pairs": how many}."""
    pairs = judged(model, seed=seed)
    after, _ = follow(model, pairs, beta=beta, rate=rate, seed=seed, keep=keep)
    return {"before": measured(model), "after": measured(after), "pairs": len(pairs)}
