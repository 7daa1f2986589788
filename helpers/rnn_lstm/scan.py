"""Linear recurrences c_t = f_t * c_{t-1} + u_t: step by step, and all steps at once."""

from __future__ import annotations

import torch
from torch import Tensor


def scan_loop(f: Tensor, u: Tensor) -> Tensor:
    """c_t = f_t * c_{t-1} + u_t from c_0 = 0, one step after the other: T steps in a row.

    f, u: (T, d). Returns c (T, d).
    """
    _check(f, u)
    c, states = torch.zeros_like(u[0]), []
    for t in range(len(u)):
        c = f[t] * c + u[t]
        states.append(c)
    return torch.stack(states)


def scan_parallel(f: Tensor, u: Tensor) -> tuple[Tensor, int]:
    """The same numbers in about log2(T) steps in a row (Hillis & Steele 1986; Blelloch 1990).

    Two steps in a row are again one step of the same kind: c -> f2 (f1 c + u1) + u2 has the
    factor f2 f1 and the input f2 u1 + u2. So in each round every step swallows the one `reach`
    places before it, and reach doubles. f, u: (T, d). Returns (c (T, d), number of rounds).
    """
    _check(f, u)
    rounds, reach = 0, 1
    while reach < len(u):
        earlier_f = torch.cat([torch.ones_like(f[:reach]), f[:-reach]])
        earlier_u = torch.cat([torch.zeros_like(u[:reach]), u[:-reach]])
        f, u = f * earlier_f, f * earlier_u + u
        rounds, reach = rounds + 1, 2 * reach
    return u, rounds


def _check(f: Tensor, u: Tensor) -> None:
    if f.shape != u.shape or not len(u):
        raise ValueError(f"f {tuple(f.shape)} and u {tuple(u.shape)}: give the same shape (T, d), "
                         "with at least one step")
