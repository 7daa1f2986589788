"""Exercises of notebook 05: right answers of every style pass, typical slips are named."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers.exercises import engine
from helpers.exercises.self_attention_masks import EXERCISES, checking, leaks

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # nan and inf, as wrong answers
RECORDS = {record.id: record for record in EXERCISES}
RIGHT = {id: record.solution for id, record in RECORDS.items()}
each_exercise = pytest.mark.parametrize("record", EXERCISES, ids=lambda record: record.id)


def drawn(id: str, number: int = 100) -> list[tuple]:
    """Return arguments as the check of an exercise draws them, and its examples."""
    rng = np.random.default_rng(5)
    return [*RECORDS[id].examples, *(RECORDS[id].cases(rng) for _ in range(number))]


def tensors(*arrays: np.ndarray) -> list[torch.Tensor]:
    """Return arrays as tensors."""
    return [torch.tensor(array) for array in arrays]


# The references are torch's, or hold by themselves

def test_attention_by_a_loop_is_torchs():
    for q, k, v in drawn("5.1"):
        context, weights = RIGHT["5.1"](q, k, v)
        theirs = F.scaled_dot_product_attention(*tensors(q[None], k[None], v[None]))[0]
        np.testing.assert_allclose(context, theirs, atol=1e-9)
        np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_in_order_a_mask_from_places_is_a_triangle_and_of_the_last_queries_its_last_rows():
    for n in range(1, 7):
        triangle = torch.ones(n, n, dtype=torch.bool).tril().numpy()
        place = np.arange(n)
        np.testing.assert_array_equal(RIGHT["5.2"](place, place), triangle)
        np.testing.assert_array_equal(RIGHT["5.2"](place[-2:], place), triangle[-2:])
        assert RIGHT["5.2"](place, place).dtype == bool
        rows, columns = np.random.default_rng(n).permuted(np.tile(place, (2, 1)), axis=1)
        np.testing.assert_array_equal(RIGHT["5.2"](rows, columns), triangle[rows][:, columns])


def test_weights_of_each_fault_are_those_of_torch_with_that_fault():
    seen = set()
    for q, k, mask, weights in drawn("5.3"):
        scores, d = tensors(q @ k.T)[0], q.shape[1]
        hidden = ~torch.tensor(mask)
        scaled = scores / math.sqrt(d)
        theirs = {
            "nothing": scaled.masked_fill(hidden, -torch.inf).softmax(dim=1),
            "mask inverted": scaled.masked_fill(~hidden, -torch.inf).softmax(dim=1),
            "softmax over queries": scaled.masked_fill(hidden, -torch.inf).softmax(dim=0),
            "not scaled": scores.masked_fill(hidden, -torch.inf).softmax(dim=1),
            "scaled by d": (scores / d).masked_fill(hidden, -torch.inf).softmax(dim=1),
            "mask after softmax": scaled.softmax(dim=1).masked_fill(hidden, 0)}
        same = [name for name, made in theirs.items()
                if np.allclose(made.nan_to_num(0).numpy(), weights)]
        assert same == [RIGHT["5.3"](q, k, mask, weights)]
        seen |= set(same)
    assert seen == set(checking.NAMES)


def test_heads_side_by_side_again_are_what_was_split():
    for x, n_heads in drawn("5.5"):
        if x.shape[2] % n_heads:
            with pytest.raises(ValueError, match=f"{x.shape[2]} columns.*{n_heads} heads"):
                RIGHT["5.5"](x, n_heads)
        else:
            heads = RIGHT["5.5"](x, n_heads)
            np.testing.assert_array_equal(np.concatenate(list(heads.swapaxes(0, 1)), axis=2), x)


def test_a_mask_of_a_batch_leaves_each_text_as_if_it_were_alone():
    for lengths, T, window in drawn("5.6"):
        mask = RIGHT["5.6"](lengths, T, window)
        assert mask.any(axis=2).all()
        for text, n in zip(mask, lengths, strict=True):
            alone = torch.ones(n, n, dtype=torch.bool).tril().triu(1 - window).numpy()
            np.testing.assert_array_equal(text[T - n:, T - n:], alone)
            assert not text[T - n:, :T - n].any()
            np.testing.assert_array_equal(text[:T - n], np.eye(T, dtype=bool)[:T - n])


def test_weights_of_a_row_with_something_are_torchs_and_nothing_gives_zeros():
    for scores, mask in drawn("5.7"):
        weights = RIGHT["5.7"](scores, mask)
        hidden = torch.tensor(scores).masked_fill(~torch.tensor(mask), -torch.inf)
        np.testing.assert_allclose(weights, hidden.softmax(dim=1).nan_to_num(0), atol=1e-12)
        np.testing.assert_array_equal(weights.sum(axis=1) > 0.5, mask.any(axis=1))


def test_blocks_merged_one_after_the_other_give_the_softmax_over_all():
    rng = np.random.default_rng(0)
    scores, values = rng.normal(0, 4, 12) - 2500, rng.normal(size=(12, 3))
    whole = (-np.inf, 0.0, np.zeros(3))
    for at in range(0, 12, 3):
        shares = np.exp(scores[at:at + 3] - scores[at:at + 3].max())
        block = scores[at:at + 3].max(), shares.sum(), shares @ values[at:at + 3]
        whole = RIGHT["5.8"](whole, block)
    context = whole[2] / whole[1]
    np.testing.assert_allclose(context, torch.softmax(torch.tensor(scores), 0).numpy() @ values)


def test_a_leak_is_the_first_that_was_built_in_unless_its_place_is_tight():
    for model, ids, other in drawn("5.9"):
        open_ones = [(p, s) for p, s in model.leaks if ids[p] != model.tight]
        assert RIGHT["5.9"](model, ids, other) == min(open_ones, default=None)


def test_a_text_of_the_source_itself_is_never_a_leak_and_often_luck():
    rng, p = np.random.default_rng(1), np.array([0.6, 0.3, 0.1])
    floor, said = float(np.exp(-(p * np.log(p)).sum())), []
    for _ in range(300):
        costs = -np.log(rng.choice(p, 400, p=p))
        said.append(RIGHT["5.10"]({"perplexity": float(np.exp(costs.mean())), "floor": floor,
                                   "letters": 400, "spread": float(costs.std())}))
    assert "leak" not in said
    assert 100 < said.count("luck") < 200
    error = 1.2 / math.sqrt(144)
    for errors, name in ((-5, "possible"), (0.1, "luck"), (3.9, "luck"), (4.1, "leak")):
        assert RIGHT["5.10"]({"perplexity": 9 * math.exp(-errors * error), "floor": 9.0,
                              "letters": 144, "spread": 1.2}) == name


def test_the_order_of_costs_is_that_of_multiplications_counted_in_loops():
    for T, d, H in [(3, 4, 2), (9, 4, 1), (15, 4, 4), (17, 4, 2), (40, 2, 1), (7, 4, 2)]:
        counted = {"projections": sum(1 for _ in range(T * 4) for _ in range(d * d)),
                   "attention": sum(2 for _ in range(H) for _ in range(T * T)
                                    for _ in range(d // H)),
                   "feed-forward": sum(2 for _ in range(T * d) for _ in range(4 * d))}
        names = RIGHT["5.16"](T, d, H)
        assert [counted[name] for name in names] == sorted(counted.values(), reverse=True)


# Right answers, as learners write them

def attend_by_torch(q, k, v):
    q, k, v = tensors(q, k, v)
    weights = F.softmax(q @ k.T / math.sqrt(k.shape[-1]), dim=-1)
    return weights @ v, weights


def attend_by_einsum(q, k, v):
    e = np.einsum("td,sd->ts", q, k) / k.shape[-1] ** 0.5
    e = np.exp(e - e.max(-1)[:, None])
    a = e / e.sum(-1)[:, None]
    return np.einsum("ts,se->te", a, v), a


def attend_with_q_scaled(q, k, v):
    contexts, rows = [], []
    for query in q * q.shape[1] ** -0.5:
        s = [query.dot(key) for key in k]
        w = [1 / sum(math.exp(min(other - mine, 700)) for other in s) for mine in s]
        rows.append(w)
        contexts.append(np.average(v, axis=0, weights=w))
    return np.stack(contexts), np.stack(rows)


def look_by_filling(places_q, places_k):
    mask = np.full((len(places_q), len(places_k)), False)
    for i, mine in enumerate(places_q):
        for j, theirs in enumerate(places_k):
            if theirs <= mine:
                mask[i, j] = True
    return mask


def look_by_sign(places_q, places_k):
    return np.sign(places_q.reshape(-1, 1) - places_k) != -1


def wrong_by_one_row(q, k, mask, weights):
    """The scale is told by one row with two keys."""
    if (weights * ~mask).sum() > 0:
        return "mask inverted"
    if (abs(weights.sum(-1) - 1) > 1e-6).any():
        some = [abs(c - 1) < 1e-6 for c, seen in zip(weights.sum(0), mask.any(0), strict=True)
                if seen]
        return "softmax over queries" if all(some) else "mask after softmax"
    odds = []
    for row, may, scores in zip(weights, mask, q @ k.T, strict=True):
        one, *others = np.flatnonzero(may)
        odds += [((scores[one] - scores[j]) / np.log(row[one] / row[j])) for j in others
                 if abs(scores[one] - scores[j]) > 0.1]
    d = q.shape[1]
    return {1.0: "not scaled", float(d): "scaled by d"}.get(round(np.median(odds), 3), "nothing")


def split_by_torch(x, n_heads):
    if x.shape[-1] % n_heads != 0:
        raise ValueError("d must be a multiple of n_heads")
    B, T, d = x.shape
    return torch.tensor(x).view(B, T, n_heads, d // n_heads).transpose(1, 2)


def split_by_np_split(x, n_heads):
    return np.stack(np.split(x, n_heads, axis=-1), axis=1)  # np.split raises a ValueError itself


def mask_by_numbers(lengths, T, window):
    i, j = np.indices((T, T))
    mask = np.array([(j <= i) & (j > i - window) & (j + n >= T) for n in lengths])
    for text in mask:
        for row in range(T):
            if text[row].sum() == 0:
                text[row, row] = True
    return mask


def mask_by_torch(lengths, T, window):
    band = torch.ones(T, T, dtype=torch.bool).tril().triu(1 - window)
    real = torch.arange(T).flip(0) < torch.tensor(lengths)[:, None]
    return (band & real[:, None, :]) | (torch.eye(T, dtype=torch.bool) & ~real[:, :, None])


def safe_by_torch(scores, mask):
    scores = torch.tensor(scores).masked_fill(~torch.tensor(mask), float("-inf"))
    return torch.softmax(scores, dim=-1).nan_to_num(0.0)


def safe_with_a_billion(scores, mask):
    weights = np.where(mask, scores, -1e9)
    weights = np.exp(weights - weights.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True) * mask.any(1, keepdims=True)


def safe_in_lists(scores, mask):
    rows = []
    for s, m in zip(scores.tolist(), mask.tolist(), strict=True):
        top = max((x for x, may in zip(s, m, strict=True) if may), default=0)
        shares = [math.exp(x - top) if may else 0.0 for x, may in zip(s, m, strict=True)]
        rows.append([share / (sum(shares) or 1) for share in shares])
    return rows


def merge_case_by_case(block_a, block_b):
    (m1, s1, c1), (m2, s2, c2) = block_a, block_b
    if m1 >= m2:
        return m1, s1 + s2 * math.exp(m2 - m1), c1 + c2 * math.exp(m2 - m1)
    return m2, s2 + s1 * math.exp(m1 - m2), c2 + c1 * math.exp(m1 - m2)


def merge_by_stacking(block_a, block_b):
    m, s, c = (np.stack(parts) for parts in zip(block_a, block_b, strict=True))
    factors = np.exp(m - m.max())
    return [m.max(), (factors * s).sum(), factors @ c]


def merge_but_empty_first(block_a, block_b):
    for empty, other in ((block_a, block_b), (block_b, block_a)):
        if empty[1] == 0:
            return other
    return merge_case_by_case(block_a, block_b)


def leak_in_place(model, ids, other):
    """It changes the text and puts it back, and gives a list."""
    before = list(model(ids))
    for p in range(len(ids)):
        for s in range(p + 1, len(ids)):
            kept, ids[s] = ids[s], other
            after = list(model(ids))
            ids[s] = kept
            if not math.isclose(before[p], after[p], abs_tol=1e-8, rel_tol=0):
                return [p, s]
    return None


def leak_by_arrays(model, ids, other):
    before = np.asarray(model(ids))
    texts = np.where(np.eye(len(ids), dtype=bool), other, ids)
    moved = np.array([abs(np.asarray(model(text.tolist())) - before) > 1e-6 for text in texts]).T
    for p, row in enumerate(moved):
        later = np.flatnonzero(row[p + 1:])
        if later.size:
            return p, p + 1 + later[0]
    return None


def verdict_by_math(report):
    per_letter = math.log(report["perplexity"]) - math.log(report["floor"])
    z = per_letter / (report["spread"] / math.sqrt(report["letters"]))
    return "possible" if z >= 0 else "leak" if z < -4 else "luck"


def verdict_in_bits(report):
    """Both in bits: nats times log2(e)."""
    below = math.log2(report["floor"] / report["perplexity"])
    error = report["spread"] * math.log2(math.e) * report["letters"] ** -0.5
    return ["possible", "luck", "leak"][(below > 0) + (below > 4 * error)]


def dearest_by_fractions(T, d, n_heads):
    parts = [("attention", Fraction(n_heads * 2 * T * T * d, n_heads)),
             ("projections", 4 * T * d * d), ("feed-forward", T * (d * 4 * d + 4 * d * d))]
    parts.sort(key=lambda part: -part[1])
    return [name for name, _ in parts]


def dearest_without_common_factors(T, d, n_heads):
    """What is left of the three when each is divided by 2 T d."""
    left = {"projections": 2 * d, "attention": T, "feed-forward": 4 * d}
    return sorted(left, key=lambda name: left[name])[::-1]


ACCEPTED = [
    *(("5.1", answer) for answer in (attend_by_torch, attend_by_einsum, attend_with_q_scaled)),
    *(("5.2", answer) for answer in (
        look_by_filling, look_by_sign,
        lambda q, k: torch.tensor(k) <= torch.tensor(q)[:, None])),
    *(("5.3", answer) for answer in (
        wrong_by_one_row, lambda *given: np.str_(RIGHT["5.3"](*given)),
        lambda *given: checking._by_making_all(*given))),
    *(("5.5", answer) for answer in (
        split_by_torch, split_by_np_split,
        lambda x, n: np.moveaxis(x.reshape(*x.shape[:2], n, -1), 2, 1))),
    *(("5.6", answer) for answer in (
        mask_by_numbers, mask_by_torch, lambda *given: RIGHT["5.6"](*given).tolist())),
    *(("5.7", answer) for answer in (safe_by_torch, safe_with_a_billion, safe_in_lists)),
    *(("5.8", answer) for answer in (merge_case_by_case, merge_by_stacking,
                                     merge_but_empty_first)),
    *(("5.9", answer) for answer in (
        leak_in_place, leak_by_arrays, lambda model, ids, other: next(
            ((p, s) for p in range(len(ids)) for s in range(p + 1, len(ids))
             if abs(model(ids[:s] + [other] + ids[s + 1:])[p] - model(ids)[p]) >= 1e-9), None))),
    *(("5.10", answer) for answer in (
        verdict_by_math, verdict_in_bits, lambda report: np.str_(RIGHT["5.10"](report)))),
    *(("5.16", answer) for answer in (
        dearest_by_fractions, dearest_without_common_factors,
        lambda T, d, H: RIGHT["5.16"](10 * T, 10 * d, 1))),
]


@pytest.mark.parametrize(("id", "answer"), ACCEPTED)
def test_a_right_answer_passes_however_it_is_written(id, answer):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "passed", verdict.message


# Wrong answers, as learners write them, and what they are told

def attend_as_in_notebook_04(q, k, v):
    weights = np.array([np.exp(k @ query - max(k @ query)) for query in q])
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ v, weights


def attend_naively(q, k, v):
    e = np.exp(q @ k.T / np.sqrt(k.shape[1]))
    return (e / e.sum(axis=1, keepdims=True)) @ v, e / e.sum(axis=1, keepdims=True)


def attend_over_queries(q, k, v):
    e = np.exp(q @ k.T / np.sqrt(k.shape[1]) - (q @ k.T).max(axis=0) / np.sqrt(k.shape[1]))
    return (e / e.sum(axis=0)) @ v, e / e.sum(axis=0)


def look_before(places_q, places_k):
    return np.array([[theirs < mine for theirs in places_k] for mine in places_q])


def look_by_tri(places_q, places_k):
    return np.tri(len(places_q), len(places_k)) == 1


def wrong_by_sums(q, k, mask, weights):
    if (weights[~mask] > 0).any():
        return "mask inverted"
    if np.allclose(weights.sum(1), 1):
        return "nothing"
    columns = weights.sum(0)[mask.any(0)]
    return "softmax over queries" if np.allclose(columns, 1) else "mask after softmax"


def wrong_by_triangle(q, k, mask, weights):
    if np.any(weights > np.tri(len(q))):
        return "mask inverted"
    return RIGHT["5.3"](q, k, mask, weights)


def split_by_view(x, n_heads):
    if x.shape[2] % n_heads:
        raise ValueError(f"{x.shape[2]} is no multiple of {n_heads}")
    return torch.tensor(x).view(x.shape[0], n_heads, x.shape[1], -1)


def split_and_drop(x, n_heads):
    w = x.shape[2] // n_heads
    return np.array([[text[:, h * w:(h + 1) * w] for h in range(n_heads)] for text in x])


def mask_with_queries(lengths, T, window):
    i, j = np.indices((T, T))
    real = np.array([i + n >= T for n in lengths])
    mask = (j <= i) & (j > i - window) & real
    return mask | (~mask.any(-1, keepdims=True) & (i == j))


def mask_left_empty(lengths, T, window):
    i, j = np.indices((T, T))
    return np.array([(j <= i) & (i - j < window) & (j >= T - n) for n in lengths])


def safe_by_a_billion(scores, mask):
    weights = np.exp(np.where(mask, scores, -1e9)
                     - np.where(mask, scores, -1e9).max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def safe_too_late(scores, mask):
    weights = np.exp(scores - scores.max(1)[:, None])
    return np.where(mask, weights / weights.sum(1)[:, None], 0)


def safe_from_all(scores, mask):
    shares = np.exp(scores - scores.max(1)[:, None]) * mask
    total = shares.sum(1)[:, None]
    return np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)


def add_up(block_a, block_b):
    return max(block_a[0], block_b[0]), block_a[1] + block_b[1], block_a[2] + block_b[2]


def back_to_exp(block_a, block_b):
    m = max(block_a[0], block_b[0])
    total, weighted = (np.exp(block_a[0]) * block_a[i] + np.exp(block_b[0]) * block_b[i]
                       for i in (1, 2))
    return m, total * np.exp(-m), weighted * np.exp(-m)


def leak_exactly(model, ids, other):
    before = model(ids)
    for p in range(len(ids)):
        for s in range(p + 1, len(ids)):
            if model([*ids[:s], other, *ids[s + 1:]])[p] != before[p]:
                return p, s
    return None


def leak_from_the_source(model, ids, other):
    before = np.array(model(ids))
    for s in range(1, len(ids)):
        moved = np.abs(model([*ids[:s], other, *ids[s + 1:]]) - before)[:s] > 1e-6
        if moved.any():
            return int(moved.argmax()), s
    return None


def leak_left_in(model, ids, other):
    before = model(ids)
    for p in range(len(ids)):
        for s in range(p + 1, len(ids)):
            ids[s] = other
            if abs(model(ids)[p] - before[p]) > 1e-9:
                return p, s
    return None


def verdict_of_perplexities(report):
    below = report["floor"] - report["perplexity"]
    if below > 4 * report["spread"] / math.sqrt(report["letters"]):
        return "leak"
    return "luck" if below > 0 else "possible"


def verdict_at_once(report):
    return "leak" if report["perplexity"] < report["floor"] else "possible"


def dearest_with_heads(T, d, n_heads):
    cost = {"projections": 4 * T * d * d, "attention": n_heads * 2 * T * T * d,
            "feed-forward": 8 * T * d * d}
    return sorted(cost, key=cost.get)[::-1]


NAMED = [
    ("5.1", attend_as_in_notebook_04, "The root is missing"),
    ("5.1", attend_naively, "exp has no number left"),
    ("5.1", attend_over_queries, "softmax went over the queries"),
    ("5.1", lambda q, k, v: (RIGHT["5.1"](q, k, v)[1] @ k, RIGHT["5.1"](q, k, v)[1]),
     "the context is made of keys"),
    ("5.2", look_before, "A word may look at itself too"),
    ("5.2", look_by_tri, "You compared the numbers of the rows and columns"),
    ("5.2", lambda q, k: (k <= q[:, None]) * 1, "A mask is True or False"),
    ("5.2", lambda q, k: k[:, None] <= q, "Rows and columns are exchanged"),
    ("5.3", wrong_by_sums, "You went by zeros and sums"),
    ("5.3", wrong_by_triangle, "You looked above the diagonal"),
    ("5.3", lambda q, k, mask, weights: "mask", "must be one of"),
    ("5.5", split_by_view, "reshape alone fills a head with the first words"),
    ("5.5", split_and_drop, "lost without a word"),
    ("5.5", lambda x, n: np.stack([x[..., h::n] for h in range(n)], axis=1),
     "every n_heads-th column"),
    ("5.6", mask_with_queries, "it is the *keys*"),
    ("5.6", mask_left_empty, "its row is empty"),
    ("5.6", lambda lengths, T, window: RIGHT["5.6"](lengths, T, window + 1), "One place too many"),
    ("5.7", safe_by_a_billion, "The row with nothing is uniform"),
    ("5.7", safe_too_late, "Softmax first, zeros afterwards"),
    ("5.7", safe_from_all, "You took off the largest of *all* scores"),
    ("5.7", lambda scores, mask: np.exp(np.where(mask, scores, -np.inf)) / np.exp(
        np.where(mask, scores, -np.inf)).sum(1, keepdims=True), "expected 0"),
    ("5.8", add_up, "Bring them to one measure"),
    ("5.8", back_to_exp, "exp of a score in the thousands"),
    ("5.8", lambda a, b: (RIGHT["5.8"](a, b)[0], RIGHT["5.8"](a, b)[1],
                          RIGHT["5.8"](a, b)[2] / RIGHT["5.8"](a, b)[1]), "You divided already"),
    ("5.9", leak_exactly, "You took rounding for a leak"),
    ("5.9", leak_from_the_source, "You went by the source first"),
    ("5.9", leak_left_in, "changed `ids`"),
    ("5.10", verdict_of_perplexities, "You compared a difference of perplexities with nats"),
    ("5.10", verdict_at_once, "is not 'leak'"),
    ("5.10", lambda report: "fraud", "must be one of"),
    ("5.16", dearest_with_heads, "You counted the whole width for every head"),
    ("5.16", lambda T, d, H: ["attention", "feed-forward", "projections"],
     "that does not make it the dearest"),
    ("5.16", lambda T, d, H: RIGHT["5.16"](T, d, H)[0], "expected ["),
]


@pytest.mark.parametrize(("id", "answer", "said"), NAMED)
def test_a_wrong_answer_is_told_what_is_wrong(id, answer, said):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "failed"
    assert said in verdict.message, verdict.message


@pytest.mark.parametrize("id", ["5.3", "5.10"])
def test_a_judgement_is_not_given_away_by_its_check(id):
    message = engine.judge(RECORDS[id], lambda *given: {"5.3": "nothing", "5.10": "luck"}[id])
    assert "is not '" in message.message
    assert "expected" not in message.message


def test_a_model_of_the_checks_leaks_only_where_it_is_said_to():
    model = leaks.Model(((0, 2),), tight=4)
    assert model([1, 2, 3])[0] != model([1, 2, 4])[0]
    assert model([1, 2, 3])[0] == model([1, 5, 3])[0]
    assert model([4, 2, 3])[0] == model([4, 2, 9])[0]
    assert repr(model) == "a model"


def test_ids_stand_in_order_and_the_starred_ones_leave_time_for_a_fourth():
    order = [int(record.id.removeprefix("5.")) for record in EXERCISES]
    assert order == sorted(order)
    starred = [record for record in EXERCISES if record.starred]
    assert {"5.1", "5.2", "5.3"} <= {record.id for record in starred}
    assert sum(record.minutes for record in starred) <= 35
