"""Does an answer depend on what it must not know? Change that, and look whether it notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from helpers.neural.trial import LeakReport, Trial, borrowed, real_places

DRAWS = 3       # other texts per question: one alone may happen to get the same answer


def leak_test(model: Callable, ids: Tensor, *, lengths: Tensor | None = None,
              padding: int | None = None, causal: bool = True, within: float = 1e-5,
              seed: int = 0) -> LeakReport:
    """Change what an answer must not know, and report the first answer that notices.

    In this order: the same ids again, also after another text; later ids changed, or cut off;
    other rows beside them; padding changed, or left out; a model's `read`, in pieces. A network
    is asked in eval mode, about the future in training mode too (there the same random numbers
    are drawn each time). Modes, buffers and torch's random numbers are put back afterwards.

    model: ids (B, T) -> logits (B, T, V), a network or a function. ids: int (B, T), T at least
    2; a dozen different ones are plenty: they are exchanged for one another, in some 10 T calls.
    A batch with padding tells how the model knows it: padding, by this id, on either side;
    lengths, int (B,), by model(ids, lengths), with the padding on the right.
    causal: False for a model that may look ahead. within: the rounding that is forgiven, as a
    part of the logits' size (median, or what another text changes, if that is more). In float64
    1e-12 will do, and then a mask of -20 instead of -inf is found too.

    Raises ValueError for other ids or lengths, a batch without the padding that was spoken of,
    logits of another shape or with NaN, and logits that are the same whatever is read.
    """
    ids = torch.as_tensor(ids).contiguous()
    real = real_places(ids, lengths, padding)
    with borrowed(model):
        trial = Trial(model, ids, lengths, real=real, within=within, seed=seed)
        questions = (_again, _future, _cut, _rows, _padding, _parts, _training)
        for question in questions if causal else (_again, _rows, _padding):
            if leak := question(trial):
                return leak
    return LeakReport(None, trial.largest)


def _again(trial: Trial) -> LeakReport | None:
    """The same ids once more: at once, with other random numbers, after a shorter text."""
    ids, cut = trial.ids, (trial.cuts or [None])[-1]
    leak = (trial.look("memory", "the same ids were read again", trial.ask(ids))
            or trial.look("chance", "the same ids were read again", trial.ask(ids, seed=1)))
    trial.ask(*trial.until(cut))
    leak = leak or trial.look("memory", "another text had been read before", trial.ask(ids))
    if not leak and trial.effect <= trial.limit:
        raise ValueError("the logits are the same whatever is read, so that no leak would show: "
                         "give the model weights that are not zero")
    return leak


def _future(trial: Trial) -> LeakReport | None:
    """Other ids from a cut on; if one before it notices, one place after the other."""
    for cut in trial.places[1:].tolist():
        stay = trial.real & (trial.places < cut)
        for _ in range(DRAWS):
            other = trial.changed(trial.real & (trial.places >= cut))
            if not trial.look("future", "", trial.ask(other), stay):
                continue
            for last in trial.places[cut:].tolist():
                some = torch.where(trial.places <= last, other, trial.ids)
                if leak := trial.look("future", f"place {last} was changed", trial.ask(some),
                                      stay, source=last):
                    return leak
    return None


def _cut(trial: Trial) -> LeakReport | None:
    """No future at all: how much there is must not show either."""
    for cut in trial.cuts:
        if leak := trial.look("future", f"the text was cut off before place {cut}",
                              trial.ask(*trial.until(cut)), source=cut):
            return leak
    return None


def _rows(trial: Trial) -> LeakReport | None:
    """The batch between rows with other ids."""
    other, count = trial.changed(trial.real), len(trial.ids)
    lengths = None if trial.lengths is None else trial.lengths.repeat(3)
    after = trial.ask(torch.cat([other, trial.ids, other]), lengths)[count:2 * count]
    return trial.look("rows", "other rows were read beside it", after)


def _padding(trial: Trial) -> LeakReport | None:
    """Row by row: other ids as padding, where lengths tell it; then the row alone, without any."""
    for row in (~trial.real.all(dim=1)).nonzero().flatten().tolist():
        keep, lengths = trial.real[row], None
        source = int((~keep).nonzero()[0])
        if trial.lengths is not None:
            lengths = trial.lengths[row:row + 1]
            here = ~trial.real & (torch.arange(len(trial.ids)) == row)[:, None]
            for _ in range(DRAWS):
                if leak := trial.look("padding", "its padding was changed",
                                      trial.ask(trial.changed(here)), source=source):
                    return leak
        alone = trial.answer.clone()
        alone[row, keep] = trial.ask(trial.ids[row:row + 1, keep], lengths)[0]
        if leak := trial.look("padding", "its padding was left out", alone, source=source):
            return leak
    return None


def _parts(trial: Trial) -> LeakReport | None:
    """A model that keeps a state reads on from it, whatever the size of the pieces."""
    if not hasattr(trial.model, "read") or trial.lengths is not None:
        return None
    for size in trial.places[1:].tolist():
        state, logits = None, []
        for piece in trial.ids.split(size, dim=1):
            trial.model.read(piece, state)          # twice: a state is never changed
            row, state = trial.model.read(piece, state)
            logits.append(row)
        if leak := trial.look("parts", f"`read` took {size} at a time", torch.cat(logits, 1)):
            return leak
    return None


def _training(trial: Trial) -> LeakReport | None:
    """The future once more, with dropout and batch statistics as they are while it learns."""
    if not isinstance(trial.model, nn.Module):
        return None
    trial.model.train()
    trial.answer = trial.ask(trial.ids)
    if trial.look("chance", "", trial.ask(trial.ids)):      # drawn outside of torch: cannot tell
        return None
    leak = _future(trial)
    return leak and replace(leak, cause=f"{leak.cause} in training mode")
