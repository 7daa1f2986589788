"""Exercise 3.3: the backward pass of a recurrent network."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close
from helpers.exercises.rnn_lstm._formulas import formula


def backward(weights: dict, x: np.ndarray, h: np.ndarray, d_logits: np.ndarray) -> dict:
    """Gradients of the loss for W_xh, W_hh, b_h, W_hy and b_y: a dict like `weights`.

    x: (T, d_in). h: (T + 1, d_hidden), where h[0] is the empty state and h[t + 1] the
    state after x[t]. d_logits: (T, V), the gradients for the logits h[t + 1] W_hy + b_y.
    """
    gradient = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later = np.zeros(h.shape[1])
    for t in reversed(range(len(x))):
        gradient["W_hy"] += np.outer(h[t + 1], d_logits[t])
        gradient["b_y"] += d_logits[t]
        d_h = d_logits[t] @ weights["W_hy"].T + from_later
        d_a = (1 - h[t + 1] ** 2) * d_h
        gradient["W_xh"] += np.outer(x[t], d_a)
        gradient["W_hh"] += np.outer(h[t], d_a)
        gradient["b_h"] += d_a
        from_later = d_a @ weights["W_hh"].T
    return gradient


def _deltas_first(weights, x, h, d_logits):
    d_all = (1 - h[1:] ** 2) * (d_logits @ weights["W_hy"].T)
    for t in range(len(x) - 2, -1, -1):
        d_all[t] += (1 - h[t + 1] ** 2) * (d_all[t + 1] @ weights["W_hh"].T)
    return {"W_xh": x.T @ d_all, "W_hh": h[:-1].T @ d_all, "b_h": d_all.sum(axis=0),
            "W_hy": h[1:].T @ d_logits, "b_y": d_logits.sum(axis=0)}


def _path_by_path(weights, x, h, d_logits):
    """Each prediction walks back on its own; all walks are added."""
    alone = [np.where(np.arange(len(x))[:, None] == t, d_logits, 0) for t in range(len(x))]
    walks = [_deltas_first(weights, x, h, errors) for errors in alone]
    return {name: sum(walk[name] for walk in walks) for name in weights}


def _case(rng, d_in: int, d_hidden: int, n_out: int, steps: int) -> tuple:
    """weights, x, h, d_logits: small and random."""
    shapes = {"W_xh": (d_in, d_hidden), "W_hh": (d_hidden, d_hidden), "b_h": (d_hidden,),
              "W_hy": (d_hidden, n_out), "b_y": (n_out,)}
    weights = {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}
    x, h = rng.normal(size=(steps, d_in)), np.zeros((steps + 1, d_hidden))
    for t in range(steps):
        h[t + 1] = np.tanh(x[t] @ weights["W_xh"] + h[t] @ weights["W_hh"] + weights["b_h"])
    return weights, x, h, rng.normal(size=(steps, n_out))


def _walk(weights, h, d_logits, slope="1 - h ** 2", told="d_a @ W_hh.T",
          d_a="slope * (own + told)", onward=False) -> np.ndarray:
    """Deltas (T, d_hidden), right ones unless a formula brings a mistake in.

    slope: of tanh, where `before` and `h` are the states of a step. told: what the step before
    it hears. onward: the loop runs from the first step to the last.
    """
    letters = {"W_hh": weights["W_hh"], "told": np.zeros(h.shape[1])}
    d_all = np.zeros_like(h[1:])
    for t in range(len(d_all)) if onward else reversed(range(len(d_all))):
        letters |= {"own": d_logits[t] @ weights["W_hy"].T, "before": h[t], "h": h[t + 1]}
        letters["slope"] = formula(slope)(**letters)
        letters["d_a"] = d_all[t] = formula(d_a)(**letters)
        letters["told"] = formula(told)(**letters)
    return d_all


def _walking(change=lambda d_logits: d_logits, **formulas):
    """An answer whose d_all have a mistake of `_walk`, or are made of other d_logits."""
    def answer(weights, x, h, d_logits):
        d_all = _walk(weights, h, change(d_logits), **formulas)
        return {**backward(weights, x, h, d_logits), "b_h": d_all.sum(axis=0),
                "W_xh": x.T @ d_all, "W_hh": h[:-1].T @ d_all}
    return answer


def _with(name: str, text: str):
    """The reference with one gradient made by another formula of e (errors) and p (partners):
    it should be the sum of their outer products over the steps, p.T @ e."""
    def answer(weights, x, h, d_logits):
        d_all, ones = _walk(weights, h, d_logits), np.ones((len(x), 1))
        e, p = {"W_hy": (d_logits, h[1:]), "b_y": (d_logits, ones), "W_xh": (d_all, x),
                "b_h": (d_all, ones), "W_hh": (d_all, h[:-1])}[name]
        made = formula(text)(e=e, p=p, h=h, T=len(x))
        made = made[0] if name.startswith("b") else made
        return {**backward(weights, x, h, d_logits), name: made}
    return answer


NAMES = ("W_hy", "b_y", "b_h", "W_xh", "W_hh")
WALKS = {  # what is wrong with the walk back -> an answer that walks so
    "The first step is left out: reversed(range(len(x))) ends at 0.":
        lambda w, x, h, d: backward(w, x[1:], h[1:], d[1:]),
    "The last step is left out: reversed(range(len(x))) begins at len(x) - 1.":
        lambda w, x, h, d: backward(w, x[:-1], h[:-1], d[:-1]),
    "Each step counts only its own prediction. A state matters for the later steps too: hand "
    "d_a @ W_hh.T back to the step before.": _walking(told="0 * d_a"),
    "Only the last prediction is walked back. Every step has an error of its own: add "
    "d_logits[t] @ W_hy.T at each.": _walking(lambda d: np.vstack([0 * d[:-1], d[-1:]])),
    "Every step is told the error of the last one. It has its own: d_logits[t].":
        _walking(lambda d: 0 * d + d[-1]),
    "On the way back W_hh must be turned: d_a @ W_hh.T.": _walking(told="d_a @ W_hh"),
    "What goes back to the step before must have passed tanh's slope: d_a @ W_hh.T, where "
    "d_a = (1 - h[t + 1] ** 2) * d_h.": _walking(told="(own + told) @ W_hh.T"),
    "What is handed back piles up: each step gets what the step after it says, and nothing "
    "older. = here, not +=.": _walking(told="told + d_a @ W_hh.T"),
    "From step to step the way back leads through W_hh: hand over d_a @ W_hh.T, not d_a "
    "itself.": _walking(told="d_a"),
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
    "1 - h[t + 1] ** 2.": _walking(d_a="slope * own + told"),
}
SUMS = {  # a wrong formula for one of the sums -> of which weights, and what it is
    "0 * p.T @ e": (NAMES, "all zeros: nothing was added to it, or by = where += adds up."),
    "-p.T @ e": (NAMES, "right but for the sign."),
    "p.T @ e / T": (NAMES, "divided by the number of steps. Only add up."),
    "outer(p[0], e[0])": (NAMES[:4], "the first step's part only, where your walk ends: += adds "
                          "up, = overwrites."),
    "outer(p[-1], e[-1])": (NAMES, "the last step's part only. Add up over all steps."),
    "p.T @ (e / (1 - h[1:] ** 2))": (NAMES[2:], "made with d_h. It collects d_a: what is left "
                                     "of d_h after tanh's slope."),
    "h[:-1].T @ e": (["W_hy"], "paired with h[t]. The logits of step t are made of h[t + 1]."),
    "h[1:].T @ e": (["W_hh"], "paired with h[t + 1]. At step t, W_hh was multiplied with the "
                    "state *before* it: h[t]."),
    "e.T @ p": (["W_hy", "W_xh", "W_hh"], "turned: in np.outer(state, error) the state comes "
                "first."),
}

BACKWARD = Exercise(
    "3.3", "The backward pass", minutes=30, starred=False,
    hints=("Five sums that begin at zero, and a loop over t from the last step to the first. What "
           "does each step need from the later one?",
           "The output first: W_hy collects np.outer(h[t + 1], d_logits[t]), b_y collects "
           "d_logits[t].",
           "d_h = d_logits[t] @ W_hy.T + from_later, where from_later starts as zeros; then "
           "through tanh: d_a = (1 - h[t + 1] ** 2) * d_h.",
           "W_xh += np.outer(x[t], d_a), W_hh += np.outer(h[t], d_a), b_h += d_a. Last line "
           "of the loop: from_later = d_a @ W_hh.T."),
    solution=backward, right=(_deltas_first, _path_by_path),
    compare=expect_close, parts=NAMES,
    examples=tuple(_case(np.random.default_rng(sizes), *sizes)
                   for sizes in ((3, 5, 2, 4), (2, 3, 4, 7), (3, 5, 2, 1))),
    cases=lambda rng: _case(rng, *rng.integers(1, [5, 6, 5, 8])),
    mistakes=(
        *(Mistake(answer, sentence) for sentence, answer in WALKS.items()),
        *(Mistake(_with(name, text), f"The gradient for {name} is {what}")
          for text, (names, what) in SUMS.items() for name in names),
    ),
    reread="4 · The error walks back",
    moral="A dozen lines, and all of deep learning works this way: walk back, hand on, add up.",
)
