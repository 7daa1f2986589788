"""A vector of a word in its sentence from two language models, left and right (ELMo's idea).

Peters et al. 2018: one model reads from the left, one from the right, each for itself, and their
log-probabilities of a word are summed. Layer by layer *together* they would do better at nothing:
from the second layer on, what comes from the right of a word has read the word itself.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.neural import reading
from helpers.rnn_lstm import LSTMCell
from helpers.rnn_lstm.layers import run_fast


class TwoDirections(nn.Module):
    """Two stacks of LSTMs over one table of words; both tell the word of each place.

    ids (B, T), without padding. joint: each layer reads both directions of the one below, which
    leaks; to be shown, not used.
    """

    def __init__(self, vocab_size: int, d_embed: int, d_hidden: int, *, n_layers: int = 2,
                 joint: bool = False) -> None:
        super().__init__()
        self.joint, self.embed = joint, nn.Embedding(vocab_size, d_embed)
        widths = [d_embed] + [d_hidden * (2 if joint else 1)] * (n_layers - 1)
        self.left, self.right = (nn.ModuleList(LSTMCell(width, d_hidden) for width in widths)
                                 for _ in range(2))
        self.out = nn.Linear(d_hidden, vocab_size)

    def layers(self, ids: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Per layer the states (B, T, d_hidden) from the left and from the right, each with the
        word of its place read in already."""
        x = self.embed(ids)
        from_left, from_right, found = x, x, []
        for left, right in zip(self.left, self.right, strict=True):
            from_left = run_fast(left, from_left)[0]
            from_right = run_fast(right, from_right.flip(1))[0].flip(1)
            found.append((from_left, from_right))
            if self.joint:
                from_left = from_right = torch.cat([from_left, from_right], dim=-1)
        return found

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, T, V) of the word that stands at each place: from the left, from the right.

        The left one comes from the state one place before, the right one from one place after;
        at the ends there is nothing to see, a state of zeros.
        """
        from_left, from_right = self.layers(ids)[-1]
        before = F.pad(from_left[:, :-1], (0, 0, 1, 0))                 # (B, T, d_hidden)
        after = F.pad(from_right[:, 1:], (0, 0, 0, 1))
        return self.out(before), self.out(after)

    def vectors(self, ids: Tensor) -> Tensor:
        """(L + 1, B, T, 2 d_hidden): the words' own rows, then each layer, left and right."""
        states = [torch.cat(pair, dim=-1) for pair in self.layers(ids)]
        width = states[0].shape[-1]
        x = self.embed(ids)
        own = torch.cat([x, x], dim=-1)
        if own.shape[-1] != width:
            raise ValueError(f"rows of {x.shape[-1]} numbers beside states of {width // 2}: for "
                             "vectors of all layers take d_embed = d_hidden")
        return torch.stack([own, *states])


def two_sided_loss(model: TwoDirections, ids: Tensor) -> Tensor:
    """Mean nats per word and direction: both log-probabilities of each word, summed, halved."""
    return sum(F.cross_entropy(logits.flatten(0, 1), ids.flatten())
               for logits in model(ids)) / 2


class WeighedLayers(nn.Module):
    """gamma times the sum of s_j h_j: one vector per word out of all layers, for one task.

    The s_j sum to 1; they and gamma are learned with the task, the layers are frozen.
    """

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.scores, self.gamma = nn.Parameter(torch.zeros(layers)), nn.Parameter(torch.ones(()))

    @property
    def shares(self) -> Tensor:
        """(layers,), their sum is 1."""
        return self.scores.softmax(dim=0)

    def forward(self, vectors: Tensor) -> Tensor:
        """vectors (layers, ...) -> (...)."""
        return self.gamma * torch.tensordot(self.shares, vectors, dims=1)


def sees_itself(model: nn.Module, ids: Tensor, *, tells: Callable | None = None,
                seed: int = 0) -> Tensor:
    """The leak test of a model that tells each word from both sides: (T,), 0 where all is well.

    Word t is exchanged for another one, and what the model says about place t must not move. The
    number is the most that any logit of place t did. tells: ids -> logits (B, T, V) about the
    words themselves; without it the logits of both directions of a TwoDirections.
    """
    generator = torch.Generator().manual_seed(seed)
    choices = ids.unique()
    if len(choices) < 2:
        raise ValueError(f"every id is {int(ids.flatten()[0])}: give at least two different ones, "
                         "to be exchanged for one another")
    tells = tells or (lambda given: torch.cat(model(given), dim=-1))
    moved = torch.zeros(ids.shape[1])
    with reading(model):
        before = tells(ids)
        for t in range(ids.shape[1]):
            other, shift = ids.clone(), torch.randint(1, len(choices), (len(ids),),
                                                      generator=generator)
            now = torch.searchsorted(choices, ids[:, t].contiguous())
            other[:, t] = choices[(now + shift) % len(choices)]
            moved[t] = (tells(other)[:, t] - before[:, t]).abs().max()
    return moved
