"""Tokenizers: against a trainer that recounts everything, and the promise that nothing is lost."""

import json
import random
import re
import sys
import unicodedata
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import EVERY_MARK, world_text

from helpers.tokenizers import (
    BPE,
    Vocabulary,
    characters,
    chunks,
    composed,
    merge_pair,
    words,
    words_and_signs,
)
from helpers.tokenizers.plain import MARK

TOY = ["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3
SENTENCES = ["the cat sat on the mat", "the dog sat on the cat", "a cat and a dog and a mat"]
unicode_text = st.text(st.characters(exclude_categories=["Cs"])) | world_text
small_text = st.text("aab \n.'é你", max_size=30)


def merges_by_recounting(texts, n_merges):
    """The definition: count every pair anew before each merge. Returns (merges, their counts)."""
    spellings = [list(chunk.encode()) for text in texts for chunk in chunks(text)]
    pieces = [bytes([i]) for i in range(256)]
    merges, counts = [], []
    for _ in range(n_merges):
        pairs = Counter(pair for ids in spellings for pair in pairwise(ids))
        order = {p: (-n, pieces[p[0]], pieces[p[1]], p) for p, n in pairs.items() if n > 1}
        if not order:
            break
        best = min(order, key=order.get)
        spellings = [merge_pair(ids, best, len(pieces)) for ids in spellings]
        pieces.append(pieces[best[0]] + pieces[best[1]])
        merges.append(best)
        counts.append(pairs[best])
    return merges, counts


# words and characters


def test_words_are_lower_case_without_the_signs_between_them():
    assert words("It's 3.14, isn’t it? Left-to-right!") == [
        "it's", "3.14", "isn’t", "it", "left-to-right"]  # fmt: skip
    assert words("-a- 'b' c. _d_") == ["a", "b", "c", "_d_"]
    assert words("Łódź und Über, 你好。") == ["łódź", "und", "über", "你好"]
    assert words(" ,.!") == words("") == []


@pytest.mark.parametrize("text, tokens", [
    ("Oh no, it's 3.14!", "oh no , it's 3.14 !"),
    ("L’ami qu'il a, aujourd'hui.", "l' ami qu' il a , aujourd'hui ."),
    ("Don't C'mon users' 'l'", "don't c' mon users ' ' l '"),
    ("Open %1 (50%)...", "open %1 ( 50 % ) ..."),
    ("e\u0301te\u0301\u00a0:\u202foui", "été : oui"),
    ("打开 CSV 文件。", "打 开 csv 文 件 。"), ("打开%1：jupyter_lab", "打 开 %1 ： jupyter_lab"),
    ("\ufeffstatus\u200b bar\u200b ©\ufe0f", "status bar ©"), ("", ""), (" \n", ""),
    ("a < b & c", "a < b & c"),
])
def test_words_and_signs_are_all_that_is_not_blank(text, tokens):
    assert words_and_signs(text) == tokens.split()


@given(unicode_text)
def test_words_and_signs_lose_nothing_but_capitals_curls_and_what_cannot_be_seen(text):
    whole = unicodedata.normalize("NFC", text.lower().replace("’", "'"))
    assert "".join(words_and_signs(text)) == re.sub("[\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]", "",
                                                   "".join(whole.split()))


@pytest.mark.parametrize("text, tokens", [
    ("हिन्दी भाषा", ["हिन्दी", "भाषा"]), ("मैं हूँ। वह है?", ["मैं", "हूँ", "वह", "है"]),
    ("ภาษาไทย", ["ภาษาไทย"]), ("مَرْحَبًا", ["مَرْحَبًا"]), ("שָׁלוֹם", [composed("שָׁלוֹם")]),
    ("e\u0301te\u0301 \u0301a", ["été", "a"]), ("İstanbul", ["i̇stanbul"]), ("½ x²", ["½", "x²"]),
    ("می\u200cخواهم", ["می\u200cخواهم"]), ("क्\u200dष\u200d", ["क्\u200dष"]),
    ("e\u0301-e\u0301 e\u0301. ", ["é-é", "é"]), ("𑄇𑄬𑄢", ["𑄇𑄬𑄢"]),
])
def test_letters_keep_their_marks_in_words(text, tokens):
    assert words(text) == tokens


def test_words_and_signs_keep_the_marks_of_letters_too():
    assert words_and_signs("हिन्दी है। e\u0301\ufe0f") == ["हिन्दी", "है", "।", "é"]


def test_what_is_a_mark_is_all_of_unicodes_marks():
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert re.findall(MARK, everything) == EVERY_MARK


@given(world_text)
def test_no_word_begins_with_a_mark_and_none_loses_one(text):
    kept = "".join(words(text))
    marked = re.findall(rf"\w{MARK}+", composed(text.lower()))       # a letter with its marks
    assert all(piece in kept for piece in marked)
    assert not any(re.match(MARK, word) for word in words(text))


@given(world_text)
def test_it_does_not_matter_how_an_accent_was_typed(text):
    apart = unicodedata.normalize("NFD", text)
    for cut in (words, words_and_signs, characters):
        assert cut(apart.lower()) == cut(composed(apart).lower())


@given(world_text)
def test_a_vocabulary_gives_back_what_it_was_made_from_in_nfc(text):
    known = Vocabulary.from_texts([text])
    assert known.decode(known.encode(text)) == composed(text)
    assert known.unknown_tokens(unicodedata.normalize("NFD", text)) == []


@pytest.mark.parametrize("cut", [words, words_and_signs, characters, BPE([]).encode])
@pytest.mark.parametrize("value", [None, b"abc", ["a", "b"]])
def test_what_is_not_text_is_refused_in_words(cut, value):
    with pytest.raises(TypeError, match=type(value).__name__):
        cut(value)


@given(unicode_text)
def test_joining_the_characters_gives_the_text_back_in_nfc(text):
    whole = unicodedata.normalize("NFC", text)
    assert "".join(characters(text)) == whole
    assert len(characters(text)) == len(whole)


@pytest.mark.parametrize("cut", [characters, BPE([]).encode, lambda text: BPE.train([text], 1)])
def test_a_lone_surrogate_is_refused_with_its_position(cut):
    with pytest.raises(ValueError, match=r"position 2 .*U\+D83D"):
        cut("ab\ud83dc")


# chunks


def test_a_leading_blank_belongs_to_the_next_word():
    assert chunks("Two cats, 2 dogs") == ["Two", " cats", ",", " 2", " dogs"]
    assert chunks("a   b\n\n") == ["a", "  ", " b", "\n\n"]
    assert chunks("it's x_1") == ["it", "'s", " x", "_", "1"]


def test_a_chunk_is_not_cut_at_a_vowel_sign():
    assert chunks("हिन्दी भाषा है।") == ["हिन्दी", " भाषा", " है", "।"]
    assert chunks("e\u0301te\u0301 's\u0301") == ["e\u0301te\u0301", " '", "s\u0301"]


@given(world_text)
def test_no_chunk_begins_with_a_mark_that_stands_on_a_letter(text):
    before = ""
    for chunk in chunks(text):
        if re.match(MARK, chunk):
            letter = re.sub(rf"{MARK}+$", "", before)[-1:]
            assert not re.fullmatch(r"[^\W\d_]", letter)
        before += chunk


def test_every_code_point_is_in_exactly_one_chunk():
    text = "".join(chr(i) for i in range(sys.maxunicode + 1) if not 0xD800 <= i < 0xE000)
    assert "".join(chunks(text)) == text


@given(unicode_text | small_text)
def test_chunks_joined_are_the_text(text):
    assert "".join(chunks(text)) == text
    assert all(chunks(text))


# merging and training


@pytest.mark.parametrize(
    ("ids", "expected"),
    [([], []), ([1], [1]), ([1, 2], [9]), ([1, 1, 2, 2], [1, 9, 2]), ([1, 2, 1, 2, 1], [9, 9, 1])],
)
def test_merge_pair_replaces_neighbours_from_the_left(ids, expected):
    before = list(ids)
    assert merge_pair(ids, (1, 2), 9) == expected
    assert ids == before


def test_merge_pair_of_a_twin_does_not_use_a_token_twice():
    assert merge_pair([7, 7, 7, 7, 7], (7, 7), 9) == [9, 9, 7]


def test_the_classic_toy_corpus_merges_es_est_lo_low():
    merges, counts = merges_by_recounting(TOY, 4)
    bpe = BPE.train(TOY, 4)
    assert bpe.merges == merges
    assert [bpe.piece(256 + i) for i in range(4)] == ["es", "est", "lo", "low"]
    assert counts == [9, 9, 7, 7]
    assert bpe.tokens("lowest") == ["low", "est"]


@given(st.lists(small_text, max_size=8), st.integers(0, 25))
def test_training_equals_recounting_everything_before_each_merge(texts, n_merges):
    assert BPE.train(texts, n_merges).merges == merges_by_recounting(texts, n_merges)[0]


def test_training_equals_recounting_on_a_longer_text():
    rng = random.Random(3)
    texts = ["".join(rng.choices("abcd  e", k=2000)) for _ in range(3)]
    assert BPE.train(texts, 150).merges == merges_by_recounting(texts, 150)[0]


def test_the_order_of_the_texts_does_not_change_the_merges():
    texts = [f"{sentence} {i % 3}" for i, sentence in enumerate(SENTENCES * 5)]
    expected = BPE.train(texts, 40).merges
    for seed in range(5):
        random.Random(seed).shuffle(texts)
        assert BPE.train(texts, 40).merges == expected


def test_ties_go_to_the_smallest_pair_of_byte_strings():
    bpe = BPE.train(["zy ba", "zy ba"], 2)  # "zy", "ba", " b" occur twice each
    assert [bpe.piece(256), bpe.piece(257)] == [" b", " ba"]


def test_merges_do_not_cross_words():
    bpe = BPE.train(["of the of the of the"], 50)
    assert all(b" " not in piece[1:] for piece in bpe.pieces)


def test_training_stops_and_says_so_when_no_pair_occurs_twice(capsys):
    bpe = BPE.train(["abab"], 10)
    assert [bpe.piece(i) for i in range(256, len(bpe) - 1)] == ["ab"]
    assert "stopped after 1 of 10" in capsys.readouterr().out


def test_training_without_text_or_merges_knows_the_bytes_only(capsys):
    assert len(BPE.train([], 5)) == len(BPE.train(["", "a"], 0)) == 257
    assert "stopped after 0 of 5" in capsys.readouterr().out


def test_training_refuses_one_bare_text_and_a_negative_number():
    with pytest.raises(TypeError, match="list of texts"):
        BPE.train("low lower", 3)
    with pytest.raises(ValueError, match="n_merges=-1: it must be 0 or more"):
        BPE.train(TOY, -1)


def test_the_bar_is_shown_only_when_asked_for(capsys):
    BPE.train(TOY, 2)
    assert capsys.readouterr().err == ""
    BPE.train(TOY, 2, progress=True)
    assert "merges" in capsys.readouterr().err


# encoding and decoding

FOREIGN = ["你好世界，你好。", "naïve café, naïve café", "🙂🙂🙂", "a\r\nb\r\n"]
TRAINED = BPE.train(SENTENCES + FOREIGN, 60)
UNUSUAL = ["", "\r\n", "\x00\x1f\x7f", "我 苹果。", "👩\u200d👧🇫🇷", "e\u0301", "\u2028", "  a  "]


@given(unicode_text | small_text)
def test_decode_undoes_encode(text):
    assert TRAINED.decode(TRAINED.encode(text)) == text


@pytest.mark.parametrize("text", UNUSUAL)
def test_nothing_is_lost_in_unusual_text(text):
    for bpe in (BPE([]), TRAINED):
        assert bpe.decode(bpe.encode(text)) == text


@given(unicode_text)
def test_without_merges_the_ids_are_the_bytes(text):
    assert BPE([]).encode(text) == list(text.encode())


@given(small_text)
def test_encoding_is_replaying_the_merges_in_order(text):
    expected = []
    for chunk in chunks(text):
        ids = list(chunk.encode())
        for i, pair in enumerate(TRAINED.merges):
            ids = merge_pair(ids, pair, 256 + i)
        expected += ids
    assert TRAINED.encode(text) == expected


def test_encoding_twice_gives_equal_lists_that_can_be_changed():
    first = TRAINED.encode("cat")
    first.append(0)
    assert TRAINED.encode("cat") == first[:-1]


def test_the_cache_stays_bounded(monkeypatch):
    monkeypatch.setattr("helpers.tokenizers.bpe.CACHE_SIZE", 10)
    bpe = BPE(TRAINED.merges)
    text = " ".join(str(i) for i in range(100))
    assert bpe.decode(bpe.encode(text)) == text
    assert len(bpe._cache) <= 10


@pytest.mark.parametrize("unknown", [-1, len(TRAINED), 10**6])
def test_an_unknown_id_is_refused_with_the_range(unknown):
    with pytest.raises(ValueError, match=f"id {unknown} is unknown.*0 to {len(TRAINED) - 1}"):
        TRAINED.decode([97, unknown])


def test_ids_cut_inside_a_character_are_refused_with_the_byte():
    ids = BPE([]).encode("ab你")[:-1]
    with pytest.raises(ValueError, match=r"byte 2 \(e4 bd\)"):
        BPE([]).decode(ids)
    assert BPE([]).decode(ids, errors="replace") == "ab\ufffd"
    with pytest.raises(ValueError, match="strict"):
        BPE([]).decode([97], errors="ignore")


def test_ids_may_come_from_numpy():
    assert TRAINED.decode(np.array(TRAINED.encode("the cat"))) == "the cat"


def test_tokens_can_be_looked_at():
    assert BPE([]).tokens("a 你\n") == ["a", " ", "<e4>", "<bd>", "<a0>", "\\n"]
    two_of_three = BPE([(0xE4, 0xBD)])
    assert two_of_three.tokens("你") == ["<e4 bd>", "<a0>"]
    assert BPE.train(["你你"], 2).tokens("你") == ["你"]


# saving


def test_a_saved_bpe_comes_back_equal():
    again = BPE.from_json(TRAINED.to_json())
    assert again.merges == TRAINED.merges
    assert again.tokens("the cat 你好") == TRAINED.tokens("the cat 你好")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("low lower", "not JSON"),
        ("[1, 2]", "of the kind None"),
        ('{"kind": "byte-level BPE", "merges": 3}', 'no list "merges"'),
        ('{"kind": "byte-level BPE", "merges": [[97, 98], [97]]}', "merge 1 is"),
        ('{"kind": "byte-level BPE", "merges": [["a", "b"]]}', "merge 0 is .*, not two whole"),
        ('{"kind": "byte-level BPE", "merges": [[true, 98]]}', "merge 0 is .*, not two whole"),
        ('{"kind": "byte-level BPE", "merges": [[97, 256]]}', "only ids below 256"),
        ('{"kind": "byte-level BPE", "merges": [[-1, 98]]}', "only ids below 256"),
        ('{"kind": "byte-level BPE", "merges": [[97, 98], [97, 98]]}', "twice"),
    ],
)
def test_nonsense_is_not_read_as_a_bpe(text, reason):
    with pytest.raises(ValueError, match=reason):
        BPE.from_json(text)


def test_saved_text_is_plain_json():
    assert json.loads(BPE([(97, 98)]).to_json())["merges"] == [[97, 98]]
