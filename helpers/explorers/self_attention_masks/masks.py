"""A mask built cell by cell: scores, masked scores, weights, output, and who notices whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from helpers import plots
from helpers import self_attention_masks as sa
from helpers.explorers import core
from helpers.explorers.self_attention_masks.mask_drawing import draw_cells, draw_verdicts

WORDS, PAD = ("the", "cat", "sat", "down", "<pad>"), "<pad>"
LEAST, MOST = 2, 6              # words
KINDS = ("none", "causal", "padding", "causal + padding", "window of 2")
CHANGES = ((1.0, 2.0, 3.0), (-2.0, 1.0, -1.5))      # added to a word's query, key and value
ROWS = ((1, 1, 2), (2, -1, -1), (1, 2, 3), (-1, 1, 1), (1, 2, 4), (2, -1, -2))     # q, k, v


def base_mask(kind: str, words: Sequence[str] = WORDS) -> Tensor:
    """The mask (T, T) of a kind, True = may attend; words that are "<pad>" are padding.

    Raises ValueError for an unknown kind, for padding that is not at the end, and for fewer than
    2 or more than 6 words.
    """
    real = _real(words)
    T = len(words)
    made = {"none": torch.ones(T, T, dtype=torch.bool), "causal": sa.causal_mask(T),
            "padding": sa.padding_mask([real], T)[0].expand(T, T),
            "window of 2": sa.window_mask(T, 2)}
    made["causal + padding"] = made["causal"] & made["padding"]
    if kind not in made:
        raise ValueError(f"kind={kind!r}: there are {', '.join(KINDS)}")
    return made[kind]


def _real(words: Sequence[str]) -> int:
    """How many words stand before the padding."""
    real = sum(word != PAD for word in words)
    if PAD in words[:real] or not real or not LEAST <= len(words) <= MOST:
        raise ValueError(f"words {' '.join(words)}: {LEAST} to {MOST} of them, a word first and "
                         f"{PAD} only at the end")
    return real


def as_signs(mask: Tensor) -> str:
    """A mask as the grid of boxes holds it: "x. xx" is causal over two words."""
    return " ".join("".join("x" if cell else "." for cell in row) for row in mask.tolist())


def mask_numbers(cells: str, words: Sequence[str] = WORDS, kind: str = "") -> dict:
    """One head over a few words with this mask, and the leak test: change a word, who notices?

    cells: rows of "x" (may attend) and "." with a blank between. Each word has one number as its
    query, one as its key, one as its value: small whole ones, always the same. Returns {"scores":
    (T, T) query times key, "mask", "weights", "output": (T,), "noticed": bool (T, T), the output
    of row i is another when the word j is; "real": how many words are no padding, "empty": rows
    with nothing left, "words", "kind", "changed": how many cells differ from the mask of `kind`}.
    Raises ValueError as `base_mask`, and for cells that do not fit.
    """
    real, T = _real(words), len(words)
    rows = cells.split(" ")
    if list(map(len, rows)) != [T] * T:
        raise ValueError(f"cells {cells!r} for {T} words: {T} rows of {T} signs, x or .")
    mask = torch.tensor([[sign == "x" for sign in row] for row in rows])
    x = torch.tensor(ROWS[:T], dtype=torch.float64)                     # (T, 3)
    output, weights = _attend(x, mask)
    noticed = torch.zeros(T, T, dtype=torch.bool)
    for j in range(T):
        for change in CHANGES:
            other = x.clone()
            other[j] += torch.tensor(change, dtype=x.dtype)
            noticed[:, j] |= (_attend(other, mask)[0] != output)[:, 0]
    changed = int((mask != base_mask(kind, words)).sum()) if kind else 0
    return {"scores": (x[:, :1] @ x[:, 1:2].T).numpy(), "mask": mask.numpy(),
            "weights": weights.numpy(), "output": output[:, 0].numpy(), "noticed": noticed.numpy(),
            "real": real, "empty": torch.nonzero(~mask.any(dim=1))[:, 0].tolist(),
            "words": list(words), "kind": kind, "changed": changed}


def _attend(x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    return sa.scaled_dot_product_attention(x[:, :1], x[:, 1:2], x[:, 2:], mask)     # (T, 1)


def draw_mask(figure, numbers: dict) -> str:
    """Draw scores, masked scores and weights as tables, output and verdict as lines of text."""
    scores, masked, weights, output = plots.panels(figure, 4, width_ratios=(1.2, 0.9, 1.2, 1.25))
    words, open_ = numbers["words"], numbers["mask"]
    reach = max(1.0, np.abs(numbers["scores"]).max())
    draw_cells(scores, numbers["scores"], words, title="Scores", limits=(-reach, reach),
               shown="{:.0f}", with_rows=True)
    draw_cells(masked, numbers["scores"], words, title="Masked scores", limits=(-reach, reach),
               shown="{:.0f}", blocked=~open_)
    draw_cells(weights, numbers["weights"], words, title="Weights", limits=(0, 1), shown="{:.2f}")
    verdicts = [_verdict(numbers, i) for i in range(len(words))]
    draw_verdicts(output, numbers["output"], verdicts, title="Output, and leak test")
    return _in_words(numbers)


def _verdict(numbers: dict, i: int) -> tuple[str, bool]:
    """What the leak test says of one row, in a few words, and whether that is a warning."""
    words, seen = numbers["words"], np.flatnonzero(numbers["noticed"][i])
    if i in numbers["empty"]:
        return "nothing to look at", True
    if i >= numbers["real"]:
        return "nobody reads it", False
    later = [words[j] for j in seen if j > i]
    if not later:
        return "clean", False
    more = f" + {len(later) - 1}" if later[1:] else ""
    return f"notices {plots.plain(later[0], 8)}{more}", True


def _in_words(numbers: dict) -> str:
    words, real, noticed = numbers["words"], numbers["real"], numbers["noticed"]
    leaks = [(i, j) for i in range(real) for j in range(i + 1, real) if noticed[i, j]]
    pads = [(i, j) for i in range(real) for j in range(real, len(words)) if noticed[i, j]]
    changed = f", {numbers['changed']} cell{'s' * (numbers['changed'] > 1)} changed" if (
        numbers["changed"]) else ""
    said = f"Mask: {numbers['kind']}{changed}. Leak test, each word changed in turn: "
    said += _pairs(leaks, words, "no word notices a later one", "the future leaks")
    if real < len(words):
        said += "; " + _pairs(pads, words, "none notices the padding", "padding is noticed")
    if numbers["empty"]:
        names = ", ".join(f"“{words[i]}”" for i in numbers["empty"])
        said += (f". {names} may look at nothing: weights 0 and output 0 here; softmax alone "
                 "would divide 0 by 0 and say NaN")
    return f"{said}.{plots.note(*words)}"


def _pairs(pairs: list[tuple[int, int]], words: Sequence[str], none: str, some: str) -> str:
    """Who notices whom: the first pair by name, the others counted."""
    if not pairs:
        return none
    (i, j), others = pairs[0], len(pairs) - 1
    more = f", and {others} more pair{'s' * (others > 1)}" if others else ""
    return f"{some} (“{words[i]}” notices “{words[j]}”{more})"


def mask_builder(words: Sequence[str] = WORDS, kind: str = "causal + padding"):
    """Choose a mask, then tick and untick any cell; see what it does and what the leak test says.

    words: 2 to 6, "<pad>" at the end for padding. kind: what is shown first.
    """
    words = list(words)
    names = [plots.plain(word, 8) for word in words]
    shown = core.explore(
        lambda kind, cells: mask_numbers(cells, words, kind), draw_mask, size=(10, 2.9),
        kind=core.choice("start from", list(KINDS), value=kind),
        cells=core.grid("who may look at whom", names, names, says="may look at",
                        value=as_signs(base_mask(kind, words))))

    def start_anew(change) -> None:
        shown.controls["cells"].value = as_signs(base_mask(change.new, words))
    shown.controls["kind"].observe(start_anew, names="value")
    return shown
