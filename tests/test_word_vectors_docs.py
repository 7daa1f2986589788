"""Vectors of real text: fast pairs, thirty pairs to find, a plane, two seeds, stored tables."""

import shutil
from collections import Counter

import numpy as np
import pytest
import torch

from helpers import training
from helpers import word_vectors as wv
from helpers.training.checkpoints import FOLDER
from helpers.word_vectors import agreement, docs, docs_runs, plane, planted_runs

SENTENCES = [[0, 1, 2, 0, 3], [4], [2, 2, 1], [3, 0]]
SMALL = docs.Corpus(tuple("abcde"), np.array([3, 2, 3, 2, 1]),
                    np.concatenate(SENTENCES), np.repeat(np.arange(4), [5, 1, 3, 2]))


def all_pairs(sentences, reach):
    return Counter((a, b) for row in sentences for i, a in enumerate(row)
                   for j, b in enumerate(row) if 0 < abs(i - j) <= reach)


def read(batches):
    return Counter((int(c), int(o)) for centres, contexts in batches
                   for c, o in zip(centres, contexts, strict=True))


def test_the_corpus_has_its_words_by_count_and_then_by_the_alphabet():
    text = docs.corpus()
    order = [(-n, word) for word, n in zip(text.words, text.counts, strict=True)]
    assert order == sorted(order) and text.counts.min() == 5
    assert np.bincount(text.ids).tolist() == text.counts.tolist()
    rows = text.sentences
    assert np.array_equal(np.concatenate(rows), text.ids)
    assert len(rows) == len(set(text.sentence.tolist())) and min(map(len, rows)) > 0


def test_pairs_of_an_epoch_at_window_one_are_all_that_stand_side_by_side():
    batches = docs.pairs_of_epoch(SMALL, seed=0, window=1, batch=4, sample=1)
    assert read(batches) == all_pairs(SENTENCES, 1)
    assert [len(centres) for centres, _ in batches] == [4, 4, 4, 2]


def test_far_words_are_read_less_often_and_never_across_a_sentence():
    total, near = Counter(), all_pairs(SENTENCES, 3)
    for seed in range(300):
        found = read(docs.pairs_of_epoch(SMALL, seed=seed, window=3, sample=1))
        assert not found - near and not all_pairs(SENTENCES, 1) - found
        total += found
    assert total[3, 1] / 300 == pytest.approx(1 / 3, abs=0.1)           # three places apart
    assert total[0, 2] / 300 == pytest.approx(1 + 2 / 3, abs=0.1)       # one apart, and two


def test_each_word_has_one_window_for_both_its_sides():
    line = docs.Corpus(tuple("abcdefghi"), np.ones(9), np.arange(9), np.zeros(9, dtype=int))
    for seed in range(20):
        found = read(docs.pairs_of_epoch(line, seed=seed, window=4, sample=1))
        for centre in range(9):
            seen = {context for here, context in found if here == centre}
            reach = max(abs(context - centre) for context in seen)
            assert seen == {i for i in range(9) if 0 < abs(i - centre) <= reach}


def test_a_shuffled_epoch_depends_on_its_seed_and_frequent_words_are_thinned_out():
    one, same, other = (docs.pairs_of_epoch(docs.corpus(), seed=seed)[0][0] for seed in (3, 3, 4))
    assert torch.equal(one, same) and not torch.equal(one, other)
    thin, whole = (sum((centres == 0).sum().item() for centres, _ in docs.pairs_of_epoch(
        docs.corpus(), seed=0, window=1, sample=sample)) for sample in (1e-3, 1))
    share = docs.corpus().counts[0] / len(docs.corpus().ids)
    stays = (1e-3 / share) ** 0.5 + 1e-3 / share
    assert thin / whole == pytest.approx(stays, rel=0.1)
    with pytest.raises(ValueError, match="window=0, batch=1024: at least 1 each"):
        docs.pairs_of_epoch(SMALL, seed=0, window=0)


def test_a_text_without_neighbours_has_no_pairs():
    alone = docs.Corpus(("a", "b"), np.array([1, 1]), np.array([0, 1]), np.array([0, 1]))
    assert docs.pairs_of_epoch(alone, seed=0) == []


def test_the_thirty_pairs_are_sixty_words_that_come_twenty_times():
    often = dict(zip(docs.corpus().words, docs.corpus().counts, strict=True))
    words = [word for pair in docs.PAIRS for word in pair]
    assert len(docs.PAIRS) == 30 and len(set(words)) == 60
    assert min(often[word] for word in words) >= 20


def test_a_pair_is_found_if_one_word_leads_to_the_other():
    words = [word for pair in docs.PAIRS for word in pair]
    rows = np.repeat(np.eye(30), 2, axis=0)                             # partners are equal
    assert docs.pairs_found(wv.WordVectors(words, rows)) == 30
    crowd = np.tile(rows[0] + 0.1 * rows[4], (5, 1))                    # five words close to "row"
    rows[1] = rows[0] + rows[2]                                         # "column": near "true", too
    vectors = wv.WordVectors([*words, *(f"x{i}" for i in range(5))], np.vstack([rows, crowd]))
    assert docs.found_each_way(vectors)[0].tolist() == [False, True]
    assert docs.found_each_way(vectors, number=6)[0].tolist() == [True, True]
    assert docs.pairs_found(vectors) == 30
    rows[1] = rows[2]
    vectors = wv.WordVectors([*words, *(f"x{i}" for i in range(5))], np.vstack([rows, crowd]))
    assert docs.found_each_way(vectors, number=2)[0].tolist() == [False, False]
    assert docs.pairs_found(vectors, number=2) == 29
    with pytest.raises(ValueError, match="'row' has no vector"):
        docs.pairs_found(wv.WordVectors(words[1:], np.eye(59)))


def test_nearest_and_kept_are_the_slow_count():
    rng = np.random.default_rng(0)
    rows, places = rng.normal(size=(700, 4)), rng.normal(size=(700, 2))
    vectors = wv.WordVectors([str(i) for i in range(700)], rows)
    shared = 0
    for i in (0, 511, 512, 699):
        space = [int(word) for word, _ in vectors.neighbours(str(i), 5)]
        assert plane.nearest(rows, 5)[i].tolist() == space
        far = ((places - places[i]) ** 2).sum(axis=1)
        far[i] = np.inf
        assert plane.nearest(places, 20, plane=True)[i].tolist() == np.argsort(far)[:20].tolist()
        shared += len({*space} & {*np.argsort(far)[:20]})
    some = [0, 511, 512, 699]
    here, there = plane.nearest(rows, 5)[some], plane.nearest(places, 20, plane=True)[some]
    assert (here[:, :, None] == there[:, None]).any(axis=2).sum() == shared
    assert plane.kept(places, places / np.linalg.norm(places, axis=1, keepdims=True)) == 1
    assert plane.kept(rows, places) == pytest.approx(20 / 699, abs=0.01)
    with pytest.raises(ValueError, match="700 rows, 2 places"):
        plane.kept(rows, places[:2])


def test_the_plane_keeps_groups_together_that_pca_lays_on_one_another():
    rng = np.random.default_rng(0)
    rows = np.repeat(np.eye(12), 10, axis=0) + 0.1 * rng.normal(size=(120, 12))
    places = plane.layout(rows, seed=0)
    assert np.array_equal(places, plane.layout(rows, seed=0))
    assert places.shape == (120, 2) and np.abs(places.mean(axis=0)).max() < 1e-4
    assert plane.kept(rows, places, among=9) > 0.9 > 0.7 > plane.kept(
        rows, plane.principal(rows), among=9)
    with pytest.raises(ValueError, match="6 words: 7 or more"):
        plane.layout(rows[:6], seed=0)


def test_principal_directions_are_those_of_the_singular_values():
    rows = np.random.default_rng(1).normal(size=(50, 6))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    u, s, _ = np.linalg.svd(unit - unit.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(plane.principal(rows)), np.abs(u[:, :2] * s[:2]), atol=1e-5)


def test_a_turned_table_has_other_axes_and_the_same_neighbours():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 8))
    turn, _ = np.linalg.qr(rng.normal(size=(8, 8)))
    found = agreement.agreement(rows, 3 * rows @ turn)
    assert found["top5"] == 1 and found["cosines"] == pytest.approx(1)
    assert found["turned"] == pytest.approx(1, abs=1e-5) and abs(found["same_row"]) < 0.5
    np.testing.assert_allclose(agreement.align(rows, rows @ turn), rows, atol=1e-9)
    leaning = [5 + rng.normal(size=(60, 8)) for _ in range(2)]          # alike in this alone
    assert agreement.agreement(*leaning)["same_row"] > 0.9
    assert abs(agreement.agreement(*leaning, centre=True)["same_row"]) < 0.2


def test_what_two_words_have_in_common_on_average_is_the_loop():
    rows = np.random.default_rng(0).normal(size=(20, 3)) + 0.5
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    loop = np.mean([unit[i] @ unit[j] for i in range(20) for j in range(20) if i != j])
    assert agreement.common(rows) == pytest.approx(loop)


def test_long_rows_crowd_the_lists_of_the_dot_product_only():
    rng = np.random.default_rng(0)
    rows = np.abs(rng.normal(size=(40, 3)))
    rows[7] *= 50
    counts = np.arange(40)
    counts[7] = 99
    found = agreement.lengths(rows, counts)
    assert found["crowding"]["dot"][0] == [7, 39 / 40]
    assert found["crowding"]["cosine"][0][1] < 0.6
    assert len(found["by_tenth"]) == 10 and found["by_tenth"][0] == max(found["by_tenth"])
    assert agreement.lengths(np.outer(counts, [1.0, 0]), counts)["order"] == pytest.approx(1)


def test_one_cbow_update_adds_the_steps_of_its_windows():
    model, rng = wv.SkipGram(9, 4, seed=1), np.random.default_rng(0)
    model.rows_out = torch.tensor(rng.normal(size=(9, 4)), dtype=torch.float32)
    first_in, first_out = model.rows_in.double().numpy(), model.rows_out.double().numpy()
    around = np.array([[0, 1, 1, 2], [3, -1, 4, -1]])
    centres, negatives = np.array([5, 6]), np.array([[7, 8], [6, 7]])   # 6 is its own negative
    wanted_in, wanted_out = first_in.copy(), first_out.copy()
    for near, centre, others in zip(around, centres, negatives, strict=True):
        near, others = near[near >= 0], others[others != centre]
        _, for_near, for_centre, for_others = wv.cbow_step(first_in[near], first_out[centre],
                                                           first_out[others])
        np.subtract.at(wanted_in, near, 0.3 * for_near)
        wanted_out[centre] -= 0.3 * for_centre
        np.subtract.at(wanted_out, others, 0.3 * for_others)
    planted_runs.cbow_update(model, *map(torch.tensor, (around, centres, negatives)), rate=0.3)
    np.testing.assert_allclose(model.rows_in, wanted_in, atol=1e-6)
    np.testing.assert_allclose(model.rows_out, wanted_out, atol=1e-6)


def test_the_planted_text_in_ids_keeps_its_neighbours_and_its_rare_words_are_rare():
    text = planted_runs.text_of(1)
    spelled = [text.words[i] for i in text.centres[:12]]
    assert spelled == text.language.sentences[0]
    assert [text.words[i] if i >= 0 else None for i in text.around[1].tolist()] == [
        None, spelled[0], spelled[2], spelled[3]]
    rare = planted_runs.text_of(1, rare=True).counts
    few = [c * 10 + i for c in range(8) for i in planted_runs.RARE]
    assert 0 < rare[few].min() <= rare[few].max() < 20 and rare.sum() == text.counts.sum()
    assert np.delete(rare, few).min() > 300 and rare[80] == text.counts[80]
    with pytest.raises(ValueError, match="skip-gram and CBOW"):
        planted_runs.train("glove", text, rate=0.1, seed=0)


def test_rows_that_are_the_shifted_pmi_are_told_so():
    text = planted_runs.text_of(0)
    counts = np.zeros((81, 81))
    for centre, around in zip(text.centres.tolist(), text.around.tolist(), strict=True):
        for other in around:
            if other >= 0:
                counts[centre, other] += 1
    noise = wv.noise_probabilities(text.counts)
    with np.errstate(divide="ignore"):
        pmi = np.log(counts / counts.sum(axis=1, keepdims=True) / noise)
    model = wv.SkipGram(81, 81)
    model.rows_in = torch.eye(81)
    model.rows_out = torch.tensor(np.where(counts > 0, pmi - np.log(5), 0).T, dtype=torch.float32)
    assert planted_runs.shifted_pmi(model, text) == pytest.approx((1, -np.log(5)), abs=1e-5)


def test_exact_vectors_score_one_on_the_planted_language():
    text = planted_runs.text_of(2)
    table = text.language.table
    steps = [np.linalg.matrix_power(table, k) for k in (1, 2)]
    alone = np.log(sum(step + step.T for step in steps) * 2)            # (8, 8)
    a, b = text.language.senses
    rows = np.vstack([np.repeat(alone, 10, axis=0), np.log(np.exp(alone[a]) + np.exp(alone[b]))
                      - np.log(2)])
    exact = wv.WordVectors(text.words, rows)
    assert planted_runs.similarity(exact, text.language) > 0.999  # but for rounding
    assert planted_runs.nearest_classes(exact) == text.language.senses
    assert planted_runs.same_class(exact, planted_runs.RARE) == planted_runs.same_class(exact) == 1


def test_the_stored_vectors_are_those_of_todays_text_and_find_their_pairs():
    found, text = docs.stored(), docs.corpus()
    assert found.vectors.words == found.out.words == text.words
    assert found.counts.tolist() == text.counts.tolist()
    assert found.vectors.rows.shape == (5313, 100) and found.plane.shape == (5313, 2)
    assert docs.pairs_found(found.vectors) >= 25
    for word, partner in (("row", "column"), ("true", "false"), ("minimum", "maximum"),
                          ("left", "right")):
        assert found.vectors.neighbours(word)[0][0] == partner
    stays = plane.kept(found.vectors.rows, found.plane)
    assert stays > 0.45 > 3 * plane.kept(found.vectors.rows, plane.principal(found.vectors.rows))


@pytest.mark.parametrize("file", ["python_docs_vectors.pt", "python_docs_vectors.json"])
def test_half_a_file_of_stored_vectors_is_refused_with_the_cure(tmp_path, file):
    for name in ("python_docs_vectors.pt", "python_docs_vectors.json"):
        shutil.copy(FOLDER / name, tmp_path)
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[:len(whole) // 2])
    with pytest.raises(ValueError, match="make checkpoints ARGS=python_docs_vectors"):
        docs.stored(folder=tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(FileNotFoundError, match="make checkpoints ARGS=python_docs_vectors"):
        docs.stored(folder=tmp_path)


def test_the_stored_tables_are_of_todays_code():
    for name in ("word_pairs", "word_knobs", "word_seeds", "planted_runs"):
        assert training.changed_since(name) == [], name


def test_on_the_planted_language_every_rate_that_does_not_diverge_finds_the_classes():
    table = training.load_results("planted_runs")
    runs = [run for rates in table.values() for at in rates.values() for run in at]
    assert len(runs) == 2 * 4 * 3
    assert all(run == {"diverged": True} for run in table["skip-gram"]["0.2"])
    whole = [run for run in runs if "diverged" not in run]
    assert len(whole) == 21 and min(run["nearest"] for run in whole) >= 0.95
    assert all(run["wide"] for run in whole)
    assert all(not run["narrow"] for at in table.values() for runs in at.values()
               for seed, run in enumerate(runs) if seed != 1 and "diverged" not in run)


@pytest.mark.slow
def test_a_planted_cell_trained_again_is_the_stored_one():
    again = planted_runs.told("skip-gram", rate=0.025, seed=1)
    stored = training.load_results("planted_runs")["skip-gram"]["0.025"][1]
    assert again["nearest"] == pytest.approx(stored["nearest"], abs=0.04)
    assert again["shifted"] == pytest.approx(stored["shifted"], abs=0.02)
    assert again["wide"] and stored["wide"]


@pytest.mark.slow
def test_a_cell_of_the_pairs_trained_again_is_the_stored_one():
    for kind, rate in (("PPMI", 0), ("4 epochs", docs_runs.BEST)):
        again = docs_runs.told(kind, rate, 0)
        stored = training.load_results("word_pairs")[kind][f"{rate:g}"][0]
        assert abs(again["pairs"] - stored["pairs"]) <= 3
        assert abs(again["queries"] - stored["queries"]) <= 5
