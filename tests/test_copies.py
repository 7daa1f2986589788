"""The learner's copies: whatever the course and the learner change, no work is lost."""

import json
import re

import copies
import pytest

NEW = "01_topic.new.ipynb"


@pytest.fixture
def course(tmp_path):
    """A course with one notebook, delivered; returns its notebook and the learner's copy."""
    (tmp_path / "notebooks").mkdir()
    notebook = tmp_path / "notebooks" / "01_topic.ipynb"
    notebook.write_text("first edition")
    deliver(notebook)
    return notebook, tmp_path / "my" / "01_topic.ipynb"


def deliver(notebook):
    copies.deliver(notebook.parent, notebook.parents[1] / "my")


def test_a_copy_is_made_on_the_first_start(course):
    notebook, mine = course
    assert mine.read_text() == "first edition"


def test_a_changed_copy_stays_when_the_course_has_not_changed(course):
    notebook, mine = course
    mine.write_text("my work")
    deliver(notebook)
    assert mine.read_text() == "my work"
    assert sorted(path.name for path in mine.parent.glob("*.ipynb")) == ["01_topic.ipynb"]


def test_an_untouched_copy_follows_the_course(course):
    notebook, mine = course
    for edition in ("second edition", "third edition"):
        notebook.write_text(edition)
        deliver(notebook)
        assert mine.read_text() == edition


def test_where_both_changed_the_new_one_is_put_beside_once(course, capsys):
    notebook, mine = course
    mine.write_text("my work")
    notebook.write_text("second edition")
    deliver(notebook)
    assert mine.read_text() == "my work" and NEW in capsys.readouterr().out
    assert mine.with_name(NEW).read_text() == "second edition"
    mine.with_name(NEW).unlink()
    deliver(notebook)
    assert not mine.with_name(NEW).exists() and capsys.readouterr().out == ""


def test_a_second_new_edition_does_not_overwrite_work_done_in_the_first(course):
    notebook, mine = course
    mine.write_text("my work")
    notebook.write_text("second edition")
    deliver(notebook)
    mine.with_name(NEW).write_text("work in the new one")
    notebook.write_text("third edition")
    deliver(notebook)
    assert mine.with_name(NEW).read_text() == "work in the new one"
    assert mine.with_name("01_topic.new-2.ipynb").read_text() == "third edition"


@pytest.mark.parametrize("record", [None, "", "{", "[]", json.dumps({"other": "1"})])
def test_without_a_good_record_a_copy_that_differs_counts_as_changed(course, record):
    notebook, mine = course
    mine.write_text("my work")
    path = mine.with_name(".delivered.json")
    path.unlink() if record is None else path.write_text(record)
    deliver(notebook)
    assert mine.read_text() == "my work"


def test_a_deleted_copy_comes_back(course):
    notebook, mine = course
    mine.unlink()
    deliver(notebook)
    assert mine.read_text() == "first edition"


@pytest.mark.parametrize("number", ["01", "1", "01_topic"])
def test_reset_gives_a_fresh_copy_and_keeps_the_old_one(course, number):
    notebook, mine = course
    for work in ("my work", "more work"):
        mine.write_text(work)
        copies.reset(number, notebook.parent, mine.parent)
        assert mine.read_text() == "first edition"
    backups = list((mine.parent / "backup").iterdir())
    assert sorted(path.read_text() for path in backups) == ["more work", "my work"]
    assert all(re.match(r"01_topic-\d{8}-\d{6}(-2)?\.ipynb", path.name) for path in backups)


@pytest.mark.parametrize("number", ["", "07"])
def test_reset_of_an_unknown_number_lists_what_there_is(course, number):
    notebook, mine = course
    (notebook.parent / "index.ipynb").write_text("start here")
    with pytest.raises(ValueError, match=r"Name one of these: 01, index"):
        copies.reset(number, notebook.parent, mine.parent)
