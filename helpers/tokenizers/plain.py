"""Words, words and signs, characters: the ways to cut a text that need no training."""

import re
import sys
import unicodedata
from itertools import chain


def _marks() -> str:
    """Ranges for a [...] of a pattern: all that Unicode puts on a letter (its category M)."""
    codes = {code for code in chain(range(0x300, 0x20000), range(0xE0100, 0xE01F0))
             if unicodedata.category(chr(code))[0] == "M"}
    ends = sorted(code for code in codes if code + 1 not in codes)
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(
        sorted(code for code in codes if code - 1 not in codes), ends, strict=True))


MARK = rf"(?:(?![\0-\u02ff])[{_marks()}])"     # first a quick look: no Latin letter is one
MARKED = rf"\w+(?:{MARK}\w*)*"
WORD = re.compile(rf"{MARKED}(?:['’.\-\u200c\u200d]{MARKED})*")
CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
UNSEEN = "\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff"       # no width of their own, as a BOM
LETTER = rf"(?:(?![{CHINESE}])\w)"
LETTERS = rf"{LETTER}+(?:(?![{UNSEEN}]){MARK}{LETTER}*)*"     # and the marks on them
WORD_OR_SIGN = re.compile(
    rf"""%\d+                                       # a place to be filled in: "open %1"
    | (?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'(?=\w)  # French: l'ami, qu'il
    | {LETTERS}(?:['.\-]{LETTERS})*                 # as in WORD
    | \.\.\.
    | [^\s{UNSEEN}]                                # a Chinese character, or a sign""",
    re.VERBOSE,
)
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; what stands between words is dropped.

    A word is a run of letters with their marks (accents, vowel signs), digits and underscores; an
    apostrophe, a full stop, a hyphen or a joiner inside it stays ("don't", "3.14",
    "left-to-right"). Each is in NFC, so that é is one word, however it was typed. Made for
    English: this is lossy, and a script without blanks between its words comes out as one long
    word.

    Raises TypeError if text is not a str.
    """
    check_is_text(text)
    found = WORD.findall(composed(text.lower()))
    return list(map(sys.intern, found))             # equal words share one string


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
    plain = composed(text.lower().replace("’", "'"))
    return list(map(sys.intern, WORD_OR_SIGN.findall(plain)))


def between_blanks(text: str) -> list[str]:
    """Return what stands between the blanks of a text, unchanged: for a text that is cut already.

    Raises TypeError if text is not a str.
    """
    check_is_text(text)
    return text.split()


def characters(text: str) -> list[str]:
    """Return the code points of a text in NFC, one string each; "".join gives it back.

    An accent that was typed as a sign of its own becomes one with its letter where Unicode has
    the two as one: é is one character. A vowel sign of Devanagari stays one of its own.

    Raises TypeError if text is not a str, ValueError if it holds a lone surrogate.
    """
    check_is_unicode(text)
    return list(composed(text))


def composed(text: str) -> str:
    """The text in NFC: what looks the same is the same, é is one character and not two."""
    return unicodedata.normalize("NFC", text)


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
