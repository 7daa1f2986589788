"""The same loop on several workers: torch.distributed as it is, nothing of our own.

    torchrun --nproc-per-node=2 -m helpers.pretraining --steps 200 --checkpoint run.pt

Each worker has the whole model and a part of each batch; DistributedDataParallel averages their
gradients, so that all take the same step. The batch of a step follows from seed and step alone: a
run goes on from its checkpoint with the numbers that it would have had. Worker 0 writes it.
"""

from __future__ import annotations

import io
import os
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from helpers import corpora, neural, tokenizers
from helpers.files import replace_file
from helpers.transformer import Transformer, TransformerConfig


@dataclass(frozen=True)
class Settings:
    """A run: the same for any number of workers. batch: windows per step, of all together."""

    steps: int = 100
    batch: int = 16
    length: int = 64
    rate: float = 3e-3
    width: int = 64
    layers: int = 2
    seed: int = 0
    every: int = 50
    corpus: str = "stories"
    checkpoint: str | None = None
    resume: bool = False
    double: bool = False


def workers() -> tuple[int, int]:
    """(which one this is, how many there are), as torchrun says; (0, 1) without it."""
    return int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))


def shard(number: int, rank: int, world: int) -> Tensor:
    """The places of a batch that a worker reads: no place twice, none left out.

    Raises ValueError where the shares would differ, since the mean of means is then not the mean.
    """
    if number % world or not 0 <= rank < world:
        raise ValueError(f"a batch of {number} for worker {rank} of {world}: take a batch that "
                         f"is a multiple of {world}")
    return torch.arange(rank, number, world)


def batch_of(stream: Tensor, settings: Settings, step: int) -> tuple[Tensor, Tensor]:
    """(ids, targets), (batch, length): the whole batch of a step, the same for every worker."""
    generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + step)
    return neural.windows(stream, settings.length, settings.batch)(generator)


def run(settings: Settings) -> list[float]:
    """Train under torchrun or alone: the losses of all steps that this call took, mean of all.

    Raises ValueError for settings that do not fit, RuntimeError if another worker is gone.
    """
    rank, world = workers()
    shard(settings.batch, rank, world)          # what cannot be shared is said before all else
    model, optimizer, stream = _begin(settings)
    first = _restore(settings, model, optimizer) if settings.resume else 0
    with _together(world):
        return _steps(settings, model, optimizer, stream, first)


def _steps(settings: Settings, model: Transformer, optimizer: torch.optim.Optimizer,
           stream: Tensor, first: int) -> list[float]:
    """The loop from step `first` on, whatever the number of workers.

    DistributedDataParallel lives in here only: it must be gone before its group is.
    """
    (rank, world), losses = workers(), []
    mine = shard(settings.batch, rank, world)
    network = DistributedDataParallel(model) if world > 1 else model
    for step in range(first, settings.steps):
        ids, targets = batch_of(stream, settings, step)
        loss = neural.next_token_loss(network, (ids[mine], targets[mine]))
        optimizer.zero_grad()
        loss.backward()                         # here the gradients of all workers are averaged
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(_mean(loss.detach(), world))
        done = step + 1
        if rank == 0 and (done % settings.every == 0 or done == settings.steps):
            _keep(settings, model, optimizer, done)
            print(f"step {done} of {settings.steps}: {losses[-1]:.4f} nats, {world} "
                  f"worker{'s' if world > 1 else ''}", flush=True)
    return losses


def _begin(settings: Settings) -> tuple[Transformer, torch.optim.Optimizer, Tensor]:
    """Model, optimizer and text: on every worker the same, from the seed."""
    texts = corpora.load(settings.corpus, "train")
    known = tokenizers.Vocabulary.from_texts(texts)
    torch.manual_seed(settings.seed)
    model = Transformer(TransformerConfig(len(known), settings.width, 4, settings.layers,
                                          max_len=settings.length), fused=True)
    model = model.double() if settings.double else model
    return (model, torch.optim.AdamW(model.parameters(), lr=settings.rate),
            torch.as_tensor(known.stream(texts)))


@contextmanager
def _group():
    dist.init_process_group("gloo")             # "nccl" where each worker has a GPU
    yield                                       # a group that broke is left as it is
    dist.destroy_process_group()


def _together(world: int) -> AbstractContextManager:
    return _group() if world > 1 else nullcontext()


def _mean(loss: Tensor, world: int) -> float:
    """The mean of all workers' losses."""
    if world > 1:
        dist.all_reduce(loss)
    return float(loss) / world


def _keep(settings: Settings, model: nn.Module, optimizer: torch.optim.Optimizer,
          done: int) -> None:
    """Write the checkpoint whole, or not at all."""
    if settings.checkpoint is None:
        return
    buffer = io.BytesIO()
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "done": done},
               buffer)
    replace_file(Path(settings.checkpoint), buffer.getvalue())


def _restore(settings: Settings, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Put a checkpoint back; how many steps were done."""
    if settings.checkpoint is None or not Path(settings.checkpoint).is_file():
        raise ValueError(f"--resume and no file {settings.checkpoint}: name the run's checkpoint "
                         "with --checkpoint")
    kept = torch.load(settings.checkpoint, weights_only=True)
    model.load_state_dict(kept["model"])
    optimizer.load_state_dict(kept["optimizer"])
    return kept["done"]


# The arithmetic of many machines.

def days(numbers: float, tokens: float, *, machines: int, flops: float,
         used: float = 0.4) -> float:
    """6 N D operations on so many machines of `flops` a second each, of which a share is used."""
    return 6 * numbers * tokens / (machines * flops * used) / 86_400


def exchange_seconds(numbers: float, machines: int, *, bytes_each: int = 2,
                     bytes_per_second: float = 25e9) -> float:
    """Averaging the gradients in a ring: every machine sends 2 (m - 1) / m of all of them."""
    return 2 * (machines - 1) / machines * numbers * bytes_each / bytes_per_second
