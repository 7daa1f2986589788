"""Exercises 3.1 and 3.2: on which side the cue stands, and the loop of a recurrent network."""

from functools import partial

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close
from helpers.exercises.rnn_lstm._formulas import formula


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


def _side_from_both_ends(fruit, company, word):
    ends = [[s[:s.index(word)] for s in pair]
            for pair in ((fruit, company), (fruit[::-1], company[::-1]))]
    differ = [name for name, (a, b) in zip(("left", "right"), ends, strict=True) if a != b]
    return {0: "neither", 2: "both"}.get(len(differ)) or differ[0]


CUES = (
    ("she baked a cake with apple last week", "she signed a contract with apple last week",
     "apple"),
    ("the apple tree grows in the garden", "the apple store sells phones here", "apple"),
    ("we climbed up to reach an apple last week", "the court fined apple last week", "apple"),
    ("an apple pie", "the apple shares", "apple"),
    ("an apple a day", "an apple a day", "apple"),
    ("fish swim along the bank today", "we went to the bank today", "bank"),
    ("the man saw the dog at the bank", "the dog saw the man at the bank", "bank"),
    ("a very very big bank", "a very big bank", "bank"),
    ("i sat by the bank", "i sat by the bank and paid", "bank"),
    ("sit by the bank now", "sit by the old river bank now", "bank"),
    ("apple pie is warm", "apple shares are up", "apple"),
    ("i ate an apple", "i sued an apple", "apple"),
)


def _sides(rng) -> tuple:
    """Each side is the same, cut short, longer, in another order, or other words."""
    halves = []
    for _ in range(2):
        one = rng.choice(["a", "A", "new", "on", "so"], rng.integers(0, 6)).tolist()
        others = one, one, one[::-1], one[1:], one[:-1], [*one, "so"], [*one[:2], *one], ["up"]
        halves.append((one, list(others[rng.integers(len(others))])))
    (left, other_left), (right, other_right) = halves
    word = str(rng.choice(["bat", "Bank", "bank"]))
    return [*left, word, *right], [*other_left, word, *other_right], word


def _named(left, right):
    return {(1, 1): "both", (1, 0): "left", (0, 1): "right", (0, 0): "neither"}[left, right]


def _side_where(differ):
    """An answer that compares two sides by `differ`, each cut at its own place."""
    def answer(fruit, company, word):
        i, j = fruit.index(word), company.index(word)
        return _named(differ(fruit[:i], company[:j]), differ(fruit[i + 1:], company[j + 1:]))
    return answer


def _with_answers(**others):
    """The reference, where some of its answers are replaced by others."""
    def answer(fruit, company, word):
        side = cue_side(fruit, company, word)
        return others.get(side, side)
    return answer


def _one_place(fruit, company, word):
    i = fruit.index(word)
    return _named(fruit[:i] != company[:i], fruit[i + 1:] != company[i + 1:])


def _neighbours(fruit, company, word):
    i, j = fruit.index(word), company.index(word)
    return _named(fruit[i - 1] != company[j - 1], fruit[i + 1] != company[j + 1])


CUE = Exercise(
    "3.1", "Which side is the cue on?", minutes=5, starred=False,
    hints=("Cut each sentence in two at the word. Which of the parts are equal?",
           "i = fruit.index(word) and j = company.index(word): each sentence has its own place.",
           "left = fruit[:i] != company[:j], and right = fruit[i + 1:] != company[j + 1:]. Four "
           "cases are left."),
    solution=cue_side, right=(_side_by_table, _side_from_both_ends), cases=_sides,
    examples=tuple((fruit.split(), company.split(), word) for fruit, company, word in CUES),
    mistakes=(
        Mistake(_with_answers(left="right", right="left"),
                "Left is what stands before the word in the list, right what stands after it."),
        Mistake(_one_place, "The word stands at another place in each sentence: look for it in "
                            "both."),
        Mistake(_neighbours, "Compare all words of a side, not only the ones next to the word."),
        Mistake(_side_where(lambda a, b: set(a) != set(b)),
                "The same words in another order are a difference too: compare lists."),
        Mistake(_side_where(lambda a, b: any(x != y for x, y in zip(a, b, strict=False))),
                "One sentence goes on longer. A loop over zip(...) stops at the shorter one."),
        Mistake(_with_answers(both="left"), "They differ before and after the word: that is "
                "“both”. Look for it before you look for “left” alone."),
        Mistake(_with_answers(neither=None), "Where nothing differs, say so: “neither”."),
        Mistake(lambda fruit, company, word: cue_side(fruit, company, "apple"),
                "The word is not always “apple”: use the argument `word`."),
    ),
    reread="B · Both directions",
    moral="A reader from left to right has no chance with “right”; one in both directions has.",
)


def read(W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray, x: np.ndarray) -> np.ndarray:
    """States of an RNN that reads x (T, d_in) from an empty state: (T, d_hidden).

    h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h), with h_0 = 0.
    """
    h, states = np.zeros(len(b_h)), []
    for x_t in x:
        h = np.tanh(x_t @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.array(states)


def _read_into_rows(W_xh, W_hh, b_h, x):
    states = np.zeros((len(x) + 1, len(b_h)))
    for t in range(len(x)):
        states[t + 1] = np.tanh(W_xh.T @ x[t] + W_hh.T @ states[t] + b_h)
    return states[1:]


def _read_recursively(W_xh, W_hh, b_h, x):
    before = _read_recursively(W_xh, W_hh, b_h, x[:-1]) if len(x) > 1 else np.zeros((1, len(b_h)))
    z = np.concatenate([x[-1], before[-1]]) @ np.vstack([W_xh, W_hh]) + b_h
    return np.vstack([before, np.tanh(z)]) if len(x) > 1 else np.tanh(z)[None]


def _network(rng, d_in: int, d_hidden: int, steps: int) -> tuple[np.ndarray, ...]:
    """W_xh, W_hh, b_h and x, small and random."""
    shapes = ((d_in, d_hidden), (d_hidden, d_hidden), (d_hidden,), (steps, d_in))
    return tuple(rng.normal(size=shape).round(2) for shape in shapes)


def _reading(text: str, start: float = 0.0):
    """An answer whose new state is another formula of W, U, b, v (a row of x) and h."""
    def answer(W, U, b, x):
        h, states, step = np.full(len(b), start), [], formula(text)
        for v in x:
            h = step(W=W, U=U, b=b, v=v, h=h)
            states.append(h)
        return np.array(states)
    return answer


def _from_a_number(W_xh, W_hh, b_h, x):
    h = 0
    return np.array([h := np.tanh(x_t @ W_xh + h @ W_hh + b_h) for x_t in x])


STEPS = {  # a wrong formula for the new state -> what is wrong with it
    "tanh(v @ W + b)": "Each state depends on its own input only: nothing is carried over. Keep "
        "the state in a variable that outlives the step, and use it.",
    "v @ W + h @ U + b": "The tanh is missing: your states run out of the range -1 to 1.",
    "tanh(v @ W + h @ U)": "b_h is not added.",
    "tanh(v @ W + h @ U.T + b)": "W_hh is used the wrong way round: W_hh @ h is h @ W_hh.T. Write "
        "h @ W_hh.",
    "tanh(v @ W + b) + h @ U": "The old state is added after the tanh. It belongs inside, with "
        "the input.",
    "sigmoid(v @ W + h @ U + b)": "You squeezed with a sigmoid. Here it is tanh, from -1 to 1.",
    "tanh(v @ W + h * U + b)": "h * W_hh multiplies entry by entry. A row times a matrix is "
        "h @ W_hh.",
    "tanh(v @ W + h + b)": "W_hh is not used: the old state goes through it.",
}
ROWS = {  # wrong rows made of the right ones -> what is wrong with them
    "states[-1] + 0 * states": "All your rows are the last state. Perhaps one array was stored at "
        "every step and overwritten: store a copy.",
    "states[:1]": "You returned the first state only. Does `return` stand inside the loop?",
    "states[-1]": "You returned the last state only. All are asked for, one row per step.",
    "states.T": "Turn your result round: one row per step, one column per entry of the state.",
    "states[:4]": "Take the number of steps from x: not every x has 4 rows.",
}

READ = Exercise(
    "3.2", "The loop", minutes=10, starred=True,
    hints=("Two things live outside the loop: the state, and a list for what it was.",
           "h = np.zeros(len(b_h)) is the empty state. One pass for each row x_t of x.",
           "In the loop: h = np.tanh(x_t @ W_xh + h @ W_hh + b_h), then states.append(h). "
           "At the end: np.array(states)."),
    solution=read, right=(_read_into_rows, _read_recursively),
    compare=partial(expect_close, tolerance=1e-4),  # torch counts with fewer digits
    examples=tuple(_network(np.random.default_rng(sizes), *sizes)
                   for sizes in ((3, 2, 4), (2, 5, 7), (4, 3, 1))),
    cases=lambda rng: _network(rng, *rng.integers(1, [8, 6, 8])),
    mistakes=(
        Mistake(_from_a_number, "Your h is one number; make it np.zeros(len(b_h))."),
        *(Mistake(_reading(text), sentence) for text, sentence in STEPS.items()),
        *(Mistake(lambda *case, text=text: formula(text)(states=read(*case)), sentence)
          for text, sentence in ROWS.items()),
        Mistake(_reading("tanh(v @ W + h @ U + b)", start=1.0), "You started from a state of "
                "ones. Before the first step the state is empty: zeros."),
        Mistake(lambda W, U, b, x: np.vstack([0 * b, read(W, U, b, x)]), "You returned a row too "
                "many: the empty state before the first step is among them. Leave it out."),
        Mistake(lambda W, U, b, x: read(W, U, b, x[::-1]), "You read x from its last row to its "
                "first."),
    ),
    reread="2 · A network with a memory",
    moral="The same three weights read 1 row, 4 rows and 7: a text of any length fits.",
)
