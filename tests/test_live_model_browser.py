"""The live model in a real browser: the numbers of Python's model, keys, text that stays text."""

from __future__ import annotations

import base64
import functools

import browser_lab
import numpy as np
import pytest
import torch
from hostile_tokens import HOSTILE

from helpers import decoding, live_model, training
from helpers import transformer as tf
from helpers.live_model import export, parts
from helpers.neural import NeuralLM

NAME, MOST = "docs_transformer", 127
LONG = ("The return value is a new dictionary; if the key's not in it, KeyError is raised (see "
        "also dict.get), and 3.14 + 2 == 5.14 is no error here. ") * 2
TEXTS = ["", "T", "The list of pack", "import os; os.path.join('a', \"b\")", "déjà vu 中文 🙂 ok",
         "中", "e\u0301te\u0301 \u00a0\u200b\n\ttabs", LONG[:MOST], LONG, "aaaa " * 25,
         "zqxj ZQXJ 0123456789 %&*+,-./:;<=>?[]_ \u00ae\u03c0\u2192\u2265"]
WITHIN = 1e-5       # of odds and weights, both from 0 to 1; three digits are wanted
READ = """(texts) => texts.map((text) => {
    const cut = letters.cut(text).slice(0, net.most - 1);
    const ids = [letters.start, ...cut.map((letter) => letters.id(letter))];
    const anew = net.read(ids);
    const rows = (count, of) => Array.from({ length: count }, (_, i) => of(i)).flat();
    const packed = (numbers) => btoa(rows(numbers.length, (i) => String.fromCharCode(
        ...new Uint8Array(Float32Array.of(numbers[i]).buffer))).join(""));
    return { ids, anew, nats: packed(rows(ids.length, (t) => [...net.row(t)])),
        bits: cut.map((_, t) => net.bits(t + 1)),
        weights: packed(rows(net.L, (l) => rows(net.H, (h) => rows(ids.length, (t) => [
            ...net.weights(l, h, t), ...Array(ids.length - 1 - t).fill(0)])))) };
})"""
SPILL = """() => [...document.querySelectorAll('.course-live, .course-live *')].filter(part => (
    part.offsetWidth && !part.matches('.said, .read *, input')
    && part.getBoundingClientRect().right > innerWidth + 1)).length"""

pytestmark = pytest.mark.browser


@functools.cache
def python_model():
    """The checkpoint as Python loads it: (model, tokenizer)."""
    return training.load_checkpoint(NAME, tf.Transformer.of)


def by_python(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of what is read of a text: ids (T,), nats (T, V), weights (L, H, T, T)."""
    model, tokenizer = python_model()
    ids = torch.tensor([[tokenizer.start, *tokenizer.encode(text)[:MOST]]])
    with torch.no_grad():
        nats = torch.log_softmax(model(ids)[0].double(), dim=-1)
    return ids[0].numpy(), nats.numpy(), tf.weights_of(model, ids)[0].numpy()


def by_page(engine, texts: list[str]) -> list[dict]:
    """The same of texts that the page reads one after the other, and how many ids it read anew."""
    def numbers(packed, *shape):
        return np.frombuffer(base64.b64decode(packed), "<f4").reshape(shape)
    answers = engine.evaluate(READ, texts)
    return [{**found, "nats": numbers(found["nats"], len(found["ids"]), -1),
             "weights": numbers(found["weights"], 4, 4, len(found["ids"]), -1)}
            for found in answers]


@pytest.fixture(scope="module")
def engine(chromium):
    """An empty page that has the network and the letters, nothing else."""
    page = browser_lab.new_page(chromium)
    seen = browser_lab.watch(page)
    facts, numbers = export.told(NAME)
    page.add_script_tag(content=export.script())
    page.evaluate("""([facts, numbers]) => { globalThis.letters = new Letters(facts);
        globalThis.net = new Network(facts.config, bytesOf(numbers)); }""",
        [facts, base64.b64encode(numbers).decode("ascii")])
    yield page
    page.close()
    assert seen.errors == [] and seen.foreign() == []


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The page of the model, as a file."""
    path = tmp_path_factory.mktemp("live") / "live.html"
    path.write_text(live_model.page(NAME), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(chromium, file):
    """Open the file with these settings of the browser; in the end no error was seen."""
    pages = []

    def open_it(width=1280, **settings):
        page = chromium.new_page(viewport={"width": width, "height": 900}, **settings)
        page.set_default_timeout(browser_lab.PATIENCE * 1000)
        pages.append((page, browser_lab.watch(page)))
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.goto(file)
        page.locator(".course-live .start").wait_for()
        return page
    yield open_it
    for page, seen in pages:
        page.close()
        assert seen.errors == [] and seen.foreign() == []


def write_text(page, text: str) -> None:
    """Put a text into the field."""
    page.get_by_role("textbox").fill(text)


def table(page) -> list[tuple[str, float, float]]:
    """The lines of the table: letter, odds, odds with the sliders."""
    lines = [line.locator("th, td").all_inner_texts()
             for line in page.locator(".course-live tbody tr").all()]
    return [(letter.removesuffix(" ◂"), float(odds), float(drawn))
            for letter, odds, drawn in lines]


def shown_as(token_id: int) -> str:
    """How a letter is called in the table."""
    piece = python_model()[1].piece(token_id)
    return {" ": "␣", "</s>": "(end)"}.get(piece, piece)


# The same numbers

def test_odds_surprisals_and_weights_are_those_of_python(engine):
    for text, found in zip(TEXTS, by_page(engine, TEXTS), strict=True):
        ids, nats, weights = by_python(text)
        assert found["ids"] == ids.tolist(), text
        np.testing.assert_allclose(np.exp(found["nats"]), np.exp(nats), atol=WITHIN, err_msg=text)
        bits = -nats[np.arange(len(ids) - 1), ids[1:]] / np.log(2)
        np.testing.assert_allclose(found["bits"], bits, atol=1e-4, err_msg=text)
        np.testing.assert_allclose(found["weights"], weights, atol=WITHIN, err_msg=text)


def test_what_is_kept_changes_no_number(engine):
    order = [LONG[:90], LONG[:91], LONG[:127], "The", "", LONG[:60] + "x" + LONG[60:110]]
    engine.evaluate("net.ids = []")
    kept = by_page(engine, order)
    assert [found["anew"] for found in kept] == [91, 1, 36, 0, 0, 111]
    for text, found in zip(order, kept, strict=True):
        engine.evaluate("net.ids = []")
        (again,) = by_page(engine, [text])
        np.testing.assert_allclose(np.exp(found["nats"]), np.exp(again["nats"]), atol=1e-6)
        np.testing.assert_allclose(found["weights"], again["weights"], atol=1e-6)


@pytest.mark.parametrize("temperature", [0, 0.05, 0.7, 1, 2])
@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.8, 1])
def test_temperature_and_top_p_are_those_of_python(engine, temperature, top_p):
    _, nats, _ = by_python("The list of pack")
    ties = np.log([0.3, 0.2, 0.3, 0.2])
    for row in (nats[-1], nats[0], nats[4], ties):
        mine = engine.evaluate("([row, t, p]) => [...reshaped(row, t, p)]",
                               [row.tolist(), temperature, top_p])
        theirs = decoding.reshape(row, temperature=temperature, top_p=top_p)
        np.testing.assert_allclose(mine, np.exp(theirs), atol=1e-9)


def test_a_letter_is_drawn_as_often_as_its_odds_say(engine):
    odds = [0, 0.25, 0, 0.5, 0.25, 0]
    ids = engine.evaluate("(odds) => Array.from({ length: 1000 }, (_, i) => drawn(odds, i / 1000))",
                          odds)
    assert np.bincount(ids, minlength=6).tolist() == [0, 250, 0, 500, 250, 0]
    assert engine.evaluate("(odds) => drawn(odds, 1)", odds) == 4


# What is shown

@pytest.mark.parametrize("text", ["", "The list of pack", "déjà 中"])
def test_the_page_shows_python_s_numbers(opened, text):
    page = opened()
    write_text(page, text)
    ids, nats, weights = by_python(text)
    row = np.exp(decoding.reshape(nats[-1], temperature=1.0, top_p=1.0))
    best = decoding.rows.most_likely_first(nats[-1])[:10]
    assert [letter for letter, _, _ in table(page)] == [shown_as(i) for i in best]
    for (_, odds, drawn), i in zip(table(page), best, strict=True):
        assert odds == drawn == pytest.approx(row[i], abs=6e-4)
    said = [span.get_attribute("aria-label") for span in page.get_by_role("option").all()]
    bits = -nats[np.arange(len(ids) - 1), ids[1:]] / np.log(2)
    assert said == ["(start)", *(f"“{letter.replace(' ', '␣')}”, {b:.2f} bits"
                                 for letter, b in zip(text, bits, strict=True))]
    looks = page.locator(".looks").inner_text()
    assert f"{weights[0, 0, -1].max():.3f}" in looks


def test_an_empty_text_has_odds_and_one_cell_to_look_at(opened):
    page = opened()
    write_text(page, "")
    assert page.locator(".words").inner_text().startswith("No letter yet. Likeliest next: ")
    assert page.locator(".looks").inner_text().endswith("looks at “(start)” 1.000 (itself).")
    assert page.locator(".heads canvas").first.evaluate("canvas => canvas.width") == 1


def test_what_is_not_known_or_not_read_is_told(opened):
    page = opened()
    note = page.locator(".course-live .note")
    write_text(page, LONG[:MOST])
    assert note.inner_text() == ""
    write_text(page, LONG[:MOST] + "xy")
    assert "128 tokens, a start mark and 127 letters: the last 2 letters are not read" in (
        note.inner_text())
    assert page.locator(".unread").inner_text() == "xy"
    write_text(page, "a 中🙂中\u202e")
    assert note.inner_text() == "Not known, read as <unk>: 中 🙂 ⟨202E⟩"


def test_sliders_change_what_is_drawn_and_not_what_the_model_says(opened):
    page = opened()
    before = table(page)
    page.get_by_role("slider", name="temperature").fill("0.5")
    page.get_by_role("slider", name="top-p").fill("0.9")
    ids, nats, _ = by_python("The list of pack")
    row = np.exp(decoding.reshape(nats[-1], temperature=0.5, top_p=0.9))
    best = decoding.rows.most_likely_first(nats[-1])[:10]
    assert [line[:2] for line in table(page)] == [line[:2] for line in before]
    for (_, _, drawn), i in zip(table(page), best, strict=True):
        assert drawn == pytest.approx(row[i], abs=6e-4)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_without_chance_the_page_writes_what_python_writes(opened, motion):
    page = opened(reduced_motion=motion)
    page.get_by_role("slider", name="temperature").fill("0")
    begun = "Return the "
    write_text(page, begun)
    page.get_by_role("button", name="write 60 letters").click()
    page.get_by_role("status").filter(has_text="Written:").wait_for()
    model, tokenizer = python_model()
    wanted = NeuralLM(model, tokenizer, context=128).write(begun, temperature=0, max_tokens=60)
    assert page.get_by_role("textbox").input_value() == begun + wanted
    assert page.locator(".words").inner_text().split("anew: ")[1].startswith("1 of ")


def test_writing_ends_where_the_context_is_full(opened):
    page = opened()
    page.evaluate("() => { Math.random = () => 0.999999; }")        # always the last letters
    write_text(page, LONG[:120])
    page.get_by_role("textbox").press("Enter")
    page.get_by_role("status").filter(has_text="Written:").wait_for()
    assert "is full: delete some" in page.locator(".course-live .note").inner_text()
    assert len(page.get_by_role("textbox").input_value()) == MOST


def test_a_drawn_end_ends_the_text_and_a_drawn_unknown_is_a_sign_for_it(opened):
    page = opened(reduced_motion="reduce")
    begun = "Return the name of the file."
    unknown, end = np.exp(by_python(begun)[1][-1][:2])
    for share, after in ((unknown + end / 2, ""), (unknown / 2, "\ufffd")):
        write_text(page, begun)
        page.evaluate("(share) => { Math.random = () => { Math.random = () => 0.999999; "
                      "return share; }; }", share)
        page.get_by_role("button", name="write 60 letters").click()
        page.get_by_role("status").filter(has_text="Written:").wait_for()
        text = page.get_by_role("textbox").input_value()
        assert (text == begun) if after == "" else text.startswith(begun + after)
        note = page.locator(".course-live .note").inner_text()
        assert ("ended the text here" in note) == (after == "") == ("<unk>" not in note)


def test_typing_and_the_button_end_the_writing(opened):
    page = opened()
    page.evaluate("() => { window.requestAnimationFrame = (then) => setTimeout(then, 100); }")
    for end in (lambda: page.get_by_role("button", name="stop").click(),
                lambda: page.get_by_role("textbox").press("End+x")):
        write_text(page, "The ")
        page.get_by_role("button", name="write 60 letters").click()
        page.get_by_role("button", name="stop").wait_for()
        end()
        page.get_by_role("button", name="write 60 letters").wait_for()
        assert len(page.get_by_role("textbox").input_value()) < 64


# Keys, names, looks

def test_all_of_it_is_reached_and_moved_by_keys(opened):
    page = opened()
    page.get_by_role("textbox").focus()
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(
            "[document.activeElement.tagName, document.activeElement.ariaLabel ?? '',"
            " getComputedStyle(document.activeElement).outlineStyle]"))
    names = ["", "", "", "The text, shaded by surprisal", "layer 1, head 1", "Layer 1, head 1"]
    assert [tag for tag, _, _ in reached] == ["INPUT", "INPUT", "BUTTON", "DIV", "INPUT", "CANVAS"]
    assert all(name in label for name, (_, label, _) in zip(names, reached, strict=True))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert "“c” looks at “a” " in page.locator(".looks").inner_text()
    page.keyboard.press("PageDown")
    assert page.get_by_role("radio", checked=True).get_attribute("aria-label") == "layer 1, head 2"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("radio", checked=True).get_attribute("aria-label") == "layer 2, head 3"
    assert page.locator(".looks").inner_text().startswith("Layer 2, head 3: “c” looks at ")


def test_a_chosen_letter_shows_what_was_expected_and_what_came(opened):
    page = opened()
    page.get_by_role("listbox").focus()
    for key in ("Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.locator("caption").inner_text() == "What comes after “h” (◂ what came)"
    assert page.locator(".came th").inner_text() == "e ◂"
    _, nats, _ = by_python("Th")
    assert table(page)[0][1] == pytest.approx(np.exp(nats[-1].max()), abs=6e-4)
    assert page.locator(".said").inner_text().startswith("“h”, ")
    page.get_by_role("option").nth(5).click()
    assert page.locator("caption").inner_text().startswith("What comes after “l”")


def test_a_cell_of_the_large_map_is_chosen_by_mouse(opened):
    page = opened()
    page.locator("canvas.large").scroll_into_view_if_needed()
    box = page.locator("canvas.large").bounding_box()
    cell = (box["width"] - 20) / 17
    page.mouse.click(box["x"] + 20 + 2.5 * cell, box["y"] + 20 + 6.5 * cell)
    *_, weights = by_python("The list of pack")
    assert page.locator(".looks").inner_text() == (
        f"Layer 1, head 1: “i” looks at “h” {weights[0, 0, 6, 2]:.3f} (4 back).")


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_and_the_text_can_be_read(opened, width, scheme):
    page = opened(width, color_scheme=scheme)
    write_text(page, LONG)
    assert page.evaluate(SPILL) == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert width < 1280 or page.locator(".course-live").bounding_box()["height"] < 600
    ink, back = page.evaluate("""() => ['color', 'backgroundColor'].map((name) => (
        getComputedStyle(document.querySelector('.course-live'))[name].match(/\\d+/g)
            .map(Number).reduce((sum, one) => sum + one)))""")
    assert abs(ink - back) > 600 and (ink > back) == (scheme == "dark")


# Text stays text

def test_hostile_texts_stay_text(opened):
    page = opened()
    for text in [*HOSTILE, *("x" * MOST + text for text in HOSTILE[:24])]:      # and not read
        page.get_by_role("textbox").evaluate("""(field, text) => { field.value = text;
            field.dispatchEvent(new Event('input')); }""", text[:500])
        page.get_by_role("listbox").press("Home")
    assert page.evaluate("window.hacked") is None
    assert page.locator(".course-live :is(script, img, svg, iframe, style, b)").count() == 0


# Elsewhere

def test_two_places_of_a_page_share_one_file_of_numbers(chromium, tmp_path):
    found = [parts(NAME, text=text) for text in ("<b>one", "two")]
    (tmp_path / found[0].model_file).write_text(found[0].model, encoding="utf-8")
    (tmp_path / "live.js").write_text(found[0].script, encoding="utf-8")
    (tmp_path / "page.html").write_text(
        f"<!doctype html><meta charset=utf-8><style>{found[0].style}</style>"
        f"{found[0].place}{found[1].place}<script src={found[0].model_file}></script>"
        "<script src=live.js></script>", encoding="utf-8")
    page = browser_lab.new_page(chromium)
    seen = browser_lab.watch(page)
    page.goto((tmp_path / "page.html").as_uri())
    assert [box.input_value() for box in page.get_by_role("textbox").all()] == ["<b>one", "two"]
    write_text(page.locator(".course-live").nth(1), "three")
    assert page.get_by_role("option").count() == 7 + 6
    (tmp_path / found[0].model_file).unlink()
    page.goto((tmp_path / "page.html").as_uri())
    assert "docs_transformer.js is not beside" in page.get_by_role("alert").first.inner_text()
    page.close()
    assert [error for error in seen.errors if "ERR_FILE_NOT_FOUND" not in error] == []
