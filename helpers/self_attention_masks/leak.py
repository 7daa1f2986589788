"""Better than possible: a model that sees the future falls under the floor of its source.

Lines of 25 words from the course's source of known entropy. The first word of a line is not
scored, the second has one word before it, all others have the two that the source goes by: that
gives the exact floor of these lines, `floor()`, and no right model gets below it in the long run.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers import corpora, training
from helpers.neural import next_token_loss, reading
from helpers.self_attention_masks.masks import causal_mask
from helpers.self_attention_masks.model import AttentionLM

KINDS = ("causal mask", "no mask", "mask one place off")
RATES, SEEDS, MARKS = (3e-2, 1e-2, 3e-3, 1e-3), (0, 1, 2), (100, 400)   # marks: updates
D, HEADS, WORDS, BATCH, ASKED = 32, 2, 25, 32, 4000                     # ASKED: fresh lines


class OneOff(AttentionLM):
    """The same model with the diagonal set wrongly: every place may look one too far."""

    def forward(self, ids: Tensor, *, record: list | None = None) -> Tensor:
        self._check(ids)
        T = ids.shape[1]
        x = self.embed(ids) + self.positions(T)                         # (B, T, d)
        mask = causal_mask(T + 1)[1:, :-1]                              # row t: up to t + 1
        for layer in self.layers:
            x = x + layer(x, mask=mask, record=record)[0]
        return self.out(x)


def build(kind: str) -> AttentionLM:
    """One layer of two heads, width 32. ValueError for a kind that is not one of KINDS."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
    model = OneOff if kind == "mask one place off" else AttentionLM
    return model(len(corpora.markov_source().words), D, HEADS, most=WORDS - 1,
                 causal=kind != "no mask")


def lines(number: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(ids, targets), both (number, 24): lines of the source, each begun anew."""
    source = corpora.markov_source()
    table, V = torch.tensor(source.table), len(source.words)
    pairs = torch.tensor(source.context_probs(2)).flatten()
    first = torch.multinomial(pairs, number, replacement=True, generator=generator)
    words = [first // V, first % V]
    while len(words) < WORDS:
        likely = table[words[-2], words[-1]]                            # (number, V)
        words.append(torch.multinomial(likely, 1, generator=generator)[:, 0])
    ids = torch.stack(words, dim=1)
    return ids[:, :-1], ids[:, 1:]


def floor() -> float:
    """The lowest perplexity that is possible on these lines: exp of the mean entropy per word."""
    source = corpora.markov_source()
    second, others = source.conditional_entropy(1), source.entropy_rate()
    return math.exp((second + (WORDS - 2) * others) / (WORDS - 1))


def train(kind: str, *, rate: float = 3e-3, seed: int = 0, updates: int = MARKS[-1],
          watch=None) -> AttentionLM:
    """A model trained with Adam on batches of 32 fresh lines. watch: see training.train."""
    torch.manual_seed(seed)
    model = build(kind)
    training.train(model, lambda generator: lines(BATCH, generator), next_token_loss,
                   steps=updates, learning_rate=rate, seed=seed, watch=watch,
                   what=f"{kind}, rate {rate:g}, seed {seed}")
    return model


def measured(model: AttentionLM, *, seed: int = 99) -> dict[str, float]:
    """Perplexity on 4,000 fresh lines (96,000 words), and what surrounds it.

    perplexity and its standard error (lines are independent, words in a line are not); below: the
    share of single batches of 32 lines that would show less than the floor; spread: the standard
    deviation of such a batch; last: perplexity at the last place, where no future is to be seen.
    """
    ids, targets = lines(ASKED, torch.Generator().manual_seed(seed))
    with reading(model):
        nats = F.cross_entropy(model(ids).transpose(1, 2), targets, reduction="none")
    return _summary(nats.double())


def of_source(*, seed: int = 99) -> dict[str, float]:
    """The same of the source itself on the same lines: what no right model can do better."""
    ids, targets = lines(ASKED, torch.Generator().manual_seed(seed))
    source = corpora.markov_source()
    after_one = torch.tensor(source.context_probs(2))
    after_one = after_one / after_one.sum(dim=1, keepdim=True)          # (V, V)
    second = after_one[ids[:, 0], targets[:, 0]]                        # (ASKED,)
    others = torch.tensor(source.table)[ids[:, :-1], ids[:, 1:], targets[:, 1:]]
    return _summary(-torch.cat([second[:, None], others], dim=1).log())


def _summary(nats: Tensor) -> dict[str, float]:
    """nats (ASKED, 24), one for each word scored -> what `measured` tells."""
    of_lines, of_batches = nats.mean(dim=1), nats.view(-1, BATCH, WORDS - 1).mean(dim=(1, 2)).exp()
    perplexity = nats.mean().exp()
    found = {"perplexity": perplexity, "error": perplexity * of_lines.std() / ASKED ** 0.5,
             "below": (of_batches < floor()).double().mean(), "spread": of_batches.std(),
             "last": nats[:, -1].mean().exp()}
    return {name: round(float(number), 4) for name, number in found.items()}


def told(kind: str, *, rate: float, seed: int) -> dict[str, dict[str, float]]:
    """Train one of KINDS and measure it after each of MARKS: {updates: what `measured` says}."""
    found: dict[str, dict[str, float]] = {}

    def watch(model: AttentionLM, history: training.History) -> None:
        if history.done in MARKS:
            found[str(history.done)] = measured(model)

    train(kind, rate=rate, seed=seed, watch=watch)
    return found
