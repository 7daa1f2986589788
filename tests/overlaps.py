"""Which words of a picture overlap others, are too small to read, or leave it."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.text import Text

SMALLEST = 11       # points


def crowded(figure, texts: Sequence[Text], apart: float = 2) -> list[str]:
    """Words that overlap others by more than a pixel (`apart` of them in height), are smaller
    than 11 pt, or leave the figure; pixels are those of the place of the picture."""
    boxes = [text.get_window_extent(figure.canvas.get_renderer()) for text in texts]
    pixel = figure.dpi / 110
    bad = [text.get_text() for text, box in zip(texts, boxes, strict=True)
           if text.get_fontsize() < SMALLEST or box.x0 < 0 or box.y0 < 0
           or box.x1 > figure.bbox.width or box.y1 > figure.bbox.height]
    for i, a in enumerate(boxes):
        bad += [texts[i].get_text() for b in boxes[i + 1:]
                if min(a.x1, b.x1) - max(a.x0, b.x0) > pixel
                and min(a.y1, b.y1) - max(a.y0, b.y0) > apart * pixel]
    return bad
