"""Exercise 3.3: the backward pass of a recurrent network."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close
from helpers.exercises.rnn_lstm._formulas import formula


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
    alone = [np.where(np.arange(len(x))[:, None] == t, d_logits, 0) for t in range(len(x))]
    walks = [_deltas_first(weights, x, h, errors) for errors in alone]
    return {name: sum(walk[name] for walk in walks) for name in weights}


def _case(rng, d_in: int, d_hidden: int, n_out: int, steps: int) -> tuple:
    """weights, x, h, d_logits: small and random."""
    shapes = {"W_xh": (d_hidden, d_in), "W_hh": (d_hidden, d_hidden), "b_h": (d_hidden,),
              "W_hy": (n_out, d_hidden), "b_y": (n_out,)}
    weights = {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}
    x, h = rng.normal(size=(steps, d_in)), np.zeros((steps + 1, d_hidden))
    for t in range(steps):
        h[t + 1] = np.tanh(weights["W_xh"] @ x[t] + weights["W_hh"] @ h[t] + weights["b_h"])
    return weights, x, h, rng.normal(size=(steps, n_out))


def _walk(weights, h, d_logits, slope="1 - h ** 2", told="W_hh.T @ delta",
          delta="slope * (own + told)", onward=False) -> np.ndarray:
    """Deltas (T, d_hidden), right ones unless a formula brings a mistake in.

    slope: of tanh, where `before` and `h` are the states of a step. told: what the step before
    it hears. onward: the loop runs from the first step to the last.
    """
    letters = {"W_hh": weights["W_hh"], "told": np.zeros(h.shape[1])}
    deltas = np.zeros_like(h[1:])
    for t in range(len(deltas)) if onward else reversed(range(len(deltas))):
        letters |= {"own": weights["W_hy"].T @ d_logits[t], "before": h[t], "h": h[t + 1]}
        letters["slope"] = formula(slope)(**letters)
        letters["delta"] = deltas[t] = formula(delta)(**letters)
        letters["told"] = formula(told)(**letters)
    return deltas


def _walking(change=lambda d_logits: d_logits, **formulas):
    """An answer whose deltas have a mistake of `_walk`, or are made of other d_logits."""
    def answer(weights, x, h, d_logits):
        deltas = _walk(weights, h, change(d_logits), **formulas)
        return {**backward(weights, x, h, d_logits), "b_h": deltas.sum(axis=0),
                "W_xh": deltas.T @ x, "W_hh": deltas.T @ h[:-1]}
    return answer


def _with(name: str, text: str):
    """The reference with one gradient made by another formula of e (errors) and p (partners):
    it should be the sum of their outer products over the steps, e.T @ p."""
    def answer(weights, x, h, d_logits):
        deltas, ones = _walk(weights, h, d_logits), np.ones((len(x), 1))
        e, p = {"W_hy": (d_logits, h[1:]), "b_y": (d_logits, ones), "W_xh": (deltas, x),
                "b_h": (deltas, ones), "W_hh": (deltas, h[:-1])}[name]
        made = formula(text)(e=e, p=p, h=h, T=len(x))
        made = made[:, 0] if name.startswith("b") else made
        return {**backward(weights, x, h, d_logits), name: made}
    return answer


NAMES = ("W_hy", "b_y", "b_h", "W_xh", "W_hh")
WALKS = {  # what is wrong with the walk back -> an answer that walks so
    "The first step is left out: reversed(range(len(x))) ends at 0.":
        lambda w, x, h, d: backward(w, x[1:], h[1:], d[1:]),
    "The last step is left out: reversed(range(len(x))) begins at len(x) - 1.":
        lambda w, x, h, d: backward(w, x[:-1], h[:-1], d[:-1]),
    "Each step counts only its own prediction. A state matters for the later steps too: hand "
    "W_hh.T @ delta back to the step before.": _walking(told="0 * delta"),
    "Only the last prediction is walked back. Every step has an error of its own: add "
    "W_hy.T @ d_logits[t] at each.": _walking(lambda d: np.vstack([0 * d[:-1], d[-1:]])),
    "Every step is told the error of the last one. It has its own: d_logits[t].":
        _walking(lambda d: 0 * d + d[-1]),
    "On the way back W_hh must be turned: W_hh.T @ delta.": _walking(told="W_hh @ delta"),
    "What goes back to the step before must have passed tanh's slope: W_hh.T @ delta, where "
    "delta = (1 - h[t + 1] ** 2) * d_h.": _walking(told="W_hh.T @ (own + told)"),
    "What is handed back piles up: each step gets what the step after it says, and nothing "
    "older. = here, not +=.": _walking(told="told + W_hh.T @ delta"),
    "From step to step the way back leads through W_hh: hand over W_hh.T @ delta, not delta "
    "itself.": _walking(told="delta"),
    "Your loop runs from the first step to the last. What a step is told comes from the *later* "
    "one: start at the end.": _walking(onward=True),
    "tanh's slope is taken at the state before the step, h[t]. Its result is h[t + 1]: "
    "1 - h[t + 1] ** 2.": _walking(slope="1 - before ** 2"),
    "tanh's slope is missing: multiply with 1 - h[t + 1] ** 2 to get inside the tanh.":
        _walking(slope="1"),
    "tanh's slope is 1 - h ** 2: the square is missing.": _walking(slope="1 - h"),
    "tanh's slope is 1 - h ** 2: the 1 - is missing.": _walking(slope="h ** 2"),
    "h * (1 - h) is the slope of a sigmoid. That of tanh is 1 - h[t + 1] ** 2.":
        _walking(slope="h * (1 - h)"),
    "h is already what came out of tanh; you applied it again. Its slope is 1 - h[t + 1] ** 2.":
        _walking(slope="1 - tanh(h) ** 2"),
    "What the later steps say goes through tanh too: add it before you multiply with "
    "1 - h[t + 1] ** 2.": _walking(delta="slope * own + told"),
}
SUMS = {  # a wrong formula for one of the sums -> of which weights, and what it is
    "0 * e.T @ p": (NAMES, "all zeros: nothing was added to it, or by = where += adds up."),
    "-e.T @ p": (NAMES, "right but for the sign."),
    "e.T @ p / T": (NAMES, "divided by the number of steps. Only add up."),
    "outer(e[0], p[0])": (NAMES[:4], "the first step's part only, where your walk ends: += adds "
                          "up, = overwrites."),
    "outer(e[-1], p[-1])": (NAMES, "the last step's part only. Add up over all steps."),
    "(e / (1 - h[1:] ** 2)).T @ p": (NAMES[2:], "made with d_h. It collects delta: what is left "
                                     "of d_h after tanh's slope."),
    "e.T @ h[:-1]": (["W_hy"], "paired with h[t]. The logits of step t are made of h[t + 1]."),
    "e.T @ h[1:]": (["W_hh"], "paired with h[t + 1]. At step t, W_hh was multiplied with the "
                    "state *before* it: h[t]."),
    "p.T @ e": (["W_hy", "W_xh", "W_hh"], "turned: in np.outer(error, state) the error comes "
                "first."),
}

BACKWARD = Exercise(
    "3.3", "The backward pass", minutes=15, starred=True,
    hints=("Five sums that begin at zero, and a loop over t from the last step to the first. What "
           "does each step need from the later one?",
           "The output first: W_hy collects np.outer(d_logits[t], h[t + 1]), b_y collects "
           "d_logits[t].",
           "d_h = W_hy.T @ d_logits[t] + from_later, where from_later starts as zeros; then "
           "through tanh: delta = (1 - h[t + 1] ** 2) * d_h.",
           "W_xh += np.outer(delta, x[t]), W_hh += np.outer(delta, h[t]), b_h += delta. Last line "
           "of the loop: from_later = W_hh.T @ delta."),
    solution=backward, right=(_deltas_first, _path_by_path),
    compare=expect_close, parts=NAMES,
    examples=tuple(_case(np.random.default_rng(sizes), *sizes)
                   for sizes in ((3, 5, 2, 4), (2, 3, 4, 7), (3, 5, 2, 1))),
    cases=lambda rng: _case(rng, *rng.integers(1, [5, 6, 5, 8])),
    mistakes=(
        *(Mistake(answer, sentence) for sentence, answer in WALKS.items()),
        *(Mistake(_with(name, text), f"The slope for {name} is {what}")
          for text, (names, what) in SUMS.items() for name in names),
    ),
    reread="4 · Learning: the error runs back",
    moral="A dozen lines, and all of deep learning works this way: walk back, hand on, add up.",
)
