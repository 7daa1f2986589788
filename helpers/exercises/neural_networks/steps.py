"""Exercises 0.3 and 0.7: one step downhill by hand, and the way that Adam walks."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_number


def one_step(w: float, b: float, v: float, x: float, wanted: float,
             rate: float) -> tuple[float, float, float]:
    """(w, b, v) after one step of gradient descent on one point, with one hidden neuron.

    Forward: z = w x + b; h is z where z is above 0, else 0 (the neuron is silent); out = v h.
    The loss is (out - wanted) ** 2. Each of the three moves downhill by rate times its gradient.
    All three gradients are taken where the network stands now, before anything moves. A silent
    neuron passes nothing back.
    """
    z = w * x + b
    h = z if z > 0 else 0.0
    d_out = 2 * (v * h - wanted)
    d_z = d_out * v if z > 0 else 0.0
    return w - rate * d_z * x, b - rate * d_z, v - rate * d_out * h


def _step_in_one_go(w, b, v, x, wanted, rate):
    """Nothing moves while the neuron is silent; else the chain, written out."""
    z = w * x + b
    if z <= 0:
        return w, b, v
    pull = 2 * rate * (wanted - v * z)
    return w + pull * v * x, b + pull * v, v + pull * z


def _step_with_numpy(w, b, v, x, wanted, rate):
    z = np.dot([w, b], [x, 1])
    fires, d_out = float(z > 0), 2 * (v * max(z, 0) - wanted)
    gradient = d_out * np.array([v * x * fires, v * fires, max(z, 0)])
    return np.array([w, b, v]) - rate * gradient


def _network(rng) -> tuple:
    """A neuron that fires, more often than not; at times z is exactly 0."""
    w, b, v, x, wanted = (float(n) for n in rng.integers(-4, 5, 5))
    if rng.random() < 0.5:
        w, b, v, x, wanted = (float(n) for n in rng.normal(0, 3, 5).round(2))
    if w * x + b < 0 and rng.random() < 0.6:
        w, b = -w, -b
    return w, b, v, x, wanted, float(rng.choice([0.01, 0.1, 0.5, 1.0]))


def _stepping(d_out=lambda out, wanted: 2 * (out - wanted), of_w=None, of_b=None, of_v=None,
              silent=False, sign=1):
    """An answer with another slope somewhere; of_...(d_out, v, x, h, b, w) is a gradient.

    silent: whether a silent neuron passes the gradient on.
    """
    def answer(w, b, v, x, wanted, rate):
        z = w * x + b
        h, d = max(z, 0.0), d_out(v * max(z, 0.0), wanted)
        gates = float(z > 0 or silent)
        rules = (of_w or (lambda d, v, x, h: d * v * x), of_b or (lambda d, v, x, h: d * v),
                 of_v or (lambda d, v, x, h: d * h))
        slopes = [rule(d, v, x, h) * gate
                  for rule, gate in zip(rules, (gates, gates, 1), strict=True)]
        return tuple(n - sign * rate * slope for n, slope in zip((w, b, v), slopes, strict=True))
    return answer


def _v_first(w, b, v, x, wanted, rate):
    _, _, new_v = one_step(w, b, v, x, wanted, rate)
    z = w * x + b
    d_z = 2 * (v * max(z, 0) - wanted) * new_v * (z > 0)
    return w - rate * d_z * x, b - rate * d_z, new_v


def _forward_again(w, b, v, x, wanted, rate):
    """w and b move, then v is judged by the network with the new w and b."""
    w, b, _ = one_step(w, b, v, x, wanted, rate)
    return w, b, one_step(w, b, v, x, wanted, rate)[2]


def _v_then_forward_again(w, b, v, x, wanted, rate):
    v = one_step(w, b, v, x, wanted, rate)[2]
    return (*one_step(w, b, v, x, wanted, rate)[:2], v)


def _leaky(w, b, v, x, wanted, rate):
    """No bend at all."""
    z = w * x + b
    d = 2 * (v * z - wanted)
    return w - rate * d * v * x, b - rate * d * v, v - rate * d * z


STEP = Exercise(
    "0.3", "One step", minutes=9, starred=True,
    hints=("Take w = 1, b = 0, v = 2, x = 3, wanted 5, and go forward on paper: z, h, out, loss. "
           "By how much does the loss grow if out grows a little? That is the first slope.",
           "Walk back through out = v h, then through the bend, then through z = w x + b. At each "
           "place multiply by its slope. The loss has the slope 2 (out - wanted); the bend 1, or 0 "
           "where the neuron is silent.",
           "d_out = 2 * (out - wanted). v gets d_out * h. What goes on is d_z = d_out * v, or 0 if "
           "z is not above 0: w gets d_z * x, b gets d_z. Then all three move by -rate times "
           "that."),
    solution=one_step, right=(_step_in_one_go, _step_with_numpy), compare=expect_number,
    parts=("w", "b", "v"), cases=_network,
    examples=((1.0, 0.0, 2.0, 3.0, 5.0, 0.1), (0.5, 1.0, -1.0, 2.0, 1.0, 0.1),
              (1.0, -4.0, 2.0, 3.0, 5.0, 0.1), (2.0, 1.0, 3.0, -1.0, 4.0, 0.5),
              (-1.0, 1.0, 0.5, -2.0, -1.0, 1.0), (1.0, -3.0, 2.0, 3.0, 1.0, 0.1),
              (0.0, 2.0, 1.0, 4.0, 2.0, 0.5), (3.0, 1.0, 0.0, 1.0, 2.0, 0.1),
              (7.0, 6.0, 8.0, 0.5, 70.0, 0.1), (0.5, 1.0, 0.5, 8.0, 3.0, 0.01)),
    mistakes=(
        Mistake(_v_first, "v moved before w and b had their gradients: these were made with the "
                "new v. First all gradients, with the weights as they were; then all steps."),
        Mistake(_forward_again, "w and b moved first, and the gradient of v was taken after that. "
                "First all gradients, with the weights as they were; then all steps."),
        Mistake(_v_then_forward_again, "v moved first, and you went forward again before w and b. "
                "First all gradients, with the weights as they were; then all steps."),
        Mistake(_stepping(sign=-1), "The loss grew: you went uphill. Downhill is against the "
                "gradient, minus rate times it."),
        Mistake(_stepping(d_out=lambda out, wanted: out - wanted), "The square has the slope "
                "2 (out - wanted): the 2 is missing."),
        Mistake(_stepping(d_out=lambda out, wanted: (out - wanted) ** 2), "You went back with the "
                "loss itself. What goes back is its slope, 2 (out - wanted)."),
        Mistake(_stepping(d_out=lambda out, wanted: 2 * out), "The slope of the loss for out is "
                "2 (out - wanted): what was wanted is missing."),
        Mistake(_stepping(of_w=lambda d, v, x, h: d * x, of_b=lambda d, v, x, h: d), "On its way "
                "from out to h the gradient is multiplied by v: with w and b it is missing."),
        Mistake(_stepping(of_w=lambda d, v, x, h: d * v), "z grows by x per unit of w: the "
                "gradient of w is multiplied by x."),
        Mistake(_stepping(of_b=lambda d, v, x, h: d * v * x), "z grows by 1 per unit of b, "
                "whatever x is: its gradient is not multiplied by x."),
        Mistake(_stepping(of_v=lambda d, v, x, h: d), "out grows by h per unit of v: the gradient "
                "of v is multiplied by h."),
        Mistake(_stepping(of_v=lambda d, v, x, h: d * x), "out = v h: the gradient of v is "
                "multiplied by h, not by x."),
        Mistake(_stepping(of_w=lambda d, v, x, h: d * v * h), "z = w x + b: the gradient of w is "
                "multiplied by x, what came in; not by h, what went out."),
        Mistake(_stepping(silent=True), "A silent neuron stays at 0 when w and b move a little: "
                "its slope is 0, so nothing goes back to w and b."),
        Mistake(_leaky, "The bend is missing: where z is below 0, h is 0, and out, too."),
        Mistake(lambda w, b, v, x, wanted, rate: one_step(w, b, v, x, wanted, 1.0), "The rate is "
                "missing: a step is rate times the gradient."),
        Mistake(lambda w, b, v, x, wanted, rate: (w, b, one_step(w, b, v, x, wanted, rate)[2]),
                "Only v moves with you. The gradient goes on to w and b."),
    ),
    reread="3 · Which way is down?",
    moral="A silent neuron learns nothing from this point, and v neither: others must wake it.",
)


def walk(w: np.ndarray, gradients: list[np.ndarray], rate: float, decay: float) -> np.ndarray:
    """The weights (d,) after one update of AdamW for each of the gradients, in their order.

    gradients: (d,) each; perhaps none. m is a running mean of the gradients (0.9 of the old, 0.1
    of the new), v one of their squares (0.999 and 0.001). Both begin at 0, so the first means are
    too small: they are divided by 1 - 0.9 ** t and 1 - 0.999 ** t, t the number of the update,
    the first being 1. In each update w first loses the share rate * decay of itself; then it moves
    by rate times the mended m over the root of the mended v, 1e-8 added to the root. The decay
    does not pass through the means. The w and the gradients given stay as they are.
    """
    m, v = np.zeros(len(w)), np.zeros(len(w))
    for t, gradient in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient ** 2
        w = w - rate * decay * w
        w = w - rate * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    return w.copy()


def _walk_number_by_number(w, gradients, rate, decay):
    places = []
    for i, place in enumerate(w):
        m = v = 0.0
        for n in range(len(gradients)):
            g = float(gradients[n][i])
            m, v = m + (g - m) / 10, v + (g * g - v) / 1000
            step = m / (1 - 0.9 ** (n + 1)) / ((v / (1 - 0.999 ** (n + 1))) ** 0.5 + 1e-8)
            place = place * (1 - rate * decay) - rate * step
        places.append(place)
    return places


def _walk_by_weighted_means(w, gradients, rate, decay):
    """Each mended mean is a weighted mean of all gradients so far."""
    for t in range(1, len(gradients) + 1):
        rows, ages = np.array(gradients[:t]), np.arange(t)[::-1]
        m = np.average(rows, axis=0, weights=0.9 ** ages)
        v = np.average(rows ** 2, axis=0, weights=0.999 ** ages)
        w = (1 - rate * decay) * w - rate * m / (v ** 0.5 + 1e-8)
    return np.array(w)


def _way(rng) -> tuple:
    """Gradients of any size, some numbers never get one; up to six updates."""
    d, updates = int(rng.integers(1, 7)), int(rng.choice([0, 1, 2, 3, 4, 6]))
    size = 10 ** rng.uniform(-6, 2, d) * (rng.random(d) > 0.15)
    gradients = [size * rng.normal(size=d) for _ in range(updates)]
    return (rng.normal(0, 4, d).round(2), gradients, float(rng.choice([0.001, 0.1, 0.5])),
            float(rng.choice([0.0, 0.01, 0.5])))


def _walking(mend=lambda mean, share, t: mean / (1 - share ** t), first=1, memory=(0.9, 0.999),
             step=lambda m, v: m / (np.sqrt(v) + 1e-8), square=lambda g: g ** 2,
             shrink=lambda w, rate, decay: w - rate * decay * w, late=False, keep=True):
    """An answer that mends, counts, remembers, steps or shrinks otherwise."""
    def answer(w, gradients, rate, decay):
        m, v = np.zeros(len(w)), np.zeros(len(w))
        for t, g in enumerate(gradients, first):
            m, v = (old * share + (1 - share) * new if keep else new for old, share, new in zip(
                (m, v), memory, (g, square(g)), strict=True))
            w = w if late else shrink(w, rate, decay)
            w = w - rate * step(*(mend(mean, share, t) for mean, share in zip(
                (m, v), memory, strict=True)))
            w = shrink(w, rate, decay) if late else w
        return w.copy()
    return answer


def _decay_in_the_gradient(w, gradients, rate, decay):
    m, v = np.zeros(len(w)), np.zeros(len(w))
    for t, g in enumerate(gradients, 1):
        g = g + decay * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g ** 2
        w = w - rate * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    return w.copy()


def _plain(w, gradients, rate, decay):
    for g in gradients:
        w = w - rate * decay * w - rate * g
    return w.copy()


W, ONE, TWO, THREE = (np.array(row) for row in (
    [1.0, -2.0, 0.5], [0.3, -40.0, 0.0], [-0.1, -10.0, 0.0], [0.2, 30.0, 0.004]))
WALK = Exercise(
    "0.7", "Who takes the step: Adam by hand", minutes=8, starred=False,
    hints=("Do the first update with one number on paper, gradient 40 and no decay. How long is "
           "the step? If it is not nearly the rate, what have you not mended?",
           "Inside the loop: m and v from their old values, then w shrinks, then both means are "
           "mended, then the step. t is 1 in the first round: enumerate(gradients, 1).",
           "w = w - rate * decay * w, then w = w - rate * m_mended / (np.sqrt(v_mended) + 1e-8). "
           "Written with w = w - ..., not w -= ..., the caller's array stays."),
    solution=walk, right=(_walk_number_by_number, _walk_by_weighted_means), compare=expect_close,
    cases=_way,
    examples=((W, [ONE], 0.1, 0.0), (W, [ONE, TWO], 0.1, 0.0), (W, [ONE, TWO, THREE], 0.1, 0.5),
              (W, [], 0.1, 0.5), (W[:1], [TWO[:1], THREE[:1]], 0.5, 0.0), (W, [THREE], 0.5, 0.1),
              (4 * W, [ONE / 10 ** 6, TWO / 10 ** 7], 0.5, 0.0)),
    mistakes=(
        Mistake(_walking(mend=lambda mean, share, t: mean), "The means are not mended. They begin "
                "at 0: after one update m is a tenth of the gradient, v a thousandth of its "
                "square, and the step is three times too long."),
        Mistake(_walking(first=2), "You mend as if the first update were the second: t counts "
                "from 1."),
        Mistake(_walking(first=0), "t is 0 in your first update: 1 - 0.9 ** 0 is 0, and you "
                "divide by it. The first update is number 1."),
        Mistake(_walking(mend=lambda mean, share, t: mean / (1 - share)), "You mend by 1 - 0.9 and "
                "1 - 0.999 in every update. That is right for the first only: the power t is "
                "missing."),
        Mistake(_walking(mend=lambda mean, share, t: mean / (1 - 0.9 ** t)), "Both means are "
                "mended with 0.9. Each has its own share: v takes 0.999."),
        Mistake(_walking(memory=(0.999, 0.9)), "The two shares are exchanged: m keeps 0.9 of the "
                "old, v 0.999."),
        Mistake(_walking(step=lambda m, v: m / (v + 1e-8)), "The root is missing: m is divided by "
                "the usual size of a gradient, the root of the mean square."),
        Mistake(_walking(step=lambda m, v: m / np.sqrt(v + 1e-8)), "1e-8 stands under the root "
                "with you: small gradients lose their step. It is added to the root."),
        Mistake(_walking(step=lambda m, v: m / np.sqrt(v)), "A number without any gradient is "
                "0 / 0 with you: 1e-8 is missing."),
        Mistake(_walking(square=lambda g: g), "v is a mean of the *squares* of the gradients."),
        Mistake(_walking(step=lambda m, v: m), "You take m itself for the step. It is divided by "
                "the root of v, so that all numbers step alike."),
        Mistake(_walking(keep=False, mend=lambda mean, share, t: mean), "Nothing is remembered: "
                "each step is made of the last gradient alone, and only its sign is left."),
        Mistake(_decay_in_the_gradient, "The decay went into the gradient, and through both means. "
                "So it is divided by the root of v: that is Adam with a penalty. Here w shrinks "
                "by itself."),
        Mistake(_walking(shrink=lambda w, rate, decay: w), "The decay is missing: w loses the "
                "share rate * decay of itself."),
        Mistake(_walking(shrink=lambda w, rate, decay: w - decay * w), "w shrinks by rate * decay, "
                "not by decay alone."),
        Mistake(_walking(late=True), "You shrink w after the step, so the step shrinks, too. "
                "First w loses its share, then it moves."),
        Mistake(_plain, "That is plain gradient descent. Adam divides each number's mean gradient "
                "by its usual size."),
    ),
    reread="D · Who takes the step",
    moral="Gradients of 0.3 and of 40 make a first step of the same length: the rate.",
)
