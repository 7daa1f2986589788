"""The live model as a card of a notebook; once it is shown, it needs no kernel."""

from __future__ import annotations

import anywidget
import torch
import traitlets

from helpers import training
from helpers.attention_view import labels, packing
from helpers.attention_view.picture import picture
from helpers.live_model import export
from helpers.transformer import Transformer, weights_of

RENDER = """
export default { render({ model, el }) {
  const facts = { ...model.get("facts"), bytes: model.get("numbers") };
  return live(el, facts, { text: model.get("text"), changed(text) {
    if (text === model.get("text")) return;
    model.set("text", text);
    try {
      model.save_changes();
    } catch { /* the kernel is gone: the page goes on alone */ }
  } });
} };
"""


class LiveModel(anywidget.AnyWidget):
    """A trained Transformer that the page itself runs: type, and look inside.

    name: a checkpoint, as for `parts`. text: what the field holds at first; later what was typed.
    A notebook that is saved with it grows by 2 MB. Errors: as for `parts`.
    """

    _esm = export.script() + RENDER
    _css = export.style()
    facts = traitlets.Dict().tag(sync=True)         # sizes, letters
    numbers = traitlets.Bytes().tag(sync=True)      # 16 bits each
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, name: str = export.NAME, text: str = export.TEXT) -> None:
        facts, numbers = export.told(name)
        super().__init__(facts=facts, numbers=numbers, text=text)

    def _read(self) -> tuple[list[str], torch.Tensor, torch.Tensor]:
        """The letters that are read, nats (T, V) of what follows, weights (L, H, T, T)."""
        model, tokenizer = training.load_checkpoint(self.facts["name"], Transformer.of)
        read = tokenizer.tokens(self.text)[:model.config.max_len - 1]
        ids = torch.tensor([[tokenizer.start, *tokenizer.encode("".join(read))]])
        with torch.no_grad():
            rows = torch.log_softmax(model(ids)[0].double(), dim=-1)
        return ["(start)", *map(labels.visible, read)], rows, weights_of(model, ids)[0]

    def __repr__(self) -> str:
        return export.summary(self.facts)

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        names, rows, weights = self._read()
        best = int(rows[-1].argmax())
        letter = labels.visible(self.facts["entries"][best])
        title = f"Likeliest next: {letter} {rows[-1, best].exp():.2f}"
        png, place = picture(weights.numpy(), (0, 0), names, names, title=title, gold=[],
                             missed=[])
        return ({**bundle, "image/png": packing.as_text(png), "text/plain": repr(self)},
                {**metadata, "image/png": place})
