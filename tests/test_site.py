"""The site: what its pages are made of, and two of them in a browser."""

import html
import json
import re

import browser_lab
import build_site
import deck_cells
import measure_site
import nbformat
import pytest
import site_api
import site_links
import site_math
import site_pages
import take_home

from helpers import course, training
from helpers.exercises import _judging, doors

SHOWN = build_site.notebooks([])
A4_HEIGHT, A4_WIDTH = 297, 210               # mm
MM = 25.4 / 96                               # of a pixel of CSS
SEARCHED = "#search-results li a"


@pytest.fixture(scope="module", params=SHOWN, ids=lambda notebook: notebook.name)
def built(request):
    """One notebook and its page, with pictures in place of views."""
    book = deck_cells.notebook(request.param.name)
    return book, site_pages.page(book, alive=False)


def outputs_of(page):
    return [(cell, each) for cell in page["cells"] for each in cell.get("outputs", ())]


def marked(page):
    """All HTML that a page's cells show."""
    return "".join(each["data"]["text/html"] for _, each in outputs_of(page)
                   if "text/html" in each.get("data", {}))


# --- notebooks --------------------------------------------------------------------------------


def test_a_page_is_a_whole_notebook(built):
    nbformat.validate(nbformat.from_dict(built[1]))


def test_every_picture_has_words(built):
    book, page = built
    drawn = [cell for cell, each in outputs_of(page) if "image/png" in each.get("data", {})]
    assert len(drawn) == sum("image/png" in each.get("data", {}) for cell in book.cells
                             for each in cell.get("outputs", ()))
    for cell in drawn:
        words = cell["metadata"]["mystnb"]["image"]["alt"]
        assert len(words) > 20 and "<Figure" not in words and "\n" not in words


def test_every_question_of_a_notebook_answers_and_knows_one_right_answer(built):
    book, page = built
    asked = [id for cell in book.cells for id in site_pages.ASKED.findall(deck_cells.text(cell))]
    asked += [id for cell in book.cells if cell["cell_type"] == "code"
              for id in re.findall(r'questions\.ask\(\s*"([^"]+)"', deck_cells.text(cell))
              if id not in asked]
    shown = marked(page).split('<div class="question" ')[1:]
    assert [re.match(r'id="question-([^"]+)"', each).group(1) for each in shown] == asked
    for each in shown:
        assert each.count("<button") >= 2 and each.count('data-right="true"') == 1


def test_every_exercise_of_a_notebook_is_followed_by_its_hints_and_solution(built):
    book, page = built
    number = course.find(book.name).number
    of_number = {title.partition(" ")[0]: door.exercises for title, door in doors().items()}
    text = html.unescape(re.sub(r"<[^>]+>", "", marked(page)))
    for exercise in of_number.get(number, ()):
        assert _judging.source_of(exercise.solution).strip() in text
        for hint in exercise.hints:
            assert hint in text


def test_nothing_of_a_page_speaks_of_a_prediction_or_an_answer_that_is_not_there(built):
    text = json.dumps(built[1]["cells"], ensure_ascii=False)
    assert "You made no prediction" not in text and "is not written yet" not in text
    assert "not attempted yet" not in text


def test_the_code_of_proofs_is_folded_and_what_they_print_is_not(built):
    book, page = built
    kept = [cell for cell in book.cells if cell["cell_type"] in ("code", "markdown")]
    for cell, shown in zip(kept, page["cells"], strict=True):
        if "proof" in cell["metadata"].get("tags", ()):
            assert "hide-input" in shown["metadata"]["tags"]
            assert "hide-output" not in shown["metadata"]["tags"]


def test_a_page_has_one_title(built):
    titles = [cell for cell in built[1]["cells"] if cell["source"].startswith("# ")
              and cell["cell_type"] == "markdown"]
    assert len(titles) == 1


def test_a_view_that_lives_says_what_the_notebook_says():
    book = deck_cells.notebook("05_self_attention_masks")
    place = book.find("view.layer, view.pinned = 1, 8")
    view = site_pages.living(book, place)
    assert "Likeliest next: “h” 1.00" in view.summary
    assert html.escape(view.summary.partition(" Likeliest")[0]) in view.to_html()


def test_a_view_that_would_say_something_else_is_no_view():
    book = deck_cells.notebook("05_self_attention_masks")
    place = book.find("view.layer, view.pinned = 1, 8")
    cell = json.loads(json.dumps(book.cells[place]))
    for each in cell["outputs"]:
        each["data"]["text/plain"] = "Another one. 9 queries look at 9 keys."
    other = deck_cells.Notebook(book.name, (*book.cells[:place], cell, *book.cells[place + 1:]))
    with pytest.raises(site_pages.NoViewError, match="Another one"):
        site_pages.living(other, place)


# --- links, formulas, the package -------------------------------------------------------------


def test_links_to_nowhere_and_silent_pictures_are_found(tmp_path):
    (tmp_path / "one.html").write_text(
        '<h1 id="here">1</h1><a href="two.html#there">a</a><a href="#here">b</a>'
        '<a href="https://example.org">c</a><img src="p.png" alt="a point">')
    (tmp_path / "two.html").write_text(
        '<p id="there">2</p><a href="one.html#gone">a</a><a href="three.html">b</a>'
        '<img src="p.png" alt=" "><script src="https://example.org/x.js"></script>')
    (tmp_path / "p.png").write_bytes(b"")
    pages, faults = site_links.check(tmp_path)
    assert pages == 2
    assert faults == ["two.html: the picture p.png has no words",
                      "two.html: one.html#gone names a place that is not there",
                      "two.html: three.html is not there",
                      "two.html: https://example.org/x.js comes from elsewhere"]


def test_every_formula_of_the_course_becomes_mathml():
    drawn = 0
    for notebook in SHOWN:
        for cell in deck_cells.notebook(notebook.name).cells:
            if cell["cell_type"] == "markdown":
                prose = re.sub(r"```.*?```|`[^`\n]*`", "", deck_cells.text(cell), flags=re.DOTALL)
                for block, line in re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", prose, re.DOTALL):
                    assert "<math" in site_math.mathml(block or line, block=bool(block))
                    drawn += 1
    assert drawn > 500


def test_a_formula_that_cannot_be_read_is_told():
    with pytest.raises(ValueError, match=r"\\nosuch"):
        site_math.mathml(r"a \nosuch b", block=False)


def test_the_package_is_told_with_every_public_name_and_signature():
    page = html.unescape(site_api.page("training"))
    for name in training.__all__:
        assert f"{name}(" in page or f"class {name}" in page, name
    assert "load_checkpoint(name: str, build: Callable" in page
    assert "_read(" not in page


def test_solutions_are_not_told_as_a_part_of_the_package():
    assert "helpers.exercises.engine" in site_api.page("exercises")
    assert not any(f"helpers.exercises.{each.stem}" in site_api.page("exercises")
                   for each in course.NOTEBOOKS)


# --- to take home -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """The pages to take home, as files."""
    return take_home.write([each for each in SHOWN if each.number],
                           tmp_path_factory.mktemp("take_home"))


def test_a_page_to_take_home_has_the_three_sentences_and_two_pictures_with_words(taken):
    for file in taken:
        page = file.read_text(encoding="utf-8")
        assert page.count("<img") == take_home.MOST_PICTURES and 'alt=""' not in page
        can = page.partition("<h2>You can now</h2>")[2]
        assert can.count("<li>") == 3 and "{{" not in page and "$" not in re.sub(
            r"<img[^>]+>", "", page)


def test_a_named_cell_without_a_picture_is_told(monkeypatch):
    monkeypatch.setitem(take_home.PICTURES, "self_attention_masks", ("from helpers import",))
    book = deck_cells.Notebook("05_self_attention_masks", (
        {"cell_type": "code", "source": "from helpers import x", "outputs": [], "metadata": {}},))
    (place,) = take_home.pictures(book)
    with pytest.raises(ValueError, match="cell 0 of 05_self_attention_masks shows no picture"):
        take_home.figure(book, place)


@pytest.mark.browser
def test_a_page_to_take_home_fits_one_sheet_and_a_telephone(taken):
    with browser_lab.browser() as chromium:
        page = chromium.new_page(viewport={"width": 1000, "height": 1123})
        for file in taken:
            page.set_viewport_size({"width": 1000, "height": 1123})
            page.goto(file.as_uri())
            wide, high = page.evaluate(
                "() => [document.body.scrollWidth, document.body.getBoundingClientRect().height]")
            assert wide * MM <= A4_WIDTH + 0.5 and high * MM <= A4_HEIGHT, file.name
            letters = page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")
            assert letters >= 13
            page.set_viewport_size({"width": 400, "height": 900})
            assert page.evaluate(measure_site.TOO_WIDE) <= 0, file.name


# --- the site -----------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Where a site stands; the new one, made in place of Sphinx, has a link to nowhere."""
    def sphinx(command):
        folder = tmp_path / "build" / "html"
        folder.mkdir(parents=True)
        (folder / "index.html").write_text('<a href="gone.html">new</a>')

    monkeypatch.setattr(build_site, "SOURCE", tmp_path / "build" / "source")
    monkeypatch.setattr(build_site, "gather", lambda begins, pictures: None)
    monkeypatch.setattr(build_site, "build_main", sphinx)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("old")
    return tmp_path / "site"


def test_a_site_with_a_link_to_nowhere_does_not_take_the_place_of_the_old_one(made):
    with pytest.raises(ValueError, match=r"index.html: gone.html is not there"):
        build_site.build([], made)
    assert (made / "index.html").read_text() == "old"
    assert build_site.build(["05"], made) == 1          # a part of it: links may lead nowhere
    assert "new" in (made / "index.html").read_text()


def test_a_site_that_cannot_be_removed_is_told_and_gets_no_other_inside(made, monkeypatch):
    def held(folder, ignore_errors=False):
        if folder == made and not ignore_errors:
            raise PermissionError("open elsewhere")

    monkeypatch.setattr(build_site.shutil, "rmtree", held)
    with pytest.raises(PermissionError, match="open elsewhere"):
        build_site.build(["05"], made)
    assert [path.name for path in made.iterdir()] == ["index.html"]


def test_a_name_that_no_notebook_has_builds_no_site():
    with pytest.raises(ValueError, match=r"no notebook begins with \['5'\]"):
        build_site.notebooks(["5"])


# --- in a browser -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_site(tmp_path_factory):
    """The site as it is handed out, so nothing in it may lead nowhere; of most notebooks the prose.

    Of two of them there is all, of the package one part.
    """
    folder, whole = tmp_path_factory.mktemp("site"), site_pages.page

    def page(book, *, alive):
        if book.name in ("index", "05_self_attention_masks"):
            return whole(book, alive=alive)
        shown = whole(book, alive=False)
        return {**shown, "cells": [one for one in shown["cells"] if one["cell_type"] == "markdown"]}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_site, "SOURCE", folder / "build" / "source")
        patch.setattr(site_pages, "page", page)
        patch.setattr(site_api, "packages", lambda: ["training"])
        patch.setattr(take_home, "printed", lambda files: False)
        build_site.build([], folder / "site")
    return folder / "site"


@pytest.mark.slow
def test_building_the_whole_site_leads_nowhere_wrong_and_leaves_nothing_beside_it(small_site):
    assert {path.name for path in small_site.parent.iterdir()} == {"build", "site"}
    for name in (*build_site.DOCUMENTS, "README.md"):
        page = "index" if name == "README.md" else name.removesuffix(".md")
        assert (small_site / f"{page}.html").is_file()
    guides = re.findall(r'toctree-l1"><a class="reference internal" href="teaching/(\w+)',
                        (small_site / "index.html").read_text(encoding="utf-8"))
    assert guides == ["README", *sorted(guides[1:])] and len(guides) == len(SHOWN) + 1


@pytest.mark.slow
@pytest.mark.browser
def test_pages_ask_nobody_fit_a_telephone_and_answer(small_site):
    with browser_lab.browser() as chromium:
        file = small_site / "notebooks" / "05_self_attention_masks.html"
        for some in (file, small_site / "teaching" / "hub.html"):
            seen = measure_site.faults_of(chromium, some, script="")
            assert not seen["requests"] and not seen["faults"]
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(file.as_uri())
        question = page.locator("#question-5\\.d")
        question.locator('[data-right="false"]').first.click()
        wrong = question.locator(".answer").inner_text()
        question.locator('[data-right="true"]').click()
        assert wrong and wrong != question.locator(".answer").inner_text()
        assert page.locator(".help details[open]").count() == 0
        page.locator("#exercise-5\\.1 summary").last.click()
        assert "def attention_by_loop" in page.locator("#exercise-5\\.1 pre").inner_text()
        assert page.locator("math").count() > 20


@pytest.mark.slow
@pytest.mark.browser
def test_a_view_lives_in_the_page_and_goes_with_light_and_dark(small_site):
    with browser_lab.browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto((small_site / "notebooks" / "05_self_attention_masks.html").as_uri())
        frame = page.locator(".frame iframe").first
        frame.scroll_into_view_if_needed()
        inside = page.frame_locator(".frame iframe").first
        inside.locator("canvas").first.wait_for()
        ground = "() => getComputedStyle(document.body).backgroundColor"
        colours = []
        for theme in ("light", "dark"):
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            page.wait_for_timeout(100)
            colours.append(frame.element_handle().content_frame().evaluate(ground))
        assert colours[0] != colours[1]
        inside.get_by_role("radio", name="text").check()
        assert inside.get_by_role("radio", name="text").is_checked()


@pytest.mark.browser
def test_a_frame_that_was_there_before_the_script_gets_the_readers_colours():
    inner = ("<style>body { background: #fff } @media (prefers-color-scheme: dark) {"
             " body { background: #111 } }</style>")
    with browser_lab.browser() as chromium:
        page = chromium.new_page(color_scheme="light")
        page.set_content(f'<html data-theme="dark"><div class="frame"><iframe srcdoc="{inner}">'
                         "</iframe></div>")
        frame = page.locator("iframe").element_handle().content_frame()
        frame.wait_for_load_state()
        page.add_script_tag(path=build_site.OWN / "site.js")
        assert frame.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(17, 17, 17)")


@pytest.mark.slow
@pytest.mark.browser
def test_the_search_finds_a_word_from_disk(small_site):
    with browser_lab.browser() as chromium:
        page = chromium.new_page()
        asked, errors = measure_site.watched(page)
        page.goto((small_site / "search.html").as_uri() + "?q=causal")
        page.locator(SEARCHED).first.wait_for()
        assert any("05_self_attention_masks" in link.get_attribute("href")
                   for link in page.locator(SEARCHED).all())
        assert not asked and not errors
