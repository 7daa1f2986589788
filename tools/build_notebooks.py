"""Build notebooks/NN_topic.ipynb from notebooks/source/NN_topic.md: read, execute, tidy, write.

    python tools/build_notebooks.py             every notebook
    python tools/build_notebooks.py 01 index    those whose name begins so

Two builds of one source give the same bytes. A cell that raises, writes to stderr or leaves a
pyplot figure open fails the build, and then nothing is written.
Tags: `machine` (outputs depend on the machine and are not kept), `allow-stderr`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import jupytext
import nbformat
import readme_table
import yaml
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from helpers.files import replace_file

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SCORES = ROOT / "data" / "scores.json"
CELL_SECONDS = 600
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
CELL_METADATA = ("tags", "slideshow", "jupyter", "collapsed", "editable", "deletable")
OPEN_FIGURES = """
import sys
print(sys.modules["matplotlib.pyplot"].get_fignums() if "matplotlib.pyplot" in sys.modules else [])
"""


class BuildError(Exception):
    """A notebook that must not be written; the message names the cell and what is wrong with it."""


def tags_of(cell: NotebookNode) -> list[str]:
    """Return the tags of one cell."""
    return cell.metadata.get("tags", [])


def find_sources(names: list[str], folder: Path) -> list[Path]:
    """Return the sources in `folder` whose stems begin with one of `names` (none given: all).

    Raises ValueError for a name that fits no source.
    """
    sources = sorted(folder.glob("*.md"))
    stems = [Path(name).stem for name in names]
    for stem in stems:
        if not any(source.stem.startswith(stem) for source in sources):
            known = ", ".join(source.stem for source in sources) or "none"
            raise ValueError(f"no source begins with {stem!r}; {folder} has: {known}")
    return [source for source in sources
            if not stems or any(source.stem.startswith(stem) for stem in stems)]


def split_prose(text: str) -> list[int]:
    """Return the line numbers where two blank lines cut prose into two cells."""
    found, fenced, blanks, before = [], False, 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() and not fenced:
            blanks += 1
            continue
        opens_cell = line.startswith(("```", "~~~", "<!-- #region"))
        ends_cell = before.startswith(("```", "~~~", "<!-- #endregion", "---")) or not before
        if blanks >= 2 and not (opens_cell or ends_cell):
            found.append(number)
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        blanks, before = 0, line
    return found


def name_cells(nb: NotebookNode) -> None:
    """Give every cell an id made of its text and of how often that text came before."""
    seen: Counter[str] = Counter()
    for cell in nb.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] += 1
        cell["id"] = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def check_header(text: str) -> None:
    """Raise ValueError, in words, unless `text` begins with a YAML header that names a kernel."""
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != "---":
        raise ValueError("the first line is not ---, which opens the header")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise ValueError("the header is not closed: its second --- is missing")
    try:
        header = yaml.safe_load("\n".join(lines[1:end]))
        named = header["jupyter"]["kernelspec"]["name"]
    except yaml.MarkedYAMLError as error:
        problem, mark = error.problem or error.context, error.problem_mark or error.context_mark
        where = f", line {mark.line + 2}" if mark else ""
        raise ValueError(f"the header{where} is no YAML ({problem}; no tabs in it)") from None
    except (KeyError, TypeError):
        named = None
    if not named:
        raise ValueError("the header names no kernelspec")


def read_source(path: Path) -> NotebookNode:
    """Read one jupytext Markdown source as a notebook without outputs, ids and metadata in order.

    Raises BuildError, naming the file and the cure, when its YAML header is damaged.
    """
    try:
        check_header(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BuildError(f"{path.name}: {error}. Cure: copy the lines from --- to --- at the top "
                         "of another source, such as notebooks/source/index.md") from None
    nb = jupytext.read(path)
    kernelspec = nb.metadata.kernelspec
    nb.metadata = NotebookNode(kernelspec=kernelspec, language_info=nbformat.from_dict(LANGUAGE))
    nb.nbformat, nb.nbformat_minor = 4, 5
    for cell in nb.cells:
        kept = {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        cell.metadata = nbformat.from_dict(kept)
    name_cells(nb)
    return nb


def kernel_environment(scratch: str) -> dict[str, str]:
    """Return the environment of a kernel: fresh progress, no network, fixed hashes."""
    python_path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return os.environ | {
        "COURSE_HOME": str(Path(scratch, "course")),
        "COURSE_OFFLINE": "1",
        "IPYTHONDIR": str(Path(scratch, "ipython")),
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(filter(None, python_path)),
    }


def execute(nb: NotebookNode, folder: Path, *, keep_scores: bool = False) -> None:
    """Run every cell of `nb` in `folder`, with the interpreter that runs this script.

    keep_scores: let the notebook write its rows of data/scores.json (COURSE_BUILD=1).
    Raises BuildError when a cell raises, and when a pyplot figure is open after the last cell.
    """
    specs = KernelSpecManager(kernel_dirs=[])      # only this interpreter's own python3
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    client = NotebookClient(nb, km=manager, timeout=CELL_SECONDS,
                            store_widget_state=False, record_timing=False)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        environment = kernel_environment(scratch) | {"COURSE_BUILD": str(int(keep_scores))}
        settings = {"cwd": str(folder), "env": environment, "cleanup_kc": True,
                    "stderr": subprocess.DEVNULL}
        with client.setup_kernel(**settings):
            for index in range(len(nb.cells)):
                run_cell(client, index)
            open_figures = probe(client)
    if open_figures != "[]":
        raise BuildError(f"pyplot figures {open_figures} are open after the last cell: close them")


def run_cell(client: NotebookClient, index: int) -> None:
    """Run the cell `index` of the client's notebook; what goes wrong in it is a BuildError."""
    cell = client.nb.cells[index]
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", error.traceback)
        raise BuildError(f"{name_of(client.nb, index)} raised\n{plain}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise BuildError(f"{name_of(client.nb, index)} did not end: {error}") from None


def probe(client: NotebookClient) -> str:
    """Ask the kernel which pyplot figures are open; leaves no trace in the notebook."""
    cell = nbformat.v4.new_code_cell(OPEN_FIGURES)
    client.nb.cells.append(cell)
    client.execute_cell(cell, len(client.nb.cells) - 1)
    client.nb.cells.pop()
    return "".join(output.get("text", "") for output in cell.outputs).strip()


def name_of(nb: NotebookNode, index: int) -> str:
    """Return 'code cell 3 (first line of it)', counting code cells from 1."""
    number = sum(cell.cell_type == "code" for cell in nb.cells[: index + 1])
    first = next(iter(nb.cells[index].source.splitlines()), "")
    return f"code cell {number} ({first.strip()[:70]})"


def check_stderr(nb: NotebookNode) -> None:
    """Raise BuildError naming every cell that wrote to stderr, except those tagged allow-stderr."""
    found = [f"{name_of(nb, index)} wrote to stderr:\n{output.text}"
             for index, cell in enumerate(nb.cells) if "allow-stderr" not in tags_of(cell)
             for output in cell.get("outputs", []) if output.get("name") == "stderr"]
    if found:
        raise BuildError("\n".join(found))


def tidy(nb: NotebookNode) -> None:
    """Leave in `nb` only what is the same in every build and readable without a kernel."""
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        kept = [] if "machine" in tags_of(cell) else tidy_outputs(cell.outputs)
        cell.outputs = kept


def tidy_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Drop stderr and widget views, join neighbouring pieces of stdout."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                continue
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
                continue
        elif "data" in output:
            output.data.pop(WIDGET_VIEW, None)
            if not output.data:
                continue
        kept.append(output)
    return kept


def write(nb: NotebookNode, path: Path) -> None:
    """Write `nb` to `path` in one step: a reader sees the old file or the new one, no half."""
    text = nbformat.writes(nb, version=4) + "\n"
    replace_file(path, text.encode())


@contextmanager
def fresh_scores(number: str, scores: Path = SCORES) -> Iterator[None]:
    """Drop the rows of notebook `number` from the score table: the run writes them anew.

    If the run fails, the old table comes back.
    """
    old = scores.read_text(encoding="utf-8") if scores.exists() else "[]"
    kept = [row for row in json.loads(old) if row["notebook"] != number]
    scores.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    try:
        yield
    except BaseException:
        scores.write_text(old, encoding="utf-8")
        raise


def build(source: Path, target: Path) -> None:
    """Build one notebook. Raises BuildError, and then leaves `target` as it was."""
    for line in split_prose(source.read_text(encoding="utf-8")):
        print(f"warning: {source.name}:{line}: the two blank lines above split a prose cell")
    nb = read_source(source)
    keep_scores = target.parent == NOTEBOOKS
    with fresh_scores(source.stem[:2]) if keep_scores else nullcontext():
        execute(nb, target.parent, keep_scores=keep_scores)
        check_stderr(nb)
    tidy(nb)
    nbformat.validate(nb)
    write(nb, target)


def main(names: list[str]) -> int:
    """Build the named notebooks; return 1 if one of them failed."""
    try:
        sources = find_sources(names, NOTEBOOKS / "source")
    except ValueError as error:
        sys.exit(str(error))
    failed = False
    for source in sources:
        start = time.perf_counter()
        try:
            build(source, NOTEBOOKS / f"{source.stem}.ipynb")
        except BuildError as error:
            failed = True
            print(f"{source.stem}: NOT BUILT\n{error}", file=sys.stderr)
        else:
            print(f"{source.stem}: built in {time.perf_counter() - start:.1f} s")
    if not failed and any(source.stem == readme_table.SHOWN[0] for source in sources):
        readme_table.save_picture()
    readme_table.write()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
