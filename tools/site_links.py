"""What is wrong with the links and pictures of a built site, read from its files."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "iframe": "src",
         "source": "src"}


class Page(HTMLParser):
    """The addresses that a page names, the places in it, and its pictures without words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str]] = []
        self.places: set[str] = set()
        self.silent: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        """Look at one element."""
        found = dict(attributes)
        self.places |= {found[name] for name in ("id", "name") if found.get(name)}
        if found.get(LINKS.get(tag, "")):
            self.addresses.append((tag, found[LINKS[tag]]))
        if tag == "img" and not (found.get("alt") or "").strip():
            self.silent.append(found.get("src", "")[:80])
        if tag == "iframe" and found.get("srcdoc"):
            inner = Page(found["srcdoc"])
            self.addresses += inner.addresses
            self.silent += inner.silent


def check(folder: Path) -> tuple[int, list[str]]:
    """How many pages a site has, and in words each link to nowhere and each silent picture.

    What is fetched (pictures, scripts, styles) must lie in the folder; a link of a reader's may
    lead into the web.
    """
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8"))
             for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts}
    faults = []
    for path, page in pages.items():
        name = path.relative_to(folder.resolve())
        faults += [f"{name}: the picture {source} has no words" for source in page.silent]
        for tag, address in page.addresses:
            wrong = fault(path, tag, address, pages)
            faults += [f"{name}: {address} {wrong}"] if wrong else []
    return len(pages), list(dict.fromkeys(faults))


def fault(path: Path, tag: str, address: str, pages: dict[Path, Page]) -> str:
    """What is wrong with one address on a page; "" if nothing."""
    parts = urlsplit(address)
    if parts.scheme in ("data", "mailto"):
        return ""
    if parts.scheme or parts.netloc:
        return "" if tag == "a" else "comes from elsewhere"
    goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not goal.is_file():
        return "is not there"
    if parts.fragment and goal in pages and unquote(parts.fragment) not in pages[goal].places:
        return "names a place that is not there"
    return ""
