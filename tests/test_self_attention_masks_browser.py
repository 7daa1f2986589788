"""The widgets of notebook 05 in JupyterLab: a query dragged, boxes walked through, a text typed."""

from __future__ import annotations

import browser_lab
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

LAB = """
import torch
from helpers import self_attention_masks, tokenizers
from helpers.explorers import self_attention_masks as explorers
from IPython.display import display

letters = tokenizers.Vocabulary("abcdefghijklmnopqrstuvwxyz .")
torch.manual_seed(0)
model = self_attention_masks.AttentionLM(len(letters), 16, 4, most=24, n_layers=2)
display(explorers.qkv_playground(), explorers.mask_builder(),
        explorers.head_viewer(model, letters, "the cat sat"))
"""
HEIGHTS = """() => [...document.querySelectorAll('.course-explorer, .course-attention')].map(
    card => [card.getBoundingClientRect().height, card.scrollWidth - card.clientWidth])"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    """A page of JupyterLab with one notebook that shows three widgets, run."""
    path = tmp_path_factory.mktemp("notebooks") / "own.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(new_notebook(cells=[new_code_cell(LAB)], metadata={"kernelspec": kernel}), path)
    with browser_lab.lab([path]) as server:
        page = browser_lab.new_page(chromium)
        browser_lab.open_and_run(page, server, "own")
        page.locator(".course-attention canvas.map").wait_for()
        yield page
        page.close()


def says(page, number: int, words: str) -> None:
    """Wait until the sentence of a card holds these words."""
    page.locator(".course-explorer").nth(number).locator(".sentence").filter(
        has_text=words).wait_for()


def point(page, x: float, y: float) -> tuple[float, float]:
    """Where the plane of the keys has this query, in pixels of the page."""
    grip = page.locator(".course-explorer img").first
    box = grip.bounding_box()
    across = 0.045 + 0.2898 * (x + 3) / 6                   # of the picture: see `grip` in the core
    down = 1 - (0.35 / 3.7 + 0.7919 * (y + 3.0327) / 6.0654)
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def test_the_query_follows_the_pointer_and_then_the_arrow_keys(page):
    page.locator(".course-explorer img").first.scroll_into_view_if_needed()
    says(page, 0, "Query (1.00, 1.00).")
    page.mouse.move(*point(page, 1.0, 1.0))
    page.mouse.down()
    page.mouse.move(*point(page, -1.5, 2.0), steps=6)
    says(page, 0, "Query (−1.50, 2.00).")
    page.mouse.move(*point(page, -9.0, 0.5), steps=3)       # out of the plane: as far as it goes
    says(page, 0, "Query (−2.50, 0.50).")
    page.mouse.up()
    page.mouse.move(*point(page, 0.0, 0.0))
    assert page.evaluate("document.activeElement.type") == "range"
    page.keyboard.press("ArrowRight")
    says(page, 0, "Query (−2.40, 0.50).")
    page.get_by_role("slider", name="query, up", exact=True).fill("2")
    says(page, 0, "Query (−2.40, 2.00).")


def test_a_click_outside_of_the_plane_moves_nothing(page):
    before = page.locator(".course-explorer .sentence").first.inner_text()
    page.mouse.click(*point(page, 6.0, 0.0))
    page.mouse.click(*point(page, 0.0, -3.4))
    page.get_by_role("slider", name="temperature", exact=True).fill("2")
    page.locator(".course-explorer .sentence").first.filter(has_not_text=before).wait_for()
    assert page.locator(".course-explorer .sentence").first.inner_text().startswith(
        before.split(".  ")[0].split(" Scores")[0])


def test_boxes_are_ticked_by_click_and_by_keys_and_a_new_kind_sets_them_all(page):
    box = page.get_by_role("checkbox", name="the may look at cat", exact=True)
    box.check()
    says(page, 1, "the future leaks (“the” notices “cat”)")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.ariaLabel") == "cat may look at sat"
    page.keyboard.press("Space")
    says(page, 1, "(“the” notices “cat”, and 1 more pair)")
    for key in ("ArrowUp", "ArrowUp", "ArrowUp"):           # no further than the first row
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.ariaLabel") == "the may look at sat"
    assert page.get_by_label("start from").input_value() == "3"
    page.get_by_label("start from").select_option("causal")
    says(page, 1, "Mask: causal. Leak test, each word changed in turn: no word notices a later")
    assert not box.is_checked()
    assert page.get_by_role("checkbox", name="<pad> may look at <pad>").is_checked()


def test_a_typed_text_is_read_and_one_that_does_not_fit_is_refused(page):
    status = page.locator(".course-attention .own [role=status]")
    status.filter(has_text="Likeliest next:").wait_for()
    page.get_by_label("your text", exact=True).fill("ñ dog")
    page.keyboard.press("Enter")
    status.filter(has_text="Unknown, read as <unk>: ñ.").wait_for()
    page.get_by_label("your text", exact=True).fill("far too long for this small model")
    page.keyboard.press("Enter")
    page.locator(".course-attention [role=alert]").filter(has_text="33 letters").wait_for()


@pytest.mark.parametrize("width", [1280, 800])
def test_the_cards_stay_below_600_pixels(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(300)                              # laid out anew for the width
    assert [card for card in page.evaluate(HEIGHTS) if card[0] >= 600 or card[1]] == []
