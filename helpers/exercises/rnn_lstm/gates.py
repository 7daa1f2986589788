"""Exercise 3.4: one step of an LSTM."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close
from helpers.exercises.rnn_lstm._formulas import KNOWN, formula


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
    i, f, g, o = (W[k].T.dot(x) + U[k].T.dot(h) + b[k] for k in "ifgo")
    new = c * (1 + np.tanh(f / 2)) / 2
    new += np.tanh(g) / (1 + np.exp(-i))
    return np.tanh(new) / (1 + np.exp(-o)), new


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


def _step(belt: str = "f * c + i * g", output: str = "o * tanh(new)", **squash):
    """A step with another line for c, another for h, or gates squeezed by something else."""
    squash = dict.fromkeys("ifo", KNOWN["sigmoid"]) | {"g": np.tanh} | squash

    def answer(x, h, c, W, U, b):
        z = {k: x @ W[k] + h @ U[k] + b[k] for k in "ifgo"}
        letters = {k: squash[k](z[k]) for k in z} | {"h": h, "c": c, "z": z["o"]}
        letters["new"] = formula(belt)(**letters)
        return formula(output)(**letters), letters["new"]
    return answer


def _given(**changes: str):
    """The reference with other arguments, each a formula of the right ones."""
    def answer(*case):
        letters = dict(zip("xhcWUb", case, strict=True))
        return lstm_step(*(letters | {k: formula(v)(**letters) for k, v in changes.items()}
                           ).values())
    return answer


GATE = "gate ends in a sigmoid: between 0 and 1."
BELT = {  # a wrong line for c -> what is wrong with it
    "i * c + f * g": "f and i are swapped: f says how much of the old c stays, i how much of g is "
        "written.",
    "c + i * g": "The old c is added whole. The forget gate says how much of it stays: f * c.",
    "f * c + g": "g is written whole. The input gate says how much of it: i * g.",
    "c + g": "Neither f nor i is used: f * c stays, i * g is written.",
    "i * g": "The old c is gone. What stays of it, f * c, is added.",
    "f * c": "Nothing is written. Add i * g.",
    "f * h + i * g": "f is multiplied with the old h. The belt is c: f * c.",
    "f * i + c * g": "The products are mixed up: f goes with the old c, i with g.",
    "(1 - f) * c + i * g": "In yours, 1 - f of the old c stays. f is what *stays*, though it is "
        "called forget gate.",
    "f * c + (1 - f) * g": "You wrote 1 - f of g; mixing that way is for a GRU. An LSTM has a "
        "gate of its own for it: i.",
    "tanh(f * c + i * g)": "The new c itself is squeezed by tanh. c stays as it is; only h gets "
        "tanh(c).",
    "o * c + i * g": "The output gate o is used where the forget gate f belongs.",
    "f * c + o * g": "The output gate o is used where the input gate i belongs.",
}
OUTPUT = {  # a wrong line for h -> what is wrong with it
    "o * new": "In h the tanh is missing: o * tanh(c).",
    "o * tanh(c)": "h shows the old c. It is made of the new one: first c, then h.",
    "h": "h is still the old one.",
    "tanh(new)": "The output gate is missing: h = o * tanh(c).",
    "tanh(z) * tanh(new)": f"The output {GATE} Yours ends in tanh.",
    "tanh(o * new)": "First tanh of c, then the gate: o * tanh(c), not tanh(o * c).",
}
INSIDE = {  # what is wrong inside the gates or g -> a step with that mistake
    f"The forget {GATE} Yours ends in tanh.": _step(f=np.tanh),
    f"The input {GATE} Yours ends in tanh.": _step(i=np.tanh),
    f"The gates end in tanh in yours. A {GATE}": _step(i=np.tanh, f=np.tanh, o=np.tanh),
    "g is no gate: what is written may be negative. It ends in tanh, not in a sigmoid.":
        _step(g=KNOWN["sigmoid"]),
    "g has no tanh: what is written must lie between -1 and 1.": _step(g=np.array),
    f"The gates are not squeezed. A {GATE}": _step(i=np.array, f=np.array, o=np.array),
    "Your sigmoid runs the wrong way: it is 1 / (1 + exp(-z)), with a minus.":
        _step(**dict.fromkeys("ifo", formula("lambda z: 1 / (1 + exp(z))")())),
    "b is not added.": _given(b="{k: 0 * b[k] for k in b}"),
    "The old h is not used: x @ W_x[k] + h @ W_h[k] + b[k].": _given(h="0 * h"),
    "x is not used: x @ W_x[k] + h @ W_h[k] + b[k].": _given(x="0 * x"),
    "W_h goes with the old h, not with c.": _given(h="c"),
    "W_h[k] is used the wrong way round: h @ W_h[k].": _given(U="{k: U[k].T for k in U}"),
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
        *(Mistake(answer, sentence) for sentence, answer in INSIDE.items()),
        Mistake(lambda *case: lstm_step(*case)[::-1], "Right, in the wrong order: return h, c."),
        Mistake(lambda x, h, c, W, U, b: (lstm_step(x, h, c, W, U, b)[0], c), "The second of the "
                "two is the old c. It has a new value."),
    ),
    reread="5 · The gradient fades, and a belt against it",
    moral="On the belt no matrix stands between the old c and the new one: a factor for each "
          "entry, and a sum. (The gates have matrices: a second way.)",
)
