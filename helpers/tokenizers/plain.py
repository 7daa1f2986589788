"""Words and characters: the ways to cut a text that need no training."""

import re
import sys

WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; what stands between words is dropped.

    A word is a run of letters, digits and underscores; an apostrophe, a full stop or a hyphen
    inside it stays ("don't", "3.14", "left-to-right"). Made for English: this is lossy, and a
    script without blanks between its words comes out as one long word.

    Raises TypeError if text is not a str.
    """
    check_is_text(text)
    return list(map(sys.intern, WORD.findall(text.lower())))     # equal words share one string


def between_blanks(text: str) -> list[str]:
    """Return what stands between the blanks of a text that was cut before, case and signs kept.

    Raises TypeError if text is not a str.
    """
    check_is_text(text)
    return list(map(sys.intern, text.split()))


def characters(text: str) -> list[str]:
    """Return the code points of a text, one string each; "".join undoes it.

    Raises TypeError if text is not a str, ValueError if it holds a lone surrogate.
    """
    check_is_unicode(text)
    return list(text)


def check_is_text(text: str) -> None:
    """Raise TypeError if text is not a str."""
    if not isinstance(text, str):
        raise TypeError(f"text is a {type(text).__name__}; hand over one str")


def check_is_unicode(text: str) -> None:
    """Raise TypeError if text is not a str, ValueError if it holds a lone surrogate."""
    check_is_text(text)
    lone = LONE_SURROGATE.search(text)
    if lone:
        raise ValueError(
            f"position {lone.start()} holds U+{ord(lone.group()):04X}, half of a surrogate pair, "
            "which is not a character; read the file again with encoding='utf-8'"
        )
