"""Explorers: a control moves the picture and the sentence, and mistakes are said in words."""

import base64
import io

import numpy as np
import pytest
from matplotlib.image import imread

from helpers import plots
from helpers.explorers import controls, core
from helpers.explorers.picture import quick_png

WIDGET = "application/vnd.jupyter.widget-view+json"


def thirds(height, shift=0, word="cat", bold=False):
    """Three numbers; refuses a height above 5, fails on -1 in a way nobody thought of."""
    if height > 5:
        raise ValueError(f"height {height}: at most <b>5</b> & not more")
    return {"values": [height, shift, 6 / (height + 1)], "word": word, "bold": bold}


def draw(figure, numbers):
    """Draw the three numbers; the sentence names the first."""
    plots.draw_bars(plots.panels(figure)[0], ["a", numbers["word"], "c"], numbers["values"],
                    title="three", ylabel="height", ylim=(0, 7))
    mark = "<b>bold</b>" if numbers["bold"] else "plain"
    return f"The first is {numbers['values'][0]}, {numbers['word']}, {mark}."


def explorer(**more):
    """An explorer with three visible controls and one folded away."""
    return core.explore(
        thirds, draw, size=(4, 2.5), more=("bold",),
        height=core.slider("height", -1, 9, value=2), shift=core.slider("shift", 0, 5, value=1),
        word=core.text("a word", "cat"), bold=core.switch("bold letters"), **more,
    )


def state(shown):
    """What a learner sees of the last setting that worked: picture, sentence."""
    return shown.picture.value, shown.caption


# Moving a control

@pytest.mark.parametrize("name, value", [
    ("height", 3), ("shift", 4), ("word", "dog"),
])
def test_moving_a_control_changes_the_picture(name, value):
    shown = explorer()
    before = shown.picture.value
    shown.controls[name].value = value
    assert shown.picture.value != before
    assert imread(io.BytesIO(shown.picture.value)).shape == (550, 880, 4)     # twice its place
    assert shown.error == ""


@pytest.mark.parametrize("name, value, words", [
    ("height", 3, "The first is 3"), ("word", "dog", "dog"), ("bold", True, "bold"),
])
def test_moving_a_control_changes_the_sentence(name, value, words):
    shown = explorer()
    assert words not in shown.caption
    shown.controls[name].value = value
    assert words in shown.caption


def test_going_back_gives_the_first_picture_again():
    shown = explorer()
    first = state(shown)
    for height in (5, 0, 3, 2):
        shown.controls["height"].value = height
    assert state(shown) == first


def test_thirty_moves_keep_one_figure_with_one_axes():
    shown = explorer()
    figure, artists = shown.figure, len(shown.figure.findobj())
    for move in range(30):
        shown.controls["shift"].value = move % 5
    assert shown.figure is figure
    assert len(figure.axes) == 1
    assert len(figure.findobj()) == artists


# What moves is drawn over what rests

def point(figure, numbers):
    """A point that moves over a title that follows the word."""
    if not figure.axes:
        axes = figure.add_subplot()
        axes.set(xlim=(-2, 10), ylim=(-1, 1))
        axes.plot([], [], marker="o", animated=True)
    figure.axes[0].lines[0].set_data([numbers["values"][0]], [0])
    if figure.axes[0].get_title() != numbers["word"]:
        figure.axes[0].set_title(numbers["word"])
    return "a point"


def moving(**first):
    """An explorer whose point is animated, and how often its resting part was drawn."""
    controls = {"height": 2, "word": "cat", **first}
    shown = core.explore(thirds, point, size=(4, 2.5),
                         height=core.slider("height", -1, 9, value=controls["height"]),
                         word=core.text("a word", controls["word"]))
    drawn = []
    canvas = shown.picture.canvas
    full = canvas.draw
    canvas.draw = lambda: (drawn.append(1), full())
    return shown, drawn


def test_only_what_is_animated_is_drawn_anew_and_the_picture_is_the_same():
    shown, drawn = moving()
    for height in (5, 0, 4):
        shown.controls["height"].value = height
        assert shown.picture.value == moving(height=height)[0].picture.value
    assert not drawn


def test_what_rests_is_drawn_anew_when_it_changes():
    shown, drawn = moving()
    shown.controls["word"].value = "dog"
    assert drawn and shown.picture.value == moving(word="dog")[0].picture.value


# Mistakes

def test_a_value_that_is_refused_is_said_in_words_and_the_last_picture_stays():
    shown = explorer()
    last = state(shown)
    shown.controls["height"].value = 9
    assert "cannot be shown" in shown.error
    assert "height 9: at most" in shown.error
    assert state(shown) == last


@pytest.mark.parametrize(("name", "value"), [("height", 9), ("word", "")])
def test_a_mistake_is_said_at_the_control_that_was_moved(name, value):
    def refuses(height, word):
        if height > 5 or not word:
            raise ValueError("no")
        return {"values": [height, 1, 1], "word": word, "bold": False}
    shown = core.explore(refuses, draw, size=(4, 2.5), word=core.text("a word", "cat"),
                         height=core.slider("height", 0, 9, value=2))
    shown.controls[name].value = value
    assert (shown.culprit, shown.inputs[name]) == (name, value)


def test_another_error_names_its_kind_its_place_and_its_words():
    shown = explorer()
    last = state(shown)
    shown.controls["height"].value = -1                      # 6 / 0
    assert "ZeroDivisionError: division by zero" in shown.error
    assert f"thirds, line {thirds.__code__.co_firstlineno + 4}" in shown.error
    assert state(shown) == last


@pytest.mark.parametrize("wrong", [9, -1])
def test_the_next_value_that_works_clears_the_message(wrong):
    shown = explorer()
    shown.controls["height"].value = wrong
    assert shown.error
    shown.controls["height"].value = 3
    assert shown.error == ""
    assert "The first is 3" in shown.caption


def test_an_error_while_drawing_is_said_too_and_the_figure_can_be_used_again():
    def draw_small(figure, numbers):
        sentence = draw(figure, numbers)
        if numbers["word"] == "":
            raise ValueError("a word is needed")
        return sentence
    shown = core.explore(thirds, draw_small, size=(4, 2.5), word=core.text("a word", "cat"),
                         height=core.slider("height", 0, 5, value=2))
    first = state(shown)
    shown.controls["word"].value = ""
    assert "a word is needed" in shown.error
    assert state(shown) == first
    shown.controls["word"].value = "cat"
    assert (state(shown), shown.error) == (first, "")


@pytest.mark.parametrize("height, error", [(9, ValueError), (-1, ZeroDivisionError)])
def test_a_first_setting_that_fails_is_an_error_at_once(height, error):
    with pytest.raises(error):
        core.explore(thirds, draw, height=core.slider("height", -1, 9, value=height))


@pytest.mark.parametrize("visible, folded", [(4, 0), (4, 2), (3, 4), (0, 7)])
def test_too_many_controls_are_refused_with_their_number(visible, folded):
    names = [f"c{i}" for i in range(visible + folded)]
    with pytest.raises(ValueError, match=f"{visible + folded} controls, {visible} visible"):
        core.explore(lambda **_: {}, lambda *_: "", more=tuple(names[visible:]),
                     **{name: core.switch(name) for name in names})


def test_three_visible_and_three_folded_controls_are_allowed():
    names = [f"c{i}" for i in range(6)]
    shown = core.explore(lambda **values: values, lambda figure, values: str(values),
                         size=(3, 2), more=tuple(names[3:]),
                         **{name: core.switch(name) for name in names})
    assert list(shown.values) == names


# What is on the page

def test_the_output_is_one_bundle_of_widget_picture_and_text():
    shown = explorer()
    shown.controls["height"].value = 4
    bundle, metadata = shown._repr_mimebundle_()
    assert set(bundle) == {WIDGET, "image/png", "text/plain"}
    assert metadata == {"image/png": {"width": 440, "height": 275}}
    assert bundle["text/plain"] == (
        "[height: 4, shift: 1, a word: cat, bold letters: False] The first is 4, cat, plain.")


@pytest.mark.parametrize("make", [explorer, lambda: moving()[0]], ids=["all", "animated"])
def test_the_picture_of_the_page_is_the_same_with_fewer_pixels_and_bytes(make):
    shown = make()
    before = shown.picture.value
    page = base64.b64decode(shown._repr_mimebundle_()[0]["image/png"])
    small, large = imread(io.BytesIO(page)), imread(io.BytesIO(before))
    assert small.shape[:2] == (412, 660) and len(page) < len(before)
    ink = [image[..., :3].min(axis=2).mean() for image in (small, large)]
    assert ink[0] == pytest.approx(ink[1], rel=0.02)             # nothing is left out
    shown.controls["height"].value = 3
    shown.controls["height"].value = 2
    assert shown.picture.value == before                         # nor does printing leave a trace


def test_a_quick_png_holds_the_pixels():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 5, 4), dtype=np.uint8)
    assert (np.round(imread(io.BytesIO(quick_png(pixels))) * 255) == pixels).all()


# What kernel and browser tell each other

def test_the_card_is_told_of_every_control_in_order_and_which_are_folded_away():
    spec = explorer().spec
    assert [(row["name"], row["more"]) for row in spec] == [
        ("height", False), ("shift", False), ("word", False), ("bold", True)]
    assert [row["kind"] for row in spec] == ["range", "range", "text", "checkbox"]
    assert all(row["label"] for row in spec)
    assert (spec[0]["min"], spec[0]["max"], spec[0]["step"]) == (-1, 9, 1)


def test_a_change_in_the_browser_moves_picture_and_sentence_and_is_answered():
    shown = explorer()
    before = state(shown), shown.answers
    shown.set_state({"inputs": {**shown.inputs, "height": 4}})
    assert shown.controls["height"].value == 4
    assert "The first is 4" in shown.caption
    assert shown.image == shown.picture.value != before[0][0]
    assert shown.answers > before[1]


def test_a_change_that_changes_nothing_is_answered_too():
    shown = core.explore(thirds, draw, size=(4, 2.5),
                         height=core.slider("height", -1.0, 9.0, value=2.0, step=0.5))
    answers = shown.answers
    shown.set_state({"inputs": {"height": 2}})
    assert shown.answers > answers


def test_a_value_set_in_python_is_shown_in_the_browser():
    shown = explorer()
    shown.controls["word"].value = "dog"
    assert shown.inputs == {"height": 2, "shift": 1, "word": "dog", "bold": False}


@pytest.mark.parametrize("control, value, sent", [
    (core.slider("n", 1, 5, value=2), 3, 3),
    (core.slider("p", 0.0, 1.0, value=0.5, step=0.1), 1.0, 1),
    (core.choice("kind", ["a", "b"]), "b", 1),
    (core.choice("kind", [("one", 1), ("two", 2)], value=2), 1, 0),
    (core.steps("step", [1, 2, 3], value=2), 3, 2),
    (core.text("word", "cat"), "dog", "dog"),
    (core.switch("on"), True, True),
])
def test_what_a_browser_sends_becomes_a_value_of_the_right_kind(control, value, sent):
    assert isinstance(control, controls.Control) and control.label
    assert control.value != value
    control.receive(sent)
    assert control.value == value and type(control.value) is type(value)
    assert control.sent == sent


@pytest.mark.parametrize("make, words", [
    (lambda: core.slider("n", 1, 5, value=9), "n: 9 is not in 1 to 5"),
    (lambda: core.choice("kind", ["a", "b"], value="c"), "kind: 'c' is none of"),
    (lambda: core.steps("step", [1, 2], value=0), "step: 0 is none of"),
])
def test_a_value_that_the_input_cannot_hold_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_name_in_more_that_is_no_control_is_refused():
    with pytest.raises(ValueError, match="nope"):
        core.explore(thirds, draw, more=("nope",), height=core.slider("height", 0, 5, value=2))


def test_the_text_names_the_setting_that_the_picture_shows():
    shown = explorer()
    before = repr(shown)
    shown.controls["height"].value = 9
    assert repr(shown) == before
