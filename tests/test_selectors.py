"""Attention by hand: what is selected, what is read, and that it is attention with a mask."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers import self_attention_masks as sa


def same_letter(query, key):
    return query.letter == key.letter


def previous(query, key):
    return key.place == query.place - 1


def letter(key):
    return key.letter


def test_an_entry_of_a_selection_is_what_its_query_says_of_its_key():
    chosen = sa.select("abca", lambda query, key: query.place < key.place)
    assert chosen.dtype == bool
    np.testing.assert_array_equal(chosen, np.triu(np.ones((4, 4), dtype=bool), 1))
    assert sa.select("", same_letter).shape == (0, 0)
    np.testing.assert_array_equal(sa.select(sa.tokens("noon"), same_letter),
                                  sa.select("noon", same_letter))


@pytest.mark.parametrize("answer", [None, 1, 0.0, "True", np.ones(2, dtype=bool)])
def test_a_wish_that_is_neither_true_nor_false_is_refused_with_the_pair(answer):
    with pytest.raises(ValueError, match=r"wants\(Token\(letter='a', place=0\).*True or False"):
        sa.select("ab", lambda query, key: answer)


@pytest.mark.parametrize("T", [1, 3, 8])
@pytest.mark.parametrize("seed", range(5))
def test_even_weights_are_those_of_attention_with_equal_scores_and_the_selection_as_mask(T, seed):
    rng = np.random.default_rng(seed)
    chosen = (rng.random((T, T)) < 0.4) | np.eye(T, dtype=bool)
    values = rng.normal(size=(T, 2))
    q = torch.zeros(1, T, 3, dtype=torch.float64)
    theirs = F.scaled_dot_product_attention(
        q, q, torch.tensor(values)[None], attn_mask=torch.tensor(chosen))[0]
    np.testing.assert_allclose(sa.even_weights(chosen) @ values, theirs, atol=1e-12)


def test_a_query_that_wants_nothing_has_no_weight_and_reads_nothing():
    weights = sa.even_weights(sa.select("abc", previous))
    assert weights.sum(axis=1).tolist() == [0, 1, 1]
    head = sa.Head("abc")
    assert head(previous, letter) == "·ab"
    assert head(previous, lambda key: key.place + 5).tolist() == [0, 5, 6]


@pytest.mark.parametrize("text", ["a", "noon", "banana", "abcdefgh"])
def test_a_head_reads_what_its_even_weights_read(text):
    for wants in (same_letter, previous, lambda query, key: key.place <= query.place):
        read = sa.Head(text)(wants, lambda key: ord(key.letter) + 0.1 * key.place)
        values = [ord(one) + 0.1 * place for place, one in enumerate(text)]
        np.testing.assert_allclose(read, sa.even_weights(sa.select(text, wants)) @ values)


def test_a_share_of_one_is_turned_over_exactly_up_to_48_letters():
    for T in range(1, 49):
        read = 1 / sa.Head("x" * T)(lambda query, key: True, lambda key: key.place == 0)
        assert (read == T).all()


def test_letters_are_read_where_all_that_are_wanted_are_the_same_and_have_no_mean():
    head = sa.Head("noon")
    assert head(same_letter, letter) == "noon"
    with pytest.raises(ValueError, match="place 1 wants the letters 'n' and 'o'.*no mean"):
        head(lambda query, key: query.place == 1, letter)


def test_a_note_has_a_value_a_letter():
    noted = sa.tokens("ab", tone=["high", "low"])
    assert [(token.letter, token.place, token.tone) for token in noted] == [
        ("a", 0, "high"), ("b", 1, "low")]
    with pytest.raises(AttributeError, match="no 'pitch'; it knows letter, place, tone"):
        noted[0].pitch  # noqa: B018
    assert copy.deepcopy(noted) == noted
    with pytest.raises(ValueError, match="the note tone has 1 values for 2 letters"):
        sa.tokens("ab", tone=["high"])


def test_depth_and_number_of_a_bracket_are_counted_by_hand():
    row = sa.brackets("(()())()")
    assert [token.depth for token in row] == [1, 2, 2, 2, 2, 1, 1, 1]
    assert [token.number for token in row] == [0, 0, 1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize("text, words", [("(", "leaves 1 brackets open"), ("())", "place 2"),
                                         (")(", "place 0"), ("(a)", "only \\( and \\)")])
def test_a_bracket_without_a_partner_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        sa.brackets(text)


def test_depth_and_number_are_counts_that_causal_heads_make():
    text = "(()(()))()((()))"
    row = sa.brackets(text)
    count = sa.select(text, lambda query, key: key.place <= query.place)
    opened = count @ np.array([one == "(" for one in text], dtype=int)
    closed = count @ np.array([one == ")" for one in text], dtype=int)
    depths = opened - closed + np.array([one == ")" for one in text])
    assert depths.tolist() == [token.depth for token in row]
    numbers = sa.select(row, lambda query, key: (
        key.depth == query.depth and key.place < query.place)).sum(axis=1)
    assert numbers.tolist() == [token.number for token in row]
