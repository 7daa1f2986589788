"""The widget: what is checked, said and packed here is drawn and walked through in the browser."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from helpers.attention_view import checks, export, labels, packing, words
from helpers.attention_view.picture import picture

HERE = Path(__file__).parent
SCRIPTS = ("common.js", "cells.js", "map.js", "heads.js", "parts.js", "view.js")    # in this order
ELEMENTS = (HERE / "elements.js").read_text(encoding="utf-8")       # every card begins with it
SHOWN = ("title", "shape", "packed", "query_tokens", "key_tokens", "query_names", "key_names",
         "same", "gold", "missed", "words", "layer", "head", "pinned", "own_scale")


class AttentionView(anywidget.AnyWidget):
    """Attention weights as a map (queries are rows, keys are columns), as text, all heads at once.

    weights: float (T, S), (H, T, S) or (L, H, T, S), rows sum to 1 within 1e-3. queries, keys: T
    and S tokens; where they are the same, the sentence says "itself", "previous", "next". gold:
    links (place of the query, place of the key), from 0, drawn over the map with what the head
    misses. title: what is to be seen. masked: True allows rows that are all zero, of queries
    that may attend to nothing. layer, head, pinned: what is shown first, from 0; `pinned` is a
    query's place, or None. These and `own_scale` (True: colours up to each row's maximum) may be
    set later; the page follows and tells of what is chosen there.
    Raises ValueError, with both sides and the cure, for what does not fit together.
    """

    _esm = ELEMENTS + "".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    _css = (HERE / "view.css").read_text(encoding="utf-8")
    title = traitlets.Unicode().tag(sync=True)
    shape = traitlets.List().tag(sync=True)             # L, H, T, S
    packed = traitlets.Bytes().tag(sync=True)           # two bytes a weight
    query_tokens = traitlets.List().tag(sync=True)      # as they are shown
    key_tokens = traitlets.List().tag(sync=True)
    query_names = traitlets.List().tag(sync=True)       # as a sentence names them
    key_names = traitlets.List().tag(sync=True)
    same = traitlets.Bool().tag(sync=True)              # queries and keys are the same tokens
    gold = traitlets.List().tag(sync=True)
    missed = traitlets.List().tag(sync=True)            # for each head: which of the gold links
    words = traitlets.List().tag(sync=True)             # for each head: where it looks
    layer = traitlets.Int().tag(sync=True)
    head = traitlets.Int().tag(sync=True)
    pinned = traitlets.Int(None, allow_none=True).tag(sync=True)
    own_scale = traitlets.Bool().tag(sync=True)

    def __init__(self, weights: np.ndarray, queries: Sequence[str], keys: Sequence[str],
                 gold: Iterable[tuple[int, int]] | None = None, title: str = "", *,
                 masked: bool = False, layer: int = 0, head: int = 0, pinned: int | None = None):
        super().__init__(**self._checked(weights, queries, keys, gold, title, masked),
                         layer=layer, head=head, pinned=pinned)

    def show(self, weights: np.ndarray, queries: Sequence[str], keys: Sequence[str],
             gold: Iterable[tuple[int, int]] | None = None, title: str = "", *,
             masked: bool = False) -> None:
        """Hold other weights and tokens from now on: the first head, no row pinned.

        A page that shows the view must draw it anew. Arguments and errors: as for a new view.
        """
        checked = self._checked(weights, queries, keys, gold, title, masked)
        with self.hold_sync():
            self.set_trait("pinned", None)
            for name, value in {**checked, "layer": 0, "head": 0}.items():
                self.set_trait(name, value)

    def _checked(self, weights, queries, keys, gold, title: str, masked: bool) -> dict:
        """What the page is sent of all this, by name; it is remembered as `self.weights`."""
        queries = checks.checked_tokens(queries, "queries")
        keys = checks.checked_tokens(keys, "keys")
        weights = checks.checked_weights(weights, queries, keys, masked)        # (L, H, T, S)
        links = checks.checked_gold(gold, len(queries), len(keys))
        same = queries == keys
        queries, keys = list(map(labels.visible, queries)), list(map(labels.visible, keys))
        each = weights.reshape(-1, *weights.shape[2:])                          # (L * H, T, S)
        missed = [words.missed_links(head_weights, links) for head_weights in each]
        said = [words.head_in_words(head_weights, keys, same) + (
            " " + words.gold_in_words(lost, links, queries, keys) if links else "")
            for head_weights, lost in zip(each, missed, strict=True)]
        self.weights = weights
        return {"title": labels.visible(title, 200) if title else "Where each token looks",
                "shape": list(weights.shape), "packed": packing.packed(weights),
                "query_tokens": queries, "key_tokens": keys,
                "query_names": labels.quoted(queries), "key_names": labels.quoted(keys),
                "same": same, "gold": [list(link) for link in links], "missed": missed,
                "words": said}

    @traitlets.validate("layer", "head", "pinned")
    def _there(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        count = self.weights.shape[("layer", "head", "pinned").index(name)]
        if value is not None and not 0 <= value < count:
            raise ValueError(f"{name}={value}: there are {count}, 0 to {count - 1}")
        return value

    @property
    def _place(self) -> int:
        return self.layer * self.weights.shape[1] + self.head

    @property
    def summary(self) -> str:
        """What the view shows, in sentences: the title, the sizes, where the chosen head looks."""
        layers, heads, queries, keys = self.weights.shape
        where = f"Layer {self.layer + 1} of {layers}, head {self.head + 1} of {heads}. "
        return (f"{self.title.rstrip('.')}. {queries} queries look at {keys} keys. "
                f"{where if layers * heads > 1 else ''}{self.words[self._place]}")

    def to_html(self, tallest: int | None = None) -> str:
        """One page (HTML) with all of the view in it: it works from disk, without a kernel.

        tallest: the view's height in pixels at most; None for that of a notebook.
        """
        state = {name: getattr(self, name) for name in SHOWN} | {"tallest": tallest}
        return export.page(state, script=self._esm, style=self._css, summary=self.summary)

    def __repr__(self) -> str:
        return self.summary

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        png, place = picture(self.weights, (self.layer, self.head), self.query_tokens,
                             self.key_tokens, title=self.title, gold=self.gold,
                             missed=self.missed[self._place])
        return ({**bundle, "image/png": packing.as_text(png), "text/plain": self.summary},
                {**metadata, "image/png": place})
