"""Every notebook in JupyterLab: run, at the keyboard, saved and reopened in the dark, moved long.

    python tools/measure_notebooks.py [05 ...]

What is wrong is said; the figures are those of `make release`.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]      # where the helpers of the browser test are

import browser_keys  # noqa: E402
import browser_lab  # noqa: E402
import numpy as np  # noqa: E402
import psutil  # noqa: E402
from playwright.sync_api import Browser, Error, Locator, Page  # noqa: E402

from helpers import course  # noqa: E402

MEGABYTE = 1e6
MOVES, WARM, EVERY = 300, 100, 20    # of one explorer; not judged; between two looks at the memory
SLOPE = 10                           # MB in 100 moves: more is a leak
RUN = 1200                           # seconds for all cells, on a machine that is busy
# Not those that begin with a text: it would be empty soon.
EXPLORER = ".course-explorer:visible:has(> .controls > .control:first-child:not(.text))"
# Each answer of the kernel gives the picture a new address, or says why it does not.
ANSWER = """card => card.querySelector("[role=alert]").textContent
    + (card.querySelector("img")?.src ?? card.querySelector(".sentence").textContent)"""
# Whoever drives the page keeps what it loads, up to 200 MB; this fills that up with pictures.
FILL = """async card => {
    const shown = card.querySelector("img");
    if (!shown) return;
    const bytes = await (await fetch(shown.src)).arrayBuffer();
    for (let kept = 0; kept < 210e6; kept += bytes.byteLength) {
        const url = URL.createObjectURL(new Blob([bytes, String(kept)], { type: "image/png" }));
        const picture = new Image();
        picture.src = url;
        await picture.decode();
        URL.revokeObjectURL(url);
    }
}"""
ANSWERED = f"([card, before]) => ({ANSWER})(card) !== before"


@dataclass
class Memory:
    """The memory of a notebook's kernel and of its page, in MB."""

    server: browser_lab.Server
    chromium: Browser
    page: Page

    def __post_init__(self):
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("Performance.enable")

    def kernel(self) -> psutil.Process:
        """The kernel's process: the largest, if one has ended just now."""
        children = psutil.Process(self.server.pid).children(recursive=True)
        return max((child for child in children if "ipykernel_launcher" in child.cmdline()),
                   key=lambda child: child.memory_info().rss)

    def renderer(self) -> psutil.Process:
        """The page's process: the largest of Chromium's."""
        told = self.chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        return max((psutil.Process(process["id"]) for process in told["processInfo"]
                    if process["type"] == "renderer"), key=lambda one: one.memory_info().rss)

    def peaks(self) -> dict:
        """The largest memory so far of kernel and page."""
        return {"kernel_peak_mb": round(peak(self.kernel())),
                "page_peak_mb": round(peak(self.renderer()))}

    def now(self) -> tuple[float, float, float]:
        """Kernel, what the page's scripts hold after their litter is collected, page's process."""
        self.session.send("HeapProfiler.collectGarbage")
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        heap = next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")
        return tuple(size / MEGABYTE for size in (
            self.kernel().memory_info().rss, heap, self.renderer().memory_info().rss))


def peak(process: psutil.Process) -> float:
    """The largest resident memory of a process as Linux remembers it, elsewhere that of now; MB."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return process.memory_info().rss / MEGABYTE
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return 1024 * int(line.split()[1]) / MEGABYTE


@dataclass
class Round:
    """One notebook's figures, and what is wrong in words."""

    figures: dict = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def note(self, where: str, words: str) -> None:
        """Note a fault, if there are words for it."""
        if words:
            self.faults.append(f"{where}: {words}")


def at_the_keyboard(page: Page, seen: Round) -> None:
    """Reach, move and leave every card that is visible; run the first one's cell again."""
    cards = [card for card in page.locator(browser_keys.CARDS).all() if card.is_visible()]
    kinds = dict.fromkeys(browser_keys.CARDS.split(", "), 0)
    for card in cards:
        name = browser_keys.name_of(card)
        seen.note(name, browser_keys.move(page, card) or browser_keys.leave(page, card))
        for kind in kinds:
            kinds[kind] += card.evaluate("(card, kind) => card.matches(kind)", kind)
    seen.figures |= {kind.removeprefix(".course-"): count for kind, count in kinds.items()}
    for card in page.locator(EXPLORER).all()[:1]:
        seen.note(browser_keys.name_of(card), browser_keys.run_again(page, card))
        page.wait_for_function(browser_lab.ALL_DRAWN)


def step(page: Page, kind: str, back: bool) -> bool:
    """Move the control that has the focus, turning at its ends; return which way it went."""
    _, last, first = page.evaluate(browser_keys.KIND)
    back = not first if back else last
    browser_keys.press(page, kind, back)
    return back


def soak(page: Page, memory: Memory, card: Locator) -> dict:
    """Move the card's first control MOVES times; MB gained in 100 moves after the first WARM."""
    kind, back, looks = browser_keys.reach(page, card), False, []
    card.evaluate(FILL)
    handle, start = card.element_handle(), time.monotonic()
    for done in range(MOVES + 1):
        if done % EVERY == 0:
            looks.append((done, *memory.now()))
        before = card.evaluate(ANSWER)
        back = step(page, kind, back)
        page.wait_for_function(ANSWERED, arg=[handle, before], polling=20)
    late = np.array([look for look in looks if look[0] >= WARM])
    slopes = 100 * np.polyfit(late[:, 0], late[:, 1:], 1)[0]
    told = {"moves": MOVES, "seconds": round(time.monotonic() - start)}
    for place, (name, slope) in enumerate(zip(("kernel", "heap", "page"), slopes, strict=True), 1):
        told[f"{name}_mb"] = [round(looks[0][place]), round(looks[-1][place])]
        told[f"{name}_mb_per_100"] = round(float(slope), 2)
    return told


def soaked(page: Page, memory: Memory, seen: Round) -> None:
    """Soak one explorer, in the middle of the notebook; what grows is a fault."""
    explorers = page.locator(EXPLORER).all()
    for card in explorers[len(explorers) // 2:][:1]:
        told = soak(page, memory, card)
        seen.figures["soak"] = {"explorer": browser_keys.name_of(card)} | told
        for name in ("kernel", "heap", "page"):
            slope = told[f"{name}_mb_per_100"]
            seen.note("soak", f"{name} grows by {slope} MB in 100 moves" if slope > SLOPE else "")


def reopened(page: Page, server: browser_lab.Server, name: str, count: int, seen: Round) -> None:
    """Open the saved notebook in the dark, its kernel gone: `count` widgets come back."""
    browser_lab.end_kernels(server)
    server.turn("dark")
    browser_lab.open_notebook(page, server, name)
    if count:
        page.locator(browser_lab.WIDGETS).nth(count - 1).wait_for(state="attached")
    page.wait_for_function(browser_lab.ALL_DRAWN)
    lost = page.locator(browser_lab.WIDGETS).filter(has_text=browser_lab.LOST).count()
    seen.note("reopened", f"{lost} of {count} widgets are lost" if lost else "")
    dark = page.evaluate("document.body.dataset.jpThemeLight") == "false"
    seen.note("reopened", "" if dark else "the page is not dark")
    seen.faults += [f"dark: {words}" for words in browser_keys.pale(page)]


def work_through(chromium: Browser, server: browser_lab.Server, name: str, seen: Round) -> None:
    """Run a notebook and try all that is in it, first in the light, then saved in the dark."""
    page = browser_lab.new_page(chromium)
    asked, start = browser_lab.watch(page), time.monotonic()
    browser_lab.open_and_run(page, server, name, RUN)
    seen.figures |= {"cells": server.cells[name], "run_seconds": round(time.monotonic() - start)}
    memory = Memory(server, chromium, page)
    at_the_keyboard(page, seen)
    seen.faults += [f"light: {words}" for words in browser_keys.pale(page)]
    soaked(page, memory, seen)
    seen.figures |= memory.peaks()
    saved = browser_lab.save(page, server, name)
    page.goto("about:blank")
    seen.figures["widgets"] = count = browser_lab.count_widgets(saved)
    reopened(page, server, name, count, seen)
    page.close()
    seen.faults += [f"console: {text}" for text in asked.errors]
    seen.faults += [f"request: {url}" for url in asked.foreign()]
    seen.figures["seconds"] = round(time.monotonic() - start)


def measured(begins: tuple[str, ...] = ()) -> dict[str, dict]:
    """Figures and faults of the ready notebooks whose names begin so (all, if none is named).

    Raises ValueError if no name begins so.
    """
    names = [one.name for one in course.all_notebooks()
             if one.ready and one.name.startswith(begins or "")]
    if not names:
        raise ValueError(f"no notebook begins with {list(begins)}")
    told = {}
    with browser_lab.browser() as chromium:
        for name in names:
            seen = Round()
            with browser_lab.lab([ROOT / "notebooks" / f"{name}.ipynb"]) as server:
                try:
                    work_through(chromium, server, name, seen)
                except (AssertionError, Error, psutil.Error) as error:
                    seen.note("stopped", str(error)[:500])
            told[name] = seen.figures | {"faults": seen.faults}
            print(f"{name}: {json.dumps(told[name], ensure_ascii=False)}", flush=True)
    return told


def release() -> dict:
    """The figures of all notebooks for teaching/release.json."""
    return measured()


def main() -> int:
    """Print a line for each notebook; 1 if anything is wrong."""
    try:
        return any(one["faults"] for one in measured(tuple(sys.argv[1:])).values())
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main())
