"""Drawing: what stands in a picture, that it can be read, and that a kept figure stays clean."""

import io

import numpy as np
import pytest
from matplotlib import colormaps, pyplot
from matplotlib.cbook import is_math_text
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from matplotlib.text import Text

from helpers import plots

X = [1, 2, 3]
KINDS = {
    "bars": lambda figure, word="cat": plots.draw_bars(
        figure, ["the", word], [1.0, 2.5], title="bars", ylabel="bits", marked=[False, True],
        level=(1.75, "mean")),
    "curves": lambda figure, word="cat": plots.draw_curves(
        figure, X, {"one": [10, 200, 3000], "two": [5, 50, 500]}, title=word, xlabel="order",
        ylabel="perplexity", yscale="log", ylim=(1, 1e4), level=(20, "floor")),
    "next words": lambda figure, word="cat": plots.draw_next_words(
        figure, ["the", word, "a"], [0.5, 0.3, 0.1], [1.0, 0.0, 0.0], title="next"),
    "table": lambda figure, word="cat": plots.draw_table(
        figure, np.array([[0.1, 0.9], [0.5, 0.6]]), ["the", word], ["a", word],
        title="table", xlabel="next", ylabel="this"),
}
every_kind = pytest.mark.parametrize("draw", KINDS.values(), ids=KINDS)


def png(figure):
    """The figure as PNG bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def texts(figure):
    """All texts of a drawn figure that can be seen, those of ticks and legend included."""
    png(figure)
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def contrast(one, other):
    """How many times brighter one colour is than the other, 1 to 21 (WCAG 2.1)."""
    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                  for c in to_rgb(colour)]
        return np.dot([0.2126, 0.7152, 0.0722], linear)
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# What stands in the picture

def test_there_is_one_bar_per_label_as_high_as_its_value():
    figure = plots.blank()
    bars = plots.draw_bars(figure, ["a", "b", "c"], [1, 0, 4], title="t", ylabel="bits",
                           xlabel="word", ylim=(0, 9))
    axes, = figure.axes
    assert [bar.get_height() for bar in bars] == [1, 0, 4]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    assert (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()) == ("t", "word", "bits")
    assert axes.get_ylim() == (0, 9)


def test_the_numbers_on_the_bars_are_written_as_asked():
    figure = plots.blank()
    plots.draw_bars(figure, ["a", "b"], [1.26, 1000], title="t", ylabel="y", shown="{:,.1f}")
    assert [text.get_text() for text in figure.axes[0].texts] == ["1.3", "1,000.0"]


def test_marked_bars_differ_by_hatching_and_not_by_colour_alone():
    bars = KINDS["bars"](plots.blank())
    assert [bool(bar.get_hatch()) for bar in bars] == [False, True]


def test_a_level_is_a_line_with_its_name_at_its_height():
    figure = plots.blank()
    KINDS["bars"](figure)
    line, = figure.axes[0].lines
    name, = figure.axes[0].texts
    assert list(line.get_ydata()) == [1.75, 1.75]
    assert (name.get_text(), name.xy[1]) == ("mean", 1.75)


def test_curves_carry_their_points_their_names_and_their_limits():
    figure = plots.blank()
    axes = KINDS["curves"](figure)
    assert [list(line.get_ydata()) for line in axes.lines[:2]] == [[10, 200, 3000], [5, 50, 500]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("order", "perplexity")
    assert (axes.get_yscale(), axes.get_ylim()) == ("log", (1, 1e4))
    assert list(axes.get_xticks()) == X


def test_curves_differ_by_colour_and_marker_and_dash():
    axes = plots.draw_curves(plots.blank(), X, {str(i): X for i in range(4)}, title="t",
                             xlabel="x", ylabel="y")
    for look in ("get_color", "get_marker", "get_linestyle"):
        assert len({getattr(line, look)() for line in axes.lines}) == 4


def test_next_words_stand_on_a_scale_from_0_to_1_with_the_first_on_top():
    figure = plots.blank()
    axes = KINDS["next words"](figure)
    widths = [[bar.get_width() for bar in bars] for bars in axes.containers]
    assert widths == [[0.5, 0.3, 0.1], [1.0, 0.0, 0.0]]
    assert axes.get_xlim() == (0, 1)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["the", "cat", "a"]
    png(figure)
    heights = [axes.transData.transform((0, place))[1] for place in axes.get_yticks()]
    assert heights == sorted(heights, reverse=True)


def test_a_table_has_one_number_per_cell_and_its_colours_run_from_0_to_1():
    figure = plots.blank()
    image = KINDS["table"](figure)
    axes, = figure.axes
    assert image.get_clim() == (0, 1)
    assert [text.get_text() for text in axes.texts] == ["0.10", "0.90", "0.50", "0.60"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["the", "cat"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]                    # the first row on top


@pytest.mark.parametrize("make", [
    lambda: plots.bars_figure(["a"], [1], title="t", ylabel="y"),
    lambda: plots.curves_figure(X, {"a": X}, title="t", xlabel="x", ylabel="y"),
    lambda: plots.table_figure([[0, 1]], ["a"], ["b", "c"], title="t", xlabel="x", ylabel="y"),
])
def test_each_call_returns_a_figure_of_its_own(make):
    one, other = make(), make()
    assert one is not other
    assert one.axes[0].get_title() == "t"


# What is refused

@pytest.mark.parametrize("draw", [
    lambda figure: plots.draw_bars(figure, ["a", "b"], [1], title="t", ylabel="y"),
    lambda figure: plots.draw_curves(figure, X, {"a": [1, 2]}, title="", xlabel="", ylabel=""),
    lambda figure: plots.draw_next_words(figure, ["a", "b", "c"], [1, 0], [1, 0], title="t"),
    lambda figure: plots.draw_table(figure, np.eye(2), ["a"], ["b", "c"], title="t",
                                    xlabel="x", ylabel="y"),
], ids=KINDS)
def test_unequal_lengths_are_refused(draw):
    with pytest.raises(ValueError):
        draw(plots.blank())


def test_a_fifth_curve_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match="5 curves.*at most 4"):
        plots.draw_curves(plots.blank(), X, {str(i): X for i in range(5)}, title="t",
                          xlabel="x", ylabel="y")


# What can be read

@pytest.mark.parametrize("kind", ["bars", "next words", "table"])
@pytest.mark.parametrize("word", ["$", "$x$", "$\\nosuch{$", "a_b^c", "<b>", "\\", "{"])
def test_a_token_is_shown_as_it_is_written(kind, word):
    figure = plots.blank(4, 3)
    KINDS[kind](figure, word)
    shown = [text.get_text().replace(r"\$", "$") for text in texts(figure)]
    assert word in shown
    assert not any(is_math_text(text.get_text()) for text in texts(figure))


@every_kind
@pytest.mark.parametrize("word", ["a", "mmmmmmmm", "differentiation"])
def test_all_that_is_written_lies_inside_the_picture(draw, word):
    figure = plots.blank()
    draw(figure, word)
    png(figure)
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert 0 <= box.x0 < box.x1 <= width
    assert 0 <= box.y0 < box.y1 <= height


@every_kind
def test_no_text_is_smaller_than_11_points_and_all_is_readable_on_white_and_on_dark(draw):
    figure = plots.blank()
    draw(figure)
    on_ground = [text for text in texts(figure) if text.get_text() not in
                 ("0.10", "0.90", "0.50", "0.60")]                    # those stand on their cells
    assert len(on_ground) >= 4
    assert min(text.get_fontsize() for text in texts(figure)) >= 11
    for text in on_ground:
        assert contrast(text.get_color(), "white") > 4
        assert contrast(text.get_color(), "#111111") > 4


@pytest.mark.parametrize("value", [0, 0.2, 0.4, 0.7, 0.8, 1])
def test_the_number_in_a_cell_stands_out_from_its_colour(value):
    figure = plots.table_figure([[value]], ["a"], ["b"], title="t", xlabel="x", ylabel="y")
    number, = figure.axes[0].texts
    assert contrast(number.get_color(), colormaps["cividis"](float(value))[:3]) > 4


@every_kind
def test_the_ground_is_transparent(draw):
    figure = plots.blank()
    draw(figure)
    alpha = imread(io.BytesIO(png(figure)))[..., 3]
    assert alpha[0, 0] == alpha[-1, -1] == 0
    assert alpha.max() == 1
    assert figure.axes[0].patch.get_alpha() == 0


# What a kept figure keeps

@every_kind
def test_thirty_redraws_leave_as_many_artists_as_one(draw):
    figure = plots.blank()
    draw(figure)
    png(figure)
    once = len(figure.findobj())
    for _ in range(29):
        draw(figure)
    png(figure)
    assert len(figure.axes) == 1
    assert len(figure.findobj()) == once


def test_nothing_of_an_earlier_picture_is_left_in_the_next():
    kept = plots.blank()
    for name in ("bars", "table", "curves", "next words", "bars", "curves", "table"):
        new = plots.blank()
        KINDS[name](kept)
        KINDS[name](new)
        assert png(kept) == png(new), name


def test_no_figure_is_opened_in_pyplot():
    for draw in KINDS.values():
        draw(plots.blank())
    plots.bars_figure(["a"], [1], title="t", ylabel="y")
    assert pyplot.get_fignums() == []


def test_a_number_of_the_middle_stands_out_from_its_cell_too():
    for value in (0.45, 0.5, 0.59):
        figure = plots.table_figure([[value]], ["a"], ["b"], title="t", xlabel="x", ylabel="y")
        number, = figure.axes[0].texts
        assert contrast(number.get_color(), colormaps["cividis"](value)[:3]) > 4


def test_a_log_axis_of_less_than_a_decade_has_no_small_dark_labels():
    figure = plots.curves_figure(X, {"a": [12, 20, 40]}, title="t", xlabel="x", ylabel="y",
                                 yscale="log")
    assert min(text.get_fontsize() for text in texts(figure)) >= 11


def test_a_thousand_steps_do_not_get_a_thousand_ticks():
    figure = plots.curves_figure(range(1000), {"a": range(1000)}, title="t", xlabel="x", ylabel="y")
    assert len(figure.axes[0].get_xticks()) < 15


def test_one_probability_for_three_words_is_refused():
    with pytest.raises(ValueError, match="3 words"):
        plots.draw_next_words(plots.blank(), ["a", "b", "c"], [0.5], [0.5], title="t")
