"""The Shannon game of notebook 01: the reader guesses letters, beside the counting models."""

import math
from collections.abc import Mapping

import numpy as np

from helpers import language_models as lm
from helpers import metrics, plots
from helpers.attention_view.labels import told
from helpers.explorers import core

ENOUGH = 20             # letters, from which on luck is small enough to be put in numbers


def game_numbers(texts: list[str], models: Mapping, shares: Mapping[str, float], line: str,
                 text: int = 0, given: int = 12) -> dict:
    """What the guesses of a line cost, and what the models pay for the same letters.

    texts: hidden texts of letters and blanks, the first `given` of each are shown. models: name ->
    model over characters. shares: letter -> its share of the training text. Returns {"bits":
    {name: bits per letter}, "shown", "left" (guesses for the next letter), "letters", "places",
    "interval" (None while there are few letters)}.
    """
    start, hidden = texts[text][:given], texts[text][given:]
    guesses = lm.read_guesses(hidden, line)
    mine, done = lm.guess_bits(hidden, guesses, shares), len(guesses.places)
    bits = {"you": float(np.mean(mine)) if done else 0.0}
    for name, model in models.items():
        log_probs = model.token_log_probs(list(texts[text]))[given:given + done]
        bits[name] = -metrics.bits(float(np.mean(log_probs))) if done else 0.0
    return {"bits": bits, "shown": start + hidden[:done], "letters": done, "hidden": len(hidden),
            "left": lm.TRIES - len(guesses.now), "missed": guesses.now,
            "places": np.bincount(guesses.places, minlength=lm.TRIES + 1).tolist() if done else [],
            "interval": metrics.bootstrap_interval(mine) if done >= ENOUGH else None}


def draw_game(figure, numbers: dict) -> str:
    """Draw the bits per letter of the reader and the models; say where the text stands."""
    bits, letters = numbers["bits"], numbers["letters"]
    plots.draw_bars(
        plots.panels(figure)[0], list(bits), list(bits.values()), shown="{:.1f}",
        ylim=(0, max(5.4, 1.15 * max(bits.values()))),
        title=f"You and three machines, {letters} letter{'' if letters == 1 else 's'}",
        ylabel="bits per letter", marked=[name == "you" for name in bits], marked_as="you",
        level=(math.log2(27), "27 signs, all alike"))
    shown = numbers["shown"].replace(" ", "_")
    if letters == numbers["hidden"]:
        state = f"“{shown}”: the end."
    else:
        missed = f" (not: {' '.join(map(told, numbers['missed']))})" if numbers["missed"] else ""
        guess = "guess" if numbers["left"] == 1 else "guesses"
        state = f"“{shown}?”: {numbers['left']} {guess} left{missed}."
    if not letters:
        return f"{state} No letter guessed yet."
    where = ", ".join(f"{count} × {which}" for which, count in zip(
        ("first", "second", "third", "not found"), numbers["places"], strict=True) if count)
    luck = numbers["interval"]
    sure = f", 95 % interval {luck[0]:.1f} to {luck[1]:.1f}" if luck else ", few letters, much luck"
    return f"{state} You: {bits['you']:.2f} bits per letter{sure} ({where})."


def guessing_game(texts: list[str], models: Mapping, shares: Mapping[str, float],
                  line: str = ""):
    """Guess the next letters of held-out text; `line` holds the guesses made so far."""
    return core.explore(
        lambda line, text: game_numbers(texts, models, shares, line, text), draw_game,
        line=core.text("your guesses, “_” for a blank", line),
        text=core.choice("text", [(f"number {i + 1}", i) for i in range(len(texts))]),
    )
