"""A trained Transformer as what a page needs to run it: numbers of 16 bits, letters, scripts."""

from __future__ import annotations

import base64
import html
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from helpers import attention_view, training
from helpers.attention_view.export import DARK, as_json, digest
from helpers.tokenizers import Tokenizer
from helpers.transformer import Transformer, TransformerConfig

HERE = Path(__file__).parent
SHARED = tuple(Path(attention_view.__file__).parent / name
               for name in ("elements.js", "common.js"))
SCRIPTS = ("network.js", "odds.js", "maps.js", "parts.js", "live.js")    # in this order
NAME, TEXT = "docs_transformer", "The list of pack"
# What network.js computes; other switches would be another network.
KNOWN = {"positions": "rotary", "norm": "rms", "activation": "swiglu", "pre_norm": True,
         "bias": False, "tied": True, "causal": True, "scale_embeddings": False, "window": None}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {hashes}; \
style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{
  max-width: 1200px; margin: 12px auto; padding: 0 12px; background: #fff;
  color: var(--jp-ui-font-color0, #111); font: 15px / 1.4 system-ui, sans-serif;
}}
h1 {{ margin: 0; font-size: 20px; }}
main > p {{ margin: 4px 0 10px; }}
{dark}
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{summary} What you type stays here.</p>
{place}
</main>
<script>{model}</script>
<script>{script}</script>
</body>
</html>
"""
# Alone on a page: draw a view into every place that names its model.
MOUNT = """
function mountAll() {
  for (const place of document.querySelectorAll("[data-live-model]:not([data-live])")) {
    const name = place.dataset.liveModel;
    place.dataset.live = "";
    if (window.courseLiveModels?.[name]) {
      live(place, window.courseLiveModels[name], { text: place.dataset.text });
    } else {
      place.append(make("p", { role: "alert" }, `The file ${name}.js is not beside this page.`));
    }
  }
}
if (document.readyState === "loading") addEventListener("DOMContentLoaded", mountAll);
else mountAll();
"""


@dataclass(frozen=True)
class Parts:
    """What a page takes over to show a live model. All of it works from disk.

    style: CSS. script: JavaScript, once on a page, as a plain script (no module) below the
    places. model: JavaScript that holds the numbers, before `script`; as a file of its own, with
    the name `model_file`, several pages share it. place: HTML, where the view stands; without a
    script it holds the summary: in words, what would be there.
    The colours follow --jp-ui-font-color0 (text), --jp-ui-font-color1 (quiet text),
    --jp-layout-color0 (ground), --jp-border-color2 and --jp-brand-color1 where a page sets them.
    """

    style: str
    script: str
    model: str
    model_file: str
    place: str
    summary: str


def parts(name: str = NAME, *, text: str = TEXT) -> Parts:
    """The live model of a checkpoint, for slides and site. text: what the field holds at first.

    Raises FileNotFoundError if there is no such checkpoint, ValueError for one that is no
    Transformer of the kind that the page can run.
    """
    facts, numbers = told(name)
    said = summary(facts)
    known = as_json({**facts, "numbers": base64.b64encode(numbers).decode("ascii")})
    place = (f'<div data-live-model="{html.escape(name)}" data-text="{html.escape(text)}">'
             f"<noscript><p>{html.escape(said)}</p></noscript></div>")
    model = ("window.courseLiveModels = window.courseLiveModels || {};\n"
             f"window.courseLiveModels[{json.dumps(name)}] = {known};\n")
    return Parts(style=style(), script=f'(() => {{\n"use strict";\n{script()}{MOUNT}}})();\n',
                 model=model, model_file=f"{name}.js", place=place, summary=said)


def page(name: str = NAME, *, text: str = TEXT) -> str:
    """One HTML page with all of it: the view, the numbers, nothing from elsewhere.

    It refuses every script but its own, and every address. Errors: as for `parts`.
    """
    found = parts(name, text=text)
    hashes = " ".join(f"'{digest(script)}'" for script in (found.model, found.script))
    return PAGE.format(hashes=hashes, dark=DARK, title="A language model in this page",
                       summary=html.escape(found.summary), style=found.style, place=found.place,
                       model=found.model, script=found.script)


def script() -> str:
    """The view in JavaScript: `live(element, facts, {text})` draws it."""
    return "\n".join(path.read_text(encoding="utf-8")
                     for path in (*SHARED, *(HERE / name for name in SCRIPTS)))


def style() -> str:
    """The CSS of the view."""
    return (HERE / "live.css").read_text(encoding="utf-8")


def told(name: str) -> tuple[dict, bytes]:
    """All that a page must know of a checkpoint, as plain JSON, and its numbers (see `packed`).

    Errors: as for `parts`.
    """
    config = training.checkpoint_info(name)["config"]
    try:
        size = sizes(TransformerConfig(**config))
    except TypeError:
        raise ValueError(f"checkpoint {name!r} is no Transformer, its config is {config}: take "
                         f"{NAME!r}") from None
    model, tokenizer = training.load_checkpoint(name, Transformer.of)
    return {"name": name, "config": size, **letters(tokenizer),
            "parameters": sum(p.numel() for p in model.parameters())}, packed(model)


def sizes(config: TransformerConfig) -> dict:
    """The sizes that network.js asks for. Raises ValueError for switches that it does not know."""
    odd = {switch: getattr(config, switch) for switch, value in KNOWN.items()
           if getattr(config, switch) != value}
    if odd or config.kept_heads != config.n_heads or config.max_len is None:
        odd |= {"n_kept": config.n_kept, "max_len": config.max_len}
        raise ValueError(f"the page runs {KNOWN}, as many kept heads as heads and a max_len, and "
                         f"this model has {odd}: take {NAME!r}, or teach network.js")
    return {"vocab_size": config.vocab_size, "d_model": config.d_model, "d_ff": config.ff_width,
            "n_heads": config.n_heads, "n_layers": config.n_layers, "max_len": config.max_len}


def letters(tokenizer: Tokenizer) -> dict:
    """The characters by id, and the ids of the marks. Raises ValueError for other tokens."""
    if getattr(tokenizer, "cut", None) != "characters":
        raise ValueError(f"{tokenizer!r}: the page cuts a text into characters, take a model of "
                         "characters")
    return {"entries": list(tokenizer.entries), "marks": list(tokenizer.mark_ids.values()),
            "unknown": tokenizer.unknown, "start": tokenizer.start, "end": tokenizer.end}


def packed(model: Transformer) -> bytes:
    """The numbers of a model, 16 bits each, low byte first, in the order of network.js.

    Every matrix as (out, in). Raises ValueError for a number that 16 bits cannot hold.
    """
    numbers = torch.cat([tensor.detach().flatten() for tensor in _in_order(model)])
    halves = numbers.half()
    if not halves.isfinite().all():
        raise ValueError(f"a number of this model is {numbers.abs().max():.4g}: 16 bits hold "
                         "65504 at most")
    return halves.numpy().astype("<f2").tobytes()


def _in_order(model: Transformer) -> list[Tensor]:
    tensors = [model.embed.weight]
    for block in model.stack.blocks:
        look, feed = block.attention, block.feed_forward
        tensors += [block.norm_1.gain, look.W_q.T, look.W_k.T, look.W_v.T, look.W_o.T,
                    block.norm_2.gain, feed.W_1.weight, feed.W_3.weight, feed.W_2.weight]
    return [*tensors, model.stack.last.gain]


def summary(facts: dict) -> str:
    """What the view is, in two sentences."""
    size = facts["config"]
    return (f"A Transformer of {facts['parameters']:,} numbers, {size['n_layers']} layers of "
            f"{size['n_heads']} heads, that reads letters runs in this page. Type, and see what "
            "it expects next, how surprising each letter was, and where each head looks.")
