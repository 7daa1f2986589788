"""The Transformer (Vaswani et al. 2017): norms, feed-forward, attention, block, stack, model.

Letters: ids (B, T); x (B, T, d) the rows that run through the stack; T queries look at S keys; H
heads, each d_head = d / H wide; G <= H heads of keys and values are kept. A mask is bool, True =
may attend. A place is a token's number in its text, from 0; -1 marks padding as a key, which
nobody sees. Attention's matrices are stored as in x W; nn.Linear stores them turned over.
"""

from __future__ import annotations

import math
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.neural import reading
from helpers.self_attention_masks import (
    LearnedPositions,
    MultiHeadAttention,
    merge_heads,
    rotate,
    sinusoidal,
    split_heads,
)
from helpers.transformer.config import TransformerConfig
from helpers.transformer.state import Cache, KeysValues, places_of, side_by_side, who_sees

EPS = 1e-5          # under the root of a norm


class LayerNorm(nn.Module):
    """Each row of x minus its mean, divided by its deviation; then a gain and a bias per number.

    (Ba et al. 2016.) fused: torch's kernel, the same numbers, for training.
    """

    def __init__(self, d: int, *, bias: bool = True, fused: bool = False) -> None:
        super().__init__()
        self.gain, self.fused = nn.Parameter(torch.ones(d)), fused
        self.bias = nn.Parameter(torch.zeros(d)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        if self.fused:
            return F.layer_norm(x, self.gain.shape, self.gain, self.bias, EPS)
        x = x - x.mean(dim=-1, keepdim=True)
        x = x / (x.square().mean(dim=-1, keepdim=True) + EPS).sqrt() * self.gain
        return x if self.bias is None else x + self.bias


class RMSNorm(nn.Module):
    """Each row divided by the root of its mean square, times a gain (Zhang & Sennrich 2019)."""

    def __init__(self, d: int, *, fused: bool = False) -> None:
        super().__init__()
        self.gain, self.fused = nn.Parameter(torch.ones(d)), fused

    def forward(self, x: Tensor) -> Tensor:
        if self.fused:
            return F.rms_norm(x, self.gain.shape, self.gain, EPS)
        return x / (x.square().mean(dim=-1, keepdim=True) + EPS).sqrt() * self.gain


def make_norm(config: TransformerConfig, *, fused: bool = False) -> nn.Module:
    """The norm that a config names."""
    if config.norm == "rms":
        return RMSNorm(config.d_model, fused=fused)
    return LayerNorm(config.d_model, bias=config.bias, fused=fused)


class FeedForward(nn.Module):
    """Each row for itself: wider, something that is not linear, and back to d.

    relu, gelu, squared relu: f(x W_1) W_2. swiglu: (silu(x W_1) * x W_3) W_2 (Shazeer 2020).
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        d, d_ff, bias = config.d_model, config.ff_width, config.bias
        self.activation = config.activation
        self.W_1, self.W_2 = nn.Linear(d, d_ff, bias), nn.Linear(d_ff, d, bias)
        self.W_3 = nn.Linear(d, d_ff, bias) if self.activation == "swiglu" else None

    def forward(self, x: Tensor) -> Tensor:
        h = self.W_1(x)                                                 # (B, T, d_ff)
        if self.activation == "swiglu":
            h = F.silu(h) * self.W_3(x)
        elif self.activation == "gelu":
            h = F.gelu(h)
        else:
            h = F.relu(h) if self.activation == "relu" else F.relu(h).square()
        return self.W_2(h)                                              # (B, T, d)


class Attention(MultiHeadAttention):
    """The attention of notebook 05 in two halves, so that keys and values can be kept.

    `keys_values` says what others may look at, `ask` looks. New are biases, fewer heads of keys
    than of queries, and queries and keys that are turned by their place.
    """

    def __init__(self, config: TransformerConfig, *, fused: bool = False) -> None:
        super().__init__(config.d_model, config.n_heads, dropout=config.dropout, fused=fused)
        self.kept_heads, width = config.kept_heads, config.kept_heads * config.d_head
        if self.kept_heads < self.n_heads:
            self.W_k, self.W_v = (nn.Parameter(W[:, :width].detach().clone())
                                  for W in (self.W_k, self.W_v))
        for name, W in (("q", self.W_q), ("k", self.W_k), ("v", self.W_v), ("o", self.W_o)):
            bias = nn.Parameter(torch.zeros(W.shape[1])) if config.bias else None
            self.register_parameter(f"b_{name}", bias)

    def keys_values(self, memory: Tensor, turns: Tensor | None = None) -> KeysValues:
        """memory (B, S, d) -> keys and values, both (B, G, S, d_head)."""
        k = split_heads(affine(memory, self.W_k, self.b_k), self.kept_heads)
        v = split_heads(affine(memory, self.W_v, self.b_v), self.kept_heads)
        return (k if turns is None else turn(k, turns)), v

    def ask(self, x: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, *,
            turns: Tensor | None = None, record: list | None = None
            ) -> tuple[Tensor, Tensor | None]:
        """x (B, T, d) looks at k and v -> (out (B, T, d), weights (B, H, T, S), None if fused)."""
        q = split_heads(affine(x, self.W_q, self.b_q), self.n_heads)    # (B, H, T, d_head)
        q = q if turns is None else turn(q, turns)
        if self.kept_heads < self.n_heads:
            k, v = (kept.repeat_interleave(self.n_heads // self.kept_heads, dim=1)
                    for kept in (k, v))                                 # (B, H, S, d_head)
        context, weights = self.look(q, k, v, mask, record)             # (B, H, T, d_head)
        return affine(merge_heads(context), self.W_o, self.b_o), weights

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None, *,
                record: list | None = None) -> tuple[Tensor, Tensor | None]:
        """Both halves, as in notebook 05: memory None is x itself."""
        return self.ask(x, *self.keys_values(x if memory is None else memory), mask, record=record)


def affine(x: Tensor, W: Tensor, b: Tensor | None) -> Tensor:
    """x W + b, or x W."""
    return F.linear(x, W.T, b)


def turn(x: Tensor, turns: Tensor) -> Tensor:
    """Rotary positions: each pair of numbers, read as a complex one, times its turn.

    x (B, H, T, d_head); turns complex (B or 1, 1, T, d_head / 2), see `turns_at`.
    """
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))             # (B, H, T, d_head / 2)
    return torch.view_as_real(pairs * turns).flatten(-2)


def turns_at(places: Tensor, d_head: int, dtype: torch.dtype) -> Tensor:
    """What `rotate` makes of the pair (1, 0) at each place (B or 1, T): (B or 1, 1, T, d_head / 2).

    Complex numbers of length 1, once for all layers. dtype: that of the queries.
    """
    one = torch.tensor([1.0, 0.0], dtype=torch.float64).repeat(d_head // 2)
    turned = rotate(one.expand(places.numel(), -1), places.flatten().cpu())
    turned = torch.view_as_complex(turned.unflatten(-1, (-1, 2)))
    return turned.view(len(places), 1, -1, d_head // 2).to(places.device, dtype.to_complex())


class Block(nn.Module):
    """One layer: attention, in a decoder that reads a source a look at it too, feed-forward.

    Pre-norm adds to x what each part makes of norm(x); post-norm takes the norm of each sum.
    """

    def __init__(self, config: TransformerConfig, *, cross: bool = False,
                 fused: bool = False) -> None:
        super().__init__()
        self.attention = Attention(config, fused=fused)
        self.cross = Attention(config, fused=fused) if cross else None
        self.feed_forward = FeedForward(config)
        self.norm_1, self.norm_2 = make_norm(config, fused=fused), make_norm(config, fused=fused)
        self.norm_cross = make_norm(config, fused=fused) if cross else None
        self.dropout, self.pre_norm = nn.Dropout(config.dropout), config.pre_norm

    def forward(self, x: Tensor, mask: Tensor | None = None, *, turns: Tensor | None = None,
                past: KeysValues | None = None, source: KeysValues | None = None,
                source_mask: Tensor | None = None, record: list | None = None
                ) -> tuple[Tensor, KeysValues]:
        """x (B, T, d) -> (x (B, T, d), the keys and values of all S tokens so far).

        past: keys and values of earlier tokens. source: those of a source, (B, G, S, d_head), and
        its mask (B, 1, S). record: gets a dict, each part's name -> what came out of it.
        """
        looks = None if record is None else []
        h_1 = self._before(self.norm_1, x)
        k, v = joined(past, self.attention.keys_values(h_1, turns))     # (B, G, S, d_head)
        attended, weights = self.attention.ask(h_1, k, v, mask, turns=turns, record=looks)
        x_1 = self._after(self.norm_1, x, attended)
        x_2, seen = x_1, {}
        if self.cross is not None:
            x_2, seen = self._look_at_source(x_1, source, source_mask, looks)
        h_2 = self._before(self.norm_2, x_2)
        fed = self.feed_forward(h_2)
        out = self._after(self.norm_2, x_2, fed)
        if record is not None:
            record.append({"x": x, "norm_1": h_1, "weights": weights, "attention": attended,
                           "after_attention": x_1, **seen, "norm_2": h_2, "feed_forward": fed,
                           "out": out})
        return out, (k, v)

    def adding(self) -> list[Tensor]:
        """The matrices whose products are added to x, one per part."""
        looks = [self.attention] if self.cross is None else [self.attention, self.cross]
        return [*(look.W_o for look in looks), self.feed_forward.W_2.weight]

    def _look_at_source(self, x: Tensor, source: KeysValues, mask: Tensor | None,
                        looks: list | None) -> tuple[Tensor, dict]:
        """The middle part of a decoder that has a source: asked by x, answered by the source."""
        h = self._before(self.norm_cross, x)
        looked, weights = self.cross.ask(h, *source, mask, record=looks)
        out = self._after(self.norm_cross, x, looked)
        return out, {"norm_cross": h, "cross_weights": weights, "cross": looked,
                     "after_cross": out}

    def _before(self, norm: nn.Module, x: Tensor) -> Tensor:
        return norm(x) if self.pre_norm else x

    def _after(self, norm: nn.Module, x: Tensor, new: Tensor) -> Tensor:
        x = x + self.dropout(new)                                       # the way past
        return x if self.pre_norm else norm(x)


def joined(past: KeysValues | None, new: KeysValues) -> KeysValues:
    """Keys and values of earlier tokens, then of these: the first grow along the text."""
    return new if past is None else tuple(torch.cat(pair, dim=2) for pair in zip(past, new,
                                                                                 strict=True))


class Stack(nn.Module):
    """Rows of tokens (B, T, d) in, rows out: positions, block after block, and a last norm.

    The last norm belongs to pre-norm, where nothing else scales what the blocks have added up.
    """

    def __init__(self, config: TransformerConfig, *, cross: bool = False,
                 fused: bool = False) -> None:
        super().__init__()
        self.config = config
        learned = config.positions == "learned"
        self.positions = LearnedPositions(config.max_len, config.d_model) if learned else None
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config, cross=cross, fused=fused)
                                    for _ in range(config.n_layers))
        self.last = make_norm(config, fused=fused) if config.pre_norm else nn.Identity()

    def forward(self, x: Tensor, lengths: Tensor | None = None, cache: Cache | None = None, *,
                record: list | None = None) -> tuple[Tensor, Cache]:
        """x (B, T, d) -> (rows (B, T, d), the cache that holds these tokens too).

        lengths: (B,), how many of the T are real, the rest is padding on the right; None: all.
        cache: what was read before. record: gets one dict per block.
        Raises ValueError for a text longer than max_len, lengths or a cache that do not fit.
        """
        config, cache = self.config, cache or Cache()
        self._check(x, lengths, cache)
        asking, places = places_of(x.shape[1], lengths, cache.places, x.device)  # (B or 1, T)
        self._check_room(asking)
        seen = side_by_side(cache.places, places)                       # (B or 1, S)
        mask = who_sees(asking, seen, causal=config.causal, window=config.window)
        turns = None
        if config.positions == "rotary":
            turns = turns_at(asking, config.d_head, x.dtype)
        x, kept = self.dropout(self._placed(x, asking)), []
        for i, block in enumerate(self.blocks):
            x, keys_values = block(x, mask, turns=turns, past=cache.kept[i] if cache.kept else None,
                                   source=cache.source[i] if cache.source else None,
                                   source_mask=cache.source_mask, record=record)
            kept.append(keys_values)
        cache = replace(cache, kept=tuple(kept), places=seen)
        return self.last(x), cache.within(config.window)

    def _placed(self, x: Tensor, places: Tensor) -> Tensor:
        """x and the rows of its places, where positions are something that is added."""
        if self.config.positions == "learned":
            return x + self.positions.rows[places]
        if self.config.positions == "sinusoidal":
            table = sinusoidal(int(places.max()) + 1, x.shape[-1])      # (places so far, d)
            return x + table.to(x)[places]
        return x

    def _check_room(self, places: Tensor) -> None:
        most = self.config.max_len
        if most is not None and places.max() >= most:
            raise ValueError(f"a text of {int(places.max()) + 1} tokens, and max_len={most}: read "
                             f"it in windows, as neural.NeuralLM(..., context={most}) does, or "
                             "build the model with a larger max_len")

    def _check(self, x: Tensor, lengths: Tensor | None, cache: Cache) -> None:
        if cache.kept and not self.config.causal:
            raise ValueError("causal=False looks ahead, so that earlier rows change with each new "
                             "token: read the whole text anew")
        before = (*cache.kept, *cache.source)
        if before and len(before[0][0]) != len(x):
            raise ValueError(f"the state is one of {len(before[0][0])} texts, the ids are "
                             f"{len(x)}: go on with the texts that were begun")
        if lengths is None:
            return
        least = 0 if cache.kept else 1
        if (lengths.shape != x.shape[:1] or lengths.is_floating_point() or lengths.min() < least
                or lengths.max() > x.shape[1]):
            raise ValueError(f"lengths {lengths.tolist()} for {len(x)} texts of {x.shape[1]} "
                             f"tokens: a whole number for each, from {least} to {x.shape[1]}")


def rows_of(embed: nn.Embedding, ids: Tensor, config: TransformerConfig) -> Tensor:
    """ids (B, T) -> their rows (B, T, d), times sqrt(d) where the config says so.

    Raises ValueError for ids that are not (B, T) or not in the vocabulary.
    """
    if ids.dim() != 2 or not ids.numel():
        raise ValueError(f"ids have the shape {tuple(ids.shape)}: give (batch, time), not empty")
    if ids.min() < 0 or ids.max() >= embed.num_embeddings:
        raise ValueError(f"ids from {ids.min()} to {ids.max()}: the model knows 0 to "
                         f"{embed.num_embeddings - 1}; was it made for another vocabulary?")
    return embed(ids) * (math.sqrt(config.d_model) if config.scale_embeddings else 1.0)


class Transformer(nn.Module):
    """ids (B, T) -> logits (B, T, V): a decoder alone or, with causal=False, an encoder alone.

    The logits of a decoder at place t speak about the token after it. Tied, the output matrix is
    the embedding itself: one tensor, trained from both ends, stored once.
    fused: torch's kernels for attention and norms, the same numbers, no weights; for training.
    """

    def __init__(self, config: TransformerConfig, *, fused: bool = False) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.stack = Stack(config, fused=fused)
        self.out = None if config.tied else nn.Linear(config.d_model, config.vocab_size, False)
        start_weights(self, config)

    @classmethod
    def of(cls, **settings) -> Transformer:
        """The model of TransformerConfig(**settings), as load_checkpoint builds it."""
        return cls(TransformerConfig(**settings))

    def forward(self, ids: Tensor, lengths: Tensor | None = None, *,
                record: list | None = None) -> Tensor:
        """lengths (B,): the real tokens of each row, padding on the right. record: see Block."""
        return self.read(ids, None, lengths, record=record)[0]

    def read(self, ids: Tensor, state: Cache | None = None, lengths: Tensor | None = None, *,
             record: list | None = None) -> tuple[Tensor, Cache]:
        """Read on from a state (None: from the start) -> (logits (B, T, V), the state after it).

        lengths: how many of these ids are real in each row, 0 for a row that is over; the next
        piece goes on after the real ones. With max_len, the text must end there (ValueError);
        with a window, what no token can see any more is forgotten, and reading never ends.
        """
        x = rows_of(self.embed, ids, self.config)                       # (B, T, d)
        x, state = self.stack(x, lengths, state, record=record)
        return logits_of(x, self.embed, self.out), state                # (B, T, V)


def weights_of(model: Transformer, ids: Tensor) -> Tensor:
    """Where each head of each layer looks: ids (B, T) -> weights (B, L, H, T, T)."""
    record: list[dict] = []
    with reading(model):
        model(ids, record=record)
    return torch.stack([layer["weights"] for layer in record], dim=1)


def logits_of(x: Tensor, embed: nn.Embedding, out: nn.Linear | None) -> Tensor:
    """x (B, T, d) -> (B, T, V): the products with the rows of the embedding, or of `out`."""
    return F.linear(x, embed.weight) if out is None else out(x)


def start_weights(model: nn.Module, config: TransformerConfig) -> None:
    """Where training starts: sums of d numbers have about the size of one of them.

    Rows of tokens and of learned places: 0.02 (Radford et al. 2019), or 1 / sqrt(d) where they
    are scaled. Every matrix 1 / sqrt(its inputs); those that add to x, another 1 / sqrt(2
    n_layers), so that the sum of all does not grow with the depth. Biases are 0.
    """
    of_rows = config.d_model ** -0.5 if config.scale_embeddings else 0.02
    for part in model.modules():
        if isinstance(part, nn.Embedding):
            nn.init.normal_(part.weight, std=of_rows)
        elif isinstance(part, LearnedPositions):
            nn.init.normal_(part.rows, std=of_rows)
        elif isinstance(part, nn.Linear):
            nn.init.normal_(part.weight, std=part.in_features ** -0.5)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    for block in model.modules():
        if isinstance(block, Block):
            with torch.no_grad():
                for W in block.adding():
                    W.mul_((2 * config.n_layers) ** -0.5)
