"""One file that holds a view: its numbers, its tokens and what draws them; no kernel, no web."""

import base64
import hashlib
import html
import json

from helpers.attention_view.packing import as_text

DARK = """@media (prefers-color-scheme: dark) {
  body {
    background: #111;
    --jp-ui-font-color0: #fff; --jp-ui-font-color1: #ddd; --jp-ui-font-color2: #aaa;
    --jp-layout-color0: #111; --jp-border-color2: #555; --jp-brand-color1: #56b4e9;
  }
}"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{hash}'; \
style-src 'unsafe-inline'; img-src blob: data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 1160px; margin: 16px auto; padding: 0 12px; background: #fff; }}
{dark}
{style}
</style>
</head>
<body>
<noscript><p>{summary}</p></noscript>
<main id="view"></main>
<script type="application/json" id="state">{state}</script>
<script type="module">{script}</script>
</body>
</html>
"""
# In place of the kernel's model: the same questions, answered from the file.
MODEL = """
const state = JSON.parse(document.getElementById("state").textContent);
const bytes = Uint8Array.from(atob(state.packed), (letter) => letter.charCodeAt(0));
state.packed = new DataView(bytes.buffer);
const model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; },
  on() {}, off() {}, save_changes() {},
};
render({ model, el: document.getElementById("view") });
"""
EXPORT = "export default { render };"


def page(state: dict, *, script: str, style: str, summary: str) -> str:
    """The page (HTML) for what a view sends to the browser, `state`, bytes included.

    Tokens stand in it as JSON without a character that HTML or a script could read otherwise;
    the page refuses every script but its own, and every address.
    """
    script = script.replace(EXPORT, MODEL)
    return PAGE.format(hash=digest(script), dark=DARK, title=html.escape(state["title"]),
                       summary=html.escape(summary), style=style, script=script,
                       state=as_json({**state, "packed": as_text(state["packed"])}))


def digest(script: str) -> str:
    """How a page's policy names a script that it allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def as_json(state: dict) -> str:
    """JSON in plain ASCII in which nothing can end or open an element of HTML."""
    text = json.dumps(state, ensure_ascii=True)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
