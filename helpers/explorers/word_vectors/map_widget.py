"""The live map: a card whose picture is drawn in the browser, so that it can be zoomed and moved.

What is near a word is computed here, when it is chosen; the page holds names and places only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import traitlets

from helpers.explorers import core

HERE = Path(__file__).parent
CARD = str(core.Explorer._esm)      # its last line hands `render` to the page
STEPS = 65535                       # of a place on the map, along its longer side
SIZE = (10, 3.7)                    # inches of the still picture


def packed(plane: np.ndarray) -> tuple[bytes, list[float]]:
    """Places (V, 2) as two whole numbers of two bytes each, low byte first, y downwards.

    With them the share of the longer side that the map takes across and down: at most 1 each.
    """
    low, high = plane.min(axis=0), plane.max(axis=0)
    longest = (high - low).max() or 1.0
    shares = np.column_stack([plane[:, 0] - low[0], high[1] - plane[:, 1]]) / longest
    return np.rint(shares * STEPS).astype("<u2").tobytes(), ((high - low) / longest).tolist()


class NeighbourMap(core.Explorer):
    """What `neighbour_map` returns: a card with a field, the sentence, the map and a list.

    `controls["word"].value`: the chosen word; setting it follows. `numbers`: what is shown now.
    The still picture is drawn when the card is shown or kept, and never sent to the live one.
    """

    _esm = CARD[:CARD.rindex("export default")] + "".join(
        (HERE / name).read_text(encoding="utf-8") for name in ("map.js", "map_card.js"))
    _css = str(core.Explorer._css) + (HERE / "map.css").read_text(encoding="utf-8")
    names = traitlets.List().tag(sync=True)         # the words as they are shown
    points = traitlets.Bytes().tag(sync=True)       # where they lie
    spread = traitlets.List().tag(sync=True)        # what the map takes across and down
    order = traitlets.Bytes().tag(sync=True)        # four bytes each: who gets a name first
    near = traitlets.Int().tag(sync=True)
    found = traitlets.Dict().tag(sync=True)         # the chosen word and its neighbours

    def __init__(self, compute: Callable, draw: Callable, say: Callable, word: str, *,
                 names: Sequence[str], order: np.ndarray) -> None:
        self.say, self.names = say, list(names)
        self.order = np.asarray(order).astype("<u4").tobytes()
        super().__init__(compute, draw, {"word": core.text("word", word)}, size=SIZE, more=(),
                         drag=())
        with self.hold_sync():
            self.points, self.spread = packed(self.numbers["plane"])
            self.near = self.numbers["near"]

    def _drawn(self) -> str:
        numbers = self.numbers = self.compute(**self.values)
        self.found = {"place": numbers["place"], "neighbours": [
            [int(place), f"{cosine:.2f}".replace("-", "−"), bool(kept), int(rank)]
            for place, cosine, kept, rank in zip(*(numbers[name] for name in (
                "places", "cosines", "kept", "ranks")), strict=True)]}
        self.shown = {"word": numbers["word"]}
        return self.say(numbers)

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        self.draw(self.figure, self.numbers)
        return super()._repr_mimebundle_(**kwargs)
