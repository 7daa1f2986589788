"""The word "machine", letter by letter: what each step costs, and which inputs it depends on."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import nn

from helpers import plots
from helpers.explorers import core
from helpers.rnn_lstm import RNNCell, run

WORD = "machine"
ALPHABET = sorted(set(WORD))
INPUTS = [ALPHABET.index(letter) for letter in WORD[:-1]]
TARGETS = [ALPHABET.index(letter) for letter in WORD[1:]]
ARROWS = [f"{a}→{b}" for a, b in zip(WORD[:-1], WORD[1:], strict=True)]
UPDATES = (0, 3, 8, 100)


class Speller(nn.Module):
    """One-hot letters (T, 7) -> logits (T, 7): a tanh RNN of 16 and a read-out."""

    def __init__(self) -> None:
        super().__init__()
        self.cell, self.out = RNNCell(len(ALPHABET), 16), nn.Linear(16, len(ALPHABET))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(run(self.cell, x[None])[0][0])


def snapshots(seed: int = 0) -> dict[int, Speller]:
    """The network after 0, 3, 8 and 100 updates with Adam on the one word."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Speller()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    x, targets = F.one_hot(torch.tensor(INPUTS), len(ALPHABET)).float(), torch.tensor(TARGETS)
    kept = {0: copy.deepcopy(model)}
    for update in range(1, max(UPDATES) + 1):
        loss = F.cross_entropy(model(x), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if update in UPDATES:
            kept[update] = copy.deepcopy(model)
    return kept


def machine_numbers(step: int, model: Speller, updates: int = 0) -> dict:
    """Loss of every step (nats), and how much each input moves the logits of step `step` (1..6).

    Returns {"losses": (6,), "influence": (6,): || d logits_step / d x_s ||, "step", "updates",
    "said": likeliest letter at the step, "probability": what it was given, "all": all six}.
    Raises ValueError for another step.
    """
    if not 1 <= step <= len(INPUTS):
        raise ValueError(f"step {step}: the word has the steps 1 to {len(INPUTS)}")
    x = F.one_hot(torch.tensor(INPUTS), len(ALPHABET)).float()
    logits = model(x).detach()
    losses = F.cross_entropy(logits, torch.tensor(TARGETS), reduction="none")
    jacobian = torch.autograd.functional.jacobian(lambda given: model(given)[step - 1], x)
    influence = jacobian.transpose(0, 1).flatten(1).norm(dim=1)             # (6,)
    probabilities = torch.softmax(logits, dim=1)
    best = probabilities.argmax(dim=1)
    return {"losses": losses.numpy(), "influence": influence.numpy(), "step": step,
            "updates": updates, "said": ALPHABET[int(best[step - 1])],
            "probability": float(probabilities[step - 1].max()),
            "all": "".join(ALPHABET[i] for i in best.tolist())}


def draw_machine(figure, numbers: dict) -> str:
    """Draw the loss of each step and the influence of each input; say what they show."""
    step, losses, influence = numbers["step"], numbers["losses"], numbers["influence"]
    left, right = plots.panels(figure, 2)
    chosen = [place == step for place in range(1, len(losses) + 1)]
    plots.draw_bars(left, ARROWS, losses, title=f"What each step costs (mean {losses.mean():.2f})",
                    ylabel="loss, -log p (nats)", xlabel="reads → should say", marked=chosen,
                    level=(losses.mean(), ""), ylim=(0, 3.2), shown="{:.2f}")
    plots.draw_bars(right, list(WORD[:-1]), influence, xlabel="input letter", marked=chosen,
                    title=f"Which inputs move step {step}",
                    ylabel="|| d logits / d input ||", shown="{:.2g}",
                    ylim=(0, max(1.0, 1.15 * influence.max())))
    later = WORD[step:-1]
    words = (f"After {numbers['updates']} updates step {step} reads “{WORD[step - 1]}” and finds "
             f"“{numbers['said']}” likeliest, with {numbers['probability']:.0%}; right would be "
             f"“{WORD[step]}”. All six: {numbers['all']}. Mean loss {losses.mean():.3f}.")
    if not later:
        return words
    return f"{words} Later inputs ({', '.join(later)}) have influence exactly 0."


def loss_per_step(step: int = 3, updates: int = 8):
    """Click a step, before or after training; see its loss and what it depends on."""
    models = snapshots()
    return core.explore(
        lambda step, updates: machine_numbers(step, models[updates], updates), draw_machine,
        size=(10, 3.7),
        step=core.steps("step", [(arrow, place) for place, arrow in enumerate(ARROWS, 1)],
                        value=step),
        updates=core.steps("updates", [(str(n), n) for n in UPDATES], value=updates),
    )
