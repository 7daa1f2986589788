"""The measurements of notebooks in the browser see what they are there for: cards made wrong."""

import browser_keys
import measure_notebooks
import pytest

pytestmark = pytest.mark.browser
CARD = """<div class="course-explorer"><div class="controls"><div class="control">
<label>{name}</label>{control}</div></div><p role="alert"></p><p class="sentence">0</p></div>"""
SLIDER = '<input type="range" min="0" max="5" value="0" oninput="{oninput}">'
SAY = "this.closest('.course-explorer').querySelector('.sentence').textContent = this.value"
COUNT = "this.closest('.course-explorer').querySelector('.sentence').textContent = moves += 1"


@pytest.fixture(scope="module")
def blank(chromium):
    """A page without JupyterLab."""
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture
def shown(blank):
    """Put a card with this control on the page; return it."""
    def show(control: str):
        blank.set_content(f"<body><script>var moves = 0</script>"
                          f"{CARD.format(name='height', control=control)}</body>")
        return blank.locator(".course-explorer")
    return show


def test_a_card_that_answers_is_reached_and_moved_whatever_its_control(blank, shown):
    listed = SLIDER.format(oninput=SAY)
    for control in (listed, listed.replace('value="0"', 'value="5"'),
                    f'<select oninput="{SAY}"><option>1<option>2</select>',
                    f'<input type="checkbox" value="1" oninput="{SAY}">',
                    f'<input type="text" value="a cat" onchange="{SAY}">',
                    f'<button value="1" onclick="{SAY}">go</button>'):
        assert browser_keys.move(blank, shown(control)) == "", control


def test_a_card_that_tab_passes_and_one_that_does_not_answer_are_told(blank, shown, monkeypatch):
    monkeypatch.setattr(browser_keys, "ANSWER", 400)
    assert browser_keys.move(blank, shown("<div onclick='moves = 1'>go</div>")) == (
        "Tab does not reach it")
    told = browser_keys.move(blank, shown(SLIDER.format(oninput="moves += 1")))
    assert told == "its first control (range) is moved by keys and nothing changes"


@pytest.mark.parametrize(("ink", "ground", "told"), [
    ("#999", "#fff", ["pale words (2.8 to 1)"]), ("#666", "#fff", []), ("#666", "#111", [
        "pale words (3.3 to 1)"]), ("rgba(0, 0, 0, 0.3)", "#fff", ["pale words (2.1 to 1)"])])
def test_words_that_are_hard_to_read_are_told(blank, shown, ink, ground, told):
    shown(f'<b style="color: {ink}; background: {ground}">pale words</b>')
    assert browser_keys.pale(blank) == told


def test_a_name_that_no_notebook_has_is_no_success(monkeypatch):
    monkeypatch.setattr("sys.argv", ["measure_notebooks.py", "5"])
    with pytest.raises(SystemExit, match=r"no notebook begins with \['5'\]"):
        measure_notebooks.main()


class Growing:
    """A kernel and a page that take 1 MB at each look, scripts that keep to their size."""

    looks = 0

    def now(self) -> tuple[float, float, float]:
        self.looks += 1
        return 100.0 + self.looks, 30.0, 200.0 + self.looks


def test_what_grows_while_a_card_is_moved_to_and_fro_is_a_fault(blank, shown, monkeypatch):
    for name, value in {"MOVES": 40, "WARM": 20, "EVERY": 5}.items():
        monkeypatch.setattr(measure_notebooks, name, value)
    shown(SLIDER.format(oninput=COUNT))
    seen = measure_notebooks.Round()
    measure_notebooks.soaked(blank, Growing(), seen)
    assert blank.locator(".sentence").inner_text() == "41"
    assert seen.faults == [f"soak: {name} grows by 20.0 MB in 100 moves"
                           for name in ("kernel", "page")]
    told = seen.figures["soak"]
    assert (told["explorer"], told["kernel_mb"], told["heap_mb_per_100"]) == (
        "height", [101, 109], 0)


def test_an_explorer_that_begins_with_a_text_is_not_moved_for_long(blank, shown):
    more = (f'<details open><div class="controls"><div class="control">{SLIDER}</div></div>'
            "</details>")
    shown(SLIDER)
    assert blank.locator(measure_notebooks.EXPLORER).count() == 1
    shown('<input type="text">' + more)
    blank.evaluate("document.querySelector('.control').classList.add('text')")
    assert blank.locator(measure_notebooks.EXPLORER).count() == 0
