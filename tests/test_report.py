"""What learners' notebooks pass is told truly, whatever stands in them, and nothing is hurt."""

from __future__ import annotations

import csv
import inspect
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from learners import Learner, code, solution

from helpers import course
from helpers.exercises import __main__ as command
from helpers.exercises import _marker, _reading, report
from helpers.exercises.language_models.counting import bigram_probability

READY = [notebook.stem for notebook in course.NOTEBOOKS if notebook.ready]
LOOP = "while True:\n    pass"
NO_END = "failed or not checked"         # who stops it depends on how busy the machine is
STUBBORN = """while True:
    try:
        while True:
            pass
    except BaseException:
        pass"""
PRINT = "print('x' * 10**6)"
CHECK = 'exercises.check("1.1", bigram_probability)'
BIGRAM = inspect.getsource(bigram_probability)


def marks_of(learner: Learner, tmp_path: Path) -> _marker.Marked:
    return _marker.mark(learner.save(tmp_path / "learner.ipynb"))


def assert_as_expected(marked: _marker.Marked, learner: Learner) -> None:
    assert not marked.trouble
    assert marked.marks.keys() == learner.expected.keys()
    for id, expected in learner.expected.items():
        assert marked.marks[id] in expected.split(" or "), (marked.path.stem, id, marked.why[id])


# What is read

def cells_of(tmp_path, *sources):
    learner = Learner()
    learner.book["cells"] = [code(source) for source in sources]
    return _reading.read(learner.save(tmp_path / "cells.ipynb"))


def names(pieces):
    return [cell.name for cell, _ in pieces]


def test_a_cell_needs_what_gives_its_names_a_value_and_what_that_needs_in_turn(tmp_path):
    cells = cells_of(tmp_path, "import math, os\nimport re", "print('not this one')", "base = 3",
                     "def helper(x):\n    other = x\n    return math.log(x, base)",
                     "other = 1",
                     "def f(x):\n    return helper(x)\n\nexercises.check('1.1', f)")
    assert names(_reading.needed(cells, 5)) == ["<code cell 1>", "<code cell 3>", "<code cell 4>"]


def test_a_cell_that_only_changes_what_is_needed_is_found_when_it_is_asked_for(tmp_path):
    cells = cells_of(tmp_path, "import math", "kept = {}", "kept['end'] = math.pi", "math.e",
                     "def f(x):\n    return math.pi, kept['end']\n\nexercises.check('1.1', f)")
    assert names(_reading.needed(cells, 4)) == ["<code cell 1>", "<code cell 2>"]
    assert names(_reading.needed(cells, 4, used=True)) == [f"<code cell {n}>" for n in (1, 2, 3)]


def test_what_is_handed_in_is_found_by_the_check_or_by_the_tag_and_magics_are_left_out(tmp_path):
    cells = cells_of(tmp_path, "%matplotlib inline\n!ls\nf?\nexercises.check('1.1', g)",
                     "%%bash\nexercises.check('1.2', g)", "check(\"1.3\", 4",
                     "if True:\n    %time x")
    assert [list(cell.handed) for cell in cells] == [["1.1"], [], ["1.3"], []]
    assert "no Python in line 1" in cells[2].fault
    assert not cells[0].fault and not cells[3].fault


def test_a_line_that_begins_with_a_percent_sign_may_go_on_with_the_one_above(tmp_path):
    cells = cells_of(tmp_path, 'text = ("%s %s"\n        % (1, 2))', "%time base = 0.0\n%time -x")
    assert [cell.fault for cell in cells] == ["", ""]
    assert [cell.rest.bound for cell in cells] == [{"text"}, {"base"}]


def test_an_answer_may_be_handed_in_by_the_name_of_its_parameter(tmp_path):
    cell, = cells_of(tmp_path, 'exercises.check("1.1", answer=mine)')
    assert cell.handed["1.1"].id == "mine"


@pytest.mark.parametrize("content, said", [
    (b"", "is an empty file"), (b"<html>", "not JSON"), (b"\xff\xfe\x00", "not JSON"),
    (b"[" * 200_000, "not JSON"), (b"[1]", "JSON of another kind"),
    (b'{"nbformat": 3, "worksheets": []}', "format 3, not 4")])
def test_a_file_that_is_no_notebook_is_called_what_it_is(tmp_path, content, said):
    path = tmp_path / "file.ipynb"
    path.write_bytes(content)
    with pytest.raises(_reading.UnreadableError, match=said):
        _reading.read(path)


def test_a_huge_file_is_not_even_read(tmp_path):
    path = tmp_path / "huge.ipynb"
    with path.open("wb") as file:
        file.truncate(_marker.LARGEST + 1)
    assert "larger than 50 MB" in _marker.mark(path).trouble


# What is told

def told(*rows):
    """Made-up results: (file, marks of 1.1 and 1.2), or (file, trouble)."""
    found = []
    for name, said in rows:
        one = _marker.Marked(Path(name), "01_language_models", [("1.1", True), ("1.2", False)])
        if isinstance(said, str):
            one = _marker.Marked(Path(name), trouble=said)
        else:
            for (id, _), mark in zip(one.exercises, said, strict=True):
                one.note(id, mark, "" if mark == "passed" else f"why {id}")
        found.append(one)
    return found


def test_the_table_has_a_row_for_each_learner_and_a_line_for_each_file_that_is_none():
    shown = "\n".join(report.tables(told(("anna.ipynb", ("passed", "failed")),
                                         ("ben.ipynb", ("not attempted", "not checked")),
                                         ("c.ipynb", "is an empty file"))))
    assert [line.split() for line in shown.splitlines()[1:]] == [
        ["learner", "1.1★", "1.2", "passed"], ["anna", "✓", "✗", "1", "(1", "★)"],
        ["ben", "–", "!", "0", "(0", "★)"], ["!", "c", "is", "an", "empty", "file"]]


def test_two_files_of_one_name_are_told_apart_by_their_folders():
    rows = told(("anna/01.ipynb", ("passed",) * 2), ("ben/01.ipynb", ("failed",) * 2))
    assert report.names_of(rows) == ["anna/01.ipynb", "ben/01.ipynb"]
    assert list(report.reasons(rows)) == [
        "ben/01.ipynb 1.1 ✗ why 1.1", "ben/01.ipynb 1.2 ✗ why 1.2"]


def test_the_csv_says_the_same_in_words_and_no_name_becomes_a_formula(tmp_path):
    report.write_csv(tmp_path / "t.csv", told(("=SUM(A1).ipynb", ("passed", "failed")),
                                              ("c.ipynb", "is an empty file")))
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["learner", "notebook", "passed", "starred", "1.1", "1.2", "trouble"],
            ["'=SUM(A1)", "01_language_models", "1", "1", "passed", "failed", "1.2: why 1.2"],
            ["c", "", "0", "0", "", "", "is an empty file"]]


def test_what_a_learner_writes_into_a_reason_is_one_line_without_control_characters():
    assert _marker.clean("a\x1b[31m\n b\r\u202e c") == "a [31m b c"
    assert len(_marker.clean("x" * 10_000)) == _marker.WHY


def test_folders_and_patterns_are_taken_and_a_name_of_nothing_is_said(tmp_path):
    for name in ("b.ipynb", "a.ipynb", "notes.txt"):
        (tmp_path / name).touch()
    wanted = [tmp_path / "a.ipynb", tmp_path / "b.ipynb"]
    assert report.find_files([str(tmp_path)]) == wanted
    assert report.find_files([str(tmp_path / "*.ipynb"), str(wanted[0])]) == wanted
    with pytest.raises(ValueError, match="no notebook at '.*missing"):
        report.find_files([str(tmp_path / "missing*")])


def test_a_pattern_of_folders_means_their_notebooks_and_never_checkpoints(tmp_path):
    for name in ("anna/1.ipynb", "ann/2.ipynb", "ann/.ipynb_checkpoints/2-checkpoint.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    wanted = [tmp_path / "ann/2.ipynb", tmp_path / "anna/1.ipynb"]
    for pattern in ("an*", "**/*.ipynb"):
        assert report.find_files([str(tmp_path / pattern)]) == wanted


def test_a_csv_that_cannot_be_written_costs_nobody_the_table(tmp_path, capsys):
    notebook, table = tmp_path / "c.ipynb", tmp_path / "t.csv"
    notebook.touch()
    table.mkdir()
    assert command.main(["report", str(notebook), "--csv", str(table)]) == 1
    shown = capsys.readouterr()
    assert "c is an empty file" in shown.out and "t.csv cannot be written" in shown.err


@pytest.mark.parametrize("seconds", ["abc", "0", "inf", "nan"])
def test_seconds_that_are_none_are_said(seconds, capsys):
    with pytest.raises(SystemExit):
        command.main(["report", "x", "--seconds", seconds])
    assert f"{seconds} is no number of seconds above 0" in capsys.readouterr().err


# The walls

EVENTS = ["os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.kill",
          "os.startfile", "os.killpg", "subprocess.Popen", "webbrowser.open", "socket.connect",
          "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
          "socket.sendmsg", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link",
          "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.utime", "shutil.rmtree",
          "shutil.move", "sqlite3.connect"]
WALLED = """import sys
from pathlib import Path
from helpers.exercises import _walls
_walls.limit_time(7)
_walls.build(Path.cwd())
for event in sys.argv[1:]:
    try:
        sys.audit(event, "/x", "/y", 0)
    except PermissionError:
        print(event)
try:
    import resource
    print(resource.getrlimit(resource.RLIMIT_CPU)[1], resource.getrlimit(resource.RLIMIT_FSIZE)[1])
except ImportError:
    print("8 52428800")
"""


@pytest.fixture(scope="module")
def walled():
    """The events that are refused behind the walls; last, the limits there."""
    done = subprocess.run([sys.executable, "-c", WALLED, *EVENTS], capture_output=True, text=True,
                          check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("event", EVENTS)
def test_the_walls_refuse(walled, event):
    assert event in walled


def test_behind_the_walls_time_and_the_size_of_a_file_are_limited(walled):
    assert walled[-1] == f"8 {50 * 2**20}"


def start(*command):
    return subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)


def test_of_a_process_that_says_too_much_only_the_beginning_is_read():
    talks = start(sys.executable, "-c", "print('sign{\"begin\": \"' + 'x' * 2_000_000 + '\"}')")
    try:
        said = list(_marker._listen(talks, b"sign", time.monotonic() + 60))
    finally:
        _marker._end(talks)
        talks.communicate()
    assert said == [{"lost": "It made the marker say more than is read."}]


@pytest.mark.skipif(sys.platform == "win32", reason="no groups of processes on this system")
def test_what_a_process_has_started_ends_with_it():
    shell = start("sh", "-c", "sleep 60 & echo begun; wait")
    assert shell.stdout.readline() == b"begun\n"
    _marker._end(shell)
    assert shell.communicate(timeout=20) == (b"", None)     # nobody holds the pipe any more


def test_an_interrupt_ends_all_marking_at_once(tmp_path, monkeypatch):
    paths = [Learner().solve().save(tmp_path / f"{number}.ipynb") for number in range(4)]
    begun = []

    def interrupted(jobs):
        begun.extend(jobs)
        while not _marker._running:
            time.sleep(0.001)
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "as_completed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        report.mark_all(paths)
    assert not any(job.result().marks.get("1.11") == "passed" for job in begun
                   if not job.cancelled())
    assert not _marker._running and not _marker.stopped.is_set()


# What is marked

def test_right_wrong_and_unwritten_answers_are_told_apart(tmp_path, capsys):
    learner = Learner().solve("1.2", "1.3")
    learner.write("1.1", solution("1.1", "return pairs[previous, word]"), "failed")
    path = learner.save(tmp_path / "anna.ipynb")
    assert command.main(["report", str(path), "--why", "--csv", str(tmp_path / "t.csv")]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[2].split() == ["anna", "✗", "✓", "✓", *"––––––––", "2", "(2", "★)"]
    assert "anna 1.1 ✗ You returned the count." in shown
    assert "failed,passed,passed" in (tmp_path / "t.csv").read_text(encoding="utf-8")


def test_a_notebook_that_attacks_its_marker_gets_its_lines_and_no_false_tick(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    learner = Learner().solve("1.4")
    learner.put("1.1", f"{CHECK}\nimport os\nos._exit(0)", "not checked")
    learner.write("1.2", solution("1.2", "raise SystemExit"), "failed")
    learner.write("1.3", solution("1.3", LOOP), NO_END)
    learner.put("1.5", "print('✔ 1.5 Entropy rate: right.')\nfor n in range(3, 9):\n    try:\n"
                "        __import__('os').write(n, b'{\"id\": \"1.5\", \"mark\": \"passed\"}\\n')\n"
                "    except OSError:\n        pass\nwhile True: pass", "not checked")
    learner.write("1.6", solution("1.6", "import os\nos.fork()"), "failed")
    learner.write("1.7", solution("1.7", f"open({str(outside)!r}, 'w')"), "failed")
    learner.write("1.8", solution("1.8", f"import os\nos.remove({str(outside)!r})"), "failed")
    learner.put("1.9", "import helpers.exercises.engine as e\ne.examine = lambda *a: None\n"
                "e.judge.__globals__['examine'] = e.examine\n"
                + solution("1.9", "return 2") + 'exercises.check("1.9", leaked_share)',
                "not checked")
    connect = "import socket\nsocket.create_connection(('1.1.1.1', 1))"
    learner.write("1.10", solution("1.10", connect), "failed")
    learner.put("1.11", 'raise type("E" * 2_000_000, (Exception,), {})', "failed")
    assert_as_expected(marked := marks_of(learner, tmp_path), learner)
    assert outside.read_text() == "precious"
    assert "no other processes" in marked.why["1.6"]
    assert "no network" in marked.why["1.10"]
    assert "nothing outside its folder is written" in marked.why["1.7"]
    assert "changes the checks" in marked.why["1.9"]
    assert "where only the marker writes" in marked.why["1.5"]
    assert "ended the process" in marked.why["1.1"]


def test_an_answer_may_use_other_cells_and_hand_in_by_any_way(tmp_path):
    learner = Learner()
    half = BIGRAM.replace("def bigram_probability", "def mine")
    learner.add_above("1.1", half)
    learner.put("1.1", "exercises = None\n1 / 0\nexercises.check('1.1', mine)", "passed")
    learner.solve("1.2").cell("1.2")["metadata"]["tags"] = []
    learner.solve("1.3")
    last = learner.cell("1.3")
    last["source"] = last["source"].replace("exercises.check", "# exercises.check")
    learner.solve("1.4")
    learner.put("1.5", "from helpers.exercises.language_models.beyond import RATE\n"
                "exercises.check('1.5', RATE.solution)", "not checked")
    learner.put("1.6", "def most_frequent_pair(words:\n", "failed")
    assert_as_expected(marks_of(learner, tmp_path), learner)


# Thirty learners

def make_thirty(folder: Path) -> dict[Path, Learner | str]:
    """The files, each with its learner, whose `expected` is known, or with the words of trouble."""
    made, hostile = {}, hostile_learners(folder)
    for stem in READY:
        made[f"{stem} all"] = Learner(stem).solve()
        ids = list(made[f"{stem} all"].exercises)
        made[f"{stem} half"] = Learner(stem).solve(*ids[::3]).err(*ids[1::3])
    made |= dict(list(hostile.items())[:30 - len(FILES) - len(made)])
    files = {learner.save(folder / f"{name}.ipynb"): learner for name, learner in made.items()}
    for name, (content, said) in FILES.items():
        path = folder / f"{name}.ipynb"
        path.write_bytes(content)
        files[path] = said
    return files


FILES = {
    "empty": (b"", "empty file"), "page": (b"<!doctype html>", "not JSON"),
    "old": (b'{"nbformat": 3, "worksheets": []}', "format 3"),
    "other": (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "1"}, 3]}',
              "no exercise"),
}


def hostile_learners(folder: Path) -> dict[str, Learner]:
    """Those that the fast test has not had."""
    return {
        "loops": Learner().put("1.1", f"{LOOP}\n{CHECK}", NO_END).solve("1.2"),
        "stubborn": Learner().write("1.1", solution("1.1", STUBBORN), NO_END).solve("1.2"),
        "gigabyte": Learner().put("1.1", f"{BIGRAM}\nfor _ in range(1000):\n    {PRINT}\n{CHECK}",
                                  "passed").write(
            "1.2", solution("1.2", f"while True:\n    {PRINT}"), NO_END),
        "memory": Learner().write("1.1", solution("1.1", "len(bytearray(10**11))"), "failed").write(
            "1.2", solution("1.2", "x = [0]\nwhile True:\n    x += x"), NO_END).solve("1.3"),
        # of 1.1 anything may be told: that 1.2 is marked all the same is what counts
        "threads": Learner().put("1.1", "import threading, time\nfor _ in range(3000):\n"
                                 "    threading.Thread(target=time.sleep, args=(99,)).start()\n"
                                 f"{BIGRAM}{CHECK}", f"{NO_END} or passed").solve("1.2"),
        "redefined": Learner().put("1.1", "class exercises:\n    def check(*a): print('✔')\n"
                                   + solution("1.1", "return 7") + CHECK, "failed"),
        "same": Learner().put("1.1", "from helpers.exercises import _calling\n"
                              "_calling.same = lambda *a: True\n"
                              + solution("1.1", "return 0.123") + CHECK, "not checked"),
        "mine": Learner().put("1.1", solution("1.1", "return 7") +
                              "bigram_probability = exercises.mine('1.1', bigram_probability)\n"
                              + CHECK, "failed"),
        "no imports": no_imports(),
        "changed above": changed_above(),
        "killer": Learner().put("1.1", "import os, signal\nos.kill(os.getppid(), 9)\n" + BIGRAM
                                + CHECK, "passed"),
        "reader": Learner().write("1.1", solution("1.1", "return input()"), "failed"),
    }


def changed_above() -> Learner:
    """The answer needs what a cell above does to a name, and gives it no value."""
    learner = Learner().add_above("1.1", "kept = {}").add_above("1.1", "kept['end'] = 0.0")
    return learner.put("1.1", BIGRAM.replace("0.0", "kept['end']") + CHECK, "passed")


def no_imports() -> Learner:
    """The first cell is gone, the learner imports in the answer's cell."""
    learner = Learner().put("1.1", f"from collections import Counter\n{BIGRAM}{CHECK}", "passed")
    learner.book["cells"].remove(learner.cells()[0])
    return learner


@pytest.mark.slow
def test_thirty_notebooks_are_marked_as_they_should_be_and_nothing_is_left_behind(tmp_path):
    files = make_thirty(tmp_path)
    assert len(files) == 30
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    marked = report.mark_all(list(files))
    for one in marked:
        wanted = files[one.path]
        if isinstance(wanted, str):
            assert wanted in one.trouble, one.path.stem
        else:
            assert_as_expected(one, wanted)
    assert len("\n".join(report.tables(marked)).splitlines()) >= 30
    left = {process.pid for process in psutil.Process().children(recursive=True)} - before
    assert not left
    assert sorted(tmp_path.iterdir()) == sorted(files)
