"""The protocol of the tokenizers, over characters, words and bytes; and the table of tokens."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import tokenizers
from helpers.tokenizers import BPE, Vocabulary

TEXTS = ["the cat sat", "a cat, the cat", "It's 3.14"]
EACH = (
    Vocabulary.from_texts(TEXTS),
    Vocabulary.from_texts(TEXTS, cut="words", marks=("<pad>", "<s>", "<mask>")),
    BPE.train(TEXTS * 2, 6, marks=("<mask>",)),
    Vocabulary.from_texts(TEXTS, cut="blanks", marks=("<pad>", "<s>")),
)
each = pytest.mark.parametrize("tokenizer", EACH, ids=("characters", "words", "BPE", "blanks"))


@each
def test_tokens_ids_and_pieces_fit(tokenizer):
    ids = tokenizer.encode("the cat")
    assert [tokenizer.piece(i) for i in ids] == tokenizer.tokens("the cat")
    assert tokenizer.decode(ids) == "the cat" and all(0 <= i < len(tokenizer) for i in ids)
    with pytest.raises(ValueError, match=f"id {len(tokenizer)} is unknown.*0 to"):
        tokenizer.decode([len(tokenizer)])


@each
def test_every_id_has_a_piece_and_marks_have_ids_of_their_own(tokenizer):
    pieces = [tokenizer.piece(i) for i in range(len(tokenizer))]
    assert [pieces[i] for i in tokenizer.mark_ids.values()] == list(tokenizer.mark_ids)
    assert len({*tokenizer.mark_ids.values()}) == len(tokenizer.mark_ids)
    for mark, i in tokenizer.mark_ids.items():
        assert i not in tokenizer.encode(mark) or mark == "<unk>" or i == tokenizer.unknown


@each
@pytest.mark.parametrize("start, end", [(False, False), (True, True), (False, True)])
def test_a_batch_is_each_row_alone_and_filled_up_on_the_right(tokenizer, start, end):
    ids, real = tokenizer.batch(TEXTS, start=start, end=end)
    assert ids.dtype == np.int64 and real.dtype == bool and ids.shape == real.shape
    for row, kept, text in zip(ids, real, TEXTS, strict=True):
        wanted = [tokenizer.start] * start + tokenizer.encode(text) + [tokenizer.end] * end
        assert row[kept].tolist() == wanted and (row[~kept] == tokenizer.pad).all()
        assert kept[:len(wanted)].all() and not kept[len(wanted):].any()


@each
def test_a_stream_has_a_mark_before_and_after_each_text(tokenizer):
    stream = tokenizer.stream(["cat", "", "the"])
    wanted = [tokenizer.start, *tokenizer.encode("cat"), tokenizer.end, tokenizer.end,
              *tokenizer.encode("the"), tokenizer.end]
    assert stream.tolist() == wanted and stream.dtype == np.int64


@each
def test_what_was_saved_comes_back_equal(tokenizer):
    again = tokenizers.from_json(tokenizer.to_json())
    assert again == tokenizer and type(again) is type(tokenizer)
    assert again.encode("the cat?") == tokenizer.encode("the cat?")
    assert again.mark_ids == tokenizer.mark_ids and len(again) == len(tokenizer)


@each
def test_decode_leaves_out_marks_around_a_text_and_breaks_the_line_at_an_end_inside(tokenizer):
    cat = tokenizer.encode("cat")
    row = [tokenizer.start, *cat, tokenizer.end, *cat, tokenizer.end, tokenizer.pad]
    assert tokenizer.decode(row).replace(" ", "") == "cat\ncat"
    assert tokenizer.decode([tokenizer.end]) == tokenizer.decode([]) == ""


@each
def test_one_str_and_no_text_are_refused(tokenizer):
    for door in (tokenizer.batch, tokenizer.stream):
        with pytest.raises(ValueError, match=r"one str .*a list of texts"):
            door("cat")
        with pytest.raises(ValueError, match="no text"):
            door([])
    with pytest.raises(ValueError, match="text 1 is empty"):
        tokenizer.batch(["cat", ""])
    assert tokenizer.batch(["cat", ""], end=True)[0].shape[0] == 2


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=30))
def test_characters_and_bytes_are_undone_exactly(text):
    vocabulary = Vocabulary.from_texts([text, "x"])
    assert vocabulary.decode(vocabulary.encode(text)) == text
    assert EACH[2].decode(EACH[2].encode(text)) == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=30))
def test_a_text_of_words_and_signs_comes_back_from_a_cut_at_blanks(text):
    cut = " ".join(tokenizers.words_and_signs(text))
    vocabulary = Vocabulary.from_texts([cut, "x"], cut="blanks")
    assert vocabulary.decode(vocabulary.encode(cut)) == cut


def test_a_mark_that_stands_in_a_text_between_blanks_is_an_unknown_word():
    vocabulary = Vocabulary.from_texts(["a </s> b <unk>"], cut="blanks", marks=("<pad>",))
    assert vocabulary.entries == ("<unk>", "</s>", "<pad>", "a", "b")
    assert vocabulary.encode("</s> a <pad>") == [0, 3, 0]
    assert vocabulary.unknown_tokens("</s> a") == ["</s>"] and "</s>" not in vocabulary


def test_a_vocabulary_counts_sorts_and_puts_its_marks_first():
    vocabulary = Vocabulary.from_texts(["ba", "bc"], min_count=2)
    assert vocabulary.entries == ("<unk>", "</s>", "b") and len(vocabulary) == 3
    assert Vocabulary.from_texts(["ba"], marks=("<mask>",)).entries[2:] == ("<mask>", "a", "b")
    assert "b" in vocabulary and "a" not in vocabulary
    assert vocabulary.encode("abx") == [0, 2, 0] and vocabulary.unknown_tokens("abx") == ["a", "x"]
    assert vocabulary.decode([0, 2]) == "<unk>b"


def test_marks_that_are_not_there_fall_back_or_are_refused():
    plain, full = EACH[0], EACH[1]
    assert plain.pad == plain.start == plain.end == 1 and plain.unknown == 0
    assert len({full.pad, full.start, full.end, full.mask, full.unknown}) == 5
    assert EACH[2].unknown is None and EACH[2].unknown_tokens("你") == []
    with pytest.raises(ValueError, match="no <mask> among the marks"):
        _ = plain.mask


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="twice"):
        Vocabulary(["a", "a"])
    with pytest.raises(ValueError, match="one of the marks"):
        Vocabulary(["</s>"])
    with pytest.raises(ValueError, match="cut='letters'"):
        Vocabulary("ab", cut="letters")
    with pytest.raises(ValueError, match="marks=.'<cls>',.: each once"):
        Vocabulary("ab", marks=("<cls>",))
    with pytest.raises(ValueError, match="marks=.'<pad>', '<pad>'.: each once"):
        BPE([], marks=("<pad>", "<pad>"))


@pytest.mark.parametrize("text, reason", [
    ("low", "not JSON"), ("[]", "kind None"), ('{"kind": "words"}', 'no list "tokens"'),
    ('{"kind": "letters", "tokens": []}', "kind 'letters'"),
    ('{"kind": "words", "tokens": [1]}', 'no list "tokens"'),
    ('{"kind": "words", "tokens": [], "marks": "x"}', 'no list "marks"'),
])
def test_nonsense_is_not_read_as_a_tokenizer(text, reason):
    with pytest.raises(ValueError, match=reason):
        tokenizers.from_json(text)


def test_saved_text_is_plain_json():
    assert json.loads(Vocabulary("ab").to_json()) == {
        "kind": "characters", "marks": [], "tokens": ["a", "b"]}
