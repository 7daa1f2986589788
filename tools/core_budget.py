"""Count what the core of a notebook asks of its reader, beside the budget that a test holds.

    python tools/core_budget.py             every notebook
    python tools/core_budget.py 01          those whose name begins so

The core ends at the heading `# Second sitting`. Not counted: formulas, blank lines, comments,
folded cells, the stubs of exercises. A section whose heading begins with `## Bridge` has a budget
of its own.
"""

from __future__ import annotations

import re
import statistics
import sys

from build_notebooks import NOTEBOOKS, find_sources, name_of, read_source, tags_of
from nbformat import NotebookNode

SECOND_SITTING, BRIDGE = "# Second sitting", "## Bridge"
FRAME = ("## Ten seconds first", "## Where we stand")      # headings that are no section
BUDGET = {"sections": 5, "words": 2200, "lines": 150, "starred minutes": 35,
          "bridge words": 350, "bridge lines": 30}
PATIENCE = 1.1             # over the budget is a warning; more than a tenth over is a failure
LONGEST_CELL, LONGEST_CLASS, HALF_OF_CELLS = 15, 25, 8
STAR = re.compile(r"^### Exercise \S+ ★ .*\((\d+) minutes\)", re.MULTILINE)
NO_PROSE = re.compile(r"<!--.*?-->|```.*?```|\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)


def is_folded(cell: NotebookNode) -> bool:
    """Tell whether the source of a cell is hidden at first."""
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


def words_of(prose: str) -> int:
    """Count the words of a prose cell, formulas aside."""
    return len(re.findall(r"\w[\w'’-]*", NO_PROSE.sub(" ", prose)))


def code_lines(source: str) -> int:
    """Count the lines of a cell that are neither blank nor comment."""
    lines = (line.strip() for line in source.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)


def core(nb: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """Return (index, cell) of all cells before `# Second sitting`."""
    end = next((index for index, cell in enumerate(nb.cells) if cell.cell_type == "markdown"
                and cell.source.startswith(SECOND_SITTING)), len(nb.cells))
    return list(enumerate(nb.cells[:end]))


def teaching_cells(nb: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """Return (index, cell) of the code cells of the core that a reader reads, stubs aside."""
    return [(index, cell) for index, cell in core(nb)
            if cell.cell_type == "code" and cell.source.strip()
            and not is_folded(cell) and "exercise" not in tags_of(cell)]


def counts(nb: NotebookNode) -> dict[str, int]:
    """Return what the core has of everything that BUDGET limits."""
    found = dict.fromkeys(BUDGET, 0)
    reading, bridge = {index for index, _ in teaching_cells(nb)}, ""
    for index, cell in core(nb):
        if cell.cell_type == "markdown":
            if cell.source.startswith(("# ", "## ")):
                bridge = "bridge " if cell.source.startswith(BRIDGE) else ""
                found["sections"] += cell.source.startswith("## ") and not cell.source.startswith(
                    (BRIDGE, *FRAME))
            found[f"{bridge}words"] += words_of(cell.source)
            found["starred minutes"] += sum(map(int, STAR.findall(cell.source)))
        elif index in reading:
            found[f"{bridge}lines"] += code_lines(cell.source)
    return found


def cell_limit(source: str) -> int:
    """Return how many lines a visible cell may have: more if it holds a class."""
    return LONGEST_CLASS if re.search(r"^class ", source, re.MULTILINE) else LONGEST_CELL


def faults(nb: NotebookNode, patience: float = PATIENCE) -> list[str]:
    """Return where the core is over its budget, more than `patience` times; long cells at once."""
    lengths = [(name_of(nb, index), code_lines(cell.source), cell_limit(cell.source))
               for index, cell in teaching_cells(nb)]
    found = [f"{count:,} {what}, the budget is {BUDGET[what]:,}"
             for what, count in counts(nb).items() if count > patience * BUDGET[what]]
    found += [f"{name}: {length} lines, the limit in a core is {limit}"
              for name, length, limit in lengths if length > limit]
    middle = statistics.median_low([length for _, length, _ in lengths] or [0])
    if middle > HALF_OF_CELLS:
        found.append(f"half of the visible cells have {middle} lines or more, "
                     f"the limit is {HALF_OF_CELLS}")
    if len(core(nb)) == len(nb.cells):
        found.append(f"no heading {SECOND_SITTING!r} ends the core")
    return found


def summary(nb: NotebookNode) -> str:
    """Return all counts beside their budget, in one line."""
    return ", ".join(f"{count:,} of {BUDGET[what]:,} {what}" for what, count in counts(nb).items())


def main(names: list[str]) -> None:
    """Print the counts of the named notebooks, and what is over."""
    try:
        sources = find_sources(names, NOTEBOOKS / "source")
    except ValueError as error:
        sys.exit(str(error))
    for source in sources:
        nb = read_source(source)
        print(f"{source.stem}: {summary(nb)}")
        for fault in faults(nb, patience=1):
            print(f"  {fault}")


if __name__ == "__main__":
    main(sys.argv[1:])
