"""One adapter that gives a network the doors of a counting model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from helpers import decoding
from helpers.neural.modes import reading
from helpers.tokenizers import Tokenizer


@dataclass(frozen=True)
class _Piece:
    """A window of a text: the network reads `inputs`, and the targets from `skip` on are scored."""

    text: int
    inputs: list[int]
    targets: list[int]
    skip: int


class NeuralLM:
    """A network with the doors of a counting model; but it cuts texts itself: text in, nats out.

    A text is read after the tokenizer's start mark, and its end mark is scored too. It offers
    token_log_probs, batch_log_probs, next_log_probs, unknown and words; step, for decoding; and
    write. context: how many ids the network can read at once (None: any number); a longer text
    is read in windows that overlap by half, so that each token is scored exactly once, with at
    least half a context before it (but for the first ones).

    The network's mode (train or eval) is as it was after each call, and nothing is remembered:
    a network that was trained further gives its new answers.
    Raises ValueError for a context below 2, and for a network that does not fit the tokenizer.
    """

    def __init__(self, network: nn.Module, tokenizer: Tokenizer, context: int | None = None, *,
                 batch: int = 64) -> None:
        if context is not None and context < 2:
            raise ValueError(f"context={context}: a network must be able to read at least 2 ids")
        self.network, self.tokenizer = network, tokenizer
        self.context, self.batch = context, batch
        self.words = tuple(tokenizer.piece(i) for i in range(len(tokenizer)))
        size = self._log_probs([[tokenizer.start]]).shape[-1]
        if size != len(tokenizer):
            raise ValueError(f"the network gives {size} logits, the tokenizer has "
                             f"{len(tokenizer)} ids: they were not made for each other")

    def unknown(self, text: str) -> list[str]:
        """The tokens of a text that the model does not know and scores as <unk>."""
        return self.tokenizer.unknown_tokens(text)

    def token_log_probs(self, text: str) -> list[float]:
        """Nats, one per token plus the text's end; an empty text scores its end."""
        return self.batch_log_probs([text])[0]

    def batch_log_probs(self, texts: Sequence[str]) -> list[list[float]]:
        """token_log_probs of each text; windows of like length are read together."""
        if isinstance(texts, str):
            raise ValueError(f"one str ({texts[:20]!r}) where a list of texts is wanted: [text]")
        pieces = [piece for place, text in enumerate(texts) for piece in self._pieces(place, text)]
        order = sorted(range(len(pieces)), key=lambda i: len(pieces[i].inputs))
        scored: list[list[float]] = [[] for _ in pieces]
        for first in range(0, len(order), self.batch):
            places = order[first:first + self.batch]
            for i, values in zip(places, self._score([pieces[i] for i in places]), strict=True):
                scored[i] = values
        found: list[list[float]] = [[] for _ in texts]
        for piece, values in zip(pieces, scored, strict=True):
            found[piece.text] += values
        return found

    def next_log_probs(self, text: str) -> np.ndarray:
        """Log-probabilities (V,) in nats of what follows `text`, over `words`."""
        ids = [self.tokenizer.start, *self.tokenizer.encode(text)]
        return self._log_probs([ids[-self.context:] if self.context else ids])[0, -1].numpy()

    def step(self, state: object, token_id: int) -> tuple[object, np.ndarray]:
        """Read one id more: (state, id) -> (state, row (V,) of log-probabilities in nats).

        state: None before the first id, which is the tokenizer's start mark. A network that has
        `read` goes on from its own state; when that holds `context` ids, it is begun anew with
        the second half of them, as the windows of a long text are. Another network reads the
        last `context` ids again.
        """
        if hasattr(self.network, "read"):
            return self._read_on(state, int(token_id))
        seen = (*(state or ()), int(token_id))
        seen = seen[-self.context:] if self.context else seen
        return seen, self._log_probs([seen])[0, -1].numpy()

    def _read_on(self, state: object, token_id: int) -> tuple[object, np.ndarray]:
        """A step of a network with a state. With a context the ids in it stand beside it."""
        if self.context is None:
            return self._read([token_id], state)
        seen, own = ((), None) if state is None else state
        fresh = (token_id,)
        if len(seen) == self.context:                           # full: half of it is read again
            seen, fresh, own = (), (*seen[self.context // 2:], token_id), None
        own, row = self._read(fresh, own)
        return ((*seen, *fresh), own), row

    def _read(self, ids: Sequence[int], own: object) -> tuple[object, np.ndarray]:
        with reading(self.network):
            logits, own = self.network.read(torch.tensor([ids]), own)
        return own, torch.log_softmax(logits[0, -1].double(), dim=0).numpy()

    def write(self, beginning: str = "", *, rng: np.random.Generator | None = None,
              max_tokens: int = 40, **how) -> str:
        """The text that follows `beginning`, drawn token by token up to the end mark.

        how: temperature, top_k, top_p as in decoding.reshape; temperature=0 needs no rng.
        """
        start = [self.tokenizer.start, *self.tokenizer.encode(beginning)]
        ids = decoding.draw(self.step, start, stop=self.tokenizer.end, rng=rng,
                            max_tokens=max_tokens, **how)
        return self.tokenizer.decode(ids, errors="replace")

    def _pieces(self, place: int, text: str) -> list[_Piece]:
        row = [self.tokenizer.start, *self.tokenizer.encode(text), self.tokenizer.end]
        count, most = len(row) - 1, self.context or len(row)
        firsts = [*range(0, max(count - most, 0), most // 2), max(count - most, 0)]
        done, pieces = 0, []
        for first in firsts:
            last = min(first + most, count)
            pieces.append(_Piece(place, row[first:last], row[first + 1:last + 1], done - first))
            done = last
        return pieces

    def _score(self, pieces: list[_Piece]) -> list[list[float]]:
        longest = max(len(piece.inputs) for piece in pieces)
        pad = self.tokenizer.pad
        inputs, targets = ([row + [pad] * (longest - len(row)) for row in rows] for rows in (
            [piece.inputs for piece in pieces], [piece.targets for piece in pieces]))
        log_probs = self._log_probs(inputs).gather(2, torch.tensor(targets)[:, :, None])[:, :, 0]
        return [row[piece.skip:len(piece.inputs)].tolist()
                for row, piece in zip(log_probs, pieces, strict=True)]

    def _log_probs(self, ids: Sequence[Sequence[int]]) -> Tensor:
        """float64 (B, T, V), in eval mode and without gradients."""
        with reading(self.network):
            return torch.log_softmax(self.network(torch.tensor(ids)).double(), dim=-1)
