"""The slides: what a deck's source may say, what it takes from its notebook, how it is measured."""

import contextlib
import html
import re
from pathlib import Path

import build_slides
import deck_cells
import deck_views
import pytest

from helpers import live_model

BOOK = deck_cells.notebook("05_self_attention_masks")
DECKS = build_slides.decks()
GOOD = "# A title\n\nSome words.\n\nNotes: Minute 3. Say it.\nAsk: why?\n"


def cell(source: str, *outputs: dict, tags: tuple = ()) -> dict:
    return {"cell_type": "code", "source": source, "outputs": outputs,
            "metadata": {"tags": list(tags)}}


def printed(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


def deck(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "09_trial.md"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("notebook", DECKS, ids=lambda deck: deck.number)
def test_a_deck_has_25_to_40_slides_and_its_notes_run_from_minute_0_to_90_at_most(notebook):
    read = build_slides.read_deck(build_slides.SOURCES / f"{notebook.name}.md")
    assert 25 <= len(read) <= 40
    assert read[0].minute == 0 and 80 <= read[-1].minute <= 90
    assert not [slide.title for slide in read[1:-1] if "\nAsk: " not in slide.notes
                or "\nMisconception: " not in slide.notes]


@pytest.mark.parametrize("notebook", DECKS, ids=lambda deck: deck.number)
def test_all_that_a_deck_names_is_in_its_notebook_and_drawn_without_a_fault(notebook, monkeypatch):
    monkeypatch.setitem(build_slides.KINDS, "attention", deck_cells.output)     # not run
    monkeypatch.setitem(build_slides.KINDS, "live", lambda book, name: live_model.parts(name).place)
    page, count = build_slides.deck_page(notebook)
    assert len(re.findall("<section[ >]", page)) == page.count('<aside class="notes">') == count
    drawn = page.partition('<div class="slides">')[2].partition("<script>")[0]
    assert not re.findall(r'(?:src|href)="(?!data:)', drawn)
    assert not re.search(r'KEPT\d|\{\w+: |<img (?![^>]*alt="[^"]+)', drawn)


@pytest.mark.parametrize(("text", "words"), [
    ("Some words.\n\nNotes: Minute 3.", "begins with"),
    ("# A title\n\nSome words.", "begins with"),
    ("# A title\n\nSome words.\n\nNotes: say it", "Minute N"),
    (f"# A title\n\n{'word ' * 31}\n\nNotes: Minute 3. Say it.", "31 words, a slide has 30"),
    (f"{GOOD}---\n{GOOD.replace('Minute 3', 'Minute 2')}", "slide 2: minute 2 after 3"),
])
def test_a_source_that_breaks_a_rule_is_refused_with_its_slide(tmp_path, text, words):
    with pytest.raises(ValueError, match=re.escape(words)) as refused:
        build_slides.read_deck(deck(tmp_path, text))
    assert "09_trial.md, slide" in str(refused.value)


def test_formulas_and_what_is_taken_from_the_notebook_count_as_no_words(tmp_path):
    text = GOOD.replace("Some words.", f"{'word ' * 30}\n\n$$a = b + c$$\n\n{{cell: a long name}}")
    assert build_slides.read_deck(deck(tmp_path, text))[0].minute == 3


def test_a_cell_is_named_by_its_first_line_or_by_a_part_that_no_other_has():
    book = deck_cells.Notebook("trial", (cell("x = 1\ny = 2"), cell("x = 1 + 1\nz = 3"),
                                         cell("z = 3\nz + 1", tags=("proof",))))
    assert [book.find(key) for key in ("x = 1", "y = 2", "z = 3", "1 + 1")] == [0, 0, 1, 1]
    with pytest.raises(ValueError, match="fits 2 cells of trial"):
        book.find("x =")
    with pytest.raises(ValueError, match="no code cell of trial has 'w = 4'"):
        book.find("w = 4")


def test_of_code_and_of_what_it_printed_the_named_lines_are_shown():
    book = deck_cells.Notebook("trial", (cell("a = 1\nb = 2\nc = 3\nd = 4",
                                              printed("one <1>\ntwo\nthree\n")),))
    assert deck_cells.output(book, "a = 1 | one").endswith("one &lt;1&gt;</pre>")
    shown = html.unescape(re.sub("<[^>]+>", "", deck_cells.code(book, "a = 1 | a | c ... d")))
    assert shown == "a = 1\nc = 3\nd = 4"
    with pytest.raises(ValueError, match="no lines 'four'"):
        deck_cells.output(book, "a = 1 | four")


def test_code_that_is_too_wide_is_refused_and_a_printed_line_is_broken():
    wide = "x = " + ", ".join(["word"] * 20)
    book = deck_cells.Notebook("trial", (cell(wide, printed(wide)),))
    with pytest.raises(ValueError, match=r"a line of 122 letters.* has room for 79"):
        deck_cells.code(book, "x =")
    block = deck_cells.output(book, "x =")
    assert re.search(r"font-size: (\d+)px", block).group(1) == "32"
    lines = re.sub("<[^>]+>", "", block).split("\n")
    assert max(map(len, lines)) <= 59 and "".join(lines).replace(" ", "") == wide.replace(" ", "")


def test_a_printed_line_that_has_columns_is_broken_between_two_of_them():
    columns = "   ".join(f"word {n}" for n in range(10))
    assert [re.sub(" {4,}", "", line) for line in deck_cells.wrapped(columns).split("\n")] == [
        "   ".join(f"word {n}" for n in span) for span in (range(6), range(6, 10))]


def test_a_question_marks_the_option_that_the_numbers_of_the_notebook_chose():
    shown = deck_cells.question(BOOK, "5.f")
    right = re.findall(r'data-right="true"[^>]*><b>(\w)</b> <span>([^<]+)', shown)
    assert right == [("c", "The open one, far under the floor")]
    assert shown.count('data-right="false"') == 2
    with pytest.raises(ValueError, match="has no question '5.zz'"):
        deck_cells.question(BOOK, "5.zz")


def test_a_picture_brings_its_words_a_figure_those_that_the_prose_has_below_it():
    widget = deck_cells.output(BOOK, "explorers.mask_builder()")
    assert 'alt="[start from: causal + padding' in widget and "in the notebook this moves" in widget
    figure = deck_cells.output(BOOK, 'before = exercises.mine("5.4", before)')
    assert 'alt="See that the weights stand one place below' in figure and "moves" not in figure


def test_lines_named_beside_a_picture_are_refused_since_the_picture_alone_would_be_shown():
    with pytest.raises(ValueError, match="shows a picture, so the lines causal would be lost"):
        deck_cells.output(BOOK, "explorers.mask_builder() | causal")


def test_exercises_are_listed_as_their_headings_have_them():
    shown = deck_cells.exercises(BOOK, "5.2 5.5")
    assert "<b>5.2 ★</b> May look (5 minutes)" in shown and "<b>5.5</b> Heads without" in shown
    with pytest.raises(ValueError, match="has no exercise '5.99'"):
        deck_cells.exercises(BOOK, "5.99")


def test_an_attention_view_is_alive_small_enough_and_at_the_row_that_the_notebook_pins():
    shown = html.unescape(deck_views.attention(BOOK, "AttentionView(relations.weights_of(pair)"))
    state = shown.partition('id="state">')[2]
    assert '"pinned": 8' in state and f'"tallest": {deck_views.TALLEST}' in state
    with pytest.raises(ValueError, match="shows no attention view"):
        deck_views.attention(BOOK, "print(mask.int().numpy())")


def test_a_view_that_says_something_else_than_the_notebook_stays_a_picture(capsys):
    stored = {"output_type": "display_data", "data": {
        "image/png": "AAAA", "text/plain": "Another one. 9 queries look at 9 keys."}}
    place = BOOK.find("AttentionView(relations.weights_of(pair)")
    book = deck_cells.Notebook(BOOK.name, tuple(
        dict(each, outputs=[stored]) if n == place else each for n, each in enumerate(BOOK.cells)))
    shown = deck_views.attention(book, "AttentionView(relations.weights_of(pair)")
    assert 'alt="Another one. 9 queries look at 9 keys."' in shown and "<iframe" not in shown
    assert "A picture stands for a view." in capsys.readouterr().out


def test_a_release_says_in_words_what_it_counts(monkeypatch, tmp_path, capsys):
    import measure_slides

    (tmp_path / "05_trial.html").write_text("")
    seen = {"slides": 2, "faults": ["slide 1: the title is cut off"], "requests": ["https://x.y"]}
    monkeypatch.setattr(measure_slides, "measure", lambda chromium, file: seen)
    monkeypatch.setattr(measure_slides.browser_lab, "browser", contextlib.nullcontext)
    monkeypatch.setattr(measure_slides.measured, "__defaults__", (tmp_path,))
    assert measure_slides.release() == {"05_trial": {"slides": 2, "faults": 1, "requests": 1}}
    said = capsys.readouterr().out
    assert "slide 1: the title is cut off" in said and "asks for https://x.y" in said


def test_an_empty_line_is_a_block_too():
    assert deck_cells.block("", "printed") == '<pre class="printed" style="font-size: 32px"></pre>'


def test_a_model_that_is_not_there_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(build_slides, "build", lambda begins: deck_views.live(BOOK, "no_such"))
    monkeypatch.setattr("sys.argv", ["build_slides.py"])
    with pytest.raises(SystemExit, match="The slides were not built.*no_such"):
        build_slides.main()


def test_a_formula_that_cannot_be_drawn_is_named():
    assert 'alt="\\frac{1}{2}"' in build_slides.formula(r"\frac{1}{2}")
    with pytest.raises(ValueError, match="nonsense"):
        build_slides.formula(r"\nonsense{x}")


def test_a_reference_of_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match=r"\{film: \.\.\.\}: there are cell, code"):
        build_slides.as_html("{film: x}", BOOK)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The deck of notebook 05, built."""
    (file,) = build_slides.build(["05"], tmp_path_factory.mktemp("slides"))
    return file


@pytest.mark.slow
@pytest.mark.browser
def test_in_a_browser_nothing_of_a_deck_is_cut_off_too_small_or_fetched(built):
    import measure_slides

    page = built.read_text(encoding="utf-8")
    spoiled = built.with_name("06_spoiled.html")
    spoiled.write_text(re.sub("</section>.*</section>", "</section>", page.replace(
        '<div class="body">', '<div class="body"><p style="font-size: 20px; width: 1300px">x</p>',
        1), flags=re.DOTALL), encoding="utf-8")
    seen = measure_slides.measured([], built.parent)
    slides = len(build_slides.read_deck(build_slides.SOURCES / f"{built.stem}.md"))
    assert seen[built.stem] == {"slides": slides, "faults": [], "requests": []}
    told = " ".join(seen["06_spoiled"]["faults"])
    assert "leaves the slide" in told and "letters of less than 28" in told


@pytest.mark.slow
@pytest.mark.browser
def test_a_question_answers_a_view_lets_go_of_the_keys_and_the_notes_open(built):
    import browser_lab
    import measure_slides

    with browser_lab.browser() as chromium:
        page = browser_lab.new_page(chromium, 1280, 720)
        page.set_default_timeout(60_000)
        measure_slides.open_deck(page, built)
        page.keyboard.press("PageDown")
        page.frame_locator("section.present iframe").locator("canvas.map").click()
        page.keyboard.press("ArrowRight")                       # the view's own
        assert page.evaluate("Reveal.getState().indexh") == 1
        page.keyboard.press("Escape")
        page.keyboard.press("PageDown")
        button = page.locator("section.present button").first
        button.focus()
        page.keyboard.press("Space")
        assert page.evaluate("Reveal.getState().indexh") == 2
        assert "right" in button.get_attribute("class")
        assert "A weighted sum" in page.locator("section.present .answer").inner_text()
        with page.expect_popup() as popup:
            page.keyboard.press("s")
        popup.value.get_by_text("Half a minute of silence").wait_for()
