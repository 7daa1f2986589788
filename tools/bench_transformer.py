"""Our Transformer against nanoGPT's loop and against torch's own layers: the end of `make bench`.

    python tools/bench_transformer.py [rounds]

Learning: nanoGPT's published setting for a processor (its README: tiny_shakespeare, 4 layers, 128
wide, context 64, 2,000 updates), rebuilt here, against a decoder of the course of the same size
with a recipe of today. Both are scored on the last tenth of the text, all of it. One round is one
seed of each; they take turns. Seconds are those of training alone. Beside them stands the time of
the processor, which other programs disturb less.
"""

from __future__ import annotations

import math
import os
import string
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from timing import compare, row
from torch import Tensor, nn

from helpers import decoding, neural, tokenizers, training, transformer
from helpers.corpora import cache, downloads, registry

TEXT = registry.SHAKESPEARE
SIZE = {"d_model": 128, "n_heads": 4, "n_layers": 4}
CONTEXT, TRAINED_ON = 64, 0.9                # characters read at once; share of the text
THEIRS = {"batch": 12, "updates": 2000, "rate": 1e-3, "last_rate": 1e-4, "warmup": 100}
OURS = {"batch": 12, "updates": 380, "warmup": 20, "muon": 2e-2, "momentum": 0.8, "rounds": 3,
        "adamw": 8e-3}
TODAY = {"positions": "rotary", "norm": "rms", "activation": "squared relu", "bias": False}
AS_GPT_2 = transformer.RECIPES["2019"]
WRITTEN = 256                               # characters


class TheirBlock(nn.Module):
    """One layer of nanoGPT: one matrix makes queries, keys and values; no biases."""

    def __init__(self, d: int, heads: int, layers: int) -> None:
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList(nn.LayerNorm(d, bias=False) for _ in range(2))
        shapes = ((d, 3 * d), (d, d), (d, 4 * d), (4 * d, d))
        self.mix, self.back, self.up, self.down = linears = [nn.Linear(*shape, bias=False)
                                                             for shape in shapes]
        for i, linear in enumerate(linears):
            nn.init.normal_(linear.weight, std=0.02 / (math.sqrt(2 * layers) if i % 2 else 1))

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, d) -> x (B, T, d)."""
        B, T, d = x.shape
        parts = self.mix(self.norms[0](x)).split(d, dim=2)
        q, k, v = (part.view(B, T, self.heads, -1).transpose(1, 2) for part in parts)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.back(seen.transpose(1, 2).reshape(B, T, d))
        return x + self.down(F.gelu(self.up(self.norms[1](x))))


class TheirModel(nn.Module):
    """nanoGPT's model: rows of tokens and places, blocks, a last norm, the rows once more."""

    def __init__(self, vocab_size: int, context: int, *, d_model: int, n_heads: int,
                 n_layers: int) -> None:
        super().__init__()
        self.context = context
        self.tokens, self.places = nn.Embedding(vocab_size, d_model), nn.Embedding(context, d_model)
        for table in (self.tokens, self.places):
            nn.init.normal_(table.weight, std=0.02)
        self.blocks = nn.Sequential(*(TheirBlock(d_model, n_heads, n_layers)
                                      for _ in range(n_layers)))
        self.last = nn.LayerNorm(d_model, bias=False)

    def forward(self, ids: Tensor, *, only_last: bool = False) -> Tensor:
        """ids (B, T) -> logits (B, T, V), or those of the last place alone (B, 1, V)."""
        x = self.tokens(ids) + self.places(torch.arange(ids.shape[1]))
        x = self.last(self.blocks(x))
        return F.linear(x[:, -1:] if only_last else x, self.tokens.weight)

    @torch.no_grad()
    def write(self, ids: list[int], count: int) -> list[int]:
        """The ids that follow, drawn one by one; all that fits is read anew for each."""
        text = torch.tensor([ids])
        for _ in range(count):
            shares = self(text[:, -self.context:], only_last=True)[:, -1].softmax(dim=-1)
            text = torch.cat([text, torch.multinomial(shares, 1)], dim=1)
        return text[0, len(ids):].tolist()


def their_batches(text: Tensor) -> Callable[[], tuple[Tensor, Tensor]]:
    """Batches as nanoGPT cuts them: row by row out of an array of small numbers."""
    ids = text.numpy().astype(np.uint16)

    def piece(i: int) -> Tensor:
        return torch.from_numpy(ids[i:i + CONTEXT].astype(np.int64))

    def draw() -> tuple[Tensor, Tensor]:
        starts = torch.randint(len(ids) - CONTEXT, (THEIRS["batch"],)).tolist()
        return (torch.stack([piece(i) for i in starts]),
                torch.stack([piece(i + 1) for i in starts]))
    return draw


def their_rate(done: int) -> float:
    """Up in a straight line, then down along half a cosine to a tenth."""
    most, least, warmup = THEIRS["rate"], THEIRS["last_rate"], THEIRS["warmup"]
    if done < warmup:
        return most * done / warmup
    share = (done - warmup) / (THEIRS["updates"] - warmup)
    return least + (most - least) * 0.5 * (1 + math.cos(math.pi * share))


def train_theirs(model: TheirModel, text: Tensor, seed: int) -> None:
    """nanoGPT's loop: AdamW in two groups, clipping at 1, the loss read in each update."""
    torch.manual_seed(seed)
    draw = their_batches(text)
    optimizer = torch.optim.AdamW(transformer.decayed_groups(model, 0.1), betas=(0.9, 0.99))
    for done in range(THEIRS["updates"]):
        for group in optimizer.param_groups:
            group["lr"] = their_rate(done)
        ids, targets = draw()
        loss = F.cross_entropy(model(ids).flatten(0, 1), targets.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()


class MuonAndAdamW(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024) for the matrices of the blocks, AdamW for rows of tokens and gains.

    Muon makes all directions of a matrix's step about equally long, in a few rounds of products.
    """

    def __init__(self, model: transformer.Transformer) -> None:
        matrices = [p for p in model.stack.blocks.parameters() if p.dim() == 2]
        inside = {id(p) for p in matrices}
        others = [p for p in model.parameters() if id(p) not in inside]
        super().__init__([{"params": matrices}, {"params": others}], {})
        self.parts = (torch.optim.Muon(matrices, lr=OURS["muon"], weight_decay=0.0,
                                       momentum=OURS["momentum"], ns_steps=OURS["rounds"]),
                      torch.optim.AdamW(others, lr=OURS["adamw"], betas=(0.9, 0.95),
                                        weight_decay=0.0, fused=True))
        self.param_groups = [group for part in self.parts for group in part.param_groups]

    def step(self, closure: None = None) -> None:
        """One step of both."""
        for part in self.parts:
            part.step()


def our_schedule(step: int, steps: int) -> float:
    """Up in a straight line, and down in one to 0."""
    warmup = OURS["warmup"]
    return (step + 1) / warmup if step < warmup else (steps - step) / (steps - warmup)


def train_ours(model: transformer.Transformer, text: Tensor, seed: int) -> None:
    """The course's loop."""
    training.train(model, neural.windows(text, CONTEXT, OURS["batch"]), neural.next_token_loss,
                   steps=OURS["updates"], optimizer=MuonAndAdamW, schedule=our_schedule, seed=seed)


@torch.no_grad()
def nats(model: nn.Module, text: Tensor) -> float:
    """Mean nats per character of a text, all of it but its first, in windows side by side."""
    total, whole = 0.0, (len(text) - 1) // CONTEXT * CONTEXT
    for first, last, width in ((0, whole, CONTEXT), (whole, len(text) - 1, len(text) - 1 - whole)):
        if width:
            ids, targets = (text[i + first:i + last].view(-1, width) for i in (0, 1))
            for some, wanted in zip(ids.split(256), targets.split(256), strict=True):
                total += float(F.cross_entropy(model(some).flatten(0, 1), wanted.flatten(),
                                               reduction="sum"))
    return total / (len(text) - 1)


def taken(call: Callable) -> tuple[float, float]:
    """Seconds on the clock, and of the processor, all its cores together."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - clock, time.process_time() - processor


def one_seed(way: str, seed: int, vocab_size: int, text: Tensor, rest: Tensor
             ) -> tuple[float, float, float]:
    """Train one of the two: (nats per character of the rest, seconds, processor seconds)."""
    torch.manual_seed(seed)
    if way == "theirs":
        model: nn.Module = TheirModel(vocab_size, CONTEXT, **SIZE)
        spent = taken(lambda: train_theirs(model, text, seed))
    else:
        config = transformer.TransformerConfig(vocab_size, max_len=CONTEXT, **SIZE, **TODAY)
        model = transformer.Transformer(config, fused=True)
        spent = taken(lambda: train_ours(model, text, seed))
    return nats(model, rest), *spent


def learning(rounds: int) -> None:
    """Nats per character and seconds of both, seed by seed, and the ratio of the times."""
    if not downloads.is_sound(TEXT):
        print("tiny_shakespeare is not on this machine, so nanoGPT's setting is left out: "
              "corpora.download('tiny_shakespeare') fetches it once.")
        return
    whole = (cache.folder() / TEXT.name).read_text(encoding="utf-8")
    place = {letter: i for i, letter in enumerate(sorted(set(whole)))}
    ids = torch.tensor([place[letter] for letter in whole])
    text, rest = ids.split([cut := int(TRAINED_ON * len(ids)), len(ids) - cut])
    found: dict[str, list[tuple[float, ...]]] = {"theirs": [], "ours": []}
    for seed in range(rounds):
        for way in list(found)[::-1 if seed % 2 else 1]:
            found[way].append(one_seed(way, seed, len(place), text, rest))
    for what, column, unit in (("nats per character", 0, "nats"), ("training", 1, "s"),
                               ("training, processor", 2, "s")):
        theirs, ours = ([values[column] for values in found[way]] for way in found)
        row(f"nanoGPT's setting: {what}", theirs, unit)
        ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
        row("  ours", ours, unit, f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) "
            "of the line above" if column else f"{rounds} seeds")


def writing(rounds: int) -> None:
    """Characters per second: nanoGPT's way, the same network with our cache, and ours of today."""
    torch.manual_seed(0)
    vocabulary = tokenizers.Vocabulary(string.printable[:63])
    theirs = TheirModel(len(vocabulary), WRITTEN, **SIZE).eval()
    same, today = (transformer.Transformer(transformer.TransformerConfig(
        len(vocabulary), max_len=WRITTEN, **SIZE, **recipe), fused=True).eval()
        for recipe in (AS_GPT_2 | {"bias": False}, TODAY))
    drawn = neural.NeuralLM(same, vocabulary, WRITTEN)
    compare({f"write {WRITTEN} characters: nanoGPT's way": lambda: theirs.write([0], WRITTEN),
             "  the same network, with our cache": lambda: transformer.write(same, [0], WRITTEN),
             "  without": lambda: transformer.write(same, [0], WRITTEN, cached=False),
             "  with, drawn by decoding.draw":
             lambda: decoding.draw(drawn.step, 0, stop=None, rng=np.random.default_rng(0),
                                   max_tokens=WRITTEN),
             "  ours of today, with": lambda: transformer.write(today, [0], WRITTEN)},
            rounds, WRITTEN, "tokens/s")


class WithTorch(nn.Module):
    """A model of ours whose blocks are nn.TransformerEncoderLayer with the same weights."""

    def __init__(self, model: transformer.Transformer) -> None:
        super().__init__()
        self.embed, self.places = model.embed, model.stack.positions
        self.layers = nn.ModuleList(transformer.torch_layer(b) for b in model.stack.blocks)
        self.last = model.stack.last
        self.mask = nn.Transformer.generate_square_subsequent_mask(CONTEXT)

    def forward(self, ids: Tensor) -> Tensor:
        """ids (B, T) -> logits (B, T, V)."""
        x = self.embed(ids) + self.places.rows[:ids.shape[1]]
        for layer in self.layers:
            x = layer(x, src_mask=self.mask, is_causal=True)
        return F.linear(self.last(x), self.embed.weight)


def stepping(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Callable[[], None]:
    """A call that is one update with AdamW."""
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)

    def step() -> None:
        optimizer.zero_grad()
        neural.next_token_loss(model, batch).backward()
        optimizer.step()
    return step


def updates(rounds: int) -> None:
    """Seconds of an update, in torch's own layers and in our blocks, equal in every weight."""
    torch.manual_seed(0)
    config = transformer.TransformerConfig(65, max_len=CONTEXT, **SIZE, **AS_GPT_2)
    ours = transformer.Transformer(config, fused=True).train()
    theirs = WithTorch(transformer.Transformer(config, fused=True)).train()
    ids = torch.randint(65, (12, CONTEXT + 1))
    batch = ids[:, :-1], ids[:, 1:]
    calls = {"update: nn.TransformerEncoderLayer": stepping(theirs, batch),
             "  ours": stepping(ours, batch)}
    for call in calls.values():
        call()
    compare(calls, 20 * rounds)


def main(rounds: int = 3) -> None:
    """Print the lines."""
    os.environ["COURSE_BUILD"] = "1"            # no bars between the lines
    learning(rounds)
    writing(rounds)
    updates(rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
