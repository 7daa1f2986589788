"""Exercise 3.3: the backward pass of a recurrent network."""

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, expect, fresh, show
from helpers.exercises.rnn_lstm._arrays import alike, expect_none_of, expect_unchanged, kind
from helpers.exercises.rnn_lstm._walking import slope_mistakes, step_mistakes, sum_mistakes, walk


def backward(weights: dict, x: np.ndarray, h: np.ndarray, d_logits: np.ndarray) -> dict:
    """Slopes of the loss for W_xh, W_hh, b_h, W_hy and b_y: a dict like `weights`.

    x: (T, d_in). h: (T + 1, d_hidden), where h[0] is the empty state and h[t + 1] the
    state after x[t]. d_logits: (T, V), the slopes of the loss for y_t = W_hy h[t+1] + b_y.
    """
    slopes = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later = np.zeros(h.shape[1])
    for t in reversed(range(len(x))):
        slopes["W_hy"] += np.outer(d_logits[t], h[t + 1])
        slopes["b_y"] += d_logits[t]
        d_h = weights["W_hy"].T @ d_logits[t] + from_later
        delta = (1 - h[t + 1] ** 2) * d_h
        slopes["W_xh"] += np.outer(delta, x[t])
        slopes["W_hh"] += np.outer(delta, h[t])
        slopes["b_h"] += delta
        from_later = weights["W_hh"].T @ delta
    return slopes


def _deltas_first(weights, x, h, d_logits):
    deltas = (1 - h[1:] ** 2) * (d_logits @ weights["W_hy"])
    for t in range(len(x) - 2, -1, -1):
        deltas[t] += (1 - h[t + 1] ** 2) * (deltas[t + 1] @ weights["W_hh"])
    return {"W_xh": deltas.T @ x, "W_hh": deltas.T @ h[:-1], "b_h": deltas.sum(axis=0),
            "W_hy": d_logits.T @ h[1:], "b_y": d_logits.sum(axis=0)}


def _path_by_path(weights, x, h, d_logits):
    """Each prediction walks back on its own; all walks are added."""
    slopes = {"W_hy": d_logits.T @ h[1:], "b_y": d_logits.sum(0), "W_xh": 0, "W_hh": 0, "b_h": 0}
    for end in range(len(x)):
        flow = d_logits[end] @ weights["W_hy"]
        for t in range(end, -1, -1):
            delta = flow * (1 - h[t + 1] ** 2)
            slopes["b_h"] = slopes["b_h"] + delta
            slopes["W_xh"] = slopes["W_xh"] + delta[:, None] * x[t]
            slopes["W_hh"] = slopes["W_hh"] + delta[:, None] * h[t]
            flow = delta @ weights["W_hh"]
    return slopes


def _case(steps: int, d_in: int, d_hidden: int, n_out: int) -> tuple:
    """weights, x, h, d_logits: small and random, the same at every call."""
    rng = np.random.default_rng(steps)
    shapes = {"W_xh": (d_hidden, d_in), "W_hh": (d_hidden, d_hidden), "b_h": (d_hidden,),
              "W_hy": (n_out, d_hidden), "b_y": (n_out,)}
    weights = {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}
    x, h = rng.normal(size=(steps, d_in)), np.zeros((steps + 1, d_hidden))
    for t in range(steps):
        h[t + 1] = np.tanh(weights["W_xh"] @ x[t] + weights["W_hh"] @ h[t] + weights["b_h"])
    return weights, x, h, rng.normal(size=(steps, n_out))


def _expect_dict(got: object, weights: dict) -> None:
    expect(isinstance(got, dict), "Return a dict with the slopes for "
           f"{', '.join(weights)}; you returned {kind(got)}.")
    for name, value in weights.items():
        expect(name in got, f"The dict has no {name}; it has {', '.join(map(str, got))}.")
        expect(got[name] is not None, f"{name} is None: its slope is not there yet.")
        shape = np.shape(got[name])
        turned = " Turn it round." if shape == value.shape[::-1] else ""
        expect(shape == value.shape, f"The slope for {name} has the shape {shape}, the weight has "
               f"{value.shape}.{turned}")


def _expect_sums(got: dict, case: tuple) -> None:
    """Known mistakes, weight by weight, from the output to the input."""
    weights, x, h, d_logits = case
    deltas, ones = walk(weights, h, d_logits), np.ones((len(x), 1))
    sums = {"W_hy": (d_logits, h[1:]), "b_y": (d_logits, ones), "b_h": (deltas, ones),
            "W_xh": (deltas, x), "W_hh": (deltas, h[:-1])}
    for name, (errors, partners) in sums.items():
        seen = np.reshape(np.asarray(got[name]), (errors.shape[1], partners.shape[1]))
        expect_none_of(seen, [(value, f"The slope for {name} is {what}")
                              for value, what in sum_mistakes(name, errors, partners, h)])
        if name == "b_h":
            expect_none_of(got[name], step_mistakes(weights, h, d_logits))
            expect_none_of(got[name], slope_mistakes(weights, h, d_logits))


def _expect_slopes(got: dict, case: tuple, start: str = "") -> None:
    """What is left: the first number that is not what a nudge of the weight shows."""
    right = backward(*case)
    for name in ("W_hy", "b_y", "b_h", "W_xh", "W_hh"):
        for place in np.ndindex(right[name].shape):
            seen, slope = np.asarray(got[name])[place], right[name][place]
            expect(alike(seen, slope), f"{start}The slope for {name}{list(place)} is {show(seen)} "
                   f"in your dict; a nudge of that number moves the loss by {show(slope)} times as "
                   "much.")


def _works_for_one_step(answer) -> bool:
    case = _case(steps=1, d_in=3, d_hidden=5, n_out=2)
    got = answer(*fresh(case))
    return isinstance(got, dict) and all(
        alike(got.get(name), slope) for name, slope in backward(*case).items())


def check_backward(answer) -> None:
    case = _case(steps=4, d_in=3, d_hidden=5, n_out=2)
    given = fresh(case)
    got = answer(*given)
    for name, value, kept in zip(("weights", "x", "h", "d_logits"), given, case, strict=True):
        expect_unchanged(value, kept, name)
    _expect_dict(got, case[0])
    _expect_sums(got, case)
    start = ""
    if not alike(got["b_h"], backward(*case)["b_h"]) and _works_for_one_step(answer):
        start = ("With one step yours is right, with four it is not: look at each index t, and at "
                 "what a step hands to the one before. ")
    _expect_slopes(got, case, start)
    for steps, d_in, d_hidden, n_out in ((7, 2, 3, 4), (1, 3, 5, 2)):
        other = _case(steps, d_in, d_hidden, n_out)
        got = answer(*fresh(other))
        _expect_dict(got, other[0])
        _expect_slopes(got, other, f"With 4 steps yours is right, with {steps} it is not. ")


def _with(name, value):
    """The reference with one entry replaced by value(weights, x, h, d_logits)."""
    return lambda *case: {**backward(*case), name: value(*case)}


def _by_walk(**mistake):
    """A backward pass whose deltas have a mistake of `walk`."""
    def answer(weights, x, h, d_logits):
        made = {name: rule(weights, h) for name, rule in mistake.items()}
        deltas = walk(weights, h, d_logits, **made)
        return {"W_xh": deltas.T @ x, "W_hh": deltas.T @ h[:-1], "b_h": deltas.sum(axis=0),
                "W_hy": d_logits.T @ h[1:], "b_y": d_logits.sum(axis=0)}
    return answer


def _last_step_only(weights, x, h, d_logits):
    delta = (1 - h[-1] ** 2) * (weights["W_hy"].T @ d_logits[-1])
    return {"W_xh": np.outer(delta, x[-1]), "W_hh": np.outer(delta, h[-2]), "b_h": delta,
            "W_hy": d_logits.T @ h[1:], "b_y": d_logits.sum(axis=0)}


def _adding_to_weights(weights, x, h, d_logits):
    for name, slope in backward(weights, x, h, d_logits).items():
        weights[name] += slope
    return weights


def _last_error_everywhere(weights, x, h, d_logits):
    slopes = _deltas_first(weights, x, h, d_logits)
    deltas = walk(weights, h, 0 * d_logits + d_logits[-1])
    return {**slopes, "W_xh": deltas.T @ x, "W_hh": deltas.T @ h[:-1], "b_h": deltas.sum(axis=0)}


BACKWARD = Exercise(
    "3.3", "The backward pass", minutes=15, starred=True, check=check_backward,
    hints=("Five sums that begin at zero, and a loop over t from the last step to the first. What "
           "does each step need from the later one?",
           "The output first: W_hy collects np.outer(d_logits[t], h[t + 1]), b_y collects "
           "d_logits[t].",
           "d_h = W_hy.T @ d_logits[t] + from_later, where from_later starts as zeros; then "
           "through tanh: delta = (1 - h[t + 1] ** 2) * d_h.",
           "W_xh += np.outer(delta, x[t]), W_hh += np.outer(delta, h[t]), b_h += delta. Last line "
           "of the loop: from_later = W_hh.T @ delta."),
    solution=backward, right=(_deltas_first, _path_by_path),
    wrong=(
        Wrong(_last_step_only, "b_h is the last step's part only"),
        Wrong(_by_walk(hand_back=lambda w, h: lambda delta, d_h: 0 * delta), "its own prediction"),
        Wrong(_by_walk(hand_back=lambda w, h: lambda delta, d_h: w["W_hh"] @ delta), "be turned"),
        Wrong(_by_walk(slope=lambda w, h: 1 - h[:-1] ** 2), "the state before the step"),
        Wrong(_by_walk(slope=lambda w, h: np.ones_like(h[1:])), "tanh's slope is missing"),
        Wrong(_by_walk(late=lambda w, h: True), "goes through tanh too"),
        Wrong(_by_walk(onward=lambda w, h: True), "start at the end"),
        Wrong(_with("W_hh", lambda w, x, h, d: walk(w, h, d).T @ h[1:]), "paired with h[t + 1]"),
        Wrong(_with("W_hh", lambda w, x, h, d: backward(w, x, h, d)["W_hh"].T), "turned: in"),
        Wrong(_with("W_xh", lambda w, x, h, d: np.outer(walk(w, h, d)[0], x[0])), "overwrites"),
        Wrong(_with("b_y", lambda w, x, h, d: None), "b_y is None"),
        Wrong(_with("W_xh", lambda w, x, h, d: 2 * backward(w, x, h, d)["W_xh"]), "a nudge of"),
        Wrong(_adding_to_weights, "changed `weights"),
        Wrong(_last_error_everywhere, "With one step yours is right"),
    ),
    reread="4 · Learning: the error runs back",
    moral="A dozen lines, and all of deep learning works this way: walk back, hand on, add up.",
)
