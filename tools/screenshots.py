"""Photograph a notebook in JupyterLab: explorers, questions, attention views, the page in slices.

    python tools/screenshots.py 01_language_models --width 800 --theme dark --scale 2 --out FOLDER

NOTEBOOK is a file or the beginning of a name in notebooks/. It is run from the first cell.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))          # where the helpers of the browser test are

import browser_lab  # noqa: E402
from playwright.sync_api import Page  # noqa: E402

HEIGHT = 900
KINDS = {"explorer": ".course-explorer", "question": ".course-question",
         "attention": ".course-attention"}
SCROLLER = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer"


def find_notebook(name: str) -> Path:
    """Return the file `name`, or the notebook whose name begins so. Raises ValueError if none."""
    if Path(name).suffix == ".ipynb" and Path(name).exists():
        return Path(name)
    found = sorted((ROOT / "notebooks").glob(f"{name}*.ipynb"))
    if not found:
        raise ValueError(f"{name} is no file, and no notebook in notebooks/ begins so")
    return found[0]


def shoot_widgets(page: Page, prefix: Path) -> list[Path]:
    """Save a picture of every explorer and question; return the files."""
    files = []
    for kind, selector in KINDS.items():
        for number, widget in enumerate(page.locator(selector).all(), start=1):
            files.append(prefix.with_name(f"{prefix.name}-{kind}{number}.png"))
            widget.scroll_into_view_if_needed()
            page.wait_for_timeout(200)
            widget.screenshot(path=files[-1])
    return files


def shoot_slices(page: Page, prefix: Path) -> list[Path]:
    """Save the notebook from top to bottom, one window's height each; return the files."""
    files, scroller, top = [], page.locator(SCROLLER).first, 0
    step = scroller.evaluate("panel => panel.clientHeight")
    height = scroller.evaluate("panel => panel.scrollHeight")
    while top < height:
        scroller.evaluate("(panel, top) => { panel.scrollTop = top; }", top)
        page.wait_for_timeout(200)
        files.append(prefix.with_name(f"{prefix.name}-page{len(files) + 1:02}.png"))
        scroller.screenshot(path=files[-1])
        top += step
    return files


def shoot(notebook: Path, folder: Path, *, width: int, theme: str, scale: int) -> list[Path]:
    """Run `notebook` in a window of `width` pixels, save its pictures in `folder`.

    scale: pixels of the screen for one of the page, each way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prefix = folder / f"{notebook.stem}-{width}-{theme}-{scale}x"
    with browser_lab.browser() as chromium, browser_lab.lab([notebook], theme) as server:
        page = browser_lab.new_page(chromium, width, HEIGHT, scale)
        browser_lab.open_and_run(page, server, notebook.stem)
        return shoot_widgets(page, prefix) + shoot_slices(page, prefix)


def main() -> int:
    """Read the command line, take the pictures, print their names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--scale", type=int, choices=(1, 2), default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    try:
        notebook = find_notebook(options.notebook)
        files = shoot(notebook, options.out, width=options.width, theme=options.theme,
                      scale=options.scale)
    except (ValueError, RuntimeError, AssertionError) as error:
        sys.exit(str(error))
    print("\n".join(str(file) for file in files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
