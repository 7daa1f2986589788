"""The widgets of notebook 05: numbers known by hand, then controls that change the picture."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from cards import artists, covered, drawn_whole, moved

from helpers import self_attention_masks as sa
from helpers import tokenizers
from helpers.explorers import core
from helpers.explorers import self_attention_masks as explorers

LETTERS = tokenizers.Vocabulary("abcdefghijklmnopqrstuvwxyz .")
KINDS = ("sinusoidal", "rotary", "distance bias", "learned, before training")


# ---- query, key and value


def test_the_first_numbers_of_the_playground_are_those_of_paper():
    numbers = explorers.qkv_numbers(1.0, 1.0)
    scores = np.array([-1, 2, 3]) / math.sqrt(2)
    weights = np.exp(scores) / np.exp(scores).sum()
    assert np.allclose(numbers["scores"], scores) and np.allclose(numbers["weights"], weights)
    the, cat, sat = weights
    assert np.allclose(numbers["context"], [2 * cat - the, 2 * sat - cat - the])
    assert explorers.qkv_playground().caption == (
        "Query (1.00, 1.00). Scores: “the” −0.71, “cat” 1.41, “sat” 2.12. The query looks mostly "
        "at “sat” (0.64). Context = (0.60, 0.93).")


def test_the_playground_computes_what_the_package_computes():
    numbers = explorers.qkv_numbers(0.5, -1.5)
    context, weights = sa.scaled_dot_product_attention(
        *(torch.tensor(np.atleast_2d(numbers[name])) for name in ("query", "keys", "values")))
    assert np.allclose(weights[0], numbers["weights"])
    assert np.allclose(context[0], numbers["context"])


def test_with_the_root_the_width_does_not_matter_and_without_one_word_takes_all():
    narrow, wide = (explorers.qkv_numbers(1, 1, width=width) for width in (2, 512))
    assert np.allclose(narrow["weights"], wide["weights"])
    assert explorers.qkv_numbers(1, 1, root=False, width=512)["weights"].max() > 0.9999
    shown = explorers.qkv_playground()
    shown.controls["width"].value = 128
    assert "8.0 times as large; the root, 11.3, takes it back" in shown.caption
    assert moved(shown, root=False)
    assert "The largest weight is 1.00: “sat” takes all" in shown.caption
    assert "8.0 times as large, and nothing takes it back" in shown.caption


def test_a_hot_softmax_looks_at_all_and_a_cold_one_at_one():
    shown = explorers.qkv_playground()
    assert moved(shown, temperature=0.1) and "“sat” takes all" in shown.caption
    assert moved(shown, x=0.0, y=0.0)
    assert "All weights are nearly equal, 0.33 at most" in shown.caption
    hot = explorers.qkv_numbers(1, 1, temperature=4.0)["weights"]
    assert hot.max() < explorers.qkv_numbers(1, 1)["weights"].max()


def test_dragging_the_query_moves_only_what_moves_and_covers_nothing():
    shown = explorers.qkv_playground()
    kept, drawn = artists(shown), drawn_whole(shown)
    for x, y in ((0.3, -1.0), (2.5, 2.5), (-2.5, 0.1)):
        assert moved(shown, x=x, y=y)
    assert artists(shown) == kept and not drawn and covered(shown) == []
    query, context = (axes.collections[2] for axes in shown.figure.axes[::2])
    assert (query.U[0], query.V[0]) == (-2.5, 0.1)
    assert [context.U[0], context.V[0]] == pytest.approx(
        explorers.qkv_numbers(-2.5, 0.1)["context"])


def test_the_pointer_finds_the_plane_of_the_keys():
    grip, axes = explorers.qkv_playground().grip, explorers.qkv_playground().figure.axes[0]
    assert grip["names"] == ["x", "y"] and grip["across"] == list(axes.get_xlim())
    left, low, wide, high = axes.get_position().bounds
    assert [grip["left"], grip["top"], grip["wide"], grip["high"]] == pytest.approx(
        [left, 1 - low - high, wide, high])
    with pytest.raises(ValueError, match="a drag sets two of them"):
        core.explore(lambda x: x, lambda figure, x: "", drag=("x",), x=core.slider("x", 0, 1,
                                                                                   value=0))


def test_own_vectors_are_taken_and_what_does_not_fit_is_said():
    shown = explorers.qkv_playground(keys=[(1, 0), (1, 0)], values=[(0, 1), (1, 0)],
                                     words=["left", "right"])
    assert "nearly equal, 0.50 at most. Context = (0.50, 0.50)" in shown.caption
    with pytest.raises(ValueError, match=r"keys \(3, 2\) and values \(3, 2\) for 2 words"):
        explorers.qkv_numbers(0, 0, words=["a", "b"])
    with pytest.raises(ValueError, match="a temperature above 0"):
        explorers.qkv_numbers(0, 0, temperature=0)


# ---- masks


def signs(kind: str) -> str:
    return explorers.as_signs(explorers.base_mask(kind))


def test_each_mask_notices_what_it_lets_through_and_nothing_else():
    for kind in ("none", "causal", "padding", "causal + padding", "window of 2"):
        numbers = explorers.mask_numbers(signs(kind), kind=kind)
        mask = numbers["mask"]
        assert (numbers["noticed"] == (mask | np.eye(5, dtype=bool))).all(), kind
        assert numbers["weights"].sum(axis=1) == pytest.approx(1) and numbers["changed"] == 0
    assert signs("causal") == "x.... xx... xxx.. xxxx. xxxxx"
    assert signs("window of 2").split()[3] == "..xx."


def test_a_row_of_the_mask_builder_is_that_of_paper():
    numbers = explorers.mask_numbers(signs("causal"))
    assert numbers["scores"][1].tolist() == [2, -2, 4, 2, 4]        # query 2; keys 1 -1 2 1 2
    exps = np.exp([2, -2])
    assert numbers["weights"][1] == pytest.approx([*exps / exps.sum(), 0, 0, 0])
    assert numbers["output"][1] == pytest.approx((2 * exps[0] - exps[1]) / exps.sum())
    assert numbers["output"][0] == 2                                # its own value


def test_the_mask_builder_says_which_word_sees_the_future_and_whether_padding_is_noticed():
    shown = explorers.mask_builder()
    assert shown.caption == ("Mask: causal + padding. Leak test, each word changed in turn: no "
                             "word notices a later one; none notices the padding.")
    assert moved(shown, cells="x..x. xx... xxx.. xxxx. xxxx.")
    assert "causal + padding, 1 cell changed." in shown.caption
    assert "the future leaks (“the” notices “down”)" in shown.caption
    verdicts = [text.get_text() for text in shown.figure.axes[3].texts[1::2]]
    assert verdicts == ["notices down", "clean", "clean", "clean", "nobody reads it"]
    assert moved(shown, kind="none")
    assert "“cat”, and 5 more pairs); padding is noticed (“the” notices “<pad>”" in shown.caption
    assert shown.controls["cells"].value == "xxxxx xxxxx xxxxx xxxxx xxxxx"


def test_a_new_kind_from_the_browser_sets_all_cells_though_the_old_ones_come_with_it():
    shown = explorers.mask_builder()
    shown.set_state({"inputs": {**shown.inputs, "kind": 1}})
    assert shown.controls["kind"].value == "causal" and shown.caption.startswith("Mask: causal. ")
    assert shown.inputs == {"kind": 1, "cells": signs("causal")}
    shown.set_state({"inputs": {"kind": 1, "cells": signs("none")}})
    assert "causal, 10 cells changed" in shown.caption


def test_a_row_with_nothing_left_is_explained():
    shown = explorers.mask_builder()
    assert moved(shown, cells="x.... ..... xxx.. xxxx. xxxx.")
    assert "“cat” may look at nothing: weights 0 and output 0 here; softmax alone" in shown.caption
    numbers = explorers.mask_numbers(shown.controls["cells"].value)
    assert numbers["empty"] == [1] and not numbers["weights"][1].any()
    assert numbers["output"][1] == 0 and not numbers["noticed"][1].any()
    assert torch.full((2,), -torch.inf).softmax(0).isnan().all()
    assert moved(shown, cells=" ".join(["....."] * 5)) and covered(shown) == []


def test_ticking_a_cell_makes_no_artists_and_the_tables_follow():
    shown = explorers.mask_builder()
    kept, drawn = artists(shown), drawn_whole(shown)
    for cells in ("xx... xx... xxx.. xxxx. xxxx.", "x.... .x... xxx.. xxxx. xxxx.",
                  "x.... xx... xxx.. xx.x. xxx.x"):
        assert moved(shown, cells=cells)
        masked = [text.get_text() for text in shown.figure.axes[1].texts]
        assert [word != "−∞" for word in masked] == [sign == "x" for sign in cells.replace(" ", "")]
    assert artists(shown) == kept and not drawn and covered(shown) == []
    weights = shown.compute(**shown.values)["weights"]
    assert np.allclose(shown.figure.axes[2].images[0].get_array(), weights)


def test_own_words_are_masked_too_and_what_cannot_be_masked_is_said():
    shown = explorers.mask_builder(["a", "b$c", "不", "<pad>", "<pad>", "<pad>"], kind="padding")
    assert shown.controls["cells"].value == " ".join(["xxx..."] * 6) and covered(shown) == []
    for words, said in ((["<pad>", "a"], "only at the end"), (["a"], "2 to 6 of them")):
        with pytest.raises(ValueError, match=said):
            explorers.mask_builder(words)
    with pytest.raises(ValueError, match="there are none, causal"):
        explorers.base_mask("half")
    with pytest.raises(ValueError, match="5 rows of 5 signs"):
        explorers.mask_numbers("x. xx")
    with pytest.raises(ValueError, match="is not 6 rows of 6 signs"):
        shown.controls["cells"].value = "x. xx"


# ---- heads


@pytest.fixture(scope="module")
def model() -> sa.AttentionLM:
    torch.manual_seed(0)
    return sa.AttentionLM(len(LETTERS), 16, 4, most=24, n_layers=2, dropout=0.5)


def test_the_view_shows_the_models_weights_and_what_comes_next(model):
    shown = explorers.head_viewer(model, LETTERS, "the cat")
    ids = torch.tensor([LETTERS.encode("the cat")])
    assert model.training and shown.shape == [2, 4, 7, 7]
    model.eval()
    assert np.allclose(shown.weights, sa.weights_of(model, ids)[0], atol=1e-6)
    odds = model(ids)[0, -1].softmax(-1)
    numbers = explorers.head_numbers(model.train(), LETTERS, "the cat")
    assert [p for _, p in numbers["next"]] == pytest.approx(odds.sort(descending=True)[0][:3]
                                                            .tolist())
    assert numbers["next"][0][0] == LETTERS.piece(int(odds.argmax()))
    assert shown.note.startswith("Likeliest next: “") and shown.note in shown.summary
    assert shown.key_tokens == ["t", "h", "e", "␣", "c", "a", "t"] and shown.same


def test_another_text_stays_with_the_head_that_was_chosen(model):
    shown = explorers.head_viewer(model, LETTERS, "the cat")
    shown.layer, shown.head, shown.pinned = 1, 2, 3
    shown.text = "a dog sat."
    assert (shown.layer, shown.head, shown.pinned) == (1, 2, None) and shown.answers == 1
    assert shown.shape == [2, 4, 10, 10]


def test_unknown_letters_are_named_and_texts_that_do_not_fit_are_refused_in_words(model):
    shown = explorers.head_viewer(model, LETTERS, "a ñoño")
    assert "Unknown, read as <unk>: ñ." in shown.note and shown.key_tokens[2] == "<unk>"
    before = shown.packed
    for text, count in (("", "0 letters"), ("x" * 25, "25 letters")):
        shown.text = text
        assert shown.error.startswith(f"This text cannot be read: {count}: this view has room "
                                      "for 1 to 24") and shown.packed == before
    shown.text = "ok"
    assert shown.error == ""


def test_a_line_of_a_private_dictionary_is_read_by_words():
    known = tokenizers.Vocabulary(["A", "B", "C", "q", "r", "s"], cut="blanks")
    shown = explorers.head_viewer(sa.AttentionLM(len(known), 8, 2, most=16, n_layers=2), known,
                                  "A q C r A")
    assert shown.key_tokens == ["A", "q", "C", "r", "A"] and shown.shape == [2, 2, 5, 5]
    assert shown.title == "Where each word looks" and "renderTyped" not in shown.to_html()
    shown.layer, shown.head, shown.pinned = 1, 1, 3
    assert all(chosen in shown.to_html() for chosen in (
        '"layer": 1', '"head": 1', '"pinned": 3'))


# ---- positions


def test_a_sinusoidal_score_is_a_sum_of_cosines_of_the_distance_alone():
    numbers = explorers.position_numbers("sinusoidal")
    speeds = 10_000.0 ** (-np.arange(0, 16, 2) / 16)
    wanted = np.cos(np.arange(-10, 41)[:, None] * speeds).sum(axis=1)
    for scores in numbers["scores"].values():
        assert scores == pytest.approx(wanted, abs=1e-5)
    assert numbers["scores"][10][10] == pytest.approx(8)            # distance 0: half the width


@pytest.mark.parametrize(("kind", "words", "alone"), [
    ("sinusoidal", False, True), ("sinusoidal", True, False), ("rotary", False, True),
    ("rotary", True, True), ("distance bias", False, True), ("distance bias", True, True),
    ("learned, before training", False, False), ("learned, before training", True, False)])
def test_whether_the_distance_alone_decides_is_found_and_said(kind, words, alone):
    gap = explorers.position_numbers(kind, words=words)["gap"]
    assert gap < 1e-5 if alone else gap > 0.5
    shown = explorers.position_explorer(kind)
    shown.controls["words"].value = words
    assert ("the distance alone decides" in shown.caption) == alone
    assert ("the place matters too" in shown.caption) == (not alone)


def test_the_hand_turns_by_its_speed_and_the_bias_takes_its_slope():
    hand = explorers.position_numbers("rotary", pair=3)["hand"]
    angles = np.arange(81) * 10_000.0 ** (-4 / 16)
    assert np.allclose(hand, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert np.allclose(np.hypot(*explorers.position_numbers("sinusoidal", pair=8)["hand"].T), 1)
    bias = explorers.position_numbers("distance bias", pair=2)
    assert bias["hand"] is None and bias["scores"][40][30] == pytest.approx(-20 / 4)
    assert explorers.position_explorer().caption == (
        "Sinusoidal. A key 10 places on scores 3.65 asked from place 10, 3.65 from place 40: the "
        "distance alone decides. Pair 1 turns 57.3° a place, once round in 6.3 places: at place 5 "
        "by 286.5°.")


@pytest.mark.parametrize("kind", KINDS)
def test_turning_a_pair_makes_no_artists_and_covers_nothing(kind):
    shown = explorers.position_explorer(kind)
    kept, drawn = artists(shown), drawn_whole(shown)
    for place in (0, 40, 80):
        assert moved(shown, place=place) or kind not in ("sinusoidal", "rotary")
        assert shown.figure.axes[1].lines[0].get_ydata() == [place, place] and not drawn
    for pair in (2, 5, 8):
        shown.controls["pair"].value = pair
        assert shown.error == "" and covered(shown) == []
    assert artists(shown) == kept


def test_the_words_of_another_kind_come_with_it():
    shown = explorers.position_explorer()
    assert moved(shown, kind="distance bias")
    assert "Head 1 of 8 takes 0.5 from a score" in shown.caption
    assert not shown.figure.axes[2].collections[0].get_visible()
    assert moved(shown, kind="rotary") and shown.figure.axes[2].collections[0].get_visible()
    with pytest.raises(ValueError, match="places 0 to 80; pairs 1 to 8"):
        explorers.position_numbers("rotary", place=81)


# ---- cost


def test_the_costs_are_those_of_the_formulas_and_cross_where_they_say():
    numbers = explorers.cost_numbers(512, 64)
    assert numbers["now"] == {"RNN": 2 * 512 * 64 * 64, "projections": 4 * 512 * 64 * 64,
                              "scores and sum": 2 * 512 * 512 * 64}
    assert numbers["map_now"] == 512 * 512 * 4
    for name, length in numbers["crossings"].items():
        at = explorers.cost_numbers(length, 64)["now"]
        assert at[name] == at["scores and sum"]
    shown = explorers.cost_explorer()
    assert shown.caption == (
        "512 tokens of width 64: an RNN 4.19 million multiplications, attention 8.39 million for "
        "its projections and 33.6 million for scores and sum, 80% of its own. Scores and sum pass "
        "the RNN at length 64 and the projections at 128. The map of weights of one head: "
        "1.05 MB.")


def test_longer_texts_move_the_line_wider_rows_the_rings_and_nothing_is_made_anew():
    shown = explorers.cost_explorer()
    kept, drawn = artists(shown), drawn_whole(shown)
    left, right = shown.figure.axes
    assert moved(shown, length=4096) and list(left.lines[-2].get_xdata()) == [4096, 4096]
    assert moved(shown, width=256)
    assert list(left.lines[-1].get_xdata()) == [256, 512]
    assert list(right.lines[-1].get_xdata()) == [256]
    assert moved(shown, length=16_384) and "1.07 GB" in shown.caption
    assert artists(shown) == kept and not drawn and covered(shown) == []
    with pytest.raises(ValueError, match="a length of 16 to 16,384"):
        explorers.cost_numbers(8, 64)


# ---- all of them


@pytest.mark.parametrize("make", [explorers.qkv_playground, explorers.mask_builder,
                                  explorers.position_explorer, explorers.cost_explorer])
def test_the_bundle_has_a_picture_and_its_sentence_and_the_first_one_covers_nothing(make):
    shown = make()
    assert covered(shown) == [] and len(shown.caption) < 420
    bundle, _ = shown._repr_mimebundle_()
    assert bundle["image/png"] and shown.caption in bundle["text/plain"]
