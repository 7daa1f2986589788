"""Exercise 3.3: the backward pass of a recurrent network."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def backward(weights: dict, x: np.ndarray, h: np.ndarray, d_logits: np.ndarray) -> dict:
    """Gradients of the loss for W_xh, W_hh, b_h, W_hy and b_y: a dict like `weights`.

    x: (T, d_in). h: (T + 1, d_hidden), where h[0] is the empty state and h[t + 1] the
    state after x[t]. d_logits: (T, V), the gradients for the logits h[t + 1] W_hy + b_y.
    """
    gradients = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later = np.zeros(h.shape[1])
    for t in reversed(range(len(x))):
        gradients["W_hy"] += np.outer(h[t + 1], d_logits[t])
        gradients["b_y"] += d_logits[t]
        d_h = d_logits[t] @ weights["W_hy"].T + from_later
        d_a = (1 - h[t + 1] ** 2) * d_h
        gradients["W_xh"] += np.outer(x[t], d_a)
        gradients["W_hh"] += np.outer(h[t], d_a)
        gradients["b_h"] += d_a
        from_later = d_a @ weights["W_hh"].T
    return gradients


def _d_all_first(weights, x, h, d_logits):
    d_all = (1 - h[1:] ** 2) * (d_logits @ weights["W_hy"].T)
    for t in range(len(x) - 2, -1, -1):
        d_all[t] += (1 - h[t + 1] ** 2) * (d_all[t + 1] @ weights["W_hh"].T)
    return {"W_xh": x.T @ d_all, "W_hh": h[:-1].T @ d_all, "b_h": d_all.sum(axis=0),
            "W_hy": h[1:].T @ d_logits, "b_y": d_logits.sum(axis=0)}


def _path_by_path(weights, x, h, d_logits):
    """Each prediction walks back on its own; all walks are added."""
    gradients = {"W_hy": h[1:].T @ d_logits, "b_y": d_logits.sum(0), "W_xh": 0, "W_hh": 0, "b_h": 0}
    for end in range(len(x)):
        flow = d_logits[end] @ weights["W_hy"].T
        for t in range(end, -1, -1):
            d_a = flow * (1 - h[t + 1] ** 2)
            gradients["b_h"] = gradients["b_h"] + d_a
            gradients["W_xh"] = gradients["W_xh"] + x[t][:, None] * d_a
            gradients["W_hh"] = gradients["W_hh"] + h[t][:, None] * d_a
            flow = d_a @ weights["W_hh"].T
    return gradients


def _case(rng, d_in: int, d_hidden: int, n_out: int, steps: int) -> tuple:
    """weights, x, h, d_logits: small and random."""
    shapes = {"W_xh": (d_in, d_hidden), "W_hh": (d_hidden, d_hidden), "b_h": (d_hidden,),
              "W_hy": (d_hidden, n_out), "b_y": (n_out,)}
    weights = {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}
    x, h = rng.normal(size=(steps, d_in)), np.zeros((steps + 1, d_hidden))
    for t in range(steps):
        h[t + 1] = np.tanh(x[t] @ weights["W_xh"] + h[t] @ weights["W_hh"] + weights["b_h"])
    return weights, x, h, rng.normal(size=(steps, n_out))


def _walk(weights, h, d_logits, *, slope=None, hand_back=None, late=False, onward=False):
    """Deltas (T, d_hidden), right ones unless an argument brings a mistake in.

    slope (T, d_hidden): of tanh. hand_back(d_a, d_h): what an earlier step is told.
    late: it is added after tanh's slope. onward: the loop runs from the first step to the last.
    """
    slope = 1 - h[1:] ** 2 if slope is None else slope
    hand_back = hand_back or (lambda d_a, d_h: d_a @ weights["W_hh"].T)
    d_all, told = np.zeros_like(slope), np.zeros(h.shape[1])
    for t in range(len(slope)) if onward else reversed(range(len(slope))):
        d_h = d_logits[t] @ weights["W_hy"].T + (0 if late else told)
        d_all[t] = slope[t] * d_h + (told if late else 0)
        told = hand_back(d_all[t], d_h)
    return d_all


def _walking(**mistake):
    """An answer whose d_all have a mistake of `_walk`, made by rule(weights, h)."""
    def answer(weights, x, h, d_logits):
        d_all = _walk(weights, h, d_logits, **{k: rule(weights, h) for k, rule in mistake.items()})
        return {**backward(weights, x, h, d_logits), "b_h": d_all.sum(axis=0),
                "W_xh": x.T @ d_all, "W_hh": h[:-1].T @ d_all}
    return answer


def _with_slope(rule):
    """rule(state after the step, state before it): the slope of tanh."""
    return _walking(slope=lambda w, h: rule(h[1:], h[:-1]))


def _handing_back(rule):
    """rule(W_hh, d_a, d_h): what a step tells the one before."""
    return _walking(hand_back=lambda w, h: lambda d_a, d_h: rule(w["W_hh"], d_a, d_h))


def _piling_up(w, h):
    heap = np.zeros(h.shape[1])

    def hand_back(d_a, d_h):
        heap[:] += d_a @ w["W_hh"].T
        return heap.copy()
    return hand_back


def _told(change):
    """An answer to which each hidden state is told change(d_logits), not d_logits."""
    def answer(weights, x, h, d_logits):
        told = backward(weights, x, h, change(d_logits))
        return {**told, **{k: backward(weights, x, h, d_logits)[k] for k in ("W_hy", "b_y")}}
    return answer


def _with(name: str, rule):
    """The reference with one slope made by rule(errors, partners, h), the sum of whose outer
    products over the steps it should be."""
    def answer(weights, x, h, d_logits):
        d_all, ones = _walk(weights, h, d_logits), np.ones((len(x), 1))
        errors, partners = {"W_hy": (d_logits, h[1:]), "b_y": (d_logits, ones), "W_xh": (d_all, x),
                            "b_h": (d_all, ones), "W_hh": (d_all, h[:-1])}[name]
        made = rule(errors, partners, h)
        shape = weights[name].shape if made.size == weights[name].size else made.shape
        return {**backward(weights, x, h, d_logits), name: made.reshape(shape)}
    return answer


NAMES = ("W_hy", "b_y", "b_h", "W_xh", "W_hh")
WALKS = {  # an answer whose walk back has a mistake -> what it is
    lambda w, x, h, d: backward(w, x[1:], h[1:], d[1:]):
        "The first step is left out: reversed(range(len(x))) ends at 0.",
    lambda w, x, h, d: backward(w, x[:-1], h[:-1], d[:-1]):
        "The last step is left out: reversed(range(len(x))) begins at len(x) - 1.",
    _handing_back(lambda W_hh, d_a, d_h: 0 * d_a):
        "Each step counts only its own prediction. A state matters for the later steps too: hand "
        "d_a @ W_hh.T back to the step before.",
    _told(lambda d: np.vstack([0 * d[:-1], d[-1:]])):
        "Only the last prediction is walked back. Every step has an error of its own: add "
        "d_logits[t] @ W_hy.T at each.",
    _told(lambda d: 0 * d + d[-1]):
        "Every step is told the error of the last one. It has its own: d_logits[t].",
    _handing_back(lambda W_hh, d_a, d_h: d_a @ W_hh):
        "On the way back W_hh must be turned: d_a @ W_hh.T.",
    _handing_back(lambda W_hh, d_a, d_h: d_h @ W_hh.T):
        "What goes back to the step before must have passed tanh's slope: d_a @ W_hh.T, where "
        "d_a = (1 - h[t + 1] ** 2) * d_h.",
    _walking(hand_back=_piling_up):
        "What is handed back piles up: each step gets what the step after it says, and nothing "
        "older. = here, not +=.",
    _handing_back(lambda W_hh, d_a, d_h: d_a):
        "From step to step the way back leads through W_hh: hand over d_a @ W_hh.T, not d_a "
        "itself.",
    _walking(onward=lambda w, h: True):
        "Your loop runs from the first step to the last. What a step is told comes from the "
        "*later* one: start at the end.",
    _with_slope(lambda after, before: 1 - before ** 2):
        "tanh's slope is taken at the state before the step, h[t]. Its result is h[t + 1]: "
        "1 - h[t + 1] ** 2.",
    _with_slope(lambda after, before: 1 + 0 * after):
        "tanh's slope is missing: multiply with 1 - h[t + 1] ** 2 to get inside the tanh.",
    _with_slope(lambda after, before: 1 - after):
        "tanh's slope is 1 - h ** 2: the square is missing.",
    _with_slope(lambda after, before: after ** 2):
        "tanh's slope is 1 - h ** 2: the 1 - is missing.",
    _with_slope(lambda after, before: after * (1 - after)):
        "h * (1 - h) is the slope of a sigmoid. That of tanh is 1 - h[t + 1] ** 2.",
    _with_slope(lambda after, before: 1 - np.tanh(after) ** 2):
        "h is already what came out of tanh; you applied it again. Its slope is "
        "1 - h[t + 1] ** 2.",
    _walking(late=lambda w, h: True):
        "What the later steps say goes through tanh too: add it before you multiply with "
        "1 - h[t + 1] ** 2.",
}
SUMS = {  # what a slope is -> the rule that makes it so
    "all zeros: nothing was added to it, or by = where += adds up.": lambda e, p, h: 0 * p.T @ e,
    "right but for the sign.": lambda e, p, h: -p.T @ e,
    "divided by the number of steps. Only add up.": lambda e, p, h: p.T @ e / len(e),
    "the first step's part only, where your walk ends: += adds up, = overwrites.":
        lambda e, p, h: np.outer(p[0], e[0]),
    "the last step's part only. Add up over all steps.": lambda e, p, h: np.outer(p[-1], e[-1]),
}
SPECIAL = {  # the same for some of the weights
    "made with d_h. It collects d_a: what is left of d_h after tanh's slope.": (
        ("b_h", "W_xh", "W_hh"), lambda e, p, h: p.T @ (e / (1 - h[1:] ** 2))),
    "paired with h[t]. The logits of step t are made of h[t + 1].": (
        ("W_hy",), lambda e, p, h: h[:-1].T @ e),
    "paired with h[t + 1]. At step t, W_hh was multiplied with the state *before* it: h[t].": (
        ("W_hh",), lambda e, p, h: h[1:].T @ e),
    "paired with h[t - 1]. h has a row more than x: the state before step t is h[t].": (
        ("W_hh",), lambda e, p, h: np.roll(h, 1, axis=0)[:-1].T @ e),
    "turned: in np.outer(state, error) the error comes second.": (
        ("W_hy", "W_xh", "W_hh"), lambda e, p, h: np.ascontiguousarray((p.T @ e).T)),
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
    solution=backward, right=(_d_all_first, _path_by_path),
    compare=expect_close, parts=NAMES,
    examples=tuple(_case(np.random.default_rng(sizes), *sizes)
                   for sizes in ((3, 5, 2, 4), (2, 3, 4, 7), (3, 5, 2, 1))),
    cases=lambda rng: _case(rng, *rng.integers(1, [5, 6, 5, 8])),
    mistakes=(
        *(Mistake(answer, sentence) for answer, sentence in WALKS.items()),
        *(Mistake(_with(name, rule), f"The gradient for {name} is {what}")
          for name in NAMES for what, rule in SUMS.items()),
        *(Mistake(_with(name, rule), f"The gradient for {name} is {what}")
          for what, (names, rule) in SPECIAL.items() for name in names),
    ),
    reread="4 · The error walks back",
    moral="A dozen lines, and all of deep learning works this way: walk back, hand on, add up.",
)
