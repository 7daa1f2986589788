"""Short pages on the helpers: what each module is for, its public names with their signatures.

Read from the source, nothing is imported: a page is the same on any machine.
"""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HELPERS = ROOT / "helpers"
ANSWERS = HELPERS / "exercises"         # of its modules, those of the notebooks hold solutions


def packages() -> list[str]:
    """The names of what has a page: each package and each module of its own in helpers."""
    there = [path for path in HELPERS.iterdir() if not path.name.startswith(("_", "."))]
    return sorted(path.stem for path in there
                  if path.suffix == ".py" or (path / "__init__.py").exists())


def modules(name: str) -> list[Path]:
    """The files of a package that are told of, its own first."""
    folder = HELPERS / name
    if not folder.is_dir():
        return [HELPERS / f"{name}.py"]
    inside = sorted(path for path in folder.rglob("*.py") if not path.name.startswith("_"))
    if folder == ANSWERS:
        inside = [path for path in inside if path.parent == ANSWERS]
    return [folder / "__init__.py", *inside]


def page(name: str) -> str:
    """The page of a package, in Markdown."""
    parts = [f"# helpers.{name}", ""]
    for path in modules(name):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        entries = [entry(node) for node in tree.body if is_public(node)]
        if dotted != f"helpers.{name}" and entries:
            parts += [f"## {dotted}", ""]
        if entries or dotted == f"helpers.{name}":
            parts += [prose(ast.get_docstring(tree) or ""), "", *entries]
    return "\n".join(parts)


def is_public(node: ast.stmt) -> bool:
    """Whether it is a function or a class whose name begins with no underscore."""
    return (isinstance(node, (ast.FunctionDef, ast.ClassDef))
            and not node.name.startswith("_"))


def entry(node: ast.FunctionDef | ast.ClassDef) -> str:
    """A name, its signature and what its docstring says; of a class its public methods, too."""
    parts = [f'<div class="signature highlight"><code>{html.escape(signature(node))}</code></div>',
             "", prose(ast.get_docstring(node) or ""), ""]
    if isinstance(node, ast.ClassDef):
        parts += [entry(each) for each in node.body
                  if is_public(each) and isinstance(each, ast.FunctionDef)]
    return "\n".join(parts)


def signature(node: ast.FunctionDef | ast.ClassDef) -> str:
    """The line that defines it, without the body."""
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(map(ast.unparse, node.bases))
        return f"class {node.name}({bases})" if bases else f"class {node.name}"
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){returned}"


def prose(docstring: str) -> str:
    """A docstring as Markdown in which no letter is a sign; what is set in stays as it stands."""
    paragraphs = []
    for paragraph in re.split(r"\n{2,}", docstring):
        if any(line.startswith("    ") for line in paragraph.split("\n")):
            paragraphs.append(f"<pre>{html.escape(paragraph)}</pre>")
        else:
            named = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(paragraph))
            paragraphs.append(f"<p>{named}</p>")
    return "\n\n".join(paragraphs)


def index(names: list[str]) -> str:
    """The list of all pages, each with its first sentence."""
    rows = []
    for name in names:
        first = (ast.get_docstring(ast.parse(modules(name)[0].read_text(encoding="utf-8")))
                 or "").split("\n\n")[0].replace("\n", " ")
        rows.append(f'<dt><a href="{name}.html">helpers.{name}</a></dt>'
                    f"<dd>{html.escape(first)}</dd>")
    tree = "\n".join(names)
    return (f"# The package\n\n<dl>{''.join(rows)}</dl>\n\n"
            f"```{{toctree}}\n:hidden:\n\n{tree}\n```\n")
