"""Exercises of notebook 02: right answers of every style pass, typical slips are named."""

from __future__ import annotations

import itertools
import math
import statistics
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import metrics
from helpers import word_vectors as wv
from helpers.exercises import engine
from helpers.exercises.word_vectors import EXERCISES, claims, faults

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # nan and inf, as wrong answers
RECORDS = {record.id: record for record in EXERCISES}
RIGHT = {id: record.solution for id, record in RECORDS.items()}
each_exercise = pytest.mark.parametrize("record", EXERCISES, ids=lambda record: record.id)


def drawn(id: str, number: int = 100) -> list[tuple]:
    """Return arguments as the check of an exercise draws them, and its examples."""
    rng = np.random.default_rng(5)
    return [*RECORDS[id].examples, *(RECORDS[id].cases(rng) for _ in range(number))]


# The references are the course's own, or torch's

def test_a_product_with_one_hot_rows_is_a_look_up_and_ids_that_are_none_are_refused():
    refused = 0
    for ids, C in drawn("2.1"):
        if min(ids) < 0 or max(ids) >= len(C):
            refused += 1
            with pytest.raises(ValueError, match=f"C has {len(C)} rows"):
                RIGHT["2.1"](ids, C)
        else:
            one_hot, rows = RIGHT["2.1"](ids, C)
            np.testing.assert_array_equal(one_hot, F.one_hot(torch.tensor(ids), len(C)))
            np.testing.assert_array_equal(rows, C[ids])
    assert refused > 10


def test_the_nearest_words_are_those_of_the_package():
    for words, rows, word, k in drawn("2.2"):
        theirs = wv.WordVectors(words, rows).neighbours(word, k)
        assert RIGHT["2.2"](words, rows, word, k) == [other for other, _ in theirs]


def loss_of_a_pair(c, o, negatives):
    return -F.logsigmoid(o @ c) - F.logsigmoid(-negatives @ c).sum()


def test_one_update_is_a_step_down_the_slope_that_autograd_finds():
    for rows_in, rows_out, centre, context, negatives, rate in drawn("2.3"):
        tables = [torch.tensor(rows, requires_grad=True) for rows in (rows_in, rows_out)]
        others = [id for id in negatives if id != context]
        loss_of_a_pair(tables[0][centre], tables[1][context], tables[1][others]).backward()
        mine = RIGHT["2.3"](rows_in, rows_out, centre, context, negatives, rate)
        for table, new in zip(tables, mine, strict=True):
            np.testing.assert_allclose(new, table.detach() - rate * table.grad, atol=1e-9)


def test_one_update_is_that_of_the_model_in_the_package():
    for rows_in, rows_out, centre, context, negatives, rate in drawn("2.3", 20):
        if not negatives:
            continue
        model = wv.SkipGram(*rows_in.shape)
        model.rows_in, model.rows_out = (torch.tensor(rows).float() for rows in (rows_in, rows_out))
        model.update(*(torch.tensor([ids]) for ids in (centre, context, negatives)), rate)
        mine = RIGHT["2.3"](rows_in, rows_out, centre, context, negatives, rate)
        np.testing.assert_allclose(model.rows_in, mine[0], atol=1e-5)
        np.testing.assert_allclose(model.rows_out, mine[1], atol=1e-5)


def test_each_verdict_occurs_and_follows_from_cosine_words_and_intervals():
    seen = Counter()
    for (claim,) in drawn("2.4", 300):
        said = RIGHT["2.4"](claim)
        seen[said] += 1
        if claim["says"] == "alike":
            one, other = claim["lengths"]
            above = claim["dot"] / one / other - claim["usual"]
            assert (said == "fair") == (above >= 0.15)
            assert abs(above - 0.15) > 0.02
            seen["fair below 0.5"] += said == "fair" and claim["dot"] < one * other / 2
            seen["above 0.5, not fair"] += said != "fair" and claim["dot"] > one * other / 2
            assert 0 <= claim["usual"] <= 0.8
            assert said != "frequency" or claim["dot"] > 1 and claim["rank"] > 10
        elif claim["says"] == "predicts better":
            assert (said == "fair") == (Counter(claim["words"][0]) == Counter(claim["words"][1]))
            assert claim["perplexities"][0] < claim["perplexities"][1]
        else:
            (low, high), (other_low, other_high) = claim["intervals"]
            assert (said == "fair") == (low > other_high or other_low > high)
            assert claim["shares"][0] > claim["shares"][1]
    assert set(seen) == {*claims.NAMES, "fair below 0.5", "above 0.5, not fair"}
    assert min(seen.values()) > 10


def test_a_cell_of_ppmi_is_that_of_the_packages_table_without_smoothing():
    for counts, word, neighbour in drawn("2.5"):
        theirs = wv.ppmi(counts, smoothing=1)[word, neighbour]
        assert RIGHT["2.5"](counts, word, neighbour) == pytest.approx(theirs, abs=1e-5)


def test_the_slope_of_cbow_is_what_autograd_finds_and_the_packages_added_up():
    for rows_in, rows_out, around, centre, negatives in drawn("2.6"):
        table, others = torch.tensor(rows_in, requires_grad=True), torch.tensor(rows_out)
        loss_of_a_pair(table[around].mean(dim=0), others[centre], others[negatives]).backward()
        mine = RIGHT["2.6"](rows_in, rows_out, around, centre, negatives)
        np.testing.assert_allclose(mine, table.grad, atol=1e-9)
        _, theirs, _, _ = wv.cbow_step(rows_in[around], rows_out[centre], rows_out[negatives])
        np.testing.assert_allclose(mine.sum(axis=0), theirs.sum(axis=0), atol=1e-9)


def test_numbers_of_the_network_are_counted_as_torch_counts_them():
    assert RIGHT["2.7"](17_964, 5, 60, 100, True) == (7_227_664, 401, 1_083_840)
    for V, n, m, h, direct in drawn("2.7", 20):
        total, per_word, per_place = RIGHT["2.7"](V, n, m, h, direct)
        assert total == wv.parameter_count(V, n, m, h, direct=direct)
        assert total + per_word == wv.parameter_count(V + 1, n, m, h, direct=direct)
        assert total + per_place == wv.parameter_count(V, n + 1, m, h, direct=direct)
    model = wv.NeuralNgram(50, 4, 7, 3, before=0)
    assert RIGHT["2.7"](50, 4, 7, 3, True)[0] == sum(p.numel() for p in model.parameters())


def test_an_analogy_is_solved_as_in_the_package():
    for words, rows, *asked in drawn("2.8"):
        (theirs, _), = wv.WordVectors(words, rows).analogy(*asked, number=1)
        assert RIGHT["2.8"](words, rows, *asked) == theirs


def test_a_run_of_the_package_has_no_bug():
    words = wv.toy_words()
    sentences = [np.array([words.index(word) for word in s]) for s in wv.toy_sentences()]
    rng = np.random.default_rng(0)
    pairs = np.concatenate([wv.pairs(sentence, 2, rng) for sentence in sentences])
    noise = wv.noise_probabilities(np.bincount(np.concatenate(sentences)))
    negatives = rng.choice(len(words), (len(pairs), 3), p=noise)
    record = {"sentences": [s.tolist() for s in sentences], "window": 2, "V": len(words),
              "pairs": [tuple(pair) for pair in pairs.tolist()],
              "negatives": [[id for id in drawn if id != context] for (_, context), drawn in zip(
                  pairs.tolist(), negatives.tolist(), strict=True)]}
    losses = []
    model = wv.SkipGram(len(words), 8)
    for _ in range(40):
        losses.append(model.update(*torch.tensor(pairs.T), torch.tensor(negatives), 0.05))
    assert RIGHT["2.9"](record | {"losses": losses[::10]}) == "nothing"
    assert RIGHT["2.9"](record | {"losses": losses[::-10]}) == "rate too large"
    assert RIGHT["2.9"](record | {"losses": losses[::10], "negatives": negatives.tolist()}) == (
        "target among negatives")
    text = np.concatenate(sentences)
    across = [tuple(pair) for pair in wv.pairs(text, 2, rng).tolist()]
    few = [[(context + 1) % 8] for _, context in across]
    assert RIGHT["2.9"](record | {"losses": losses[::10], "pairs": across,
                                  "negatives": few}) == "common words only"
    assert RIGHT["2.9"](record | {"losses": losses[::10], "pairs": across, "negatives": [
        [(context + 1) % 16] for _, context in across]}) == "across sentences"


def test_each_bug_is_found_alone():
    seen = Counter(RIGHT["2.9"](run) for (run,) in drawn("2.9", 200))
    assert set(seen) == set(faults.NAMES)
    assert min(seen.values()) > 20


def test_chances_to_be_kept_and_drawn_are_the_packages_where_words_came():
    for counts, sample, power in drawn("2.10"):
        keep, noise = RIGHT["2.10"](counts, sample, power)
        came = counts > 0
        np.testing.assert_allclose(keep[came], wv.keep_probabilities(counts[came], sample))
        np.testing.assert_allclose(noise[came], wv.noise_probabilities(counts[came], power))
        assert (keep[~came] == 1).all()
        assert (noise[~came] == 0).all()


def test_shares_that_could_lie_behind_a_result_are_wilsons_interval():
    seen = Counter()
    for a, b, questions in drawn("2.11", 300):
        (_, low, high), (_, other_low, other_high) = (
            metrics.share_with_interval(solved, questions) for solved in (a, b))
        wanted = "a" if low > other_high else "b" if other_low > high else "cannot say"
        assert RIGHT["2.11"](a, b, questions) == wanted
        seen[wanted] += 1
    assert min(seen[name] for name in ("a", "b", "cannot say")) > 50


def test_pieces_are_those_of_the_paper():
    wanted = ["<wh", "whe", "her", "ere", "re>", "<where>"]    # Bojanowski et al. 2017, for n = 3
    table = dict(zip(wanted, np.eye(6), strict=True))
    table |= {"her>": np.full(6, 9.0), "<her>": np.full(6, 9.0), "where": np.full(6, 9.0)}
    np.testing.assert_allclose(RIGHT["2.12"]("where", table, 3, 3), np.full(6, 1 / 6))
    np.testing.assert_array_equal(RIGHT["2.12"]("sky", table, 3, 3), np.zeros(6))
    np.testing.assert_allclose(RIGHT["2.12"]("here", table, 3, 4), [0, 0, 1/3, 1/3, 1/3, 0])
    twice = {"ana": np.array([6.0, 0]), "nan": np.array([0, 6.0]), "<a>": np.array([1.0, 2])}
    np.testing.assert_allclose(RIGHT["2.12"]("banana", twice, 3, 9), [3, 3])
    np.testing.assert_allclose(RIGHT["2.12"]("a", twice | {"a": np.zeros(2)}, 3, 3), [1, 2])


def test_a_lean_is_the_packages_association_and_turns_its_sign_when_lists_are_changed_over():
    for vectors, X, Y, A, B in drawn("2.13"):
        known = wv.WordVectors(list(vectors), np.array(list(vectors.values())))
        of_X, of_Y = (wv.association(known, words, A, B) for words in (X, Y))
        wanted = (of_X.mean() - of_Y.mean()) / np.std([*of_X, *of_Y])
        assert RIGHT["2.13"](vectors, X, Y, A, B) == pytest.approx(wanted)
        assert RIGHT["2.13"](vectors, Y, X, A, B) == pytest.approx(-wanted)
        assert RIGHT["2.13"](vectors, X, Y, B, A) == pytest.approx(-wanted)
        assert -2.0001 <= wanted * min(1, 2 * math.sqrt(len(X) * len(Y)) / len(X + Y)) <= 2.0001


# Right answers, as learners write them

def look_up_by_torch(ids, C):
    if any(id < 0 or id > len(C) - 1 for id in ids):
        raise ValueError("every id must be a row of C")
    one_hot = F.one_hot(torch.tensor(ids), num_classes=C.shape[0]).double()
    return one_hot, one_hot @ torch.tensor(C)


def look_up_by_range(ids, C):
    if not set(ids) <= set(range(len(C))):
        raise ValueError(f"{set(ids) - set(range(len(C)))}: no such rows")
    one_hot = np.zeros((len(ids), len(C)))
    for row, id in zip(one_hot, ids, strict=True):
        row[id] = 1
    return [one_hot, np.dot(one_hot, C)]


def look_up_by_eye(ids, C):
    ids = np.asarray(ids)
    if (ids < 0).any() or (ids >= C.shape[0]).any():
        raise ValueError("ids out of range")
    one_hot = np.eye(C.shape[0], dtype=int)[ids]
    return one_hot, np.einsum("nv,vm->nm", one_hot, C)


def nearest_by_torch(words, rows, word, k):
    rows = torch.tensor(rows)
    cosines = F.cosine_similarity(rows, rows[[words.index(word)]], dim=1)
    cosines[words.index(word)] = -2
    return [words[i] for i in cosines.argsort(descending=True)[:-1][:k]]


def nearest_by_removing(words, rows, word, k):
    norm = np.sqrt((rows ** 2).sum(1))
    unit = np.divide(rows, norm[:, None], out=np.zeros_like(rows), where=norm[:, None] > 0)
    found = [words[i] for i in np.argsort(unit @ unit[words.index(word)])[::-1]]
    found.remove(word)
    return found[:k]


def nearest_by_tuples(words, rows, word, k):
    mine = dict(zip(words, rows.tolist(), strict=True))[word]
    scored = []
    for w, row in zip(words, rows.tolist(), strict=True):
        if w == word:
            continue
        length = math.hypot(*mine) * math.hypot(*row)
        scored.append((sum(map(lambda a, b: a * b, mine, row)) / length if length else 0.0, w))
    return [w for _, w in sorted(scored, reverse=True)][:k]


def update_by_autograd(rows_in, rows_out, centre, context, negatives, rate):
    a, b = (torch.tensor(rows, requires_grad=True) for rows in (rows_in, rows_out))
    rest = [id for id in negatives if id != context]
    loss_of_a_pair(a[centre], b[context], b[rest]).backward()
    return (a - rate * a.grad).detach().numpy(), (b - rate * b.grad).detach().numpy()


def update_by_add_at(rows_in, rows_out, centre, context, negatives, rate):
    negatives = [n for n in negatives if n != context]
    c = rows_in[centre]
    good = 1 / (1 + np.exp(-(rows_out[context] @ c)))
    bad = 1 / (1 + np.exp(-(rows_out[negatives] @ c))) if negatives else np.zeros(0)
    new_in, new_out = np.array(rows_in), np.array(rows_out)
    new_in[centre] -= rate * (good - 1) * rows_out[context]
    if negatives:
        new_in[centre] -= rate * bad @ rows_out[negatives]
        np.add.at(new_out, negatives, -rate * bad[:, None] * c)
    new_out[context] -= rate * (good - 1) * c
    return new_in, new_out


def update_by_counts(rows_in, rows_out, centre, context, negatives, rate):
    times = Counter(negatives)
    del times[context]
    new_in, new_out, c = rows_in.tolist(), rows_out.tolist(), rows_in[centre].tolist()
    for id, n, aim in [(context, 1, 1), *((id, n, 0) for id, n in times.items())]:
        o = rows_out[id].tolist()
        push = rate * n * (aim - 1 / (1 + math.exp(-sum(map(float.__mul__, c, o)))))
        for place in range(len(c)):
            new_in[centre][place] += push * o[place]
            new_out[id][place] += push * c[place]
    return new_in, new_out


def verdict_by_match(claim):
    match claim:
        case {"dot": dot, "lengths": (one, other), "rank": rank, "usual": usual}:
            far = dot - usual * one * other < 0.15 * one * other
            return ["fair", "frequency", "plane"][far * (1 + (rank <= 10))]
        case {"words": (mine, theirs)}:
            return "fair" if not set(mine).symmetric_difference(theirs) else "vocabularies"
        case {"intervals": ((low, _), (_, high))}:
            return "chance" if low <= high else "fair"


def verdict_early(claim):
    kind = claim["says"]
    if kind == "alike":
        above = claim["dot"] / claim["lengths"][0] / claim["lengths"][1] - claim["usual"]
        return "fair" if above >= 0.15 else "frequency" if claim["rank"] > 10 else "plane"
    if kind == "predicts better" and Counter(claim["words"][0]) != Counter(claim["words"][1]):
        return "vocabularies"
    if kind == "finds more" and claim["intervals"][1][1] >= claim["intervals"][0][0]:
        return "chance"
    return "fair"


def ppmi_by_fractions(counts, word, neighbour):
    n, total = int(counts[word, neighbour]), int(counts.sum())
    if not n:
        return 0
    ratio = Fraction(n * total, int(counts[word].sum()) * int(counts[:, neighbour].sum()))
    return math.log(ratio) if ratio > 1 else 0


def ppmi_by_shares(counts, word, neighbour):
    p = counts / counts.sum()
    if p[word, neighbour] > 0:
        pmi = np.log(p[word, neighbour]) - np.log(p.sum(1)[word]) - np.log(p.sum(0)[neighbour])
        return np.clip(pmi, 0, None)
    return 0.0


def ppmi_of_a_table(counts, word, neighbour):
    with np.errstate(all="ignore"):
        chance = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
        return np.maximum(np.nan_to_num(np.log(counts / chance), neginf=0), 0)[word, neighbour]


def cbow_by_autograd(rows_in, rows_out, around, centre, negatives):
    table, out = torch.tensor(rows_in, requires_grad=True), torch.tensor(rows_out)
    loss_of_a_pair(table[around].mean(0), out[centre], out[negatives]).backward()
    return table.grad


def cbow_by_add_at(rows_in, rows_out, around, centre, negatives):
    m = np.mean([rows_in[id] for id in around], axis=0)
    step = (1 / (1 + np.exp(-rows_out[centre] @ m)) - 1) * rows_out[centre]
    for id in negatives:
        step = step + rows_out[id] / (1 + np.exp(-rows_out[id] @ m))
    slope = np.zeros_like(rows_in)
    np.add.at(slope, around, step / len(around))
    return slope


def cbow_by_counts(rows_in, rows_out, around, centre, negatives):
    n, m = len(around), rows_in[around].sum(0) / len(around)
    o = rows_out[[centre] + negatives]
    error = 1 / (1 + np.exp(-o @ m)) - (np.arange(len(o)) == 0)
    return np.array([around.count(id) / n * (error @ o) for id in range(len(rows_in))])


def numbers_by_the_formula(V, n, m, h, direct):
    whole = V * (1 + n * m + h) + h * (1 + (n - 1) * m)
    if direct:
        return whole, 1 + n * m + h, V * m + h * m
    return whole - V * (n - 1) * m, 1 + m + h, h * m


def numbers_by_torch_shapes(V, n, m, h, direct):
    def count(V, n):
        shapes = [(V, m), ((n - 1) * m, h), (h,), (h, V), (V,)]
        shapes += [((n - 1) * m, V)] if direct else []
        return sum(math.prod(shape) for shape in shapes)
    return count(V, n), count(V + 1, n) - count(V, n), count(V, n + 1) - count(V, n)


def solve_by_minus_infinity(words, rows, a, b, c):
    unit = rows / np.linalg.norm(rows, axis=-1)[:, None]
    at = {word: i for i, word in enumerate(words)}
    scores = unit @ (unit[at[b]] - unit[at[a]] + unit[at[c]])
    scores[[at[a], at[b], at[c]]] = -np.inf
    return words[scores.argmax()]


def solve_by_distance(words, rows, a, b, c):
    """Among rows of length 1 the nearest end point is the one of largest cosine."""
    unit = {w: row / math.sqrt(row @ row) for w, row in zip(words, rows, strict=True)}
    target = unit[b] - unit[a] + unit[c]
    rest = set(words) - {a, b, c}
    return min(rest, key=lambda w: np.linalg.norm(unit[w] - target))


def bug_by_places(run):
    first, *_, last = run["losses"]
    if math.isnan(last) or last >= first:
        return "rate too large"
    if any(drawn.count(c) for (_, c), drawn in zip(run["pairs"], run["negatives"], strict=True)):
        return "target among negatives"
    if not any(2 * id >= run["V"] for id in itertools.chain(*run["negatives"])):
        return "common words only"
    for a, b in run["pairs"]:
        gaps = [abs(i - j) for s in run["sentences"] for i, x in enumerate(s)
                for j, y in enumerate(s) if (x, y) == (a, b) and i != j]
        if not gaps or min(gaps) > run["window"]:
            return "across sentences"
    return "nothing"


def bug_by_marked_text(run):
    """The sentences as one text, with marks between them that are wider than any window."""
    if not run["losses"][0] > run["losses"][-1]:
        return "rate too large"
    if True in [pair[1] in some for pair, some in zip(run["pairs"], run["negatives"],
                                                      strict=True)]:
        return "target among negatives"
    if np.concatenate(run["negatives"]).max() < run["V"] / 2:
        return "common words only"
    text = [id for s in run["sentences"] for id in [*s, *[None] * run["window"]]]
    allowed = {pair for k in range(1, run["window"] + 1)
               for one in [list(zip(text, text[k:], strict=False))]
               for pair in [*one, *(p[::-1] for p in one)]}
    return "across sentences" if set(run["pairs"]) - allowed else "nothing"


def chances_by_where(counts, sample, power):
    f = np.where(counts > 0, counts, 1) / counts.sum()
    keep = np.where(counts > 0, np.clip(np.sqrt(sample / f) + sample / f, 0, 1), 1)
    weights = np.where(counts == 0, 0, np.maximum(counts, 1).astype(float) ** power)
    return [keep, weights / weights.sum()]


def chances_of_shares(counts, sample, power):
    """Powers of shares, brought to the sum 1, are those of counts."""
    f = counts / sum(counts)
    keep = [1.0 if x <= sample / 10 else min(1, (sample / x) ** 0.5 + sample / x) for x in f]
    noise = np.array([x ** power if x else 0 for x in f])
    return keep, noise / noise.sum()


def better_by_metrics(solved_a, solved_b, questions):
    (_, *a), (_, *b) = (metrics.share_with_interval(s, questions) for s in (solved_a, solved_b))
    if a[0] > b[1] or b[0] > a[1]:
        return "a" if solved_a > solved_b else "b"
    return "cannot say"


def better_in_a_loop(solved_a, solved_b, questions):
    for i in range(5001):
        x = i / 5000
        reach = 1.96 * math.sqrt(x * (1 - x) / questions)
        if max(abs(solved_a / questions - x), abs(solved_b / questions - x)) <= reach:
            return "cannot say"
    return "b" if solved_b > solved_a else "a"


def better_by_roots(solved_a, solved_b, questions):
    """The ends are the roots of (n + z²) x² - (2 n p + z²) x + n p²."""
    z2, n = 1.96 ** 2, questions
    ends = [sorted(np.roots([n + z2, -(2 * s + z2), s * s / n]).real) for s in (solved_a, solved_b)]
    if ends[0][0] > ends[1][1]:
        return "a"
    return "b" if ends[1][0] > ends[0][1] else "cannot say"


def vector_by_comprehension(word, table, shortest, longest):
    w = "<" + word + ">"
    pieces = {w[i:j] for i in range(len(w)) for j in range(i + shortest, min(i + longest,
                                                                           len(w)) + 1)} | {w}
    found = [table[p] for p in sorted(pieces & table.keys())]
    return sum(found) / len(found) if found else np.zeros_like(next(iter(table.values())))


def vector_by_torch(word, table, shortest, longest):
    w, rows = f"<{word}>", []
    grams = [w] + [w[i:i + n] for n in range(shortest, longest + 1)
                   for i in range(max(0, len(w) - n + 1))]
    for gram in dict.fromkeys(grams):
        if gram in table:
            rows.append(torch.tensor(table[gram]))
    return torch.stack(rows).mean(0) if rows else torch.zeros(len(list(table.values())[0]))


def leaning_by_statistics(vectors, X, Y, A, B):
    def cos(u, v):
        return float(u @ v / math.sqrt(u @ u) / math.sqrt(v @ v))
    s = {w: statistics.fmean(cos(vectors[w], vectors[a]) for a in A)
         - statistics.fmean(cos(vectors[w], vectors[b]) for b in B) for w in X + Y}
    gap = statistics.fmean(s[x] for x in X) - statistics.fmean(s[y] for y in Y)
    return gap / statistics.pstdev(s.values())


def leaning_by_tables(vectors, X, Y, A, B):
    x, y, a, b = (F.normalize(torch.tensor(np.array([vectors[w] for w in words])), dim=1)
                  for words in (X, Y, A, B))
    leans = [(side @ a.T).mean(1) - (side @ b.T).mean(1) for side in (x, y)]
    return (leans[0].mean() - leans[1].mean()) / torch.cat(leans).std(correction=0)


ACCEPTED = [
    *(("2.1", answer) for answer in (look_up_by_torch, look_up_by_range, look_up_by_eye)),
    *(("2.2", answer) for answer in (nearest_by_torch, nearest_by_removing, nearest_by_tuples)),
    *(("2.3", answer) for answer in (update_by_autograd, update_by_add_at, update_by_counts)),
    *(("2.4", answer) for answer in (verdict_by_match, verdict_early,
                                     lambda claim: np.str_(RIGHT["2.4"](claim)))),
    *(("2.5", answer) for answer in (ppmi_by_fractions, ppmi_by_shares, ppmi_of_a_table)),
    *(("2.6", answer) for answer in (cbow_by_autograd, cbow_by_add_at, cbow_by_counts)),
    *(("2.7", answer) for answer in (numbers_by_the_formula, numbers_by_torch_shapes,
                                     lambda *given: np.array(RIGHT["2.7"](*given)))),
    *(("2.8", answer) for answer in (solve_by_minus_infinity, solve_by_distance,
                                     lambda *given: np.str_(RIGHT["2.8"](*given)))),
    *(("2.9", answer) for answer in (bug_by_places, bug_by_marked_text,
                                     lambda run: "".join(RIGHT["2.9"](run)))),
    *(("2.10", answer) for answer in (chances_by_where, chances_of_shares,
                                      lambda *given: tuple(map(torch.tensor,
                                                               RIGHT["2.10"](*given))))),
    *(("2.11", answer) for answer in (better_by_metrics, better_in_a_loop, better_by_roots)),
    *(("2.12", answer) for answer in (vector_by_comprehension, vector_by_torch,
                                      lambda *given: RIGHT["2.12"](*given).tolist())),
    *(("2.13", answer) for answer in (leaning_by_statistics, leaning_by_tables,
                                      lambda v, X, Y, A, B: -RIGHT["2.13"](v, Y, X, A, B))),
]


@pytest.mark.parametrize(("id", "answer"), ACCEPTED)
def test_a_right_answer_passes_however_it_is_written(id, answer):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "passed", verdict.message


# Wrong answers, as learners write them, and what they are told

def look_up_unchecked(ids, C):
    one_hot = np.zeros((len(ids), len(C)))
    for n, id in enumerate(ids):
        one_hot[n][id] = 1
    return one_hot, one_hot @ C


def look_up_of_zeros(ids, C):
    one_hot = np.array([[float(id == v) for v in range(len(C))] for id in ids])
    return one_hot, one_hot @ C


def nearest_by_dot(words, rows, word, k):
    scores = dict(zip(words, rows @ rows[words.index(word)], strict=True))
    del scores[word]
    return sorted(scores, key=scores.get, reverse=True)[:k]


def nearest_with_nan(words, rows, word, k):
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    found = [words[i] for i in np.argsort(-(unit @ unit[words.index(word)]))]
    return [w for w in found if w != word][:k]


def nearest_from_the_second(words, rows, word, k):
    lengths = np.maximum(np.linalg.norm(rows, axis=1), 1e-12)
    cosines = rows @ rows[words.index(word)] / lengths
    return [words[i] for i in np.argsort(-cosines, kind="stable")][1:k + 1]


def update_everywhere(rows_in, rows_out, centre, context, negatives, rate):
    ids, new_in, new_out = [context, *negatives], rows_in.copy(), rows_out.copy()
    error = np.eye(len(ids))[0] - 1 / (1 + np.exp(-rows_out[ids] @ rows_in[centre]))
    new_in[centre] += rate * error @ rows_out[ids]
    np.add.at(new_out, ids, rate * np.outer(error, rows_in[centre]))
    return new_in, new_out


def update_doubles_lost(rows_in, rows_out, centre, context, negatives, rate):
    ids = [context, *(n for n in negatives if n != context)]
    new_in, new_out = rows_in.copy(), rows_out.copy()
    error = np.eye(len(ids))[0] - 1 / (1 + np.exp(-rows_out[ids] @ rows_in[centre]))
    new_in[centre] += rate * error @ rows_out[ids]
    new_out[ids] += rate * error[:, None] * rows_in[centre]
    return new_in, new_out


def update_in_place(rows_in, rows_out, centre, context, negatives, rate):
    for id, aim in [(context, 1), *((n, 0) for n in negatives if n != context)]:
        push = rate * (aim - 1 / (1 + np.exp(-rows_in[centre] @ rows_out[id])))
        rows_in[centre] += push * rows_out[id]
        rows_out[id] += push * rows_in[centre]
    return rows_in, rows_out


def verdict_by_the_dot_product(claim):
    if claim["says"] == "alike" and claim["dot"] - claim["usual"] >= 0.15:
        return "fair"
    if claim["says"] == "alike":
        return "plane" if claim["rank"] <= 10 else "frequency"
    return RIGHT["2.4"](claim)


def verdict_by_a_long_row(claim):
    if claim["says"] == "alike" and claim["dot"] > claim["usual"]:
        return "fair"
    return RIGHT["2.4"](claim | {"usual": math.inf})


def verdict_by_half(claim):
    if claim["says"] == "alike" and 2 * claim["dot"] >= math.prod(claim["lengths"]):
        return "fair"
    return RIGHT["2.4"](claim | {"usual": math.inf})


def verdict_by_sizes(claim):
    if "words" in claim:
        return "fair" if len(claim["words"][0]) == len(claim["words"][1]) else "vocabularies"
    return RIGHT["2.4"](claim)


def ppmi_in_bits(counts, word, neighbour):
    return RIGHT["2.5"](counts, word, neighbour) / math.log(2)


def ppmi_uncut(counts, word, neighbour):
    if not counts[word, neighbour]:
        return 0.0
    p = counts / counts.sum()
    return np.log(p[word, neighbour] / (p[word].sum() * p[:, neighbour].sum()))


def cbow_by_fancy_indexing(rows_in, rows_out, around, centre, negatives):
    slope = np.zeros(rows_in.shape)
    slope[around] = RIGHT["2.6"](rows_in, rows_out, around, centre, negatives).sum(0) / len(around)
    return slope


def cbow_unshared(rows_in, rows_out, around, centre, negatives):
    m, o = rows_in[around].mean(0), rows_out[[centre, *negatives]]
    slope = np.zeros(rows_in.shape)
    for id in around:
        slope[id] += (1 / (1 + np.exp(-o @ m)) - np.eye(len(o))[0]) @ o
    return slope


def numbers_with_a_table_for_each_place(V, n, m, h, direct):
    def count(V, n):
        return V * m * (n - 1) + (n - 1) * m * h + h + h * V + V + direct * (n - 1) * m * V
    return count(V, n), count(V + 1, n) - count(V, n), count(V, n + 1) - count(V, n)


def solve_all_words(words, rows, a, b, c):
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    a, b, c = (unit[words.index(word)] for word in (a, b, c))
    return words[np.argmax(unit @ (b - a + c))]


def solve_long(words, rows, a, b, c):
    scores = rows @ (rows[words.index(b)] - rows[words.index(a)] + rows[words.index(c)])
    return next(words[i] for i in np.argsort(-scores) if words[i] not in (a, b, c))


def bug_without_nan(run):
    if run["losses"][-1] > run["losses"][0]:
        return "rate too large"
    calm = run | {"losses": [2.0, 1.0]}
    return RIGHT["2.9"](calm)


def bug_in_one_text(run):
    text = run | {"sentences": [[id for s in run["sentences"] for id in s]]}
    return RIGHT["2.9"](text)


def chances_plainly(counts, sample, power):
    f = counts / counts.sum()
    return np.minimum(1, np.sqrt(sample / f) + sample / f), counts ** power / sum(counts ** power)


def chances_above_one(counts, sample, power):
    f = counts[counts > 0] / counts.sum()
    keep = np.ones(len(counts))
    keep[counts > 0] = np.sqrt(sample / f) + sample / f
    return keep, RIGHT["2.10"](counts, sample, power)[1]


def better_by_wald(solved_a, solved_b, questions):
    a, b = solved_a / questions, solved_b / questions
    half_a, half_b = (1.96 * math.sqrt(p * (1 - p) / questions) for p in (a, b))
    if a - half_a > b + half_b:
        return "a"
    return "b" if b - half_b > a + half_a else "cannot say"


def vector_with_repetitions(word, table, shortest, longest):
    w = f"<{word}>"
    grams = [w] + [w[i:i + n] for n in range(shortest, longest + 1) for i in range(len(w) - n + 1)]
    rows = [table[gram] for gram in grams if gram in table]
    return np.mean(rows, axis=0) if rows else np.zeros(len(next(iter(table.values()))))


def vector_of_nothing(word, table, shortest, longest):
    w = f"<{word}>"
    grams = {w} | {w[i:i + n] for n in range(shortest, longest + 1) for i in range(len(w) - n + 1)}
    rows = [table[gram] for gram in grams if gram in table]
    return np.mean(np.array(rows).reshape(-1, len(next(iter(table.values())))), axis=0)


def vector_unmarked(word, table, shortest, longest):
    grams = {word} | {word[i:i + n] for n in range(shortest, longest + 1)
                      for i in range(len(word) - n + 1)}
    rows = [table[gram] for gram in grams if gram in table]
    return np.mean(rows, axis=0) if rows else np.zeros(len(next(iter(table.values()))))


def leaning_by_mean_rows(vectors, X, Y, A, B):
    a, b = (np.mean([vectors[w] for w in words], axis=0) for words in (A, B))

    def lean(w):
        v = vectors[w]
        return v @ a / np.linalg.norm(v) / np.linalg.norm(a) - (
            v @ b / np.linalg.norm(v) / np.linalg.norm(b))
    leans = [[lean(w) for w in words] for words in (X, Y)]
    return (np.mean(leans[0]) - np.mean(leans[1])) / np.std(leans[0] + leans[1])


def leaning_with_stdev(vectors, X, Y, A, B):
    n = len(X) + len(Y)
    return RIGHT["2.13"](vectors, X, Y, A, B) * math.sqrt((n - 1) / n)


NAMED = [
    ("2.1", look_up_unchecked, "You leave it to numpy"),
    ("2.1", look_up_of_zeros, "became a row of zeros"),
    ("2.1", lambda ids, C: C[ids], "the parts"),
    ("2.2", nearest_by_dot, "a long row wins by its length"),
    ("2.2", nearest_with_nan, "0 / 0 is nan"),
    ("2.2", nearest_from_the_second, "You left out whoever came first"),
    ("2.3", update_everywhere, "A negative that is the context itself was pushed away"),
    ("2.3", update_doubles_lost, "moved only once"),
    ("2.3", update_in_place, "changed `rows_in`"),
    ("2.4", verdict_by_the_dot_product, 'You compared the dot product with "usual"'),
    ("2.4", verdict_by_a_long_row, 'A dot product above "usual" says nothing'),
    ("2.4", verdict_by_half, 'You compared the cosine with 0.5 and forgot "usual"'),
    ("2.4", verdict_by_sizes, "As many words are not the same words"),
    ("2.4", lambda claim: "wrong", "must be one of"),
    ("2.5", ppmi_in_bits, "These are bits"),
    ("2.5", ppmi_uncut, "A cell below chance is negative"),
    ("2.5", lambda counts, w, n: RIGHT["2.5"](counts, n, w), "That is the other cell"),
    ("2.6", cbow_by_fancy_indexing, "equal ids only once"),
    ("2.6", cbow_unshared, "Each word got the whole slope"),
    ("2.6", lambda *given: RIGHT["2.6"](*given)[given[2]], "Return the whole table"),
    ("2.7", numbers_with_a_table_for_each_place, "a table of its own"),
    ("2.7", lambda V, n, m, h, direct: RIGHT["2.7"](V, n, m, h, direct)[0], "the parts"),
    ("2.7", lambda V, n, m, h, direct: (*RIGHT["2.7"](V, n, m, h, direct)[:2], m * h),
     "Total and price of a word are right"),
    ("2.8", solve_all_words, "The answer is one of the three words"),
    ("2.8", solve_long, "A long row wins by its length"),
    ("2.8", lambda words, rows, a, b, c: RIGHT["2.8"](words, rows, b, a, c), "turned round"),
    ("2.9", bug_without_nan, "A loss of nan came through"),
    ("2.9", bug_in_one_text, "You took the whole text for one sentence"),
    ("2.9", lambda run: "no bug", "must be one of"),
    ("2.10", chances_plainly, "0 ** 0 is 1"),
    ("2.10", chances_above_one, "A chance above 1 is none"),
    ("2.10", lambda *given: RIGHT["2.10"](*given)[0], "the parts"),
    ("2.11", better_by_wald, "Under the root you put the share that was *seen*"),
    ("2.11", lambda a, b, questions: "ab"[b > a], "More is not yet better"),
    ("2.11", lambda a, b, questions: a > b, "must be one of"),
    ("2.12", vector_with_repetitions, "A piece that stands there twice counts once"),
    ("2.12", vector_of_nothing, "The mean of no rows is nan"),
    ("2.12", vector_unmarked, "The marks are missing"),
    ("2.13", leaning_by_mean_rows, "You averaged the rows and took one cosine"),
    ("2.13", leaning_with_stdev, "with n - 1"),
    ("2.13", lambda v, X, Y, A, B: RIGHT["2.13"](v, X, Y, B, A), "The sign is turned round"),
]


@pytest.mark.parametrize(("id", "answer", "said"), NAMED)
def test_a_wrong_answer_is_told_what_is_wrong(id, answer, said):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "failed"
    assert said in verdict.message, verdict.message


@pytest.mark.parametrize(("id", "answer"), [("2.4", "fair"), ("2.9", "nothing"), ("2.11", "a")])
def test_a_judgement_is_not_given_away_by_its_check(id, answer):
    verdict = engine.judge(RECORDS[id], lambda *given: answer)
    assert f"is not '{answer}'" in verdict.message
    assert "expected" not in verdict.message


def test_ids_stand_in_order_and_four_are_starred():
    assert [record.id for record in EXERCISES] == [f"2.{n}" for n in range(1, 14)]
    starred = [record for record in EXERCISES if record.starred]
    assert [record.id for record in starred] == ["2.1", "2.2", "2.3", "2.4"]
    assert sum(record.minutes for record in starred) <= 35
