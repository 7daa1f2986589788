"""Draws of arguments for the exercises of notebook 06, for `oracle.CALLS`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def _rows(rng) -> tuple:
    """Texts of any size and scale; some rows of equal numbers, some far from 0."""
    B, T, d = (int(n) for n in rng.integers(1, [4, 6, 8]))
    x = rng.normal(0, rng.choice([0.3, 1.0, 9.0]), (B, T, d)) + rng.choice([0.0, -5.0, 50.0])
    x[rng.random((B, T)) < 0.15] = rng.normal()
    return x, rng.uniform(-1, 3, d), rng.normal(size=d), float(10 ** rng.uniform(-5, 0.3))


@dataclass(frozen=True)
class Piece:
    """A function of rows: "norm", "as it was", "mix" or "bend"."""

    kind: str
    size: float = 1.0

    def __call__(self, x):
        if self.kind == "norm":
            return self.size * x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 0.1)
        if self.kind == "mix":
            return np.sin(self.size * np.cumsum(x, axis=0)) + 0.5 * x[:1]
        return x if self.kind == "as it was" else np.tanh(self.size * x + 0.3)


def _pieces(rng) -> tuple:
    T, d = (int(n) for n in rng.integers(1, 7, 2))
    parts = [None if rng.random() < 0.2 else Piece(
        str(rng.choice(["mix", "bend", "as it was"], p=[0.6, 0.3, 0.1])),
        float(rng.uniform(0.3, 2))) for _ in range(2)]
    norms = [Piece(str(rng.choice(["norm", "as it was"])), float(rng.uniform(0.5, 3)))
             for _ in range(2)]
    return rng.normal(0, 2, (T, d)), *parts, *norms


def _largest_is_clear(*sizes) -> bool:
    ranked = sorted(sizes)
    return ranked[-1] > ranked[-2]


def _decoder(rng) -> tuple:
    while True:
        d, layers = int(np.exp(rng.uniform(0, 7))), int(rng.integers(1, 30))
        d_ff = max(1, int(d * np.exp(rng.uniform(-1, 2))))
        V = max(1, int(layers * d * np.exp(rng.uniform(-2, 4))))
        tied = bool(rng.integers(2))
        clear = [_largest_is_clear(
            w * V * u * d * (2 - tied), 4 * layers * u * d * (u * d + 1),
            layers * (2 * u * u * d * d_ff + u * d_ff + u * d), (2 * layers + 1) * 2 * u * d)
            for u, w in ((2, 1), (1, 2))]
        if all(clear):
            return d, d_ff, layers, V, tied


def _claims(rng) -> tuple:
    """All figures wander freely, but none comes near a bound (whole numbers may stand on it)."""
    while True:
        nats = np.exp(rng.uniform(-1.5, 1, 2))
        characters = np.where(rng.random(2) < 0.4, 1.0, rng.uniform(1, 6, 2))
        gap = rng.choice([rng.uniform(0.02, 0.12), rng.uniform(0.12, 1)])
        floor = float(nats[0] * np.exp(rng.choice([-1, -1, 1]) * gap))
        if rng.random() < 0.6:
            nats[1] = nats[0] * rng.choice([rng.uniform(1.02, 1.15), rng.uniform(1.15, 2.5)])
        if abs(nats[0] - floor) > 0.01 and abs(nats[0] - nats[1]) > 0.01:
            break
    usual = int(rng.integers(1, 60))
    longest = int(rng.choice([rng.integers(0, 3 * usual), 2 * usual, 2 * usual + 1, 30 * usual]))
    moved = float(10 ** rng.choice([rng.uniform(-9, -3.2), rng.uniform(-9, -3.2),
                                    rng.uniform(-2.6, 1)]))
    return ({"perplexities": tuple(np.exp(nats * characters).tolist()),
             "characters": tuple(characters.tolist()), "floor": floor, "longest": longest,
             "usual": usual, "moved": moved, "speed": float(rng.uniform(0.2, 9))},)


def _row_sizes(rng) -> tuple:
    """Post-norm, or a table in which at least one row per block is off."""
    layers, T = (int(n) for n in rng.integers(1, 9, 2))
    start = np.exp(rng.normal(0, rng.choice([0.0, 0.5]), T)) * rng.choice([1.0, 0.2, 4.0])
    if rng.random() < 0.35:
        table = np.vstack([start, np.full((layers, T), 1.0) + rng.normal(0, 2e-4, (layers, T))])
        table[1:] = table[1:].clip(0.9991, 1.0009)
        return table, table[-1].copy()
    while True:
        off = rng.normal(0, rng.choice([0.1, 0.4]), (layers, T))
        off[rng.random((layers, T)) < rng.choice([0.0, 0.5])] = 0
        blocks = np.exp(off)
        if rng.random() < 0.3:
            blocks = np.repeat(blocks[:, :1], T, axis=1)
        if rng.random() < 0.3:
            blocks = blocks / blocks.mean(axis=1, keepdims=True)
        if np.abs(blocks - 1).max(axis=1).min() > 0.05:
            break
    out = 1 + rng.uniform(-9e-4, 9e-4, T) if rng.random() < 0.5 else blocks[-1].copy()
    return np.vstack([start, blocks]), out


def _update(rng) -> tuple:
    warmup = int(rng.choice([0, 1, 2, int(np.exp(rng.uniform(1, 10)))]))
    step = int(rng.choice([0, 1, max(warmup + rng.integers(-3, 4), 0),
                           rng.integers(0, 4 * warmup + 9)]))
    return step, warmup, float(np.exp(rng.uniform(-3, 2)))


def _smoothed(rng) -> tuple:
    N, V = int(rng.integers(1, 10)), int(rng.integers(2, 13))
    logits = rng.normal(0, rng.choice([0.5, 4.0]), (N, V))
    logits += rng.choice([0.0, 0.0, 5000.0, -5000.0], (N, 1))
    targets = rng.integers(0, V, N)
    targets[rng.random(N) < rng.choice([0.0, 0.3, 0.7])] = -100
    if (targets < 0).all():
        targets[rng.integers(N)] = int(rng.integers(V))
    return logits, targets, float(rng.choice([0.0, rng.uniform(0.01, 0.99)]))


def _continued(rng) -> tuple:
    n, d, e = (int(k) for k in rng.integers(1, 7, 3))
    m = int(rng.choice([0, 1, rng.integers(2, 9)]))
    q, k, v = (rng.normal(0, 1.5, shape) for shape in ((n, d), (n, d), (n, e)))
    return q, k, v, (rng.normal(0, 1.5, (m, d)), rng.normal(0, 1.5, (m, e))) if m else None


def _memory(rng) -> tuple:
    kept = int(rng.integers(1, 9))
    model = {"layers": int(rng.integers(1, 40)), "heads": kept * int(rng.choice([1, 2, 8])),
             "kept": kept, "width": int(rng.integers(1, 130)), "bytes": int(rng.choice([1, 2, 4])),
             "weights": int(np.exp(rng.uniform(3, 20)))}
    tokens = int(np.exp(rng.uniform(0.1, 9)))
    shared = int(rng.choice([0, rng.integers(0, tokens), tokens - 1]))
    each = model["bytes"] * model["layers"] * kept * model["width"] * 2
    fixed = model["bytes"] * model["weights"] + shared * each
    n = rng.choice([rng.uniform(-2, 0), rng.uniform(0, 60), float(rng.integers(1, 30))])
    return model, tokens, shared, max(1, int(fixed + n * (tokens - shared) * each)
                                      - int(rng.integers(2)))


def _text(rng) -> tuple:
    context = int(np.exp(rng.uniform(0, 4)))
    stride = int(rng.integers(1, context + 1))
    if rng.random() < 0.15:
        stride = int(rng.choice([0, -1, context + 1, context + 2, 2 * context + 3]))
    length = int(rng.choice([2, 3, rng.integers(2, 200), context + rng.integers(0, 3),
                             context + rng.integers(0, 4) * abs(stride) + rng.integers(0, 3)]))
    return max(length, 2), context, stride


def _images(rng) -> tuple:
    B, rows, columns, C, side = (int(n) for n in rng.integers(1, [5, 5, 5, 5, 5]))
    more = rng.choice([0, 0, 0, 0, 1, 2], 2)
    return rng.normal(size=(B, rows * side + more[0], columns * side + more[1], C)), side


def _look_back(rng) -> tuple:
    size, layers = int(rng.integers(1, 40)), int(rng.integers(1, 13))
    place = int(rng.choice([rng.integers(0, 2 * layers * size + 1), rng.integers(0, size + 1),
                            size * rng.integers(0, 2 * layers)]))
    return place, layers, size, str(rng.choice(["all", "window", "segments", "memory"]))


NAMES = ("x", "norm_1", "attention", "after_attention", "norm_2", "feed_forward", "out")


def _scaled(x):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred ** 2).mean(axis=-1, keepdims=True) + 1e-5)


def _passes(x, a, f) -> list[tuple[str, tuple]]:
    """(slip, the seven arrays) of every block that could have been written."""
    n, made = _scaled(x), []
    for name, first in (("", x), ("no way past", 0), ("past from the norm", n)):
        middle = first + a
        second = _scaled(middle)
        ends = {"": middle, "no way past": 0, "past from the norm": second}
        for end in ("", name) if name else ends:
            made.append((name or end or "nothing", (x, n, a, middle, second, f, ends[end] + f)))
    made.append(("second sum to the first x", (x, n, a, x + a, _scaled(x + a), f, x + f)))
    made.append(("second norm of the first x", (x, n, a, x + a, n, f, x + a + f)))
    h = _scaled(x + a)
    made.append(("norm after the sum", (x, x, a, h, h, f, _scaled(h + f))))
    return made


def _written(rng) -> tuple:
    while True:
        T, d = int(rng.integers(1, 6)), int(rng.integers(3, 9))
        x, a, f = rng.normal(0, rng.uniform(0.4, 3, (3, 1, 1)), (3, T, d))
        x = _scaled(x) if rng.random() < 0.35 else x
        made = _passes(x, a, f)
        names = sorted({name for name, _ in made})
        wanted = str(rng.choice(names))
        some = [arrays for name, arrays in made if name == wanted]
        arrays = some[rng.integers(len(some))]
        if all(max(np.abs(one - other).max() for one, other in zip(arrays, others, strict=True))
               > 0.02 for name, others in made if name != wanted):
            return (dict(zip(NAMES, arrays, strict=True)),)


CALLS = {
    "6.1": _rows, "6.2": _pieces, "6.3": _decoder, "6.4": _claims, "6.5": _row_sizes,
    "6.6": _update, "6.7": _smoothed, "6.8": _continued, "6.9": _memory, "6.10": _text,
    "6.11": _images, "6.12": _look_back, "6.13": _written,
}
