"""Known mistakes of a backward pass, each with its sentence (exercise 3.3)."""

import numpy as np


def walk(weights: dict, h: np.ndarray, d_logits: np.ndarray, *, slope=None, hand_back=None,
          late: bool = False, onward: bool = False) -> np.ndarray:
    """Deltas (T, d_hidden), right ones unless an argument brings a mistake in.

    slope (T, d_hidden): of tanh. hand_back(delta, d_h): what an earlier step is told.
    late: it is added after tanh's slope. onward: the loop runs from the first step to the last.
    """
    slope = 1 - h[1:] ** 2 if slope is None else slope
    hand_back = hand_back or (lambda delta, d_h: weights["W_hh"].T @ delta)
    deltas, told = np.zeros_like(slope), np.zeros(h.shape[1])
    for t in range(len(slope)) if onward else reversed(range(len(slope))):
        d_h = weights["W_hy"].T @ d_logits[t] + (0 if late else told)
        deltas[t] = slope[t] * d_h + (told if late else 0)
        told = hand_back(deltas[t], d_h)
    return deltas


def _pile(W_hh: np.ndarray, h: np.ndarray):
    """A hand_back for `walk` that adds up what it should replace."""
    heap = np.zeros(h.shape[1])

    def hand_back(delta, d_h):
        heap[:] += W_hh.T @ delta
        return heap.copy()
    return hand_back


def step_mistakes(weights: dict, h: np.ndarray, d_logits: np.ndarray) -> list:
    """(slope of b_h, message): mistakes of the walk, in which steps count and what is handed on.

    b_h collects the deltas and nothing else, so it shows best what is wrong with them.
    """
    def total(**mistake):
        return walk(weights, h, d_logits, **mistake).sum(axis=0)

    W_hh, last = weights["W_hh"], np.zeros_like(d_logits)
    last[-1] = d_logits[-1]
    return [
        (walk(weights, h, d_logits)[1:].sum(axis=0), "The first step is left out: "
         "reversed(range(len(x))) ends at 0."),
        (walk(weights, h[:-1], d_logits[:-1]).sum(axis=0), "The last step is left out: "
         "reversed(range(len(x))) begins at len(x) - 1."),
        (total(hand_back=lambda delta, d_h: 0 * delta), "Each step counts only its own prediction. "
         "A state matters for the later steps too: hand W_hh.T @ delta back to the step before."),
        (walk(weights, h, last).sum(axis=0), "Only the last prediction is walked back. Every step "
         "has an error of its own: add W_hy.T @ d_logits[t] at each."),
        (total(hand_back=lambda delta, d_h: W_hh @ delta), "On the way back W_hh must be turned: "
         "W_hh.T @ delta."),
        (total(hand_back=lambda delta, d_h: W_hh.T @ d_h), "What goes back to the step before must "
         "have passed tanh's slope: W_hh.T @ delta, where delta = (1 - h[t + 1] ** 2) * d_h."),
        (total(hand_back=_pile(W_hh, h)), "What is handed back piles up: each step gets what the "
         "step after it says, and nothing older. = here, not +=."),
        (total(hand_back=lambda delta, d_h: delta), "From step to step the way back leads through "
         "W_hh: hand over W_hh.T @ delta, not delta itself."),
        (total(onward=True), "Your loop runs from the first step to the last. What a step is told "
         "comes from the *later* one: start at the end."),
    ]


def slope_mistakes(weights: dict, h: np.ndarray, d_logits: np.ndarray) -> list:
    """(slope of b_h, message): mistakes with the slope of tanh."""
    def total(**mistake):
        return walk(weights, h, d_logits, **mistake).sum(axis=0)

    return [
        (total(slope=1 - h[:-1] ** 2), "tanh's slope is taken at the state before the step, h[t]. "
         "Its result is h[t + 1]: 1 - h[t + 1] ** 2."),
        (total(slope=np.ones_like(h[1:])), "tanh's slope is missing: multiply with "
         "1 - h[t + 1] ** 2 to get inside the tanh."),
        (total(slope=1 - h[1:]), "tanh's slope is 1 - h ** 2: the square is missing."),
        (total(slope=h[1:] ** 2), "tanh's slope is 1 - h ** 2: the 1 - is missing."),
        (total(slope=h[1:] * (1 - h[1:])), "h * (1 - h) is the slope of a sigmoid. That of tanh is "
         "1 - h[t + 1] ** 2."),
        (total(slope=1 - np.tanh(h[1:]) ** 2), "h is already what came out of tanh; you applied "
         "it again. Its slope is 1 - h[t + 1] ** 2."),
        (total(late=True), "What the later steps say goes through tanh too: add it before you "
         "multiply with 1 - h[t + 1] ** 2."),
    ]


def sum_mistakes(name: str, errors: np.ndarray, partners: np.ndarray, h: np.ndarray) -> list:
    """(slope, what it is) for a weight whose slope is the sum of errors[t] times partners[t]."""
    wanted, steps = errors.T @ partners, len(errors)
    found = [
        (np.zeros_like(wanted), "all zeros: nothing was added to it."),
        (-wanted, "right but for the sign."),
        (wanted / steps, "divided by the number of steps. Only add up."),
        (np.outer(errors[0], partners[0]), "the first step's part only, where your walk ends: "
                                           "+= adds up, = overwrites."),
        (np.outer(errors[-1], partners[-1]), "the last step's part only. Add up over all steps."),
    ]
    if name == "W_hh":
        found[0] = (found[0][0], "all zeros. With = in place of += only the first step is left, "
                                 "where the old state is empty. += adds up.")
    if name in ("b_h", "W_xh", "W_hh"):
        found.append(((errors / (1 - h[1:] ** 2)).T @ partners, "made with d_h. It collects delta: "
                      "what is left of d_h after tanh's slope."))
    if name == "W_hy":
        found.append((errors.T @ h[:-1], "paired with h[t]. The logits of step t are made of "
                                         "h[t + 1]."))
    if name == "W_hh":
        found += [
            (errors.T @ h[1:], "paired with h[t + 1]. At step t, W_hh was multiplied with the "
                               "state *before* it: h[t]."),
            (errors.T @ np.roll(h, 1, axis=0)[:-1], "paired with h[t - 1]. h has a row more than "
             "x: the state before step t is h[t]."),
            (wanted.T, "turned: in np.outer(delta, h[t]) the error comes first."),
        ]
    return found
