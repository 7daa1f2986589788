"""The learner's own text."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from helpers.corpora.sentences import split
from helpers.tokenizers import composed

MOST_BYTES = 20_000_000         # some three million words: more takes minutes and a GB to count
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")         # bytes that no plain text holds
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def from_file(path: str | Path, *, by_line: bool = False) -> list[str]:
    """The sentences of a text file in UTF-8; prints how many there are.

    Blank lines part paragraphs, as in most plain texts. by_line: each line is one item, whatever
    stands in it, for a text that has one sentence, verse or review a line. Items are as written,
    but in NFC, and white space is collapsed to single blanks. UTF-16 is read if the file says so
    by its first two bytes.

    Raises:
        FileNotFoundError: there is no such file.
        IsADirectoryError: it is a folder.
        ValueError: it is empty, larger than 20 MB, a pipe or a device, no text, or not in UTF-8.
    """
    file = Path(path)
    text = composed(_decoded(_read(file), file)).replace("\r\n", "\n").replace("\r", "\n")
    parts = text.split("\n") if by_line else re.split(r"\n\s*\n", text)
    whole = [" ".join(part.split()) for part in parts]
    found = [part for part in whole if part] if by_line else [
        sentence for paragraph in whole for sentence in split(paragraph)]
    if not found:
        raise ValueError(f"{file} is empty: there is no text in it")
    print(f"{file.name}: {_counted(len(found), 'line' if by_line else 'sentence')}, "
          f"{_counted(sum(len(item.split()) for item in found), 'word')} between blanks.")
    return found


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _read(file: Path) -> bytes:
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder: name one text file in it")
    if not file.exists():
        raise FileNotFoundError(f"there is no file {file}; this notebook runs in {Path.cwd()}")
    if not file.is_file():
        raise ValueError(f"{file} is a pipe or a device, which may never end: save what comes out "
                         "of it as a file, and name that")
    with file.open("rb") as opened:
        raw = opened.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise ValueError(f"{file} has {max(file.stat().st_size, len(raw)) / 1e6:,.0f} MB; at most "
                         f"{MOST_BYTES / 1e6:.0f} MB are read, which is plenty for the models "
                         "here: save a part of it as a file of its own")
    return raw


def _decoded(raw: bytes, file: Path) -> str:
    encoding = "utf-16" if raw.startswith(UTF_16) else "utf-8"
    strange = CONTROL.search(raw) if encoding == "utf-8" else None
    if strange:
        raise ValueError(
            f"{file} is not plain text: byte {strange.start()} is {strange[0][0]}, as in pictures, "
            "word processor files and UTF-16 without its mark; save it as plain text in UTF-8"
        )
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{file} is not in {encoding.upper()}: byte {error.start} is {raw[error.start]:#04x}, "
            "which cannot stand there (it may be in Latin-1, GBK or UTF-16); open it in an editor "
            "and save it with the encoding UTF-8"
        ) from None
