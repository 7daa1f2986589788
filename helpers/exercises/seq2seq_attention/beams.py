"""Exercise 4.8: one step of a beam search."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect, expect_close, show


def grow(totals: list[float], rows: np.ndarray, width: int) -> list[tuple[int, int, float]]:
    """One step of a beam: the best `width` of all that can follow, as (parent, id, total).

    totals: k numbers, the log-probability (nats) of each text so far. rows: (k, V), the
    log-probabilities of the next id. The best stands first; of equals the one with the lower
    parent, then with the lower id. If there are fewer than `width`, all are returned.
    """
    grown = [(parent, id, total + rows[parent, id])
             for parent, total in enumerate(totals) for id in range(rows.shape[1])]
    grown.sort(key=lambda branch: (-branch[2], branch[0], branch[1]))
    return grown[:width]


def _grow_flat(totals, rows, width):
    sums = np.array(totals)[:, None] + rows
    best = np.argsort(-sums, axis=None, kind="stable")[:width]
    return [(*map(int, divmod(place, rows.shape[1])), float(sums.flat[place])) for place in best]


def _grow_one_by_one(totals, rows, width):
    sums = {(p, i): totals[p] + v for p, row in enumerate(rows) for i, v in enumerate(row)}
    chosen = []
    while sums and len(chosen) < width:
        best = max(sums, key=sums.get)
        chosen.append([*best, sums.pop(best)])
    return chosen


def _expect_branches(got: object, wanted: list[tuple], call: object) -> None:
    """Branch by branch, in words."""
    rows = list(got) if isinstance(got, (list, tuple, np.ndarray)) else None
    expect(rows is not None and all(np.shape(row) == (3,) for row in rows),
           f"{call} returned {show(got)}, expected a list of (parent, id, total)")
    expect(len(rows) == len(wanted), f"{call} returned {len(rows)} branches, expected "
                                     f"{len(wanted)}")
    for place, (mine, right) in enumerate(zip(rows, wanted, strict=True)):
        parent, id, total = right
        said = f"({parent}, {id}, {show(float(total))})"
        expect(tuple(mine[:2]) == (parent, id), f"{call}: at [{place}] stands "
               f"({show(mine[0])}, {show(mine[1])}, {show(mine[2])}), expected {said}")
        expect_close(mine[2], total, f"{call}: the total at [{place}], expected {said},")


def _beam(rng) -> tuple:
    """Totals and rows in eighths, so that ties are exact; few texts or many, wide or narrow."""
    k, V = int(rng.integers(1, 6)), int(rng.integers(1, 7))
    fine = rng.choice([2, 8, 64])
    totals, rows = (-rng.integers(0, 4 * fine, size) / fine for size in (k, (k, V)))
    return totals.tolist(), rows, int(rng.integers(1, 9))


def _by(order, cut=True):
    """An answer that sorts all branches (parent, id, total) by another key."""
    def answer(totals, rows, width):
        grown = sorted(grow(totals, rows, rows.size), key=lambda branch: order(totals, *branch))
        return grown[:width] if cut else grown
    return answer


def _shown(change):
    """The right branches, each changed by change(totals, parent, id, total)."""
    return lambda totals, rows, width: [change(totals, *branch)
                                        for branch in grow(totals, rows, width)]


def _adding(add):
    """An answer that joins a total and a row by add."""
    def answer(totals, rows, width):
        sums = np.array([add(total, row) for total, row in zip(totals, rows, strict=True)])
        return grow([0.0] * len(totals), sums, width)
    return answer


def _one_of_each(totals, rows, width):
    best = np.array([np.where(np.arange(len(row)) == row.argmax(), row, -np.inf) for row in rows])
    return [branch for branch in grow(totals, best, width) if branch[2] > -np.inf]


def _from_the_best(totals, rows, width):
    parent = int(np.argmax(totals))
    return [(parent, id, total) for _, id, total in grow(
        totals[parent:parent + 1], rows[parent:parent + 1], width)]


def _ids_once(totals, rows, width):
    kept, seen = [], set()
    for parent, id, total in grow(totals, rows, rows.size):
        if id not in seen:
            kept.append((parent, id, total))
        seen.add(id)
    return kept[:width]


def _width_of_each(totals, rows, width):
    return [branch for parent in range(len(totals))
            for branch in grow(totals, rows, rows.size) if branch[0] == parent][:width]


def _each_parents_best(totals, rows, width):
    grown = grow(totals, rows, rows.size)
    return [branch for parent in range(len(totals))
            for branch in [b for b in grown if b[0] == parent][:width]]


TWO = np.array([[-0.5, -1.5, -3.0, -2.5], [-2.0, -0.25, -2.25, -4.0]])
TIES = np.array([[-1.0, -1.0, -0.5], [-0.5, -0.5, -2.0], [-0.25, -3.0, -1.0]])
GROW = Exercise(
    "4.8", "One step of a beam", minutes=10, starred=False,
    hints=("All texts that are followed compete with each other. How many candidates are there?",
           "Every parent with every id: k times V. The total of a candidate is its parent's total "
           "plus the entry of its row; logarithms are added.",
           "Collect (parent, id, total) in a list, then "
           "sort(key=lambda branch: (-branch[2], branch[0], branch[1])) and take the first "
           "`width`."),
    solution=grow, right=(_grow_flat, _grow_one_by_one), compare=_expect_branches, cases=_beam,
    examples=(([-1.0, -1.75], TWO, 3), ([-1.0, -1.75], TWO, 2), ([-4.0, -0.5], TWO, 3),
              ([-1.0, -1.0, -2.0], TIES, 5), ([-1.5, -1.5], np.array([[-1.0], [-1.0]]), 4),
              ([0.0], np.array([[-2.0, -1.0, -1.5, -0.75]]), 2),
              ([-1.0, -1.125, -1.25], np.array([[-1.5, -2.0], [-0.5, -1.25], [-0.25, -3.0]]), 3)),
    mistakes=(
        Mistake(_one_of_each, "Each text has only its own best continuation. One parent may have "
                "two children among the best, and another none."),
        Mistake(_from_the_best, "Only the best text so far is continued: that is greedy decoding. "
                "All of them compete."),
        Mistake(_adding(lambda total, row: row), "What came before is forgotten: add the parent's "
                "total to its row."),
        Mistake(_by(lambda totals, parent, id, total: (totals[parent] - total, parent, id)),
                "The totals are right, but you ranked by the last step alone. The whole text "
                "counts."),
        Mistake(_shown(lambda totals, parent, id, total: (parent, id, total - totals[parent])),
                "The right branches, but with the log-probability of the last step. Wanted is the "
                "total of the whole text, for the next step to go on with."),
        Mistake(_adding(lambda total, row: total * row), "You multiplied two logarithms. "
                "Probabilities are multiplied; their logarithms are added."),
        Mistake(_adding(lambda total, row: np.logaddexp(total, row)), "You added up "
                "probabilities. That both happen is their *product*: add the logarithms."),
        Mistake(_shown(lambda totals, parent, id, total: (parent, id, np.exp(total))), "The "
                "right branches, but with probabilities. Totals stay in nats."),
        Mistake(_by(lambda totals, parent, id, total: (total, parent, id)), "You kept the worst. "
                "A log-probability near 0 is good: largest first."),
        Mistake(lambda *given: grow(*given)[::-1], "The right branches, the worst of them first. "
                "Turn the list round (but of equals, the lower parent stays first)."),
        Mistake(lambda *given: sorted(grow(*given)), "The right branches, but sorted by parent. "
                "The best stands first."),
        Mistake(_by(lambda totals, parent, id, total: (-total, -parent, -id)), "Two totals are "
                "equal, and you took the higher parent or id first. The lower one comes first."),
        Mistake(_by(lambda totals, parent, id, total: (-total, id, parent)), "Two totals are "
                "equal: the lower parent comes first, and only then the lower id."),
        Mistake(_by(lambda totals, parent, id, total: (-total, parent, id), cut=False), "You "
                "returned all candidates. Keep the best `width`."),
        Mistake(_each_parents_best, "You kept `width` for each parent. It is `width` for all "
                "parents together."),
        Mistake(_width_of_each, "You filled up the beam from the first parent. All candidates "
                "compete with each other."),
        Mistake(_ids_once, "The same id may follow two parents: these are two texts. You kept "
                "only one."),
        Mistake(_shown(lambda totals, parent, id, total: (id, parent, total)), "Parent and id "
                "are exchanged: (parent, id, total)."),
    ),
    reread="D · More than one text at a time",
    moral="With width 1 this is greedy decoding; with a width for all, a complete search.",
)
