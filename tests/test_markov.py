"""The markov source: what is claimed exactly is checked by brute force and by sampling."""

from __future__ import annotations

import itertools
import math
import runpy
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from helpers import corpora
from helpers.corpora.markov import MarkovSource

ROOT = Path(__file__).parents[1]
FOUR_SIGMA = 4
SOURCE = corpora.markov_source()
V = len(SOURCE.words)
FAIR = np.full((2, 2, 2), 0.5)


def test_the_tool_rebuilds_the_table_byte_for_byte():
    built = runpy.run_path(str(ROOT / "tools" / "make_markov.py"))["content"]()
    assert (ROOT / "data" / "markov.json").read_bytes() == built.encode()


def test_the_stationary_distribution_does_not_move():
    pairs = SOURCE.context_probs(2)
    assert pairs.sum() == pytest.approx(1) and (pairs > 0).all()
    np.testing.assert_allclose(np.einsum("ab,abc->bc", pairs, SOURCE.table), pairs, atol=1e-12)


def test_every_pair_leads_to_every_pair_in_the_same_number_of_steps():
    moves = np.zeros((V * V, V * V), dtype=bool)
    for a, b, c in itertools.product(range(V), repeat=3):
        moves[a * V + b, b * V + c] = SOURCE.table[a, b, c] > 0
    assert np.linalg.matrix_power(moves.astype(float), 32).min() > 0


@pytest.mark.parametrize("length", range(6))
def test_context_probabilities_agree_with_those_of_longer_contexts(length):
    probs = SOURCE.context_probs(length)
    assert probs.shape == (V,) * length and probs.sum() == pytest.approx(1)
    if length:
        shorter = SOURCE.context_probs(length - 1)
        np.testing.assert_allclose(probs.sum(axis=-1), shorter, atol=1e-12)
        np.testing.assert_allclose(probs.sum(axis=0), shorter, atol=1e-12)


def test_the_entropy_rate_is_the_mean_entropy_of_the_rows():
    pairs = SOURCE.context_probs(2)
    by_hand = -sum(
        pairs[a, b] * p * math.log(p)
        for a, b in np.ndindex(V, V)
        for p in SOURCE.table[a, b]
        if p > 0
    )
    assert SOURCE.entropy_rate() == pytest.approx(by_hand, abs=1e-12)


def test_the_surprisal_of_a_long_sample_is_near_the_entropy_rate():
    ids = [SOURCE.words.index(word) for word in SOURCE.sample(40_000, seed=11)]
    surprisals = -np.log([SOURCE.table[t] for t in zip(ids, ids[1:], ids[2:], strict=False)])
    blocks = surprisals[: len(surprisals) // 200 * 200].reshape(-1, 200).mean(axis=1)
    error = blocks.std(ddof=1) / math.sqrt(len(blocks))
    assert abs(surprisals.mean() - SOURCE.entropy_rate()) < FOUR_SIGMA * error


def test_a_longer_memory_helps_up_to_two_words_and_no_further():
    bits = [SOURCE.conditional_entropy(length) / math.log(2) for length in range(4)]
    assert bits[0] > bits[1] + 0.3 and bits[1] > bits[2] + 0.3
    assert bits[2] == pytest.approx(bits[3], abs=1e-12)
    assert bits[2] == pytest.approx(1.3, abs=0.1)


def test_the_frequencies_of_a_sample_match_the_probabilities():
    n = 60_000
    stream = SOURCE.sample(n, seed=5)
    triples = Counter(zip(stream, stream[1:], stream[2:], strict=False))
    pairs = Counter(zip(stream, stream[1:], strict=False))
    for (a, b), seen in pairs.items():
        for word, p in zip(SOURCE.words, SOURCE.next_probs((a, b)), strict=True):
            margin = 5 * math.sqrt(seen * p * (1 - p)) + 1  # five sigma: 512 comparisons
            assert abs(triples[a, b, word] - seen * p) <= margin


def test_the_first_words_are_drawn_from_the_stationary_distribution():
    n = 4000
    firsts = Counter(SOURCE.sample(1, seed)[0] for seed in range(n))
    for word, p in zip(SOURCE.words, SOURCE.context_probs(1), strict=True):
        assert abs(firsts[word] - n * p) < FOUR_SIGMA * math.sqrt(n * p * (1 - p))


def test_a_sample_depends_on_its_seed_alone_and_has_the_length_asked_for():
    assert SOURCE.sample(50, 3) == SOURCE.sample(50, 3) != SOURCE.sample(50, 4)
    assert [len(SOURCE.sample(n, 0)) for n in (0, 1, 2, 3)] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="n=-1"):
        SOURCE.sample(-1, 0)


def test_each_split_is_one_stream_in_lines_of_25_words():
    lines = corpora.load("markov", "train")
    assert {len(line.split(" ")) for line in lines} == {25}
    stream = " ".join(lines).split(" ")
    assert len(stream) == 20_000
    triples = zip(stream, stream[1:], stream[2:], strict=False)
    assert all(SOURCE.next_probs((a, b))[SOURCE.words.index(c)] > 0 for a, b, c in triples)
    assert corpora.load("markov", "valid")[0] != corpora.load("markov", "test")[0]


@pytest.mark.parametrize("previous", [("sun",), ("sun", "rain", "sea"), ("sun", "moon"), "ab"])
def test_a_context_that_is_not_two_known_words_is_refused(previous):
    with pytest.raises(ValueError, match="two words out of sun, rain"):
        SOURCE.next_probs(previous)


def test_lengths_out_of_range_are_refused():
    with pytest.raises(ValueError, match="0 to 5"):
        SOURCE.context_probs(6)
    with pytest.raises(ValueError, match="0 to 4"):
        SOURCE.conditional_entropy(-1)


def altered(index: tuple[int, ...], value: float) -> np.ndarray:
    table = FAIR.copy()
    table[index] = value
    return table


@pytest.mark.parametrize(
    ("words", "table", "message"),
    [
        (("a", "b"), altered((0, 1, 0), 0.6), "after 'a', 'b' sums to 1.1"),
        (("a", "b"), altered((1, 0), (-0.5, 1.5)), "after 'b', 'a' has a negative"),
        (("a", "b"), altered((1, 0, 0), math.nan), "after 'b', 'a'"),
        (("a", "b", "c"), FAIR, r"\(2, 2, 2\) for 3 words"),
        (("a", "a"), FAIR, "repeated words: a"),
        ((), np.zeros((0, 0, 0)), "0 words"),
        (("a", "b"), np.stack([np.eye(2)] * 2), "long run depends"),
    ],
)
def test_a_table_that_is_no_source_is_refused_with_the_reason(words, table, message):
    with pytest.raises(ValueError, match=message):
        MarkovSource(words, table)


def test_a_source_cannot_be_changed_afterwards():
    table = FAIR.copy()
    source = MarkovSource(("a", "b"), table)
    table[0, 0] = 0
    assert source.table[0, 0].sum() == 1
    with pytest.raises(ValueError, match="read-only"):
        source.table[0, 0, 0] = 1


def test_a_fair_coin_has_one_bit_per_word():
    assert MarkovSource(("a", "b"), FAIR).entropy_rate() == pytest.approx(math.log(2))
