"""`make new` writes a skeleton that keeps the rules; a notebook is one line and its files."""

import filecmp
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import new_notebook
import pytest

ROOT = Path(__file__).resolve().parents[1]
OWN = [path.replace("$stem", "trial").replace("${number}", "08") for path in new_notebook.FILES]


@pytest.fixture
def project(tmp_path):
    """As much of the project as a skeleton is written into."""
    for name in ("helpers/course.py", "notebooks/source/index.md", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("helpers/explorers", "helpers/exercises", "tests"):
        (tmp_path / name).mkdir()
    return tmp_path


def registry(project):
    """Import the course.py of a project of its own."""
    spec = importlib.util.spec_from_file_location("own_course", project / "helpers" / "course.py")
    module = sys.modules["own_course"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(project, *command):
    """Run Python in a project of its own, its helpers first; return what it said."""
    environment = os.environ | {"PYTHONPATH": str(project)}
    done = subprocess.run([sys.executable, *command], cwd=project, env=environment,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_skeleton_is_one_line_in_the_registry_and_six_files(project):
    before = (project / "helpers" / "course.py").read_text().splitlines()
    files = new_notebook.new("08_trial", project)
    assert [path.relative_to(project).as_posix() for path in files] == OWN
    after = (project / "helpers" / "course.py").read_text().splitlines()
    assert [line for line in after if line not in before] == [
        '    Notebook("08", "trial", "Trial", "Trial",',
        '             "Which question does it answer?", "what it leaves unsolved"),']
    assert '# ideas, the latest first' in (settings := (project / "pyproject.toml").read_text())
    assert settings.index('    "(trial)",\n    "(pretraining)",\n')
    notebook = registry(project).NOTEBOOKS[-1]
    assert (notebook.name, notebook.prefix, notebook.ready) == ("08_trial", "8", False)
    questions = json.loads((project / "helpers/exercises/trial.questions.json").read_text())
    assert list(questions) == ["8.a"]
    run(project, "-m", "ruff", "check", ".")


def test_notebooks_stand_in_the_registry_by_number(project):
    for name in ("11_late", "09_early", "10_my_long_name"):
        new_notebook.new(name, project)
    numbers = [notebook.number for notebook in registry(project).NOTEBOOKS]
    assert numbers == sorted(numbers) and numbers[-3:] == ["09", "10", "11"]
    assert registry(project).find("10").title == "My long name"


@pytest.mark.parametrize("name, complaint", [
    ("trial", "no name of a notebook"), ("8_trial", "two digits"), ("08", "no name"),
    ("08_", "no name"), ("08_my-trial", "NB=08_trial"), ("08_Trial", "small letters"),
    ("08_3d", "no name"), ("008_trial", "two digits"), ("../08_trial", "no name"),
    ("08_try", "belongs to Python"), ("08_random", "belongs to Python"),
    ("03_trial", "there is 03_rnn_lstm already; the next free number is 08"),
    ("08_rnn_lstm", "there is 03_rnn_lstm already"),
    ("08_there", "helpers/there.py is there already"),
    ("08_package", "helpers/package is there already")])
def test_a_name_that_will_not_do_is_refused_and_nothing_is_written(project, name, complaint):
    (project / "helpers" / "there.py").touch()
    (project / "helpers" / "package").mkdir()
    before = sorted(project.rglob("*")), (project / "helpers" / "course.py").read_bytes()
    with pytest.raises(ValueError) as caught:
        new_notebook.new(name, project)
    assert complaint in str(caught.value)
    assert before == (sorted(project.rglob("*")), (project / "helpers" / "course.py").read_bytes())


def differences(one, other, below=""):
    """The paths of files that are in one folder only or not the same in both."""
    found = filecmp.dircmp(one, other, ignore=["__pycache__", ".ruff_cache", ".pytest_cache"])
    changed = [*found.left_only, *found.right_only, *found.diff_files]
    inside = [name for folder in found.common_dirs
              for name in differences(Path(one, folder), Path(other, folder), f"{below}{folder}/")]
    return [*(below + name for name in changed), *inside]


@pytest.mark.slow
def test_a_ninth_notebook_is_built_and_keeps_the_rules_without_another_change(tmp_path):
    parts = ("helpers", "tools", "tests", "notebooks", "data", "README.md", "pyproject.toml",
             "conftest.py", "requirements.txt")
    for root in (tmp_path / "before", tmp_path / "after"):
        root.mkdir()
        for name in parts:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, root / name)
    project = tmp_path / "after"
    new_notebook.new("08_trial", project)
    run(project, "tools/build_notebooks.py", "08")
    assert sorted(differences(tmp_path / "before", project)) == sorted(
        [*OWN, "notebooks/08_trial.ipynb", "helpers/course.py", "README.md", "pyproject.toml"])
    run(project, "-m", "ruff", "check", *OWN[:3], OWN[4], "helpers/course.py",
        "notebooks/08_trial.ipynb")
    said = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "slow or not slow",
               "tests/test_trial.py", "tests/test_layers.py", "tests/test_explorers_index.py",
               "tests/test_notebooks.py", "-k",
               "test_trial or test_layers or test_explorers_index or trial] or registry or readme")
    assert " passed" in said
