"""Vectors put to work: pieces of unseen words, a classifier of reviews, windows and swaps."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import corpora, tokenizers, training
from helpers import word_vectors as wv
from helpers.word_vectors import against_counting, held_out, reviews, window
from helpers.word_vectors.from_text import count_vectors
from helpers.word_vectors.pieces import Pieces, pieces

# vectors of a text


def test_counted_vectors_are_of_the_frequent_words_and_leave_out_what_they_should():
    texts = ["the cat sat on the mat", "the dog sat on the log", "a cat and a dog"] * 3
    vectors = count_vectors(texts, 4, least=6)
    assert vectors.words == ("the", "a", "cat", "dog", "on", "sat")
    without = count_vectors(texts, 4, least=6, without=frozenset({"cat"}))
    assert "cat" not in without and len(without) == 5
    with pytest.raises(ValueError, match="6 words seen 6 times or more for vectors of 7"):
        count_vectors(texts, 7, least=6)


# pieces


def test_pieces_of_a_word_by_hand():
    assert pieces("cat", 3, 4) == ["<ca", "cat", "at>", "<cat", "cat>"]
    assert pieces("a") == ["<a>"] and pieces("aaaa", 3, 3) == ["<aa", "aaa", "aa>"]
    for word, shortest, longest in (("", 3, 5), ("a", 4, 5), ("cat", 4, 3), ("cat", 0, 3)):
        with pytest.raises(ValueError, match="a word, and lengths"):
            pieces(word, shortest, longest)


def test_the_fit_is_ridge_regression():
    rng = np.random.default_rng(0)
    names = ["row", "rows", "column", "columns", "tow"]
    vectors = wv.WordVectors(names, rng.normal(size=(5, 3)))
    fitted = Pieces(vectors, penalty=0.1)
    shares = np.zeros((5, len(fitted.place)))
    for i, name in enumerate(names):
        for piece in pieces(name):
            shares[i, fitted.place[piece]] = 1 / len(pieces(name))
    expected = np.linalg.solve(shares.T @ shares + 0.1 * np.eye(shares.shape[1]),
                               shares.T @ vectors.unit)
    np.testing.assert_allclose(fitted.rows, expected, atol=1e-9)
    np.testing.assert_allclose(fitted.of("rows"), shares[1] @ expected, atol=1e-9)
    apart = Pieces(wv.WordVectors(names, np.eye(5)))
    assert {near for near, _ in apart.neighbours("columnns", 2)} == {"column", "columns"}
    assert "rows" not in [near for near, _ in fitted.neighbours("rows", 4)]
    with pytest.raises(ValueError, match="no piece of 'zzz' was ever seen"):
        fitted.of("zzz")
    with pytest.raises(ValueError, match="penalty=0"):
        Pieces(vectors, penalty=0)


def test_a_small_penalty_meets_the_vectors_of_known_words():
    vectors = wv.WordVectors(["row", "column", "table"], np.eye(3))
    fitted = Pieces(vectors, penalty=1e-6)
    np.testing.assert_allclose([fitted.of(word) for word in vectors.words], np.eye(3), atol=1e-3)


def test_inflected_forms_begin_alike_and_end_soon():
    assert held_out.inflected("column", "columns") and held_out.inflected("compute", "computing")
    assert not held_out.inflected("row", "rows") and not held_out.inflected("column", "column")
    assert not held_out.inflected("compute", "computational")
    assert held_out.alike("columnss", ("row", "columns", "colour")) == "columns"


def test_pieces_find_neighbours_of_words_never_seen_and_hardly_better_than_spelling():
    assert training.changed_since("word_pieces") == []
    for told in training.load_results("word_pieces").values():
        assert told["pieces"]["true"] > 0.2 > 0.1 > told["random word"]["true"]
        assert told["pieces"]["inflected"] > 0.5 and told["random word"]["inflected"] < 0.1
        assert -0.05 < told["pieces"]["true"] - told["spelled alike"]["true"] < 0.2
        assert told["seen after all"]["true"] > 0.9
        assert told["pieces"]["inflected"] <= told["possible"]["inflected"]


@pytest.mark.slow
def test_a_draw_of_the_pieces_table_can_be_made_again():
    stored, again = training.load_results("word_pieces")["1"], held_out.told(1)
    for way in held_out.WAYS:
        assert again[way]["true"] == pytest.approx(stored[way]["true"], abs=0.05)


# reviews


def test_frozen_vectors_are_the_same_to_the_last_bit_and_tuned_ones_are_not():
    before = reviews.rows_for("reviews, frozen", 0)
    frozen = reviews.train("reviews, frozen", rate=0.1, seed=0, labels=64)
    assert torch.equal(frozen.Q, before) and frozen.w.abs().sum() > 0
    tuned = reviews.train("reviews, tuned", rate=0.1, seed=0, labels=64)
    moved = (tuned.Q - before).abs().sum(dim=1) > 0
    seen = reviews.table("train")[0][reviews.few(64, 0)].sum(dim=0) > 0
    assert moved[seen].all()                              # weight decay moves the others, too


def test_the_classifier_is_the_mean_of_the_vectors_and_a_line():
    shares, _ = reviews.table("train")
    model = reviews.train("reviews, tuned", rate=0.1, seed=0, labels=16)
    with torch.no_grad():
        mean = sum(shares[4, i] * model.Q[i] for i in torch.nonzero(shares[4])[:, 0])
        torch.testing.assert_close(model(shares[4:5])[0], mean @ model.w + model.b)
    np.testing.assert_allclose(shares.sum(dim=1), 1, atol=1e-6)
    text = tokenizers.words(corpora.load("reviews")[4])
    for word in text:
        share = shares[4, reviews.vocabulary().index(word)]
        assert float(share) == pytest.approx(text.count(word) / len(text))
    assert len(set(text)) < len(text)                     # so that a repetition is among them


def test_draws_of_labels_are_balanced_and_differ():
    wanted = reviews.table("train")[1]
    for labels in reviews.LABELS:
        rows = reviews.few(labels, 1)
        assert len(set(rows.tolist())) == labels and float(wanted[rows].mean()) == 0.5
    assert reviews.few(16, 0).tolist() != reviews.few(16, 1).tolist()
    for wrong in (lambda: reviews.rows_for("odd", 0), lambda: reviews.vectors("odd", 0)):
        with pytest.raises(ValueError, match="there are"):
            wrong()


def at_best(kind, labels):
    """Test shares of a kind, all seeds and draws, at the rate that is best on valid."""
    runs = training.load_results("reviews_vectors")[kind].values()
    best = max(runs, key=lambda seeds: np.mean([run[labels]["valid"] for run in seeds]))
    return np.array([run[labels]["test"] for run in best])


def test_vectors_learned_without_labels_gain_nothing_on_the_reviews():
    assert training.changed_since("reviews_vectors") == []
    bag = {labels: at_best(reviews.BAG, labels).mean() for labels in ("16", "64", "256", "576")}
    for kind in reviews.KINDS:
        found = {labels: at_best(kind, labels) for labels in bag}
        assert found["64"].shape == (3, 5) and found["576"].shape == (3, 1)
        for labels, share in bag.items():
            assert found[labels].mean() < share + 0.06, (kind, labels)
    for text in reviews.TEXTS:
        assert at_best(f"{text}, frozen", "576").mean() < bag["576"] - 0.03


@pytest.mark.slow
def test_a_run_of_the_reviews_table_can_be_made_again():
    stored = training.load_results("reviews_vectors")["docs, tuned"]["0.1"][1]
    again = reviews.told("docs, tuned", rate=0.1, seed=1)
    for labels, told in stored.items():
        assert np.mean(again[labels]["test"]) == pytest.approx(np.mean(told["test"]), abs=0.06)


def test_good_and_bad_stand_in_the_same_places():
    for seed in reviews.SEEDS:
        vectors, rng = reviews.vectors("all", seed), np.random.default_rng(seed)
        some = rng.integers(len(vectors), size=(2, 2000))
        by_chance = (vectors.unit[some[0]] * vectors.unit[some[1]]).sum(axis=1).mean()
        assert vectors.similarity("good", "bad") > by_chance + 0.4


# the window


@pytest.mark.parametrize("seed", [0, 1])
def test_a_word_outside_the_window_is_guessed(seed):
    assert window.right_at_distance(3, seed=seed) > 0.95
    assert abs(window.right_at_distance(4, seed=seed) - 0.25) < 0.06
    with pytest.raises(ValueError, match="distance=0"):
        window.right_at_distance(0)


def trained_on_planted(seed):
    """A small neural trigram model of the planted language, 600 updates, and 1,000 windows."""
    made = wv.planted_corpus(seed)
    place = {word: i for i, word in enumerate([*made.words, "both"])}
    ids = torch.tensor([[place[word] for word in sentence] for sentence in made.sentences])
    windows = ids.unfold(1, 3, 1).reshape(-1, 3)
    torch.manual_seed(seed)
    model = wv.NeuralNgram(len(place), 3, 16, 32)
    training.train(model, lambda g: windows[torch.randint(len(windows), (256,), generator=g)],
                   lambda m, b: F.cross_entropy(m.of_windows(b[:, :2]), b[:, 2]),
                   steps=600, learning_rate=1e-2, seed=seed)
    return model, windows[:1000, :2]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_swapping_a_word_for_its_neighbour_changes_a_prediction_less_than_for_any_other(seed):
    found = window.swap_costs(*trained_on_planted(seed))
    assert 0 < found["neighbour"] < 0.25 * found["random"]


def test_the_cost_of_a_swap_is_the_divergence_by_hand():
    torch.manual_seed(0)
    model = wv.NeuralNgram(2, 2, 3, 4)
    before, after = (model.of_windows(torch.tensor([[i]])).log_softmax(dim=1)[0] for i in (0, 1))
    expected = float((before.exp() * (before - after)).sum())
    found = window.swap_costs(model, torch.tensor([[0]]))           # the only other word
    assert found["neighbour"] == pytest.approx(expected, abs=1e-6) == found["random"]
    with pytest.raises(ValueError, match="ends before the text begins"):
        window.swap_costs(model, torch.tensor([[2]]))


@pytest.mark.slow
def test_also_on_real_text_a_neighbour_costs_less_than_any_other_word():
    model = against_counting.train("hidden", rate=1e-2, seed=0, updates=300)
    windows = against_counting.text().windows["valid"]
    windows = windows[windows[:, -1] < len(model.b)][:2000]
    found = window.swap_costs(model, windows)
    assert found["neighbour"] < 0.5 * found["random"]
