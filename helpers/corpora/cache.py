"""The folder for corpora that are built or downloaded, and safe writing into it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs


def folder() -> Path:
    """The cache folder: COURSE_CACHE where it is set, else the user's own cache folder."""
    chosen = os.environ.get("COURSE_CACHE")
    default = platformdirs.user_cache_dir("perplexity-to-pretraining")
    return Path(chosen or default).expanduser()


def make_folder() -> Path:
    """The cache folder, made if need be.

    Raises:
        OSError: it cannot be made; the message names the folder and COURSE_CACHE.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(error) from error
    return folder()


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it: a temporary file, then a rename.

    Raises:
        OSError: the disc is full or the folder cannot be written; no half file is left behind.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
        temporary.chmod(0o644)  # a temporary file is private, a cache may be shared by a class
        temporary.replace(path)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> OSError:
    return OSError(
        f"{folder()} cannot be written ({error.strerror or error}): free some space there, or "
        f"name another folder in the environment variable COURSE_CACHE"
    )
