"""One step of skip-gram or CBOW on the toy language: which rows of the two tables move, how far."""

from __future__ import annotations

from functools import cache

import numpy as np

from helpers import plots
from helpers import word_vectors as wv
from helpers.explorers import core
from helpers.explorers.word_vectors.row_drawing import draw_rows

D, REACH = 4, 2                 # numbers of a row; places to each side of a centre
TAKEN, RATES = (0, 100, 1000), (0.03, 0.1, 0.3, 1.0, 5.0)
PAST_RATE, MOST = 0.1, 5        # of the steps already taken; negatives, at most
VALUES, CHANGES = 2.0, 0.5      # ends of the colours
SCALE = 1.45                    # inches for the scale of the colours


def training_step_numbers(centre: str, context: str, rate: float = 0.3, negatives: int = 3,
                          taken: int = 1000, cbow: bool = False) -> dict:
    """One step of gradient descent on the pair (centre, context), both tables before it and after.

    taken: how many steps were taken before, one pair each, with 5 negatives and at rate 0.1, by a
    fixed seed; 0: rows_in small and random, rows_out all 0. negatives: 0 to 5 different words,
    always the same for a target. cbow: the centre is guessed from the mean of the words within 2
    places of it, in the first sentence in which the context is one of them.
    Returns {"words": (V,), "rows_in", "rows_out": (V, d) before, "change_in", "change_out": (V, d)
    what the step adds, "pulling": the words whose rows of rows_in are used, "target": the word
    that scores higher, "away": the negatives, "loss": (before, after) nats, "sentence", and the
    settings}.
    Raises ValueError for words that never stand within 2 places, an unknown word, and a number of
    negatives or steps that is not to be had.
    """
    if not 0 <= negatives <= MOST or taken not in TAKEN or rate <= 0:
        raise ValueError(f"negatives={negatives}, taken={taken}, rate={rate}: 0 to {MOST} "
                         f"negatives; {', '.join(map(str, TAKEN))} steps; a rate above 0")
    words, place = wv.toy_words(), _places()
    sentence, around = _window(centre, context)
    rows_in, rows_out = (table.copy() for table in _state(taken, cbow))
    pulling, target = (around, centre) if cbow else ([centre], context)
    ids = [place[word] for word in pulling], place[target], _negatives(place[target])[:negatives]
    loss, *gradients = _slopes(rows_in, rows_out, *ids, cbow=cbow)
    change_in, change_out = np.zeros_like(rows_in), np.zeros_like(rows_out)
    for change, rows, slope in zip((change_in, change_out, change_out), ids, gradients,
                                   strict=True):
        np.subtract.at(change, rows, rate * slope)
    after, *_ = _slopes(rows_in + change_in, rows_out + change_out, *ids, cbow=cbow)
    return {"words": words, "rows_in": rows_in, "rows_out": rows_out, "change_in": change_in,
            "change_out": change_out, "pulling": pulling, "target": target,
            "away": [words[i] for i in ids[2]], "loss": (loss, after), "sentence": sentence,
            "centre": centre, "context": context, "rate": rate, "taken": taken, "cbow": cbow}


def stood_near(centre: str) -> list[str]:
    """The words that stand within two places of this one in the toy language, first seen first."""
    return list(dict.fromkeys(word for sentence in wv.toy_sentences()
                              for i, middle in enumerate(sentence) if middle == centre
                              for word in _around(sentence, i)))


def _around(sentence: list, i: int) -> list:
    return sentence[max(0, i - REACH):i] + sentence[i + 1:i + REACH + 1]


def _window(centre: str, context: str) -> tuple[list[str], list[str]]:
    """The first sentence in which these two stand near each other, and all words near the centre.

    Raises ValueError if there is none.
    """
    for sentence in wv.toy_sentences():
        for i, middle in enumerate(sentence):
            if middle == centre and context in (around := _around(sentence, i)):
                return sentence, around
    near = stood_near(centre)
    if not near:
        raise ValueError(f"“{centre}” is no word of the toy language: {', '.join(wv.toy_words())}")
    raise ValueError(f"“{context}” never stands within {REACH} places of “{centre}”; these do: "
                     f"{', '.join(near)}")


@cache
def _places() -> dict[str, int]:
    return {word: i for i, word in enumerate(wv.toy_words())}


@cache
def _noise() -> np.ndarray:
    """(V,): how likely each word is drawn as a negative."""
    counts = np.bincount([_places()[word] for sentence in wv.toy_sentences() for word in sentence])
    return wv.noise_probabilities(counts)


def _negatives(target: int) -> np.ndarray:
    """Five different words, not the target; the seed is the target."""
    noise = _noise().copy()
    noise[target] = 0
    return np.random.default_rng(target).choice(len(noise), MOST, replace=False,
                                                p=noise / noise.sum())


def _slopes(rows_in: np.ndarray, rows_out: np.ndarray, pulling: list[int], target: int,
            away: np.ndarray, *, cbow: bool) -> tuple:
    """Loss, and gradients for the rows of rows_in, of the target and of the negatives."""
    if cbow:
        return wv.cbow_step(rows_in[pulling], rows_out[target], rows_out[away])
    loss, for_centre, *others = wv.skipgram_step(rows_in[pulling[0]], rows_out[target],
                                                 rows_out[away])
    return loss, for_centre[None], *others


@cache
def _state(taken: int, cbow: bool) -> tuple[np.ndarray, np.ndarray]:
    """Both tables (V, d) after so many steps, each on a place of the text drawn by seed 0."""
    model, rng = wv.SkipGram(len(_places()), D, seed=0), np.random.default_rng(0)
    rows_in, rows_out = model.rows_in.double().numpy(), model.rows_out.double().numpy()
    windows = [([_places()[word] for word in _around(sentence, i)], _places()[middle])
               for sentence in wv.toy_sentences() for i, middle in enumerate(sentence)]
    for _ in range(taken):
        around, centre = windows[rng.integers(len(windows))]
        pulling, target = (around, centre) if cbow else ([centre], rng.choice(around))
        drawn = rng.choice(len(rows_in), MOST, p=_noise())
        away = drawn[drawn != target]
        _, *gradients = _slopes(rows_in, rows_out, pulling, target, away, cbow=cbow)
        for table, rows, slope in zip((rows_in, rows_out, rows_out), (pulling, target, away),
                                      gradients, strict=True):
            np.subtract.at(table, rows, PAST_RATE * slope)
    return rows_in, rows_out


def draw_training_step(figure, numbers: dict) -> str:
    """Draw each table before the step, and beside it what the step adds to the rows that move."""
    axes = plots.panels(figure, 4, width_ratios=(2.35, 1.95, 2.35, 3.15))
    words = numbers["words"]
    signs = ({words.index(word): "→" for word in numbers["pulling"]},
             {words.index(numbers["target"]): "+",
              **{words.index(word): "−" for word in numbers["away"]}})
    for pair, name, signs_of, free in zip((axes[:2], axes[2:]), ("in", "out"), signs, (0.1, SCALE),
                                          strict=True):
        change = numbers[f"change_{name}"]
        frames = change.any(axis=1)
        draw_rows(pair[0], numbers[f"rows_{name}"], words, title=f"rows_{name}", limit=VALUES,
                  signs=signs_of, frames=frames)
        draw_rows(pair[1], change, (), title="moves by", limit=CHANGES, frames=frames,
                  lengths=np.linalg.norm(change, axis=1), right=free)
    if len(axes[3].child_axes) == 0:
        both = f"{VALUES:g} | {CHANGES:g}"
        plots.add_scale(axes[3], (-1, 1), "value | change",
                        {-1: f"−{both.replace('| ', '| −')}", 0: "0", 1: both})
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    moved = int(numbers["change_in"].any(axis=1).sum())
    out = int(numbers["change_out"].any(axis=1).sum())
    if not moved:
        first = "no row of the first table moves (the second is still all 0)"
    else:
        first = f"{_rows(moved)} of the first table move{'s' * (moved == 1)}"
    if numbers["cbow"]:
        start = f"CBOW in “{' '.join(numbers['sentence'])}”: {first}"
        start += f", all by the same ({_named(numbers['pulling'])})" if moved > 1 else ""
        towards, what = "their mean", f"guessing “{numbers['target']}”"
    else:
        start = f"“{numbers['centre']}”, “{numbers['context']}”: {first}"
        towards, what = f"“{numbers['centre']}”", "this pair"
    away = f", {_named(numbers['away'])} away" if numbers["away"] else ""
    return (f"{start}, and {out} of the second (“{numbers['target']}” towards {towards}{away}). "
            f"{_loss(*numbers['loss'], what)}")


def _loss(before: float, after: float, what: str) -> str:
    """How the loss changes, with as many digits as show it."""
    digits = 2 if f"{before:.2f}" != f"{after:.2f}" else 4
    way, end = ("falls", "") if after < before else ("rises", ": the step is too long")
    return f"The loss of {what} {way} from {before:.{digits}f} to {after:.{digits}f}{end}."


def _rows(number: int) -> str:
    return f"{number} row{'s' * (number > 1)}"


def _named(words: list[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def training_step(centre: str = "kitten", context: str = "milk"):
    """Choose a pair that stood together and a rate; see which rows of both tables move, how far."""
    words = wv.toy_words()
    shown = core.explore(
        training_step_numbers, draw_training_step, more=("negatives", "taken", "cbow"),
        centre=core.choice("centre word", words, value=centre),
        context=core.choice("context word", words, value=context),
        rate=core.steps("rate", list(RATES), value=0.3),
        negatives=core.slider("negatives", 0, MOST, value=3),
        taken=core.steps("steps already taken", list(TAKEN), value=1000),
        cbow=core.switch("CBOW: all words around guess the centre"))

    def stay_near(change) -> None:
        near = stood_near(change.new)
        if shown.controls["context"].value not in near:
            shown.controls["context"].value = near[-1]
    shown.controls["centre"].observe(stay_near, names="value")
    return shown
