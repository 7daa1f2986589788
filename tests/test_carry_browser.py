"""The card that takes work home, in a browser: a file is kept, and brought back in another Lab."""

from __future__ import annotations

import json
import secrets
import zipfile

import browser_lab
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

CARD = ["from helpers import progress\nfrom helpers.explorers import index\nindex.carrying()"]
WORK = [*CARD, "progress.record('attempt', '1.4', passed=True)"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def notebook(path, *cells):
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells],
                                metadata={"kernelspec": kernel}), path)
    return path


def test_work_goes_home_by_a_click_and_comes_back_in_another_lab(chromium, tmp_path):
    large = secrets.token_hex(3_000_000)                    # more than one piece
    sources = [notebook(tmp_path / "index.ipynb", *WORK), notebook(tmp_path / "own.ipynb", large)]
    with browser_lab.lab(sources) as server:
        page = browser_lab.new_page(chromium)
        seen = browser_lab.watch(page)
        browser_lab.open_and_run(page, server, "index")
        card = page.locator(".course-carrying")
        with page.expect_download() as download:
            card.get_by_role("button", name="Take my work home").press("Enter")
        kept = tmp_path / download.value.suggested_filename
        download.value.save_as(kept)
        card.get_by_text("1 step of progress and 2 changed notebooks").wait_for()
        assert seen.foreign() == [] and seen.errors == []
        page.close()
    assert kept.stat().st_size > 2 * 2**20
    with zipfile.ZipFile(kept) as archive:
        assert json.loads(archive.read("manifest.json"))["course"]
    with browser_lab.lab([notebook(tmp_path / "index.ipynb", *CARD)]) as server:
        page = browser_lab.new_page(chromium, width=800)
        browser_lab.open_and_run(page, server, "index")
        card = page.locator(".course-carrying")
        chosen = card.get_by_label("Bring it back")
        chosen.set_input_files({"name": "half.zip", "mimeType": "application/zip",
                                "buffer": kept.read_bytes()[:-100]})
        card.get_by_role("alert").get_by_text("Nothing was changed. This file was cut").wait_for()
        page.evaluate("() => { File.prototype.arrayBuffer = async () => {"
                      " delete File.prototype.arrayBuffer; throw new Error(); }; }")
        chosen.set_input_files(kept)
        card.get_by_role("alert").get_by_text("The browser cannot read that file.").wait_for()
        chosen.set_input_files(kept)
        card.get_by_text("1 new step of progress and 2 notebooks (index, own) came back").wait_for()
        assert nbformat.read(server.folder / "own.ipynb", 4).cells[0].source == large
        page.close()
