"""The map of words and the board of analogies in JupyterLab: by mouse, by keys; hostile words."""

from __future__ import annotations

import browser_lab
import nbformat
import pytest
from hostile_tokens import HOSTILE
from nbformat.v4 import new_code_cell, new_notebook

from helpers.attention_view import labels

MAP = """
import numpy as np
from helpers import word_vectors as wv
from helpers.explorers import word_vectors as explorers

rows = np.random.default_rng(0).normal(size=(600, 20))
rows[1:6] = rows[0] + 0.1 * np.random.default_rng(1).normal(size=(5, 20))
plane = np.random.default_rng(2).uniform(size=(600, 2))
plane[:6] = (0.2, 0.9), (0.24, 0.9), (0.2, 0.84), (0.8, 0.1), (0.9, 0.9), (0.55, 0.5)
words = ["row", "column", "rows", "cell", "grid", "table", *(f"word{i}" for i in range(594))]
vectors = wv.WordVectors(words, rows)
explorers.neighbour_map(vectors, "row", plane=plane, counts=range(600, 0, -1))
"""
BOARD = MAP.rsplit("\n", 2)[0] + """
explorers.analogy_board(vectors, "word1", "word2", "word3")
"""
MARKUP = """
import sys
sys.path.insert(0, {tests!r})
import numpy as np
from hostile_tokens import HOSTILE
from helpers import word_vectors as wv
from helpers.explorers import word_vectors as explorers
rows = np.random.default_rng(0).normal(size=(len(HOSTILE), 6))
explorers.neighbour_map(wv.WordVectors(HOSTILE, rows), HOSTILE[7], plane=rows[:, :2])
"""
PICTURE = "canvas => canvas.toDataURL()"
BOXES = """() => [...document.querySelectorAll(
    '.course-map, .course-map :is(.stage, canvas, .near)')].map(part => {
    const box = part.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"""
CARD = """() => { const card = document.querySelector('.course-explorer');
    return [card.getBoundingClientRect().height, card.scrollWidth - card.clientWidth]; }"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A JupyterLab with the notebooks of this module."""
    folder = tmp_path_factory.mktemp("notebooks")
    for name, code in {"map": MAP, "board": BOARD, "hostile": MARKUP.format(
            tests=str(browser_lab.ROOT / "tests"))}.items():
        nb = new_notebook(cells=[new_code_cell(code)], metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3"}})
        nbformat.write(nb, folder / f"{name}.ipynb")
    with browser_lab.lab(sorted(folder.glob("*.ipynb"))) as running:
        yield running


def opened(chromium, server, name: str, part: str):
    """A page with the notebook `name`, run; in the end no error and no foreign request was seen."""
    page = browser_lab.new_page(chromium)
    seen = browser_lab.watch(page)
    browser_lab.open_and_run(page, server, name)
    page.locator(part).wait_for()
    yield page
    page.close()
    assert seen.errors == [] and seen.foreign() == []


@pytest.fixture(scope="module")
def map_page(chromium, server):
    """The page of the map."""
    yield from opened(chromium, server, "map", ".course-map .near")


@pytest.fixture
def page(map_page):
    """The page of the map as it was in the beginning: “row” is chosen, all of the map is seen."""
    map_page.set_viewport_size({"width": 1280, "height": 900})
    map_page.locator(".course-map input").fill("row")
    map_page.keyboard.press("Enter")
    says(map_page, "Nearest to “row”")
    map_page.locator("[role=alert]:empty").wait_for(state="attached")
    map_page.get_by_role("button", name="all words").click()
    map_page.mouse.move(5, 5)
    return map_page


@pytest.fixture(scope="module")
def board(chromium, server):
    """The page of the board."""
    yield from opened(chromium, server, "board", ".course-explorer img")


@pytest.fixture
def hostile(chromium, server):
    """The page of the map of hostile words."""
    yield from opened(chromium, server, "hostile", ".course-map .near")


def says(page, words: str) -> None:
    """Wait until the sentence holds these words."""
    page.locator(".course-explorer .sentence").filter(has_text=words).wait_for()


def canvas_of(page):
    """The canvas of the map."""
    return page.get_by_role("application")


def listed(page) -> list[str]:
    """The words of the list, the nearest one first."""
    return page.locator(".course-map .near b").all_inner_texts()


def place_on_page(page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the plane, 0 to 1 both ways, is while the whole map is seen."""
    box = canvas_of(page).bounding_box()
    side = min(box["width"], box["height"]) - 44                    # less the margins
    return (box["x"] + box["width"] / 2 + (x - 0.5) * side,
            box["y"] + box["height"] / 2 - (y - 0.5) * side)


def test_every_part_of_the_map_has_a_name_and_can_be_reached_by_keys(page):
    for role, name in {"textbox": "word", "listbox": "nearest in space"}.items():
        found = page.get_by_role(role, name=name, exact=True)
        found = found if found.count() else page.get_by_role("combobox", name=name, exact=True)
        assert found.count() == 1, name
    for name in ("zoom in", "zoom out", "all words"):
        assert page.get_by_role("button", name=name, exact=True).count() == 1
    label = canvas_of(page).get_attribute("aria-label")
    assert label.startswith("600 words. Nearest to “row”: ") and "Arrow keys: move." in label
    page.locator(".course-map input").focus()
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(
            "document.activeElement.ariaLabel || document.activeElement.tagName"))
    assert reached == [label, "nearest in space", "zoom in", "zoom out", "all words"]


def test_the_list_shows_what_the_plane_kept_and_what_it_tore_apart(page):
    kept = page.locator(".course-map .near .kept b").all_inner_texts()
    torn = page.locator(".course-map .near .torn b").all_inner_texts()
    assert set(kept) == {"column", "rows"} and set(torn) == {"cell", "grid", "table"}
    says(page, "2 of these 5 are among its 20 nearest on the map")
    cell = page.get_by_role("option", name="cell, cosine ")
    assert "on the map" in cell.get_attribute("aria-label")


def test_a_typed_word_is_followed_and_an_unknown_one_is_said(page):
    before = canvas_of(page).evaluate(PICTURE)
    field = page.locator(".course-map input")
    field.fill("wor")
    assert page.locator("datalist option").count() == 8
    field.fill("Column ")
    page.keyboard.press("Enter")
    says(page, "Nearest to “column”")
    assert "row" in listed(page) and canvas_of(page).evaluate(PICTURE) != before
    words, boxes = listed(page), page.evaluate(BOXES)
    field.fill("colum")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").filter(has_text="Written like it: “column”").wait_for()
    assert listed(page) == words and page.evaluate(BOXES) == boxes
    assert field.get_attribute("aria-invalid") is not None


def test_a_click_on_a_dot_and_on_the_list_chooses_the_word(page):
    page.mouse.move(*place_on_page(page, 0.8, 0.1))
    assert "on" in canvas_of(page).get_attribute("class")
    page.mouse.click(*place_on_page(page, 0.8, 0.1))
    says(page, "Nearest to “cell”")
    assert page.locator(".course-map input").input_value() == "cell"
    page.get_by_role("option", name="grid").click()
    says(page, "Nearest to “grid”")


def test_arrow_keys_name_the_neighbours_and_enter_chooses_one(page):
    before = canvas_of(page).evaluate(PICTURE)
    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = listed(page)[1]
    assert page.get_by_role("option", selected=True).locator("b").inner_text() == second
    assert canvas_of(page).evaluate(PICTURE) != before
    page.keyboard.press("Enter")
    says(page, f"Nearest to “{second}”")
    assert page.evaluate("document.activeElement.ariaLabel") == "nearest in space"


def test_wheel_keys_buttons_and_drag_zoom_and_move_and_the_whole_map_comes_back(page):
    canvas = canvas_of(page)
    page.mouse.move(*place_on_page(page, 0.5, 0.7))
    page.mouse.wheel(0, -200)                       # the page's own, as the map has no focus
    page.mouse.move(5, 5)
    whole = canvas.evaluate(PICTURE)
    moves = [lambda: page.keyboard.press("+"), lambda: page.keyboard.press("ArrowLeft"),
             lambda: page.keyboard.press("ArrowUp"), lambda: page.keyboard.press("-"),
             lambda: page.get_by_role("button", name="zoom in").click(),
             lambda: page.get_by_role("button", name="zoom out").click()]
    seen = [whole]
    for move in moves[:4]:
        canvas.focus()
        move()
        seen.append(canvas.evaluate(PICTURE))
    for move in moves[4:]:
        move()
        seen.append(canvas.evaluate(PICTURE))
    assert all(one != other for one, other in zip(seen, seen[1:], strict=False))
    canvas.focus()
    page.keyboard.press("0")
    assert canvas.evaluate(PICTURE) == whole
    x, y = place_on_page(page, 0.5, 0.7)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function("([canvas, old]) => canvas.toDataURL() !== old",
                           arg=[canvas.element_handle(), whole])
    near = canvas.evaluate(PICTURE)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=4)
    page.mouse.up()
    assert canvas.evaluate(PICTURE) != near
    says(page, "Nearest to “row”")                  # a drag is no click
    page.get_by_role("button", name="all words").click()
    page.mouse.move(5, 5)
    assert canvas.evaluate(PICTURE) == whole


def test_what_is_pointed_at_stays_where_it_is_while_one_zooms(page):
    canvas_of(page).focus()
    x, y = place_on_page(page, 0.8, 0.1)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -900)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)
    says(page, "Nearest to “cell”")


def test_plain_keys_stay_on_the_map(page):
    for part in ("canvas", ".near"):
        page.locator(f".course-map {part}").focus()
        for key in ("x", "a", "b", "d", "d", "j"):
            page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == 1 and page.locator(".jp-mod-editMode").count() == 0


@pytest.mark.parametrize("width", [1280, 800, 640])
def test_no_card_is_higher_than_600_pixels_and_nothing_spills(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(300)
    high, spill = page.evaluate(CARD)
    assert high < 600 and spill == 0


def test_hostile_words_are_text(hostile):
    shown = set(map(labels.visible, HOSTILE))
    for _ in range(6):
        assert set(listed(hostile)) <= shown
        hostile.get_by_role("listbox").focus()
        for _ in range(3):
            hostile.keyboard.press("ArrowDown")
        wanted = listed(hostile)[2]
        hostile.keyboard.press("Enter")
        hostile.wait_for_function(
            "name => document.querySelector('.course-map input').value === name", arg=wanted)
        hostile.wait_for_timeout(200)
        assert hostile.locator(".course-explorer [role=alert]").inner_text() == ""
    hostile.locator(".course-map input").fill("<")
    assert hostile.locator("datalist option").count() > 2
    assert hostile.evaluate("window.hacked") is None
    assert hostile.locator(".course-map :is(script, img, svg, iframe, style)").count() == 0


def test_the_board_has_three_fields_in_a_line_and_a_target_to_drag(board):
    fields = [board.get_by_label(name, exact=True) for name in ("a", "is to b", "as c")]
    assert len({field.bounding_box()["y"] for field in fields}) == 1
    says(board, "“word1” is to “word2” as “word3” is to: ")
    box = board.locator(".course-explorer img").bounding_box()
    x, y = box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"]
    board.mouse.move(x, y)
    board.mouse.down()
    board.mouse.move(x + 40, y + 10, steps=3)
    board.mouse.up()
    says(board, "Target moved to “word1” + ")
    board.wait_for_timeout(1000)        # a drag sends several moves: let the last one arrive
    fields[2].fill("row")
    board.keyboard.press("Enter")
    says(board, "“word1” is to “word2” as “row” is to: ")
    fields[1].fill("nobody")
    board.keyboard.press("Enter")
    board.locator("[role=alert]").filter(has_text="“nobody” has no vector").wait_for()
    board.locator("summary").click()
    board.get_by_label("leave out the three words of the question").uncheck()
    for name in ("target, across", "target, up"):
        assert board.get_by_role("slider", name=name).count() == 1


def test_the_board_is_below_600_pixels_with_all_its_controls(board):
    if board.locator(".course-explorer details[open]").count() == 0:
        board.locator("summary").click()
    for width in (1280, 800):
        board.set_viewport_size({"width": width, "height": 900})
        board.wait_for_timeout(300)
        high, spill = board.evaluate(CARD)
        assert high < 600 and spill == 0
