"""The card of an explorer in JupyterLab: names, keys, drags, mistakes, a kernel that is gone."""

from __future__ import annotations

import browser_lab
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import plots

KERNEL = {"name": "python3", "display_name": "Python 3"}
CARD = """
import time
from pathlib import Path
from helpers import plots
from helpers.explorers import core

calls = []

def compute(height, share, word, kind, step, bold):
    calls.append(height)
    while word == "wait" and not Path("go on").exists():
        time.sleep(0.1)
    if height > 7 or not word:
        raise ValueError(f"height {height}, word {word!r}: at most 7, and no empty word")
    return {"height": height, "said": f"height {height}, share {share}, kind {kind}, step {step}, "
            f"{'bold' if bold else 'plain'}, computed {len(calls)} times, word {word}"}

def draw(figure, numbers):
    plots.draw_bars(plots.panels(figure)[0], ["a", "b"], [numbers["height"], 1],
                    title="two", ylabel="height", ylim=(0, 9))
    return numbers["said"]

core.explore(compute, draw, more=("kind", "step", "bold"),
             height=core.slider("height", 0, 9, value=2),
             share=core.slider("share", 0.0, 1.0, value=0.5, step=0.1),
             word=core.text("a word", "cat"),
             kind=core.choice("kind of thing", ["a", "b", "c"]),
             step=core.steps("step", [("one", 1), ("two", 2)], value=1),
             bold=core.switch("bold letters"))
"""
ALL = """
import torch
from helpers import corpora, rnn_lstm, tokenizers
from helpers import language_models as lm
from helpers.explorers import language_models as e1
from helpers.explorers import word_vectors as e2
from helpers import seq2seq_attention as s2s
from helpers import transformer as tf
from helpers import word_vectors as wv
from helpers.explorers import neural_networks as e0
from helpers.explorers import rnn_lstm as e3
from helpers.explorers import self_attention_masks as e5
from helpers import metrics, training
from helpers.pretraining import learning
from helpers.explorers import pretraining as e7
from helpers.explorers import transformer as e6
from helpers.explorers import seq2seq_attention as e4
from IPython.display import display

text = [line.split() for line in ("the cat sat", "the dog sat", "a cat ran", "the cat ran")] * 3
model = lm.kneser_ney(lm.NgramCounts(text, 3), 3)
letters = tokenizers.Vocabulary("abcdefghijklmnopqrstuvwxyz .")
network = rnn_lstm.LanguageModel(len(letters), 6, 48)
known = tokenizers.Bilingual(*[tokenizers.Vocabulary.from_texts(
    [" ".join(line) for line in text], cut="blanks", marks=("<pad>", "<s>"))] * 2)
two = {name: s2s.Translator(s2s.Seq2Seq(len(known.source), len(known), 4, 6, context=kind), known)
       for name, kind in (("one vector", "last"), ("attention", "dot"))}
decoder = tf.Transformer.of(vocab_size=len(letters), d_model=16, n_heads=2)
pair = ("the cat sat", "the cat sat")
knobs = [{"window": window, "negatives": negatives, "pairs": 20, "neighbours": {
    "row": [["column", 0.8], ["rows", 0.7], ["col", 0.6], ["cells", 0.5], ["index", 0.4]]}}
    for window in (1, 2, 5, 10) for negatives in (1, 5, 15)]
for shown in (e0.decision_boundary(), e0.moving_points(), e0.backward_pass(),
              e1.surprisal_meter({"order 3": model}, "the cat sat"),
              e1.order_explorer(e1.order_grid({"one": (text, text, text)}, amounts=(3, 9))),
              e1.sampler(model, "the cat"), e1.entropy_floor(corpora.markov_source()),
              e2.training_step(), e2.window_reader(wv.NeuralNgram(16, 3, 2, 8)), e2.knobs(knobs),
              e3.gradient_flow(), e3.gate_viewer(network, letters, "the cat sat"),
              e3.unroll_stepper(), e3.loss_per_step(), e4.attention_by_hand(),
              e4.decoder_stepper(two["attention"], pair[0]),
              e4.beam_tree(two["attention"], [pair]),
              e4.length_slider(two, [pair], {name: {3: 1.0, 5: 0.5} for name in two}),
              e4.wrong_word(two, [(*pair, 1, "dog")]),
              e5.qkv_playground(), e5.mask_builder(), e5.position_explorer(), e5.cost_explorer(),
              e6.forward_stepper(decoder, letters, "the cat"), e6.writer(decoder, letters, "the"),
              e6.collapse_explorer(), e6.gradient_layers(), e6.sizes_explorer(),
              e7.fill_mask(*learning.stored()),
              e7.label_curves(training.load_results("label_curves")),
              e7.scaling_plot(training.load_results("scaling")),
              e7.layers_plot(training.load_results("layers")), e7.preference_explorer(),
              e7.speculative_explorer(), e7.score_explorer(
                  e7.with_intervals(metrics.scores(), training.load_results("docs_scores")),
                  e7.markov_rows(training.load_results("leak"),
                                 training.load_results("markov_transformer")))):
    display(shown)
"""
SPOTS = """
from matplotlib.patches import Rectangle
from helpers import plots
from helpers.explorers import core
from helpers.explorers.picture import SPOT

def draw(figure, words):
    axes = plots.panels(figure)[0]
    if not plots.keeps(axes, "spots"):
        axes.set(xlim=(0, 4), ylim=(0, 1))
    for place in range(len(axes.patches), 4):
        axes.add_patch(Rectangle((place, 0), 0.9, 1, gid=SPOT))
    for place, patch in enumerate(axes.patches):
        patch.set_visible(place < len(words[0]))
    return f"word {words[1]} of {len(words[0])}"

core.explore(lambda text, place: (text.split(), place), draw, click="place",
             text=core.text("text", "a b c"), place=core.slider("place", 1, 4, value=1))
"""
LIVE = """
from helpers.live_model import LiveModel
card = LiveModel(text="The ")
card
"""
PIXELS = round(2 * 110 * plots.SIZE[0])      # twice those of its place
HEADERS = {"Authorization": f"token {browser_lab.TOKEN}"}
ACTIVE = """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')]
    .findIndex(cell => cell.classList.contains('jp-mod-active'))"""
HEIGHTS = """() => [...document.querySelectorAll('.course-explorer')].map(card => ({
    card: card.getBoundingClientRect().height,
    wide: card.querySelector('img').clientWidth - card.querySelector('.controls').clientWidth,
    spill: card.scrollWidth - card.clientWidth}))"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A JupyterLab with the notebooks of this module."""
    folder = tmp_path_factory.mktemp("notebooks")
    for name, cells in {"card": [CARD, "1 + 1"], "saved": [CARD], "all": [ALL],
                        "dying": [CARD], "spots": [SPOTS],
                        "live": [LIVE, "card.text"]}.items():
        nb = new_notebook(cells=[new_code_cell(code) for code in cells],
                          metadata={"kernelspec": KERNEL})
        nbformat.write(nb, folder / f"{name}.ipynb")
    with browser_lab.lab(sorted(folder.glob("*.ipynb"))) as running:
        yield running


def opened(chromium, server, name: str, width: int = 1280):
    """A page with the notebook `name`, run."""
    page = browser_lab.new_page(chromium, width)
    browser_lab.open_and_run(page, server, name)
    page.locator(".course-explorer img").last.wait_for()
    return page


@pytest.fixture(scope="module")
def page(chromium, server):
    """The page of the toy explorer."""
    page = opened(chromium, server, "card")
    yield page
    page.close()


def says(page, words: str) -> None:
    """Wait until the sentence holds these words."""
    page.locator(".course-explorer .sentence").filter(has_text=words).wait_for()


def complains(page, words: str) -> None:
    """Wait until the alert holds these words."""
    page.locator(".course-explorer [role=alert]").filter(has_text=words).wait_for()


def set_slider(page, value: int) -> None:
    """Set the slider as a drag does."""
    page.get_by_role("slider", name="height", exact=True).fill(str(value))


def open_more(page) -> None:
    """Unfold what is folded away."""
    if page.locator(".course-explorer details[open]").count() == 0:
        page.locator(".course-explorer summary").click()


def test_every_control_has_a_name_and_the_picture_its_sentence(page):
    open_more(page)
    for role, name in {"slider": "height", "textbox": "a word", "combobox": "kind of thing",
                       "radiogroup": "step", "radio": "two", "checkbox": "bold letters"}.items():
        assert page.get_by_role(role, name=name, exact=True).count() == 1, name
    card = page.locator(".course-explorer")
    assert card.locator(":is(input, select)").count() == 7
    sentence = card.get_by_role("status").inner_text()
    assert sentence and card.locator("img").get_attribute("alt") == sentence
    assert card.get_by_role("img", name=sentence, exact=True).count() == 1


def test_each_kind_of_control_moves_sentence_and_picture(page):
    open_more(page)
    card, picture = page.locator(".course-explorer"), page.locator(".course-explorer img")
    for move, words in (
            (lambda: set_slider(page, 4), "height 4,"),
            (lambda: page.get_by_role("slider", name="share").fill("1"), "share 1.0,"),
            (lambda: page.get_by_label("kind of thing").select_option("c"), "kind c,"),
            (lambda: page.get_by_role("radio", name="two").check(), "step 2,"),
            (lambda: page.get_by_label("bold letters").check(), "bold,"),
            (lambda: (page.get_by_label("a word").fill("dog"), page.keyboard.press("Enter")),
             "word dog")):
        before = picture.get_attribute("src")
        move()
        says(page, words)
        page.wait_for_function("([img, old, wide]) => img.src !== old && img.naturalWidth === wide",
                               arg=[picture.element_handle(), before, PIXELS])
    assert picture.get_attribute("alt") == card.get_by_role("status").inner_text()


def test_plain_keys_stay_in_the_card(page):
    open_more(page)
    page.get_by_label("kind of thing").select_option("a")
    says(page, "kind a,")
    active, cells = page.evaluate(ACTIVE), page.locator(".jp-Cell").count()
    page.get_by_label("kind of thing").focus()
    page.keyboard.press("ArrowDown")
    says(page, "kind b,")
    for name in ("kind of thing", "bold letters", "height"):
        page.get_by_label(name).focus()
        for key in ("x", "a", "b", "d", "d", "j", "ArrowDown", "Enter"):
            page.keyboard.press(key)
    page.get_by_label("kind of thing").select_option("a")
    says(page, "kind a,")
    assert (page.evaluate(ACTIVE), page.locator(".jp-Cell").count()) == (active, cells)
    assert page.locator(".jp-mod-editMode").count() == 0


def test_escape_hands_the_keys_back_to_the_notebook_from_every_kind_of_control(page):
    open_more(page)
    for name in ("height", "a word", "kind of thing", "bold letters"):
        page.get_by_label(name, exact=True).focus()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.classList.contains('jp-Cell')"), name
        page.keyboard.press("j")
        assert page.evaluate(ACTIVE) == 1, name


def test_more_opens_by_keyboard_and_the_focus_can_be_seen(page):
    if page.locator(".course-explorer details[open]").count():
        page.locator(".course-explorer summary").click()
    page.get_by_label("a word").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.get_by_label("kind of thing").wait_for(state="visible")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"


def test_a_drag_moves_the_picture_before_it_is_released(page):
    set_slider(page, 0)
    says(page, "height 0,")
    box = page.get_by_role("slider", name="height", exact=True).bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, middle)
    page.mouse.down()
    for share, words in ((1 / 3, "height 3,"), (2 / 3, "height 6,")):
        page.mouse.move(box["x"] + 8 + share * (box["width"] - 16), middle, steps=5)
        says(page, words)
    page.mouse.up()


def test_a_click_on_a_word_sets_the_slider_which_ends_at_the_last_word(chromium, server):
    page = opened(chromium, server, "spots")
    box = page.locator(".course-explorer img").bounding_box()
    left, top, wide, high = 0.95 / 10, 0.42 / 3.7, (10 - 1.2) / 10, (3.7 - 1.04) / 3.7

    def click(place: float) -> None:
        page.mouse.click(box["x"] + box["width"] * (left + wide * (place - 0.55) / 4),
                         box["y"] + box["height"] * (top + high / 2))
    click(3)
    says(page, "word 3 of 3")
    slider = page.get_by_role("slider", name="place")
    assert slider.input_value() == "3" and slider.get_attribute("max") == "3"
    page.keyboard.press("ArrowLeft")        # the slider has the focus
    says(page, "word 2 of 3")
    click(4)                                # there is no fourth word: nothing moves
    page.get_by_label("text", exact=True).fill("a b c d")
    page.keyboard.press("Enter")
    says(page, "word 2 of 4")
    assert slider.get_attribute("max") == "4"
    click(4)
    says(page, "word 4 of 4")
    page.close()


def test_sixty_moves_at_once_are_not_queued_and_the_last_one_wins(page):
    set_slider(page, 0)
    says(page, "height 0,")
    sentence = page.locator(".course-explorer .sentence")
    before = int(sentence.inner_text().split("computed ")[1].split()[0])
    page.get_by_role("slider", name="height", exact=True).evaluate("""input => {
        for (let move = 0; move < 60; move += 1) {
            input.value = 1 + move % 6;
            input.dispatchEvent(new Event('input', {bubbles: true}));
        }
    }""")
    says(page, "height 6,")
    assert int(sentence.inner_text().split("computed ")[1].split()[0]) <= before + 2


def test_a_mistake_is_said_at_its_control_and_goes_with_the_next_value(page):
    set_slider(page, 2)
    says(page, "height 2,")
    slider = page.get_by_role("slider", name="height", exact=True)
    set_slider(page, 9)
    complains(page, "height 9, word")
    alert = page.locator(".course-explorer [role=alert]")
    assert slider.get_attribute("aria-describedby") == alert.get_attribute("id")
    below = alert.bounding_box()["y"] - slider.bounding_box()["y"]
    assert 0 < below < 40
    assert page.locator("[aria-invalid]").count() == 1
    says(page, "height 2,")
    set_slider(page, 3)
    says(page, "height 3,")
    assert alert.inner_text() == "" and page.locator("[aria-invalid]").count() == 0


@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_jumps_and_the_card_stays_below_600_pixels(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    if page.locator(".course-explorer details[open]").count():
        page.locator(".course-explorer summary").click()
    picture = page.locator(".course-explorer img")
    seen = set()
    for words in ("cat", "two words " * 12, "long " * 1000, "dog"):
        page.get_by_label("a word").fill(words)
        page.keyboard.press("Enter")
        says(page, words.strip())
        card = page.evaluate(HEIGHTS)[0]
        seen.add((card["card"], picture.bounding_box()["y"]))
        assert card["wide"] == card["spill"] == 0
    page.get_by_label("a word").fill("")
    page.keyboard.press("Enter")
    complains(page, "no empty word")
    seen.add((page.evaluate(HEIGHTS)[0]["card"], picture.bounding_box()["y"]))
    assert len(seen) == 1 and card["card"] < 600
    page.get_by_label("a word").fill("cat")
    page.keyboard.press("Enter")
    says(page, "word cat")


def test_save_and_run_still_reach_jupyterlab(page):
    page.get_by_label("a word").focus()
    with page.expect_response(lambda answer: answer.request.method == "PUT"
                              and "/api/contents/card.ipynb" in answer.url):
        page.keyboard.press("Control+s")
    prompt = page.locator(".jp-InputPrompt").first
    before = prompt.inner_text()
    page.get_by_label("a word").focus()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        "([prompt, old]) => /\\d/.test(prompt.textContent) && prompt.textContent !== old",
        arg=[prompt.element_handle(), before])
    says(page, "computed 1 times")


def test_no_answer_is_said_and_the_picture_follows_later(page, server):
    page.get_by_label("a word").fill("wait")
    page.keyboard.press("Enter")
    complains(page, "No answer yet")
    assert page.request.put(f"{server.base}/api/contents/go on", headers=HEADERS, data={
        "type": "directory"}).ok
    says(page, "word wait")
    assert page.locator(".course-explorer [role=alert]").inner_text() == ""


def test_a_restarted_kernel_is_said_at_once(page):
    assert page.locator(".course-explorer [role=alert]").inner_text() == ""
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator('.lm-Menu-item[data-command="kernelmenu:restart"]').click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    complains(page, "The kernel is gone: run this cell again.")


def ask_server(page, server, method: str, what: str):
    """Ask the server's API; return its answer."""
    answer = page.request.fetch(f"{server.base}/api/{what}", method=method, headers=HEADERS)
    assert answer.ok, answer.text()
    return answer


def session_of(page, server, name: str) -> dict:
    """The session of the notebook `name`: its id, its kernel."""
    sessions = ask_server(page, server, "GET", "sessions").json()
    return next(one for one in sessions if one["path"] == f"{name}.ipynb")


def test_a_kernel_that_knows_nothing_of_the_card_is_said_when_a_control_is_moved(chromium, server):
    page = opened(chromium, server, "dying")
    kernel = session_of(page, server, "dying")["kernel"]["id"]
    ask_server(page, server, "POST", f"kernels/{kernel}/restart")     # the page is not told
    set_slider(page, 3)
    complains(page, "run this cell again.")
    page.close()


def test_a_saved_card_shows_its_last_picture_and_says_what_it_needs(chromium, server):
    page = opened(chromium, server, "saved")
    set_slider(page, 5)
    says(page, "height 5,")
    keep = page.locator('[data-command="@jupyter-widgets/jupyterlab-manager:saveWidgetState"]')
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    if "lm-mod-toggled" not in keep.get_attribute("class"):
        with page.expect_response(lambda answer: "/api/settings/" in answer.url):
            keep.click()
    page.get_by_label("a word").focus()
    with page.expect_response(lambda answer: answer.request.method == "PUT"
                              and "/api/contents/saved.ipynb" in answer.url):
        page.keyboard.press("Control+s")
    page.close()
    page = browser_lab.new_page(chromium)
    ask_server(page, server, "DELETE", f"sessions/{session_of(page, server, 'saved')['id']}")
    page.goto(server.address("saved"))
    says(page, "height 5,")
    complains(page, "run this cell again")
    assert page.locator(".course-explorer img").evaluate("img => img.naturalWidth") == PIXELS
    assert page.get_by_role("slider", name="height", exact=True).input_value() == "5"
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 800])
def test_every_explorer_of_the_course_is_below_600_pixels(chromium, server, width):
    page = opened(chromium, server, "all", width)
    cards = page.evaluate(HEIGHTS)
    assert len(cards) == 35
    assert [card for card in cards if card["card"] >= 600 or card["wide"] or card["spill"]] == []
    page.close()


# A card that needs no kernel

def test_a_live_model_tells_the_kernel_what_is_typed_and_goes_on_without_it(chromium, server):
    page = browser_lab.new_page(chromium)
    seen = browser_lab.watch(page)
    browser_lab.open_and_run(page, server, "live")
    cells, letters = page.locator(".jp-Cell").count(), page.locator(".course-live .letter")
    letters.nth(3).wait_for()
    page.locator(".course-live textarea").fill("The list")
    page.locator(".course-live .read").focus()
    for key in ("x", "a", "b", "d", "d", "j", "ArrowLeft"):     # JupyterLab would cut and add cells
        page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == cells
    assert "after “s”" in page.locator(".course-live caption").inner_text()
    page.locator(".jp-CodeCell .cm-content").nth(1).click()
    page.keyboard.press("Control+Enter")
    page.locator(".jp-OutputArea-output", has_text="'The list'").wait_for()
    browser_lab.end_kernels(server)
    page.locator(".course-live textarea").fill("alone")
    assert letters.count() == 5 and "5 letters" in page.locator(".course-live .words").inner_text()
    page.close()
    assert seen.foreign() == []
