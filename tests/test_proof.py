"""A proof prints claim, number and bound on one line, the same everywhere, and can fail."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from helpers import corpora, proof

CLAIM = "the claim"


@pytest.fixture(autouse=True)
def own_texts(monkeypatch):
    """The texts of the course, whatever tests before these have read."""
    monkeypatch.setattr(corpora, "changed", list)


def words(capsys, seen, **bounds) -> list[str]:
    """What a proof of `seen` prints: number and bound."""
    proof.holds(CLAIM, seen, **bounds)
    line = capsys.readouterr().out
    assert line.startswith(f"✔ {CLAIM}") and line.endswith("\n") and line.count("\n") == 1
    return re.split(r"\s{2,}", line.strip())[1:]


@pytest.mark.parametrize("seen, bounds, shown, bound", [
    (0.97123, {"at_least": 0.95}, "0.971", "at least 0.95"),
    (2, {"at_most": 2}, "2", "at most 2"),
    (math.inf, {"at_least": math.inf}, "inf", "at least inf"),
    (5e-324, {"above": 0}, "5e-324", "above 0"),
    (9.1312e-13, {"below": 1e-10}, "9.13e-13", "below 1e-10"),
    (0.5, {"between": (0.5, 1)}, "0.5", "at least 0.5, at most 1"),
    (0.25, {"above": 0.1, "below": 0.3}, "0.25", "above 0.1, below 0.3"),
    (1.6312, {"equals": 1.63, "within": 0.05}, "1.63", "1.63 ± 0.05"),
    (0.5312, {"equals": 0.5, "within": 0.05}, "0.531", "0.5 ± 0.05"),
    (7, {"equals": 7}, "7", "exactly 7"),
    (0.0, {"equals": 0}, "0", "exactly 0"),
    (1234567, {"above": 1e6}, "1,234,567", "above 1,000,000"),
    (1234.56, {"above": 1000}, "1,235", "above 1,000"),
    (2.4761e21, {"above": 1e15}, "2.48e21", "above 1e15"),
    (np.float32(0.1), {"below": 1}, "0.1", "below 1"),
    (torch.tensor(0.25, requires_grad=True), {"below": 1 / 3}, "0.25", "below 0.333333"),
    ([3.0, 2.0, 1.5], {"falling": True}, "3, 2, 1.5", "falling"),
    (torch.tensor([1, 2, 3]), {"rising": True}, "1, 2, 3", "rising"),
    (np.linspace(0, 1, 50), {"rising": True}, "0 to 1", "rising"),
    (np.array([[2.0, 9.0], [4.0, 3.0]] * 9), {"at_least": 2}, "2 to 9", "at least 2"),
    ([1, 7, 17], {"equals": [1, 7, 17]}, "1, 7, 17", "exactly 1, 7, 17"),
    ("infinite", {"equals": "infinite"}, "infinite", "exactly infinite"),
    ([b"es"], {"equals": [b"es"]}, "[b'es']", "exactly [b'es']"),
    (0.123456, {"below": 1, "digits": 2}, "0.12", "below 1"),
])
def test_a_claim_that_holds_prints_what_was_seen_and_its_bound(capsys, seen, bounds, shown, bound):
    assert words(capsys, seen, **bounds) == [shown, bound]


@pytest.mark.parametrize("seen, bounds, shown", [
    (0.95031, {"above": 0.95}, "0.9503"),
    (0.9499999, {"below": 0.95}, "0.9499999"),
    (-2763.1021, {"equals": -2763.10, "within": 0.005}, "-2,763.1"),
    ([4.2104, 4.2101], {"falling": True}, "4.2104, 4.2101"),
])
def test_the_number_shown_keeps_the_bound_as_the_number_seen_does(capsys, seen, bounds, shown):
    assert words(capsys, seen, **bounds)[0] == shown


@pytest.mark.parametrize("seen, bounds", [
    (-1e-17, {"equals": 0, "within": 1e-9}), (4e-10, {"equals": 0, "within": 1e-9}),
    (-0.0, {"at_least": 0}), (-1e-17, {"equals": 0, "within": 0.1})])
def test_rounding_is_not_shown(capsys, seen, bounds):
    assert words(capsys, seen, **bounds)[0] == "0"
    assert words(capsys, 50 + seen, equals=50, within=1e-9)[0] == "50"


def test_truth_needs_no_number_and_a_hidden_number_is_hidden(capsys):
    for true in (True, np.bool_(True), torch.tensor([True, True]), np.ones(3, bool)):
        assert words(capsys, true) == []
    assert words(capsys, 3e-9, below=1e-6, digits=0) == ["below 1e-6"]


FAILING = [
    (False, {}), (np.array([True, False]), {}), ([], {"below": 3}), (np.zeros(0), {"rising": True}),
    (math.nan, {"below": 3}), (math.nan, {"at_least": 3}), (math.nan, {"equals": math.nan}),
    (0.95, {"above": 0.95}), (0.95, {"below": 0.95}), (1, {"at_least": 2}), (3, {"at_most": 2}),
    ([0.5, 3.0], {"at_most": 2}), ([3.0, 0.5], {"at_least": 2}), (0.3, {"between": (0.5, 1)}),
    (1.3, {"between": (0.5, 1)}), (0.1 + 0.2, {"equals": 0.3}), (1.7, {"equals": 1, "within": 0.5}),
    ([1.0, 1.0], {"rising": True}), ([1.0, 2.0], {"falling": True}), ([1.0], {"rising": True}),
    ([1, 2], {"rising": True, "below": 2}), ([1, 2], {"equals": [1, 2, 3]}), ("a", {"equals": "b"}),
    ([1, 2], {"equals": [1, 3]}), (np.arange(20)[::-1], {"rising": True}), ([], {"equals": []}),
]


@pytest.mark.parametrize("seen, bounds", FAILING)
def test_a_claim_that_does_not_hold_is_raised_with_its_line_and_a_cure(capsys, seen, bounds):
    with pytest.raises(AssertionError) as error:
        proof.holds(CLAIM, seen, **bounds)
    line, cure = str(error.value).split("\n", 1)
    assert line.startswith(f"✘ {CLAIM}") and "changed a cell above" in cure
    assert capsys.readouterr().out == ""


def test_the_number_that_failed_is_shown_though_it_is_hidden_where_it_holds():
    with pytest.raises(AssertionError, match="✘ the claim +0.031 +below 1e-6"):
        proof.holds(CLAIM, 0.031, below=1e-6, digits=0)


@pytest.mark.parametrize("seen, bounds", [
    (0.97, {}), ([1, 2], {}), ("text", {}), ("text", {"below": 3}), (None, {"above": 0})])
def test_what_proves_nothing_is_refused(seen, bounds):
    with pytest.raises(ValueError, match="proves nothing by itself"):
        proof.holds(CLAIM, seen, **bounds)


def test_a_difference_that_counts_is_shown_however_small():
    with pytest.raises(AssertionError, match="0.30000000000000004  exactly 0.3"):
        proof.holds(CLAIM, 0.1 + 0.2, equals=0.3)


def test_equal_shows_the_bound_and_not_the_rounding(capsys):
    mine = torch.ones(3, requires_grad=True)
    proof.equal(CLAIM, mine, np.ones(3) + 1e-9)
    proof.equal(CLAIM, [math.inf, 1.0], [math.inf, 1.0], within=0)
    proof.equal(CLAIM, np.full((2, 2), 0.5), 0.5, within=0.01)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[-1].strip() for line in lines] == [
        "difference at most 1e-6", "difference at most 0", "difference at most 0.01"]


@pytest.mark.parametrize("mine, theirs, said", [
    (np.ones((3, 1)), np.ones(3), r"shape \(3, 1\) +shape \(3,\)"),
    ([1.0, 1.031], [1.0, 1.0], "0.031 +difference at most 1e-6"),
    ([math.nan], [math.nan], "nan"), ([math.inf], [-math.inf], "inf"),
    ([], [], "nothing +difference at most")])
def test_what_differs_is_raised_with_the_largest_difference(mine, theirs, said):
    with pytest.raises(AssertionError, match=said):
        proof.equal(CLAIM, mine, theirs)


def test_texts_are_not_compared_within_a_tolerance():
    with pytest.raises(ValueError, match="equals"):
        proof.equal(CLAIM, "a", "a")


def test_the_lines_stand_in_columns_and_a_long_claim_is_wrapped(capsys):
    proof.holds("short", 1.5, above=1)
    proof.holds("a claim of many words " * 4, 22, above=1)
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.index("above") == last.index("above")
    assert last.startswith("  ") and len(last) < 80


def test_on_other_texts_a_claim_that_fails_is_told_and_not_raised(capsys, monkeypatch):
    monkeypatch.setattr(corpora, "changed", lambda: ["python_docs"], raising=False)
    proof.holds(CLAIM, 3, below=2)
    proof.equal(CLAIM, [1.0], [2.0])
    out = capsys.readouterr().out
    assert out.count("✘") == 2 and out.count("python_docs on this machine") == 2
    monkeypatch.setattr(corpora, "changed", list)
    with pytest.raises(AssertionError):
        proof.holds(CLAIM, 3, below=2)


def test_a_proof_loads_neither_torch_nor_widgets():
    script = ("import sys; from helpers import proof; proof.holds('x', 1, above=0); "
              "print(sorted({'torch', 'ipywidgets', 'matplotlib'} & set(sys.modules)))")
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True,
                         env={**os.environ, "PYTHONUTF8": "1"}, encoding="utf-8")
    assert run.stdout.splitlines()[-1] == "[]"
