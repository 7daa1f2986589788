"""Three answers, of which some are liked more: where learning from preferences ends."""

from __future__ import annotations

import math

import numpy as np
import torch

from helpers import metrics, plots
from helpers.explorers import core
from helpers.pretraining import dpo

ANSWERS, BEFORE = ("Plot twice.", "Try it.", "No idea."), (0.1, 0.3, 0.6)
BETAS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
MOST = 2.0                  # of a reward, either way


def preference_numbers(first: float, second: float, beta: float) -> dict:
    """What DPO makes of the odds of three answers in the end; the third has the reward 0.

    Only differences of rewards count. Returns {"before", "after": (3,) probabilities, "rewards",
    "wins": how often the first is preferred over the third, "gained": the mean reward before and
    after, "moved": nats of the divergence KL(after || before), "beta", "by_beta": (7, 3)
    probabilities at each of BETAS}.
    Raises ValueError for a beta that is not above 0.
    """
    if not beta > 0:
        raise ValueError(f"beta={beta}: it must be above 0")
    rewards = torch.tensor([first, second, 0.0], dtype=torch.float64)
    start = torch.tensor(BEFORE, dtype=torch.float64)
    after = dpo.best_policy(start.log(), rewards, beta=beta).exp()
    by_beta = [dpo.best_policy(start.log(), rewards, beta=b).exp().tolist() for b in BETAS]
    return {"before": start.numpy(), "after": after.numpy(), "rewards": rewards.numpy(),
            "wins": 1 / (1 + math.exp(-first)), "beta": beta, "by_beta": np.array(by_beta),
            "gained": (float(start @ rewards), float(after @ rewards)),
            "moved": max(0.0, metrics.kl_divergence(after.numpy(), start.numpy()))}


def draw_preference(figure, numbers: dict) -> str:
    """Draw the odds before and after, and the odds after for every beta; say what it cost."""
    left, right = plots.panels(figure, 2, width_ratios=(1, 1.15))
    before, after, beta = numbers["before"], numbers["after"], numbers["beta"]
    plots.draw_next_words(left, ANSWERS, before, after, title="Answers",
                          names=("before", "after"))
    plots.update(left, ylim=(len(ANSWERS) + 0.5, -0.6))         # room for the key below the bars
    plots.draw_curves(
        right, BETAS, dict(zip(ANSWERS, numbers["by_beta"].T, strict=True)),
        title="After, for each beta", xlabel="beta", ylabel="probability", xscale="log",
        ylim=(-0.03, 1.03), xticks={b: f"{b:g}" for b in (0.05, 0.2, 1, 5)},
        yticks={share: f"{share:g}" for share in (0, 0.5, 1)})
    if right.lines[-1].get_gid() != "beta":
        right.axvline(1, color=plots.INK, linewidth=1.4, animated=True, gid="beta")
    right.lines[-1].set_xdata([beta] * 2)
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    before, after, rewards = numbers["before"], numbers["after"], numbers["rewards"]
    gained = " to ".join(f"{value:+.2f}".replace("-", "−") for value in numbers["gained"])
    if np.ptp(rewards) == 0:
        return "All three are liked alike: nothing is learned, after is before."
    liked = np.flatnonzero(rewards == rewards.max())
    names = " and ".join(f"“{ANSWERS[n]}”" for n in liked)
    return (f"Best liked: {names}, from {before[liked].sum():.1%} to {after[liked].sum():.1%} at "
            f"beta {numbers['beta']:g}. The mean reward goes from {gained}, the model moves "
            f"{numbers['moved']:.2f} nats away from what it was (KL). “{ANSWERS[0]}” wins "
            f"{numbers['wins']:.0%} of its pairs with “{ANSWERS[2]}”.")


def preference_explorer(first: float = 1.0, second: float = 0.5, beta: float = 1.0):
    """Set how much two answers are liked beside a third, and beta; see the odds before and after.

    The third answer's reward is 0: only differences count.
    """
    return core.explore(
        preference_numbers, draw_preference, size=(10, 3.3),
        first=core.slider(f"reward, “{ANSWERS[0]}”", -MOST, MOST, value=first, step=0.1),
        second=core.slider(f"reward, “{ANSWERS[1]}”", -MOST, MOST, value=second, step=0.1),
        beta=core.steps("beta", [(f"{b:g}", b) for b in BETAS], value=beta))
