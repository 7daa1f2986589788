"""Word vectors in a picture: 100 numbers become 2, and a word's nearest mostly stay near it.

Skip-gram's own idea once more (LargeVis, Tang et al. 2016): each word is drawn to its nearest
words and pushed away from words picked at random. No plane keeps all neighbours of a space.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

NEAREST, NEGATIVES, PUSH, ROUNDS, RATE, FARTHEST = 5, 5, 12.0, 1000, 0.1, 4.0


def layout(rows: np.ndarray, *, seed: int) -> np.ndarray:
    """(V, 2) places of the words: near words near by cosine, the middle at 0; some ten seconds.

    rows (V, d). Words are taken to be neighbours with the probability 1 / (1 + distance²). Each
    round moves all words up the slope of log p for their 5 nearest words and, 12 times as strong,
    of log(1 - p) for 5 words at random per neighbour; steps shrink evenly to 0. It starts from the
    two directions of largest spread.
    Raises ValueError for fewer than 7 words.
    """
    if len(rows) < NEAREST + 2:
        raise ValueError(f"{len(rows)} words: {NEAREST + 2} or more, since each is drawn to its "
                         f"{NEAREST} nearest")
    generator = torch.Generator().manual_seed(seed)
    places = torch.tensor(principal(rows))
    places /= places.std()
    near = torch.from_numpy(nearest(rows, NEAREST)).flatten()           # (5 V,)
    word = torch.arange(len(rows)).repeat_interleave(NEAREST)           # (5 V,)
    for done in range(ROUNDS):
        away, square = _away(places, word, near)
        pull = away / (1 + square)
        move = torch.zeros_like(places).index_add_(0, word, -pull).index_add_(0, near, pull)
        for _ in range(NEGATIVES):
            other = torch.randint(len(rows), near.shape, generator=generator)
            away, square = _away(places, word, other)                   # 0.1: no leap at distance 0
            move.index_add_(0, word, PUSH * away / ((0.1 + square) * (1 + square)))
        places += (RATE * (1 - done / ROUNDS) * move).clamp(-FARTHEST, FARTHEST)
    return (places - places.mean(dim=0)).numpy()


def _away(places: Tensor, one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """From `other` to `one` (N, 2), and the squared distance (N, 1)."""
    away = places[one] - places[other]
    return away, (away ** 2).sum(dim=1, keepdim=True)


def principal(rows: np.ndarray) -> np.ndarray:
    """(V, 2): the two directions in which the rows, brought to length 1, spread most (PCA)."""
    unit = _unit(rows)
    unit = unit - unit.mean(axis=0)
    _, vectors = np.linalg.eigh(unit.T @ unit)                          # strongest last
    return np.ascontiguousarray(unit @ vectors[:, :-3:-1])


def kept(rows: np.ndarray, places: np.ndarray, *, near: int = 5, among: int = 20) -> float:
    """Share of the `near` nearest words in space that are among the `among` nearest in the plane.

    0 to 1; places at random keep about `among` / V of them. In space by cosine, in the plane by
    distance.
    """
    if len(rows) != len(places):
        raise ValueError(f"{len(rows)} rows, {len(places)} places: give a place for each row")
    space, plane = nearest(rows, near), nearest(places, among, plane=True)
    return float((space[:, :, None] == plane[:, None]).any(axis=2).mean())


def nearest(rows: np.ndarray, number: int, *, plane: bool = False) -> np.ndarray:
    """(V, number) int: the nearest other rows, by cosine or, of a plane, by distance."""
    points = np.asarray(rows, dtype=np.float32) if plane else _unit(rows)
    squares = (points ** 2).sum(axis=1) / 2                             # all alike for unit rows
    found = []
    for some in np.array_split(np.arange(len(points)), len(points) // 512 + 1):
        close = points[some] @ points.T - squares                       # larger is nearer
        close[np.arange(len(some)), some] = -np.inf
        found.append(np.argsort(-close, axis=1, kind="stable")[:, :number])
    return np.concatenate(found)


def _unit(rows: np.ndarray) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.float32)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)
