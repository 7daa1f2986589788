"""Going on with the learner's own function, and with the package's where that one fails."""

import functools
import threading
from collections.abc import Callable

from helpers.exercises import _errors, _limit


def with_reserve(mine: Callable, reserve: Callable, say: Callable[[str], None]) -> Callable:
    """`mine`, until one call of it raises or takes too long: from then on `reserve`.

    That call too gets what `reserve` returns, and `say` is handed the reason, once. What
    `reserve` raises as well, such as a ValueError that is asked for, is simply raised.
    """
    failed = []

    @functools.wraps(mine)
    def use(*arguments, **named):
        if failed:
            return reserve(*arguments, **named)
        try:
            done = _within_limit(lambda: mine(*arguments, **named))
            reason = f"took more than {_limit.SECONDS:g} seconds"
        except Exception as error:
            done, reason = [], f"stopped with {_errors.plain(error)}"
        if done:
            return done[0]
        result = reserve(*arguments, **named)
        failed.append(reason)
        say(reason)
        return result

    return use


def _within_limit(work: Callable[[], object]) -> list:
    """[what `work` returns], or [] if it was stopped. It runs in this thread, as torch needs."""
    if _limit.watched():  # a function that calls itself by its name in the notebook
        return [work()]
    done, watch = [], _limit.Watch()

    def wait() -> None:
        if not watch.wait():
            watch.strike()

    with watch:
        threading.Thread(target=wait, daemon=True).start()
        done.append(work())
    return done
