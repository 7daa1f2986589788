"""Exercises 6.10 and 6.12: windows that overlap, and how far a token's influence reaches."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_number, show


def windows(length: int, context: int, stride: int) -> list[tuple[int, int, int]]:
    """(start, end, first_scored) of each window on a text of the tokens 0 to length - 1.

    A window reads the tokens start to end - 1, `context` at most, and each of them tells what the
    next one will be: it scores the tokens first_scored to end. All tokens but the first are
    scored, each exactly once, by the first window that can; no window scores nothing.
    The first begins at 0, each next one `stride` places later, except that the last is moved
    back until it is full, if the text is long enough. length: 2 or more.
    ValueError, saying both numbers, unless stride lies between 1 and context.
    """
    if not 1 <= stride <= context:
        raise ValueError(f"stride {stride} must lie between 1 and the context, {context}")
    last = max(length - 1 - context, 0)
    found, scored = [], 0
    for start in [*range(0, last, stride), last]:
        end = min(start + context, length - 1)
        found.append((start, end, scored + 1))
        scored = end
    return found


def _windows_until_all_is_scored(length, context, stride):
    if stride < 1 or stride > context:
        raise ValueError(f"context {context}, stride {stride}: windows would leave gaps")
    found, start, end = [(0, min(context, length - 1), 1)], 0, min(context, length - 1)
    while end < length - 1:
        start = min(start + stride, length - 1 - context)
        found.append((start, start + context, end + 1))
        end = start + context
    return found


def _windows_token_by_token(length, context, stride):
    """For each token the window that scores it; then they are gathered."""
    if stride not in range(1, context + 1):
        raise ValueError(f"stride={stride} does not fit context={context}")
    first = {}
    for token in range(1, length):
        number = max(-(-(token - context) // stride), 0)
        start = min(number * stride, max(length - 1 - context, 0))
        first.setdefault(start, token)
    return [[start, min(start + context, length - 1), token] for start, token in first.items()]


def _cutting(rng) -> tuple:
    """Shorter than a window, just as long, and longer; one stride in eight is refused."""
    context = int(rng.integers(1, 9))
    stride = int(rng.integers(1, context + 1))
    if rng.random() < 0.12:
        stride = int(rng.choice([0, -1, -2, context + 1, context + 3]))
    length = int(rng.choice([rng.integers(2, 40), context, context + 1, context + 2,
                             context + 1 + stride, context + 2 + 2 * stride]))
    return max(length, 2), context, stride


def _expect_windows(got: object, wanted: list, call: object) -> None:
    rows = isinstance(got, (list, tuple, np.ndarray)) and all(
        isinstance(row, (list, tuple, np.ndarray)) and len(row) == 3 for row in got)
    expect(rows, f"{call} returned {show(got)}, expected a list of triples")
    seen = [tuple(row) for row in got]
    wrong = [number for number, pair in enumerate(zip(seen, wanted, strict=False))
             if pair[0] != pair[1]]
    if wrong:
        raise_at = wrong[0]
        expect(False, f"{call}: window {raise_at} is {show(seen[raise_at])}, expected "
               f"{show(wanted[raise_at])}")
    expect(len(seen) == len(wanted), f"{call} has {len(seen)} windows, expected {len(wanted)}")


def _sliding(starts=None, end=lambda start, length, context: min(start + context, length - 1),
             first=lambda start, scored, context, stride: scored + 1, refuse=True):
    """An answer with other starts(length, context, stride), ends or first scored tokens."""
    def answer(length, context, stride):
        if refuse:
            windows(length, context, stride)
        last, found, scored = max(length - 1 - context, 0), [], 0
        for start in (starts(length, context, stride) if starts
                      else [*range(0, last, stride), last]):
            found.append((start, end(start, length, context),
                          first(start, scored, context, stride)))
            scored = found[-1][1]
        return found
    return answer


def _on_the_grid(length, context, stride):
    """Starts of windows of which the last is not moved back."""
    return range(0, max(length - 1 - context, 0) + stride, stride)


def _refusing(bad):
    """An answer that refuses something else."""
    def answer(length, context, stride):
        if bad(context, stride):
            raise ValueError(f"stride {stride} and context {context}")
        return _sliding(refuse=False)(length, context, stride or 1)
    return answer


WINDOWS = Exercise(
    "6.10", "Windows that overlap", minutes=10, starred=False,
    hints=("Take ten tokens, a context of four, a stride of two, and write the windows down by "
           "hand. What is the last token that is read at all, if the token 9 is to be scored?",
           "Token length - 1 is scored but never read. So the last window begins at length - 1 - "
           "context, or at 0 if that is less. The windows before it begin at 0, stride, 2 stride, "
           "... below that.",
           "for start in [*range(0, last, stride), last]: its end is min(start + context, length - "
           "1), and its first_scored is the end of the window before it, plus 1."),
    solution=windows, right=(_windows_until_all_is_scored, _windows_token_by_token),
    compare=_expect_windows, cases=_cutting,
    examples=((10, 4, 2), (11, 4, 3), (5, 4, 2), (6, 4, 4), (3, 4, 2), (2, 1, 1), (4, 4, 1),
              (9, 4, 2), (12, 5, 3), (10, 4, 5), (10, 4, 0), (12, 4, 4), (4, 4, 4)),
    mistakes=(
        Mistake(_sliding(_on_the_grid), "Your last window begins at a multiple of the stride. Move "
                "it back until it is full: its tokens then see more."),
        Mistake(_sliding(lambda length, context, stride: range(0, length - 1, stride)), "You go "
                "on to the end of the text: your last windows score nothing that was not scored, "
                "or are not full."),
        Mistake(lambda length, context, stride: windows(length + 1, context, stride), "You read "
                "the last token, too. Nothing comes behind it: what it tells cannot be scored."),
        Mistake(lambda length, context, stride: windows(max(length - 1, 2), context, stride),
                "The last token of the text is not scored. The one before it tells what it "
                "should be."),
        Mistake(_sliding(first=lambda start, scored, context, stride: start + 1), "Each window "
                "scores all that it can, so that what lies in two windows counts twice. It begins "
                "behind the last that was scored."),
        Mistake(_sliding(first=lambda start, scored, context, stride: scored), "A token is scored "
                "twice: the window before has scored the token `end` already."),
        Mistake(_sliding(first=lambda start, scored, context, stride: start + context - stride + 1
                         if start else 1), "In the last window, which is moved back, the first "
                "token that is scored is not where the stride says. It is the one behind the "
                "last that was scored."),
        Mistake(lambda length, context, stride: windows(length, context, stride) and windows(
                    length, context, context), "Your windows lie side by side. With a smaller "
                "stride they overlap, so that no token is scored with nothing before it."),
        Mistake(_sliding(end=lambda start, length, context: start + context), "Your window is as "
                "long as the context even where the text is shorter: no window reads beyond "
                "length - 2."),
        Mistake(lambda length, context, stride: windows(length, context, stride)[:-1] or windows(
                    length, context, stride), "The last window is missing: the end of the text is "
                "not scored."),
        Mistake(lambda length, context, stride: [
                    (start, end - 1, first) for start, end, first in windows(
                        length, context, stride)], "`end` is the place behind the last token that "
                "is read, so that end - start is how many are read."),
        Mistake(_refusing(lambda context, stride: stride < 1 or stride >= context + 2), "A stride "
                "beyond the context leaves tokens that no window scores. Raise a ValueError."),
        Mistake(_refusing(lambda context, stride: stride > context), "With a stride of 0 or less "
                "no window moves on. Raise a ValueError that says both numbers."),
        Mistake(_refusing(lambda context, stride: not 1 <= stride < context), "A stride as large "
                "as the context is allowed: each token is still scored once, some with one token "
                "before them."),
    ),
    reread="N · How a long text is scored",
    moral="The shorter the stride, the more a token sees, and the more often all is read.",
)


def tokens_reached(place: int, layers: int, size: int, kind: str) -> int:
    """Of how many tokens, itself included, anything can be in the row at `place` at the end.

    kind: what a token may look at, in each of the layers, always causal, never beyond the text.
    "all": every token up to itself. "window": the last `size` tokens, itself the last of them.
    "segments": the text is cut into pieces of `size` tokens, the first at place 0; a token sees
    its own piece up to itself. "memory": the same, and all of the piece before.
    place: from 0. layers: 1 or more. size: 1 or more.
    """
    if kind == "all":
        return place + 1
    first = place - layers * (size - 1)
    if kind != "window":
        first = place - place % size - (layers * size if kind == "memory" else 0)
    return place - max(first, 0) + 1


def _reached_by_walking(place, layers, size, kind):
    """The furthest token, one layer after the other; all between it and the place come along."""
    furthest = place
    for _ in range(layers):
        step = {"all": furthest, "window": size - 1, "segments": furthest % size,
                "memory": furthest % size + size}[kind]
        furthest = max(furthest - step, 0)
    return len(range(furthest, place + 1))


def _reached_by_pieces(place, layers, size, kind):
    pieces, within = divmod(place, size)
    count = {"all": place + 1, "window": 1 + (size - 1) * layers, "segments": within + 1,
             "memory": within + 1 + size * min(pieces, layers)}[kind]
    return min(count, place + 1)


def _reach(rng) -> tuple:
    """Near the beginning or far into a text; at the edges of a piece more often than elsewhere."""
    size, layers = int(rng.integers(1, 13)), int(rng.integers(1, 7))
    piece = int(rng.integers(0, 2 * layers + 3))
    place = size * piece + int(rng.choice([0, size - 1, rng.integers(0, size)]))
    return place, layers, size, str(rng.choice(["all", "window", "window", "segments", "memory",
                                                "memory"]))


def _reaching(window=lambda place, layers, size: place - layers * (size - 1),
              segments=lambda place, layers, size: place - place % size,
              memory=lambda place, layers, size: place - place % size - layers * size,
              every=lambda place, layers, size: 0,
              said=lambda place, first: place - max(first, 0) + 1):
    """An answer that finds another first token for a kind, or says it otherwise."""
    kinds = {"window": window, "segments": segments, "memory": memory, "all": every}
    return lambda place, layers, size, kind: said(place, kinds[kind](place, layers, size))


REACH = Exercise(
    "6.12", "How far does it see?", minutes=8, starred=False,
    hints=("Draw a row of places for each layer, and go down from the place that is asked for: "
           "what did it look at, and what had that looked at before?",
           "A window of size tokens goes size - 1 places back in each layer. Within one segment "
           "more layers lead no further. With a memory each layer leads one segment back.",
           "Find the first token that is reached: place - layers * (size - 1), or the beginning of "
           "the own segment, place - place % size, with a memory less layers * size. Not below 0; "
           "then place - first + 1."),
    solution=tokens_reached, right=(_reached_by_walking, _reached_by_pieces),
    compare=expect_number, cases=_reach,
    examples=((50, 3, 4, "window"), (50, 1, 4, "window"), (5, 3, 4, "window"), (50, 3, 1, "window"),
              (50, 3, 8, "segments"), (50, 1, 8, "segments"), (47, 2, 8, "segments"),
              (50, 2, 8, "memory"), (48, 3, 8, "memory"), (13, 3, 8, "memory"), (9, 2, 4, "all"),
              (90, 1, 7, "memory"), (9, 2, 4, "window")),
    mistakes=(
        Mistake(_reaching(window=lambda place, layers, size: place - layers * size), "A window of "
                "size tokens holds the token itself: it goes size - 1 places back."),
        Mistake(_reaching(window=lambda place, layers, size: place - size + 1), "That is one "
                "layer. What it looked at had looked back itself: each layer reaches further."),
        Mistake(_reaching(window=lambda place, layers, size: place - layers * size + 1), "That "
                "would be windows side by side. Each layer goes size - 1 places back, and the "
                "token itself counts once."),
        Mistake(_reaching(window=lambda place, layers, size: place - (size ** layers - 1)), "The "
                "reach grows by as much in each layer. It is not multiplied: the windows of "
                "neighbours overlap."),
        Mistake(_reaching(said=lambda place, first: place - first + 1), "There is nothing before "
                "the beginning of the text: the first token is at place 0."),
        Mistake(_reaching(said=lambda place, first: place - max(first, 0)), "The token itself "
                "counts, too."),
        Mistake(_reaching(said=lambda place, first: max(first, 0)), "That is the place of the "
                "first token that is reached. Asked for is how many there are."),
        Mistake(_reaching(segments=lambda place, layers, size: place - size + 1), "A segment does "
                "not move along with the token: it begins at a multiple of size, however near "
                "that is."),
        Mistake(_reaching(segments=lambda place, layers, size: place - place % size - (
                    layers - 1) * size), "Without a memory nothing comes over the edge of a "
                "segment, with however many layers."),
        Mistake(_reaching(memory=lambda place, layers, size: place - place % size - size), "One "
                "segment back is what one layer reaches. What is remembered there had "
                "remembered itself: each layer leads one further."),
        Mistake(_reaching(memory=lambda place, layers, size: place - place % size - (
                    layers - 1) * size), "The first layer has a memory, too: each of the layers "
                "leads one segment back."),
        Mistake(_reaching(memory=lambda place, layers, size: place - layers * size), "From the "
                "beginning of its own segment on, not from the token itself: the whole segment "
                "before can be seen."),
        Mistake(_reaching(memory=lambda place, layers, size: 0), "A memory of one segment is not "
                "the whole text: each layer leads one segment back."),
        Mistake(_reaching(every=lambda place, layers, size: place - layers * (size - 1)), "With "
                "\"all\" there is no window: everything up to the token is seen at once."),
    ),
    reread="K · Long texts: windows, segments, low rank",
    moral="Depth buys reach, but only where something passes the edge.",
)
