"""The process in which one learner's notebook is run and checked; `_marker` starts it.

What it finds goes out, a line of JSON at a time, through a copy of its standard output that
was made before any of the learner's code ran; what that code prints goes nowhere.
"""

import ast
import contextlib
import importlib
import json
import linecache
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from helpers import course
from helpers.exercises import _reading, _using, _walls
from helpers.exercises._errors import TimeUp
from helpers.exercises._reading import Cell, Piece
from helpers.exercises.engine import Exercise, Verdict, judge

MISSING = object()
STILL_RUNS = "It still runs"     # ends the message of an answer that could not be stopped
ORDER = ("not attempted", "failed", "not checked", "passed")    # of several, the last is told


def main() -> None:
    """Do the job, then end at once, whatever threads learners' code has left."""
    try:
        _do_the_job()
    finally:
        os._exit(0)


def _do_the_job() -> None:
    """Read the job from standard input, send what is found; "end" is the last thing said."""
    job = json.loads(sys.stdin.buffer.read())
    send = _private_channel(job["sign"])
    sys.dont_write_bytecode = True
    _walls.limit_time(job["seconds"])
    try:
        cells = _reading.read(Path(job["path"]))
        name, exercises = _course_of(cells)
    except _reading.UnreadableError as error:
        send(trouble=str(error))
        return
    send(notebook=name, exercises=[(exercise.id, exercise.starred) for exercise in exercises])
    _walls.limit_memory()
    _walls.build(Path.cwd())
    for exercise in exercises:
        if exercise.id not in job["done"]:
            _mark(exercise, cells, send)
    send(end=True)


def _private_channel(sign: str) -> Callable[..., None]:
    """Point input and outputs at nothing; return what writes to the marker, each line signed."""
    channel, nothing = os.dup(1), os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")    # noqa: SIM115
    write = os.write

    def send(**said: object) -> None:
        write(channel, f"{sign}{json.dumps(said)}\n".encode("ascii"))

    return send


def _course_of(cells: list[Cell]) -> tuple[str, tuple[Exercise, ...]]:
    """Name and exercises of the course's notebook from which most of the handed-in ids are."""
    prefixes = [id.partition(".")[0] for cell in cells for id in cell.handed]
    known = {notebook.prefix: notebook for notebook in course.NOTEBOOKS if notebook.ready}
    prefixes = [prefix for prefix in prefixes if prefix in known]
    if not prefixes:
        raise _reading.UnreadableError("holds no exercise of this course")
    notebook = known[max(sorted(set(prefixes)), key=prefixes.count)]
    door = importlib.import_module(f"helpers.exercises.{notebook.stem}").door
    return notebook.name, door.exercises


def _mark(exercise: Exercise, cells: list[Cell], send: Callable[..., None]) -> None:
    """Send the best verdict on the cells that hand in an answer; end the process if it is hurt."""
    said = ("not attempted", "")
    for index in [i for i, cell in enumerate(cells) if exercise.id in cell.handed]:
        tries = [_reading.needed(cells, index), _reading.needed(cells, index, used=True)]
        for above in tries[:1] if tries[0] == tries[1] else tries:
            send(begin=exercise.id)
            found = _verdict(exercise, cells[index], above, send)
            said = max(said, found, key=lambda one: ORDER.index(one[0]))
            send(id=exercise.id, mark=said[0], why=said[1].partition(STILL_RUNS)[0])
            if _is_hurt(*found):
                os._exit(0)         # the next exercise wants a process that is whole
            if found[0] != "failed":
                break
    send(id=exercise.id, mark=said[0], why=said[1].partition(STILL_RUNS)[0])


def _is_hurt(mark: str, why: str) -> bool:
    """Tell whether the process may no longer be trusted with another exercise."""
    return (mark == "not checked" or STILL_RUNS in why or "MemoryError" in why
            or _threads_left())     # the memory may be full still: a traceback holds it


def _threads_left() -> bool:
    """Tell whether a thread that learners' code has started, or was stopped in, is still there."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(0.1)        # the engine's own thread is about to end
            if thread.is_alive():
                return True
    return False


def _verdict(exercise: Exercise, cell: Cell, above: list[tuple[Cell, Piece]],
             send: Callable[..., None]) -> tuple[str, str]:
    """(mark, why) of the answer that one cell hands in, after the pieces above have run."""
    if cell.fault:
        return "failed", cell.fault
    names = {"__name__": "__main__", "display": lambda *shown, **how: None}

    def work() -> list[str]:
        return [error for other, piece in [*above, (cell, cell.rest)]
                for error in _run(other, piece, names)]

    done = _using.within_limit(work) or [["The cell, or one that it needs, was stopped: it took "
                                         "too long."]]
    answer = _answer(exercise, cell, names)     # it may be there all the same
    if answer is MISSING:
        return "failed", next(iter(done[0]), "The cell hands in no answer.")
    if str(getattr(answer, "__module__", "")).startswith("helpers.exercises"):
        return "not checked", "What is handed in is the course's own solution, imported."
    send(begin=exercise.id)
    verdict = judge(exercise, answer)
    if verdict.status == "passed" and not _is_sound(exercise):
        return "not checked", "The notebook changes the checks themselves: look at its cells."
    return verdict.status, _first_line(verdict)


def _run(cell: Cell, piece: Piece, names: dict) -> list[str]:
    """Run statement after statement, past those that raise; return what was raised, in words."""
    lines, errors = cell.source.splitlines(keepends=True), []
    linecache.cache[cell.name] = (len(cell.source), None, lines, cell.name)
    for statement in piece.body:
        try:
            exec(compile(ast.Module([statement], []), cell.name, "exec"), names)
        except TimeUp:
            raise
        except BaseException as error:
            errors.append(_in_words(error, cell.name, statement))
    return errors


def _in_words(error: BaseException, name: str, statement: ast.stmt) -> str:
    words = ""
    with contextlib.suppress(Exception):        # an exception's words are a learner's code, too
        words = f": {str(error)[:200]}"
    place = f"{name.strip('<>').capitalize()} stopped in line {statement.lineno}"
    return f"{place} with {type(error).__name__[:80]}{words}"


def _answer(exercise: Exercise, cell: Cell, names: dict) -> object:
    """What the cell hands in: the check's second argument, else what has the solution's name."""
    name = getattr(exercise.solution, "__name__", "answer")
    expressions = [cell.handed[exercise.id], ast.Name(name, ast.Load(), lineno=1, col_offset=0)]
    for expression in filter(None, expressions):
        with contextlib.suppress(BaseException):
            code = compile(ast.Expression(expression), cell.name, "eval")
            return _using.own(eval(code, names))
    return MISSING


def _is_sound(exercise: Exercise) -> bool:
    """Tell whether a known wrong answer is still refused, and in its own words."""
    wrong = exercise.mistakes[0]
    verdict = judge(exercise, wrong.answer)
    return verdict.status == "failed" and wrong.sentence in verdict.message


def _first_line(verdict: Verdict) -> str:
    return "" if verdict.status == "passed" else verdict.message.partition("\n")[0]
