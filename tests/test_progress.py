"""What the learner did: nothing is lost, nothing raises."""

import json
import os
import signal
import subprocess
import sys

import pytest

from helpers import progress

WRITER = """
import sys
from helpers import progress
progress.LOCK_SECONDS = 600     # a busy machine may write slowly
for number in range(int(sys.argv[2])):
    progress.record("attempt", sys.argv[1], number=number, source="x" * 2000)
    print(number, flush=True)
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A learner's folder of its own, and a session in which nothing was said or kept yet."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(progress, "_unsaved", {})
    monkeypatch.setattr(progress, "_told", set())
    return tmp_path / "home"


def writer(name, count):
    command = [sys.executable, "-c", WRITER, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_home_is_the_folder_named_in_the_environment_else_the_data_folder(home, monkeypatch):
    assert progress.home() == home
    monkeypatch.delenv("COURSE_HOME")
    assert "perplexity-to-pretraining" in str(progress.home())


def test_an_untouched_course_has_no_events_and_makes_no_folder(home):
    assert progress.events() == []
    assert progress.passed() == set()
    assert not home.exists()


def test_events_come_back_in_order_with_time_kind_id_and_details():
    progress.record("attempt", "1.4", passed=False, source="return 1")
    progress.record("attempt", "1.4", passed=True, source="return 2")
    progress.record("attempt", "1.5", passed=False, source="")
    progress.record("answer", "1.2", option="infinite")
    progress.record("answer", "1.2", option="a bit larger")
    assert [event["id"] for event in progress.events()] == ["1.4", "1.4", "1.5", "1.2", "1.2"]
    assert progress.events()[0]["time"].endswith("+00:00")
    assert progress.passed() == {"1.4"}
    assert [attempt["source"] for attempt in progress.attempts("1.4")] == ["return 1", "return 2"]
    assert progress.answers() == {"1.2": "a bit larger"}


def test_a_pass_is_not_lost_by_a_later_failure():
    progress.record("attempt", "1.4", passed=True)
    progress.record("attempt", "1.4", passed=False)
    assert progress.passed() == {"1.4"}


@pytest.mark.parametrize(
    "source", ["x = '\ud800'", "é 的 \U0001f600 \u2028 \r\n\x00", "y" * 100_000]
)
def test_any_source_comes_back_as_it_was(home, source):
    progress.record("attempt", "1.1", source=source)
    progress.record("attempt", "1.1", source="after")
    assert [attempt["source"] for attempt in progress.attempts("1.1")] == [source, "after"]
    assert (home / "progress.jsonl").read_bytes().isascii()


def test_a_detail_that_json_does_not_know_is_kept_as_text():
    progress.record("attempt", "1.1", value={1, 2})
    assert progress.events()[0]["value"] == "{1, 2}"


class Broken:
    """An object that cannot even be shown."""

    def __repr__(self):
        raise KeyError("no repr")


KNOT = [1]
KNOT.append(KNOT)


@pytest.mark.parametrize("value, kept", [
    ({(1, 2): "a"}, "{(1, 2): 'a'}"),
    ([{"inner": {("a",): 1}}], "[{'inner': {('a',): 1}}]"),
    (KNOT, "[1, [...]]"),
    ({1: {2}}, {"1": "{2}"}),
    (10**5000, "<int that has no repr>"),
    (Broken(), "<Broken that has no repr>"),
    ({(1, 2): Broken()}, "<dict that has no repr>"),
], ids=range(7))
def test_no_detail_makes_record_raise_or_lose_the_event(value, kept, capsys):
    progress.record("attempt", "1.1", value=value, passed=True)
    (event,) = progress.events()
    assert event["value"] == kept
    assert event["passed"] is True
    assert capsys.readouterr().out == ""


def test_what_waits_in_memory_is_what_the_file_would_hold(home):
    home.write_text("in the way")
    value = {(1, 2): [3]}
    progress.record("attempt", "1.1", value=value)
    value.clear()
    assert progress.events()[0]["value"] == "{(1, 2): [3]}"


def test_damaged_lines_are_kept_byte_for_byte_skipped_and_told_once(home, capsys):
    progress.record("attempt", "1.1", passed=True)
    path = home / "progress.jsonl"
    damage = b'\xff\xfe half\n{"time": "x"}\n[1]\n\n' + b"[" * 100_000 + b'\n{"kind": "att'
    before = path.read_bytes() + damage
    path.write_bytes(before)
    progress.record("attempt", "1.2", passed=True)
    assert path.read_bytes().startswith(before)
    assert progress.passed() == progress.passed() == {"1.1", "1.2"}
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert said[0].startswith("5 damaged line(s)")
    assert str(path) in said[0]


def test_several_processes_at_once_lose_no_event():
    writers = [writer(name, 15) for name in "abc"]
    assert [process.wait() for process in writers] == [0, 0, 0]
    for name in "abc":
        assert [event["number"] for event in progress.attempts(name)] == list(range(15))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_writer_killed_in_the_middle_leaves_whole_lines_and_a_free_lock(home, capsys):
    process = writer("killed", 100_000)
    for _ in range(5):
        process.stdout.readline()
    process.kill()
    process.communicate()
    progress.record("attempt", "after")
    numbers = [event["number"] for event in progress.attempts("killed")]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 5
    assert len(progress.attempts("after")) == 1
    assert capsys.readouterr().out == ""


def test_a_half_written_second_file_does_no_harm(home):
    progress.record("attempt", "1.1")
    (home / "progress.tmp").write_bytes(b'{"time": "half')
    assert len(progress.events()) == 1
    progress.record("attempt", "1.2")
    assert [event["id"] for event in progress.events()] == ["1.1", "1.2"]


def test_a_crash_before_the_replacement_leaves_the_old_file(home, monkeypatch, capsys):
    progress.record("attempt", "1.1")
    before = (home / "progress.jsonl").read_bytes()

    def crash(number):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", crash)
    progress.record("attempt", "1.2")
    assert (home / "progress.jsonl").read_bytes() == before


def test_a_home_that_cannot_be_written_is_told_once_and_kept_in_memory(tmp_path, capsys):
    (tmp_path / "home").write_text("a file where the folder should be")
    for number in range(3):
        progress.record("attempt", "1.1", passed=True, number=number)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert "cannot be saved" in said[0]
    assert [event["number"] for event in progress.events()] == [0, 1, 2]
    assert progress.passed() == {"1.1"}


def test_what_waited_in_memory_is_written_once_the_home_can_be_written(home):
    home.write_text("in the way")
    progress.record("attempt", "early")
    home.unlink()
    progress.record("attempt", "late")
    lines = (home / "progress.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["early", "late"]
    assert [event["id"] for event in progress.events()] == ["early", "late"]


def test_a_progress_file_that_cannot_be_read_is_told_and_not_raised(home, capsys):
    (home / "progress.jsonl").mkdir(parents=True)
    assert progress.events() == []
    assert "cannot be read" in capsys.readouterr().out
