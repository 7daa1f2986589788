"""What the release runs stand on: memory of a tree of processes, a limit, the files of a hub."""

from __future__ import annotations

import subprocess
import sys
import time
import types

import hub_load
import limited
import psutil
import pytest
import served

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
