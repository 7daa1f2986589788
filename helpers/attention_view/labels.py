"""Tokens as one can see them: a token is text, whatever it holds.

What has no shape of its own (ends of lines, joiners, marks that turn the direction of a line)
is written as its number, so that two tokens which differ look different and none of them can
change what stands beside it.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence

LONGEST = 80                    # letters of a token that are sent to the page
JOINERS = "\u200c\u200d"        # shape letters and emoji: kept between two characters
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
FLAG, TAGS = "\U0001f3f4", range(0xE0020, 0xE0080)     # spell the flags of regions


def visible(token: str, longest: int = LONGEST) -> str:
    """The token as it is shown: nothing invisible, at most so many letters."""
    if len(token) > longest:
        token = token[:longest - 1] + "…"
    if token == "":
        return "(empty)"
    inner = token.strip()
    start = len(token) - len(token.lstrip())
    spaces = (token, "") if not inner else (token[:start], token[start + len(inner):])
    shown = seen(inner)
    if inner and unicodedata.category(inner[0]).startswith("M"):
        shown = "◌" + shown             # an accent needs something to stand on
    return _spaces(spaces[0]) + shown + _spaces(spaces[1])


def _spaces(blank: str) -> str:
    return "".join("␣" if unicodedata.category(letter) == "Zs" else _number(letter)
                   for letter in blank)


def seen(text: str) -> str:
    """The text with a number in place of each character that has no shape of its own."""
    last = len(text) - 1
    return "".join(
        _number(letter) if unicodedata.category(letter) in UNSEEN
        and not (letter in JOINERS and 0 < place < last)
        and not (ord(letter) in TAGS and FLAG in text[:place]) else letter
        for place, letter in enumerate(text))


def _number(letter: str) -> str:
    return {"\n": "↵", "\t": "⇥"}.get(letter, f"⟨{ord(letter):04X}⟩")


def quoted(labels: Sequence[str]) -> list[str]:
    """The labels as a sentence names them: in quotes, and which one where there are several."""
    many, seen, names = Counter(labels), Counter(), []
    for label in labels:
        seen[label] += 1
        which = f" (no. {seen[label]})" if many[label] > 1 else ""
        names.append(f"“{isolated(label)}”{which}")
    return names


def isolated(label: str) -> str:
    """The label, set apart by two unseen signs if it runs from right to left.

    Else it would turn the words and numbers of a sentence that stand beside it.
    """
    turns = any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in label)
    return f"\u2068{label}\u2069" if turns else label


def told(token: str, longest: int = LONGEST) -> str:
    """A token as a sentence tells of it: nothing invisible, nothing that turns the sentence."""
    return isolated(visible(token, longest))
