"""The start page: the map and the progress board."""

from helpers import progress
from helpers.exercises import language_models
from helpers.explorers import index


def test_the_map_shows_every_notebook_once_and_frames_those_that_are_ready():
    axes, = index.arc_figure().axes
    boxes = [text for text in axes.texts if text.get_bbox_patch() is not None]
    assert [box.get_text()[:2] for box in boxes] == [number for number, *_ in index.ARC]
    heavy = [box.get_text()[:2] for box in boxes if box.get_weight() == "bold"]
    assert heavy == [number for number, _, _, ready in index.ARC if ready]


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
