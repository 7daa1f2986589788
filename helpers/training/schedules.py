"""Schedules: by which factor the learning rate is multiplied in each step.

A schedule is any function (step, steps) -> factor; step counts from 0, steps is the whole run.
"""

import math
from collections.abc import Callable


def constant(step: int, steps: int) -> float:
    """The same learning rate all the time: 1."""
    return 1.0


def warmup_cosine(warmup: int) -> Callable[[int, int], float]:
    """Rise in a straight line over `warmup` steps, then fall along half a cosine towards 0.

    Returns the schedule (Loshchilov & Hutter 2017, one cycle; warm-up as in Vaswani et al. 2017).
    Raises ValueError if warmup is negative, and in the run if it leaves no step to fall.
    """
    if warmup < 0:
        raise ValueError(f"warmup={warmup}: it must be a number of steps, 0 or more")

    def schedule(step: int, steps: int) -> float:
        if warmup >= steps:
            raise ValueError(f"warmup={warmup} in a run of {steps} steps: warm up for fewer")
        if step < warmup:
            return (step + 1) / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))

    return schedule
