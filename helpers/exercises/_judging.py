"""Judging an answer: in a thread of its own, within two seconds, every exception in words."""

import contextlib
import contextvars
import ctypes
import dis
import io
import linecache
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import FrameType, FunctionType, MethodType

from helpers.exercises._comparing import Feedback

SECONDS = 2.0  # a check that runs longer is stopped
PRINTED = 600  # characters of the learner's own prints that are shown
STUB_CODE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


class _TimeUp(BaseException):
    """Raised inside the learner's code when the time is over; `except Exception` lets it pass."""


@dataclass(frozen=True)
class Verdict:
    """status: "passed", "failed" or "not attempted"; printed: what the learner's code printed."""

    status: str
    message: str = ""
    printed: str = ""


def untouched(answer: object) -> bool:
    """True for `...`, a function or class of nothing but `...`, a collection that holds one."""
    if isinstance(answer, (list, tuple, set, frozenset)):
        return any(map(untouched, answer))
    if isinstance(answer, dict):
        return any(map(untouched, answer.values()))
    if isinstance(answer, (type, FunctionType, MethodType)):
        functions = functions_of(answer)
        return bool(functions) and all(map(_is_stub, functions))
    return answer is ...


def judge(check: Callable[[object], None], answer: object) -> Verdict:
    """Check an answer. Never raises, never shows a traceback, ends after two seconds."""
    sink = _Sink()
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(_Sink()):
        verdict = _within_limit(lambda: _examine(check, answer))
    return replace(verdict, printed=sink.text)


class _Sink(io.TextIOBase):
    """Keeps the first characters that are printed, so that no loop of prints can flood."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: PRINTED - len(self.text)]
        return len(text)


def _examine(check: Callable[[object], None], answer: object) -> Verdict:
    try:
        if untouched(answer):
            return Verdict("not attempted", "not attempted yet.")
        check(answer)
        return Verdict("passed", "right.")
    except _TimeUp:
        raise
    except Feedback as feedback:
        return Verdict("failed", str(feedback))
    except BaseException as error:
        return Verdict("failed", _stopped(error, answer))


def _within_limit(work: Callable[[], Verdict]) -> Verdict:
    """Run `work` in a thread of its own, so that this one goes on whatever happens there.

    The thread is struck by _TimeUp only while `unfinished` says so, under the lock.
    """
    verdicts, lock, finished = [], threading.Lock(), threading.Event()

    def run() -> None:
        try:
            verdicts.append(work())
            with lock:
                finished.set()
        except _TimeUp:
            finished.set()

    context = contextvars.copy_context()  # numpy keeps its error settings there
    worker = threading.Thread(target=context.run, args=(run,), daemon=True)
    worker.start()
    try:
        if finished.wait(SECONDS):
            return verdicts[0]
        message = f"it was stopped after {SECONDS:g} seconds. Is there a loop that never ends?"
    except KeyboardInterrupt:
        message = "the check was interrupted."
    if not _strike(worker, lock, finished):
        message += " It still runs: restart the kernel."
    return Verdict("failed", message)


def _strike(worker: threading.Thread, lock: threading.Lock, finished: threading.Event) -> bool:
    """Raise _TimeUp in the worker, again where it was swallowed; tell whether it has ended."""
    for _ in range(5):
        with lock:
            if not finished.is_set():
                thread = ctypes.c_ulong(worker.ident)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(_TimeUp))
        if finished.wait(0.1) or not worker.is_alive():
            return True
    return False


def _stopped(error: BaseException, answer: object) -> str:
    """An exception in one sentence, with the line of the learner's code if it came from there."""
    try:
        text = f"{type(error).__name__}: {error}"[:300].removesuffix(": ")
    except Exception:
        text = type(error).__name__
    if not callable(answer) and "not callable" in text:
        return "hand over the function itself, by its name and without ()."
    codes = {function.__code__ for function in functions_of(answer)}
    steps = [step for step in traceback.walk_tb(error.__traceback__) if not _ours(step[0])]
    starts = [
        i for i, (frame, _) in enumerate(steps)
        if frame.f_code in codes or frame.f_globals.get("__name__") == "__main__"
    ]
    if not starts:
        return f"the check could not use your answer: {text}"
    home = steps[starts[0]][0].f_globals
    frame, number = [step for step in steps[starts[0] :] if step[0].f_globals is home][-1]
    line = linecache.getline(frame.f_code.co_filename, number).strip()
    place = f"line {number}: `{line}`" if line else f"line {number}"
    return f"your function stopped with {text} ({place})"


def _ours(frame: FrameType) -> bool:
    return frame.f_globals is globals()


def functions_of(answer: object) -> list[FunctionType]:
    """The function itself, or those of a class, or of the class of the learner's object."""
    if isinstance(answer, (FunctionType, MethodType)):
        return [getattr(answer, "__func__", answer)]
    kind = answer if isinstance(answer, type) else type(answer)
    known = kind is answer or kind.__module__ == "__main__"
    return [item for item in vars(kind).values() if known and isinstance(item, FunctionType)]


def _is_stub(function: FunctionType) -> bool:
    """Only a docstring, `...` or `pass`: the bytecode does nothing but return None."""
    return all(
        step.opname in STUB_CODE
        and ("CONST" not in step.opname or step.argval is None or step.argval is ...)
        for step in dis.get_instructions(function)
    )
