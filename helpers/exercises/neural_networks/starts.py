"""Exercise 0.8: how an untrained network was started, told from the sizes of what it says."""

import numpy as np

from helpers.exercises._names import one_of, renamed
from helpers.exercises.engine import Exercise, Mistake


def which_start(sizes: np.ndarray, spreads: np.ndarray, activation: str) -> str:
    """"constant", "too small", "too large" or "kept": the start of an untrained network.

    sizes: (1 + layers,), the mean square of the input's numbers, then of what each layer says.
    spreads: (1 + layers,), how far the units of a layer lie apart: the largest difference between
    two of them, on average over the points. activation: "relu", "tanh" or "none".
    "constant": all weights of a layer are one number, so its units say the same, at any size: each
    spread after the input's is below a millionth of the root of the size, else above a hundredth.
    "too small": from layer to layer the sizes shrink, on average over all layers to 0.7 times or
    less. "too large": they grow, on average to 1.5 times or more. A tanh cannot grow: too large
    weights drive it to its ends, and every layer has a size above 0.9. "kept": none of it; on
    average 0.8 to 1.3 times, and with tanh below 0.8 in the last layer. 4 layers or more.
    """
    if (spreads[1:] < 1e-4 * np.sqrt(sizes[1:])).all():
        return "constant"
    factor = (sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1))
    if factor < 0.75:
        return "too small"
    ends = activation == "tanh" and sizes[-1] > 0.85
    return "too large" if factor > 1.4 or ends else "kept"


NAMES = ("constant", "too small", "too large", "kept")


def _by_logarithms(sizes, spreads, activation):
    """How many times e the size grows per layer, on average."""
    growth = np.log(sizes[1:] / sizes[:-1]).mean()
    if spreads[-1] < 1e-5 * np.sqrt(sizes[-1]):
        return NAMES[0]
    if activation == "tanh" and sizes[1:].min() > 0.82:
        return NAMES[2]
    return NAMES[1] if growth < np.log(0.75) else NAMES[2] if growth > np.log(1.4) else NAMES[3]


def _by_compound_growth(sizes, spreads, activation):
    layers, first, last = len(sizes) - 1, float(sizes[0]), float(sizes[-1])
    if max(spreads[1:] ** 2 / sizes[1:]) < 1e-7:
        return NAMES[0]
    if last < first * 0.72 ** layers:
        return NAMES[1]
    full = {"tanh": last > 0.85}.get(activation, False)
    return NAMES[2] if full or last > first * 1.45 ** layers else NAMES[3]


def _depths(rng) -> tuple:
    """A start of any kind, by any activation; single layers wander, the average does not."""
    activation, kind = str(rng.choice(["relu", "tanh", "none"])), str(rng.choice(NAMES[1:]))
    layers = int(rng.choice([4, 5, 8, 20]))
    first = float(np.exp(rng.uniform(-1.2, 1.2))) if activation != "tanh" else 0.7
    factor = {"too small": rng.choice([0.69, 0.6, 0.5, 0.02]), "kept": rng.uniform(0.82, 1.25),
              "too large": rng.choice([1.52, 1.6, 2.0, 100.0])}[kind]
    wander = rng.normal(0, 0.15, layers)
    sizes = first * np.exp(np.cumsum([0, *(np.log(factor) + wander - wander.mean())]))
    if activation == "tanh" and kind == "too large":
        sizes = np.array([rng.choice([0.3, 1.0, 2.0]), *rng.uniform(0.91, 0.99, layers)])
    elif activation == "tanh" and kind == "kept":
        sizes = np.array([0.7, *rng.uniform(0.45, 0.75, layers)])
    spreads = np.sqrt(sizes) * 10 ** rng.uniform(-1.7, 0.4) * rng.uniform(0.7, 1.4, layers + 1)
    if rng.random() < 0.2:
        spreads[1:] *= rng.choice([0.0, 1e-8])
    return np.array([float(f"{n:.3g}") for n in sizes]), np.array(
        [float(f"{n:.3g}") for n in spreads]), activation


def _growth(sizes):
    return (sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1))


def _judging(same=lambda spreads, sizes: spreads[-1] < 1e-4 * np.sqrt(sizes[-1]), growth=_growth,
             ends=lambda sizes, activation: activation == "tanh" and sizes[-1] > 0.85,
             bounds=(0.75, 1.4)):
    """An answer with another look at one of the questions."""
    def answer(sizes, spreads, activation):
        if same(spreads, sizes):
            return NAMES[0]
        if growth(sizes) < bounds[0]:
            return NAMES[1]
        return NAMES[2] if growth(sizes) > bounds[1] or ends(sizes, activation) else NAMES[3]
    return answer


def _run(sizes, activation="relu", spreads=None) -> tuple:
    sizes = np.array(sizes)
    apart = np.sqrt(sizes) * (2 if spreads is None else spreads)
    apart[0] = 1.5
    return sizes, apart, activation


START = Exercise(
    "0.8", "Which start?", minutes=8, starred=False,
    hints=("Two of the four names do not need the growth at all. Which figure gives a constant "
           "start away, and what can a tanh not do?",
           "All units of a layer alike: next to no spread after the input, measured by the root of "
           "the layer's size. For the rest: by what factor "
           "does the size change per layer, on average? The root of so many layers of last / "
           "first.",
           "factor = (sizes[-1] / sizes[0]) ** (1 / layers). Below 0.75: too small. Above 1.4: too "
           "large, and also a tanh whose layers lie above 0.85. The input is no layer: its spread "
           "tells nothing."),
    solution=which_start, right=(_by_logarithms, _by_compound_growth), compare=one_of(NAMES),
    cases=_depths,
    examples=(_run([1, 1.02, 0.96, 1.1, 0.9]), _run([1, 0.5, 0.24, 0.13, 0.06]),
              _run([1, 2.1, 3.9, 8.2, 16]), _run([0.7, 0.52, 0.48, 0.45, 0.44, 0.44], "tanh"),
              _run([1, 0.95, 0.95, 0.95, 0.95], "tanh"), _run([0.3, 0.95, 0.94, 0.95, 0.95],
                                                              "tanh"),
              _run([1, 0.98, 0.95, 0.97, 0.93], "none"), _run([1, 1.1, 0.9, 1, 1], spreads=0.0),
              _run([1, 0.4, 0.2, 0.08, 0.03], spreads=0.0),
              _run([1, 0.9, 0.8, 0.8, 0.7], "tanh", spreads=1e-9),
              _run([1, 4, 16, 60, 250], "none", spreads=0.0),
              _run([1, 0.7, 0.5, 0.36, 0.25, 0.17, 0.11]), _run([1, 1.2, 0.8, 1.1, 1.2, 1.1, 1.9]),
              _run([3, 2.9, 3.1, 3, 3.2]), _run([0.3, 0.29, 0.31, 0.3, 0.28]),
              _run([3, 1.7, 1.1, 0.7, 0.43], "none"), _run([0.3, 0.6, 1.2, 2.3, 4.8], "none"),
              _run([1e4, 2e2, 4, 0.08, 1.6e-3]), _run([1e-4, 2e-4, 4e-4, 8e-4, 1.6e-3]),
              _run([1.0] + [0.013 ** n for n in range(1, 9)]),
              _run([0.7, 0.4, 0.24, 0.17, 0.11], "tanh"),
              _run([1, 0.55, 0.95, 0.9, 1.1]), _run([1, 0.6, 0.4, 0.3, 0.22, 0.5, 0.9, 1, 1]),
              _run([1, 1.7, 1.2, 1, 1.1]), _run([1, 1.1, 0.9, 1, 1], spreads=0.05),
              _run([1, 1.2, 1.4, 1.8, 2.1, 2.5, 3, 3.6, 4.3]),
              _run([1.0] + [0.013 ** n for n in range(1, 9)], spreads=1e-7),
              _run([1, 0.7, 0.49, 0.343, 0.24]), _run([1, 1.5, 2.3, 3.4, 5.1]),
              _run([1e-6, 1.1e-6, 0.9e-6, 1e-6, 1e-6], spreads=0.05),
              _run([0.001, 0.0011, 0.0009, 0.001, 0.001], spreads=0.05)),
    mistakes=(
        Mistake(_judging(same=lambda spreads, sizes: False), "The sizes look like something, but "
                "all units of each layer say the same. That is a constant start, whatever the "
                "size."),
        Mistake(_judging(same=lambda spreads, sizes: np.ptp(sizes) < 0.3), "Sizes that stay the "
                "same from layer to layer are kept, not constant. A constant start shows within a "
                "layer: no two units differ."),
        Mistake(_judging(same=lambda spreads, sizes: spreads[-1] < 1e-6), "Where all numbers have "
                "become tiny, their differences are tiny, too: compare a spread with the root of "
                "the size of its own layer."),
        Mistake(_judging(ends=lambda sizes, activation: False), "A tanh near 1 in every layer is "
                "not kept: it has nowhere to grow. Its weights are too large, and its slope is "
                "nearly 0."),
        Mistake(_judging(ends=lambda sizes, activation: sizes[-1] > 0.85), "A size near 1 is just "
                "what one hopes for, but with a tanh: the others have no end to be driven to."),
        Mistake(_judging(ends=lambda sizes, activation: activation == "tanh"), "Not every tanh is "
                "driven to its ends: look how near to 1 its size is."),
        Mistake(_judging(growth=lambda sizes: sizes[-1] / sizes[0]), "You compared the ends. Over "
                "many layers a small change adds up; asked for is the factor per layer, the root "
                "of so many layers."),
        Mistake(_judging(growth=lambda sizes: sizes[-1] ** (1 / (len(sizes) - 1))), "You took the "
                "input's size to be 1. Divide by it: what counts is how the size changes."),
        Mistake(_judging(growth=lambda sizes: sizes[1] / sizes[0]), "You judged by the first "
                "layer. Single layers wander: take the average over all."),
        Mistake(_judging(growth=lambda sizes: sizes[-1] / sizes[-2]), "You judged by the last "
                "layer. Single layers wander: take the average over all."),
        Mistake(_judging(growth=lambda sizes: (sizes[-1] / sizes[0]) ** 0.1), "How many layers "
                "there are differs: take the root of just so many."),
        Mistake(_judging(growth=lambda sizes: np.where(sizes[-1] < 0.1, 0.5, np.where(
                    sizes[-1] > 10, 2, 1))), "You judged by the last size alone. It depends on the "
                "input's size and on the number of layers: take the factor per layer."),
        Mistake(renamed(which_start, {NAMES[1]: NAMES[2], NAMES[2]: NAMES[1]}), "Too small and too "
                "large are exchanged: small weights make the sizes shrink."),
    ),
    reread="E · Where one starts",
    moral="With relu the square is halved in each layer: that is why its weights start at "
          "sqrt(2 / n).",
)
