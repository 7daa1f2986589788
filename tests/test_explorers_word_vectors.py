"""Widgets of notebook 02: a step and a window known by hand, then controls that change them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from cards import artists, drawn_whole, moved
from matplotlib.text import Text
from overlaps import crowded

from helpers import word_vectors as wv
from helpers.explorers import core
from helpers.explorers import word_vectors as explorers

WORDS = wv.toy_words()
NEAR = {"row": ["column", "rows", "col", "index", "cell"],
        "true": ["false", "none", "bool", "boolean", "given"]}
FOUND = {(1, 1): 15, (1, 5): 19, (2, 1): 18, (2, 5): 23}


def covered(shown: core.Explorer) -> list[str]:
    """Words that overlap others, are smaller than 11 pt, or leave the figure."""
    texts: list[Text] = []
    for axes in shown.figure.axes:
        texts += [*axes.texts, axes.title]
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            texts += [axis.label, *axis.get_majorticklabels()]
        for scale in axes.child_axes:
            texts += [scale.yaxis.label, *scale.yaxis.get_majorticklabels()]
        if axes.get_legend():
            texts += axes.get_legend().get_texts()
    return crowded(shown.figure, [text for text in texts if text.get_visible()
                                  and text.get_text().strip()], apart=3)


def place(word: str) -> int:
    return WORDS.index(word)


# ---- one training step


def test_the_first_step_of_all_is_that_of_paper():
    numbers = explorers.training_step_numbers("kitten", "milk", 0.3, 3, taken=0)
    kitten = numbers["rows_in"][place("kitten")]
    assert not numbers["rows_out"].any() and not numbers["change_in"].any()
    step = 0.3 * 0.5 * kitten                   # all scores are 0, so each error is one half
    assert np.allclose(numbers["change_out"][place("milk")], step)
    for word in numbers["away"]:
        assert np.allclose(numbers["change_out"][place(word)], -step)
    before, after = numbers["loss"]
    assert before == pytest.approx(4 * math.log(2))
    assert after == pytest.approx(4 * math.log(1 + math.exp(-step @ kitten)))


@pytest.mark.parametrize("taken", [0, 100, 1000])
@pytest.mark.parametrize("negatives", [0, 1, 5])
def test_a_step_is_the_update_of_the_package_and_moves_one_row_of_the_first_table(taken, negatives):
    numbers = explorers.training_step_numbers("dog", "chases", 0.3, negatives, taken)
    model = wv.SkipGram(16, 4)
    model.rows_in = torch.tensor(numbers["rows_in"], dtype=torch.float32)
    model.rows_out = torch.tensor(numbers["rows_out"], dtype=torch.float32)
    before = model.rows_in.clone(), model.rows_out.clone()
    away = torch.tensor([[place(word) for word in numbers["away"]]], dtype=torch.int64)
    loss = model.update(torch.tensor([place("dog")]), torch.tensor([place("chases")]), away, 0.3)
    assert loss == pytest.approx(numbers["loss"][0], abs=1e-5)
    assert np.allclose(model.rows_in - before[0], numbers["change_in"], atol=1e-6)
    assert np.allclose(model.rows_out - before[1], numbers["change_out"], atol=1e-6)
    rows = np.flatnonzero(numbers["change_in"].any(axis=1)).tolist()
    assert rows == ([place("dog")] if taken else [])
    assert np.count_nonzero(numbers["change_out"].any(axis=1)) == 1 + negatives
    assert numbers["loss"][1] < numbers["loss"][0]


def test_a_step_of_cbow_is_autograds_and_moves_each_word_around_once():
    numbers = explorers.training_step_numbers("chases", "mice", 1.0, 4, cbow=True)
    assert numbers["sentence"] == ["the", "cat", "chases", "mice"]
    assert numbers["pulling"] == ["the", "cat", "mice"] and "chases" not in numbers["away"]
    tables = [torch.tensor(numbers[f"rows_{name}"], requires_grad=True) for name in ("in", "out")]
    mean = tables[0][[place(word) for word in numbers["pulling"]]].mean(dim=0)
    loss = -F.logsigmoid(tables[1][place("chases")] @ mean) - F.logsigmoid(
        -(tables[1][[place(word) for word in numbers["away"]]] @ mean)).sum()
    loss.backward()
    assert numbers["loss"][0] == pytest.approx(loss.item())
    for table, name in zip(tables, ("in", "out"), strict=True):
        assert np.allclose(numbers[f"change_{name}"], -table.grad, atol=1e-9)
    rows = np.flatnonzero(numbers["change_in"].any(axis=1)).tolist()
    assert rows == sorted(place(word) for word in numbers["pulling"])


def test_the_tables_are_the_same_each_time_and_are_not_changed_by_a_step():
    before = explorers.training_step_numbers("cat", "milk")
    before["rows_in"][:] = 0
    again, other = (explorers.training_step_numbers("cat", word) for word in ("milk", "mice"))
    assert again["rows_in"].any() and (again["rows_in"] == other["rows_in"]).all()
    assert again["away"] == before["away"] != other["away"]


def test_more_steps_bring_a_word_nearer_to_what_stands_around_it():
    pairs = [("kitten", "milk"), ("dog", "bones"), ("cat", "mice"), ("puppy", "balls")]
    losses = [np.mean([explorers.training_step_numbers(*pair, negatives=5, taken=taken)["loss"][0]
                       for pair in pairs]) for taken in (0, 1000)]
    assert losses[0] == pytest.approx(6 * math.log(2)) and losses[1] < 0.8 * losses[0]


def test_the_first_sentence_of_the_step_says_which_rows_move_and_what_it_is_good_for():
    assert explorers.training_step().caption == (
        "“kitten”, “milk”: 1 row of the first table moves, and 4 of the second (“milk” towards "
        "“kitten”, “puppy”, “the”, “dog” away). The loss of this pair falls from 2.20 to 1.84.")


def test_rate_negatives_and_the_other_model_change_what_is_said():
    shown = explorers.training_step()
    assert moved(shown, rate=5.0)
    assert shown.caption.endswith("rises from 2.20 to 4.31: the step is too long.")
    assert moved(shown, negatives=0)
    assert "and 1 of the second (“milk” towards “kitten”). The loss" in shown.caption
    assert moved(shown, rate=0.3, negatives=3, cbow=True)
    assert shown.caption == (
        "CBOW in “the kitten drinks milk”: 3 rows of the first table move, all by the same "
        "(“the”, “drinks”, “milk”), and 4 of the second (“kitten” towards their mean, “chews”, "
        "“the”, “puppy” away). The loss of guessing “kitten” falls from 2.31 to 2.02.")
    assert moved(shown, taken=0)
    assert "no row of the first table moves (the second is still all 0), and 4" in shown.caption
    assert "falls from 2.7726 to 2.76" in shown.caption


def test_a_new_centre_brings_a_word_that_stood_near_it_and_others_are_refused_in_words():
    shown = explorers.training_step()
    assert moved(shown, centre="puppy")
    assert shown.controls["context"].value in explorers.stood_near("puppy")
    assert moved(shown, centre="balls", context="chases")
    shown.set_state({"inputs": {**shown.inputs, "centre": place("kitten")}})
    assert shown.error == "" and shown.inputs["context"] == shown.controls["context"].sent
    kept = shown.caption
    shown.controls["context"].value = "mice"
    assert shown.error == (
        "This setting cannot be shown: “mice” never stands within 2 places of “kitten”; these do: "
        "the, drinks, milk, sleeps, here, a, my. The picture still shows the last setting that "
        "worked.")
    assert shown.caption == kept
    for words, how, said in ((("cat", "cat"), {}, "“cat” never stands"),
                             (("bird", "milk"), {}, "“bird” is no word of the toy language"),
                             (("cat", "milk"), {"negatives": 6}, "0 to 5 negatives"),
                             (("cat", "milk"), {"taken": 7}, "0, 100, 1000 steps"),
                             (("cat", "milk"), {"rate": 0.0}, "a rate above 0")):
        with pytest.raises(ValueError, match=said):
            explorers.training_step_numbers(*words, **how)


def test_every_pair_of_the_text_can_be_chosen_and_covers_nothing():
    shown = explorers.training_step()
    kept, drawn = artists(shown), drawn_whole(shown)
    for centre in WORDS:
        shown.controls["centre"].value = centre
        assert shown.error == ""
    for name, value in (("rate", 1.0), ("negatives", 5), ("cbow", True), ("taken", 100)):
        assert moved(shown, **{name: value}) and not drawn, name
    assert artists(shown) == kept and covered(shown) == []


def test_the_rows_that_move_are_framed_and_their_words_have_signs():
    shown = explorers.training_step()
    first, by, second, out = shown.figure.axes
    def framed(axes):
        return [WORDS[i] for i, frame in enumerate(axes.patches) if frame.get_visible()]
    assert framed(first) == framed(by) == ["kitten"]
    assert framed(second) == framed(out) == ["dog", "puppy", "milk", "the"]
    signed = [text.get_text() for text in second.texts if " " in text.get_text()]
    assert signed == ["− dog", "− puppy", "+ milk", "− the"]
    numbers = explorers.training_step_numbers("kitten", "milk")
    assert np.allclose(out.images[0].get_array(), numbers["change_out"])
    length = np.linalg.norm(numbers["change_in"][place("kitten")])
    assert [text.get_text() for text in by.texts if text.get_visible()] == [f"{length:.2f}"]


# ---- a network that reads two words


@pytest.fixture(scope="module")
def model() -> wv.NeuralNgram:
    """Trained on the toy language until it knows it."""
    ids = [[place(word) for word in sentence] for sentence in wv.toy_sentences()]
    windows = torch.tensor([row[i:i + 2] for row in ids for i in (0, 1)])
    targets = torch.tensor([row[i + 2] for row in ids for i in (0, 1)])
    torch.manual_seed(1)
    made = wv.NeuralNgram(16, 3, 2, 8, direct=False)
    optimizer = torch.optim.Adam(made.parameters(), lr=0.03)
    for _ in range(300):
        loss = F.cross_entropy(made.of_windows(windows), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return made


def test_a_window_is_that_of_paper():
    small = wv.NeuralNgram(3, 3, 1, 1, direct=False)
    with torch.no_grad():
        for value, given in ((small.C, [[1.0], [2.0], [-1.0], [9.0]]), (small.H, [[0.5], [0.25]]),
                             (small.d, [0.1]), (small.U, [[1.0, 0.0, -1.0]]), (small.b, [0, 0, 1])):
            value.copy_(torch.tensor(given))
    numbers = explorers.window_numbers(small, "cat", "chases", ["cat", "chases", "mice"])
    hidden = math.tanh(0.1 + 0.5 * 1 + 0.25 * 2)
    odds = np.exp([hidden, 0, 1 - hidden])
    assert numbers["x"].tolist() == [1, 2] and numbers["hidden"] == pytest.approx([hidden])
    assert numbers["network"] == pytest.approx(odds / odds.sum())
    assert numbers["rows"].tolist() == [[1], [2], [-1]] and numbers["limit"] == 2
    assert numbers["counts"].tolist() == [0, 0, 3] and numbers["said"] == 3


def test_x_is_the_two_rows_side_by_side_in_their_order(model):
    one, other = (explorers.window_numbers(model, *pair) for pair in (("kitten", "chases"),
                                                                      ("chases", "kitten")))
    assert (one["x"] == one["rows"][[place("kitten"), place("chases")]].ravel()).all()
    assert (other["x"] == np.roll(one["x"], 2)).all()
    assert not np.allclose(one["network"], other["network"], atol=0.1)
    assert one["network"].sum() == pytest.approx(1)


def test_the_network_speaks_where_counting_is_silent(model):
    shown = explorers.window_reader(model)
    numbers = explorers.window_numbers(model, "kitten", "chases")
    best = numbers["network"].max()
    assert numbers["said"] == 0 and not numbers["counts"].any() and best > 0.9
    assert shown.caption.startswith(f"After “kitten chases” the network says “mice” ({best:.2f})")
    assert shown.caption.endswith("The text never says “kitten chases”: counting has nothing to "
                                  "go by.")
    assert moved(shown, first="cat")
    assert shown.caption.endswith("“cat chases” 3 times. Counting: “mice” 3 of 3, 0 for all "
                                  "others.")


def test_what_was_counted_is_said_at_the_end_of_a_sentence_too(model):
    shown = explorers.window_reader(model, "drinks", "milk")
    assert "“drinks milk” 6 times, always at the end of a sentence" in shown.caption
    assert moved(shown, first="the", second="kitten")
    assert shown.caption.endswith("The text says “the kitten” twice. Counting: “drinks” 1 of 2, "
                                  "“sleeps” 1 of 2, 0 for all others.")


def test_other_words_move_bars_and_colours_and_make_nothing_anew(model):
    shown = explorers.window_reader(model)
    kept, drawn = artists(shown), drawn_whole(shown)
    for first, second in (("the", "cat"), ("cat", "chases"), ("milk", "milk"), ("dog", "chews")):
        assert moved(shown, first=first, second=second)
        numbers = explorers.window_numbers(model, first, second)
        middle, right = shown.figure.axes[1:]
        for bars, values in zip(right.containers, (numbers["network"], numbers["counts"] /
                                                   max(numbers["counts"].sum(), 1)), strict=True):
            assert np.allclose([bar.get_width() for bar in bars], values)
        assert np.allclose(middle.images[0].get_array()[0], numbers["x"])
        frames = [bool(f.get_visible()) for f in shown.figure.axes[0].patches]
        assert frames == [word in (first, second) for word in WORDS]
    assert artists(shown) == kept and not drawn and covered(shown) == []


@pytest.mark.parametrize(("sizes", "said"), [
    ((16, 4, 2, 8), "n=4, m=2"), ((9, 3, 2, 8), "for 9 words, and 16 words"),
    ((16, 3, 7, 8), "m of at most 6"), ((16, 3, 2, 0), "h=0")])
def test_a_model_that_does_not_fit_the_picture_is_refused(sizes, said):
    with pytest.raises(ValueError, match=said):
        explorers.window_reader(wv.NeuralNgram(*sizes, direct=True))


def test_an_unknown_word_is_refused_by_name(model):
    with pytest.raises(ValueError, match="“bird” is none of the 16 words"):
        explorers.window_numbers(model, "the", "bird")


# ---- knobs


def rows(**other) -> list[dict]:
    """A small table by hand: each larger window turns the list of neighbours by one."""
    return [{"window": window, "negatives": negatives, "pairs": pairs, **other,
             "neighbours": {word: [[name, 0.9 - 0.1 * rank - negatives / 100] for rank, name in
                                   enumerate(names[window - 1:] + names[:window - 1])]
                            for word, names in NEAR.items()}}
            for (window, negatives), pairs in FOUND.items()]


def test_the_numbers_of_a_run_are_those_of_its_record():
    numbers = explorers.knobs_numbers(rows(), "row", 2, 5)
    assert numbers["names"] == ["rows", "col", "index", "cell", "column"]
    assert numbers["cosines"] == pytest.approx([0.85, 0.75, 0.65, 0.55, 0.45])
    assert numbers["grid"].tolist() == [[15, 19], [18, 23]]
    assert (numbers["windows"], numbers["negatives_of"]) == ([1, 2], [1, 5])
    assert numbers["found"] == 23 and numbers["interval"] == pytest.approx((0.59, 0.88), abs=5e-3)


def test_the_first_sentence_of_the_knobs_names_neighbours_and_pairs():
    assert explorers.knobs(rows(), window=2, negatives=5).caption == (
        "Window 2, 5 negatives. Nearest to “row”: “rows” 0.85, “col” 0.75, “index” 0.65, “cell” "
        "0.55, “column” 0.45. 23 of 30 pairs found (95% interval 59% to 88%); over the grid 15 "
        "to 23.")


def test_turning_a_knob_moves_bars_and_frame_and_makes_nothing_anew():
    shown = explorers.knobs(rows(), window=1, negatives=1)
    kept, drawn = artists(shown), drawn_whole(shown)
    left, right = shown.figure.axes
    for window, negatives, corner in ((2, 1, (-0.5, 0.5)), (2, 5, (0.5, 0.5)), (1, 5, (0.5, -0.5))):
        assert moved(shown, window=window, negatives=negatives)
        assert right.patches[-1].get_xy() == corner == right.patches[-2].get_xy()
        numbers = explorers.knobs_numbers(rows(), "row", window, negatives)
        assert np.allclose([bar.get_width() for bar in left.containers[0]], numbers["cosines"])
        assert [text.get_text() for text in left.texts[5:]] == numbers["names"]
    assert not drawn and moved(shown, word="true")
    assert left.title.get_text() == "Nearest to “true”"
    assert artists(shown) == kept and covered(shown) == []


def test_a_run_that_was_not_stored_is_said_and_leaves_its_cell_empty():
    shown = explorers.knobs(rows()[:3], window=1, negatives=1)
    assert moved(shown, window=2)
    assert np.isnan(shown.compute(**shown.values)["grid"][1, 1])
    shown.controls["negatives"].value = 5
    assert ("no run with window 2 and 5 negatives is stored; there are 1 and 1, 1 and 5, 2 and 1"
            in shown.error)


def test_records_that_do_not_fit_are_refused():
    broken = [{key: value for key, value in row.items() if key != "pairs"} for row in rows()]
    for given, said in ((broken, "record 0 has no pairs: each needs"), ([], "0 records"),
                        (rows() * 2, "8 records with 4 different settings"),
                        ([{**rows()[0], "pairs": 31}], "found 31 of 30 pairs")):
        with pytest.raises(ValueError, match=said):
            explorers.knobs_numbers(given, "row", 1, 1)
    with pytest.raises(ValueError, match="no neighbours of “sort” are stored for window 1 and "
                                         "1 negative; there are row, true"):
        explorers.knobs_numbers(rows(), "sort", 1, 1)
    with pytest.raises(ValueError, match="no run with window 5 and 5 negatives"):
        explorers.knobs(rows())


# ---- all of them


@pytest.mark.parametrize("make", [
    explorers.training_step, lambda: explorers.knobs(rows(), window=1, negatives=1),
    lambda: explorers.window_reader(wv.NeuralNgram(16, 3, 2, 8, direct=False))])
def test_the_bundle_has_a_picture_and_its_sentence_and_the_first_one_covers_nothing(
        make: Callable[[], core.Explorer]):
    shown = make()
    assert covered(shown) == [] and len(shown.caption) < 420
    bundle, _ = shown._repr_mimebundle_()
    assert bundle["image/png"] and shown.caption in bundle["text/plain"]
