"""Tokens to ids and back."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.tokenizers import Vocabulary


def test_a_vocabulary_counts_sorts_and_puts_its_marks_first():
    vocabulary = Vocabulary.from_texts([["b", "a"], ["b", "c"]], min_count=2)
    assert vocabulary.tokens == ("<unk>", "</s>", "b") and len(vocabulary) == 3
    assert Vocabulary.from_texts([["b", "a"]]).tokens[2:] == ("a", "b")
    assert "b" in vocabulary and "a" not in vocabulary


def test_ids_name_the_unknown_and_streams_have_a_mark_between_texts():
    vocabulary = Vocabulary("ab")
    assert vocabulary.ids("abx") == [2, 3, 0]
    stream = vocabulary.stream(["ab", "", "b"])
    assert stream.tolist() == [1, 2, 3, 1, 1, 3, 1] and stream.dtype == np.int64


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="twice"):
        Vocabulary(["a", "a"])
    with pytest.raises(ValueError, match="twice, or is one of the marks"):
        Vocabulary(["</s>"])
    with pytest.raises(ValueError, match="mark of the end"):
        Vocabulary("ab").ids(["a", "</s>"])
    with pytest.raises(ValueError, match="at least one"):
        Vocabulary("ab").stream([])
