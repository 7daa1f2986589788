"""A figure that is kept and redrawn, its pixels for the screen and for the page.

Most of a redraw is words: ticks, titles, legends. An explorer may mark what moves as animated
(matplotlib's word); then all else is drawn once, and again only when it changes.
"""

import io
import struct
import zlib

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers import plots

INCH = 110                  # pixels of the page for an inch of the figure
SCREEN, PAGE = 2, 1.5       # pixels of the picture for one of the page
SPOT = "spot"               # gid of a patch that can be clicked


def quick_png(pixels: np.ndarray) -> bytes:
    """PNG of bytes (height, width, 4); not small, but in half the time that Pillow takes."""
    height, width, _ = pixels.shape
    lines = np.zeros((height, 1 + 4 * width), np.uint8)         # each begins with: no filter
    lines[:, 1:] = pixels.reshape(height, -1)
    chunks = {b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0),
              b"IDAT": zlib.compress(lines, 1), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks.items())


def named(axes, label: str):
    """The artist that was put on these axes with this label. Raises KeyError if there is none."""
    return {artist.get_label(): artist for artist in axes.get_children()}[label]


class Picture:
    """`figure` is what is drawn on, `value` the PNG of the last `update`, `place` its pixels."""

    def __init__(self, width: float, height: float):
        self.figure = plots.blank(width, height)
        self.figure.set_dpi(SCREEN * INCH)
        self.canvas = FigureCanvasAgg(self.figure)      # kept too: it remembers how words are set
        self.place = [round(width * INCH), round(height * INCH)]
        self.resting = None                             # the drawing of all that is not animated
        self.value = b""

    def update(self) -> None:
        """Draw the figure; what is not animated is drawn anew only when it is stale."""
        if self.figure.stale or self.resting is None:
            self.canvas.draw()
            self.resting = self.canvas.copy_from_bbox(self.figure.bbox)
        else:
            self.canvas.restore_region(self.resting)
        for axes in self.figure.axes:
            for artist in axes.get_children():
                if artist.get_animated():
                    axes.draw_artist(artist)
        self.value = quick_png(np.asarray(self.canvas.buffer_rgba()))

    def plane(self, names: tuple[str, ...]) -> dict:
        """Where the first axes are, in shares of the picture from its top left, and their limits.

        names: what stands along x and along y; both are handed on.
        """
        axes = self.figure.axes[0]
        place = axes.get_position(original=True)
        return {"names": list(names), "left": place.x0, "top": 1 - place.y1, "wide": place.width,
                "high": place.height, "across": list(map(float, axes.get_xlim())),
                "up": list(map(float, axes.get_ylim()))}

    def spots(self) -> list[list[float]]:
        """Where the patches are that can be clicked, those with the gid SPOT that are seen.

        Left, top, width, height of each, in shares of the picture, in the order of the patches.
        """
        seen = [patch.get_window_extent() for axes in self.figure.axes for patch in axes.patches
                if patch.get_gid() == SPOT and patch.get_visible()]
        wide, high = self.figure.bbox.size
        return [[float(box.x0 / wide), float(1 - box.y1 / high), float(box.width / wide),
                 float(box.height / high)] for box in seen]

    def printed(self) -> bytes:
        """The figure as the small PNG that is kept in a notebook."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=PAGE * INCH,
                            pil_kwargs={"compress_level": 9, "optimize": True})
        self.resting = None
        return buffer.getvalue()
