"""SGD, momentum, Adam and AdamW as their equations, and a valley to race them in.

A rule makes one step: `rule(w, gradient, memory, rate=...) -> (new w, new memory)`, with arrays
or tensors of any one shape; memory is what it keeps from step to step, None before the first.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def sgd(w, gradient, memory=None, *, rate: float):
    """Stochastic gradient descent: w - rate * gradient. It remembers nothing."""
    return w - rate * gradient, memory


def momentum(w, gradient, memory=None, *, rate: float, mu: float = 0.9):
    """v = mu v + gradient; w - rate v: steps in the same direction add up (Polyak 1964)."""
    v = gradient if memory is None else mu * memory + gradient
    return w - rate * v, v


def adam(w, gradient, memory=None, *, rate: float, beta_1: float = 0.9, beta_2: float = 0.999,
         epsilon: float = 1e-8):
    """m over the root of v: a mean of the gradients by their usual size (Kingma and Ba 2015).

    m and v start at 0, so the means of the first steps are too small: 1 - beta ** t mends that.
    The first step is nearly `rate` long for every number, whatever the size of its gradient.
    """
    m, v, t = (0.0, 0.0, 0) if memory is None else memory
    t = t + 1
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient ** 2
    m_hat, v_hat = m / (1 - beta_1 ** t), v / (1 - beta_2 ** t)
    return w - rate * m_hat / (v_hat ** 0.5 + epsilon), (m, v, t)


def adamw(w, gradient, memory=None, *, rate: float, decay: float = 0.01, **how):
    """Adam on a w that is first shrunk by rate * decay (Loshchilov and Hutter 2019).

    The decay does not pass through m and v, unlike a penalty in the loss. how: as for `adam`.
    """
    return adam(w - rate * decay * w, gradient, memory, rate=rate, **how)


RULES: dict[str, Callable] = {"SGD": sgd, "momentum": momentum, "Adam": adam, "AdamW": adamw}


def clipped(gradient, longest: float):
    """The gradient, shortened to the length `longest` if it is longer; its direction stays."""
    length = float((gradient ** 2).sum()) ** 0.5
    return gradient if length <= longest else gradient * (longest / length)


STEEPNESS = np.array([1.0, 25.0])


def valley(w: np.ndarray) -> float:
    """(w_1 ** 2 + 25 w_2 ** 2) / 2: a long valley, flat along w_1, steep along w_2; least at 0.

    Plain SGD flies out of it for rates above 2 / 25 = 0.08.
    """
    return float((STEEPNESS * np.asarray(w) ** 2).sum() / 2)


def valley_gradient(w: np.ndarray) -> np.ndarray:
    """(w_1, 25 w_2)."""
    return STEEPNESS * w


def race(rule: str, *, rate: float, steps: int = 60, start: tuple = (-4.0, 1.0)) -> np.ndarray:
    """The way of a rule through the valley: (steps + 1, 2), the start first.

    Raises ValueError for a name that is not in RULES.
    """
    if rule not in RULES:
        raise ValueError(f"rule {rule!r}: there are {', '.join(RULES)}")
    way, memory = [np.array(start, dtype=float)], None
    for _ in range(steps):
        w, memory = RULES[rule](way[-1], valley_gradient(way[-1]), memory, rate=rate)
        way.append(w)
    return np.array(way)
