"""The commands: the right sentence for a wrong Python, pins and lists in step."""

import ast
import itertools
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import environment
import prepare
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("version", [(3, 11), (3, 12, 1), (3, 13, 0)])
def test_a_good_python_gets_no_sentence(version):
    assert prepare.python_sentence(version) == ""


@pytest.mark.parametrize(
    "version, fault",
    [((2, 7), "too old"), ((3, 9), "too old"), ((3, 14), "too new"), ((4, 0), "too new")],
)
def test_a_wrong_python_gets_one_sentence_with_the_fault_and_the_cure(version, fault):
    sentence = prepare.python_sentence(version, found=["3.13"])
    assert f"Python {version[0]}.{version[1]} is {fault}" in sentence
    assert "make lab PYTHON=python3.13" in sentence and "\n" not in sentence


def test_where_no_good_python_is_there_the_sentence_says_where_to_get_one():
    assert "install Python 3.12" in prepare.python_sentence((3, 9), found=[])


def test_on_windows_the_sentence_names_the_command_without_make():
    sentence = prepare.python_sentence((3, 14), found=["3.12"], windows=True)
    assert "py -3.12 tools\\prepare.py lab" in sentence and "make" not in sentence


def test_on_windows_good_pythons_are_found_by_the_launcher(monkeypatch):
    asked = []
    monkeypatch.setattr(prepare.os, "name", "nt")
    monkeypatch.setattr(prepare, "starts", lambda command: asked.append(command) or True)
    assert prepare.good_pythons() == list(prepare.GOOD_PYTHONS)
    assert asked[0] == ["py", "-3.12", "-c", ""]
    monkeypatch.setattr(prepare.os, "name", "posix")
    assert prepare.good_pythons() and asked[-1] == ["python3.11", "-c", ""]


@pytest.mark.parametrize("error, words", [
    (OSError(122, "Disk quota exceeded"), "quota is full"),
    (PermissionError(13, "Permission denied", "my/index.ipynb"), "Writing was not allowed.*index"),
    (OSError(5, "Input/output error"), "The system refused something .OSError.*output error")])
def test_what_the_system_refuses_becomes_a_sentence(monkeypatch, capsys, error, words):
    def refuse(*_):
        raise error

    monkeypatch.setattr(prepare, "carry_out", refuse)
    monkeypatch.setattr(sys, "argv", ["prepare.py", "lab"])
    assert prepare.main() == 1
    assert re.search(words, capsys.readouterr().err)


def test_the_tests_share_the_cpus_by_file(monkeypatch):
    commands = []
    monkeypatch.setattr(prepare, "developer_run", commands.extend)
    for cpus in (1, 2, 16):
        monkeypatch.setattr("helpers.session.usable_cpus", lambda n=cpus: n)
        prepare.check(["-x"])
    shared = [command[4:-1] for command in commands if "pytest" in command]
    assert shared == [[], ["-n", "2", "--dist", "loadfile"], ["-n", "4", "--dist", "loadfile"]]


def test_prepare_can_be_read_by_an_old_python():
    source = (ROOT / "tools" / "prepare.py").read_text(encoding="utf-8")
    assert source.isascii()
    seen = [type(node).__name__ for node in ast.walk(ast.parse(source)) if is_new(node)]
    assert seen == []


def is_new(node: ast.AST) -> bool:
    """Tell whether Python 2.7 has no such syntax."""
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Await)
    new += (ast.Nonlocal, ast.YieldFrom, ast.Match, ast.MatMult)
    if isinstance(node, ast.arguments):
        return bool(node.kwonlyargs or node.posonlyargs)
    if isinstance(node, ast.FunctionDef):
        return node.returns is not None
    if isinstance(node, ast.Raise):
        return node.cause is not None
    return isinstance(node, new) or getattr(node, "annotation", None) is not None


@pytest.mark.parametrize("code", ["f'{x}'", "def f(*, a): ...", "x: int = 1", "def f(a: int): ..."])
def test_the_check_for_old_syntax_sees_new_syntax(code):
    assert any(is_new(node) for node in ast.walk(ast.parse(code)))


def test_prepare_imports_modern_modules_only_inside_functions():
    tree = ast.parse((ROOT / "tools" / "prepare.py").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names}
    assert names.isdisjoint({"environment", "copies", "new_notebook", "pathlib", "urllib.request"})


def test_an_unknown_command_prints_the_list_and_fails():
    command = [sys.executable, str(ROOT / "tools" / "prepare.py"), "nonsense"]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 2 and "make lab" in answer.stdout


def pins(name):
    """Return the lines package==version of a requirements file, torch without its build."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.replace("+cpu", "") for line in lines if re.match(r"\w", line)}


def test_binder_installs_the_pins_of_the_course():
    assert pins("binder/requirements.txt") == pins("requirements.txt")


def test_binder_takes_torch_for_the_cpu_only():
    text = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8")
    assert re.search(r"^torch==[\d.]+\+cpu$", text, re.MULTILINE)
    assert f"--extra-index-url {environment.CPU_INDEX}\n" in text


def test_the_package_itself_asks_for_the_pins_of_the_course():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["dependencies"]) == pins("requirements.txt")


def test_the_newest_entry_of_the_changelog_is_the_version_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+) · \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert versions[0] == project["version"]


def test_every_direct_dependency_is_pinned_and_the_course_itself_comes_last():
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert all(re.fullmatch(r"[\w-]+==[\d.]+(post\d+)?", pin) for pin in pins(name)), name
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8").endswith("\n-e .\n")


def test_the_index_of_cpu_wheels_is_not_in_the_requirements():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "index-url" not in text  # one that does not answer costs seconds for every package


def test_the_makefile_and_its_help_name_the_same_targets():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE)) - {"help"}
    assert targets == set(re.findall(r"^make ([a-z-]+)", prepare.HELP, re.MULTILINE))


def test_the_pythons_named_in_the_project_agree():
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    run_on = set(re.findall(r'"(3\.\d+)"', workflow))
    assert run_on == set(prepare.GOOD_PYTHONS)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    low, high = map(int, re.search(r'">=3\.(\d+),<3\.(\d+)"', project).groups())
    assert {f"3.{minor}" for minor in range(low, high)} == set(prepare.GOOD_PYTHONS)
    for minor in itertools.chain(range(5, low), range(high, high + 3)):
        assert prepare.python_sentence((3, minor))


def test_jupyterlab_asks_for_no_news_saves_widgets_and_begins_in_english(tmp_path):
    prepare.write_settings(str(tmp_path))
    path = tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    assert json.loads(path.read_text()) == {
        "@jupyterlab/apputils-extension:notification":
            {"fetchNews": "false", "checkForUpdates": False},
        "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
        "@jupyterlab/translation-extension:plugin": {"locale": "en"}}


def test_the_setting_of_kernels_lies_where_ipython_reads_it_and_outlives_a_moved_course(tmp_path):
    from IPython.core.application import ENV_CONFIG_DIRS

    prepare.write_settings(str(tmp_path))
    path = tmp_path / prepare.KERNEL_CONFIG_FILE
    assert str(path.parent.relative_to(tmp_path)) == str(
        Path(ENV_CONFIG_DIRS[0]).relative_to(sys.prefix))
    text = path.read_text()
    assert repr(str(ROOT / "helpers" / "kernel.py")) in text
    exec(text.replace("kernel.py", "gone.py"), {})        # names `c` only if the file is there


def test_binder_writes_the_same_settings(monkeypatch, tmp_path):
    command = re.search(r"prepare.py (settings)\n", (ROOT / "binder" / "postBuild").read_text())
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    prepare.carry_out(command.group(1), [])
    assert (tmp_path / prepare.LAB_SETTINGS_FILE).exists()
