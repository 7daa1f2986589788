"""Draws of arguments for the exercises of notebook 07, for `oracle.CALLS`."""

from __future__ import annotations

import numpy as np


def _around(rng, bounds, shape) -> np.ndarray:
    """Numbers from 0 to 1, a third of them on one of the bounds or just beside it."""
    values = rng.random(shape)
    near = rng.random(shape) < 0.35
    values[near] = (rng.choice(bounds, shape) + rng.choice([0, 0, 6e-4, -6e-4], shape))[near]
    return values


def _hidden(rng) -> tuple:
    shape = tuple(rng.integers(1, 12, rng.choice([1, 2])))
    ids, other = rng.integers(1, 90, (2, *shape))
    return (ids, rng.random(shape) < rng.uniform(0.2, 1),
            _around(rng, [0.15], shape) * rng.choice([1, 1, 0.3]),
            _around(rng, [0.8, 0.9], shape), other, int(rng.choice([0, 90, 95])))


def _asked(rng) -> tuple:
    B, T, V = (int(n) for n in rng.integers([1, 1, 2], [6, 8, 12]))
    logits = rng.normal(0, rng.choice([0.5, 4.0]), (B, T, V))
    logits += rng.choice([0.0, 0.0, 5000.0, -5000.0], (B, T, 1))
    logits[..., -1] += rng.choice([0.0, 0.0, 1500.0])
    targets = rng.integers(0, V, (B, T))
    targets[rng.random((B, T)) < rng.choice([0.0, 0.4, 0.85])] = -100
    if (targets < 0).all():
        targets[rng.integers(B), rng.integers(T)] = int(rng.integers(V))
    return logits, targets


def _errors_between(p, q, n) -> float:
    return (p - q) / max((p * (1 - p) + q * (1 - q)) / n, 1e-12) ** 0.5


def _probe(rng) -> tuple:
    """Shares anywhere; none is two standard errors above another but for a little."""
    while True:
        n = int(10 ** rng.uniform(1.3, 4))
        majority = float(rng.uniform(0.2, 0.8))
        reach = (2 * majority * (1 - majority) / n) ** 0.5
        right = majority + reach * rng.uniform(-4, 14)
        untrained = rng.choice([right, majority]) + reach * rng.uniform(-5, 5)
        shuffled = majority + reach * rng.choice([rng.uniform(-4, 1.8), rng.uniform(-4, 6)])
        shares = [float(share) for share in (right, majority, shuffled, untrained)]
        pairs = ((shuffled, majority), (right, majority), (right, untrained))
        p, q = sorted(pairs[rng.integers(3)])[::-1]
        if rng.random() < 0.6 and min(shares) > 0.01 and max(shares) < 0.99 and p - q > 0.02:
            z = 2 + rng.choice([-1, 1]) * rng.uniform(0.04, 0.09)
            n = max(round(z ** 2 * (p * (1 - p) + q * (1 - q)) / (p - q) ** 2), 5)
        if min(shares) > 0.01 and max(shares) < 0.99 and all(
                abs(_errors_between(*pair, n) - 2) > 0.03 for pair in pairs):
            names = ("right", "majority", "shuffled", "untrained")
            return (dict(zip(names, shares, strict=True))
                    | {"own": float(rng.random()), "examples": n},)


def _labels(rng) -> tuple:
    """All faults come by themselves or together; no mean is the same as another."""
    numbers = [int(n) for n in rng.permutation(200)]
    test, pool = numbers[:10], numbers[10:40]
    read = numbers[20:60] + (test[3:5] if rng.random() < 0.12 else [])
    k = int(rng.choice([1, 2, 3, 4, 6], p=[0.05, 0.05, 0.4, 0.3, 0.2]))
    size = int(rng.integers(2, 7))
    ours = [{int(n) for n in rng.choice(pool, size, replace=False)} for _ in range(k)]
    for i in range(k):
        if rng.random() < 0.15:
            ours[i] = set(ours[rng.integers(k)])
    theirs = [set(draw) for draw in ours]
    if rng.random() < 0.12:
        i = int(rng.integers(k))
        theirs[i] = {int(n) for n in rng.choice(pool, size + int(rng.integers(2)), replace=False)}
    elif rng.random() < 0.1:
        theirs = [theirs[1:] + theirs[:1], [*theirs, set(theirs[0])]][rng.integers(2)]
    rates = {}
    for way in ("fine-tuned", "from scratch"):
        many = int(rng.choice([1, 2, 3], p=[0.1, 0.5, 0.4]))
        tried = rng.choice([1e-4, 3e-4, 1e-3, 3e-3], many, replace=False).tolist()
        rates[way] = tried * 2 if rng.random() < 0.5 else tried
    while True:
        base = rng.uniform(0.5, 0.9, 3)
        if rng.random() < 0.75:
            base[0] = base.max() + rng.uniform(0, 0.05)
        right = np.clip(base[:, None] + rng.normal(0, rng.choice([0.03, 0.15]), (3, k)), 0, 1)
        if abs(right.mean(1)[0] - right.mean(1)[1:]).min() > 0.002:
            break
    ways = ("fine-tuned", "from scratch", "bag of words")[:2 + (rng.random() > 0.12)]
    shares = {way: row.tolist() for way, row in zip(ways, right, strict=False)}
    return ({"read": set(read), "test": set(test), "rates": rates, "right": shares,
             "labelled": {"fine-tuned": ours, "from scratch": theirs}},)


def _fates(rng) -> tuple:
    """Fair and unfair draws of batches of any size; nothing near three deviations."""
    while True:
        places = int(10 ** rng.uniform(0.5, 6.6))
        share = float(np.clip(0.15 + rng.choice([0, 0, 2.7, 3.3, -2.7, -3.3, 9]) * (
            0.1275 / places) ** 0.5, 0, 0.9))
        chosen = int(round(places * share))
        off = rng.choice([0, 0, 0, 2, -2, 2.8, -2.8, 3.2, -3.2, 8], 2)
        mask = 0.8 + off[0] * (0.16 / max(chosen, 1)) ** 0.5
        other = 0.1 + off[1] * (0.09 / max(chosen, 1)) ** 0.5
        counts = [places - chosen, round(chosen * mask), round(chosen * other)]
        counts.append(chosen - counts[1] - counts[2])
        z = [abs(count - n * p) / (n * p * (1 - p)) ** 0.5 for count, n, p in zip(
            counts, (places, chosen, chosen, chosen), (0.85, 0.8, 0.1, 0.1), strict=True) if n]
        if min(counts) >= 0 and min(abs(one - 3) for one in z) > 0.02:
            names = ("left alone", "mask", "random word", "the word itself")
            return (dict(zip(names, map(int, counts), strict=True)),)


def _real(rng, B, T) -> np.ndarray:
    real = np.zeros((B, T), bool)
    for b in range(B):
        n = int(rng.integers(1, T + 1))
        start = int(rng.choice([0, T - n]))
        real[b, start:start + n] = True
    return real


def _to_shift(rng) -> tuple:
    B, T = (int(n) for n in rng.integers(1, [6, 10]))
    ids, real = rng.integers(0, 40, (B, T)), _real(rng, B, T)
    return np.where(real, ids, ids[0, 0]), real


def _to_fetch(rng) -> tuple:
    B, T, d = (int(n) for n in rng.integers(1, [7, 10, 6]))
    return rng.normal(size=(B, T, d)), _real(rng, B, T)


def _sure(rng) -> tuple:
    """Confidences anywhere; on an edge only where that is exact."""
    N, bins = int(rng.integers(1, 60)), int(rng.choice([1, 2, 4, 8, 16, rng.integers(3, 21)]))
    confidence = rng.uniform(rng.choice([0, 0.5, 0.9]), 1, N)
    place = confidence * bins
    confidence = np.where(abs(place - place.round()) < 1e-3, 1.0, confidence)
    if bins in (1, 2, 4, 8, 16):
        edges = rng.random(N) < 0.3
        confidence[edges] = rng.integers(0, bins + 1, edges.sum()) / bins
    return confidence, rng.random(N) < 0.9 * confidence ** rng.choice([0.3, 1, 3]), bins


def _low_rank(rng) -> tuple:
    d_in, d_out, rank = (int(n) for n in rng.integers(1, [10, 10, 7]))
    if rng.random() < 0.3:
        d_out = d_in
    if rng.random() < 0.1:
        rank = d_out = d_in
    return (rng.normal(size=(d_in, d_out)), rng.normal(size=(d_in, rank)),
            rng.normal(size=(rank, d_out)), float(np.exp(rng.uniform(-2, 3))))


def _models(rng) -> tuple:
    n = int(rng.integers(3, 11))
    sizes = np.unique(np.exp(rng.uniform(4, 15, n)).astype(int))
    while len(sizes) < 3:
        sizes = np.append(sizes, 3 * sizes[-1])
    sizes = rng.permutation(sizes)
    losses = rng.uniform(2, 20) * sizes ** -rng.uniform(0, 0.4)
    losses = losses * np.exp(rng.normal(0, 0.1, len(sizes)))
    tokens = int(np.exp(rng.uniform(3, 18)))
    return (sizes.tolist(), losses.tolist(), tokens,
            float(6 * tokens * sizes.max() * np.exp(rng.uniform(-1, 5))))


def _liked(rng) -> tuple:
    B = int(rng.integers(1, 10))
    before = -np.exp(rng.uniform(0, 8, (2, B)))
    after = before + rng.normal(0, rng.choice([0.1, 3.0, 3000.0]), (2, B))
    if rng.random() < 0.1:
        after = before.copy()
    return (*after, *before, float(np.exp(rng.uniform(-3, 1.5))))


def _proposed(rng) -> tuple:
    """Chances in 256ths; u and v are clear of all bounds, or stand on one exactly."""
    while True:
        V = int(rng.integers(2, 10))
        p, q = (rng.multinomial(256, rng.dirichlet([rng.choice([0.2, 2.0])] * V)) / 256
                for _ in range(2))
        proposed = int(rng.choice(np.flatnonzero(q)))
        u, v = rng.random(2) * rng.choice([0, 1, 1, 1], 2)
        more, ratio = np.maximum(p - q, 0), p[proposed] / q[proposed]
        if ratio < 0.99 and rng.random() < 0.4:
            u = ratio * rng.choice([0.995, 1.005])
            u = ratio if q[proposed] in (0.5, 0.25, 0.125, 0.0625) else u
        clear = True
        if more.any():
            ends = more.cumsum() / more.sum()
            v = max(rng.choice(ends) - 0.003, 0) if rng.random() < 0.3 else v
            clear = v == 0 or abs(ends - v).min() > 0.002
        if clear:
            return p, q, proposed, float(u), float(v)


def _audited(rng) -> tuple:
    words = np.array(["red", "Red", "a", "sea", "SEA", "an", "A", "apple"])[:rng.integers(3, 9)]

    def text(least, most):
        return [str(word) for word in rng.choice(words, rng.integers(least, most))]
    n = int(rng.integers(1, 7))
    read = [text(0, 12) for _ in range(rng.integers(0, 7))]
    test = [text(0, 10) for _ in range(rng.integers(1, 9))]
    if read and rng.random() < 0.5:
        other = read[rng.integers(len(read))]
        test.append([word.title() for word in other[int(rng.integers(3)):]])
    if max(map(len, test)) < n:
        test.insert(0, text(n, n + 4))
    return read, test, n


CALLS = {
    "7.1": _hidden, "7.2": _asked, "7.3": _probe, "7.4": _labels, "7.5": _fates, "7.6": _to_shift,
    "7.7": _to_fetch, "7.8": _sure, "7.9": _low_rank, "7.10": _models, "7.11": _liked,
    "7.12": _proposed, "7.13": _audited,
}
