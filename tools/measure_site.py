"""Look at every page of the built site in a browser: requests, errors, width, accessibility.

    python tools/measure_site.py [notebooks/05 ...]
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))          # where the helpers of the browser test are

import browser_lab  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

NARROW, WIDE, HEIGHT = 400, 1280, 900            # pixels
GRAVE = ("serious", "critical")
OWN = ("file:", "data:", "blob:", "about:")
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BROKEN = """() => [...document.images].filter(i => i.complete && !i.naturalWidth)
    .map(i => i.src.slice(-60))"""
# Everything is there for a reader who opens it: what is folded is looked at, too.
OPENED = "() => document.querySelectorAll('details').forEach(one => one.open = true)"
AXE = """async (grave) => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(found => grave.includes(found.impact))
    .map(found => `${found.id} (${found.nodes.length}): ${found.nodes[0].target.join(" ")} `
      + found.nodes[0].failureSummary.split("\\n").slice(0, 2).join(" ").slice(0, 220))"""


def axe() -> str:
    """The script of axe-core, which comes within the package axe-playwright-python."""
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is None:
        raise ValueError("axe-core is missing: pip install -r requirements-dev.txt")
    folder = Path(spec.submodule_search_locations[0])
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def watched(page: Page) -> tuple[list[str], list[str]]:
    """What a page asks for off the disk, and what it complains of: two lists that grow."""
    asked, errors = [], []
    page.on("request", lambda sent: sent.url.startswith(OWN) or asked.append(sent.url))
    page.on("pageerror", lambda error: errors.append(f"the page says: {error}"))
    page.on("console", lambda said: said.type == "error" and errors.append(
        f"the page says: {said.text}"))
    return asked, errors


def faults_of(chromium: Browser, file: Path, *, script: str) -> dict:
    """A page's {"requests": addresses off the disk, "faults": in words, "axe": serious faults}.

    It is looked at narrow and light, then wide and dark, with everything unfolded.
    """
    faults, grave, requests = [], [], []
    for width, scheme in ((NARROW, "light"), (WIDE, "dark")):
        page = chromium.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
        page.set_default_timeout(browser_lab.PATIENCE * 1000)
        asked, errors = watched(page)
        try:
            page.goto(file.resolve().as_uri())
            page.evaluate(OPENED)
            page.wait_for_timeout(300)
            over = page.evaluate(TOO_WIDE)
            if over > 0:
                faults.append(f"{width} pixels: {over} too wide")
            faults += [f"no picture: {source}" for source in page.evaluate(BROKEN)] + errors
            if script:
                page.evaluate(script)
                grave += [f"{scheme}: {told}" for told in page.evaluate(AXE, GRAVE)]
        finally:
            page.close()
        requests += asked
    return {"requests": requests, "faults": faults, "axe": grave}


def measured(begins: list[str], folder: Path = ROOT / "site", *, script: str = "") -> dict:
    """What was seen of the pages whose paths begin so (all, if none is named); it is also printed.

    script: that of axe-core, "" to do without.
    """
    files = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*.html"))
             if "_static" not in file.parts}
    chosen = {name: file for name, file in files.items()
              if not begins or name.startswith(tuple(begins))}
    if not chosen:
        raise ValueError(f"{folder} has no page that begins so: type make site first")
    seen = {}
    with browser_lab.browser() as chromium:
        for name, file in chosen.items():
            seen[name] = faults_of(chromium, file, script=script)
            told = [f"asks for {url}" for url in seen[name]["requests"]] + seen[name]["faults"]
            print(name, *told, *seen[name]["axe"], sep="\n  ", flush=True)
    return seen


def release() -> dict:
    """The figures of the whole site for teaching/release.json."""
    seen = measured([], script=axe()).values()
    return {"pages": len(seen)} | {kind: sum(len(page[kind]) for page in seen)
                                   for kind in ("requests", "faults", "axe")}


def main() -> int:
    """Print each page with its faults; 1 if there is any."""
    try:
        pages = measured(sys.argv[1:], script=axe())
    except ValueError as error:
        sys.exit(str(error))
    bad = sum(len(told) for seen in pages.values() for told in seen.values())
    print(f"{len(pages)} pages, {bad} faults")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
