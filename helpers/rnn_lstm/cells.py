"""The three recurrent cells as their equations: what happens to the state in one step.

Every cell has the same four doors, and `run` (in layers.py) needs nothing else:
`start(batch)` the state before the first step, `inputs(x)` the part of the equations that looks
at x only, `step(u, state)` the part that needs the state, and `parts`, the names of what the
state consists of. A state is a tuple: (h,) for RNN and GRU, (h, c) for the LSTM.

Letters: x (B, d_in) input, h (B, d_hidden) hidden state, u = what `inputs` made of x, ⊙ in the
formulas is `*`, the product entry by entry. Formulas are in row vectors, x W_xh + h W_hh + b_h.
The matrices are *stored* turned, as torch stores them, one row per output, gates below one
another: W_xh (gates * d_hidden, d_in), so that the product x W_xh is computed as x @ W_xh.T.
(Turning a matrix at every step backward is slow; this way it is turned forward, where it costs
little.) Weights are drawn evenly from ± 1/sqrt(d_hidden).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "none": lambda z: z}


class Cell(nn.Module):
    """What the cells share: their weights, side by side for all gates, and an empty state."""

    parts: tuple[str, ...] = ("h",)

    def __init__(self, d_in: int, d_hidden: int, n_blocks: int) -> None:
        super().__init__()
        if d_in < 1 or d_hidden < 1:
            raise ValueError(f"d_in={d_in}, d_hidden={d_hidden}: both must be at least 1")
        self.d_in, self.d_hidden = d_in, d_hidden
        bound, wide = 1 / math.sqrt(d_hidden), n_blocks * d_hidden
        self.W_xh = nn.Parameter(torch.empty(wide, d_in).uniform_(-bound, bound))
        self.W_hh = nn.Parameter(torch.empty(wide, d_hidden).uniform_(-bound, bound))
        self.b_h = nn.Parameter(torch.zeros(wide))

    def start(self, batch: int) -> tuple[Tensor, ...]:
        """The state before the first step: zeros (batch, d_hidden), one tensor for each part."""
        return tuple(self.W_hh.new_zeros(batch, self.d_hidden) for _ in self.parts)

    def inputs(self, x: Tensor) -> Tensor:
        """x W_xh + b_h of all gates: (B, d_in) or (B, T, d_in) -> n_blocks * d_hidden wide.

        It needs no state, so a whole text can be done in one product.
        Raises ValueError if the last axis of x is not d_in.
        """
        if x.shape[-1] != self.d_in:
            raise ValueError(f"x has {x.shape[-1]} numbers per step, this cell reads {self.d_in}")
        return x @ self.W_xh.T + self.b_h


class RNNCell(Cell):
    """h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h) (Elman 1990).

    activation: "tanh", "relu", or "none" for the linear RNN whose gradient is known exactly.
    """

    def __init__(self, d_in: int, d_hidden: int, *, activation: str = "tanh") -> None:
        super().__init__(d_in, d_hidden, n_blocks=1)
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation {activation!r}: there are {', '.join(ACTIVATIONS)}")
        self.activation = activation

    def step(self, u: Tensor, state: tuple[Tensor], record: list | None = None) -> tuple[Tensor]:
        """One step: u (B, d_hidden) from `inputs`, state (h,) -> the next state (h,)."""
        (h,) = state
        h = ACTIVATIONS[self.activation](u + h @ self.W_hh.T)       # (B, d_hidden)
        if record is not None:
            record.append({"h": h})
        return (h,)


class GRUCell(Cell):
    """Gated recurrent unit (Cho et al. 2014): Z keeps the old state, R cuts it off a candidate.

    R = sigmoid(x W_xr + h W_hr + b_r)         reset gate
    Z = sigmoid(x W_xz + h W_hz + b_z)         update gate: 1 keeps everything
    H' = tanh(x W_xn + (R * h) W_hn + b_n)     candidate, reset="before" the product (the paper)
    H' = tanh(x W_xn + R * (h W_hn + c_n) + b_n)         reset="after" it (torch.nn.GRU)
    h  = Z * h + (1 - Z) * H'

    The two conventions are different functions of the same weights. update_bias: what is added
    to b_z at the start; 3 means Z near 0.95, a cell that remembers from the first step on.
    """

    def __init__(self, d_in: int, d_hidden: int, *, reset: str = "after",
                 update_bias: float = 0.0) -> None:
        super().__init__(d_in, d_hidden, n_blocks=3)
        if reset not in ("before", "after"):
            raise ValueError(f"reset={reset!r}: say 'before' (Cho et al. 2014) or 'after' (torch)")
        self.reset = reset
        self.c_n = nn.Parameter(torch.zeros(d_hidden)) if reset == "after" else None
        with torch.no_grad():
            self.b_h[d_hidden:2 * d_hidden] += update_bias

    def step(self, u: Tensor, state: tuple[Tensor], record: list | None = None) -> tuple[Tensor]:
        """One step: u (B, 3 * d_hidden) from `inputs`, state (h,) -> the next state (h,)."""
        (h,), d = state, self.d_hidden
        if self.reset == "after":
            v = h @ self.W_hh.T                                     # (B, 3 * d_hidden)
            r, z = torch.sigmoid(u[:, :2 * d] + v[:, :2 * d]).chunk(2, dim=1)
            candidate = torch.tanh(u[:, 2 * d:] + r * (v[:, 2 * d:] + self.c_n))
        else:
            r, z = torch.sigmoid(u[:, :2 * d] + h @ self.W_hh[:2 * d].T).chunk(2, dim=1)
            candidate = torch.tanh(u[:, 2 * d:] + (r * h) @ self.W_hh[2 * d:].T)
        h = z * h + (1 - z) * candidate                             # (B, d_hidden)
        if record is not None:
            record.append({"r": r, "z": z, "candidate": candidate, "h": h})
        return (h,)


class LSTMCell(Cell):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000).

    i = sigmoid(x W_xi + h W_hi + b_i)      input gate
    f = sigmoid(x W_xf + h W_hf + b_f)      forget gate; forget_gate=False: f = 1, as in 1997
    g = tanh(x W_xg + h W_hg + b_g)         what could be written
    o = sigmoid(x W_xo + h W_ho + b_o)      output gate
    c = f * c + i * g                       cell state: a sum, not a product of matrices
    h = o * tanh(c)

    forget_bias: what is added to b_f at the start. 0 means f near 1/2.
    """

    parts = ("h", "c")

    def __init__(self, d_in: int, d_hidden: int, *, forget_bias: float = 0.0,
                 forget_gate: bool = True) -> None:
        super().__init__(d_in, d_hidden, n_blocks=4)
        self.forget_gate = forget_gate
        with torch.no_grad():
            self.b_h[d_hidden:2 * d_hidden] += forget_bias

    def step(self, u: Tensor, state: tuple[Tensor, Tensor],
             record: list | None = None) -> tuple[Tensor, Tensor]:
        """One step: u (B, 4 * d_hidden) from `inputs`, state (h, c) -> the next state (h, c)."""
        h, c = state
        i, f, g, o = (u + h @ self.W_hh.T).chunk(4, dim=1)    # each (B, d_hidden)
        i, g, o = torch.sigmoid(i), torch.tanh(g), torch.sigmoid(o)
        f = torch.sigmoid(f) if self.forget_gate else torch.ones_like(f)
        c = f * c + i * g
        h = o * torch.tanh(c)
        if record is not None:
            record.append({"i": i, "f": f, "g": g, "o": o, "c": c, "h": h})
        return h, c


CELLS = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}
