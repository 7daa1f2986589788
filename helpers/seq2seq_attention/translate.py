"""A trained model as a translator: text in, words and weights out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from helpers import decoding
from helpers.neural import reading
from helpers.seq2seq_attention.learning import batch_of
from helpers.seq2seq_attention.model import Seq2Seq
from helpers.tokenizers import Bilingual, composed
from helpers.tokenizers.plain import MARKED

TOKEN = re.compile(rf"'s\b|{MARKED}(?:-{MARKED})*|[^\w\s]")
MOST = 60           # target tokens after which a translation is cut off


@dataclass(frozen=True)
class Translation:
    """A translation and how it came about.

    source, target: tokens; target holds the end mark if `ended`. log_probs: nats of each target
    token. weights: float32 (T, S), what each target token's context was made of; None without
    attention. ended: False if it was cut off.
    """

    source: list[str]
    target: list[str]
    log_probs: list[float]
    weights: np.ndarray | None
    ended: bool

    @property
    def text(self) -> str:
        """The translation without the end mark, tokens between blanks."""
        return " ".join(self.target[:len(self.target) - self.ended])


class Translator:
    """A Seq2Seq and its vocabularies. Nothing is remembered, and the model's mode is put back."""

    def __init__(self, model: Seq2Seq, vocabularies: Bilingual) -> None:
        sizes = (model.encoder.embed.num_embeddings, model.embed.num_embeddings)
        if sizes != (len(vocabularies.source), len(vocabularies.target)):
            raise ValueError(f"the model reads and writes {sizes[0]} and {sizes[1]} ids, the "
                             f"vocabularies have {len(vocabularies.source)} and "
                             f"{len(vocabularies.target)}: they were not made for each other")
        self.model, self.vocabularies = model, vocabularies

    def prepare(self, text: str) -> list[str]:
        """A sentence as typed -> the tokens that the model reads: small letters, signs apart.

        The English 's is a token; "doesn't" is read as "does not".

        Raises ValueError for a text without a word.
        """
        tokens = TOKEN.findall(re.sub(r"n't\b", " not", composed(text.lower()).replace("’", "'")))
        if not any(token[0].isalnum() for token in tokens):
            raise ValueError(f"{text[:30]!r} holds no word: type a sentence")
        return tokens

    def unknown(self, tokens: Sequence[str]) -> dict[str, list[str]]:
        """The source tokens that the model does not know, each with up to three like it."""
        known = self.vocabularies.source.entries[len(self.vocabularies.source.mark_ids):]
        return {token: difflib.get_close_matches(token, known, n=3, cutoff=0.6)
                for token in tokens if token not in self.vocabularies.source}

    def translate(self, text: str, *, max_tokens: int = MOST) -> Translation:
        """Greedy: at each step the likeliest word is written, and read at the next."""
        tokens = self.prepare(text)
        step, rows = self._recording_step(tokens)
        ids = decoding.draw(step, self._start, stop=self._end, temperature=0,
                            max_tokens=max_tokens)
        ended = len(ids) < max_tokens
        return self._told(tokens, [*ids, *[self._end] * ended], rows, ended)

    def forced(self, text: str, target: str) -> Translation:
        """What the model says and where it looks while it is made to read this target text.

        log_probs: of the target's own tokens and the end mark. Raises ValueError for a target
        word that it cannot write.
        """
        tokens, vocabulary = self.prepare(text), self.vocabularies.target
        strange = vocabulary.unknown_tokens(target)
        if strange:
            raise ValueError(f"the model cannot write {', '.join(strange)}: use words it knows")
        ids, (step, rows) = [*vocabulary.encode(target), self._end], self._recording_step(tokens)
        state, _ = step(None, self._start)
        for token in ids[:-1]:
            state, _ = step(state, token)
        return self._told(tokens, ids, rows, True)

    def beam(self, text: str, width: int, *, length_penalty: float = 0.0,
             max_tokens: int = MOST) -> decoding.Beam:
        """Beam search over translations, with the whole tree; `words` names its ids."""
        return decoding.beam_search(self.step(text), self._start, width=width, stop=self._end,
                                    length_penalty=length_penalty, max_tokens=max_tokens)

    def step(self, text: str) -> decoding.Step:
        """step(state, id) -> (state, row (V,) of nats), as decoding wants it, for one sentence."""
        return self._recording_step(self.prepare(text))[0]

    def words(self, ids: Sequence[int]) -> list[str]:
        """The target tokens of some ids."""
        return [self.vocabularies.target.piece(i) for i in ids]

    def translate_all(self, texts: Sequence[str], *, max_tokens: int = MOST,
                      batch: int = 200) -> list[str]:
        """Greedy translations of many *tokenised* texts, without weights; the same words."""
        found: list[str] = []
        for first in range(0, len(texts), batch):
            part = batch_of(self.vocabularies, [(text, "") for text in texts[first:first + batch]])
            with reading(self.model):
                found += self._write(*self.model.encode(part.source, part.mask), part.mask,
                                     max_tokens)
        return found

    def _write(self, memory: Tensor, state: Tensor, mask: Tensor, most: int) -> list[str]:
        token, written = torch.full((len(memory),), self._start), []
        over = torch.zeros(len(memory), dtype=torch.bool)
        while len(written) < most and not over.all():
            logits, state, _ = self.model.step(token, state, memory, mask)
            token = logits.argmax(dim=1).masked_fill(over, self._end)
            over |= token == self._end
            written.append(token)
        rows = torch.stack(written, dim=1).tolist()
        return [" ".join(self.words(i for i in row if i != self._end)) for row in rows]

    @property
    def _start(self) -> int:
        return self.vocabularies.target.start

    @property
    def _end(self) -> int:
        return self.vocabularies.target.end

    def _recording_step(self, tokens: list[str]) -> tuple[decoding.Step, dict]:
        """A step that notes, for each prefix read, the row of log-probabilities and the weights."""
        source = torch.tensor([self.vocabularies.source.encode(" ".join(tokens))])
        mask = torch.ones_like(source, dtype=torch.bool)
        with reading(self.model):
            memory, first = self.model.encode(source, mask)
        rows: dict[tuple, tuple] = {}

        def step(state: tuple | None, token: int) -> tuple[tuple, np.ndarray]:
            prefix, hidden = ((), first) if state is None else state
            prefix = (*prefix, int(token))
            with reading(self.model):
                logits, hidden, weights = self.model.step(torch.tensor([int(token)]), hidden,
                                                          memory, mask)
                row = torch.log_softmax(logits[0].double(), dim=0).numpy()
            rows[prefix] = (row, None if weights is None else weights[0].numpy())
            return (prefix, hidden), row
        return step, rows

    def _told(self, tokens: list[str], ids: list[int], rows: dict, ended: bool) -> Translation:
        prefixes = [(self._start, *ids[:t]) for t in range(len(ids))]
        steps = [rows[prefix] for prefix in prefixes]
        weights = None if not steps or steps[0][1] is None else np.stack([w for _, w in steps])
        return Translation(tokens, self.words(ids),
                           [float(row[i]) for (row, _), i in zip(steps, ids, strict=True)],
                           weights, ended)
