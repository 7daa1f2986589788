"""Cells show, ask or prove; questions stand in files; a core keeps its budget."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import build_notebooks
import core_budget
import nbformat
import pytest
import teaching_rules as rules
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from helpers import course, questions

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
SOURCES = sorted((NOTEBOOKS / "source").glob("*.md"))
# Over their budget, or with proofs in visible cells: name -> how long that is allowed.
EXCEPTIONS: dict[str, str] = {}

each_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)


def assert_none(complaints: list[str]) -> None:
    """Fail with all complaints, one a line."""
    assert not complaints, "\n" + "\n".join(complaints)


def file_of(stem: str) -> Path:
    """Return the file with the questions of one notebook."""
    return questions.FOLDER / f"{stem}.questions.json"


# The notebooks

@each_source
def test_cells_show_ask_or_prove(path):
    nb = build_notebooks.read_source(path)
    assert_none(rules.folded_strangers(nb) + rules.asked_elsewhere(nb) + rules.proof_faults(nb)
                + rules.hidden_names(nb))


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_proof_prints(path):
    assert_none(rules.silent_proofs(nbformat.read(path, as_version=4)))


@each_source
def test_the_core_keeps_its_budget_and_proofs_are_folded(path):
    nb, notebook = build_notebooks.read_source(path), course.find(path.stem)
    counted = bool(notebook.number)                # the start page has no core
    broken = rules.visible_proofs(nb) + (core_budget.faults(nb) if counted else [])
    numbers = f"{path.stem}: {core_budget.summary(nb)}; {len(broken)} faults"
    if path.stem in EXCEPTIONS:
        assert broken, f"{path.stem} keeps its budget: take it out of EXCEPTIONS"
        warnings.warn(f"allowed {EXCEPTIONS[path.stem]}: {numbers}", stacklevel=1)
    elif not notebook.ready:
        warnings.warn("\n  ".join(["not ready yet: " + numbers, *broken]), stacklevel=1)
    else:
        assert_none([numbers, *broken] if broken else [])
        for fault in core_budget.faults(nb, patience=1) if counted else []:
            warnings.warn(f"{path.stem}: {fault}", stacklevel=1)


def test_the_exceptions_are_notebooks():
    assert set(EXCEPTIONS) <= {path.stem for path in SOURCES}


# The questions

@each_source
def test_a_notebook_asks_and_settles_each_question_of_its_file_once(path):
    nb, file = build_notebooks.read_source(path), file_of(course.find(path.stem).stem)
    written = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    assert rules.question_ids(nb, "ask") == rules.question_ids(nb, "settle") == sorted(written)
    assert_none(rules.question_faults(written))
    keys = {id: [option["key"] for option in written[id]["options"]] for id in written}
    assert_none([f"{id} is settled with {key!r}, its keys are {', '.join(keys[id])}"
                 for id, key in rules.settled_keys(nb) if key not in keys[id]])


def test_every_file_of_questions_belongs_to_a_notebook_and_every_id_to_that_one():
    for file in questions.FOLDER.glob("*.questions.json"):
        notebook = course.find(file.name.removesuffix(".questions.json"))
        assert file_of(notebook.stem) == file
        assert {course.of_id(id) for id in json.loads(file.read_text("utf-8"))} == {notebook}


# The rules can fail

def notebook(*cells: NotebookNode) -> NotebookNode:
    """Return a notebook of these cells, of which one may stand there several times."""
    return NotebookNode(cells=list(cells), metadata=NotebookNode())


def code(source: str, *tags: str, folded: bool = False, output: str = "") -> NotebookNode:
    """Return a code cell, with its printed output."""
    cell = new_code_cell(source, metadata={"tags": list(tags)})
    cell.outputs = [new_output("stream", name="stdout", text=output)] if output else []
    if folded:
        cell.metadata["jupyter"] = {"source_hidden": True}
    return cell


ASK = code('questions.ask("1.c")\nquestions.ask("1.d")', "predict", folded=True)
SHOW = code("x = [1, 2]\nassert x\nx")
PROVE = ('y = max(x)\nfor _ in range(3):\n    rng.random()\nproof.holds("c", y, below=3)\n'
         'questions.settle("1.c", "a" if y else "b")')


def test_a_notebook_that_shows_asks_and_proves_passes():
    nb = notebook(ASK, SHOW, code(PROVE, "proof", "C039", folded=True, output="✔ c\n"),
                  code("y = 1\nprint(x, y)"))
    assert rules.folded_strangers(nb) + rules.asked_elsewhere(nb) + rules.proof_faults(nb) == []
    assert rules.hidden_names(nb) + rules.visible_proofs(nb) + rules.silent_proofs(nb) == []
    assert rules.question_ids(nb, "ask") == ["1.c", "1.d"]
    assert rules.question_ids(nb, "settle") == ["1.c"]
    assert rules.settled_keys(nb) == [("1.c", "a"), ("1.c", "b")]


@pytest.mark.parametrize("source, complaint", [
    ("z = x", "proves nothing"), (f"assert x\n{PROVE}", "asserts by itself"),
    (f"print(x)\n{PROVE}", "shows something"), (f"plots.bars_figure(x)\n{PROVE}", "shows"),
    (f'questions.ask("1.c")\n{PROVE}', "shows"), (f"{PROVE}\ny", "ends in a value"),
    (f"x = 3\n{PROVE}", "new values to x"), (f"for x in range(3): y = x\n{PROVE}", "to x"),
    (f"def x(): pass\n{PROVE}", "to x")])
def test_a_proof_that_does_something_else_is_seen(source, complaint):
    found = rules.proof_faults(notebook(SHOW, code(source, "proof", folded=True)))
    assert complaint in found[0] and len(found) == 1


def test_a_proof_in_the_wrong_place_is_seen():
    folded = code(PROVE, "proof", folded=True)
    for nb in (notebook(folded), notebook(SHOW, new_markdown_cell("words"), folded),
               notebook(SHOW, folded, folded)):
        assert "right below" in rules.proof_faults(nb)[-1]
    assert "not folded" in rules.proof_faults(notebook(SHOW, code(PROVE, "proof")))[0]


def test_a_silent_proof_is_seen():
    assert "prints nothing" in rules.silent_proofs(notebook(SHOW, code(PROVE, "proof")))[0]


def test_names_inside_functions_and_lists_are_not_left_behind():
    source = "z = [x for x in (1, 2)]\ndef f(x): x = 2; return x\n" + PROVE
    assert rules.proof_faults(notebook(SHOW, code(source, "proof", folded=True))) == []


@pytest.mark.parametrize("cell", [
    code('questions.ask("1.c")', "predict"), code('questions.ask("1.c")', folded=True),
    code('x = 1\nquestions.ask("1.c")', "predict", folded=True),
    code('questions.ask("1.c", "text", {"a": "b"})', "predict", folded=True)])
def test_a_question_in_another_cell_or_shape_is_seen(cell):
    assert len(rules.asked_elsewhere(notebook(cell))) == 1


def test_a_folded_cell_that_teaches_is_seen():
    assert "neither asks" in rules.folded_strangers(notebook(code("x = 1", folded=True)))[0]


@pytest.mark.parametrize("source", [
    "assert x\nassert y", "assert (x and\n        y)", 'questions.settle("1.c", "a")',
    'proof.holds("c", x)', "for y in x:\n    assert y\nassert x"])
def test_a_visible_cell_that_proves_is_seen(source):
    assert len(rules.visible_proofs(notebook(code(source)))) == 1


def test_a_name_that_only_a_folded_cell_made_is_seen():
    folded = code("hidden = 1\n" + PROVE, "proof", folded=True)
    assert rules.hidden_names(notebook(SHOW, folded, code("print(hidden)")))[0].endswith(
        "uses hidden, made by a folded cell")
    assert rules.hidden_names(notebook(SHOW, folded, code("hidden = 2\nhidden"))) == []


GOOD = {"text": "Which?", "options": [{"key": "a-1", "text": "one", "feedback": "n shrinks"},
                                      {"key": "b", "text": "two", "feedback": "It is so."}]}


def changed(part: str, value: str | None) -> dict:
    """Return GOOD with one part of its first option changed or, for None, taken out."""
    first = {**GOOD["options"][0], part: value}
    first = {name: said for name, said in first.items() if said is not None}
    return {**GOOD, "options": [first, GOOD["options"][1]]}


@pytest.mark.parametrize("question, complaint", [
    ({**GOOD, "text": " "}, "no text"), ({**GOOD, "options": GOOD["options"][:1]}, "fewer"),
    ({**GOOD, "right": "b"}, "other parts than text"), (changed("feedback", None), "other parts"),
    (changed("key", "b"), "of one name"), (changed("key", "two"), "of one name"),
    (changed("text", "two"), "of one name"), (changed("key", "One"), "other signs"),
    (changed("key", "x" * 21), "long"), (changed("feedback", "because,"), "breaks off"),
    (changed("feedback", ""), "empty"), (changed("text", ""), "empty")])
def test_a_bad_question_is_seen(question, complaint):
    assert any(complaint in fault for fault in rules.question_faults({"1.c": question}))
    assert rules.question_faults({"1.c": GOOD}) == []


# The budget can be broken

END = new_markdown_cell("# Second sitting\n\n" + "word " * 9000)


def core(*cells: NotebookNode) -> NotebookNode:
    """Return a notebook whose core is these cells."""
    return notebook(*cells, END, new_markdown_cell("## A"), code("x\n" * 100))


def test_what_is_in_the_core_is_counted_and_nothing_else():
    nb = core(
        new_markdown_cell("# 08 · Trial\n\nfour words and $a + b$ more\n\n$$x = y$$"),
        new_markdown_cell("## Ten seconds first"), code("import math\n\n# why\nx = 1"), ASK,
        new_markdown_cell("## 1 · One"), SHOW, code(PROVE, "proof", folded=True),
        new_markdown_cell("### Exercise 8.1 ★ · Title (10 minutes)"), code("...", "exercise"),
        new_markdown_cell("### Exercise 8.2 · Title (20 minutes)"),
        new_markdown_cell("## Bridge · a box\n\none two"), code("y = 2"),
        new_markdown_cell("## Where we stand"))
    assert core_budget.counts(nb) == {
        "sections": 1, "words": 26, "lines": 5, "starred minutes": 10, "bridge words": 5,
        "bridge lines": 1}
    assert core_budget.faults(nb) == []


@pytest.mark.parametrize("at_most, over", [
    ([new_markdown_cell("## 1")] * 5, [new_markdown_cell("## 1")] * 6),
    ([new_markdown_cell("word " * 2420)], [new_markdown_cell("word " * 2421)]),
    ([code("x = 1\n" * 8)] * 20 + [code("x = 1\n" * 5)], [code("x = 1\n" * 8)] * 20
     + [code("x = 1\n" * 6)]),
    ([code("x = 1\n" * 15), code("x = 1")], [code("x = 1\n" * 16), code("x = 1")]),
    ([code("class A:\n" + " x = 1\n" * 24), code("x = 1")],
     [code("class A:\n" + " x = 1\n" * 25), code("x = 1")]),
    ([code("x = 1\n" * 9), code("x = 1\n" * 8)], [code("x = 1\n" * 9), code("x = 1\n" * 9)]),
    ([new_markdown_cell("### Exercise 8.1 ★ · T (38 minutes)")],
     [new_markdown_cell("### Exercise 8.1 ★ · T (39 minutes)")]),
    ([new_markdown_cell("## Bridge\n\n" + "word " * 384)],
     [new_markdown_cell("## Bridge\n\n" + "word " * 385)]),
    ([new_markdown_cell("## Bridge"), *[code("x = 1\n" * 8)] * 4],
     [new_markdown_cell("## Bridge"), *[code("x = 1\n" * 8)] * 4, code("x = 1\n" * 2)]),
])
def test_more_than_a_tenth_over_the_budget_fails(at_most, over):
    assert core_budget.faults(core(*at_most)) == []
    assert len(core_budget.faults(core(*over))) == 1


def test_a_little_over_is_told_and_a_core_without_an_end_fails():
    nb = core(new_markdown_cell("word " * 2300))
    assert core_budget.faults(nb) == []
    assert core_budget.faults(nb, patience=1) == ["2,300 words, the budget is 2,200"]
    assert "ends the core" in core_budget.faults(notebook(SHOW))[0]
