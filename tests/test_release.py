"""`make release`: what is measured is kept, what cannot be measured is said."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import release


@pytest.fixture
def figures(tmp_path, monkeypatch) -> Path:
    """The file of the figures, in which one part was measured before."""
    path = tmp_path / "release.json"
    path.write_text('{"old": {"figures": {"a": 1}}}')
    monkeypatch.setattr(release, "FIGURES", path)
    return path


def carried_out(monkeypatch, parts: dict, *names: str) -> int:
    monkeypatch.setattr(release, "PARTS", parts)
    monkeypatch.setattr(sys, "argv", ["release.py", *names])
    return release.main()


def test_figures_are_kept_with_their_day_and_versions_and_what_was_measured_before_stays(
        figures, monkeypatch):
    parts = {"old": lambda: {"a": 2}, "new": lambda: {"b": 3}}
    assert carried_out(monkeypatch, parts, "new") == 0
    kept = json.loads(figures.read_text())
    assert kept["old"] == {"figures": {"a": 1}} and kept["new"]["figures"] == {"b": 3}
    assert {"python", "torch"} <= set(kept["new"]["versions"])
    assert kept["new"]["date"].count("-") == 2


def test_a_part_that_fails_is_said_and_the_rest_is_measured(figures, monkeypatch, capsys):
    parts = {"site": release.tool("no_such_tool"), "bad": lambda: {"share": 1 / 0},
             "good": lambda: {"b": 3}}
    assert carried_out(monkeypatch, parts) == 1
    said = capsys.readouterr().err
    assert "site failed:" in said and "No module named 'no_such_tool'" in said
    assert "bad failed:" in said and "ZeroDivisionError" in said
    assert set(json.loads(figures.read_text())) == {"old", "good"}


def test_figures_say_of_which_commit_they_are_where_there_is_git(monkeypatch, tmp_path):
    monkeypatch.setattr(release, "ROOT", tmp_path)
    assert release.circumstances()["commit"] == ""
    for words in ("init -q", "-c user.name=a -c user.email=b commit -q --allow-empty -m 1"):
        subprocess.run(["git", *words.split()], cwd=tmp_path, check=True)
    assert re.fullmatch("[0-9a-f]{7,}", release.circumstances()["commit"])


def test_an_unknown_part_is_refused_with_those_that_there_are(figures, monkeypatch):
    with pytest.raises(SystemExit, match="no part films: there are slides, site"):
        carried_out(monkeypatch, {"slides": dict, "site": dict}, "slides", "films")
