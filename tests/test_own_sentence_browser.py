"""One's own sentence in JupyterLab: typed, translated, refused; the field stays what it is."""

from __future__ import annotations

import browser_lab
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

LAB = """
import torch
from helpers import seq2seq_attention as s2s
from helpers import tokenizers
from helpers.explorers import seq2seq_attention as explorers

pairs = [("the cat sleeps .", "le chat dort ."), ("she reads .", "elle lit ."),
         ("the small cat does not sleep because she reads .",
          "le petit chat ne dort pas parce qu' elle lit .")]
known = tokenizers.Bilingual(*(tokenizers.Vocabulary.from_texts(
    side, cut="blanks", marks=("<pad>", "<s>")) for side in zip(*pairs, strict=True)))
torch.manual_seed(0)
model = s2s.Seq2Seq(len(known.source), len(known), 8, 16)
batch, optimizer = s2s.batch_of(known, pairs), torch.optim.Adam(model.parameters(), lr=0.03)
for _ in range(80):
    optimizer.zero_grad()
    s2s.translation_loss(model, batch).backward()
    optimizer.step()
own = explorers.translate(s2s.Translator(model.eval(), known), "she reads.")
own
"""
CARD = """() => { const card = document.querySelector('.course-attention');
    return [card.getBoundingClientRect().height, card.scrollWidth - card.clientWidth,
            document.querySelectorAll('.course-attention').length]; }"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A JupyterLab with one notebook that ends in the widget."""
    path = tmp_path_factory.mktemp("notebooks") / "own.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(new_notebook(cells=[new_code_cell(LAB)], metadata={"kernelspec": kernel}), path)
    with browser_lab.lab([path]) as running:
        yield running


@pytest.fixture(scope="module")
def page(chromium, server):
    """Its page, run."""
    page = browser_lab.new_page(chromium)
    browser_lab.open_and_run(page, server, "own")
    page.locator(".course-attention canvas.map").wait_for()
    yield page
    page.close()


def type_in(page, sentence: str) -> None:
    """Type a sentence into the field and press Enter."""
    page.get_by_label("sentence", exact=True).fill(sentence)
    page.keyboard.press("Enter")


def says(page, part: str, words: str) -> None:
    """Wait until a part of the card holds these words."""
    page.locator(f".course-attention {part}").filter(has_text=words).wait_for()


def test_a_typed_sentence_is_translated_and_the_keys_stay_in_the_field(page):
    says(page, ".title", "Translation: elle lit .")
    type_in(page, "The cat sleeps.")
    says(page, ".title", "Translation: le chat dort .")
    assert page.evaluate("document.activeElement.value") == "The cat sleeps."
    assert page.locator(".course-attention [role=option]").all_inner_texts()[:3] == [
        "le", "chat", "dort"]
    page.keyboard.type("b")                         # no command of JupyterLab's
    assert page.evaluate("document.activeElement.value") == "The cat sleeps.b"
    assert page.locator(".jp-Cell").count() == 1


def test_unknown_words_and_mistakes_are_said_and_nothing_jumps(page):
    heights = set()
    for sentence, part, words in (
            ("she <img src=x onerror=alert(1)> reads.", "[role=status]", "Unknown, read as <unk>"),
            ("she reedz.", "[role=status]", "“reedz” (like it: reads)"),
            ("?!", "[role=alert]", "holds no word")):
        type_in(page, sentence)
        says(page, part, words)
        heights.add(page.locator(".course-attention .title").bounding_box()["y"])
    assert len(heights) == 1 and page.locator(".course-attention img").count() == 0
    assert page.get_by_label("sentence", exact=True).get_attribute("aria-invalid") is not None
    says(page, ".title", "Translation: ")
    type_in(page, "she reads.")
    page.locator(".course-attention [role=alert]:empty").wait_for(state="attached")
    says(page, ".title", "Translation: elle lit .")


@pytest.mark.parametrize("width", [1280, 800])
def test_the_card_of_a_longer_sentence_stays_below_600_pixels(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    type_in(page, "the small cat does not sleep because she reads .")
    says(page, ".title", "le petit chat ne dort pas parce qu' elle lit .")
    page.wait_for_timeout(300)                      # the card is laid out anew for the width
    high, spill, cards = page.evaluate(CARD)
    assert high < 600 and spill == 0 and cards == 1


def test_a_row_of_the_new_sentence_can_be_pinned_by_keys(page):
    type_in(page, "the cat sleeps.")
    says(page, ".title", "Translation: le chat dort .")
    page.locator(".course-attention canvas.map").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.locator('.course-attention [role="option"][aria-selected="true"]').filter(
        has_text="chat").wait_for()
