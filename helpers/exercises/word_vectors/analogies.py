"""Exercises 2.8 and 2.11: solving an analogy, and whether one table solves more than another."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_equal, show


def solve(words: list[str], rows: np.ndarray, a: str, b: str, c: str) -> str:
    """a is to b as c is to which word? The one nearest to c + (b - a), by cosine.

    All rows are brought to length 1 before anything is added or taken off; the answer is none of
    the three words of the question.
    rows: (V, d), one for each of the words, of any length but 0. a, b, c: three different words;
    there is at least one more, and no two are equally near.
    """
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    row_of = dict(zip(words, unit, strict=True))
    target = row_of[c] + row_of[b] - row_of[a]
    return max((word for word in words if word not in (a, b, c)),
               key=lambda word: row_of[word] @ target)


def _solve_by_sorting(words, rows, a, b, c):
    unit = rows / np.sqrt(np.square(rows).sum(axis=1))[:, None]
    i, j, k = (words.index(word) for word in (a, b, c))
    scores = unit @ (unit[j] - unit[i] + unit[k])
    for place in np.argsort(-scores):
        if place not in (i, j, k):
            return words[place]
    return None


def _solve_by_three_cosines(words, rows, a, b, c):
    """Levy and Goldberg (2014): like b, like c, unlike a, all added up."""
    def cosine(one, other):
        u, v = rows[words.index(one)], rows[words.index(other)]
        return (u @ v) / (u @ u * (v @ v)) ** 0.5
    best = {word: cosine(word, b) - cosine(word, a) + cosine(word, c) for word in words}
    for word in (a, b, c):
        del best[word]
    return max(best, key=best.get)


def _question(rng) -> tuple:
    """Rows of all lengths; the winner is clear, and in half the cases pairs are parallel."""
    known = ["min", "Min", "minimum", "max", "maximum", "row", "rows", "Row", "the"]
    while True:
        V, d = int(rng.integers(4, 10)), int(rng.integers(2, 5))
        rows = rng.normal(size=(V, d))
        i, j, k, x = rng.permutation(V)[:4]
        if rng.random() < 0.5:
            rows[x] = rows[k] + rows[j] - rows[i] + rng.normal(0, 0.2, d)
        rows = (rows * np.exp(rng.normal(rng.choice([-2, 0, 3]), 1, (V, 1)))).round(4)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if lengths.min() > 0.005:
            unit = rows / lengths
            scores = np.sort(np.delete(unit @ (unit[j] + unit[k] - unit[i]), (i, j, k)))
            if len(scores) == 1 or scores[-1] - scores[-2] > 0.01:
                words = [str(word) for word in rng.permutation(known)[:V]]
                return words, rows, words[i], words[j], words[k]


def _unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _walking(target=lambda a, b, c: c + b - a, rows_by=_unit,
             score=lambda rows, target: rows @ target, without=lambda a, b, c: (a, b, c),
             said=lambda words, order: words[order[0]]):
    """An answer that walks elsewhere, measures otherwise, or leaves out other words."""
    def answer(words, rows, a, b, c):
        rows = rows_by(rows)
        where = target(*(rows[words.index(word)] for word in (a, b, c)))
        order = [i for i in np.argsort(-score(rows, where), kind="stable")
                 if words[i] not in without(a, b, c)]
        return said(words, order)
    return answer


def _cosine(rows, target):
    return _unit(rows) @ target


ASKED = ["min", "minimum", "max", "maximum", "row", "the"]
SHORT = np.array([[1.0, 0.2, 0.1], [1.0, 1.2, 0.0], [0.2, 0.1, 1.1], [0.1, 1.0, 1.0],
                  [0.8, 0.4, 0.9], [0.5, 0.9, 0.4]])
LONG = SHORT * np.array([[1.0], [2.0], [0.4], [0.6], [3.0], [9.0]])
FLAT = np.array([[1.0, 0.0], [2.0, 0.6], [0.0, 3.0], [-2.0, 1.0], [1.0, 1.5], [-0.5, -4.0],
                 [0.2, 0.7]])
SOLVE = Exercise(
    "2.8", "a is to b as c is to ...", minutes=8, starred=False,
    hints=("Which step leads from a to b? Take the same step from c. Why is the word nearest to "
           "where you arrive so often one of the three?",
           "Divide all rows by their lengths first. The target is c + (b - a). The length of the "
           "target is the same for all words, so a dot product of the rows of length 1 with it "
           "puts them in order.",
           "unit = rows / np.linalg.norm(rows, axis=1, keepdims=True); then the largest of unit @ "
           "target among the words that are not a, b or c."),
    solution=solve, right=(_solve_by_sorting, _solve_by_three_cosines), compare=expect_equal,
    cases=_question,
    examples=((ASKED, SHORT, "min", "minimum", "max"), (ASKED, LONG, "min", "minimum", "max"),
              (ASKED, LONG, "maximum", "max", "minimum"), (ASKED, LONG, "row", "min", "the"),
              ([*ASKED, "sky"], FLAT, "min", "minimum", "max"),
              ([*ASKED, "sky"], FLAT, "sky", "maximum", "min"),
              ([*ASKED, "sky"], FLAT, "row", "the", "sky"),
              ([*ASKED, "sky"], FLAT, "maximum", "row", "the"), (ASKED[:4], LONG[2:], *ASKED[1:4])),
    mistakes=(
        Mistake(_walking(without=lambda a, b, c: ()), "The answer is one of the three words of the "
                "question. The step is short, so one often arrives where one was: leave them "
                "out."),
        Mistake(_walking(without=lambda a, b, c: (c,)), "You left out c only. b is a word of the "
                "question as well, and so is a."),
        Mistake(_walking(without=lambda a, b, c: (b, c)), "You left out b and c. a is a word of "
                "the question as well."),
        Mistake(_walking(lambda a, b, c: c + a - b), "The step is turned round: from a to b it is "
                "b - a."),
        Mistake(_walking(lambda a, b, c: a + b - c), "You took c off and added a. From c one "
                "starts: c + (b - a)."),
        Mistake(_walking(lambda a, b, c: a + b + c), "All three are added up. a must be taken "
                "off: what a and b share is not part of the step."),
        Mistake(_walking(lambda a, b, c: c), "These are neighbours of c. The step from a to b is "
                "missing."),
        Mistake(_walking(rows_by=lambda rows: rows), "A long row wins by its length, and pulls the "
                "target to its side as well. Bring all rows to length 1 first."),
        Mistake(_walking(rows_by=lambda rows: rows, score=_cosine), "You measured by cosine, but "
                "added up rows of all lengths: the longest of the three decides where one "
                "arrives. Bring them to length 1 first."),
        Mistake(_walking(score=lambda rows, target: -np.linalg.norm(rows - target, axis=1),
                         rows_by=lambda rows: rows), "You went by the distance of the end points, "
                "of rows of all lengths. The cosine is asked for."),
        Mistake(_walking(said=lambda words, order: words[order[-1]]), "That is the word that is "
                "*least* like the target."),
        Mistake(_walking(said=lambda words, order: int(order[0])), "That is a place in the list. "
                "Return the word that stands there."),
    ),
    reread="E · Analogies",
    moral="With the three words let in, the answer is mostly one of them: look for that line in "
          "every report.",
)


def better(solved_a: int, solved_b: int, questions: int) -> str:
    """Which of two tables solves more analogies: "a", "b", or "cannot say".

    A share x could lie behind a result if the share that was solved is no further from x than
    1.96 * sqrt(x * (1 - x) / questions). If there is a share that could lie behind both results,
    one cannot say. (This is 95 % caution for each of the two.)
    solved_a, solved_b: from 0 to `questions`, the number that was asked of each table. No case
    hangs by less than a thousandth.
    """
    x = np.linspace(0, 1, 10_001)
    reach = 1.96 * np.sqrt(x * (1 - x) / questions)
    behind_a = abs(solved_a / questions - x) <= reach
    behind_b = abs(solved_b / questions - x) <= reach
    if (behind_a & behind_b).any():
        return "cannot say"
    return "a" if solved_a > solved_b else "b"


def _wilson(solved, questions):
    """(low, high): both ends solve the equation |share - x| = reach (Wilson 1927)."""
    p, extra = solved / questions, 1.96 ** 2 / questions
    half = 1.96 * (p * (1 - p) / questions + extra / (4 * questions)) ** 0.5
    return (p + extra / 2 - half) / (1 + extra), (p + extra / 2 + half) / (1 + extra)


def _better_by_wilson(solved_a, solved_b, questions):
    low_a, high_a = _wilson(solved_a, questions)
    low_b, high_b = _wilson(solved_b, questions)
    return "a" if low_a > high_b else "b" if low_b > high_a else "cannot say"


def _better_by_angles(solved_a, solved_b, questions):
    """The ends by halving: a share is written as the sine of an angle, squared."""
    def end(solved, towards):
        inside, outside = np.arcsin((solved / questions) ** 0.5), towards * np.pi / 2
        for _ in range(60):
            middle = (inside + outside) / 2
            x = np.sin(middle) ** 2
            strayed = (solved / questions - x) ** 2 * questions > 1.96 ** 2 * x * (1 - x)
            inside, outside = (inside, middle) if strayed else (middle, outside)
        return inside
    more, less = max(solved_a, solved_b), min(solved_a, solved_b)
    if end(more, 0) < end(less, 1):
        return "cannot say"
    return "ab"[solved_b > solved_a]


def _results(rng) -> tuple:
    """Mostly near the bound between saying and not saying, but never on it."""
    questions = int(rng.choice([5, 12, 30, 90, 300, 2000]))
    a = int(rng.choice([*rng.integers(0, questions + 1, 8), 0, questions]))
    low_a, high_a = _wilson(a, questions)
    low_b, high_b = _wilson(np.arange(questions + 1), questions)
    apart = abs(np.maximum(low_a - high_b, low_b - high_a))
    nearest = [int(b) for b in np.argsort(apart) if apart[b] > 0.003]
    return a, int(rng.choice(nearest[:6] if rng.random() < 0.7 else nearest)), questions


def _ends(interval):
    """An answer that compares intervals (low, high) of another kind."""
    def answer(solved_a, solved_b, questions):
        (low_a, high_a), (low_b, high_b) = (interval(solved, questions)
                                            for solved in (solved_a, solved_b))
        return "a" if low_a > high_b else "b" if low_b > high_a else "cannot say"
    return answer


def _wald(solved, questions, z=1.96):
    p = solved / questions
    half = z * (p * (1 - p) / questions) ** 0.5
    return p - half, p + half


def _share_outside(a, b, questions):
    low, high = _wilson(max(a, b), questions)
    more = "a" if a > b else "b"
    return more if min(a, b) / questions < low else "cannot say"


def _exchanged(*given):
    return {"a": "b", "b": "a"}.get(better(*given), "cannot say")


NAMES = ("a", "b", "cannot say")


def _expect_name(got: object, wanted: str, call: object) -> None:
    """Nobody is told what would be right."""
    expect(got in NAMES, f"{call} must be one of: {', '.join(NAMES)}; yours: {show(got)}")
    expect(got == wanted, f"{call} is not {show(got)}.")


BETTER = Exercise(
    "2.11", "Twelve of thirty", minutes=8, starred=False,
    hints=("Which shares could lie behind twelve of thirty? Try x = 0.3, then x = 0.7. Mind that "
           "the square root is taken of x, not of what was seen.",
           "Try all shares: np.linspace(0, 1, 10_001) has them close enough. Two rows of True and "
           "False come out, one for each result. Is there a place where both are True?",
           "reach = 1.96 * np.sqrt(x * (1 - x) / questions); behind = abs(solved / questions - x) "
           "<= reach; if (behind_a & behind_b).any(), one cannot say."),
    solution=better, right=(_better_by_wilson, _better_by_angles), compare=_expect_name,
    cases=_results,
    examples=((12, 9, 30), (9, 20, 30), (20, 9, 30), (0, 3, 30), (0, 5, 30), (30, 26, 30),
              (30, 28, 30), (4, 0, 5), (190, 120, 300), (150, 120, 300), (160, 195, 300),
              (1100, 1000, 2000), (1050, 1000, 2000), (7, 12, 12), (20, 10, 30), (6, 6, 12),
              (0, 0, 12), (17, 9, 30), (80, 90, 90), (900, 981, 2000), (1000, 1078, 2000),
              (30, 23, 30), (23, 30, 30), (27, 18, 30), (18, 27, 30), (32, 44, 50)),
    mistakes=(
        Mistake(_ends(_wald), "Under the root you put the share that was *seen*. Who solves "
                "nothing, or everything, would be certain after five questions. Under the root "
                "stands x, the share that could lie behind."),
        Mistake(_ends(lambda solved, questions: (solved / questions,) * 2), "More is not yet "
                "better: on few questions chance makes such differences."),
        Mistake(_share_outside, "You looked whether the smaller share could lie behind the larger "
                "result. The smaller one is uncertain too: a share in between may lie behind "
                "both."),
        Mistake(_ends(lambda solved, questions: _wald(solved, questions, 1.0)), "That is too "
                "bold: 1.96 roots, with x under the root, are the reach."),
        Mistake(_ends(lambda solved, questions: (solved / questions - 0.05,
                                                 solved / questions + 0.05)), "One reach for all "
                "numbers of questions cannot be right: with more of them it gets smaller."),
        Mistake(_ends(lambda solved, questions: (solved / questions - 0.98 / questions ** 0.5,
                                                 solved / questions + 0.98 / questions ** 0.5)),
                "You took x (1 - x) to be a quarter, which holds for one half. Near 0 and 1 the "
                "reach is smaller."),
        Mistake(_ends(lambda solved, questions: (solved / questions - 1.96 / questions,
                                                 solved / questions + 1.96 / questions)),
                "The root is missing: chance grows smaller with the *root* of the number of "
                "questions."),
        Mistake(lambda a, b, questions: "a" if a > 2 * b else "b" if b > 2 * a else "cannot say",
                "Twice as many proves nothing by itself, and less may be enough: it depends on the "
                "number of questions."),
        Mistake(_exchanged, "The names are exchanged: who solves more is the better one."),
        Mistake(lambda a, b, questions: "cannot say", "One can say it where no share could lie "
                "behind both results."),
    ),
    reread="E · Analogies",
    moral="Two reaches that meet are a cautious rule: with the same questions for both one could "
          "also count who solved what the other did not.",
)
