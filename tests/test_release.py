"""`make release`: what is measured is kept, what cannot be measured is said."""

import json
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


def test_a_part_whose_tool_is_not_there_and_one_that_fails_are_said_and_the_rest_is_measured(
        figures, monkeypatch, capsys):
    parts = {"site": release.tool("no_such_tool"), "bad": lambda: {"share": 1 / 0},
             "good": lambda: {"b": 3}}
    assert carried_out(monkeypatch, parts) == 1
    said = capsys.readouterr().err
    assert "site left out: tools/no_such_tool.py is not there" in said
    assert "bad failed:" in said and "ZeroDivisionError" in said
    assert set(json.loads(figures.read_text())) == {"old", "good"}


def test_a_tool_that_misses_a_package_is_a_failure_and_no_missing_tool(monkeypatch, tmp_path):
    (tmp_path / "needs_more.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        release.tool("needs_more")()


def test_an_unknown_part_is_refused_with_those_that_there_are(figures, monkeypatch):
    with pytest.raises(SystemExit, match="no part films: there are slides, site"):
        carried_out(monkeypatch, {"slides": dict, "site": dict}, "slides", "films")
