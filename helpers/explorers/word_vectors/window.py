"""A network that reads two words: their rows side by side, and what it says comes next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from helpers import neural, plots
from helpers import word_vectors as wv
from helpers.explorers import core
from helpers.explorers.word_vectors.row_drawing import draw_rows
from helpers.explorers.word_vectors.window_drawing import draw_beside, draw_next

TOP = 2                         # words that the sentence names
WORTH = 0.01                    # a probability that is worth a mention
WIDEST = 6                      # numbers of a row that the picture has room for


def window_numbers(model: wv.NeuralNgram, first: str, second: str,
                   words: Sequence[str] | None = None) -> dict:
    """What a network with n = 3 says after two words, and what counting says, unsmoothed.

    words: by the model's ids; the toy language's by default. Returns {"rows": (V, m) of C, "ids":
    the two words', "x": (2 m,) their rows side by side, "hidden": (h,), "network": (V,)
    probabilities, "counts": (V,) int, how often each word followed these two in the toy language,
    "said": how often the text says the two in a row, "words", "first", "second", "limit": a bound
    of all the numbers of C}.
    Raises ValueError for a model of another order or vocabulary, or with no hidden units, for rows
    of more than 6 numbers and for an unknown word.
    """
    words = list(wv.toy_words() if words is None else words)
    _check(model, words)
    for word in (first, second):
        if word not in words:
            raise ValueError(f"“{word}” is none of the {len(words)} words: {', '.join(words)}")
    ids = [words.index(first), words.index(second)]
    with neural.reading(model):
        rows = model.C[:len(words)].numpy()                             # (V, m)
        x = model.C[ids].flatten()                                      # (2 m,)
        hidden = torch.tanh(model.d + x @ model.H).numpy()              # (h,)
        network = model.of_windows(torch.tensor(ids)).softmax(dim=-1).numpy()
    said, after = _after(first, second)
    return {"rows": rows, "ids": ids, "x": x.numpy(), "hidden": hidden, "network": network,
            "counts": np.array([after.count(word) for word in words]), "said": said,
            "words": words, "first": first, "second": second,
            "limit": float(np.ceil(np.abs(rows).max()))}


def _check(model: wv.NeuralNgram, words: list[str]) -> None:
    m, h, V = model.C.shape[1], len(model.d), len(model.b)
    if model.n != 3 or len(words) != V or m > WIDEST or not h:
        raise ValueError(f"a model with n={model.n}, m={m}, h={h} for {V} words, and {len(words)} "
                         f"words: this picture is for n=3, m of at most {WIDEST}, hidden units, "
                         "and a name for each word")


def _after(first: str, second: str) -> tuple[int, list[str]]:
    """How often the toy language says the two in a row, and the words that followed."""
    found = [sentence[i + 2:i + 3] for sentence in wv.toy_sentences()
             for i, pair in enumerate(zip(sentence, sentence[1:], strict=False))
             if pair == (first, second)]
    return len(found), [word for rest in found for word in rest]


def draw_window(figure, numbers: dict) -> str:
    """Draw the table C, the two rows side by side with the hidden units, and both predictions."""
    table, middle, right = plots.panels(figure, 3, width_ratios=(2.5, 3.05, 4.45))
    words, ids, limit = numbers["words"], numbers["ids"], numbers["limit"]
    frames = np.isin(np.arange(len(words)), ids)
    draw_rows(table, numbers["rows"], words, title="Table C", limit=limit, frames=frames,
              signs=dict.fromkeys(ids, "→"), right=0.75)
    if not table.child_axes:
        plots.add_scale(table, (-limit, limit), "")
    draw_beside(middle, numbers["x"], numbers["hidden"], (numbers["first"], numbers["second"]),
                limit=limit)
    counts = numbers["counts"]
    draw_next(right, words, numbers["network"], counts / max(counts.sum(), 1), counts)
    return _in_words(numbers)


def _in_words(numbers: dict) -> str:
    pair, words, odds = f"“{numbers['first']} {numbers['second']}”", numbers["words"], numbers[
        "network"]
    best = [i for k, i in enumerate(np.argsort(-odds, kind="stable")[:TOP])
            if k == 0 or odds[i] >= WORTH]
    likely = ", then ".join(f"“{words[i]}” ({odds[i]:.2f})" for i in best)
    return f"After {pair} the network says {likely}. {_counted(pair, numbers)}"


def _counted(pair: str, numbers: dict) -> str:
    """What the text says of the two words."""
    said, counts, words = numbers["said"], numbers["counts"], numbers["words"]
    if not said:
        return f"The text never says {pair}: counting has nothing to go by."
    often = f"The text says {pair} {_times(said)}"
    if not counts.any():
        return f"{often}, always at the end of a sentence: counting has no next word."
    followed = ", ".join(f"“{words[i]}” {counts[i]} of {counts.sum()}"
                         for i in np.argsort(-counts, kind="stable") if counts[i])
    return f"{often}. Counting: {followed}, 0 for all others."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def window_reader(model: wv.NeuralNgram, first: str = "kitten", second: str = "chases",
                  words: Sequence[str] | None = None):
    """Choose two words; see their rows side by side, and what network and counting say is next.

    model: trained on the toy language, n = 3. words: by its ids; the toy language's by default.
    """
    names = list(wv.toy_words() if words is None else words)
    return core.explore(
        lambda first, second: window_numbers(model, first, second, names), draw_window,
        first=core.choice("two words before", names, value=first),
        second=core.choice("the word before", names, value=second))
