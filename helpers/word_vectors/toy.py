"""A language small enough to see all of it: 33 sentences, 16 words, one combination left out.

Cats drink and chase mice, dogs chew and chase balls; kittens do what cats do, puppies what dogs
do. But no sentence says what a kitten chases.
"""

from __future__ import annotations

HABITS = {"cat": ("drinks milk", "sleeps here", "chases mice"),
          "kitten": ("drinks milk", "sleeps here"),
          "dog": ("chews bones", "sleeps here", "chases balls"),
          "puppy": ("chews bones", "sleeps here", "chases balls")}


def toy_sentences() -> list[list[str]]:
    """The 33 sentences of four words each, such as ["my", "cat", "chases", "mice"]."""
    return [[first, animal, *habit.split()] for first in ("the", "a", "my")
            for animal, habits in HABITS.items() for habit in habits]


def toy_words() -> list[str]:
    """Its 16 words, animals first."""
    rest = {word for sentence in toy_sentences() for word in sentence} - set(HABITS)
    return [*HABITS, *sorted(rest)]
