"""Measure every slide of the built decks in a browser: what is cut off, too small, or asked for.

    python tools/measure_slides.py [05 ...]
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))          # where the helpers of the browser test are

import browser_lab  # noqa: E402
import measure_site  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

WIDTH, HEIGHT, FOOT = 1280, 720, 40      # pixels; the foot holds the slide's number
TEXT, CODE, SMALL = 28, 24, 20           # pixels: text, code, the two lines at the foot
LABELS = 14 / 15.28                      # letters of 14 pixels, of 11 points as figures have them
WAIT = 300                               # milliseconds for the page in a frame to draw itself
FAULTS = """([width, height, foot, text, code, small, labels]) => {
  const slide = Reveal.getCurrentSlide(), faults = [];
  const body = slide.querySelector(".body"), title = slide.querySelector("h2");
  const box = (part) => part.getBoundingClientRect();
  const name = (part) => `${part.tagName.toLowerCase()} "${part.textContent.trim().slice(0, 30)}"`;
  for (const part of slide.querySelectorAll("*")) {
    if (part.closest("aside")) continue;
    const { left, top, right, bottom } = box(part);
    if (left < -0.5 || top < -0.5 || right > width + 0.5 || bottom > height + 0.5)
      faults.push(`${name(part)} leaves the slide`);
    if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth
        && getComputedStyle(part).display !== "inline" && !part.querySelector(".frame"))
      faults.push(`${name(part)} is wider than its place`);
    const least = part.closest("pre") ? code : part.matches(".moves") ? small : text;
    const said = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (said && parseFloat(getComputedStyle(part).fontSize) < least - 0.01)
      faults.push(`${name(part)} has letters of less than ${least} pixels`);
    if (part.dataset.width) {
      const { naturalWidth: wide, naturalHeight: high } = part;
      const scale = Math.min((right - left) / wide, (bottom - top) / high) * wide
        / part.dataset.width;
      if (scale < labels) faults.push(`a picture is drawn at ${scale.toFixed(2)} of its size`);
    }
    if (part.tagName === "IFRAME") {
      const page = part.contentDocument.documentElement;
      if (page.scrollHeight > page.clientHeight || page.scrollWidth > page.clientWidth)
        faults.push(`the page in a frame is cut off: ${page.scrollHeight} of ${page.clientHeight}`);
    }
  }
  for (const part of body.children) {
    if (part.matches(".moves")) continue;
    if (box(part).top < box(title).bottom - 1) faults.push(`${name(part)} covers the title`);
    if (box(part).bottom > height - foot) faults.push(`${name(part)} covers the foot`);
  }
  return faults;
}"""


def open_deck(page: Page, file: Path) -> int:
    """Open a deck from disk; return how many slides it has."""
    page.goto(file.resolve().as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    return page.evaluate("Reveal.getTotalSlides()")


def faults_of(page: Page, count: int) -> list[str]:
    """What is wrong on the slides of the open deck, each with its slide's number.

    A question is measured with each of its answers shown.
    """
    faults = []
    for place in range(count):
        page.evaluate("place => Reveal.slide(place)", place)
        page.wait_for_timeout(WAIT if page.locator("section.present iframe").count() else 30)
        buttons = page.locator("section.present .question button").all()
        for button in [None, *buttons]:
            if button is not None:
                button.click()
            told = page.evaluate(FAULTS, [WIDTH, HEIGHT, FOOT, TEXT, CODE, SMALL, LABELS])
            faults += [f"slide {place + 1}: {fault}" for fault in dict.fromkeys(told)]
    return list(dict.fromkeys(faults))


def measure(chromium: Browser, file: Path) -> dict:
    """A deck's {"slides": how many, "faults": in words, "requests": addresses off the disk}."""
    page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    asked, errors = measure_site.watched(page)
    try:
        count = open_deck(page, file)
        faults = faults_of(page, count) + errors
    finally:
        page.close()
    return {"slides": count, "faults": faults, "requests": asked}


def measured(begins: list[str], folder: Path = ROOT / "slides") -> dict[str, dict]:
    """What was measured of the built decks whose names begin so (all, if none is named).

    A line for each deck and each fault is printed.
    """
    files = [file for file in sorted(folder.glob("[0-9]*.html"))
             if not begins or file.name.startswith(tuple(begins))]
    if not files:
        raise ValueError(f"{folder} has no deck that begins so: type make slides first")
    decks = {}
    with browser_lab.browser() as chromium:
        for file in files:
            seen = decks[file.stem] = measure(chromium, file)
            told = seen["faults"] + [f"asks for {url}" for url in seen["requests"]]
            print(f"{file.stem}: {seen['slides']} slides, {len(told)} faults", *told, sep="\n  ",
                  flush=True)
    return decks


def release() -> dict:
    """The figures of all decks for teaching/release.json: slides, faults, requests off the disk."""
    return {name: {"slides": seen["slides"], "faults": len(seen["faults"]),
                   "requests": len(seen["requests"])} for name, seen in measured([]).items()}


def main() -> int:
    """Measure the decks that are named; 1 if there is any fault."""
    try:
        decks = measured(sys.argv[1:])
    except ValueError as error:
        sys.exit(str(error))
    return any(seen["faults"] or seen["requests"] for seen in decks.values())


if __name__ == "__main__":
    sys.exit(main())
