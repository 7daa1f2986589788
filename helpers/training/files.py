"""Names and files, written whole or not at all, and tensors compared in words."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

OLD = 3600      # seconds after which nobody is writing a draft any more


def check_name(name: str) -> None:
    """Raise ValueError if `name` is not fit to be the name of a file on every system."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", str(name)):
        raise ValueError(f"the name {name!r}: use letters a to z, digits, _ . and - only")


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it: a temporary file, then a rename.

    What a process that was killed in here left in the folder is removed an hour later.
    Raises OSError, with the cure, where it cannot be written; the old file is still there then.
    """
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_old_drafts(path.parent)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.",
                                         suffix=".draft", delete=False) as file:
            draft = Path(file.name)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)  # a temporary file is private
        draft.replace(path)
    except OSError as error:
        why = error.strerror or error
        raise OSError(f"{path} cannot be written ({why}): make room or allow writing") from error
    finally:
        if draft:
            draft.unlink(missing_ok=True)


def _remove_old_drafts(folder: Path) -> None:
    """Remove the drafts of any file, unless they are so young that they may be written now."""
    for draft in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # a young one may just have been renamed
            is_draft = re.fullmatch(r"\..+\.(pt|json)\.\w{8}\.draft", draft.name)
            if is_draft and draft.stat().st_mtime < time.time() - OLD:
                draft.unlink()


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
