"""Exercise 3.4: one step of an LSTM."""

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, expect, expect_close, fresh
from helpers.exercises.rnn_lstm._arrays import expect_none_of, expect_unchanged, kind


def lstm_step(x: np.ndarray, h: np.ndarray, c: np.ndarray,
              W: dict, U: dict, b: dict) -> tuple[np.ndarray, np.ndarray]:
    """One step: x (d_in,), old h and c (d_hidden,) -> new h and c.

    W[k] (d_hidden, d_in), U[k] (d_hidden, d_hidden), b[k] (d_hidden,) for k in "ifgo".
    """
    z = {k: W[k] @ x + U[k] @ h + b[k] for k in "ifgo"}
    i, f, o = (1 / (1 + np.exp(-z[k])) for k in "ifo")
    c = f * c + i * np.tanh(z["g"])
    return o * np.tanh(c), c


def _step_by_gate(x, h, c, W, U, b):
    def gate(k, squash):
        return squash(W[k].dot(x) + U[k].dot(h) + b[k])

    def sigmoid(z):
        return (1 + np.tanh(z / 2)) / 2

    new = gate("f", sigmoid) * c
    new += gate("i", sigmoid) * gate("g", np.tanh)
    return gate("o", sigmoid) * np.tanh(new), new


def _step_stacked(x, h, c, W, U, b):
    rows, n = np.hstack([np.vstack([m[k] for k in "ifog"]) for m in (W, U)]), len(c)
    z = rows @ np.concatenate([x, h]) + np.concatenate([b[k] for k in "ifog"])
    i, f, o = np.split(1 / (1 + np.exp(-z[:3 * n])), 3)
    cell = f * c + i * np.tanh(z[3 * n:])
    return np.asarray([o * np.tanh(cell), cell])


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _cell(d_in: int, d_hidden: int) -> tuple:
    """x, h, c, W, U, b: small and random, the same at every call."""
    rng = np.random.default_rng(d_in)
    W, U, b = ({k: rng.normal(size=shape) for k in "ifgo"}
               for shape in ((d_hidden, d_in), (d_hidden, d_hidden), (d_hidden,)))
    return rng.normal(size=d_in), rng.normal(size=d_hidden), rng.normal(size=d_hidden), W, U, b


def _belt_mistakes(x, h, c, W, U, b) -> list:
    """(new cell state, message): mistakes of the line c = f * c + i * g."""
    z = {k: W[k] @ x + U[k] @ h + b[k] for k in "ifgo"}
    i, f, g, o = _sigmoid(z["i"]), _sigmoid(z["f"]), np.tanh(z["g"]), _sigmoid(z["o"])
    return [
        (i * c + f * g, "f and i are swapped: f says how much of the old c stays, i how much of g "
                        "is written."),
        (c + i * g, "The old c is added whole. The forget gate says how much of it stays: f * c."),
        (f * c + g, "g is written whole. The input gate says how much of it: i * g."),
        (c + g, "Neither f nor i is used: f * c stays, i * g is written."),
        (i * g, "The old c is gone. What stays of it, f * c, is added."),
        (f * c, "Nothing is written. Add i * g."),
        (f * h + i * g, "f is multiplied with the old h. The belt is c: f * c."),
        (f * c * i * g, "You multiplied all four. The belt is a sum: a part of the old, f * c, "
                        "plus a part of the new, i * g."),
        ((f + c) * (i + g), "The other way round: two products, and their sum."),
        (f * i + c * g, "The products are mixed up: f goes with the old c, i with g."),
        ((1 - f) * c + i * g, "In yours, 1 - f of the old c stays. f is what *stays*, though it is "
                              "called forget gate."),
        (f * c + (1 - f) * g, "You wrote 1 - f of g; mixing that way is for a GRU. An LSTM has a "
                              "gate of its own for it: i."),
        (np.tanh(f * c + i * g), "The new c itself is squeezed by tanh. c stays as it is; only h "
                                 "gets tanh(c)."),
        (o * c + i * g, "The output gate o is used where the forget gate f belongs."),
        (f * c + o * g, "The output gate o is used where the input gate i belongs."),
    ]


def _gate_mistakes(x, h, c, W, U, b) -> list:
    """(new cell state, message): mistakes inside the gates and inside g."""
    z = {k: W[k] @ x + U[k] @ h + b[k] for k in "ifgo"}
    i, f, g = _sigmoid(z["i"]), _sigmoid(z["f"]), np.tanh(z["g"])
    tanh_f, tanh_i, end = np.tanh(z["f"]), np.tanh(z["i"]), "ends in a sigmoid: between 0 and 1."
    turned = {k: U[k].T for k in U}
    return [
        (tanh_f * c + i * g, f"The forget gate {end} Yours ends in tanh."),
        (f * c + tanh_i * g, f"The input gate {end} Yours ends in tanh."),
        (tanh_f * c + tanh_i * g, "The gates i and f end in tanh in yours. A gate " + end),
        (f * c + i * _sigmoid(z["g"]), "g is no gate: what is written may be negative. It ends in "
                                       "tanh, not in a sigmoid."),
        (f * c + i * z["g"], "g has no tanh: what is written must lie between -1 and 1."),
        (z["f"] * c + z["i"] * g, "The gates i and f are not squeezed. A gate " + end),
        (z["f"] * c + z["i"] * z["g"], "Nothing is squeezed: i, f and o end in a sigmoid, g in "
                                       "tanh."),
        (_sigmoid(-z["f"]) * c + _sigmoid(-z["i"]) * g, "Your sigmoid runs the wrong way: it is "
                                                        "1 / (1 + exp(-z)), with a minus."),
        (f * c + i * tanh_i, 'What is written is made with the weights of "i"; g has its own.'),
        (lstm_step(x, h, c, W, U, {k: 0 * b[k] for k in b})[1], "b is not added."),
        (lstm_step(x, 0 * h, c, W, U, b)[1], "The old h is not used: W[k] @ x + U[k] @ h + b[k]."),
        (lstm_step(0 * x, h, c, W, U, b)[1], "x is not used: W[k] @ x + U[k] @ h + b[k]."),
        (lstm_step(x, c, c, W, U, b)[1], "U goes with the old h, not with c."),
        (lstm_step(x, h, c, W, turned, b)[1], "U[k] is used the wrong way round: U[k] @ h."),
    ]


def _output_mistakes(x, h, c, W, U, b) -> list:
    """(new h, message) of known mistakes, where the new c is right."""
    z = W["o"] @ x + U["o"] @ h + b["o"]
    o, new = _sigmoid(z), lstm_step(x, h, c, W, U, b)[1]
    late = W["o"] @ x + U["o"] @ np.tanh(new) + b["o"]
    return [
        (o * new, "In h the tanh is missing: o * tanh(c)."),
        (o * np.tanh(c), "h shows the old c. It is made of the new one: first c, then h."),
        (o * c, "h shows the old c, and without tanh. It is o * tanh(new c)."),
        (o, "h is the output gate alone: multiply it with tanh(c)."),
        (np.tanh(new), "The output gate is missing: h = o * tanh(c)."),
        (np.tanh(z) * np.tanh(new), "The output gate ends in a sigmoid: between 0 and 1. Yours "
                                    "ends in tanh."),
        (z * np.tanh(new), "The output gate is not squeezed: it ends in a sigmoid."),
        (np.tanh(o * new), "First tanh of c, then the gate: o * tanh(c), not tanh(o * c)."),
        (o * _sigmoid(new), "c goes through tanh on its way to h, not through a sigmoid."),
        (_sigmoid(late) * np.tanh(new), "The output gate looks at the old h, as the others do."),
        (h, "h is still the old one. New is o * tanh(c)."),
    ]


def check_step(answer) -> None:
    case = _cell(d_in=2, d_hidden=3)
    given = fresh(case)
    got, (h, c) = answer(*given), lstm_step(*case)
    for name, value, kept in zip(("x", "h", "c", "W", "U", "b"), given, case, strict=True):
        expect_unchanged(value, kept, name)
    expect(isinstance(got, (tuple, list, np.ndarray)) and len(got) == 2,
           f"Return two arrays, the new h and the new c; you returned {kind(got)}.")
    expect_none_of(got, [((c, h), "Both are right, in the wrong order: return h, c.")])
    expect_none_of(got[0], [(c, "The first of the two is the new c. Return h, c.")])
    expect_none_of(got[1], [(h, "The second of the two is the new h. Return h, c."),
                            (case[2], "The second of the two is the old c. It has a new value.")])
    expect_none_of(got[1], _belt_mistakes(*case))
    expect_none_of(got[1], _gate_mistakes(*case))
    expect_close(got[1], c, "the new c")
    expect_none_of(got[0], _output_mistakes(*case))
    expect_close(got[0], h, "your c is right; the new h")
    other = _cell(d_in=4, d_hidden=2)
    for name, value, wanted in zip("hc", answer(*fresh(other)), lstm_step(*other), strict=True):
        expect_close(value, wanted, f"with d_in = 4 and d_hidden = 2, the new {name}")


def _by_hand(belt, output=lambda o, new, old: o * np.tanh(new), squash=None):
    """A step with another line for c, another for h, or other squashing functions."""
    squash = {"i": _sigmoid, "f": _sigmoid, "g": np.tanh, "o": _sigmoid, **(squash or {})}

    def answer(x, h, c, W, U, b):
        i, f, g, o = (squash[k](W[k] @ x + U[k] @ h + b[k]) for k in "ifgo")
        new = belt(i, f, g, c)
        return output(o, new, c), new
    return answer


def _belt(i, f, g, c):
    return f * c + i * g


def _changing_c(x, h, c, W, U, b):
    c *= _sigmoid(W["f"] @ x + U["f"] @ h + b["f"])
    c += _sigmoid(W["i"] @ x + U["i"] @ h + b["i"]) * np.tanh(W["g"] @ x + U["g"] @ h + b["g"])
    return _sigmoid(W["o"] @ x + U["o"] @ h + b["o"]) * np.tanh(c), c


STEP = Exercise(
    "3.4", "One step of an LSTM", minutes=10, starred=True, check=check_step,
    hints=("Four times the same line, with four sets of weights. Three of the results are gates, "
           "the fourth is what could be written.",
           "For each k: W[k] @ x + U[k] @ h + b[k]. Then sigmoid, 1 / (1 + np.exp(-z)), for i, f "
           "and o; np.tanh for g.",
           "c = f * c + i * g, then h = o * np.tanh(c), and return h, c."),
    solution=lstm_step, right=(_step_by_gate, _step_stacked),
    wrong=(
        Wrong(_by_hand(lambda i, f, g, c: i * c + f * g), "f and i are swapped"),
        Wrong(_by_hand(_belt, lambda o, new, old: o * new), "In h the tanh is missing"),
        Wrong(_by_hand(_belt, squash={"f": np.tanh}), "The forget gate ends in a sigmoid"),
        Wrong(_by_hand(_belt, squash={"i": np.tanh}), "The input gate ends in a sigmoid"),
        Wrong(_by_hand(_belt, squash={"o": np.tanh}), "The output gate ends in a sigmoid"),
        Wrong(_by_hand(_belt, squash={"g": _sigmoid}), "g is no gate"),
        Wrong(_by_hand(_belt, lambda o, new, old: o * np.tanh(old)), "h shows the old c"),
        Wrong(lambda *case: lstm_step(*case)[::-1], "in the wrong order"),
        Wrong(_by_hand(lambda i, f, g, c: c + i * g), "added whole"),
        Wrong(_by_hand(lambda i, f, g, c: f * i + c * g), "mixed up"),
        Wrong(lambda *case: lstm_step(*case)[0], "Return two arrays"),
        Wrong(_changing_c, "changed `c`"),
    ),
    reread="6 · A conveyor belt for the state",
    moral="No matrix stands between the old c and the new one: a factor for each entry, and a sum.",
)
