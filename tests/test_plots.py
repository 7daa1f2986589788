"""Drawing: what stands in a picture, that it can be read, and that a kept figure stays clean."""

import io
import warnings

import numpy as np
import pytest
import whole_pictures
from hypothesis import given
from hypothesis import settings as effort
from matplotlib import colormaps, pyplot, rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cbook import is_math_text
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from matplotlib.path import Path
from matplotlib.text import Text
from world import world_text

from helpers import plots
from helpers.plots import letters

X = [1, 2, 3]


def one(figure):
    """The one axes of a figure."""
    return plots.panels(figure)[0]


KINDS = {
    "bars": lambda figure, word="cat": plots.draw_bars(
        one(figure), ["the", word], [1.0, 2.5], title="bars", ylabel="bits",
        marked=[False, True], marked_as=word, level=(1.75, "mean")),
    "curves": lambda figure, word="cat": plots.draw_curves(
        one(figure), X, {"one": [10, 200, 3000], word: [5, 50, 500]}, title=word,
        xlabel="order", ylabel="perplexity", yscale="log", ylim=(1, 1e4), level=(20, "floor")),
    "next words": lambda figure, word="cat": plots.draw_next_words(
        one(figure), ["the", word, "a"], [0.5, 0.3, 0.1], [1.0, 0.0, 0.0],
        title=word),
    "table": lambda figure, word="cat": plots.draw_table(
        one(figure), np.array([[0.1, 0.9], [0.5, 0.6]]), ["the", word], ["a", word],
        title="table", xlabel="next", ylabel="this", blocked=np.eye(2)[::-1], blocked_as=word),
    "points": lambda figure, word="cat": plots.draw_points(
        one(figure), np.eye(2), ["the", word], title=word, kinds=["a", word]),
}
EVERYWHERE = {              # the word in each place where a word can stand
    "bars": lambda figure, word: plots.draw_bars(
        one(figure), ["the", word], [1, 2.5], title=word, ylabel=word, xlabel=word,
        marked=[False, True], marked_as=word, level=(1.75, word), yticks={0: word, 1: "b"},
        shown="{:.1f} $$"),
    "curves": lambda figure, word: plots.draw_curves(
        one(figure), X, {"one": X, word: [3, 2, 1]}, title=word, xlabel=word, ylabel=word,
        level=(2, word), xticks={1: word, 2: "b"}, yticks={1: word, 2: "x"}),
    "next words": lambda figure, word: plots.draw_next_words(
        one(figure), ["the", word], [0.5, 0.3], [1, 0], title=word, names=(word, word)),
    "table": lambda figure, word: plots.draw_table(
        one(figure), np.array([[0.1, 0.9], [0.5, 0.6]]), ["the", word], ["a", word], title=word,
        xlabel=word, ylabel=word, blocked=np.eye(2)[::-1], blocked_as=word, scale=word,
        shown="{:.2f} $$"),
    "points": lambda figure, word: plots.draw_points(
        one(figure), np.eye(2), ["the", word], title=word, xlabel=word, ylabel=word,
        kinds=["a", word]),
}
WORLD = ["$$", "a $$x$$ b", "100 $ und 200 $", r"\$\$", "中文标题", "हिन्दी भाषा है", "مرحبا؟",
         "\u202eabc", "👩‍👧 🇫🇷 👍🏽 1\ufe0f\u20e3 ❤\ufe0f 🫠", "e\u0301" * 9, "𝔘𝔫𝔦"]
HOSTILE = ["中文", "中", "مرحبا", "हिन्दी", "ไทย", "한국", "😀",
            "👩‍👧", "🇫🇷", "🙂", "\x07", "a\tb\nc",
           "\ud83d", "\u200b", "e\u0301", "$",
           "$x$", "$\\nosuch{$", "a_b^c", "<b>", "\\", "{", "x" * 5000]
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


def seen(some):
    """The words of those texts that can be seen."""
    return [text.get_text() for text in some if text.get_visible() and text.get_text()]


def contrast(one, other):
    """The contrast of two colours, 1 to 21 (WCAG 2.1)."""
    def luminance(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                  for c in to_rgb(colour)]
        return np.dot([0.2126, 0.7152, 0.0722], linear)
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# What stands in the picture

def test_there_is_one_bar_per_label_as_high_as_its_value():
    figure = plots.blank()
    bars = plots.draw_bars(one(figure), ["a", "b", "c"], [1, 0, 4], title="t", ylabel="bits",
                           xlabel="word", ylim=(0, 9))
    axes, = figure.axes
    assert [bar.get_height() for bar in bars] == [1, 0, 4]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    assert (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()) == ("t", "word", "bits")
    assert axes.get_ylim() == (0, 9)


def test_the_numbers_on_the_bars_are_written_as_asked():
    figure = plots.blank()
    plots.draw_bars(one(figure), ["a", "b"], [1.26, 1000], title="t", ylabel="y", shown="{:,.1f}")
    assert seen(figure.axes[0].texts) == ["1.3", "1,000.0"]


def test_marked_bars_differ_by_hatching_and_not_by_colour_alone():
    bars = KINDS["bars"](plots.blank())
    assert [bool(bar.get_hatch()) for bar in bars] == [False, True]


def test_a_level_is_a_line_with_its_name_at_its_height():
    figure = plots.blank()
    KINDS["bars"](figure)
    line, name = figure.axes[0].lines[-1], figure.axes[0].texts[-1]
    assert list(line.get_ydata()) == [1.75, 1.75]
    assert (name.get_text(), name.get_position()[1]) == ("mean", 1.75)


def test_an_infinite_bar_says_so_and_stays_in_the_picture():
    figure = plots.blank()
    bars = plots.draw_bars(one(figure), ["a", "b"], [3, np.inf], title="t", ylabel="y",
                           ylim=(0, 10))
    assert 3 < bars[1].get_height() < 10
    assert seen(figure.axes[0].texts) == ["∞"]


def test_bars_begin_at_0_unless_the_title_says_otherwise():
    values = [1.57, 1.63, 1.67]
    for how, low in (({}, 0), ({"zoom": True}, 1.5), ({"ylim": (1.2, 2)}, 1.2)):
        figure = plots.bars_figure(["a", "b", "c"], values, title="t", ylabel="bits", **how)
        axes, broken = figure.axes[0], low > 0
        assert axes.get_ylim()[0] == pytest.approx(low)
        assert (f"the axis begins at {low}" in axes.get_title()) is broken
        assert axes.lines[0].get_visible() is broken                  # the broken bars


def test_numbers_that_do_not_fit_side_by_side_are_left_out():
    for number, fit in ((5, True), (40, False)):
        figure = plots.bars_figure(["a"] * number, [1000] * number, title="t", ylabel="y",
                                   shown="{:,.1f}")
        assert bool(seen(figure.axes[0].texts)) is fit


def test_curves_carry_their_points_their_names_and_their_limits():
    figure = plots.blank()
    lines = KINDS["curves"](figure)
    axes, = figure.axes
    assert [list(line.get_ydata()) for line in lines] == [[10, 200, 3000], [5, 50, 500]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "cat", "floor"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("order", "perplexity")
    assert (axes.get_yscale(), axes.get_ylim()) == ("log", (1, 1e4))
    assert list(axes.get_xticks()) == X


def test_curves_differ_by_colour_and_marker_and_dash():
    lines = plots.draw_curves(one(plots.blank()), X, {str(i): X for i in range(4)},
                              title="t", xlabel="x", ylabel="y")
    for look in ("get_color", "get_marker", "get_linestyle"):
        assert len({getattr(line, look)() for line in lines}) == 4


def test_next_words_stand_on_a_scale_from_0_to_1_with_the_first_on_top():
    figure = plots.blank()
    KINDS["next words"](figure)
    axes, = figure.axes
    assert seen(axes.texts) == ["100.0%", "out", "out"]
    widths = [[bar.get_width() for bar in bars] for bars in axes.containers]
    assert widths == [[0.5, 0.3, 0.1], [1.0, 0.0, 0.0]]
    assert axes.get_xlim() == (0, 1)
    for number, bar in zip(axes.texts, axes.containers[1], strict=True):
        x, y = number.get_position()
        assert bar.get_y() < y < bar.get_y() + bar.get_height()      # beside the bar after, so
        assert 0 < x - bar.get_width() < 0.02                        # that it is not taken for p
    assert [label.get_text() for label in axes.get_yticklabels()] == ["the", "cat", "a"]
    png(figure)
    heights = [axes.transData.transform((0, place))[1] for place in axes.get_yticks()]
    assert heights == sorted(heights, reverse=True)


def test_a_table_has_one_number_per_cell_and_its_colours_run_from_0_to_1():
    figure = plots.table_figure([[0.1, 0.9], [0, 0.6]], ["the", "cat"], ["a", "b"], title="t",
                                xlabel="x", ylabel="y")
    axes, = figure.axes
    assert axes.images[0].get_clim() == (0, 1)
    assert seen(axes.texts) == ["0.10", "0.90", "·", "0.60"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["the", "cat"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]                    # the first row on top


def test_blocked_cells_are_hatched_named_and_have_no_number():
    table, mask = np.full((3, 3), 0.5), np.triu(np.ones((3, 3), dtype=bool), 1)
    table[2, 0] = np.nan
    figure = plots.table_figure(table, "abc", "abc", title="t", xlabel="x", ylabel="y",
                                blocked=mask, blocked_as="the future")
    axes, = figure.axes
    pieces, = axes.patches
    corners = sorted(Path(corners).get_extents().bounds
                     for corners in pieces.get_path().to_polygons(closed_only=False))
    assert corners == [(-0.5, 1.5, 1, 1), (0.5, -0.5, 2, 1), (1.5, 0.5, 1, 1)]  # x, y, wide, high
    assert pieces.get_hatch() and axes.images[0].get_array().mask.sum() == 4
    assert seen(axes.texts) == ["0.50"] * 5
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["the future"]


def test_limits_around_0_give_two_colours_and_the_scale_has_its_name():
    figure = plots.table_figure([[-2, 2]], ["a"], ["b", "c"], title="t", xlabel="x", ylabel="y",
                                limits=(-3, 3), scale="score")
    image, (scale,) = figure.axes[0].images[0], figure.axes[0].child_axes
    assert (image.get_clim(), image.cmap.name) == ((-3, 3), "PuOr")
    assert scale.get_ylabel() == "score"
    assert [text.get_text() for text in scale.get_yticklabels()] == ["−3", "0", "3"]


def test_two_selections_show_what_is_too_much_and_what_is_missing():
    wanted = np.array([[True, True, False], [False, False, False], [False, True, False]])
    got = np.array([[True, False, True], [False, True, False], [False, True, False]])
    figure = plots.selections_figure(wanted, got, "abb")
    left, right = figure.axes
    signs = {tuple(text.get_position()): text.get_text() for text in right.texts}
    assert signs == {(2, 0): "+", (1, 1): "+", (1, 0): "−"}
    assert seen(left.texts) == []
    assert [axes.get_title() for axes in (left, right)] == [
        "Wanted", "Yours: 2 too many (+), 1 missing (−)"]
    squares = [len(some.get_paths()) for some in left.collections[:3] + right.collections[:3]]
    assert squares == [3, 0, 0, 2, 2, 1]                # agreed, too many, missing
    assert [some.get_hatch() for some in right.collections[:3]] == [None, "///", None]
    for axes in (left, right):
        assert axes.get_ylim()[0] > axes.get_ylim()[1]                # the first query on top
        assert [label.get_text() for label in axes.get_yticklabels()] == ["a 0", "b 1", "b 2"]
        assert axes.get_xlabel() == "key (looked at)"
    assert figure.get_facecolor() == (1, 1, 1, 1)


@pytest.mark.parametrize("T", [1, 2, 9])
def test_two_selections_are_a_low_picture_whose_words_keep_inside_it(T):
    rng = np.random.default_rng(T)
    figure = plots.selections_figure(rng.random((T, T)) < 0.5, rng.random((T, T)) < 0.5,
                                     ["W", "$x$", "中", "(", "\x07", "a", "b", "c", "d"][:T])
    pixels = imread(io.BytesIO(png(figure)))
    assert pixels.shape[0] < 300
    assert (pixels[[0, -1]] == 1).all() and (pixels[:, [0, -1]] == 1).all()
    assert min(text.get_fontsize() for text in texts(figure)) >= 11


def test_selections_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"maps \(2, 2\) and \(2, 2\) for 3 letters"):
        plots.selections_figure(np.eye(2, dtype=bool), np.eye(2, dtype=bool), "abc")


def test_the_numbers_of_a_table_are_left_out_where_they_do_not_fit():
    for side, fit in ((5, True), (40, False)):
        figure = plots.table_figure(np.full((side, side), 0.5), ["w"] * side, ["w"] * side,
                                    title="t", xlabel="x", ylabel="y")
        assert bool(seen(figure.axes[0].texts)) is fit


def test_names_of_points_cover_no_point_and_no_other_name():
    rng = np.random.default_rng(0)
    names = [f"word{i}" for i in range(40)]
    figure = plots.blank(height=5)
    left_out = plots.draw_points(one(figure), rng.normal(size=(40, 2)), names,
                                 title="t")
    png(figure)
    axes = figure.axes[0]
    boxes = [Text.get_window_extent(text) for text in axes.texts]     # without the lines to them
    points = axes.transData.transform(axes.collections[0].get_offsets())
    assert len(boxes) + len(left_out) == 40 and len(boxes) > 30
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1:])
        assert not any(box.contains(*point) for point in points)


def test_points_that_lie_on_each_other_leave_names_out_and_say_which():
    left_out = plots.draw_points(one(plots.blank(4, 3)), np.zeros((80, 2)),
                                 [f"name {i}" for i in range(80)], title="t")
    assert left_out and set(left_out) < {f"name {i}" for i in range(80)}


def test_kinds_of_points_differ_by_colour_and_marker_and_are_named():
    figure = plots.points_figure(np.eye(3)[:, :2], "abc", title="t", kinds=["x", "y", "x"])
    axes = figure.axes[0]
    assert [len(group.get_offsets()) for group in axes.collections] == [2, 1]
    assert len({tuple(group.get_facecolor()[0]) for group in axes.collections}) == 2
    assert len({len(group.get_paths()[0].vertices) for group in axes.collections}) == 2
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["x", "y"]


def test_two_panels_share_the_card_and_leave_each_other_alone():
    figure = plots.blank()
    left, right = plots.panels(figure, 2)
    plots.draw_bars(left, ["a"], [1], title="left", ylabel="y")
    before = set(map(id, left.findobj()))
    plots.draw_curves(right, X, {"a": X}, title="right", xlabel="x", ylabel="y")
    assert plots.panels(figure, 2) == [left, right]
    assert set(map(id, left.findobj())) == before
    assert left.get_position().x1 < 0.5 < right.get_position().x0


def test_a_drawing_finds_its_place_in_axes_of_somebody_elses_layout():
    figure = plots.blank()
    axes = figure.add_axes((0.3, 0.3, 0.4, 0.4))
    plots.draw_bars(axes, ["a", "b"], [1, 2], title="t", ylabel="y")
    assert np.allclose(axes.get_position().bounds, (0.3, 0.3, 0.4, 0.4))


@pytest.mark.parametrize("make", [
    lambda: plots.bars_figure(["a"], [1], title="t", ylabel="y"),
    lambda: plots.curves_figure(X, {"a": X}, title="t", xlabel="x", ylabel="y"),
    lambda: plots.table_figure([[0, 1]], ["a"], ["b", "c"], title="t", xlabel="x", ylabel="y"),
    lambda: plots.points_figure([[0, 1]], ["a"], title="t"),
])
def test_each_call_returns_a_figure_of_its_own(make):
    one, other = make(), make()
    assert one is not other
    assert one.axes[0].get_title() == "t"


# What is refused

@pytest.mark.parametrize("draw, words", [
    (lambda axes: plots.draw_bars(axes, ["a", "b"], [1], title="t", ylabel="y"),
     "2 labels, 0 marks for 1 bars"),
    (lambda axes: plots.draw_curves(axes, X, {"a": [1, 2]}, title="", xlabel="", ylabel=""),
     "'a' has 2 values"),
    (lambda axes: plots.draw_next_words(axes, ["a", "b", "c"], [1, 0], [1, 0], title="t"),
     "3 words, 2 and 2 probabilities"),
    (lambda axes: plots.draw_table(axes, np.eye(2), ["a"], ["b", "c"], title="t", xlabel="x",
                                   ylabel="y"), r"table \(2, 2\), .* 1 rows, 2"),
    (lambda axes: plots.draw_points(axes, np.eye(2), ["a"], title="t"),
     r"places \(2, 2\), .* 1 names"),
], ids=KINDS)
def test_unequal_lengths_are_refused(draw, words):
    with pytest.raises(ValueError, match=words):
        draw(one(plots.blank()))


def test_a_fifth_curve_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match="5 curves.*at most 4"):
        plots.draw_curves(one(plots.blank()), X, {str(i): X for i in range(5)}, title="t",
                          xlabel="x", ylabel="y")


# What can be read

@every_kind
@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: ascii(word[:9]))
def test_whatever_a_learner_types_is_drawn_without_warning_or_mathematics(draw, word):
    figure = plots.blank(6, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")              # a missing glyph is a warning
        draw(figure, word)
        shown = [text.get_text() for text in texts(figure)]
    assert not any(is_math_text(text) for text in shown)
    if draw is not KINDS["curves"]:                 # its names have several lines
        assert plots.plain(word) in shown or not plots.plain(word)


@pytest.mark.parametrize("word", WORLD, ids=ascii)
@pytest.mark.parametrize("draw", EVERYWHERE.values(), ids=EVERYWHERE)
def test_titles_labels_ticks_and_legends_hold_any_text_without_boxes_or_mathematics(draw, word):
    figure = plots.blank(7, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(figure, word)
        shown = [text.get_text() for text in texts(figure)]
    assert not any(is_math_text(text) for text in shown)
    assert set("".join(shown)) - {"\n"} <= {*map(chr, letters._known())}       # no box
    box, size = figure.get_tightbbox(), figure.get_size_inches()
    assert 0 <= box.x0 < box.x1 <= size[0] and 0 <= box.y0 < box.y1 <= size[1]


@given(world_text)
@effort(max_examples=30)
def test_a_title_and_a_tick_are_what_was_typed_or_dots(text):
    figure = plots.bars_figure(["a", text], [1, 2], title=text, ylabel=text)
    for shown, most in ((figure.axes[0].get_title(), 160), (figure.axes[0].get_ylabel(), 80),
                        (figure.axes[0].get_xticklabels()[1].get_text(), 18)):
        seen_there, whole = shown.replace(r"\$", "$"), plots.readable(text)
        assert not is_math_text(shown) and len(seen_there) <= most
        assert seen_there == whole or (
            seen_there.endswith("…") and whole.startswith(seen_there[:-1]))


@pytest.mark.parametrize("word", ["$", "$x$", "a_b^c", "<b>", "\\", "{", "مرحبا", "é", "😀"])
def test_a_token_that_the_fonts_have_is_shown_as_it_is_written(word):
    assert plots.plain(word).replace(r"\$", "$") == word and plots.note(word) == ""


@pytest.mark.parametrize("word, shown", [
    ("\x07", "·"), ("a\tb", "a·b"), ("\ud83d", "·"), ("\ue123\U000e0fff", "··"),
    ("a\u200bb", "ab"),
])
def test_what_no_font_has_becomes_a_dot_and_is_said(word, shown):
    assert plots.readable(word) == shown
    assert ("“·”" in plots.note("known", word)) is (plots.MARK in shown)


def test_a_dot_that_was_typed_needs_no_note():
    assert plots.note("a · b") == ""


def test_the_first_chinese_font_that_is_installed_is_taken():
    assert letters.families(["SimHei", "DejaVu Sans", "Noto Sans SC"])[1] == "Noto Sans SC"
    assert letters.families(["SimHei"])[1] == "SimHei"
    assert letters.families(["DejaVu Sans"]) == ["DejaVu Sans"]


@every_kind
@pytest.mark.parametrize("word", ["a", "mmmmmmmm", "differentiation", "W" * 300])
def test_all_that_is_written_lies_inside_the_picture(draw, word):
    figure = plots.blank()
    draw(figure, word)
    png(figure)
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert 0 <= box.x0 < box.x1 <= width
    assert 0 <= box.y0 < box.y1 <= height


@every_kind
def test_no_text_is_smaller_than_11_points_and_its_ink_has_a_contrast_of_10(draw):
    figure = plots.blank()
    draw(figure)
    on_ground = [text for text in texts(figure) if text.get_text() not in
                 ("0.10", "0.90", "0.50", "0.60")]                    # those stand on their cells
    assert len(on_ground) >= 4
    assert min(text.get_fontsize() for text in texts(figure)) >= 11
    assert min(contrast(text.get_color(), "white") for text in on_ground) >= 10


def test_the_colours_of_series_stand_out_from_the_ground():
    for look in plots.LINES:
        assert contrast(look["color"], "white") > 2.9


@pytest.mark.parametrize("value", [0, 0.2, 0.4, 0.7, 0.8, 1])
def test_the_number_in_a_cell_stands_out_from_its_colour(value):
    figure = plots.table_figure([[value]], ["a"], ["b"], title="t", xlabel="x", ylabel="y")
    number, = figure.axes[0].texts
    assert contrast(number.get_color(), colormaps["cividis"](float(value))[:3]) > 4


@every_kind
def test_the_ground_is_an_opaque_white_card(draw):
    figure = plots.blank()
    draw(figure)
    pixels = imread(io.BytesIO(png(figure)))
    assert (pixels[..., 3] == 1).all()
    assert (pixels[0, 0] == 1).all() and (pixels[-1, -1] == 1).all()


@every_kind
def test_the_look_does_not_depend_on_matplotlibs_settings(draw):
    pictures = []
    for settings in ({}, {"text.color": "red", "xtick.color": "red", "axes.facecolor": "yellow",
                          "axes.titlelocation": "right", "font.size": 20}):
        figure = plots.blank()
        with rc_context(settings):
            draw(figure)
            pictures.append(png(figure))
    assert pictures[0] == pictures[1]


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


@every_kind
def test_other_values_of_the_same_kind_make_no_new_artists(draw):
    figure = plots.blank()
    draw(figure)
    png(figure)
    once = set(map(id, figure.axes[0].get_children()))
    for _ in range(3):
        draw(figure)
        png(figure)
    if draw is not KINDS["points"]:                                   # its names find new places
        assert set(map(id, figure.axes[0].get_children())) == once


MOVES = {
    "bars": lambda axes, x: plots.draw_bars(axes, ["a", "b"], [x, 1], title="t", ylabel="y",
                                            ylim=(0, 5), level=(x, "mean"), shown="{:.1f}"),
    "curves": lambda axes, x: plots.draw_curves(axes, X, {"a": [x, 1, 2]}, title="t", xlabel="x",
                                                ylabel="y", ylim=(0, 5), level=(x, "floor")),
    "next words": lambda axes, x: plots.draw_next_words(axes, ["a", "b"], [0.5, x / 5],
                                                        [0.2, x / 9], title="t"),
    "table": lambda axes, x: plots.draw_table(axes, [[x / 5, 1]], ["a"], ["b", "c"], title="t",
                                              xlabel="x", ylabel="y"),
}


@pytest.mark.parametrize("draw", MOVES.values(), ids=MOVES)
def test_what_moves_is_animated_so_that_nothing_else_is_drawn_again(draw):
    figure = plots.blank()
    canvas = FigureCanvasAgg(figure)
    axes, = plots.panels(figure)
    for x in (1, 2):
        draw(axes, x)
        canvas.draw()
    for x in (3, 4, 0.5):
        draw(axes, x)
        assert not figure.stale
    new = plots.blank()
    draw(one(new), 0.5)
    assert png(figure) == png(new)


def test_nothing_of_an_earlier_picture_is_left_in_the_next():
    kept = plots.blank()
    for name in ("bars", "table", "points", "curves", "next words", "bars", "curves", "table"):
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
        plots.draw_next_words(one(plots.blank()), ["a", "b", "c"], [0.5], [0.5], title="t")


@pytest.mark.parametrize("value, word", [
    (1000.0, "1,000"), (0.001, "0.001"), (1e7, "10⁷"), (2e-5, "2·10⁻⁵"), (1.0, "1"),
])
def test_a_number_of_a_log_axis_is_a_number_or_a_power(value, word):
    assert plots.log_word(value) == word


def test_a_title_that_is_too_long_is_set_smaller_and_then_cut():
    for words, size, cut in (("short", 13, False), ("n" * 74, 11, False), ("n" * 300, 11, True)):
        title = plots.bars_figure(["a"], [1], title=words, ylabel="y").axes[0].title
        assert (title.get_fontsize(), title.get_text().endswith("…")) == (size, cut)


def test_words_that_leave_a_picture_are_told_and_those_beyond_the_ends_of_an_axis_are_not():
    figure = plots.blank(4, 2)
    axes = figure.add_axes((0.1, 0.2, 0.8, 0.7))
    plots.mark_ticks(axes.yaxis, [0.5], ["more than a thousand times"])
    plots.mark_ticks(axes.xaxis, [0.5, 9], ["half", "far beyond the end"])
    axes.set(xlim=(0, 1))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert whole_pictures.cut_off(figure, canvas.get_renderer()) == ["more than a thousand times"]


def test_a_tuple_of_words_stands_on_lines_and_a_line_break_of_a_token_does_not():
    axes = plots.blank(4, 2).add_subplot()
    plots.mark_ticks(axes.xaxis, [0, 1], [("more than", "1,000 times"), "a\nb"])
    assert [text.get_text() for text in axes.get_xticklabels()] == ["more than\n1,000 times", "a·b"]
