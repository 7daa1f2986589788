"""JupyterLab shows the course: a notebook runs, a slider redraws, a question answers."""

from __future__ import annotations

import os
import re

import browser_lab
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

NOTEBOOKS = browser_lab.ROOT / "notebooks"
NOTEBOOK = NOTEBOOKS / "01_language_models.ipynb"
EXPLORER, QUESTION = ".course-explorer", ".course-question"
HANDLE = ".noUi-handle:visible"
OPTION = "button:visible, input[type=radio]:visible"
# Errors on the console that say nothing about the course: pattern -> why.
HARMLESS: dict[str, str] = {}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium():
    """A running Chromium; skipped where there is none, but never on CI."""
    if browser_lab.find_chromium() is None and os.environ.get("CI") != "true":
        pytest.skip(f"no Chromium: looked for {', '.join(browser_lab.CHROMIUM_NAMES)}")
    with browser_lab.browser() as running:
        yield running


def move_first_slider(page) -> None:
    """Press an arrow key on the first slider of an explorer and see its picture change."""
    explorer = page.locator(EXPLORER).filter(has=page.locator(HANDLE)).filter(
        has=page.locator("img")).first
    picture, handle = explorer.locator("img").first, explorer.locator(HANDLE).first
    page.wait_for_function("img => img.complete && img.naturalWidth > 0",
                           arg=picture.element_handle())
    before = picture.get_attribute("src")
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.focus()
    page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    page.wait_for_function("([img, before]) => img.src !== before && img.naturalWidth > 0",
                           arg=[picture.element_handle(), before], timeout=20_000)


def answer_first_question(page) -> None:
    """Choose the first option of the first question and see the answer to it."""
    question = page.locator(QUESTION).first
    question.locator(OPTION).first.click()
    page.get_by_text("You said").first.wait_for(timeout=20_000)


def assert_quiet(seen) -> None:
    """Fail if a request left this machine or the console shows an error of the course's own."""
    assert seen.foreign() == []
    assert [text for text in seen.errors
            if not any(re.search(pattern, text) for pattern in HARMLESS)] == []


def test_the_course_works_in_jupyterlab(chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    seen = browser_lab.watch(page)
    with browser_lab.lab([NOTEBOOK]) as server:
        browser_lab.open_and_run(page, server, NOTEBOOK.stem)
        move_first_slider(page)
        answer_first_question(page)
        page.close()
    assert_quiet(seen)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_notebook_runs_in_jupyterlab_without_the_network(chromium, path):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    seen = browser_lab.watch(page)
    with browser_lab.lab([path]) as server:
        browser_lab.open_and_run(page, server, path.stem)
        page.close()
    assert_quiet(seen)


def test_an_error_in_a_cell_and_a_request_to_the_web_are_seen(chromium, tmp_path):
    picture = "from IPython.display import HTML\nHTML('<img src=\"https://example.org/a.png\">')"
    kernel = {"name": "python3", "display_name": "Python 3"}
    nb = new_notebook(cells=[new_code_cell(picture), new_code_cell("1 / 0"), new_code_cell("2")],
                      metadata={"kernelspec": kernel})
    nbformat.write(nb, tmp_path / "bad.ipynb")
    page = chromium.new_page()
    seen = browser_lab.watch(page)
    with browser_lab.lab([tmp_path / "bad.ipynb"]) as server:
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            browser_lab.open_and_run(page, server, "bad")
        page.close()
    assert "https://example.org/a.png" in seen.foreign()
    assert any("example.org" in text for text in seen.errors)
