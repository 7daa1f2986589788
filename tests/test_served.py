"""What the release runs stand on: memory of a tree of processes, a limit, the files of a hub."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import types

import hub_load
import limited
import psutil
import pytest
import served
import websocket

CHILD = "import sys; x = bytearray({mb} << 20); print('there', flush=True); sys.stdin.read()"
PARENT = """
import subprocess, sys
children = [subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE) for code in sys.argv[1:]]
for child in children:
    child.stdout.readline()
print("all there", flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures as Linux does")


@pytest.fixture
def tree():
    """A process with two children that hold 30 and 90 MB."""
    codes = [CHILD.format(mb=size) for size in (30, 90)]
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *codes], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    parent.stdout.readline()
    yield parent.pid
    for process in psutil.Process(parent.pid).children():
        process.kill()
    parent.kill()
    parent.communicate()


def test_the_memory_of_a_tree_is_that_of_all_its_processes(tree):
    memory = served.Memory({"tree": tree})
    memory.look()
    assert 120 < memory.now["tree"] < 200
    assert memory.most == memory.peaks["tree"] == memory.now["tree"]


def test_over_the_limit_the_largest_process_is_killed_and_no_other(tree):
    memory = served.Memory({"tree": tree}, limit=100)
    memory.look()
    small, large = psutil.Process(tree).children()
    while large.status() != psutil.STATUS_ZOMBIE:       # its parent does not ask for it
        time.sleep(0.05)
    assert memory.kills == 1 and small.status() != psutil.STATUS_ZOMBIE
    memory.look()
    assert memory.kills == 1 and memory.now["tree"] < 100 < memory.most


def test_a_tree_that_has_ended_takes_nothing():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert served.tree_mb(process.pid) == {}


def ended(process, *asked):
    raise psutil.NoSuchProcess(process.pid)


def of_child(tree: int, place: int, method):
    """The method as it is, but of one child it says that it ended at this moment."""
    gone = psutil.Process(tree).children()[place]
    return lambda process, *asked: (ended if process == gone else method)(process, *asked)


def test_a_child_that_ends_while_it_is_looked_at_hides_none_behind_it(tree, monkeypatch):
    for name in ("memory_full_info", "cpu_times"):
        monkeypatch.setattr(psutil.Process, name, of_child(tree, 0, getattr(psutil.Process, name)))
    assert 90 < sum(served.tree_mb(tree).values()) < 130
    assert served.tree_cpu(tree) > 0


def test_the_watcher_goes_on_where_the_largest_ended_before_it_was_killed(tree, monkeypatch):
    monkeypatch.setattr(psutil.Process, "kill", ended)
    memory = served.Memory({"tree": tree}, limit=100)
    memory.look()
    assert memory.kills == 1 and memory.most > 100
    monkeypatch.undo()                                  # the fixture ends them


def test_what_ended_by_itself_is_stopped_and_what_does_not_listen_too():
    deaf = ("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
            "print('there', flush=True); time.sleep(600)")
    for code in ("print('there')", deaf):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        process.stdout.readline()
        served.stop(process, seconds=0.5)
        assert process.returncode is not None
        process.stdout.close()
    served.stop(process)


def test_a_learner_who_is_lost_at_the_second_notebook_is_told(monkeypatch):
    told = [{"seconds": 1, "error": ""}]

    def run(kernel, path):
        if told:
            return told.pop()
        raise websocket.WebSocketTimeoutException("timed out")

    monkeypatch.setattr(hub_load, "Kernel", lambda server, folder: None)
    monkeypatch.setattr(hub_load, "run_notebook", run)
    results = {}
    memory = types.SimpleNamespace(peaks={"learner0": 1.0})
    hub_load.work(None, os.getpid(), "learner0", memory, results)
    assert results["learner0"]["error"] == "WebSocketTimeoutException: timed out"


def test_a_learner_whose_server_never_comes_is_given_up_once_the_hub_has_ended(
        monkeypatch, tmp_path):
    monkeypatch.setattr(hub_load, "PLACE", tmp_path)
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "log").write_text("the port is taken")
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"])
    hub = types.SimpleNamespace(ask=lambda path, method="GET": {"servers": {}})
    with pytest.raises(RuntimeError, match=r"(?s)ended.*the port is taken"):
        hub_load.enter(hub, "learner0", process)
    process.wait()


def test_the_environment_is_made_anew_for_another_commit_only(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(hub_load, "PLACE", tmp_path)
    monkeypatch.setattr(limited, "make", lambda: made.append((tmp_path / "commit").exists()))
    monkeypatch.setattr(hub_load.subprocess, "run", lambda *asked, **how: None)
    monkeypatch.setattr(hub_load, "commit", lambda: "abc1234")
    hub_load.make()
    for said in ("abc1233", "abc1234"):
        (tmp_path / "commit").write_text(said)
        hub_load.make()
    assert made == [False, True]


def test_nothing_of_this_user_reaches_the_limited_run(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    seen = limited.environment(tmp_path)
    assert "COURSE_OFFLINE" not in seen and "PYTHONPATH" not in seen
    assert seen["PATH"].startswith(str(tmp_path))
    assert all(str(tmp_path) in seen[name] for name in ("HOME", "COURSE_HOME", "COURSE_CACHE"))


def test_the_hub_under_load_is_set_up_with_the_files_that_lecturers_get():
    spawner = types.SimpleNamespace(environment={})
    exec(hub_load.shipped("jupyterhub_config.py"), {"c": types.SimpleNamespace(Spawner=spawner)})
    assert spawner.environment["COURSE_CACHE"] == limited.environment()["COURSE_CACHE"]
    assert spawner.environment["COURSE_MY"] == "~/course"
    assert str(limited.PLACE / "course" / "tools") in hub_load.shipped("jupyter_server_config.py")
    assert "/srv/course" not in hub_load.shipped("jupyter_server_config.py")
