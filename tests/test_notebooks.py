"""Every notebook keeps the rules of the house, and runs with its exercises solved."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import warnings
from pathlib import Path

import build_notebooks
import coverage_map
import nbformat
import notebook_rules as rules
import pytest
import readme_table
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import course

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SOURCES = sorted((NOTEBOOKS / "source").glob("*.md"))
BUILT = sorted(NOTEBOOKS.glob("*.ipynb"))
INVENTORY = coverage_map.read_inventory(ROOT / "tests" / "inventory.txt")
PACKAGED = rules.packaged_definitions(ROOT / "helpers")
READY = [notebook.name for notebook in course.NOTEBOOKS if notebook.ready]
EXERCISES = [notebook.stem for notebook in course.NOTEBOOKS if notebook.ready
             and (ROOT / "helpers" / "exercises" / notebook.stem).exists()]

each_notebook = pytest.mark.parametrize("path", BUILT, ids=lambda path: path.stem)


def topic(path: Path) -> str:
    """Return what a notebook shares with helpers: 01_language_models -> language_models."""
    return course.find(path.stem).stem


def load(path: Path) -> NotebookNode:
    """Read a built notebook."""
    return nbformat.read(path, as_version=4)


def records(name: str) -> tuple:
    """Return the exercises of helpers.exercises.<name>."""
    return importlib.import_module(f"helpers.exercises.{name}").EXERCISES


def notebook_of(name: str) -> Path:
    """Return the built notebook whose topic is `name`."""
    found = [path for path in BUILT if topic(path) == name]
    assert found, f"helpers.exercises.{name} has no built notebook: run `make notebooks`"
    return found[0]


def assert_none(complaints: list[str]) -> None:
    """Fail with all complaints, one a line."""
    assert not complaints, "\n" + "\n".join(complaints)


def warn_about(complaints: list[str]) -> None:
    """Show complaints that do not fail."""
    for complaint in complaints:
        warnings.warn(complaint, stacklevel=2)


# The notebooks

def test_every_source_has_its_notebook_and_every_notebook_its_source():
    assert [path.stem for path in BUILT] == [path.stem for path in SOURCES]


def test_the_registry_knows_every_source_and_what_is_ready_has_one():
    stems = {path.stem for path in SOURCES}
    assert {"index", *READY} <= stems <= {notebook.name for notebook in course.all_notebooks()}


def test_the_title_of_a_notebook_is_the_one_in_the_registry():
    for path in SOURCES:
        title = next(line for line in path.read_text(encoding="utf-8").splitlines()
                     if line.startswith("# "))
        assert title.endswith(course.find(path.stem).title), path.name


@each_notebook
def test_source_and_notebook_agree(path):
    source = build_notebooks.read_source(NOTEBOOKS / "source" / f"{path.stem}.md")
    assert_none(rules.pair_differences(source, load(path)))


@each_notebook
def test_a_notebook_is_executed_and_reads_well_without_a_kernel(path):
    nb = load(path)
    nbformat.validate(nb)
    assert_none(rules.metadata_faults(nb) + rules.output_faults(nb) + rules.machine_traces(nb))


@each_notebook
def test_cells_are_short(path):
    nb = load(path)
    assert_none(rules.long_code(nb, rules.CODE_FAILS) + rules.long_prose(nb, rules.PROSE_FAILS))
    warn_about(rules.long_code(nb, rules.CODE_WARNS) + rules.long_prose(nb, rules.PROSE_WARNS))


@each_notebook
def test_a_cell_that_claims_a_row_of_the_inventory_asserts_it(path):
    assert_none(rules.rows_without_check(load(path)))


@each_notebook
def test_below_a_picture_stands_what_to_see(path):
    assert_none(rules.pictures_without_words(load(path)))


@each_notebook
def test_a_section_of_the_second_sitting_stands_on_the_core_alone(path):
    assert_none(rules.borrowed_names(load(path)))


@each_notebook
def test_a_definition_in_a_cell_is_the_one_in_helpers(path):
    assert_none(rules.drifted_definitions(load(path), topic(path), PACKAGED))


def test_claimed_rows_are_rows_of_the_inventory():
    claimed = {path.stem: coverage_map.claims(path) for path in SOURCES}
    assert_none(coverage_map.unknown(INVENTORY, claimed))


# The exercises

@pytest.mark.parametrize("name", EXERCISES)
def test_cells_and_records_name_the_same_exercises(name):
    assert sorted(rules.exercise_ids(load(notebook_of(name)))) == sorted(
        record.id for record in records(name))


@pytest.mark.parametrize("path", [p for p in SOURCES if p.stem in READY],
                         ids=lambda path: path.stem)
def test_a_notebook_that_is_ready_has_eight_exercises_and_four_of_them_starred(path):
    name = topic(path)
    assert len(records(name)) >= 8
    assert sum(record.starred for record in records(name)) == 4


@pytest.mark.parametrize("name", EXERCISES)
def test_right_answers_pass_and_wrong_answers_get_their_own_feedback(name):
    engine = importlib.import_module("helpers.exercises.engine")
    for record in records(name):
        for answer in (record.solution, *record.right):
            verdict = engine.judge(record, answer)
            assert verdict.status == "passed", f"{record.id}: {answer}: {verdict.message}"
        for mistake in record.mistakes:
            verdict = engine.judge(record, mistake.answer)
            assert verdict.status == "failed", f"{record.id}: {mistake.sentence}: {verdict.status}"
            assert mistake.sentence in verdict.message, f"{record.id}: {verdict.message}"


@pytest.mark.parametrize("name", EXERCISES)
def test_a_learner_who_is_sent_back_finds_the_paragraph(name):
    headings = {line.lstrip("# ") for cell in load(notebook_of(name)).cells
                if cell.cell_type == "markdown" for line in cell.source.splitlines()
                if line.startswith("#")}
    assert_none([f"{record.id} points to {record.reread!r}, which is no heading"
                 for record in records(name) if record.reread not in headings])


@pytest.mark.parametrize("name", EXERCISES)
def test_the_heading_of_an_exercise_says_what_its_record_says(name):
    headings = {line for cell in load(notebook_of(name)).cells if cell.cell_type == "markdown"
                for line in cell.source.splitlines() if line.startswith("### Exercise")}
    assert headings == {f"### Exercise {record.id}{' ★' * record.starred} · {record.title} "
                        f"({record.minutes} minutes)" for record in records(name)}


def test_every_word_of_the_glossary_stands_in_a_notebook():
    glossary = next(cell.source for cell in load(NOTEBOOKS / "index.ipynb").cells
                    if cell.source.startswith("## Glossary"))
    rows = [line.split("|")[1].strip() for line in glossary.splitlines() if line.startswith("| ")]
    prose = " ".join(cell.source.lower() for path in BUILT if path.stem != "index"
                     for cell in load(path).cells if cell.cell_type == "markdown")
    words = [word for row in rows[1:] for word in row.lower().split(", ")]
    assert len(words) > 15
    assert_none([f"{word!r} stands in no notebook" for word in words if word not in prose])


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_the_notebook_runs_with_its_exercises_solved(name):
    path = notebook_of(name)
    nb = build_notebooks.read_source(NOTEBOOKS / "source" / f"{path.stem}.md")
    solved = {}
    for record in records(name):
        tag, solution = f"ex-{record.id}", record.solution
        cell = next(cell for cell in nb.cells if tag in build_notebooks.tags_of(cell))
        text = inspect.getsource(solution)
        cell.source = rules.solve(cell.source, solution.__name__, text)
        solved[record.id] = cell
    build_notebooks.execute(nb, NOTEBOOKS)
    seen = {number: "\n".join(rules.text_of(output) for output in cell.outputs)
            for number, cell in solved.items()}
    assert_none([f"exercise {number} printed:\n{text}" for number, text in seen.items()
                 if "✔" not in text])


# The rules can fail, and the builder keeps its promises

KERNEL = {"name": "python3", "display_name": "Python 3"}


def notebook(*cells: NotebookNode) -> NotebookNode:
    """Return a notebook of these cells that keeps every rule of its metadata."""
    return new_notebook(cells=list(cells), metadata={"kernelspec": KERNEL})


def code(source: str, *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    """Return an executed code cell."""
    return new_code_cell(source, outputs=list(outputs), execution_count=1,
                         metadata={"tags": list(tags)})


def printed(text: str, name: str = "stdout") -> NotebookNode:
    """Return an output of print."""
    return new_output("stream", name=name, text=text)


def shown(**data: str) -> NotebookNode:
    """Return a displayed bundle; image_png stands for image/png."""
    return new_output("display_data", {key.replace("_", "/", 1): data[key] for key in data})


PICTURE = shown(image_png="iVBO")
VIEW = new_output("display_data", {build_notebooks.WIDGET_VIEW: {"model_id": "1"}})
ERROR = new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])


@pytest.mark.parametrize("output, complaint", [
    (ERROR, "an error"), (printed("oops", "stderr"), "stderr"), (VIEW, "widget view"),
    (shown(image_png="iVBO", text_html="<p>"), "HTML beside a picture")])
def test_a_bad_output_is_seen(output, complaint):
    assert complaint in rules.output_faults(notebook(code("x", output)))[0]
    assert rules.output_faults(notebook(code("x", printed("fine"), PICTURE))) == []


def test_a_cell_that_was_not_run_is_seen():
    assert "not executed" in rules.output_faults(notebook(new_code_cell("x")))[0]


@pytest.mark.parametrize("metadata, complaint", [
    ({}, "kernelspec"), ({"kernelspec": KERNEL, "widgets": {}}, "metadata.widgets"),
    ({"kernelspec": KERNEL, "language_info": {"name": "p", "version": "3"}}, "version")])
def test_bad_metadata_is_seen(metadata, complaint):
    assert complaint in rules.metadata_faults(new_notebook(metadata=metadata))[0]


@pytest.mark.parametrize("text", [
    "saved to /home/ada/x.txt", "'/root/course'", "/tmp/abc.py:3: UserWarning",
    r"C:\Users\ada", "<Model at 0x7f0012345678>"])
def test_a_trace_of_the_machine_is_seen(text):
    assert rules.machine_traces(notebook(code("x", printed(text))))
    assert rules.machine_traces(notebook(code("x", shown(text_plain=text))))


def test_an_address_on_the_web_is_no_trace_of_the_machine():
    assert rules.machine_traces(notebook(code("x", printed("https://a.org/home/x")))) == []


def test_long_cells_are_seen_and_comments_do_not_count():
    long, commented = "x = 1\n" * 26, "# why\n\n" * 30 + "x = 1"
    assert "26 lines" in rules.long_code(notebook(code(long), code(commented)), 25)[0]
    folded = code("x = 1\n" * 40)
    folded.metadata["jupyter"] = {"source_hidden": True}
    assert rules.long_code(notebook(folded), 25) == []
    folded.source += "x = 1"
    assert "41 lines, the limit is 40" in rules.long_code(notebook(folded), 25)[0]
    prose = new_markdown_cell("word " * 201)
    assert "201 words" in rules.long_prose(notebook(prose), 200)[0]
    prose.metadata["tags"] = ["reference"]
    assert rules.long_prose(notebook(prose), 200) == []


def test_a_row_without_a_check_is_seen():
    for source in ("assert x", "questions.settle('1.2', 3)", "torch.testing.assert_close(a, b)",
                   "proof.holds('it is', x)", "proof.equal('it is', x, y)"):
        assert rules.rows_without_check(notebook(code(source, tags=("C039",)))) == []
    assert "C039" in rules.rows_without_check(notebook(code("x = 1", tags=("C039",))))[0]


def test_a_picture_without_its_sentence_is_seen():
    words = new_markdown_cell("See that it falls.")
    assert rules.pictures_without_words(notebook(code("x", PICTURE), code("y"), words)) == []
    assert rules.pictures_without_words(notebook(code("x", PICTURE, tags=("no-see",)))) == []
    late = notebook(code("x", PICTURE), code("y"), code("z"), words)
    assert len(rules.pictures_without_words(late)) == 1


def test_a_section_that_borrows_from_another_is_seen():
    cells = [new_code_cell("import math\nx = 1"), new_markdown_cell("# Second sitting"),
             new_markdown_cell("## A"), new_code_cell("y = x + math.pi"),
             new_markdown_cell("## B"), new_code_cell("print(x, y)")]
    assert rules.borrowed_names(new_notebook(cells=cells)) == ["## B: borrows y"]


def test_a_definition_that_drifted_is_seen(tmp_path):
    (tmp_path / "topic.py").write_text('def f(x):\n    """Return twice x."""\n    return 2 * x\n')
    packaged = rules.packaged_definitions(tmp_path)
    same, other = "def f(x):\n    return 2 * x", "def f(x):\n    return x + x"
    assert rules.drifted_definitions(notebook(code(same)), "topic", packaged) == []
    assert rules.drifted_definitions(notebook(code(other)), "elsewhere", packaged) == []
    borrowed = notebook(code(f"from helpers import topic\n{other}"))
    assert rules.drifted_definitions(borrowed, "elsewhere", packaged)
    within = notebook(code(f"from helpers.topic import f as theirs\n{other}"))
    assert rules.drifted_definitions(within, "topic", packaged)
    exercise = notebook(code(other, tags=("exercise",)))
    assert rules.drifted_definitions(exercise, "topic", packaged) == []


def test_a_pair_that_differs_is_seen():
    left = notebook(code("x = 1", tags=("C039",)), new_markdown_cell("a"))
    assert rules.pair_differences(left, left) == []
    for right in (notebook(code("x = 2", tags=("C039",)), new_markdown_cell("a")),
                  notebook(code("x = 1"), new_markdown_cell("a")),
                  notebook(code("x = 1", tags=("C039",)))):
        assert rules.pair_differences(left, right)


def test_a_stub_is_replaced_by_its_solution_and_its_check_stays():
    stub = 'import math\n\ndef f(x):\n    """Twice."""\n    ...\n\ncheck("1.1", f)'
    solved = rules.solve(stub, "f", "def f(x):\n    return 2 * x\n")
    assert solved == 'import math\n\ndef f(x):\n    return 2 * x\n\ncheck("1.1", f)'
    with pytest.raises(ValueError, match="does not define g"):
        rules.solve(stub, "g", "")


HEADER = "---\njupyter:\n  kernelspec:\n    display_name: Python 3\n    name: python3\n---\n\n"
WIDGET = """
```python
import io, ipywidgets
from IPython.display import display
from matplotlib.figure import Figure
figure = Figure(figsize=(2, 1))
figure.subplots().plot([1, 2])
figure.savefig(png := io.BytesIO(), format="png")
print("one"); print("two", flush=True); print("three")
slider = ipywidgets.IntSlider()
class Bundle:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return slider._repr_mimebundle_() | {"image/png": png.getvalue(), "text/plain": "me"}
display(Bundle())
```

```python tags=["machine"]
id(slider)
```
"""


def build(folder: Path, text: str) -> Path:
    """Build a notebook of this text in `folder`; return the path of the result."""
    (folder / "01_tiny.md").write_text(HEADER + text.strip())
    build_notebooks.build(folder / "01_tiny.md", folder / "01_tiny.ipynb")
    return folder / "01_tiny.ipynb"


def test_two_builds_give_the_same_bytes_without_widget_state(tmp_path):
    path = build(tmp_path, WIDGET)
    first = path.read_bytes()
    assert build(tmp_path, WIDGET).read_bytes() == first
    nb = load(path)
    assert rules.metadata_faults(nb) + rules.output_faults(nb) == []
    assert [output.output_type for output in nb.cells[0].outputs] == ["stream", "display_data"]
    assert set(nb.cells[0].outputs[1].data) == {"image/png", "text/plain"}
    assert nb.cells[1].outputs == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_tiny.ipynb", "01_tiny.md"]


@pytest.mark.parametrize("source, complaint", [
    ("1 / 0", "code cell 1 .* raised"),
    ("import sys; print('oops', file=sys.stderr)", "code cell 1 .* stderr"),
    ("import matplotlib; matplotlib.use('agg')\n"
     "from matplotlib import pyplot; pyplot.figure()", r"figures \[1\] are open")])
def test_a_failed_build_says_why_and_writes_nothing(tmp_path, source, complaint):
    with pytest.raises(build_notebooks.BuildError, match=complaint):
        build(tmp_path, f"```python\n{source}\n```\n")
    assert [path.name for path in tmp_path.iterdir()] == ["01_tiny.md"]


@pytest.mark.parametrize("old, new, complaint", [
    (HEADER, "", "the first line is not ---"),
    ("---\n\n", "", "its second --- is missing"),
    ("  kernelspec", "\tkernelspec", "line 3 is no YAML .*no tabs"),
    ("kernelspec:", "kernelspec", "is no YAML"),
    ("    name: python3\n", "", "names no kernelspec"),
    ("jupyter:", "jupiter:", "names no kernelspec"),
    (HEADER, "---\n---\n", "names no kernelspec"),
    (HEADER, "---\n- jupyter\n---\n", "names no kernelspec")])
def test_a_damaged_header_gets_a_sentence_with_the_file_and_the_cure(
        tmp_path, old, new, complaint):
    (tmp_path / "01.md").write_text((HEADER + "# Title\n").replace(old, new, 1))
    with pytest.raises(build_notebooks.BuildError) as caught:
        build_notebooks.read_source(tmp_path / "01.md")
    assert re.match(rf"01\.md: .*{complaint}.*copy the lines", str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_build_writes_its_own_scores_anew_and_a_failed_one_keeps_the_old(tmp_path):
    table = tmp_path / "scores.json"
    rows = [{"notebook": "01", "model": "a"}, {"notebook": "02", "model": "b"}]
    table.write_text(json.dumps(rows))
    with pytest.raises(RuntimeError), build_notebooks.fresh_scores("01", table):
        raise RuntimeError
    assert json.loads(table.read_text()) == rows
    with build_notebooks.fresh_scores("01", table):
        pass
    assert json.loads(table.read_text()) == rows[1:]


def test_equal_cells_get_different_ids_that_do_not_depend_on_the_run(tmp_path):
    (tmp_path / "01.md").write_text(HEADER + "```python\nx\n```\n\n```python\nx\n```\n")
    first, second = build_notebooks.read_source(tmp_path / "01.md").cells
    assert second.id == f"{first.id}-2"


def test_two_blank_lines_in_prose_are_noticed():
    code = "```python\nx\n\n\ny\n```"
    assert build_notebooks.split_prose(f"# A\n\nb\n\n\nc\n\n{code}\n\n\nd\n") == [6]


def test_names_choose_sources_and_an_unknown_name_lists_the_known(tmp_path):
    for stem in ("01_language_models", "index"):
        (tmp_path / f"{stem}.md").touch()
    assert [path.stem for path in build_notebooks.find_sources(["01"], tmp_path)] == [
        "01_language_models"]
    assert len(build_notebooks.find_sources([], tmp_path)) == 2
    with pytest.raises(ValueError, match="'09'.*01_language_models"):
        build_notebooks.find_sources(["09"], tmp_path)


def test_the_map_counts_rows_per_notebook_and_knows_strangers(tmp_path):
    text = '```python tags=["C039", "machine"]\nx\n```\n\n```python tags=["C039", "O04"]\nx\n```\n'
    (tmp_path / "01_topic.md").write_text(HEADER + text)
    claimed = {"01_topic": coverage_map.claims(tmp_path / "01_topic.md")}
    assert claimed == {"01_topic": ["C039", "O04"]}
    rows = {"C039": ["1"], "C040": ["1"], "C041": ["2"]}
    lines = [line.split() for line in coverage_map.coverage(rows, claimed)]
    assert ["01_topic", "1", "/", "2"] in lines
    assert ["missing:", "C040"] in lines
    assert lines[-1][-3:] == ["1", "/", "3"]
    assert coverage_map.unknown(rows, claimed) == ["01_topic: O04"]


def test_the_map_lists_every_notebook_in_the_order_of_the_course():
    lines = [line.split()[0] for line in coverage_map.coverage({}, {"10_late": [], "index": []})]
    numbers = [notebook.prefix for notebook in course.NOTEBOOKS]
    assert lines[1:-1] == [*numbers, "10_late", "index"]


# The table in README.md

def test_the_readme_lists_the_notebooks_of_the_registry():
    text = readme_table.README.read_text(encoding="utf-8")
    assert readme_table.filled(text, course.all_notebooks()) == text, "run `make notebooks`"


def test_a_notebook_more_is_a_row_more_and_only_what_is_ready_is_a_link(tmp_path, capsys):
    old, new = course.find("01"), course.Notebook("08", "trial", "Trial", "Trial", "Why?")
    text = f"a\n{readme_table.BEGIN}old{readme_table.END}z"
    filled = readme_table.filled(text, (old, new))
    assert "| [01 Language models and perplexity](notebooks/01_language_models.ipynb) |" in filled
    assert "| 08 Trial | Why? | to come |\n" in filled and "old" not in filled
    assert filled.startswith("a\n") and filled.endswith("z")
    assert 'n01["01 Language models"] --> n08["08 Trial"]\n' in filled
    assert "    class n01 ready\n" in filled
    (tmp_path / "README.md").write_text(text)
    readme_table.write(tmp_path / "README.md")
    assert "is new" in capsys.readouterr().out
    readme_table.write(tmp_path / "README.md")
    assert capsys.readouterr().out == ""
    with pytest.raises(ValueError, match="lost a mark"):
        readme_table.filled("nothing", ())


def test_the_readme_shows_the_widget_as_the_notebook_has_it(tmp_path):
    readme_table.save_picture(picture=tmp_path / "new.png")
    assert (tmp_path / "new.png").read_bytes() == readme_table.PICTURE.read_bytes()
    assert str(readme_table.PICTURE.relative_to(ROOT)) in readme_table.README.read_text("utf-8")
    nbformat.write(new_notebook(), tmp_path / "03_rnn_lstm.ipynb")
    with pytest.raises(ValueError, match="no cell with explorers.gradient_flow"):
        readme_table.save_picture(tmp_path)


def test_the_inventory_has_every_row_once():
    numbers = [int(row[1:]) for row in INVENTORY if row[0] == "C"]
    assert numbers == [number for number in range(1, 168) if number != 44]
    assert [row for row in INVENTORY if row[0] == "O"] == [f"O{n:02}" for n in range(1, 51)]
