"""A wrong word is put into the translator's mouth: what does it write after that?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from helpers import decoding, plots
from helpers.attention_view.labels import told
from helpers.explorers import core
from helpers.explorers.seq2seq_attention.words import (
    GIVEN,
    PUT_IN,
    RIGHT,
    compared,
    draw_rows,
    unknown_in_words,
    wrong_words,
)
from helpers.seq2seq_attention import Translator

MOST = 45           # words after which a translation is cut off


def written_after(translator: Translator, source: str, begun: Sequence[str]) -> list[str]:
    """The words that the translator writes on greedily, having been made to read `begun`.

    Raises ValueError for words that it cannot write.
    """
    vocabulary = translator.vocabularies.target
    if strange := [word for word in begun if word not in vocabulary]:
        raise ValueError(f"the model cannot write {', '.join(map(told, strange))}: use words it "
                         "knows")
    start = [vocabulary.start, *vocabulary.encode(" ".join(begun))] if begun else vocabulary.start
    ids = decoding.draw(translator.step(source), start, stop=vocabulary.end, temperature=0,
                        max_tokens=MOST)
    return translator.words(ids)


def injected_numbers(translators: Mapping[str, Translator], source: str, target: str, place: int,
                     word: str, put_in: bool = True) -> dict:
    """Each translator reads the target's words before `place` and writes on from there.

    put_in: it then reads `word` instead of the target's own, and only then writes on. Returns
    {"source", "right": tokens, "word", "place", "own": the target's word at the place, "put_in",
    "rows": {name: (word, mark)s}, "wrong": {name: wrong words after the place}, "without": the
    same counts where nothing is put in, "unknown"}.
    Raises ValueError for a place outside of the target, and for words that cannot be written.
    """
    right = target.split()
    if not 0 <= place < len(right):
        raise ValueError(f"place {place}: the right translation has the places 0 to "
                         f"{len(right) - 1}")
    rows, wrong, without = {}, {}, {}
    for name, translator in translators.items():
        read = [*right[:place], word] if put_in else right[:place + 1]
        own, after = (compared(written_after(translator, source, begun), right[place + 1:])
                      for begun in (right[:place + 1], read))
        last = (word, PUT_IN) if put_in else (right[place], GIVEN)
        rows[name] = [*((given, GIVEN) for given in right[:place]), last, *after]
        wrong[name], without[name] = wrong_words(after), wrong_words(own)
    first = next(iter(translators.values()))
    tokens = first.prepare(source)
    return {"source": tokens, "right": right, "word": word, "place": place, "own": right[place],
            "put_in": put_in, "rows": rows, "wrong": wrong, "without": without,
            "unknown": unknown_in_words(first, tokens)}


def draw_injected(figure, numbers: dict) -> str:
    """Write what each translator was made to read and what it wrote; count what is wrong."""
    rows = [("source", [(word, RIGHT) for word in numbers["source"]]),
            ("right", [(word, RIGHT) for word in numbers["right"]]), *numbers["rows"].items()]
    draw_rows(plots.panels(figure)[0], rows, scale=1.2, title=(
        "Grey: given. Framed: put in. Underlined: wrong" if numbers["put_in"] else
        "Grey: given. Underlined: wrong"))
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    written = [word for row in numbers["rows"].values() for word, _ in row]
    end = numbers["unknown"] + plots.note(*numbers["source"], *written)
    if not numbers["put_in"]:
        said = "; ".join(f"{name}: {count}" for name, count in numbers["without"].items())
        return (f"The right words are given up to “{numbers['own']}”. Wrong or missing after it: "
                f"{said}.{end}")
    said = "; ".join(f"{name}: {count} (without it {numbers['without'][name]})"
                     for name, count in numbers["wrong"].items())
    return (f"“{numbers['word']}” is put in as word {numbers['place'] + 1}, instead of "
            f"“{numbers['own']}”. Wrong or missing after it: {said}.{end}")


def wrong_word(translators: Mapping[str, Translator],
               rows: Sequence[tuple[str, str, int, str]]):
    """Put a wrong word into a sentence or not, here or there, and read what comes after it.

    rows: (source, right translation, place in it from 0, the wrong word).
    """
    def moved(row: int, put_in: bool, moved_by: int, word: str) -> dict:
        source, target, place, wrong = rows[row]
        place = min(max(place + moved_by, 0), len(target.split()) - 1)
        return injected_numbers(translators, source, target, place, word.strip() or wrong, put_in)

    return core.explore(
        lru_cache(maxsize=64)(moved), draw_injected, size=(10, 3.0), more=("word",),
        row=core.choice("sentence", [(source, place) for place, (source, *_) in enumerate(rows)]),
        put_in=core.switch("put the wrong word in", True),
        moved_by=core.slider("move it by", -8, 8, value=0),
        word=core.text("another word (empty: the one of the sentence)", ""),
    )
