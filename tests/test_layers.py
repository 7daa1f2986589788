"""The imports of helpers run one way, and its modules and functions stay small.

Read with `ast`, so that nothing is imported; imports inside functions count as well.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import course

HELPERS = Path(__file__).resolve().parents[1] / "helpers"
GROUND = ("course", "corpora", "tokenizers", "metrics", "session", "progress", "proof",
          "kernel")
ENGINE = ("neural", "training", "decoding", "gradient_flow")
IDEAS = tuple(notebook.stem for notebook in course.NOTEBOOKS)
LOOKS = ("plots", "attention_view")
FACE = ("questions",)
DOORS = ("explorers", "exercises")
FLOOR = {name: floor for floor, names in enumerate((GROUND, ENGINE, IDEAS, LOOKS, FACE, DOORS))
         for name in names}
WIDGETS = {"ipywidgets", "anywidget"}
WIDGET_HOMES = {"attention_view", "questions", "explorers"}
LONGEST_MODULE, LONGEST_FUNCTION = 300, 35

Imports = dict[tuple[str, ...], set[str]]


def name_of(path: Path, root: Path) -> tuple[str, ...]:
    """Return the place of a module below helpers: ('explorers', 'core'); a package is its name."""
    parts = path.relative_to(root).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def modules(root: Path) -> dict[tuple[str, ...], ast.Module]:
    """Return all modules below `root`, parsed."""
    return {name_of(path, root): ast.parse(path.read_text(encoding="utf-8"))
            for path in sorted(root.rglob("*.py"))}


def imports(root: Path) -> Imports:
    """Return for each module the dotted names that it imports, relative ones made absolute."""
    found: Imports = {}
    for path in sorted(root.rglob("*.py")):
        module = name_of(path, root)
        package = module if path.name == "__init__.py" else module[:-1]
        found[module] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found[module] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    here = ("helpers", *package)[: len(package) + 2 - node.level]
                    base = ".".join([*here, *filter(None, [base])])
                found[module] |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def inside(names: set[str]) -> set[tuple[str, ...]]:
    """Return those of the imported names that are in helpers, without 'helpers' in front."""
    split = (tuple(name.split(".")) for name in names)
    return {parts[1:] for parts in split if parts[0] == "helpers" and len(parts) > 1}


def outside(names: set[str]) -> set[str]:
    """Return the packages among the imported names that are neither helpers nor Python's own."""
    return {name.split(".")[0] for name in names} - {"helpers"} - sys.stdlib_module_names


def upward_imports(found: Imports) -> list[str]:
    """Floors: downward, or sideways on one floor; ideas import earlier ideas; doors stay apart."""
    complaints = []
    for module, names in found.items():
        home = module[0] if module else ""
        if module and home not in FLOOR:
            complaints.append(f"{home} stands on no floor: give it one here and in the design")
            continue
        for target in {parts[0] for parts in inside(names)} - {home}:
            if target not in FLOOR or not module:
                complaints.append(f"{'.'.join(module) or '__init__'} imports {target}: no floor")
            elif FLOOR[target] > FLOOR[home]:
                complaints.append(f"{home} imports {target}, which stands above it")
            elif home in DOORS and target in DOORS:
                complaints.append(f"{home} imports {target}: they do not know each other")
            elif home in IDEAS and target in IDEAS and IDEAS.index(target) > IDEAS.index(home):
                complaints.append(f"{home} imports {target}, a later notebook's")
    return complaints


def cycles(found: Imports) -> list[str]:
    """No module imports itself by way of others."""
    edges = {module: {nearest(target, found) for target in inside(names)} - {module, ()}
             for module, names in found.items()}
    seen_whole: set[tuple[str, ...]] = set()

    def visit(module: tuple[str, ...], path: list[tuple[str, ...]]) -> list[str]:
        if module in path:
            around = [*path[path.index(module):], module]
            return [" -> ".join(".".join(step) for step in around)]
        if module in seen_whole:
            return []
        below = [text for target in sorted(edges.get(module, ()))
                 for text in visit(target, [*path, module])]
        seen_whole.add(module)
        return below

    return [text for module in sorted(edges) for text in visit(module, [])]


def nearest(target: tuple[str, ...], found: Imports) -> tuple[str, ...]:
    """Return the module that an import reaches: ('metrics', 'perplexity') -> ('metrics',)."""
    while target and target not in found:
        target = target[:-1]
    return target


def foreign_imports(found: Imports) -> list[str]:
    """Widgets live in three places; plots is numpy and matplotlib; nothing uses pyplot."""
    complaints = []
    for module, names in found.items():
        home, packages, where = (module or ("",))[0], outside(names), ".".join(module)
        if home not in WIDGET_HOMES and packages & WIDGETS:
            complaints.append(f"{where} imports {', '.join(sorted(packages & WIDGETS))}")
        beside = {parts[0] for parts in inside(names)} - {"plots"}
        if home == "plots" and (packages - {"numpy", "matplotlib"} or beside):
            complaints.append(f"{where} imports more than numpy and matplotlib")
        if "torch" in packages and (home in GROUND and home != "session"     # session.start
                                    or home == "attention_view"):
            complaints.append(f"{where} imports torch")
        if any(name.startswith(("matplotlib.pyplot", "matplotlib.pylab", "pylab"))
               for name in names):
            complaints.append(f"{where} imports pyplot: draw on a matplotlib.figure.Figure")
    return complaints


def long_modules(root: Path) -> list[str]:
    """No module is longer than 300 lines."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines())
               for path in sorted(root.rglob("*.py"))}
    return [f"{'.'.join(name_of(path, root))}: {length} lines, the limit is {LONGEST_MODULE}"
            for path, length in lengths.items() if length > LONGEST_MODULE]


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return all functions and methods in `tree`, nested ones too."""
    return [node for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function from its def to its end, its docstring not counted."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        lines -= function.body[0].end_lineno - function.body[0].lineno + 1
    return lines


def long_functions(root: Path) -> list[str]:
    """No function has more than 35 lines, its docstring aside."""
    return [f"{'.'.join(module)}.{function.name}: {length(function)} lines, "
            f"the limit is {LONGEST_FUNCTION}"
            for module, tree in modules(root).items() for function in functions(tree)
            if length(function) > LONGEST_FUNCTION]


def undocumented(root: Path) -> list[str]:
    """Modules, public functions and classes, and their public methods say what they are.

    `forward` is the class's own sentence; right and wrong answers to exercises look like a
    learner's, so of the exercises only the engine is held to this.
    """
    complaints = []
    for module, tree in modules(root).items():
        if module[:1] == ("exercises",) and module[-1] != "engine":
            continue
        if ast.get_docstring(tree) is None:
            complaints.append(f"{'.'.join(module) or '__init__'}: the module has no docstring")
        for node in public(tree.body):
            inner = public(node.body) if isinstance(node, ast.ClassDef) else []
            complaints += [f"{'.'.join(module)}.{part.name}: no docstring"
                           for part in [node, *inner] if ast.get_docstring(part) is None]
    return complaints


def public(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.ClassDef]:
    """Return the definitions in `body` whose names begin with a letter, `forward` aside."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node for node in body if isinstance(node, kinds)
            and not node.name.startswith("_") and node.name != "forward"]


# The real tree

def assert_none(complaints: list[str]) -> None:
    """Fail with all complaints, one a line."""
    assert not complaints, "\n" + "\n".join(complaints)


def test_imports_run_downward():
    assert_none(upward_imports(imports(HELPERS)))


def test_no_module_imports_itself_by_way_of_others():
    assert_none(cycles(imports(HELPERS)))


def test_widgets_torch_and_pyplot_stay_where_they_belong():
    assert_none(foreign_imports(imports(HELPERS)))


def test_modules_and_functions_are_short():
    assert_none(long_modules(HELPERS) + long_functions(HELPERS))


def test_what_is_public_is_explained():
    assert_none(undocumented(HELPERS))


def test_counting_models_load_neither_torch_nor_widgets():
    script = ("import sys, helpers.language_models; "
              "print(sorted({'torch', 'ipywidgets', 'anywidget'} & set(sys.modules)))")
    run = subprocess.run([sys.executable, "-c", script], cwd=HELPERS.parent,
                         capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# The rules can fail

def tree(folder: Path, files: dict[str, str]) -> Path:
    """Write `files` (path -> text) into `folder`; return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize("file, line, complaint", [
    ("metrics.py", "from helpers import decoding", "decoding, which stands above it"),
    ("decoding.py", "import helpers.language_models.counts", "stands above it"),
    ("plots/__init__.py", "def f():\n    from .. import questions", "stands above it"),
    ("word_vectors.py", "from helpers.transformer import X", "a later notebook's"),
    ("explorers/core.py", "from ..exercises import engine", "do not know each other"),
    ("exercises/engine.py", "from helpers import explorers", "do not know each other"),
    ("odds_and_ends.py", "import math", "stands on no floor"),
    ("__init__.py", "from helpers import metrics", "no floor"),
])
def test_an_import_that_runs_up_is_seen(tmp_path, file, line, complaint):
    found = upward_imports(imports(tree(tmp_path, {file: line})))
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize("file, line, complaint", [
    ("metrics.py", "import ipywidgets", "ipywidgets"),
    ("exercises/engine.py", "from anywidget import AnyWidget", "anywidget"),
    ("plots.py", "import torch", "more than numpy"),
    ("plots.py", "from helpers import metrics", "more than numpy"),
    ("attention_view.py", "from torch import nn", "imports torch"),
    ("metrics.py", "def f():\n    import torch", "imports torch"),
    ("tokenizers/base.py", "from torch import Tensor", "imports torch"),
    ("explorers/core.py", "import matplotlib.pyplot as plt", "pyplot"),
    ("session.py", "from matplotlib import pyplot", "pyplot"),
])
def test_a_package_in_the_wrong_place_is_seen(tmp_path, file, line, complaint):
    found = foreign_imports(imports(tree(tmp_path, {file: line})))
    assert len(found) == 1
    assert complaint in found[0]


def test_a_cycle_is_seen_on_one_floor_and_inside_a_package(tmp_path):
    root = tree(tmp_path, {
        "metrics.py": "from helpers import tokenizers", "tokenizers.py": "from . import metrics",
        "corpora/__init__.py": "from helpers.corpora.a import load",
        "corpora/a.py": "from .b import x", "corpora/b.py": "from helpers.corpora.a import y"})
    assert cycles(imports(root)) == [
        "corpora.a -> corpora.b -> corpora.a", "metrics -> tokenizers -> metrics"]


def test_what_runs_downward_is_let_through(tmp_path):
    root = tree(tmp_path, {
        "__init__.py": '"""Legend."""', "metrics.py": "import math, numpy",
        "session.py": "def start():\n    import torch",
        "language_models/__init__.py": "from .counts import Counts",
        "language_models/counts.py": "from helpers import corpora, metrics",
        "plots.py": "from matplotlib.figure import Figure\nimport numpy as np",
        "corpora.py": "import tqdm", "questions.py": "import ipywidgets\nfrom helpers import plots",
        "explorers/core.py": "import ipywidgets\nfrom helpers import plots, language_models",
        "explorers/language_models.py": "from helpers.explorers import core"})
    found = imports(root)
    assert upward_imports(found) + foreign_imports(found) + cycles(found) == []


def test_long_and_unexplained_code_is_seen(tmp_path):
    body = "".join(f"    x = {number}\n" for number in range(35))
    root = tree(tmp_path, {
        "metrics.py": f'"""M."""\ndef f():\n    """F."""\n{body}',
        "session.py": '"""S."""\nclass A:\n    """A."""\n    def g(self): ...\n' + "\n" * 300})
    assert long_functions(root) == ["metrics.f: 36 lines, the limit is 35"]
    assert long_modules(root) == ["session: 304 lines, the limit is 300"]
    assert undocumented(root) == ["session.g: no docstring"]
