"""Write the skeleton of a notebook: its lines in helpers/course.py and pyproject.toml, its files.

All of it runs and keeps the rules as it is, so that from the first day on only a change can break
something. What it computes, powers of two, is there to be replaced.
"""

from __future__ import annotations

import ast
import keyword
import re
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[1]
LINE = """\
    Notebook("$number", "$stem", "$title", "$title",
             "Which question does it answer?", "what it leaves unsolved"),
"""
IDEA = '''\
"""$title: what it is about, in one sentence (notebook $number)."""


def doubles(count: int) -> list[int]:
    """Return the first `count` powers of two. Raises ValueError for a negative count."""
    if count < 0:
        raise ValueError(f"count={count}: there are no fewer than 0 numbers")
    return [2**power for power in range(count)]
'''
EXPLORER = '''\
"""The explorers of notebook $number: numbers, drawing, wiring."""

from helpers import plots, $stem
from helpers.explorers import core


def growth_numbers(count: int) -> list[int]:
    """The heights of the bars."""
    return $stem.doubles(count)


def draw_growth(figure, numbers: list[int]) -> str:
    """One bar per number; returns what is to be seen."""
    plots.draw_bars(plots.panels(figure)[0], [*map(str, range(len(numbers)))], numbers,
                    title="Each is twice the one before", ylabel="value")
    return f"The last of {len(numbers)} numbers is {numbers[-1]:,}."


def growth():
    """How fast a number grows that doubles at each step."""
    return core.explore(growth_numbers, draw_growth, count=core.slider("numbers", 1, 12, value=6))
'''
EXERCISES = '''\
"""The exercises of notebook $number. How to add one: CONTRIBUTING.md."""

from helpers.exercises.engine import Door

EXERCISES = ()
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
'''
QUESTIONS = """\
{
 "$prefix.a": {
  "text": "1, 2, 4: each number is twice the one before. Which is the eleventh?",
  "options": [
   {"key": "22", "text": "22", "feedback": "That would be adding 2 each time; here the steps grow"},
   {"key": "1024", "text": "1,024", "feedback": "Ten doublings: 2 to the power of 10"}]}
}
"""
TEST = '''\
"""$title: the numbers, and the explorer moved without a browser."""

import pytest

from helpers import $stem
from helpers.explorers import $stem as explorers


def test_each_number_is_twice_the_one_before():
    assert $stem.doubles(4) == [1, 2, 4, 8]
    with pytest.raises(ValueError, match="count=-1"):
        $stem.doubles(-1)


def test_the_explorer_follows_its_control():
    shown = explorers.growth()
    before = shown.picture.value
    shown.controls["count"].value = 3
    assert shown.caption == "The last of 3 numbers is 4."
    assert shown.picture.value != before
'''
SOURCE = """\
# $number · $title

*Which question does this notebook answer, in one line?*

**You will build** what the title promises.

**You need** what the notebooks before it have shown.

**Time:** the core takes about 90 minutes, with a place to pause in the middle.

```python slideshow={"slide_type": "skip"}
from helpers import proof, questions, session, $stem
from helpers.explorers import $stem as explorers

session.start(seed=$prefix)
```

## 1 · The trouble comes first

A number doubles at each step. Choose, then run the cell below.

```python tags=["predict"] jupyter={"source_hidden": true}
questions.ask("$prefix.a")
```

```python
numbers = $stem.doubles(11)
print(numbers)
```

```python tags=["proof"] jupyter={"source_hidden": true}
proof.holds("the eleventh number", numbers[-1], equals=1024)
questions.settle("$prefix.a", "1024" if numbers[-1] == 1024 else "22")
```

Now move the control.

```python
explorers.growth()
```

See that the last bar is as high as all others together, and one more.

*Pause here.*

# Second sitting

## You can now

- say what this notebook has shown (name the exercises).

### Next

What this notebook leaves unsolved.
"""
FILES = {
    "helpers/$stem.py": IDEA,
    "helpers/explorers/$stem.py": EXPLORER,
    "helpers/exercises/$stem.py": EXERCISES,
    "helpers/exercises/$stem.questions.json": QUESTIONS,
    "tests/test_$stem.py": TEST,
    "notebooks/source/${number}_$stem.md": SOURCE,
}


def split_name(name: str) -> tuple[str, str]:
    """Return number and stem of "08_trial". Raises ValueError, with an example, for other names."""
    number, _, stem = name.partition("_")
    if not re.fullmatch(r"\d\d", number) or not re.fullmatch(r"[a-z][a-z0-9_]*", stem):
        raise ValueError(f"{name!r} is no name of a notebook: two digits, an underscore and a "
                         "name in small letters are, as in make new NB=08_trial")
    if keyword.iskeyword(stem) or stem in sys.stdlib_module_names:
        raise ValueError(f"{stem!r} belongs to Python itself: a notebook's name must also be the "
                         "name of a module of its own")
    return number, stem


def entries(registry: str) -> tuple[list[tuple[str, str, int]], int]:
    """Return (number, stem, line) of each notebook in course.py, and the line that ends them."""
    for node in ast.parse(registry).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "NOTEBOOKS":
            return [(entry.args[0].value, entry.args[1].value, entry.lineno)
                    for entry in node.value.elts], node.value.end_lineno
    raise ValueError("helpers/course.py has no NOTEBOOKS = (...)")


def registered(registry: str, number: str, stem: str, line: str) -> str:
    """Return the text of course.py with one more notebook, in the order of the numbers.

    Raises ValueError if number or stem is taken.
    """
    known, end = entries(registry)
    for taken, name, _ in known:
        if number == taken or stem == name:
            free = max(int(other) for other, *_ in known) + 1
            raise ValueError(f"{number}_{stem}: there is {taken}_{name} already; the next free "
                             f"number is {free:02}")
    place = next((at for other, _, at in known if other > number), end)
    lines = registry.splitlines(keepends=True)
    return "".join([*lines[:place - 1], line, *lines[place - 1:]])


def with_floor(settings: str, registry: str) -> str:
    """Return the text of pyproject.toml with every stem of course.py on the floor of ideas."""
    floors = re.search(r'(?m)(^    "\(\w+\)",\n)+', settings)
    stems = [stem for _, stem, _ in reversed(entries(registry)[0])]
    lines = "".join(f'    "({stem})",\n' for stem in stems)
    return settings[:floors.start()] + lines + settings[floors.end():]


def new(name: str, root: Path = ROOT) -> list[Path]:
    """Write the skeleton of a notebook below `root`; return its files. All of them, or none.

    Raises ValueError for a name that is none, a number or stem that is taken, a file that exists.
    """
    number, stem = split_name(name)
    words = {"number": number, "stem": stem, "prefix": str(int(number)),
             "title": stem.replace("_", " ").capitalize()}
    registry = root / "helpers" / "course.py"
    text = registered(registry.read_text(encoding="utf-8"), number, stem,
                      Template(LINE).substitute(words))
    settings = root / "pyproject.toml"
    floors = with_floor(settings.read_text(encoding="utf-8"), text)
    index = (root / "notebooks" / "source" / "index.md").read_text(encoding="utf-8")
    header = index[:index.index("\n---\n") + 5]
    files = {root / Template(path).substitute(words): Template(content).substitute(words)
             for path, content in FILES.items()}
    for path in files:
        for there in (path, path.with_suffix("")):    # a package has no ending
            if there.exists():
                raise ValueError(f"{there.relative_to(root)} is there already: choose another name")
    for path, content in files.items():
        content = f"{header}\n{content}" if path.suffix == ".md" else content
        path.write_text(content, encoding="utf-8", newline="\n")
    registry.write_text(text, encoding="utf-8", newline="\n")
    settings.write_text(floors, encoding="utf-8", newline="\n")
    return list(files)


def main(names: list[str]) -> int:
    """Write one skeleton, and say what comes next. Raises ValueError as `new` does."""
    if len(names) != 1:
        raise ValueError("Name one notebook: make new NB=08_trial")
    files = new(names[0])
    print("pyproject.toml: one line more, its floor")
    print("helpers/course.py: one line more; put title, question and gap there in your words")
    print("\n".join(f"{path.relative_to(ROOT).as_posix()}: new" for path in files))
    print(f"Next: make notebooks ARGS={names[0][:2]}")
    return 0
