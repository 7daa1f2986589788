"""Beam search as a tree: what was followed, what was dropped, and where the right text got lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from helpers.decoding import Beam
from helpers.explorers import core
from helpers.explorers.seq2seq_attention.tree_drawing import COLUMNS, ROWS, draw_tree
from helpers.explorers.seq2seq_attention.words import unknown_in_words
from helpers.seq2seq_attention import Translator
from helpers.tokenizers import END

LONGEST = 24            # target tokens at which a beam is cut off
DROPPED = 3             # dropped branches drawn, or one for each hypothesis if it is more
ENDS = "(end)"


def tree_numbers(translator: Translator, source: str, target: str, width: int,
                 length_penalty: float = 0.0, first: int = 1, beam: Beam | None = None) -> dict:
    """The beam search for one sentence, and which of its nodes stand where in the picture.

    target: the right translation, tokens between blanks. first: the first word drawn. Returns
    {"nodes": places in beam.nodes that are drawn, "rows": {place: row}, "words": {place: word},
    "best", "gold": sets of places on the two paths, "beam", "window": (first, last, depth),
    "dropped": how many continuations were dropped, "found": [(score, tokens, text, ended,
    right)] best first, "lost": None, or (number, word) where the right one left the tree}.
    Raises ValueError for a text without a word and as beam_search does.
    """
    beam = beam or translator.beam(source, width, length_penalty=length_penalty,
                                   max_tokens=LONGEST)
    vocabulary = translator.vocabularies.target
    right = [*vocabulary.encode(target), vocabulary.end]
    gold = gold_path(beam, right)
    rows = _rows(beam, set(gold))
    depth = max(node.depth for node in beam.nodes)
    first = max(1, min(first, depth - COLUMNS + 1))
    last = min(depth, first + COLUMNS - 1)
    names = {place: ENDS if word == END else word for place, word in zip(
        rows, translator.words([beam.nodes[place].id for place in rows]), strict=True)}
    found = [(one.score, len(one.ids) + one.ended, " ".join(translator.words(one.ids)), one.ended,
              one.ended and list(one.ids) == right[:-1]) for one in beam.hypotheses]
    alive = len(gold) == len(right) + 1 and beam.nodes[gold[-1]].kept
    at = len(gold) - 1 - (not beam.nodes[gold[-1]].kept)
    lost = None if alive else (at + 1, [*target.split(), ENDS][at])
    followed = {node.parent for node in beam.nodes[1:]}
    kept = sum(node.kept for node in beam.nodes[1:])
    return {"nodes": [p for p in rows if first <= beam.nodes[p].depth <= last], "rows": rows,
            "words": names, "best": set(beam.path(beam.hypotheses[0].node)), "gold": set(gold),
            "beam": beam, "window": (first, last, depth), "found": found, "lost": lost,
            "dropped": len(followed) * len(vocabulary) - kept, "width": width,
            "unknown": unknown_in_words(translator, translator.prepare(source))}


def gold_path(beam: Beam, right: Sequence[int]) -> list[int]:
    """Places in beam.nodes along the right ids, as far as they are in the tree; the root first."""
    path = [0]
    for place, node in enumerate(beam.nodes):           # depth by depth
        if node.depth == len(path) <= len(right) and (
                node.parent == path[-1] and node.id == right[node.depth - 1]):
            path.append(place)
    return path


def _rows(beam: Beam, gold: set[int]) -> dict[int, float]:
    """A row (0 on top, fractions too) for each node that is drawn: siblings near their parent."""
    rows = {0: (ROWS - 1) / 2}
    for _, places in groupby(range(1, len(beam.nodes)), key=lambda place: beam.nodes[place].depth):
        column = _chosen(beam, list(places), gold)
        column.sort(key=lambda place: (rows[beam.nodes[place].parent], beam.nodes[place].parent,
                                       -beam.nodes[place].log_prob, place))
        wanted = []
        for parent, siblings in groupby(column, key=lambda place: beam.nodes[place].parent):
            count = len(list(siblings))
            wanted += [rows[parent] + i - (count - 1) / 2 for i in range(count)]
        rows |= dict(zip(column, _apart(wanted), strict=True))
    return rows


def _chosen(beam: Beam, column: list[int], gold: set[int]) -> list[int]:
    """Which nodes of a depth are drawn: all that were kept, gold, and the likeliest dropped."""
    chosen = [place for place in column if beam.nodes[place].kept or place in gold]
    parents = len({beam.nodes[place].parent for place in column})
    counts = dict.fromkeys(chosen, 0)
    for place in column:                                # the best first
        parent = beam.nodes[place].parent
        if place not in counts and counts.get(-1 - parent, 0) < max(1, DROPPED // parents):
            counts[-1 - parent] = counts.get(-1 - parent, 0) + 1
            chosen.append(place)
    return chosen[:ROWS]


def _apart(wanted: list[float]) -> list[float]:
    """The same places in order, one row or more apart, between 0 and ROWS - 1."""
    for i in range(1, len(wanted)):
        wanted[i] = max(wanted[i], wanted[i - 1] + 1)
    limit = ROWS - 1.0
    for i in reversed(range(len(wanted))):
        wanted[i] = limit = min(wanted[i], limit)
        limit -= 1
    return [max(place, i) for i, place in enumerate(wanted)]


def beam_tree(translator: Translator, sentences: Sequence[tuple[str, str]], width: int = 4):
    """Choose a sentence; widen the beam; prefer longer texts; see where the right one is lost.

    sentences: (source, right translation), the latter's tokens between blanks.
    """
    @lru_cache(maxsize=32)
    def searched(place: int, width: int, penalty: float) -> Beam:
        return translator.beam(sentences[place][0], width, length_penalty=penalty,
                               max_tokens=LONGEST)

    return core.explore(
        lambda sentence, width, penalty, first: tree_numbers(
            translator, *sentences[sentence], width, penalty, first,
            searched(sentence, width, penalty)),
        draw_tree, more=("first",),
        sentence=core.choice("sentence", [(source, place) for place, (source, _) in
                                          enumerate(sentences)]),
        width=core.slider("width of the beam", 1, 8, value=width),
        penalty=core.slider("length penalty", 0.0, 2.0, value=0.0, step=0.25),
        first=core.slider("first word that is drawn", 1, LONGEST - COLUMNS + 1, value=1),
    )
