"""The folder for corpora that are built or downloaded, and safe writing into it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from helpers.files import replace_file

CURE = "free some space there, or name another folder in the environment variable COURSE_CACHE"


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
        why = error.strerror or error
        raise OSError(f"{folder()} cannot be written ({why}): {CURE}") from error
    return folder()


def write_whole(name: str, data: bytes) -> Path:
    """Write a file of the cache folder whole or not at all; return its path.

    Raises:
        OSError: the disc is full or the folder cannot be written; the message names the cure.
    """
    replace_file(folder() / name, data, CURE)
    return folder() / name
