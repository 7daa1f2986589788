"""Words, words and signs, characters: the ways to cut a text that need no training."""

import re
import sys
import unicodedata

WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
UNSEEN = "\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff"       # no width of their own, as a BOM
LETTER = rf"(?:(?![{CHINESE}])\w)"
WORD_OR_SIGN = re.compile(
    rf"""%\d+                                       # a place to be filled in: "open %1"
    | (?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'(?=\w)  # French: l'ami, qu'il
    | {LETTER}+(?:['.\-]{LETTER}+)*                 # as in WORD
    | \.\.\.
    | [^\s{UNSEEN}]                                # a Chinese character, or a sign""",
    re.VERBOSE,
)
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


def words_and_signs(text: str) -> list[str]:
    """Return the words of a text in lower case and the signs between them, in their order.

    "L'ami a dit : oui." gives l' ami a dit : oui . and "打开 CSV。" gives 打 开 csv 。
    A word is as in `words`, but French l', d', qu' ... stand alone; a Chinese character is a token,
    so are %1 (a place to be filled in) and ... (three dots); of other signs each one is. Capitals,
    blanks, characters without a width and curly apostrophes are lost.
    Vocabulary(cut="blanks") reads what " ".join makes of it.

    Raises TypeError if text is not a str.
    """
    check_is_text(text)
    plain = unicodedata.normalize("NFC", text.lower().replace("’", "'"))
    return list(map(sys.intern, WORD_OR_SIGN.findall(plain)))


def between_blanks(text: str) -> list[str]:
    """Return what stands between the blanks of a text, unchanged: for a text that is cut already.

    Raises TypeError if text is not a str.
    """
    check_is_text(text)
    return text.split()


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
