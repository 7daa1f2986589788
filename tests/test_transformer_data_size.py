"""A small Transformer against counting on the same text: its parts, the measure, the table."""

import itertools
import math

import numpy as np
import pytest

from helpers import corpora, metrics, neural, tokenizers, training
from helpers import language_models as lm
from helpers.transformer import data_size
from helpers.transformer.sizes import parameters


def characters_of(texts):
    return sum(metrics.characters_scored(text) for text in texts)


# the texts


@pytest.mark.parametrize("seed", data_size.SEEDS)
def test_a_part_is_the_beginning_of_the_next_larger_one_and_as_long_as_asked_for(seed):
    parts = [data_size.part(size, seed) for size in data_size.SIZES]
    longest = 1 + max(map(len, corpora.load("python_docs")))
    for small, large in itertools.pairwise(parts):
        assert large[:len(small)] == small
    for size, texts in zip(data_size.SIZES, parts, strict=True):
        assert size - longest < characters_of(texts) <= size


def test_another_seed_draws_other_texts_and_all_of_them_are_the_train_part():
    train = corpora.load("python_docs")
    assert data_size.part(3_000, 0) != data_size.part(3_000, 1)
    assert sorted(data_size.part(characters_of(train), 1)) == sorted(train)
    for size in (0, 1, characters_of(train) + 1):
        with pytest.raises(ValueError, match=f"size={size}: take from"):
            data_size.part(size, 0)


def test_what_is_scored_comes_from_all_packages():
    texts = corpora.load("python_docs", "test")
    assert len(data_size.scored("test")) == math.ceil(len(texts) / data_size.STEP)
    assert data_size.scored("test")[-1] in texts[-data_size.STEP:]


# the models


def test_counting_is_kneser_ney_of_each_order_on_that_part():
    found = data_size.counting(3_000, 1)
    texts = [tokenizers.characters(text) for text in data_size.part(3_000, 1)]
    for order in data_size.ORDERS:
        model = lm.KneserNeyLM(order).fit(texts)
        for split, bits in found[str(order)].items():
            wanted = metrics.bits_per_character(
                model, data_size.scored(split), tokenizers.characters)
            assert bits == pytest.approx(wanted, abs=1e-4)


def test_the_transformer_of_100_000_numbers_learns_what_is_always_the_same(monkeypatch):
    same = ["abcdefgh" * 3] * 40
    monkeypatch.setattr(data_size, "scored", lambda split: same)
    model, signs, history = data_size.train(same, rate=1e-2, seed=0, updates=100)
    bits = metrics.bits_per_character(neural.NeuralLM(model, signs, context=data_size.LENGTH), same)
    assert history.best_step == 100 and bits < 0.1
    assert 95_000 < sum(parameters(data_size.config(97)).values()) < 110_000


def test_what_learns_by_heart_is_stopped_and_is_what_it_was_at_its_best(monkeypatch):
    told = iter([3.0, 2.0, 2.5, 2.6, 2.7, 1.0])
    kept = []
    monkeypatch.setattr(data_size, "scored", lambda split: ["abc" * 40])
    plain = neural.next_token_loss

    def next_token_loss(network, batch):
        if network.training:
            return plain(network, batch)
        kept.append(next(network.parameters()).detach().clone())
        return next(told)
    monkeypatch.setattr(neural, "next_token_loss", next_token_loss)
    monkeypatch.setattr(data_size, "EVERY", 2)
    monkeypatch.setattr(data_size, "WARMUP", 2)
    model, _, history = data_size.train(["abc" * 40], rate=1e-2, seed=0, updates=12)
    assert (history.done, history.best_step) == (10, 4)
    assert next(model.parameters()).equal(kept[1]) and not kept[1].equal(kept[4])


def test_unknown_characters_are_told_and_cost_the_choice_among_all(monkeypatch):
    texts = {"valid": ["abab", "ab"], "test": ["abxx", "ab"]}
    monkeypatch.setattr(data_size, "scored", texts.get)
    monkeypatch.setattr(data_size, "part", lambda size, seed: ["ab" * 40])
    monkeypatch.setattr(data_size, "counting", lambda size, seed: {})
    monkeypatch.setattr(data_size, "LENGTH", 8)
    monkeypatch.setattr(data_size, "WARMUP", 0)
    short = data_size.train(["ab" * 40], rate=1e-3, seed=0, updates=1)
    monkeypatch.setattr(data_size, "train", lambda *_, **__: short)
    run = data_size.told(80, rate=1e-3, seed=0)
    assert run["unknown"] == pytest.approx(2 / 6, abs=1e-6)
    assert run["test"] > 2 * math.log2(metrics.UNICODE_CHARACTERS) / 8 > run["valid"]


# the comparison


def test_curves_cross_where_straight_lines_over_the_logarithm_do():
    sizes = [10, 1_000, 100_000]
    assert data_size.crossing(sizes, [3, 2, 1], [2, 2, 2]) == pytest.approx(1_000)
    assert data_size.crossing(sizes, [4, 0, 0], [2, 2, 2]) == pytest.approx(100)
    assert data_size.crossing(sizes, [4, 3, 1], [3, 2, 2]) == pytest.approx(10_000)
    assert data_size.crossing(sizes, [1, 3, 1], [2, 2, 2]) == pytest.approx(10_000)   # the last one
    assert data_size.crossing(sizes, [1, 1, 1], [2, 2, 2]) == 0
    assert data_size.crossing(sizes, [1, 1, 2], [2, 2, 2]) == math.inf


def run_of(valid, test, counted):
    return {"valid": valid, "test": test, "counting": {
        str(order): {"valid": 9.0, "test": counted + order} for order in data_size.ORDERS}}


def test_curves_take_the_rate_that_is_best_on_validation_text_size_by_size():
    low, high = [run_of(2.0, 7.0, 1.0), run_of(2.2, 7.2, 1.5)], [run_of(2.1, 6.0, 1.0),
                                                              run_of(2.2, 6.2, 1.5)]
    table = {kind: {"0.01": low, "0.005": high} for kind in sorted(data_size.KINDS)}
    second, last = data_size.KINDS[1], data_size.KINDS[-1]
    table[second] = table[last] = {"0.01": high, "0.005": low[::-1]}
    found = data_size.curves(table)
    assert found[data_size.NETWORK][0].tolist() == [7.0, 7.2]
    assert found[data_size.NETWORK][[1, -1]].tolist() == [[7.2, 7.0]] * 2
    assert found[data_size.NETWORK][2].tolist() == [7.0, 7.2]
    assert found["order 5"][0].tolist() == [6.0, 6.5]
    assert found["order 5"][-1].tolist() == [6.5, 6.0]
    assert data_size.best_rate(table, last) == "0.005"


# what is stored


def test_the_stored_table_is_whole_and_made_by_this_code():
    table = training.load_results("data_size")
    assert {kind: {rate: len(runs) for rate, runs in rows.items()} for kind, rows in table.items()
            } == {kind: {f"{rate:g}": len(data_size.SEEDS) for rate in data_size.RATES}
                  for kind in data_size.KINDS}
    assert training.changed_since("data_size") == []


def test_counting_gains_from_all_text_and_the_counts_stored_come_back():
    table = training.load_results("data_size")
    found = data_size.curves(table)
    for name, bits in found.items():
        assert bits.shape == (len(data_size.SIZES), len(data_size.SEEDS))
        until = 5 if name == data_size.NETWORK else None    # then 400 updates are what is short
        assert (np.diff(bits[:until], axis=0) < 0).all(), name
    for seed in data_size.SEEDS:
        for runs in table["10000"].values():
            for order, bits in data_size.counting(10_000, seed).items():
                assert runs[seed]["counting"][order] == pytest.approx(bits, abs=1e-3)
    shares = [table[kind]["0.01"][0]["unknown"] for kind in data_size.KINDS]
    assert shares == sorted(shares, reverse=True) and shares[-1] < 1e-4


def test_the_stored_curves_cross_with_short_contexts_and_never_with_long_ones():
    found = data_size.curves(training.load_results("data_size"))
    network = found[data_size.NETWORK]
    for seed in data_size.SEEDS:
        pairs = data_size.crossing(data_size.SIZES, network[:, seed], found["order 2"][:, seed])
        assert 3_000 < pairs < 10_000
        for order in ("order 5", "order 7"):
            assert (network[:, seed] - found[order][:, seed] > 0.3).all()
    middle = data_size.crossing(data_size.SIZES, network.mean(axis=1),
                                found["order 3"].mean(axis=1))
    assert 10_000 < middle < 30_000


@pytest.mark.slow
def test_one_stored_run_on_a_thousand_characters_comes_back():
    stored = training.load_results("data_size")["1000"]["0.01"][0]
    again = data_size.told(1_000, rate=1e-2, seed=0)
    assert again["test"] == pytest.approx(stored["test"], abs=0.1)
