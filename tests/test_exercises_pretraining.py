"""Exercises of notebook 07: right answers of every style pass, typical slips are named."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import pretraining as pre
from helpers.exercises import engine
from helpers.exercises.pretraining import EXERCISES, hiding, probes, reports
from helpers.pretraining import audit, dpo, lora, masking, probe, scaling, speculative
from helpers.pretraining.objectives import shifted

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # nan and inf, as wrong answers
RECORDS = {record.id: record for record in EXERCISES}
RIGHT = {id: record.solution for id, record in RECORDS.items()}


def drawn(id: str, number: int = 60) -> list[tuple]:
    """Return arguments as the check of an exercise draws them, and its examples."""
    rng = np.random.default_rng(7)
    return [*RECORDS[id].examples, *(RECORDS[id].cases(rng) for _ in range(number))]


# The references are the course's, torch's, or hold by themselves

def test_hidden_words_are_those_of_the_course():
    generator = torch.Generator().manual_seed(3)
    ids, words = torch.randint(5, 40, (8, 30), generator=generator), torch.arange(5, 40)
    may = torch.rand(8, 30, generator=generator) < 0.9
    state = generator.get_state()
    hidden = pre.hide(ids, may, mask_id=3, words=words, generator=generator)
    generator.set_state(state)
    chance, fate = (torch.rand(8, 30, generator=generator) for _ in range(2))
    other = words[torch.randint(len(words), (8, 30), generator=generator)]
    inputs, targets = RIGHT["7.1"](*(part.numpy() for part in (ids, may, chance, fate, other)), 3)
    np.testing.assert_array_equal(inputs, hidden.inputs)
    np.testing.assert_array_equal(targets, hidden.targets)


def test_a_kept_word_is_asked_and_what_is_not_asked_is_read_as_it_was():
    for ids, may, chance, fate, other, mask_id in drawn("7.1"):
        inputs, targets = RIGHT["7.1"](ids, may, chance, fate, other, mask_id)
        asked = targets != -100
        assert (inputs[~asked] == ids[~asked]).all()
        assert (targets[asked] == ids[asked]).all()
        assert not (asked & ~may).any()
        assert asked[may & (chance < 0.15) & (fate >= 0.9)].all()


def test_the_loss_of_what_was_asked_is_the_courses():
    for logits, targets in drawn("7.2"):
        wanted = masking.loss_at(torch.tensor(logits), torch.tensor(targets))
        assert RIGHT["7.2"](logits, targets) == pytest.approx(float(wanted), abs=1e-9)


def test_a_probe_of_labels_without_a_pattern_finds_nothing_and_a_broken_control_is_found():
    rng = np.random.default_rng(0)
    labels = torch.tensor((rng.random(1200) < 0.4).astype(int))
    noise = torch.tensor(rng.normal(size=(1200, 6)))
    speaking = torch.cat([noise, labels[:, None] + 0.3 * noise[:, :1]], dim=1)

    def share(features, known):
        line = probe.fit_line(features[:600], known[:600])
        return line.right(features[600:], labels[600:])

    def told(features, untrained):
        return RIGHT["7.3"]({
            "right": share(features, labels), "majority": probe.majority(labels[600:]),
            "shuffled": share(features, probe.shuffled(labels)), "own": 0.9, "examples": 600,
            "untrained": share(untrained, labels)})
    assert told(noise, noise) == "nothing shown"
    assert told(speaking, noise) == "learned in reading"
    assert told(speaking, speaking) == "any encoder does it"


def test_all_verdicts_and_all_faults_are_drawn():
    assert {RIGHT["7.3"](*call) for call in drawn("7.3")} == set(probes.NAMES)
    assert {RIGHT["7.4"](*call) for call in drawn("7.4")} == set(reports.NAMES)


def test_a_fair_draw_is_within_its_bounds_and_others_are_not():
    generator = torch.Generator().manual_seed(0)
    ids, may = torch.zeros(200, 100, dtype=torch.long), torch.ones(200, 100, dtype=torch.bool)
    words = torch.arange(9)
    odd = 0
    for _ in range(40):
        hidden = pre.hide(ids, may, mask_id=9, words=words, generator=generator)
        counts = pre.count_fates(hidden, may)
        assert list(counts) == ["left alone", "mask", "random word", "the word itself"]
        odd += len(RIGHT["7.5"](counts))
    assert odd <= 3                                             # of 160, at 3 in 1000
    many = pre.hide(ids, may, mask_id=9, words=words, generator=generator, share=0.2)
    assert RIGHT["7.5"](pre.count_fates(many, may)) == ["left alone"]
    always = counts | {"mask": counts["mask"] + counts["random word"] + counts["the word itself"],
                       "random word": 0, "the word itself": 0}
    assert RIGHT["7.5"](always) == ["mask", "random word", "the word itself"]


def test_counts_that_the_check_draws_are_no_ties_and_not_below_0():
    for (counts,) in drawn("7.5", 300):
        assert min(counts.values()) >= 0
        assert hiding._clear(counts), counts


def test_targets_of_real_places_are_the_courses():
    for ids, real in drawn("7.6"):
        mine = RIGHT["7.6"](ids, real)
        theirs = shifted(torch.tensor(ids), torch.tensor(real)).numpy()
        np.testing.assert_array_equal(mine[real], theirs[real])
        assert (mine[~real] == -100).all()
        assert (mine != -100).sum() == (real.sum(axis=1) - 1).sum()


def test_the_last_real_row_is_the_courses():
    for rows, real in drawn("7.7"):
        wanted = pre.last_real(torch.tensor(rows), torch.tensor(real))
        np.testing.assert_array_equal(RIGHT["7.7"](rows, real), wanted)


def test_the_last_real_row_does_not_depend_on_the_side_of_the_padding():
    rng = np.random.default_rng(2)
    text, padding = rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
    rows = np.stack([np.concatenate([text, padding]), np.concatenate([padding, text])])
    real = np.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]]) == 1
    np.testing.assert_array_equal(RIGHT["7.7"](rows, real), [text[-1], text[-1]])


def test_the_calibration_error_is_the_courses_and_0_for_who_keeps_promises():
    for confidence, right, bins in drawn("7.8"):
        if confidence.min() <= 0.5:
            continue
        logits = torch.tensor(np.stack([np.log(confidence), np.log1p(-confidence)], axis=1))
        labels = torch.tensor(~right).long()
        wanted = probe.calibration_error(logits, labels, bins)
        assert RIGHT["7.8"](confidence, right, bins) == pytest.approx(wanted, abs=0.03)
    assert RIGHT["7.8"](np.full(4, 0.75), np.array([1, 1, 0, 1]) == 1, 10) == pytest.approx(0)


def test_a_merged_matrix_answers_as_the_low_rank_layer_does():
    torch.manual_seed(0)
    for W, A, B, alpha in drawn("7.9"):
        layer = lora.LowRank(*W.shape, A.shape[1], alpha).double()
        layer.A.data, layer.B.data = torch.tensor(A.copy()), torch.tensor(B.copy())
        matrix, share = RIGHT["7.9"](W, A, B, alpha)
        np.testing.assert_allclose(matrix, layer(torch.tensor(W.copy())).detach(), atol=1e-12)
        x = np.ones(len(W))
        np.testing.assert_allclose(x @ matrix, x @ W + x @ A @ B * alpha / A.shape[1], atol=1e-9)
        trained = sum(p.numel() for p in layer.parameters())
        assert share == pytest.approx(trained / (trained + W.size))


def test_a_promise_is_that_of_the_courses_law():
    for sizes, losses, tokens, budget in drawn("7.10"):
        pairs = sorted(zip(sizes, losses, strict=True))
        loss, miss = RIGHT["7.10"](sizes, losses, tokens, budget)
        if len(pairs) > 3:
            law = scaling.fit_power_law(*zip(*pairs[:-1], strict=True))
            size = budget / scaling.training_flops(1, tokens)
            assert loss == pytest.approx(law.predict(size))
            assert miss == pytest.approx(pairs[-1][1] / law.predict(pairs[-1][0]) - 1)


def test_an_exact_law_is_kept():
    sizes = [100, 3000, 800, 20_000]
    loss, miss = RIGHT["7.10"](sizes, [5 * n ** -0.1 for n in sizes], 1000, 6000 * 2e5)
    assert loss == pytest.approx(5 * 2e5 ** -0.1)
    assert miss == pytest.approx(0, abs=1e-12)


def test_the_preference_loss_and_its_gradient_are_the_courses_and_autograds():
    for *given, beta in drawn("7.11"):
        tensors = [torch.tensor(part, requires_grad=True) for part in given]
        wanted = dpo.preference_loss(*tensors, beta=beta)
        wanted.backward()
        loss, gradient = RIGHT["7.11"](*given, beta)
        assert loss == pytest.approx(wanted.item(), abs=1e-12)
        np.testing.assert_allclose(gradient, tensors[0].grad, atol=1e-12)
        np.testing.assert_allclose(gradient, dpo.preference_gradient(
            dpo.margin(*tensors).detach(), beta=beta), atol=1e-12)


def test_the_preference_loss_begins_at_the_logarithm_of_two():
    same = np.array([-3.0, -900.0])
    loss, gradient = RIGHT["7.11"](same, same - 1, same, same - 1, 0.4)
    assert loss == pytest.approx(math.log(2))
    np.testing.assert_allclose(gradient, -0.1)


def test_tokens_that_are_kept_or_drawn_again_come_as_often_as_the_large_model_says():
    p, q = np.array([0.1, 0.6, 0.0, 0.3]), np.array([0.4, 0.1, 0.3, 0.2])
    grid = (np.arange(400) + 0.5) / 400
    chances = np.zeros(4)
    for x in range(4):
        kept = np.mean([RIGHT["7.12"](p, q, x, u, 0.5) == x for u in grid])
        assert kept == pytest.approx(min(1, p[x] / q[x]), abs=0.003)
        drawn_again = [RIGHT["7.12"](p, q, x, 0.9999, v) for v in grid]
        chances += q[x] * (1 - kept) * np.bincount(drawn_again, minlength=4) / len(grid)
        chances[x] += q[x] * kept
    np.testing.assert_allclose(chances, p, atol=0.01)
    assert speculative.accepted_share(p, q) == pytest.approx(0.4)


def test_sentences_that_were_read_are_those_of_the_courses_audit():
    for read, test, n in drawn("7.13"):
        small = [[[word.lower() for word in words] for words in texts] for texts in (read, test)]
        share, places = RIGHT["7.13"](read, test, n)
        assert (pytest.approx(share), places) == audit.overlap(*small, n)


# Right answers, as learners write them

def hide_with_masks(ids, may, chance, fate, other, mask_id):
    inputs = ids.copy()
    pick = may & (chance < 0.15)
    kinds = np.digitize(fate, [0.8, 0.9])
    inputs[pick & (kinds == 0)] = mask_id
    inputs[pick & (kinds == 1)] = other[pick & (kinds == 1)]
    return [inputs, np.where(pick, ids, -100 * np.ones_like(ids))]


def hide_by_choices(ids, may, chance, fate, other, mask_id):
    chosen = np.where(may, chance, 1) < 0.15
    fates = [~chosen, fate < 0.8, fate < 0.9]
    return np.select(fates, [ids, mask_id, other], ids), np.select([chosen], [ids], -100)


def hide_by_arithmetic(ids, may, chance, fate, other, mask_id):
    c = (may * (chance < 0.15)).astype(int)
    m, r = c * (fate < 0.8), c * (fate >= 0.8) * (fate < 0.9)
    return ids * (1 - m - r) + mask_id * m + other * r, ids * c - 100 * (1 - c)


def loss_by_softmax(logits, targets):
    flat, wanted = logits.reshape(-1, logits.shape[-1]), targets.ravel()
    keep = np.flatnonzero(wanted != -100)
    z = flat[keep] - flat[keep].max(-1, keepdims=True)
    soft = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return float(-sum(soft[i, wanted[k]] for i, k in enumerate(keep)) / len(keep))


def loss_by_torch(logits, targets):
    return F.cross_entropy(torch.tensor(logits).flatten(0, 1), torch.tensor(targets).flatten())


def loss_by_sums_of_texts(logits, targets):
    total = count = 0
    for rows, words in zip(logits, targets, strict=True):
        real = words > -1
        total += (np.logaddexp.reduce(rows[real], axis=1) - rows[real, words[real]]).sum()
        count += real.sum()
    return total / count


def probe_in_lines(report):
    n = report["examples"]
    r, m, s, u = (report[name] for name in ("right", "majority", "shuffled", "untrained"))
    error = lambda a, b: math.sqrt(a * (1 - a) / n + b * (1 - b) / n)  # noqa: E731
    if s > m + 2 * error(s, m):
        return "broken control"
    if r <= m + 2 * error(r, m):
        return "nothing shown"
    if r <= u + 2 * error(r, u):
        return "any encoder does it"
    return "learned in reading"


def probe_by_variances(report):
    def far(a, b):
        a, b = report[a], report[b]
        variance = np.array([a, b]) @ (1 - np.array([a, b])) / report["examples"]
        return a > b and (a - b) / variance ** 0.5 > 2
    return ("broken control" if far("shuffled", "majority") else
            "learned in reading" if far("right", "untrained") and far("right", "majority") else
            "any encoder does it" if far("right", "majority") else "nothing shown")


def fault_in_a_row(report):
    mean = {way: np.mean(shares) for way, shares in report["right"].items()}
    a, b = report["labelled"]["fine-tuned"], report["labelled"]["from scratch"]
    if len(report["read"].intersection(report["test"])) > 0:
        return "test was read"
    if a != b:
        return "other labels"
    different = []
    for draw in a:
        if draw not in different:
            different.append(draw)
    if len(different) < 3:
        return "few draws"
    for tried in report["rates"].values():
        if len(np.unique(tried)) == 1:
            return "one rate"
    if "bag of words" not in report["right"]:
        return "no bag of words"
    best = mean["fine-tuned"] > mean["from scratch"] and mean["fine-tuned"] > mean["bag of words"]
    return "none" if best else "not the best"


def bounds_in_a_row(counts):
    left, mask, random, itself = counts.values()
    n = mask + random + itself
    said = []
    for name, seen, of, p in (("left alone", left, n + left, 0.85), ("mask", mask, n, 0.8),
                              ("random word", random, n, 0.1), ("the word itself", itself, n, .1)):
        sigma = math.sqrt(of * p * (1 - p))
        if seen < of * p - 3 * sigma or seen > of * p + 3 * sigma:
            said += [name]
    return said


def bounds_by_chosen(counts):
    """15 in 100 chosen is as odd as 85 in 100 left alone."""
    table = dict(counts)
    everything = sum(table.values())
    chosen = everything - table.pop("left alone")
    odd = ["left alone"] if abs(chosen - 0.15 * everything) > 3 * (
        everything * 0.15 * 0.85) ** 0.5 else []
    shares = {"mask": 0.8, "random word": 0.1, "the word itself": 0.1}
    return odd + [name for name in table if chosen and abs(
        table[name] / chosen - shares[name]) > 3 * np.sqrt(
            shares[name] * (1 - shares[name]) / chosen)]


def targets_by_masks(ids, real):
    out = np.empty_like(ids)
    out[:, -1] = -100
    out[:, :-1] = ids[:, 1:]
    next_real = np.zeros_like(real)
    next_real[:, :-1] = real[:, 1:]
    out[~(real & next_real)] = -100
    return out


def targets_of_pieces(ids, real):
    out = []
    for row, mine in zip(ids, real, strict=True):
        places = np.flatnonzero(mine)
        new = np.full(len(row), -100)
        new[places[:-1]] = row[places[1:]]
        out.append(new)
    return np.stack(out)


def last_by_argmin(rows, real):
    """The first place that is not real, less one: -1 where there is none, or padding is before."""
    return rows[range(len(rows)), real.argmin(axis=1) - 1]


def last_by_counting(rows, real):
    return rows[np.arange(len(rows)), real.argmax(axis=1) + real.sum(axis=1) - 1]


def calibration_by_dict(confidence, right, bins):
    groups = {}
    for c, r in zip(confidence.tolist(), right.tolist(), strict=True):
        groups.setdefault(min(int(c * bins), bins - 1), []).append((c, r))
    error = 0
    for group in groups.values():
        sure = sum(c for c, _ in group) / len(group)
        hit = sum(r for _, r in group) / len(group)
        error += len(group) / len(confidence) * abs(sure - hit)
    return error


def calibration_by_digitize(confidence, right, bins):
    places = np.digitize(confidence, np.arange(1, bins) / bins)
    return sum(np.mean(places == k) * abs(np.mean(confidence[places == k])
                                          - np.mean(right[places == k])) for k in set(places))


def merged_by_einsum(W, A, B, alpha):
    r = B.shape[0]
    more = np.einsum("ir,ro->io", A, B)
    return W + more * (alpha / r), r * (W.shape[0] + W.shape[1]) / (
        W.size + r * (W.shape[0] + W.shape[1]))


def promised_with_names(sizes, losses, tokens, budget):
    table = dict(zip(sizes, losses, strict=True))
    big = max(table)
    measured = table.pop(big)
    b, a = np.polyfit(np.log10(list(table)), np.log10(list(table.values())), 1)
    expect = lambda n: 10 ** a * n ** b  # noqa: E731
    return expect(budget / tokens / 6), (measured - expect(big)) / expect(big)


def preference_by_torch(better, worse, better_before, worse_before, beta):
    z = beta * (torch.tensor(better - better_before) - torch.tensor(worse - worse_before))
    return -F.logsigmoid(z).mean(), -beta * torch.sigmoid(-z) / len(z)


def preference_with_care(better, worse, better_before, worse_before, beta):
    """The gradient through exp, which may become inf, and 1 / inf is 0."""
    z = beta * (better - worse) - beta * (better_before - worse_before)
    loss = np.where(z > 0, np.log1p(np.exp(-z)), -z + np.log1p(np.exp(z))).mean()
    return loss, -beta / z.size / (1 + np.exp(z))


def accept_by_loop(p, q, proposed, u, v):
    if u < min(1, p[proposed] / q[proposed]):
        return proposed
    rest = np.clip(p - q, 0, None)
    rest = rest / rest.sum()
    end = 0.0
    for token in range(len(p)):
        end += rest[token]
        if v < end:
            return token
    return len(p) - 1


def accept_by_argmax(p, q, proposed, u, v):
    if p[proposed] > u * q[proposed]:
        return proposed
    rest = (p - q) * (p > q)
    return (np.cumsum(rest / rest.sum()) > v).argmax()


def seen_as_text(read, test, n):
    """Runs as text, with a mark between the words that no word has."""
    def runs(words):
        return {"\n".join(words[i:i + n]).lower() for i in range(len(words) - n + 1)}
    known = set()
    for words in read:
        known |= runs(words)
    told = [i for i in range(len(test)) if len(test[i]) >= n]
    found = [i for i in told if not known.isdisjoint(runs(test[i]))]
    return len(found) / len(told), found


PASSING = [
    ("7.1", hide_with_masks), ("7.1", hide_by_choices), ("7.1", hide_by_arithmetic),
    ("7.2", loss_by_softmax), ("7.2", loss_by_torch), ("7.2", loss_by_sums_of_texts),
    ("7.3", probe_in_lines), ("7.3", probe_by_variances), ("7.4", fault_in_a_row),
    ("7.5", bounds_in_a_row), ("7.5", bounds_by_chosen), ("7.6", targets_by_masks),
    ("7.6", targets_of_pieces), ("7.7", last_by_argmin), ("7.7", last_by_counting),
    ("7.8", calibration_by_dict), ("7.8", calibration_by_digitize), ("7.9", merged_by_einsum),
    ("7.10", promised_with_names), ("7.11", preference_by_torch), ("7.11", preference_with_care),
    ("7.12", accept_by_loop), ("7.12", accept_by_argmax), ("7.13", seen_as_text),
]


@pytest.mark.parametrize(("id", "answer"), PASSING)
def test_a_right_answer_of_another_style_passes(id, answer):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "passed", verdict.message


# Slips, as learners make them

def hide_in_place(ids, may, chance, fate, other, mask_id):
    targets = np.where(may & (chance < 0.15), ids, -100)
    ids[(targets != -100) & (fate < 0.8)] = mask_id
    return ids, targets


def hide_with_targets_after(ids, may, chance, fate, other, mask_id):
    inputs, _ = RIGHT["7.1"](ids, may, chance, fate, other, mask_id)
    return inputs, np.where(inputs == mask_id, ids, -100)


def hide_and_ask_everything(ids, may, chance, fate, other, mask_id):
    return RIGHT["7.1"](ids, may, chance, fate, other, mask_id)[0], ids.copy()


def loss_of_padding_zero(logits, targets):
    return float(F.cross_entropy(torch.tensor(logits).flatten(0, 1), torch.tensor(
        targets).clamp(min=0).flatten(), ignore_index=0))


def loss_by_texts(logits, targets):
    return np.mean([RIGHT["7.2"](logits[i:i + 1], targets[i:i + 1]) for i in range(len(targets))
                    if (targets[i] >= 0).any()])


def loss_over_all(logits, targets):
    return F.cross_entropy(torch.tensor(logits).flatten(0, 1), torch.tensor(targets).flatten(),
                           reduction="sum") / targets.size


def probe_by_eye(report):
    if report["shuffled"] > report["majority"]:
        return "broken control"
    if report["right"] <= report["majority"]:
        return "nothing shown"
    return "learned in reading" if report["right"] > report["untrained"] else "any encoder does it"


def targets_by_roll(ids, real):
    return np.where(real, np.roll(ids, -1, axis=1), -100)


def targets_by_torch(ids, real):
    return pre.shifted(torch.tensor(ids), torch.tensor(real)).numpy()


def calibration_up_to_one(confidence, right, bins):
    total = 0
    for k in range(bins):
        inside = (confidence >= k / bins) & (confidence < (k + 1) / bins)
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() - right[inside].mean())
    return total / len(confidence)


def seen_across(read, test, n):
    return RIGHT["7.13"]([sum(read, [])], test, n)


NAMED = [
    ("7.1", hide_in_place, "changed `ids`"),
    ("7.1", hide_with_targets_after, "You ask only where the mask stands"),
    ("7.1", hide_and_ask_everything, "You ask at every place"),
    ("7.1", lambda ids, may, *rest: RIGHT["7.1"](ids, np.ones_like(may), *rest),
     "You chose places that may not be chosen"),
    ("7.2", loss_of_padding_zero, "The word number 0 is not asked"),
    ("7.2", loss_by_texts, "the mean of each text"),
    ("7.2", loss_over_all, "You divided by all places"),
    ("7.3", probe_by_eye, "You took every difference for real"),
    ("7.3", lambda report: RIGHT["7.3"](report | {"shuffled": report["own"]}),
     "its own training examples"),
    ("7.3", lambda report: RIGHT["7.3"](report | {"untrained": 0.0}),
     "You did not ask for the untrained encoder"),
    ("7.3", lambda report: "noise", "must be one of"),
    ("7.4", lambda report: RIGHT["7.4"](report | {"read": set()}), "Sentences of the test were"),
    ("7.4", lambda report: RIGHT["7.4"](report | {"labelled": {
        "fine-tuned": report["labelled"]["fine-tuned"],
        "from scratch": report["labelled"]["fine-tuned"]}}), "on other labelled sentences"),
    ("7.4", lambda report: RIGHT["7.4"](report | {"right": {"bag of words": [0.0]}
                                                  | report["right"]}), "Words counted"),
    ("7.5", lambda counts: RIGHT["7.5"](counts)[:1], "You stopped at the first"),
    ("7.5", lambda counts: [name for (name, count), p in zip(
        counts.items(), (0.85, 0.8, 0.1, 0.1), strict=True)
        if abs(count - sum(counts.values()) * p) > 3 * (
            sum(counts.values()) * p * (1 - p)) ** 0.5], "You compared the fates with all places"),
    ("7.5", lambda counts: set(RIGHT["7.5"](counts)), "of type set"),
    ("7.6", targets_by_roll, "np.roll comes round"),
    ("7.6", targets_by_torch, "The padding just before a text"),
    ("7.6", lambda ids, real: RIGHT["7.6"](RIGHT["7.6"](ids, real), real), "after the next one"),
    ("7.7", lambda rows, real: rows[:, -1], "the last place of the batch"),
    ("7.7", lambda rows, real: rows[np.arange(len(rows)), real.sum(1) - 1], "You counted the real"),
    ("7.7", lambda rows, real: rows[real], "an array of shape"),
    ("7.8", calibration_up_to_one, "falls out of your bins"),
    ("7.8", lambda confidence, right, bins: abs(confidence.mean() - right.mean()),
     "One bin for all"),
    ("7.8", lambda confidence, right, bins: ((confidence - right) ** 2).mean(), "Brier"),
    ("7.9", lambda W, A, B, alpha: (W + alpha * A @ B, RIGHT["7.9"](W, A, B, alpha)[1]),
     "alpha is shared out over the rank"),
    ("7.9", lambda W, A, B, alpha: (W + alpha / A.shape[1] * (A @ B), (A.size + B.size) / W.size),
     "You divided by the numbers of W"),
    ("7.9", lambda W, A, B, alpha: W + alpha / A.shape[1] * A @ B, "expected the parts"),
    ("7.10", lambda sizes, losses, tokens, budget: (
        scaling.fit_power_law(sizes, losses).predict(budget / 6 / tokens), 0.0),
     "The largest model is in your line"),
    ("7.10", lambda sizes, losses, tokens, budget: RIGHT["7.10"](
        sizes, losses, tokens, 6 * budget), "6 operations for each"),
    ("7.10", lambda sizes, losses, tokens, budget: RIGHT["7.10"](
        sizes, np.exp(losses).tolist(), tokens, budget), "expected"),
    ("7.11", lambda b, w, b0, w0, beta: RIGHT["7.11"](b, w, 0 * b, 0 * w, beta),
     "how likely both were before"),
    ("7.11", lambda b, w, b0, w0, beta: (RIGHT["7.11"](b, w, b0, w0, beta)[0],
                                         -RIGHT["7.11"](b, w, b0, w0, beta)[1]),
     "the slope in `worse`"),
    ("7.11", lambda b, w, b0, w0, beta: (
        -np.log(1 / (1 + np.exp(-beta * (b - b0 - w + w0)))).mean(),
        RIGHT["7.11"](b, w, b0, w0, beta)[1]), "exp of thousands"),
    ("7.12", lambda p, q, x, u, v: x if u < p[x] / q[x] else int(np.searchsorted(
        p.cumsum(), v, side="right")), "You drew again from p"),
    ("7.12", lambda p, q, x, u, v: x if u < p[x] else int(np.searchsorted(
        np.maximum(p - q, 0).cumsum(), v * np.maximum(p - q, 0).sum(), side="right")),
     "It has passed the small model already"),
    ("7.12", lambda p, q, x, u, v: x, "Everything is kept"),
    ("7.13", seen_across, "go on from one sentence into the next"),
    ("7.13", lambda read, test, n: audit.overlap(read, test, n), "A capital letter hides"),
    ("7.13", lambda read, test, n: (len(RIGHT["7.13"](read, test, n)[1]) / len(test),
                                    RIGHT["7.13"](read, test, n)[1]), "You divided by all test"),
]


@pytest.mark.parametrize(("id", "answer", "said"), NAMED)
def test_a_wrong_answer_is_told_what_is_wrong(id, answer, said):
    verdict = engine.judge(RECORDS[id], answer)
    assert verdict.status == "failed"
    assert said in verdict.message, verdict.message


@pytest.mark.parametrize(("id", "name"), [("7.3", "broken control"), ("7.4", "one rate")])
def test_a_judgement_is_not_given_away_by_its_check(id, name):
    message = engine.judge(RECORDS[id], lambda *given: name).message
    assert f"is not '{name}'" in message
    assert "expected" not in message


def test_ids_stand_in_order_and_the_starred_ones_take_35_minutes_at_most():
    assert [record.id for record in EXERCISES] == [f"7.{n}" for n in range(1, 14)]
    starred = [record for record in EXERCISES if record.starred]
    assert [record.id for record in starred] == ["7.1", "7.2", "7.3", "7.4"]
    assert sum(record.minutes for record in starred) <= 35
