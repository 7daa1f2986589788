"""The start page: the map, the progress board, and what can be opened."""

import itertools
from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers import course, exercises, progress
from helpers.exercises import language_models
from helpers.explorers import index

LONG = replace(course.NOTEBOOKS[1], stem="trial", ready=False)      # the longest words of all


def notebooks(count):
    """The registry, cut to `count` notebooks or made longer by some that are not ready."""
    more = (replace(LONG, number=f"{number:02}") for number in range(8, count))
    return (*course.NOTEBOOKS, *more)[:count]


def parts(figure):
    """The map's boxes, the words below them, and its arrows as rectangles, leg by leg: pixels."""
    FigureCanvasAgg(figure).draw()
    axes, = figure.axes
    renderer = figure.canvas.get_renderer()
    framed = [text for text in axes.texts if text.get_bbox_patch() is not None]
    boxes = [text.get_bbox_patch().get_window_extent(renderer) for text in framed]
    words = [text.get_window_extent(renderer) for text in axes.texts if text not in framed]
    arrows = [axes.transData.transform(arrow._path_original.vertices) for arrow in axes.patches]
    return framed, boxes, words, arrows


def meet(one, other):
    """Tell whether two rectangles share a point."""
    return one.x0 <= other.x1 and other.x0 <= one.x1 and one.y0 <= other.y1 and other.y0 <= one.y1


def legs(arrow):
    """The straight pieces of an arrow, each as (x0, y0, x1, y1) from low to high."""
    return [(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
            for a, b in itertools.pairwise(arrow)]


@pytest.mark.parametrize("count", [1, 4, 8, 9, 12])
def test_the_map_has_room_for_every_notebook_in_reading_order(count):
    figure = index.arc_figure(notebooks(count))
    framed, boxes, words, _ = parts(figure)
    assert [text.get_text()[:2] for text in framed] == [n.number for n in notebooks(count)]
    assert len(words) == count
    for one in (*boxes, *words):
        assert figure.bbox.x0 <= one.x0 and one.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= one.y0 and one.y1 <= figure.bbox.y1
    assert not any(meet(a, b) for a, b in itertools.combinations((*boxes, *words), 2))
    for before, after in itertools.pairwise(boxes):
        assert after.y1 < before.y0 or (abs(after.y0 - before.y0) < 1 and after.x0 > before.x1)


@pytest.mark.parametrize("count", [1, 4, 8, 9, 12])
def test_an_arrow_leads_from_each_box_to_the_next_and_crosses_none(count):
    _, boxes, words, arrows = parts(index.arc_figure(notebooks(count)))
    assert len(arrows) == count - 1
    for arrow, (before, after) in zip(arrows, itertools.pairwise(boxes), strict=True):
        for x0, y0, x1, y1 in legs(arrow):
            assert not any(x0 <= box.x1 and box.x0 <= x1 and y0 <= box.y1 and box.y0 <= y1
                           for box in (*boxes, *words))
        (x, y), (to_x, to_y) = arrow[0], arrow[-1]
        beside = before.y0 < y < before.y1 and after.y0 < to_y < after.y1 and to_x < after.x0
        below = before.x0 < x < before.x1 and after.x0 < to_x < after.x1 and to_y > after.y1
        assert beside or below


def test_the_map_frames_those_that_are_ready():
    axes, = index.arc_figure().axes
    heavy = [text.get_text()[:2] for text in axes.texts
             if text.get_bbox_patch() is not None and text.get_bbox_patch().get_linewidth() > 2]
    assert heavy == [notebook.number for notebook in course.NOTEBOOKS if notebook.ready]


def test_the_board_shows_every_notebook_that_is_ready(monkeypatch):
    assert list(exercises.doors()) == [f"{notebook.number} · {notebook.title}"
                                       for notebook in course.NOTEBOOKS if notebook.ready]
    words = replace(course.find("01"), number="08", title="Trial")
    monkeypatch.setattr(course, "NOTEBOOKS", (*course.NOTEBOOKS, words))
    assert exercises.doors()["08 · Trial"] is language_models.door
    assert "08 · Trial: " in repr(index.board(exercises.doors()))


def test_the_board_counts_what_was_passed(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    before = index.board({"01": language_models.door})
    assert repr(before).startswith("01: 0 of 9 exercises passed")
    progress.record("attempt", "1.1", passed=True, source="")
    progress.record("attempt", "1.2", passed=False, source="")
    after = repr(index.board({"01": language_models.door}))
    assert after.startswith("01: 1 of 9 exercises passed")
    assert "✔ 1.1 ★" in after
    assert "✘ 1.2 ★" in after
    assert "○ 1.5  " in after


def test_the_board_escapes_titles_and_says_the_same_in_html():
    board = index.Board({"<b>": [("1.1", "<unk> & more", True, 5, "passed")]})
    html = board._repr_html_()
    assert "&lt;unk&gt; &amp; more" in html
    assert "&lt;b&gt;" in html
    assert "1 of 1 exercises passed" in html


def test_the_contents_link_what_is_ready_and_count_the_rest():
    ready, other = course.find("01"), course.find("02")
    text = index.Contents((ready, other))._repr_markdown_()
    assert f"[01 · {ready.title}](01_language_models.ipynb)" in text
    assert "](02" not in text and text.endswith("still to come: 02")
    assert "still to come" not in repr(index.Contents((ready,)))
