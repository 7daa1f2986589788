"""The one place that writes a file whole: nobody ever sees half of it."""

import contextlib
import os
import re
import secrets
import time
from pathlib import Path

OLD = 3600      # seconds after which nobody is writing a draft any more


def replace_file(path: Path, data: bytes, cure: str = "make room or allow writing") -> None:
    """Write a file, and the folders it needs: a draft beside it, then a rename.

    What a process that was killed in here left in the folder is removed an hour later.
    Raises OSError, ending in `cure`, where it cannot be written; the old file is there then.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_old_drafts(path.parent)
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        why = error.strerror or error
        raise OSError(f"{path} cannot be written ({why}): {cure}") from error
    finally:
        if path.parent.is_dir():
            draft.unlink(missing_ok=True)


def _remove_old_drafts(folder: Path) -> None:
    """Remove the drafts of any file, unless they are so young that they may be written now."""
    for draft in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # a young one may just have been renamed
            is_draft = re.fullmatch(r"\..+\.[0-9a-f]{8}\.draft", draft.name)
            if is_draft and draft.stat().st_mtime < time.time() - OLD:
                draft.unlink()
