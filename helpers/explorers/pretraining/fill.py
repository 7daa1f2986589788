"""One word of a sentence is hidden: what may stand there, by three ways of reading."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch

from helpers import plots, tokenizers
from helpers.attention_view.labels import isolated, told
from helpers.explorers import core
from helpers.explorers.pretraining.fill_drawing import draw_ranking, draw_words, place_of
from helpers.language_models.ngram import NgramLM
from helpers.pretraining import MaskedLM, by_counting, texts
from helpers.pretraining.learning import fill

LIKELIEST = 10
AROUND = by_counting.AROUND         # words on either side that counting looks at
WAYS = ("model, both sides", "counts, left side", "counts, both sides")
SENTENCE, PLACE = "This method should be called before the first update.", 3


def fill_numbers(model: MaskedLM, known: tokenizers.Vocabulary, sentence: str, place: int,
                 counted: NgramLM) -> dict:
    """Hide one word of a sentence and ask three readers for it, each for a known word.

    place: of the hidden word, from 1; beyond the end it is the last one. counted: n-gram counts
    of the text that the model learned from; from the left they see the words before the place,
    from both sides three words before and three after it. Returns {"words": as the model reads
    them, "place": from 0, "known": is the hidden word one, "unknown": words, "ways": {way of WAYS:
    {"words", "odds": the ten likeliest, "rank": of the hidden word, 1 is the likeliest, "odd": its
    probability; None and 0.0 if it is unknown}}, "of": how many words there are}.
    Raises ValueError for a sentence without a word or with more than the model reads.
    """
    words = texts.merged_words(sentence)
    if not 1 <= len(words) <= texts.MOST:
        raise ValueError(f"{len(words)} words: the model reads 1 to {texts.MOST} at a "
                         "time, so type a sentence of so many")
    place = min(place, len(words)) - 1
    entries = known.entries[len(known.mark_ids):]
    true = entries.index(words[place]) if words[place] in entries else None
    rows = (_by_model(model, known, words, place), *_by_counts(counted, entries, words, place))
    unknown = sorted(set(words) - set(entries))
    return {"words": words, "place": place, "known": true is not None, "unknown": unknown,
            "ways": {way: _ranked(row, entries, true)
                     for way, row in zip(WAYS, rows, strict=True)}, "of": len(entries)}


def _by_model(model: MaskedLM, known: tokenizers.Vocabulary, words: Sequence[str],
              place: int) -> np.ndarray:
    asked = [*words[:place], tokenizers.MASK, *words[place + 1:]]
    return fill(model, known, asked)[len(known.mark_ids):].exp().numpy()


def _by_counts(counted: NgramLM, entries: Sequence[str], words: list[str], place: int
               ) -> tuple[np.ndarray, np.ndarray]:
    """(from the left, from both sides): probabilities of the entries, 0 of what is not counted."""
    first = max(0, place - AROUND)
    found = (counted.next_log_probs(words[:place]),
             counted.fill_log_probs(words[first:place + 1 + AROUND], place - first))
    columns = [counted.counts.index.get(word, 1) for word in entries]       # 1 is <s>: never said
    return tuple(torch.tensor(row[columns]).softmax(dim=0).numpy() for row in found)


def _ranked(odds: np.ndarray, entries: Sequence[str], true: int | None) -> dict:
    best = np.argsort(-odds, kind="stable")[:LIKELIEST]
    return {"words": [entries[i] for i in best], "odds": odds[best],
            "odd": 0.0 if true is None else float(odds[true]),
            "rank": None if true is None else 1 + int((odds > odds[true]).sum())}


def draw_fill(figure, numbers: dict) -> str:
    """Draw the sentence with its hidden word, below it the likeliest words of the three ways."""
    *columns, page = (*plots.panels(figure, 3), None)[:4]
    words, place = numbers["words"], numbers["place"]
    page = page or figure.add_axes((0, 0.72, 1, 0.28))
    draw_words(page, words, place, numbers["unknown"])
    for axes, (way, ranked) in zip(columns, numbers["ways"].items(), strict=True):
        draw_ranking(axes, ranked, words[place], LIKELIEST, title=way[0].upper() + way[1:])
    return _in_words(numbers)


def percent(p: float) -> str:
    """A probability in percent, two digits of it."""
    return "< 0.1%" if p < 0.001 else f"{p:.1%}" if p < 0.1 else f"{p:.0%}"


def _in_words(numbers: dict) -> str:
    words, place, ways = numbers["words"], numbers["place"], numbers["ways"]
    said = f"Hidden: “{isolated(words[place])}”, word {place + 1} of {len(words)}"
    if numbers["known"]:
        said += (f" (hatched). Its probability, and its rank among {numbers['of']:,} words: "
                 + "; ".join(f"{way}: {percent(one['odd'])}, {place_of(one['rank'])}"
                             for way, one in ways.items()))
    else:
        said += ", none of the known words. Likeliest there: " + "; ".join(
            f"{way}: “{told(one['words'][0])}” {percent(one['odds'][0])}"
            for way, one in ways.items())
    return f"{said}.{_notes(numbers)}{plots.note(*words)}"


def _notes(numbers: dict) -> str:
    """Words that are unknown, and what a word of two is."""
    unknown = [told(word) for word in numbers["unknown"] if word != numbers["words"][
        numbers["place"]]]
    shown = {*numbers["words"], *(w for one in numbers["ways"].values() for w in one["words"])}
    merged = sorted(shown & set(texts.MERGED.values()))
    return ((f" Unknown, read as <unk>: {', '.join(unknown)}." if unknown else "")
            + (f" “{merged[0]}”: two words that are read as one." if merged else ""))


def fill_mask(model: MaskedLM, known: tokenizers.Vocabulary, sentence: str = SENTENCE,
              place: int = PLACE):
    """Type a sentence, click the word to be hidden; see what three ways of reading expect there.

    model, known: from learning.stored(). place: of the hidden word, from 1. The counts are made
    once, in some seconds.
    """
    counted = by_counting.counted()
    numbers = lru_cache(maxsize=64)(
        lambda sentence, place: fill_numbers(model, known, sentence, place, counted))
    return core.explore(
        numbers, draw_fill, size=(10, 3.7), click="place",
        sentence=core.text("sentence", sentence),
        place=core.slider("hidden word", 1, texts.MOST, value=place))
