"""What goes wrong without an error message, measured: one small task, several mistakes.

The task: thirty classes of points of ten numbers, each class around a centre of its own, with so
much scatter that even who knows the centres errs at times. 900 points to learn from, 900 others.
All in float64: units that start equal part by rounding alone, and Adam makes rounding large.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import neural

CLASSES, D, NUMBER, WIDTH, BATCH, UPDATES, EVERY = 30, 10, 900, 32, 50, 200, 10
OUTPUTS: dict[str, Callable[[Tensor], Tensor]] = {      # what is done to logits before the loss
    "logits": lambda z: z,
    "softmax first": lambda z: z.softmax(dim=1),
    "log-softmax first": lambda z: z.log_softmax(dim=1),
}
KINDS = (*OUTPUTS, "gradients kept", "equal start")
RATES, SEEDS = (3e-2, 1e-2, 3e-3), (0, 1, 2)


def points(seed: int = 0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """x (900, 10), y (900,) to learn from, and as many others. The centres are always the same."""
    g = torch.Generator().manual_seed(7)
    centres = 1.2 * torch.randn(CLASSES, D, generator=g, dtype=torch.float64)
    g, found = torch.Generator().manual_seed(seed), []
    for _ in range(2):
        y = torch.randint(CLASSES, (NUMBER,), generator=g)
        found += [centres[y] + torch.randn(NUMBER, D, generator=g, dtype=torch.float64), y]
    return tuple(found)


def network(seed: int, *, dropout: float = 0.0) -> nn.Sequential:
    """x (B, 10) -> logits (B, 30): one hidden layer of 32 with relu, float64."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(D, WIDTH), nn.ReLU(), nn.Dropout(dropout),
                             nn.Linear(WIDTH, CLASSES)).double()


def judged(model: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    """(cross-entropy of the logits in nats, share told rightly), in eval mode, put back after."""
    with neural.reading(model):
        logits = model(x)
    return (float(F.cross_entropy(logits, y)), float((logits.argmax(dim=1) == y).double().mean()))


def train(kind: str = "logits", *, rate: float = 1e-2, seed: int = 0
          ) -> tuple[nn.Sequential, list[float]]:
    """200 updates of Adam on batches of 50; returns the model and the loss that it saw at each.

    "logits" is right. "softmax first" and "log-softmax first" do that to the logits before
    F.cross_entropy, which does it itself; "gradients kept" forgets zero_grad; in "equal start"
    all weights begin at 0.1. Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(KINDS)}")
    x, y, *_ = points(seed)
    model, generator = network(seed), torch.Generator().manual_seed(seed)
    if kind == "equal start":
        with torch.no_grad():
            for weight in model.parameters():
                weight.fill_(0.1)
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=rate), []
    for _ in range(UPDATES):
        rows = torch.randint(NUMBER, (BATCH,), generator=generator)
        loss = F.cross_entropy(OUTPUTS.get(kind, OUTPUTS["logits"])(model(x[rows])), y[rows])
        if kind != "gradients kept":
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses


def told(kind: str, *, rate: float, seed: int) -> dict:
    """One run: {"nats", "right"} on the other points (see `judged`), and "curve".

    nats are those of softmax(logits), once, whatever the kind; curve: the loss that the run
    itself saw, at every 10th update.
    """
    model, losses = train(kind, rate=rate, seed=seed)
    nats, right = judged(model, *points(seed)[2:])
    return {"nats": round(nats, 4), "right": round(right, 4),
            "curve": [round(loss, 4) for loss in losses[::EVERY]]}


def floor_of_softmax_twice(classes: int = CLASSES) -> float:
    """The least loss that softmax before cross-entropy can show: log(1 + (V - 1) / e), in nats.

    Even a sure and right answer, probability 1, is only a score of 1 against scores of 0.
    """
    return float(torch.tensor(1 + (classes - 1) / torch.e).log())


def first_losses(scale: float, *, seed: int = 0, updates: int = 100, rate: float = 1e-2
                 ) -> list[float]:
    """Losses on all points, before each update, if the last layer starts `scale` times as large.

    At 0 the first one is log V: all classes alike. Adam.
    """
    x, y, *_ = points(seed)
    model, losses = network(seed), []
    with torch.no_grad():
        model[-1].weight.mul_(scale)
        model[-1].bias.mul_(scale)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(updates):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def three_losses(dropout: float = 0.5, *, epochs: int = 20, rate: float = 1e-2, seed: int = 0
                 ) -> dict[str, list[float]]:
    """For each epoch: {"while training", "training points after it", "other points after it"}.

    The first is what a bar shows, the mean over the epoch in training mode; the others are
    measured after it in eval mode.
    """
    x, y, other_x, other_y = points(seed)
    told = {"while training": [], "training points after it": [], "other points after it": []}
    with torch.random.fork_rng(devices=[]):
        model = network(seed, dropout=dropout)
        torch.manual_seed(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        for _ in range(epochs):
            seen = []
            for rows in torch.randperm(NUMBER).split(BATCH):
                loss = F.cross_entropy(model(x[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                seen.append(loss.item())
            for name, loss in zip(told, (sum(seen) / len(seen), judged(model, x, y)[0],
                                         judged(model, other_x, other_y)[0]), strict=True):
                told[name].append(loss)
    return told


CURES = ("none", "keep the graph", "compute again")


def backward_twice(cure: str = "none") -> str | float:
    """The second backward of loss = (w x) ** 2 at w = 1, x = 3: torch's error, or w's gradient.

    cure: "none"; "keep the graph" (retain_graph=True in the first walk): both walks add up, 36;
    "compute again" with the gradient set to 0 in between, as in a training loop: 18.
    """
    if cure not in CURES:
        raise ValueError(f"cure={cure!r}: there are {', '.join(CURES)}")
    w = torch.tensor(1.0, requires_grad=True)
    loss = (w * 3) ** 2
    loss.backward(retain_graph=cure == "keep the graph")
    if cure == "compute again":
        w.grad = None
        loss = (w * 3) ** 2
    try:
        loss.backward()
    except RuntimeError as error:
        return str(error)
    return w.grad.item()
