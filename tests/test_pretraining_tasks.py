"""Few-label tasks: made by rule, balanced, no label left in them; and the ways to do them."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from helpers import tokenizers
from helpers.pretraining import (
    by_counting,
    forgetting,
    label_curves,
    learning,
    planted_senses,
    tasks,
    texts,
)
from helpers.pretraining.encoder import Classifier
from helpers.pretraining.tasks import Example, Task


@pytest.mark.parametrize("name", tasks.NAMES)
def test_parts_share_no_example_and_the_test_is_balanced(name):
    task = tasks.task(name)
    words = [{example.words for example in part} for part in (task.pool, task.valid, task.test)]
    assert not words[2] & (words[0] | words[1])
    counts = Counter(example.label for example in task.test)
    assert len(set(counts.values())) == 1 and set(counts) == set(range(len(task.classes)))
    assert all(len(example.words) <= texts.MOST for example in task.test)
    assert tasks.task(name) is task


@pytest.mark.parametrize("name", ["word class", "senses"])
def test_the_marked_word_says_nothing_and_stands_where_it_is_said_to(name):
    task = tasks.task(name)
    by_word: dict[str, Counter] = {}
    for example in task.test:
        word = example.words[example.place]
        assert word in tasks.BOTH or word in texts.MERGED.values()
        by_word.setdefault(word, Counter())[example.label] += 1
    if name == "senses":
        assert len(by_word) == 4
    guesses = sum(max(counts.values()) for counts in by_word.values()) / len(task.test)
    assert guesses < 0.56               # two splits, each balanced by itself


def test_the_cue_is_hidden_and_of_the_merged_nouns_none_is_left():
    task = tasks.task("word class")
    for example in (*task.pool[:200], *task.test):
        assert example.words[example.hidden] == tokenizers.MASK == example.words[example.place - 1]
        assert example.words.count(tokenizers.MASK) == 1
    apart = set(texts.MERGED)
    assert not any(apart & set(example.words) for name in tasks.NAMES
                   for example in tasks.task(name).test)


def test_labels_are_drawn_by_seed_as_many_of_each():
    pool = tasks.task("library").pool
    a, b, c = (tasks.draw_labels(pool, 16, seed) for seed in (0, 0, 1))
    assert a == b != c and len({id(example) for example in a}) == 16
    assert Counter(example.label for example in a) == {0: 6, 1: 5, 2: 5}
    with pytest.raises(ValueError, match="9000 labels need 3000 of class 0"):
        tasks.draw_labels(pool, 9000, 0)
    with pytest.raises(ValueError, match="task 'weather': there are word class"):
        tasks.task("weather")


def test_a_batch_of_words_begins_with_a_start_mark_and_is_filled_up_on_the_right():
    known = texts.vocabulary()
    ids, lengths = texts.batch_of(known, [("the", "array"), ("the",) * 50, ("qqxq", "<mask>")])
    assert lengths.tolist() == [3, texts.MOST + 1, 3] and (ids[:, 0] == known.start).all()
    assert ids[0, 3:].unique().tolist() == [known.pad] and known.pad != known.end
    assert ids[2, 1:3].tolist() == [known.unknown, known.mask]
    assert texts.merged_words("The class of a size.") == ["the", "class/size", "of", "a",
                                                          "class/size"]


def test_batches_hide_plain_words_only_and_come_again_with_the_seed():
    known = texts.vocabulary()
    draw = learning.hidden_batches(texts.sentences("valid"), known)
    first, again = (draw(torch.Generator().manual_seed(3)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    asked = first[1][first[1] >= 0]
    assert asked.min() >= len(known.mark_ids)
    assert (first[2].max() - first[2].min()) <= 3


def planted_task() -> Task:
    rng = np.random.default_rng(0)
    def some(n):
        rows = []
        for _ in range(n):
            label = int(rng.integers(2))
            words = [str(w) for w in rng.choice(["the", "of", "a", "in"], 5)]
            place = int(rng.integers(5))
            words[place] = ("array", "figure")[label]
            rows.append(Example(tuple(words), label))
        return tuple(rows)
    return Task("planted", ("array", "figure"), some(200), some(60), some(100))


def test_every_way_learns_a_planted_word_and_nothing_where_labels_are_drawn():
    task = planted_task()
    chosen = tasks.draw_labels(task.pool, 64, 0)
    assert by_counting.bag_of_words(task, chosen) == by_counting.naive_bayes(task, chosen) == 1.0
    assert label_curves.on_frozen(task, chosen, "untrained", 0) > 0.9
    _, valid, test = label_curves.adapt(task, chosen, "untrained", rate=3e-3, seed=0)
    assert valid > 0.95 and test > 0.95
    rng = np.random.default_rng(1)
    noise = [replace(e, label=int(rng.integers(2))) for e in chosen]
    assert abs(by_counting.naive_bayes(task, noise) - 0.5) < 0.35


def test_naive_bayes_is_the_formula_on_a_case_by_hand():
    def text(words, label):
        return Example(tuple(words.split()), label)
    chosen = [text("a b", 0), text("a", 0), text("b c", 1)]
    task = Task("by hand", ("0", "1"), (), (), (text("a", 0), text("c", 1), text("b", 0)))
    # words a b c; class 0: 2+1, 1+1, 0+1 of 6, class 1: 0+1, 1+1, 1+1 of 5; priors 2 and 1.
    # b: 2 * 2/6 = 0.67 against 1 * 2/5 = 0.4 -> 0; c: 2 * 1/6 = 0.33 against 0.4 -> 1
    assert by_counting.naive_bayes(task, chosen) == 1.0


def test_kneser_ney_fills_the_hidden_cue_better_than_any_few_labels():
    task = tasks.task("word class")
    cues = tasks.NOUN_CUES, tasks.VERB_CUES
    assert by_counting.fill_by_counting(task, cues) > 0.85
    assert by_counting.fill_by_counting(task, cues[::-1]) < 0.15
    with pytest.raises(ValueError, match="no word is hidden here"):
        by_counting.fits(Example(("a", "b"), 0), ["the"])


def test_a_small_model_gives_the_answers_of_the_whole_one_for_words_that_both_know():
    task = tasks.task("word class")
    whole, (small, known) = label_curves.source_model("untrained", 0), label_curves.small_model(
        task, "untrained", 0)
    rows = [e.words for e in task.test if all(w in texts.vocabulary() or w == "<mask>"
                                              for w in e.words)
            and all(w in known or w == "<mask>" for w in e.words)][:5]
    assert len(rows) == 5
    one = whole.rows(*texts.batch_of(texts.vocabulary(), rows))
    other = small.eval().rows(*texts.batch_of(known, rows))
    real = torch.arange(one.shape[1]) < texts.batch_of(known, rows)[1][:, None]
    assert torch.allclose(one[real], other[real], atol=1e-5)


def test_the_table_is_read_as_curves_and_paired_gains():
    table = {"t": {"a": {"16": {"right": [0.6, 0.7] * 2}, "64": {"right": [0.8] * 4}},
                   "b": {"16": {"right": [0.5, 0.6]}}}}
    points = label_curves.curve(table, "t", "a")
    assert [labels for labels, *_ in points] == [16, 64]
    assert points[0][1] == pytest.approx(0.65) and points[0][2] < 0.65 < points[0][3]
    mean, low, high = label_curves.gain(table, "t", 16, "a", "b")
    assert mean == pytest.approx(0.1) and high - low < 1e-9


def test_ways_to_adapt_train_what_they_say_and_lower_layers_go_slower():
    task = planted_task()
    for way, share in (("whole", 1.0), ("slow below", 1.0), ("low rank", 0.2), ("head only", 0.01)):
        encoder, _ = label_curves.small_model(task, "untrained", 0)
        model = Classifier(encoder, 2)
        optimizer = forgetting.prepared(model, way, 1e-3)(model)
        trained = [p for group in optimizer.param_groups for p in group["params"]]
        numbers = sum(p.numel() for p in trained)
        whole = sum(p.numel() for p in model.parameters())
        assert numbers <= share * whole and all(p.requires_grad for p in trained)
        assert (numbers == whole) == (share == 1.0)
        if way == "slow below":
            assert [group["lr"] for group in optimizer.param_groups] == pytest.approx(
                [1e-3, 3e-4, 9e-5, 2.7e-5])
    with pytest.raises(ValueError, match="way 'all'"):
        forgetting.prepared(model, "all", 1e-3)


# the planted word of two senses


def test_the_posterior_is_that_of_counting_all_sentences_by_hand():
    table, two = planted_senses.language()
    ids = torch.tensor([[planted_senses.BOTH, 3, planted_senses.BOTH]])
    joint = torch.zeros(8, 8, 8, dtype=torch.float64)
    for a, b, c in itertools.product(range(8), repeat=3):
        says = [0.3 * (k in two) for k in (a, c)]
        joint[a, b, c] = (says[0] * (b == 0) * (0.07 if 0 in two else 0.1) * says[1]
                          * table[a, b] * table[b, c] / 8)
    wanted = torch.stack([joint.sum((1, 2)), joint.sum((0, 2)), joint.sum((0, 1))]) / joint.sum()
    assert torch.allclose(planted_senses.posterior(ids)[0], wanted, atol=1e-12)


def test_nobody_knows_the_sense_of_a_lone_word_and_the_ceiling_is_above_the_neighbours():
    found = planted_senses.sample(2000, 5)
    assert set(found.classes[found.places].tolist()) == set(found.two)
    known = planted_senses.references(found)
    assert known["majority"] < 0.56 < known["neighbours"] < known["ceiling"] < 1
    assert known["untrained"] < known["neighbours"]


@pytest.mark.slow
def test_a_reader_moves_the_word_apart_from_layer_to_layer():
    found = planted_senses.sample(2000, 5)
    model = planted_senses.train(rate=1e-2, seed=0, updates=800)
    first, *_, last = (planted_senses.probed(rows, found.labels)
                       for rows in planted_senses.by_layer(model, found))
    known = planted_senses.references(found)
    assert known["untrained"] + 0.1 < last < known["ceiling"] + 0.03
    assert first <= known["majority"] + 0.12
