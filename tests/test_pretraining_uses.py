"""Uses of a pretrained model: probes, LoRA, scaling, preferences, speculation, 8 bits."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from test_pretraining import generator, ids_of, shaken, small_config, small_masked

from helpers import neural, training, transformer
from helpers import pretraining as pt
from helpers.language_models import KneserNeyLM
from helpers.pretraining import audit, dpo, lora, probe, quantise, scaling, speculative

# probes and how sure one may be


def test_a_probe_finds_the_least_of_its_convex_loss():
    x, y = torch.randn(40, 3, generator=generator()), torch.arange(40) % 3
    line = probe.fit_line(x, y, strength=0.7)

    def loss(W, b):
        return (torch.nn.functional.cross_entropy(x.double() @ W + b, y, reduction="sum")
                + 0.7 * W.square().sum())
    W, b = line.W.clone().requires_grad_(), line.b.clone().requires_grad_()
    loss(W, b).backward()
    assert W.grad.abs().max() < 1e-4 and b.grad.abs().max() < 1e-4


def test_a_probe_reads_what_is_planted_and_nothing_from_shuffled_labels():
    x = torch.randn(400, 5, generator=generator())
    y = (x[:, 1] > 0).long()
    train, test = (x[:200], y[:200]), (x[200:], y[200:])
    assert probe.fit_line(*train).right(*test) > 0.9
    chance = [probe.fit_line(x[:200], probe.shuffled(y[:200], seed)).right(*test)
              for seed in range(20)]
    assert abs(np.mean(chance) - 0.5) < 0.1
    assert torch.equal(probe.shuffled(y).sort().values, y.sort().values)
    assert probe.majority(torch.tensor([0, 1, 1, 1])) == 0.75


def test_the_strength_is_chosen_on_other_examples():
    x, y = torch.randn(60, 2, generator=generator()), torch.arange(60) % 2
    lines = [probe.fit_line(x[:20], y[:20], strength=s) for s in probe.STRENGTHS]
    best = probe.best_line(x[:20], y[:20], (x[20:], y[20:]))
    assert best.right(x[20:], y[20:]) == max(line.right(x[20:], y[20:]) for line in lines)


def test_calibration_error_is_zero_where_confidence_is_the_truth_and_the_gap_elsewhere():
    sure = torch.tensor([0.9, 0.6]).repeat_interleave(1000)
    logits = torch.stack([sure, 1 - sure], dim=1).log()
    right = torch.cat([torch.arange(1000) < 900, torch.arange(1000) < 600])
    assert probe.calibration_error(logits, (~right).long()) < 1e-6
    always = torch.zeros(2000, dtype=torch.long)
    assert math.isclose(probe.calibration_error(logits, always), 0.25, abs_tol=1e-6)
    assert [n for *_, n in probe.calibration(logits, always)] == [1000, 1000]
    assert probe.calibration(torch.tensor([[80.0, 0.0]]), torch.tensor([0])) == [(1.0, 1.0, 1)]


def test_the_interval_of_a_gain_holds_the_truth_nineteen_times_of_twenty():
    rng, hits = np.random.default_rng(0), 0
    for _ in range(200):
        hard = rng.normal(size=30)                         # a draw is hard for both ways
        ours, theirs = hard + 0.3 + 0.2 * rng.normal(size=30), hard + 0.2 * rng.normal(size=30)
        mean, low, high = probe.gain_interval(ours, theirs)
        hits += low <= 0.3 <= high
        assert low <= mean <= high and high - low < 0.4
    assert 0.88 < hits / 200 < 0.99
    with pytest.raises(ValueError, match="3 and 2 results"):
        probe.gain_interval([1, 2, 3], [1, 2])


# LoRA


def low_rank_classifier(rank: int = 3, **how):
    model = pt.Classifier(small_masked(), 2, pool="mean")
    torch.nn.init.normal_(model.head.weight, generator=generator())
    plain = copy.deepcopy(model)
    return model, plain, lora.add_low_rank(model, rank, **how)


LENGTHS = torch.tensor([7, 4, 5])


def test_thin_matrices_change_nothing_at_first_and_merge_into_the_same_answers():
    for names in (lora.QUERIES_VALUES, lora.FEED_FORWARD, ("W_q", "W_k", "W_v", "W_o", "W_1")):
        model, plain, found = low_rank_classifier(names=names, alpha=6)
        assert len(found) == 2 * len(names)                # two layers
        ids = ids_of(3, 7)
        assert torch.equal(model(ids, LENGTHS), plain(ids, LENGTHS))
        for name, p in model.named_parameters():
            if name.endswith(".B"):
                p.data.normal_(generator=generator(7))
        before = model(ids, LENGTHS)
        assert (before - plain(ids, LENGTHS)).abs().max() > 1e-2
        lora.merge_low_rank(model)
        assert (model(ids, LENGTHS) - before).abs().max() < 1e-6
        assert model.state_dict().keys() == plain.state_dict().keys()


def test_only_the_thin_matrices_and_the_head_are_trained_and_the_frozen_stay_to_the_bit():
    model, plain, _ = low_rank_classifier(rank=2)
    d, two_layers, two_names = 16, 2, 2
    trained, whole = lora.trained_share(model)
    assert trained == two_layers * two_names * 2 * (d + d) + (d * 2 + 2)
    assert whole == sum(p.numel() for p in plain.parameters()) + two_layers * two_names * 4 * d
    kept, ids, labels = lora.frozen_numbers(model), ids_of(3, 7), torch.tensor([0, 1, 1])

    def loss(network, batch):
        return torch.nn.functional.cross_entropy(network(ids, LENGTHS), labels)
    first = loss(model, None).item()
    training.train(model, lambda generator: 0, loss, steps=20, learning_rate=3e-2)
    now = dict(model.named_parameters())
    assert kept and all(torch.equal(now[name], before) for name, before in kept.items())
    assert loss(model, None).item() < first / 2


def test_a_rank_that_saves_nothing_and_a_name_that_is_none_are_refused():
    for rank in (0, 8):
        with pytest.raises(ValueError, match=rf"rank={rank} for .*W_q \(16, 16\)"):
            lora.add_low_rank(small_masked(), rank)
    with pytest.raises(ValueError, match="no matrix W_x in this MaskedLM"):
        lora.add_low_rank(small_masked(), 2, names=("W_x",))


# scaling


def test_a_planted_power_law_is_found_and_foretells():
    sizes = [5e3, 1.4e4, 3.4e4, 1.2e5, 3.6e5, 8.3e5]
    losses = [4 * n ** -0.07 for n in sizes]
    law = scaling.fit_power_law(sizes[:-1], losses[:-1])
    assert math.isclose(law.exponent, -0.07, abs_tol=1e-9) and law.r2 > 1 - 1e-9
    assert math.isclose(law.predict(sizes[-1]), losses[-1], rel_tol=1e-9)
    bent = [0.5 + loss for loss in losses]
    assert abs(scaling.fit_with_floor(sizes, bent).floor - 0.5) < 0.02
    with pytest.raises(ValueError, match="2 sizes and 2 losses"):
        scaling.fit_power_law(sizes[:2], losses[:2])
    with pytest.raises(ValueError, match="over the floor 9"):
        scaling.fit_power_law(sizes, losses, floor=9)


def test_seeds_that_agree_leave_no_interval_and_others_do():
    sizes = [1e3, 1e4, 1e5, 1e6]
    losses = [[3.0], [2.5], [2.1], [1.8]]
    alone = scaling.predictions(sizes, losses, 1e7, rounds=20)
    assert np.ptp(alone) == 0
    assert math.isclose(alone[0], scaling.fit_power_law(sizes, [3, 2.5, 2.1, 1.8]).predict(1e7))
    spread = scaling.predictions(sizes, [[x - 0.05, x + 0.05] for x, in losses], 1e7, rounds=50)
    assert spread.std() > 0.01


@pytest.mark.parametrize("width, within", [(256, 0.05), (32, 0.5)])
def test_six_n_d_is_what_torch_counts_where_the_model_is_wide(width, within):
    config = transformer.TransformerConfig(97, width, 4, 2, max_len=64,
                                           **transformer.RECIPES["2019"])
    ours = scaling.training_flops(scaling.multiplied_numbers(config), 2 * 64)
    counted = scaling.counted_flops(config, 2, 64)
    assert abs(counted / ours - 1) < within
    assert counted > ours                       # 6ND leaves out what queries and keys cost
    exact = 6 * sum(transformer.multiply_adds(config, 64, batch=2).values())
    assert abs(counted / exact - 1) < 0.001


def test_the_sizes_are_six_and_grow():
    numbers = [scaling.size_of(kind) for kind in scaling.SIZES]
    assert numbers == sorted(numbers) and numbers[-1] > 100 * numbers[0]


def test_the_best_rate_of_each_size_is_told_and_the_largest_is_held_out():
    def row(n, *losses):
        runs = {str(i): {"nats": loss, "numbers": n} for i, loss in enumerate(losses)}
        return {"0.1": runs, "0.01": {i: {**run, "nats": run["nats"] + 1}
                                      for i, run in runs.items()}}
    kinds = {kind: scaling.size_of(kind) for kind in sorted(scaling.SIZES)}     # as JSON has them
    table = {kind: row(n, 4 * n ** -0.07) for kind, n in kinds.items()}
    assert scaling.best_of(table)[0] == sorted(kinds.values())
    told = scaling.held_out(table)
    assert math.isclose(told["predicted"], told["measured"], rel_tol=1e-6)
    assert math.isclose(told["low"], told["high"])


# preferences


def test_the_gradient_of_the_preference_loss_is_the_formula_and_the_differences():
    rows = [torch.randn(5, dtype=torch.float64, generator=generator(i)) for i in range(4)]
    better = rows[0].clone().requires_grad_()
    dpo.preference_loss(better, *rows[1:], beta=0.3).backward()
    by_hand = dpo.preference_gradient(dpo.margin(*rows), beta=0.3)
    assert torch.allclose(better.grad, by_hand, atol=1e-12)
    for i in range(5):
        step = torch.zeros(5, dtype=torch.float64)
        step[i] = 1e-6
        up, down = (dpo.preference_loss(rows[0] + s, *rows[1:], beta=0.3) for s in (step, -step))
        assert abs(float(up - down) / 2e-6 - float(by_hand[i])) < 1e-8
    assert torch.autograd.gradcheck(lambda *given: dpo.preference_loss(*given),
                                    tuple(row.clone().requires_grad_() for row in rows))


def test_the_loss_begins_at_log_two_and_pairs_told_apart_weigh_little():
    same = torch.randn(4, generator=generator())
    assert torch.isclose(dpo.preference_loss(same, same + 1, same, same + 1),
                         torch.tensor(math.log(2)))
    steep = dpo.preference_gradient(torch.tensor([-20.0, 0.0, 20.0]), beta=1.0)
    assert steep[0] < steep[1] < steep[2] < 0
    with pytest.raises(ValueError, match="beta=0"):
        dpo.preference_loss(same, same, same, same, beta=0)


def test_where_answers_are_preferred_by_reward_the_policy_ends_where_it_should():
    before = torch.randn(2, 4, generator=generator(), dtype=torch.float64).log_softmax(-1)
    rewards = torch.tensor([[0.0, 1.0, 2.0, -1.0], [0.5, 0.0, -0.5, 0.2]], dtype=torch.float64)
    scores = before.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([scores], max_iter=300, line_search_fn="strong_wolfe",
                                  tolerance_grad=1e-12, tolerance_change=1e-15)

    def closure():
        optimizer.zero_grad()
        loss = dpo.expected_loss(scores.log_softmax(-1), before, rewards, beta=0.5)
        loss.backward()
        return loss
    optimizer.step(closure)
    wanted = dpo.best_policy(before, rewards, beta=0.5)
    assert torch.allclose(scores.log_softmax(-1).detach(), wanted, atol=1e-5)
    assert torch.allclose(wanted.exp().sum(-1), torch.ones(2, dtype=torch.float64))


def test_a_model_learns_to_prefer_the_better_answer():
    model = transformer.Transformer(small_config())
    prompts, better, worse = ids_of(8, 4), ids_of(8, 3, seed=4), ids_of(8, 3, seed=5)

    def pair(answers):
        ids = torch.cat([prompts, answers], dim=1)
        targets = pt.shifted(ids)
        targets[:, :3] = neural.NO_TARGET
        return ids, targets
    with torch.no_grad():
        before = [dpo.answer_log_probs(model, *pair(answers)) for answers in (better, worse)]
        by_hand = model(pair(better)[0]).log_softmax(-1)[0, 3:6].gather(
            1, better[0][:, None]).sum()
        assert torch.isclose(before[0][0], by_hand, atol=1e-5)

    def loss(network, batch):
        now = [dpo.answer_log_probs(network, *pair(answers)) for answers in (better, worse)]
        return dpo.preference_loss(*now, *before)
    history = training.train(model, lambda generator: 0, loss, steps=30, learning_rate=3e-3)
    with torch.no_grad():
        now = [dpo.answer_log_probs(model, *pair(answers)) for answers in (better, worse)]
    assert abs(history.losses[0] - math.log(2)) < 1e-6
    assert (dpo.margin(*now, *before) > 0).all()


# speculation


def chi_square(counts: np.ndarray, expected: np.ndarray) -> float:
    return float(((counts - expected) ** 2 / expected).sum())


P = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]])
Q = np.array([[0.2, 0.2, 0.6], [0.4, 0.4, 0.2], [0.3, 0.3, 0.4]])


def large(ids):
    return P[ids[-1]]


def small(ids):
    return Q[ids[-1]]


@pytest.mark.parametrize("ahead", [1, 2, 4])
def test_three_tokens_are_distributed_as_the_large_model_says(ahead):
    rng, number = np.random.default_rng(ahead), 6000
    counts = np.zeros((3, 3, 3))
    for _ in range(number):
        ids, _ = speculative.write(large, small, [0], 3, ahead=ahead, rng=rng)
        counts[tuple(ids)] += 1
    expected = number * P[0][:, None, None] * P[:, :, None] * P[None, :, :]
    degrees = 26
    assert chi_square(counts, expected) < degrees + 4 * math.sqrt(2 * degrees)
    of_small = number * Q[0][:, None, None] * Q[:, :, None] * Q[None, :, :]
    assert chi_square(counts, of_small) > 20 * degrees         # the test can tell them apart


def test_proposals_are_kept_as_often_as_both_agree_and_always_where_they_are_one():
    rng = np.random.default_rng(0)
    kept = [speculative.accept(P[0], Q[0], int(rng.choice(3, p=Q[0])), rng)[1]
            for _ in range(4000)]
    share = speculative.accepted_share(P[0], Q[0])
    assert abs(share - 0.6) < 1e-12 and abs(np.mean(kept) - share) < 0.03
    ids, pace = speculative.write(large, large, [0], 50, ahead=4, rng=rng)
    assert len(ids) == 50 and pace == 5.0
    with pytest.raises(ValueError, match="token 1 has the probability 0"):
        speculative.accept(P[0], np.array([1.0, 0.0, 0.0]), 1, rng)
    with pytest.raises(ValueError, match="ahead=0"):
        speculative.one_round(large, small, [0], 0, rng)


# whole numbers


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_no_number_moves_by_more_than_half_a_scale(bits):
    W = torch.randn(6, 10, generator=generator()) * torch.logspace(-3, 3, 6)[:, None]
    W[3] = 0
    whole, scale = quantise.to_whole(W, bits)
    assert whole.dtype == torch.int8 and whole.abs().max() == 2 ** (bits - 1) - 1
    gap = (quantise.from_whole(whole, scale) - W).abs()
    assert (gap <= scale / 2 * 1.0001).all() and (gap[3] == 0).all()
    again, _ = quantise.to_whole(quantise.from_whole(whole, scale), bits)
    assert torch.equal(again, whole)
    with pytest.raises(ValueError, match="bits=9"):
        quantise.to_whole(W, 9)


def test_a_model_of_eight_bits_has_a_quarter_of_the_bytes_and_nearly_the_same_answers():
    model = shaken(transformer.Transformer(small_config(d_model=64)))
    ids = ids_of(2, 8)
    before, state = model(ids), copy.deepcopy(model.state_dict())
    eight, four = quantise.rounded(model), quantise.rounded(model, bits=4)
    errors = [((other(ids) - before).pow(2).mean() / before.pow(2).mean()).item()
              for other in (eight, four)]
    assert errors[0] < 1e-3 < errors[1]
    assert all(torch.equal(p, state[name]) for name, p in model.state_dict().items())
    assert 0.25 < quantise.stored_bytes(model, 8) / quantise.stored_bytes(model) < 0.3


def test_eight_bits_cost_the_stored_character_model_less_than_a_hundredth_of_a_bit():
    from helpers import corpora, metrics
    model, known = training.load_checkpoint(
        "docs_transformer", lambda **config: transformer.Transformer.of(**config))
    texts = corpora.load("python_docs", "test")[:150]
    eight, three = (quantise.rounded(model, bits) for bits in (8, 3))
    bits = [metrics.bits_per_character(neural.NeuralLM(network, known, 128), texts)
            for network in (model, eight, three)]
    assert abs(bits[1] - bits[0]) < 0.01 < 0.1 < bits[2] - bits[0], bits


# what was in the text


def test_shared_runs_of_words_are_found_and_short_texts_are_not_judged():
    read = [list("abcde"), list("xyz")]
    test = [list("zabcq"), list("abq"), list("ab"), list("bcdx")]
    assert audit.overlap(read, test, 3) == (2 / 3, [0, 3])
    assert audit.overlap([], test, 3) == (0.0, [])
    assert audit.overlap(read, read, 3)[0] == 1.0
    with pytest.raises(ValueError, match="no test text has 9 words"):
        audit.overlap(read, test, 9)
    with pytest.raises(ValueError, match="n=0"):
        audit.overlap(read, test, 0)


def test_a_canary_known_by_heart_has_the_most_exposure_and_an_unread_one_about_one_bit():
    others = np.linspace(-20, -10, 1023).tolist()
    assert audit.exposure(-5.0, others) == 10.0
    assert audit.exposure(-25.0, others) == 0.0
    everywhere = [audit.exposure(x - 1e-9, [y for y in others if y != x]) for x in others]
    assert abs(np.mean(everywhere) - math.log2(math.e)) < 0.02
    with pytest.raises(ValueError, match="no other sentence"):
        audit.exposure(-1.0, [])


def test_a_counting_model_that_read_a_canary_gives_it_away():
    rng = np.random.default_rng(0)
    def sentence():
        return ["the", "code", "is", *map(str, rng.integers(10, size=4))]
    read, canary = [sentence() for _ in range(50)], ["the", "code", "is", "7", "0", "7", "3"]
    others = [sentence() for _ in range(255)]
    told = []
    for text in (read, [*read, *[canary] * 3]):
        model = KneserNeyLM(4).fit(text)
        told.append(audit.exposure(sum(model.token_log_probs(canary)),
                                   [sum(model.token_log_probs(words)) for words in others]))
    assert told[1] > 6 > told[0]


def test_energy_is_power_times_time():
    assert audit.kilowatt_hours(3600, 1000) == 1.0
    with pytest.raises(ValueError, match="-1 seconds"):
        audit.kilowatt_hours(-1)
