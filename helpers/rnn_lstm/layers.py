"""Cells read whole sequences: one loop over time, in one direction or in both."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.func import functional_call

from helpers.rnn_lstm.cells import Cell, GRUCell, LSTMCell, RNNCell

State = tuple[Tensor, ...]


def run(cell: Cell, x: Tensor, state: State | None = None, *,
        record: list | None = None) -> tuple[Tensor, State]:
    """Let a cell read x (B, T, d_in) from left to right.

    state: where to start, zeros if None. record: a list that gets one dict with the state and,
    for gated cells, the gates at every step (each (B, T, d_hidden)).
    Returns (h of every step (B, T, d_hidden), the state after the last step).
    Raises ValueError if x has no time step or is not (B, T, d_in), or if the state is not one of
    this cell for a batch of B.
    """
    _check_sequence(x)
    state = _start(cell, x, state)
    outputs, steps = [], None if record is None else []
    for u in cell.inputs(x).unbind(dim=1):          # u: (B, n_blocks * d_hidden)
        state = cell.step(u, state, steps)
        outputs.append(state[0])
    if record is not None:
        record.append({name: torch.stack([step[name] for step in steps], dim=1)
                       for name in steps[0]})
    return torch.stack(outputs, dim=1), state       # (B, T, d_hidden)


def mean_gate(cell: Cell, x: Tensor) -> float | None:
    """Mean of what keeps the state while x (B, T, d_in) is read: forget or update gate.

    None for a cell without gates.
    """
    if isinstance(cell, RNNCell):
        return None
    record: list[dict] = []
    with torch.no_grad():
        run(cell, x, record=record)
    return float(record[0]["f" if "f" in record[0] else "z"].mean())


def run_fast(cell: Cell, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
    """The same as `run`, by torch's own layer with this cell's weights; for training.

    tests/test_rnn_lstm.py holds that the two agree. It keeps no record, and torch knows neither
    the reset gate before the product, nor a linear RNN, nor an LSTM without a forget gate:
    those are a ValueError.
    """
    _check_sequence(x)
    layer = _torch_layer(cell)
    state = _start(cell, x, state)
    first = tuple(part.unsqueeze(0) for part in state)              # (1, B, d_hidden)
    start = first if isinstance(cell, LSTMCell) else first[0]
    outputs, last = functional_call(layer, torch_weights(cell), (x, start))
    last = last if isinstance(cell, LSTMCell) else (last,)
    return outputs, tuple(part.squeeze(0) for part in last)


def torch_weights(cell: Cell) -> dict[str, Tensor]:
    """A cell's weights under torch's names.

    torch has two biases per gate and adds them; ours is the first, the second is zero (but for
    the GRU's candidate, where the reset gate stands between the two).
    """
    second = torch.zeros_like(cell.b_h)
    if isinstance(cell, GRUCell) and cell.c_n is not None:
        second = torch.cat([second[:2 * cell.d_hidden], cell.c_n])
    return {"weight_ih_l0": cell.W_xh, "weight_hh_l0": cell.W_hh,
            "bias_ih_l0": cell.b_h, "bias_hh_l0": second}


def _torch_layer(cell: Cell) -> nn.RNNBase:
    """torch's layer of this kind, without memory for weights of its own."""
    shape = {"batch_first": True, "device": "meta"}
    if isinstance(cell, LSTMCell) and cell.forget_gate:
        return nn.LSTM(cell.d_in, cell.d_hidden, **shape)
    if isinstance(cell, GRUCell) and cell.reset == "after":
        return nn.GRU(cell.d_in, cell.d_hidden, **shape)
    if isinstance(cell, RNNCell) and cell.activation != "none":
        return nn.RNN(cell.d_in, cell.d_hidden, nonlinearity=cell.activation, **shape)
    raise ValueError(f"torch has no layer like this {type(cell).__name__}: use run(cell, x)")


def reverse_padded(x: Tensor, lengths: Tensor) -> Tensor:
    """Turn each sequence of x (B, T, ...) around, its padding staying on the right.

    lengths: int (B,), the real steps of each row, 1 to T; ValueError otherwise.
    """
    batch, time = x.shape[:2]
    if (lengths.shape != (batch,) or lengths.is_floating_point() or lengths.min() < 1
            or lengths.max() > time):
        raise ValueError(f"lengths {tuple(lengths.shape)} {lengths.tolist()} for {batch} rows of "
                         f"{time} steps: each row needs one whole number, from 1 to the number "
                         f"of steps, in the shape ({batch},)")
    t = torch.arange(time)
    places = torch.where(t < lengths[:, None], lengths[:, None] - 1 - t, t)     # (B, T)
    return x[torch.arange(batch)[:, None], places]


def run_both_ways(forward: Cell, backward: Cell, x: Tensor, lengths: Tensor | None = None, *,
                  read=run) -> Tensor:
    """One cell reads from the left, another from the right (Schuster & Paliwal 1997).

    x: (B, T, d_in), padded on the right; lengths: int (B,), all T if None. The backward cell
    starts at each row's last real step. Returns (B, T, 2 * d_hidden): at step t the state after
    x_1 ... x_t beside the state after x_T ... x_t.
    """
    lengths = torch.full((len(x),), x.shape[1]) if lengths is None else lengths
    left, _ = read(forward, x)
    right, _ = read(backward, reverse_padded(x, lengths))
    return torch.cat([left, reverse_padded(right, lengths)], dim=2)     # (B, T, 2 * d_hidden)


def _check_sequence(x: Tensor) -> None:
    if x.dim() != 3 or not x.shape[1] or not len(x):
        raise ValueError(f"x has the shape {tuple(x.shape)}: give (batch, time, numbers per step) "
                         "with at least one sequence and one step")


def _start(cell: Cell, x: Tensor, state: State | None) -> State:
    """The state to begin with; one for another batch would be used for all rows, unnoticed."""
    own = cell.start(len(x))
    if state is None:
        return own
    found, wanted = ([tuple(part.shape) for part in parts] for parts in (state, own))
    if found != wanted:
        raise ValueError(f"the state has the shapes {found}, but this {type(cell).__name__} and a "
                         f"batch of {len(x)} need {wanted}")
    return state
