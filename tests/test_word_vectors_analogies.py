"""Analogies by the hundred: the same answers as one at a time, and what a small text solves."""

import numpy as np
import pytest

from helpers import corpora, metrics
from helpers import word_vectors as wv
from helpers.word_vectors import analogies

ROWS = [{"kind": "plural", "a": "row", "b": "rows"}, {"kind": "plural", "a": "node", "b": "nodes"},
        {"kind": "plural", "a": "ox", "b": "oxen"}, {"kind": "past", "a": "go", "b": "went"}]


@pytest.fixture(scope="module")
def docs():
    """PPMI + SVD of 100 numbers for the words of python_docs seen five times, three seeds."""
    texts = corpora.load("python_docs")
    return [wv.count_vectors(texts, 100, seed=seed) for seed in (0, 1, 2)]


def test_all_ordered_pairs_of_known_pairs_are_asked():
    vectors = wv.WordVectors(["row", "rows", "node", "nodes", "ox", "go", "went"], np.eye(7))
    asked = analogies.questions(vectors, ROWS)
    assert asked == {"plural": [("row", "rows", "node", "nodes"), ("node", "nodes", "row", "rows")],
                     "past": []}
    assert list(analogies.solved(vectors, asked)) == ["plural"]
    with pytest.raises(ValueError, match="no vector for oxen"):
        analogies.answers(vectors, [("row", "rows", "ox", "oxen")])


@pytest.mark.parametrize("leave_out", [True, False])
def test_all_at_once_says_what_one_at_a_time_says(leave_out):
    rng = np.random.default_rng(0)
    names = [f"w{i}" for i in range(30)]
    vectors = wv.WordVectors(names, rng.normal(size=(30, 4)))
    asked = [tuple(rng.choice(names, 4, replace=False).tolist()) for _ in range(50)]
    assert analogies.answers(vectors, asked, leave_out=leave_out) == [
        vectors.analogy(a, b, c, 1, leave_out=leave_out)[0][0] for a, b, c, _ in asked]


def test_a_common_difference_is_found_and_the_shortcut_is_told_apart():
    rng = np.random.default_rng(1)
    stems, step = rng.normal(size=(4, 8)), 3 * rng.normal(size=8)
    names = [f"{s}{end}" for end in ("", "s") for s in "abcd"]
    vectors = wv.WordVectors(names, np.vstack([stems, stems + step]))
    rows = [{"kind": "plural", "a": s, "b": f"{s}s"} for s in "abcd"]
    found = analogies.solved(vectors, analogies.questions(vectors, rows))["plural"]
    assert found.asked == 12 and found.solved >= 11 and found.query == 0
    assert (found.share, found.low, found.high) == metrics.share_with_interval(found.solved, 12)
    near = wv.WordVectors(names, np.vstack([stems, stems + 0.01 * rng.normal(size=(4, 8))]))
    found = analogies.solved(near, analogies.questions(near, rows))["plural"]
    assert found.solved == 12 and found.shortcut == 1
    kept = analogies.solved(near, analogies.questions(near, rows), leave_out=False)["plural"]
    assert kept.query > 0.3 and kept.solved < 12


def test_on_a_small_text_plurals_work_adverbs_fail_and_opposites_need_no_difference(docs):
    for vectors in docs:
        found = analogies.solved(vectors, analogies.questions(vectors, corpora.analogies()))
        assert "capital" not in found                                   # not one of these words
        assert found["plural"].share > found["plural"].shortcut + 0.04
        assert found["plural"].low > 0.4 and found["participle"].low > 0.05
        assert found["adverb"].high < 0.05 and found["doer"].high < 0.05
        assert abs(found["opposite"].share - found["opposite"].shortcut) < 0.1
        assert all(kind.by_pair[1] - kind.by_pair[0] > kind.high - kind.low
                   for kind in found.values() if kind.solved > 10)


def test_with_the_query_words_left_in_the_answer_is_nearly_always_one_of_them(docs):
    vectors = docs[0]
    kept = analogies.solved(vectors, analogies.questions(vectors, corpora.analogies()),
                            leave_out=False)
    assert min(kind.query for kind in kept.values()) > 0.9
    assert max(kind.share for kind in kept.values()) < 0.1
