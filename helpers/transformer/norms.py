"""The norm before each part or after each sum: which of the two learns, at which rate, from where.

    read:    d a g c a f h b | d a g c a f h        Eight letters, then the same eight again: after
    wanted:                  d a g c a f h b        the bar each letter must be named. Guessing is
                                                    right one time in eight.

Eight blocks learn it with Adam, without clipping, from our start and from torch's. KINDS differ
in the norm, in the start, and in the warm-up, which pre-norm does not need.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from helpers import training
from helpers.neural import NO_TARGET, next_token_loss, reading
from helpers.self_attention_masks import LearnedPositions
from helpers.transformer.config import TransformerConfig
from helpers.transformer.model import Attention, Transformer

WARM = ", warm-up"                          # a kind that ends so has a warm-up
OF_TORCH = ", torch's start"
KINDS = ("pre-norm", "post-norm", "post-norm" + WARM, "pre-norm" + OF_TORCH,
         "post-norm" + OF_TORCH, "post-norm" + OF_TORCH + WARM)
RATES, SEEDS = (5e-3, 1e-2, 1e-3), (0, 1, 2)
K, LETTERS, BAR = 8, 8, 8                   # letters in a line, letters there are, the id of "|"
D, LAYERS, BATCH, UPDATES, WARMUP = 64, 8, 32, 250, 100
EVERY, LOOKS = 50, (0, 20, 100)             # accuracy every 50 updates; gradients after these


def config(kind: str) -> dict:
    """The settings of the model of one of KINDS; ValueError for another."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
    return {"vocab_size": LETTERS + 1, "d_model": D, "n_heads": 4, "n_layers": LAYERS,
            "d_ff": 2 * D, "max_len": 2 * K, "positions": "learned", "activation": "relu",
            "tied": False, "pre_norm": kind.startswith("pre-norm")}


def build(kind: str, *, seed: int = 0, fused: bool = True) -> Transformer:
    """A model of one of KINDS before its first update."""
    torch.manual_seed(seed)
    model = Transformer(TransformerConfig(**config(kind)), fused=fused)
    if OF_TORCH in kind:
        torchs_start(model)
    return model


def torchs_start(model: nn.Module) -> None:
    """Weights drawn as torch's own layers draw them; rows of tokens and places with deviation .5.

    Uniform within sqrt(6 / (inputs + outputs)) for W_q, W_k, W_v, seen as one matrix; within
    1 / sqrt(inputs) for all others and the biases of the feed-forward. Nothing depends on depth.
    """
    for part in model.modules():
        if isinstance(part, nn.Embedding | LearnedPositions):
            nn.init.normal_(part.weight if isinstance(part, nn.Embedding) else part.rows, std=0.5)
        elif isinstance(part, nn.Linear):
            part.reset_parameters()
        elif isinstance(part, Attention):
            d = len(part.W_q)
            for W in (part.W_q, part.W_k, part.W_v):
                nn.init.uniform_(W, -(6 / (4 * d)) ** 0.5, (6 / (4 * d)) ** 0.5)
            nn.init.uniform_(part.W_o, -d ** -0.5, d ** -0.5)


def lines(number: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(ids, targets), both (number, 16): eight letters, the bar, seven of them again."""
    letters = torch.randint(LETTERS, (number, K), generator=generator)
    whole = torch.cat([letters, torch.full((number, 1), BAR), letters], dim=1)
    targets = whole[:, 1:].clone()
    targets[:, :K] = NO_TARGET
    return whole[:, :-1], targets


def right(model: nn.Module, *, number: int = 256, seed: int = 99) -> float:
    """Share of letters after the bar that are named rightly, in fresh lines."""
    ids, targets = lines(number, torch.Generator().manual_seed(seed))
    with reading(model):
        return float((model(ids)[:, K:].argmax(dim=2) == targets[:, K:]).float().mean())


@torch.enable_grad()
def gradients(model: Transformer, *, number: int = 64) -> list[float]:
    """The length of the loss's gradient for all weights of a block, one number per block."""
    batch = lines(number, torch.Generator().manual_seed(98))
    blocks = [list(block.parameters()) for block in model.stack.blocks]
    loss = next_token_loss(model, batch)
    found = iter(torch.autograd.grad(loss, [p for block in blocks for p in block]))
    return [float(torch.stack([next(found).norm() for _ in block]).norm()) for block in blocks]


def warm_up(warmup: int) -> Callable[[int, int], float]:
    """A schedule for training.train: up in a straight line over so many updates, then constant."""
    return lambda step, steps: min((step + 1) / warmup, 1.0)


def train(kind: str, *, rate: float = 5e-3, seed: int = 0, updates: int = UPDATES,
          watch: Callable | None = None) -> tuple[Transformer, training.History]:
    """A model trained with Adam on fresh lines, 32 at a time, without clipping; eight seconds."""
    model = build(kind, seed=seed)
    history = training.train(model, lambda generator: lines(BATCH, generator), next_token_loss,
                             steps=updates, learning_rate=rate, seed=seed, clip=None, watch=watch,
                             schedule=warm_up(WARMUP) if kind.endswith(WARM) else None,
                             what=f"{kind}, rate {rate:g}, seed {seed}")
    return model, history


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS: {"right", "curve", "loss", "gradients"}.

    right: at the end; curve: the same after every EVERY updates; loss: mean nats per letter of the
    last 20 updates; gradients: {updates done: what `gradients` says}, for LOOKS.
    """
    curve: list[float] = []
    lengths = {0: gradients(build(kind, seed=seed))}

    def watch(model: Transformer, history: training.History) -> None:
        if history.done % EVERY == 0:
            curve.append(round(right(model), 4))
        if history.done in LOOKS:
            lengths[history.done] = gradients(model)

    _, history = train(kind, rate=rate, seed=seed, watch=watch)
    return {"right": curve[-1], "curve": curve,
            "loss": round(sum(history.losses[-20:]) / 20, 4),
            "gradients": {str(done): [float(f"{g:.3g}") for g in each]
                          for done, each in lengths.items()}}
