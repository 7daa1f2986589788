"""The attention view without a browser: what is refused, what is said, what is sent."""

import base64
import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from hostile_tokens import HOSTILE
from matplotlib import colormaps
from matplotlib.image import imread

from helpers.attention_view import AttentionView, export, labels, packing, widget, words

WIDGET = "application/vnd.jupyter.widget-view+json"
ENGLISH = ["the", "black", "cat", "sleeps"]
FRENCH = ["le", "chat", "noir", "dort"]
CROSSED = [(0, 0), (1, 2), (2, 1), (3, 3)]


def softmax(scores):
    """Rows that sum to 1."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return (powers / powers.sum(-1, keepdims=True)).astype(np.float32)


def random_weights(*shape, seed=0):
    """Weights of a shape whose rows sum to 1."""
    return softmax(np.random.default_rng(seed).normal(size=shape))


def shifted(size, by):
    """Each token looks at the one `by` places on, and at the nearest where there is none."""
    places = np.clip(np.arange(size) + by, 0, size - 1)
    return np.eye(size, dtype=np.float32)[places]


def letters(size):
    """So many different tokens."""
    return [f"t{place}" for place in range(size)]


# What is refused

@pytest.mark.parametrize("weights, queries, keys, said", [
    (random_weights(3, 4), letters(3), letters(5), r"\(3, 4\) for 3 queries, 5 keys"),
    (random_weights(3, 4), letters(4), letters(3), "fit the other way round"),
    (random_weights(4), letters(1), letters(4), r"weights \(4,\)"),
    (random_weights(2, 2, 2, 3, 4), letters(3), letters(4), "of a batch take one sentence"),
    (np.zeros((0, 3, 4)), letters(3), letters(4), r"\(0, 3, 4\)"),
    (random_weights(3, 4), "abc", letters(4), "queries is one string, 'abc'"),
    (random_weights(3, 4), letters(3), [1, 2, 3, 4], r"keys\[0\] is 1, of type int"),
    (random_weights(3, 4), [], letters(4), "queries is empty"),
    (random_weights(3, 4) * 2, letters(3), letters(4), "sum to 2, not to 1"),
    (random_weights(4, 3).T, letters(3), letters(4), "its columns do: take softmax over the keys"),
])
def test_what_does_not_fit_together_is_refused_with_both_sides(weights, queries, keys, said):
    with pytest.raises(ValueError, match=said):
        AttentionView(weights, queries, keys)


@pytest.mark.parametrize("value, said", [
    (np.nan, "the weight is nan"), (np.inf, "the weight is inf"), (-0.25, "the weight is -0.25"),
])
def test_what_is_no_weight_is_refused_with_its_place(value, said):
    weights = random_weights(2, 3, 4, 5)
    weights[1, 2, 3, 4] = value
    with pytest.raises(ValueError, match=rf"layer 1, head 2, query 3 \('t3'\), key 4.*{said}"):
        AttentionView(weights, letters(4), letters(5))


@pytest.mark.parametrize("off, refused", [(0.0009, False), (0.002, True), (-0.002, True)])
def test_a_row_may_be_a_thousandth_off(off, refused):
    weights = np.full((2, 2), 0.5)
    weights[1, 0] += off
    if refused:
        with pytest.raises(ValueError, match=r"query 1 \('t1'\): the weights sum to"):
            AttentionView(weights, letters(2), letters(2))
    else:
        AttentionView(weights, letters(2), letters(2))


def test_half_precision_of_long_rows_is_precise_enough():
    AttentionView(random_weights(8, 512).astype(np.float16), letters(8), letters(512))


def test_rows_of_masked_queries_are_allowed_when_said_and_only_these():
    weights = random_weights(4, 4)
    weights[3] = 0
    with pytest.raises(ValueError, match="say masked=True"):
        AttentionView(weights, FRENCH, ENGLISH)
    assert AttentionView(weights, FRENCH, ENGLISH, masked=True).words
    weights[2] /= 2
    with pytest.raises(ValueError, match=r"'noir'.*sum to 0.5"):
        AttentionView(weights, FRENCH, ENGLISH, masked=True)


@pytest.mark.parametrize("gold, said", [
    ([(4, 0)], r"gold link \(4, 0\) for 4 queries, 5 keys: is it .key, query"),
    ([(0, -1)], r"\(0, -1\) .* places begin at 0"), ([(1, 5)], r"\(1, 5\)"),
    ([(2, 4), (4, 2)], "The query comes first"),
    ([(1,)], r"gold holds \(1,\)"), ([1], "gold holds 1"), ([(0.5, 1)], r"gold holds \(0.5, 1\)"),
])
def test_gold_links_outside_of_the_map_are_refused(gold, said):
    with pytest.raises(ValueError, match=said):
        AttentionView(random_weights(4, 5), letters(4), letters(5), gold)


def test_gold_links_may_be_any_whole_numbers_and_count_once():
    view = AttentionView(random_weights(4, 4), FRENCH, ENGLISH, {(np.int64(1), 2), (0, 0), (1, 2)})
    assert view.gold == [[0, 0], [1, 2]]


@pytest.mark.parametrize("name, value", [("layer", 2), ("head", 3), ("pinned", 4), ("head", -1)])
def test_a_choice_that_is_not_there_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name}={value}: there are"):
        AttentionView(random_weights(2, 3, 4, 5), letters(4), letters(5), **{name: value})
    view = AttentionView(random_weights(2, 3, 4, 5), letters(4), letters(5))
    with pytest.raises(ValueError, match=f"{name}={value}: there are"):
        setattr(view, name, value)


def test_the_weights_that_are_given_stay_as_they_are():
    weights = random_weights(4, 4)
    before = weights.copy()
    AttentionView(weights, FRENCH, ENGLISH, CROSSED)
    assert (weights == before).all()


# Where a head looks, in words

@pytest.mark.parametrize("weights, said", [
    (shifted(6, 0), "Mostly looks at itself (1.00 of the weight); entropy 0.0 bits, as if"),
    (shifted(6, -1), "Mostly looks at the previous token (1.00"),
    (shifted(6, 1), "Mostly looks at the next token (1.00"),
    (np.eye(6)[np.zeros(6, int)], "Mostly looks at the first token (1.00"),
    (np.full((8, 8), 1 / 8), "Broad: nearly the same weight everywhere; entropy 3.0 bits, as if "
                             "over 8.0 of 8"),
    (np.tril(np.ones((8, 8))) / np.arange(1, 9)[:, None], "Broad"),
    (0.6 * np.eye(6) + 0.4 * np.eye(6)[::-1], "Mostly looks at itself (0.60"),
    (0.4 * np.eye(6) + 0.6 * np.eye(6)[np.arange(6) - 3], "Often looks at itself (0.40"),
    (np.eye(6)[[2, 3, 4, 5, 1, 1]], "Mixed: no one place gets much"),
])
def test_a_head_among_the_same_tokens_is_told_by_its_habit(weights, said):
    view = AttentionView(weights, letters(len(weights)), letters(len(weights)))
    assert said in view.words[0]


@pytest.mark.parametrize("weights, said", [
    (np.eye(6), "Along the diagonal (largest weight within one place of it in 6 of 6 rows)"),
    (np.eye(6)[::-1], "Away from the diagonal (largest weight within one place of it in 2 of 6"),
    (np.eye(6)[np.full(6, 4)], "Nearly always at the same place; most looked at: “k4” (1.00 of"),
    (np.full((6, 6), 1 / 6), "Broad"),
])
def test_a_head_across_two_sentences_is_told_by_place(weights, said):
    view = AttentionView(weights, letters(6), [f"k{place}" for place in range(6)])
    assert said in view.words[0]
    assert not re.search("itself|previous|next", view.words[0])


@pytest.mark.parametrize("queries, keys", [(1, 1), (1, 2), (2, 1), (2, 2), (1, 9), (3, 40)])
@pytest.mark.parametrize("same", [True, False])
def test_small_and_odd_maps_are_told_too(queries, keys, same):
    if same and queries != keys:
        return
    names = letters(keys)
    looking = names if same else [f"q{place}" for place in range(queries)]
    view = AttentionView(random_weights(2, queries, keys), looking, names)
    assert all(said.endswith(".") and len(said) > 20 for said in view.words)


def test_a_row_in_which_two_places_are_one_does_not_count():
    first = np.eye(6)[np.zeros(6, int)]             # the first token itself: in row 0 only
    shares = words.relative_shares(first)
    assert shares["the first token"] == 1 and shares["itself"] == 0
    assert words.relative_shares(np.eye(6))["the first token"] == 0
    assert words.relative_shares(np.eye(1)) == {"itself": 1, "the first token": 1}


def test_entropy_is_that_of_the_definition():
    weights = random_weights(3, 7)
    by_hand = [-sum(p * np.log2(p) for p in row.astype(float)) for row in weights]
    assert words.entropy_bits(weights) == pytest.approx(by_hand)
    assert words.entropy_bits(np.array([0.0, 1.0])) == 0


def test_masked_rows_do_not_count():
    weights = shifted(6, -1)
    full = AttentionView(weights[:5, :5], letters(5), letters(5)).words[0]
    weights[5] = 0
    masked = AttentionView(weights, letters(6), letters(6), masked=True).words[0]
    assert masked == full.replace("of 5 tokens", "of 6 tokens")
    empty = AttentionView(np.zeros((2, 2)), letters(2), letters(2), masked=True)
    assert empty.words == ["Every row is masked."]


def test_a_gold_link_is_missed_where_a_key_outside_of_gold_gets_as_much():
    weights = np.array([[.9, .1, 0], [.4, .4, .2], [.2, .3, .5]], np.float32)
    gold = [(0, 0), (1, 0), (2, 1), (2, 2)]
    assert words.missed_links(weights, gold) == [1]
    view = AttentionView(weights, ["a", "b", "c"], ["x", "y", "z"], gold)
    assert "Gold: 3 of 4 links found; missed: “b” → “x”." in view.words[0]
    assert view.missed == [[1]]


def test_many_missed_links_are_counted_and_a_repeated_token_is_told_apart():
    view = AttentionView(shifted(6, 1), ["the"] * 6, ["the"] * 6, [(i, i) for i in range(5)])
    assert "“the” (no. 1) → “the” (no. 1), " in view.words[0] and "and 2 more" in view.words[0]


def test_the_summary_names_title_sizes_and_the_chosen_head():
    weights = np.stack([[shifted(5, 0), shifted(5, -1)], [shifted(5, 1), shifted(5, 0)]])
    view = AttentionView(weights, letters(5), letters(5), title="Four heads.", head=1)
    assert str(view).startswith("Four heads. 5 queries look at 5 keys. Layer 1 of 2, head 2 of 2. ")
    assert "the previous token" in repr(view)
    view.layer, view.head = 1, 0
    assert "the next token" in view.summary


# What is sent, and what is kept

@pytest.mark.parametrize("shape", [(7, 8), (3, 5, 6), (2, 3, 4, 5)])
def test_what_is_packed_comes_out_within_sixteen_bits(shape):
    weights = random_weights(*shape)
    view = AttentionView(weights, letters(shape[-2]), letters(shape[-1]))
    back = np.frombuffer(view.packed, "<u2").reshape(view.shape) / packing.LEVELS
    assert len(view.packed) == 2 * weights.size
    assert abs(back.reshape(shape) - weights).max() <= 1 / 2**17 + 1e-7
    assert view.shape == [1] * (4 - len(shape)) + list(shape)


def test_the_ends_of_the_scale_are_exact():
    assert np.frombuffer(packing.packed(np.array([0, 1, 1.0000001])), "<u2").tolist() == [
        0, packing.LEVELS, packing.LEVELS]


def large():
    """What the limits of size speak of: 4 layers, 4 heads, 128 tokens."""
    tokens = [f"token{place}" for place in range(128)]
    return AttentionView(random_weights(4, 4, 128, 128), tokens, tokens)


def test_sixteen_heads_of_128_tokens_are_small_on_the_wire_and_in_a_file():
    view = large()
    sent = {name: value for name, value in view.get_state().items() if name != "packed"}
    assert len(json.dumps(sent)) + len(view.packed) <= 600_000
    assert len(view.to_html().encode()) <= 800_000


def test_a_page_for_a_slide_is_told_how_tall_the_view_may_be():
    view = AttentionView(random_weights(4, 4), FRENCH, ENGLISH)
    assert '"tallest": 440' in view.to_html(tallest=440) and '"tallest": null' in view.to_html()


def test_the_output_is_one_bundle_of_widget_picture_and_text():
    view = AttentionView(random_weights(2, 4, 4), FRENCH, ENGLISH, CROSSED, "Words")
    bundle, metadata = view._repr_mimebundle_()
    assert set(bundle) == {WIDGET, "image/png", "text/plain"}
    assert bundle["text/plain"] == view.summary
    place = metadata["image/png"]
    high, wide, _ = imread(io.BytesIO(base64.b64decode(bundle["image/png"]))).shape
    assert (wide, high) == pytest.approx((1.5 * place["width"], 1.5 * place["height"]), abs=1)


@pytest.mark.parametrize("view", [
    lambda: AttentionView(random_weights(1, 40), ["x"], letters(40)),
    lambda: AttentionView(np.zeros((2, 3)), letters(2), letters(3), masked=True),
    lambda: AttentionView(random_weights(3, 2, 50, 50), letters(50), letters(50), layer=2),
    lambda: AttentionView(random_weights(len(HOSTILE), 2), HOSTILE, ["$", "漢字"]),
], ids=["one row", "masked", "many", "hostile"])
def test_every_view_has_its_picture_without_a_warning(view, recwarn):
    assert view()._repr_mimebundle_()[0]["image/png"]
    assert [str(warning.message) for warning in recwarn] == []


# Tokens are text

@pytest.mark.parametrize("token, shown", [
    ("chat", "chat"), ("", "(empty)"), (" ", "␣"), (" cat", "␣cat"), ("two words", "two words"),
    ("\n", "↵"), ("\t", "⇥"), ("\x00", "⟨0000⟩"), ("a\u200b", "a⟨200B⟩"),
    ("\u202eabc", "⟨202E⟩abc"),
    ("\u2028", "⟨2028⟩"), ("\ud800", "⟨D800⟩"), ("\u0301", "◌\u0301"), ("é", "é"), ("漢字", "漢字"),
    ("👨‍👩‍👧", "👨‍👩‍👧"), ("نمی\u200cدانم", "نمی\u200cدانم"), ("❤️", "❤️"),
    ("x" * 99, "x" * 79 + "…"),
    ("🏴\U000e0067\U000e007f", "🏴\U000e0067\U000e007f"), ("\U000e0041", "⟨E0041⟩"),
])
def test_a_token_is_shown_as_text_in_which_nothing_is_invisible(token, shown):
    assert labels.visible(token) == shown


def test_different_hostile_tokens_look_different_and_travel_as_utf8():
    assert len(HOSTILE) >= 50
    shown = list(map(labels.visible, HOSTILE))
    assert len(set(shown)) == len(set(HOSTILE))
    assert all(text.encode("utf-8") and text.strip() for text in shown)


def test_a_word_from_right_to_left_does_not_turn_the_sentence():
    assert labels.quoted(["سمك", "fish"]) == ["“\u2068سمك\u2069”", "“fish”"]


def exported():
    """The file of a view whose tokens and title are all hostile."""
    count = len(HOSTILE)
    return AttentionView(random_weights(count, count), HOSTILE, HOSTILE,
                         title="".join(HOSTILE[:16])).to_html()


def test_nothing_of_a_token_stands_in_the_file_as_html_or_script():
    page = exported()
    state = re.search(r'<script type="application/json" id="state">(.*?)</script>', page, re.S)[1]
    assert not set("<>&") & set(state) and state.isascii()
    assert json.loads(state)["key_tokens"] == list(map(labels.visible, HOSTILE))
    assert len(re.findall("<script", page)) == page.count("</script>") == 2
    assert "hacked" not in page.replace(state, "").replace(page[page.index("<title>"):page.index(
        "</title>")], "").replace(page[page.index("<noscript>"):page.index("</noscript>")], "")


def test_the_file_asks_for_nothing_and_runs_its_own_script_only():
    page = exported()
    assert not re.search(r"https?://|@import|url\(", page)
    assert "default-src 'none'" in page and "script-src 'sha256-" in page
    assert "export default" not in page and export.EXPORT in AttentionView._esm


# The drawing's own numbers

def test_the_colours_of_the_page_are_those_of_the_pictures():
    source = (widget.HERE / "common.js").read_text(encoding="utf-8")
    colours = re.search(r"`([0-9a-f\s]+)`", source)[1].split()
    places = np.linspace(0, 1, len(colours))
    wanted = [tuple(round(255 * part) for part in colormaps["cividis"](place)[:3])
              for place in places]
    assert [tuple(bytes.fromhex(colour)) for colour in colours] == wanted


def test_the_view_loads_no_torch():
    script = "import sys, helpers.attention_view; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                         cwd=widget.HERE.parents[1])
    assert run.stdout.strip() == "False"


# ---- shown anew

def test_other_weights_are_shown_from_their_first_head_with_no_row_pinned():
    view = AttentionView(random_weights(2, 3, 4, 4), ENGLISH, ENGLISH)
    view.layer, view.head, view.pinned = 1, 2, 3
    view.show(random_weights(2, 3, 2, 4, seed=1), FRENCH[:2], ENGLISH, [(1, 0)], "another")
    assert (view.layer, view.head, view.pinned) == (0, 0, None)
    assert (view.query_tokens, view.key_tokens, view.title) == (FRENCH[:2], ENGLISH, "another")
    with pytest.raises(ValueError, match="sum to"):
        view.show(np.ones((2, 2)), FRENCH[:2], FRENCH[:2])
    assert view.title == "another"
