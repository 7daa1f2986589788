"""BLEU and chrF against sacrebleu, alignment error rate against counts by hand."""

import math

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import metrics

CASES = {
    "alike": (["a b c d e", "f g h i"], ["a b c d e", "f g h i"]),
    "in part": (["a b c x e f", "the cat is here now"], ["a b c d e f", "the cat was here now"]),
    "no common 4-gram": (["a b c x y z"], ["a b c d e f"]),
    "no common token": (["x y z"], ["a b c"]),
    "short hypothesis": (["a b c d"], ["a b c d e f g h"]),
    "long hypothesis": (["a b c d e f g h"], ["a b c d"]),
    "one empty hypothesis": (["", "a b c d e"], ["a b c d", "a b c d e"]),
    "only an empty hypothesis": ([""], ["a b c d"]),
    "one empty reference": (["a b c d", "a b c d e"], ["", "a b c d e"]),
    "both empty": ([""], [""]),
    "length one": (["a"], ["a"]),
    "length one and wrong": (["a"], ["b"]),
    "all shorter than four": (["a b c", "d e"], ["a b c", "d e f"]),
    "repetitions": (["the the the the the the the"], ["the cat is on the mat"]),
    "accents and Chinese": (["le café est été là", "我 是 学 生"],
                            ["le café était là hier", "我 是 老 师 吗"]),
}
sentence = st.lists(st.sampled_from(["a", "b", "c", "dd", "été", "学"]), max_size=9)
corpus = st.lists(st.tuples(sentence, sentence), min_size=1, max_size=4)


def split(texts: list[str]) -> list[list[str]]:
    return [text.split() for text in texts]


def sacre_bleu(hypotheses: list[str], references: list[str]):
    return sacrebleu.corpus_bleu(hypotheses, [references], tokenize="none", force=True,
                                 smooth_method="none")


def same_as_sacrebleu(mine: metrics.Bleu, theirs) -> None:
    assert mine.score == pytest.approx(theirs.score, abs=1e-9)
    assert [100 * p for p in mine.precisions] == pytest.approx(theirs.precisions)
    assert mine.brevity_penalty == pytest.approx(theirs.bp)
    assert (mine.hypothesis_length, mine.reference_length) == (theirs.sys_len, theirs.ref_len)


@pytest.mark.parametrize("case", CASES)
def test_bleu_of_a_corpus_is_that_of_sacrebleu(case):
    hypotheses, references = CASES[case]
    same_as_sacrebleu(metrics.bleu(split(hypotheses), split(references)),
                      sacre_bleu(hypotheses, references))


@settings(deadline=None)
@given(corpus)
def test_measures_of_random_corpora_are_those_of_sacrebleu(sides):
    hypotheses, references = ([side[i] for side in sides] for i in (0, 1))
    texts = [" ".join(tokens) for tokens in hypotheses], [" ".join(tokens) for tokens in references]
    same_as_sacrebleu(metrics.bleu(hypotheses, references), sacre_bleu(*texts))
    assert metrics.chrf(*texts) == pytest.approx(
        sacrebleu.corpus_chrf(texts[0], [texts[1]]).score)
    for hypothesis, reference, h_text, r_text in zip(hypotheses, references, *texts, strict=True):
        same_as_sacrebleu(metrics.sentence_bleu(hypothesis, reference),
                          sacrebleu.sentence_bleu(h_text, [r_text], tokenize="none"))


@pytest.mark.parametrize("case", CASES)
def test_chrf_is_that_of_sacrebleu(case):
    hypotheses, references = CASES[case]
    assert metrics.chrf(hypotheses, references) == pytest.approx(
        sacrebleu.corpus_chrf(hypotheses, [references]).score)


@pytest.mark.parametrize("max_order", [1, 2, 6])
def test_other_orders_are_those_of_sacrebleu(max_order):
    hypotheses, references = CASES["in part"]
    theirs = sacrebleu.BLEU(tokenize="none", smooth_method="none", max_ngram_order=max_order)
    same_as_sacrebleu(metrics.bleu(split(hypotheses), split(references), max_order),
                      theirs.corpus_score(hypotheses, [references]))


def test_a_word_said_seven_times_counts_as_often_as_in_the_reference():
    said = metrics.bleu(split(["the the the the the the the"]), split(["the cat is on the mat"]))
    assert said.precisions == (2 / 7, 0, 0, 0) and said.score == 0


def test_the_score_is_what_one_gets_by_hand():
    said = metrics.bleu(split(["the cat sat on mats"]), split(["the cat sat on the mat"]))
    assert said.precisions == (4 / 5, 3 / 4, 2 / 3, 1 / 2)
    assert said.brevity_penalty == math.exp(1 - 6 / 5)
    assert said.score == pytest.approx(100 * math.exp(-0.2) * (4 * 3 * 2 / (5 * 4 * 3 * 2)) ** 0.25)


def test_a_text_against_itself_scores_100_if_a_sentence_is_long_enough():
    texts = split(["a", "b c d e"])
    assert metrics.bleu(texts, texts).score == pytest.approx(100)
    assert metrics.bleu(texts[:1], texts[:1]).score == 0
    assert metrics.bleu(texts[:1], texts[:1], max_order=1).score == pytest.approx(100)
    assert metrics.sentence_bleu(["a"], ["a"]).score == pytest.approx(100)
    assert metrics.chrf(["a", "été"], ["a", "été"]) == pytest.approx(100)


@given(corpus)
def test_scores_keep_their_range_and_do_not_ask_for_the_order_of_sentences(sides):
    hypotheses, references = ([side[i] for side in sides] for i in (0, 1))
    forth = metrics.bleu(hypotheses, references)
    assert 0 <= forth.score <= 100 + 1e-9 and all(0 <= p <= 1 for p in forth.precisions)
    assert metrics.bleu(hypotheses[::-1], references[::-1]) == forth


@pytest.mark.parametrize(("hypotheses", "references", "words"), [
    ([["a"]], [["a"], ["b"]], "1 hypotheses, 2 references"), ([], [], "no sentence to score"),
    ("a b", [["a"]], "hypotheses is the str 'a b'"), ([["a"]], "a", "references is the str"),
    ([["a"], "b c"], [["a"], ["b"]], r"hypotheses\[1\] is the str 'b c'.*list of tokens"),
    ([["a"]], ["a b"], r"references\[0\] is the str 'a b'.*text.split"),
])
def test_bleu_of_what_is_no_two_lists_of_token_lists_is_refused(hypotheses, references, words):
    with pytest.raises(ValueError, match=words):
        metrics.bleu(hypotheses, references)


@pytest.mark.parametrize("max_order", [0, -1, 1.5, None])
def test_an_order_that_is_no_whole_number_from_one_on_is_refused(max_order):
    for measure in (metrics.bleu, metrics.sentence_bleu):
        with pytest.raises(ValueError, match=f"max_order={max_order}"):
            measure([["a"]], [["a"]], max_order)


def test_sentence_bleu_and_chrf_refuse_what_is_for_the_other():
    with pytest.raises(ValueError, match=r"hypotheses\[0\] is the str 'a b'"):
        metrics.sentence_bleu("a b", ["a", "b"])
    with pytest.raises(ValueError, match=r"references\[0\] is a list: chrF reads texts"):
        metrics.chrf(["a b"], [["a", "b"]])
    for hypotheses, references, words in (("a", ["a"], "hypotheses is the str 'a'"),
                                          ([], [], "no sentence"), (["a"], [], "0 references")):
        with pytest.raises(ValueError, match=words):
            metrics.chrf(hypotheses, references)


# ---- alignment error rate

SURE = [[(0, 0), (1, 2)], [(0, 1)]]
POSSIBLE = [[(0, 0), (1, 2), (2, 1)], [(0, 1), (1, 0)]]


@pytest.mark.parametrize(("found", "rate"), [
    (SURE, 0), (POSSIBLE, 0), ([[], []], 1), ([[(5, 5)], [(6, 6)]], 1),
    ([[(0, 0)], []], 1 - 2 / 4),
    ([[(0, 0), (2, 1), (9, 9)], [(0, 1)]], 1 - (2 + 3) / (4 + 3)),
])
def test_the_alignment_error_rate_is_what_one_counts_by_hand(found, rate):
    assert metrics.alignment_error_rate(found, SURE, POSSIBLE) == pytest.approx(rate)


def test_without_possible_links_a_found_one_that_is_not_sure_is_wrong():
    assert metrics.alignment_error_rate(POSSIBLE, SURE) == pytest.approx(1 - (3 + 3) / (5 + 3))


def test_links_are_counted_over_all_sentences_and_each_once():
    found = [[(0, 0), (0, 0)], []]
    assert metrics.alignment_error_rate(found, SURE) == pytest.approx(1 - 2 / 4)
    apart = [metrics.alignment_error_rate([f], [s]) for f, s in zip(found, SURE, strict=True)]
    assert metrics.alignment_error_rate(found, SURE) != pytest.approx(sum(apart) / 2)


def test_sets_arrays_and_a_matrix_of_links_are_read_alike():
    matrix = np.array([[True, False], [False, True]])
    for links in ({(0, 0), (1, 1)}, np.argwhere(matrix), list(enumerate(matrix.argmax(-1)))):
        assert metrics.alignment_error_rate([links], [[(0, 0), (1, 1)]]) == 0


links = st.lists(st.frozensets(st.tuples(st.integers(0, 3), st.integers(0, 3))), min_size=3,
                 max_size=3)


@given(links, links, links)
def test_the_alignment_error_rate_is_one_minus_a_share(found, sure, more):
    if not any([*found, *sure]):
        return
    possible = [s | m for s, m in zip(sure, more, strict=True)]
    rate = metrics.alignment_error_rate(found, sure, possible)
    assert 0 <= rate <= metrics.alignment_error_rate(found, sure) <= 1


@pytest.mark.parametrize(("found", "sure", "possible", "words"), [
    ([[]], SURE, None, "found for 1, sure for 2"),
    (SURE, SURE, SURE[:1], "possible for 1 sentences"),
    (SURE, SURE, [[(0, 0)], [(0, 1)]], r"sentence 0: the sure link \(1, 2\)"),
    ([[(0, 0), (0, 1, 2)]], [[]], None, r"found, sentence 0: \(0, 1, 2\) is no link"),
    ([(0, 0)], [[]], None, "found, sentence 0: 0 is no link"),
    ([[(0, -1)]], [[]], None, "two whole numbers from 0 on"),
    ([["ab"]], [[]], None, "'ab' is no link"), ("ab", [[]], None, "found is the str"),
    ([], [], None, "no link found and none sure in 0 sentences"),
    ([[]], [[]], None, "in 1 sentences"),
])
def test_links_that_make_no_sense_are_refused(found, sure, possible, words):
    with pytest.raises(ValueError, match=words):
        metrics.alignment_error_rate(found, sure, possible)
