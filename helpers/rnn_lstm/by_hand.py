"""The vanilla RNN without autograd: forward in numpy, and backward through time.

weights is a dict of float arrays, for row vectors: W_xh (d_in, d_hidden), W_hh (d_hidden,
d_hidden), b_h (d_hidden,), W_hy (d_hidden, V), b_y (V,).
"""

import numpy as np


def start_weights(d_in: int, d_hidden: int, n_out: int, *, rng: np.random.Generator
                  ) -> dict[str, np.ndarray]:
    """Random weights with a spread of 1/sqrt(numbers coming in); biases 0."""
    def matrix(n_in, n):
        return rng.normal(size=(n_in, n)) / np.sqrt(n_in)
    return {"W_xh": matrix(d_in, d_hidden), "W_hh": matrix(d_hidden, d_hidden),
            "b_h": np.zeros(d_hidden), "W_hy": matrix(d_hidden, n_out), "b_y": np.zeros(n_out)}


def forward(weights: dict, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h), logits_t = h_t W_hy + b_y, from h_0 = 0.

    x: (T, d_in). Returns (logits (T, V), h (T + 1, d_hidden)): h[0] is the empty state and
    h[t + 1] the state after x[t]. Raises ValueError if x has no step or another width.
    """
    d_in, d_hidden = weights["W_xh"].shape
    if x.ndim != 2 or not len(x) or x.shape[1] != d_in:
        raise ValueError(f"x has the shape {x.shape}: give (T, {d_in}) with at least one step")
    h = np.zeros((len(x) + 1, d_hidden))
    for t in range(len(x)):
        h[t + 1] = np.tanh(x[t] @ weights["W_xh"] + h[t] @ weights["W_hh"] + weights["b_h"])
    return h[1:] @ weights["W_hy"] + weights["b_y"], h


def backward(weights: dict, x: np.ndarray, h: np.ndarray, d_logits: np.ndarray, *,
             truncate: int | None = None) -> dict[str, np.ndarray]:
    """Backpropagation through time (Werbos 1990): the gradient of the loss for every weight.

    x, h: as given to and returned by `forward`; d_logits (T, V): d loss / d logits.
    truncate=k: the text is cut into pieces of k steps and no gradient crosses a cut (truncated
    BPTT). Returns a dict with the keys and shapes of `weights`, and "x" (T, d_in).
    """
    if truncate is not None and truncate < 1:
        raise ValueError(f"truncate={truncate}: a piece has at least 1 step; None cuts nothing")
    gradient = {name: np.zeros_like(value) for name, value in weights.items()}
    gradient["x"] = np.zeros(x.shape)
    gradient["W_hy"], gradient["b_y"] = h[1:].T @ d_logits, d_logits.sum(axis=0)
    from_later = np.zeros(h.shape[1])                   # what step t + 1 says about h_t
    for t in reversed(range(len(x))):
        d_h = d_logits[t] @ weights["W_hy"].T + from_later
        d_a = (1 - h[t + 1] ** 2) * d_h                 # through tanh
        gradient["b_h"] += d_a
        gradient["W_xh"] += np.outer(x[t], d_a)
        gradient["W_hh"] += np.outer(h[t], d_a)
        gradient["x"][t] = d_a @ weights["W_xh"].T
        cut = truncate is not None and t % truncate == 0
        from_later = np.zeros_like(d_a) if cut else d_a @ weights["W_hh"].T
    return gradient


def mean_cross_entropy(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of -log softmax(logits_t)[target_t] in nats, and its gradient for the logits.

    logits: (T, V), targets: int (T,). Returns (loss, d_logits (T, V) = (softmax - one-hot) / T).
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    d_logits = np.exp(log_probs)
    steps = np.arange(len(targets))
    d_logits[steps, targets] -= 1
    return float(-log_probs[steps, targets].mean()), d_logits / len(targets)
