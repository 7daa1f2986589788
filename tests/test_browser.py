"""JupyterLab shows the course: a notebook runs, a slider redraws, a question answers."""

from __future__ import annotations

import re

import browser_lab
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

NOTEBOOKS = browser_lab.ROOT / "notebooks"
NOTEBOOK = NOTEBOOKS / "01_language_models.ipynb"
EXPLORER, QUESTION = ".course-explorer", ".course-question"
SLIDER = "input[type=range]:visible"
OPTION = "button:visible, input[type=radio]:visible"
# Errors on the console that say nothing about the course: pattern -> why.
HARMLESS: dict[str, str] = {}

pytestmark = pytest.mark.browser


def notebook(path, *cells):
    """Write a notebook of these code cells; return its path."""
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells],
                                metadata={"kernelspec": kernel}), path)
    return path


def move_first_slider(page) -> None:
    """Press an arrow key on the first slider of an explorer and see its picture change."""
    explorer = page.locator(EXPLORER).filter(has=page.locator(SLIDER)).first
    picture, slider = explorer.locator("img").first, explorer.locator(SLIDER).first
    page.wait_for_function("img => img.complete && img.naturalWidth > 0",
                           arg=picture.element_handle())
    before = picture.get_attribute("src")
    at_end = slider.input_value() == slider.get_attribute("max")
    slider.press("ArrowLeft" if at_end else "ArrowRight")
    page.wait_for_function("([img, before]) => img.src !== before && img.naturalWidth > 0",
                           arg=[picture.element_handle(), before])


def answer_first_question(page) -> None:
    """Choose the first option of the first question, settled already; see what is said to it."""
    question = page.locator(QUESTION).first
    question.locator(OPTION).first.click()
    question.get_by_text("The numbers have spoken").wait_for()


def assert_quiet(seen) -> None:
    """Fail if a request left this machine or the console shows an error of the course's own."""
    assert seen.foreign() == []
    assert [text for text in seen.errors
            if not any(re.search(pattern, text) for pattern in HARMLESS)] == []


@pytest.mark.parametrize("path", [
    pytest.param(path, id=path.stem, marks=[] if path == NOTEBOOK else pytest.mark.slow)
    for path in sorted(NOTEBOOKS.glob("*.ipynb"))])
def test_a_notebook_works_in_jupyterlab_without_the_network(chromium, path):
    page = browser_lab.new_page(chromium)
    seen = browser_lab.watch(page)
    with browser_lab.lab([path]) as server:
        browser_lab.open_and_run(page, server, path.stem)
        if path == NOTEBOOK:
            move_first_slider(page)
            answer_first_question(page)
            save_and_close(page, server, path.stem)
            assert_widgets_outlive_the_kernel(chromium, server, path.stem)
        page.close()
    assert_quiet(seen)


def save_and_close(page, server, name) -> None:
    """Save a notebook that has widgets, leave it, end its kernel."""
    saved = browser_lab.save(page, server, name)
    page.close()
    assert browser_lab.count_widgets(saved) >= 2
    browser_lab.end_kernels(server)


def assert_widgets_outlive_the_kernel(chromium, server, name) -> None:
    """Reopen a saved notebook: it shows its widgets and no error."""
    count = browser_lab.count_widgets(nbformat.read(server.folder / f"{name}.ipynb", as_version=4))
    page = browser_lab.new_page(chromium)
    browser_lab.open_notebook(page, server, name)
    shown = page.locator(browser_lab.WIDGETS)
    shown.nth(count - 1).wait_for(state="attached")
    page.wait_for_function(browser_lab.ALL_DRAWN)
    lost = shown.filter(has_text=browser_lab.LOST)
    assert [place.inner_text() for place in lost.all()] == []
    page.close()


WIDGETS = """
from helpers.explorers import core
def draw(figure, height):
    figure.clear()
    figure.add_subplot().bar([0], [height])
    return f"{height} high"
core.explore(lambda height: height, draw, height=core.slider("height", 1, 9, value=2))
""", """
import ipywidgets
ipywidgets.VBox([ipywidgets.Button(description="yes"), ipywidgets.HTML("<b>no</b>")])
"""


def test_a_saved_notebook_shows_its_widgets_the_next_day(chromium, tmp_path):
    path = notebook(tmp_path / "widgets.ipynb", *WIDGETS)
    page = browser_lab.new_page(chromium)
    with browser_lab.lab([path]) as server:
        browser_lab.open_and_run(page, server, path.stem)
        save_and_close(page, server, path.stem)
        assert_widgets_outlive_the_kernel(chromium, server, path.stem)


def test_an_error_in_a_cell_and_a_request_to_the_web_are_seen(chromium, tmp_path):
    picture = "from IPython.display import HTML\nHTML('<img src=\"https://example.org/a.png\">')"
    path = notebook(tmp_path / "bad.ipynb", picture, "1 / 0", "2")
    page = browser_lab.new_page(chromium)
    seen = browser_lab.watch(page)
    with browser_lab.lab([path]) as server:
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            browser_lab.open_and_run(page, server, "bad")
        page.close()
    assert "https://example.org/a.png" in seen.foreign()
    assert any("example.org" in text for text in seen.errors)
