"""The first line of a notebook, the CPUs it may use, the closed network, the set-up card."""

import math
import os
import random
import re
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib import rc_context, rcParams
from matplotlib.colors import to_rgb

from helpers import plots, session
from helpers.corpora import python_docs
from helpers.session import first_line, offline, set_up

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _leave_everything_as_it_was(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "progress"))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    threads = torch.get_num_threads()
    with rc_context():
        yield
    torch.set_num_threads(threads)


def run_offline(code):
    """Run Python code in a process of its own, after session.start with COURSE_OFFLINE=1."""
    code = "from helpers import session; session.start()\nimport socket, asyncio\n" + code
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "COURSE_OFFLINE": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


# start


def test_start_gives_the_same_random_numbers_each_time():
    draws = []
    for seed in (3, 3, 4):
        session.start(seed)
        draws.append((random.random(), np.random.rand(), torch.rand(1).item()))
    assert draws[0] == draws[1]
    assert all(a != b for a, b in zip(draws[0], draws[2], strict=True))


def test_start_prints_one_line_with_public_versions(capsys, monkeypatch):
    monkeypatch.setattr(torch, "__version__", "2.13.0+cpu")
    session.start(7)
    line = capsys.readouterr().out
    assert re.fullmatch(r"Seed 7\. numpy [\d.]+, torch 2\.13\.0, matplotlib [\d.]+\.\n", line)


@pytest.mark.parametrize("name", ["BINDER_LAUNCH_HOST", "BINDER_REQUEST", "BINDER_REPO_URL"])
def test_on_binder_and_only_there_start_says_that_work_is_lost(capsys, monkeypatch, name):
    session.start()
    assert "Binder" not in capsys.readouterr().out
    monkeypatch.setenv(name, "https://binder.example.org/")
    session.start()
    assert "your work is lost when the session ends" in capsys.readouterr().out


def test_start_gives_torch_the_usable_cpus(monkeypatch):
    for cpus in (1, 2):
        monkeypatch.setattr(first_line, "usable_cpus", lambda n=cpus: n)
        session.start()
        assert torch.get_num_threads() == cpus


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "0", None, True])
def test_a_seed_that_numpy_would_not_take_is_refused(seed):
    with pytest.raises(ValueError, match="seed="):
        session.start(seed)


def contrast(first, second):
    def luminance(colour):
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_figures_are_opaque_white_cards_with_dark_and_large_letters():
    session.start()
    assert rcParams["figure.facecolor"] == rcParams["axes.facecolor"] == "white"
    assert rcParams["savefig.facecolor"] == "white"
    for name in ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"):
        assert contrast(rcParams[name], "white") >= 10
    assert all(rcParams[f"{name}tick.labelsize"] >= 11 for name in "xy")
    assert rcParams["font.size"] >= 11
    assert not rcParams["axes.spines.top"] and not rcParams["axes.spines.right"]


def test_there_is_one_style_for_the_courses_figures_and_the_learners_own():
    style = session.figure_style()
    assert style == plots.style.STYLE
    assert plots.blank().get_facecolor()[:3] == to_rgb(style["figure.facecolor"])
    assert plots.blank().dpi == style["figure.dpi"]


def test_lines_differ_in_colour_and_in_dashes():
    cycle = list(session.figure_style()["axes.prop_cycle"])
    assert len(cycle) == len({c["color"] for c in cycle}) == len({c["linestyle"] for c in cycle})
    assert not {"#F0E442", "#000000"} & {c["color"] for c in cycle}
    assert all(contrast(c["color"], "white") > 2 for c in cycle)


@pytest.mark.parametrize("build, times", [("0", 2), ("1", 1.5)])
def test_a_figure_is_shown_with_more_pixels_than_its_place_has(monkeypatch, build, times):
    monkeypatch.setenv("COURSE_BUILD", build)
    png, place = session.picture(plots.blank(4, 2))
    wide, high = (int.from_bytes(png[start:start + 4], "big") for start in (16, 20))  # of a PNG
    assert place == {"width": 440, "height": 220}
    assert (wide, high) == (440 * times, 220 * times)


# CPUs and memory


def fake_groups(folder, own, files):
    """Write a fake /proc/self/cgroup and a fake /sys/fs/cgroup; return the paths of both."""
    (folder / "own").write_text(own)
    for name, text in files.items():
        (folder / "groups" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "groups" / name).write_text(text)
    return folder / "groups", folder / "own"


V1 = "3:memory:/\n2:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n"
QUOTAS = {
    "v2, own group": ("0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
    "v2, no quota": ("0::/\n", {"cpu.max": "max 100000\n"}, math.inf),
    "v2, a group around": (
        "0::/a/b\n", {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "300000 100000\n"}, 3),
    "v2, smallest": ("0::/a\n", {"a/cpu.max": "400000 100000", "cpu.max": "200000 100000"}, 2),
    "v2, smallest inside": ("0::/a\n", {"a/cpu.max": "2 1", "cpu.max": "4 1"}, 2),
    "v2, another group": ("0::/a\n", {"b/cpu.max": "50000 100000"}, math.inf),
    "v1": (V1, {"cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "50000\n",
                "cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n"}, 0.5),
    "v1, seen from inside": (V1, {"cpu/cpu.cfs_quota_us": "200000\n",
                                  "cpu/cpu.cfs_period_us": "100000\n"}, 2),
    "v1, no quota": (V1, {"cpu/cpu.cfs_quota_us": "-1\n",
                          "cpu/cpu.cfs_period_us": "100000\n"}, math.inf),
    "v2 beside v1": ("0::/\n", {"unified/cpu.max": "100000 100000"}, 1),
    "nonsense": ("what\n\n0::/../x\n", {"cpu.max": "many\n"}, math.inf),
}  # fmt: skip


@pytest.mark.parametrize(("own", "files", "expected"), QUOTAS.values(), ids=QUOTAS)
def test_the_cpu_quota_is_read_from_the_own_groups(tmp_path, own, files, expected):
    assert session.cpu_quota(*fake_groups(tmp_path, own, files)) == expected


def test_no_groups_at_all_means_no_quota(tmp_path):
    assert session.cpu_quota(tmp_path / "none", tmp_path / "none") == math.inf


@pytest.mark.parametrize(("quota", "cpus"), [(20, 1), (100, 1), (199, 1), (350, 3), (9999, 8)])
def test_usable_cpus_are_whole_and_at_least_one(tmp_path, monkeypatch, quota, cpus):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    groups = fake_groups(tmp_path, "0::/\n", {"cpu.max": f"{quota}000 100000"})
    assert session.usable_cpus(*groups) == cpus


def test_affinity_counts_where_there_is_no_quota(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5, 6}, raising=False)
    assert session.usable_cpus(tmp_path, tmp_path / "none") == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert session.usable_cpus(tmp_path, tmp_path / "none") == 5


@pytest.mark.parametrize("share, cpus", [("2", 2), ("1", 1), ("16", 8), ("0", 1), ("2,1", 8)])
def test_a_share_that_was_set_is_not_exceeded(tmp_path, monkeypatch, share, cpus):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", share)
    assert session.usable_cpus(tmp_path, tmp_path / "none") == cpus


def test_memory_is_what_the_group_allows(tmp_path):
    whole = session.memory_bytes(tmp_path, tmp_path / "none")
    limited = fake_groups(tmp_path, "0::/\n5:memory:/x\n", {
        "memory.max": "max\n", "memory/x/memory.limit_in_bytes": "1048576\n"})  # fmt: skip
    assert session.memory_bytes(*limited) == 1048576 < whole


# no network


def test_an_outside_address_is_refused_at_once_and_by_us():
    code = """
async def ask(): await asyncio.open_connection("192.0.2.1", 80)
import urllib.request
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80)),
    lambda: socket.socket().connect(("192.0.2.1", 80)),
    lambda: socket.socket().connect_ex(("192.0.2.1", 80)),
    lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80)),
    lambda: udp.sendto(b"x", ("192.0.2.1", 80)),
    lambda: socket.getaddrinfo("example.org", 80),
    lambda: socket.getaddrinfo(host="example.org", port=80),
    lambda: socket.gethostbyname("example.org"),
    lambda: urllib.request.urlopen("http://192.0.2.1/"),
    lambda: asyncio.run(ask()),
):
    try:
        attempt()
    except OSError as error:
        assert "this run is offline: " in str(error), error
        print("refused")
"""
    done = run_offline(code)
    assert done.stdout.count("refused") == 10, done.stdout + done.stderr


def test_this_machine_can_be_reached_offline():
    code = """
session.start()  # a second time: the guards are not put on top of each other
assert not hasattr(socket.getaddrinfo.before_offline, "before_offline")
for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "localhost")):
    server = socket.create_server((host, 0), family=family)
    with socket.create_connection(server.getsockname()[:2]) as client:
        client.sendall(b"x")
        print(server.accept()[0].recv(1))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(udp.sendto(b"x", ("127.0.0.1", 9)), len(socket.getaddrinfo("::1", 80)) > 0)
left, right = socket.socketpair()
left.sendall(b"y"); print(right.recv(1))
if hasattr(socket, "AF_UNIX"):
    import os, tempfile
    path = os.path.join(tempfile.mkdtemp(), "s")
    server = socket.socket(socket.AF_UNIX); server.bind(path); server.listen()
    socket.socket(socket.AF_UNIX).connect(path)
async def nothing(): return 5
print(asyncio.run(nothing()))
"""
    done = run_offline(code)
    assert done.stdout.splitlines()[2:] == ["b'x'", "b'x'", "1 True", "b'y'", "5"], done.stderr


@pytest.mark.parametrize("host", [None, "", "localhost", "LOCALHOST", b"127.0.0.1", "127.8.9.1",
                                  "::1", "0.0.0.0", "::ffff:127.0.0.1"])  # fmt: skip
def test_addresses_of_this_machine(host):
    assert offline._is_this_machine(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "localhost.example.org", "<broadcast>",
                                  "::ffff:192.0.2.1", "fe80::1%eth0", b"\xff"])  # fmt: skip
def test_addresses_elsewhere(host):
    assert not offline._is_this_machine(host)


def test_without_the_switch_nothing_is_blocked():
    import socket

    before = socket.getaddrinfo, socket.socket.connect
    session.start()
    assert (socket.getaddrinfo, socket.socket.connect) == before


def test_a_kernel_runs_offline(tmp_path):
    """The kernel talks to its client over sockets: start() must not cut that line."""
    client = pytest.importorskip("jupyter_client")
    manager, kernel = client.manager.start_new_kernel(
        env={**os.environ, "COURSE_OFFLINE": "1", "PYTHONPATH": str(ROOT),
             "IPYTHONDIR": str(tmp_path)}, startup_timeout=600)  # fmt: skip
    try:
        printed = []
        code = "from helpers import session; session.start()"
        for cell in (code, code.replace("start()", "start(5)")):
            reply = kernel.execute_interactive(
                cell, output_hook=lambda m: printed.append(m["content"].get("text"))
            )
            assert reply["content"]["status"] == "ok"
        assert any("Seed 5." in text for text in printed if text)
    finally:
        kernel.stop_channels()
        manager.shutdown_kernel(now=True)


# the card and the checks


@pytest.fixture
def requirements(tmp_path):
    def write(text):
        (tmp_path / "requirements.txt").write_text(text)
        return tmp_path / "requirements.txt"

    return write


def test_pins_are_read_and_the_rest_is_left_out(requirements, tmp_path):
    text = "# a==1\nnumpy==2.4.6\ntorch == 2.13.0 ; python_version > '3'\n-e .\nrich>=1\nx-y==1#c\n"
    assert session.pins(requirements(text)) == {"numpy": "2.4.6", "torch": "2.13.0", "x-y": "1"}
    assert set(session.pins(tmp_path / "none").values()) == {""}


def found(requirements_file):
    return {name: (good, words) for name, good, words in session.check(requirements_file)}


def test_a_good_set_up_passes_every_check(requirements):
    python_docs.path().parent.mkdir(parents=True)
    python_docs.path().touch()
    checks = found(requirements(f"numpy=={np.__version__}\n"))
    assert list(checks) == ["Python", "this folder", "numpy", "progress", "python_docs"]
    assert all(good for good, _ in checks.values()), checks


def test_each_failed_check_names_its_cure(requirements, monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    (tmp_path / "torch.py").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_HOME", str(blocked))
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    checks = found(requirements("numpy==1.0\nno-such-package-here==1.0\n"))
    assert not any(good for good, _ in checks.values())
    cures = {
        "Python": "3.11, 3.12 and 3.13",
        "this folder": "rename it",
        "numpy": f"{np.__version__} here, 1.0 pinned: pip install",
        "no-such-package-here": "not installed: run `make lab`",
        "progress": "another folder in COURSE_HOME",
        "python_docs": "python -m helpers.corpora python_docs",
    }
    assert {name for name, cure in cures.items() if cure in checks[name][1]} == set(checks)


def test_a_package_that_breaks_on_import_is_reported(requirements, monkeypatch):
    def broken(name):
        raise RuntimeError(f"{name} is broken\nand more")

    monkeypatch.setattr(set_up, "importlib", types.SimpleNamespace(
        import_module=broken, metadata=set_up.importlib.metadata))  # fmt: skip
    good, words = found(requirements("numpy==1.0\n"))["numpy"]
    assert not good
    assert "(RuntimeError: numpy is broken): delete .venv" in words


def test_the_local_part_of_a_version_does_not_matter(requirements):
    local = requirements(f"torch=={session.public_version(torch.__version__)}\n")
    assert found(local)["torch"] == (True, torch.__version__)


def test_the_card_tells_the_set_up_without_the_name_of_the_user(monkeypatch):
    monkeypatch.setenv("HOME", "/home/rosa")
    monkeypatch.setenv("COURSE_HOME", "/home/rosa/my course")
    monkeypatch.setenv("COURSE_CACHE", "/scratch/rosa/cache")
    card = session.card()
    assert "rosa" not in card
    assert f"COURSE_HOME: {Path('~/my course')}" in card
    assert f"COURSE_CACHE: {Path('/scratch/(user)/cache')}" in card
    assert f"numpy {np.__version__} (" in card
    assert "usable CPUs: " in card
    assert "python_docs: not built" in card


def test_names_that_only_begin_like_the_users_stay(monkeypatch):
    monkeypatch.setenv("HOME", "/home/al")
    assert set_up._without_name("/home/alice/al/x") == "/home/alice/(user)/x"
    monkeypatch.setenv("HOME", "/")
    assert set_up._without_name("/data/x") == "/data/x"


def test_looking_at_the_card_changes_nothing(tmp_path):
    session.card()
    assert list(tmp_path.iterdir()) == []
