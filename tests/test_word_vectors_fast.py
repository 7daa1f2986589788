"""Compiled skip-gram: its pairs, its negatives, its step against the slow ones; and gensim."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gensim.models import Word2Vec
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import word_vectors as wv
from helpers.word_vectors import fast

PLANTED = wv.planted_corpus(0)
WORDS = [*PLANTED.words, "both"]
SENTENCES = [np.array([WORDS.index(word) for word in row]) for row in PLANTED.sentences]
TINY = 1e-6     # a rate at which the tables hardly move, so that steps can be counted


def counted(sentences, size, window, *, negatives=0, keep=None, noise=None, start=0):
    """(V, V): how often each word (row) was context of each centre (column), less as negative.

    rows_in is the unit matrix and rows_out is 0, so every pair adds half a rate to one cell.
    """
    keep = np.ones(size) if keep is None else np.array(keep)
    noise = np.full(size, 1 / size) if noise is None else np.array(noise)
    rows_in, rows_out = np.eye(size, dtype=np.float32), np.zeros((size, size), np.float32)
    fast.learn_sentences(
        np.concatenate(sentences).astype(np.int32), np.cumsum([0, *map(len, sentences)]), rows_in,
        rows_out, keep, *fast.alias(noise), np.full(len(sentences), TINY, np.float32), window,
        negatives, np.array([start], np.uint64))
    return rows_out * 2 / TINY


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 130), st.integers(1, 6), st.integers(0, 999))
def test_one_compiled_step_goes_down_the_gradient_by_hand(d, negatives, seed):
    rng = np.random.default_rng(seed)
    rows_in, rows_out = (rng.normal(size=(9, d)).astype(np.float32) / d ** 0.5 for _ in range(2))
    context, *others = drawn = rng.permutation(9)[:negatives + 1]
    _, for_centre, for_context, for_negatives = wv.skipgram_step(
        *(rows.astype(float) for rows in (rows_in[4], rows_out[context], rows_out[others])))
    new_in, new_out = rows_in.copy(), rows_out.copy()
    fast.step(4, drawn, new_in, new_out, np.float32(0.5), np.empty(negatives + 1, np.float32),
              np.empty(d, np.float32))
    rows_in[4] -= 0.5 * for_centre
    rows_out[context] -= 0.5 * for_context
    rows_out[others] -= 0.5 * for_negatives
    np.testing.assert_allclose(new_in, rows_in, atol=1e-6)
    np.testing.assert_allclose(new_out, rows_out, atol=1e-6)


def test_a_score_of_a_thousand_does_not_overflow():
    rows_in, rows_out = np.full((1, 1), 1000, np.float32), np.array([[-1], [1]], np.float32)
    fast.step(0, np.array([0, 1]), rows_in, rows_out, np.float32(1), np.empty(2, np.float32),
              np.empty(1, np.float32))
    assert rows_out.tolist() == [[999], [-999]] and rows_in.tolist() == [[998]]


def test_its_pairs_are_those_of_the_table_of_counts():
    sentences = [np.array([0, 1, 2, 3, 4, 0]), np.array([3, 3]), np.array([], int), np.array([1])]
    np.testing.assert_allclose(counted(sentences, 5, 1), wv.cooccurrence(sentences, 5, 1),
                               atol=1e-3)
    many = counted(sentences * 3000, 5, 4) / 3000
    np.testing.assert_allclose(many, wv.cooccurrence(sentences, 5, 4), atol=0.06)


def test_frequent_words_are_left_out_and_their_neighbours_close_ranks():
    sentences = [np.array([0, 1, 2])] * 4000
    never = counted(sentences, 3, 1, keep=[1, 0, 1])
    np.testing.assert_allclose(never, np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]]) * 4000, rtol=1e-3)
    often = counted(sentences, 3, 1, keep=[1, 0.25, 1]) / 4000
    assert often[0, 1] == pytest.approx(0.25, abs=0.03)
    assert often[0, 2] == pytest.approx(0.75, abs=0.03)


def test_negatives_are_drawn_by_their_probabilities_and_the_context_is_none():
    noise = np.array([0.4, 0.3, 0.2, 0.1])
    found = counted([np.array([0, 1])] * 8000, 4, 1, negatives=3, noise=noise) / 8000
    expected = -3 * np.stack([noise, noise, 0 * noise, 0 * noise], axis=1)
    expected[1, 0] = expected[0, 1] = 1
    np.testing.assert_allclose(found, expected, atol=0.04)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=40))
def test_a_draw_in_one_step_has_the_probabilities_it_is_made_of(weights):
    wanted = np.array(weights) / sum(weights)
    share, other = fast.alias(wanted)
    assert share.min() >= 0 and share.max() <= 1 + 1e-12
    found = share + np.bincount(other, weights=1 - share, minlength=len(share))
    np.testing.assert_allclose(found / len(share), wanted, atol=1e-12)


def test_random_numbers_are_even_and_do_not_remember():
    state = np.array([1], np.uint64)
    drawn = np.array([fast.uniform(state) for _ in range(20_000)])
    assert drawn.min() >= 0 and drawn.max() < 1
    cells = np.histogram2d(drawn[::2], drawn[1::2], bins=5, range=[[0, 1], [0, 1]])[0]
    assert abs(cells - 400).max() < 4 * 400 ** 0.5


def test_each_sentence_is_read_once_an_epoch_while_the_rate_falls_to_0(monkeypatch):
    monkeypatch.setattr(fast, "WORDS_AT_ONCE", 7)
    sentences = [np.arange(n) % 5 for n in (6, 5, 1, 30, 0, 2, 6)]
    seen, rates = [], []

    def look(words, starts, *others):
        seen.extend(words[a:b].tolist() for a, b in zip(starts[:-1], starts[1:], strict=True))
        rates.extend(others[5])
        assert len(starts) > 1

    monkeypatch.setattr(fast, "learn_sentences", look)
    fast.train(sentences, 5, rate=0.1, epochs=3, workers=1)
    assert seen == [sentence.tolist() for sentence in sentences] * 3
    before = np.cumsum([0, *map(len, sentences * 3)])[:-1]
    np.testing.assert_allclose(rates, 0.1 * (1 - before / 150), rtol=1e-5)


def test_with_one_worker_the_seed_decides_everything():
    one, same, other = (fast.train(SENTENCES[:50], 81, d=4, sample=0.01, workers=1, seed=seed)
                        for seed in (3, 3, 4))
    assert all(map(np.array_equal, one, same))
    assert not np.array_equal(one[0], other[0])
    assert [rows.shape for rows in one] == [(81, 4)] * 2 and one[0].dtype == np.float32


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_finds_the_planted_classes_no_worse_than_gensim(seed):
    names = [[WORDS[i] for i in row] for row in SENTENCES]
    theirs = Word2Vec(names, vector_size=16, window=2, sg=1, negative=5, sample=0, min_count=1,
                      workers=1, alpha=0.05, epochs=5, seed=seed + 1).wv[WORDS]
    for workers in (1, 2):
        mine, _ = fast.train(SENTENCES, 81, d=16, window=2, sample=1, rate=0.05, epochs=5,
                             workers=workers, seed=seed)
        assert wv.same_class(wv.WordVectors(WORDS, mine)) >= max(
            0.95, wv.same_class(wv.WordVectors(WORDS, theirs)) - 0.02)


@pytest.mark.parametrize(("sentences", "settings", "told"), [
    ([np.array([0, 3])], {}, "ids 0 to 3 for 3 words"),
    ([np.array([-1, 2])], {}, "ids -1 to 2"),
    ([], {}, "ids none"),
    ([np.array([0, 1])], {}, "count above 0"),
    ([np.arange(3)], {"workers": 0}, "workers=0: at least 1"),
    ([np.arange(3)], {"sample": 0}, "sample=0, rate=0.025: above 0"),
])
def test_what_cannot_be_is_refused_in_words(sentences, settings, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        fast.train(sentences, 3, **settings)


def test_without_numba_the_course_goes_on_and_the_cure_is_named():
    text = (Path(__file__).parents[1] / "requirements-dev.txt").read_text(encoding="utf-8")
    pin = re.search(r"^numba==.*$", text, re.MULTILINE).group()
    code = ("import sys; sys.modules['numba'] = None; import helpers.word_vectors; print('on')\n"
            "from helpers.word_vectors import fast")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout == "on\n" and f"Type: python -m pip install {pin}" in ran.stderr
