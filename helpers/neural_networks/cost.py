"""Where the work of a network goes: multiplications in matrix products, and all the rest."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

PRODUCTS = tuple(f"aten::{name}" for name in ("mm", "addmm", "bmm", "baddbmm"))
KINDS = ("two layers", "RNN step", "attention")


class _Tally(TorchDispatchMode):
    """For matrix products and for all else: seconds, and how many numbers were written.

    A view (transposing, cutting) writes none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.written = {"products": 0, "rest": 0}
        self.seconds = {"products": 0.0, "rest": 0.0}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        what = "products" if func._schema.name in PRODUCTS else "rest"
        start = time.perf_counter()
        out = func(*args, **(kwargs or {}))
        self.seconds[what] += time.perf_counter() - start
        if isinstance(out, Tensor) and not func.is_view:
            self.written[what] += out.numel()
        return out


def work(function: Callable[[], object]) -> dict[str, int]:
    """{"products", "rest"}: arithmetic in matrix products, and numbers written by all else.

    A product (n, k) by (k, m) is 2 n k m operations, n k m multiplications and as many additions.
    The rest counts one operation per number, which is little for tanh or a softmax.
    """
    products, tally = FlopCounterMode(display=False), _Tally()
    with torch.no_grad(), products, tally:
        function()
    return {"products": products.get_total_flops(), "rest": tally.written["rest"]}


def example(kind: str, d: int, *, rows: int = 64) -> Callable[[], Tensor]:
    """Something to be counted: of width d, on `rows` rows, float32, with random weights.

    "two layers": d to 4 d to d with relu; "RNN step": tanh(x W_xh + h W_hh + b_h); "attention":
    one head over `rows` places with W_q, W_k, W_v, W_o. Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: there are {', '.join(KINDS)}")
    g = torch.Generator().manual_seed(0)
    x, h = (torch.randn(rows, d, generator=g) for _ in range(2))
    if kind == "two layers":
        up, down = torch.randn(d, 4 * d, generator=g), torch.randn(4 * d, d, generator=g)
        return lambda: torch.relu(x @ up + 1) @ down + 1
    W_q, W_k, W_v, W_o = (torch.randn(d, d, generator=g) / d ** 0.5 for _ in range(4))
    if kind == "RNN step":
        return lambda: torch.tanh(x @ W_q + h @ W_k + 1)
    return lambda: torch.softmax((x @ W_q) @ (x @ W_k).T / d ** 0.5, dim=-1) @ (x @ W_v) @ W_o


def formula(kind: str, d: int, *, rows: int = 64) -> int:
    """The same products by hand: 16, 4, or 8 times rows d ** 2, and 4 rows ** 2 d for looking."""
    return {"two layers": 16 * rows * d * d, "RNN step": 4 * rows * d * d,
            "attention": 8 * rows * d * d + 4 * rows * rows * d}[kind]


def time_share(function: Callable[[], object], *, times: int = 20) -> float:
    """The share of the computing time that matrix products take; it differs by machine.

    Each part's fastest of `times` runs counts, as other programs only make a run slower.
    """
    runs = []
    for _ in range(times + 1):
        with torch.no_grad(), _Tally() as tally:
            function()
        runs.append(tally.seconds)
    products, rest = (min(run[what] for run in runs[1:]) for what in ("products", "rest"))
    return products / (products + rest)
