"""Exercise 3.4: one step of an LSTM."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def lstm_step(x: np.ndarray, h: np.ndarray, c: np.ndarray,
              W_x: dict, W_h: dict, b: dict) -> tuple[np.ndarray, np.ndarray]:
    """One step: x (d_in,), old h and c (d_hidden,) -> new h and c.

    W_x[k] (d_in, d_hidden), W_h[k] (d_hidden, d_hidden), b[k] (d_hidden,) for k in "ifgo".
    """
    z = {k: x @ W_x[k] + h @ W_h[k] + b[k] for k in "ifgo"}
    i, f, o = (1 / (1 + np.exp(-z[k])) for k in "ifo")
    c = f * c + i * np.tanh(z["g"])
    return o * np.tanh(c), c


def _step_by_gate(x, h, c, W, U, b):
    def gate(k, squash):
        return squash(W[k].T.dot(x) + U[k].T.dot(h) + b[k])

    def sigmoid(z):
        return (1 + np.tanh(z / 2)) / 2

    new = gate("f", sigmoid) * c
    new += gate("i", sigmoid) * gate("g", np.tanh)
    return gate("o", sigmoid) * np.tanh(new), new


def _step_stacked(x, h, c, W, U, b):
    rows, n = np.vstack([np.hstack([m[k] for k in "ifog"]) for m in (W, U)]), len(c)
    z = np.concatenate([x, h]) @ rows + np.concatenate([b[k] for k in "ifog"])
    i, f, o = np.split(1 / (1 + np.exp(-z[:3 * n])), 3)
    cell = f * c + i * np.tanh(z[3 * n:])
    return np.asarray([o * np.tanh(cell), cell])


def _cell(rng, d_in: int, d_hidden: int) -> tuple:
    """x, h, c, W, U, b: small and random."""
    x, h, c = (rng.normal(size=size).round(2) for size in (d_in, d_hidden, d_hidden))
    return x, h, c, *({k: rng.normal(size=shape).round(2) for k in "ifgo"}
                      for shape in ((d_in, d_hidden), (d_hidden, d_hidden), (d_hidden,)))


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _step(belt=lambda i, f, g, o, c, h: f * c + i * g,
          output=lambda o, new, c, z: o * np.tanh(new), **squash):
    """A step with another line for c, another for h, or other squashing functions."""
    squash = {"i": _sigmoid, "f": _sigmoid, "g": np.tanh, "o": _sigmoid, **squash}

    def answer(x, h, c, W, U, b):
        z = {k: x @ W[k] + h @ U[k] + b[k] for k in "ifgo"}
        i, f, g, o = (squash[k](z[k]) for k in "ifgo")
        new = belt(i, f, g, o, c, h)
        return output(o, new, c, z["o"]), new
    return answer


def _given(change):
    """The reference with other arguments: change(x, h, c, W, U, b)."""
    return lambda *case: lstm_step(*change(*case))


def _late_gate(x, h, c, W, U, b):
    new = lstm_step(x, h, c, W, U, b)[1]
    return _sigmoid(x @ W["o"] + np.tanh(new) @ U["o"] + b["o"]) * np.tanh(new), new


SAME = lambda z: z  # noqa: E731
GATE = "gate ends in a sigmoid: between 0 and 1."
BELT = {  # another line for c -> what is wrong with it
    lambda i, f, g, o, c, h: i * c + f * g:
        "f and i are swapped: f says how much of the old c stays, i how much of g is written.",
    lambda i, f, g, o, c, h: c + i * g:
        "The old c is added whole. The forget gate says how much of it stays: f * c.",
    lambda i, f, g, o, c, h: f * c + g:
        "g is written whole. The input gate says how much of it: i * g.",
    lambda i, f, g, o, c, h: c + g: "Neither f nor i is used: f * c stays, i * g is written.",
    lambda i, f, g, o, c, h: i * g: "The old c is gone. What stays of it, f * c, is added.",
    lambda i, f, g, o, c, h: f * c: "Nothing is written. Add i * g.",
    lambda i, f, g, o, c, h: f * h + i * g:
        "f is multiplied with the old h. The belt is c: f * c.",
    lambda i, f, g, o, c, h: f * c * i * g:
        "You multiplied all four. The belt is a sum: a part of the old, f * c, plus a part of "
        "the new, i * g.",
    lambda i, f, g, o, c, h: (f + c) * (i + g):
        "The other way round: two products, and their sum.",
    lambda i, f, g, o, c, h: f * i + c * g:
        "The products are mixed up: f goes with the old c, i with g.",
    lambda i, f, g, o, c, h: (1 - f) * c + i * g:
        "In yours, 1 - f of the old c stays. f is what *stays*, though it is called forget gate.",
    lambda i, f, g, o, c, h: f * c + (1 - f) * g:
        "You wrote 1 - f of g; mixing that way is for a GRU. An LSTM has a gate of its own for "
        "it: i.",
    lambda i, f, g, o, c, h: np.tanh(f * c + i * g):
        "The new c itself is squeezed by tanh. c stays as it is; only h gets tanh(c).",
    lambda i, f, g, o, c, h: o * c + i * g:
        "The output gate o is used where the forget gate f belongs.",
    lambda i, f, g, o, c, h: f * c + o * g:
        "The output gate o is used where the input gate i belongs.",
}
OUTPUT = {  # another line for h -> what is wrong with it
    lambda o, new, c, z: o * new: "In h the tanh is missing: o * tanh(c).",
    lambda o, new, c, z: o * np.tanh(c):
        "h shows the old c. It is made of the new one: first c, then h.",
    lambda o, new, c, z: o * c: "h shows the old c, and without tanh. It is o * tanh(new c).",
    lambda o, new, c, z: o: "h is the output gate alone: multiply it with tanh(c).",
    lambda o, new, c, z: np.tanh(new): "The output gate is missing: h = o * tanh(c).",
    lambda o, new, c, z: np.tanh(z) * np.tanh(new): f"The output {GATE} Yours ends in tanh.",
    lambda o, new, c, z: z * np.tanh(new):
        "The output gate is not squeezed: it ends in a sigmoid.",
    lambda o, new, c, z: np.tanh(o * new):
        "First tanh of c, then the gate: o * tanh(c), not tanh(o * c).",
    lambda o, new, c, z: o * _sigmoid(new):
        "c goes through tanh on its way to h, not through a sigmoid.",
}
INSIDE = {  # another step -> what is wrong inside its gates or g
    _step(f=np.tanh): f"The forget {GATE} Yours ends in tanh.",
    _step(i=np.tanh): f"The input {GATE} Yours ends in tanh.",
    _step(i=np.tanh, f=np.tanh, o=np.tanh): f"The gates end in tanh in yours. A {GATE}",
    _step(g=_sigmoid): "g is no gate: what is written may be negative. It ends in tanh, not in a "
                       "sigmoid.",
    _step(g=SAME): "g has no tanh: what is written must lie between -1 and 1.",
    _step(i=SAME, f=SAME, o=SAME): f"The gates are not squeezed. A {GATE}",
    _step(i=SAME, f=SAME, g=SAME, o=SAME): "Nothing is squeezed: i, f and o end in a sigmoid, g "
                                           "in tanh.",
    _step(**dict.fromkeys("ifo", lambda z: _sigmoid(-z))): "Your sigmoid runs the wrong way: it "
        "is 1 / (1 + exp(-z)), with a minus.",
    _given(lambda x, h, c, W, U, b: (x, h, c, *({**m, "g": m["i"]} for m in (W, U, b)))):
        'What is written is made with the weights of "i"; g has its own.',
    _given(lambda x, h, c, W, U, b: (x, h, c, W, U, {k: 0 * b[k] for k in b})): "b is not added.",
    _given(lambda x, h, c, W, U, b: (x, 0 * h, c, W, U, b)):
        "The old h is not used: x @ W_x[k] + h @ W_h[k] + b[k].",
    _given(lambda x, h, c, W, U, b: (0 * x, h, c, W, U, b)):
        "x is not used: x @ W_x[k] + h @ W_h[k] + b[k].",
    _given(lambda x, h, c, W, U, b: (x, c, c, W, U, b)): "W_h goes with the old h, not with c.",
    _given(lambda x, h, c, W, U, b: (x, h, c, W, {k: U[k].T for k in U}, b)):
        "W_h[k] is used the wrong way round: h @ W_h[k].",
}

STEP = Exercise(
    "3.4", "One step of an LSTM", minutes=10, starred=True,
    hints=("Four times the same line, with four sets of weights. Three of the results are gates, "
           "the fourth is what could be written.",
           "For each k: x @ W_x[k] + h @ W_h[k] + b[k]. Then sigmoid, 1 / (1 + np.exp(-z)), for i, "
           "f and o; np.tanh for g.",
           "c = f * c + i * g, then h = o * np.tanh(c), and return h, c."),
    solution=lstm_step, right=(_step_by_gate, _step_stacked),
    compare=expect_close, parts=("h", "c"),
    examples=tuple(_cell(np.random.default_rng(sizes), *sizes) for sizes in ((2, 3), (4, 2))),
    cases=lambda rng: _cell(rng, *rng.integers(1, 6, 2)),
    mistakes=(
        *(Mistake(_step(belt), sentence) for belt, sentence in BELT.items()),
        *(Mistake(_step(output=output), sentence) for output, sentence in OUTPUT.items()),
        *(Mistake(answer, sentence) for answer, sentence in INSIDE.items()),
        Mistake(_late_gate, "The output gate looks at the old h, as the others do."),
        Mistake(lambda *case: lstm_step(*case)[::-1], "Both are right, in the wrong order: return "
                                                      "h, c."),
        Mistake(lambda x, h, c, W, U, b: (h, lstm_step(x, h, c, W, U, b)[1]), "h is still the old "
                                                                              "one."),
        Mistake(lambda x, h, c, W, U, b: (lstm_step(x, h, c, W, U, b)[0], c), "The second of the "
                "two is the old c. It has a new value."),
        Mistake(lambda *case: (lstm_step(*case)[0],) * 2, "The second of the two is the new h "
                                                          "again. Return h, c."),
        Mistake(lambda *case: (lstm_step(*case)[1],) * 2, "The first of the two is the new c. "
                                                          "Return h, c."),
        Mistake(lambda *case: lstm_step(*case)[0], "Return two arrays, the new h and the new c."),
    ),
    reread="5 · The gradient fades, and a belt against it",
    moral="No matrix stands between the old c and the new one: a factor for each entry, and a sum.",
)
