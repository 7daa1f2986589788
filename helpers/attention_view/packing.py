"""Weights as they travel: two bytes each, and as text where a file must hold them."""

import base64

import numpy as np

LEVELS = 65535      # steps between 0 and 1


def packed(weights: np.ndarray) -> bytes:
    """Weights 0 to 1, of any shape, as whole numbers 0 to LEVELS: two bytes each, low one first.

    What comes out again differs by at most half a step, 8e-6.
    """
    return np.rint(np.clip(weights, 0, 1) * np.float32(LEVELS)).astype("<u2").tobytes()


def as_text(data: bytes) -> str:
    """Bytes as ASCII letters that mean nothing in HTML (base64): four for three bytes."""
    return base64.b64encode(data).decode("ascii")
