"""Docstrings out of Python source: which files, and which strings in them.

The files are read with `ast`, never imported, so nothing is run and torch is not loaded.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePath

SKIPPED = re.compile(
    r"(^|/)(tests?|testing/_internal|_vendor(ed)?|vendored-meson|third_party|_?extern|generated"
    r"|conftest\.py|test_[^/]*\.py|[^/]*_test\.py)(/|$)"
)
ADDS_A_DOCSTRING = re.compile(r"add_newdoc|add_docstr")
SHORTEST_DOCSTRING = 20


def package_folder(package: str) -> Path:
    """The folder of an installed package, found without importing it.

    Raises:
        ValueError: the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"the package {package!r} is not installed here: pip install {package}")
    return Path(next(iter(spec.submodule_search_locations)))


def source_files(package: str) -> list[tuple[str, Path]]:
    """The .py files of a package as (name, path), sorted by name, without tests and copied code.

    The name is the path from the package on, with forward slashes on every system.
    """
    folder = package_folder(package)
    found = []
    for path in folder.rglob("*.py"):
        inside = PurePath(path).relative_to(folder).as_posix()
        if not SKIPPED.search(inside):
            found.append((f"{package}/{inside}", path))
    return sorted(found)


def docstrings(source: bytes) -> list[str]:
    """All documentation strings of one source file, in the order in which they stand there.

    These are docstrings (also those written below an attribute), strings assigned to `__doc__`
    and the strings in calls such as add_newdoc(...) and add_docstr(...).
    A file that is not valid Python has none.
    """
    if b'"""' not in source and b"'''" not in source:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in other people's strings
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return []
    return [text for node in _statements(tree) for text in _documentation(node)]


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below a node, depth first, without walking through expressions."""
    for field in ("body", "handlers", "orelse", "finalbody"):
        for child in getattr(node, field, []):
            yield child
            yield from _statements(child)


def _documentation(node: ast.AST) -> list[str]:
    value = getattr(node, "value", None)
    if isinstance(node, ast.Expr) and isinstance(value, ast.Constant):
        return _long_strings([value])
    if isinstance(value, ast.Call) and ADDS_A_DOCSTRING.search(_called(value)):
        return _long_strings(value.args)
    if isinstance(node, ast.Assign) and _is_doc_attribute(node.targets[0]):
        return _long_strings([value])
    return []


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_doc_attribute(target: ast.AST) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "__doc__"


def _long_strings(expressions: list[ast.expr]) -> list[str]:
    return [
        part.value
        for expression in expressions
        for part in ast.walk(expression)
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and len(part.value) >= SHORTEST_DOCSTRING
    ]
