"""Exercises 3.4, 3.8 and 3.9: an LSTM's step, the start of its forget gate, steps joined."""

import math

import numpy as np

from helpers.exercises.engine import (
    Exercise,
    Feedback,
    Wrong,
    expect,
    expect_close,
    expect_none_of,
)
