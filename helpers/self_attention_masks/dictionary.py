"""A dictionary for one line only: what two layers of attention bind and one layer does not.

    A c  F h  A c  B a  F ?         Each line pairs 8 capitals with 8 small letters of its own, and
                                    is 16 pairs long. After the second F only the line itself tells
                                    that h comes: find the F before, take what stood behind it.

Nothing can be learned by heart: the next line has another dictionary (Olsson et al. 2022 call
heads that do this induction heads).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from helpers import tokenizers, training
from helpers.neural import NO_TARGET, next_token_loss, reading
from helpers.self_attention_masks import explain
from helpers.self_attention_masks.model import AttentionLM, weights_of

CAPITALS, SMALL = "ABCDEFGH", "abcdefgh"
KINDS = ("one layer", "two layers")
UPDATES = {1e-2: 600, 6e-3: 800, 3e-3: 1200}                            # at each rate
RATES, SEEDS, EVERY = tuple(UPDATES), (0, 1, 2), 100
K, PLACES, D, BATCH = 8, 32, 32, 32
KNOWN = tokenizers.Vocabulary(CAPITALS + SMALL)
FIRST = KNOWN.encode(CAPITALS[0])[0]                                    # ids: capitals, then small


def config(kind: str) -> dict:
    """The settings of the AttentionLM of one of KINDS; ValueError for another."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
    return {"vocab_size": len(KNOWN), "d_model": D, "n_heads": 1, "most": PLACES,
            "n_layers": KINDS.index(kind) + 1}


def lines(number: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """ids (number, 32), capitals on even places; again (number, 16): was this capital before?"""
    dictionary = torch.randint(K, (number, K), generator=generator)
    capitals = torch.randint(K, (number, PLACES // 2), generator=generator)
    small = K + dictionary.gather(1, capitals)
    ids = FIRST + torch.stack([capitals, small], dim=2).flatten(1)
    same = capitals[:, :, None] == capitals[:, None, :]                 # (number, 16, 16)
    return ids, same.tril(-1).any(dim=2)


def batch_of(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(ids, targets), both (B, 32): only small letters are asked for."""
    ids, _ = lines(BATCH, generator)
    targets = torch.full_like(ids, NO_TARGET)
    targets[:, 0::2] = ids[:, 1::2]
    return ids, targets


def train(kind: str, *, rate: float = 6e-3, seed: int = 0, updates: int | None = None,
          watch: Callable | None = None) -> AttentionLM:
    """A model trained with Adam on fresh lines, 32 at a time; updates: those of its rate if None.

    Two layers take two to five seconds. watch: see training.train.
    """
    torch.manual_seed(seed)
    model = AttentionLM(**config(kind))
    training.train(model, batch_of, next_token_loss, learning_rate=rate, seed=seed, watch=watch,
                   steps=UPDATES[rate] if updates is None else updates,
                   what=f"{kind}, rate {rate:g}, seed {seed}")
    return model


def right(model: AttentionLM, *, number: int = 500, seed: int = 99) -> float:
    """Share of right small letters after capitals that stood in the line before: fresh lines.

    Who only counts the small letters of the line is right one time in three.
    """
    ids, again = lines(number, torch.Generator().manual_seed(seed))
    with reading(model):
        said = model(ids)[:, 0::2].argmax(dim=2)                        # (number, 16)
    return float((said == ids[:, 1::2])[again].float().mean())


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS: {"right": at the end, "curve": after every EVERY updates, ...}.

    looks: what `looks` says, one number per layer; agreement: what `agreement` says.
    """
    curve: list[float] = []

    def watch(model: AttentionLM, history: training.History) -> None:
        if history.done % EVERY == 0:
            curve.append(round(right(model), 4))

    model = train(kind, rate=rate, seed=seed, watch=watch)
    agree = {way: round(found, 3) for way, found in agreement(model).items()}
    return {"right": curve[-1], "curve": curve, "looks": [round(w, 3) for w in looks(model)],
            "agreement": agree}


def looks(model: AttentionLM, *, number: int = 200) -> list[float]:
    """The two jobs: mean weight, in the first layer, that a small letter puts on the capital right
    before it; and, in the last, that a capital which was there before puts on the small letters
    that stood behind it.
    """
    ids, again = lines(number, torch.Generator().manual_seed(98))
    weights = weights_of(model, ids).mean(dim=2)                        # (number, L, 32, 32)
    before = weights[:, 0].diagonal(-1, dim1=1, dim2=2)[:, 0::2]        # rows 1, 3, ...: capital
    capitals = ids[:, 0::2]
    same = (capitals[:, :, None] == capitals[:, None, :]).tril(-1)      # (number, 16, 16)
    behind = (weights[:, -1, 0::2, 1::2] * same).sum(dim=2)             # (number, 16)
    return [float(before.mean()), float(behind[again].mean())]


def agreement(model: AttentionLM, *, number: int = 50) -> dict[str, float]:
    """How well four ways rank the tokens that the last answer of a line hangs on.

    Lines of 31 letters, whose last capital was there before. For each line: Spearman's correlation,
    over the 30 places before the last, with what the right answer loses when a letter is replaced
    (by each other of its kind in turn); the mean over the lines. The ways are the last layer's
    weights, rollout, the size of the gradient, and gradient times input without its sign.
    """
    ids, again = lines(8 * number, torch.Generator().manual_seed(97))
    found: dict[str, list[float]] = {}
    for line in ids[again[:, -1]][:number]:
        read, wanted = line[:-1], int(line[-1])
        kinds = [range(FIRST + K * (t % 2), FIRST + K * (t % 2 + 1)) for t in range(len(read))]
        others = [[i for i in kind if i != here] for kind, here in zip(kinds, read, strict=True)]
        loss = explain.effect_of_replacing(model, read, wanted, others)[:-1]
        for way, scores in {
                "weights": explain.last_row(model, read),
                "rollout": explain.rollout(weights_of(model, read[None])[0])[-1].numpy(),
                "gradient": explain.slopes(model, read, wanted),
                "gradient times input": np.abs(explain.gradient_times_input(model, read, wanted)),
        }.items():
            found.setdefault(way, []).append(explain.rank_correlation(scores[:-1], loss))
    return {way: float(np.mean(each)) for way, each in found.items()}


def answer(model: AttentionLM, line: str) -> tuple[dict[str, float], Tensor]:
    """What a small letter follows a line such as "A c F h A"? blanks do not count.

    Returns ({small letter: probability}, likeliest first, and the weights (L, H, T, T)).
    Raises ValueError for other signs, a line of more than 32 letters, or one that does not end in
    a capital, after which alone the model has learned to answer.
    """
    letters = "".join(line.split())
    unknown = sorted(set(KNOWN.unknown_tokens(letters)))
    if unknown:
        raise ValueError(f"{''.join(unknown)!r} in {line!r}: the letters are {CAPITALS} and "
                         f"{SMALL}")
    if len(letters) > PLACES:
        raise ValueError(f"{len(letters)} letters: the model has positions for {PLACES}; leave "
                         f"out {len(letters) - PLACES}")
    if not letters or letters[-1] not in CAPITALS:
        raise ValueError(f"{line!r} does not end in a capital: end with the one whose small "
                         f"letter is asked for, {CAPITALS[0]} to {CAPITALS[-1]}")
    ids = torch.tensor([KNOWN.encode(letters)])
    with reading(model):
        log_probs = model(ids)[0, -1].log_softmax(dim=0)
    chances = {small: float(log_probs[KNOWN.encode(small)[0]].exp()) for small in SMALL}
    return dict(sorted(chances.items(), key=lambda item: -item[1])), weights_of(model, ids)[0]
