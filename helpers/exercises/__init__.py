"""One module per notebook: task, hints, reference solution, known mistakes.

`engine` runs them; a module of exercises ends in `door = engine.Door(...)` and hands out
`check`, `hint`, `solution`, `mine` and `board`. `python -m helpers.exercises report FILE...` tells
what learners' notebooks pass.
"""

import importlib

from helpers import course


def doors() -> dict:
    """The doors of all notebooks that can be opened: number and title -> `Door`."""
    return {f"{notebook.number} · {notebook.title}":
            importlib.import_module(f"helpers.exercises.{notebook.stem}").door
            for notebook in course.NOTEBOOKS if notebook.ready}
