"""What a text associates: WEAT against all deals, a planted leaning, a removal that hides it."""

import itertools

import numpy as np
import pytest

from helpers import corpora
from helpers import word_vectors as wv
from helpers.word_vectors import bias
from helpers.word_vectors.from_text import count_vectors

HE, SHE = bias.SIDES.values()
HIS, HERS = bias.jobs("he"), bias.jobs("she")


def planted(seed, lean=bias.LEAN):
    return count_vectors([" ".join(s) for s in bias.planted_leaning(seed, lean=lean)], 20,
                         seed=seed)


def test_weat_is_its_formula_over_all_ways_to_deal():
    rng = np.random.default_rng(0)
    names = list("abcdefghij")
    vectors = wv.WordVectors(names, rng.normal(size=(10, 4)))
    X, Y, A, B = "abc", "def", "gh", "ij"
    lean = {w: np.mean([vectors.similarity(w, a) for a in A])
            - np.mean([vectors.similarity(w, b) for b in B]) for w in X + Y}

    def difference(dealt):
        rest = set(X + Y) - set(dealt)
        return np.mean([lean[w] for w in dealt]) - np.mean([lean[w] for w in rest])

    found = bias.weat(vectors, X, Y, A, B)
    assert found.effect == pytest.approx(difference(X) / np.std(list(lean.values())))
    ways = [difference(dealt) for dealt in itertools.combinations(X + Y, 3)]
    assert found.exact and found.p == np.mean([way >= difference(X) - 1e-12 for way in ways])
    back = bias.weat(vectors, Y, X, A, B)
    assert back.effect == pytest.approx(-found.effect)


def test_clear_sides_give_an_effect_of_two_and_the_smallest_p():
    unit = np.eye(2)
    vectors = wv.WordVectors(list("abcdefgh"), np.repeat(unit, [4, 4], axis=0))
    found = bias.weat(vectors, "abc", "efg", "d", "h")
    assert found.effect == pytest.approx(2) and found.p == 1 / 20
    flat = wv.WordVectors(list("abcdef"), np.ones((6, 2)))
    assert bias.weat(flat, "ab", "cd", "e", "f") == bias.Weat(0.0, 1.0, True)


def test_lists_that_cannot_be_compared_are_refused():
    vectors = wv.WordVectors(list("abcd"), np.eye(4))
    for X, Y in (("ab", "bc"), ("a", "bc")):
        with pytest.raises(ValueError, match="two or more for each, all different"):
            bias.weat(vectors, X, Y, "d", "d")
    with pytest.raises(ValueError, match="there are he and she"):
        bias.jobs("it")


def test_no_planted_sentence_holds_a_job_and_a_person():
    for sentence in bias.planted_leaning(0):
        assert any(w in HIS + HERS for w in sentence) != any(w in HE + SHE for w in sentence)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_planted_leaning_is_found_and_no_leaning_is_not(seed):
    found = bias.weat(planted(seed), HIS, HERS, HE, SHE)
    assert found.effect > 1.4 and found.p < 0.01 and not found.exact
    even = planted(seed, lean=0.5)
    assert abs(bias.weat(even, HIS, HERS, HE, SHE).effect) < 1
    assert bias.of_the_same_side(even, HIS, HERS) < 0.6


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_after_the_removal_the_leaning_is_gone_and_the_neighbours_still_tell_the_sides(seed):
    vectors = planted(seed)
    removed = bias.without_direction(vectors, HE, SHE)
    direction = sum(vectors.unit[vectors.place[w]] for w in HE) - sum(
        vectors.unit[vectors.place[w]] for w in SHE)
    assert np.abs(removed.rows @ direction).max() < 1e-9
    size = [np.abs(wv.association(v, HIS + HERS, HE, SHE)).mean() for v in (vectors, removed)]
    assert size[1] < 0.2 * size[0] and bias.weat(removed, HIS, HERS, HE, SHE).p > 0.05
    assert bias.of_the_same_side(vectors, HIS, HERS) > 0.95
    assert bias.of_the_same_side(removed, HIS, HERS) > 0.95


def test_a_word_is_not_its_own_neighbour():
    vectors = wv.WordVectors(list("abcd"), [[1, 0], [0, 1], [1, 0.1], [0.1, 1]])
    assert bias.of_the_same_side(vectors, "ab", "cd", number=1) == 0        # a by c, b by d
    assert bias.of_the_same_side(vectors, "ac", "bd", number=1) == 1


def test_in_the_documentation_whole_numbers_count_and_others_are_rounded():
    for seed in (0, 1):
        vectors = count_vectors(corpora.load("python_docs"), 100, seed=seed)
        found = bias.weat(vectors, *bias.NUMBERS)
        assert found.effect > 1.2 and found.p < 0.03 and found.exact


def test_in_the_stories_the_kitchen_leans_and_the_seed_decides_whether_one_believes_it():
    stories = [text for split in corpora.SPLITS for text in corpora.load("stories", split)]
    found = [bias.weat(count_vectors(stories, 50, seed=seed), *bias.KITCHEN)
             for seed in range(6)]
    assert min(one.effect for one in found) > 0
    assert max(one.p for one in found) - min(one.p for one in found) > 0.1
