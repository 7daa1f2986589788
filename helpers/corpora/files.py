"""The learner's own text."""

from __future__ import annotations

import re
from pathlib import Path

from helpers.corpora.sentences import split


def from_file(path: str | Path) -> list[str]:
    """The sentences of a text file in UTF-8; blank lines part paragraphs, as in most plain texts.

    Sentences are as written, white space collapsed to single blanks.

    Raises:
        FileNotFoundError: there is no such file.
        IsADirectoryError: it is a folder.
        ValueError: the file is empty, is not text, or is not in UTF-8.
    """
    file = Path(path)
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder: name one text file in it")
    if not file.exists():
        raise FileNotFoundError(f"there is no file {file}; this notebook runs in {Path.cwd()}")
    text = _decoded(file.read_bytes(), file)
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    found = [part for paragraph in paragraphs for part in split(" ".join(paragraph.split()))]
    if not found:
        raise ValueError(f"{file} is empty: there is no text in it")
    return found


def _decoded(raw: bytes, file: Path) -> str:
    if b"\0" in raw:
        raise ValueError(
            f"{file} is not plain text: byte {raw.index(0)} is 0, as in pictures, word processor "
            "files and UTF-16; save it as plain text in UTF-8"
        )
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{file} is not in UTF-8: byte {error.start} is {raw[error.start]:#04x}, which cannot "
            "stand there; open it in an editor and save it with the encoding UTF-8"
        ) from None
