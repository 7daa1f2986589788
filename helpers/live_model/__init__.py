"""A trained Transformer that runs in the browser, without a kernel: type and look inside.

`page(name)` is one HTML page with all of it; `parts(name)` what slides and site take over;
`LiveModel(name)` a card in a notebook. The numbers are those of the checkpoint, 16 bits each.
"""

from helpers.live_model.export import Parts, page, parts
from helpers.live_model.widget import LiveModel

__all__ = ["LiveModel", "Parts", "page", "parts"]
