"""The rules that a notebook keeps, each a function from a notebook to a list of complaints."""

from __future__ import annotations

import ast
import builtins
import re
from pathlib import Path

from build_notebooks import WIDGET_VIEW, name_of, tags_of
from core_budget import SECOND_SITTING, code_lines, is_folded, words_of
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

ROW = re.compile(r"[CO]\d{2,3}")
EXERCISE = re.compile(r"ex-(.+)")
# Where a machine's own folders begin. A URL's path is none of them.
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:root|home|tmp|Users|private|var/folders)/\w|[A-Z]:\\+Users")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
CODE_FAILS, CODE_WARNS, FOLDED_FAILS = 25, 15, 40
PROSE_FAILS, PROSE_WARNS = 200, 120
PICTURES = {"image/png", "image/svg+xml", "image/jpeg"}


def parse(source: str) -> ast.Module:
    """Parse the code of a cell; IPython's own lines (%, !, ?) become plain Python first."""
    return ast.parse(TransformerManager().transform_cell(source))


def code_cells(nb: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """Return (index, cell) of the code cells that hold something."""
    return [(index, cell) for index, cell in enumerate(nb.cells)
            if cell.cell_type == "code" and cell.source.strip()]


def outputs(nb: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """Return (index of the cell, output) of all outputs."""
    return [(index, output) for index, cell in code_cells(nb) for output in cell.outputs]


def text_of(output: NotebookNode) -> str:
    """Return the words of an output: stream text, text/*, or a traceback."""
    data = output.get("data", {})
    parts = [data[key] for key in data if key.startswith("text/")]
    return "\n".join([output.get("text", ""), *parts, *output.get("traceback", [])])


def pair_differences(source: NotebookNode, built: NotebookNode) -> list[str]:
    """Source and notebook hold the same cells: type, text, tags, slide marks; and one kernel."""
    def essence(cell):
        return cell.cell_type, cell.source, tags_of(cell), cell.metadata.get("slideshow", {})

    found = [f"{name_of(source, index)}: the notebook has another text, tag or slide mark"
             for index, (left, right) in enumerate(zip(source.cells, built.cells, strict=False))
             if essence(left) != essence(right)]
    if len(source.cells) != len(built.cells):
        found.append(f"the source has {len(source.cells)} cells, the notebook {len(built.cells)}")
    if source.metadata.get("kernelspec") != built.metadata.get("kernelspec"):
        found.append("source and notebook name different kernelspecs")
    return found


def metadata_faults(nb: NotebookNode) -> list[str]:
    """A kernelspec is named; no widget state; no version of the Python that built it."""
    found = []
    if not nb.metadata.get("kernelspec", {}).get("name"):
        found.append("no kernelspec is named")
    if "widgets" in nb.metadata:
        found.append("metadata.widgets: GitHub may refuse the notebook")
    if "version" in nb.metadata.get("language_info", {}):
        found.append("language_info.version changes from machine to machine")
    return found


def output_faults(nb: NotebookNode) -> list[str]:
    """Every code cell was run; no error, no stderr, no widget view, no HTML that hides a PNG."""
    found = [f"{name_of(nb, index)}: not executed"
             for index, cell in code_cells(nb) if cell.execution_count is None]
    for index, output in outputs(nb):
        data = output.get("data", {})
        faults = {
            "an error": output.output_type == "error",
            "text on stderr": output.get("name") == "stderr",
            "a widget view": WIDGET_VIEW in data,
            "HTML beside a picture (blank in an untrusted clone)":
                "text/html" in data and bool(PICTURES & data.keys()),
        }
        found += [f"{name_of(nb, index)}: holds {fault}" for fault in faults if faults[fault]]
    return found


def machine_traces(nb: NotebookNode) -> list[str]:
    """No output holds a path or a memory address of the machine that built the notebook."""
    found = []
    for index, output in outputs(nb):
        for pattern in (MACHINE_PATH, ADDRESS):
            if match := pattern.search(text_of(output)):
                found.append(f"{name_of(nb, index)}: the output holds {match.group()!r}")
    return found


def long_code(nb: NotebookNode, limit: int) -> list[str]:
    """No visible code cell has more than `limit` lines (neither blank nor comment), no folded 40.
    """
    found = []
    for index, cell in code_cells(nb):
        lines, most = code_lines(cell.source), FOLDED_FAILS if is_folded(cell) else limit
        if lines > most:
            found.append(f"{name_of(nb, index)}: {lines} lines, the limit is {most}")
    return found


def long_prose(nb: NotebookNode, limit: int) -> list[str]:
    """No prose cell has more than `limit` words, formulas aside; tag `reference` is exempt."""
    found = []
    for cell in nb.cells:
        if cell.cell_type != "markdown" or "reference" in tags_of(cell):
            continue
        words = words_of(cell.source)
        if words > limit:
            first = next(iter(cell.source.splitlines()), "")
            found.append(f"prose cell ({first[:70]}): {words} words, the limit is {limit}")
    return found


def rows_without_check(nb: NotebookNode) -> list[str]:
    """A cell that claims a row of the inventory (tag C039, O04) asserts or settles something."""
    return [f"{name_of(nb, index)}: claims {row} and asserts nothing"
            for index, cell in code_cells(nb)
            for row in filter(ROW.fullmatch, tags_of(cell)) if not asserts(parse(cell.source))]


def asserts(tree: ast.AST) -> bool:
    """Tell whether `tree` holds an assert, or a call of assert_...(), settle() or a proof."""
    return any(isinstance(node, ast.Assert) for node in ast.walk(tree)) or any(
        name.startswith("proof.") or name.rpartition(".")[2].startswith(("assert", "settle"))
        for name in calls(tree))


def calls(tree: ast.AST) -> list[str]:
    """Return the dotted names of all that is called: "print", "proof.holds", "rng.random"."""
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def pictures_without_words(nb: NotebookNode) -> list[str]:
    """One of the two cells below a picture is prose with "See that"; tag `no-see` is exempt."""
    found = []
    for index, cell in code_cells(nb):
        below = [near.source for near in nb.cells[index + 1: index + 3]
                 if near.cell_type == "markdown"]
        drawn = any(PICTURES & output.get("data", {}).keys() for output in cell.outputs)
        if drawn and "no-see" not in tags_of(cell) and not any("See that" in s for s in below):
            found.append(f"{name_of(nb, index)}: no 'See that' in the two cells below its picture")
    return found


def bare(node: ast.AST) -> str:
    """Return the tree of a definition as text, without docstrings and places."""
    node = ast.parse(ast.unparse(node))
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (
                ast.get_docstring(part, clean=False) is not None):
            part.body = part.body[1:] or [ast.Pass()]
    return ast.dump(node)


def definitions(tree: ast.Module) -> dict[str, str]:
    """Return the functions and classes at the top of a module or cell: name -> bare tree."""
    return {node.name: bare(node) for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


def packaged_definitions(helpers: Path) -> dict[str, dict[str, str]]:
    """Return name -> {module: bare tree} for all of `helpers` except the exercises' answers."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(helpers.rglob("*.py")):
        parts = path.relative_to(helpers).with_suffix("").parts
        if parts[0] == "exercises":
            continue
        for name, tree in definitions(ast.parse(path.read_text(encoding="utf-8"))).items():
            found.setdefault(name, {})[".".join(parts)] = tree
    return found


def imported(nb: NotebookNode) -> set[str]:
    """The parts of helpers that a notebook imports: "word_vectors", "explorers.word_vectors"."""
    found = set()
    for _, cell in code_cells(nb):
        for node in ast.walk(parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "helpers":
                inside = node.module.split(".")[1:]
                named = [] if inside and inside[0] not in ("explorers", "exercises") else [
                    alias.name for alias in node.names]
                found |= {".".join([*inside, name]) for name in named} or {inside[0]}
    return found


def drifted_definitions(
        nb: NotebookNode, stem: str, packaged: dict[str, dict[str, str]]) -> list[str]:
    """A definition that stands in a cell and in helpers under one name is the same code.

    stem: the notebook's topic; where its own module has the name, only that module counts. Of
    the others those count that the notebook imports. Cells tagged `exercise` are exempt.
    """
    found, known = [], imported(nb) | {stem}
    for index, cell in code_cells(nb):
        if "exercise" in tags_of(cell):
            continue
        for name, tree in definitions(parse(cell.source)).items():
            homes = {home: there for home, there in packaged.get(name, {}).items()
                     if any(f"{home}.".startswith(f"{part}.") for part in known)}
            own = {home: there for home, there in homes.items() if home.split(".")[0] == stem}
            if homes and tree not in (own or homes).values():
                places = ", ".join(own or homes)
                found.append(f"{name_of(nb, index)}: {name} is other code than in {places}")
    return found


def exercise_ids(nb: NotebookNode) -> list[str]:
    """Return the ids of the exercises whose cells stand in the notebook (tag ex-1.4)."""
    return [match.group(1) for _, cell in code_cells(nb) for tag in tags_of(cell)
            if (match := EXERCISE.fullmatch(tag))]


def solve(source: str, name: str, solution: str) -> str:
    """Return a stub cell with the definition of `name` replaced by the text of `solution`.

    Raises ValueError when the cell defines no such name.
    """
    for node in ast.parse(source).body:
        if getattr(node, "name", None) == name:
            lines = source.splitlines()
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            lines[first - 1: node.end_lineno] = solution.rstrip().splitlines()
            return "\n".join(lines)
    raise ValueError(f"the exercise's cell does not define {name}, as its solution does")


def names_stored(tree: ast.Module) -> set[str]:
    """Return every name that a cell gives a value: assigned, defined, imported, an argument."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {name.asname or name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found


def borrowed_names(nb: NotebookNode) -> list[str]:
    """Each section of the second sitting uses only names of the core and its own."""
    core, own, section, second = set(dir(builtins)), set(), "", False
    found = []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            second = second or cell.source.startswith(SECOND_SITTING)
            if cell.source.startswith("## "):
                section, own = cell.source.splitlines()[0], set()
            continue
        if cell.cell_type != "code":
            continue
        tree = parse(cell.source)
        (own if second else core).update(names_stored(tree))
        used = {node.id for node in ast.walk(tree)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        if second and used - core - own:
            found.append(f"{section}: borrows {', '.join(sorted(used - core - own))}")
    return found
