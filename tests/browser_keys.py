"""What the course's cards in JupyterLab do at the keyboard, and whether they can be read.

A card is an explorer, an attention view, a live model, a question, or what carries work home.
`move(page, card)` goes to its first control by Tab and moves it; `leave` and `run_again` are what
goes on to JupyterLab.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, TimeoutError

CARDS = ".course-explorer, .course-attention, .course-live, .course-question, .course-carrying"
ANSWER = 20_000            # milliseconds that a busy kernel may need for one answer
PRESSES = 4                # of a key, as one step may round to the same picture
# Before the card: from here Tab goes on as it does from what stands above the card.
STAND_BEFORE = """card => {
    const place = Object.assign(document.createElement("span"), {tabIndex: 0, id: "before-card"});
    card.before(place);
    place.focus();
}"""
REMOVE = "document.getElementById('before-card').remove()"
FOCUSED = "card => card.contains(document.activeElement)"
# What a card shows, its inputs left out: words, and the pixels of its pictures.
SHOWN = """card => {
    const hash = text => { let sum = 0;
        for (let i = 0; i < text.length; i += 1) sum = (31 * sum + text.charCodeAt(i)) | 0;
        return sum; };
    const said = `.sentence, [role=alert], [role=status], .title, .words, .cell, .row, h4,
        .widget-html, .jupyter-widgets-output-area`;
    const words = [...card.querySelectorAll(said)].map(part => part.textContent);
    const pictures = [...card.querySelectorAll("img, canvas")].map(picture => {
        if (picture.tagName === "IMG" && !(picture.complete && picture.naturalWidth)) return 0;
        const copy = document.createElement("canvas");
        copy.width = picture.naturalWidth || picture.width;
        copy.height = picture.naturalHeight || picture.height;
        if (copy.width && copy.height) copy.getContext("2d").drawImage(picture, 0, 0);
        return hash(copy.toDataURL());
    });
    return JSON.stringify([words, pictures, card.dataset.level]);
}"""
CHANGED = f"([card, before]) => ({SHOWN})(card) !== before"
# What has the focus: its kind, whether it is at its last and whether at its first value.
KIND = """() => { const { tagName, type, value, min, max, selectedIndex, length }
    = document.activeElement;
    const [first, last] = tagName === "SELECT" ? [selectedIndex === 0, selectedIndex === length - 1]
        : [value === min, value === max];
    return [(tagName === "INPUT" ? type : tagName).toLowerCase(), last, first]; }"""
ACTIVE = """() => [...document.querySelectorAll(".jp-Notebook .jp-Cell")]
    .findIndex(cell => cell.classList.contains("jp-mod-active"))"""
COUNT = """at => Number(document.querySelectorAll(".jp-Notebook .jp-Cell")[at]
    .querySelector(".jp-InputPrompt").textContent.match(/\\d+/)?.[0] ?? 0)"""
NAME = """card => card.querySelector(".title, h4, .control label, p, b")?.textContent.trim()
    .slice(0, 60) ?? ''"""
# Words that stand out from their ground by less than 4.5 to 1 (3 to 1 if they are large).
PALE = """card => {
    const parse = text => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
        return text.startsWith("color(srgb") ? [255 * r, 255 * g, 255 * b, a] : [r, g, b, a]; };
    const light = rgb => { const [r, g, b] = rgb.map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const over = ([r, g, b, a], under) => [r, g, b].map((v, i) => a * v + (1 - a) * under[i]);
    const ground = part => { const own = parse(getComputedStyle(part).backgroundColor);
        return own[3] === 1 ? own.slice(0, 3)
            : over(own, part.parentElement ? ground(part.parentElement) : [255, 255, 255]); };
    return [card, ...card.querySelectorAll("*")].flatMap(part => {
        const style = getComputedStyle(part);
        const words = [...part.childNodes].filter(node => node.nodeType === 3)
            .map(node => node.data.trim()).join(" ").trim();
        if (!words || !part.getClientRects().length || style.visibility === "hidden"
            || part.disabled || part.tagName === "OPTION") return [];
        const under = ground(part), ink = over(parse(style.color), under);
        const [low, high] = [light(ink), light(under)].sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        const least = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
        return ratio < least ? [`${words.slice(0, 40)} (${ratio.toFixed(1)} to 1)`] : [];
    });
}"""


def reach(page: Page, card: Locator) -> str:
    """Go into the card by Tab; return what kind of control has the focus, "" if none."""
    card.scroll_into_view_if_needed()
    card.evaluate(STAND_BEFORE)
    page.keyboard.press("Tab")
    inside = card.evaluate(FOCUSED)
    page.evaluate(REMOVE)
    return page.evaluate(KIND)[0] if inside else ""


def press(page: Page, kind: str, back: bool = False) -> None:
    """Move the control that has the focus by one step; back: the other way."""
    if kind in ("range", "select", "radio"):
        page.keyboard.press("ArrowUp" if back else "ArrowDown") if kind == "select" else (
            page.keyboard.press("ArrowLeft" if back else "ArrowRight"))
    elif kind == "text":                                # another text: shorter by some letters
        for key in ("End", "Backspace", "Backspace", "Backspace", "Enter"):
            page.keyboard.press(key)
    elif kind == "canvas":
        page.keyboard.press("ArrowUp" if back else "ArrowDown")
    else:                                               # a box to tick, a button
        page.keyboard.press("Space")


def move(page: Page, card: Locator) -> str:
    """Go to the card's first control by Tab and move it by keys until the card changes.

    Returns what is wrong, "" if it reacts.
    """
    if not (kind := reach(page, card)):
        return "Tab does not reach it"
    before, handle = card.evaluate(SHOWN), card.element_handle()
    back = page.evaluate(KIND)[1]
    for _ in range(PRESSES):
        press(page, kind, back)
        try:
            page.wait_for_function(CHANGED, arg=[handle, before], polling=100,
                                   timeout=ANSWER / PRESSES)
        except TimeoutError:
            continue
        return ""
    return f"its first control ({kind}) is moved by keys and nothing changes"


def leave(page: Page, card: Locator) -> str:
    """Press Escape inside the card, then k; return what is wrong, "" if a cell above is chosen.

    The card's cell is not the first of its notebook.
    """
    before = page.evaluate(ACTIVE)
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    try:
        page.wait_for_function(f"before => ({ACTIVE})() < before", arg=before, timeout=ANSWER)
    except TimeoutError:
        return "Escape does not hand the keys back to JupyterLab"
    return ""


def run_again(page: Page, card: Locator) -> str:
    """Go into the card by Tab and press Shift and Enter; return what is wrong, "" if its cell ran.

    The card is drawn anew then.
    """
    if not reach(page, card):
        return "Tab does not reach it"
    before = page.evaluate(COUNT, at := page.evaluate(ACTIVE))
    page.keyboard.press("Shift+Enter")
    try:
        page.wait_for_function(f"([at, old]) => ({COUNT})(at) > old", arg=[at, before],
                               polling=100, timeout=3 * ANSWER)
    except TimeoutError:
        return "Shift and Enter do not run its cell"
    return ""


def name_of(card: Locator) -> str:
    """The words by which a card is known."""
    return card.evaluate(NAME)


def pale(page: Page) -> list[str]:
    """The words of all cards that are hard to read on their ground."""
    return [words for card in page.locator(CARDS).all() for words in card.evaluate(PALE)]
