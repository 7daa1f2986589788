"""Judging an answer: in a thread of its own, within two seconds, every exception in words."""

import contextlib
import contextvars
import dis
import inspect
import io
import random
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType, MethodType

import numpy as np

from helpers.exercises import _errors, _limit
from helpers.exercises._comparing import Feedback, show

PRINTED = 600  # characters of the learner's own prints that are shown
INTERRUPTED = "the check was interrupted."
STOPPED = "was stopped after"       # stands in the message of an answer that took too long
SOURCE = 100_000  # characters of an attempt that are kept
STUB_CODE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


@dataclass(frozen=True)
class Verdict:
    """status: "passed", "failed" or "not attempted"; what the code printed, its source."""

    status: str
    message: str = ""
    printed: str = ""
    source: str = ""


def untouched(answer: object) -> bool:
    """True for `...`, a function or class of nothing but `...`, a collection that holds one."""
    if isinstance(answer, (list, tuple, set, frozenset)):
        return any(map(untouched, answer))
    if isinstance(answer, dict):
        return any(map(untouched, answer.values()))
    if isinstance(answer, (type, FunctionType, MethodType)):
        functions = _errors.functions_of(answer)
        return bool(functions) and all(map(_is_stub, functions))
    return answer is ...


def source_of(answer: object) -> str:
    """The source of a function or class, else the value; at most SOURCE characters."""
    for things in ([answer], _errors.functions_of(answer)):
        with contextlib.suppress(Exception):
            source = "\n".join(textwrap.dedent(inspect.getsource(thing)) for thing in things)
            return (source or repr(answer)).rstrip()[:SOURCE]
    return show(answer)


def judge(check: Callable[[object, list], None], answer: object) -> Verdict:
    """Check an answer. Never raises, never shows a traceback, ends after two seconds.

    check: called with the answer and a list, whose last entry is the call that is being made.
    The random numbers of the notebook are afterwards where they were.
    """
    sink, source, made = _Sink(), [], []

    def work() -> tuple[str, str]:
        source.append(source_of(answer))  # runs the answer's own __getattr__ or __repr__
        return _examine(check, answer, made)

    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(_Sink()), _same_random():
        status, message = _in_a_thread(work, made)
    return Verdict(status, message, sink.text, "".join(source))


class _Sink(io.TextIOBase):
    """Keeps the first characters that are printed, so that no loop of prints can flood."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: PRINTED - len(self.text)]
        return len(text)


@contextlib.contextmanager
def _same_random() -> Iterator[None]:
    """Put the random numbers of Python, numpy and torch (if it is loaded) back afterwards."""
    torch = sys.modules.get("torch")
    torch = torch if hasattr(torch, "set_rng_state") else None
    before = random.getstate(), np.random.get_state(), torch and torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
        if torch:
            torch.set_rng_state(before[2])


def _examine(check: Callable[[object, list], None], answer: object, made: list) -> tuple[str, str]:
    try:
        if untouched(answer):
            return "not attempted", "not attempted yet."
        check(answer, made)
        return "passed", "right."
    except _errors.TimeUp:
        raise
    except Feedback as feedback:
        return "failed", str(feedback)
    except BaseException as error:
        call = made[-1] if made else "the check of your answer"
        lines = f"{call} stopped with {_errors.plain(error)}", _errors.place(error, answer)
        return "failed", "\n".join(filter(None, lines))


def _in_a_thread(work: Callable[[], tuple[str, str]], made: list) -> tuple[str, str]:
    """Run `work` in a thread of its own, so that this one goes on whatever happens there."""
    verdicts, watch = [], _limit.Watch()
    context = contextvars.copy_context()  # numpy keeps its error settings there

    def run() -> None:
        with contextlib.suppress(_errors.TimeUp), watch:
            verdicts.append(work())

    worker = threading.Thread(target=context.run, args=(run,), daemon=True)
    try:
        worker.start()
        if watch.wait():
            return verdicts[0]
        call = made[-1] if made else "it"
        message = (f"{call} {STOPPED} {_limit.SECONDS:g} seconds. Is there a loop that "
                   "never ends?")
    except KeyboardInterrupt:
        message = INTERRUPTED
    if not watch.strike():
        message += " It still runs: restart the kernel."
    return "failed", message


def _is_stub(function: FunctionType) -> bool:
    """Only a docstring, `...` or `pass`: the bytecode does nothing but return None."""
    return all(
        step.opname in STUB_CODE
        and ("CONST" not in step.opname or step.argval is None or step.argval is ...)
        for step in dis.get_instructions(function)
    )
