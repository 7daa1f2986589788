"""Decoding: five-word rows that can be checked on paper, and properties over random rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import decoding

FIVE = np.array([0.5, 0.2, 0.15, 0.1, 0.05])
LOG_FIVE = np.log(FIVE)
SCORES = np.array([2.0, 1.0, 0.5, 0.0, -1.0])

scores = st.floats(-30, 30) | st.just(-np.inf)
rows = (
    st.lists(scores, min_size=1, max_size=8).filter(lambda r: max(r) > -np.inf).map(
        lambda r: decoding.log_softmax(np.array(r))
    )
)  # fmt: skip


def entropy(row):
    p = np.exp(row)
    return -(p[p > 0] * np.log(p[p > 0])).sum()


def kept(row):
    return np.flatnonzero(row > -np.inf).tolist()


# rows


def test_log_softmax_undoes_the_logarithm_and_does_not_overflow():
    np.testing.assert_allclose(np.exp(decoding.log_softmax(LOG_FIVE + 1000)), FIVE)
    np.testing.assert_allclose(decoding.log_softmax([0.0, -np.inf]), [0.0, -np.inf])
    assert decoding.log_sum_exp(np.array([-np.inf, -np.inf])) == -np.inf


BAD_ROWS = [
    ([], "at least one token"),
    ([[0.0]], r"shape \(1, 1\)"),
    ([np.nan, 0.0], "position 0 is NaN"),
    ([0.0, np.inf], r"position 1 is \+inf"),
    ([-np.inf, -np.inf], "every token is impossible"),
    (np.log([0.5, 0.4]), "sum to 0.9,"),
    (np.log([0.5, 0.50001]), "sum to 1.00001,"),
    (FIVE, "log_softmax"),
    ([1e6, 0.0], "not to 1"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_a_bad_row_is_refused_in_words_by_every_function(row, reason):
    rng = np.random.default_rng(0)
    for function in (
        decoding.greedy,
        decoding.reshape,
        lambda r: decoding.sample(r, rng),
        lambda r: decoding.apply_temperature(r, 0),
        lambda r: decoding.keep_top_k(r, 1),
        lambda r: decoding.keep_top_p(r, 1.0),
    ):
        with pytest.raises(ValueError, match=reason):
            function(row)


def test_a_row_of_a_float32_model_is_good_enough():
    scores = np.random.default_rng(0).normal(size=50_000).astype(np.float32)
    shifted = scores - scores.max()
    row = shifted - np.log(np.exp(shifted).sum(dtype=np.float32))
    assert row.dtype == np.float32
    assert decoding.greedy(row) == int(scores.argmax())


# temperature


def test_entropy_rises_with_the_temperature():
    row = decoding.log_softmax(SCORES)
    found = [entropy(decoding.apply_temperature(row, t)) for t in (0.1, 1, 2, 10)]
    np.testing.assert_allclose(found, [0.001, 1.206, 1.491, 1.604], atol=5e-4)


def test_temperature_one_half_squares_the_probabilities():
    expected = FIVE**2 / (FIVE**2).sum()
    np.testing.assert_allclose(np.exp(decoding.apply_temperature(LOG_FIVE, 0.5)), expected)


def test_temperature_zero_gives_everything_to_the_first_of_the_most_likely():
    row = np.log([0.2, 0.4, 0.4])
    np.testing.assert_array_equal(decoding.apply_temperature(row, 0), [-np.inf, 0, -np.inf])


def test_a_tiny_temperature_is_finite_and_nearly_greedy():
    with np.errstate(all="raise"):
        row = decoding.apply_temperature(LOG_FIVE, 1e-310)
    np.testing.assert_array_equal(np.exp(row), [1, 0, 0, 0, 0])


@pytest.mark.parametrize("temperature", [-0.1, np.nan, np.inf])
def test_a_temperature_that_means_nothing_is_refused(temperature):
    with pytest.raises(ValueError, match=f"temperature={temperature}"):
        decoding.apply_temperature(LOG_FIVE, temperature)


# top-k and top-p


def test_top_k_keeps_the_k_most_likely_and_they_share_everything():
    np.testing.assert_allclose(
        np.exp(decoding.keep_top_k(LOG_FIVE[::-1], 2)), [0, 0, 0, 2 / 7, 5 / 7]
    )


def test_top_k_keeps_exactly_k_of_equals_the_first_ones():
    assert kept(decoding.keep_top_k(np.log([0.25] * 4), 3)) == [0, 1, 2]
    many = decoding.log_softmax(np.tile([1.0, 0.0], 500))
    assert kept(decoding.keep_top_k(many, 200)) == list(range(0, 400, 2))
    assert len(kept(decoding.keep_top_k(many, 700))) == 700
    assert kept(decoding.keep_top_k(many, 700))[-200:] == list(range(600, 1000, 2))


def test_top_k_above_the_vocabulary_keeps_all():
    np.testing.assert_array_equal(decoding.keep_top_k(LOG_FIVE, 99), LOG_FIVE)


@pytest.mark.parametrize("k", [0, -1, 2.5, None])
def test_a_k_that_is_no_count_is_refused(k):
    with pytest.raises(ValueError, match=f"k={k}"):
        decoding.keep_top_k(LOG_FIVE, k)


@pytest.mark.parametrize(("p", "n"), [(0.8, 3), (0.5, 1), (0.51, 2), (0.7, 2), (0.85, 3), (1, 5)])
def test_top_p_keeps_the_token_that_crosses_the_line(p, n):
    assert kept(decoding.keep_top_p(LOG_FIVE, p)) == list(range(n))


def test_top_p_of_the_known_scores_keeps_three_of_five():
    assert kept(decoding.keep_top_p(decoding.log_softmax(SCORES), 0.8)) == [0, 1, 2]


def test_top_p_reaches_a_line_that_rounding_would_miss():
    assert kept(decoding.keep_top_p(np.log([0.1, 0.7, 0.2]), 0.9)) == [1, 2]


@pytest.mark.parametrize("p", [0, -0.5, 1.01, np.nan])
def test_a_p_outside_its_range_is_refused(p):
    with pytest.raises(ValueError, match=f"p={p}"):
        decoding.keep_top_p(LOG_FIVE, p)


@given(rows, st.floats(0.01, 1))
def test_top_p_keeps_enough_and_not_one_token_more(row, p):
    ids = kept(decoding.keep_top_p(row, p))
    mass = np.exp(row)
    assert mass[ids].sum() >= p - 1e-9
    if len(ids) < (row > -np.inf).sum():
        assert mass[ids].sum() - mass[ids].min() < p


# all three


def test_temperature_comes_before_top_p():
    assert kept(decoding.reshape(LOG_FIVE, temperature=2, top_p=0.65)) == [0, 1, 2]
    assert kept(decoding.reshape(LOG_FIVE, top_p=0.65)) == [0, 1]


def test_top_k_comes_before_top_p():
    """Top-2 leaves .707 / (.707 + .447) = .61 for the first; of all five it has .34."""
    assert kept(decoding.reshape(LOG_FIVE, temperature=2, top_k=2, top_p=0.6)) == [0]


@given(rows)
def test_temperature_1_k_v_and_p_1_change_nothing(row):
    same = decoding.reshape(row, temperature=1.0, top_k=len(row), top_p=1.0)
    np.testing.assert_array_equal(same, row)
    assert same is not row


@given(rows, st.floats(0, 5), st.integers(1, 8), st.floats(0.01, 1))
def test_a_reshaped_row_is_a_row_and_the_impossible_stays_impossible(row, temperature, k, p):
    before = row.copy()
    new = decoding.reshape(row, temperature=temperature, top_k=k, top_p=p)
    assert np.exp(new).sum() == pytest.approx(1)
    assert set(kept(new)) <= set(kept(row))
    assert len(kept(new)) <= k
    assert new[row.argmax()] == new.max()
    np.testing.assert_array_equal(row, before)


# choosing


def test_greedy_takes_the_first_of_the_most_likely():
    assert decoding.greedy(np.log([0.2, 0.4, 0.4])) == 1


def test_sampled_frequencies_fit_the_probabilities():
    rng = np.random.default_rng(0)
    n = 10_000
    counts = np.bincount([decoding.sample(LOG_FIVE, rng) for _ in range(n)], minlength=5)
    chi_square = ((counts - n * FIVE) ** 2 / (n * FIVE)).sum()
    assert chi_square < 18.5  # 4 degrees of freedom: exceeded once in a thousand seeds


def test_an_impossible_token_is_never_sampled():
    rng = np.random.default_rng(0)
    row = np.log(np.array([0.5, 0.0, 0.5, 0.0]), where=[1, 0, 1, 0], out=np.full(4, -np.inf))
    assert {decoding.sample(row, rng) for _ in range(2000)} == {0, 2}


def test_the_same_seed_draws_the_same_tokens():
    first, second = (
        [decoding.sample(LOG_FIVE, rng) for _ in range(50)]
        for rng in (np.random.default_rng(7), np.random.default_rng(7))
    )
    assert first == second
    assert len(set(first)) > 1


def test_a_seed_instead_of_a_generator_is_refused():
    with pytest.raises(ValueError, match="default_rng"):
        decoding.sample(LOG_FIVE, 0)


# generating

WORDS = ["a", "b", "</s>"]


def counting_model(prefix):
    """After n tokens the text ends if n >= 4; before, "a" 90 % and "b" 10 %."""
    with np.errstate(divide="ignore"):
        return np.log([0.0, 0.0, 1.0] if len(prefix) >= 4 else [0.9, 0.1, 0.0])


def test_generate_returns_the_new_tokens_up_to_the_stop():
    prefix = ["b"]
    found = decoding.generate(counting_model, prefix, words=WORDS, temperature=0)
    assert found == ["a", "a", "a"]
    assert prefix == ["b"]


def test_generate_uses_top_k_top_p_and_the_seed():
    def run(seed, **how):
        rng = np.random.default_rng(seed)
        return decoding.generate(counting_model, [], words=WORDS, rng=rng, **how)

    assert {tuple(run(seed, top_k=1)) for seed in range(40)} == {("a",) * 4}
    assert {tuple(run(seed, top_p=0.9)) for seed in range(40)} == {("a",) * 4}
    assert len({tuple(run(seed)) for seed in range(40)}) > 1
    assert run(3, temperature=2.0) == run(3, temperature=2.0)


def test_generate_ends_at_max_tokens_and_can_do_without_a_stop():
    rng = np.random.default_rng(0)
    assert decoding.generate(counting_model, [], words=WORDS, rng=rng, max_tokens=0) == []
    assert len(decoding.generate(counting_model, [], words=WORDS, rng=rng, max_tokens=2)) == 2
    endless = decoding.generate(
        lambda prefix: np.log([0.5, 0.5]), [], words=["a", "b"], rng=rng, stop=None, max_tokens=9
    )
    assert len(endless) == 9


def test_generate_refuses_what_does_not_fit():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"shape \(3,\), but there are 2 words"):
        decoding.generate(counting_model, [], words=["a", "</s>"], rng=rng)
    with pytest.raises(ValueError, match="'</s>' is not in words"):
        decoding.generate(counting_model, [], words=["a", "b", "c"], rng=rng)
    with pytest.raises(ValueError, match="default_rng"):
        decoding.generate(counting_model, [], words=WORDS)
    with pytest.raises(ValueError, match="list of tokens"):
        decoding.generate(counting_model, "the cat", words=WORDS, rng=rng)
