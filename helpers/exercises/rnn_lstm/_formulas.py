"""Wrong formulas, written as they stand in the text: "f * c + g"."""

import functools
import math
from collections.abc import Callable

import numpy as np

KNOWN = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "log": math.log, "exp": np.exp,
    "sqrt": math.sqrt, "norm": np.linalg.norm, "outer": np.outer,
}


@functools.cache
def formula(text: str) -> Callable:
    """A function of the letters of a formula: formula("f * c")(f=2, c=3) is 6."""
    code = compile(text, text, "eval")
    return lambda **letters: eval(code, KNOWN | letters)
