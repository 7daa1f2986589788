"""Texts drawn one token after the other, from a model that is known by its steps only."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from helpers.decoding.rows import check_row, greedy, reshape, sample, whole_number

END = "</s>"        # ends a text; what comes after it begins another one
Step = Callable[[Any, int], tuple[Any, np.ndarray]]


def draw(
    step: Step,
    start: int | Sequence[int],
    *,
    rng: np.random.Generator | None = None,
    stop: int | None,
    max_tokens: int = 40,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> list[int]:
    """Return the ids that follow `start`, one drawn after the other, max_tokens at most.

    step: step(state, id) -> (state, row (V,) of nats for the next id); the first state is None.
    start: the id, or the ids, read first. stop: the id that ends the text (it is not returned);
    None goes on to max_tokens. temperature, top_k, top_p: see reshape; temperature=0 always takes
    the likeliest id and needs no rng.
    Raises ValueError for a bad row, a start or stop that is no id of the row, and for what
    reshape refuses.
    """
    _, state, row = read(step, start)
    check_id("stop", stop, row)
    return _draw_on(step, state, row, rng, stop, max_tokens,
                    {"temperature": temperature, "top_k": top_k, "top_p": top_p})


def generate(
    next_log_probs: Callable[[list[str]], np.ndarray],
    prefix: Sequence[str],
    *,
    words: Sequence[str],
    rng: np.random.Generator | None = None,
    stop: str | None = END,
    max_tokens: int = 40,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> list[str]:
    """Return the tokens that follow the prefix, one drawn after the other.

    next_log_probs: a function from the tokens of this text so far to a row (V,) over `words`.
    stop: the token that ends the text (it is not returned); None goes on to max_tokens: a "</s>"
    that is drawn then stays in the result, and the model is asked about a new text after it.
    temperature, top_k, top_p: see reshape. temperature=0 always takes the most likely token and
    needs no rng.
    Returns the new tokens only, max_tokens at most. Raises ValueError for a row that does not
    fit `words`, for a `stop` that is not one of them, and for what reshape refuses.
    """
    if isinstance(prefix, str):
        raise ValueError(f"prefix={prefix!r} is one str: hand over a list of tokens")
    if stop is not None and stop not in words:
        raise ValueError(f"stop={stop!r} is not in words, so it can never come; None for no stop")
    text = _since_end(list(prefix))
    ids = _draw_on(text_step(next_log_probs, words), text, _asked(next_log_probs, text, words),
                   rng, None if stop is None else list(words).index(stop), max_tokens,
                   {"temperature": temperature, "top_k": top_k, "top_p": top_p})
    return [words[i] for i in ids]


def text_step(next_log_probs: Callable[[list[str]], np.ndarray], words: Sequence[str]) -> Step:
    """A step over the ids of `words` from a function that is handed all tokens of a text.

    Its state is the list of tokens read so far. "</s>" begins a new, empty text, so
    step(None, words.index("</s>")) asks what stands at the beginning.
    """
    def step(state: list[str] | None, id: int) -> tuple[list[str], np.ndarray]:
        if not 0 <= id < len(words):
            raise ValueError(f"id {id}: there are {len(words)} words, 0 to {len(words) - 1}")
        text = _since_end([*(state or []), words[id]])
        return text, _asked(next_log_probs, text, words)

    return step


def read(step: Step, start: int | Sequence[int]) -> tuple[list[int], Any, np.ndarray]:
    """Let a model read the start, one id or several: (the ids, its state, the first checked row).

    Raises ValueError for a start without an id, or with something that is no id of the row.
    """
    ids = np.atleast_1d(np.asarray(start))
    if ids.ndim != 1 or not len(ids) or ids.dtype.kind not in "iu":
        raise ValueError(f"start={start!r}: hand over the id to begin with, or a list of ids")
    state, row = None, np.zeros(0)
    for i in ids.tolist():
        try:
            state, row = step(state, whole_number("start", i, least=0))
        except IndexError as error:
            raise ValueError(f"start={i}: the model knows no such id ({error})") from error
        check_id("start", i, row)
    return ids.tolist(), state, check_row(row)


def check_id(name: str, value: int | None, row: np.ndarray) -> None:
    """Raise ValueError unless `value` is None or an id that the row (V,) has an entry for."""
    if value is not None and whole_number(name, value, least=0) >= len(row):
        raise ValueError(f"{name}={value}, but the row has the ids 0 to {len(row) - 1}")


def _draw_on(step: Step, state: Any, row: np.ndarray, rng: np.random.Generator | None,
             stop: int | None, max_tokens: int, how: dict) -> list[int]:
    drawn: list[int] = []
    for _ in range(whole_number("max_tokens", max_tokens, least=0)):
        if drawn:
            state, row = step(state, drawn[-1])
        chosen = reshape(row, **how)
        token = greedy(chosen) if how["temperature"] == 0 else sample(chosen, rng)
        if token == stop:
            break
        drawn.append(token)
    return drawn


def _since_end(text: list[str]) -> list[str]:
    """What stands after the last end of a text; all of it if there is none."""
    return text[len(text) - text[::-1].index(END):] if END in text else text


def _asked(next_log_probs: Callable, text: list[str], words: Sequence[str]) -> np.ndarray:
    row = np.asarray(next_log_probs(text))
    if row.shape != (len(words),):
        raise ValueError(f"the row has shape {row.shape}, but there are {len(words)} words")
    return row
