"""A sorter of letters, so small that every number of it can be shown.

    read:    d a c a f b > a a b c d        Six letters of eight, a mark, then the same in order: a
    wanted:              a a b c d f        decoder learns to write on after the mark.

One block, 16 numbers for each token, two heads. Each letter that it says it reads again, as any
decoder does; a line counts as right if all its letters are.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from helpers import tokenizers, training
from helpers.neural import NO_TARGET, next_token_loss, reading
from helpers.transformer.model import Transformer, weights_of

LETTERS, MARK = "abcdefgh", ">"
KINDS = ("one block", "one block, no positions", "one block, even looks",
         "one block, no feed-forward")
RATES, SEEDS = (1e-2, 3e-2, 3e-3), (0, 1, 2)
K, MOST, D, BATCH, UPDATES, WARMUP, EVERY = 6, 7, 16, 64, 700, 30, 100
LENGTHS = (5, 6, 7)                         # letters in a line that it is tried on
KNOWN = tokenizers.Vocabulary(LETTERS + MARK, marks=())
SEEN = ("next", "smaller", "larger", "written")


def config(kind: str = KINDS[0]) -> dict:
    """The settings of the model of one of KINDS; ValueError for another."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(map(repr, KINDS))}")
    return {"vocab_size": len(KNOWN), "d_model": D, "n_heads": 2, "d_ff": 2 * D,
            "n_layers": 1, "max_len": 2 * MOST, "tied": False,
            "positions": "none" if kind.endswith("no positions") else "learned",
            "activation": "relu"}


def lines(number: int, generator: torch.Generator, length: int = K) -> tuple[Tensor, Tensor]:
    """(ids, targets), both (number, 2 length): letters, the mark, all sorted letters but the last.

    Only what comes after the mark is asked for.
    """
    letters = torch.randint(len(LETTERS), (number, length), generator=generator)
    mark = torch.full((number, 1), len(LETTERS))
    whole = KNOWN.encode(LETTERS)[0] + torch.cat([letters, mark, letters.sort(dim=1).values], dim=1)
    targets = whole[:, 1:].clone()
    targets[:, :length] = NO_TARGET
    return whole[:, :-1], targets


def train(kind: str = KINDS[0], *, rate: float = 1e-2, seed: int = 0, updates: int = UPDATES,
          watch: Callable | None = None) -> tuple[Transformer, training.History]:
    """A model trained with Adam on fresh lines of six letters, 64 at a time; four seconds."""
    torch.manual_seed(seed)
    model = without(Transformer.of(**config(kind)), kind)
    history = training.train(model, lambda generator: lines(BATCH, generator), next_token_loss,
                             steps=updates, learning_rate=rate, seed=seed, watch=watch,
                             schedule=training.warmup_cosine(WARMUP),
                             what=f"{kind}, rate {rate:g}, seed {seed}")
    return model, history


def without(model: Transformer, kind: str) -> Transformer:
    """The model with what a kind does without: queries that are 0, or a part that adds 0, for good.

    Queries of 0 make all weights even: each head takes the plain mean of all that it sees.
    """
    block, silent = model.stack.blocks[0], []
    if kind.endswith("even looks"):
        silent = [block.attention.W_q, block.attention.b_q]
    if kind.endswith("no feed-forward"):
        silent = list(block.feed_forward.W_2.parameters())
    for weights in silent:
        torch.nn.init.zeros_(weights).requires_grad_(False)
    return model


def right(model: Transformer, length: int = K, *, number: int = 1000, seed: int = 99) -> float:
    """Share of fresh lines of this length whose letters are all right, its own written before."""
    ids, targets = lines(number, torch.Generator().manual_seed(seed), length)
    written = write(model, ids[:, :length + 1], length)
    return float((written == targets[:, length:]).all(dim=1).float().mean())


def write(model: Transformer, ids: Tensor, number: int) -> Tensor:
    """Write on after ids (B, T), always what is likeliest: ids (B, number)."""
    state, written = None, []
    with reading(model):
        for _ in range(number):
            logits, state = model.read(ids, state)
            ids = logits[:, -1:].argmax(dim=2)                          # (B, 1)
            written.append(ids)
    return torch.cat(written, dim=1)


def answer(model: Transformer, letters: str) -> tuple[str, Tensor, Tensor]:
    """Sort a learner's letters, such as "dacafb"; blanks and the mark at the end do not count.

    Returns (what it writes, the probabilities of all signs at each letter written (length, V), the
    weights (L, H, T, T) over the whole line but its last letter).
    Raises ValueError for other signs, for no letter and for more than seven.
    """
    asked = "".join(letters.split()).removesuffix(MARK)
    unknown = sorted(set(asked) - set(LETTERS))
    if unknown:
        raise ValueError(f"{''.join(unknown)!r} in {letters!r}: the letters are {LETTERS}")
    if not 1 <= len(asked) <= MOST:
        raise ValueError(f"{len(asked)} letters: give six, as it has learned, or see what it makes "
                         f"of 1 to {MOST}")
    start = torch.tensor([KNOWN.encode(asked + MARK)])
    written = write(model, start, len(asked))
    ids = torch.cat([start, written[:, :-1]], dim=1)                    # (1, 2 length)
    with reading(model):
        chances = model(ids)[0, len(asked):].softmax(dim=-1)
    return KNOWN.decode(written[0].tolist()), chances, weights_of(model, ids)[0]


def looks(model: Transformer, *, number: int = 500) -> list[dict[str, float]]:
    """Where each head looks when a letter is to be written, one dict per head: shares of SEEN.

    Mean weights over all letters written: on letters of the line that are "next" (what must be
    written now), "smaller" or "larger" than it, and on what is "written", mark included. The
    last dict says how the tokens themselves divide: what a head that does not choose would get.
    """
    ids, targets = lines(number, torch.Generator().manual_seed(98))
    weights = weights_of(model, ids)[:, 0, :, K:]                   # (number, H, K, 2 K)
    wanted, read = targets[:, K:, None], ids[:, None, :]
    line = torch.arange(2 * K) < K                                      # (2 K,)
    parts = {"next": line & (read == wanted), "smaller": line & (read < wanted),
             "larger": line & (read > wanted), "written": ~line.expand(number, K, 2 * K)}
    seen = torch.ones(K, 2 * K).tril(K)
    everywhere = (seen / seen.sum(dim=1, keepdim=True)).expand(number, 1, K, 2 * K)
    weights = torch.cat([weights, everywhere], dim=1)
    return [{name: float((weights[:, head] * part).sum(dim=2).mean())
             for name, part in parts.items()} for head in range(weights.shape[1])]


def told(kind: str, *, rate: float, seed: int) -> dict:
    """Train one of KINDS: {"right": {length: share of whole lines}, "curve", "looks"}.

    curve: the share at six letters, after every EVERY updates; looks: see there.
    """
    curve: list[float] = []

    def watch(model: Transformer, history: training.History) -> None:
        if history.done % EVERY == 0:
            curve.append(round(right(model), 4))

    model, _ = train(kind, rate=rate, seed=seed, watch=watch)
    return {"right": {str(length): round(right(model, length), 4) for length in LENGTHS},
            "curve": curve, "looks": [{name: round(share, 3) for name, share in head.items()}
                                      for head in looks(model)[:-1]]}
