"""What an output depends on, and how much of a gradient reaches an early step or a deep layer.

`influence` asks any function of a sequence which of its places one output depends on.

Over time, a layer is anything with the four doors of helpers.rnn_lstm.Cell (start, inputs, step,
d_hidden); over depth, any list of functions. torch's own nn.RNN, nn.GRU and nn.LSTM are refused:
they give out h_t as an output only. The state that they carry on is hidden inside, so the
gradient for their outputs is zero wherever the loss does not look, and the picture would lie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import jacrev, vmap

NORMS = ("spectral", "frobenius")


@torch.enable_grad()
def influence(function: Callable[[Tensor], Tensor], x: Tensor, at: int) -> np.ndarray:
    """|| d output_at / d x_s || for every place s: how strongly one output depends on each input.

    function: x -> outputs, x (T, d) -> (S, ...) or, with a batch whose rows do not see each
    other, (B, T, d) -> (B, S, ...). x: float, such as embeddings; of ids there is no gradient.
    at: the place of the output, 0 to S - 1. Norm: Frobenius, over the numbers of the output and
    of the input. Returns (T,) or (B, T), float64. It is 0 where, and only where, every slope is
    exactly 0: for a causal model, all places after `at`.

    Raises ValueError for another x, for a place that the outputs do not have, and for outputs
    that torch did not compute from x.
    """
    if x.dim() not in (2, 3) or not x.is_floating_point():
        raise ValueError(f"x is {x.dtype} {tuple(x.shape)}: give floats, (T, d) or (B, T, d), "
                         "such as the embeddings of the ids")
    x = x.detach().clone().requires_grad_()
    outputs = function(x)
    if not outputs.requires_grad:
        raise ValueError("the outputs were not computed from x, or without gradients: leave out "
                         "detach() and numpy")
    if outputs.dim() < x.dim() - 1:
        raise ValueError(f"the outputs have the shape {tuple(outputs.shape)} for x "
                         f"{tuple(x.shape)}: give (S, ...), in a batch (B, S, ...)")
    places = outputs.movedim(x.dim() - 2, 0)                            # (S, ...) or (S, B, ...)
    if not 0 <= at < len(places):
        raise ValueError(f"at={at}: there are {len(places)} outputs, 0 to {len(places) - 1}")
    numbers = places[at].reshape(*x.shape[:-2], -1).movedim(-1, 0)      # (K,) or (K, B)
    slopes = torch.stack([
        torch.autograd.grad(number.sum(), x, retain_graph=True, materialize_grads=True)[0]
        for number in numbers])                                         # (K, T, d) or (K, B, T, d)
    sizes = slopes.double().abs()
    largest = sizes.amax(dim=(0, -1))                                   # (T,) or (B, T)
    scale = largest.where(largest > 0, 1.0)     # the squares of small slopes would become 0
    return (scale * (sizes / scale[..., None]).square().sum(dim=(0, -1)).sqrt()).numpy()


def over_time(cells: Sequence, x: Tensor, loss_of: Callable[[Tensor], Tensor], *,
              part: str | None = None) -> np.ndarray:
    """|| d loss / d s_t || for every step t = 0 ... T and every layer: (layers, T + 1).

    s_t is the whole state after t steps: h_t, for an LSTM h_t and c_t side by side; part: "h" or
    "c" alone. s_0 is the start. cells: one, or several where each reads the h of the one below.
    x: (B, T, d_in). loss_of: the top layer's h of all steps (B, T, d_hidden) -> a number that is a
    *mean* over B. The norm is Euclidean over the numbers of the state, per sequence, then the mean
    over the batch; B times the gradient is taken, so that the batch size does not matter.

    Raises TypeError for torch's recurrent layers, ValueError where nothing depends on a state,
    and for a loss that grows when every row is there twice: that is a sum. (Where loss_of cannot
    be called with twice the rows, as it compares with targets of its own, this is not checked.)
    """
    _refuse_torch_layers(cells)
    if x.dim() != 3:
        raise ValueError(f"x has the shape {tuple(x.shape)}: give (B, T, d_in)")
    states, top = _walk(cells, x)
    loss = _mean_loss(loss_of, top)
    parts = [part for layer in states for state in layer for part in state]
    gradients = iter(torch.autograd.grad(loss, parts, allow_unused=True))
    norms = np.zeros((len(states), x.shape[1] + 1))
    for layer, over_steps in enumerate(states):
        for t, state in enumerate(over_steps):
            found = [next(gradients) for _ in state]
            whole = [torch.zeros_like(p) if g is None else g
                     for p, g in zip(state, found, strict=True)]
            if part is not None:
                whole = [whole[cells[layer].parts.index(part)]]
            norms[layer, t] = len(x) * float(torch.cat(whole, dim=1).norm(dim=1).mean())
    return norms


def _walk(cells: Sequence, x: Tensor) -> tuple[list[list[tuple]], Tensor]:
    """All states of all layers, the start included, and the top layer's h (B, T, d_hidden)."""
    layers = []
    for cell in cells:
        state = tuple(part.requires_grad_() for part in cell.start(len(x)))
        over_steps = [state]
        for u in cell.inputs(x).unbind(dim=1):
            # copies: an LSTM's h_t is made of c_t, and what flows through h_t must not count twice
            state = tuple(part.clone() for part in cell.step(u, state))
            over_steps.append(state)
        layers.append(over_steps)
        x = torch.stack([s[0] for s in over_steps[1:]], dim=1)
    return layers, x


def jacobians(cell, x: Tensor, state: tuple[Tensor, ...] | None = None) -> Tensor:
    """d s_t / d s_{t-1} for every step of one sequence: (T, D, D), D numbers in the whole state.

    x: (1, T, d_in). Row i of matrix t tells how number i of s_t moves with each of s_{t-1}. All
    steps are done in one batch: the states are computed first, then each step is independent.
    """
    _refuse_torch_layers([cell])
    if x.dim() != 3 or len(x) != 1:
        raise ValueError(f"x has the shape {tuple(x.shape)}: Jacobians are for one sequence, "
                         "(1, T, d_in)")
    state = cell.start(1) if state is None else state
    if any(len(part) != 1 for part in state):
        raise ValueError(f"the state has the shapes {[tuple(part.shape) for part in state]}: "
                         "Jacobians are for one sequence, (1, d_hidden)")
    sizes = [part.shape[1] for part in state]
    with torch.no_grad():
        inputs, before = cell.inputs(x)[0], []              # (T, blocks)
        for u in inputs:
            before.append(torch.cat(state, dim=1)[0])
            state = cell.step(u[None], state)

    def one_step(flat: Tensor, u: Tensor) -> Tensor:
        parts = tuple(part[None] for part in flat.split(sizes))
        return torch.cat(cell.step(u[None], parts), dim=1)[0]
    return vmap(jacrev(one_step))(torch.stack(before), inputs).detach()


def product_norms(steps: Tensor, norm: str = "frobenius") -> np.ndarray:
    """|| d s_t / d s_s || for every pair of steps: (T + 1, T + 1), row t, column s, NaN for s > t.

    steps: (T, D, D) from `jacobians`; the chain rule multiplies those between s and t.
    norm: "spectral", the largest stretch of any direction, or "frobenius", the root mean square
    stretch: Frobenius / sqrt(D), much faster, never larger, the same for rho * orthogonal.
    """
    if norm not in NORMS:
        raise ValueError(f"norm={norm!r}: there are {', '.join(NORMS)}")
    if steps.dim() != 3 or steps.shape[1] != steps.shape[2]:
        raise ValueError(f"steps have the shape {tuple(steps.shape)}: give (T, D, D), one square "
                         "matrix for each step")
    n_steps, size = steps.shape[:2]
    norms = np.full((n_steps + 1, n_steps + 1), np.nan)
    products = torch.eye(size, dtype=steps.dtype).expand(1, size, size)     # d s_0 / d s_0
    norms[0, 0] = 1.0
    for t in range(1, n_steps + 1):
        grown = steps[t - 1] @ products                                     # (t, D, D)
        products = torch.cat([grown, torch.eye(size, dtype=steps.dtype)[None]])
        norms[t, :t + 1] = _matrix_norm(products, norm)
    return norms


def _matrix_norm(matrices: Tensor, norm: str) -> np.ndarray:
    if norm == "spectral":
        return torch.linalg.matrix_norm(matrices, ord=2).numpy()
    return (torch.linalg.matrix_norm(matrices) / matrices.shape[-1] ** 0.5).numpy()


def over_depth(layers: Sequence[Callable], x: Tensor,
               loss_of: Callable[[Tensor], Tensor]) -> np.ndarray:
    """|| d loss / d a_l || for the input (l = 0) and the output of every layer: (layers + 1,).

    layers: functions a_{l-1} -> a_l. loss_of: the last activation -> a number, a mean over the
    batch. Norms and errors as in `over_time`.
    """
    _refuse_torch_layers(layers)
    activations = [x.detach().requires_grad_()]
    for layer in layers:
        activations.append(layer(activations[-1]))
    gradients = torch.autograd.grad(_mean_loss(loss_of, activations[-1]), activations)
    return np.array([len(x) * float(g.flatten(1).norm(dim=1).mean()) for g in gradients])


def orthogonal(size: int, rho: float, *, seed: int = 0) -> Tensor:
    """rho times a random rotation (size, size): every stretch is exactly rho; float32.

    With W_hh = rho * rotation, a linear RNN's gradient over k steps is rho ** k, no more, no less.
    """
    if not 0 <= rho < np.inf:
        raise ValueError(f"rho={rho}: a spectral radius is a finite number and not negative")
    generator = torch.Generator().manual_seed(seed)
    q, r = torch.linalg.qr(torch.randn(size, size, generator=generator, dtype=torch.float64))
    return (rho * q * torch.sign(torch.diagonal(r))).float()


def _mean_loss(loss_of: Callable[[Tensor], Tensor], top: Tensor) -> Tensor:
    """The loss of the top activations (B, ...), if it is one number and no sum over the batch."""
    loss = loss_of(top)
    if loss.dim() or not loss.requires_grad:
        raise ValueError(f"the loss has the shape {tuple(loss.shape)}: it must be one number that "
                         "depends on the states")
    if len(top) > 1:
        twice, once = _loss_of_twice(loss_of, top.detach()), loss.item()
        if once and twice is not None and abs(twice / once - 2) < 1e-3:
            raise ValueError(f"the loss is {once:.4g}, and {twice:.4g} when every row is there "
                             "twice: it is a sum over the batch, take the mean")
    return loss


def _loss_of_twice(loss_of: Callable[[Tensor], Tensor], top: Tensor) -> float | None:
    """The loss of a batch in which every row stands twice; None if it has targets for one."""
    try:
        with torch.enable_grad(), torch.random.fork_rng(devices=[]):
            return loss_of(torch.cat([top, top]).requires_grad_()).item()
    except (RuntimeError, ValueError, IndexError):
        return None


def _refuse_torch_layers(layers: Sequence) -> None:
    for layer in layers:
        if isinstance(layer, nn.RNNBase):
            raise TypeError(
                f"nn.{type(layer).__name__} keeps its state to itself: the gradient for its "
                "outputs is not the gradient that flows through time. Use the course's own cells, "
                "helpers.rnn_lstm, with the same weights.")
