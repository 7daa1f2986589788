"""Exercises of notebook 06: right answers of every style pass, typical slips are named."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import neural, tokenizers
from helpers import transformer as tf
from helpers.exercises import engine
from helpers.exercises.transformer import EXERCISES, finding, norms, reports
from helpers.gradient_flow import influence

pytestmark = [  # nan and inf, as wrong answers
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:var.*degrees of freedom")]
RECORDS = {record.id: record for record in EXERCISES}
RIGHT = {id: record.solution for id, record in RECORDS.items()}
each_exercise = pytest.mark.parametrize("record", EXERCISES, ids=lambda record: record.id)


def drawn(id: str, number: int = 60) -> list[tuple]:
    """Return arguments as the check of an exercise draws them, and its examples."""
    rng = np.random.default_rng(6)
    return [*RECORDS[id].examples, *(RECORDS[id].cases(rng) for _ in range(number))]


# The references are torch's, the course's, or hold by themselves

def test_each_row_for_itself_is_torchs_layer_norm():
    for x, gain, bias, eps in drawn("6.1"):
        wanted = F.layer_norm(torch.tensor(x), x.shape[-1:], torch.tensor(gain),
                              torch.tensor(bias), eps)
        np.testing.assert_allclose(RIGHT["6.1"](x, gain, bias, eps), wanted, atol=1e-9)


def test_a_block_in_order_is_the_courses():
    config = tf.TransformerConfig(9, d_model=8, n_heads=2, norm="layer", positions="none")
    ours = tf.Block(config).double()
    x = torch.randn(5, 8, dtype=torch.float64)

    def rows(part):
        return lambda x: part(torch.tensor(x)[None])[0].detach().numpy()
    mine = RIGHT["6.2"](x.numpy(), rows(lambda x: ours.attention(x)[0]), rows(ours.feed_forward),
                        rows(ours.norm_1), rows(ours.norm_2))
    np.testing.assert_allclose(mine, ours(x[None])[0][0].detach(), atol=1e-12)


def test_with_both_parts_taken_out_a_block_gives_what_came_in():
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(RIGHT["6.2"](x, None, None, None, None), x)


@pytest.mark.parametrize("tied", [True, False])
def test_numbers_by_part_are_those_of_a_model(tied):
    for d, d_ff, layers, V in [(8, 20, 2, 30), (12, 12, 3, 7), (16, 64, 1, 50)]:
        found = RIGHT["6.3"](d, d_ff, layers, V, tied)
        model = tf.Transformer(tf.TransformerConfig(V, d_model=d, d_ff=d_ff, n_layers=layers,
                                                    positions="none", tied=tied))
        assert sum(found[part] for part in ("embedding", "attention", "feed-forward", "norms")
                   ) == sum(p.numel() for p in model.parameters())
        counted = tf.parameters(model.config)
        assert found["attention"] == counted["attention"]
        assert found["feed-forward"] == counted["feed_forward"]
        assert found["norms"] == counted["norms"]


def test_the_layer_of_2017_has_the_published_number_of_numbers():
    found = RIGHT["6.3"](512, 2048, 6, 37_000, True)
    assert (found["attention"] + found["feed-forward"]) // 6 + 4 * 512 == 3_152_384
    assert found["if wider"] == "feed-forward"


def test_a_report_is_true_whatever_the_tokenizer():
    """The same costs per character, in tokens of any length: the verdict stays."""
    for (report,) in drawn("6.4"):
        nats = np.log(report["perplexities"]) / report["characters"]
        others = np.array([1.3, 4.1])
        told = RIGHT["6.4"](report | {"perplexities": tuple(np.exp(nats * others)),
                                      "characters": tuple(others)})
        assert told == RIGHT["6.4"](report)
    assert {RIGHT["6.4"](*call) for call in drawn("6.4")} == set(reports.NAMES)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("name", "pre_norm"), [
    ("post-norm", False), ("pre-norm", True), ("pre-norm without the last norm", True)])
def test_sizes_of_an_untrained_model_tell_its_norms(name, pre_norm, seed):
    torch.manual_seed(seed)
    model = tf.Transformer(tf.TransformerConfig(
        11, d_model=32, n_heads=2, n_layers=1 + seed, norm="layer", pre_norm=pre_norm,
        scale_embeddings=seed % 2 == 0))
    if name.endswith("last norm"):
        model.stack.last = torch.nn.Identity()
    record, ends = [], []
    model.stack.last.register_forward_hook(lambda module, given, out: ends.append(out))
    with torch.no_grad():
        model(torch.randint(11, (1, 7)), record=record)
    rows = torch.stack([record[0]["x"][0], *(layer["out"][0] for layer in record)])
    sizes, out = (part.square().mean(dim=-1).sqrt().numpy() for part in (rows, ends[0][0]))
    assert RIGHT["6.5"](sizes, out) == name


def test_sizes_that_the_check_draws_keep_what_the_docstring_promises():
    seen = set()
    for sizes, out in drawn("6.5", 300):
        said = RIGHT["6.5"](sizes, out)
        off = np.abs(sizes[1:] - 1).max(axis=1)
        assert (off < 1e-3 + 1e-12).all() if said == "post-norm" else (off > 0.05).all()
        assert np.abs(out - 1).max() < 1.001e-3 if said == "pre-norm" else (out == sizes[-1]).all()
        seen.add(said)
    assert seen == set(norms.NAMES)


def test_the_rate_is_the_courses_schedule():
    for step, warmup, peak in drawn("6.6"):
        schedule = tf.warmup_inverse_sqrt(max(warmup, 1))
        assert RIGHT["6.6"](step, warmup, peak) == pytest.approx(peak * schedule(step, 10))


def test_the_rate_rises_falls_and_touches_its_peak_once():
    rates = [RIGHT["6.6"](step, 10, 0.5) for step in range(41)]
    assert np.argmax(rates) == 9
    assert rates[9] == 0.5
    assert rates[39] == pytest.approx(0.25)
    assert (np.diff(rates[:10]) > 0).all()
    assert (np.diff(rates[9:]) < 0).all()


def test_the_smoothed_loss_is_torchs():
    for logits, targets, epsilon in drawn("6.7"):
        wanted = F.cross_entropy(torch.tensor(logits), torch.tensor(targets),
                                 label_smoothing=epsilon, ignore_index=-100)
        assert RIGHT["6.7"](logits, targets, epsilon) == pytest.approx(wanted.item(), abs=1e-9)
    known = RIGHT["6.7"](np.array([[4.0, 0, 0, 0]]), np.array([0]), 0.1)
    assert known == pytest.approx(0.353491, abs=1e-6)
    best = RIGHT["6.7"](np.log([[0.925, 0.025, 0.025, 0.025]]), np.array([0]), 0.1)
    assert best == pytest.approx(tf.smoothed_floor(4)) == pytest.approx(0.34878, abs=1e-6)


def test_a_text_in_pieces_gives_the_rows_of_the_text_at_once():
    rng = np.random.default_rng(1)
    q, k, v = (rng.normal(size=(9, 4)) for _ in range(3))
    wanted = F.scaled_dot_product_attention(*(torch.tensor(part)[None] for part in (q, k, v)),
                                            is_causal=True)[0]
    for cuts in ([3, 4], [1, 2, 3, 4, 5, 6, 7, 8], [8], []):
        cache, rows = None, []
        for piece in np.split(np.arange(9), cuts):
            found, cache = RIGHT["6.8"](q[piece], k[piece], v[piece], cache)
            rows.append(found)
        np.testing.assert_allclose(np.concatenate(rows), wanted, atol=1e-12)
        np.testing.assert_array_equal(cache[0], k)


def test_bytes_of_a_conversation_are_those_of_a_cache_and_one_more_would_not_fit():
    config = tf.TransformerConfig(7, d_model=24, n_heads=4, n_kept=2, n_layers=3)
    model = {"layers": 3, "heads": 4, "kept": 2, "width": 6, "bytes": 4, "weights": 0}
    assert RIGHT["6.9"](model, 50, 20, 1)[0] == tf.cache_bytes(config, 30)
    for model, tokens, shared, memory in drawn("6.9"):
        own, n = RIGHT["6.9"](model, tokens, shared, memory)
        fixed = memory - model["weights"] * model["bytes"] - shared * own // (tokens - shared)
        assert n == 0 or n * own <= fixed
        assert (n + 1) * own > fixed


@pytest.mark.parametrize("context", [2, 3, 4, 6])
@pytest.mark.parametrize("length", range(2, 20))
def test_windows_are_those_in_which_the_course_scores(context, length):
    vocabulary = tokenizers.Vocabulary("ab")
    network = tf.Transformer(tf.TransformerConfig(len(vocabulary), d_model=8, n_heads=2))
    pieces = neural.NeuralLM(network, vocabulary, context)._pieces(0, "a" * (length - 2))
    mine = RIGHT["6.10"](length, context, context // 2)
    assert [(end - start, first - start - 1) for start, end, first in mine] == [
        (len(piece.inputs), piece.skip) for piece in pieces]


def test_windows_score_each_token_once_and_the_later_ones_see_enough():
    for length, context, stride in drawn("6.10", 200):
        if not 1 <= stride <= context:
            with pytest.raises(ValueError, match=f"stride {stride} .* {context}"):
                RIGHT["6.10"](length, context, stride)
            continue
        found = RIGHT["6.10"](length, context, stride)
        scored = [token for _, end, first in found for token in range(first, end + 1)]
        assert scored == list(range(1, length))
        for start, end, first in found:
            assert end - start == min(context, length - 1)
            assert start == 0 or first - start > context - stride


def test_patches_are_those_of_a_convolution_with_that_stride():
    for pictures, side in drawn("6.11"):
        if pictures.shape[1] % side or pictures.shape[2] % side:
            with pytest.raises(ValueError, match=f"side {side} do not fill {pictures.shape[1]}"):
                RIGHT["6.11"](pictures, side)
            continue
        mine, C = RIGHT["6.11"](pictures, side), pictures.shape[3]
        planes = torch.tensor(pictures).permute(0, 3, 1, 2)
        kernel = torch.randn(5, C, side, side, dtype=torch.float64)
        wanted = F.conv2d(planes, kernel, stride=side).flatten(2).transpose(1, 2)
        matrix = kernel.permute(2, 3, 1, 0).reshape(-1, 5)
        np.testing.assert_allclose(mine @ matrix.numpy(), wanted, atol=1e-9)
        theirs = tf.patchify(planes.contiguous(), side)
        np.testing.assert_array_equal(np.sort(mine), np.sort(theirs))


def test_reach_is_that_of_slopes_in_a_real_stack():
    torch.manual_seed(0)
    for kind, layers, size in [("window", 2, 3), ("window", 1, 4), ("segments", 2, 4),
                               ("memory", 1, 3), ("memory", 2, 4), ("all", 1, 3)]:
        window = size if kind == "window" else None
        stack = tf.Stack(tf.TransformerConfig(5, d_model=8, n_heads=2, n_layers=layers,
                                              window=window)).double()
        x = torch.randn(14, 8, dtype=torch.float64)

        def rows(x, kind=kind, size=size, stack=stack):
            if kind in ("segments", "memory"):
                return tf.in_segments(stack, x[None], size, memory=kind == "memory")[0]
            return stack(x[None])[0][0]
        for place in (0, 2, 7, 8, 11, 13):
            reached = np.count_nonzero(influence(rows, x, place))
            assert RIGHT["6.12"](place, layers, size, kind) == reached, (kind, layers, place)


def test_records_of_a_real_block_are_told_apart_by_its_norms():
    torch.manual_seed(0)
    for pre_norm, name in ((True, "nothing"), (False, "norm after the sum")):
        block = tf.Block(tf.TransformerConfig(5, d_model=8, n_heads=2, norm="layer",
                                              pre_norm=pre_norm)).double()
        for x in (torch.randn(1, 4, 8), F.layer_norm(torch.randn(1, 4, 8), (8,))):
            record = []
            block(x.double(), record=record)
            left = {name: record[0][name][0].detach().numpy() for name in finding.RECORD}
            assert RIGHT["6.13"](left) == name


def test_records_of_all_slips_are_drawn():
    assert {RIGHT["6.13"](*call) for call in drawn("6.13")} == set(finding.NAMES)


# Right answers, as learners write them

def norm_by_torch(x, gain, bias, eps):
    x = torch.tensor(x)
    z = (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + eps).sqrt()
    return z * torch.tensor(gain) + torch.tensor(bias)


def norm_flat(x, gain, bias, eps):
    rows = x.reshape(-1, x.shape[-1]).T
    rows = (rows - rows.mean(0)) / (rows.std(0) ** 2 + eps) ** 0.5
    return (rows.T * gain + bias).reshape(x.shape)


def norm_by_squares(x, gain, bias, eps):
    mean = x.mean(2, keepdims=True)
    variance = ((x - mean) * (x - mean)).sum(2, keepdims=True) / x.shape[2]
    return np.einsum("btd,d->btd", (x - mean) / np.sqrt(eps + variance), gain) + bias


def block_with_names(x, attend, feed, norm_1, norm_2):
    out = x.copy()
    if attend:
        out += attend(norm_1(x.copy()))
    if feed:
        out += feed(norm_2(out.copy()))
    return out


def block_by_recursion(x, attend, feed, norm_1, norm_2):
    if attend is not None:
        return block_by_recursion(x + attend(norm_1(x)), None, feed, norm_1, norm_2)
    return x if feed is None else x + feed(norm_2(x))


def numbers_in_words(d, d_ff, layers, V, tied):
    def parts(f, g):
        a, b = f * d, f * d_ff
        return {"norms": 4 * layers * a + 2 * a, "attention": 4 * layers * a * a + 4 * layers * a,
                "embedding": g * V * a + (0 if tied else g * V * a),
                "feed-forward": layers * (a * b + b + b * a + a)}
    answer = parts(1, 1)
    answer["if more words"] = sorted(parts(1, 2).items(), key=lambda pair: -pair[1])[0][0]
    answer["if wider"] = sorted(parts(2, 1).items(), key=lambda pair: -pair[1])[0][0]
    return answer


def report_in_bits(report):
    bits = [math.log2(p) / c for p, c in zip(report["perplexities"], report["characters"],
                                             strict=True)]
    if not report["moved"] <= 1e-3:
        return "cache"
    if bits[0] * math.log(2) < report["floor"]:
        return "floor"
    if bits[1] < bits[0]:
        return "rival"
    return ["may be true", "copy"][report["longest"] > report["usual"] * 2]


def report_per_token(report):
    """The floor is brought to tokens, and the rival to tokens of the model."""
    mine, theirs = np.log(report["perplexities"])
    c, d = report["characters"]
    for name, wrong in (("cache", report["moved"] > 1e-3), ("floor", mine < report["floor"] * c),
                        ("rival", mine > theirs / d * c),
                        ("copy", report["longest"] / 2 > report["usual"])):
        if wrong:
            return name
    return "may be true"


def norm_by_loops(sizes, out):
    for row in sizes[1:]:
        for size in row:
            if not 0.98 < size < 1.02:
                return "pre-norm" if all(0.98 < o < 1.02 for o in out) else (
                    "pre-norm without the last norm")
    return "post-norm"


def rate_in_two_lines(step, warmup, peak):
    warmup = 1 if warmup == 0 else warmup
    return peak * (step + 1) / warmup if step + 1 <= warmup else (
        peak * math.sqrt(warmup) / math.sqrt(step + 1))


def smooth_by_torch(logits, targets, epsilon):
    return F.cross_entropy(torch.tensor(logits), torch.tensor(targets), label_smoothing=epsilon)


def smooth_in_place(logits, targets, epsilon):
    total, n = 0.0, 0
    V = logits.shape[1]
    for row, t in zip(logits - logits.max(1)[:, None], targets, strict=True):
        if t != -100:
            q = np.full(V, epsilon / V)
            q[t] += 1 - epsilon
            total -= q @ (row - np.log(np.exp(row).sum()))
            n += 1
    return total / n


def cache_by_torch(q, k, v, cache):
    if cache is not None:
        k, v = (np.append(old, new, axis=0) for old, new in zip(cache, (k, v), strict=True))
    n, S = len(q), len(k)
    mask = torch.ones(n, S, dtype=torch.bool).tril(S - n)
    rows = F.scaled_dot_product_attention(*(torch.tensor(x)[None] for x in (q, k, v)),
                                          attn_mask=mask)[0]
    return rows, (k, v)


def cache_one_by_one(q, k, v, cache):
    out = []
    for i in range(len(q)):
        cache = (k[:1], v[:1]) if cache is None else (np.r_[cache[0], k[i:i + 1]],
                                                      np.r_[cache[1], v[i:i + 1]])
        s = cache[0] @ q[i] / q.shape[1] ** 0.5
        w = np.exp(s - s.max())
        out.append(w @ cache[1] / w.sum())
    return np.stack(out), cache


def fit_by_steps(model, tokens, shared, memory):
    m = model
    token = m["bytes"] * m["layers"] * (m["kept"] * m["width"] + m["kept"] * m["width"])
    free = memory - m["bytes"] * m["weights"] - token * shared
    return token * (tokens - shared), 0 if free < 0 else free // (token * (tokens - shared))


def windows_in_a_loop(length, context, stride):
    if stride <= 0 or stride > context:
        raise ValueError(f"{stride} and {context}")
    if length - 1 <= context:
        return [(0, length - 1, 1)]
    out, start, done = [], 0, 0
    while True:
        start = min(start, length - 1 - context)
        out.append((start, start + context, done + 1))
        done = start + context
        if done == length - 1:
            return out
        start += stride


def patches_by_torch(pictures, side):
    if pictures.shape[1] % side or pictures.shape[2] % side:
        raise ValueError("it does not come out even")
    rows = F.unfold(torch.tensor(pictures).permute(0, 3, 1, 2), side, stride=side)
    B, _, N = rows.shape
    return rows.view(B, -1, side * side, N).permute(0, 3, 2, 1).reshape(B, N, -1)


def patches_by_split(pictures, side):
    B, h, w, C = pictures.shape
    if h % side + w % side > 0:
        raise ValueError(f"{h} x {w} by {side}")
    strips = np.split(pictures, h // side, axis=1)
    return np.stack([patch.reshape(B, -1) for strip in strips
                     for patch in np.split(strip, w // side, axis=2)], 1)


def reach_by_sets(place, layers, size, kind):
    def seen(p):
        low = {"all": 0, "window": p - size + 1, "segments": p // size * size,
               "memory": (p // size - 1) * size}[kind]
        return set(range(max(low, 0), p + 1))
    reached = {place}
    for _ in range(layers):
        reached = set().union(*(seen(p) for p in reached))
    return len(reached)


def slip_by_sums(r):
    """The sums are computed anew."""
    def is_(a, b):
        return np.allclose(r[a] if isinstance(a, str) else a, b, atol=1e-4)
    for part, after in (("attention", "after_attention"), ("feed_forward", "out")):
        if is_(after, r[part]):
            return "no way past"
    post = is_("norm_2", r["after_attention"])
    if post:
        return "norm after the sum"
    if is_("after_attention", r["x"] + r["attention"]):
        if is_("out", r["after_attention"] + r["feed_forward"]):
            return "second norm of the first x" if is_("norm_2", r["norm_1"]) else "nothing"
        if is_("out", r["x"] + r["feed_forward"]):
            return "second sum to the first x"
    return "past from the norm"


ACCEPTED = [
    *(("6.1", answer) for answer in (norm_by_torch, norm_flat, norm_by_squares)),
    *(("6.2", answer) for answer in (
        block_with_names, block_by_recursion, lambda x, *parts: RIGHT["6.2"](x, *parts).tolist())),
    *(("6.3", answer) for answer in (
        numbers_in_words, lambda *given: {name: float(value) if isinstance(value, int) else value
                                          for name, value in RIGHT["6.3"](*given).items()},
        lambda *given: dict(reversed(list(RIGHT["6.3"](*given).items()))))),
    *(("6.4", answer) for answer in (
        report_in_bits, report_per_token, lambda report: np.str_(RIGHT["6.4"](report)))),
    *(("6.5", answer) for answer in (
        norm_by_loops, lambda sizes, out: RIGHT["6.5"](sizes[[0, -1]], out),
        lambda sizes, out: ("post-norm" if np.round(sizes[1:], 2).tolist() == np.ones_like(
            sizes[1:]).tolist() else RIGHT["6.5"](np.vstack([sizes, 9 + sizes[:1]]), out)))),
    *(("6.6", answer) for answer in (
        rate_in_two_lines, lambda step, warmup, peak: torch.tensor(
            RIGHT["6.6"](step, warmup, peak), dtype=torch.float64),
        lambda step, warmup, peak: peak * tf.warmup_inverse_sqrt(warmup or 1)(step, 0))),
    *(("6.7", answer) for answer in (
        smooth_by_torch, smooth_in_place, lambda logits, targets, epsilon: tf.smoothed_loss(
            torch.tensor(logits), torch.tensor(targets), epsilon))),
    *(("6.8", answer) for answer in (
        cache_by_torch, cache_one_by_one, lambda *given: list(RIGHT["6.8"](*given)))),
    *(("6.9", answer) for answer in (
        fit_by_steps, lambda *given: [float(n) for n in RIGHT["6.9"](*given)],
        lambda *given: np.array(RIGHT["6.9"](*given)))),
    *(("6.10", answer) for answer in (
        windows_in_a_loop, lambda *given: np.array(RIGHT["6.10"](*given)),
        lambda *given: [list(row) for row in RIGHT["6.10"](*given)])),
    *(("6.11", answer) for answer in (
        patches_by_torch, patches_by_split, lambda *given: RIGHT["6.11"](*given).tolist())),
    *(("6.12", answer) for answer in (
        reach_by_sets, lambda *given: np.int64(RIGHT["6.12"](*given)),
        lambda place, layers, size, kind: RIGHT["6.12"](place, min(layers, place + 1), size,
                                                        kind))),
    *(("6.13", answer) for answer in (
        slip_by_sums, lambda record: np.str_(RIGHT["6.13"](record)),
        lambda record: RIGHT["6.13"]({name: np.round(rows, 9) for name, rows in record.items()}))),
]


@pytest.mark.parametrize(("id", "answer"), ACCEPTED)
def test_a_right_answer_passes_however_it_is_written(id, answer):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "passed", verdict.message


# Wrong answers, as learners write them, and what they are told

def norm_of_columns(x, gain, bias, eps):
    return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + eps) * gain + bias


def norm_by_torchs_default(x, gain, bias, eps):
    x = torch.tensor(x)
    z = (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True) + eps).sqrt()
    return (z * torch.tensor(gain) + torch.tensor(bias)).numpy()


def norm_by_std(x, gain, bias, eps):
    return (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + eps) * gain + bias


def block_of_2017(x, attend, feed, norm_1, norm_2):
    if attend is not None:
        x = norm_1(x + attend(x))
    if feed is not None:
        x = norm_2(x + feed(x))
    return x


def block_that_rebinds(x, attend, feed, norm_1, norm_2):
    if attend is not None:
        x = norm_1(x)
        x = x + attend(x)
    if feed is not None:
        x = norm_2(x)
        x = x + feed(x)
    return x


def block_in_place(x, attend, feed, norm_1, norm_2):
    if attend is not None:
        x += attend(norm_1(x))
    if feed is not None:
        x += feed(norm_2(x))
    return x


def block_in_parallel(x, attend, feed, norm_1, norm_2):
    a = attend(norm_1(x)) if attend else 0
    f = feed(norm_2(x)) if feed else 0
    return x + a + f


def numbers_without_biases(d, d_ff, layers, V, tied):
    def count(d, d_ff, V):
        return {"embedding": V * d * (2 - tied), "attention": layers * 4 * d * d,
                "feed-forward": layers * (2 * d * d_ff + d_ff + d),
                "norms": (2 * layers + 1) * 2 * d}
    a, b = count(2 * d, 2 * d_ff, V), count(d, d_ff, 2 * V)
    return {**count(d, d_ff, V), "if wider": max(a, key=a.get), "if more words": max(b, key=b.get)}


def report_of_perplexities(report):
    (p, q), (c, _) = report["perplexities"], report["characters"]
    if report["moved"] > 1e-3:
        return "cache"
    if math.log(p) / c < report["floor"]:
        return "floor"
    return "rival" if p > q else "copy" if report["longest"] > 2 * report["usual"] else (
        "may be true")


def report_of_tokens(report):
    p, q = np.log(report["perplexities"]) / report["characters"]
    if report["moved"] > 1e-3:
        return "cache"
    if math.log(report["perplexities"][0]) < report["floor"]:
        return "floor"
    return "rival" if p > q else "copy" if report["longest"] > 2 * report["usual"] else (
        "may be true")


def norms_on_average(sizes, out):
    if all(abs(row.mean() - 1) < 0.01 for row in sizes[1:]):
        return "post-norm"
    return "pre-norm" if np.allclose(out, 1, atol=0.01) else "pre-norm without the last norm"


def rate_from_step(step, warmup, peak):
    top = max(warmup, 1)
    return peak * step / top if step < top else peak * math.sqrt(top / step)


def smooth_among_the_wrong(logits, targets, epsilon):
    real = targets != -100
    logs, ids = F.log_softmax(torch.tensor(logits[real]), -1).numpy(), targets[real]
    V = logs.shape[1]
    wished = np.full(logs.shape, epsilon / (V - 1))
    wished[np.arange(len(ids)), ids] = 1 - epsilon
    return -(wished * logs).sum(1).mean()


def smooth_over_all(logits, targets, epsilon):
    return F.cross_entropy(torch.tensor(logits), torch.tensor(targets), reduction="sum",
                           label_smoothing=epsilon).item() / len(targets)


def cache_without_a_mask(q, k, v, cache):
    if cache:
        k, v = np.vstack([cache[0], k]), np.vstack([cache[1], v])
    w = torch.softmax(torch.tensor(q @ k.T / q.shape[1] ** 0.5), 1).numpy()
    return w @ v, (k, v)


def cache_in_front(q, k, v, cache):
    rows, _ = RIGHT["6.8"](q, k, v, cache)
    return rows, ((k, v) if cache is None else (np.vstack([k, cache[0]]), np.vstack([v, cache[1]])))


def fit_by_query_heads(model, tokens, shared, memory):
    return RIGHT["6.9"](model | {"kept": model["heads"]}, tokens, shared, memory)


def fit_without_sharing(model, tokens, shared, memory):
    return RIGHT["6.9"](model, tokens, 0, memory)


def windows_as_published(length, context, stride):
    """As the guide to perplexity of a well-known library does it."""
    if not 1 <= stride <= context:
        raise ValueError(f"{stride}, {context}")
    found, before = [], 0
    for start in range(0, length - 1, stride):
        end = min(start + context, length - 1)
        found.append((start, end, before + 1))
        before = end
        if end == length - 1:
            break
    return found


def patches_by_reshape(pictures, side):
    B, h, w, C = pictures.shape
    if h % side or w % side:
        raise ValueError(f"{h} {w} {side}")
    return pictures.reshape(B, h * w // side ** 2, -1)


def patches_channels_first(pictures, side):
    if pictures.shape[1] % side or pictures.shape[2] % side:
        raise ValueError("uneven")
    return tf.patchify(torch.tensor(pictures).permute(0, 3, 1, 2).contiguous(), side).numpy()


def reach_by_products(place, layers, size, kind):
    if kind == "window":
        return min(layers * size, place) + 1
    return RIGHT["6.12"](place, layers, size, kind)


def slip_by_norm_1(record):
    if np.allclose(record["norm_1"], record["x"], atol=1e-3):
        return "norm after the sum"
    return RIGHT["6.13"](record)


def slip_of_attention(record):
    if np.allclose(record["after_attention"], record["attention"]):
        return "no way past"
    said = RIGHT["6.13"](record)
    return "nothing" if said == "no way past" else said


NAMED = [
    ("6.1", norm_of_columns, "over the tokens of a text"),
    ("6.1", norm_by_torchs_default, "by d - 1"),
    ("6.1", norm_by_std, "eps stands outside the root"),
    ("6.1", lambda x, gain, bias, eps: x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * gain
     + bias, "this is RMSNorm"),
    ("6.2", block_of_2017, "That is post-norm"),
    ("6.2", block_that_rebinds, "What goes past is norm(x)"),
    ("6.2", block_in_place, "changed `x`"),
    ("6.2", block_in_parallel, "feed reads the first x"),
    ("6.3", numbers_without_biases, "The maps of attention have biases"),
    ("6.3", lambda *given: {**RIGHT["6.3"](*given), "if wider": "embedding"}, "is not 'embedding'"),
    ("6.3", lambda *given: sum(v for v in RIGHT["6.3"](*given).values() if isinstance(v, int)),
     "expected a dict with"),
    ("6.3", lambda d, d_ff, layers, V, tied: RIGHT["6.3"](d, d_ff, layers, V, not tied),
     "Turned round"),
    ("6.4", report_of_perplexities, "You compared perplexities of different tokens"),
    ("6.4", report_of_tokens, "with the floor of a character"),
    ("6.4", lambda report: "leak", "must be one of"),
    ("6.5", norms_on_average, "Rows of sizes 0.8 and 1.2 have the mean 1"),
    ("6.5", lambda sizes, out: RIGHT["6.5"](np.vstack([sizes[:1], sizes]), out),
     "You looked at the looked-up rows as well"),
    ("6.5", lambda sizes, out: RIGHT["6.5"](np.vstack([sizes, sizes + 5]), out),
     "need no *last* norm"),
    ("6.5", lambda sizes, out: "post-norm" if np.allclose(sizes[1:], 1) else "pre-norm"
     if np.allclose(out, 1) else "pre-norm without the last norm", "You asked for a 1 to many"),
    ("6.6", rate_from_step, "You took the step for the number of the update"),
    ("6.6", lambda step, warmup, peak: peak * min((step + 1) ** -0.5, (step + 1) * (
        warmup or 1) ** -1.5), "That is the form of 2017"),
    ("6.6", lambda step, warmup, peak: peak * min((step + 1) / warmup, (warmup / (step + 1)) ** .5),
     "division by"),
    ("6.7", smooth_among_the_wrong, "You shared epsilon out among the wrong ids"),
    ("6.7", smooth_over_all, "You divided by all tokens"),
    ("6.7", lambda logits, targets, epsilon: RIGHT["6.7"](logits, targets, 0.0),
     "Nothing is softened"),
    ("6.8", cache_without_a_mask, "A cache hides no future"),
    ("6.8", cache_in_front, "has the new tokens in front"),
    ("6.8", lambda q, k, v, cache: (RIGHT["6.8"](q, k, v, cache)[0], (k, v)),
     "you kept the new tokens only"),
    ("6.9", fit_by_query_heads, "You counted the heads that ask"),
    ("6.9", fit_without_sharing, "as if nothing were shared"),
    ("6.9", lambda model, *given: RIGHT["6.9"](model | {"weights": 0}, *given),
     "The weights lie in the same memory"),
    ("6.10", windows_as_published, "Your last window begins at a multiple of the stride"),
    ("6.10", lambda length, context, stride: RIGHT["6.10"](length + 1, context, stride),
     "You read the last token, too"),
    ("6.10", lambda length, context, stride: RIGHT["6.10"](
        length, context, min(max(stride, 1), context)), "There is no answer to that"),
    ("6.11", patches_by_reshape, "The right shape, the wrong patches"),
    ("6.11", patches_channels_first, "your colours stand one after the other"),
    ("6.11", lambda pictures, side: RIGHT["6.11"](pictures.swapaxes(1, 2), side),
     "You read column by column"),
    ("6.12", reach_by_products, "A window of size tokens holds the token itself"),
    ("6.12", lambda place, layers, size, kind: RIGHT["6.12"](place, 1, size, kind), "expected"),
    ("6.12", lambda *given: RIGHT["6.12"](*given) - 1, "The token itself counts, too"),
    ("6.13", slip_by_norm_1, "is no proof of post-norm"),
    ("6.13", slip_of_attention, "You looked for a way past attention"),
    ("6.13", lambda record: "fine", "must be one of"),
]


@pytest.mark.parametrize(("id", "answer", "said"), NAMED)
def test_a_wrong_answer_is_told_what_is_wrong(id, answer, said):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "failed"
    assert said in verdict.message, verdict.message


@pytest.mark.parametrize(("id", "name"), [
    ("6.4", "copy"), ("6.5", "pre-norm"), ("6.13", "past from the norm")])
def test_a_judgement_is_not_given_away_by_its_check(id, name):
    message = engine.judge(RECORDS[id], lambda *given: name).message
    assert f"is not '{name}'" in message
    assert "expected" not in message


def test_ids_stand_in_order_and_the_starred_ones_take_35_minutes_at_most():
    assert [record.id for record in EXERCISES] == [f"6.{n}" for n in range(1, 14)]
    starred = [record for record in EXERCISES if record.starred]
    assert [record.id for record in starred] == ["6.1", "6.2", "6.3", "6.4"]
    assert sum(record.minutes for record in starred) <= 35
