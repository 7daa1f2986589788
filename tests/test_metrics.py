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


@pytest.mark.parametrize("bad, words", [
    ([], "no surprisals"), ([math.nan], "NaN or negative"), ([-1.0], "NaN or negative")])
def test_perplexity_refuses_what_is_no_surprisal(bad, words):
    with pytest.raises(ValueError, match=words):
        metrics.perplexity(bad)


@given(rows)
def test_entropy_lies_between_zero_and_log_v(row):
    assert -1e-12 <= metrics.entropy(row) <= math.log(len(row)) + 1e-12


def test_no_doubt_is_a_plain_zero_never_minus_zero():
    for value in (metrics.entropy([1]), metrics.entropy([0.0, 1.0]),
                  metrics.cross_entropy([1.0, 0.0], [1.0, 0.0]),
                  metrics.kl_divergence([1], [1])):
        assert str(value) == "0.0"


@given(rows)
def test_believing_the_truth_costs_nothing_extra(row):
    assert metrics.kl_divergence(row, row) == pytest.approx(0, abs=1e-12)
    assert metrics.kl_divergence(row, np.full(len(row), 1 / len(row))) >= -1e-12


def test_cross_entropy_is_infinite_where_the_model_says_never():
    assert metrics.cross_entropy([0.5, 0.5], [1.0, 0.0]) == math.inf
    assert metrics.cross_entropy([1.0, 0.0], [1.0, 0.0]) == 0


@pytest.mark.parametrize("bad, words", [
    ([0.5, 0.4], "sums to 0.9"), ([1.5, -0.5], "holds -0.5"), ([], r"shape \(0,\)"),
    ([math.nan, 1], "holds nan"), ([[0.5, 0.5]], r"shape \(1, 2\)")])
def test_a_row_that_is_no_distribution_is_refused(bad, words):
    with pytest.raises(ValueError, match=words):
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


def test_a_str_or_tokens_in_place_of_texts_are_refused():
    for texts in ("abcd", b"abcd"):
        with pytest.raises(ValueError, match="abcd'.*list of texts, even for one"):
            metrics.bits_per_character(Uniform(), texts, list)
    with pytest.raises(ValueError, match="a list has no number of characters"):
        metrics.bits_per_character(Uniform(), [["a", "b"]], list)
    with pytest.raises(ValueError, match="sentences is the str 'ab'.*a list of sentences"):
        metrics.all_log_probs(Uniform(), "ab")
    assert len(metrics.all_log_probs(Uniform(), iter([["a"], ["b", "c"]]))) == 2
    with pytest.raises(ValueError, match="surprisals is the str '123'"):
        metrics.perplexity("123")


def test_the_interval_holds_the_mean_and_shrinks_with_more_data():
    rng = np.random.default_rng(1)
    few, many = rng.normal(3, 1, 20), rng.normal(3, 1, 2000)
    low, high = metrics.bootstrap_interval(few)
    low_many, high_many = metrics.bootstrap_interval(many)
    assert low < few.mean() < high
    assert high_many - low_many < (high - low) / 3
    wide, narrow = (metrics.bootstrap_interval(few, level=level) for level in (0.99, 0.5))
    assert wide[0] < low < narrow[0] < narrow[1] < high < wide[1]


@pytest.mark.parametrize(("values", "settings", "words"), [
    ([1.0], {}, "two or more"), ([1.0, 2.0], {"sizes": [1.0]}, "as many sizes"),
    ([[1.0, 2.0], [3.0, 4.0]], {}, r"values \(2, 2\).*in one row"),
    ([1.0, math.nan], {}, "values from nan"), ([1.0, math.inf], {}, "to inf"),
    ([1.0, 2.0], {"sizes": [1.0, 0.0]}, "sizes from 0.0"),
    ([1.0, 2.0], {"sizes": [1.0, math.nan]}, "sizes from nan"),
    ([1.0, 2.0], {"sizes": [1.0, math.inf]}, "to inf"),
    ([1.0, 2.0], {"level": -1}, "level=-1"), ([1.0, 2.0], {"level": 95}, "level=95"),
    ([1.0, 2.0], {"level": 1.0}, "level=1.0"), ([1.0, 2.0], {"level": 0.0}, "level=0.0"),
    ([1.0, 2.0], {"level": math.nan}, "level=nan"), ([1.0, 2.0], {"rounds": 0}, "rounds=0"),
])
def test_an_interval_of_what_makes_no_sense_is_refused(values, settings, words):
    with pytest.raises(ValueError, match=words):
        metrics.bootstrap_interval(values, **settings)


def test_the_interval_of_a_ratio_weighs_by_size():
    low, high = metrics.bootstrap_interval([1.0, 90.0] * 50, [1.0, 9.0] * 50)
    assert low < 91 / 10 < high
    assert high < 10


def test_scores_are_written_only_while_the_notebooks_are_built(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics.score_table, "SCORES", tmp_path / "scores.json")
    monkeypatch.delenv("COURSE_BUILD", raising=False)
    metrics.record_score("01", "unigram", 4.5, 100, "counting")
    assert metrics.scores() == []
    monkeypatch.setenv("COURSE_BUILD", "1")
    for value in (4.5, 4.4):
        metrics.record_score("01", "unigram", value, 100, "counting")
    metrics.record_score("01", "order 7", 1.7, 10_000, "counting")
    for value in (math.nan, math.inf, -1.0, 0.0):
        with pytest.raises(ValueError, match=f"bad: {value} bits per character"):
            metrics.record_score("01", "bad", value, 100, "counting")
    assert [row["model"] for row in metrics.scores()] == ["order 7", "unigram"]
    assert json.loads(metrics.score_table.SCORES.read_text())[1]["bits_per_character"] == 4.4


def test_a_score_may_have_an_interval_and_rows_without_one_stay_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics.score_table, "SCORES", tmp_path / "scores.json")
    monkeypatch.setenv("COURSE_BUILD", "1")
    metrics.record_score("01", "unigram", 4.5, 100, "counting")
    metrics.record_score("03", "LSTM", 1.66804, 9, "counting", interval=(1.65584, 1.68071))
    with_one, without = metrics.scores()
    assert (with_one["low"], with_one["high"]) == (1.6558, 1.6807)
    assert set(without) == {"notebook", "model", "bits_per_character", "stored_numbers", "budget"}
    for interval in ((1.7, 1.8), (1.5, 1.6), (1.8, 1.5), (-1.0, 2.0), (math.nan, 2.0),
                     (1.0, math.inf)):
        with pytest.raises(ValueError, match="1.668 bits per character with the interval"):
            metrics.record_score("03", "LSTM", 1.668, 9, "counting", interval=interval)


@pytest.mark.parametrize(("length", "row", "words"), [
    (-1, None, "length=-1"), (1.0, None, "length=1.0"), (1, [0.5, 0.5], r"row \(2,\)"),
    (1, [-1.0, -1.0, -1.0], "sum -3"), (1, [0.5, 0.5, 0.5], "sum 1.5"),
    (1, [math.nan, 0.5, 0.5], "sum nan"), (1, [1.5, -0.5, 0.0], "3 probabilities"),
])
def test_an_expectation_over_what_is_no_row_of_the_source_is_refused(length, row, words):
    from helpers.corpora import MarkovSource
    source = MarkovSource(("a", "b", "c"), np.full((3, 3, 3), 1 / 3))
    assert metrics.expected_cross_entropy(source, lambda seen: np.full(3, 1 / 3), 0) == (
        pytest.approx(math.log(3)))
    assert metrics.expected_cross_entropy(source, lambda seen: [0.2, 0.2, 0.0], 1) == math.inf
    with pytest.raises(ValueError, match=words):
        metrics.expected_cross_entropy(source, lambda seen: row, length)


def test_a_mixture_is_between_its_parts_and_refuses_what_is_no_share():
    first, second = np.log([0.5, 0.1]), np.log([0.1, 0.3])
    assert np.exp(metrics.mixed_log_probs(first, second, 0.25)) == pytest.approx([0.2, 0.25])
    assert metrics.mixed_log_probs(first, second, 1.0) == pytest.approx(first)
    assert metrics.mixed_log_probs(first, second, 0.0) == pytest.approx(second)
    for weight, other in ((2, second), (0.5, second[:1]), (0.5, np.stack([second, second]))):
        with pytest.raises(ValueError, match="share"):
            metrics.mixed_log_probs(first, other, weight)
    for bad in ([0.5, -1.0], [math.nan, -1.0]):
        for pair in ((first, bad), (bad, first)):
            with pytest.raises(ValueError, match=f"{bad[0]} is no log-probability"):
                metrics.mixed_log_probs(*pair, 0.5)
    assert metrics.mixed_log_probs([-math.inf], [0.0], 0.5) == pytest.approx(-math.log(2))


# unknown words

@pytest.mark.parametrize("share, said", [
    (0, ""), (0.004, "Less than 1% of the words are unknown to the model."),
    (0.3, "30% of the words are unknown to the model."), (0.749, "75% of the words are"),
    (0.75, "Warning: 75% of the words"), (0.76, "Warning: 76% of the words"), (1, "Warning: 100%"),
])
def test_the_share_of_unknown_words_is_said_and_three_quarters_are_a_warning(share, said):
    assert metrics.unknown_in_words(share).startswith(said)
    assert bool(metrics.unknown_in_words(share)) is bool(said)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        metrics.unknown_in_words(share)


def test_an_accent_that_was_typed_apart_is_no_character_more():
    assert metrics.characters_scored("e\u0301te\u0301") == metrics.characters_scored("été") == 4


def test_ranks_correlate_by_order_alone_and_equal_numbers_share_a_rank():
    one = np.array([3.0, 1.0, 2.0, 5.0])
    assert metrics.rank_correlation(one, np.exp(one)) == pytest.approx(1)
    assert metrics.rank_correlation(one, -one) == pytest.approx(-1)
    assert metrics.rank_correlation([1, 2, 2, 3], [1, 2, 3, 4]) == pytest.approx(
        np.corrcoef([0, 1.5, 1.5, 3], [0, 1, 2, 3])[0, 1])
    for other, told in ((one[:3], "as many of both"), (np.ones(4), "no order to compare")):
        with pytest.raises(ValueError, match=told):
            metrics.rank_correlation(one, other)


def test_the_interval_of_a_share_is_wilsons_and_stays_between_0_and_1():
    assert metrics.share_with_interval(0, 20) == pytest.approx((0, 0, 0.161), abs=1e-3)
    assert metrics.share_with_interval(10, 20) == pytest.approx((0.5, 0.299, 0.701), abs=1e-3)
    with pytest.raises(ValueError, match="3 of 2"):
        metrics.share_with_interval(3, 2)
