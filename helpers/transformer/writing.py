"""Greedy writing with the cache of keys and values, and by reading everything anew."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from helpers.neural import reading
from helpers.transformer.model import Transformer


def write(model: Transformer, ids: Sequence[int], count: int, *, cached: bool = True
          ) -> list[int]:
    """The `count` likeliest ids that follow `ids`, one after the other.

    cached: the model reads each new id with its state; else all ids so far, anew for each.
    Raises ValueError for no ids, or where a text gets longer than the model can read.
    """
    if not len(ids):
        raise ValueError("there are no ids to go on from: give the start mark at least")
    written, state, fresh = list(ids), None, list(ids)
    with reading(model):
        for _ in range(count):
            if cached:
                logits, state = model.read(torch.tensor([fresh]), state)
            else:
                logits = model(torch.tensor([written]))
            fresh = [int(logits[0, -1].argmax())]
            written += fresh
    return written[len(ids):]
