"""What a network may see and what it is asked: four ways to learn from text without labels.

An `Objective` is what goes in, what is asked, and who sees whom. The network is the same for all:
`logits_under` runs notebook 06's blocks under any of the masks.

    causal      asked: the next token         sees: what came before          GPT
    masked      asked: the hidden tokens      sees: everything                BERT
    prefix      asked: what follows a prefix  sees: the prefix both ways      T5's, UniLM
    denoising   asked: the spans cut out      reads the rest, writes them     T5, BART
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers.neural import NO_TARGET
from helpers.pretraining.masking import SHARE, hide
from helpers.self_attention_masks import causal_mask
from helpers.transformer import Transformer, turns_at
from helpers.transformer.model import logits_of, rows_of


@dataclass(frozen=True)
class Objective:
    """inputs (B, T), targets (B, T) with NO_TARGET where nothing is asked, mask (B or 1, T, T).

    The target at a place is what the logits at that place must tell. mask: bool, True = may see.
    """

    inputs: Tensor
    targets: Tensor
    mask: Tensor


def shifted(ids: Tensor, real: Tensor | None = None) -> Tensor:
    """What the logits of each place must tell: the token after it, (B, T).

    The one place where labels are shifted: whoever shifts them again learns the token after the
    next one. The last place has no target; real: bool (B, T), padding is no target either.
    """
    if ids.dim() != 2:
        raise ValueError(f"ids {tuple(ids.shape)}: give (batch, time)")
    known = ids if real is None else ids.masked_fill(~real, NO_TARGET)
    nothing = torch.full_like(known[:, :1], NO_TARGET)
    return torch.cat([known[:, 1:], nothing], dim=1)


def causal(ids: Tensor, real: Tensor | None = None) -> Objective:
    """Every place sees what came before, and is asked for what comes next."""
    mask = causal_mask(ids.shape[1])[None]
    return Objective(ids, shifted(ids, real), _seen(mask, real))


def masked(ids: Tensor, real: Tensor | None = None, *, mask_id: int, words: Tensor,
           generator: torch.Generator, share: float = SHARE) -> Objective:
    """Every place sees every other one; asked for is what was hidden, in its own place."""
    may = torch.ones_like(ids, dtype=torch.bool) if real is None else real
    hidden = hide(ids, may & torch.isin(ids, words), mask_id=mask_id, words=words,
                  generator=generator, share=share)
    everything = torch.ones(1, ids.shape[1], ids.shape[1], dtype=torch.bool)
    return Objective(hidden.inputs, hidden.targets, _seen(everything, real))


def prefix(ids: Tensor, given: Sequence[int], real: Tensor | None = None) -> Objective:
    """The first given[b] tokens of row b see one another; what follows them is asked, in turn.

    The last token of the prefix is the first to be asked. Raises ValueError for prefixes that are
    empty or leave nothing to be asked.
    """
    T, many = ids.shape[1], torch.as_tensor(given)
    if many.shape != ids.shape[:1] or many.min() < 1 or many.max() >= T:
        raise ValueError(f"given={list(given)} for ids {tuple(ids.shape)}: one number per row, "
                         f"from 1 to {T - 1}")
    places = torch.arange(T)
    inside = places < many[:, None]                                     # (B, T)
    mask = causal_mask(T)[None] | (inside[:, :, None] & inside[:, None, :])
    targets = shifted(ids, real).masked_fill(places < many[:, None] - 1, NO_TARGET)
    return Objective(ids, targets, _seen(mask, real))


def cut_spans(length: int, generator: torch.Generator, *, share: float = SHARE,
              mean: int = 3) -> list[tuple[int, int]]:
    """Spans (first, end) to be cut out of a text, apart from one another (Raffel et al. 2020).

    About `share` of the tokens are cut, `mean` at a time. Raises ValueError for a text of fewer
    than two tokens.
    """
    if length < 2:
        raise ValueError(f"a text of {length} tokens: two at least, one to stay")
    cut = min(max(round(length * share), 1), length - 1)
    number = min(max(round(cut / mean), 1), length - cut)
    sizes, gaps = _parts(cut, number, generator), _parts(length - cut, number, generator)
    spans, place = [], 0
    for gap, size in zip(gaps, sizes, strict=True):
        place += gap
        spans.append((place, place + size))
        place += size
    return spans


def denoising(ids: Sequence[int], spans: Sequence[tuple[int, int]],
              sentinels: Sequence[int]) -> tuple[list[int], list[int]]:
    """(source, target): each span of the source gives way to a sentinel; the target tells them.

    Source: a <1> d <2>; target: <1> b c <2> e f <3>. The encoder sees the whole source, the
    decoder writes the target (`shifted`). Raises ValueError for spans out of order and for fewer
    sentinels than spans and one more.
    """
    ends = [0, *(end for _, end in spans)]
    if any(not before <= first < end <= len(ids)
           for before, (first, end) in zip(ends, spans, strict=False)):
        raise ValueError(f"spans {list(spans)} of {len(ids)} tokens: each (first, end), in order, "
                         "none empty, none inside another")
    if len(sentinels) <= len(spans):
        raise ValueError(f"{len(sentinels)} sentinels for {len(spans)} spans: one each, and one "
                         "that ends the target")
    source, target = [], []
    for before, (first, end), sentinel in zip(ends, spans, sentinels, strict=False):
        source += [*ids[before:first], sentinel]
        target += [sentinel, *ids[first:end]]
    return [*source, *ids[ends[-1]:]], [*target, sentinels[len(spans)]]


def logits_under(model: Transformer, ids: Tensor, mask: Tensor) -> Tensor:
    """The same network under any mask: ids (B, T), bool (B or 1, T, T) -> logits (B, T, V)."""
    x = rows_of(model.embed, ids, model.config)
    places = torch.arange(ids.shape[1])[None]
    x = model.stack.dropout(model.stack._placed(x, places))
    turns = None
    if model.config.positions == "rotary":
        turns = turns_at(places, model.config.d_head, x.dtype)
    for block in model.stack.blocks:
        x, _ = block(x, mask, turns=turns)
    return logits_of(model.stack.last(x), model.embed, model.out)


def _seen(mask: Tensor, real: Tensor | None) -> Tensor:
    """The mask without padding as a key; padding itself sees itself, so that no row is empty."""
    if real is None:
        return mask
    return mask & real[:, None, :] | torch.eye(mask.shape[-1], dtype=torch.bool)


def _parts(total: int, number: int, generator: torch.Generator) -> list[int]:
    """`total` in so many parts of 1 or more, at random."""
    cuts = torch.randperm(total - 1, generator=generator)[:number - 1].add(1).sort().values
    ends = [0, *cuts.tolist(), total]
    return [b - a for a, b in zip(ends[:-1], ends[1:], strict=True)]
