"""Exercises 2.3 and 2.6: what one pair moves, and what a window of words does together."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close


def update(rows_in: np.ndarray, rows_out: np.ndarray, centre: int, context: int,
           negatives: list[int], rate: float) -> tuple[np.ndarray, np.ndarray]:
    """(rows_in, rows_out) after one step of gradient descent; the tables given stay as they are.

    The loss: -log s(c · o) - the sum of log s(-c · n) over the negatives n; s is sigmoid, c the
    row of `centre` in rows_in, o and n are rows of rows_out. All slopes are taken before anything
    moves. A negative that is `context` itself is left out; one that was drawn twice counts twice.
    rows_in, rows_out: (V, d). centre, context, negatives: ids, perhaps no negative at all.
    """
    new_in, new_out = rows_in.copy(), rows_out.copy()
    wanted = [(context, 1), *((id, 0) for id in negatives if id != context)]
    for id, aim in wanted:
        c, o = rows_in[centre], rows_out[id]
        error = aim - 1 / (1 + np.exp(-c @ o))
        new_in[centre] += rate * error * o
        new_out[id] += rate * error * c
    return new_in, new_out


def _update_by_tables(rows_in, rows_out, centre, context, negatives, rate):
    ids = np.array([context, *(id for id in negatives if id != context)])
    c, o = rows_in[centre], rows_out[ids]
    errors = 1 / (1 + np.exp(-o @ c))
    errors[0] -= 1
    new_in, new_out = rows_in + 0.0, rows_out + 0.0
    new_in[centre] = c - rate * errors @ o
    np.subtract.at(new_out, ids, rate * np.outer(errors, c))
    return new_in, new_out


def _update_by_one_hot(rows_in, rows_out, centre, context, negatives, rate):
    V = len(rows_in)
    good, bad = np.eye(V)[context], np.bincount(negatives, minlength=V) if negatives else 0
    scores = rows_out @ rows_in[centre]
    push = good * (1 - np.tanh(scores / 2)) / 2 - bad * (1 - good) * (1 + np.tanh(scores / 2)) / 2
    return (rows_in + rate * np.outer(np.eye(V)[centre], push @ rows_out),
            rows_out + rate * np.outer(push, rows_in[centre]))


def _pair(rng) -> tuple:
    """A few words, so that doubles and hits are frequent."""
    V, d = int(rng.choice([2, 4, 6, 9])), int(rng.integers(1, 5))
    rows_in, rows_out = rng.normal(0, rng.choice([0.3, 1.0]), (2, V, d)).round(2)
    centre, context, *negatives = (int(id) for id in rng.integers(0, V, rng.integers(2, 11)))
    return rows_in, rows_out, centre, context, negatives, float(rng.choice([0.05, 0.1, 0.5, 1.0]))


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _wanted(centre, context, negatives):
    return [(context, 1), *((id, 0) for id in negatives if id != context)]


def _moving(wanted=_wanted, rate=lambda rate, number: rate, error=lambda x, aim: aim - _sigmoid(x),
            out_of=lambda rows_in, rows_out: rows_out, into=lambda ids: ids):
    """An answer that takes other words, another rate or error, or rows of another table.

    into(ids): which of the words move their row in rows_out.
    """
    def answer(rows_in, rows_out, centre, context, negatives, step):
        new_in, new_out = rows_in.copy(), rows_out.copy()
        pairs, c = wanted(centre, context, negatives), rows_in[centre]
        step = rate(step, len(pairs))
        moves = []
        for id, aim in pairs:
            o = out_of(rows_in, rows_out)[id]
            push = step * error(c @ o, aim)
            new_in[centre] += push * o
            moves.append((id, push))
        for id, push in into(moves):
            new_out[id] += push * c
        return new_in, new_out
    return answer


def _one_after_another(rows_in, rows_out, centre, context, negatives, rate):
    new_in, new_out = rows_in.copy(), rows_out.copy()
    for id, aim in _wanted(centre, context, negatives):
        c, o = new_in[centre].copy(), new_out[id].copy()
        push = rate * (aim - _sigmoid(c @ o))
        new_in[centre] += push * o
        new_out[id] += push * c
    return new_in, new_out


def _with_the_new_row(rows_in, rows_out, centre, context, negatives, rate):
    new_in, _ = update(rows_in, rows_out, centre, context, negatives, rate)
    new_out = rows_out.copy()
    for id, aim in _wanted(centre, context, negatives):
        push = rate * (aim - _sigmoid(rows_in[centre] @ rows_out[id]))
        new_out[id] += push * new_in[centre]
    return new_in, new_out


def _slopes(rows_in, rows_out, *given):
    new_in, new_out = update(rows_in, rows_out, *given)
    return (rows_in - new_in) / given[-1], (rows_out - new_out) / given[-1]


def _in_place(rows_in, rows_out, *given):
    rows_in[:], rows_out[:] = update(rows_in, rows_out, *given)
    return rows_in, rows_out


IN = np.array([[0.5, -1.0], [1.5, 0.5], [-0.5, 2.0], [1.0, 1.0]])
OUT = np.array([[1.0, 0.5], [-1.0, 0.5], [0.5, 2.0], [-0.5, -1.5]])
UPDATE = Exercise(
    "2.3", "One update", minutes=10, starred=True,
    hints=("Each word that is compared with the centre pulls or pushes by how wrong it is: 1 minus "
           "the sigmoid for the context, 0 minus the sigmoid for a negative.",
           "Copy both tables and write into the copies only. For each word: error = aim - "
           "sigmoid(c · o), with c and o from the *old* tables; the centre moves along o, the "
           "word's row along c.",
           "new_in[centre] += rate * error * o and new_out[id] += rate * error * c, in a loop over "
           "the context and those negatives for which id != context."),
    solution=update, right=(_update_by_tables, _update_by_one_hot), compare=expect_close,
    parts=("rows_in", "rows_out"), cases=_pair,
    examples=((IN, OUT, 0, 1, [2, 3], 0.5), (IN, OUT, 1, 2, [3, 3], 0.5),
              (IN, OUT, 2, 0, [1, 0, 3], 1.0), (IN, OUT, 3, 1, [], 0.1),
              (IN, OUT, 1, 3, [1, 0, 2, 0], 0.1), (IN, OUT, 2, 2, [0, 2, 2, 0], 0.5)),
    mistakes=(
        Mistake(_moving(error=lambda x, aim: _sigmoid(x) - aim), "You went up the slope: the "
                "context is pushed away and the negatives come nearer. Take rate times the slope "
                "*off*."),
        Mistake(_moving(lambda centre, context, negatives: [(context, 1), *(
                    (id, 0) for id in negatives)]), "A negative that is the context itself was "
                "pushed away. It is the very word that stood there: leave it out."),
        Mistake(_moving(lambda centre, context, negatives: [(context, 1), *(
                    (id, 0) for id in dict.fromkeys(negatives) if id != context)]), "A word that "
                "was drawn twice counts twice. You took it once."),
        Mistake(_moving(into=lambda moves: dict(moves).items()), "rows_in is right. In rows_out a "
                "word that was drawn twice moved only once: new_out[ids] += ... keeps the last of "
                "equal ids. Take a loop, or np.add.at."),
        Mistake(_with_the_new_row, "rows_in is right, but rows_out was moved along the *new* row "
                "of the centre. Both slopes are taken before anything moves."),
        Mistake(_one_after_another, "You moved after each word, so the next one met rows that had "
                "moved already. Take all slopes from the old tables."),
        Mistake(_moving(error=lambda x, aim: 1 - _sigmoid(x)), "The negatives come nearer too. "
                "For them 0 is wanted: the error is 0 - sigmoid."),
        Mistake(_moving(error=lambda x, aim: aim - _sigmoid(x) if aim else -_sigmoid(-x)), "The "
                "error of a negative is the sigmoid of +c · n, the chance that it still gets, not "
                "of -c · n."),
        Mistake(_moving(error=lambda x, aim: aim - x), "The sigmoid is missing: a dot product is "
                "no probability."),
        Mistake(_moving(lambda centre, context, negatives: [(context, 1)]), "Only the context had "
                "a say. Without negatives all rows would become alike."),
        Mistake(_moving(lambda centre, context, negatives: [(context, 1), *(
                    (id, 0) for id in negatives if id not in (context, centre))]), "You left out "
                "negatives that are the centre. Its row in rows_out is another row: only the "
                "context is left out."),
        Mistake(_moving(out_of=lambda rows_in, rows_out: rows_in), "You took the context and the "
                "negatives from rows_in. What the centre is compared with stands in rows_out."),
        Mistake(_moving(into=lambda moves: []), "rows_out has not moved. Both tables are learned."),
        Mistake(_moving(into=lambda moves: moves[:1]), "In rows_out only the context's row moved. "
                "The negatives have rows there, too."),
        Mistake(_moving(rate=lambda rate, number: rate / number), "You divided by the number of "
                "words. The loss is a sum, not a mean."),
        Mistake(_moving(rate=lambda rate, number: 1.0), "The rate is not used: that is a whole "
                "slope."),
        Mistake(_slopes, "These are the slopes. Return the tables after the step."),
        Mistake(_in_place, "You moved the tables that you were given: copy them first."),
    ),
    reread="4 · Guess who stands around",
    moral="One row of one table, a few of the other; all the rest of both stays where it was.",
)


def cbow_gradients(rows_in: np.ndarray, rows_out: np.ndarray, around: list[int], centre: int,
                   negatives: list[int]) -> np.ndarray:
    """The slope of the loss for the whole of rows_in, (V, d): zeros for who was not around.

    The mean m of the rows around is to guess the centre: -log s(m · o) - the sum of log s(-m · n)
    over the negatives n; s is sigmoid, o and n are rows of rows_out.
    rows_in, rows_out: (V, d). around: ids of the words around, one or more of them; a word that
    stands there twice is twice in the mean. negatives: ids, none of them the centre.
    """
    mean = rows_in[around].mean(axis=0)
    others = rows_out[[centre, *negatives]]
    errors = 1 / (1 + np.exp(-others @ mean))
    errors[0] -= 1
    slope = np.zeros(rows_in.shape)
    for id in around:
        slope[id] += errors @ others / len(around)
    return slope


def _by_shares(rows_in, rows_out, around, centre, negatives):
    """How much of the mean is each word's?"""
    shares = np.bincount(around, minlength=len(rows_in)) / len(around)
    m = shares @ rows_in
    error = np.zeros(len(rows_out))
    for id, sign in [(centre, -1), *((id, 1) for id in negatives)]:
        error[id] += sign / (1 + np.exp(-sign * rows_out[id] @ m))
    return np.outer(shares, error @ rows_out)


def _by_differences(rows_in, rows_out, around, centre, negatives):
    def loss(rows):
        m = sum(rows[id] for id in around) / len(around)
        return np.logaddexp(0, -rows_out[centre] @ m) + sum(
            np.logaddexp(0, rows_out[id] @ m) for id in negatives)
    slope = np.zeros(rows_in.shape)
    for place in np.ndindex(rows_in.shape):
        step = np.zeros(rows_in.shape)
        step[place] = 1e-4
        slope[place] = (loss(rows_in + step) - loss(rows_in - step)) / 2e-4
    return slope


def _window(rng) -> tuple:
    V, d = int(rng.integers(3, 9)), int(rng.integers(1, 4))
    rows_in, rows_out = rng.normal(0, 1, (2, V, d)).round(2)
    around = [int(id) for id in rng.integers(0, V, rng.integers(1, 7))]
    centre, *negatives = (int(id) for id in rng.integers(0, V, rng.integers(1, 7)))
    return rows_in, rows_out, around, centre, [id for id in negatives if id != centre]


def _sharing(mean=lambda rows, around: rows[around].mean(axis=0), share=lambda n: 1 / n,
             error=lambda x, aim: _sigmoid(x) - aim, spread=np.add.at, heard=lambda ids: ids,
             out_of=lambda rows_in, rows_out: rows_out):
    """An answer with another mean, share, error, way to spread it, or other words heard."""
    def answer(rows_in, rows_out, around, centre, negatives):
        m, slope = mean(rows_in, around), np.zeros(rows_in.shape)
        others = out_of(rows_in, rows_out)[[centre, *heard(negatives)]]
        errors = [error(o @ m, aim) for o, aim in zip(others, [1] + [0] * 9, strict=False)]
        spread(slope, around, share(len(around)) * (errors @ others))
        return slope
    return answer


def _set(slope, around, values):
    slope[around] += values


MEAN = Exercise(
    "2.6", "The mean moves together", minutes=8, starred=False,
    hints=("Find the slope for the mean first, as if it were a single word: that is skip-gram. By "
           "how much does the mean move if one of n words moves?",
           "Each place in the window gets a share 1 / n of the slope. A word that stands there "
           "twice gets its share twice; slope[around] += ... gives it once.",
           "errors = sigmoid(others @ mean), with 1 taken off the first; for id in around: "
           "slope[id] += errors @ others / len(around)."),
    solution=cbow_gradients, right=(_by_shares, _by_differences), compare=expect_close,
    cases=_window,
    examples=((IN, OUT, [0, 2], 1, [3]), (IN, OUT, [1, 2, 1], 0, [3, 2]), (IN, OUT, [3], 2, [0]),
              (IN, OUT, [0, 1, 0, 0], 3, []), (IN, OUT, [2, 3, 0], 0, [1, 1, 2])),
    mistakes=(
        Mistake(_sharing(spread=_set), "slope[around] += ... writes equal ids only once. A word "
                "that stands in the window twice gets its share twice: take a loop or np.add.at."),
        Mistake(_sharing(share=lambda n: 1), "Each word got the whole slope of the mean. If one of "
                "n words moves, the mean moves by an n-th of that: share it out."),
        Mistake(_sharing(mean=lambda rows, around: rows[around].sum(axis=0)), "You let the *sum* "
                "of the rows guess, and shared the slope out. It is the mean that guesses."),
        Mistake(_sharing(mean=lambda rows, around: rows[around].sum(axis=0), share=lambda n: 1),
                "You let the *sum* of the rows guess. It is the mean that guesses, and its slope "
                "is shared out."),
        Mistake(_sharing(mean=lambda rows, around: rows[list(set(around))].mean(axis=0)), "A word "
                "that stands there twice is twice in the mean."),
        Mistake(_sharing(error=lambda x, aim: aim - _sigmoid(x)), "The sign is turned round: that "
                "is the way down. The slope points up, where the loss grows."),
        Mistake(_sharing(error=lambda x, aim: _sigmoid(x)), "The centre is treated like a "
                "negative. For it 1 is wanted: take 1 off its sigmoid."),
        Mistake(_sharing(error=lambda x, aim: _sigmoid(x) - aim if aim else _sigmoid(-x)), "The "
                "error of a negative is the sigmoid of +m · n, not of -m · n."),
        Mistake(_sharing(heard=lambda ids: []), "The negatives are not heard."),
        Mistake(_sharing(heard=lambda ids: list(dict.fromkeys(ids))), "A negative that was drawn "
                "twice counts twice."),
        Mistake(_sharing(out_of=lambda rows_in, rows_out: rows_in), "You took the centre and the "
                "negatives from rows_in. They have their rows in rows_out."),
        Mistake(lambda rows_in, rows_out, around, *rest: cbow_gradients(
                    rows_in, rows_out, around, *rest)[around], "These are the rows of the words "
                "around. Return the whole table, (V, d), zeros for the others."),
        Mistake(lambda rows_in, rows_out, around, *rest: cbow_gradients(
                    rows_in, rows_out, around[:1], *rest), "Only the first word around has moved, "
                "as if it stood alone."),
        Mistake(lambda rows_in, rows_out, around, *rest: sum(cbow_gradients(
                    rows_in, rows_out, [id], *rest) for id in around) / len(around), "You let each "
                "word guess by itself and averaged the slopes: that is skip-gram turned round. "
                "The mean guesses, once."),
    ),
    reread="A · CBOW, the other way round",
    moral="All words of a window move the same way: one mistake, shared out among them.",
)
