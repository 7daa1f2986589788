"""A small model proposes, a large one accepts: how often, and what is gained by it."""

from __future__ import annotations

import numpy as np

from helpers import plots
from helpers.explorers import core
from helpers.pretraining.speculative import accepted_share

WORDS = ("the", "a", "each", "its", "this")
LARGE = np.array([0.42, 0.28, 0.14, 0.1, 0.06])     # probabilities of the large model
OTHER = np.array([0.05, 0.1, 0.15, 0.2, 0.5])       # those of a small one that knows nothing
MOST = 8                    # tokens that are proposed at once


def speculative_numbers(apart: float, ahead: int, cost: float) -> dict:
    """What proposals gain where the small model differs from the large one by so much.

    apart: 0 the same odds, 1 quite others. ahead: tokens that are proposed at once. cost: of a
    token of the small model, as a share of a look of the large one. Returns {"large", "small":
    (5,) probabilities, "kept": share of proposals, "rest": (5,) what is drawn from after a
    refusal (zeros if none is ever refused), "exact": (5,) what comes out in the end, "tokens":
    (8,) per look of the large model for 1 to 8 ahead, if each place is like this one, "faster":
    (8,) times as fast as the large model alone, "ahead", "cost"}.
    Raises ValueError outside 0 to 1, 1 to 8, 0 to 1.
    """
    if not (0 <= apart <= 1 and 1 <= ahead <= MOST and 0 <= cost <= 1):
        raise ValueError(f"apart={apart}, ahead={ahead}, cost={cost}: 0 to 1, 1 to {MOST} tokens, "
                         "a cost from 0 to 1")
    small = (1 - apart) * LARGE + apart * OTHER
    kept = accepted_share(LARGE, small)
    left = np.maximum(LARGE - small, 0.0)
    rest = left / left.sum() if left.sum() > 0 else left
    places = np.arange(1, MOST + 1)
    tokens = np.array([sum(kept ** k for k in range(n + 1)) for n in places])
    return {"large": LARGE, "small": small, "kept": kept, "rest": rest, "tokens": tokens,
            "exact": np.minimum(LARGE, small) + (1 - kept) * rest,
            "faster": tokens / (1 + cost * places), "ahead": ahead, "cost": cost}


def draw_speculative(figure, numbers: dict) -> str:
    """Draw both models' odds, and what is gained for each number ahead; say the gain."""
    left, right = plots.panels(figure, 2, width_ratios=(1, 1.15))
    plots.draw_next_words(left, WORDS, numbers["small"], numbers["large"], title="Odds",
                          names=("small model", "large model"))
    plots.draw_curves(
        right, range(1, MOST + 1),
        {"tokens per look": numbers["tokens"], "times as fast": numbers["faster"]},
        title="What proposals gain", xlabel="tokens proposed at once", ylabel="",
        ylim=(0, MOST + 1.5), level=(1.0, "large model alone"),
        yticks={n: str(n) for n in range(1, MOST + 2, 2)})
    if right.lines[-1].get_gid() != "ahead":
        right.axvline(1, color=plots.INK, linewidth=1.4, animated=True, gid="ahead")
    right.lines[-1].set_xdata([numbers["ahead"]] * 2)
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    at, ahead = numbers["ahead"] - 1, numbers["ahead"]
    faster = numbers["faster"][at]
    proposed = "1 token" if ahead == 1 else f"{ahead} tokens"
    loss = ", a loss" if faster < 0.995 else ""
    return (f"{numbers['kept']:.0%} of the proposals are kept. With {proposed} proposed at once, "
            f"a look of the large model gives {numbers['tokens'][at]:.2f} tokens; at a cost of "
            f"{numbers['cost']:.0%} for each proposal that is {faster:.2f} times as fast as the "
            f"large model alone{loss}. The odds of what is written stay the large model's own.")


def speculative_explorer(apart: float = 0.3, ahead: int = 4, cost: float = 0.1):
    """Set how far the small model is off, how much it proposes, what it costs; see the gain."""
    return core.explore(
        speculative_numbers, draw_speculative, size=(10, 3.4),
        apart=core.slider("small model off by", 0.0, 1.0, value=apart, step=0.05),
        ahead=core.slider("tokens proposed at once", 1, MOST, value=ahead),
        cost=core.slider("cost of a proposal", 0.0, 0.5, value=cost, step=0.05))
