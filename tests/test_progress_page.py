"""The learner's progress as a page: what it says, and that it is one sheet."""

import browser_lab
import pytest

from helpers import exercises, progress
from helpers.explorers import index

MM = 25.4 / 96                       # of a pixel of CSS


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A learner's folder of its own."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(progress, "_unsaved", {})
    return tmp_path


def page(home):
    file = index.write_progress(exercises.doors(), home / "progress.html")
    return file, file.read_text(encoding="utf-8")


def test_a_page_of_nothing_yet_names_every_exercise_and_no_day(home):
    _, text = page(home)
    rows = [row for door in exercises.doors().values() for row in door.board()]
    assert text.count("<li>") == len(rows) and f"0 of {len(rows)} exercises passed" in text
    assert "✔</span>" not in text and "<time>" not in text and "Last passed" not in text


def test_what_was_passed_has_the_day_of_its_first_pass_and_what_was_tried_a_cross(home):
    times = iter(["2026-03-02T08:00:00+00:00", "2026-03-09T08:00:00+00:00"])
    folder = progress.home()
    folder.mkdir(parents=True)
    lines = [f'{{"time": "{time}", "kind": "attempt", "id": "1.1", "passed": true}}'
             for time in times]
    lines.append('{"time": "2026-03-10T08:00:00+00:00", "kind": "attempt", "id": "1.2", '
                 '"passed": false}')
    (folder / "progress.jsonl").write_text("\n".join(lines) + "\n")
    _, text = page(home)
    passed, tried = (next(line for line in text.split("\n") if f"</span>{id}" in line)
                     for id in ("1.1★", "1.2"))
    assert "✔" in passed and "<time>2026-03-02</time>" in passed
    assert "✘" in tried and "<time>" not in tried
    assert "Last passed: 2026-03-02." in text and ": 1 of 11" in text


def test_what_an_event_says_cannot_become_a_part_of_the_page(home):
    folder = progress.home()
    folder.mkdir(parents=True)
    (folder / "progress.jsonl").write_text(
        '{"time": "<script>x", "kind": "attempt", "id": "1.1", "passed": true}\n')
    assert "<script" not in page(home)[1]


@pytest.mark.browser
def test_the_page_is_one_sheet_even_if_all_is_passed(home):
    for door in exercises.doors().values():
        for id, *_ in door.board():
            progress.record("attempt", id, passed=True)
    file, _ = page(home)
    with browser_lab.browser() as chromium:
        shown = chromium.new_page(viewport={"width": 1000, "height": 1123})
        shown.goto(file.as_uri())
        high, wide = shown.evaluate("() => [document.body.getBoundingClientRect().height, "
                                    "document.body.scrollWidth]")
        assert high * MM <= 297 and wide * MM <= 210.5
        shown.set_viewport_size({"width": 400, "height": 900})
        assert shown.evaluate("document.documentElement.scrollWidth") <= 400
