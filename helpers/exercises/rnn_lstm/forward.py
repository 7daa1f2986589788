"""Exercises 3.1 and 3.2: on which side the cue stands, and the loop of a recurrent network."""

import numpy as np

from helpers.exercises.engine import Exercise, Wrong, expect, expect_close, fresh, show
from helpers.exercises.rnn_lstm._arrays import alike, expect_none_of, expect_unchanged

SIDES = ("left", "right", "both", "neither")


def cue_side(fruit: list[str], company: list[str], word: str) -> str:
    """Side of `word` on which two sentences differ: "left", "right", "both" or "neither".

    fruit, company: sentences as lists of words. `word` stands once in each, not always
    at the same place.
    """
    i, j = fruit.index(word), company.index(word)
    left, right = fruit[:i] != company[:j], fruit[i + 1:] != company[j + 1:]
    if left and right:
        return "both"
    return "left" if left else "right" if right else "neither"


def _side_by_table(fruit, company, word):
    (a, b), (c, d) = [(s[:s.index(word)], s[s.index(word):]) for s in (fruit, company)]
    return {(True, True): "neither", (True, False): "right", (False, True): "left",
            (False, False): "both"}[a == c, b == d]


def _side_by_walking(fruit, company, word):
    sides = []
    for name, one, other in (("left", fruit[::-1], company[::-1]), ("right", fruit, company)):
        one, other = iter(one[one.index(word):]), iter(other[other.index(word):])
        a = b = word
        while a == b and a is not None:
            a, b = next(one, None), next(other, None)
        if a != b:
            sides.append(name)
    return {0: "neither", 2: "both"}.get(len(sides), sides[0] if sides else "")


SWAPPED = "Left is what stands before the word in the list, right what stands after it."
OWN_PLACE = "The word stands at another place in each sentence: look for it in both."
WHOLE = "Compare all words of a side, not only the ones next to the word."
CUES = (  # fruit, company, word, side, what explains which wrong answer
    ("she baked a cake with apple last week", "she signed a contract with apple last week",
     "apple", "left", {"right": SWAPPED, "neither": WHOLE}),
    ("the apple tree grows in the garden", "the apple store sells phones here", "apple", "right",
     {"left": SWAPPED}),
    ("we climbed up to reach an apple last week", "the court fined apple last week", "apple",
     "left", {"right": OWN_PLACE, "both": OWN_PLACE}),
    ("an apple pie", "the apple shares", "apple", "both", {}),
    ("an apple a day", "an apple a day", "apple", "neither", {}),
    ("fish swim along the bank today", "we went to the bank today", "bank", "left", {}),
    ("the man saw the dog at the bank", "the dog saw the man at the bank", "bank", "left",
     {"neither": "The same words in another order are a difference too: compare lists."}),
    ("i sat by the bank", "i sat by the bank and paid", "bank", "right",
     {"neither": "One sentence goes on longer. A loop over zip(...) stops at the shorter one."}),
    ("sit by the bank now", "sit by the old river bank now", "bank", "left",
     {"neither": "One side is longer. A loop over zip(...) stops at the shorter one."}),
    ("apple pie is warm", "apple shares are up", "apple", "right", {}),
    ("i ate an apple", "i sued an apple", "apple", "left", {}),
)


def check_side(answer) -> None:
    for fruit, company, word, side, reasons in CUES:
        one, other = fruit.split(), company.split()
        got = answer(one, other, word)
        expect(one == fruit.split() and other == company.split(),
               "Your function changed the sentences it was given. Only look.")
        expect(isinstance(got, str) and got in SIDES, f"You returned {show(got)} for “{fruit}” "
               f"and “{company}”. It must be one of the texts {', '.join(map(show, SIDES))}.")
        reason = reasons.get(got, "")
        expect(got == side, f"“{fruit}” and “{company}” differ {_where(side, word)}: "
               f"“{side}”. You said “{got}”. {reason}".rstrip())


def _where(side: str, word: str) -> str:
    return {"left": f"only before “{word}”", "right": f"only after “{word}”",
            "both": f"before and after “{word}”", "neither": "nowhere"}[side]


def _one_place(fruit, company, word):
    i = fruit.index(word)
    left, right = fruit[:i] != company[:i], fruit[i + 1:] != company[i + 1:]
    return "both" if left and right else "left" if left else "right" if right else "neither"


def _by_zip(fruit, company, word):
    i, j = fruit.index(word), company.index(word)
    left = any(a != b for a, b in zip(fruit[:i], company[:j], strict=False))
    right = any(a != b for a, b in zip(fruit[i:], company[j:], strict=False))
    return "both" if left and right else "left" if left else "right" if right else "neither"


def _neighbours(fruit, company, word):
    i, j = fruit.index(word), company.index(word)
    left, right = fruit[i - 1] != company[j - 1], fruit[i + 1] != company[j + 1]
    return "both" if left and right else "left" if left else "right" if right else "neither"


def _by_sets(fruit, company, word):
    i, j = fruit.index(word), company.index(word)
    left, right = set(fruit[:i]) != set(company[:j]), set(fruit[i:]) != set(company[j:])
    return "both" if left and right else "left" if left else "right" if right else "neither"


CUE = Exercise(
    "3.1", "Which side is the cue on?", minutes=5, starred=True, check=check_side,
    hints=("Cut each sentence in two at the word. Which of the parts are equal?",
           "i = fruit.index(word) and j = company.index(word): each sentence has its own place.",
           "left = fruit[:i] != company[:j], and right = fruit[i + 1:] != company[j + 1:]. Four "
           "cases are left."),
    solution=cue_side, right=(_side_by_table, _side_by_walking),
    wrong=(
        Wrong(lambda fruit, company, word: {"left": "right", "right": "left"}.get(
            s := cue_side(fruit, company, word), s), "before the word in the list"),
        Wrong(_one_place, "another place in each"),
        Wrong(_neighbours, "all words of a side"),
        Wrong(_by_sets, "in another order"),
        Wrong(_by_zip, "goes on longer"),
        Wrong(lambda fruit, company, word: "left" if cue_side(fruit, company, word) in (
            "left", "both") else "right", "before and after"),
        Wrong(lambda fruit, company, word: {"neither": None}.get(
            s := cue_side(fruit, company, word), s), "You returned None"),
        Wrong(lambda fruit, company, word: cue_side(fruit, company, "apple"),
              "'apple' is not in list"),
    ),
    reread="1 · The window is never long enough",
    moral="A reader from left to right has no chance with “right”; one in both directions has.",
)


def read(W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray, x: np.ndarray) -> np.ndarray:
    """States of an RNN that reads x (T, d_in) from an empty state: (T, d_hidden).

    h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h), with h_0 = 0.
    """
    h, states = np.zeros(len(b_h)), []
    for x_t in x:
        h = np.tanh(W_xh @ x_t + W_hh @ h + b_h)
        states.append(h)
    return np.array(states)


def _read_into_rows(W_xh, W_hh, b_h, x):
    states = np.zeros((len(x) + 1, len(b_h)))
    for t in range(len(x)):
        states[t + 1] = np.tanh(x[t] @ W_xh.T + states[t] @ W_hh.T + b_h)
    return states[1:]


def _read_recursively(W_xh, W_hh, b_h, x):
    before = _read_recursively(W_xh, W_hh, b_h, x[:-1]) if len(x) > 1 else np.zeros((1, len(b_h)))
    z = np.hstack([W_xh, W_hh]) @ np.concatenate([x[-1], before[-1]]) + b_h
    return np.vstack([before, np.tanh(z)]) if len(x) > 1 else np.tanh(z)[None]


def _network(d_in: int, d_hidden: int, steps: int) -> tuple[np.ndarray, ...]:
    """W_xh, W_hh, b_h and x, small and random, the same at every call."""
    rng = np.random.default_rng(d_in)
    shapes = ((d_hidden, d_in), (d_hidden, d_hidden), (d_hidden,), (steps, d_in))
    return tuple(rng.normal(size=shape).round(2) for shape in shapes)


def _chain(step, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """All states of h = step(x_t, h)."""
    states = []
    for x_t in x:
        h = step(x_t, h)
        states.append(h)
    return np.array(states)


def _reading_mistakes(W: np.ndarray, U: np.ndarray, b: np.ndarray, x: np.ndarray) -> list:
    """(states, message) of known mistakes."""
    empty, right = np.zeros(len(b)), read(W, U, b, x)
    return [
        (np.tanh(x @ W.T + b), "Each state depends on its own input only: nothing is carried over. "
                               "Keep the state in a variable that outlives the step, and use it."),
        (_chain(lambda v, h: W @ v + U @ h + b, x, empty), "The tanh is missing: your states run "
                                                           "out of the range -1 to 1."),
        (_chain(lambda v, h: np.tanh(W @ v + U @ h), x, empty), "b_h is not added."),
        (_chain(lambda v, h: np.tanh(W @ v + U.T @ h + b), x, empty),
         "W_hh is used the wrong way round: h @ W_hh is W_hh.T @ h. Write W_hh @ h."),
        (_chain(lambda v, h: np.tanh(W @ v + U @ h + b), x, empty + 1),
         "You started from a state of ones. Before the first step the state is empty: zeros."),
        (_chain(lambda v, h: np.tanh(W @ v + b) + U @ h, x, empty),
         "The old state is added after the tanh. It belongs inside, with the input."),
        (_chain(lambda v, h: 1 / (1 + np.exp(-(W @ v + U @ h + b))), x, empty),
         "You squeezed with a sigmoid. Here it is tanh, from -1 to 1."),
        (_chain(lambda v, h: np.tanh(W @ v + h + b), x, empty), "W_hh is not used: the old state "
                                                                "goes through it."),
        (np.tile(right[-1], (len(x), 1)), "All your rows are the last state. Perhaps one array was "
                                          "stored at every step and overwritten: store a copy."),
        (read(W, U, b, x[::-1]), "You read x from its last row to its first."),
    ]


def check_read(answer) -> None:
    before = _network(d_in=3, d_hidden=2, steps=4)
    given = fresh(before)
    got, wanted = answer(*given), read(*before)
    for name, value, kept in zip(("W_xh", "W_hh", "b_h", "x"), given, before, strict=True):
        expect_unchanged(value, kept, name)
    expect_none_of(got, [
        (wanted[0], "You returned the first state only. Does `return` stand inside the loop?"),
        (wanted[:1], "You returned the first state only. Does `return` stand inside the loop?"),
        (wanted[-1], "You returned the last state only. All are asked for, one row per step."),
        (np.vstack([np.zeros(2), wanted]), "You returned 5 rows for 4 inputs: the empty state "
                                           "before the first step is among them. Leave it out."),
        (wanted.T, "Turn your result round: one row per step, one column per entry of the state."),
        *_reading_mistakes(*before)])
    if getattr(got, "shape", ()) == wanted.shape and not alike(got, wanted):
        expect(not alike(got[0], wanted[0]), "Your first state is right, a later one is not. Look "
               "at what a step hands on to the next.")
    expect_close(got, wanted, "read(...) of 4 rows")
    longer = _network(d_in=2, d_hidden=5, steps=7)
    got = answer(*fresh(longer))
    expect(len(got) == 7, f"For an x of 7 rows you returned {len(got)} states. Take the number of "
                          "steps from x.")
    expect_close(got, read(*longer), "read(...) of 7 rows")
    single = _network(d_in=4, d_hidden=3, steps=1)
    expect_close(answer(*fresh(single)), read(*single), "read(...) of 1 row")


def _storing_one_array(W_xh, W_hh, b_h, x):
    h, states = np.zeros(len(b_h)), []
    for x_t in x:
        h[:] = np.tanh(W_xh @ x_t + W_hh @ h + b_h)
        states.append(h)
    return np.array(states)


def _four_steps(W_xh, W_hh, b_h, x):
    h, states = np.zeros(len(b_h)), []
    for t in range(4):
        h = np.tanh(W_xh @ x[t] + W_hh @ h + b_h)
        states.append(h)
    return np.array(states)


def _changing_x(W_xh, W_hh, b_h, x):
    x *= 1.01
    return read(W_xh, W_hh, b_h, x)


READ = Exercise(
    "3.2", "The loop", minutes=10, starred=True, check=check_read,
    hints=("Two things live outside the loop: the state, and a list for what it was.",
           "h = np.zeros(len(b_h)) is the empty state. One pass for each row x_t of x.",
           "In the loop: h = np.tanh(W_xh @ x_t + W_hh @ h + b_h), then states.append(h). "
           "At the end: np.array(states)."),
    solution=read, right=(_read_into_rows, _read_recursively),
    wrong=(
        Wrong(lambda W, U, b, x: np.tanh(x @ W.T + b), "nothing is carried"),
        Wrong(lambda W, U, b, x: _chain(lambda v, h: W @ v + U @ h + b, x, 0 * b), "tanh is mis"),
        Wrong(lambda W, U, b, x: read(W, U, 0 * b, x), "b_h is not added"),
        Wrong(lambda W, U, b, x: read(W, U.T, b, x), "wrong way round"),
        Wrong(lambda W, U, b, x: read(W, U, b, x)[-1], "the last state only"),
        Wrong(lambda W, U, b, x: _chain(lambda v, h: np.tanh(W @ v + U @ h + b), x, 0 * b + 1),
              "state of ones"),
        Wrong(_changing_x, "changed `x`"),
        Wrong(_four_steps, "returned 4 states"),
        Wrong(_storing_one_array, "store a copy"),
        Wrong(lambda W, U, b, x: np.vstack([0 * b, read(W, U, b, x)]), "the empty state"),
        Wrong(lambda W, U, b, x: _chain(lambda v, h: np.tanh(W @ v + U @ h ** 2 + b), x, 0 * b),
              "first state is right"),
    ),
    reread="2 · A network with a memory",
    moral="The same three weights read 1 row, 4 rows and 7: a text of any length fits.",
)
