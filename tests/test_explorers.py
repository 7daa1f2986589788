"""Explorers: a control moves the picture and the sentence, and mistakes are said in words."""

import base64
import io

import ipywidgets as widgets
import pytest
from matplotlib.image import imread

from helpers import plots
from helpers.explorers import core

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
    return shown.picture.value, shown.caption_box.value


# Moving a control

@pytest.mark.parametrize("name, value", [
    ("height", 3), ("shift", 4), ("word", "dog"),
])
def test_moving_a_control_changes_the_picture(name, value):
    shown = explorer()
    before = shown.picture.value
    shown.controls[name].value = value
    assert shown.picture.value != before
    assert imread(io.BytesIO(shown.picture.value)).shape == (275, 440, 4)
    assert shown.message.value == ""


@pytest.mark.parametrize("name, value, words", [
    ("height", 3, "The first is 3"), ("word", "dog", "dog"), ("bold", True, "bold"),
])
def test_moving_a_control_changes_the_sentence(name, value, words):
    shown = explorer()
    assert words not in shown.caption_box.value
    shown.controls[name].value = value
    assert words in shown.caption
    assert words in shown.caption_box.value


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
    full = shown.canvas.draw
    shown.canvas.draw = lambda: (drawn.append(1), full())
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
    assert "cannot be shown" in shown.message.value
    assert "height 9: at most" in shown.message.value
    assert state(shown) == last


def test_what_a_message_quotes_is_escaped():
    shown = explorer()
    shown.controls["height"].value = 9
    assert "&lt;b&gt;5&lt;/b&gt; &amp; not more" in shown.message.value
    assert "<b>" not in shown.message.value


def test_another_error_names_its_kind_its_place_and_its_words():
    shown = explorer()
    last = state(shown)
    shown.controls["height"].value = -1                      # 6 / 0
    assert "ZeroDivisionError: division by zero" in shown.message.value
    assert f"thirds, line {thirds.__code__.co_firstlineno + 4}" in shown.message.value
    assert state(shown) == last


@pytest.mark.parametrize("wrong", [9, -1])
def test_the_next_value_that_works_clears_the_message(wrong):
    shown = explorer()
    shown.controls["height"].value = wrong
    assert shown.message.value
    shown.controls["height"].value = 3
    assert shown.message.value == ""
    assert "The first is 3" in shown.caption_box.value


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
    assert "a word is needed" in shown.message.value
    assert state(shown) == first
    shown.controls["word"].value = "cat"
    assert (state(shown), shown.message.value) == (first, "")


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
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {WIDGET, "image/png", "text/plain"}
    assert base64.b64decode(bundle["image/png"]) == shown.picture.value
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert bundle["text/plain"] == (
        "[height: 4, shift: 1, a word: cat, bold letters: False] The first is 4, cat, plain.")


def test_a_sentence_is_escaped_on_the_page_and_plain_in_the_text():
    shown = explorer()
    shown.controls["bold"].value = True
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown.caption_box.value
    assert "<b>" not in shown.caption_box.value
    assert "<b>bold</b>" in shown._repr_mimebundle_()["text/plain"]


def test_controls_named_in_more_are_folded_and_all_the_others_stand_in_order():
    shown = explorer()
    *visible, fold, picture, message, caption = shown.children
    assert visible == [shown.controls[name] for name in ("height", "shift", "word")]
    assert isinstance(fold, widgets.Accordion)
    assert fold.children[0].children == (shown.controls["bold"],)
    assert fold.selected_index is None
    assert (message, picture, caption) == (shown.message, shown.picture, shown.caption_box)


@pytest.mark.parametrize("control, kind, value", [
    (core.slider("n", 1, 5, value=2), widgets.IntSlider, 2),
    (core.slider("p", 0.0, 1.0, value=0.5, step=0.1), widgets.FloatSlider, 0.5),
    (core.choice("kind", ["a", "b"]), widgets.Dropdown, "a"),
    (core.choice("kind", [("one", 1), ("two", 2)], value=2), widgets.Dropdown, 2),
    (core.text("word", "cat"), widgets.Text, "cat"),
    (core.switch("on"), widgets.Checkbox, False),
])
def test_controls_are_plain_widgets_with_a_label_in_words(control, kind, value):
    assert isinstance(control, kind)
    assert control.value == value
    assert control.description


def test_sliders_and_texts_wait_until_the_learner_is_done():
    for control in (core.slider("n", 1, 5, value=2), core.text("word", "cat")):
        assert control.continuous_update is False


def test_a_name_in_more_that_is_no_control_is_refused():
    with pytest.raises(ValueError, match="nope"):
        core.explore(thirds, draw, more=("nope",), height=core.slider("height", 0, 5, value=2))


def test_the_text_names_the_setting_that_the_picture_shows():
    shown = explorer()
    before = repr(shown)
    shown.controls["height"].value = 9
    assert repr(shown) == before
