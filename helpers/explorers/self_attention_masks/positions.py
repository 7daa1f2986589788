"""Four ways to tell a place: the score against the distance, and a pair of numbers that turns."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from helpers import plots
from helpers import self_attention_masks as sa
from helpers.explorers import core
from helpers.explorers.self_attention_masks.position_drawing import draw_hand, draw_rows

SINUSOIDAL, ROTARY = "sinusoidal", "rotary"
BIAS, LEARNED = "distance bias", "learned, before training"
KINDS = (SINUSOIDAL, ROTARY, BIAS, LEARNED)
PLACES, WIDTH, HEADS = 81, 16, 8        # a pair of numbers for each of the heads of the bias
FROM = (10, 40)                         # the two places that ask
DISTANCES = np.arange(-10, 41)          # place of the key minus place of the query
SAID, SAME = 10, 1e-5                   # the distance that the sentence names; equal within


def position_numbers(kind: str, place: int = 5, pair: int = 1, words: bool = False) -> dict:
    """The score of a query at two places with keys around it, and one pair of numbers at a place.

    kind: one of KINDS; 81 places, rows of 16 numbers (the bias has 8 heads). words: a query and a
    key of random numbers, always the same; without them nothing but the place is in the score (a
    rotation has (1, 0) to turn). pair: 1 (fast) to 8 (slow), for the bias the head. Scores are
    dot products, not divided. Returns {"scores": {place that asks: (51,)}, "gap": how far the two
    differ at most, "rows": (81, 16) what each place gets, for the bias (81, 81), "hand": (81, 2)
    the pair at each place or None, "speed": radians a place or None, and the settings}.
    Raises ValueError for an unknown kind, place or pair.
    """
    if kind not in KINDS or not 0 <= place < PLACES or not 1 <= pair <= HEADS:
        raise ValueError(f"kind={kind!r}, place={place}, pair={pair}: there are "
                         f"{', '.join(KINDS)}; places 0 to {PLACES - 1}; pairs 1 to {HEADS}")
    rows = _rows(kind, pair)
    scores = _scores(kind, rows, words)                                 # (81, 81)
    asked = {i: scores[i, i + DISTANCES].numpy() for i in FROM}
    hand = None if kind == BIAS else rows[:, 2 * pair - 2:2 * pair].numpy()
    turns = kind in (SINUSOIDAL, ROTARY)
    return {"scores": asked, "gap": float(np.abs(asked[FROM[0]] - asked[FROM[1]]).max()),
            "rows": rows.numpy(), "hand": hand, "kind": kind, "place": place, "pair": pair,
            "speed": 10_000.0 ** (-(2 * pair - 2) / WIDTH) if turns else None, "words": words}


def _rows(kind: str, pair: int) -> Tensor:
    """What each place gets: a row to add, (1, 0) turned eight times, or a row of the bias."""
    if kind == BIAS:
        return sa.distance_bias(PLACES, HEADS)[pair - 1]
    if kind == SINUSOIDAL:
        return sa.sinusoidal(PLACES, WIDTH)
    if kind == ROTARY:
        first = torch.tensor([1.0, 0.0], dtype=torch.float64).repeat(WIDTH // 2)
        return sa.rotate(first.expand(PLACES, WIDTH), torch.arange(PLACES))
    return _random(0, PLACES) / WIDTH ** 0.5


def _scores(kind: str, rows: Tensor, words: bool) -> Tensor:
    """All queries with all keys, (81, 81): of the places alone, or of two words at them."""
    query, key = 0.7 * _random(1, 2)
    if kind == BIAS:
        return rows + (query @ key if words else 0.0)
    if kind == ROTARY:
        places = torch.arange(PLACES)
        turned = [sa.rotate(one.expand(PLACES, WIDTH), places) for one in (query, key)]
        return turned[0] @ turned[1].T if words else rows @ rows.T
    rows = rows.double()
    return (rows + query * words) @ (rows + key * words).T


def _random(seed: int, rows: int) -> Tensor:
    return torch.randn(rows, WIDTH, generator=torch.Generator().manual_seed(seed)).double()


def draw_positions(figure, numbers: dict) -> str:
    """Draw the scores from two places, what each place gets, and one pair as a hand."""
    left, middle, right = plots.panels(figure, 3, width_ratios=(4.5, 2.9, 2.6))
    curves = {f"place {i}": scores for i, scores in numbers["scores"].items()}
    lines = plots.draw_curves(left, DISTANCES, curves, title="Score, asked from two places",
                              ylabel="score", xlabel="distance: key − query",
                              xticks={x: f"{x}".replace("-", "−") for x in range(-10, 41, 10)})
    for first, line in zip((0, 3), lines, strict=True):
        line.set_markevery((first, 6))              # in turn: one curve may lie on the other
    draw_rows(middle, numbers["rows"], numbers["place"], bias=numbers["kind"] == BIAS)
    draw_hand(right, numbers["hand"], numbers["place"], turns=numbers["speed"] is not None)
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    near, far = (f"{numbers['scores'][i][SAID - DISTANCES[0]]:.2f}".replace("-0.00", "0.00")
                 .replace("-", "−") for i in FROM)
    said = (f"{numbers['kind'].capitalize()}{', with words' if numbers['words'] else ''}. A key "
            f"{SAID} places on scores {near} asked from place {FROM[0]}, {far} from place "
            f"{FROM[1]}: ")
    said += "the distance alone decides." if numbers["gap"] < SAME else (
        f"the place matters too, by up to {numbers['gap']:.2f}.")
    return f"{said} {_of_pair(numbers)}"


def _of_pair(numbers: dict) -> str:
    """What the pair does, or that there is none that turns."""
    pair, place, speed = numbers["pair"], numbers["place"], numbers["speed"]
    if numbers["kind"] == BIAS:
        slope = -numbers["rows"][0, 1]
        return (f"Head {pair} of {HEADS} takes {slope:.3g} from a score for each place of "
                "distance; nothing turns.")
    if speed is None:
        return "Its rows are random numbers as yet: near places are no more alike than far ones."
    degrees = np.rad2deg(speed)
    return (f"Pair {pair} turns {degrees:.3g}° a place, once round in {2 * np.pi / speed:,.1f} "
            f"places: at place {place} by {degrees * place:,.1f}°.")


def position_explorer(kind: str = SINUSOIDAL):
    """Choose how places are told; compare two places that ask; turn one pair of numbers."""
    return core.explore(
        position_numbers, draw_positions, more=("words",),
        kind=core.choice("positions", list(KINDS), value=kind),
        place=core.slider("place", 0, PLACES - 1, value=5),
        pair=core.slider("pair or head, fast to slow", 1, HEADS, value=1),
        words=core.switch("with words: a query and a key of random numbers"),
    )
