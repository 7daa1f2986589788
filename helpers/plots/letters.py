"""What can be written in a picture: the characters that the fonts here have, and their width.

matplotlib draws a box and warns where no font has a character. So a character that cannot be
written is replaced by a neutral mark before, and the sentence of the picture says so.
"""

import textwrap
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.textpath import text_to_path

LONGEST = 18        # letters of a token that are shown
TICK = 40           # letters of the words at a place of an axis
MARK = "·"          # for a character that no font here has
NO_ROOM = ("Cf", "Mn", "Me")        # joiners and accents: left out if they cannot be written
CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC",
           "Microsoft YaHei", "SimHei", "Hiragino Sans GB", "WenQuanYi Zen Hei",
           "Arial Unicode MS")


def families(installed: Iterable[str]) -> list[str]:
    """The fonts to write with: matplotlib's own, then the first Chinese one that is installed."""
    return ["DejaVu Sans", *[name for name in CHINESE if name in set(installed)][:1]]


FONTS = families(fontManager.get_font_names())


@cache
def _known() -> frozenset[int]:
    """The code points that FONTS can write."""
    return frozenset(code for name in FONTS
                     for code in get_font(findfont(FontProperties(family=name))).get_charmap())


def _written(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Zs":
        return " "
    if letter.isprintable() and ord(letter) in _known():
        return letter
    return "" if kind in NO_ROOM else MARK


def readable(text: str) -> str:
    """The text with MARK for each character that no font here has; a picture can hold it."""
    return "".join(map(_written, text))


def short(text: str, longest: int = LONGEST) -> str:
    """The readable text, cut to so many letters if it is longer."""
    shown = readable(text[:2 * longest])            # before cutting: what takes no room is gone
    return shown if len(shown) <= longest else shown[:longest - 1] + "…"


def plain(token: str, longest: int = LONGEST) -> str:
    """A token as it is written: readable, cut if long, a dollar sign not read as mathematics."""
    return escaped(short(token, longest))


def escaped(text: str) -> str:
    """The text with dollar signs that matplotlib writes and does not read as mathematics."""
    return text.replace("$", r"\$")


def folded(label: str, wide: int) -> str:
    """A name on lines of so many letters, three lines at most."""
    lines = textwrap.wrap(short(label, 3 * wide), wide, break_on_hyphens=False)
    return escaped("\n".join(lines[:3]))


def note(*texts: str) -> str:
    """A sentence for below the picture if some character had to be replaced, else ""."""
    if all(MARK not in map(_written, text.replace(MARK, "")) for text in texts):
        return ""
    return f" No font here has some of these letters; in the picture they stand as “{MARK}”."


@lru_cache(4096)
def width(text: str, size: float = 11, weight: str = "normal") -> float:
    """How many inches a line of text takes when it is written; a little more, for the hinting."""
    font = FontProperties(family=FONTS, size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] * 1.03 / 72


def widest(tokens: Iterable[str]) -> float:
    """Inches that the longest of the tokens takes as a tick label, its distance included."""
    return max((width(short(token)) for token in tokens), default=0) + 0.1
