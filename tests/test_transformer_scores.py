"""Notebook 06 measured: rows of the score table, the floor of a source, heads that copy."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from helpers import corpora, metrics, neural, tokenizers, training
from helpers import transformer as tf
from helpers.self_attention_masks import AttentionLM, dictionary, leak
from helpers.self_attention_masks import weights_of as weights_of_05
from helpers.seq2seq_attention import Seq2Seq, Translator, quality
from helpers.transformer import docs_scores, induction, markov

SIGNS = tokenizers.Vocabulary("abcdefghijklmnopqrstuvwxyz ")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


# rows of the score table


def small_model():
    torch.manual_seed(0)
    return tf.Transformer(tf.TransformerConfig(len(SIGNS), 16, 2, 1)).eval()


def test_bits_of_texts_are_those_of_the_metric_unknown_characters_included():
    texts = ["a cat", "caf\u00e9 \u20ac", "", "b" * 300]
    model = small_model()
    rows = docs_scores.by_network(model, SIGNS, texts)
    told = docs_scores.with_interval(docs_scores.bits_of_texts(rows, texts, SIGNS), texts)
    oracle = metrics.bits_per_character(neural.NeuralLM(model, SIGNS, context=128), texts)
    assert told["bits"] == pytest.approx(oracle, abs=1e-4)
    assert told["low"] <= told["bits"] <= told["high"] and told["low"] < told["high"]


def test_the_share_goes_to_who_is_right_and_is_split_where_each_knows_a_half():
    sure, lost = math.log(0.9), math.log(0.1)
    right, wrong = [[sure, sure], [sure]], [[lost, lost], [lost]]
    assert docs_scores.best_share(right, wrong) == 1 and docs_scores.best_share(wrong, right) == 0
    one, two = [[sure], [lost]], [[lost], [sure]]
    assert docs_scores.best_share(one, two) == 0.5
    assert docs_scores.mixed(one, two, 1.0) == one
    assert np.allclose(docs_scores.mixed(one, two, 0.5), math.log(0.5))


def test_the_stored_rows_are_of_this_code_and_hang_together():
    table = training.load_results("docs_scores")
    assert training.changed_since("docs_scores") == []
    bits = {name: row["bits"] for name, row in table["rows"].items()}
    assert all(row["low"] < row["bits"] < row["high"] for row in table["rows"].values())
    for a, b in docs_scores.AGAINST:
        less = table["less"][f"{a} - {b}"]
        assert less["bits"] == pytest.approx(bits[a] - bits[b], abs=2e-4)
        assert less["high"] - less["low"] < 0.03            # text by text: narrow
    for name, share in table["share"].items():
        assert (bits[name + docs_scores.MIXED] < bits[docs_scores.COUNTING]) == (share > 0)
    tried = {float(rate): np.mean(runs) for rate, runs in table["tried"].items()}
    assert tried.keys() == set(docs_scores.RATES)
    assert table["rate"] == min(tried, key=tried.get)


def test_the_first_texts_score_as_they_did():
    table, first = training.load_results("docs_scores"), docs_scores.FIRST
    texts = corpora.load("python_docs", "test")[:first]
    model, signs = training.load_checkpoint("docs_transformer", docs_scores.fused)
    rows = docs_scores.by_network(model, signs, texts)
    again = docs_scores.with_interval(docs_scores.bits_of_texts(rows, texts, signs), texts)
    assert again["bits"] == pytest.approx(table["first"][docs_scores.WHOLE], abs=0.002)


@pytest.mark.slow
def test_all_stored_rows_come_back():
    table = training.load_results("docs_scores")
    again = docs_scores.told(table["rate"])
    for name, row in table["rows"].items():
        near = 0.05 if docs_scores.SEEN in name else 0.002
        assert again["rows"][name]["bits"] == pytest.approx(row["bits"], abs=near), name


# the floor of a source


class Knows(nn.Module):
    """Foresees each word as the source does, from its last two words, or its last one."""

    def __init__(self, peeps=False):
        super().__init__()
        source = corpora.markov_source()
        pairs = torch.tensor(source.context_probs(2))
        self.after_one = pairs / pairs.sum(dim=1, keepdim=True)
        self.table, self.peeps = torch.tensor(source.table), peeps

    def forward(self, ids):
        rows = self.after_one[ids]
        rows[:, 1:] = self.table[ids[:, :-1], ids[:, 1:]]
        if self.peeps:
            rows[:, :-1] += 9 * nn.functional.one_hot(ids[:, 1:], rows.shape[-1])
        return rows.log()


def test_who_knows_the_source_is_at_its_floor_after_all_contexts_and_who_knows_nothing_at_v():
    class Nobody(nn.Module):
        def forward(self, ids):
            return torch.zeros(*ids.shape, len(corpora.markov_source().words))
    for length in markov.LENGTHS:
        assert markov.after_all(Knows(), length) == pytest.approx(markov.floor(length), abs=1e-9)
        assert markov.after_all(Nobody(), length) == pytest.approx(8)
    assert markov.floor(1) > markov.floor(2) == markov.floor(3)


def test_a_model_that_peeps_falls_under_the_floor_on_fresh_lines_but_not_after_all_contexts():
    honest, peeping = leak.measured(Knows()), leak.measured(Knows(peeps=True))
    assert honest == leak.of_source()
    assert abs(honest["perplexity"] - leak.floor()) < 4 * honest["error"]
    assert peeping["perplexity"] < leak.floor() - 4 * peeping["error"]
    assert markov.after_all(Knows(peeps=True), 2) == pytest.approx(markov.floor(2))


def test_the_kinds_differ_in_their_blocks_and_no_other_is_built():
    assert [len(markov.build(kind).stack.blocks) for kind in markov.KINDS] == [1, 2]
    with pytest.raises(ValueError, match="'three'"):
        markov.build("three")


def test_the_stored_runs_come_near_the_floor_and_none_is_clearly_under_it():
    table, last = training.load_results("markov_transformer"), str(markov.MARKS[-1])
    assert training.changed_since("markov_transformer") == []
    assert {kind: {rate: len(runs) for rate, runs in rows.items()} for kind, rows in table.items()
            } == {kind: {f"{rate:g}": 3 for rate in markov.RATES} for kind in markov.KINDS}
    runs = [run for rows in table.values() for some in rows.values() for run in some]
    for run in runs:
        for fresh in run["fresh"].values():
            assert fresh["perplexity"] > leak.floor() - 4 * fresh["error"]
        for length, found in run["exact"].items():
            assert found >= markov.floor(int(length)) - 1e-5
    best = [run["fresh"][last]["perplexity"] for run in table["two blocks"]["0.01"]]
    assert max(best) < leak.floor() + 0.05


@pytest.mark.slow
def test_one_stored_run_against_the_floor_comes_back():
    stored = training.load_results("markov_transformer")["two blocks"]["0.01"][0]
    again = markov.told("two blocks", rate=1e-2, seed=0)
    for length, found in stored["exact"].items():
        assert again["exact"][length] == pytest.approx(found, abs=0.05)


# heads that copy


def test_behind_the_last_time_is_what_came_next_then():
    ids = torch.tensor([SIGNS.encode("mat ma")])
    assert induction.behind(ids).tolist() == [[-1, -1, -1, -1, 1, 2]]
    assert induction.behind(ids, match=2).tolist() == [[-1, -1, -1, -1, -1, 2]]
    assert induction.behind(torch.tensor([SIGNS.encode("mmm")])).tolist() == [[-1, -1, 1]]
    with pytest.raises(ValueError, match="match=0"):
        induction.behind(ids, match=0)


@pytest.mark.parametrize("match", [1, 2, 3])
def test_behind_equals_a_search_place_by_place(match):
    ids = torch.randint(3, (20, 15), generator=generator())
    for row, found in zip(ids.tolist(), induction.behind(ids, match=match).tolist(), strict=True):
        for t, place in enumerate(found):
            here = row[t - match + 1:t + 1] if t >= match - 1 else None
            before = [j for j in range(match - 1, t - 1) if row[j - match + 1:j + 1] == here]
            assert place == (before[-1] + 1 if before else -1)


def test_looks_tells_a_head_that_copies_from_one_that_goes_by_distance_and_one_that_looks_back():
    ids = torch.randint(6, (40, 30), generator=generator())
    aims, T = induction.behind(ids), ids.shape[1]
    weights = torch.zeros(40, 1, 4, T, T)
    for b, t in itertools.product(range(40), range(T)):
        weights[b, 0, 0, t, max(int(aims[b, t]), 0)] = 1
        weights[b, 0, 1, t, max(t - 4, 0)] = 1
        weights[b, 0, 2, t, max(t - 1, 0)] = 1
        weights[b, 0, 3, t, :t + 1] = 1 / (t + 1)
    found = {name: each[0].tolist() for name, each in induction.looks(weights, ids).items()}
    assert found["induction"][0] == 1 and found["distance"][0] < 0.3
    assert found["induction"][1] == pytest.approx(found["distance"][1], abs=0.05)
    assert found["previous"][2] == 1
    assert found["induction"][3] == pytest.approx(found["chance"][3])
    late = torch.zeros(40, T, dtype=torch.bool)
    late[:, -1] = True
    assert induction.looks(weights, ids, asking=late)["chance"][0, 0] == pytest.approx(1 / T)


def test_strings_come_twice_or_are_drawn_anew_and_a_copier_pays_for_the_first_only():
    ids, other = (induction.strings(SIGNS, twice=twice) for twice in (True, False))
    n = induction.LENGTH
    assert torch.equal(ids[:, 1:1 + n], ids[:, 1 + n:]) and torch.equal(ids[:, 0], other[:, 0])
    assert torch.equal(ids[:, :1 + n], other[:, :1 + n]) and not torch.equal(ids, other)
    assert {len(set(row[1:1 + n])) for row in ids.tolist()} == {n}

    class Copier(nn.Module):
        def forward(self, ids):
            logits = torch.zeros(*ids.shape, len(SIGNS))
            aims = induction.behind(ids)
            said = ids.gather(1, aims.clamp(min=0))
            said[:, n] = ids[:, 1]                  # the first copy's end: its beginning comes
            sure = (aims >= 0) | (torch.arange(ids.shape[1]) == n)
            return logits + 50 * (nn.functional.one_hot(said, len(SIGNS)) * sure[:, :, None])
    first, second = induction.costs(Copier(), ids).tolist()
    assert first == pytest.approx(math.log(len(SIGNS)), abs=1e-4) and second < 1e-6
    assert induction.costs(Copier(), other)[1] > 5
    with pytest.raises(ValueError, match="give more texts"):
        induction.passages(SIGNS, ["abc"])


def test_the_two_layers_of_the_dictionary_have_both_heads_and_the_character_model_one():
    model, _ = training.load_checkpoint("dictionary", AttentionLM)
    ids, _ = dictionary.lines(200, generator(1))
    capitals = torch.zeros_like(ids, dtype=torch.bool)
    capitals[:, ::2] = True
    second = induction.looks(weights_of_05(model, ids), ids, asking=capitals)
    first = induction.looks(weights_of_05(model, ids), ids, asking=~capitals)
    assert second["induction"][1, 0] > 0.5 > 5 * second["distance"][1, 0]
    assert first["previous"][0, 0] > 0.6
    letters, signs = training.load_checkpoint("docs_transformer", tf.Transformer.of)
    for seed in induction.DRAWS:
        ids = induction.strings(signs, seed=seed)
        found = induction.looks(tf.weights_of(letters, ids), ids)
        assert found["induction"].max() < found["chance"].max()
        assert found["previous"].max() > 0.5
        anew = induction.costs(letters, induction.strings(signs, twice=False, seed=seed))
        assert abs(induction.costs(letters, ids)[1] - anew[1]) < 0.1


# Chinese


def test_the_shipped_chinese_translators_are_measured_alike_and_their_looks_differ():
    errors = []
    pairs, gold = corpora.pairs("en_zh", "test")[:100], corpora.alignments("en_zh", "test")[:100]
    for name, build in (("en_zh_transformer", tf.EncoderDecoder.of), ("en_zh_attention", Seq2Seq)):
        translator = Translator(*training.load_checkpoint(name, build))
        assert quality.bleu(translator, pairs) > 90
        looked = quality.largest_weights(translator, pairs)
        errors.append(metrics.alignment_error_rate([set(enumerate(row)) for row in looked], gold))
    assert errors[0] < 0.25 < errors[1]
