"""The vanilla RNN without autograd: forward in numpy, and backward through time.

weights is a dict of float arrays: W_xh (d_hidden, d_in), W_hh (d_hidden, d_hidden), b_h
(d_hidden,), W_hy (V, d_hidden), b_y (V,).
"""

import numpy as np


def start_weights(d_in: int, d_hidden: int, n_out: int, *, rng: np.random.Generator,
                  scale: str = "fan-in") -> dict[str, np.ndarray]:
    """Random weights with a spread of 1/sqrt(numbers coming in); biases 0.

    scale="1/1000": everything divided by 1,000 instead, a start that circulates widely and that
    the notebook finds out about. Raises ValueError for another scale.
    """
    if scale not in ("fan-in", "1/1000"):
        raise ValueError(f"scale={scale!r}: there are 'fan-in' and '1/1000'")

    def matrix(rows, columns):
        spread = 1 / np.sqrt(columns) if scale == "fan-in" else 1 / 1000
        return rng.normal(size=(rows, columns)) * spread
    return {"W_xh": matrix(d_hidden, d_in), "W_hh": matrix(d_hidden, d_hidden),
            "b_h": np.zeros(d_hidden), "W_hy": matrix(n_out, d_hidden), "b_y": np.zeros(n_out)}


def forward(weights: dict, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h), logits_t = W_hy h_t + b_y, from h_0 = 0.

    x: (T, d_in). Returns (logits (T, V), h (T + 1, d_hidden)): h[0] is the empty state and
    h[t + 1] the state after x[t]. Raises ValueError if x has no step or another width.
    """
    d_hidden, d_in = weights["W_xh"].shape
    if x.ndim != 2 or not len(x) or x.shape[1] != d_in:
        raise ValueError(f"x has the shape {x.shape}: give (T, {d_in}) with at least one step")
    h = np.zeros((len(x) + 1, d_hidden))
    for t in range(len(x)):
        h[t + 1] = np.tanh(weights["W_xh"] @ x[t] + weights["W_hh"] @ h[t] + weights["b_h"])
    return h[1:] @ weights["W_hy"].T + weights["b_y"], h


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
    gradient["W_hy"], gradient["b_y"] = d_logits.T @ h[1:], d_logits.sum(axis=0)
    from_later = np.zeros(h.shape[1])                   # what step t + 1 says about h_t
    for t in reversed(range(len(x))):
        d_h = weights["W_hy"].T @ d_logits[t] + from_later
        d_z = (1 - h[t + 1] ** 2) * d_h                 # through tanh
        gradient["b_h"] += d_z
        gradient["W_xh"] += np.outer(d_z, x[t])
        gradient["W_hh"] += np.outer(d_z, h[t])
        gradient["x"][t] = weights["W_xh"].T @ d_z
        cut = truncate is not None and t % truncate == 0
        from_later = np.zeros_like(d_z) if cut else weights["W_hh"].T @ d_z
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
