"""The experiments behind notebook 05: heads, a private dictionary, leaks, recall, explanations."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from helpers import corpora, metrics, neural, training
from helpers import self_attention_masks as sa
from helpers.self_attention_masks import dictionary, explain, leak, recall_letters, relations


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


# two relations

def test_the_letters_wanted_are_those_one_and_three_before():
    ids, wanted = relations.lines(20, generator())
    for row, answers in zip(ids.tolist(), wanted.tolist(), strict=True):
        assert answers == [[row[t - 1], row[t - 3]] for t in range(3, 16)]


def test_values_see_letters_only_so_a_line_of_one_letter_reads_alike_everywhere():
    logits = relations.Relations("two heads")(torch.full((1, 16), 3))
    torch.testing.assert_close(logits, logits[:, :1].expand_as(logits))


@pytest.mark.parametrize("rows", ["", relations.ROWS])
def test_one_head_and_two_heads_have_the_same_number_of_weights(rows):
    models = [relations.Relations(kind + rows) for kind in ("one head", "two heads")]
    assert [len(relations.weights_of(model)) for model in models] == [1, 2]
    sizes = [sum(p.numel() for p in model.parameters()) for model in models]
    assert sizes[0] == sizes[1]


def test_a_head_that_looks_by_place_does_not_care_for_the_letters():
    model = relations.Relations("two heads")
    one, other = (relations.weights_of(model, torch.randint(8, (1, 16), generator=generator(s)))
                  for s in (1, 2))
    torch.testing.assert_close(one, other, rtol=0, atol=0)
    assert one.shape == (2, 16, 16) and not one.triu(1).any()


def test_the_job_of_a_head_is_the_distance_at_which_it_looks_most(monkeypatch):
    weights = torch.zeros(2, 16, 16)
    weights[0, range(1, 16), range(15)] = 0.75
    weights[0, range(16), range(16)] = 0.25
    weights[1, range(3, 16), range(13)] = 1.0
    monkeypatch.setattr(relations, "weights_of", lambda model: weights)
    assert relations.jobs(None) == [(1, 0.75), (3, 1.0)]
    assert relations.job_names(None) == ["1 before", "3 before"]


def test_two_heads_name_both_letters_and_one_head_one_of_them():
    one, two = (relations.told(relations.train(kind, seed=1)) for kind in ("one head", "two heads"))
    assert two["both"] > 0.99 and sorted(away for away, _ in two["heads"]) == [1, 3]
    assert max(one["near"], one["far"]) > 0.99 and min(one["near"], one["far"]) < 0.2


def test_relations_refuse_what_they_do_not_know():
    with pytest.raises(ValueError, match="'three heads'"):
        relations.Relations("three heads")
    with pytest.raises(ValueError, match="17 letters"):
        relations.Relations("one head")(torch.zeros(1, 17, dtype=torch.long))


# a dictionary for one line

def test_every_line_has_a_dictionary_of_its_own_and_keeps_to_it():
    ids, again = dictionary.lines(50, generator())
    books = []
    for line, before in zip(ids.tolist(), again.tolist(), strict=True):
        pairs = list(zip(line[0::2], line[1::2], strict=True))
        book = dict(pairs)
        assert all(book[capital] == small for capital, small in pairs)
        assert before == [capital in [c for c, _ in pairs[:i]]
                          for i, (capital, _) in enumerate(pairs)]
        books.append(tuple(sorted(book.items())))
    assert len(set(books)) == 50
    assert set(dictionary.KNOWN.decode(ids[0, 0::2].tolist())) <= set(dictionary.CAPITALS)
    assert set(dictionary.KNOWN.decode(ids[0, 1::2].tolist())) <= set(dictionary.SMALL)


def test_only_small_letters_are_asked_for():
    ids, targets = dictionary.batch_of(generator())
    assert torch.equal(targets[:, 0::2], ids[:, 1::2])
    assert (targets[:, 1::2] == neural.NO_TARGET).all()


class Finder(nn.Module):
    """What two layers should do, written by hand: the letter after the same capital before."""

    def forward(self, ids):
        logits = torch.zeros(*ids.shape, len(dictionary.KNOWN))
        for b, line in enumerate(ids.tolist()):
            for t in range(0, len(line), 2):
                for s in range(0, t, 2):
                    if line[s] == line[t]:
                        logits[b, t, line[s + 1]] = 9.0
        return logits


def test_who_finds_the_capital_before_is_always_right_and_who_guesses_is_not():
    assert dictionary.right(Finder(), number=50) == 1.0
    torch.manual_seed(0)
    assert dictionary.right(sa.AttentionLM(**dictionary.config("one layer"))) < 0.3


@pytest.mark.parametrize("line, message", [
    ("A c Z", "'Z'"), ("A c F", None), ("Ac F h A", None), ("", "does not end in a capital"),
    ("A c", "does not end in a capital"), ("Ac" * 16 + "A", "33 letters"), ("Ac" * 15 + "A", None)])
def test_a_line_of_ones_own_is_answered_or_refused_in_words(line, message):
    torch.manual_seed(0)
    model = sa.AttentionLM(**dictionary.config("two layers"))
    if message:
        with pytest.raises(ValueError, match=message):
            dictionary.answer(model, line)
        return
    chances, weights = dictionary.answer(model, line)
    letters = len(line.replace(" ", ""))
    assert sorted(chances) == list(dictionary.SMALL) and sum(chances.values()) <= 1 + 1e-6
    assert list(chances.values()) == sorted(chances.values(), reverse=True)
    assert weights.shape == (2, 1, letters, letters)


# a leak

def test_lines_of_the_source_follow_its_table_from_their_first_words_on():
    source = corpora.markov_source()
    ids, targets = leak.lines(4000, generator())
    words = torch.cat([ids, targets[:, -1:]], dim=1)
    assert words.shape == (4000, 25) and torch.equal(words[:, 1:], targets)
    firsts = torch.bincount(words[:, 0] * 8 + words[:, 1], minlength=64) / 4000
    assert np.abs(firsts.numpy() - source.context_probs(2).ravel()).max() < 0.02
    places = words.unfold(1, 3, 1).flatten(0, 1)
    counts = torch.bincount(places @ torch.tensor([64, 8, 1]), minlength=512).view(8, 8, 8)
    often = counts.sum(dim=2) > 500
    shares = (counts / counts.sum(dim=2, keepdim=True))[often]
    assert (shares - torch.tensor(source.table)[often]).abs().max() < 0.08


def test_the_floor_of_the_lines_is_what_the_source_itself_gets():
    source, told = corpora.markov_source(), leak.of_source()
    assert math.exp(source.entropy_rate()) < leak.floor() < math.exp(source.conditional_entropy(1))
    assert abs(told["perplexity"] - leak.floor()) < 4 * told["error"]
    assert 0.3 < told["below"] < 0.7


def test_a_mask_one_place_off_shows_each_place_its_own_target_and_no_more():
    torch.manual_seed(0)
    ids = torch.randint(8, (1, 24), generator=generator())
    weights = sa.weights_of(leak.build("mask one place off"), ids)[0, 0]
    assert (weights[:, range(23), range(1, 24)] > 0).all() and not weights.triu(2).any()
    assert not sa.weights_of(leak.build("causal mask"), ids)[0, 0].triu(1).any()
    with pytest.raises(ValueError, match="'no'"):
        leak.build("no")


def test_without_a_mask_the_perplexity_is_impossible_and_with_it_it_is_not():
    told = {kind: leak.measured(leak.train(kind, rate=1e-2, updates=150))
            for kind in ("causal mask", "no mask")}
    assert told["no mask"]["perplexity"] < 1.3 < leak.floor() < told["causal mask"]["perplexity"]
    assert told["no mask"]["last"] > leak.floor()           # no future there


# recall among letters

def test_the_letter_asked_for_is_the_first_and_the_others_are_random():
    ids, answers = recall_letters.batch_of(80, generator())
    assert ids.shape == (64, 80) and torch.equal(ids[:, 0], answers)
    assert set(ids[:, 40].tolist()) == {0, 1, 2, 3}
    with pytest.raises(ValueError, match="distance=1"):
        recall_letters.batch_of(1, generator())


@pytest.mark.parametrize("kind", recall_letters.KINDS)
def test_every_reader_says_one_letter_per_line(kind):
    assert recall_letters.Recall(kind)(torch.randint(4, (3, 9))).shape == (3, 4)


@pytest.mark.parametrize("kind", ["attention, no positions", "average"])
def test_who_cannot_tell_places_or_cannot_choose_sees_a_heap_of_letters(kind):
    torch.manual_seed(0)
    model, ids = recall_letters.Recall(kind), torch.randint(4, (2, 12), generator=generator())
    turned = ids.clone()
    turned[:, :-1] = ids[:, :-1].flip(1)
    torch.testing.assert_close(model(ids), model(turned))
    model = recall_letters.Recall("attention")
    assert (model(ids) - model(turned)).abs().max() > 1e-4


def test_attention_learns_the_first_of_forty_letters_and_looks_there():
    model, right = recall_letters.train("attention", 40, rate=1e-2, seed=0, updates=120)
    assert len(right) < 120 and min(right[-20:]) == 1.0
    assert recall_letters.weight_on_first(model, 40) > 0.8


def test_multiplications_grow_with_the_line_and_a_gate_costs_as_much_as_a_state():
    count = recall_letters.multiplications
    assert count("GRU, bias 3", 80) == 3 * count("RNN", 80)
    assert count("LSTM, bias 5", 320) == 4 * count("LSTM, bias 5", 80)
    T, d = 80, 32           # keys and values of all, query and out of one, scores and sum
    assert count("attention", 80) == 2 * T * d * d + 2 * d * d + 2 * T * d
    with pytest.raises(ValueError, match="'GRU'"):
        recall_letters.Recall("GRU")


# what an answer hangs on

def model_of(n_layers, seed=0):
    torch.manual_seed(seed)
    return sa.AttentionLM(7, 8, 2, most=6, n_layers=n_layers)


def test_the_effect_of_replacing_is_what_another_text_loses():
    model, ids = model_of(2), torch.tensor([1, 2, 3, 4])
    found = explain.effect_of_replacing(model, ids, 5, [[0], [0, 1], [0], [0]])

    def log_prob(text):
        with torch.no_grad():
            return float(model(torch.tensor([text]))[0, -1].log_softmax(dim=0)[5])
    base = log_prob([1, 2, 3, 4])
    assert found[0] == pytest.approx(base - log_prob([0, 2, 3, 4]), abs=1e-6)
    assert found[1] == pytest.approx(
        base - (log_prob([1, 0, 3, 4]) + log_prob([1, 1, 3, 4])) / 2, abs=1e-6)
    for others in ([[0]] * 3, [[0], [0], [], [0]]):
        with pytest.raises(ValueError, match="4 tokens"):
            explain.effect_of_replacing(model, ids, 5, others)


def test_rollout_of_one_layer_is_half_its_weights_and_of_none_seen_is_the_token_itself():
    weights = torch.rand(2, 3, 5, 5, generator=generator()).softmax(dim=-1)      # (L, H, T, T)
    torch.testing.assert_close(explain.rollout(weights[:1]),
                               0.5 * weights[0].mean(dim=0) + 0.5 * torch.eye(5))
    torch.testing.assert_close(explain.rollout(weights).sum(dim=-1), torch.ones(5))
    first, second = (0.5 * w.mean(dim=0) + 0.5 * torch.eye(5) for w in weights)
    torch.testing.assert_close(explain.rollout(weights), second @ first)
    assert torch.equal(explain.rollout(torch.eye(5).expand(2, 3, 5, 5)), torch.eye(5))


def test_slopes_and_gradient_times_input_agree_with_small_steps():
    model, ids = model_of(2).double(), torch.tensor([1, 2, 3, 4])
    rows = model.embed(ids).detach()

    def log_prob(changed):
        with torch.no_grad():
            return float(explain._from_rows(model, ids, changed)[-1, 5])
    small, numeric = 1e-5, torch.zeros_like(rows)
    for place in np.ndindex(*rows.shape):
        step = torch.zeros_like(rows)
        step[place] = small
        numeric[place] = (log_prob(rows + step) - log_prob(rows - step)) / (2 * small)
    assert np.allclose(explain.slopes(model, ids, 5), numeric.norm(dim=1), rtol=1e-6)
    assert np.allclose(explain.gradient_times_input(model, ids, 5), (numeric * rows).sum(dim=1))


# what is stored

STUDIES = {"relations": relations, "dictionary": dictionary, "leak": leak,
           "recall_letters": recall_letters}


@pytest.mark.parametrize("name", STUDIES)
def test_the_stored_tables_are_whole_and_made_by_this_code_and_data(name):
    study, table = STUDIES[name], training.load_results(name)
    assert {kind: {rate: len(runs) for rate, runs in rows.items()} for kind, rows in table.items()
            } == {kind: {f"{rate:g}": len(study.SEEDS) for rate in study.RATES}
                  for kind in study.KINDS}
    assert training.changed_since(name) == []


def test_the_shipped_dictionary_binds_a_line_nobody_has_seen():
    model, known = training.load_checkpoint("dictionary", sa.AttentionLM)
    assert known == dictionary.KNOWN
    assert dictionary.right(model) > 0.98
    chances, weights = dictionary.answer(model, "A c F h A c B a F")
    assert next(iter(chances)) == "h" and chances["h"] > 0.9
    assert weights[1, 0, 8, 3] > 0.5                        # the last F looks at the h


def test_the_shipped_model_of_the_documentation_reads_it_better_than_pairs_of_letters():
    model, known = training.load_checkpoint("docs_attention", sa.AttentionLM)
    texts = corpora.load("python_docs", "test")[:100]
    nats = np.concatenate(neural.NeuralLM(model, known, context=128).batch_log_probs(texts))
    assert metrics.bits(-nats.mean()) < 2.8


def test_one_stored_cell_of_the_two_relations_comes_back():
    stored = training.load_results("relations")["two heads"]["0.003"][2]
    again = relations.told(relations.train("two heads", rate=3e-3, seed=2))
    assert again["both"] == pytest.approx(stored["both"], abs=0.02)


@pytest.mark.slow
def test_one_stored_dictionary_comes_back():
    stored = training.load_results("dictionary")["two layers"]["0.01"][1]
    again = dictionary.told("two layers", rate=1e-2, seed=1)
    assert again["right"] == pytest.approx(stored["right"], abs=0.05)
    for way, found in stored["agreement"].items():
        assert again["agreement"][way] == pytest.approx(found, abs=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["causal mask", "no mask"])
def test_one_stored_leak_comes_back(kind):
    stored = training.load_results("leak")[kind]["0.01"][0]["400"]["perplexity"]
    assert leak.told(kind, rate=1e-2, seed=0)["400"]["perplexity"] == pytest.approx(stored, rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("distance", recall_letters.DISTANCES)
def test_one_stored_look_over_a_distance_comes_back(distance):
    stored = training.load_results("recall_letters")["attention"]["0.01"][0][str(distance)]
    _, right = recall_letters.train("attention", distance, rate=1e-2, seed=0)
    assert min(right[-20:]) == stored["right"] == 1.0
    assert len(right) - 20 == pytest.approx(stored["updates"], abs=60)
