"""The learner's copies: whatever the course and the learner change, no work is lost."""

import json
import re

import copies
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def edition(path, text, *, tags=()):
    """Write the course's notebook: one heading, one code cell that was run."""
    ran = new_code_cell(f"print({text!r})", execution_count=1, id="code", metadata={
        "tags": list(tags)}, outputs=[new_output("stream", name="stdout", text=text)])
    nb = new_notebook(cells=[new_markdown_cell("# Topic", id="head"), ran], metadata={
        "kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nbformat.write(nb, path)


@pytest.fixture
def course(tmp_path):
    """A course with one notebook, delivered; returns its notebook and the learner's copy."""
    (tmp_path / "notebooks").mkdir()
    notebook = tmp_path / "notebooks" / "01_topic.ipynb"
    edition(notebook, "first")
    deliver(notebook)
    return notebook, tmp_path / "my" / "01_topic.ipynb"


def deliver(notebook):
    """What `make lab` does."""
    copies.deliver(notebook.parent, notebook.parents[1] / "my")


def sources(path):
    """The cells' texts, as nbformat reads them; the file must be a valid notebook."""
    nb = nbformat.read(path, as_version=4)
    nbformat.validate(nb)
    return [cell.source for cell in nb.cells]


def work(mine, change):
    """Let `change(nb)` do to the learner's copy what JupyterLab would save."""
    nb = nbformat.read(mine, as_version=4)
    change(nb)
    nbformat.write(nb, mine)


def run(nb):
    """Run the code cell, fold it, leave the empty cell that Shift+Enter makes at the end."""
    nb.cells[1].update(execution_count=7, outputs=[new_output("stream", text="my output")])
    nb.cells[1].metadata["jupyter"] = {"source_hidden": True}
    nb.cells.append(new_code_cell(""))
    nb.metadata["language_info"] = {"name": "python", "version": "3.12"}


def edit(nb):
    """Change a cell and run it."""
    run(nb)
    nb.cells[1].source = "my work"


def backups(mine):
    """The files in backup/, oldest first."""
    return sorted(mine.parent.joinpath("backup").glob("*"))


def test_a_copy_is_made_on_the_first_start_and_has_no_outputs(course):
    notebook, mine = course
    assert sources(mine) == sources(notebook)
    cell = nbformat.read(mine, as_version=4).cells[1]
    assert (cell.outputs, cell.execution_count) == ([], None)
    assert nbformat.read(notebook, as_version=4).cells[1].outputs


@pytest.mark.parametrize("change", [run, edit])
def test_a_copy_stays_when_the_course_has_not_changed(course, capsys, change):
    notebook, mine = course
    work(mine, change)
    before = mine.read_bytes()
    deliver(notebook)
    assert mine.read_bytes() == before and capsys.readouterr().out == ""
    assert [path.name for path in mine.parent.iterdir()] == ["01_topic.ipynb"]


def test_an_untouched_copy_follows_the_course(course):
    notebook, mine = course
    for text in ("second", "third"):
        edition(notebook, text)
        deliver(notebook)
        assert sources(mine) == sources(notebook)
    edition(notebook, "third", tags=["proof"])
    deliver(notebook)
    assert nbformat.read(mine, as_version=4).cells[1].metadata.tags == ["proof"]
    assert not backups(mine)


def test_a_copy_that_was_only_run_follows_the_course_and_its_outputs_are_kept(course, capsys):
    notebook, mine = course
    work(mine, run)
    before = mine.read_bytes()
    edition(notebook, "second")
    deliver(notebook)
    assert sources(mine) == sources(notebook)
    backup, = backups(mine)
    assert backup.read_bytes() == before and backup.name in capsys.readouterr().out


def test_a_changed_copy_says_in_its_first_cell_that_there_is_a_newer_edition(course, capsys):
    notebook, mine = course
    work(mine, edit)
    before = nbformat.read(mine, as_version=4)
    edition(notebook, "second")
    deliver(notebook)
    first, *rest = nbformat.read(mine, as_version=4).cells
    assert rest == before.cells
    assert first.cell_type == "markdown" and "`make reset NB=01`" in first.source
    assert "make reset NB=01" in capsys.readouterr().out
    assert sources(mine)[1:] == ["# Topic", "my work", ""]


def test_the_note_comes_once_for_an_edition_and_is_renewed_by_the_next(course, capsys):
    notebook, mine = course
    work(mine, edit)
    edition(notebook, "second")
    deliver(notebook)
    work(mine, lambda nb: nb.cells.pop(0))            # the learner has read it
    before = mine.read_bytes()
    capsys.readouterr()
    deliver(notebook)
    assert mine.read_bytes() == before and capsys.readouterr().out == ""
    for text in ("third", "fourth"):
        edition(notebook, text)
        deliver(notebook)
        assert sources(mine)[1:] == ["# Topic", "my work", ""]


def test_the_note_is_no_change_of_the_learners(course):
    notebook, mine = course
    work(mine, edit)
    edition(notebook, "second")
    deliver(notebook)
    work(mine, lambda nb: nb.cells[2].update(source="print('first')"))         # changed back
    edition(notebook, "third")
    deliver(notebook)
    assert sources(mine) == sources(notebook)
    assert len(backups(mine)) == 1                    # it had outputs


def test_an_old_format_of_notebook_gets_a_note_that_is_valid_in_it(course):
    notebook, mine = course
    nb = json.loads(mine.read_text())
    nb["nbformat_minor"] = 4
    for cell in nb["cells"]:
        del cell["id"]
    nb["cells"][1]["source"] = ["my ", "work"]
    mine.write_text(json.dumps(nb))
    edition(notebook, "second")
    deliver(notebook)
    assert "id" not in json.loads(mine.read_text())["cells"][0]
    assert sources(mine)[1:] == ["# Topic", "my work"]


def test_a_copy_without_a_stamp_counts_as_changed(course):
    notebook, mine = course
    edition(mine, "somebody's")
    deliver(notebook)
    assert sources(mine)[1:] == ["# Topic", "print(\"somebody's\")"]


@pytest.mark.parametrize("data", [
    b"", b"{", b"[]", b"my work", b"\xff\xfe", b'{"cells": 3}', b'{"cells": [3], "metadata": {}}',
    b'{"cells": [{"source": [3]}], "metadata": {}}', b'{"cells": []}',
    b'{"cells": [{"source": "\\ud800"}], "metadata": {}}',
    b'{"cells": [], "metadata": {"course": 3}}'])
def test_what_cannot_be_read_as_a_notebook_is_left_alone(course, capsys, data):
    notebook, mine = course
    mine.write_bytes(data)
    deliver(notebook)
    assert mine.read_bytes() == data
    assert "stays as it is" in capsys.readouterr().out
    copies.reset("01", notebook.parent, mine.parent)
    assert sources(mine) == sources(notebook) and backups(mine)[0].read_bytes() == data


def test_a_deleted_copy_comes_back(course):
    notebook, mine = course
    mine.unlink()
    deliver(notebook)
    assert sources(mine) == sources(notebook)


@pytest.mark.parametrize("number", ["01", "1", "01_topic"])
def test_reset_gives_a_fresh_copy_and_keeps_the_old_one(course, number):
    notebook, mine = course
    for text in ("my work", "more work"):
        mine.write_text(text)
        copies.reset(number, notebook.parent, mine.parent)
        assert sources(mine) == sources(notebook)
    assert sorted(path.read_text() for path in backups(mine)) == ["more work", "my work"]
    assert all(re.match(r"01_topic-\d{8}-\d{6}(-2)?\.ipynb", path.name) for path in backups(mine))


@pytest.mark.parametrize("number", ["", "07"])
def test_reset_of_an_unknown_number_lists_what_there_is(course, number):
    notebook, mine = course
    edition(notebook.with_name("index.ipynb"), "start here")
    with pytest.raises(ValueError, match=r"Name one of these: 01, index"):
        copies.reset(number, notebook.parent, mine.parent)
