"""The experiments behind notebook 04: letters backwards, translators by length, other looks."""

import numpy as np
import pytest
import torch

from helpers import corpora, training
from helpers import seq2seq_attention as s2s
from helpers.seq2seq_attention import elsewhere, quality, reversal


class Parrot:
    """A translator that says what it is told, for each source text."""

    def __init__(self, answers: dict[str, str], places: dict[str, list[int]] | None = None):
        self.answers, self.places = answers, places or {}

    def translate_all(self, texts):
        return [self.answers[text] for text in texts]

    def forced(self, source, target):
        rows = [*self.places[source], 0]                    # the last row is the end mark's
        weights = np.zeros((len(rows), len(source.split())))
        weights[np.arange(len(rows)), rows] = 1
        return s2s.Translation(source.split(), [], [], weights, True)


def test_the_toy_is_its_own_letters_backwards_in_lengths_of_three_to_twelve():
    found = reversal.pairs(300, seed=1)
    assert all(source.split() == target.split()[::-1] for source, target in found)
    assert {len(source.split()) for source, _ in found} == set(range(3, 13))
    assert found == reversal.pairs(300, seed=1) != reversal.pairs(300, seed=2)
    assert {len(source.split()) for source, _ in reversal.pairs(9, seed=0, length=16)} == {16}


def test_letters_count_where_they_stand():
    asked = [("a b c", "c b a"), ("a b", "b a")]
    for said, share in ((("c b a", "b a"), 1), (("b a", "b a"), 2 / 5), (("", ""), 0),
                        (("c b a x", "b a x x"), 1), (("c x a", "b"), 3 / 5)):
        parrot = Parrot(dict(zip(("a b c", "a b"), said, strict=True)))
        assert reversal.right_letters(parrot, asked) == pytest.approx(share)


def test_looks_are_counted_on_the_letter_and_one_beside_it():
    parrot = Parrot({}, {"a b c d": [3, 1, 1, 2]})          # right would be 3, 2, 1, 0
    assert reversal.near_diagonal(parrot, [("a b c d", "d c b a")]) == (2 / 4, 3 / 4)


def test_pairs_up_to_a_length_are_short_on_both_sides():
    kept = quality.pairs_up_to("en_fr", "test", 8)
    assert 0 < len(kept) < 400 and max(len(s.split()) for pair in kept for s in pair) == 8
    assert quality.pairs_up_to("en_fr", "test", None) == corpora.pairs("en_fr", "test")


def test_quality_is_told_by_bins_of_source_length():
    pairs = [("a " * n + ".", "le chat ne dort pas ici .") for n in (4, 7, 20)]
    right = Parrot(dict(pairs))
    assert quality.by_length(right, pairs) == {"4-6": 100, "7-8": 100, "19-24": 100}
    half = Parrot({source: "le chien mange" for source, _ in pairs})
    assert quality.bleu(half, pairs) < 10
    assert len(quality.LENGTHS) == len(quality.MIDDLES) == len(quality.BINS)


def test_the_best_rate_is_the_one_of_the_best_mean_on_validation_text():
    def run(score):
        return {"bleu": {"valid": score, "test": -score}}
    table = {"dot": {"0.01": [run(9), run(1)], "0.003": [run(6), run(6)]}}
    assert quality.best_rate(table, "dot") == "0.003"


def test_looks_are_told_for_articles_and_for_other_words():
    pairs, gold = corpora.pairs("en_fr", "test"), corpora.alignments("en_fr", "test")
    places = {}
    for (source, target), links in zip(pairs, gold, strict=True):
        linked = dict(links)
        words = target.split()
        places[source] = [linked.get(t, 0) if word not in quality.ARTICLES else next(
            s for s in range(len(source.split())) if (t, s) not in links)
            for t, word in enumerate(words)]
    told = quality.told_of_looks(Parrot({}, places), "en_fr")
    assert told["articles"] == 1 and told["others"] < 0.05 and 0 < told["alignment error"] < 0.6


def test_right_words_are_shares_of_places_and_a_fresh_model_has_few():
    known = quality.vocabularies(corpora.pairs("en_fr", "train"))
    torch.manual_seed(0)
    model, config = quality.build("dot", known)
    assert s2s.Seq2Seq(**config).state_dict().keys() == model.state_dict().keys()
    translator = s2s.Translator(model, known)
    for share in (0.0, 1.0):
        assert quality.right_words(translator, corpora.pairs("en_fr", "test")[:20], share) < 0.1


def test_a_short_training_lowers_the_loss_and_leaves_out_long_pairs():
    translator, config, history = quality.train("last", rate=3e-3, seed=0, updates=60, most=7)
    assert history.losses[-1] < history.losses[0] - 0.5
    assert config["context"] == "last" and config["source_size"] == len(
        translator.vocabularies.source) < 400


@pytest.mark.parametrize("n", [2, 3])
def test_planted_texts_hold_one_word_that_decides_or_none(n):
    texts, labels, places = elsewhere.planted_texts(200, seed=0, n_labels=n)
    assert set(labels) == set(range(n))
    for text, label, place in zip(texts, labels, places, strict=True):
        words = text.split()
        deciding = [word for word in words if any(word in some for some in elsewhere.PLANTED)]
        if label == 2:
            assert place == -1 and not deciding
        else:
            assert deciding == [words[place]] and words[place] in elsewhere.PLANTED[1 - label]


def test_the_classifier_does_not_look_at_padding_and_tells_its_weights():
    texts, labels, _ = elsewhere.planted_texts(64, seed=0)
    model, known, _ = elsewhere.train_classifier(texts, labels, rate=1e-2, seed=0)
    said, weights = elsewhere.classify(model, known, texts[:8])
    alone = [elsewhere.classify(model, known, [text]) for text in texts[:8]]
    for row, (said_alone, weights_alone) in enumerate(alone):
        words = len(texts[row].split())
        assert np.allclose(said[row], said_alone[0], atol=1e-5)
        assert np.allclose(weights[row, :words], weights_alone[0], atol=1e-5)
        assert not weights[row, words:].any()


def test_a_question_about_a_picture_is_answered_by_the_cell_it_names():
    colours, question, answers = elsewhere.ask_colours(50, torch.Generator().manual_seed(0))
    grid = colours.reshape(50, 4, 4)
    assert all(grid[i, r, c] == answers[i] for i, (r, c) in enumerate(question.tolist()))
    record: list = []
    assert elsewhere.ColourAt()(colours, question, record=record).shape == (50, 4)
    torch.testing.assert_close(record[0].sum(dim=-1), torch.ones(50, 1, 1))


@pytest.mark.parametrize("kind", ["colours", "three labels"])
def test_one_stored_cell_of_the_table_comes_back(kind):
    stored = training.load_results("elsewhere")[kind]["0.01"][1]
    again = elsewhere.told(kind, rate=1e-2, seed=1)
    assert again["right"] == pytest.approx(stored["right"], abs=0.03)
    assert again["found"] == pytest.approx(stored["found"], abs=0.1)


@pytest.mark.slow
def test_one_stored_run_of_the_letters_comes_back():
    stored = training.load_results("reversal")["dot"]["0.003"][1]
    again = reversal.told(reversal.train("dot", rate=3e-3, seed=1))
    for length in ("4", "8", "12"):
        assert again["right"][length] == pytest.approx(stored["right"][length], abs=0.08)


@pytest.mark.slow
def test_one_stored_translator_comes_back():
    stored = training.load_results("translation")["dot"]["0.003"][0]
    again = quality.told(quality.train("dot", rate=3e-3, seed=0)[0])
    assert again["bleu"]["test"] == pytest.approx(stored["bleu"]["test"], abs=6)
    assert again["bleu"]["long"] == pytest.approx(stored["bleu"]["long"], abs=12)


@pytest.mark.slow
def test_a_model_of_the_menus_learns_what_the_notebook_says():
    found, _, _ = quality.train("dot", "jupyter_fr", rate=3e-3, seed=0, updates=1000, most=14)
    assert 15 < quality.bleu(found, quality.pairs_up_to("jupyter_fr", "test", 14)) < 30


@pytest.mark.parametrize("name", ["reversal", "translation", "elsewhere"])
def test_the_stored_tables_are_whole_and_made_by_this_code_and_data(name):
    study = {"reversal": reversal, "translation": quality, "elsewhere": elsewhere}[name]
    table = training.load_results(name)
    assert {kind: {rate: len(runs) for rate, runs in rows.items()} for kind, rows in table.items()
            } == {kind: {f"{rate:g}": 3 for rate in study.RATES} for kind in study.KINDS}
    assert training.changed_since(name) == []


@pytest.mark.parametrize("name", ["en_fr_vector", "en_fr_attention", "en_zh_attention"])
def test_a_shipped_translator_is_good_at_what_it_was_trained_for(name):
    translator = s2s.Translator(*training.load_checkpoint(name, s2s.Seq2Seq))
    corpus = name[:5]
    assert quality.bleu(translator, corpora.pairs(corpus, "test")) > 60
    words = {word for side in corpora.pairs(corpus, "train") for word in side[0].split()}
    assert not [word for word in words if word not in translator.vocabularies.source]
