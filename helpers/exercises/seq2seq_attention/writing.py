"""Exercise 4.1: the loop that writes a text with a decoder."""

from dataclasses import dataclass

import numpy as np

from helpers.exercises.engine import Exercise, Mistake


def write(step, start: int, stop: int, most: int) -> list[int]:
    """The ids that a decoder writes, always the likeliest one; at most `most` (1 or more).

    step(state, id) -> (state, row): reads one id; row (V,) holds the log-probability of each id
    that may come next. The first state is None, the first id read is `start`, and then each id
    that was written. The text ends where the likeliest id is `stop`, which is not returned.
    """
    state, id, written = None, start, []
    while len(written) < most:
        state, row = step(state, id)
        id = int(np.argmax(row))
        if id == stop:
            break
        written.append(id)
    return written


def _write_reading_ahead(step, start, stop, most):
    state, row = step(None, start)
    text = []
    for _ in range(most):
        likeliest = max(range(len(row)), key=lambda id: row[id])
        if likeliest == stop:
            return text
        text.append(likeliest)
        state, row = step(state, likeliest)
    return text


def _write_by_recursion(step, start, stop, most, state=None):
    if most == 0:
        return []
    state, row = step(state, start)
    id = row.argmax()
    return [] if id == stop else [id, *_write_by_recursion(step, id, stop, most - 1, state)]


@dataclass(frozen=True)
class Decoder:
    """A step: what it says depends on its seed and on all that it has read, in this order."""

    ids: int
    seed: int

    def __call__(self, state, id):
        state = (31 * (self.seed if state is None else state) + id + 1) % 9973
        scores = 3 * np.sin(78.233 * (state + 1) * (np.arange(self.ids) + 1.3))
        return state, scores - np.log(np.exp(scores).sum())

    def __repr__(self) -> str:
        return f"a decoder that knows {self.ids} ids"


def _text(rng) -> tuple:
    """A decoder of few ids, so that it stops early, late or never; two of its ids as marks."""
    ids = int(rng.integers(3, 12))
    start, stop = (int(id) for id in rng.permutation(ids)[:2])
    return Decoder(ids, int(rng.integers(999))), start, stop, int(rng.integers(1, 12))


def _writing(pick=np.argmax, forgets=False, again=False, ends=("stop",)):
    """An answer that picks otherwise, forgets the state, reads `start` again, ends elsewhere."""
    def answer(step, start, stop, most):
        state, id, written = None, start, []
        marks = [{"stop": stop, "start": start}[name] for name in ends]
        while len(written) < most:
            state, row = step(None if forgets else state, start if again else id)
            id = pick(row)
            if id in marks:
                break
            written.append(id)
        return written
    return answer


def _of_other_length(more):
    return lambda step, start, stop, most: write(step, start, stop, most + more)


def _with_the_end(step, start, stop, most):
    text = write(step, start, stop, most)
    return text + [stop] * (len(text) < most)


def _left_out(step, start, stop, most):
    return [id for id in _writing(ends=())(step, start, stop, most) if id != stop]


EXAMPLES = ((Decoder(7, 9), 1, 2, 9), (Decoder(6, 22), 0, 5, 4), (Decoder(5, 20), 3, 0, 6),
            (Decoder(8, 15), 2, 7, 5), (Decoder(5, 4), 1, 2, 4))
WRITE = Exercise(
    "4.1", "Write until it stops", minutes=10, starred=True,
    hints=("What must be known before the first step, and what changes from one step to the next?",
           "Three things: the state (None), the id that is read (`start`) and the list of what "
           "was written (empty). Each step makes a new state and a row.",
           "id = int(np.argmax(row)). If it is `stop`, the loop ends; else append it, and read it "
           "at the next step, with the new state."),
    solution=write, right=(_write_reading_ahead, _write_by_recursion), examples=EXAMPLES,
    cases=_text,
    mistakes=(
        Mistake(_writing(again=True), "Every step reads `start` again. The decoder must hear what "
                "it has just written: read that id next."),
        Mistake(_writing(forgets=True), "Every step begins with the state None, so the decoder "
                "knows nothing but the last id. Hand on the state that the step before gave back."),
        Mistake(_writing(forgets=True, again=True), "Every step begins anew, with None and "
                "`start`, so it says the same id for ever. Hand on both: the new state, and the "
                "id that was written."),
        Mistake(_with_the_end, "`stop` stands in your result. It ends the text, but it is no part "
                "of it."),
        Mistake(_writing(ends=()), "Your text goes on behind `stop`, and `stop` stands within it. "
                "It must end there."),
        Mistake(_left_out, "You leave `stop` out but go on behind it. The text must end there."),
        Mistake(_of_other_length(1), "One id too many: a text that never stops has `most` ids."),
        Mistake(_of_other_length(-1), "One id too few: a text that never stops has `most` ids. "
                "`start` is none of them."),
        Mistake(_writing(pick=np.argmin), "You took the *least* likely id. A log-probability near "
                "0 means likely: take the largest."),
        Mistake(lambda *given: [given[1], *write(*given)], "`start` stands in your result. It is "
                "read, not written."),
        Mistake(_writing(ends=("start",)), "Your text ends at `start`. The mark of the end is "
                "`stop`."),
        Mistake(_writing(pick=lambda row: float(row.max())), "You took the largest "
                "log-probability itself. What is wanted is its place in the row: the id."),
        Mistake(lambda *given: write(*given)[-1:], "Only the last id came back. Keep all of them, "
                "in a list."),
    ),
    reread="2 · Reading, then writing",
    moral="Start mark, one id at a time, stop mark: every model that writes has this loop.",
)
