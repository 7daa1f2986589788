"""Two vocabularies that belong together: what a translator reads, and what it writes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from helpers.tokenizers.vocabulary import Vocabulary, saved_fields

KIND = "source and target"


@dataclass(frozen=True)
class Bilingual:
    """A vocabulary for the source text and one for the target text of a translator.

    Its length is that of the target's: so many logits a translator gives.
    """

    source: Vocabulary
    target: Vocabulary

    def __len__(self) -> int:
        return len(self.target)

    def to_json(self) -> str:
        """Both as JSON text; from_json reads it."""
        return json.dumps({"kind": KIND, "source": self.source.to_json(),
                           "target": self.target.to_json()})

    @classmethod
    def from_json(cls, text: str) -> Bilingual:
        """Read what to_json wrote. Raises ValueError, with the reason, for anything else."""
        saved = saved_fields(text, (KIND,))
        missing = {"source", "target"} - saved.keys()
        if missing:
            raise ValueError(f"no {' and no '.join(sorted(missing))} in this JSON; hand over what "
                             "to_json gave")
        return cls(*(Vocabulary.from_json(saved[side]) for side in ("source", "target")))
