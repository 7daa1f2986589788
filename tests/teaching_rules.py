"""Teaching and proving are two things: the rules of the cells that show, ask and prove.

A visible cell shows something. A folded one asks (tag `predict` or `recall`) or proves (`proof`).
Each rule is a function from a notebook to a list of complaints.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from build_notebooks import name_of, tags_of
from core_budget import is_folded
from nbformat import NotebookNode
from notebook_rules import calls, code_cells, names_stored, parse

ASKING, PROOF = {"predict", "recall"}, "proof"
SHOWING = ("print", "display", "questions.ask", "plots.", "explorers.", "exercises.")
KEY = re.compile(r"[a-z0-9][a-z0-9./-]{0,19}")
READABLE = re.compile(r"\S(.*[^\s,;:–(-])?")
SCOPES = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
          ast.GeneratorExp)


def proves(name: str) -> bool:
    """Tell whether a call of this name proves something aloud."""
    return name.startswith("proof.") or name == "questions.settle"


def shows(name: str) -> bool:
    """Tell whether a call of this name puts something else than a proof below the cell."""
    return name.startswith(SHOWING) and not name.endswith(("_numbers", ".mine"))


def folded_strangers(nb: NotebookNode) -> list[str]:
    """Only cells that ask or prove are folded."""
    return [f"{name_of(nb, index)}: is folded, and neither asks nor proves"
            for index, cell in code_cells(nb)
            if is_folded(cell) and not (ASKING | {PROOF}) & set(tags_of(cell))]


def asked_elsewhere(nb: NotebookNode) -> list[str]:
    """A cell that asks is folded and tagged, and holds nothing but `questions.ask("1.c")`."""
    found = []
    for index, cell in code_cells(nb):
        tree = parse(cell.source)
        if "questions.ask" not in calls(tree):
            continue
        plain = all(question_id(getattr(line, "value", line), "ask") for line in tree.body)
        if not (plain and is_folded(cell) and ASKING & set(tags_of(cell))):
            found.append(f'{name_of(nb, index)}: a question stands in a folded cell of its own, '
                         'tagged predict or recall: questions.ask("1.c")')
    return found


def proof_faults(nb: NotebookNode) -> list[str]:
    """A proof is folded, right below the visible cell it proves, and does nothing but prove."""
    found, shown = [], set()
    for index, cell in code_cells(nb):
        tree = parse(cell.source)
        if PROOF not in tags_of(cell):
            shown |= set() if is_folded(cell) else set(bound_names(tree))
            continue
        above = nb.cells[index - 1] if index else None
        below_code = above is not None and above.cell_type == "code" and not is_folded(above)
        last = tree.body[-1]
        faults = {
            "is not folded": not is_folded(cell),
            "does not stand right below a visible code cell": not below_code,
            "proves nothing": not any(map(proves, calls(tree))),
            "asserts by itself, so that nobody sees it: use proof.holds":
                any(isinstance(node, ast.Assert) for node in ast.walk(tree)),
            "shows something, which a visible cell should do": any(map(shows, calls(tree))),
            "ends in a value": isinstance(last, ast.Expr) and not (
                isinstance(last.value, ast.Call) and proves(ast.unparse(last.value.func))),
        }
        found += [f"{name_of(nb, index)}: a proof {fault}" for fault in faults if faults[fault]]
        changed = sorted(shown & set(bound_names(tree)))
        if changed:
            found.append(f"{name_of(nb, index)}: a proof gives new values to {', '.join(changed)}")
    return found


def silent_proofs(nb: NotebookNode) -> list[str]:
    """A proof, once run, has printed at least one line."""
    return [f"{name_of(nb, index)}: a proof that prints nothing" for index, cell in code_cells(nb)
            if PROOF in tags_of(cell) and not any(o.get("text", "").strip() for o in cell.outputs)]


def visible_proofs(nb: NotebookNode) -> list[str]:
    """A visible cell has at most one assert, of one line; it neither settles nor proves."""
    found = []
    for index, cell in code_cells(nb):
        tree = parse(cell.source)
        asserted = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
        if is_folded(cell):
            continue
        if len(asserted) > 1 or any(node.lineno != node.end_lineno for node in asserted):
            found.append(f"{name_of(nb, index)}: {len(asserted)} asserts in a visible cell; "
                         "one of one line may stay, the others go into the proof below")
        if any(map(proves, calls(tree))):
            found.append(f"{name_of(nb, index)}: settles or proves in a visible cell")
    return found


def hidden_names(nb: NotebookNode) -> list[str]:
    """No visible cell uses a name that only a folded cell made."""
    found, visible, folded = [], set(), set()
    for index, cell in code_cells(nb):
        tree = parse(cell.source)
        if is_folded(cell):
            folded |= set(bound_names(tree))
            continue
        visible |= names_stored(tree)
        used = {node.id for node in ast.walk(tree)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        if used & folded - visible:
            found.append(f"{name_of(nb, index)}: uses {', '.join(sorted(used & folded - visible))}"
                         ", made by a folded cell")
    return found


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a cell leaves behind; those inside functions and lists are not."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (name.asname or name.name.split(".")[0] for name in node.names)
        elif isinstance(node, SCOPES):
            yield from [node.name] if hasattr(node, "name") else []
        else:
            yield from bound_names(node)


def question_id(call: ast.AST, what: str) -> str | None:
    """Return the id in `questions.ask("1.c")` or `questions.settle("1.c", ...)`, else None."""
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != f"questions.{what}":
        return None
    arguments = {"ask": 1, "settle": 2}[what]
    plain = len(call.args) == arguments and not call.keywords
    return call.args[0].value if plain and isinstance(call.args[0], ast.Constant) else None


def question_ids(nb: NotebookNode, what: str) -> list[str]:
    """Return the ids of all questions that a notebook asks (what="ask") or settles ("settle")."""
    found = [question_id(node, what) for _, cell in code_cells(nb)
             for node in ast.walk(parse(cell.source))]
    return sorted(filter(None, found))


def settled_keys(nb: NotebookNode) -> list[tuple[str, str]]:
    """Return (id, key) of the options that are written out in a settle, in all its branches."""
    found = []
    for _, cell in code_cells(nb):
        for node in ast.walk(parse(cell.source)):
            if id := question_id(node, "settle"):
                found += [(id, key) for key in branches(node.args[1])]
    return found


def branches(value: ast.AST) -> list[str]:
    """Return the texts that an expression such as `"a" if x else "b"` can be."""
    if isinstance(value, ast.IfExp):
        return branches(value.body) + branches(value.orelse)
    return [value.value] if isinstance(value, ast.Constant) else []


def question_faults(questions: dict) -> list[str]:
    """Each question of a file has a text and two options or more, each with key, text, feedback.

    A key is short and no other option's text; a feedback can be read as a sentence.
    """
    found = []
    for id, question in questions.items():
        options = question.get("options", [])
        names = [option.get(part, "") for option in options for part in ("key", "text")
                 if part == "key" or option.get("key") != option.get("text")]
        faults = {
            "has no text": not question.get("text", "").strip(),
            "has other parts than text and options": question.keys() != {"text", "options"},
            "has fewer than two options": len(options) < 2,
            "has an option with other parts than key, text and feedback":
                any(option.keys() != {"key", "text", "feedback"} for option in options),
            "has two options of one name": len(set(names)) < len(names),
            "has a key that is long or has other signs than a-z 0-9 . / -":
                not all(KEY.fullmatch(option.get("key", "")) for option in options),
            "has a text or a feedback that is empty or breaks off":
                not all(READABLE.fullmatch(option.get(part, ""))
                        for option in options for part in ("text", "feedback")),
        }
        found += [f"{id} {fault}" for fault in faults if faults[fault]]
    return found
