"""The widgets of notebook 07, first half: hidden words, two senses, real words, heads."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch
from cards import artists, covered, drawn_whole, moved

from helpers import neural, tokenizers
from helpers.explorers import core
from helpers.explorers import pretraining as explorers
from helpers.explorers.pretraining import fill, word_here
from helpers.explorers.pretraining import senses as senses_module
from helpers.explorers.pretraining.fill_drawing import place_of
from helpers.explorers.pretraining.planes import layer_places, on_the_way
from helpers.language_models import KneserNeyLM
from helpers.pretraining import MaskedLM, texts
from helpers.pretraining import planted_senses as planted
from helpers.pretraining.tasks import Example

LINES = ["a cat sat", "a dog ran", "the cat sat", "the dog ran", "a class/size sat"] * 3
KNOWN = tokenizers.Vocabulary.from_texts(LINES, cut="blanks", marks=texts.MARKS)
COUNTED = KneserNeyLM(3).fit([line.split() for line in LINES])


def small(seed=0, **settings) -> MaskedLM:
    torch.manual_seed(seed)
    return MaskedLM.of(vocab_size=len(KNOWN), **({"d_model": 8, "n_heads": 2, "n_layers": 2,
                                                  "max_len": 32} | settings))


def of_biases(**odds) -> MaskedLM:
    """A model that says these odds for any place; words that are not named: one in a million."""
    model, index = small(), texts.ids_of(KNOWN)
    with torch.no_grad():
        model.W.weight.zero_()
        model.W.bias.zero_()
        model.bias.fill_(math.log(1e-6))
        for word, p in odds.items():
            model.bias[index[word]] = math.log(p)
    return model


def filled(sentence="the cat sat", place=2, model=None):
    return explorers.fill_numbers(model or of_biases(dog=0.6, cat=0.3, sat=0.1), KNOWN, sentence,
                                  place, COUNTED)


# ---- a hidden word


def test_the_model_s_odds_and_ranks_are_those_known_by_hand():
    ranked = filled()["ways"]["model, both sides"]
    assert ranked["words"][:3] == ["dog", "cat", "sat"] and ranked["rank"] == 2
    assert ranked["odds"][:3] == pytest.approx([0.6, 0.3, 0.1], abs=1e-5)
    assert ranked["odd"] == pytest.approx(0.3, abs=1e-5)


def test_from_the_left_dog_is_as_likely_and_only_the_right_side_says_cat():
    numbers = filled()
    left, both = (numbers["ways"][way] for way in fill.WAYS[1:])
    odds = dict(zip(left["words"], left["odds"], strict=True))
    assert odds["cat"] == pytest.approx(odds["dog"])            # "the" goes before both alike
    assert both["words"][0] == "cat" and both["rank"] == 1 and both["odd"] > 0.7


def test_counts_are_shares_of_the_known_words_and_those_of_scoring_each_sentence():
    words = KNOWN.entries[len(KNOWN.mark_ids):]
    nats = np.array([sum(COUNTED.token_log_probs(["the", word, "sat"])[:-1]) for word in words])
    wanted = dict(zip(words, np.exp(nats) / np.exp(nats).sum(), strict=True))
    both = filled()["ways"]["counts, both sides"]
    assert dict(zip(both["words"], both["odds"], strict=True)) == pytest.approx(wanted)
    before = COUNTED.next_log_probs(["the"])
    nats = np.array([before[COUNTED.counts.index[word]] for word in words])
    wanted = dict(zip(words, np.exp(nats) / np.exp(nats).sum(), strict=True))
    left = filled()["ways"]["counts, left side"]
    assert dict(zip(left["words"], left["odds"], strict=True)) == pytest.approx(wanted)


def test_the_hidden_word_itself_is_seen_by_nobody():
    for model in (small(), of_biases(cat=1.0)):
        one, other = (filled(f"the {word} sat", model=model)["ways"] for word in ("cat", "unknown"))
        for way in fill.WAYS:
            assert one[way]["odds"] == pytest.approx(other[way]["odds"])


def test_words_far_away_do_not_count_for_counts_and_do_for_the_model():
    near = "cat sat a dog ran the cat"
    one, other = (filled(f"{first} {near}", 6, small())["ways"] for first in ("the", "dog"))
    assert one["counts, both sides"]["odds"] == pytest.approx(other["counts, both sides"]["odds"])
    assert one["model, both sides"]["odds"] != pytest.approx(other["model, both sides"]["odds"],
                                                             abs=1e-7)


def test_unknown_words_and_words_of_two_are_said():
    numbers = filled("the unicorn saw a class", 2)
    assert numbers["words"][-1] == "class/size" and numbers["unknown"] == ["saw", "unicorn"]
    assert not numbers["known"] and numbers["ways"]["model, both sides"]["rank"] is None
    shown = card()
    shown.controls["sentence"].value = "the unicorn saw a class"
    assert shown.caption.startswith("Hidden: “unicorn”, word 2 of 5, none of the known words. "
                                    "Likeliest there: model, both sides: “dog” 60%; counts, left ")
    assert "Unknown, read as <unk>: saw. “class/size”: two words that are read as one." in (
        shown.caption)


def card(**how) -> core.Explorer:
    """The card with the counts of the toy text."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fill.by_counting, "counted", lambda: COUNTED)
        return explorers.fill_mask(of_biases(dog=0.6, cat=0.3, sat=0.1), KNOWN,
                                   how.pop("sentence", "the cat sat"), how.pop("place", 2))


def test_the_sentence_tells_probability_and_rank_three_times():
    shown = card()
    both = filled()["ways"]["counts, both sides"]["odd"]
    assert shown.caption.startswith(
        "Hidden: “cat”, word 2 of 3 (hatched). Its probability, and its rank among 7 words: model, "
        "both sides: 30%, 2nd; counts, left side: ")
    assert f"counts, both sides: {both:.0%}, 1st." in shown.caption
    assert moved(shown, place=1) and "Hidden: “the”, word 1 of 3" in shown.caption


def test_a_place_beyond_the_end_is_the_last_word_and_other_lengths_are_refused():
    assert filled(place=20)["place"] == 2
    shown = card(place=3)
    for sentence, count in (("", 0), ("cat " * 32, 32)):
        shown.controls["sentence"].value = sentence
        assert f"{count} words: the model reads 1 to 31 at a time, so type" in shown.error
        assert shown.culprit == "sentence" and "“sat”" in shown.caption
    shown.controls["sentence"].value = "cat " * 31
    assert shown.error == "" and "word 3 of 31" in shown.caption


def test_a_move_makes_no_artists_and_draws_only_the_frame_and_the_bars():
    shown = card(sentence="the cat sat a dog ran")
    kept, drawn = artists(shown), drawn_whole(shown)
    for place in (1, 4, 6):
        assert moved(shown, place=place)
    assert artists(shown) == kept and not drawn and covered(shown) == []
    shown.controls["sentence"].value = "internationalisation " * 31
    assert shown.error == "" and artists(shown) == kept and covered(shown) == []


def test_the_word_that_stood_there_is_hatched_and_has_a_row_of_its_own_below_ten():
    many = [f"w{i}" for i in range(30)]
    ranked = {"words": many[:10], "odds": np.linspace(0.09, 0.01, 10), "rank": 23, "odd": 0.002}
    shown = card()
    axes = shown.figure.axes[0]
    fill.draw_ranking(axes, ranked, "w22", 10, title="x")
    assert axes.texts[10].get_text() == "0.2%, 23rd" and axes.texts[21].get_text() == "w22"
    assert [bar.get_hatch() for bar in axes.containers[0]] == [None] * 10 + ["///"]
    fill.draw_ranking(axes, {**ranked, "rank": 2, "odd": 0.08}, "w1", 10, title="x")
    assert [bar.get_hatch() for bar in axes.containers[0]][:3] == [None, "///", None]
    assert not axes.containers[0][10].get_visible()
    assert [place_of(n) for n in (1, 2, 3, 4, 11, 112, 23, 1001)] == [
        "1st", "2nd", "3rd", "4th", "11th", "112th", "23rd", "1,001st"]


def test_each_word_in_the_picture_is_a_spot_to_click():
    shown = card(sentence="the cat sat a dog ran")
    page = shown.figure.axes[3]
    assert shown.clicked == "place" and len(shown.spots) == 6
    high = shown.figure.bbox.height
    for text, (left, top, width, height) in zip(page.texts, shown.spots, strict=False):
        box = text.get_window_extent()
        assert left < box.x0 / shown.figure.bbox.width < left + width
        assert top < 1 - (box.y0 + box.y1) / 2 / high < top + height
    shown.controls["sentence"].value = "the dog"
    assert len(shown.spots) == 2
    with pytest.raises(ValueError, match="click='y': the controls are x"):
        core.explore(lambda x: x, lambda figure, x: "", click="y",
                     x=core.slider("x", 0, 1, value=0))


# ---- places in a plane


def test_a_line_parts_what_can_be_parted_and_what_is_one_point_stays_one():
    others = torch.tensor([[-1.0, 0], [-1, 1], [1, 0], [1, 1]])
    labels = torch.tensor([0, 0, 1, 1])
    mine, own = torch.tensor([[-2.0, 5], [2, -5], [2, 0]]), torch.tensor([0, 1, 0])
    found = layer_places([torch.zeros(3, 2), mine], own, ([torch.zeros(4, 2), others], labels))
    assert not found["places"][0].any()
    across, up = found["places"][1].T
    assert across[0] == pytest.approx(-across[1]) and across[1] == pytest.approx(across[2])
    assert across[1] == pytest.approx(2.0)          # twice as far as those of deviation 1
    assert found["named"][1].tolist() == [True, True, False]
    assert up.std() == pytest.approx(1.0) and abs(np.corrcoef(up, mine[:, 1])[0, 1]) > 0.999
    with pytest.raises(ValueError, match="needs cases of the labels 0 and 1"):
        layer_places([mine], own, ([others], torch.zeros(4, dtype=torch.long)))


def test_between_two_layers_each_case_is_on_the_straight_way():
    places = np.array([[[0.0, 0.0]], [[2.0, 4.0]], [[2.0, 0.0]]])
    assert on_the_way(places, 0.25).tolist() == [[0.5, 1.0]]
    assert on_the_way(places, 1.5).tolist() == [[2.0, 2.0]]
    assert on_the_way(places, 2).tolist() == [[2.0, 0.0]]
    with pytest.raises(ValueError, match="layer 2.5: there are 0, before the first, to 2"):
        on_the_way(places, 2.5)


# ---- the word of two senses


@pytest.fixture(scope="module")
def senses():
    torch.manual_seed(1)
    return explorers.senses_seen(MaskedLM.of(**planted.SIZE), planted.sample(150, 3))


def test_before_the_first_layer_the_word_is_one_point_and_afterwards_many(senses):
    numbers = explorers.senses_numbers(senses, 0)
    assert not numbers["places"].any() and senses["places"].shape == (3, len(senses["labels"]), 2)
    later = explorers.senses_numbers(senses, 1)
    assert len(np.unique(later["places"].round(6), axis=0)) > 30
    assert explorers.senses_numbers(senses, 0.5)["places"] == pytest.approx(later["places"] / 2)


def test_the_shares_are_those_of_the_stored_table_s_probe(senses):
    torch.manual_seed(1)
    found = planted.sample(150, 3)
    layers = planted.by_layer(MaskedLM.of(**planted.SIZE), found)
    assert senses["named"].mean(axis=1) == pytest.approx(
        [planted.probed(rows, found.labels) for rows in layers])
    across = senses["places"][2][:, 0]
    assert ((across > 0) == (senses["labels"] == 1)).mean() == senses["named"][2].mean()


def test_looking_leaves_the_random_state_alone():
    model, found = MaskedLM.of(**planted.SIZE), planted.sample(60, 3)
    before = torch.random.get_rng_state()
    explorers.senses_seen(model, found)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.fixture
def two(senses, monkeypatch):
    monkeypatch.setattr(senses_module, "senses_seen", lambda model: senses)
    return explorers.two_senses(MaskedLM.of(**planted.SIZE))


def test_the_sentence_tells_the_share_beside_the_ceiling(two, senses):
    share, ceiling = senses["named"][0].mean(), senses["references"]["ceiling"]
    cases = len(senses["labels"])
    assert two.caption.startswith(f"Layer 0, the word alone: all {cases} cases lie at one point, "
                                  f"so a line names one sense for all, right in {share:.0%}. Who "
                                  f"knows the language reaches {ceiling:.0%};")
    assert moved(two, layer=2.0)
    assert two.caption.startswith("After layer 2: a line that was fitted on other cases names the "
                                  f"sense rightly in {senses['named'][2].mean():.0%} of {cases}.")
    assert moved(two, layer=1.25) and two.caption.startswith("On the way from layer 1 to layer 2")


def test_going_from_layer_to_layer_makes_no_artists_and_covers_nothing(two):
    kept = artists(two)
    for layer in (0.25, 1.0, 2.0):
        assert moved(two, layer=layer) and covered(two) == []
    assert artists(two) == kept
    dots = two.figure.axes[0].lines[1:3]
    assert {dot.get_marker() for dot in dots} == {"o", "s"}
    assert sum(len(dot.get_xdata()) for dot in dots) == len(two.compute(2.0)["labels"])


# ---- a real word


def examples(times=8) -> list[Example]:
    """Two words; before a noun stands a cat, before a verb a dog, the cue between is hidden."""
    made = []
    for word in ("sat", "ran"):
        for i in range(times):
            for label, animal in enumerate(("cat", "dog")):
                words = ("a",) * (i % 4) + (animal, tokenizers.MASK, word, "the")
                made.append(Example(words, label, 2 + i % 4, 1 + i % 4))
    return made


def test_examples_are_read_in_their_order_whatever_their_length(monkeypatch):
    monkeypatch.setattr(word_here, "BATCH", 5)
    model, read = small(positions="none"), examples()
    random.Random(0).shuffle(read)
    together = explorers.read_examples(model, KNOWN, read)
    for i, example in enumerate(read):
        ids, lengths = texts.batch_of(KNOWN, [example.words])
        with neural.reading(model):
            alone = model.rows(ids, lengths)[0, example.place + 1]
        torch.testing.assert_close(together[-1][i], alone, atol=1e-5, rtol=0)
    same = [i for i, example in enumerate(read) if "sat" in example.words]
    assert together[0].shape == (32, 8) and np.ptp(together[0][same].numpy(), axis=0).max() < 1e-6


def test_the_line_is_of_other_words_only():
    read = examples()
    layers = [torch.randn(32, 4, generator=torch.Generator().manual_seed(i)) for i in range(3)]
    seen = explorers.word_seen(layers, read, "sat")
    turned = [Example(e.words, 1 - e.label, e.place, e.hidden) if "sat" in e.words else e
              for e in read]
    other = explorers.word_seen(layers, turned, "sat")
    assert seen["others"] == 16 and len(seen["examples"]) == 16
    assert np.allclose(seen["places"], other["places"])
    assert (seen["named"] == ~other["named"]).all()
    with pytest.raises(ValueError, match="“plot” is in no example: there are sat, ran"):
        explorers.word_seen(layers, read, "plot")


def test_the_ring_goes_from_sentence_to_sentence_and_the_caption_counts():
    shown = explorers.word_in_sentences(small(positions="none"), KNOWN, "sat", 2, examples())
    numbers = shown.compute(word="sat", layer=2.0, example=2)
    right = round(numbers["right"][2] * 16)
    assert shown.caption.startswith(f"After layer 2: {right} of 16 on their own side (")
    assert "of a line fitted on 16 sentences of other words. In the ring, a noun: “cat ▢ sat the”" \
        in shown.caption
    kept, drawn = artists(shown), drawn_whole(shown)
    assert moved(shown, example=2) and "In the ring, a verb: “dog ▢ sat the”" in shown.caption
    assert not drawn and artists(shown) == kept
    ring = shown.figure.axes[0].lines[3]
    assert [ring.get_xdata()[0], ring.get_ydata()[0]] == pytest.approx(numbers["places"][1])
    assert moved(shown, layer=0.0) and shown.caption.startswith("Layer 0, the word alone: 8 of 16")
    assert moved(shown, word="ran") and covered(shown) == [] and artists(shown) == kept
    with pytest.raises(ValueError, match="“cat” has fewer than 16 examples; there are sat, ran"):
        explorers.word_in_sentences(small(), KNOWN, "cat", 0, examples())


# ---- heads


def test_the_weights_are_the_model_s_own_and_look_to_both_sides():
    model = small()
    numbers = explorers.attention_numbers(model, KNOWN, "The cat sat.")
    record = []
    ids, lengths = texts.batch_of(KNOWN, [["the", "cat", "sat"]])
    with neural.reading(model):
        model.rows(ids, lengths, record=record)
    assert numbers["weights"].shape == (2, 2, 4, 4)
    assert np.allclose(numbers["weights"][1], record[1]["weights"][0])
    assert np.allclose(numbers["weights"].sum(axis=-1), 1, atol=1e-6)
    assert (np.triu(numbers["weights"], 1).sum(axis=-1)[..., :-1] > 0).all()
    assert numbers["queries"] == ["<s>", "the", "cat", "sat"] and numbers["fill"] == ()


def test_a_blank_is_filled_in_and_unknown_words_are_said():
    model = of_biases(dog=0.6, cat=0.3, sat=0.1)
    numbers = explorers.attention_numbers(model, KNOWN, "the ___ sat on")
    assert numbers["queries"] == ["<s>", "the", "<mask>", "sat", "on"]
    assert [word for word, _ in numbers["fill"]] == ["dog", "cat", "sat"]
    assert numbers["note"] == ("Likeliest at <mask>: “dog” 0.60, “cat” 0.30, “sat” 0.10. Unknown, "
                               "read as <unk>: on.")
    assert explorers.attention_numbers(model, KNOWN, "the <mask> sat on")["note"] == numbers["note"]
    shown = explorers.attention_of(model, KNOWN, "the cat sat")
    assert "Write ___ for a word that is to be hidden." in shown.summary
    for text, count, blanks in (("", 0, 0), ("a ___ sat ___", 4, 2), ("cat " * 32, 32, 0)):
        shown.text = text
        assert f"This sentence cannot be read: {count} words, {blanks} of them hidden" in (
            shown.error)
    shown.text = "the ___ sat"
    assert shown.error == "" and shown.note.startswith("Likeliest at <mask>: “dog” 0.60")


def test_each_gives_a_live_card_with_a_picture_and_its_sentence():
    for shown in (card(), explorers.attention_of(small(), KNOWN, "the cat sat"),
                  explorers.word_in_sentences(small(), KNOWN, "sat", 1, examples())):
        bundle, _ = shown._repr_mimebundle_()
        assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} <= set(
            bundle)
