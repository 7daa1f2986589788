"""A learner's notebook as text: the cells that hand in an answer, and what such a cell needs."""

import ast
import builtins
import contextlib
import json
import re
import symtable
from dataclasses import dataclass
from pathlib import Path

ID = re.compile(r"\d+\.\d+")
CHECK = re.compile(r"\bcheck\(\s*[\"'](\d+\.\d+)[\"']")
TAG = re.compile(r"ex-(\d+\.\d+)")
MAGIC = re.compile(r"^[ \t]*(?:[%!?]|[\w.]+\?{1,2}[ \t]*$).*$", re.MULTILINE)
TIMED = re.compile(r"^([ \t]*)%time[ \t]+(?=[^\s-])", re.MULTILINE)  # Python follows
AROUND_CODE = ("%%time", "%%timeit", "%%capture", "%%prun")   # cell magics above plain Python
NOT_PARSED = (SyntaxError, ValueError, MemoryError, RecursionError)
KNOWN = {*dir(builtins), "display", "get_ipython"}


class UnreadableError(Exception):
    """Why a file cannot be read as a notebook, in words."""


@dataclass(frozen=True)
class Piece:
    """Statements of one cell; the names that they give a value, and those that they need."""

    body: tuple[ast.stmt, ...]
    bound: frozenset[str]
    needs: frozenset[str]


@dataclass(frozen=True)
class Cell:
    """A code cell without its magics.

    name: what stands for its file in a traceback. handed: exercise id -> the expression that is
    handed to its check; None where only a tag, or a line that is no Python, names the exercise.
    imports: one piece for each import; rest: all other statements, but for the checks.
    fault: why the cell is no Python; "" if it is.
    """

    name: str
    source: str
    handed: dict[str, ast.expr | None]
    imports: tuple[Piece, ...]
    rest: Piece
    fault: str = ""


def read(path: Path) -> list[Cell]:
    """The code cells of a notebook. Raises UnreadableError, saying what the file is instead."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        book = json.loads(text) if text.strip() else None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError("is no notebook: not JSON") from error
    if book is None:
        raise UnreadableError("is an empty file")
    if not isinstance(book, dict) or "nbformat" not in book:
        raise UnreadableError("is no notebook: JSON of another kind")
    if book["nbformat"] != 4 or not isinstance(book.get("cells"), list):
        raise UnreadableError(f"is a notebook of the format {str(book['nbformat'])[:9]}, not 4: "
                              "open and save it in JupyterLab")
    cells = [cell for cell in book["cells"]
             if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return [_cell(number, cell) for number, cell in enumerate(cells, 1)]


def needed(cells: list[Cell], index: int, *, used: bool = False) -> list[tuple[Cell, Piece]]:
    """The pieces of the cells above that give a value to what a cell needs, first to last.

    What those need in turn is found too. used: also what only uses a name that the cell needs,
    and may change what is behind it, as in `words.add(...)`.
    """
    own = wishes(cells, index)
    wanted, touched = set(own), own - imported(cells, index) if used else set()
    pieces = [(cells[index], piece) for piece in reversed(cells[index].imports)]
    pieces += [(cell, piece) for cell in reversed(cells[:index])
               for piece in (cell.rest, *reversed(cell.imports))]
    found = []
    for cell, piece in pieces:
        if piece.bound & wanted or "*" in piece.bound or piece.needs & touched:
            wanted |= piece.needs
            found.append((cell, piece))
    return found[::-1]


def wishes(cells: list[Cell], index: int) -> set[str]:
    """The names that a cell and its check need, and that it gives no value."""
    cell = cells[index]
    handed = {name for answer in cell.handed.values() if answer is not None
              for name in _loaded(answer)}
    return (cell.rest.needs | handed) - cell.rest.bound - KNOWN


def imported(cells: list[Cell], index: int) -> set[str]:
    """The names that a cell and those above it import."""
    return {name for cell in cells[:index + 1] for piece in cell.imports for name in piece.bound}


def _cell(number: int, cell: dict) -> Cell:
    source = cell.get("source", "")
    source = "".join(map(str, source)) if isinstance(source, list) else str(source)
    about = cell.get("metadata")
    tags = about.get("tags") if isinstance(about, dict) else None
    tagged = [match[1] for tag in tags if (match := TAG.fullmatch(str(tag)))
              ] if isinstance(tags, list) else []
    source, name = _without_magics(source), f"<code cell {number}>"
    try:
        tree, fault = ast.parse(source), ""
        handed = dict.fromkeys(tagged) | _handed(tree)
        imports, rest = _pieces(tree)
    except NOT_PARSED as error:
        place = f" in line {error.lineno}" if getattr(error, "lineno", None) else ""
        fault = f"The cell is no Python{place}: {getattr(error, 'msg', type(error).__name__)}"
        handed = dict.fromkeys([*tagged, *CHECK.findall(source)])
        imports, rest = (), Piece((), frozenset(), frozenset())
    return Cell(name, source, handed, imports, rest, fault)


def _without_magics(source: str) -> str:
    """The Python of a cell, each line where it was; "" if the cell is in another language."""
    first = source.lstrip().partition("\n")[0]
    if first.startswith("%%") and first.split()[0] not in AROUND_CODE:
        return ""
    with contextlib.suppress(*NOT_PARSED):
        ast.parse(source)
        return source       # a line that begins with % may go on with the one above
    source = TIMED.sub(r"\1", source)
    return MAGIC.sub(lambda line: re.match(r"[ \t]*", line[0])[0] + "pass", source)


def _handed(tree: ast.Module) -> dict[str, ast.expr | None]:
    """Exercise id -> what is handed to its check, wherever in the cell that stands."""
    return {id: _answer(call) for call in ast.walk(tree) if (id := _checked(call))}


def _answer(call: ast.Call) -> ast.expr | None:
    named = {word.arg: word.value for word in call.keywords}
    return call.args[1] if len(call.args) > 1 else named.get("answer")


def _checked(node: ast.AST) -> str:
    """The id in `exercises.check("1.4", ...)` or `check("1.4", ...)`; "" for anything else."""
    called = node.func if isinstance(node, ast.Call) and node.args else None
    name = getattr(called, "attr", getattr(called, "id", ""))
    id = getattr(node.args[0], "value", None) if name == "check" else None
    return id if isinstance(id, str) and ID.fullmatch(id) else ""


def _pieces(tree: ast.Module) -> tuple[tuple[Piece, ...], Piece]:
    """Each import by itself, and the other statements together, without the calls of checks."""
    imports = [step for step in tree.body if isinstance(step, (ast.Import, ast.ImportFrom))]
    others = [step for step in tree.body if step not in imports
              and not (isinstance(step, ast.Expr) and _checked(step.value))]
    return tuple(_piece([step]) for step in imports), _piece(others)


def _piece(body: list[ast.stmt]) -> Piece:
    if len(body) == 1 and any(name.name == "*" for name in getattr(body[0], "names", ())
                              if isinstance(name, ast.alias)):
        return Piece(tuple(body), frozenset("*"), frozenset())
    table = symtable.symtable(ast.unparse(ast.Module(body, [])), "cell", "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols()
             if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()}
    return Piece(tuple(body), frozenset(bound), frozenset(_read_in(table) - bound - KNOWN))


def _read_in(table: symtable.SymbolTable) -> set[str]:
    """The names of the module that a block reads, the blocks inside it included."""
    top = table.get_type() == "module"
    found = {symbol.get_name() for symbol in table.get_symbols()
             if symbol.is_referenced() and (top or symbol.is_global())}
    return found.union(*map(_read_in, table.get_children()))


def _loaded(expression: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
