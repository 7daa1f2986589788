"""The two seconds: CPU time of one thread, in which imports are neither counted nor stopped."""

import ctypes
import importlib
import threading
import time
from collections.abc import Callable

from helpers.exercises._errors import TimeUp

SECONDS = 2.0  # of computing: a thread that takes longer is stopped
IDLE = 2.0     # on the wall's clock: so is one that has not computed at all for so long
LONGEST = 10.0  # on the wall's clock: and so is any, on however busy a machine
POLL = 0.02    # how often it is looked at
STRIKES = 20   # as often, a tenth of a second apart, TimeUp is raised where it is swallowed

_bootstrap = importlib._bootstrap
_import = _bootstrap._find_and_load  # runs for each module that is not loaded yet
_watched: dict[int, "Watch"] = {}    # thread -> its watch
_registry = threading.Lock()


class Watch:
    """Watches the thread that is inside `with watch`; another one waits for it, and strikes it.

    The thread is struck by TimeUp only inside, and never during an import: a module that is
    interrupted there (torch, say) stays broken until the process ends.
    """

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), False
        self._started, self._finished = threading.Event(), threading.Event()
        self._imports, self._imported = 0, 0.0  # imports within imports; seconds spent on them

    def __enter__(self) -> "Watch":
        self._thread = threading.get_ident()
        self._clock = _clock(self._thread)
        self._begun = self._clock()
        with _registry:
            _watched[self._thread] = self
            _bootstrap._find_and_load = _watched_import
        with self._lock:
            self._inside = True
        self._started.set()
        return self

    def __exit__(self, kind: type | None, *_: object) -> bool:
        """Nobody is struck from here on; a TimeUp that came in time ends here."""
        try:
            with self._lock:
                self._inside = False
        except TimeUp:  # raised before the lock was ours
            self._inside, kind = False, TimeUp
        with _registry:
            del _watched[self._thread]
            if not _watched:
                _bootstrap._find_and_load = _import
        self._finished.set()
        return kind is not None and issubclass(kind, TimeUp)

    def wait(self) -> bool:
        """Wait until the thread is out; False when its time is up."""
        self._started.wait()
        previous, used, waited, idle = time.monotonic(), -1.0, 0.0, 0.0
        while not self._finished.wait(POLL):
            before, now = used, time.monotonic()
            step, previous = now - previous, now
            used = self._used()
            if not self._imports:
                waited, idle = waited + step, 0.0 if used > before else idle + step
                if used > SECONDS or idle > IDLE or waited > LONGEST:
                    return False
        return True

    def strike(self) -> bool:
        """Raise TimeUp in the thread, again where it was swallowed; tell whether it is out."""
        strikes = 0
        while strikes < STRIKES:
            with self._lock:
                if self._inside and not self._imports:
                    thread = ctypes.c_ulong(self._thread)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeUp))
                    strikes += 1
            if self._finished.wait(0.1) or not self._started.is_set():
                return True
        return False

    def _used(self) -> float:
        try:
            return self._clock() - self._begun - self._imported
        except OSError:  # the thread has ended meanwhile
            return 0.0

    def load(self, name: str, import_: Callable) -> object:
        """Import a module in the watched thread. A strike that is on its way hits before it."""
        depth, begun = self._imports, self._clock()
        try:
            with self._lock:
                self._imports = depth + 1
            return _import(name, import_)
        finally:
            self._imported += 0 if depth else self._clock() - begun
            self._imports = depth


def watched() -> bool:
    """Tell whether this thread is inside a watch."""
    return threading.get_ident() in _watched


def _watched_import(name: str, import_: Callable) -> object:
    watch = _watched.get(threading.get_ident())
    return watch.load(name, import_) if watch else _import(name, import_)


def _clock(thread: int) -> Callable[[], float]:
    """The CPU time of a thread, read from any other; the wall's clock where there is none."""
    try:
        clock = time.pthread_getcpuclockid(thread)
    except (AttributeError, OSError):
        return time.monotonic
    return lambda: time.clock_gettime(clock)
