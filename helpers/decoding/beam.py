"""Beam search: follow several texts at once, and keep the tree of what was followed and what not.

The likeliest text rarely begins with the likeliest token; a beam leaves the choice open longer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helpers.decoding.drawing import Step, check_id, read
from helpers.decoding.rows import check_row, most_likely_first, whole_number

BRANCHES = 50       # so many next tokens of a hypothesis stand in the tree (more if width is more)


@dataclass(frozen=True)
class Node:
    """One token in the tree: the hypothesis that ends with it.

    parent: place of the node before it in Beam.nodes, None at the root. depth: tokens chosen so
    far, 0 at the root. log_prob: nats of this token after its parent. total: their sum from the
    root to here. score: total with the length penalty. kept: was it one of the best `width`?
    """

    parent: int | None
    id: int
    depth: int
    log_prob: float
    total: float
    score: float
    kept: bool


@dataclass(frozen=True)
class Hypothesis:
    """A text that was found: its ids (without `stop`), where it ends in the tree, its numbers.

    ended: True if it ended with `stop`, whose log-probability is part of the total; False if it
    was cut off at max_tokens.
    """

    ids: tuple[int, ...]
    total: float
    score: float
    node: int
    ended: bool


@dataclass(frozen=True)
class Beam:
    """What a beam search did. nodes: the root (the start), then depth by depth, the best first.

    hypotheses: the texts that were found, the best first.
    """

    nodes: tuple[Node, ...]
    hypotheses: tuple[Hypothesis, ...]

    def path(self, node: int) -> list[int]:
        """The places in `nodes` from the root to this node, both included."""
        places = [node]
        while (parent := self.nodes[places[-1]].parent) is not None:
            places.append(parent)
        return places[::-1]


def beam_search(
    step: Step,
    start: int | Sequence[int],
    *,
    width: int,
    length_penalty: float = 0.0,
    max_tokens: int,
    stop: int | None,
) -> Beam:
    """Look for the likeliest texts after `start`, and return the whole tree of the search.

    At each depth every hypothesis is followed by every possible token, and the best `width` of
    all these are kept. A kept one that ends with `stop` is finished. width=1 is greedy decoding;
    a width that keeps everything finds the best text there is.

    Finished texts are compared by score = total / ((5 + n) / 6) ** length_penalty, for n tokens
    with `stop` counted (Wu et al. 2016, eq. 14, without its coverage term); 0 compares totals,
    more favours longer texts. Those cut off at max_tokens come after all that ended. The `width`
    best are returned; of equals, the one found first, then the lower id. The search ends when
    nothing is left to follow, or when nothing that is left could still come among the `width`
    best, even if all its further tokens were certain.

    step, start, stop: as for draw. The tree holds each followed hypothesis' likeliest tokens,
    BRANCHES at most (or width); none of the others could be kept.
    Raises ValueError for a bad row, start or stop, width or max_tokens below 1, and a
    length_penalty that is negative or not a finite number.
    """
    whole_number("width", width)
    whole_number("max_tokens", max_tokens)
    if not 0 <= length_penalty < math.inf:
        raise ValueError(f"length_penalty={length_penalty}: it must be a finite number, 0 or more")
    ids, state, row = read(step, start)
    check_id("stop", stop, row)
    nodes = [Node(None, ids[-1], 0, 0.0, 0.0, 0.0, True)]
    live, ended = [(0, state, row)], []
    for depth in range(1, max_tokens + 1):
        first = len(nodes)
        nodes += _grown(nodes, live, depth, width, length_penalty)
        kept = [place for place in range(first, len(nodes)) if nodes[place].kept]
        ended += [place for place in kept if nodes[place].id == stop]
        open_ = [place for place in kept if nodes[place].id != stop]
        if depth == max_tokens or _is_over(nodes, open_, ended, width, length_penalty, max_tokens):
            break
        states = {place: state for place, state, _ in live}
        live = [(place, *_read_on(step, states[nodes[place].parent], nodes[place].id))
                for place in open_]
    cut = open_ if depth == max_tokens else []
    return _as_beam(nodes, ended, cut, width)


def _grown(nodes: list[Node], live: list[tuple], depth: int, width: int,
           length_penalty: float) -> list[Node]:
    """All that can follow the live hypotheses, best first, the first `width` of them kept."""
    grown = []
    for parent, _, row in live:
        for i in most_likely_first(row)[:max(width, BRANCHES)].tolist():
            grown.append((nodes[parent].total + float(row[i]), parent, float(row[i]), i))
    grown.sort(key=lambda g: (-g[0], g[1], -g[2], g[3]))    # equal totals: better parent, lower id
    return [Node(parent, i, depth, log_prob, total, _score(total, depth, length_penalty),
                 rank < width)
            for rank, (total, parent, log_prob, i) in enumerate(grown)]


def _score(total: float, n: int, length_penalty: float) -> float:
    return total / ((5 + n) / 6) ** length_penalty


def _is_over(nodes: list[Node], open_: list[int], ended: list[int], width: int,
             length_penalty: float, max_tokens: int) -> bool:
    """Can none of the open hypotheses come among the `width` best any more?"""
    if not open_:
        return True
    scores = sorted((nodes[place].score for place in ended), reverse=True)
    most = _score(nodes[open_[0]].total, max_tokens, length_penalty)    # certain to the very end
    return len(scores) >= width and most <= scores[width - 1]


def _read_on(step: Step, state: Any, id: int) -> tuple:
    state, row = step(state, id)
    return state, check_row(row)


def _as_beam(nodes: list[Node], ended: list[int], cut: list[int], width: int) -> Beam:
    tree = Beam(tuple(nodes), ())
    best = [sorted(places, key=lambda place: -nodes[place].score) for places in (ended, cut)]
    found = []
    for place in (best[0] + best[1])[:width]:
        has_ended = place in ended
        ids = [nodes[p].id for p in tree.path(place)[1:]]
        found.append(Hypothesis(tuple(ids[:-1] if has_ended else ids), nodes[place].total,
                                nodes[place].score, place, has_ended))
    return Beam(tree.nodes, tuple(found))

