"""What a kernel says about files that hide a package, and about names that have no value yet."""

import os
import re
from contextlib import contextmanager
from pathlib import Path

import prepare
import pytest
from jupyter_client.manager import start_new_kernel

from helpers import kernel, session

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300          # seconds for one cell, on a machine that does much else


def files(folder, *names):
    """Make empty files, and folders where a name ends in a slash; return the folder."""
    folder.mkdir(exist_ok=True)
    for name in names:
        path = folder / name
        path.mkdir() if name.endswith("/") else path.touch()
    return folder


@contextmanager
def running_kernel(scratch, folder):
    """A kernel in `folder` with the settings of `make lab`; yields a function that runs a cell."""
    prepare.write_settings(scratch)
    profile = scratch / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (scratch / prepare.KERNEL_CONFIG_FILE).rename(profile / "ipython_kernel_config.py")
    environment = os.environ | {"IPYTHONDIR": str(scratch / "ipython")}
    environment.pop("PYTHONPATH", None)               # a learner has none: it would come first
    manager, client = start_new_kernel(cwd=folder, env=environment, startup_timeout=PATIENCE)

    def run(code):
        said = []
        client.execute_interactive(code, timeout=PATIENCE, output_hook=lambda message: said.append(
            message["content"].get("text", message["content"].get("ename", ""))))
        return "".join(said)

    try:
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("names, words", [
    ((), ""), (("notes.py", "random.py", "data/", "torch/", "helpers.ipynb"), ""),
    (("helpers.py",), "helpers.py in my/ hides a package: rename it."),
    (("helpers/",), "helpers/ in my/ hides a package: rename it."),
    (("torch/", "torch/__init__.py"), "torch/ in my/ hides a package: rename it."),
    (("numpy.py", "torch.py"), "numpy.py and torch.py in my/ hide packages: rename them.")])
def test_what_hides_a_package_is_named(tmp_path, names, words):
    assert kernel.in_the_way(files(tmp_path / "my", *names)) == words


def test_the_folder_of_the_course_itself_hides_nothing(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    assert kernel.in_the_way() == "" == kernel.in_the_way(tmp_path / "not there")


def test_every_package_that_notebooks_and_helpers_import_is_looked_for():
    known = {"jupyterlab", "ipykernel",               # run by the server, loaded by the kernel
             "jupyterlab-language-pack-fr-FR", "jupyterlab-language-pack-zh-CN"}    # only read
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([\w-]+)==", lines, re.MULTILINE))
    assert pinned - known <= {*kernel.IMPORTED}


def test_make_lab_stops_with_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(prepare, "MY", str(files(tmp_path / "my", "helpers.py")))
    monkeypatch.setattr(prepare, "set_up", lambda: pytest.fail("it went on"))
    with pytest.raises(prepare.Stop, match="helpers.py in my/ .* Then type make lab again"):
        prepare.lab([])


def test_start_and_check_say_so_where_no_setting_was_read(monkeypatch, tmp_path):
    monkeypatch.chdir(files(tmp_path / "my", "torch.py"))
    with pytest.raises(ImportError, match=r"torch.py in my/ .*Restart Kernel"):
        session.start()
    assert ("this folder", False, "torch.py in my/ hides a package: rename it.") in session.check()


def test_a_kernel_says_once_what_is_in_the_way(tmp_path):
    folder = files(tmp_path / "my", "helpers.py", "random.py")
    with running_kernel(tmp_path, folder) as run:
        said = run("from helpers import session")
        assert "✘ helpers.py in my/ hides a package" in said and "ImportError" in said
        assert "hides" not in run("1")
        assert run("import random; print(random.__file__.startswith('/'), random.randint(3, 3))"
                   ) == "True 3\n"                    # Python's own modules come first


def test_a_kernel_says_that_cells_above_have_not_run(tmp_path):
    with running_kernel(tmp_path, files(tmp_path / "my")) as run:
        said = run("lm.score('a cat')")
        assert "NameError" in said and "If lm is made in a cell further up" in said
        assert "Run All Above" in run("def f():\n    return missing\nf()")
        assert "Run All Above" not in run("1 / 0")
        assert "Run All Above" not in run("lm = 1\nprint(lm)")


def test_a_name_that_is_missing_in_a_package_is_no_cell_further_up():
    def error_of(code, names):
        with pytest.raises(Exception) as caught:
            exec(code, names)
        return caught.value

    names = {}
    assert "lm" in kernel.about_a_name(error_of("lm", names), names)
    assert kernel.about_a_name(error_of("lm", {}), names) == ""
    assert kernel.about_a_name(error_of("def f():\n    x += 1\nf()", names), names) == ""
    assert kernel.about_a_name(None, names) == kernel.about_a_name(NameError("x"), names) == ""
