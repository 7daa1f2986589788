"""The start page: the map with its links, and the progress board."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from helpers import course, exercises, progress
from helpers.exercises import language_models
from helpers.explorers import index

LONG = replace(course.NOTEBOOKS[1], stem="trial", ready=False)


def notebooks(count):
    """The registry, cut to `count` notebooks or made longer by some that are not ready."""
    more = (replace(LONG, number=f"{number:02}") for number in range(8, count))
    return (*course.NOTEBOOKS, *more)[:count]


class Tags(HTMLParser):
    """The tags that are open, to see that each is closed in its turn."""

    def __init__(self):
        super().__init__()
        self.open, self.links = [], []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("count", [1, 4, 8, 9, 12])
def test_the_map_shows_every_notebook_in_reading_order_with_an_arrow_to_the_next(count):
    text = index.Map(notebooks(count))._repr_html_()
    assert re.findall(r"<b>(\d\d) ", text) == [n.number for n in notebooks(count)]
    assert text.count("→") == count - 1
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert len(repr(index.Map(notebooks(count))).splitlines()) == count


def test_the_map_links_what_is_ready_and_nothing_else():
    text, ready = index.course_map()._repr_html_(), [n for n in course.NOTEBOOKS if n.ready]
    tags = Tags()
    tags.feed(text)
    assert tags.links == [f"{notebook.name}.ipynb" for notebook in ready]
    assert text.count("to come") == len(course.NOTEBOOKS) - len(ready)
    assert repr(index.course_map()).count("(to come)") == len(course.NOTEBOOKS) - len(ready)


def test_the_map_escapes_what_a_registry_line_says():
    odd = replace(course.NOTEBOOKS[1], short="<i>&", gap="a < b", question='"?"')
    text = index.Map((odd,))._repr_html_()
    assert "&lt;i&gt;&amp;" in text and "a &lt; b" in text and 'title="&quot;?&quot;"' in text


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
    every = len(language_models.EXERCISES)
    assert repr(before).startswith(f"01: 0 of {every} exercises passed")
    progress.record("attempt", "1.1", passed=True, source="")
    progress.record("attempt", "1.2", passed=False, source="")
    after = repr(index.board({"01": language_models.door}))
    assert after.startswith(f"01: 1 of {every} exercises passed")
    assert "✔ 1.1 ★" in after
    assert "✘ 1.2 ★" in after
    assert "○ 1.5  " in after


def test_the_board_escapes_titles_and_says_the_same_in_html():
    board = index.Board({"<b>": [("1.1", "<unk> & more", True, 5, "passed")]})
    html = board._repr_html_()
    assert "&lt;unk&gt; &amp; more" in html
    assert "&lt;b&gt;" in html
    assert "1 of 1" in html and "✔ 1.1★" in html
