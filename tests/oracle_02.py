"""Draws of arguments for the exercises of notebook 02, for `oracle.CALLS`."""

from __future__ import annotations

import math

import numpy as np

NAMES = ("to", "total", "totals", "totally", "Total", "two", "a", "answer", "answers")


def _ids(rng) -> tuple:
    """Ids of a table, in any order; in one of four calls at least one of them is none."""
    V, m, N = (int(n) for n in rng.integers(1, 10, 3))
    ids = rng.choice(V, N).tolist()
    if rng.random() < 0.25:
        for place in rng.choice(N, rng.integers(1, 3)):
            ids[place] = int(rng.choice([V, V + 1, 3 * V, -1, -V, -2 * V]))
    return ids, rng.normal(0, 2, (V, m))


def _near(rng) -> tuple:
    """Words around one, at angles that differ; lengths from tiny to large; zeros now and then."""
    V, d = int(rng.integers(2, 10)), int(rng.integers(2, 6))
    while True:
        rows = rng.normal(size=(V, d))
        own = int(rng.integers(V))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        zero = int(rng.integers(V)) if rng.random() < 0.4 else own
        if zero != own:
            rows[zero] = 0
        cosines = np.sort(np.delete(rows @ rows[own], own))
        if (np.diff(cosines) > 0.02).all():
            break
    rows *= 10.0 ** rng.uniform(-2, 2, (V, 1))
    if rng.random() < 0.3 and zero == own:
        other = int(rng.integers(V))
        rows[other] = rows[own] * 4
    words = [str(word) for word in rng.permutation(NAMES)[:V]]
    return words, rows, words[own], int(rng.integers(1, V + 3))


def _step(rng) -> tuple:
    V, d = int(rng.integers(2, 12)), int(rng.integers(1, 6))
    rows_in, rows_out = rng.uniform(-2, 2, (V, d)), rng.uniform(-2, 2, (V, d))
    few = rng.choice(V, min(V, int(rng.integers(1, 5))), replace=False)
    centre, context = (int(id) for id in rng.choice(few, 2))
    negatives = rng.choice(few, rng.integers(0, 9)).tolist()
    return rows_in, rows_out, centre, context, negatives, float(rng.uniform(0.01, 2))


def _cbow(rng) -> tuple:
    V, d = int(rng.integers(2, 12)), int(rng.integers(1, 6))
    centre = int(rng.integers(V))
    few = rng.permutation(V)[:rng.integers(1, 6)]
    around = rng.choice(few, rng.integers(1, 9)).tolist()
    negatives = [id for id in rng.choice(V, rng.integers(0, 8)).tolist() if id != centre]
    return rng.uniform(-2, 2, (V, d)), rng.uniform(-2, 2, (V, d)), around, centre, negatives


def _claim(rng) -> tuple:
    kind = rng.integers(4)
    if kind < 2:                                # two words, each of any length
        lengths = tuple(float(x) for x in np.exp(rng.uniform(-1.5, 3, 2)))
        usual = float(rng.choice([0, rng.uniform(0, 0.8), 0.8]))
        cosine = float(rng.choice([rng.uniform(-0.9, usual + 0.13), rng.uniform(0.03, 0.13) + usual,
                                   rng.uniform(usual + 0.17, 0.995)]))
        return ({"says": "alike", "usual": usual, "dot": cosine * math.prod(lengths),
                 "lengths": lengths, "rank": int(rng.choice([*range(1, 15), 50, 2000]))},)
    if kind == 2:
        words = [str(word) for word in rng.permutation(NAMES)[:rng.integers(1, 7)]]
        others = [str(word) for word in rng.permutation(NAMES)[:rng.integers(1, 7)]]
        if rng.random() < 0.7:
            others = [str(word) for word in rng.permutation(words)]
            if rng.random() < 0.4:
                place = int(rng.integers(len(others)))
                others[place] = str(rng.choice(["new", others[place].swapcase()]))
            elif rng.random() < 0.4:
                others.append("new")
        lists = (words, others) if rng.random() < 0.5 else (others, words)
        best = float(rng.uniform(2, 300))
        return ({"says": "predicts better", "perplexities": (best, best * rng.uniform(1.01, 9)),
                 "words": lists},)
    least, most = sorted(rng.uniform(0.02, 0.98, 2).tolist())
    gap = most - least
    spare = rng.choice([0.3, 0.6, 0.9, 1.4]) * gap + 0.02
    part = rng.uniform(0, 1)
    intervals = ((most - part * spare, most + rng.uniform(0.01, 0.1)),
                 (least - rng.uniform(0.01, 0.1), least + (1 - part) * spare))
    if abs(intervals[0][0] - intervals[1][1]) < 0.01:
        return _claim(rng)
    return ({"says": "finds more", "shares": (most, least), "intervals": intervals},)


def _cell(rng) -> tuple:
    """Any table of counts; the cell is often 0 or a lone one, its row or column at times empty."""
    V = int(rng.integers(1, 9))
    counts = np.floor(np.exp(rng.uniform(-2, rng.choice([1, 3, 7]), (V, V)))).astype(np.int64)
    word, neighbour = int(rng.integers(V)), int(rng.integers(V))
    how = rng.random()
    if how < 0.15:
        counts[word, neighbour] = 0
    elif how < 0.3:
        counts[word], counts[word, neighbour] = 0, rng.integers(0, 3)
    elif how < 0.4:
        counts[:, neighbour] = 0
    elif how < 0.7:
        counts[word, neighbour] += int(rng.integers(1, 200))
    return (counts, word, neighbour) if counts.sum() else _cell(rng)


def _network(rng) -> tuple:
    V, n, m, h = (int(x) for x in np.exp(rng.uniform([0, 0.7, 0, 0], [10, 2.5, 5, 6])))
    direct = bool(rng.integers(2))
    return max(V, 2), max(n, 2), m, 0 if direct and rng.random() < 0.2 else h, direct


def _analogy(rng) -> tuple:
    """Rows of any lengths; the three of the question lie near each other in half the calls."""
    V, d = int(rng.integers(4, 10)), int(rng.integers(2, 7))
    while True:
        rows = rng.normal(size=(V, d))
        asked = [int(i) for i in rng.permutation(V)[:3]]
        if rng.random() < 0.5:
            rows[asked] = rows[asked[0]] + rng.normal(0, 0.5, (3, d))
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        a, b, c = unit[asked]
        best = np.sort(np.delete(unit @ (b - a + c), asked))
        if len(best) == 1 or best[-1] - best[-2] > 0.02:
            break
    words = [str(word) for word in rng.permutation(NAMES)[:V]]
    return words, rows * np.exp(rng.normal(0, 1.2, (V, 1))), *(words[i] for i in asked)


def _together(sentences, window) -> set:
    found = set()
    for s in sentences:
        for k in range(1, window + 1):
            found |= set(zip(s, s[k:], strict=False)) | set(zip(s[k:], s, strict=False))
    return found


def _record(rng) -> tuple:
    """A run that has one of the bugs, or none; each of the others is made impossible."""
    bug = int(rng.integers(5))
    V, window = int(rng.integers(4, 20)), int(rng.integers(1, 5))
    known = rng.permutation(V)[:max(3, V - int(rng.integers(4)))]
    sentences = [rng.choice(known, rng.integers(2, 9)).tolist() for _ in range(rng.integers(1, 6))]
    right = sorted(_together(sentences, window))
    pairs = [right[i] for i in rng.integers(len(right), size=rng.integers(1, 9))]
    if bug == 4:
        likely = {(s[0], s[-1]) for s in sentences} | _together([sum(sentences, [])], window)
        likely |= {pair[::-1] for pair in likely}
        some = likely if rng.random() < 0.7 else {(int(a), int(b)) for a in known for b in known}
        wrong = sorted(some - set(right))
        if not wrong:
            return _record(rng)
        pairs[rng.integers(len(pairs))] = wrong[rng.integers(len(wrong))]
    negatives = []
    for _, context in pairs:
        free = [id for id in range(V) if id != context and (bug != 3 or 2 * id < V)]
        negatives.append(rng.choice(free, rng.integers(1, 6)).tolist())
    if bug == 2:
        hit = int(rng.integers(len(pairs)))
        negatives[hit].insert(int(rng.integers(len(negatives[hit]) + 1)), pairs[hit][1])
    if (max(map(max, negatives)) * 2 < V) != (bug == 3):
        return _record(rng)
    losses = rng.uniform(0.5, 6, rng.integers(2, 7)).tolist()
    losses[-1] = losses[0] - rng.uniform(0.05, 0.4)
    if bug == 1:
        losses[-1] = float(rng.choice([np.nan, np.inf, losses[0], losses[0] + 0.1, 1e4]))
    return ({"sentences": sentences, "window": window, "V": V, "pairs": pairs,
             "negatives": negatives, "losses": losses},)


def _thinned(rng) -> tuple:
    n = int(rng.integers(1, 10))
    counts = (10.0 ** rng.uniform(0, rng.choice([1, 3, 6]), n)).astype(np.int64)
    counts[rng.random(n) < rng.choice([0.0, 0.3])] = 0
    if not counts.any():
        counts[rng.integers(n)] = 4
    return counts, float(10.0 ** rng.uniform(-5, -0.5)), float(rng.choice([
        0.0, 0.25, 0.75, 1.0, 1.5]))


def _ends(solved: int, n: int, z: float = 1.96) -> tuple[float, float]:
    p = solved / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    return middle - half, middle + half


def _solved(rng) -> tuple:
    """Any two results, but none that hangs by a hair (ends of intervals 0.002 apart or less)."""
    n = int(rng.choice([rng.integers(2, 30), rng.integers(30, 200), rng.integers(200, 1500)]))
    while True:
        a = int(rng.choice([0, n, *rng.integers(n + 1, size=10)]))
        low, high = _ends(a, n)
        close = int(rng.choice([1, -1])), rng.random() < 0.8
        for b in range(a, n + 1) if close[0] > 0 else range(a, -1, -1):
            other_low, other_high = _ends(b, n)
            gap = max(other_low - high, low - other_high)
            if close[1] and (gap > 0.002 or -0.03 < gap < -0.002) and rng.random() < 0.5:
                return a, b, n
        b = int(rng.integers(n + 1))
        gap = max(_ends(b, n)[0] - high, low - _ends(b, n)[1])
        if abs(gap) > 0.002:
            return a, b, n


def _pieces(rng) -> tuple:
    """Words of few letters; the table holds pieces, longer and shorter ones, and strangers."""
    word = "".join(rng.choice([*"anoA"], rng.integers(0, 10)))
    shortest, more = int(rng.integers(2, 6)), int(rng.integers(0, 5))
    text, d = f"<{word}>", int(rng.integers(1, 5))
    known = {text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)}
    known |= {word, f"<{word[:3]}>", f"<{word[1:]}>", "xy", "<<"} - {""}
    kept = [piece for piece in sorted(known) if rng.random() < 0.5]
    if rng.random() < 0.15:
        kept = [piece for piece in kept if piece not in text]
    table = {piece: rng.normal(0, 5, d) for piece in kept or ["other"]}
    return word, table, shortest, shortest + more


def _sides(rng) -> tuple:
    d = int(rng.integers(2, 6))
    names = [str(word) for word in rng.permutation(NAMES)]
    cuts = np.sort(rng.choice(np.arange(1, 9), 3, replace=False))
    X, Y, A, B = (list(part) for part in np.split(np.array(names), cuts))
    X, Y, A, B = ([str(word) for word in part] for part in (X, Y, A, B))
    rows = rng.normal(size=(len(names), d)) * np.exp(rng.uniform(-2, 2, (len(names), 1)))
    vectors = dict(zip(names, rows, strict=True)) | {"else": rng.normal(size=d)}
    unit = {word: row / math.sqrt(row @ row) for word, row in vectors.items()}
    leans = [np.mean([unit[w] @ unit[a] for a in A]) - np.mean([unit[w] @ unit[b] for b in B])
             for w in X + Y]
    order = [str(word) for word in rng.permutation(list(vectors))]
    vectors = {word: vectors[word] for word in order}
    return (vectors, X, Y, A, B) if np.std(leans) > 0.02 else _sides(rng)


CALLS = {
    "2.1": _ids, "2.2": _near, "2.3": _step, "2.4": _claim, "2.5": _cell, "2.6": _cbow,
    "2.7": _network, "2.8": _analogy, "2.9": _record, "2.10": _thinned, "2.11": _solved,
    "2.12": _pieces, "2.13": _sides,
}
