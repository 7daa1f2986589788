"""The word "machine", letter by letter: what each step costs, and which inputs it depends on."""

from __future__ import annotations

import numpy as np

from helpers import plots
from helpers.explorers import core
from helpers.rnn_lstm import by_hand

WORD = "machine"
ALPHABET = sorted(set(WORD))
X = np.eye(len(ALPHABET))[[ALPHABET.index(letter) for letter in WORD[:-1]]]        # (6, 7)
TARGETS = np.array([ALPHABET.index(letter) for letter in WORD[1:]])
ARROWS = [f"{a}→{b}" for a, b in zip(WORD[:-1], WORD[1:], strict=True)]
UPDATES = (0, 3, 8, 100)
D_HIDDEN, RATE = 8, 1.0


def snapshot_numbers(seed: int = 0) -> dict[int, dict]:
    """The weights after 0, 3, 8 and 100 updates of plain descent on the one word."""
    weights = by_hand.start_weights(len(ALPHABET), D_HIDDEN, len(ALPHABET),
                                    rng=np.random.default_rng(seed))
    kept = {}
    for update in range(max(UPDATES) + 1):
        if update in UPDATES:
            kept[update] = {name: weight.copy() for name, weight in weights.items()}
        logits, h = by_hand.forward(weights, X)
        gradient = by_hand.backward(weights, X, h, by_hand.mean_cross_entropy(logits, TARGETS)[1])
        for name in weights:
            weights[name] -= RATE * gradient[name]
    return kept


def machine_numbers(step: int, weights: dict, updates: int = 0) -> dict:
    """Loss of every step (nats), and how much each input moves the logits of step `step` (1..6).

    Returns {"losses": (6,), "influence" (6,): || d logits_step / d x_s ||, "step", "updates",
    "said": likeliest letter at the step, "probability": what it was given, "all": all six}.
    Raises ValueError for another step.
    """
    if not 1 <= step <= len(X):
        raise ValueError(f"step {step}: the word has the steps 1 to {len(X)}")
    logits, h = by_hand.forward(weights, X)
    steps, moved = np.arange(len(X)), []
    for letter in range(len(ALPHABET)):         # one logit at a time: its gradient for every input
        one = np.zeros_like(logits)
        one[step - 1, letter] = 1
        moved.append(by_hand.backward(weights, X, h, one)["x"])
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    best = probabilities.argmax(axis=1)
    return {"losses": -np.log(probabilities[steps, TARGETS]),
            "influence": np.sqrt((np.array(moved) ** 2).sum(axis=(0, 2))), "step": step,
            "updates": updates, "said": ALPHABET[best[step - 1]],
            "probability": float(probabilities[step - 1].max()),
            "all": "".join(ALPHABET[i] for i in best)}


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
                    ylabel="how far the logits move", shown="{:.2g}",
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
    kept = snapshot_numbers()
    return core.explore(
        lambda step, updates: machine_numbers(step, kept[updates], updates), draw_machine,
        step=core.steps("step", [(arrow, place) for place, arrow in enumerate(ARROWS, 1)],
                        value=step),
        updates=core.steps("updates", [(str(n), n) for n in UPDATES], value=updates),
    )
