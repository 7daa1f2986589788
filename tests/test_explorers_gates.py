"""Gate viewer and unroll stepper: what is written in the pictures, at odd texts too."""

from __future__ import annotations

import string
import warnings

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.text import Text
from overlaps import crowded

from helpers import plots
from helpers import rnn_lstm as r
from helpers.explorers import rnn_lstm as explorers
from helpers.explorers.picture import named
from helpers.explorers.rnn_lstm import gates as drawing
from helpers.explorers.rnn_lstm import gradients
from helpers.tokenizers import Vocabulary


@pytest.fixture(scope="module")
def reader():
    torch.manual_seed(0)
    vocabulary = Vocabulary(string.ascii_letters + " .,")
    return r.LanguageModel(len(vocabulary), 6, 48), vocabulary


def written(figure) -> list[Text]:
    """Everything that is written in a figure and can be seen."""
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def in_one_anothers_way(figure) -> list[str]:
    """Words that overlap others, are smaller than 11 pt, or leave the figure."""
    return crowded(figure, written(figure))


def change(shown, **values) -> None:
    """Set controls; none may complain."""
    for name, value in values.items():
        shown.controls[name].value = value
        assert shown.error == ""


# ---- gates


@pytest.mark.parametrize("text", ["a", "The old woman opened the box and saw the sea, so cold.",
                                  "W" * 60, "漢字" * 16, "漢字" * 30])
def test_every_letter_stands_below_its_column_and_none_covers_another(reader, text):
    shown = explorers.gate_viewer(*reader, "start")
    change(shown, text=text, units=48)
    letters = [t for t in shown.figure.axes[1].texts if t.get_visible()]
    assert [t.get_text() for t in letters] == [plots.readable(c).replace(" ", "␣") for c in text]
    assert [t.get_position()[0] for t in letters] == list(range(len(text)))
    assert in_one_anothers_way(shown.figure) == []


def test_letters_without_a_sign_of_their_own_get_one(reader):
    shown = explorers.gate_viewer(*reader, "start")
    with warnings.catch_warnings():
        warnings.simplefilter("error")          # a missing glyph is a warning
        change(shown, text="a\tb\x07 c")
    assert "Unknown, read as <unk>: \ufffd, ⇥." in shown.caption
    change(shown, text="a <b>c")
    assert "Unknown, read as <unk>: <, >." in shown.caption


def test_bars_are_the_surprisals_one_for_each_letter(reader):
    shown = explorers.gate_viewer(*reader, "abc, cab.")
    bits = explorers.gate_numbers(*reader, "abc, cab.")["bits"]
    high, edges, _ = shown.figure.axes[0].patches[0].get_data()
    assert np.allclose(high[::2], bits) and not high[1::2].any()
    assert np.allclose((edges[::2] + edges[1::2]) / 2, range(9))


@pytest.mark.parametrize(("part", "low"), [("output gate", 0), ("cell state, tanh(c)", -1)])
def test_map_and_scale_share_fixed_limits_and_colours(reader, part, low):
    shown = explorers.gate_viewer(*reader, "abc")
    change(shown, part="hidden state")
    change(shown, part=part)
    map_, scale = shown.figure.axes[1:]
    assert map_.images[0].get_clim() == scale.images[0].get_clim() == scale.get_ylim() == (low, 1)
    assert map_.images[0].cmap.name == scale.images[0].cmap.name == ("PuOr" if low else "cividis")
    assert scale.images[0].get_array()[0, 0] == low


def test_the_scale_of_the_first_picture_is_that_of_its_map(reader):
    _, map_, scale = explorers.gate_viewer(*reader, "abc").figure.axes
    assert map_.images[0].get_clim() == scale.images[0].get_clim() == scale.get_ylim() == (0, 1)
    assert map_.images[0].cmap.name == scale.images[0].cmap.name == "cividis"
    assert scale.images[0].get_array()[-1, 0] == 1


def test_a_redraw_adds_no_artists(reader):
    shown = explorers.gate_viewer(*reader, "abc")
    kept = [set(map(id, shown.figure.axes[k].get_children())) for k in range(3)]
    for text in ("abcdef", "a", "漢字" * 30):
        change(shown, text=text)
    assert kept == [set(map(id, shown.figure.axes[k].get_children())) for k in range(3)]


def test_what_is_drawn_is_found_whatever_else_stands_in_the_axes(reader, monkeypatch):
    tidy = plots.tidy

    def with_strangers(axes):
        tidy(axes)
        axes.axhspan(0, 1)
        axes.imshow(np.eye(2))
        axes.plot([0, 1], [0, 1])
        axes.text(0, 0, "a stranger")

    gates = explorers.gate_numbers(*reader, "abc", part="hidden state")
    flow = explorers.flow_numbers("RNN", 20, 0.9, clip=0.1)
    monkeypatch.setattr(plots, "tidy", with_strangers)
    monkeypatch.setattr(plots.style, "tidy", with_strangers)
    figure = plots.blank(10, 4)
    drawing.draw_gates(figure, gates)
    above, map_, scale = figure.axes
    assert np.allclose(named(above, "surprisals").get_data()[0][::2], gates["bits"])
    assert np.array_equal(named(map_, "units").get_array(), gates["values"])
    assert named(scale, "scale").get_clim() == (-1, 1)
    letters = [named(map_, f"letter {t}").get_text() for t in range(4)]
    assert letters == ["a", "b", "c", ""]
    figure = plots.blank(10, 4)
    gradients.draw_flow(figure, flow)
    left, right = figure.axes[:2]
    assert len(left.lines) > 3
    assert np.allclose(named(left, "the network").get_ydata(), flow["signal"])
    assert np.allclose(named(left, "the network, clipped").get_ydata(),
                       flow["signal"] * flow["factor"])
    assert named(right, "pairs").get_array().shape == (21, 21)
    assert named(right, "blocked").get_path().contains_point((15, 5))


def test_one_letter_is_no_change_and_wrong_names_are_refused(reader):
    shown = explorers.gate_viewer(*reader, "a")
    assert "changes most" not in shown.caption and "at one character" in shown.caption
    for how in ({"part": "gate"}, {"order": "alphabet"}):
        with pytest.raises(ValueError, match="there are forget gate"):
            explorers.gate_numbers(*reader, "abc", **how)


# ---- unrolled network


@pytest.mark.parametrize("text", ["ab", "hello", "machine", "WWWWmmmm", "漢字 漢字$W"])
@pytest.mark.parametrize("wipe", [False, True])
def test_the_same_three_names_stand_at_every_step_and_cover_nothing(text, wipe):
    shown = explorers.unroll_stepper(text)
    change(shown, wipe=wipe, step=len(text))
    words = [t.get_text() for t in written(shown.figure)]
    wanted = {"W_xh": len(text), "W_hy": len(text), "W_hh": 0 if wipe else len(text)}
    assert {name: words.count(name) for name in wanted} == wanted
    assert in_one_anothers_way(shown.figure) == []


def test_each_click_fills_one_more_column():
    shown = explorers.unroll_stepper("hello")
    for step in (0, 1, 5, 2):
        change(shown, step=step)
        words = [t.get_text() for t in written(shown.figure)]
        h = explorers.unroll_numbers(step, "hello")["h"]
        numbers = [f"{v:+.2f}".replace("-", "−") for v in h[1:step + 1].ravel()]
        assert [w for w in words if w[0] in "+−"] == numbers
        assert sum("%" in w for w in words) == step


def test_a_blank_is_shown_and_a_step_after_the_word_is_named():
    shown = explorers.unroll_stepper("a b", step=2)
    assert "reads “␣”" in shown.caption and "There is no step" not in shown.caption
    assert "␣" in [t.get_text() for t in written(shown.figure)]
    change(shown, step=7)
    assert "There is no step 7: the word has 3 letters." in shown.caption


def test_wiping_is_told_before_the_first_step_too():
    shown = explorers.unroll_stepper(step=0)
    change(shown, wipe=True)
    assert "Nothing is read yet" in shown.caption and "wiped before each step" in shown.caption


def test_numbers_are_readable_on_every_colour_of_the_scale():
    for colour in matplotlib.colormaps["PuOr"](np.linspace(0, 1, 101))[:, :3]:
        parts = np.where(colour <= 0.03928, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
        luminance = parts @ (0.2126, 0.7152, 0.0722)
        contrast = {"black": (luminance + 0.05) / 0.05, "white": 1.05 / (luminance + 0.05)}
        assert contrast[str(plots.readable_on(colour))] >= 4.4
