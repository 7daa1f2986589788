"""Prose sentences out of a docstring: code, tables, lists and markup are left behind.

Three steps: `paragraphs` drops what is not prose and joins lines that belong together,
`plain` takes the marks off a paragraph, `split` cuts it into sentences and `is_prose` decides.
"""

from __future__ import annotations

import inspect
import re

FEWEST_WORDS, MOST_WORDS = 4, 60
SMALLEST_SHARE_OF_LETTERS = 0.7

FENCE = re.compile(r"^(```|~~~)")
DIRECTIVE = re.compile(r"^\.\. *([\w:-]+?):: *(.*)$")
WITH_PROSE = {"note", "warning", "tip", "important", "seealso", "attention", "caution", "hint"}
WITH_VERSION = {"versionadded", "versionchanged", "deprecated"}
UNDERLINE = re.compile(r"^([-=~^\"'*#])\1{2,}$")
TABLE = re.compile(r"^(=+|-+)( +(=+|-+))+$|^\+[-=+]+\+$|^\|.*|.*\|$|.* \| .* \| ")
LISTS_OF_NAMES = {"references", "see also", "methods", "attributes", "routine listings"}

BULLET = re.compile(r"^([-*+•]|\(?\d{1,2}[.)]|\(?[a-z]\)|#\.) +")
NUMPY_PARAMETER = re.compile(r"^[*`'\"{(]*[\w.]+[^.!?]{0,60}? : ")
GOOGLE_PARAMETER = re.compile(
    r"^(?!(?:Note|NB|Warning|Caution|Important|Remember|Hint|Tip)\b)"
    r"[*`]{0,3}[\w.]+[*`]{0,3}( *\([^()]*(\([^()]*\)[^()]*)*\))? ?: +"
)
FIELD = re.compile(r"^:[\w *]+: *")
LIST_MARKS = (BULLET, FIELD, NUMPY_PARAMETER, GOOGLE_PARAMETER)


def sentences(docstring: str) -> list[str]:
    """The prose sentences of a docstring, as written, white space collapsed to single blanks."""
    return [
        sentence
        for paragraph in paragraphs(docstring)
        for sentence in split(plain(paragraph))
        if is_prose(sentence)
    ]


def paragraphs(docstring: str) -> list[str]:
    """The paragraphs of a docstring, one string each; code, tables and headings are dropped."""
    lines = inspect.cleandoc(docstring).splitlines()
    return _joined(_without_headings(_without_code(lines)))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without_code(lines: list[str]) -> list[str]:
    """Blank out code, maths and directives; a note or warning keeps its prose."""
    kept, fenced, example, outer = [], False, False, None
    for line in lines:
        text, indent = line.strip(), _indent(line)
        example = bool(text) and (example or text.startswith((">>>", "In [", "$ ")))
        if outer is not None and text and indent <= outer:
            outer = None
        if FENCE.match(text):
            fenced = not fenced
        if not text or fenced or FENCE.match(text) or example or outer is not None:
            kept.append("")
            continue
        if text.endswith("::") or (text.startswith(".. ") and not _keeps_prose(text)):
            outer = indent
        kept.append(_without_marker(line))
    return kept


def _keeps_prose(text: str) -> bool:
    directive = DIRECTIVE.match(text)
    return bool(directive) and directive[1].lower() in WITH_PROSE | WITH_VERSION


def _without_marker(line: str) -> str:
    """A line without `.. note::`; the words after it stay as an item, a version number goes."""
    text = line.strip()
    if not text.startswith(".. "):
        return line
    directive = DIRECTIVE.match(text)
    if not _keeps_prose(text):
        return ""
    words = directive[2] if directive[1].lower() in WITH_PROSE else directive[2].partition(" ")[2]
    return " " * _indent(line) + f"- {words}" if words else ""


def _without_headings(lines: list[str]) -> list[str]:
    """Blank out underlined headings, tables and the sections that only list names."""
    kept, listing, table = [], False, False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        text = line.strip()
        table = bool(text) and (table or bool(TABLE.match(text)))
        if text and UNDERLINE.match(following.strip()):
            listing = text.lower() in LISTS_OF_NAMES
            kept.append("")
        elif listing or table or UNDERLINE.match(text):
            kept.append("")
        else:
            kept.append(line)
    return kept


def _joined(lines: list[str]) -> list[str]:
    """Join lines of the same depth; blank lines, bullets and changes of depth part paragraphs."""
    blocks: list[list[str]] = []
    depth, outer = None, 0  # where a line of this block begins; -1: the next line decides
    for line in lines:
        text, indent = line.strip(), _indent(line)
        if not text or _only_names(text):
            depth = None
            continue
        head = next(filter(None, (mark.match(text) for mark in LIST_MARKS)), None)
        if head:
            blocks.append([text[head.end() :]])
            depth, outer = -1, indent
        elif depth == -1 and indent > outer or depth == indent:
            blocks[-1].append(text)
            depth = indent
        else:
            blocks.append([text])
            depth = indent
    return [" ".join(" ".join(block).split()) for block in blocks]


def _only_names(text: str) -> bool:
    """Whether a line is "x : array_like, optional" rather than "x : The words that explain it."."""
    name = NUMPY_PARAMETER.match(text)
    explanation = text[name.end() :] if name else ""
    return bool(name) and not (explanation[:1].isupper() and len(explanation.split()) >= 4)


FOOTNOTE = re.compile(r" ?\[[\w#*+-]{1,20}\]_+")
MATHS = re.compile(r":math:`([^`]*)`|\$([^$]+)\$")
SIMPLE_MATHS = re.compile(r"^[\w ,.+*/()-]+$")
ROLE = re.compile(r":[\w:+-]+:`([^`]*)`")
TITLED = re.compile(r"^(.*?) *<[^<>]*>$")
LINK = re.compile(r"`([^`<]+?) *<[^>`]*>`_{0,2}")
MARKDOWN_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")
LITERAL = re.compile(r"``(.+?)``|`([^`]+)`_{0,2}")
EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*]+?)(?<=[^\s*])\1(?![\w*])")
UNREADABLE = "\ufffd"  # stands for a formula; a sentence that holds one is left out


def plain(paragraph: str) -> str:
    """A paragraph without reStructuredText and Markdown marks."""
    text = FOOTNOTE.sub("", paragraph)
    text = MATHS.sub(_maths, text)
    text = ROLE.sub(_role, text)
    text = LINK.sub(r"\1", text)
    text = MARKDOWN_LINK.sub(r"\1", text)
    text = LITERAL.sub(_literal, text)
    text = text.replace("\\ ", "")  # a backslash before a blank joins two marked words
    return EMPHASIS.sub(r"\2", text)


def _maths(found: re.Match[str]) -> str:
    formula = (found[1] or found[2]).strip()
    return formula if SIMPLE_MATHS.match(formula) else UNREADABLE


def _role(found: re.Match[str]) -> str:
    target = found[1].strip().lstrip("!")
    titled = TITLED.match(target)
    if titled and titled[1]:
        return titled[1]
    return UNREADABLE if target.startswith("/") else _name(target)


def _literal(found: re.Match[str]) -> str:
    return found[1].strip() if found[1] else _name(found[2].strip())


def _name(target: str) -> str:
    """A cross-reference as a reader sees it: "~torch.add" is add, ".Axes.plot" is Axes.plot."""
    if re.match(r"^~\.?[A-Za-z]", target):
        return target.rpartition(".")[2].lstrip("~")
    return target[1:] if re.match(r"^\.[A-Za-z]", target) else target


NEVER_AN_END = re.compile(
    r"(?:^|[\s(\[])(?:e\.g|i\.e|vs|cf|resp|approx|incl|figs?|eqs?|vol|viz"
    r"|dr|mr|prof|w\.r\.t|a\.k\.a)\.$",
    re.IGNORECASE,
)
MAYBE_AN_END = re.compile(r"(?:^|[\s(\[])(?:etc|al|No|Sec|Ch|Ref|[A-Z])\.$")  # "et al.", "J. Cook"
LONGEST = 12                    # more than an abbreviation above, with the sign before it
END = re.compile(                # ؟ and ۔ end a sentence in Arabic and Urdu, । and ॥ in Hindi
    r"[.!?؟۔।॥][\"')\]]*(?=\s+[\"'(\[]?\w)|[।॥](?=[^\W\d_])"
)
CHINESE_END = re.compile(r"(?<=[。！？])(?![」』”’）。！？])")
NEXT_WORD = re.compile(r"\s*(\S+)")
LITTLE_WORDS = re.compile(
    r"\b(?:an?|the|of|to|in|is|are|be|this|that|it|if|for|with|by|on|as|at|from|and|or|not?|you|we"
    r"|can|will|must|should|may|has|have|does|do|when|which|into|per|than|all|any|its)\b",
    re.IGNORECASE,
)


def split(text: str) -> list[str]:
    """Cut running text into sentences; "e.g.", "vs." and initials do not end one.

    Of what stands before an end only the last letters are looked at, so twice the text takes
    twice the time.
    """
    pieces, start = [], 0
    for end in END.finditer(text):
        before = text[max(start, end.end() - LONGEST) : end.end()]
        if NEVER_AN_END.search(before) or (
            MAYBE_AN_END.search(before) and not _begins_a_sentence(text, end.end())
        ):
            continue
        pieces.append(text[start : end.end()])
        start = end.end()
    pieces.append(text[start:])
    parts = [part.strip() for piece in pieces for part in CHINESE_END.split(piece)]
    return [part for part in parts if part]


def _begins_a_sentence(text: str, place: int) -> bool:
    word = NEXT_WORD.match(text, place)[1]
    return word[0].isupper() and bool(LITTLE_WORDS.fullmatch(word))


STRANGE = re.compile(
    r"[\\{}|`~^@#$\ufffd\u200b]|::|->|//|\.\.|\*\*|%\(|%[sd]|:\w+:|\w\[|\]_|\S[<>]|[<>][^\s=]"
    r"|\b(?:TODO|FIXME|XXX)\b"
)
WORD = re.compile(r"^[(\"'\[]*[A-Za-z]+(?:['’-][A-Za-z]+)*[)\"'\].,;:!?]*$")


def is_prose(sentence: str) -> bool:
    """Whether a string reads as an English sentence: see `data/README.md` for the rule in words."""
    words = sentence.split()
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS or " ".join(words) != sentence:
        return False
    if not sentence[0].isupper() or not re.search(r"[.!?][\"')\]]*$", sentence):
        return False
    if STRANGE.search(sentence) or not _balanced(sentence):
        return False
    letters = sum(map(str.isalpha, sentence)) + sentence.count(" ")
    ordinary = sum(bool(WORD.match(word)) for word in words)
    return (
        letters >= SMALLEST_SHARE_OF_LETTERS * len(sentence)
        and ordinary >= SMALLEST_SHARE_OF_LETTERS * len(words)
        and bool(LITTLE_WORDS.search(sentence))
    )


def _balanced(text: str) -> bool:
    pairs = (text.count("(") == text.count(")"), text.count("[") == text.count("]"))
    return all(pairs) and text.count('"') % 2 == 0
