"""Learners' notebooks, made from the course's own: right, wrong, half done, and worse."""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path

import notebook_rules as rules

from helpers import course
from helpers.exercises.engine import Exercise

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


class Learner:
    """One learner's copy of a notebook, to be filled in."""

    def __init__(self, stem: str = "language_models") -> None:
        notebook = course.find(stem)
        text = (NOTEBOOKS / f"{notebook.name}.ipynb").read_text(encoding="utf-8")
        self.book, self.expected = json.loads(text), {}
        self.exercises: dict[str, Exercise] = {
            exercise.id: exercise for exercise in
            importlib.import_module(f"helpers.exercises.{stem}").EXERCISES}
        self.expected = dict.fromkeys(self.exercises, "not attempted")
        for cell in self.cells():
            cell["outputs"] = []

    def cells(self) -> list[dict]:
        return [cell for cell in self.book["cells"] if cell["cell_type"] == "code"]

    def cell(self, id: str) -> dict:
        return next(cell for cell in self.cells() if f"ex-{id}" in cell["metadata"].get("tags", ()))

    def write(self, id: str, answer: str, expected: str) -> Learner:
        """Put the text of a definition where the stub stands; say what it should be marked."""
        cell, name = self.cell(id), self.exercises[id].solution.__name__
        cell["source"] = rules.solve("".join(cell["source"]), name, answer)
        self.expected[id] = expected
        return self

    def put(self, id: str, source: str, expected: str) -> Learner:
        """Write a whole cell anew."""
        self.cell(id)["source"] = source
        self.expected[id] = expected
        return self

    def add_above(self, id: str, source: str) -> Learner:
        """Put a code cell above that of an exercise."""
        self.book["cells"].insert(self.book["cells"].index(self.cell(id)), code(source))
        return self

    def solve(self, *ids: str) -> Learner:
        """Answer these exercises, or all of them, as the course does."""
        for id in ids or self.exercises:
            self.write(id, inspect.getsource(self.exercises[id].solution), "passed")
        return self

    def err(self, *ids: str) -> Learner:
        """Answer these exercises with a known mistake that is a definition, else with a word."""
        for id in ids:
            texts = [inspect.getsource(mistake.answer) for mistake in self.exercises[id].mistakes
                     if inspect.isfunction(mistake.answer)]
            name = self.exercises[id].solution.__name__
            wrong = [text for text in texts if text.startswith("def ") and name not in text]
            text = wrong[0] if wrong else "def wrong(*given):\n    return 'wrong'\n"
            self.write(id, f"def {name}({text.partition('(')[2]}", "failed")
        return self

    def save(self, path: Path) -> Path:
        path.write_text(json.dumps(self.book), encoding="utf-8")
        return path


def code(source: str) -> dict:
    """A code cell of no output."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
            "execution_count": None}


def solution(id: str, body: str, stem: str = "language_models") -> str:
    """A definition with the reference's first line and another body."""
    exercises = importlib.import_module(f"helpers.exercises.{stem}").EXERCISES
    reference = next(one.solution for one in exercises if one.id == id)
    names = ", ".join(inspect.signature(reference).parameters)
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"def {reference.__name__}({names}):\n{lines}"
