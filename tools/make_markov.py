"""Rebuild data/markov.json: `python tools/make_markov.py`. The same bytes every time.

Every word has four favourite followers; which of them come next, and how often, depends on the
word before as well. One rare follower per context goes through all words in turn, so that every
pair of words can occur and the chain can get from every pair to every other.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

WORDS = ["sun", "rain", "wind", "storm", "sea", "ship", "bird", "home"]
OUT_OF = 64
SEED = 34
FAVOURITES = 4
WEIGHTS = [(44, 12), (40, 16), (34, 22), (30, 26)]  # of two favourites; the rest is the rare one's
TARGET = Path(__file__).parents[1] / "data" / "markov.json"


def table(seed: int) -> list[list[list[int]]]:
    """P(next | two words before) in parts out of 64, [older word][newer word][next word]."""
    generator = random.Random(seed)
    size = len(WORDS)
    rows = [[[0] * size for _ in range(size)] for _ in range(size)]
    for newer in range(size):
        favourites = generator.sample([i for i in range(size) if i != newer], FAVOURITES)
        rare = generator.sample(range(size), size)
        while rare[newer] == newer:  # else a doubled word could only be reached from itself
            rare = generator.sample(range(size), size)
        for older in range(size):
            chosen = generator.sample(favourites, 2)
            weights = generator.choice(WEIGHTS)
            row = rows[older][newer]
            for word, weight in zip(chosen, weights, strict=True):
                row[word] += weight
            row[rare[older]] += OUT_OF - sum(weights)
    return rows


def content(seed: int = SEED) -> str:
    """The text of data/markov.json, one row of the table per line."""
    blocks = [",\n".join(f"    {json.dumps(row)}" for row in block) for block in table(seed)]
    body = ",\n".join(f"   [\n{block}\n   ]" for block in blocks)
    about = "P(next | older, newer) = table[older][newer][next] / out_of"
    return (
        f'{{\n  "about": {json.dumps(about)},\n  "words": {json.dumps(WORDS)},\n'
        f'  "out_of": {OUT_OF},\n  "table": [\n{body}\n  ]\n}}\n'
    )


if __name__ == "__main__":
    TARGET.write_text(content(), encoding="utf-8", newline="\n")
    print(f"wrote {TARGET.name}: {len(WORDS)} words")
