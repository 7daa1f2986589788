"""The attention view in a real browser: from disk and in JupyterLab, by mouse, keys and ear."""

from __future__ import annotations

import io
import re

import browser_lab
import nbformat
import numpy as np
import pytest
from hostile_tokens import HOSTILE
from matplotlib import colormaps
from matplotlib.image import imread
from nbformat.v4 import new_code_cell, new_notebook

from helpers.attention_view import AttentionView, labels

ENGLISH = ["the", "black", "cat", "does", "not", "eat", "fish", "</s>"]
FRENCH = ["le", "chat", "noir", "ne", "mange", "pas", "."]
GOLD = [(0, 0), (1, 2), (2, 1), (3, 3), (3, 4), (4, 5), (5, 4), (6, 7)]
LAB = """
import sys
sys.path.insert(0, {tests!r})
import numpy as np
from hostile_tokens import HOSTILE
from helpers.attention_view import AttentionView
weights = np.random.default_rng(1).dirichlet(np.ones(6), (2, 3, 6))
view = AttentionView(weights, list("abcdef"), list("abcdef"), title="six heads")
view
"""
MARKUP = """
count = len(HOSTILE)
AttentionView(np.full((count, count), 1 / count), HOSTILE, HOSTILE, title="".join(HOSTILE[:16]))
"""
# The middle of a cell of the large map, in pixels of the page; the sizes are read off its labels.
PIXEL = """([x, y]) => { const map = document.querySelector('canvas.map');
    const ratio = map.width / map.clientWidth;
    return [...map.getContext('2d').getImageData(x * ratio, y * ratio, 1, 1).data]; }"""
BOXES = """() => [...document.querySelectorAll(
    '.course-attention, .course-attention :is(.stage, .map, .line, .words)')].map(part => {
    const box = part.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"""
SPILLS = """() => [...document.querySelectorAll('.course-attention')].map(card => ({
    high: card.getBoundingClientRect().height, wide: card.scrollWidth - card.clientWidth,
    out: [...card.querySelectorAll('canvas, .text')].filter(part => part.offsetWidth
        && part.getBoundingClientRect().right > card.getBoundingClientRect().right).length}))"""

pytestmark = pytest.mark.browser


def random_weights(*shape, seed=0):
    """Weights (float32) of a shape whose rows sum to 1, one of them large in most rows."""
    powers = np.exp(2.5 * np.random.default_rng(seed).normal(size=shape))
    return (powers / powers.sum(-1, keepdims=True)).astype(np.float32)


def pair(**more):
    """A small view of two sentences, and its weights."""
    weights = random_weights(7, 8)
    return AttentionView(weights, FRENCH, ENGLISH, GOLD, "French looks at English", **more), weights


def layers():
    """A view of two layers of three heads, and its weights."""
    weights = random_weights(2, 3, 6, 6)
    return AttentionView(weights, list("abcdef"), list("abcdef"), title="six heads"), weights


@pytest.fixture
def from_disk(chromium, tmp_path):
    """Open the file of a view from disk; the page is closed in the end, and no error was seen."""
    pages = []

    def opened(view, width=1280, scale=1):
        path = tmp_path / f"view{len(pages)}.html"
        path.write_text(view.to_html(), encoding="utf-8")
        page = browser_lab.new_page(chromium, width, 900, scale)
        pages.append((page, browser_lab.watch(page)))
        page.goto(path.as_uri())
        page.locator(".course-attention .text").wait_for()
        return page
    yield opened
    for page, seen in pages:
        page.close()
        assert seen.errors == [] and seen.foreign() == []


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A JupyterLab with the notebooks of this module."""
    folder = tmp_path_factory.mktemp("notebooks")
    tests = str(browser_lab.ROOT / "tests")
    for name, cells in {"view": [LAB.format(tests=tests), "view.layer, view.head, view.pinned"],
                        "hostile": [LAB.format(tests=tests), MARKUP]}.items():
        nb = new_notebook(cells=[new_code_cell(code) for code in cells], metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3"}})
        nbformat.write(nb, folder / f"{name}.ipynb")
    with browser_lab.lab(sorted(folder.glob("*.ipynb"))) as running:
        yield running


def walk_to(page, query: int, key: int) -> None:
    """Walk to a cell by keys."""
    page.locator("canvas.map").focus()
    for pressed in ["Home", *["ArrowUp"] * 9, *["ArrowDown"] * query, *["ArrowRight"] * key]:
        page.keyboard.press(pressed)


def middle_of(page, query: int, key: int) -> tuple[float, float]:
    """Find the middle of a cell in the canvas: where the pointer says so from both sides."""
    box = page.locator("canvas.map").bounding_box()
    found = page.evaluate("""([query, key]) => {
        const map = document.querySelector('canvas.map');
        const box = map.getBoundingClientRect();
        const card = map.closest('.course-attention');
        const looks = card.querySelectorAll('.line')[0].querySelectorAll('.token');
        const seen = [...card.querySelectorAll('.line')].at(-1).querySelectorAll('.token');
        const hits = [];
        for (let x = 2; x < box.width; x += 5) for (let y = 2; y < box.height; y += 5) {
            map.dispatchEvent(new PointerEvent('pointermove',
                {clientX: box.x + x, clientY: box.y + y}));
            if (seen[key].classList.contains('lit') && looks[query].classList.contains('looks')
                ) hits.push([x, y]);
        }
        map.dispatchEvent(new PointerEvent('pointerleave'));
        return [0, 1].map(at => (Math.min(...hits.map(hit => hit[at]))
            + Math.max(...hits.map(hit => hit[at]))) / 2);
    }""", [query, key])
    assert 0 < found[0] < box["width"] and 0 < found[1] < box["height"]
    return found[0], found[1]


def shown(page, part: str) -> str:
    """The text of a part of the card."""
    return page.locator(f".course-attention .{part}").inner_text()


# By mouse and by keys

def test_pointing_at_a_cell_shows_its_number_and_lights_both_tokens(from_disk):
    view, weights = pair()
    page = from_disk(view)
    box = page.locator("canvas.map").bounding_box()
    x, y = middle_of(page, 4, 5)
    page.mouse.move(box["x"] + x, box["y"] + y)
    assert shown(page, "cell").startswith(f"“mange” looks at “eat”: {weights[4, 5]:.3f}, a gold")
    assert page.locator(".token.looks").inner_text() == "mange"
    assert page.locator(".token.lit").inner_text() == "eat"
    page.mouse.move(2, 2)
    assert "Point at a cell" in shown(page, "cell")
    assert page.locator(".token.lit").count() == 0


def test_arrow_keys_walk_the_map_and_say_each_cell(from_disk):
    view, weights = pair()
    page = from_disk(view)
    walk_to(page, 2, 1)
    words = f"“noir” looks at “black”: {weights[2, 1]:.3f}"
    assert shown(page, "cell").startswith(words)
    assert page.get_by_role("status").inner_text().startswith(words)
    page.keyboard.press("End")
    assert "“</s>”" in shown(page, "cell")
    page.keyboard.press("ArrowRight")
    assert "“</s>”" in shown(page, "cell")


def test_a_row_is_pinned_by_enter_and_by_click_and_shades_the_text(from_disk):
    view, weights = pair()
    page = from_disk(view)
    walk_to(page, 5, 0)
    page.keyboard.press("Enter")
    assert page.get_by_role("status").inner_text().startswith("Pinned: “pas” looks at ")
    walk_to(page, 1, 1)
    assert page.locator(".token.looks").inner_text() == "pas"       # the pinned row stays
    shades = page.locator(".line").last.locator(".token").evaluate_all(
        "tokens => tokens.map(token => getComputedStyle(token).backgroundColor)")
    for shade, weight in zip(shades, weights[5], strict=True):
        wanted = 255 * np.array(colormaps["cividis"](float(weight))[:3])
        assert np.abs(np.array(re.findall(r"\d+", shade), float) - wanted).max() <= 6
    page.locator(".line").first.locator(".token").nth(3).click()
    assert shown(page, "row").startswith("“ne” looks at ")
    page.locator(".line").first.locator(".token").nth(3).click()
    assert page.get_by_role("status").inner_text() == "No row is pinned."


def test_the_text_is_a_list_that_keys_walk_through(from_disk):
    page = from_disk(pair()[0])
    page.get_by_role("radio", name="text").check()
    assert page.locator("canvas.map").is_hidden()
    line = page.get_by_role("listbox", name="queries")
    line.focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("option", selected=True).inner_text() == "chat"
    assert page.get_by_role("status").inner_text().startswith("“chat” looks at ")


def test_layer_and_head_change_by_select_by_key_and_by_click_on_a_small_map(from_disk):
    view, _ = layers()
    page = from_disk(view)
    page.get_by_role("combobox", name="layer").select_option("2")
    assert shown(page, "words") == f"Layer 2, head 1: {view.words[3]}"
    page.get_by_role("combobox", name="head").select_option("3")
    assert shown(page, "words").endswith(view.words[5])
    page.locator("canvas.map").focus()
    page.keyboard.press("PageDown")
    assert shown(page, "words") == f"Layer 1, head 1: {view.words[0]}"
    assert page.get_by_role("status").inner_text() == shown(page, "words")
    page.locator("canvas.all").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert shown(page, "words") == f"Layer 2, head 2: {view.words[4]}"
    box = page.locator("canvas.all").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 5 / 6, box["y"] + box["height"] * 0.4)
    assert shown(page, "words").startswith("Layer 1, head 3: ")
    assert page.get_by_role("combobox", name="head").input_value() == "2"


@pytest.mark.parametrize("scale", [1, 2])
def test_the_colours_of_the_map_are_those_of_the_weights_on_both_scales(from_disk, scale):
    weights = random_weights(40, 40)                # too many for numbers in the cells
    page = from_disk(AttentionView(weights, [f"q{i}" for i in range(40)],
                                   [f"k{i}" for i in range(40)]), scale=scale)
    places = [(3, int(weights[3].argmax())), (17, 20), (39, int(weights[39].argmax()))]
    for own in (False, True):
        page.get_by_role("checkbox", name="each row to its maximum").set_checked(own)
        for query, key in places:
            seen = page.evaluate(PIXEL, [*middle_of(page, query, key)])
            share = weights[query, key] / (weights[query].max() if own else 1)
            wanted = 255 * np.array(colormaps["cividis"](float(share))[:3])
            assert np.abs(np.array(seen[:3]) - wanted).max() <= 6, (own, query, key)


# What it looks like

@pytest.mark.parametrize("width", [1280, 800, 640])
@pytest.mark.parametrize("make", [
    lambda: pair()[0], lambda: layers()[0],
    lambda: AttentionView(random_weights(4, 4, 128, 128), [f"token{i}" for i in range(128)],
                          [f"token{i}" for i in range(128)], [(i, i) for i in range(128)]),
    lambda: AttentionView(random_weights(1, 60), ["x"], [f"token{i}" for i in range(60)]),
    lambda: AttentionView(random_weights(12, 12), ["long " * 30] * 12, ["漢字" * 20] * 12),
], ids=["pair", "layers", "128", "one row", "long"])
def test_no_card_is_higher_than_600_pixels_and_nothing_spills(from_disk, make, width):
    page = from_disk(make(), width)
    levels = page.locator(".levels input")
    for level in range(levels.count()):
        levels.nth(level).check(force=True)
        for card in page.evaluate(SPILLS):
            assert card["high"] < 600 and card["wide"] == 0 and card["out"] == 0, (level, card)


@pytest.mark.parametrize("width", [1280, 700])
def test_nothing_jumps_while_one_walks_pins_and_changes_heads(from_disk, width):
    page = from_disk(layers()[0], width)
    before = page.evaluate(BOXES)
    for query, key in ((0, 0), (3, 5), (5, 2)):
        walk_to(page, query, key)
        page.keyboard.press("Enter")
        page.keyboard.press("PageDown")
        assert page.evaluate(BOXES) == before
    page.get_by_role("checkbox").check()
    assert page.evaluate(BOXES) == before


def test_every_part_has_a_role_and_a_name_and_the_map_says_its_summary(from_disk):
    view, _ = layers()
    page = from_disk(view)
    assert page.get_by_role("application").count() == 2
    label = page.locator("canvas.map").get_attribute("aria-label")
    assert "six heads. 6 queries look at 6 keys." in label and view.words[0] in label
    for role, name in {"combobox": "layer", "checkbox": "each row to its maximum",
                       "button": "save PNG", "radio": "one head", "radiogroup": "show",
                       "listbox": "tokens"}.items():
        assert page.get_by_role(role, name=name, exact=True).count() == 1, (role, name)
    reached = set()
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.className || "
                                  "document.activeElement.tagName"))
    assert {"all", "map", "line", "SELECT", "BUTTON", "INPUT"} <= reached
    page.locator("canvas.map").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_page_saves_the_map_as_a_picture(from_disk):
    page = from_disk(pair()[0])
    with page.expect_download() as loaded:
        page.get_by_role("button", name="save PNG").click()
    assert loaded.value.suggested_filename.endswith(".png")
    image = imread(io.BytesIO(loaded.value.path().read_bytes()))
    box = page.locator("canvas.map").bounding_box()
    assert image.shape[1] == pytest.approx(2 * (box["width"] + 24), abs=2)
    assert (image[2, 2] == 1).all() and image[..., :3].std() > 0.1


# Tokens are text

def unharmed(page) -> None:
    """Fail unless the last card shows every hostile token as text and nothing has run."""
    seen = page.locator(".course-attention").last.locator(".token").all_text_contents()
    assert seen == list(map(labels.visible, HOSTILE))
    assert page.evaluate("window.hacked") is None
    assert page.locator(".course-attention :is(script, img, svg, iframe, style, b)").count() == 0


def test_hostile_tokens_are_text_in_the_file(from_disk):
    count = len(HOSTILE)
    view = AttentionView(random_weights(count, count), HOSTILE, HOSTILE, [(0, 1)],
                         title="".join(HOSTILE[:16]))
    page = from_disk(view)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    unharmed(page)
    walk_to(page, 8, 1)
    assert shown(page, "cell").count("“") == 2
    unharmed(page)


def test_hostile_tokens_are_text_in_jupyterlab(chromium, server):
    page = browser_lab.new_page(chromium)
    seen = browser_lab.watch(page)
    browser_lab.open_and_run(page, server, "hostile")
    page.locator(".course-attention").nth(1).wait_for()
    unharmed(page)
    page.close()
    assert seen.foreign() == [] and seen.errors == []


# With a kernel, and without

def test_kernel_and_page_tell_each_other_and_the_page_goes_on_alone(chromium, server):
    page = browser_lab.new_page(chromium)
    browser_lab.open_and_run(page, server, "view")
    page.locator("canvas.map").wait_for()
    cells = page.locator(".jp-Cell").count()
    page.get_by_role("combobox", name="layer").select_option("2")
    walk_to(page, 3, 2)
    page.keyboard.press("Enter")
    for key in ("x", "a", "b", "d", "d", "j"):          # JupyterLab would cut and add cells
        page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == cells
    assert page.locator(".jp-mod-editMode").count() == 0
    run_second_cell(page, "view.layer, view.head, view.pinned")
    page.locator(".jp-OutputArea-output", has_text="(1, 0, 3)").wait_for()
    run_second_cell(page, "view.head = 2")
    page.locator(".words", has_text="Layer 2, head 3").wait_for()
    saved = browser_lab.save(page, server, "view")
    assert {"image/png", "text/plain"} < set(saved["cells"][0]["outputs"][0]["data"])
    browser_lab.end_kernels(server)
    page.wait_for_timeout(500)
    page.get_by_role("combobox", name="layer").select_option("1")
    page.locator(".words", has_text="Layer 1, head 3").wait_for()
    page.close()
    page = browser_lab.new_page(chromium)
    browser_lab.open_notebook(page, server, "view")
    page.locator(".words", has_text="Layer 2, head 3").wait_for()
    page.locator("canvas.map").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("combobox", name="head").select_option("1")
    page.locator(".words", has_text="Layer 2, head 1").wait_for()
    page.close()


def run_second_cell(page, code: str) -> None:
    """Write code into the second cell and run it."""
    page.locator(".jp-CodeCell .cm-content").nth(1).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
