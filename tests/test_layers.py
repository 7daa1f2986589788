"""The imports of helpers run one way, and its modules and functions stay small.

The contracts on imports, and ruff's rules on docstrings, stand in pyproject.toml.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from helpers import course

ROOT = Path(__file__).resolve().parents[1]
HELPERS = ROOT / "helpers"
LONGEST_MODULE, LONGEST_FUNCTION = 300, 35
IN_ONE_PIECE = {"transformer": 400}     # an idea that wants to be read so


def lint_imports(root: Path) -> str:
    """What import-linter says of the project at `root`, on one line."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; "
               "lint(['--no-cache'])"]
    done = subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, text=True,
                          capture_output=True)
    return " ".join((done.stdout + done.stderr).split())


def test_the_contracts_on_imports_are_kept():
    assert re.search(r"Contracts: \d+ kept, 0 broken", said := lint_imports(ROOT)), said


def test_the_floor_of_ideas_is_in_the_order_of_the_course():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    ideas = [layer.strip("()") for layer in layers if layer.startswith("(")]
    assert ideas == [notebook.stem for notebook in reversed(course.NOTEBOOKS)]


PLANTED = {
    "metrics/checks.py": ("from helpers import decoding", "checks -> helpers.decoding"),
    "decoding/rows.py": ("def f():\n    import helpers.language_models.counts",
                         "rows -> helpers.language_models.counts"),
    "plots/bars.py": ("def f():\n    from .. import questions", "bars -> helpers.questions"),
    "language_models/counts.py": ("from helpers.rnn_lstm import cells",
                                  "counts -> helpers.rnn_lstm.cells"),
    "explorers/picture.py": ("from ..exercises import engine",
                             "picture -> helpers.exercises.engine"),
    "exercises/engine.py": ("from helpers import explorers", "engine -> helpers.explorers"),
    "odds_and_ends.py": ("import math", "- helpers.odds_and_ends"),
    "__init__.py": ("from helpers import metrics", "helpers -> helpers.metrics"),
    "training/loop.py": ("from anywidget import AnyWidget", "loop -> anywidget"),
    "plots/curves.py": ("import tqdm", "curves -> tqdm"),
    "attention_view/packing.py": ("from torch import nn", "packing -> torch"),
    "tokenizers/base.py": ("def f():\n    from torch import Tensor", "base -> torch"),
    "corpora/cache.py": ("from helpers.corpora import python_docs", ".cache -> .python_docs"),
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What is said of a copy of the project in which every import of PLANTED was written."""
    root = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(HELPERS, root / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    for name, (line, _) in PLANTED.items():
        with (root / "helpers" / name).open("a") as file:
            file.write(f"\n{line}\n")
    return lint_imports(root)


@pytest.mark.parametrize("name", PLANTED)
def test_an_import_that_breaks_a_contract_is_seen(name, complaints):
    assert PLANTED[name][1] in complaints


@pytest.mark.parametrize("name, code, rule", [
    ("helpers/metrics/new.py", '"""M."""\ndef f(): ...', "D103"),
    ("helpers/new.py", "def _f(): ...", "D100"),
    ("helpers/exercises/engine.py", '"""M."""\nclass A: ...', "D101"),
    ("helpers/session/new.py", '"""S."""\nclass A:\n    """A."""\n    def g(self): ...', "D102"),
    ("helpers/new.py", '"""M."""\nimport matplotlib.pyplot as plt\nplt.show()', "TID251"),
    ("helpers/new.py", '"""M."""\nfrom matplotlib import pyplot\npyplot.show()', "TID251")])
def test_ruff_sees_what_is_not_explained_and_pyplot(name, code, rule):
    command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", name, "--select", rule]
    done = subprocess.run([*command, "-"], cwd=ROOT, input=code, capture_output=True, text=True)
    assert rule in done.stdout


def modules(root: Path) -> dict[str, str]:
    """Return the text of each module below `root`, by its dotted name."""
    return {".".join(path.relative_to(root).with_suffix("").parts): path.read_text("utf-8")
            for path in sorted(root.rglob("*.py"))}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function from its def to its end, its docstring not counted."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        lines -= function.body[0].end_lineno - function.body[0].lineno + 1
    return lines


def too_long(root: Path) -> list[str]:
    """Name the modules and functions, nested ones too, that are longer than they may be."""
    found = []
    for module, text in modules(root).items():
        limit = IN_ONE_PIECE.get(module.split(".")[0], LONGEST_MODULE)
        found += [(module, len(text.splitlines()), limit)]
        found += [(f"{module}.{node.name}", length(node), LONGEST_FUNCTION)
                  for node in ast.walk(ast.parse(text))
                  if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f"{name}: {lines} lines, the limit is {limit}"
            for name, lines, limit in found if lines > limit]


def test_modules_and_functions_are_short():
    assert too_long(HELPERS) == []


def test_long_code_is_seen(tmp_path):
    body = "".join(f"    x = {number}\n" for number in range(35))
    (tmp_path / "metrics.py").write_text(f'"""M."""\ndef f():\n    """F."""\n{body}')
    (tmp_path / "session.py").write_text("\n" * 301)
    (tmp_path / "transformer.py").write_text("\n" * 400)
    assert too_long(tmp_path) == ["metrics.f: 36 lines, the limit is 35",
                                  "session: 301 lines, the limit is 300"]
