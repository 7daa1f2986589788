"""The check of words in pictures sees what it should see."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from overlaps import crowded


@pytest.mark.parametrize("second, said", [
    ({"x": 0.5, "y": 0.2}, []),
    ({"x": 0.52, "y": 0.5}, ["one"]),
    ({"x": 0.98, "y": 0.2}, ["the other"]),
    ({"x": 0.5, "y": 0.2, "fontsize": 8}, ["the other"]),
])
def test_words_that_overlap_leave_the_figure_or_are_small_are_named(second, said):
    figure = Figure(figsize=(6, 3), dpi=110)
    FigureCanvasAgg(figure)
    texts = [figure.text(0.5, 0.5, "one", fontsize=12),
             figure.text(s="the other", **{"fontsize": 12, **second})]
    assert crowded(figure, texts) == said
