"""Perplexity, entropies and intervals against known cases and properties."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import metrics

rows = st.lists(st.floats(0.01, 1), min_size=2, max_size=6).map(lambda r: np.array(r) / sum(r))


def test_a_uniform_guess_among_v_has_perplexity_v():
    assert metrics.perplexity([math.log(50)] * 7) == pytest.approx(50)


def test_one_impossible_word_makes_perplexity_infinite():
    assert metrics.perplexity([1.0, math.inf]) == math.inf


@pytest.mark.parametrize("bad", [[], [math.nan], [-1.0]])
def test_perplexity_refuses_what_is_no_surprisal(bad):
    with pytest.raises(ValueError):
        metrics.perplexity(bad)


@given(rows)
def test_entropy_lies_between_zero_and_log_v(row):
    assert -1e-12 <= metrics.entropy(row) <= math.log(len(row)) + 1e-12


@given(rows)
def test_believing_the_truth_costs_nothing_extra(row):
    assert metrics.kl_divergence(row, row) == pytest.approx(0, abs=1e-12)
    assert metrics.kl_divergence(row, np.full(len(row), 1 / len(row))) >= -1e-12


def test_cross_entropy_is_infinite_where_the_model_says_never():
    assert metrics.cross_entropy([0.5, 0.5], [1.0, 0.0]) == math.inf
    assert metrics.cross_entropy([1.0, 0.0], [1.0, 0.0]) == 0


@pytest.mark.parametrize("bad", [[0.5, 0.4], [1.5, -0.5], [], [math.nan, 1]])
def test_a_row_that_is_no_distribution_is_refused(bad):
    with pytest.raises(ValueError):
        metrics.entropy(bad)


class Uniform:
    """Every one of 4 characters equally likely, and the end too."""

    def token_log_probs(self, tokens):
        return [-math.log(5)] * (len(tokens) + 1)

    def unknown(self, tokens):
        return [t for t in tokens if t == "?"]


def test_bits_per_character_counts_the_end_and_charges_the_unknown():
    assert metrics.bits_per_character(Uniform(), ["abcd"], list) == pytest.approx(math.log2(5))
    extra = math.log2(metrics.UNICODE_CHARACTERS) / 5
    assert metrics.bits_per_character(Uniform(), ["abc?"], list) == pytest.approx(
        math.log2(5) + extra)
    with pytest.raises(ValueError, match="no text"):
        metrics.bits_per_character(Uniform(), [], list)


def test_the_interval_holds_the_mean_and_shrinks_with_more_data():
    rng = np.random.default_rng(1)
    few, many = rng.normal(3, 1, 20), rng.normal(3, 1, 2000)
    low, high = metrics.bootstrap_interval(few)
    low_many, high_many = metrics.bootstrap_interval(many)
    assert low < few.mean() < high
    assert high_many - low_many < (high - low) / 3
    for values, sizes in ([1.0], None), ([1.0, 2.0], [1.0]):
        with pytest.raises(ValueError):
            metrics.bootstrap_interval(values, sizes)


def test_the_interval_of_a_ratio_weighs_by_size():
    low, high = metrics.bootstrap_interval([1.0, 90.0] * 50, [1.0, 9.0] * 50)
    assert low < 91 / 10 < high
    assert high < 10


def test_scores_are_written_only_while_the_notebooks_are_built(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "SCORES", tmp_path / "scores.json")
    monkeypatch.delenv("COURSE_BUILD", raising=False)
    metrics.record_score("01", "unigram", 4.5, 100, "counting")
    assert metrics.scores() == []
    monkeypatch.setenv("COURSE_BUILD", "1")
    for value in (4.5, 4.4):
        metrics.record_score("01", "unigram", value, 100, "counting")
    metrics.record_score("01", "order 7", 1.7, 10_000, "counting")
    assert [row["model"] for row in metrics.scores()] == ["order 7", "unigram"]
    assert json.loads(metrics.SCORES.read_text())[1]["bits_per_character"] == 4.4


def test_one_str_is_no_list_of_texts():
    with pytest.raises(ValueError, match=r"one str \('help'\)"):
        metrics.bits_per_character(Uniform(), "help", list)


def test_a_mixture_is_between_its_parts_and_refuses_what_is_no_share():
    first, second = np.log([0.5, 0.1]), np.log([0.1, 0.3])
    assert np.exp(metrics.mixed_log_probs(first, second, 0.25)) == pytest.approx([0.2, 0.25])
    assert metrics.mixed_log_probs(first, second, 1.0) == pytest.approx(first)
    assert metrics.mixed_log_probs(first, second, 0.0) == pytest.approx(second)
    for weight, other in ((2, second), (0.5, second[:1])):
        with pytest.raises(ValueError, match="share"):
            metrics.mixed_log_probs(first, other, weight)
