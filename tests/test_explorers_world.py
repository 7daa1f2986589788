"""Whatever is typed into a card, in whatever script: an answer, no box, no turned sentence."""

from __future__ import annotations

import string
import unicodedata
import warnings

import pytest
import torch
from hypothesis import example, given, settings
from matplotlib.cbook import is_math_text
from matplotlib.text import Text
from world import world_text

from helpers import language_models as lm
from helpers import rnn_lstm, tokenizers
from helpers import seq2seq_attention as s2s
from helpers.attention_view import labels
from helpers.explorers import core
from helpers.explorers import language_models as e1
from helpers.explorers import rnn_lstm as e3
from helpers.explorers import seq2seq_attention as e4

TEXTS = [line.split() for line in ("the cat sat", "a हिन्दी भाषा है", "été مرحبا 中文 cat")]
TURNING = {*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067"}
ODD = ("$$", "हिन्दी भाषा", "e\u0301te\u0301", "a مرحبا b", "\u202eabc cat",
       "😀 👩\u200d👧", "\x00a", "\ud83d")


class Even:
    """A model over characters for which all 27 are alike."""

    def token_log_probs(self, tokens):
        return [-3.3] * (len(tokens) + 1)


def translator() -> s2s.Translator:
    """One that has learned nothing."""
    known = tokenizers.Bilingual(*(tokenizers.Vocabulary.from_texts(
        [text], cut="blanks", marks=("<pad>", "<s>")) for text in ("the cat été .", "le chat .")))
    torch.manual_seed(0)
    return s2s.Translator(s2s.Seq2Seq(len(known.source), len(known), 8, 16).eval(), known)


@pytest.fixture(scope="module")
def cards() -> dict[str, tuple[core.Explorer, str]]:
    """Every card with a line of text, and the name of its control."""
    model = lm.kneser_ney(lm.NgramCounts(TEXTS, 2), 2)
    letters = tokenizers.Vocabulary(string.ascii_letters + " é")
    torch.manual_seed(0)
    reader = rnn_lstm.LanguageModel(len(letters), 6, 24)
    shares = dict.fromkeys(string.ascii_lowercase + " ", 1 / 27)
    return {"meter": (e1.surprisal_meter({"it": model}, "the cat"), "sentence"),
            "sampler": (e1.sampler(model, "the cat"), "prefix"),
            "game": (e1.guessing_game(["abc " * 5], {"it": Even()}, shares, "a"), "line"),
            "gates": (e3.gate_viewer(reader, letters, "cat"), "text"),
            "unrolled": (e3.unroll_stepper("cat"), "text"),
            "stepper": (e4.decoder_stepper(translator(), "the cat ."), "text"),
            "wrong word": (e4.wrong_word({"it": translator()}, [("the cat .", "le chat .", 1,
                                                                 "le")]), "word")}


@pytest.mark.parametrize("name", ["meter", "sampler", "game", "gates", "unrolled", "stepper",
                                  "wrong word"])
def test_whatever_is_typed_is_answered_in_words(cards, name):
    card, control = cards[name]

    @given(world_text)
    @settings(max_examples=12)
    def answered(text):
        with warnings.catch_warnings():
            warnings.simplefilter("error")              # a missing glyph is a warning
            card.controls[control].value = text
        said = card.caption if not card.error else card.error
        assert not card.error or card.error.startswith("This setting cannot be shown:")
        assert card.controls[control].value == unicodedata.normalize("NFC", text)
        assert not TURNING & {*said} and said.count("\u2068") == said.count("\u2069")
        assert not any(is_math_text(one.get_text()) for one in card.figure.findobj(Text))
    for text in ODD:
        answered = example(text)(answered)
    answered()


def test_a_sentence_of_ones_own_may_be_any_text():
    card = e4.translate(translator(), "the cat .")

    @given(world_text)
    @settings(max_examples=40)
    def answered(text):
        card.text = text
        said = f"{card.error} {card.note} {card.title}"
        assert not card.error or card.error.startswith("This sentence cannot be translated:")
        assert not TURNING & {*said} and said.count("\u2068") == said.count("\u2069")
    for text in ODD:
        answered = example(text)(answered)
    answered()


def test_a_typed_accent_is_known_however_it_was_typed():
    assert translator().prepare("e\u0301te\u0301 हिन्दी .") == ["été", "हिन्दी", "."]
    assert e4.translate(translator(), "e\u0301te\u0301 .").note == ""
    letters = tokenizers.Vocabulary("é")
    reader = rnn_lstm.LanguageModel(len(letters), 6, 24)
    assert e3.gate_numbers(reader, letters, "e\u0301")["letters"] == ["é"]


def test_a_card_as_text_shows_what_cannot_be_seen_and_sets_apart_what_turns():
    card = e3.unroll_stepper("ab")
    for typed, shown in (("a\u202eb", "word: a⟨202E⟩b,"), ("سمك", "word: \u2068سمك\u2069,"),
                         ("a b", "word: a b,")):
        card.controls["text"].value = typed
        assert shown in repr(card)


def test_a_word_from_right_to_left_does_not_turn_its_sentence():
    assert labels.told("سمك") == "\u2068سمك\u2069" and labels.told("fish") == "fish"
    model = lm.kneser_ney(lm.NgramCounts(TEXTS, 2), 2)
    said = e1.surprisal_meter({"it": model}, "سمك xyz").caption
    assert "(hatched): \u2068سمك\u2069, xyz." in said
