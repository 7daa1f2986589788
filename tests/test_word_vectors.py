"""Word vectors: gradients by hand and by autograd, counts and loops, a planted language."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import training
from helpers import word_vectors as wv
from helpers.neural import leak_test
from helpers.word_vectors import against_counting

PLANTED = wv.planted_corpus(0)
WORDS = [*PLANTED.words, "both"]
PLACE = {word: i for i, word in enumerate(WORDS)}
SENTENCES = [np.array([PLACE[word] for word in sentence]) for sentence in PLANTED.sentences]


@settings(max_examples=30)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 999))
def test_the_gradient_of_a_pair_by_hand_is_autograds(d, K, seed):
    rng = np.random.default_rng(seed)
    centre, context, negatives = (rng.normal(size=s) * 2 for s in ((d,), (d,), (K, d)))
    rows = [torch.tensor(a, requires_grad=True) for a in (centre, context, negatives)]
    loss = -F.logsigmoid(rows[0] @ rows[1]) - F.logsigmoid(-(rows[2] @ rows[0])).sum()
    loss.backward()
    found, *gradients = wv.skipgram_step(centre, context, negatives)
    assert found == pytest.approx(loss.item(), abs=1e-9)
    for mine, row in zip(gradients, rows, strict=True):
        np.testing.assert_allclose(mine, row.grad, atol=1e-9)


def test_cbow_shares_one_gradient_among_the_words_around():
    rng = np.random.default_rng(0)
    around, centre, negatives = (rng.normal(size=s) for s in ((4, 3), (3,), (5, 3)))
    rows = [torch.tensor(a, requires_grad=True) for a in (around, centre, negatives)]
    mean = rows[0].mean(dim=0)
    loss = -F.logsigmoid(mean @ rows[1]) - F.logsigmoid(-(rows[2] @ mean)).sum()
    loss.backward()
    found, *gradients = wv.cbow_step(around, centre, negatives)
    assert found == pytest.approx(loss.item())
    for mine, row in zip(gradients, rows, strict=True):
        np.testing.assert_allclose(mine, row.grad, atol=1e-9)


def test_log_sigmoid_does_not_overflow():
    assert wv.log_sigmoid(np.array([-1000.0, 0, 1000])).tolist() == [-1000, -math.log(2), 0]
    assert wv.sigmoid(np.array([-1000.0, 0, 1000])).tolist() == [0, 0.5, 1]


def test_an_update_moves_the_rows_of_its_words_by_the_gradient_and_no_others():
    model = wv.SkipGram(9, 4, seed=0)
    model.rows_out += torch.randn(9, 4, generator=torch.Generator().manual_seed(1))
    before = model.rows_in.clone(), model.rows_out.clone()
    loss, for_centre, for_context, for_negatives = wv.skipgram_step(
        before[0][2].numpy(), before[1][5].numpy(), before[1][[0, 7]].numpy())
    told = model.update(torch.tensor([2]), torch.tensor([5]), torch.tensor([[0, 7]]), rate=0.1)
    assert told == pytest.approx(loss, abs=1e-6)
    moved_in, moved_out = model.rows_in - before[0], model.rows_out - before[1]
    assert torch.nonzero(moved_in.abs().sum(dim=1))[:, 0].tolist() == [2]
    assert torch.nonzero(moved_out.abs().sum(dim=1))[:, 0].tolist() == [0, 5, 7]
    np.testing.assert_allclose(moved_in[2], -0.1 * for_centre, atol=1e-6)
    np.testing.assert_allclose(moved_out[5], -0.1 * for_context, atol=1e-6)
    np.testing.assert_allclose(moved_out[[0, 7]], -0.1 * for_negatives, atol=1e-6)


def test_a_negative_that_is_the_target_is_left_out():
    one, other = wv.SkipGram(5, 3, seed=0), wv.SkipGram(5, 3, seed=0)
    for model in (one, other):
        model.rows_out += 1
    one.update(torch.tensor([0]), torch.tensor([1]), torch.tensor([[1, 2]]), 0.5)
    other.update(torch.tensor([0]), torch.tensor([1]), torch.tensor([[2]]), 0.5)
    assert torch.allclose(one.rows_in, other.rows_in) and torch.allclose(one.rows_out,
                                                                        other.rows_out)


def test_pairs_are_all_neighbours_within_the_drawn_window():
    found = wv.pairs(np.array([10, 11, 12, 13]), 1, np.random.default_rng(0))
    assert found.tolist() == [[10, 11], [11, 10], [11, 12], [12, 11], [12, 13], [13, 12]]
    assert wv.pairs(np.array([7]), 3, np.random.default_rng(0)).shape == (0, 2)
    wide = wv.pairs(np.arange(50), 5, np.random.default_rng(0))
    distance = np.abs(wide[:, 0] - wide[:, 1])
    assert distance.max() == 5 and (distance == 1).sum() > (distance == 5).sum()


def test_frequent_words_are_thinned_out_and_rare_ones_drawn_more_often_than_they_come():
    counts = np.array([100_000, 1000, 10])
    kept = wv.keep_probabilities(counts)
    share = counts / counts.sum()
    assert kept[0] == pytest.approx(math.sqrt(1e-3 / share[0]) + 1e-3 / share[0])
    assert kept[2] == 1 and (np.diff(kept) > 0).all()
    noise = wv.noise_probabilities(counts)
    assert noise.sum() == pytest.approx(1) and noise[2] / share[2] > noise[0] / share[0]
    for wrong in ([], [1, 0], [[1]]):
        with pytest.raises(ValueError, match="count above 0"):
            wv.keep_probabilities(np.array(wrong))


def test_cooccurrence_is_the_loop_with_near_words_counting_more():
    sentences, window = [np.array([0, 1, -1, 2, 0]), np.array([2, 2])], 3
    expected = np.zeros((3, 3))
    for row in sentences:
        for i, a in enumerate(row):
            for j, b in enumerate(row):
                if i != j and abs(i - j) <= window and a >= 0 and b >= 0:
                    expected[a, b] += (window + 1 - abs(i - j)) / window
    np.testing.assert_allclose(wv.cooccurrence(sentences, 3, window), expected, rtol=1e-6)
    with pytest.raises(ValueError, match="window=0"):
        wv.cooccurrence(sentences, 3, 0)


def test_ppmi_of_a_cell_by_hand_and_never_negative():
    counts = np.array([[0, 8.0], [8, 4]])
    found = wv.ppmi(counts, smoothing=1)
    assert found[0, 1] == pytest.approx(math.log(8 * 20 / (8 * 12)))
    assert found[0, 0] == 0 and (found >= 0).all()
    smoothed = 12 ** 0.75, 8 ** 0.75
    assert wv.ppmi(counts)[0, 1] == pytest.approx(
        math.log(8 * sum(smoothed) / (8 * smoothed[0])), abs=1e-6)
    with pytest.raises(ValueError, match="not all 0"):
        wv.ppmi(np.zeros((2, 2)))


def test_truncated_svd_keeps_the_strongest_directions():
    matrix = np.random.default_rng(0).normal(size=(30, 4)) @ np.random.default_rng(1).normal(
        size=(4, 30))
    rows = wv.svd_vectors(matrix, 4, power=1)
    np.testing.assert_allclose(rows @ rows.T, matrix @ matrix.T, atol=1e-8)
    assert np.array_equal(rows, wv.svd_vectors(matrix, 4, power=1))
    with pytest.raises(ValueError, match="1 to 30"):
        wv.svd_vectors(matrix, 31)


def exact_margin(table, a, b):
    """What `margins` says of one pair, by the loop: who stands around each class, how often."""
    twice = [[sum(table[i, k] * table[k, j] for k in range(8)) for j in range(8)]
             for i in range(8)]
    around = np.array([[table[i, j] + table[j, i] + twice[i][j] + twice[j][i] for j in range(8)]
                       for i in range(8)]) / 4          # row i: P(class near by | class i)
    gain = np.log(around * 8)                           # against 1/8, which is chance
    both = np.log((around[a] + around[b]) / 2 * 8)
    cosines = [row @ both / math.hypot(*row) / math.hypot(*both) for row in gain]
    return min(cosines[a], cosines[b]) - max(cosines[c] for c in range(8) if c not in (a, b))


def test_the_margin_of_a_pair_is_the_loops():
    known = wv.margins(PLANTED.table)
    for a, b in ((0, 1), (2, 5), PLANTED.senses):
        assert known[a, b] == pytest.approx(exact_margin(PLANTED.table, a, b), abs=1e-9)


def test_the_toy_language_leaves_one_combination_out():
    sentences = [" ".join(sentence) for sentence in wv.toy_sentences()]
    assert len(set(sentences)) == 33 and {len(sentence.split()) for sentence in sentences} == {4}
    assert wv.toy_words()[:4] == ["cat", "kitten", "dog", "puppy"] and len(wv.toy_words()) == 16
    assert set(wv.toy_words()) == set(" ".join(sentences).split())
    assert "a puppy chases balls" in sentences and "my kitten sleeps here" in sentences
    assert not any("kitten chases" in sentence for sentence in sentences)


def test_skip_gram_begins_small_and_at_0_by_its_seed():
    model = wv.SkipGram(200, 10, seed=1)
    assert 0.045 < model.rows_in.max() <= 0.05 and -0.05 <= model.rows_in.min() < -0.045
    assert not model.rows_out.any() and model.rows_out.shape == (200, 10)
    assert torch.equal(model.rows_in, wv.SkipGram(200, 10, seed=1).rows_in)
    assert not torch.equal(model.rows_in, wv.SkipGram(200, 10, seed=2).rows_in)
    assert wv.SkipGram(2, 1).rows_in.shape == (2, 1)
    for wrong in ((1, 3), (3, 0)):
        with pytest.raises(ValueError, match="at least 2 and 1"):
            wv.SkipGram(*wrong)


def test_the_planted_language_is_what_it_says():
    assert np.allclose(PLANTED.table.sum(axis=0), 1) and np.allclose(PLANTED.table.sum(axis=1), 1)
    assert len(PLANTED.sentences) == 3000 and set(map(len, PLANTED.sentences)) == {12}
    known = wv.margins(PLANTED.table)
    assert len(known) == 28 and PLANTED.margin == max(known.values()) == known[PLANTED.senses]
    assert wv.planted_corpus(0, widest=False).margin == min(known.values())
    with pytest.raises(ValueError, match="a0 to h9"):
        wv.Planted.class_of("both")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ppmi_and_skip_gram_find_the_classes_and_the_two_senses(seed):
    counted = wv.WordVectors(WORDS, wv.ppmi(wv.cooccurrence(SENTENCES, 81, 2)))
    assert wv.same_class(counted) == 1
    rng = np.random.default_rng(seed)
    pairs = torch.tensor(rng.permutation(np.concatenate(
        [wv.pairs(sentence, 2, rng) for sentence in SENTENCES])))
    noise = torch.tensor(wv.noise_probabilities(np.bincount(np.concatenate(SENTENCES))))
    generator = torch.Generator().manual_seed(seed)
    model = wv.SkipGram(81, 16, seed=seed)
    for rate in (0.05, 0.03, 0.01):
        for batch in pairs.split(256):
            negatives = torch.multinomial(noise, len(batch) * 5, replacement=True,
                                          generator=generator).view(-1, 5)
            model.update(batch[:, 0], batch[:, 1], negatives, rate)
    learned = wv.WordVectors(WORDS, model.rows_in.numpy())
    assert wv.same_class(learned) >= 0.95
    centres = [learned.unit[c * 10:c * 10 + 10].mean(axis=0) for c in range(8)]
    nearest = sorted(range(8), key=lambda c: -float(
        learned.of("both") @ centres[c] / np.linalg.norm(centres[c])))[:2]
    assert sorted(nearest) == list(PLANTED.senses)


def test_neighbours_analogies_and_what_frequency_does():
    vectors = wv.WordVectors(["king", "man", "woman", "queen", "the"], np.array(
        [[2.0, 1, 0], [0, 1, 0], [0, 1, 2], [2, 1, 2.1], [9, 9, 0]]))
    assert vectors.neighbours("king", 1, "dot")[0][0] == "the"
    assert vectors.neighbours("woman", 1)[0][0] == "queen"
    assert vectors.analogy("man", "king", "woman", 1)[0][0] == "queen"
    far = wv.WordVectors("abcd", np.array([[1, 0.1], [1, 0], [0, 1], [-1, -1.0]]))
    assert far.analogy("a", "b", "c", 1, leave_out=False)[0][0] == "c"
    assert far.analogy("a", "b", "c", 1)[0][0] == "d"
    assert vectors.similarity("king", "king") == pytest.approx(1) and "queen" in vectors
    assert vectors.similarity("king", "queen", "dot") == pytest.approx(5) and len(vectors) == 5
    assert vectors.of("woman").tolist() == [0, 1, 2]
    long = wv.WordVectors("abc", np.array([[1, 0], [1, 0.1], [5, 5]]))
    assert [long.neighbours("a", 1, measure)[0][0] for measure in ("cosine", "dot")] == ["b", "c"]
    for act, told in ((lambda: vectors.of("duke"), "no vector"),
                      (lambda: vectors.neighbours("king", 1, "length"), "cosine and dot"),
                      (lambda: wv.WordVectors("aa", np.ones((2, 2))), "each word once"),
                      (lambda: wv.WordVectors("ab", np.full((2, 2), np.nan)), "smaller rate")):
        with pytest.raises(ValueError, match=told):
            act()


def test_a_word_leans_to_the_side_that_it_is_near():
    vectors = wv.WordVectors("abcd", np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]]))
    assert wv.association(vectors, "a", "b", "c")[0] > 0.9
    assert wv.association(vectors, "d", "b", "c")[0] < -0.7


def test_the_neural_ngram_is_its_formula_and_counts_its_parameters():
    torch.manual_seed(0)
    model = wv.NeuralNgram(10, 4, 3, 5, before=0)
    torch.nn.init.normal_(model.W)
    assert sum(p.numel() for p in model.parameters()) == wv.parameter_count(10, 4, 3, 5) == 230
    assert wv.parameter_count(17_964, 5, 60, 100) == 7_227_664
    window = torch.tensor([4, 7, 2])
    x = torch.cat([model.C[4], model.C[7], model.C[2]])
    y = model.b + x @ model.W + torch.tanh(model.d + x @ model.H) @ model.U
    assert torch.allclose(model.of_windows(window), y, atol=1e-6)
    assert not torch.allclose(model.of_windows(window.flip(0)), y)
    ids = torch.tensor([[4, 7, 2, 9]])
    assert torch.allclose(model(ids)[0, 2], y, atol=1e-6)
    assert torch.allclose(model(ids)[0, 0], model.of_windows(torch.tensor([0, 0, 4])))
    assert leak_test(model, torch.randint(10, (3, 8))).clean
    plain = wv.NeuralNgram(10, 4, 3, 5, direct=False)
    assert plain.W is None and len(plain.C) == 11
    for wrong in ((1, 4, 3, 5), (10, 1, 3, 5), (10, 4, 0, 5)):
        with pytest.raises(ValueError, match="at least 2 words"):
            wv.NeuralNgram(*wrong)


def test_the_penalty_leaves_the_biases_alone():
    model = wv.NeuralNgram(6, 3, 2, 4, direct=False)
    windows, targets = torch.tensor([[0, 1], [2, 3]]), torch.tensor([4, 5])
    weights = sum(float((p.detach() ** 2).sum()) for p in (model.C, model.H, model.U))
    gap = wv.penalised_loss(model, windows, targets, 0.1) - wv.penalised_loss(
        model, windows, targets, 0)
    assert gap.item() == pytest.approx(0.1 * weights, rel=1e-5)


def test_a_mixture_adds_probabilities_and_its_share_is_chosen():
    one, other = np.log([0.5, 0.01]), np.log([0.01, 0.5])
    assert against_counting.mixed(one, other, 0.5).tolist() == pytest.approx(
        np.log([0.255, 0.255]).tolist())
    assert against_counting.best_share(np.log([0.9, 0.9]), np.log([0.1, 0.2])) == 0.95
    with pytest.raises(ValueError, match="there are hidden, direct, frozen"):
        against_counting.build("both")


def test_stored_runs_are_of_todays_code_and_each_mixture_beats_counting():
    assert training.changed_since("neural_ngram") == []
    table = training.load_results("neural_ngram")
    counted = math.exp(-against_counting.counting("test").mean())
    runs = [run for rates in table.values() for at_rate in rates.values() for run in at_rate]
    assert len(runs) == 27 and counted == pytest.approx(109.4, abs=0.1)
    assert max(run["mixed"] for run in runs) < counted < min(run["test"] for run in runs)
