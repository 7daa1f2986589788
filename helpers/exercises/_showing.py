"""The picture below the feedback of a failed check."""

import base64
import contextlib
import html

from helpers import session


def show_picture(figure, sentence: str) -> None:
    """Show a figure in a notebook, the sentence as its text alternative; elsewhere do nothing."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        return
    with contextlib.suppress(Exception):        # the feedback is said already
        png, place = session.picture(figure)
        image = (f'<img src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}" '
                 f'width="{place["width"]}" style="max-width: 100%" '
                 f'alt="{html.escape(sentence)}">')
        display({"text/html": image, "text/plain": sentence}, raw=True)
