"""What the grammars of sentence pairs share: parts with links, splits, the file.

A rule of a grammar is a template for each side. Tokens that carry the same letter after "|" are
linked; a token may carry several letters; a name in braces is the place of a part made before,
whose links move with it:

    cat = compose("cat|n", "chat|n")
    compose("the|d {cat} does not|n sleep|v .|e", "le|d {cat} ne|n dort|v pas|n .|e", cat=cat)

gives the source `the cat does not sleep .`, the target `le chat ne dort pas .` and the links
the-le, cat-chat, not-ne, not-pas, sleep-dort, .-. ; so the alignment is right by construction.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

COLUMNS = ("split", "source", "target", "links", "wrong")
SIZES = {"train": 7000, "valid": 400, "test": 400, "unseen": 300, "long": 300, "wrong_word": 200}
SHORTEST, LONGEST = 4, 14            # source tokens of a training sentence
FARTHEST = 32                        # source tokens of a sentence in `long`
CHOICE = 4                           # of so many sentences one is kept
TRIES = 300_000


class Pair(NamedTuple):
    """A source and a target text with links (source place, target place).

    keys: the combinations that it contains, such as ("red", "car"), by which `unseen` is held out.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    links: frozenset[tuple[int, int]]
    keys: frozenset[tuple[str, str]] = frozenset()


class Row(NamedTuple):
    """A line of the file; wrong is (target place, word), in the split wrong_word only."""

    split: str
    pair: Pair
    wrong: tuple[int, str] | None = None


def compose(source: str, target: str, keys: Iterable[tuple[str, str]] = (), **parts: Pair) -> Pair:
    """A pair out of two templates, as the head of this module shows.

    A part that stands in one template only gives its tokens there and no links.
    """
    left, here = _filled(source, parts, 0)
    right, there = _filled(target, parts, 1)
    lettered = [(j, letter) for j, (_, letters) in enumerate(right) for letter in letters]
    links = {(i, j) for i, (_, letters) in enumerate(left) for letter in letters
             for j, other in lettered if letter == other}
    for name in here.keys() & there.keys():
        links |= {(here[name] + i, there[name] + j) for i, j in parts[name].links}
    return Pair(tuple(word for word, _ in left), tuple(word for word, _ in right),
                frozenset(links), frozenset(keys).union(*(part.keys for part in parts.values())))


def _filled(template: str, parts: dict[str, Pair], side: int) -> tuple[list, dict[str, int]]:
    """The (token, letters) of one side, and where each part begins in it."""
    tokens, begins = [], {}
    for word, marks in _pieces(template):
        if word.startswith("{"):
            begins[word[1:-1]] = len(tokens)
            tokens += [(word, "") for word in parts[word[1:-1]][side]]
        else:
            tokens.append((word, marks))
    return tokens, begins


@cache
def _pieces(template: str) -> tuple[tuple[str, str], ...]:
    """The words of a template with their letters."""
    return tuple(piece.partition("|")[::2] for piece in template.split())


def merge(pair: Pair, place: int, word: str) -> Pair:
    """The target tokens at place and place + 1 become one word, which keeps the links of both."""
    target = (*pair.target[:place], word, *pair.target[place + 2:])
    links = frozenset((i, j - (j > place)) for i, j in pair.links)
    return pair._replace(target=target, links=links)


def deal(draw: Callable[[random.Random, bool], Pair], held: Callable[[tuple[str, str]], bool],
         alike: dict[str, list[str]], seed: int) -> list[Row]:
    """All rows of a corpus, in the order of the splits; the same for the same seed.

    draw(rng, long): a random pair, of many clauses if long. held(key): whether a combination is
    kept for `unseen`. alike: for a target word those that may stand in its place as a wrong word.

    Raises ValueError if a source text gets two translations or a split cannot be filled.
    """
    rng, draw, taken = random.Random(seed), _steady(draw), set()
    cut = {}
    for split in ("unseen", "long"):
        cut[split] = _gather(draw, rng, SIZES[split], split, held, taken)
    wanted = sum(SIZES.values()) - SIZES["unseen"] - SIZES["long"]
    rest = _gather(draw, rng, wanted, "train", held, taken)
    rng.shuffle(rest)
    rest.sort(key=lambda pair: not _places(pair, alike))    # those that take a wrong word first
    cut["wrong_word"], rest = rest[:SIZES["wrong_word"]], rest[SIZES["wrong_word"]:]
    rng.shuffle(rest)
    for split in ("test", "valid", "train"):
        cut[split], rest = rest[:SIZES[split]], rest[SIZES[split]:]
    return [Row(split, pair, _wrong(pair, alike, rng) if split == "wrong_word" else None)
            for split in SIZES for pair in cut[split]]


def _steady(draw: Callable[[random.Random, bool], Pair]) -> Callable[[random.Random, bool], Pair]:
    """The same draw, which complains when a source text gets a second translation."""
    told: dict[tuple[str, ...], tuple[str, ...]] = {}

    def drawn(rng: random.Random, long: bool) -> Pair:
        pair = draw(rng, long)
        if told.setdefault(pair.source, pair.target) != pair.target:
            raise ValueError(f"{' '.join(pair.source)!r} has two translations: "
                             f"{' '.join(told[pair.source])!r} and {' '.join(pair.target)!r}; "
                             "let one rule alone make this sentence")
        return pair

    return drawn


def _gather(draw: Callable[[random.Random, bool], Pair], rng: random.Random, wanted: int,
            split: str, held: Callable[[tuple[str, str]], bool], taken: set) -> list[Pair]:
    """As many new pairs as wanted, spread evenly over the lengths of the source.

    Of every few that fit, the one with the rarest word (or held combination) is kept, so that
    none stays rare.
    """
    long = split == "long"
    lengths = range(LONGEST + 1, FARTHEST + 1) if long else range(SHORTEST, LONGEST + 1)
    found, sizes, words, fresh = [], Counter(), Counter(), {}
    for attempt in range(TRIES):
        # as tries go by, the lengths that are easy to fill may take a little more
        room = -(-wanted // len(lengths)) * (1 + 2 * attempt / TRIES)
        pair = draw(rng, long)
        size = len(pair.source)
        if size not in lengths or sizes[size] >= room or pair.source in taken:
            continue
        if any(map(held, pair.keys)) != (split == "unseen"):
            continue
        fresh[pair.source] = pair
        if len(fresh) < CHOICE:
            continue
        best = min(fresh.values(), key=lambda pair: min(words[word] for word in _words(pair, held)))
        fresh.clear()
        found.append(best)
        taken.add(best.source)
        sizes[len(best.source)] += 1
        words.update(_words(best, held))
        if len(found) == wanted:
            return found
    raise ValueError(f"{len(found)} pairs, not {wanted}: the grammar makes too few of the right "
                     "length; give it more words or patterns")


def _words(pair: Pair, held: Callable[[tuple[str, str]], bool]) -> list[tuple]:
    """The words of both sides, with the side, and the held combinations."""
    return [(side, word) for side in (0, 1) for word in pair[side]] + sorted(
        filter(held, pair.keys))


def _places(pair: Pair, alike: dict[str, list[str]]) -> list[int]:
    """The target places in the first half where another word of the same kind may stand."""
    return [j for j in range(len(pair.target) // 2) if alike.get(pair.target[j])]


def _wrong(pair: Pair, alike: dict[str, list[str]], rng: random.Random) -> tuple[int, str]:
    place = rng.choice(_places(pair, alike))
    return place, rng.choice(alike[pair.target[place]])


def text(rows: list[Row]) -> str:
    """The content of the TSV file, header first."""
    lines = ["\t".join(COLUMNS)]
    for split, pair, wrong in rows:
        links = " ".join(f"{i}-{j}" for i, j in sorted(pair.links))
        lines.append("\t".join((split, " ".join(pair.source), " ".join(pair.target), links,
                                f"{wrong[0]}:{wrong[1]}" if wrong else "")))
    return "\n".join(lines) + "\n"
