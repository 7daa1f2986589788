"""The trained models and stored tables of notebook 06: characters, translation, switches."""

import numpy as np
import pytest
import torch
from small_transformers import V, model_of

from helpers import corpora, neural, training
from helpers import transformer as tf
from helpers.seq2seq_attention import Translator, quality
from helpers.transformer import switches, translation, writing


def fused(**config):
    return tf.Transformer(tf.TransformerConfig(**config), fused=True)


# writing


@pytest.mark.parametrize("kind", ["2017", "2019", "today", "window"])
def test_with_and_without_cache_the_same_is_written(kind):
    model = model_of(kind, torch.float64, seed=4).train()
    once, anew = (writing.write(model, [1, 5, 2], 12, cached=cached) for cached in (True, False))
    assert once == anew and len(once) == 12 and len(set(once)) > 1
    assert model.training


def test_what_is_written_is_the_likeliest_id_each_time():
    model = model_of("today", torch.float64).eval()
    text = [3, *writing.write(model, [3], 8)]
    with torch.no_grad():
        assert text[1:] == model(torch.tensor([text[:-1]]))[0].argmax(dim=1).tolist()
    assert set(text) <= set(range(V))


def test_there_must_be_something_to_go_on_from():
    with pytest.raises(ValueError, match="give the start mark"):
        writing.write(model_of(), [], 3)


# translation


@pytest.fixture(scope="module")
def known():
    return quality.vocabularies(corpora.pairs("en_fr", "train"))


@pytest.mark.parametrize("kind", translation.WIDTHS)
def test_the_translators_have_as_many_numbers_as_notebook_04s(kind, known):
    theirs = sum(p.numel() for p in quality.build("dot", known)[0].parameters())
    model, config = translation.build(kind, known)
    ours = sum(p.numel() for p in model.parameters())
    assert abs(ours - theirs) / theirs < 0.002
    again = tf.EncoderDecoder.of(**config)
    assert again.state_dict().keys() == model.state_dict().keys()
    assert ours == sum(p.numel() for p in again.parameters())


class Parrot(Translator):
    """A translator that says what it is told; its model is asked for single words only."""

    def __init__(self, model, vocabularies, answers):
        super().__init__(model, vocabularies)
        self.answers = answers

    def translate_all(self, texts, **how):
        return [self.answers[text] for text in texts]


def test_what_is_told_of_a_run_comes_from_all_splits(known):
    right = {source: target for split in translation.SPLITS
             for source, target in corpora.pairs("en_fr", split)}
    ends = dict.fromkeys([source for source, _ in corpora.pairs("en_fr", "unseen")], "le")
    torch.manual_seed(0)
    model = translation.build("2017", known)[0]
    told = translation.told(Parrot(model, known, right | ends))
    assert [told["bleu"][split] for split in ("valid", "test", "long")] == [100, 100, 100]
    assert told["bleu"]["unseen"] < 1 and told["exact"]["unseen"] == 0
    assert told["exact"]["test"] == told["exact"]["long"] == 1
    assert told["by_length"] == dict.fromkeys(quality.LENGTHS, 100)
    assert told["forced"] < 0.1 and told["free"] < 0.1          # the model itself is fresh


def test_exact_is_to_the_word():
    assert translation.exact(["a b", "a", "c"], ["a b", "a b", "c"]) == 0.6667


def test_a_short_training_of_a_translator_lowers_the_loss():
    _, config, history = translation.train("today", rate=3e-3, seed=0, updates=60)
    assert history.losses[-1] < history.losses[0] - 1 and config["norm"] == "rms"


# switches


def test_each_switch_is_one_step_from_2017_at_equal_numbers():
    V = len(switches.texts()[0])
    base = switches.config("2017", V)
    for kind, changed in switches.SWITCHES.items():
        other = switches.config(kind, V)
        model = tf.Transformer(other)
        assert sum(p.numel() for p in model.parameters()) == switches.total(other)
        assert abs(switches.total(other) / switches.total(base) - 1) < 0.002
        differ = {name for name in vars(base) if getattr(base, name) != getattr(other, name)}
        assert differ - {"d_ff"} == {name for name in changed
                                     if changed[name] != getattr(base, name)}
    assert {len(changed) for kind, changed in switches.SWITCHES.items()
            if kind not in ("2017", "today")} == {1}


def test_a_short_run_of_a_switch_lowers_the_loss_and_bits_are_measured_alike():
    model, history = switches.train("RMSNorm", rate=6e-3, seed=0, updates=60)
    assert history.losses[-1] < history.losses[0] - 0.5
    assert switches.bits(model) == switches.bits(model) < np.log2(len(switches.texts()[0]))


def test_the_best_rate_has_the_fewest_bits_in_the_mean():
    table = {"2017": {"0.006": [{"bits": 1.0}, {"bits": 3.0}],
                      "0.002": [{"bits": 1.9}, {"bits": 1.9}]}}
    assert switches.best_rate(table, "2017") == "0.002"


# what is stored


@pytest.mark.parametrize("name, study", [("translation_transformer", translation),
                                         ("switches", switches)])
def test_the_stored_tables_are_whole_and_made_by_this_code_and_data(name, study):
    table = training.load_results(name)
    assert {kind: {rate: len(runs) for rate, runs in rows.items()} for kind, rows in table.items()
            } == {kind: {f"{rate:g}": len(study.SEEDS) for rate in study.RATES}
                  for kind in study.KINDS}
    assert training.changed_since(name) == []


def test_the_shipped_translator_is_good_at_what_it_was_trained_for_and_looks_somewhere():
    model, known = training.load_checkpoint("en_fr_transformer", tf.EncoderDecoder.of)
    translator = Translator(model, known)
    assert quality.bleu(translator, corpora.pairs("en_fr", "test")[:100]) > 60
    found = translator.translate("the white dogs do not stay in this kitchen .")
    assert found.ended and found.weights.shape == (len(found.target), len(found.source))
    assert np.allclose(found.weights.sum(axis=1), 1, atol=1e-5)


def bits_of(model, signs, texts):
    told = np.concatenate(neural.NeuralLM(model, signs, context=128).batch_log_probs(texts))
    return -told.mean() / np.log(2)


def test_the_character_models_are_two_states_of_one_run_and_do_not_leak():
    some = corpora.load("python_docs", "valid")[:60]
    bits = []
    for name in ("docs_transformer_early", "docs_transformer"):
        model, signs = training.load_checkpoint(name, fused)
        assert neural.leak_test(model, torch.tensor([signs.encode(some[0])[:24]])).clean
        bits.append(bits_of(model, signs, some))
    assert bits[1] < bits[0] - 0.2


@pytest.mark.slow
def test_one_stored_translator_comes_back():
    stored = training.load_results("translation_transformer")["2017"]["0.003"][0]
    again = translation.told(translation.train("2017", rate=3e-3, seed=0)[0])
    assert again["bleu"]["test"] == pytest.approx(stored["bleu"]["test"], abs=4)
    assert again["bleu"]["long"] == pytest.approx(stored["bleu"]["long"], abs=12)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["2017", "rotary"])
def test_one_stored_run_of_a_switch_comes_back(kind):
    stored = training.load_results("switches")[kind]["0.006"][0]
    assert switches.told(kind, rate=6e-3, seed=0)["bits"] == pytest.approx(stored["bits"], abs=0.1)


@pytest.mark.slow
def test_a_hundred_updates_of_the_early_model_are_seen():
    model, signs = training.load_checkpoint("docs_transformer_early", fused)
    valid = corpora.load("python_docs", "valid")[:100]
    before = bits_of(model, signs, valid)
    training.train(model, neural.windows(signs.stream(corpora.load("python_docs")), 64, 16),
                   neural.next_token_loss, steps=100, optimizer=tf.adamw(2e-3, betas=(0.9, 0.95)),
                   schedule=training.warmup_cosine(10), seed=1)
    assert before - bits_of(model, signs, valid) > 0.4
