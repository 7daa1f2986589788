"""Exercises of notebook 04: right answers of every style pass, typical slips are named."""

from __future__ import annotations

import copy
import heapq
import inspect
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pad_sequence

from helpers import decoding, metrics, seq2seq_attention
from helpers.exercises import engine
from helpers.exercises.seq2seq_attention import EXERCISES

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # nan and inf, as wrong answers
RECORDS = {record.id: record for record in EXERCISES}
RIGHT = {id: record.solution for id, record in RECORDS.items()}


def drawn(id: str, number: int = 100) -> list[tuple]:
    """Return arguments as the check of an exercise draws them, and its examples."""
    rng = np.random.default_rng(5)
    return [*RECORDS[id].examples, *(RECORDS[id].cases(rng) for _ in range(number))]


# The references are the course's own

def test_the_loop_writes_what_greedy_decoding_writes():
    for step, start, stop, most in drawn("4.1"):
        theirs = decoding.draw(step, start, stop=stop, max_tokens=most, temperature=0)
        assert RIGHT["4.1"](step, start, stop, most) == list(theirs)


def test_a_look_is_attention_with_a_dot_score_and_padding_is_masked_as_in_the_package():
    for query, keys in drawn("4.2"):
        memory = torch.tensor(keys)[None]
        context, weights = seq2seq_attention.Attention(seq2seq_attention.DotScore(keys.shape[1]))(
            torch.tensor(query)[None], memory, torch.ones(1, len(keys), dtype=torch.bool))
        for mine, theirs in zip(RIGHT["4.2"](query, keys), (weights, context), strict=True):
            np.testing.assert_allclose(mine, theirs[0], atol=1e-9)
    for scores, lengths in drawn("4.3"):
        mask = torch.arange(scores.shape[1]) < torch.tensor(lengths)[:, None]
        _, weights = seq2seq_attention.attend(
            torch.tensor(scores), torch.zeros(*scores.shape, 1, dtype=torch.float64), mask)
        np.testing.assert_allclose(RIGHT["4.3"](scores, lengths), weights, atol=1e-12)


def test_a_step_of_a_beam_is_that_of_beam_search():
    for _, rows, width in drawn("4.8"):
        rows = rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))
        rows = np.vstack([rows, np.full((1, rows.shape[1]), -np.log(rows.shape[1]))])
        beam = decoding.beam_search(lambda state, id, rows=rows: (None, rows[id % len(rows)]), 0,
                                    width=width, max_tokens=2, stop=None)
        first = [node for node in beam.nodes if node.depth == 1 and node.kept]
        second = [node for node in beam.nodes if node.depth == 2 and node.kept]
        mine = RIGHT["4.8"]([node.total for node in first],
                            rows[[node.id % len(rows) for node in first]], width)
        np.testing.assert_allclose([total for *_, total in mine], [node.total for node in second])


@pytest.mark.skipif(not hasattr(metrics, "bleu"), reason="the metrics of translations come later")
def test_clipped_n_grams_are_those_of_bleu_and_the_error_is_that_of_one_sentence():
    for hypothesis, reference, n in drawn("4.7"):
        hits, total = RIGHT["4.7"](hypothesis, reference, n)
        theirs = metrics.bleu([hypothesis], [reference], max_order=n).precisions[n - 1]
        assert (hits / total if total else 0.0) == pytest.approx(theirs)
    for found, sure, possible in drawn("4.9"):
        if found or sure:
            assert RIGHT["4.9"](found, sure, possible) == pytest.approx(
                metrics.alignment_error_rate([found], [sure], [possible]))


def test_what_is_read_is_one_place_behind_what_is_wanted():
    read, wanted = RIGHT["4.6"]([[5, 3, 4], [6]], 1, 2, 0, 4)
    assert read.tolist() == [[1, 5, 3, 4], [1, 6, 0, 0]]
    assert wanted.tolist() == [[5, 3, 4, 2], [6, 2, 0, 0]]


# Right answers, as learners write them

def write_with_while_true(step, start, stop, most):
    out, state, token = [], None, start
    while True:
        state, row = step(state, token)
        token = np.array(row).argmax()
        if token == stop or len(out) == most:
            return out
        out.append(token)


def write_and_cut(step, start, stop, most):
    ids, state, last = [], None, start
    for _ in range(most):
        state, row = step(state, last)
        last = int(torch.tensor(row).argmax())
        ids += [last]
    return ids[:ids.index(stop)] if stop in ids else ids


def write_by_sorting(step, start, stop, most):
    state, row = step(None, start)
    ids = [sorted(range(len(row)), key=lambda i: -row[i])[0]]
    while ids[-1] != stop and len(ids) < most:
        state, row = step(state, ids[-1])
        ids.append(sorted(range(len(row)), key=lambda i: -row[i])[0])
    return [id for id in ids if id != stop]


def look_by_torch(query, keys):
    keys = torch.tensor(keys)
    weights = torch.softmax(keys @ torch.tensor(query), dim=0)
    return weights, weights @ keys


def look_by_einsum(query, keys):
    e = np.einsum("d,sd->s", query, keys)
    a = np.exp(e - np.max(e)) / np.exp(e - np.max(e)).sum()
    return a, np.einsum("s,sd->d", a, keys)


def look_by_ratios(query, keys):
    """A weight is one over the sum of what the others have, compared with it."""
    scores = keys.dot(query)
    weights = [1 / sum(np.exp(min(other - score, 700)) for other in scores) for score in scores]
    return weights, np.average(keys, axis=0, weights=weights).tolist()


def pad_by_torch(scores, lengths):
    mask = torch.arange(scores.shape[1]) >= torch.tensor(lengths)[:, None]
    return torch.tensor(scores).masked_fill(mask, -torch.inf).softmax(dim=-1)


def pad_with_a_billion(scores, lengths):
    scores = scores.copy()
    for b in range(len(scores)):
        scores[b, lengths[b]:] = -1e9
    return np.exp(scores) / np.exp(scores).sum(axis=1)[:, None]


def pad_in_lists(scores, lengths):
    rows = []
    for row, n in zip(scores.tolist(), lengths, strict=True):
        shares = [np.exp(score) for score in row[:n]]
        rows.append([share / sum(shares) for share in shares] + [0.0] * (len(row) - n))
    return rows


def wrong_by_isclose(weights, length):
    over_source = np.isclose(weights.sum(1), 1).all()
    over_target = np.isclose(weights.sum(0), 1).all()
    if (weights < 0).sum() > 0:
        return "no weights"
    if over_source:
        return "nothing" if np.all(weights[:, length:] <= 1e-6) else "padding"
    return "wrong axis" if over_target else "no weights"


def mean_in_one_line(batches):
    return sum(losses[i, :n].sum() for losses, lengths in batches for i, n in enumerate(lengths)
               ) / sum(lengths.sum() for _, lengths in batches)


def mean_of_weighted_batches(batches):
    means = [np.concatenate([row[:n] for row, n in zip(losses, lengths, strict=True)]).mean()
             for losses, lengths in batches]
    return np.average(means, weights=[sum(lengths) for _, lengths in batches])


def mean_of_fractions(batches):
    real = [Fraction(float(x)) for losses, lengths in batches
            for row, n in zip(losses, lengths, strict=True) for x in row[:n]]
    return sum(real) / len(real)


def shift_by_torch(ids, start, stop, pad, width):
    if max(map(len, ids)) + 1 > width:
        raise ValueError(f"{max(map(len, ids))} ids and a mark do not fit into {width}")
    rows = [torch.tensor([*row, stop]) for row in ids] + [torch.zeros(width, dtype=torch.long)]
    wanted = pad_sequence(rows, batch_first=True, padding_value=pad)[:-1]
    read = torch.cat([torch.full((len(ids), 1), start), wanted[:, :-1]], dim=1)
    return torch.where(read == stop, pad, read), wanted


def shift_place_by_place(ids, start, stop, pad, width):
    read = np.zeros((len(ids), width), dtype=int) + pad
    wanted = read.copy()
    for b, row in enumerate(ids):
        assert_room(len(row), width)
        read[b, 0] = start
        for t, id in enumerate(row):
            wanted[b, t] = read[b, t + 1] = id
        wanted[b, len(row)] = stop
    return read, wanted


def assert_room(n, width):
    if n >= width:
        raise ValueError(f"{n} words, {width} places")


def clip_by_counter(hypothesis, reference, n):
    def grams(words):
        return Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))
    return (grams(hypothesis) & grams(reference)).total(), grams(hypothesis).total()


def clip_by_popping(hypothesis, reference, n):
    known = [reference[i:i + n] for i in range(max(0, len(reference) - n + 1))]
    hits = total = 0
    for i in range(max(0, len(hypothesis) - n + 1)):
        total += 1
        if hypothesis[i:i + n] in known:
            known.pop(known.index(hypothesis[i:i + n]))
            hits += 1
    return np.array([hits, total])


def grow_by_heap(totals, rows, width):
    branches = [(-(totals[p] + rows[p][i]), p, i) for p in range(len(rows))
                for i in range(len(rows[p]))]
    return [(p, i, -minus) for minus, p, i in heapq.nsmallest(width, branches)]


def grow_each_first(totals, rows, width):
    """The best `width` of each parent first; no more can be among the best of all."""
    kept = []
    for parent, (total, row) in enumerate(zip(totals, rows, strict=True)):
        kept += [(parent, int(i), total + row[i])
                 for i in np.argsort(-row, kind="stable")[:width]]
    return sorted(kept, key=lambda b: -b[2])[:width]


def grow_by_torch(totals, rows, width):
    sums = (torch.tensor(totals)[:, None] + torch.tensor(rows)).flatten()
    best, places = sums.sort(descending=True, stable=True)
    return [(int(place) // rows.shape[1], int(place) % rows.shape[1], best.item())
            for best, place in zip(best[:width], places[:width], strict=True)]


def error_by_sums(found, sure, possible):
    if len(found) + len(sure) == 0:
        raise ValueError("no links")
    a_s, a_p = sum(x in sure for x in found), sum(x in possible for x in found)
    return 1.0 - (a_s + a_p) / (len(found) + len(sure))


def error_by_fractions(found, sure, possible):
    if not (found or sure):
        raise ValueError("no links")
    return 1 - Fraction(len(found.intersection(sure)) + len(found.intersection(possible)),
                        len(found) + len(sure))


def comparable_by_filters(reports):
    honest = [r for r in reports if r["test"] != r["chosen on"]]
    kinds = {(r["test"], r["tokens"], r["case"]) for r in reports[:1]}
    if reports[0] not in honest:
        return []
    alike = [r for r in honest if (r["test"], r["tokens"], r["case"]) in kinds]
    alike.sort(key=lambda r: r["name"])
    alike.sort(key=lambda r: r["score"], reverse=True)
    return [r["name"] for r in alike]


def trouble_by_new_texts(run):
    if run["valid"] < 0.1 * run["chance"]:
        return "sees its target"
    if run["forced"] >= 0.5:
        return "healthy"
    return "has not learned" if run["train"] > run["chance"] / 2 else "learned by heart"


def trouble_by_the_gap(run):
    if run["free"] / run["forced"] < 0.2 and run["forced"] > 0.9:
        return "sees its target"
    if abs(run["train"] - run["chance"]) < 0.1 * run["chance"]:
        return "has not learned"
    return "learned by heart" if run["train"] * 2 < run["valid"] else "healthy"


ACCEPTED = [
    *(("4.1", answer) for answer in (write_with_while_true, write_and_cut, write_by_sorting)),
    *(("4.2", answer) for answer in (look_by_torch, look_by_einsum, look_by_ratios)),
    *(("4.3", answer) for answer in (pad_by_torch, pad_with_a_billion, pad_in_lists)),
    ("4.4", wrong_by_isclose), ("4.4", lambda weights, length: np.str_(RIGHT["4.4"](
        torch.tensor(weights).numpy(), length))),
    *(("4.5", answer) for answer in (mean_in_one_line, mean_of_weighted_batches,
                                     mean_of_fractions)),
    ("4.6", shift_by_torch), ("4.6", shift_place_by_place),
    ("4.6", lambda *given: list(RIGHT["4.6"](*given))),
    ("4.7", clip_by_counter), ("4.7", clip_by_popping),
    *(("4.8", answer) for answer in (grow_by_heap, grow_each_first, grow_by_torch)),
    ("4.9", error_by_sums), ("4.9", error_by_fractions), ("4.10", comparable_by_filters),
    ("4.11", trouble_by_new_texts), ("4.11", trouble_by_the_gap),
]


@pytest.mark.parametrize(("id", "answer"), ACCEPTED)
def test_a_right_answer_passes_however_it_is_written(id, answer):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "passed", verdict.message


# Wrong answers, as learners write them, and what they are told

def write_without_state(step, start, stop, most):
    words = []
    while len(words) < most:
        _, row = step(None, words[-1] if words else start)
        if np.argmax(row) == stop:
            return words
        words.append(np.argmax(row))
    return words


def write_then_look(step, start, stop, most):
    words, state, id = [], None, start
    while id != stop and len(words) < most:
        state, row = step(state, id)
        id = int(np.argmax(row))
        words.append(id)
    return words


def write_after_start(step, start, stop, most):
    words, state = [start], None
    for _ in range(most):
        state, row = step(state, words[-1])
        if row.argmax() == stop:
            break
        words.append(int(row.argmax()))
    return words


def look_naively(query, keys):
    scores = np.array([query.dot(key) for key in keys])
    weights = np.exp(scores) / sum(np.exp(scores))
    return weights, weights.dot(keys)


def look_by_shares(query, keys):
    scores = keys @ query
    weights = scores / np.sum(scores)
    return weights, np.sum([w * k for w, k in zip(weights, keys, strict=True)], axis=0)


def look_without_weights(query, keys):
    e = np.exp(keys @ query - (keys @ query).max())
    return e / e.sum(), np.sum(keys, axis=0)


def zeros_afterwards(scores, lengths):
    e = np.exp(scores)
    weights = e / e.sum(axis=1, keepdims=True)
    for row, n in zip(weights, lengths, strict=True):
        row[n:] = 0
    return weights


def zeros_before(scores, lengths):
    scores = scores.copy()
    for row, n in zip(scores, lengths, strict=True):
        row[n:] = 0
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def sum_of_all(scores, lengths):
    e = np.where(np.arange(scores.shape[1]) < lengths[:, None], np.exp(scores), 0)
    return e / e.sum()


def axis_by_columns(weights, length):
    if weights.min() < 0 or not any(np.allclose(weights.sum(k), 1) for k in (0, 1)):
        return "no weights"
    if np.allclose(weights.sum(axis=0), 1):
        return "wrong axis"
    return "padding" if weights[:, length:].max(initial=0) > 1e-6 else "nothing"


def padding_is_above_zero(weights, length):
    verdict = RIGHT["4.4"](weights, length)
    return "padding" if verdict == "nothing" and (weights[:, length:] > 0).any() else verdict


def sums_only(weights, length):
    if np.allclose(weights.sum(axis=1), 1):
        return "padding" if (weights[:, length:] > 1e-6).any() else "nothing"
    return "wrong axis" if np.allclose(weights.sum(axis=0), 1) else "no weights"


def mean_of_means(batches):
    means = []
    for losses, lengths in batches:
        real = np.concatenate([row[:n] for row, n in zip(losses, lengths, strict=True)])
        means.append(real.mean())
    return np.mean(means)


def mean_of_texts(batches):
    return np.mean([row[:n].mean() for losses, lengths in batches
                    for row, n in zip(losses, lengths, strict=True)])


def copied(ids, start, stop, pad, width):
    if any(len(row) + 1 > width for row in ids):
        raise ValueError("too long")
    read = wanted = np.array([[*row, stop] + [pad] * (width - len(row) - 1) for row in ids])
    return read, wanted


def silent(ids, start, stop, pad, width):
    read = [([start, *row] + [pad] * width)[:width] for row in ids]
    wanted = [([*row, stop] + [pad] * width)[:width] for row in ids]
    return np.array(read), np.array(wanted)


def hits_of_a_set(hypothesis, reference, n):
    a, b = ({tuple(w[i:i + n]) for i in range(len(w) - n + 1)} for w in (hypothesis, reference))
    return len(a & b), len(a)


def hits_again_and_again(hypothesis, reference, n):
    known = [reference[i:i + n] for i in range(len(reference) - n + 1)]
    found = [hypothesis[i:i + n] for i in range(len(hypothesis) - n + 1)]
    return len([gram for gram in found if gram in known]), len(found)


def one_child_each(totals, rows, width):
    children = [(p, int(np.argmax(rows[p])), totals[p] + max(rows[p])) for p in range(len(totals))]
    return sorted(children, key=lambda c: -c[2])[:width]


def forgetful(totals, rows, width):
    branches = [(p, i, rows[p, i]) for p in range(len(rows)) for i in range(rows.shape[1])]
    return sorted(branches, key=lambda b: -b[2])[:width]


def smallest_first(totals, rows, width):
    branches = [(p, i, totals[p] + rows[p, i]) for p in range(len(rows))
                for i in range(rows.shape[1])]
    return sorted(branches, key=lambda b: b[2])[:width]


def without_possible(found, sure, possible):
    if not found and not sure:
        raise ValueError("nothing")
    return 1 - 2 * len(found & sure) / (len(found) + len(sure))


def same_everything(reports):
    keys = ("test", "tokens", "case", "chosen on")
    kept = [r for r in reports if all(r[key] == reports[0][key] for key in keys)]
    return [r["name"] for r in sorted(kept, key=lambda r: (-r["score"], r["name"]))]


def upwards(reports):
    names = RIGHT["4.10"](reports)
    return [r["name"] for r in sorted(reports, key=lambda r: (r["score"], r["name"]))
            if r["name"] in names]


def by_new_texts_alone(run):
    if run["valid"] >= 0.9 * run["chance"]:
        return "has not learned"
    return RIGHT["4.11"](run)


def every_gap_is_a_fault(run):
    if run["valid"] > run["train"] and RIGHT["4.11"](run) == "healthy":
        return "learned by heart"
    return RIGHT["4.11"](run)


NAMED = [
    ("4.1", write_without_state, "Every step begins with the state None"),
    ("4.1", write_then_look, "`stop` stands in your result"),
    ("4.1", write_after_start, "`start` stands in your result"),
    ("4.2", look_naively, "inf / inf is nan"),
    ("4.2", look_by_shares, "exp comes first"),
    ("4.2", look_without_weights, "each key counts by its weight"),
    ("4.3", zeros_afterwards, "the rows no longer sum to 1"),
    ("4.3", zeros_before, "exp(0) is 1"),
    ("4.3", sum_of_all, "Every row has a budget of its own"),
    ("4.4", axis_by_columns, "The rows are what counts"),
    ("4.4", padding_is_above_zero, "is rounding"),
    ("4.4", sums_only, "A weight below 0 came through"),
    ("4.5", mean_of_means, "You averaged the means of the batches"),
    ("4.5", mean_of_texts, "You averaged the means of the rows"),
    ("4.5", lambda batches: np.mean(np.concatenate([l.ravel() for l, _ in batches])),
     "padding too"),
    ("4.6", copied, "That is the bug"),
    ("4.6", silent, "cut off in silence"),
    ("4.6", lambda *given: RIGHT["4.6"](*given)[::-1], "The two are exchanged"),
    ("4.7", hits_of_a_set, "You counted *different* n-grams"),
    ("4.7", hits_again_and_again, "It is used up by one"),
    ("4.7", lambda h, r, n: RIGHT["4.7"](h, r, n)[0], "the parts"),
    ("4.8", one_child_each, "only its own best continuation"),
    ("4.8", forgetful, "What came before is forgotten"),
    ("4.8", smallest_first, "You kept the worst"),
    ("4.9", without_possible, "possible but not sure counts as wrong"),
    ("4.9", lambda a, s, p: 1 - (len(a & s) + len(a & p)) / (len(a) + len(s)), "0 / 0"),
    ("4.9", lambda a, s, p: 1 - RIGHT["4.9"](a, s, p), "the share that is right"),
    ("4.10", same_everything, "You asked that both were chosen on the same text"),
    ("4.10", upwards, "The worst stands first"),
    ("4.10", lambda reports: RIGHT["4.10"](reports) or [reports[0]["name"]], "expected []"),
    ("4.11", by_new_texts_alone, "the loss on new texts alone"),
    ("4.11", every_gap_is_a_fault, "By heart means *far* worse"),
    ("4.11", lambda run: "overfitting", "must be one of"),
]


@pytest.mark.parametrize(("id", "answer", "said"), NAMED)
def test_a_wrong_answer_is_told_what_is_wrong(id, answer, said):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "failed"
    assert said in verdict.message, verdict.message


def test_a_trouble_is_not_given_away_by_its_check():
    message = engine.judge(RECORDS["4.11"], lambda run: "healthy").message
    assert "is not 'healthy'" in message
    assert "expected" not in message


def test_a_decoder_of_the_checks_is_a_plain_step_that_forgets_nothing():
    step = RECORDS["4.1"].examples[0][0]
    state, row = step(None, 1)
    assert np.exp(row).sum() == pytest.approx(1)
    assert copy.deepcopy(step) == step
    assert not np.array_equal(step(state, 1)[1], row)
    assert inspect.signature(RIGHT["4.1"]).parameters.keys() == {"step", "start", "stop", "most"}


def test_four_are_starred_and_take_a_reader_at_most_35_minutes():
    starred = [record for record in EXERCISES if record.starred]
    assert [record.id for record in starred] == ["4.1", "4.2", "4.3", "4.4"]
    assert sum(record.minutes for record in starred) <= 35
