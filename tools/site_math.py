"""Formulas as MathML, which browsers draw and read aloud by themselves, without a script."""

from __future__ import annotations

import re

from docutils.utils.math import MathError, latex2mathml

LARGER = re.compile(r"\\[bB]ig(?=[()])")
SLANTED = re.compile(r"\\textit(?={)")


def mathml(tex: str, *, block: bool) -> str:
    """A formula of TeX as MathML. block: on a line of its own.

    Raises ValueError for what cannot be read.
    """
    plain = SLANTED.sub(r"\\text", LARGER.sub("", tex)).strip()
    try:
        made = latex2mathml.tex2mathml(plain, as_block=block)
    except MathError as error:
        raise ValueError(f"the formula {tex!r} cannot be drawn: {error}") from None
    return re.sub(r"\n\s*", "", made)
