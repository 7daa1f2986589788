"""Prose out of docstrings: what is kept, what is dropped, where a sentence ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import world_text

from helpers.corpora import docstrings, sentences

DOCSTRING = """
Return the *sum* of :func:`~torch.add` and ``x``, e.g. for a list. It is `fast <http://a.b>`_!

Parameters
----------
x : array_like, shape (N,)
    The first of the
    numbers [1]_ to add.
y (int): The second number of the two.

.. note:: This note is kept
    as prose in the text.

.. math:: This formula is a formula.

The next block is an example::

    This line is some code in it.

>>> print("This is an example.")
This is the output of it.

=====  =====
The    first row is not prose.
The    second row is not prose.
The    third row is not prose.
=====  =====

- The second line of an item
  goes on here. (a note)

The size is :math:`\\frac{1}{2}` of the whole.

References
----------
The author of the book is named here.
"""


def test_prose_is_kept_without_marks_and_everything_else_is_dropped():
    assert sentences.sentences(DOCSTRING) == [
        "Return the sum of add and x, e.g. for a list.",
        "The first of the numbers to add.",
        "The second number of the two.",
        "This note is kept as prose in the text.",
        "The second line of an item goes on here.",
    ]


def test_strings_of_add_newdoc_and_doc_attributes_are_read_from_a_file():
    source = b'''"""The docstring of the module."""
def f():
    """The docstring of a function."""
    x = """This is no documentation."""
add_newdoc("numpy", "add", """The first half of the text. """ + """The other half of it.""")
g = torch._C._add_docstr(h, r"""The text inside of a call.""".format(a="b"))
h.__doc__ = """The text of an attribute."""
'''
    assert docstrings.docstrings(source) == [
        "The docstring of the module.",
        "The docstring of a function.",
        "The first half of the text. ",
        "The other half of it.",
        "The text inside of a call.",
        "The text of an attribute.",
    ]
    assert docstrings.docstrings(b'"""not Python""" (') == []
    assert docstrings.docstrings(b"'''In the other quotes.'''") == ["In the other quotes."]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One ends. Two ends! Three?", ["One ends.", "Two ends!", "Three?"]),
        ("See e.g. Fig. 2 vs. Fig. 3.", ["See e.g. Fig. 2 vs. Fig. 3."]),
        ("Dots, dashes, etc. are drawn. So.", ["Dots, dashes, etc. are drawn.", "So."]),
        ("Dots, dashes, etc. The rest.", ["Dots, dashes, etc.", "The rest."]),
        ("By J. Cook et al. in version 2.0 of it.", ["By J. Cook et al. in version 2.0 of it."]),
        ("天气好。我们走吧！", ["天气好。", "我们走吧！"]),
        ("什么？！好。", ["什么？！", "好。"]),
        ("यह घर है। वह घर है।", ["यह घर है।", "वह घर है।"]),
        ("है।वह ॥ १ ॥ यह", ["है।", "वह ॥", "१ ॥", "यह"]),
        ("“है।” है", ["“है।” है"]),
        ("كيف حالك؟ بخير.", ["كيف حالك؟", "بخير."]),
        ("یہ کیا ہے۔ وہ ہے۔", ["یہ کیا ہے۔", "وہ ہے۔"]),
        ("", []),
    ],
)
def test_text_is_cut_at_the_ends_of_sentences_only(text, pieces):
    assert sentences.split(text) == pieces


class Counted(str):
    """A text that counts how many characters are taken out of it."""

    taken = 0

    def __getitem__(self, place):
        part = super().__getitem__(place)
        Counted.taken += len(part)
        return part


@pytest.mark.parametrize("piece", ["J. D. ", "e.g. ", "One ends. ", "etc. ", "है। ", "x", ". "])
def test_twice_the_text_takes_twice_the_steps(piece):
    steps = []
    for times in (500, 1000, 2000):
        Counted.taken = 0
        sentences.split(Counted(piece * times))
        steps.append(Counted.taken)
    assert steps[2] <= 2.1 * steps[1] <= 2.1 ** 2 * steps[0]
    assert steps[2] <= 20 * 2000 * len(piece)


@given(st.text(alphabet="ab. !?e.gT\n", max_size=60) | world_text)
def test_cutting_loses_nothing_but_white_space(text):
    assert "".join("".join(sentences.split(text)).split()) == "".join(text.split())
