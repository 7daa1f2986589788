"""The live model without a browser: what a page is handed, and what it may not be."""

import base64
import json
import re

import numpy as np
import pytest
import torch
from hostile_tokens import HOSTILE

from helpers import tokenizers, training
from helpers import transformer as tf
from helpers.live_model import LiveModel, export, page, parts

NAME = "docs_transformer"


@pytest.fixture(scope="module")
def facts():
    return export.told(NAME)[0]


@pytest.fixture(scope="module")
def whole():
    return page(NAME)


def small(**switches):
    """A model of the kind that the page can run, but for these switches."""
    settings = {"vocab_size": 7, "d_model": 8, "n_heads": 2, "n_layers": 1, "max_len": 16,
                **tf.RECIPES["today"], **switches}
    return tf.Transformer.of(**settings)


def test_the_numbers_are_those_of_the_checkpoint_two_bytes_each(facts):
    model, _ = training.load_checkpoint(NAME, tf.Transformer.of)
    numbers = export.told(NAME)[1]
    sent = np.frombuffer(numbers, "<f2").astype(np.float32)
    stored = torch.cat([p.detach().flatten() for p in model.parameters()]).numpy()
    assert len(sent) == facts["parameters"] == len(stored)
    np.testing.assert_array_equal(np.sort(sent), np.sort(stored))
    np.testing.assert_array_equal(sent[:99 * 128], model.embed.weight.detach().flatten())
    assert 1.5e6 < len(numbers) < 1.7e6


def test_letters_and_marks_have_the_ids_of_the_tokenizer(facts):
    _, tokenizer = training.load_checkpoint(NAME, tf.Transformer.of)
    assert [tokenizer.piece(i) for i in range(len(tokenizer))] == facts["entries"]
    assert [facts[mark] for mark in ("unknown", "start", "end")] == [
        tokenizer.unknown, tokenizer.start, tokenizer.end]


def test_another_checkpoint_of_the_kind_has_a_page_too():
    (early, its), (late, others) = export.told("docs_transformer_early"), export.told(NAME)
    assert early["config"] == late["config"] and its != others


@pytest.mark.parametrize("name, said", [
    ("python_docs_lstm", "'python_docs_lstm' is no Transformer.*d_hidden.*take 'docs_transf"),
    ("en_fr_transformer", "is no Transformer.*source_size"),
    ("sorter", "this model has .*'positions': 'learned'"), ("docs_masked", "'norm': 'layer'")])
def test_a_checkpoint_of_another_kind_is_refused(name, said):
    with pytest.raises(ValueError, match=said):
        page(name)


@pytest.mark.parametrize("switches", [
    {"positions": "sinusoidal"}, {"norm": "layer"}, {"activation": "gelu"}, {"pre_norm": False},
    {"bias": True}, {"tied": False}, {"scale_embeddings": True}, {"window": 4},
    {"causal": False}, {"n_kept": 1}, {"max_len": None}])
def test_switches_that_the_page_does_not_know_are_refused(switches):
    export.sizes(small().config)
    with pytest.raises(ValueError, match=f"{next(iter(switches))}.*teach network.js"):
        export.sizes(small(**switches).config)


def test_a_model_of_words_and_numbers_beyond_16_bits_are_refused():
    with pytest.raises(ValueError, match="into characters"):
        export.letters(tokenizers.Vocabulary(["cat"], cut="words"))
    model = small()
    with torch.no_grad():
        model.embed.weight[0, 0] = 70_000
    with pytest.raises(ValueError, match="7e.04.*65504"):
        export.packed(model)


def test_a_page_allows_its_own_scripts_and_nothing_else(whole):
    scripts = re.findall(r"<script>(.*?)</script>", whole, flags=re.S)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', whole)[1]
    assert len(scripts) == 2 and "default-src 'none'" in policy
    assert all(f"'{export.digest(script)}'" in policy for script in scripts)
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert not re.search(r"https?://|src=|@import|url\(", whole.replace(
        json.loads(re.search(r'"numbers": ("[^"]*")', whole)[1]), ""))


def test_a_hostile_beginning_stays_text():
    for text in (HOSTILE[0], HOSTILE[7], "".join(HOSTILE[:24])):
        place = parts(NAME, text=text).place
        assert place.count("<") == 6 and '"' not in re.search(r'data-text="(.*?)">', place,
                                                              flags=re.S)[1]


def test_the_parts_share_one_file_of_numbers():
    found = parts(NAME)
    assert found.model_file == "docs_transformer.js" and NAME in found.place
    assert found.model.startswith("window.courseLiveModels") and found.model.isascii()
    assert "export default" not in found.script and len(found.place) < 500
    assert len(found.script) + len(found.style) < 60_000 < len(found.model)


def test_a_card_shows_a_picture_and_a_sentence_where_nothing_runs():
    card = LiveModel(NAME, text="The é中" + "x" * 200)
    data, _ = card._repr_mimebundle_()
    assert data["text/plain"] == repr(card) == export.summary(card.facts)
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert "numbers" not in card.facts and "799,744" in repr(card)
