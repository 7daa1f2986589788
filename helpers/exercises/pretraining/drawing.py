"""Exercise 7.12: keep what a small model proposed, or draw from what it leaves over."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_number


def accept(p: np.ndarray, q: np.ndarray, proposed: int, u: float, v: float) -> int:
    """The token that is written, so that over many draws each comes as often as p says.

    p, q: (V,), the chances of the large and of the small model. proposed: a token that was drawn
    from q, so its chance there is above 0. u, v: drawn evenly from 0 up to, but not, 1.
    The token is kept if u lies below its chance in p over its chance in q. Else v draws from what
    p has more than q: the shares of that are laid end to end from 0 to 1, token 0 first, each up
    to, but not with, its end, and the one in which v lies is written.
    """
    if u * q[proposed] < p[proposed]:
        return proposed
    more = np.maximum(p - q, 0)
    ends = more.cumsum()
    return int((ends <= v * ends[-1]).sum())


def _accept_token_by_token(p, q, proposed, u, v):
    if u < p[proposed] / q[proposed]:
        return proposed
    more = [max(a - b, 0) for a, b in zip(p, q, strict=True)]
    left = v * sum(more)
    for token, share in enumerate(more):
        if left < share:
            return token
        left -= share
    return max(range(len(more)), key=more.__getitem__)


def _accept_by_searching(p, q, proposed, u, v):
    keep = min(1.0, p[proposed] / q[proposed])
    more = np.where(p > q, p - q, 0)
    found = np.searchsorted(np.cumsum(more) / more.sum(), v, side="right")
    return proposed if u < keep else found


def _models(rng) -> tuple:
    """Chances in 64ths, zeros among them; u or v stands on a bound at times."""
    V = int(rng.integers(2, 10))
    p, q = (_chances(rng, V) for _ in range(2))
    proposed = int(rng.choice(np.flatnonzero(q)))
    u = rng.choice([0.0, rng.random(), 0.97, rng.uniform(0.4, 1)])
    ratio = p[proposed] / q[proposed]
    u = ratio * rng.choice([0.994, 1.006]) if ratio < 0.99 and rng.random() < 0.2 else u
    if rng.random() < 0.2 and ratio < 1 and q[proposed] in (0.125, 0.25, 0.5):
        u = ratio
    more = np.maximum(p - q, 0)
    while True:
        ends = np.cumsum(more) / max(more.sum(), 1e-9)
        v = rng.choice([0.0, rng.random(), rng.random(), rng.choice(ends) - 0.003])
        if v == 0 or v > 0 and np.abs(ends - v).min() > 0.002:
            return p, q, proposed, float(u), float(v)


def _chances(rng, V) -> np.ndarray:
    counts = np.bincount(rng.choice(V, 64, p=rng.dirichlet([rng.choice([0.3, 1.0])] * V)),
                         minlength=V)
    return counts / 64


def _taking(keep=lambda p, q, x, u: u * q[x] < p[x], more=lambda p, q: np.maximum(p - q, 0),
            place=lambda more, v: int((more.cumsum() <= v * more.sum()).sum())):
    """An answer that keeps otherwise, draws from something else, or draws otherwise."""
    def answer(p, q, proposed, u, v):
        return proposed if keep(p, q, proposed, u) else place(more(p, q), v)
    return answer


def _without(p, q, proposed, u, v):
    """The proposed token is struck out of p, nothing else."""
    if u * q[proposed] < p[proposed]:
        return proposed
    rest = np.where(np.arange(len(p)) == proposed, 0, p)
    return int((rest.cumsum() <= v * rest.sum()).sum())


P, Q = np.array([0.125, 0.5, 0.0, 0.25, 0.125]), np.array([0.25, 0.125, 0.125, 0.125, 0.375])
KEEP = Exercise(
    "7.12", "Keep it or draw again", minutes=10, starred=False,
    hints=("A token that the small model proposes twice as often as it should is kept half of the "
           "time. Which tokens are then still too rare, and by how much?",
           "Kept: u < p[proposed] / q[proposed]. Else the chances are np.maximum(p - q, 0), over "
           "their sum.",
           "ends = np.cumsum(more) / more.sum(); the token is the first whose end lies above v: "
           "np.searchsorted(ends, v, side=\"right\")."),
    solution=accept, right=(_accept_token_by_token, _accept_by_searching), compare=expect_number,
    cases=_models,
    examples=((P, Q, 1, 0.9, 0.1), (P, Q, 0, 0.4, 0.9), (P, Q, 0, 0.7, 0.1), (P, Q, 0, 0.7, 0.9),
              (P, Q, 4, 0.3, 0.6), (P, Q, 4, 0.34, 0.72), (P, Q, 4, 0.6, 0.99), (P, Q, 2, 0.0, 0.3),
              (P, Q, 0, 0.5, 0.0), (P, Q, 0, 0.9, 0.75), (P, Q, 0, 0.2, 0.4), (Q, P, 1, 0.6, 0.03),
              (Q, P, 1, 0.24, 0.6), (Q, P, 3, 0.6, 0.5), (Q, P, 1, 0.8, 0.27), (P, Q, 4, 0.5, 0.2),
              (Q, P, 1, 0.45, 0.98), (P, Q, 4, 0.9, 0.5), (P, Q, 0, 0.1, 0.3), (P, Q, 1, 0.9, 0.9),
              (P, Q, 3, 0.9, 0.1), (Q, P, 0, 0.8, 0.9)),
    mistakes=(
        Mistake(_taking(keep=lambda p, q, x, u: u < p[x]), "You kept it with its chance in p. It "
                "has passed the small model already: divide by its chance there."),
        Mistake(_taking(keep=lambda p, q, x, u: u * p[x] < q[x]), "Turned round: what the small "
                "model proposes too often is kept too often. p over q."),
        Mistake(_taking(keep=lambda p, q, x, u: u < q[x]), "Its chance in q has been paid: it was "
                "drawn from there. Keep it with p over q."),
        Mistake(_taking(keep=lambda p, q, x, u: u * q[x] >= p[x]), "Kept is what has u *below* p "
                "over q: with you the others are."),
        Mistake(_taking(keep=lambda p, q, x, u: u * q[x] <= p[x]), "Below, not equal: a token with "
                "the chance 0 in p must not come even with u = 0."),
        Mistake(_taking(keep=lambda p, q, x, u: p[x] >= q[x]), "You did not use u: a token that is "
                "proposed too often is sometimes kept."),
        Mistake(_taking(keep=lambda p, q, x, u: p.argmax() == x), "You keep it if it is the large "
                "model's likeliest one. Then that one comes too often: u decides."),
        Mistake(_taking(keep=lambda p, q, x, u: True), "Everything is kept: those are the tokens "
                "of the small model."),
        Mistake(_taking(keep=lambda p, q, x, u: False), "Nothing is kept with you. What is left "
                "over is drawn only where u did not keep it."),
        Mistake(_taking(more=lambda p, q: p), "You drew again from p. Then what is proposed too "
                "often comes once more: draw from what p has more than q."),
        Mistake(_without, "Only the proposed token is struck out of p with you. Each other one has "
                "come as often as the small model proposes it, too: take q off all of p."),
        Mistake(_taking(more=lambda p, q: abs(p - q)), "What the small model has too much of must "
                "not be drawn again: where p - q is below 0, nothing is left."),
        Mistake(_taking(more=lambda p, q: q), "You drew from the small model again. It is what p "
                "has more than q."),
        Mistake(_taking(more=lambda p, q: p / np.maximum(q, 1e-9)), "The rest is a difference, not "
                "a quotient: what p has more than q."),
        Mistake(_taking(place=lambda more, v: int((more.cumsum() <= v).sum())), "What is left "
                "over does not sum to 1: divide it by its sum before v draws from it."),
        Mistake(_taking(place=lambda more, v: int(more.argmax())), "You took the largest rest. It "
                "is a draw: v decides."),
        Mistake(_taking(place=lambda more, v: int((more.cumsum() < v * more.sum()).sum())), "At "
                "the very end of a share the next one begins: so v = 0 never draws a token that "
                "has nothing left."),
    ),
    reread="K · Smaller and faster",
    moral="The small model only saves time: not one chance of the large one is changed.",
)
