"""Exercises 7.9 and 7.10: how few numbers are trained, and what more of them would promise."""

import numpy as np

from helpers.exercises.engine import Exercise, Mistake, expect_close, expect_number


def merged(W: np.ndarray, A: np.ndarray, B: np.ndarray, alpha: float) -> tuple[np.ndarray, float]:
    """(matrix, share): one matrix that does what all three do, and the share of trained numbers.

    A row x (d_in,) becomes x W and, added to it, x A B times alpha over the rank, which is how
    many numbers a row has between A and B. W: (d_in, d_out), frozen. A and B were trained. share:
    of all numbers in the three. None of them changes.
    """
    trained = A.size + B.size
    return W + alpha / A.shape[1] * (A @ B), trained / (W.size + trained)


def _merged_row_by_row(W, A, B, alpha):
    """The rows of the unit matrix are sent through all three; the rank is taken from B."""
    rank, d_in = len(B), len(W)
    rows = [x @ W + x @ A @ B * alpha / rank for x in np.eye(d_in)]
    frozen, trained = W.size, rank * sum(W.shape)
    return np.array(rows), 1 - frozen / (frozen + trained)


def _merged_by_products(W, A, B, alpha):
    """One outer product per number between."""
    whole = W.astype(float)
    for column, row in zip(A.T, B, strict=True):
        whole = whole + np.outer(column, row) * alpha / A.shape[1]
    numbers = [part.shape[0] * part.shape[1] for part in (W, A, B)]
    return whole, sum(numbers[1:]) / sum(numbers)


def _thin(rng) -> tuple:
    """Square and oblong matrices, ranks from 1, at times as large as the sides."""
    square = rng.random() < 0.3
    d_in, d_out, rank = (int(n) for n in rng.integers(1, [8, 8, 7]))
    d_in, d_out = (d_in, d_in) if square else (d_in, d_out)
    rank = d_in if rng.random() < 0.1 else rank
    W, A, B = (rng.normal(0, 2, shape).round(2)
               for shape in ((d_in, d_out), (d_in, rank), (rank, d_out)))
    return W, A, B, float(rng.choice([0.5, 1.0, 4.0, 16.0, round(rng.uniform(0.1, 9), 2)]))


def _merging(scale=lambda alpha, rank, W: alpha / rank, product=lambda A, B: A @ B,
             whole=lambda W, more: W + more, share=lambda w, a, b: (a + b) / (w + a + b)):
    """An answer with another scale, product, sum or share."""
    def answer(W, A, B, alpha):
        more = product(A, B) * scale(alpha, A.shape[1], W)
        return whole(W, more), share(W.size, A.size, B.size)
    return answer


W = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, 1.0], [-1.0, 2.0, 4.0]])
A = np.array([[0.5, 1.0], [-1.0, 2.0], [3.0, 0.0]])
B = np.array([[2.0, -1.0, 0.5], [0.0, 1.0, -3.0]])
FEW = Exercise(
    "7.9", "How few numbers?", minutes=8, starred=False,
    hints=("Send one row through: x W on one way, x A B on the other. Which matrix does x meet "
           "first, and in which order must the product stand?",
           "The rank is the side that A and B have in common: A.shape[1], or B.shape[0]. The "
           "product counts alpha / rank times.",
           "W + alpha / rank * (A @ B); and the share is (A.size + B.size) / (W.size + A.size + "
           "B.size)."),
    solution=merged, right=(_merged_row_by_row, _merged_by_products), compare=expect_close,
    parts=("matrix", "share"), cases=_thin,
    examples=((W, A, B, 4.0), (W, A, B, 1.0), (W, A[:, :1], B[:1], 4.0),
              (W[:, :2], A, B[:, :2], 6.0), (W[:1], A[:1], B, 0.5), (W, W[::-1], W.T, 3.0)),
    mistakes=(
        Mistake(_merging(scale=lambda alpha, rank, W: alpha), "alpha is shared out over the rank: "
                "divide by it, so that a larger rank does not also mean larger steps."),
        Mistake(_merging(scale=lambda alpha, rank, W: 1), "alpha / rank is missing: the product "
                "counts so many times."),
        Mistake(_merging(scale=lambda alpha, rank, W: 1 / rank), "alpha is missing."),
        Mistake(_merging(scale=lambda alpha, rank, W: alpha * rank), "Divide by the rank, do not "
                "multiply."),
        Mistake(_merging(scale=lambda alpha, rank, W: alpha / rank ** 0.5), "Divide by the rank "
                "itself, not by its root."),
        Mistake(_merging(scale=lambda alpha, rank, W: alpha / W.shape[0]), "You divided by the "
                "width that goes in. The rank is the side that A and B have in common."),
        Mistake(_merging(product=lambda A, B: (A @ B).T), "Your product is turned: that is for "
                "columns, W x. Here rows come from the left, so x meets A first: A @ B."),
        Mistake(_merging(whole=lambda W, more: more), "The thin ones come on top: W itself still "
                "counts."),
        Mistake(_merging(whole=lambda W, more: W - more), "What was trained is added, not taken "
                "away."),
        Mistake(_merging(share=lambda w, a, b: (a + b) / w), "You divided by the numbers of W. The "
                "share is of all there are, those of A and B too."),
        Mistake(_merging(share=lambda w, a, b: w / (w + a + b)), "That is the share that was "
                "frozen."),
        Mistake(_merging(share=lambda w, a, b: a / (w + a + b)), "B was trained, too."),
        Mistake(_merging(share=lambda w, a, b: a + b), "That is how many were trained. Asked for "
                "is their share of all numbers."),
        Mistake(_merging(share=lambda w, a, b: a * b / (w + a + b)), "A and B have as many numbers "
                "as both together: add their sizes, do not multiply."),
    ),
    reread="G · Change little: freeze, LoRA, forget",
    moral="What was trained beside the matrix costs nothing once it is merged into it.",
)


def promised(sizes: list[int], losses: list[float], tokens: int, budget: float
             ) -> tuple[float, float]:
    """(loss, miss): what a law of small models promises for a new one, and how it was off before.

    All models have read the same number of tokens, and the new one will. It is as large as the
    budget allows, in operations: 6 for each of its numbers and each token. The law is a straight
    line, of least squares, through log(loss) against log(size) of all measured models but the
    largest. loss: the promise for the new model. miss: by which part of its promise the measured
    loss of the largest lies above it, below 0 if it lies under it.
    sizes: all different, three or more, in any order. losses: above 0.
    """
    x, y = np.log(sizes), np.log(losses)
    small = x < x.max()
    slope, start = np.polyfit(x[small], y[small], 1)
    new = np.log(budget / (6 * tokens))
    return np.exp(start + slope * new), np.exp((y - start - slope * x)[~small][0]) - 1


def _promised_by_hand(sizes, losses, tokens, budget):
    """Bits in place of nats, the slope from means."""
    pairs = sorted(zip(sizes, losses, strict=True))
    (largest, measured), known = pairs[-1], pairs[:-1]
    xs, ys = (np.log2([pair[i] for pair in known]) for i in (0, 1))
    dx, dy = xs - xs.mean(), ys - ys.mean()
    slope = (dx * dy).sum() / (dx ** 2).sum()

    def law(size):
        return 2 ** (ys.mean() + slope * (np.log2(size) - xs.mean()))
    return law(budget / tokens / 6), (measured - law(largest)) / law(largest)


def _promised_by_matrices(sizes, losses, tokens, budget):
    keep = [i for i in range(len(sizes)) if sizes[i] != max(sizes)]
    rows = np.stack([np.ones(len(keep)), np.log10(np.take(sizes, keep))], axis=1)
    line = np.linalg.lstsq(rows, np.log10(np.take(losses, keep)), rcond=None)[0]
    asked = np.array([[1, np.log10(budget / 6 / tokens)], [1, np.log10(max(sizes))]])
    new, old = 10 ** (asked @ line)
    return new, losses[list(sizes).index(max(sizes))] / old - 1


def _measured(rng) -> tuple:
    """A law with some noise; sizes in any order, a budget for a larger model."""
    n, tokens = int(rng.integers(3, 9)), int(10 ** rng.uniform(4, 7))
    sizes = np.exp(np.cumsum(rng.uniform(0.4, 1.6, n)) + rng.uniform(6, 9)).round()
    losses = np.exp(rng.uniform(1, 3)) * sizes ** -rng.uniform(0.05, 0.3)
    losses = losses * np.exp(rng.normal(0, 0.04, n))
    order = rng.permutation(n)
    budget = 6 * tokens * sizes.max() * float(rng.choice([3, 10, 30, rng.uniform(1, 100)]))
    return ([int(size) for size in sizes[order]], losses[order].round(4).tolist(), tokens,
            float(f"{budget:.3e}"))


def _promising(keep=lambda x: x < x.max(), line=lambda x, y: np.polyfit(x, y, 1),
               into=(np.log, np.log, np.exp), size=lambda budget, tokens: budget / (6 * tokens),
               off=lambda measured, law: measured / law - 1, held=np.argmax):
    """An answer with other points, another line, other axes, another size or another miss."""
    def answer(sizes, losses, tokens, budget):
        along, up, back = into
        sizes, losses = np.array(sizes, float), np.array(losses)
        x, y = along(sizes), up(losses)
        slope, start = line(x[keep(sizes)], y[keep(sizes)])
        place = held(sizes)
        return (back(start + slope * along(size(budget, tokens))),
                off(losses[place], back(start + slope * x[place])))
    return answer


def _same(x):
    return x


def _but_the_last(sizes):
    return np.arange(len(sizes)) < len(sizes) - 1


def _through_the_ends(x, y):
    first, last = np.argmin(x), np.argmax(x)
    slope = (y[last] - y[first]) / (x[last] - x[first])
    return slope, y[first] - slope * x[first]


SIZES, LOSSES = [1500, 60_000, 4000, 11_000, 25_000], [2.9, 1.95, 2.62, 2.2, 2.1]
PROMISED = Exercise(
    "7.10", "What would ten times cost?", minutes=8, starred=False,
    hints=("How large is the new model? Of 6 N D three are known. And which of the measured models "
           "is kept out of the line: where does it stand in the list?",
           "Fit y = log(loss) against x = log(size) with np.polyfit(x, y, 1), without the largest; "
           "a promise is np.exp(start + slope * np.log(size)).",
           "The new size is budget / (6 * tokens). miss = measured / promised - 1 for the "
           "largest; small = x < x.max() picks the others."),
    solution=promised, right=(_promised_by_hand, _promised_by_matrices), compare=expect_number,
    parts=("loss", "miss"), cases=_measured,
    examples=((SIZES, LOSSES, 100_000, 3.6e11), (SIZES, LOSSES, 40_000, 3e10),
              (SIZES[::-1], [2.0, 2.3, 2.5, 1.5, 3.1], 5_000_000, 9e12),
              (sorted(SIZES), sorted(LOSSES)[::-1], 300_000, 1e12),
              (SIZES[:3], [2.5, 1.4, 2.1], 100_000, 1e11)),
    mistakes=(
        Mistake(_promising(keep=lambda sizes: sizes > 0), "The largest model is in your line: then "
                "the line has seen what it is tested on."),
        Mistake(_promising(keep=_but_the_last), "You kept the last of the list out of the line. "
                "The largest may stand anywhere."),
        Mistake(_promising(keep=_but_the_last, held=lambda sizes: len(sizes) - 1), "You took the "
                "last of the list for the largest. The sizes come in any order."),
        Mistake(_promising(keep=lambda sizes: sizes > sizes.min(), held=np.argmin), "You kept the "
                "smallest out. Asked is how the law fares beyond what it has seen: keep the "
                "largest out."),
        Mistake(_promising(into=(_same, _same, _same)), "You fitted a straight line to the numbers "
                "themselves. In logarithms it is straight: log both, and exp of what comes out."),
        Mistake(_promising(into=(np.log, _same, _same)), "You took the logarithm of the sizes "
                "only. A power law is straight if the losses have theirs, too."),
        Mistake(_promising(into=(_same, np.log, np.exp)), "You took the logarithm of the losses "
                "only. A power law is straight if the sizes have theirs, too."),
        Mistake(_promising(into=(np.log, np.log10, np.exp)), "log10 one way and exp back: the base "
                "must be the same both ways."),
        Mistake(_promising(into=(np.log, np.log, _same)), "You gave back logarithms: np.exp makes "
                "losses of them."),
        Mistake(_promising(line=_through_the_ends), "You drew the line through two points. All but "
                "the largest count: least squares."),
        Mistake(_promising(size=lambda budget, tokens: budget / tokens), "6 operations for each "
                "number and token: the model can be a sixth as large as you took it."),
        Mistake(_promising(size=lambda budget, tokens: budget / (2 * tokens)), "Two operations are "
                "for the way forward. Training takes the way back as well: six."),
        Mistake(_promising(size=lambda budget, tokens: budget / 6), "The new model reads `tokens` "
                "tokens: each of them costs."),
        Mistake(_promising(off=lambda measured, law: law / measured - 1), "Turned round: miss is "
                "how far the measured loss lies above its promise, as a part of the promise."),
        Mistake(_promising(off=lambda measured, law: measured - law), "That is the distance in "
                "nats. As a part of the promise: divide by it."),
        Mistake(_promising(off=lambda measured, law: abs(measured / law - 1)), "The sign is lost: "
                "below 0 the model was better than promised."),
        Mistake(_promising(off=lambda measured, law: measured / law), "A miss of 0 means that the "
                "promise was kept: take 1 off."),
    ),
    reread="I · Larger, and how much larger",
    moral="A line through small models is a promise. The largest one says how it was kept.",
)
