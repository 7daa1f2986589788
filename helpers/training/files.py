"""Names of files, their fingerprints, and tensors compared in words."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor


def check_name(name: str) -> None:
    """Raise ValueError if `name` is not fit to be the name of a file on every system."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", str(name)):
        raise ValueError(f"the name {name!r}: use letters a to z, digits, _ . and - only")


def sha256(data: bytes) -> str:
    """The fingerprint of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def code_sha256(modules: Sequence[str]) -> dict[str, str]:
    """The fingerprint of each text that makes a stored table: modules, and files "data/..."."""
    def path(name: str) -> Path:
        if name.startswith("data/"):
            return Path(__file__).parents[2] / name
        return Path(importlib.util.find_spec(name).origin)
    return {name: sha256(path(name).read_text("utf-8").encode()) for name in modules}


def differences(stored: dict[str, Tensor], own: dict[str, Tensor], most: int = 3) -> str:
    """Name the first tensors whose names or shapes differ, on both sides; "" if there are none."""
    odd = [name for name in {**stored, **own} if _shape(stored, name) != _shape(own, name)]
    if not odd:
        return ""
    parts = [", ".join(f"{name} {_shape(side, name)}" for name in odd[:most])
             for side in (stored, own)]
    more = f" ({len(odd) - most} more differ)" if len(odd) > most else ""
    return f"the file has {parts[0]}; this code has {parts[1]}{more}"


def _shape(tensors: dict[str, Tensor], name: str) -> str:
    return str(tuple(tensors[name].shape)) if name in tensors else "missing"
