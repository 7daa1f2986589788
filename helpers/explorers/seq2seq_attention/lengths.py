"""Longer and longer sentences, translated through one vector and with attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers import plots
from helpers.explorers import core
from helpers.explorers.seq2seq_attention.words import (
    RIGHT,
    compared,
    draw_rows,
    unknown_in_words,
    wrong_words,
)
from helpers.seq2seq_attention import Translator


def length_numbers(translators: Mapping[str, Translator], source: str, target: str,
                   curve: Mapping[str, Mapping[int, float]]) -> dict:
    """One sentence through each translator, marked against the right translation.

    target: tokens between blanks. curve: for each translator's name, the score measured before
    at each source length. Returns {"source": tokens, "right": tokens, "written": {name: (word,
    mark)s}, "wrong": {name: how many}, "length", "lengths", "curves": {name: scores}, "unknown"}.
    Raises ValueError for curves of other names, or not over the same lengths.
    """
    lengths = sorted(curve[next(iter(curve))])
    if set(curve) != set(translators) or any(sorted(one) != lengths for one in curve.values()):
        raise ValueError(f"translators {', '.join(translators)}, curves {', '.join(curve)}: a "
                         "curve for each translator, all over the same lengths")
    first = next(iter(translators.values()))
    tokens = first.prepare(source)
    written = {name: compared(translator.translate(source).text.split(), target.split())
               for name, translator in translators.items()}
    return {"source": tokens, "right": target.split(), "written": written,
            "wrong": {name: wrong_words(marked) for name, marked in written.items()},
            "length": len(tokens), "lengths": lengths, "unknown": unknown_in_words(first, tokens),
            "curves": {name: [curve[name][length] for length in lengths] for name in written}}


def draw_lengths(figure, numbers: dict, *, measure: str) -> str:
    """Draw the curves, a line at the length or the nearest measured, and the translations."""
    left, right = plots.panels(figure, 2, width_ratios=(1, 1.35))
    curves, length = numbers["curves"], numbers["length"]
    top = 1.1 * max(max(scores) for scores in curves.values())
    lines = plots.draw_curves(left, numbers["lengths"], curves, title="Quality by length",
                              xlabel="words of the source", ylabel=measure, ylim=(0, top),
                              xticks=_ticks(numbers["lengths"]))
    if len(left.lines) == len(lines):
        left.axvline(length, color=plots.INK, linestyle=":", linewidth=2, animated=True)
    left.lines[-1].set_xdata([min(max(length, numbers["lengths"][0]), numbers["lengths"][-1])] * 2)
    rows = [("source", [(word, RIGHT) for word in numbers["source"]]),
            ("right", [(word, RIGHT) for word in numbers["right"]]), *numbers["written"].items()]
    draw_rows(right, rows)
    return _in_words(numbers, measure)


def _ticks(lengths: list[int]) -> dict[float, str]:
    """Those lengths that have room for their names below the axis."""
    room, kept = (lengths[-1] - lengths[0]) / 6, []
    for length in lengths:
        if not kept or length - kept[-1] >= room:
            kept.append(length)
    return {length: str(length) for length in kept}


def _in_words(numbers: dict, measure: str) -> str:
    near = min(range(len(numbers["lengths"])),
               key=lambda place: abs(numbers["lengths"][place] - numbers["length"]))
    wrong = ", ".join(f"{name} {count}" for name, count in numbers["wrong"].items())
    scores = ", ".join(f"{name} {scores[near]:.3g}" for name, scores in numbers["curves"].items())
    written = [word for marked in numbers["written"].values() for word, _ in marked]
    return (f"{numbers['length']} words. Wrong or missing: {wrong}. {measure} of all sentences of "
            f"about this length: {scores}.{numbers['unknown']}"
            f"{plots.note(*numbers['source'], *written)}")


def length_slider(translators: Mapping[str, Translator], sentences: Sequence[tuple[str, str]],
                  curve: Mapping[str, Mapping[int, float]], measure: str = "BLEU"):
    """Slide from short to long sentences; see what one vector loses and attention keeps.

    sentences: (source, right translation), sorted by length; all are translated once, here.
    """
    known = [length_numbers(translators, *pair, curve) for pair in sentences]
    return core.explore(
        lambda sentence: known[sentence - 1],
        lambda figure, numbers: draw_lengths(figure, numbers, measure=measure),
        sentence=core.slider("sentence, from short to long", 1, len(known),
                             value=1 + 3 * (len(known) - 1) // 4),
    )
