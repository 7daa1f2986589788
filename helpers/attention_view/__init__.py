"""Attention weights as maps that one can walk through: by mouse, by keys, by ear.

`AttentionView(weights, queries, keys, gold=None, title="")` is one card. The page draws it and
answers alone, so it works without a kernel too, also in the file that `to_html` gives.
"""

from helpers.attention_view.widget import AttentionView

__all__ = ["AttentionView"]
