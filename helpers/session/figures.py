"""How figures look, and how a cell shows one."""

import io
import os
from pathlib import Path

FIGURES = Path(__file__).parents[1] / "figures.mplstyle"  # helpers.plots reads it too


def show_figures() -> None:
    """Let a Figure at the end of a cell be shown as a picture, without pyplot; in IPython only."""
    from IPython import get_ipython
    from matplotlib.figure import Figure

    if get_ipython() is not None:
        formatter = get_ipython().display_formatter.formatters["image/png"]
        formatter.for_type(Figure, picture)


def picture(figure) -> tuple[bytes, dict]:
    """Return a figure as PNG with twice the pixels of its place, and its place in pixels.

    While the notebooks are built: 1.5 times, well compressed, since it is committed.
    """
    building = os.environ.get("COURSE_BUILD") == "1"
    buffer, dpi = io.BytesIO(), figure.dpi
    figure.savefig(buffer, format="png", dpi=dpi * (1.5 if building else 2),
                   pil_kwargs={"optimize": building})
    wide, high = figure.get_size_inches() * dpi
    return buffer.getvalue(), {"width": round(wide), "height": round(high)}


def figure_style() -> dict:
    """Return matplotlib's settings for the course's figures, as figures.mplstyle has them."""
    from matplotlib import rc_params_from_file

    return rc_params_from_file(FIGURES, use_default_template=False)
