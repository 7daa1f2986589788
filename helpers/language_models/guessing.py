"""The reader as a language model: guess the next letter, and pay bits for it (Shannon 1951).

A line of guesses is read like this: groups of letters between blanks, "_" for a blank. The letters
of a group are guesses for the letters that come next, up to the first wrong one; the rest of that
group does not count. After TRIES wrong guesses a letter is shown.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

TRIES = 3


@dataclass(frozen=True)
class Guesses:
    """What a line of guesses came to.

    places: for each letter found or shown, which guess was right, 0 the first; TRIES = none.
    wrong: the wrong guesses before each of them. now: those for the letter that is next.
    """

    places: tuple[int, ...]
    wrong: tuple[str, ...]
    now: str


def read_guesses(hidden: str, line: str) -> Guesses:
    """Play the guesses of a line against the hidden letters; what comes after the last is idle."""
    places, wrong, now = [], [], ""
    for group in line.lower().split():
        for guess in group.replace("_", " "):
            if len(places) == len(hidden) or guess in now:
                break                               # nothing left to guess; or said before
            right = guess == hidden[len(places)]
            now += "" if right else guess
            if right or len(now) == TRIES:
                places.append(len(now))
                wrong.append(now)
                now = ""
            if not right:
                break
    return Guesses(tuple(places), tuple(wrong), now)


def guess_bits(hidden: str, guesses: Guesses, shares: Mapping[str, float]) -> list[float]:
    """Bits for each letter that was found or shown: what a stranger would have to be told.

    The stranger knows you so well that your guesses are theirs. Which of them is right costs
    -log2 of its chance, reckoned from the letters before: (how often this happened + 1) /
    (letters + TRIES + 1). If none is right, the letter itself must be told too, by its share
    (`shares`: letter -> share of the text) among those not guessed. So no letter is free, and
    the sum is the length of a message that can be read.
    Raises ValueError for a letter without a share.
    """
    seen, costs = [0] * (TRIES + 1), []
    for letter, place, wrong in zip(hidden, guesses.places, guesses.wrong, strict=False):
        chance = (seen[place] + 1) / (sum(seen) + TRIES + 1)
        if place == TRIES:
            if not shares.get(letter, 0) > 0:
                raise ValueError(f"the letter {letter!r} has no share: give one to each letter")
            chance *= shares[letter] / (1 - sum(shares.get(other, 0) for other in wrong))
        costs.append(-math.log2(chance))
        seen[place] += 1
    return costs
